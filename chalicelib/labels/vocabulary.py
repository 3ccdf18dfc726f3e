"""From the probabilities of ImageNet's 1,000 classes to the words that people search.

classes.tsv has a row for each class: the words that a photo of it gets, or `-` if none, because nobody searches it or
because it misfires on ordinary photos. words.tsv has a row for each word: its broader words, and the probability from
which it is a label. The probability of a word is the sum over all classes that lead to it, so five kinds of dog at 0.15
each are one certain dog. If `scenes` finds a word more probable, that counts, for its broader words too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from chalicelib.labels.labeler import MAX_LABELS
from chalicelib.library.label import Label

FOLDER = Path(__file__).parent
FILES = ("classes.tsv", "words.tsv", "scenes.bin")  # all that decides which labels a photo gets
NONE = "-"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words: those of each class including the broader ones; of each word the broader ones, and its threshold."""

    words_by_class: tuple[frozenset[str], ...]
    parents: Mapping[str, tuple[str, ...]]
    thresholds: Mapping[str, float]

    def sums(self, probabilities: Sequence[float], scenes: Mapping[str, float] = {}) -> dict[str, float]:
        """The probability of each word, from the probability of each class and of each word in `scenes`."""
        sums = dict.fromkeys(self.parents, 0.0)
        for words, probability in zip(self.words_by_class, probabilities, strict=True):
            for word in words:
                sums[word] += probability
        for scene, probability in scenes.items():
            for word in (scene, *self.parents[scene]):
                sums[word] = max(sums[word], probability)
        return sums

    def labels(self, sums: Mapping[str, float]) -> tuple[Label, ...]:
        """At most MAX_LABELS labels, the most probable first, and a broader word before its narrower ones."""
        probable = [word for word, threshold in self.thresholds.items() if sums[word] >= threshold]
        probable.sort(key=lambda word: (-round(sums[word], 3), len(self.parents[word]), word))
        return tuple(
            Label(word, round(100 * min(sums[word], 1.0), 1), self.parents[word]) for word in probable[:MAX_LABELS]
        )


@cache
def load() -> Vocabulary:
    """The vocabulary in the files beside this module."""
    rows = list(_rows("words.tsv"))
    direct = {word: _split(parents) for word, parents, _ in rows}
    parents = {word: tuple(dict.fromkeys(_ancestors(word, direct))) for word in direct}
    classes = (_split(words) for _, _, words in _rows("classes.tsv"))
    return Vocabulary(
        words_by_class=tuple(frozenset(each for word in words for each in (word, *parents[word])) for words in classes),
        parents=parents,
        thresholds={word: float(threshold) for word, _, threshold in rows},
    )


@cache
def digest() -> str:
    """Four hexadecimal digits that differ if the files differ."""
    return sha256(b"".join((FOLDER / name).read_bytes() for name in FILES)).hexdigest()[:4]


def _rows(name: str) -> Iterator[list[str]]:
    """The rows of a file but its first, which names the columns."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()[1:]:
        yield line.split("\t")


def _split(words: str) -> tuple[str, ...]:
    return () if words == NONE else tuple(words.split(", "))


def _ancestors(word: str, direct: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The broader words, the nearest first."""
    for parent in direct[word]:
        yield parent
    for parent in direct[word]:
        yield from _ancestors(parent, direct)

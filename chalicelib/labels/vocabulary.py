"""From the probabilities of ImageNet's 1,000 classes to the words that people search.

classes.tsv has a row for each class: the words that a photo of it gets, or `-` if none, because nobody searches it or
because it misfires on ordinary photos. words.tsv has a row for each word: its broader words. The probability of a word
is the sum over all classes that lead to it, so five kinds of dog at 0.15 each are one certain dog.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chalicelib.labels.labeler import MAX_LABELS
from chalicelib.library.label import Label

FOLDER = Path(__file__).parent
NONE = "-"
# The probability from which a word is a label.
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words: those of each class including the broader ones, and the broader ones of each word."""

    words_by_class: tuple[frozenset[str], ...]
    parents: Mapping[str, tuple[str, ...]]

    def sums(self, probabilities: Sequence[float]) -> dict[str, float]:
        """The probability of each word, from the probability of each class."""
        sums = dict.fromkeys(self.parents, 0.0)
        for words, probability in zip(self.words_by_class, probabilities, strict=True):
            for word in words:
                sums[word] += probability
        return sums

    def labels(self, probabilities: Sequence[float]) -> tuple[Label, ...]:
        """At most MAX_LABELS labels, the most probable first, and a broader word before its narrower ones."""
        probable = [(word, sum_) for word, sum_ in self.sums(probabilities).items() if sum_ >= THRESHOLD]
        probable.sort(key=lambda item: (-round(item[1], 3), len(self.parents[item[0]]), item[0]))
        return tuple(
            Label(word, round(100 * min(sum_, 1.0), 1), self.parents[word]) for word, sum_ in probable[:MAX_LABELS]
        )


@cache
def load() -> Vocabulary:
    """The vocabulary in the files beside this module."""
    direct = {word: _split(parents) for word, parents in _rows("words.tsv")}
    parents = {word: tuple(dict.fromkeys(_ancestors(word, direct))) for word in direct}
    classes = (_split(words) for _, _, words in _rows("classes.tsv"))
    return Vocabulary(
        tuple(frozenset(each for word in words for each in (word, *parents[word])) for words in classes), parents
    )


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

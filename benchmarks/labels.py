"""Labels of real photos, compared with labels.tsv: precision and recall of each word, CPU, memory, cold start.

`PHOTOS` names a folder with a subfolder for each set of labels.tsv; README.md says where the sets come from. In
labels.tsv, `words` are what a photo shows, and `also` what it shows as well, but small, uncertain or at the edge: a
label there is right, but its absence is no mistake. Broader words follow from words.tsv. Thresholds were chosen on the
photos of one half; the figures are those of the other one.
"""

import math
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from PIL.Image import Image

from benchmarks.isolated import measure
from chalicelib import images
from chalicelib.labels import vocabulary
from chalicelib.labels.attributes import AttributeLabeler
from chalicelib.labels.labeler import Labeler, PhotoMetadata
from chalicelib.labels.vision import PEOPLE, VisionLabeler

TABLE = Path(__file__).with_name("labels.tsv")
MIN_EXAMPLES = 10  # of a word; with fewer, its figures mean nothing
Z = 1.96  # the Wilson interval covers 95 %
AIM = 0.8
PETS = "pets"  # almost half of the photos, and the easiest
SEED_WORDS = ("mountain", "lake", "clouds", "forest", "beach", "cat", "dog")
FACTS = PhotoMetadata(None, 640, 480)

DETECT = """
from PIL import Image
from chalicelib.labels.labeler import PhotoMetadata
{setup}
image = Image.effect_noise((640, 480), 80).convert("RGB")
facts = PhotoMetadata(None, 640, 480)
"""
INGEST = """
import io
from PIL import Image
from chalicelib import images
from chalicelib.labels.labeler import PhotoMetadata
{setup}
file = io.BytesIO()
Image.effect_noise((4032, 3024), 60).convert("RGB").save(file, "JPEG", quality=90)
facts = PhotoMetadata(None, 4032, 3024)
"""
LABELERS = {
    "attributes": "from chalicelib.labels.attributes import AttributeLabeler; labeler = AttributeLabeler()",
    "vision": "from chalicelib.labels.vision import VisionLabeler; labeler = VisionLabeler()",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A photo of the measured half: the words that it shows, and all that would be right."""

    path: Path
    words: frozenset[str]
    right: frozenset[str]


@dataclass(slots=True)
class Score:
    """Of one word: the photos that show it, all labels, the right ones, and those of the photos that show it."""

    examples: int = 0
    given: int = 0
    right: int = 0
    found: int = 0


def run() -> Iterator[str]:
    """The tables."""
    yield from _costs()
    folder = os.environ.get("PHOTOS")
    if not folder:
        yield "\nPHOTOS is not set: precision and recall are not measured."
        return
    examples = [example for example in _examples(Path(folder)) if example.path.exists()]
    yield f"\n{len(examples)} photos of the measured half, {len(list(_rows()))} in both.\n"
    yield "| labeler, photos | labels | right | words of the photos found |"
    yield "| --- | ---: | ---: | ---: |"
    yield _total("attributes, all", _score(AttributeLabeler(), examples))
    pets = [example for example in examples if example.path.parent.name == PETS]
    others = [example for example in examples if example.path.parent.name != PETS]
    vision = VisionLabeler()
    scores = {"pets": _score(vision, pets), "others": _score(vision, others), "all": _score(vision, examples)}
    for name, by_word in scores.items():
        yield _total(f"vision, {name}", by_word)
    yield from _words(scores["all"])


def _rows() -> Iterator[list[str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]:
        yield line.split("\t")


def half_for_thresholds(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Path, `words` and `also` of each photo that thresholds are chosen on."""
    for group, file, words, also in _rows():
        if not _is_measured(file):
            yield folder / group / file, words, also


def words_of(text: str) -> frozenset[str]:
    """The words of a column of labels.tsv."""
    return frozenset(text.split(", ")) - {vocabulary.NONE}


def pixels_of(path: Path) -> Image:
    """The pixels that the labeler gets of a photo."""
    with path.open("rb") as file:
        rendered = images.render(file, path.stat().st_size)
    pixels = (rendered.small or rendered.preview).pixels
    assert pixels is not None
    return pixels


def _is_measured(file: str) -> bool:
    return crc32(file.encode()) % 2 == 1


def _examples(folder: Path) -> Iterator[Example]:
    parents = vocabulary.load().parents
    for group, file, words, also in _rows():
        if not _is_measured(file):
            continue
        named, others = (frozenset(_with_broader(text, parents)) for text in (words, also))
        yield Example(folder / group / file, named, named | others)


def _with_broader(text: str, parents: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for word in words_of(text):
        yield from (word, *parents.get(word, ()))


def _score(labeler: Labeler, examples: Iterable[Example]) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    known = {*vocabulary.load().parents, PEOPLE}
    for example in examples:
        given = {label.name for label in labeler.detect(pixels_of(example.path), FACTS).labels} & known
        for word in given | example.words:
            scores[word].examples += word in example.words
            scores[word].given += word in given
            scores[word].right += word in given & example.right
            scores[word].found += word in given & example.words
    return scores


def _total(name: str, scores: dict[str, Score]) -> str:
    given, right = sum(s.given for s in scores.values()), sum(s.right for s in scores.values())
    examples, found = sum(s.examples for s in scores.values()), sum(s.found for s in scores.values())
    precision = f"{right / given:.0%}, at least {lower_bound(right, given):.0%}" if given else "none"
    return f"| {name} | {given} | {precision} | {found / examples:.0%} of {examples} |"


def _words(scores: dict[str, Score]) -> Iterator[str]:
    yield "\n| word | photos | labels | precision | recall | |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    measured = [word for word, score in scores.items() if score.examples >= MIN_EXAMPLES and word not in SEED_WORDS]
    for word in (*SEED_WORDS, *sorted(measured, key=lambda word: -scores[word].examples)):
        score = scores[word]
        precision = (
            f"{score.right / score.given:.2f} (≥ {lower_bound(score.right, score.given):.2f})" if score.given else ""
        )
        recall = f"{score.found / score.examples:.2f}" if score.examples else ""
        yield f"| {word} | {score.examples} | {score.given} | {precision} | {recall} | {_verdict(word, score)} |"
    rest = sorted(word for word, score in scores.items() if score.given and score.examples < MIN_EXAMPLES)
    right, given = sum(scores[word].right for word in rest), sum(scores[word].given for word in rest)
    yield f"\nUnmeasured, with fewer than {MIN_EXAMPLES} photos: {len(rest)} words, {right} of {given} labels right."


def _verdict(word: str, score: Score) -> str:
    if word not in {*vocabulary.load().parents, PEOPLE}:
        return "fail: not a word of the model"
    if score.examples < MIN_EXAMPLES:
        return "unmeasured"
    return "pass" if score.given and score.right / score.given >= AIM else "fail"


def lower_bound(right: int, given: int) -> float:
    """The lower end of the Wilson interval of a proportion."""
    if not given:
        return 0.0
    share, spread = right / given, Z * Z / given
    root = Z * math.sqrt(share * (1 - share) / given + spread / given / 4)
    return (share + spread / 2 - root) / (1 + spread)


def _costs() -> Iterator[str]:
    yield "| labeler | a photo | ingest of 12 MP | its peak | first photo, with import and model |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, setup in LABELERS.items():
        one = measure(DETECT.format(setup=setup), "labeler.detect(image, facts)", times=31)
        whole = measure(
            INGEST.format(setup=setup),
            "file.seek(0); labeler.detect(images.render(file, len(file.getvalue())).small.pixels, facts)",
        )
        first = statistics.median(_first(setup) for _ in range(5))
        yield f"| {name} | {one.cpu_ms:.1f} ms | {whole.cpu_ms:.0f} ms | {whole.peak_mb:.0f} MB | {first:.0f} ms |"


def _first(setup: str) -> float:
    """CPU milliseconds from import to the first labels, in a new interpreter."""
    program = f"import time\n{DETECT.format(setup='started = time.process_time()')}\n{setup}\n"
    program += "labeler.detect(image, facts)\nprint(time.process_time() - started)"
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return float(output) * 1000

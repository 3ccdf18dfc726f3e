"""From the probabilities of classes to words."""

from pathlib import Path
from shutil import copy

import pytest

from chalicelib.labels import scenes, vocabulary
from chalicelib.labels.labeler import MAX_LABELS
from chalicelib.labels.vocabulary import Vocabulary
from chalicelib.library.label import Label
from chalicelib.library.photo import clean_tag

WORDS = vocabulary.load()
BEAGLE, WALKER_HOUND, GOLDEN_RETRIEVER, TABBY = 162, 166, 207, 281
SEASHORE, ALP, BAND_AID, WEB_SITE, PIRATE_SHIP = 978, 970, 419, 916, 724


def probabilities(by_class: dict[int, float]) -> list[float]:
    return [by_class.get(index, 0.0) for index in range(1000)]


def labels_of(by_class: dict[int, float], scene_probabilities: dict[str, float] | None = None) -> tuple[Label, ...]:
    return WORDS.labels(WORDS.sums(probabilities(by_class), scene_probabilities or {}))


def names(by_class: dict[int, float]) -> list[str]:
    return [label.name for label in labels_of(by_class)]


def test_label_has_the_confidence_and_the_broader_words() -> None:
    beagle = labels_of({BEAGLE: 0.876})[-1]
    assert (beagle.name, beagle.confidence, beagle.parents) == ("beagle", 87.6, ("hound", "dog", "pet", "animal"))


def test_broader_words_are_labels_too_and_come_first() -> None:
    assert names({GOLDEN_RETRIEVER: 0.9}) == ["animal", "pet", "dog", "retriever"]


def test_probabilities_of_several_breeds_make_one_certain_dog() -> None:
    sums = WORDS.sums(probabilities({BEAGLE: 0.15, WALKER_HOUND: 0.2, GOLDEN_RETRIEVER: 0.3, 250: 0.3}))
    assert sums["dog"] == pytest.approx(0.95)
    assert sums["animal"] == pytest.approx(0.95)
    assert names({BEAGLE: 0.15, WALKER_HOUND: 0.2, GOLDEN_RETRIEVER: 0.3, 250: 0.3}) == ["animal", "pet", "dog"]


def test_class_counts_once_for_a_word_that_it_reaches_by_two_ways() -> None:
    sums = WORDS.sums(probabilities({PIRATE_SHIP: 0.6}))  # a ship and a sailboat, both of which are boats
    assert (sums["ship"], sums["sailboat"], sums["boat"]) == (0.6, 0.6, 0.6)


@pytest.mark.parametrize(
    "index", [BAND_AID, WEB_SITE, 772, 921], ids=["Band Aid", "web site", "safety pin", "book jacket"]
)
def test_misfiring_class_is_silent(index: int) -> None:
    assert names({index: 1.0}) == []


def test_uncertain_photo_has_no_labels() -> None:
    assert names(dict.fromkeys(range(1000), 0.001)) == []


def test_there_are_never_more_labels_than_allowed() -> None:
    assert max(len(labels_of({index: 1.0})) for index in range(1000)) <= MAX_LABELS
    many = Vocabulary(
        (frozenset(f"word {n}" for n in range(20)),),
        {f"word {n}": () for n in range(20)},
        {f"word {n}": 0.5 for n in range(20)},
    )
    assert len(many.labels(many.sums([1.0]))) == MAX_LABELS


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (TABBY, {"cat", "pet", "animal"}),
        (ALP, {"mountain", "nature"}),
        (975, {"lake", "water", "nature"}),
        (SEASHORE, {"beach", "sea", "water", "nature"}),
        (977, {"beach", "sea", "water", "nature"}),
        (497, {"church", "building", "architecture"}),
        (483, {"castle", "building", "architecture"}),
        (668, {"mosque", "building", "architecture"}),
        (663, {"monastery", "building", "architecture"}),
        (963, {"pizza", "food"}),
        (817, {"sports car", "car", "vehicle"}),
    ],
)
def test_words_of_a_class(index: int, expected: set[str]) -> None:
    assert set(names({index: 1.0})) == expected


def test_words_are_valid_tags() -> None:
    assert [word for word in WORDS.parents if clean_tag(word) != word] == []


def test_scene_is_a_label_with_its_broader_words() -> None:
    labels = labels_of({}, {"lake": 0.8})
    assert [(label.name, label.confidence) for label in labels] == [("nature", 80.0), ("water", 80.0), ("lake", 80.0)]


def test_scene_and_class_that_say_the_same_count_as_the_more_probable() -> None:
    sums = [WORDS.sums(probabilities({ALP: 0.5}), {"mountain": scene}) for scene in (0.3, 0.9)]
    assert [(each["mountain"], each["nature"]) for each in sums] == [(0.5, 0.5), (0.9, 0.9)]


def test_uncertain_scene_is_no_label() -> None:
    assert labels_of({}, dict.fromkeys(scenes.WORDS, 0.3)) == ()


@pytest.mark.parametrize("name", vocabulary.FILES)
def test_digest_differs_if_a_file_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = vocabulary.digest()
    for each in vocabulary.FILES:
        copy(vocabulary.FOLDER / each, tmp_path)
    with (tmp_path / name).open("ab") as file:
        file.write(b"\n")
    monkeypatch.setattr(vocabulary, "FOLDER", tmp_path)
    assert vocabulary.digest.__wrapped__() != before


def test_every_word_belongs_to_a_class_or_is_a_scene() -> None:
    assert set(WORDS.parents) == set(scenes.WORDS).union(*WORDS.words_by_class)


def test_every_class_is_listed_once_in_order() -> None:
    rows = (vocabulary.FOLDER / "classes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert [int(row.split("\t")[0]) for row in rows] == list(range(1000))

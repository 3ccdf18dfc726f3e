"""Several labelers as one."""

from dataclasses import dataclass

import pytest
from PIL import Image

from chalicelib.errors import Unavailable
from chalicelib.labels.combined import CombinedLabeler
from chalicelib.labels.labeler import MAX_LABELS, Detection, PhotoMetadata
from chalicelib.library.label import Label

IMAGE = Image.new("RGB", (8, 8))
FACTS = PhotoMetadata(None, 8, 8)


@dataclass
class Fixed:
    """A labeler that always finds the same."""

    names: tuple[str, ...] = ()
    confidence: float = 50.0
    version: str = "fixed-1"
    derivative: str = "small"
    follows_time: bool = False
    embedding: bytes = b""
    broken: bool = False

    def detect(self, image: Image.Image, metadata: PhotoMetadata) -> Detection:
        if self.broken:
            raise Unavailable("Broken.")
        return Detection(tuple(Label(name, self.confidence) for name in self.names), self.embedding)


def names(*labelers: Fixed) -> list[str]:
    return [label.name for label in CombinedLabeler(labelers).detect(IMAGE, FACTS).labels]


def test_objects_come_before_attributes_that_are_more_certain() -> None:
    assert names(Fixed(("dog", "pet")), Fixed(("blue", "summer"), confidence=100.0)) == ["dog", "pet", "blue", "summer"]


def test_attributes_never_crowd_out_an_object() -> None:
    objects = tuple(f"object {n}" for n in range(MAX_LABELS - 1))
    assert names(Fixed(objects), Fixed(("blue", "summer"))) == [*objects, "blue"]


def test_label_that_both_find_is_that_of_the_first() -> None:
    both = CombinedLabeler((Fixed(("orange",), 60.0), Fixed(("blue", "orange"), 90.0))).detect(IMAGE, FACTS)
    assert both.labels == (Label("orange", 60.0), Label("blue", 90.0))


def test_no_labelers_find_nothing() -> None:
    nothing = CombinedLabeler(())
    assert nothing.detect(IMAGE, FACTS) == Detection()
    assert (nothing.version, nothing.derivative, nothing.follows_time) == ("none", "small", False)


def test_it_follows_time_and_reads_the_preview_if_one_of_them_does() -> None:
    both = CombinedLabeler(
        (Fixed(version="vision-1", derivative="preview"), Fixed(version="colors-2", follows_time=True))
    )
    assert (both.version, both.derivative, both.follows_time) == ("vision-1 colors-2", "preview", True)


def test_embedding_is_that_of_the_labeler_that_has_one() -> None:
    assert CombinedLabeler((Fixed(), Fixed(embedding=b"bits"))).detect(IMAGE, FACTS).embedding == b"bits"


def test_it_is_unavailable_if_one_of_them_is() -> None:
    with pytest.raises(Unavailable):
        CombinedLabeler((Fixed(broken=True), Fixed(("blue",)))).detect(IMAGE, FACTS)

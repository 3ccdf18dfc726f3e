from dataclasses import replace
from datetime import timedelta
from typing import IO, Any

import pytest

from chalicelib.errors import Conflict, Unavailable, Unreadable
from chalicelib.ingest.labeling import Label, PhotoMetadata
from chalicelib.ingest.originals import Original
from chalicelib.ingest.processing import (
    DERIVATIVE_NAMES,
    LABEL_RETRY_DELAY,
    MAX_BYTES,
    MAX_KEY_BYTES,
    ImageProcessor,
    delete_derivatives,
    derivative_key,
    size_reduction_percent,
    without_derivatives,
)
from chalicelib.library.photo import Photo, State
from tests.fakes.processing import FixedLabeler, render
from tests.fakes.s3 import MemoryDerivatives, MemoryOriginals
from tests.support.factories import NOON, OWNER, photo

NEW = photo(state=State.PROCESSING, user_tags=(), width=None, height=None, format=None)


class Room:
    """A darkroom with one original before it."""

    def __init__(self, data: bytes = b"sea") -> None:
        self.originals = MemoryOriginals(now=lambda: NOON)
        self.derivatives = MemoryDerivatives()
        self.labeller = FixedLabeler()
        self.original = self.originals.drop(NEW.key, data)
        self.darkroom = ImageProcessor(self.originals, self.derivatives, self.labeller, render, lambda: NOON)

    def develop(self, before: Photo = NEW) -> Photo:
        return self.darkroom.process(before, self.original)


def test_a_developed_photo_says_what_the_original_is() -> None:
    developed = Room().develop()
    assert developed.state is State.READY
    assert (developed.width, developed.height, developed.format, developed.placeholder) == (40, 30, "JPEG", "abc=")
    assert developed.sha256 == "4a69f19c8c264850d0f0fca1d7cd8ac0d07771cb9aaf5923c2c621a3e0f74475"
    assert developed.labels == ("sand",)
    assert (developed.labels_pending, developed.due_at) == (False, None)


def test_its_images_lie_where_the_record_says() -> None:
    room = Room()
    developed = room.develop()
    assert {name: made.key for name, made in developed.derivatives.items()} == {
        "thumbnail": f"{OWNER}/p1/thumbnail-beach.jpg",
        "resized": f"{OWNER}/p1/resized-beach.jpg",
        "preview": f"{OWNER}/p1/preview-beach.webp",
        "small": f"{OWNER}/p1/small-beach.webp",
    }
    for made in developed.derivatives.values():
        assert len(room.derivatives.images[made.key]) == made.bytes
        assert (made.mime, made.format, made.width, made.height) == ("image/jpeg", "JPEG", 20, 15)


def test_a_preview_that_is_small_itself_is_stored_once_and_serves_as_both() -> None:
    def tiny(file: IO[bytes], size: int) -> Any:
        return replace(render(file, size), small=None)

    room = Room()
    developed = replace(room.darkroom, render=tiny).process(NEW, room.original)
    assert developed.derivatives["small"] == developed.derivatives["preview"]
    assert {key.split("/")[2].split("-")[0] for key in room.derivatives.images} == {"thumbnail", "resized", "preview"}
    delete_derivatives(room.derivatives, developed)
    assert room.derivatives.images == {}


def test_every_image_carries_its_record_in_plain_ascii() -> None:
    room = Room()
    developed = room.develop(replace(NEW, filename="München.jpg"))
    told = room.derivatives.metadata[developed.derivatives["resized"].key]
    assert told == {
        "photo-id": "p1",
        "original-version": "v0",
        "original-format": "JPEG",
        "original-width": "40",
        "original-height": "30",
        "original-bytes": "3",
        "width": "20",
        "height": "15",
        "size-reduction-percent": "-300.00",
    }
    assert all(f"{name}{value}".isascii() for name, value in told.items())


def test_the_same_original_is_developed_the_same_a_second_time() -> None:
    room = Room()
    first, images = room.develop(), dict(room.derivatives.images)
    assert room.develop() == first
    assert room.derivatives.images == images


def test_an_original_that_is_empty_or_too_large_is_refused_before_it_is_fetched() -> None:
    class Closed(MemoryOriginals):
        def download(self, original: Original, into: IO[bytes]) -> None:
            raise AssertionError

    room = Room()
    darkroom = replace(room.darkroom, originals=Closed())
    for size, sentence in [(0, "This file is empty."), (MAX_BYTES + 1, "the limit is 209,715,200")]:
        with pytest.raises(Unreadable, match=sentence):
            darkroom.process(NEW, replace(room.original, size=size))


def test_of_what_is_no_picture_nothing_is_stored() -> None:
    room = Room(b"bad")
    with pytest.raises(Unreadable):
        room.develop()
    assert room.derivatives.images == {}


def test_a_version_that_went_away_is_a_conflict() -> None:
    room = Room()
    room.originals.delete_version(room.original)
    with pytest.raises(Conflict):
        room.develop()


def test_a_labeller_that_is_out_delays_nothing_and_is_asked_again() -> None:
    room = Room()
    room.labeller.broken = True
    developed = room.develop()
    assert (developed.state, developed.labels, developed.labels_pending) == (State.READY, (), True)
    assert developed.due_at == NOON + LABEL_RETRY_DELAY
    room.labeller.broken = False
    labelled = room.darkroom.add_labels(developed)
    assert (labelled.labels, labelled.labels_pending, labelled.due_at) == (("sand",), False, None)


def test_the_labeller_is_shown_the_preview_and_never_the_original() -> None:
    shown: list[Any] = []

    class Curious:
        def detect(self, preview: bytes, metadata: PhotoMetadata) -> tuple[Label, ...]:
            shown.append((preview, metadata.width, metadata.height))
            return ()

    room = Room()
    darkroom = replace(room.darkroom, labeler=Curious())
    darkroom.add_labels(darkroom.process(NEW, room.original))
    assert shown == [(b"image of sea", 40, 30)] * 2


def test_nothing_of_an_earlier_original_is_left_on_the_next() -> None:
    room = Room()
    room.labeller.broken = True
    earlier = replace(NEW, labels=("forest",), camera="Jolla", taken_at=NOON, duplicate_of="p0", user_tags=("mine",))
    developed = room.develop(earlier)
    assert (developed.labels, developed.camera, developed.taken_at, developed.duplicate_of) == ((), None, None, None)
    assert developed.user_tags == ("mine",)


def test_an_undeveloped_photo_keeps_what_people_said_of_it() -> None:
    said = photo(user_tags=("sea",), label="beach", weight=7, width=None, height=None, format=None)
    developed = Room().develop(said)
    assert replace(without_derivatives(developed), state=said.state) == said


@pytest.mark.parametrize(("ahead", "believed"), [(timedelta(hours=14), True), (timedelta(days=2), False)])
def test_a_camera_that_lives_in_the_future_is_not_believed(ahead: timedelta, believed: bool) -> None:
    room = Room()

    def dated(file: IO[bytes], size: int) -> Any:
        return replace(render(file, size), taken_at=NOON + ahead)

    developed = replace(room.darkroom, render=dated).process(NEW, room.original)
    assert developed.taken_at == (NOON + ahead if believed else None)


def test_all_images_are_discarded_those_too_that_nobody_recorded() -> None:
    room = Room()
    developed = room.develop()
    room.derivatives.put("another/p2/preview-x.webp", b"", "image/webp", {})
    delete_derivatives(room.derivatives, without_derivatives(developed))
    assert set(room.derivatives.images) == {"another/p2/preview-x.webp"}
    delete_derivatives(room.derivatives, developed)


def test_images_recorded_under_an_earlier_name_are_discarded_too() -> None:
    room = Room()
    delete_derivatives(room.derivatives, replace(room.develop(), filename="renamed.jpg"))
    assert room.derivatives.images == {}


def test_an_error_of_the_bucket_is_raised_as_it_is() -> None:
    class Full(MemoryDerivatives):
        def put(self, *_: Any) -> None:
            raise Unavailable("S3 does not answer.")

    with pytest.raises(Unavailable):
        replace(Room().darkroom, derivatives=Full()).process(NEW, Room().original)


@pytest.mark.parametrize("name", DERIVATIVE_NAMES)
@pytest.mark.parametrize("filename", ["a.jpg", "a", ".jpg", "a.b.png", "ü" * 127 + ".jpg", "x" * 255])
def test_the_key_of_an_image_fits_into_s3_and_says_what_it_is(name: str, filename: str) -> None:
    key = derivative_key(photo(owner="o" * 600, filename=filename), name)
    assert len(key.encode()) <= MAX_KEY_BYTES
    assert key.startswith("o" * 600 + f"/p1/{name}-")
    if name in {"preview", "small"}:
        assert key.endswith(".webp")


def test_a_key_that_would_be_too_long_is_cut_and_keeps_its_extension() -> None:
    key = derivative_key(photo(owner="o" * 900, key="ü" * 120 + ".jpeg"), "thumbnail")
    assert len(key.encode()) in {MAX_KEY_BYTES - 1, MAX_KEY_BYTES}
    assert key.endswith("ü.jpeg")


@pytest.mark.parametrize(("before", "after", "saved"), [(1000, 250, 75.0), (3, 1, 66.67), (100, 150, -50.0), (0, 5, 0)])
def test_what_was_saved_is_told_in_per_cent(before: int, after: int, saved: float) -> None:
    assert size_reduction_percent(before, after) == saved

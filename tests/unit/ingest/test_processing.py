from dataclasses import replace
from datetime import timedelta
from typing import IO, Any

import pytest
from PIL import Image

from chalicelib.errors import Conflict, Unavailable, Unreadable
from chalicelib.images import Metadata, RenderedImages
from chalicelib.ingest.originals import Original
from chalicelib.ingest.processing import (
    LABEL_RETRY_DELAY,
    MAX_BYTES,
    WEBP_NAMES,
    ImageProcessor,
    delete_derivatives,
    delete_outdated_derivatives,
    derivative_key,
    possible_keys,
    recorded_keys,
    size_reduction_percent,
    without_derivatives,
)
from chalicelib.labels.labeler import Detection, PhotoMetadata
from chalicelib.library.filenames import EXTENSIONS
from chalicelib.library.photo import Photo, State
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure
from tests.fakes.processing import FixedLabeler, decode, find_place, read_metadata, render
from tests.fakes.s3 import MemoryDerivatives, MemoryOriginals
from tests.support.factories import NOON, OWNER, clock, labels, photo
from tests.support.former_keys import with_former_keys

DESCRIBED = b"caption=Harbor rating=3 keyword=Sea keyword=boat keyword=*no position=38.7,-9.4 lens=Planar iso=200 sea"
NEW = photo(state=State.PROCESSING, user_tags=(), width=None, height=None, format=None)


class Processing:
    """An image processor and one original."""

    def __init__(self, data: bytes = b"sea", derivatives: MemoryDerivatives | None = None) -> None:
        self.originals = MemoryOriginals(now=lambda: NOON)
        self.derivatives = derivatives or MemoryDerivatives()
        self.fake_labeler = FixedLabeler()
        self.original = self.originals.drop(NEW.key, data)
        self.processor = ImageProcessor(
            self.originals, self.derivatives, self.fake_labeler, render, read_metadata, decode, lambda: NOON, find_place
        )

    def process_original(self, before: Photo = NEW) -> Photo:
        return self.processor.process(before, self.original)


def test_processed_photo_has_the_fields_of_its_original() -> None:
    processed = Processing().process_original()
    assert processed.state is State.READY
    assert (processed.width, processed.height, processed.format, processed.placeholder) == (40, 30, "JPEG", "abc=")
    assert processed.sha256 == "4a69f19c8c264850d0f0fca1d7cd8ac0d07771cb9aaf5923c2c621a3e0f74475"
    assert (processed.label_names, processed.labeler) == (("sand",), "fake-1")
    assert (processed.labels_pending, processed.due_at) == (False, None)


def test_processed_photo_says_what_its_file_says() -> None:
    setup = Processing(DESCRIBED)
    processed = setup.process_original(replace(NEW, dismissed_labels=("boat",), own_caption="Boats", own_rating=0))
    assert (processed.file_caption, processed.file_rating, processed.lens) == ("Harbor", 3, "Planar")
    assert processed.exposure == Exposure(iso=200)
    assert (processed.keywords, processed.tags) == (("sea",), ("sea", "sand"))
    assert (processed.coordinates, processed.file_place) == (
        Coordinates(38_700_000, -9_400_000),
        ("City 38", "Country"),
    )
    assert (processed.caption, processed.rating) == ("Boats", 0)
    assert setup.processor.read_metadata_again(processed, setup.original) == processed


def test_another_original_brings_its_own_words_and_those_of_the_owner_stay() -> None:
    described = replace(Processing(DESCRIBED).process_original(), own_caption="Boats", own_place=("Alfama",))
    after = Processing(b"sea").process_original(described)
    assert (after.file_caption, after.file_rating, after.lens, after.keywords) == (None, None, None, ())
    assert (after.exposure, after.coordinates, after.file_place) == (None, None, ())
    assert (after.caption, after.place) == ("Boats", ("Alfama",))


def test_positions_are_not_stored_without_places() -> None:
    setup = Processing(DESCRIBED)
    setup.processor = replace(setup.processor, find_place=None)
    processed = setup.process_original()
    assert (processed.coordinates, processed.file_place, processed.file_caption) == (None, (), "Harbor")
    assert setup.processor.read_metadata_again(processed, setup.original) == processed


def test_derivatives_are_stored_at_the_recorded_keys() -> None:
    setup = Processing()
    processed = setup.process_original()
    assert {name: derivative.key for name, derivative in processed.derivatives.items()} == {
        "thumbnail": "p1/thumbnail.jpg",
        "resized": "p1/resized.jpg",
        "preview": "p1/preview.webp",
        "small": "p1/small.webp",
    }
    for name, derivative in processed.derivatives.items():
        assert len(setup.derivatives.images[derivative.key]) == derivative.bytes
        kind = ("image/webp", "WEBP") if name in WEBP_NAMES else ("image/jpeg", "JPEG")
        assert (derivative.mime, derivative.format, derivative.width, derivative.height) == (*kind, 20, 15)


def test_small_preview_is_stored_once() -> None:
    def tiny(file: IO[bytes], size: int) -> Any:
        return replace(render(file, size), small=None)

    setup = Processing()
    processed = replace(setup.processor, render=tiny).process(NEW, setup.original)
    assert processed.derivatives["small"] == processed.derivatives["preview"]
    assert set(setup.derivatives.images) == {"p1/thumbnail.jpg", "p1/resized.jpg", "p1/preview.webp"}
    delete_derivatives(setup.derivatives, processed)
    assert setup.derivatives.images == {}


def test_derivative_metadata_is_ascii() -> None:
    setup = Processing()
    processed = setup.process_original(replace(NEW, filename="München.jpg"))
    object_metadata = setup.derivatives.metadata[processed.derivatives["resized"].key]
    assert object_metadata == {
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
    assert all(f"{name}{value}".isascii() for name, value in object_metadata.items())


def test_processing_is_deterministic() -> None:
    setup = Processing()
    first, images = setup.process_original(), dict(setup.derivatives.images)
    assert setup.process_original() == first
    assert setup.derivatives.images == images


def test_empty_or_too_large_original_is_rejected_before_download() -> None:
    class DeletedOriginals(MemoryOriginals):
        def download(self, original: Original, into: IO[bytes]) -> None:
            raise AssertionError

    setup = Processing()
    processor = replace(setup.processor, originals=DeletedOriginals())
    for size, sentence in [(0, "This file is empty."), (MAX_BYTES + 1, "has 201 MB; photos can have up to 200 MB")]:
        with pytest.raises(Unreadable, match=sentence):
            processor.process(NEW, replace(setup.original, size=size))


def test_unreadable_original_stores_nothing() -> None:
    setup = Processing(b"bad")
    with pytest.raises(Unreadable):
        setup.process_original()
    assert setup.derivatives.images == {}


def test_deleted_version_raises_conflict() -> None:
    setup = Processing()
    setup.originals.delete_version(setup.original)
    with pytest.raises(Conflict):
        setup.process_original()


def test_unavailable_labeler_leaves_labels_pending() -> None:
    setup = Processing()
    setup.fake_labeler.broken = True
    processed = setup.process_original()
    assert (processed.state, processed.label_names, processed.labels_pending) == (State.READY, (), True)
    assert processed.due_at == NOON + LABEL_RETRY_DELAY
    setup.fake_labeler.broken = False
    labeled = setup.processor.add_labels(processed)
    assert (labeled.label_names, labeled.labels_pending, labeled.due_at) == (("sand",), False, None)


@pytest.mark.parametrize("name", ["preview", "small"])
def test_labeler_gets_the_derivative_that_it_reads(name: str) -> None:
    visible: list[Any] = []

    class RecordingLabeler:
        version = "1"
        derivative = name
        follows_time = False

        def detect(self, image: Image.Image, metadata: PhotoMetadata) -> Detection:
            visible.append((image.info["content"], metadata.width, metadata.height))
            return Detection()

    def render_both(file: IO[bytes], size: int) -> RenderedImages:
        rendered = render(file, size)
        small, preview = (
            replace(rendered.preview, data=content, pixels=decode(content))
            for content in (b"small image", b"preview image")
        )
        return replace(rendered, preview=preview, small=small)

    setup = Processing()
    processor = replace(setup.processor, labeler=RecordingLabeler(), render=render_both)
    processor.add_labels(processor.process(NEW, setup.original))
    assert visible == [(f"{name} image".encode(), 40, 30)] * 2


def test_labeler_gets_the_preview_if_there_is_no_small_image() -> None:
    setup = Processing()
    setup.fake_labeler.derivative = "small"
    processor = replace(setup.processor, render=lambda file, size: replace(render(file, size), small=None))
    processed = processor.process(NEW, setup.original)
    assert processor.add_labels(processed).label_names == ("sand",)


def test_fields_of_an_earlier_original_are_reset() -> None:
    setup = Processing()
    setup.fake_labeler.broken = True
    earlier = replace(NEW, labels=labels("forest"), camera="Jolla", camera_time=clock(NOON), duplicate_of="p0")
    earlier = replace(earlier, user_tags=("mine",))
    processed = setup.process_original(earlier)
    assert (processed.label_names, processed.camera) == ((), None)
    assert (processed.camera_time, processed.duplicate_of) == (None, None)
    assert processed.user_tags == ("mine",)


def test_without_derivatives_keeps_user_fields() -> None:
    edited = photo(user_tags=("sea",), label="beach", weight=7, width=None, height=None, format=None)
    processed = Processing().process_original(edited)
    assert replace(without_derivatives(processed), state=edited.state) == edited


@pytest.mark.parametrize(("offset", "plausible"), [(timedelta(hours=14), True), (timedelta(days=2), False)])
def test_time_taken_in_the_future_is_ignored(offset: timedelta, plausible: bool) -> None:
    setup = Processing()

    def dated(file: IO[bytes], size: int) -> Any:
        return replace(render(file, size), metadata=Metadata(capture_time=clock(NOON + offset)))

    processed = replace(setup.processor, render=dated).process(NEW, setup.original)
    assert processed.camera_time == (clock(NOON + offset) if plausible else None)


def test_delete_derivatives_includes_unrecorded_ones() -> None:
    setup = Processing()
    processed = setup.process_original()
    setup.derivatives.put("p2/preview.webp", b"", "image/webp", {})
    delete_derivatives(setup.derivatives, without_derivatives(processed))
    assert set(setup.derivatives.images) == {"p2/preview.webp"}
    delete_derivatives(setup.derivatives, processed)


def test_delete_derivatives_includes_recorded_keys_of_earlier_versions() -> None:
    setup = Processing()
    former = with_former_keys(setup.process_original())
    setup.derivatives.put(former.derivatives["resized"].key, b"", "image/jpeg", {})
    delete_derivatives(setup.derivatives, former)
    assert setup.derivatives.images == {}


def test_derivatives_of_an_original_of_another_type_are_deleted() -> None:
    setup = Processing()
    for content in (b"sea", b"png sea"):
        setup = Processing(content, setup.derivatives)
        delete_outdated_derivatives(setup.derivatives, setup.process_original())
    assert set(setup.derivatives.images) == {"p1/thumbnail.png", "p1/resized.png", "p1/preview.webp", "p1/small.webp"}


def test_store_error_is_raised() -> None:
    class FullDerivatives(MemoryDerivatives):
        def put(self, *_: Any) -> None:
            raise Unavailable("S3 did not respond.")

    with pytest.raises(Unavailable):
        replace(Processing().processor, derivatives=FullDerivatives()).process(NEW, Processing().original)


@pytest.mark.parametrize("key", ["drops/secret.png", f"uploads/{OWNER}/p1/secret.png"])
def test_derivative_keys_tell_neither_owner_nor_filename(key: str) -> None:
    processed = Processing().process_original(replace(NEW, key=key, filename="secret.png"))
    assert not any(OWNER in each or "secret" in each for each in recorded_keys(processed))
    assert recorded_keys(processed) <= possible_keys("p1")


@pytest.mark.parametrize("mime", sorted(EXTENSIONS))
def test_keys_of_every_type_are_possible(mime: str) -> None:
    assert {derivative_key("p1", name, mime) for name in ("thumbnail", "resized")} <= possible_keys("p1")


@pytest.mark.parametrize(("before", "after", "saved"), [(1000, 250, 75.0), (3, 1, 66.67), (100, 150, -50.0), (0, 5, 0)])
def test_size_reduction_percent(before: int, after: int, saved: float) -> None:
    assert size_reduction_percent(before, after) == saved

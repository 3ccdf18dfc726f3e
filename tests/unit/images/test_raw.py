import struct
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chalicelib import images
from chalicelib.errors import Unreadable
from chalicelib.images import formats, raw, raw_previews
from tests.support.images import raw as raw_
from tests.support.images import samples
from tests.support.images import tiff as tiff_
from tests.support.images.raw import camera, jpeg_tags, tiff_raw
from tests.support.images.tiff import LONG, SHORT
from tests.unit.images.support import close, opened, reason, render

# Their metadata is in structures that are not read; the photo is as its preview is stored.
WITHOUT_METADATA = {"CRW"}


@pytest.mark.parametrize("name", sorted(raw_.BUILDERS))
def test_preview_of_a_raw_file_becomes_the_photo(name: str) -> None:
    orientation = 1 if name in WITHOUT_METADATA else 6
    made = render(raw_.BUILDERS[name](raw_.preview(orientation)))
    assert (made.format, made.mime) == (name, raw.MIME_TYPES[name])
    assert (made.width, made.height) == raw_.SIZE
    assert made.incomplete is False
    for image in (opened(made.preview), opened(made.resized)):
        assert all(close(*pair, tolerance=30) for pair in zip(samples.corners(image), samples.CORNERS, strict=True))
    assert (made.resized.format, made.preview.format) == ("JPEG", "WEBP")
    if name not in WITHOUT_METADATA:
        assert made.metadata.capture_time is not None
        assert f"{made.metadata.capture_time.local:%Y:%m:%d %H:%M:%S}" == raw_.TAKEN
        assert (made.metadata.camera or "").endswith("Model 1")


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({50706: (tiff_.BYTE, [1, 4, 0, 0])}, "DNG"),
        ({262: (SHORT, [32803])}, "RAW"),
        ({262: (SHORT, [34892])} | camera("Hasselblad"), "3FR"),
        ({259: (SHORT, [34713])} | camera("NIKON"), "NEF"),
        ({254: (LONG, [1]), 330: (LONG, [1234])} | camera("SEIKO EPSON CORP."), "ERF"),
    ],
)
def test_tiff_with_sensor_data_is_a_raw_file(tags: tiff_.Tags, name: str) -> None:
    data = tiff_.tags_only({256: (LONG, [64]), 257: (LONG, [48])} | tags)
    assert formats.detect_file_format(BytesIO(data)).name == name
    assert reason(data) == "This RAW file contains no preview image."


@pytest.mark.parametrize(
    "tags",
    [
        camera("NIKON CORPORATION", orientation=1),
        {254: (LONG, [1])},
        {330: (LONG, [100_000])},
        {330: (LONG, [16])},  # into pixels
        {254: (LONG, [0]), 330: (LONG, [8])},
    ],
)
def test_plain_tiff_stays_a_tiff(tags: tiff_.Tags) -> None:
    assert render(tiff_.tiff(samples.quarters((64, 48)), tags=tags)).format == "TIFF"


def test_tiff_whose_pixels_look_like_a_signature_stays_a_tiff() -> None:
    data = tiff_.tiff(Image.new("L", (64, 48), ord("I")))
    assert render(data[:8] + b"IIII" + data[12:]).format == "TIFF"


def test_largest_preview_is_used() -> None:
    sizes = [(160, 120), (320, 240), (80, 60)]
    made = render(raw_.several([raw_.preview(6, size) for size in sizes]))
    assert (made.width, made.height) == (320, 240)


@pytest.mark.parametrize("name", ["CR3", "CRW", "ORF", "RAF"])
def test_thumbnail_inside_a_preview_is_not_the_preview(name: str) -> None:
    thumbnail, large = raw_.preview(1, (32, 24)), raw_.preview(1, (96, 72))
    inside = large[:2] + b"\xff\xe2" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + large[2:]
    assert {96, 72} == {(made := render(raw_.BUILDERS[name](inside))).width, made.height}


def test_thumbnail_in_a_directory_does_not_hide_a_preview_elsewhere() -> None:
    small, large = raw_.preview(6, (80, 60)), raw_.preview(6, (320, 240))
    main = camera("NIKON") | {254: (LONG, [1])}
    data = tiff_raw(main, jpeg_tags(raw_.data_at(1), len(small)), data=small + bytes(2000) + large)
    assert render(data).width == 320


def test_only_the_directories_of_a_dng_name_previews() -> None:
    """Its sensor data may be JPEGs too, in tiles."""
    made = render(raw_.dng(raw_.preview(6, (80, 60)), sensor=raw_.preview(6, (320, 240))))
    assert (made.width, made.height) == (80, 60)


def test_bitmap_is_used_if_there_is_no_jpeg() -> None:
    stored = Image.open(BytesIO(raw_.preview(6))).tobytes()
    main = camera("Hasselblad") | raw_.bitmap(raw_.data_at(1), raw_.SIZE[::-1])
    made = render(tiff_raw(main, raw_.SENSOR, data=stored))
    assert (made.format, made.width, made.height) == ("3FR", *raw_.SIZE)
    assert close(samples.corners(opened(made.preview))[0], samples.RED, tolerance=30)


@pytest.mark.parametrize(("count", "displayed"), [(16, True), (17, False)])
def test_bitmap_may_have_several_strips(count: int, displayed: bool) -> None:
    row = 3 * 16
    strips = {273: (LONG, [raw_.data_at(1) + row * n for n in range(count)]), 279: (LONG, [row] * count)}
    main = camera("Hasselblad") | raw_.bitmap(0, (16, count)) | strips
    data = tiff_raw(main, raw_.SENSOR, data=bytes(row * count))
    assert render(data).height == 16 if displayed else reason(data) == raw_previews.NO_PREVIEW


def test_placeholder_of_one_pixel_is_not_a_preview() -> None:
    assert reason(raw_.BUILDERS["IIQ"](b"")) == raw_previews.NO_PREVIEW


@pytest.mark.parametrize("name", sorted(raw_.BUILDERS))
def test_raw_file_without_a_preview_is_rejected(name: str) -> None:
    data = raw_.dng(b"", thumbnail=b" ") if name == "DNG" else raw_.BUILDERS[name](b"")
    assert reason(data) == "This RAW file contains no preview image."


def test_orientation_of_the_raw_file_overrides_that_of_its_preview() -> None:
    """Programs that turn a raw file do not change its preview."""
    turned = samples.oriented(1, (64, 48))
    data = tiff_raw(
        camera("NIKON", orientation=8) | {259: (SHORT, [34713])} | jpeg_tags(raw_.data_at(0), len(turned)), data=turned
    )
    assert (render(data).width, render(data).height) == (48, 64)


def _preview_named(at: int, size: int, data: bytes) -> bytes:
    return tiff_raw(camera("NIKON") | {259: (SHORT, [34713])} | jpeg_tags(at, size), data=data)


@pytest.mark.parametrize(
    ("at", "size", "data"),
    [
        (0xFFFF_FFF0, 5000, b""),
        (0, 5000, b""),  # the raw file itself
        (raw_.data_at(0), 5000, tiff_.tiff(samples.quarters((9, 9)))),
        (raw_.data_at(0), 5000, raw_.BUILDERS["RAF"](b"")),
    ],
    ids=["outside", "itself", "TIFF", "RAF"],
)
def test_preview_that_is_not_a_jpeg_does_not_exist(at: int, size: int, data: bytes) -> None:
    assert reason(_preview_named(at, size, data)) == raw_previews.NO_PREVIEW


@pytest.mark.parametrize(
    "data",
    [
        raw_.preview()[:9],
        raw_.preview()[:40],
        b"\xff\xd8\xff\xc3\0\x11\x08\0\x10\0\x10\3\1\x11\0\2\x11\0\3\x11\0\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0\xff\xd9",
        b"\xff\xd8\xff\xdb" * 50,
    ],
    ids=["start", "cut", "lossless", "starts"],
)
def test_preview_that_cannot_be_decoded_is_no_preview(data: bytes) -> None:
    assert reason(_preview_named(raw_.data_at(0), len(data), data)) == raw_previews.UNREADABLE_PREVIEW


def test_smaller_preview_is_used_if_the_larger_is_of_a_kind_that_is_not_decoded() -> None:
    large = bytearray(raw_.preview(6, (320, 240)))
    large[large.index(b"\xff\xc0") + 1] = 0xC3
    assert render(raw_.several([bytes(large), raw_.preview(6, (80, 60))])).width == 80


def test_bomb_in_a_raw_file_is_rejected_by_its_size() -> None:
    bomb = samples.huge_jpeg(65_535, 65_535)
    assert "65,535 x 65,535 pixels" in reason(_preview_named(raw_.data_at(0), len(bomb), bomb))


def test_preview_that_ends_early_is_displayed_and_marked() -> None:
    data = raw_.preview(6, (320, 240))
    made = render(_preview_named(raw_.data_at(0), len(data), data[: len(data) * 2 // 3]))
    assert (made.width, made.incomplete) == (320, True)


def test_directory_that_names_itself_ends_the_search() -> None:
    data = tiff_raw(camera("NIKON") | {259: (SHORT, [34713]), 330: (LONG, [32, 32])}, data=b"")
    assert reason(data) == raw_previews.NO_PREVIEW


@pytest.mark.parametrize("metadata", [b"", b"II*\0\xff\xff\xff\xff", b"\0" * 40])
def test_malformed_metadata_does_not_cost_the_photo(metadata: bytes) -> None:
    made = render(raw_.cr3(raw_.preview(1), metadata))
    assert (made.width, made.height, made.metadata.capture_time) == (*raw_.SIZE, None)


def test_search_is_bounded() -> None:
    starts = b"\xff\xd8\xff\xe0" * (raw_previews.MAX_ENDLESS + 1) + raw_.preview(1)
    assert reason(raw_.BUILDERS["CRW"](starts)) == raw_previews.UNREADABLE_PREVIEW


def test_file_of_200_mb_is_not_read_into_memory(tmp_path: Path) -> None:
    path, jpeg = tmp_path / "large.crw", raw_.preview(1)
    with path.open("wb") as file:
        file.write(raw_.BUILDERS["CRW"](b""))
        file.seek(200_000_000 - len(jpeg))
        file.write(jpeg)
    with path.open("rb") as file:
        tracemalloc.start()
        try:
            made = images.render(file, 200_000_000)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (made.width, made.height) == raw_.SIZE
    assert peak < 10_000_000


def test_raw_files_are_rejected_where_only_jpeg_is_allowed() -> None:
    with pytest.raises(Unreadable, match="only JPEG can be processed"):
        formats.detect_file_format(BytesIO(raw_.dng(raw_.preview())), frozenset({"JPEG"}))


def test_starts_without_an_end_are_not_searched_on_and_on() -> None:
    """Each would be read as far as 64 MB, and its padding byte by byte."""
    file = _CountingFile(raw_.BUILDERS["CRW"]((b"\xff\xd8\xff\xe0\0\2" + bytes(2000)) * 2000))
    with pytest.raises(Unreadable):
        raw.probe(file)
    assert file.reads < 1_000_000


class _CountingFile(BytesIO):
    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)

"""What is read from whole files, compared with exiftool where it is installed."""

import errno
import json
import shutil
import subprocess
import time
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import images
from chalicelib.errors import Unreadable
from chalicelib.images.metadata import dates
from chalicelib.util.capture_time import parse_capture_time
from chalicelib.util.coordinates import Coordinates
from tests.support.images import blocks, camera_files, jxl, raw, samples, tiff
from tests.support.images.dated_files import DatedFile, all_files
from tests.unit.images.support import render

FILES = all_files()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_time_is_found_wherever_a_camera_or_program_put_it(file: DatedFile) -> None:
    taken = images.read_file(BytesIO(file.data)).capture_time
    assert taken == (file.taken and parse_capture_time(file.taken))


@pytest.mark.skipif(not shutil.which("exiftool"), reason="needs exiftool")
def test_exiftool_finds_the_same_times(tmp_path: Path) -> None:
    tagged = [file for file in FILES if file.tag]
    for number, file in enumerate(tagged):
        (tmp_path / f"{number:03}").write_bytes(file.data)
    command = ["exiftool", "-j", "-G1", "-a", "-time:all", *(f"{number:03}" for number in range(len(tagged)))]
    found = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout)
    for file, tags in zip(tagged, found, strict=True):
        taken, seen = parse_capture_time(file.taken or ""), dates.parse_date(str(tags.get(file.tag)))
        assert (file.name, seen) == (file.name, taken)


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
def test_rendering_reads_the_same_metadata(form: str) -> None:
    block = samples.exif(taken="2024:07:14 18:30:00", offset="+02:00", camera=("Canon", "Canon EOS 40D"))
    data = samples.encoded(samples.quarters((16, 16)), form, exif=block)
    made, read = render(data), images.read_file(BytesIO(data))
    assert made.metadata == read
    assert read.camera == "Canon EOS 40D"


def test_camera_is_read_from_xmp_if_exif_has_none() -> None:
    packet = b"http://ns.adobe.com/xap/1.0/\0" + blocks.xmp('tiff:Make="Canon" tiff:Model="Canon EOS R5"')
    assert images.read_file(BytesIO(blocks.jpeg((0xE1, packet)))).camera == "Canon EOS R5"
    both = blocks.jpeg((0xE1, packet), (0xE1, blocks.exif({blocks.MODEL: "X100"})))
    assert images.read_file(BytesIO(both)).camera == "X100"


WORDS = images.Metadata(
    camera="X100",
    lens="EF50mm",
    caption="Lisbon",
    rating=4,
    keywords=("dog", "beach"),
    coordinates=Coordinates(41_408_333, 2_166_667),
)
IN_EXIF = blocks.exif(
    {0x010E: "Lisbon", blocks.MODEL: "X100", 0x4746: ("H", (4,)), 0x9C9E: "dog;beach".encode("utf-16-le")},
    {0xA434: "EF50mm"},
    blocks.position(),
)
IN_XMP = blocks.xmp(
    'tiff:Model="X100" aux:Lens="EF50mm" xmp:Rating="4" exif:GPSLatitude="41,24.5N" exif:GPSLongitude="2,10E"',
    blocks.items("dc:title", "Lisbon", language="x-default") + blocks.items("dc:subject", "dog", "beach"),
)
IMAGE = samples.quarters((16, 16))
HOLDERS = {
    "JPEG with EXIF": blocks.jpeg((0xE1, IN_EXIF)),
    "JPEG with XMP": blocks.jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + IN_XMP)),
    "PNG with EXIF": blocks.png((b"eXIf", IN_EXIF[6:])),
    "PNG with XMP": blocks.png((b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + IN_XMP)),
    "WebP with EXIF": samples.encoded(IMAGE, "WEBP", exif=IN_EXIF),
    "WebP with XMP": samples.encoded(IMAGE, "WEBP", xmp=IN_XMP),
    "GIF": blocks.gif(IN_XMP),
    "HEIC with EXIF": samples.encoded(IMAGE, "HEIC", exif=IN_EXIF),
    "HEIC with XMP": samples.encoded(IMAGE, "HEIC", xmp=IN_XMP),
    "AVIF with EXIF": samples.encoded(IMAGE, "AVIF", exif=IN_EXIF),
    "AVIF with XMP": samples.encoded(IMAGE, "AVIF", xmp=IN_XMP),
    "JPEG XL with EXIF": jxl.container(jxl.box(b"Exif", bytes(4) + IN_EXIF[6:]), jxl.box(b"jxlc", jxl.codestream())),
    "JPEG XL with XMP": jxl.container(jxl.box(b"xml ", IN_XMP), jxl.box(b"jxlc", jxl.codestream())),
    "TIFF": tiff.tiff(IMAGE, tags={700: (tiff.BYTE, list(IN_XMP))}),
    "DNG": raw.tiff_raw(
        raw.camera("", "X100") | {50706: (tiff.BYTE, [1, 4, 0, 0]), 700: (tiff.BYTE, list(IN_XMP))}, data=b""
    ),
    "RAF": raw.BUILDERS["RAF"](blocks.jpeg((0xE1, IN_EXIF))),
    "CR3": raw.cr3(
        raw.preview(1),
        blocks.exif({blocks.MODEL: "X100", 0xA434: "EF50mm"}, prefix=b""),
        gps=blocks.exif(blocks.position(), prefix=b""),
        xmp=IN_XMP,
    ),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_words_lens_and_position_are_found_in_every_format(name: str) -> None:
    found = images.read_file(BytesIO(HOLDERS[name]))
    assert replace(found, capture_time=None, camera=WORDS.camera) == WORDS


def test_texts_of_a_png_are_its_caption() -> None:
    texts = (b"tEXt", b"Title\0Lisbon"), (b"zTXt", b"Description\0\0" + zlib.compress(b"The dog " * 10_000))
    caption = images.read_file(BytesIO(blocks.png(*texts))).caption
    assert caption == ("Lisbon\n\n" + "The dog " * 1000)[:2000].strip()


def test_hostile_texts_of_all_blocks_take_little_time() -> None:
    text = "\u0628" + "\u0301\u200d" * 4000
    packet = b"http://ns.adobe.com/xap/1.0/\0" + blocks.xmp(elements=blocks.items("dc:title", text))
    data = blocks.jpeg(*[(0xE1, packet)] * 190)
    start = time.process_time()
    assert images.read_file(BytesIO(data)).caption
    assert time.process_time() - start < 5


@pytest.mark.parametrize("data", [b"", b"text", b"%PDF-1.7 \0\0"])
def test_file_that_is_no_image_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        images.read_file(BytesIO(data))


@pytest.mark.parametrize("size", [2**62, 2**63 - 1, 2**63, 2**64 - 1])
def test_offset_beyond_any_file_does_no_harm(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.avif"
    path.write_bytes(b"\0\0\0\x10ftypavif\0\0\0\0\0\0\0\1free" + size.to_bytes(8) + bytes(100))
    with path.open("rb") as file:
        assert images.read_file(file) == images.Metadata()


class BrokenDisk(BytesIO):
    def read(self, count: int | None = -1, /) -> bytes:
        if self.tell() >= 20:
            raise OSError(errno.EIO, "")
        return super().read(count)


def test_error_of_the_disk_passes_through() -> None:
    with pytest.raises(OSError, match="5"):
        images.read_file(BrokenDisk(FILES[0].data))


@pytest.mark.parametrize("file", FILES[:1] + FILES[-50:], ids=lambda file: file.name)
def test_file_that_ends_anywhere_does_no_harm(file: DatedFile) -> None:
    for end in range(16, len(file.data), max(1, len(file.data) // 20)):
        images.read_file(BytesIO(file.data[:end]))


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(["JPEG with EXIF", "JPEG with XMP", "PNG with XMP", "TIFF", "CR3"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=10),
)
def test_arbitrary_words_and_positions_do_no_harm(name: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(HOLDERS[name])
    for place, value in changes:
        data[max(16, int(place * (len(data) - 1)))] = value
    found = images.read_file(BytesIO(data))
    assert found.rating in {None, 1, 2, 3, 4, 5}
    assert found.lens is None or 0 < len(found.lens) <= 64
    assert found.caption is None or 0 < len(found.caption) <= 2000
    assert all(word.isprintable() for word in found.keywords)


@camera_files.wanted
def test_photos_of_cameras_have_their_lens_position_and_words() -> None:
    found = {}
    for path in camera_files.PHOTOGRAPHS:
        with path.open("rb") as file:
            found[path.name] = images.read_file(file)
    assert found["DSCN0010.jpg"].coordinates == Coordinates(43_467_448, 11_885_127)
    assert found["iphone_hdr_YES.jpg"].lens == "Apple iPhone 6 back camera 4.15mm f/2.2"
    assert (found["no_exif.jpg"].caption, found["no_exif.jpg"].keywords) == ("Der Goalie bin ig", ("tag",))
    assert [name for name, metadata in found.items() if metadata.caption] == ["no_exif.jpg"]

"""What is read from whole files, compared with exiftool where it is installed."""

import errno
import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from chalicelib import images
from chalicelib.errors import Unreadable
from chalicelib.images.metadata import dates
from chalicelib.util.capture_time import parse_capture_time
from tests.support.images import blocks, samples
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

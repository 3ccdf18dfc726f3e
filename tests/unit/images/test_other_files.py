import pytest

from chalicelib.errors import Unreadable
from chalicelib.images import formats, other_files


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "a QuickTime video"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "a QuickTime video"),
        (b"\0\0\x10\0moov\0\0\0\x6cmvhd", "a QuickTime video"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "an MP4 video"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "an MP4 video"),
        (b"\0\0\0\x18ftyp3gp5\0\0\0\0", "a 3GP video"),
        (b"\0\0\0\x18ftypM4V \0\0\0\0", "an M4V video"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "M4A audio"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "a WebM video"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "a Matroska video"),
        (b"RIFF\x24\0\0\0AVI LIST", "an AVI video"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "WAV audio"),
        (b"G@\0\x10\0".ljust(188, b"\xff") * 4, "an MPEG video"),
        (b"\0\0\0\0G@\0\x10".ljust(192, b"\xff") * 4, "an MPEG video"),
        (b"\0\0\x01\xbaD\0\x04\0", "an MPEG video"),
        (b"ID3\x04\0\0\0\0\0", "MP3 audio"),
        (b"fLaC\0\0\0\x22", "FLAC audio"),
        (b"\xc5\xd0\xd3\xc6\x20\0\0\0", "a PostScript document"),
        (b"PK\x03\x04\x14\0\0\0", "a ZIP archive or an Office document"),
        (b"MZ\x90\0\x03\0\0\0", "a program"),
    ],
)
def test_files_are_named_by_content(head: bytes, name: str) -> None:
    with pytest.raises(Unreadable, match=f"^This is {name}, not an image; only "):
        formats.detect_format(head)


def test_unknown_files_have_no_name() -> None:
    assert other_files.describe(b"\x01\x02\x03\x04\x05") is None

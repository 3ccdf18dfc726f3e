import gzip

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
        (b"\xff\xfb\x90\x64\0\0", "MP3 audio"),
        (b"\xff\xfa\x90\x64\0\0", "MP3 audio"),
        (b"\xff\xf3\x84\xc4\0\0", "MP3 audio"),
        (b"\xff\xe3\x28\xc4\0\0", "MP3 audio"),
        (b"\xff\xfd\x84\x04\0\0", "MP2 audio"),
        (b"\xff\xf1\x50\x80\x03\xff", "AAC audio"),
        (b"OggS\0\2".ljust(28, b"\0") + b"\x01vorbis", "Ogg Vorbis audio"),
        (b"OggS\0\2".ljust(28, b"\0") + b"OpusHead", "Opus audio"),
        (b"OggS\0\2".ljust(28, b"\0") + b"\x80theora", "an Ogg video"),
        (b"OggS\0\2".ljust(28, b"\0") + b"Speex", "an Ogg file with sound or video"),
        (b"MThd\0\0\0\x06", "a MIDI file"),
        (b".RMF\0\0\0\x12", "a RealMedia file"),
        (b"PK\x03\x04".ljust(30, b"\0") + b"[Content_Types].xml\0\0word/document.xml", "a Word document"),
        (b"PK\x03\x04".ljust(30, b"\0") + b"[Content_Types].xml\0\0xl/workbook.xml", "an Excel workbook"),
        (b"PK\x03\x04".ljust(30, b"\0") + b"mimetypeapplication/vnd.oasis.opendocument.text", "an OpenDocument file"),
        (b"PK\x03\x04".ljust(30, b"\0") + b"mimetypeapplication/epub+zip", "an EPUB book"),
        (gzip.compress(b"<?xml version='1.0'?><svg>", mtime=0), "an SVGZ drawing"),
        (gzip.compress(b"notes", mtime=0), "a gzip archive"),
        (b"\x1f\x8b\x08\0broken", "a gzip archive"),
        (b"\xfd7zXZ\0\0", "an xz archive"),
        (b"\0\1\0\0\0\x0f\0\x80", "a font"),
        (b"OTTO\0\x0b\0\x80", "a font"),
        (b"wOF2\0\1\0\0", "a font"),
        (b"\x80\x01\x2f\x05\0\0%!PS-AdobeFont", "a font"),
        (b"\0\0\x01\0\0\0\x06\x8a\0\0\x05\x8a", "a font"),
        (b"\0\0\x02\x30ADBE".ljust(36, b"\0") + b"acsp", "an ICC color profile"),
        (b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5\xbd\x31", "an InDesign document"),
        (b"\0\x05\x16\x07\0\2\0\0", "a file of macOS metadata"),
        (b"MAC address list", "a text file"),
        (b"<!DOCTYPE html><html><svg>", "an HTML page"),
        (b"<?xml version='1.0'?><html xmlns='#'><svg>", "an HTML page"),
        (b"<?xml version='1.0'?><gpx>", "an XML file"),
        (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>", "XMP metadata"),
        (b'{\n  "tags": []}', "a JSON file"),
        (b"[1, 2]", "a JSON file"),
        (b"{\\rtf1\\ansi", "an RTF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript document"),
        ("Öl und Käse, Brot und Wein, Obst".encode("latin-1"), "a text file"),
    ],
)
def test_files_are_named_by_content(head: bytes, name: str) -> None:
    with pytest.raises(Unreadable, match=f"^This is {name}, not an image; only "):
        formats.detect_format(head)


def test_unknown_files_have_no_name() -> None:
    assert other_files.describe(b"\x01\x02\x03\x04\x05") is None


@pytest.mark.parametrize(
    "head",
    [b"\xff\xfb\xf0\x64\0\0", b"\xff\xeb\x90\x64\0\0", b"\xff\xe1\x50\x80\0\0", b"\xff\xff\xff\xff\0\0", b"\xff\xfb"],
)
def test_bytes_that_no_audio_frame_begins_with_have_no_name(head: bytes) -> None:
    assert other_files.describe(head) is None

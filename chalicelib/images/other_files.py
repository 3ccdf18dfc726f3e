"""Names files that are not images by their first bytes, whatever their extension says."""

import re
import zlib

_BRANDS = {
    b"qt  ": "a QuickTime video",
    b"M4V ": "an M4V video",
    b"M4VH": "an M4V video",
    b"M4VP": "an M4V video",
    b"M4A ": "M4A audio",
    b"M4B ": "an M4B audiobook",
    b"M4P ": "M4A audio",
    b"F4V ": "an F4V video",
}
# Boxes that QuickTime files without a brand begin with.
_QUICKTIME_BOXES = frozenset({b"moov", b"mdat", b"wide", b"pnot"})
_SIGNATURES = (
    (8, b"AVI ", "an AVI video"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a Windows Media file"),
    (0, b"\xb7\xd8\x00\x20\x37\x49\xda\x11", "a recording of Windows TV"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"FWS", "a Flash file"),
    (0, b"CWS", "a Flash file"),
    (0, b"ZWS", "a Flash file"),
    (0, b".RMF", "a RealMedia file"),
    (0, b".ra\xfd", "RealAudio"),
    (0, b"\x06\x0e+4\x02\x05\x01\x01", "an MXF video"),
    (4, b"RED1", "a RED video"),
    (4, b"RED2", "a RED video"),
    (0, b"\0\0\x01\xba", "an MPEG video"),
    (0, b"\0\0\x01\xb3", "an MPEG video"),
    (8, b"WAVE", "WAV audio"),
    (0, b"RF64", "WAV audio"),
    (8, b"AIFF", "AIFF audio"),
    (8, b"AIFC", "AIFF audio"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"MPCK", "Musepack audio"),
    (0, b"MP+", "Musepack audio"),
    (0, b"ID3", "MP3 audio"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"wvpk", "WavPack audio"),
    (0, b"DSD ", "DSD audio"),
    (0, b"caff\0", "CAF audio"),
    (0, b".snd\0", "AU audio"),
    (0, b"MThd\0", "a MIDI file"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "an InDesign document"),
    (0, b"AT&TFORM", "a DjVu document"),
    (60, b"BOOKMOBI", "a Kindle book"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"\xfd7zXZ\0", "an xz archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (0, b"MSCF\0", "a cabinet archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"bplist0", "a property list"),
    (36, b"acsp", "an ICC color profile"),
    (0, b"\0\x01\0\0\0", "a font"),
    (0, b"\0\0\x01\0\0\0", "a font"),
    (0, b"true\0", "a font"),
    (0, b"OTTO\0", "a font"),
    (0, b"ttcf\0", "a font"),
    (0, b"wOFF", "a font"),
    (0, b"wOF2", "a font"),
    (6, b"%!PS", "a font"),
    (0, b"\0\x05\x16\x07", "a file of macOS metadata"),
    (0, b"L\0\0\0\x01\x14\x02\0", "a Windows shortcut"),
    (0, b"!<arch>\n", "a program library"),
    (0, b"\x7fELF", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\xce\xfa\xed\xfe", "a program"),
    (0, b"\xfe\xed\xfa\xce", "a program"),
    (0, b"\xfe\xed\xfa\xcf", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"\0asm", "a program"),
    (0, b"MZ", "a program"),
)
# What the first entry of a ZIP archive, or the names after it, say about its kind.
_ZIP_KINDS = (
    (b"mimetypeapplication/epub+zip", "an EPUB book"),
    (b"mimetypeapplication/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"word/", "a Word document"),
    (b"xl/", "an Excel workbook"),
    (b"ppt/", "a PowerPoint presentation"),
)
_OGG_KINDS = (
    (b"\x80theora", "an Ogg video"),
    (b"OpusHead", "Opus audio"),
    (b"\x01vorbis", "Ogg Vorbis audio"),
    (b"\x7fFLAC", "FLAC audio"),
)
SVG = "an SVG drawing"
# Beginnings of texts, and the elements that say what a markup is, the first one in the text; in lower case.
_TEXT_STARTS = (
    ("%pdf", "a PDF document"),
    ("%!ps-adobefont", "a font"),
    ("%!ps", "a PostScript document"),
    ("{\\rtf", "an RTF document"),
    ("startfontmetrics", "a font"),
    ("#!amr", "AMR audio"),
    ("!<arch>", "a program library"),
    ("<!doctype html", "an HTML page"),
    ("<?xpacket", "XMP metadata"),
)
_ELEMENTS = {"<html": "an HTML page", "<svg": SVG, "<x:xmpmeta": "XMP metadata", "<rdf:rdf": "XMP metadata"}
_TRANSPORT_PACKETS = ((0, 188), (4, 192))  # of MPEG: where the first starts, and their length

_AAC_LAYER, _LAYERS = 0, {1: "MP3 audio", 2: "MP2 audio"}


def describe(head: bytes) -> str | None:
    """What a file of bytes is, as in "a QuickTime video"; None if it is unknown."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand) or ("a 3GP video" if brand[:2] == b"3g" else "an MP4 video")
    if head[4:8] in _QUICKTIME_BOXES:
        return "a QuickTime video"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "a WebM video" if b"webm" in head[:64] else "a Matroska video"
    if any(len(head) > 2 * size and set(head[at : 3 * size : size]) == {0x47} for at, size in _TRANSPORT_PACKETS):
        return "an MPEG video"
    if head.startswith(b"PK\x03\x04"):
        return _kind(head, _ZIP_KINDS) or "a ZIP archive or an Office document"
    if head.startswith(b"OggS"):
        return _kind(head[:256], _OGG_KINDS) or "an Ogg file with sound or video"
    if head.startswith(b"\x1f\x8b"):
        return "an SVGZ drawing" if b"<svg" in _inflate(head).lower() else "a gzip archive"
    return next((name for at, magic, name in _SIGNATURES if head.startswith(magic, at)), None) or _describe_audio(head)


def describe_text(text: str) -> str:
    """What a text is, as in "an HTML page"."""
    start = text.lstrip("\ufeff \t\r\n").casefold()
    if found := next((name for words, name in _TEXT_STARTS if start.startswith(words)), None):
        return found
    if start.startswith("<"):
        places = sorted((start.index(element), name) for element, name in _ELEMENTS.items() if element in start)
        return places[0][1] if places else "an XML file"
    if re.match(r"\{\s*[\"}]|\[\s*[\[{\"\d]", start):
        return "a JSON file"
    return "a text file"


def _describe_audio(head: bytes) -> str | None:
    """Audio by the header of its first frame (ISO/IEC 11172-3, 2.4.1.3, and 13818-7, 6.2)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer, bitrate, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    if layer == _AAC_LAYER:
        return "AAC audio" if head[1] & 0xF0 == 0xF0 else None
    if layer not in _LAYERS or version == 1 or bitrate in {0, 15} or rate == 3:  # values that mean nothing
        return None
    return _LAYERS[layer]


def _kind(head: bytes, kinds: tuple[tuple[bytes, str], ...]) -> str | None:
    return next((name for part, name in kinds if part in head), None)


def _inflate(head: bytes) -> bytes:
    """What the first bytes of a gzip file hold, as far as they can be read."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 4096)
    except zlib.error:
        return b""

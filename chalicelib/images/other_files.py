"""Names files that are not images by their first bytes, whatever their extension says."""

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
    (8, b"WAVE", "WAV audio"),
    (8, b"AIFF", "AIFF audio"),
    (8, b"AIFC", "AIFF audio"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "a Windows Media file"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\0\0\x01\xba", "an MPEG video"),
    (0, b"\0\0\x01\xb3", "an MPEG video"),
    (0, b"OggS", "an Ogg file with sound or video"),
    (0, b"fLaC", "FLAC audio"),
    (0, b"ID3", "MP3 audio"),
    (0, b"\xff\xfb", "MP3 audio"),
    (0, b"\xff\xf1", "AAC audio"),
    (0, b"\xff\xf9", "AAC audio"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"\x7fELF", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"MZ", "a program"),
)
_TRANSPORT_PACKETS = ((0, 188), (4, 192))  # of MPEG: where the first starts, and their length


def describe(head: bytes) -> str | None:
    """What the file is, as in "a QuickTime video"; None if it is unknown."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand) or ("a 3GP video" if brand[:2] == b"3g" else "an MP4 video")
    if head[4:8] in _QUICKTIME_BOXES:
        return "a QuickTime video"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "a WebM video" if b"webm" in head[:64] else "a Matroska video"
    if any(len(head) > 2 * size and set(head[at : 3 * size : size]) == {0x47} for at, size in _TRANSPORT_PACKETS):
        return "an MPEG video"
    return next((name for at, magic, name in _SIGNATURES if head.startswith(magic, at)), None)

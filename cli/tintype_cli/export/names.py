"""Where the files of a photo are: names that every file system accepts.

The rules are those of Windows, the strictest:
https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

ORIGINALS = "originals"
# Windows limits a path to 260 characters: this leaves some for the folders above.
MAX_NAME_BYTES = 180
MAX_EXTENSION_BYTES = 16
_RAW_NAMES = "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f"
RAW_EXTENSIONS = frozenset(f".{name}" for name in _RAW_NAMES.split())

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_EDGES = re.compile(r"^[\s.]+|[\s.]+$")
# Device names, with or without an extension; the digits may be superscripts.
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
# Control characters, surrogates, formatting characters, and line separators; but not what joins emoji and letters.
_INVISIBLE = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})


def folder(photo: Mapping[str, Any]) -> str:
    """`originals/2019/07`: the month when the photo was taken, by the camera's clock, else when it was added."""
    time = photo["taken_local"] or photo["created_at"]
    return f"{ORIGINALS}/{time[:4]}/{time[5:7]}"


def candidates(filename: str) -> Iterator[str]:
    """Names for a file, the first one for a folder without others, then numbered ones."""
    name = safe_name(filename)
    yield name
    stem, extension = _split(name)
    for number in count(2):
        suffix = f" ({number})"
        yield _cut(stem, MAX_NAME_BYTES - len(suffix) - len(extension.encode())) + suffix + extension


def safe_name(filename: str) -> str:
    """A valid name, at most 180 UTF-8 bytes with the extension of the filename."""
    visible = "".join(c for c in filename if unicodedata.category(c) not in _INVISIBLE or c in _JOINERS)
    stem, extension = _split(_EDGES.sub("", _FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible))))
    stem = _EDGES.sub("", _cut(_EDGES.sub("", stem), MAX_NAME_BYTES - len(extension.encode()) - 1)) or "photo"
    name = stem + extension
    return f"_{name}" if _RESERVED.match(name) else name


def sidecar_path(path: str) -> str:
    """The path of the XMP sidecar: beside raw files without their extension, as Lightroom writes them."""
    stem, extension = _split(path)
    return f"{stem if extension.casefold() in RAW_EXTENSIONS else path}.xmp"


def fold(path: str) -> str:
    """A key that is equal for paths that some file system treats as equal: other case or Unicode composition."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFC", path).casefold().upper().casefold())


def _split(name: str) -> tuple[str, str]:
    """The name without its extension, and the extension with its dot."""
    stem, dot, extension = name.rpartition(".")
    extension = dot + extension
    return (stem, extension) if stem and len(extension.encode()) <= MAX_EXTENSION_BYTES else (name, "")


def _cut(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode("utf-8", "ignore")

"""Entry names: valid on Windows, macOS and Linux, and unique within a volume.

The rules are those of Windows, the strictest of the three:
https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import repeat

from chalicelib.library.filenames import split_extension, truncate_filename

# The list of skipped photos; no photo gets this name.
SKIPPED_LIST_NAME = "not included.txt"
# Of camera raw files, whose sidecars have their name without the extension, as Lightroom writes and reads them.
_RAW_NAMES = "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f"
RAW_EXTENSIONS = frozenset(f".{name}" for name in _RAW_NAMES.split())
DEFAULT_STEM = "photo"
# Windows limits a path to 260 characters: this leaves some for the parent folders.
MAX_NAME_BYTES = 200

FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
EDGES = re.compile(r"^[\s.]+|[\s.]+$")
TRAILING = re.compile(r"[\s.]+$")
# Device names, with or without an extension, in any folder; the digits may be superscripts.
RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
# Control characters, surrogates, invisible and bidirectional formatting characters, and line separators.
INVISIBLE = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp"})
# Exceptions: they join emoji, are needed to write Persian, and form the flags of regions.
JOINERS = frozenset({"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))})


def unique_names(filenames: Iterable[str], sidecars: Iterable[bool] = repeat(False)) -> Iterator[str]:
    """The entry names of a volume's photos, in order; deterministic. `sidecars` says which of them have a sidecar."""
    # Each name in use, folded, with the last number that was appended to it.
    used = {fold(SKIPPED_LIST_NAME): 1}
    for filename, has_sidecar in zip(filenames, sidecars, strict=False):
        preferred = name = safe_name(filename)
        number = used.get(fold(preferred), 1)
        while any(fold(each) in used for each in _files(name, has_sidecar=has_sidecar)):
            number += 1
            name = _numbered(preferred, number)
        used |= dict.fromkeys(map(fold, _files(name, has_sidecar=has_sidecar)), 1)
        used[fold(preferred)] = number
        yield name


def sidecar_name(name: str) -> str:
    """The entry name of the sidecar of a photo with this one."""
    stem, extension = split_extension(name)
    return f"{stem if extension.casefold() in RAW_EXTENSIONS else name}.xmp"


def safe_name(filename: str) -> str:
    """A name that is valid on every system: at most 200 UTF-8 bytes, with the extension of the filename."""
    visible = "".join(c for c in filename if unicodedata.category(c) not in INVISIBLE or c in JOINERS)
    name = FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible))
    name = _shorten(name, MAX_NAME_BYTES)
    return f"_{_shorten(name, MAX_NAME_BYTES - 1)}" if RESERVED.match(name) else name


def fold(name: str) -> str:
    """A key that is equal for names that some file system treats as equal: other case or Unicode composition."""
    # NTFS compares in upper case, in which letters may be equal that differ when folded (ı and i).
    return unicodedata.normalize("NFD", unicodedata.normalize("NFC", name).casefold().upper().casefold())


def _files(name: str, *, has_sidecar: bool) -> tuple[str, ...]:
    """The entry names of a photo and its sidecar, if it has one."""
    return (name, sidecar_name(name)) if has_sidecar else (name,)


def _numbered(name: str, number: int) -> str:
    suffix = f" ({number})"
    stem, extension = split_extension(truncate_filename(name, MAX_NAME_BYTES - len(suffix)))
    return f"{stem}{suffix}{extension}"


def _shorten(name: str, max_bytes: int) -> str:
    """The name with at most `max_bytes`, without spaces and dots at its edges and before its extension."""
    stem, extension = split_extension(TRAILING.sub("", truncate_filename(name, max_bytes)))
    return (EDGES.sub("", stem) or DEFAULT_STEM) + extension

"""Entry names: valid on Windows, macOS and Linux, and unique within a volume.

The rules are those of Windows, the strictest of the three:
https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from chalicelib.library.filenames import split_extension, truncate_filename

# The list of skipped photos; no photo gets this name.
SKIPPED_LIST_NAME = "not included.txt"
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


def unique_names(filenames: Iterable[str]) -> Iterator[str]:
    """The entry names of a volume's photos, in order; deterministic."""
    # Each name in use, folded, with the last number that was appended to it.
    used = {fold(SKIPPED_LIST_NAME): 1}
    for filename in filenames:
        preferred = name = safe_name(filename)
        number = used.get(fold(preferred), 1)
        while fold(name) in used:
            number += 1
            name = _numbered(preferred, number)
        used[fold(name)] = 1
        used[fold(preferred)] = number
        yield name


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


def _numbered(name: str, number: int) -> str:
    suffix = f" ({number})"
    stem, extension = split_extension(truncate_filename(name, MAX_NAME_BYTES - len(suffix)))
    return f"{stem}{suffix}{extension}"


def _shorten(name: str, max_bytes: int) -> str:
    """The name with at most `max_bytes`, without spaces and dots at its edges and before its extension."""
    stem, extension = split_extension(TRAILING.sub("", truncate_filename(name, max_bytes)))
    return (EDGES.sub("", stem) or DEFAULT_STEM) + extension

"""What a photo is called in a zip: safe on Windows, macOS and Linux alike, and like no other name in the volume.

The rules are those of Windows, which are the strictest:
https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from chalicelib.library.photo import split_extension, truncate_filename

# What lists the photos that could not be put in; no photo is called so.
SKIPPED_LIST_NAME = "not included.txt"
DEFAULT_STEM = "photo"
# Windows unpacks paths of 260 characters: this leaves room for the folders above.
MAX_NAME_BYTES = 200

FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
EDGES = re.compile(r"^[\s.]+|[\s.]+$")
# Devices, with any extension or none, in any folder; the digits also as superscripts.
RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
# Controls, halves of surrogate pairs, marks that show nothing or turn the direction of writing, and ends of lines.
INVISIBLE = frozenset({"Cc", "Cs", "Cf", "Zl", "Zp"})
# Of those these stay: they make one family of three people, spell Persian, and tell the flags of regions.
JOINERS = frozenset({"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))})


def unique_names(filenames: Iterable[str]) -> Iterator[str]:
    """The entry names of one volume's photos, in their order; the same filenames give the same names."""
    # Each name that is taken, as the most forgetful file system sees it, with the number that it was last given.
    taken = {fold(SKIPPED_LIST_NAME): 1}
    for filename in filenames:
        wanted = name = safe_name(filename)
        number = taken.get(fold(wanted), 1)
        while fold(name) in taken:
            number += 1
            name = _numbered(wanted, number)
        taken[fold(name)] = 1
        taken[fold(wanted)] = number
        yield name


def safe_name(filename: str) -> str:
    """One name that any system takes, at most 200 UTF-8 bytes, its extension kept."""
    visible = "".join(c for c in filename if unicodedata.category(c) not in INVISIBLE or c in JOINERS)
    name = FORBIDDEN.sub("_", unicodedata.normalize("NFC", visible))
    stem, extension = split_extension(name.rstrip(". \t"))
    name = (
        _trim(truncate_filename(_trim(stem) + extension, MAX_NAME_BYTES - 1))
        if _trim(stem)
        else DEFAULT_STEM + extension
    )
    return f"_{name}" if RESERVED.match(name) else name


def fold(name: str) -> str:
    """The same for any two names that some file system takes for one: of other case, or composed otherwise."""
    # Upper case as well: two letters may differ folded and be one in upper case (ı and i), which is how NTFS compares.
    return unicodedata.normalize("NFD", unicodedata.normalize("NFC", name).casefold().upper().casefold())


def _numbered(name: str, number: int) -> str:
    mark = f" ({number})"
    stem, extension = split_extension(truncate_filename(name, MAX_NAME_BYTES - len(mark)))
    return f"{stem}{mark}{extension}"


def _trim(name: str) -> str:
    return EDGES.sub("", name)

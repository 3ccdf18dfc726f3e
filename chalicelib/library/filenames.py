"""Filenames of photos: made safe for object keys and headers, shortened, and given another extension."""

import re
import unicodedata

from chalicelib.util.text import repeat_until_stable, without_invisible

MAX_FILENAME_BYTES = 255
MAX_EXTENSION_BYTES = 16
# The extensions of each derivative type, the usual one first.
EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/avif": (".avif",),
}
_RAW_NAMES = "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f"
RAW_EXTENSIONS = frozenset(f".{name}" for name in _RAW_NAMES.split())
IMAGE_EXTENSIONS = RAW_EXTENSIONS.union({".heic", ".heif", ".jxl", ".tif", ".tiff"}, *EXTENSIONS.values())


def clean_filename(name: str) -> str:
    """The last path segment of a name, at most 255 UTF-8 bytes; `untitled` if empty. Idempotent.

    NFC, without invisible characters but those that a script or an emoji needs.
    """
    return repeat_until_stable(_clean, re.split(r"[/\\]", name)[-1])


def _clean(name: str) -> str:
    name = unicodedata.normalize("NFC", without_invisible(name))
    # S3 replaces this placeholder by the uploaded file's name in the key of a presigned POST.
    name = name.replace("${filename}", "filename")
    return truncate_filename(name.strip().strip(".") or "untitled", MAX_FILENAME_BYTES)


def truncate_filename(name: str, max_bytes: int) -> str:
    """The name shortened to at most `max_bytes` UTF-8 bytes; its extension stays."""
    if len(name.encode()) <= max_bytes:
        return name
    stem, extension = split_extension(name)
    stem_bytes = max_bytes - len(extension.encode())
    return stem.encode()[:stem_bytes].decode("utf-8", "ignore") + extension


def split_extension(name: str) -> tuple[str, str]:
    """The name without its extension, and the extension with its dot; one over 16 bytes does not count as one."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if dot and len(extension.encode()) <= MAX_EXTENSION_BYTES else (name, "")


def filename_for_type(mime: str, filename: str) -> str:
    """The filename with an extension of this MIME type; another image extension is replaced."""
    stem, extension = split_extension(filename)
    if extension.casefold() in EXTENSIONS[mime]:
        return filename
    if extension.casefold() not in IMAGE_EXTENSIONS:
        stem = filename
    return truncate_filename(stem + EXTENSIONS[mime][0], MAX_FILENAME_BYTES)

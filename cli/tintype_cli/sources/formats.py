"""Tells photos from other files by their names."""

import re
from typing import Literal

type FileKind = Literal["photo", "video", "sidecar", "system", "other"]

_PHOTOS = (
    "jpg jpeg jpe jfif png webp gif avif heic heif jxl tif tiff "
    "3fr arw cr2 cr3 crw dcr dng erf iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srw x3f"
)
PHOTO_EXTENSIONS = frozenset(f".{name}" for name in _PHOTOS.split())
# `.mp` and `.mv` are the videos of motion photos, as Google Takeout names them.
_VIDEOS = "3g2 3gp avi flv insv m2t m2ts m4v mkv mov mp mp4 mpe mpeg mpg mts mv mxf ogv ts vob webm wmv"
VIDEO_EXTENSIONS = frozenset(f".{name}" for name in _VIDEOS.split())
_SIDECARS = frozenset({".aae", ".json", ".xmp", ".yaml", ".yml"})
# What systems and programs leave next to photos, as the server and the page pass over it.
_SYSTEM_FILE = re.compile(
    r"\._.*|\.[^.]*|\.(trashed|pending)-.*|(eh)?thumbs(_vista)?\.db|\.?(desktop|picasa)\.ini|icon\r", re.IGNORECASE
)
_SYSTEM_FOLDER = re.compile(
    r"\.[^.].*|__macosx|@eadir|\$recycle\.bin|system volume information|lost\+found", re.IGNORECASE
)
_EXTENSION = re.compile(r"\.[^.]{1,15}", re.DOTALL)


def split_extension(filename: str) -> tuple[str, str]:
    """The name without its extension, and the extension with its dot, as written; empty if there is none."""
    stem, dot, extension = filename.rpartition(".")
    return (stem, dot + extension) if stem and _EXTENSION.fullmatch(dot + extension) else (filename, "")


def kind_of(path: str) -> FileKind:
    """What a file is by its name and its folders, which are separated by "/"."""
    *folders, name = path.split("/")
    if _SYSTEM_FILE.fullmatch(name) or any(map(_SYSTEM_FOLDER.fullmatch, folders)):
        return "system"
    extension = split_extension(name)[1].casefold()
    if extension in PHOTO_EXTENSIONS:
        return "photo"
    if extension in VIDEO_EXTENSIONS:
        return "video"
    return "sidecar" if extension in _SIDECARS else "other"


def skip_reason(path: str) -> str:
    """Why a file that is no photo by its name is not imported, as a sentence."""
    match kind_of(path):
        case "video":
            return "This is a video: Tintype keeps photos only."
        case "system":
            return "This file was left by a system or program; it is not a photo."
        case _:
            return "This is not a photo of a format that Tintype knows."

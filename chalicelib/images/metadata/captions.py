"""Chooses the caption of a photo from the titles and descriptions in its file.

Many cameras and programs fill in a description of their own, such as OLYMPUS DIGITAL CAMERA; these are ignored, as in
PhotoPrism and gThumb.
"""

import re
from collections.abc import Iterable, Sequence

from chalicelib.images.metadata.fields import MAX_TEXT_CHARACTERS, Fields
from chalicelib.util.text import repeat_until_stable, without_invisible

MAX_CAPTION_CHARACTERS = 2000

_LINE_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{3,}")
_WITHOUT_CASE = re.compile(
    r"sony dsc|epson dsc picture|minolta dsc|digital (?:still )?camera|exif_jpeg_picture|binary comment|default|null|"
    r"untitled|user comments?|image description|screenshot|(?:adobe )?photoshop [\d.]+|dcf \d\.\d|"
    r"created with (?:the )?gimp|processed with vsco.*|lead technologies.*|file written by adobe photoshop.*|"
    r"<[^<>]*(?:digimax|kenox|samsung|camera)[^<>]*>|dcim[\\/]\S*|composer: untitled, frame \d+|"
    # Names of files, as cameras choose them (DCF, JEITA CP-3461).
    r"(?:_?dsc[nf]?|img|_mg|imgp|pict|dcp|mvi|sam|gopr|cimg|hpim|sdc|p)[-_ ]?\d{4,8}(?:\.\w{3,4})?|"
    r"[!-/:-@\[-`{-~\s]*",
    re.IGNORECASE,
)
# The makers' own, in capitals; Huawei names the camera's mode in small letters.
_AS_WRITTEN = re.compile(
    r"(?:[A-Z]+ ){1,3}(?:DIGITAL (?:STILL )?CAMERA|Digital Still Camera)|SAMSUNG|KODAK|"
    r"rhdr|hdrpl|oznorWO|frontbhdp|fbt|mon|nor|dav|mde|mde_soft|edf|btf|btfmdn|btfhdr|frem|oznor|rpt|burst|sdr_HDRB|"
    r"cof|qrf"
)
# Comments that only programs write: binary data as text, markup, and one long word.
_NOT_WRITTEN_BY_PEOPLE = re.compile(r"(?:[<{\[]|&lt;).*|.*\ufffd.*|[!-~]{64,}", re.DOTALL)


def combine_caption(ordered: Sequence[Fields], camera: str | None) -> str | None:
    """Title, blank line, description, each from the first fields that have one; a comment if there is neither.

    Of a title and a description, one that contains the other is enough. At most 2,000 characters.
    """
    title = _first((fields.title for fields in ordered), camera)
    description = _first((fields.description for fields in ordered), camera)
    if not title and not description:
        comments = (fields.comment for fields in ordered)
        description = _first((text for text in comments if not _NOT_WRITTEN_BY_PEOPLE.fullmatch(text.strip())), camera)
    parts = [part for part, other in ((title, description), (description, title)) if part == other or part not in other]
    caption = "\n\n".join(dict.fromkeys(parts))
    return caption[:MAX_CAPTION_CHARACTERS].rstrip() or None


def clean_text(text: str) -> str:
    """Text up to the first NUL, with `\\n` between lines, at most one empty line, and no invisible characters."""
    text = text[:MAX_TEXT_CHARACTERS].partition("\0")[0]
    return repeat_until_stable(_clean, _LINE_BREAK.sub("\n", text))


def _clean(text: str) -> str:
    lines = (" ".join(without_invisible(line.replace("\t", " ")).split()) for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _first(texts: Iterable[str], camera: str | None) -> str:
    """The first text that says something, cleaned; empty if there is none."""
    return next((text for text in map(clean_text, texts) if not _says_nothing(text, camera)), "")


def _says_nothing(text: str, camera: str | None) -> bool:
    """Whether a camera or a program wrote this: one of the known texts, or the model of the camera."""
    if _WITHOUT_CASE.fullmatch(text) or _AS_WRITTEN.fullmatch(text):
        return True
    name, model = (camera or "").casefold(), text.casefold()
    return model == name or (name.endswith(" " + model) and any(char.isdigit() for char in model))

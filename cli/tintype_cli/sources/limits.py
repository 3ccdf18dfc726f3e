"""Cuts texts to what a library takes of them; other values that it refuses are left out when it has refused them."""

import re
from dataclasses import replace

from tintype_cli.photos import ImportAlbum, PhotoDetails

MAX_CAPTION_CHARACTERS = 2000  # also of an album's description
MAX_TITLE_CHARACTERS = 200

_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text without what can't be written as UTF-8, and without NUL."""
    return _SURROGATES.sub("\ufffd", text).replace("\0", "")


def fit(details: PhotoDetails) -> tuple[PhotoDetails, tuple[str, ...]]:
    """The details with a caption that a library takes, and sentences that say what was cut."""
    caption = clean_text(details.caption or "").strip()
    if len(caption) <= MAX_CAPTION_CHARACTERS:
        return replace(details, caption=caption or None), ()
    reason = f"The caption was cut after {MAX_CAPTION_CHARACTERS:,} characters; it has {len(caption):,}."
    return replace(details, caption=caption[:MAX_CAPTION_CHARACTERS]), (reason,)


def fit_album(album: ImportAlbum) -> ImportAlbum:
    """The album with its title on one line, and title and description cut."""
    title = " ".join(clean_text(album.title).split())[:MAX_TITLE_CHARACTERS].strip()
    description = clean_text(album.description)[:MAX_CAPTION_CHARACTERS].strip()
    return replace(album, title=title or "Untitled", description=description)

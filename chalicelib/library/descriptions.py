"""Descriptions of photos: caption, rating and place, by the file or by the owner, and the keywords of the file.

The owner's are stored beside those of the file, so that reading the file again loses nothing and the owner can go back
to them.
"""

import unicodedata
from collections.abc import Container, Iterable
from dataclasses import replace

from chalicelib.errors import Invalid
from chalicelib.library.photo import Photo, clean_tag
from chalicelib.util.text import repeat_until_stable, without_invisible

MAX_CAPTION_CHARACTERS = 2000
MAX_PLACE_CHARACTERS = 200
MAX_PLACE_NAMES = 4
MAX_PLACE_NAME_CHARACTERS = 64
MAX_KEYWORDS = 10
# Longer texts are not cleaned first, because that takes time: they could only consist of invisible characters.
MAX_UNCLEAN_FACTOR = 10


def clean_caption(text: str) -> str:
    """A caption as it is stored: text with line breaks, maybe empty; raises Invalid over 2,000 characters.

    NFC, without invisible characters but those that a script or an emoji needs, and without spaces at the ends of
    lines or empty lines at its ends. Idempotent.
    """
    _check_unclean(text, "caption", MAX_CAPTION_CHARACTERS)
    caption = repeat_until_stable(_clean_lines, text)
    _check_length(caption, "caption", MAX_CAPTION_CHARACTERS)
    return caption


def clean_file_caption(text: str | None) -> str | None:
    """The caption in a file as it is stored, cut after 2,000 characters; None if there is none."""
    cut = (text or "")[: MAX_CAPTION_CHARACTERS * MAX_UNCLEAN_FACTOR]
    return repeat_until_stable(lambda caption: _clean_lines(caption)[:MAX_CAPTION_CHARACTERS], cut) or None


def clean_keywords(words: Iterable[str], dismissed: Container[str]) -> tuple[str, ...]:
    """The first 10 keywords of a file that can be tags and are not dismissed, as they are stored."""
    tags = dict.fromkeys(tag for tag in map(_tag_or_none, words) if tag)
    return tuple(tag for tag in tags if tag not in dismissed)[:MAX_KEYWORDS]


def clean_place(text: str) -> tuple[str, ...]:
    """The names of a place such as "Lisbon, Portugal", maybe none; raises Invalid over 4 names or 200 characters."""
    _check_unclean(text, "place", MAX_PLACE_CHARACTERS)
    names = tuple(dict.fromkeys(filter(None, (repeat_until_stable(_clean_name, name) for name in text.split(",")))))
    if len(names) > MAX_PLACE_NAMES:
        raise Invalid(f"place can have at most {MAX_PLACE_NAMES} names; this one has {len(names)}.", field="place")
    longest = max(map(len, names), default=0)
    if longest > MAX_PLACE_NAME_CHARACTERS:
        raise Invalid(
            f"A name in place can have at most {MAX_PLACE_NAME_CHARACTERS} characters; this one has {longest}.",
            field="place",
        )
    _check_length(place_text(names), "place", MAX_PLACE_CHARACTERS)
    return names


def place_text(names: Iterable[str]) -> str:
    """The names of a place as people write them, as in "Lisbon, Portugal"; empty without names."""
    return ", ".join(names)


def set_caption(photo: Photo, caption: str | None) -> Photo:
    """The photo with this caption of the user, already cleaned; None goes back to the file's."""
    return replace(photo, own_caption=None if caption == (photo.file_caption or "") else caption)


def set_rating(photo: Photo, rating: int | None) -> Photo:
    """The photo with 0 to 5 stars by the user; None goes back to the file's."""
    return replace(photo, own_rating=None if rating == (photo.file_rating or 0) else rating)


def set_place(photo: Photo, place: tuple[str, ...] | None) -> Photo:
    """The photo with this place of the user, already cleaned; None goes back to that of its coordinates."""
    is_same = place is not None and place_text(place) == place_text(photo.file_place)
    return replace(photo, own_place=None if is_same else place)


def drop_repeated_descriptions(photo: Photo) -> Photo:
    """The photo without a caption, rating or place of the user that says what the file says."""
    photo = set_caption(photo, photo.own_caption)
    photo = set_rating(photo, photo.own_rating)
    return set_place(photo, photo.own_place)


def _clean_lines(text: str) -> str:
    return "\n".join(_clean(line.replace("\t", " ")).rstrip() for line in text.splitlines()).strip()


def _clean_name(text: str) -> str:
    return _clean(" ".join(text.split()))


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", without_invisible(text))


def _check_unclean(text: str, field: str, max_characters: int) -> None:
    if len(text) > max_characters * MAX_UNCLEAN_FACTOR:
        _check_length(text, field, max_characters)


def _check_length(text: str, field: str, max_characters: int) -> None:
    if len(text) > max_characters:
        raise Invalid(
            f"{field} can have at most {max_characters:,} characters; this one has {len(text):,}.", field=field
        )


def _tag_or_none(word: str) -> str | None:
    try:
        return clean_tag(word)
    except Invalid:
        return None

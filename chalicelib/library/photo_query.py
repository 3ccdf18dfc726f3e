"""Queries for photos: what a photo must have, and how a text of words is understood."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from chalicelib.errors import Invalid
from chalicelib.library.collections import PUBLIC_SCOPE, TimeRange
from chalicelib.library.facets import facet_key
from chalicelib.library.map_cells import Bounds
from chalicelib.library.photo import Photo
from chalicelib.library.sorted_rows import CalendarDays
from chalicelib.library.words import words_of

MAX_QUERY_CHARACTERS = 500
MAX_QUERY_WORDS = 10
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MIN_MONTH_CHARACTERS = 3
_YEAR = re.compile(r"1[89]\d\d|20\d\d", re.ASCII)
# Also while its day is being typed.
_DATE = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])|-[0-3]?)?(?!\d)", re.ASCII)


class Match(StrEnum):
    """Whether a photo must have all of the tags, or any of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class TagQuery:
    """Tags a photo must have (all or any of them), and tags it must not have."""

    tags: tuple[str, ...] = ()
    match: Match = Match.ALL
    excluded: tuple[str, ...] = ()

    def matches(self, photo: Photo) -> bool:
        """Whether the photo matches the query."""
        tags = set(photo.tags)
        if not tags.isdisjoint(self.excluded):
            return False
        if self.match is Match.ALL or not self.tags:
            return tags.issuperset(self.tags)
        return not tags.isdisjoint(self.tags)


@dataclass(frozen=True, slots=True)
class WordTerm:
    """A word that a photo must have, or the beginning of one; one that names days is also found by the photo's date."""

    word: str
    is_prefix: bool = False
    days: tuple[CalendarDays, ...] = ()

    def matches(self, photo: Photo, words: Iterable[str]) -> bool:
        """Whether the photo, found by these words, matches."""
        if any(days.contains(photo.sort_time.local) for days in self.days):
            return True
        return any(word.startswith(self.word) if self.is_prefix else word == self.word for word in words)


@dataclass(frozen=True, slots=True)
class PhotoQuery:
    """What photos must have; all conditions must hold. `camera` and `place` are keys of facets.

    `date` is a day, or are days of every year; those of `time_range` and `date` are on the camera's clock.
    """

    words: tuple[WordTerm, ...] = ()
    dates: tuple[CalendarDays, ...] = ()
    tags: TagQuery = field(default_factory=TagQuery)
    time_range: TimeRange = field(default_factory=TimeRange)
    camera: str | None = None
    place: str | None = None
    favorite: bool = False
    min_rating: int = 0
    bounds: Bounds | None = None

    @property
    def is_empty(self) -> bool:
        """Whether all photos match."""
        return self == PhotoQuery()

    def matches(self, photo: Photo, scope: str) -> bool:
        """Whether a photo matches in this scope."""
        words = photo.public_words if scope == PUBLIC_SCOPE else photo.words
        local = photo.sort_time.local
        return (
            self.tags.matches(photo)
            and all(term.matches(photo, words) for term in self.words)
            and all(days.contains(local) for days in self.dates)
            and self.time_range.contains(local)
            and (self.camera is None or facet_key(photo.camera or "") == self.camera)
            and (self.place is None or self.place in map(facet_key, photo.place))
            and (photo.favorite or not self.favorite)
            and photo.rating >= self.min_rating
            and (self.bounds is None or (photo.coordinates is not None and self.bounds.contains(photo.coordinates)))
        )


def parse_words(text: str) -> tuple[tuple[WordTerm, ...], tuple[CalendarDays, ...]]:
    """The words of a search text, and the dates in it such as `2019-08`; raises Invalid if it is too long, or has none.

    The last word stands for all that begin with it, unless a space follows.
    """
    if len(text) > MAX_QUERY_CHARACTERS:
        raise Invalid(f"q can have at most {MAX_QUERY_CHARACTERS} characters; this one has {len(text)}.", field="q")
    dates = tuple(_dates(text))
    rest = _DATE.sub(" ", text)
    words = tuple(dict.fromkeys(words_of(rest)))
    if len(words) > MAX_QUERY_WORDS:
        raise Invalid(f"q can have at most {MAX_QUERY_WORDS} words; this one has {len(words)}.", field="q")
    if not words and not dates:
        raise Invalid("q must have a letter, a digit, or a symbol.", field="q")
    is_open = not text[-1:].isspace() and all(date.end() < len(text) for date in _DATE.finditer(text))
    last = len(words) - 1
    terms = tuple(_term(word, is_prefix=is_open and index == last) for index, word in enumerate(words))
    if any(days.month for term in terms for days in term.days):
        terms = tuple(map(_or_day, terms))
    return terms, dates


def _dates(text: str) -> Iterator[CalendarDays]:
    for year, month, day in _DATE.findall(text):
        yield CalendarDays(int(year), int(month), int(day) if day else None)


def _term(word: str, *, is_prefix: bool) -> WordTerm:
    if _YEAR.fullmatch(word):
        return WordTerm(word, is_prefix, (CalendarDays(year=int(word)),))
    names_month = len(word) >= MIN_MONTH_CHARACTERS
    months = [number for number, name in enumerate(MONTHS, 1) if names_month and name.startswith(word)]
    return WordTerm(word, is_prefix, tuple(CalendarDays(month=number) for number in months))


def _or_day(term: WordTerm) -> WordTerm:
    """The term of a search that names a month: a number is a day of it, too, as in `14 July`."""
    if term.word.isascii() and term.word.isdecimal() and 1 <= int(term.word) <= 31:
        return replace(term, days=(*term.days, CalendarDays(day=int(term.word))))
    return term

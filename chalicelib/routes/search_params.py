"""The query parameters of a search, as a query for photos."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.errors import Invalid
from chalicelib.http.requests import LISTS, ApiRequest
from chalicelib.library.collections import PUBLIC_SCOPE, TimeRange, owner_scope
from chalicelib.library.facets import facet_key
from chalicelib.library.map_cells import Bounds
from chalicelib.library.photo import MAX_RATING
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery, parse_words
from chalicelib.library.search import Search
from chalicelib.library.sorted_rows import CalendarDays
from chalicelib.routes import params
from chalicelib.util.coordinates import Coordinates, coordinates_from_degrees

MAX_SEARCH_TAGS = 10
MAX_NAME_CHARACTERS = 200
LEAP_YEAR = 2000
FILTERS = ("q", "tag", "not", "match", "from", "to", "on", "camera", "place", "favorite", "rating", "bounds")
# What only the owner of a photo knows of it.
OWN_FILTERS = ("camera", "place", "favorite", "rating", "bounds")


def read_query(request: ApiRequest, scope: str) -> PhotoQuery:
    """The query of the parameters in FILTERS; raises Invalid."""
    check_own(request, scope, OWN_FILTERS)
    text = (request.get("q") or "").lstrip()
    words, dates = parse_words(text) if text else ((), ())
    on = _read(request, "on", _day)
    return PhotoQuery(
        words=words,
        dates=(*dates, *((on,) if on else ())),
        tags=read_tags(request),
        time_range=TimeRange(*params.time_range(request)),
        camera=_read(request, "camera", _name),
        place=_read(request, "place", _name),
        favorite=request.get_enum("favorite", "true", "false") == "true",
        min_rating=int(request.get_enum("rating", *map(str, range(1, MAX_RATING + 1))) or 0),
        bounds=_read(request, "bounds", read_bounds),
    )


def read_filters(request: ApiRequest, value: Any) -> dict[str, tuple[str, ...]]:
    """The parameters in the field `query` of a request, checked as those of `GET /photos`; raises Invalid."""
    if not isinstance(value, dict):
        raise Invalid("query must be an object with filters of GET /photos.", field="query")
    query = {name: _read_values(name, each) for name, each in value.items()}
    try:
        read_stored_query(request, query)
    except Invalid as error:
        raise Invalid(str(error), field="query") from None
    return query


def read_stored_query(request: ApiRequest, query: Mapping[str, tuple[str, ...]]) -> PhotoQuery:
    """The query of parameters that a smart album stores, by name; raises Invalid."""
    stored = replace(request, query={name: list(values) for name, values in query.items()})
    stored.allow_params(*FILTERS)
    return read_query(stored, owner_scope(request.owner))


def stored_search(request: ApiRequest, owner: str, query: Mapping[str, tuple[str, ...]]) -> Search:
    """The search of a smart album of this owner."""
    return Search(owner_scope(owner), read_stored_query(request, query), owner)


def read_tags(request: ApiRequest) -> TagQuery:
    """The tags that photos must have, and those they must not have; raises Invalid."""
    return TagQuery(
        tags=params.tags(request, "tag", MAX_SEARCH_TAGS),
        match=Match(request.get_enum("match", "all", "any") or "all"),
        excluded=params.tags(request, "not", MAX_SEARCH_TAGS),
    )


def query_key(request: ApiRequest) -> tuple[str, ...]:
    """The filters as given, for the cursor; those of a list with their number, so that no two are alike."""
    key: list[str] = []
    for name in FILTERS:
        values = request.query.get(name, [])
        key += [name, str(len(values)), *values]
    return tuple(key)


def check_own(request: ApiRequest, scope: str, names: tuple[str, ...]) -> None:
    """Raise Unauthenticated, or Invalid in the public scope, if any of these parameters is given."""
    for name in names:
        if scope == PUBLIC_SCOPE and request.get(name) is not None:
            _ = request.owner
            raise Invalid(f"{name} works with your own photos only. Omit scope, or use scope=mine.", field=name)


def read_bounds(value: str, name: str = "bounds") -> Bounds:
    """The bounds of `south,west,north,east` in degrees; raises Invalid."""
    error = Invalid(
        f"{name} must be four numbers in degrees: south,west,north,east, with south at most north.", field=name
    )
    parts = value.split(",")
    if len(parts) != 4 or not all(re.fullmatch(r"\s*[+-]?\d{1,3}(\.\d{1,15})?\s*", part, re.ASCII) for part in parts):
        raise error
    south, west, north, east = map(float, parts)
    try:
        low, high = coordinates_from_degrees(south, west), coordinates_from_degrees(north, east)
    except ValueError:
        raise error from None
    if low.latitude > high.latitude:
        raise error
    return _bounds(low, high)


def _bounds(low: Coordinates, high: Coordinates) -> Bounds:
    return Bounds(south=low.latitude, west=low.longitude, north=high.latitude, east=high.longitude)


def _read_values(name: str, value: Any) -> tuple[str, ...]:
    values = value if name in LISTS else [value]
    if not isinstance(values, list) or not values or not all(isinstance(each, str) for each in values):
        kind = "a list of text" if name in LISTS else "text"
        raise Invalid(f"In query, {name} must be {kind}.", field="query")
    if any("\ud800" <= character <= "\udfff" for each in values for character in each):
        raise Invalid(f"In query, {name} must be valid Unicode.", field="query")
    return tuple(values)


def _read[Value](request: ApiRequest, name: str, parse: Callable[[str, str], Value]) -> Value | None:
    value = request.get(name)
    return None if value is None else parse(value, name)


def _name(value: str, name: str) -> str:
    key = facet_key(value)
    if not key or len(value) > MAX_NAME_CHARACTERS:
        raise Invalid(f"{name} must have 1 to {MAX_NAME_CHARACTERS} characters.", field=name)
    return key


def _day(value: str, name: str) -> CalendarDays:
    match = re.fullmatch(r"(\d\d)-(\d\d)", value, re.ASCII)
    month, day = (int(match[1]), int(match[2])) if match else (0, 0)
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        raise Invalid(f"{name} must be a month and a day like 11-27.", field=name) from None
    return CalendarDays(month=month, day=day)

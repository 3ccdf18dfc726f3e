"""Facets: what an owner's photos are counted and filtered by besides tags: camera, place, marks, and cells of the map.

Each facet has a scope of its own, so that its values are counted, ranked and completed like the tags of a scope. They
are the owner's alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.library import map_cells
from chalicelib.library.photo import Photo
from chalicelib.library.words import fold

FAVORITE = "favorite"
# Without accents, a character can become 18; DynamoDB's keys end at 1,024 bytes.
MAX_KEY_CHARACTERS = 128


class Facet(StrEnum):
    """A facet; marks are favorites and ratings."""

    CAMERA = "camera"
    PLACE = "place"
    MARK = "mark"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet: the key of its collection, and its name as the photo has it."""

    facet: Facet
    key: str
    name: str


# Facets whose values are counted, like the tags of a scope.
COUNTED_FACETS = frozenset({Facet.CAMERA, Facet.PLACE})


def facet_scope(facet: Facet, owner: str) -> str:
    """The scope that has a collection for each value of this facet."""
    return f"{facet}/{owner}"


def facet_of(scope: str) -> Facet | None:
    """The facet of a scope, or None if its collections are those of tags."""
    name = scope.partition("/")[0]
    return Facet(name) if name in list(Facet) else None


def facet_key(name: str) -> str:
    """The key of a camera or a place: its name without case and accents, with single spaces, at most 128 characters.

    It does not begin like the names of other collections, and may be empty.
    """
    return " ".join(fold(name).split())[:MAX_KEY_CHARACTERS].lstrip("*! ").rstrip()


def rating_key(rating: int) -> str:
    """The key of a rating, 1 to 5."""
    return f"rating {rating}"


def facet_values(photo: Photo) -> tuple[FacetValue, ...]:
    """The values of a photo, each key once."""
    marks = (*((FAVORITE,) if photo.favorite else ()), *((rating_key(photo.rating),) if photo.rating else ()))
    cells = map_cells.cells_at(photo.coordinates) if photo.coordinates else ()
    return (
        *_named(Facet.CAMERA, (photo.camera,) if photo.camera else ()),
        *_named(Facet.PLACE, photo.place),
        *(FacetValue(Facet.MARK, mark, mark) for mark in marks),
        *(FacetValue(Facet.CELL, cell, "") for cell in cells),
    )


def _named(facet: Facet, names: Iterable[str]) -> Iterable[FacetValue]:
    keys = {key: name for name in reversed(tuple(names)) if (key := facet_key(name))}
    return (FacetValue(facet, key, name) for key, name in keys.items())

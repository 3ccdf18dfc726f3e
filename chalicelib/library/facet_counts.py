"""How many of some photos have each tag, year, camera and place."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.library.facets import facet_key
from chalicelib.library.photo import Photo

MAX_VALUES = 20


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value of a facet with the number of its photos."""

    name: str
    photos: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The most frequent values of `photos` photos; they are all there are if it `is_complete`, else the newest."""

    tags: tuple[FacetCount, ...]
    years: tuple[FacetCount, ...]
    cameras: tuple[FacetCount, ...]
    places: tuple[FacetCount, ...]
    photos: int
    is_complete: bool


def count_facets(photos: Iterable[Photo], *, is_complete: bool, is_owner: bool) -> FacetCounts:
    """The facets of these photos; cameras and places only for their owner."""
    photos = tuple(photos)
    own = photos if is_owner else ()
    return FacetCounts(
        tags=_most_frequent(Counter(tag for photo in photos for tag in photo.tags)),
        years=count_years(Counter(f"{photo.sort_time.local.year:04d}" for photo in photos)),
        cameras=_named((photo.camera,) if photo.camera else () for photo in own),
        places=_named(photo.place for photo in own),
        photos=len(photos),
        is_complete=is_complete,
    )


def count_years(years: Mapping[str, int]) -> tuple[FacetCount, ...]:
    """The latest years first."""
    return tuple(FacetCount(year, photos) for year, photos in sorted(years.items(), reverse=True)[:MAX_VALUES])


def _named(values: Iterable[tuple[str, ...]]) -> tuple[FacetCount, ...]:
    """The values, each under the name that came first."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for of_photo in values:
        for name in {facet_key(name): name for name in of_photo}.values():
            counts[facet_key(name)] += 1
            names.setdefault(facet_key(name), name)
    return tuple(FacetCount(names[count.name], count.photos) for count in _most_frequent(counts))


def _most_frequent(counts: Mapping[str, int]) -> tuple[FacetCount, ...]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetCount(name, photos) for name, photos in ranked[:MAX_VALUES])

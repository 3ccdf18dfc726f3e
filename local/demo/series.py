"""Invented metadata of a large library: events over a dozen years, photographed in series.

An event has a place, people and a date; its photos share them as tags. Places, people and occasions are chosen with
weights of 1/rank, so a few tags have thousands of photos and most have a handful. The first photos are the same for
every library size, which makes an interrupted upload resumable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from local.demo.drawing import SCENES
from local.demo.photos import EXTRA_TAGS

SEED = 17
YEARS = 12
MAX_SERIES = 6  # photos of the same view
MAX_EVENT = 400
PUBLIC_EVENTS = 0.2
PUBLIC_SHARE = 0.8  # of the photos of a public event
PEOPLE = [
    "anna",
    "ben",
    "clara",
    "david",
    "emma",
    "felix",
    "grace",
    "henry",
    "iris",
    "jonas",
    "karin",
    "leo",
    "maria",
    "noah",
    "olga",
    "paul",
    "rosa",
    "simon",
    "tess",
    "victor",
    "willa",
]
OCCASIONS = [
    "weekend",
    "hike",
    "birthday",
    "holiday",
    "picnic",
    "garden",
    "christmas",
    "wedding",
    "concert",
    "market",
    "skiing",
    "sailing",
    "camping",
    "museum",
    "graduation",
    "carnival",
    "festival",
    "marathon",
]
PLACES = [
    "home",
    "berlin",
    "lisbon",
    "alps",
    "baltic sea",
    "vienna",
    "lake garda",
    "oslo",
    "prague",
    "dolomites",
    "paris",
    "bergen",
    "rome",
    "black forest",
    "copenhagen",
    "porto",
    "dresden",
    "venice",
    "tatra",
    "stockholm",
    "corsica",
    "ghent",
    "krakow",
    "crete",
    "bremen",
    "lofoten",
    "seville",
    "bruges",
    "zurich",
    "iceland",
    "naples",
    "gdansk",
    "madeira",
    "leipzig",
    "athens",
    "dublin",
    "tallinn",
    "pyrenees",
    "riga",
    "sardinia",
    "hamburg",
    "budapest",
    "azores",
    "verona",
    "bornholm",
    "salzburg",
    "skye",
    "weimar",
    "granada",
    "helsinki",
    "malta",
    "vilnius",
    "harz",
    "trieste",
    "rhodes",
    "utrecht",
    "lucerne",
    "mallorca",
    "split",
    "cork",
]


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What is known of one photo besides its pixels; `number` counts from 1."""

    number: int
    scene: str
    taken_at: datetime
    tags: tuple[str, ...]
    public: bool

    @property
    def filename(self) -> str:
        """A name that contains the number."""
        return f"{self.scene}-{self.number:06}.jpg"


@dataclass(frozen=True, slots=True)
class Series:
    """Photos of the same view, taken within minutes."""

    photos: tuple[PhotoMetadata, ...]

    @property
    def seed(self) -> str:
        """The seed for the pixels."""
        return f"{SEED}-{self.photos[0].number}"


@dataclass(frozen=True, slots=True)
class _Event:
    """A day or a trip: the tags of all of its photos, and the people that some of them show."""

    start: datetime
    size: int
    tags: tuple[str, ...]
    people: tuple[str, ...]
    scenes: tuple[str, ...]
    public: bool


def demo_series(total: int, now: datetime) -> Iterator[Series]:
    """Series with `total` photos together, numbered from 1, dated within the years before `now`."""
    rng = Random(SEED)  # noqa: S311 (no secret)
    number = 0
    while number < total:
        event = _event(rng, now)
        taken_at, end = event.start, min(total, number + event.size)
        while number < end:
            length = min(rng.randint(1, MAX_SERIES), end - number)
            series = _series(rng, event, number, length, taken_at)
            yield series
            number += length
            taken_at = series.photos[-1].taken_at + timedelta(minutes=rng.expovariate(1 / 25))


def _event(rng: Random, now: datetime) -> _Event:
    # Later years have more photos, as every library does.
    age = timedelta(days=1 + YEARS * 365 * rng.random() ** 1.6)
    start = (now - age).replace(hour=rng.randint(8, 19), minute=rng.randrange(60), second=rng.randrange(60))
    place, occasion = _choose(rng, PLACES), _choose(rng, OCCASIONS)
    trip = (f"{place} {start.year}",) if place != PLACES[0] else ()
    return _Event(
        start=start,
        size=max(1, min(MAX_EVENT, round(rng.lognormvariate(2.6, 1)))),
        tags=(place, *trip, *((occasion,) if rng.random() < 0.7 else ())),
        people=tuple(dict.fromkeys(_choose(rng, PEOPLE) for _ in range(rng.randint(1, 4)))),
        scenes=tuple(rng.choices(list(SCENES), k=3)),
        public=rng.random() < PUBLIC_EVENTS,
    )


def _series(rng: Random, event: _Event, number: int, length: int, taken_at: datetime) -> Series:
    scene = rng.choice(event.scenes)
    people = tuple(person for person in event.people if rng.random() < 0.4)
    photos = []
    for offset in range(length):
        taken_at += timedelta(seconds=rng.randint(1, 40))
        tags = (*event.tags, *people, *EXTRA_TAGS[scene])
        public = event.public and rng.random() < PUBLIC_SHARE
        photos.append(PhotoMetadata(number + offset + 1, scene, taken_at, tags, public))
    return Series(tuple(photos))


def _choose(rng: Random, names: Sequence[str]) -> str:
    return rng.choices(names, [1 / rank for rank in range(1, len(names) + 1)])[0]

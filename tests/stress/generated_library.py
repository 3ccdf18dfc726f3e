"""Libraries of any size, generated on demand and stored nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.ingest.originals import Original
from chalicelib.library.collections import ALL_PHOTOS, position
from chalicelib.library.memberships import Membership
from chalicelib.library.photo import Photo
from chalicelib.library.totals import Totals, Trend
from chalicelib.maintenance.recount import RecountCheckpoint
from chalicelib.maintenance.sources import Checkpoint as Place
from chalicelib.maintenance.sources import ListedObject, Page
from tests.support.factories import NOON, OWNER, clock, photo

SCOPE = "public"
# One photo in this many is in the collection.
TAGS = {ALL_PHOTOS: 1, "beach": 1, "dune": 2, "rare": 100}


def sorted_at(number: int) -> datetime:
    """One photo per minute, backward from noon."""
    return NOON - timedelta(minutes=number)


def row(tag: str, number: int) -> Membership:
    """The membership of one photo in one collection."""
    photo_id = f"{number:032}"
    place, weight = position(clock(sorted_at(number)), photo_id), 1 + number % 999_999
    return Membership(SCOPE, tag, photo_id, place, weight=weight, heat=10**30 + number, bytes=number)


@dataclass
class GeneratedTotalsStore:
    """`TotalsStore` over this number of photos; every total is wrong at first."""

    photos: int
    trends: dict[tuple[str, str], Trend] = field(default_factory=dict)
    checkpoint: RecountCheckpoint = field(default_factory=RecountCheckpoint)

    def __post_init__(self) -> None:
        for tag in TAGS:
            self.trends[SCOPE, tag] = Trend(
                SCOPE, tag, Totals(count=7), tag_count=99, cover=None, updated_at=NOON, version=1
            )

    def next_trend(self, after: tuple[str, str] | None) -> Trend | None:
        behind = sorted(place for place in self.trends if after is None or place > after)
        return self.trends[behind[0]] if behind else None

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        return self.trends.get((scope, tag))

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        step = TAGS[tag]
        first = int(after.rpartition("#")[2]) + step if after else 0
        return [row(tag, number) for number in range(first, min(self.photos, first + step * limit), step)]

    def tags_in_use(self, scope: str) -> int:
        return len(TAGS) - 1

    def correct(self, trend: Trend) -> bool:
        if self.trends[trend.scope, trend.tag].version != trend.version:
            return False
        self.trends[trend.scope, trend.tag] = trend
        return True

    def load_checkpoint(self) -> RecountCheckpoint:
        return self.checkpoint

    def save_checkpoint(self, checkpoint: RecountCheckpoint) -> None:
        self.checkpoint = checkpoint


@dataclass
class GeneratedLibrary:
    """`OriginalLister`, `PhotoScanner`, photo and original stores over this number of photos.

    `lost` are numbers of originals without a photo, `deleted` of photos without an original.
    """

    photos: int
    lost: frozenset[int] = frozenset()
    deleted: frozenset[int] = frozenset()
    checkpoints: dict[str, Place] = field(default_factory=dict)

    def list_originals(self, after: str | None, limit: int) -> Page[ListedObject]:
        numbers = self._page(number_in(after) if after else -1, limit)
        rows = [
            ListedObject(self.key_of(number), sorted_at(number)) for number in numbers if number not in self.deleted
        ]
        return Page(rows, self.key_of(numbers[-1]) if numbers and numbers[-1] + 1 < self.photos else None)

    def scan(self, after: str | None, limit: int) -> Page[Photo]:
        numbers = self._page(int(after) if after else -1, limit)
        rows = [self._photo(number) for number in numbers if number not in self.lost]
        return Page(rows, f"{numbers[-1]:032}" if numbers and numbers[-1] + 1 < self.photos else None)

    def get_many(self, photo_ids: Iterable[str]) -> dict[str, Photo]:
        numbers = [int(photo_id) for photo_id in photo_ids if photo_id.isdecimal()]
        return {f"{number:032}": self._photo(number) for number in numbers if number not in self.lost}

    def head(self, key: str) -> Original | None:
        number = number_in(key)
        return None if number in self.deleted else Original(key, "v1", number, sorted_at(number), {})

    def load_checkpoint(self, pass_name: str) -> Place:
        return self.checkpoints.get(pass_name, Place())

    def save_checkpoint(self, pass_name: str, checkpoint: Place) -> None:
        self.checkpoints[pass_name] = checkpoint

    def key_of(self, number: int) -> str:
        """The key of an original; one without a photo is a direct drop, because a lost upload is left alone."""
        if number in self.lost:
            return f"{number:032}/beach.jpg"
        return f"uploads/{OWNER}/{number:032}/beach.jpg"

    def _page(self, after: int, limit: int) -> range:
        return range(after + 1, min(self.photos, after + 1 + limit))

    def _photo(self, number: int) -> Photo:
        return photo(f"{number:032}", key=self.key_of(number), object_version="v1")


def number_in(key: str) -> int:
    """The number of the photo with this key."""
    return int(key.split("/")[-2])

"""The read requests of page and scripts, and how long each takes with one client and with four."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.library.http import Connection, Limits, Times, measure
from local.library import Library

CLIENTS = (1, 4)
PAGE = 50  # as the page
WALK_PAGE = 100
VARIANTS = 40  # different requests of one kind
DEEP = 0.9  # share of the photos before the deep page
PUBLIC = "public gallery, first page"  # the only anonymous request


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk through the whole timeline found: photos, a sample of them, and the cursor of a deep page."""

    photos: int
    sample: Sequence[Mapping[str, Any]]
    deep_cursor: str


def walk(connection: Connection, total: int, rng: Random) -> Walk:
    """List all of the user's photos; raises AssertionError unless there are `total` different ones."""
    seen: set[str] = set()
    sample: list[Mapping[str, Any]] = []
    cursor = deep = ""
    while True:
        page = connection.get_json(f"/photos?limit={WALK_PAGE}{cursor}")
        seen.update(photo["photo_id"] for photo in page["items"])
        sample += rng.sample(page["items"], min(len(page["items"]), max(1, VARIANTS * WALK_PAGE // total)))
        if not page["cursor"]:
            break
        cursor = f"&cursor={quote(page['cursor'])}"
        if not deep or len(seen) <= DEEP * total:
            deep = cursor
    assert len(seen) == total, f"the timeline has {len(seen)} photos, not {total}"
    return Walk(len(seen), rng.sample(sample, min(len(sample), VARIANTS)), deep)


def measure_reads(library: Library, token: str, walked: Walk, limits: Limits) -> dict[str, dict[int, Times]]:
    """The times of each kind of request, by the number of clients."""

    def connect(viewer: str | None) -> Callable[[], Connection]:
        return lambda: Connection(library.ports.api, viewer)

    connection = Connection(library.ports.api, token)
    requests = _requests(walked, connection)
    connection.close()
    return {
        name: {
            clients: measure(connect(None if name == PUBLIC else token), paths, clients, limits) for clients in CLIENTS
        }
        for name, paths in requests.items()
    }


def _requests(walked: Walk, connection: Connection) -> dict[str, list[str]]:
    """The paths of each kind of request; tags are those of random photos, so common ones are frequent."""
    trending = [tag["tag_name"].lower() for tag in connection.get_json("/gallery/trending?limit=20")["items"]]
    tags = [tag for photo in walked.sample for tag in photo["tags"]]
    pairs = [pair for photo in walked.sample for pair in list(combinations(photo["tags"], 2))[:3]]
    return {
        "timeline, first page": [f"/photos?limit={PAGE}"],
        "timeline, deep page": [f"/photos?limit={PAGE}{walked.deep_cursor}"],
        "one tag": [f"/gallery/articles?{urlencode({'tag': tag, 'scope': 'mine', 'limit': PAGE})}" for tag in tags],
        "two tags, all": [
            f"/gallery/articles?{urlencode([('tag', one), ('tag', other), ('scope', 'mine'), ('limit', PAGE)])}"
            for one, other in pairs
        ],
        "trending": ["/gallery/trending?limit=20", "/gallery/trending?limit=20&order=heat"],
        "autocomplete": [f"/gallery/tags?prefix={quote(tag[:length])}" for tag in tags for length in (1, 2, 3)],
        "random by label": [f"/random?label={quote(tag)}" for tag in trending],
        "one photo": [f"/photos/{photo['photo_id']}" for photo in walked.sample],
        PUBLIC: [f"/photos?limit={PAGE}&scope=public"],
    }

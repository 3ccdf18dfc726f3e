"""A simulated library of ten thousand photos: the API is mocked."""

import base64
import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

from tests.browser.photos import picture
from tests.browser.visitor import Visitor

PHOTOS = 10_000
PHOTOS_PER_DAY = 40
NEWEST = datetime(2026, 11, 20, 23, tzinfo=UTC)
SHAPES = ((3000, 2000), (2000, 3000), (3000, 1700), (2400, 2400))
IMAGE, SMALL = ("data:image/jpeg;base64," + base64.b64encode(picture(size)).decode() for size in ((60, 40), (30, 20)))


def make_photo(number: int, per_day: int = PHOTOS_PER_DAY, *, mine: bool = False) -> dict[str, Any]:
    """A public photo of the simulated library; number 0 is the newest."""
    taken = NEWEST - timedelta(days=number // per_day, seconds=number % per_day)
    width, height = SHAPES[number % len(SHAPES)]
    return {
        "photo_id": f"{PHOTOS - number:08}",
        "filename": f"photo-{number}.jpg",
        "tags": ["lake"],
        "label": None,
        "weight": 0.5,
        "status": "public",
        "state": "ready",
        "reason": None,
        "created_at": taken.isoformat(),
        "taken_at": taken.isoformat(),
        "taken_local": taken.replace(tzinfo=None).isoformat(timespec="milliseconds"),
        "offset": "+00:00",
        "width": width,
        "height": height,
        "placeholder": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        "image_url": IMAGE,
        "thumbnail_url": IMAGE,
        "resized_url": IMAGE,
        "small_url": SMALL,
        "bytes": 1_000_000,
        "format": "JPEG",
        "mine": mine,
        "version": 1,
    }


def fulfill_many(route: Route, per_day: int = PHOTOS_PER_DAY, *, mine: bool = False) -> None:
    """Fulfill a request with a page of the simulated photos: those up to a day, or those since a day, oldest first."""
    query = parse_qs(urlsplit(route.request.url).query)
    if "from" in query:
        fulfill_upward(route, query, per_day, mine=mine)
        return
    last = date.fromisoformat(query.get("to", [NEWEST.date().isoformat()])[0])
    newest = max(0, (NEWEST.date() - last).days * per_day)
    start, limit = int(query.get("cursor", [newest])[0]), int(query["limit"][0])
    end = min(PHOTOS, start + limit)
    photos = [make_photo(number, per_day, mine=mine) for number in range(start, end)]
    fulfill_photos(route, photos, None if end == PHOTOS else str(end), PHOTOS if "count" in query else None)


def fulfill_upward(route: Route, query: dict[str, list[str]], per_day: int, *, mine: bool) -> None:
    """Fulfill a request for the photos since a day, oldest first."""
    days = (NEWEST.date() - date.fromisoformat(query["from"][0])).days + 1
    start, limit = int(query.get("cursor", [days * per_day])[0]), int(query["limit"][0])
    end = max(0, start - limit)
    photos = [make_photo(number, per_day, mine=mine) for number in range(start - 1, end - 1, -1)]
    fulfill_photos(route, photos, None if end == 0 else str(end))


def photos_by_month(per_day: int = PHOTOS_PER_DAY) -> dict[str, int]:
    """The number of simulated photos by month, as in the library's statistics."""
    return dict(Counter(f"{NEWEST - timedelta(days=number // per_day):%Y-%m}" for number in range(PHOTOS)))


def fulfill_photos(
    route: Route, photos: Sequence[dict[str, Any]], cursor: str | None, total: int | None = None
) -> None:
    """Fulfill a request with a page of these photos, and how many there are if that is given."""
    found = {} if total is None else {"found": {"photos": total, "exact": True}}
    body = json.dumps({"items": photos, "cursor": cursor} | found)
    route.fulfill(body=body, headers={"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"})


def open_large_library(visitor: Visitor, per_day: int = PHOTOS_PER_DAY, *, mine: bool = False) -> None:
    """Open the page on the simulated library."""
    visitor.page.route(re.compile(r"/photos\?(?!state)"), lambda route: fulfill_many(route, per_day, mine=mine))
    visitor.open()

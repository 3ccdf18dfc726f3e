"""A library of ten thousand photos that the page is told of, without any of them being there."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

from tests.browser.photos import picture
from tests.browser.visitor import Visitor

PHOTOS = 10_000
A_DAY = 40
NEWEST = datetime(2026, 11, 20, 23, tzinfo=UTC)
SHAPES = ((3000, 2000), (2000, 3000), (3000, 1700), (2400, 2400))
IMAGE, SMALL = ("data:image/jpeg;base64," + base64.b64encode(picture(size)).decode() for size in ((60, 40), (30, 20)))


def a_photo(number: int, a_day: int = A_DAY, *, mine: bool = False) -> dict[str, Any]:
    """One of many public photos, the newest first, so many of each day."""
    taken = NEWEST - timedelta(days=number // a_day, seconds=number % a_day)
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


def answer_with_many(route: Route, a_day: int = A_DAY, *, mine: bool = False) -> None:
    """A page of the ten thousand, as the API would answer."""
    asked = parse_qs(urlsplit(route.request.url).query)
    start, limit = int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0])
    end = min(PHOTOS, start + limit)
    body = {
        "items": [a_photo(number, a_day, mine=mine) for number in range(start, end)],
        "cursor": None if end == PHOTOS else str(end),
    }
    route.fulfill(
        body=json.dumps(body), headers={"Content-Type": "application/json", "Access-Control-Allow-Origin": "*"}
    )


def opens_many(visitor: Visitor, a_day: int = A_DAY, *, mine: bool = False) -> None:
    """Opens the page on a library of ten thousand photos, so many of each day."""
    visitor.page.route(
        re.compile(r"/(photos|gallery/articles)\?(?!state)"), lambda route: answer_with_many(route, a_day, mine=mine)
    )
    visitor.opens()

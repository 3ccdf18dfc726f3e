"""A library in memory that answers as the API and its file storage do, and can fail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from threading import Lock
from typing import Any

import httpx

from tests.cli.api_objects import album, member, photo, share
from tests.cli.fake_api import fake_client
from tintype_cli.api.client import LibraryClient

PAGE = 2

type Json = dict[str, Any]


def never(number: int) -> None:
    """No request fails."""


@dataclass
class FakeLibrary:
    """One person's library. `fail` is called with the number of each request, and may raise."""

    owner: str = "owner1"
    can: tuple[str, ...] = ("read", "share")
    photos: dict[str, Json] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    albums: dict[str, list[str]] = field(default_factory=dict)  # ids of photos in order by hand
    shares: list[str] = field(default_factory=list)
    fail: Callable[[int], None] = never
    expired: set[str] = field(default_factory=set)  # photos whose URL must be asked for again
    busy: int = 0  # how many requests the storage still refuses
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._numbers = count(1)

    def client(self) -> LibraryClient:
        return fake_client(self.answer)

    def add(self, photo_id: str, content: bytes | None = None, **fields: Any) -> None:
        """Add a photo; its content is its id if nothing else is given."""
        content = photo_id.encode() if content is None else content
        known = {"bytes": len(content), "sha256": sha256(content).hexdigest()}
        self.photos[photo_id] = photo(photo_id, **(known | fields))
        self.originals[photo_id] = content

    def edit(self, photo_id: str, **fields: Any) -> None:
        """Change a photo, and so its version."""
        self.photos[photo_id] |= {"version": self.photos[photo_id]["version"] + 1} | fields

    def replace(self, photo_id: str, content: bytes) -> None:
        """Replace an original."""
        self.originals[photo_id] = content
        self.edit(photo_id, bytes=len(content), sha256=sha256(content).hexdigest())

    def remove(self, photo_id: str) -> None:
        """Delete a photo permanently."""
        del self.photos[photo_id], self.originals[photo_id]

    def downloads(self) -> list[str]:
        """The ids of the photos whose originals were asked for."""
        return sorted(path.removeprefix("/") for path in self.requests if path.count("/") == 1)

    def answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request.url.path)
            self.fail(next(self._numbers))
            if request.url.host == "bucket.test":
                return self._storage(request)
            assert request.headers["Authorization"] == "Bearer tt_key"
            return self._api(request.url.path.removeprefix("/api"), request.url.params)

    def _storage(self, request: httpx.Request) -> httpx.Response:
        if self.busy:
            self.busy -= 1
            return httpx.Response(429)
        photo_id = request.url.path.removeprefix("/")
        if photo_id in self.expired and request.url.params["signature"] == "1":
            return httpx.Response(403)
        if photo_id not in self.originals:
            return httpx.Response(404)
        return httpx.Response(200, stream=httpx.ByteStream(self.originals[photo_id]))

    def _api(self, path: str, params: httpx.QueryParams) -> httpx.Response:
        match path.strip("/").split("/"):
            case ["me"]:
                return httpx.Response(200, json={"id": self.owner, "can": list(self.can)})
            case ["stats"]:
                return httpx.Response(200, json={"photos": len(self.photos)})
            case ["photos"]:
                state = params.get("state", "ready")
                found = [each for each in self.photos.values() if each["state"] == state]
                return self._page(sorted(found, key=lambda each: str(each["taken_local"]), reverse=True), params)
            case ["photos", photo_id] if photo_id in self.photos:
                fresh = {"original_url": f"https://bucket.test/{photo_id}?signature=2"}
                return httpx.Response(200, json=self.photos[photo_id] | fresh)
            case ["albums"]:
                return self._page([album(album_id) for album_id in self.albums], params)
            case ["albums", album_id, "photos"]:
                return self._page([self.photos[photo_id] for photo_id in self.albums[album_id]], params)
            case ["albums", _, "members"] if "share" in self.can:
                return httpx.Response(200, json={"items": [member()]})
            case ["shares"] if "share" in self.can:
                return self._page([share(share_id) for share_id in self.shares], params)
        return httpx.Response(404, json={"error": "Not found.", "code": "not_found"})

    @staticmethod
    def _page(items: list[Json], params: httpx.QueryParams) -> httpx.Response:
        start = int(params.get("cursor", "0"))
        end = start + PAGE
        return httpx.Response(200, json={"items": items[start:end], "cursor": str(end) if end < len(items) else None})


def full_library() -> FakeLibrary:
    """A library with photos in all states, and one of each other thing."""
    library = FakeLibrary()
    library.add("p1", taken_local="2019-07-04T13:12:11.000")
    library.add("p2", filename="p1.jpg", taken_local="2019-07-05T13:12:11.000")
    library.add("p3", filename="IMG_3.CR3", taken_local=None, offset=None, albums=[])
    library.add("p4", state="trashed", delete_at="2026-12-20T10:00:00.000Z")
    library.add("p5", state="rejected", reason="not an image", filename="CON.txt", taken_local=None, sha256=None)
    library.add("p6", b"p1", state="duplicate", duplicate_of="p1")
    library.add("p7", state="processing", sha256=None, bytes=None, filename="../../p7.jpg")
    library.albums["a1"] = ["p2", "p1"]
    library.shares.append("s1")
    return library

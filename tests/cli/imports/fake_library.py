"""A library in memory that answers as the API and the file storage do, and can lose requests and answers."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from threading import RLock
from typing import Any
from urllib.parse import parse_qs

import httpx

from tintype_cli.api.client import LibraryClient

API = "https://photos.test/api"
STORAGE = "https://bucket.test/"
TICKET_SECONDS = 3600.0
NOW = 1_795_000_000.0
DETAILS = (
    *("tags", "label", "weight", "status", "caption", "rating", "favorite", "taken_local", "offset", "place"),
    "coordinates",
    "created_at",
)

# What a photo has of which nobody has said anything, and what every file says.
EMPTY: dict[str, Any] = {
    "tags": [],
    "label": None,
    "caption": "",
    "rating": 0,
    "favorite": False,
    "place": None,
    "coordinates": None,
    "taken_local": None,
    "offset": None,
}
FILE = {"caption": "", "rating": 0, "place": None, "coordinates": None}


class Killed(BaseException):
    """The process was killed."""


@dataclass
class FakeLibrary:
    """Photos and albums of one owner. `checks_until_ready` is how long photos are processed."""

    photos: dict[str, dict[str, Any]] = field(default_factory=dict)
    albums: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken_ids: set[str] = field(default_factory=set)
    refused_fields: dict[str, str] = field(default_factory=dict)
    rejected_content: bytes = b"not an image"
    can: tuple[str, ...] = ("read", "upload", "manage")
    checks_until_ready: int = 1
    has_late_events: bool = False  # a photo that has arrived is `uploading` until it is processed
    now: float = NOW
    stored: Counter[str] = field(default_factory=Counter)  # times that the storage got each photo id
    requests: Counter[str] = field(default_factory=Counter)
    fail: Callable[[str], httpx.Response | None] = lambda _: None
    lock: RLock = field(default_factory=RLock)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request; one at a time."""
        with self.lock:
            return self._handle(request)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        name = self._name(request)
        self.requests[name] += 1
        if (failure := self.fail(name)) is not None:
            return failure
        if str(request.url).startswith(STORAGE):
            return self._store(request, content)
        assert request.headers["Authorization"] == "Bearer tt_key"
        body = json.loads(content) if content else {}
        path = request.url.path.removeprefix("/api")
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        return self._route(request.method, path, body, query, request.headers.get("If-Match", ""))

    def client(self, handler: Callable[[httpx.Request], httpx.Response] | None = None) -> LibraryClient:
        """A client of this library that never waits."""
        transport = httpx.MockTransport(handler or self.handle)
        return LibraryClient(API, "tt_key", transport=transport, clock=lambda: 0.0, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def ready(self) -> list[dict[str, Any]]:
        """The photos that are ready."""
        return [photo for photo in self.photos.values() if photo["state"] == "ready"]

    def album(self, title: str) -> dict[str, Any]:
        """The only album of a title."""
        (found,) = [album for album in self.albums.values() if album["title"] == title]
        return found

    def members(self, title: str) -> list[str]:
        """The file names of the photos that an album shows."""
        album_id = self.album(title)["album_id"]
        return sorted(photo["filename"] for photo in self.ready() if album_id in photo["albums"])

    def add_photo(self, content: bytes, **fields: Any) -> str:
        """A photo that was there before."""
        photo_id = f"{len(self.photos):032x}"
        self.photos[photo_id] = self._record(photo_id, {"filename": "before.jpg"}) | {
            "state": "ready",
            "sha256": sha256(content).hexdigest(),
            **fields,
        }
        return photo_id

    def process(self) -> None:
        """Process all photos that have arrived."""
        for photo in self.photos.values():
            if not _has_arrived(photo):
                continue
            content = photo["content"]
            digest = sha256(content).hexdigest()
            if content.startswith(self.rejected_content):
                photo |= {"state": "rejected", "reason": "This file is not an image."}
            elif self._find(digest, "ready"):
                photo |= {"state": "duplicate", "sha256": digest}
            else:
                photo |= {"state": "ready", "sha256": digest}

    def _route(
        self, method: str, path: str, body: dict[str, Any], query: dict[str, str], version: str
    ) -> httpx.Response:
        match [method, *path.strip("/").split("/")]:
            case ["GET", "me"]:
                return _json({"id": "owner", "can": list(self.can)})
            case ["POST", "uploads", "check"]:
                return self._check(body["sha256"])
            case ["POST", "uploads"]:
                return self._ticket(body)
            case ["PATCH", "photos", photo_id]:
                return self._change(photo_id, body, version)
            case ["GET", "photos", photo_id]:
                return self._photo(photo_id)
            case ["POST", "photos", "batch"]:
                return self._batch(body)
            case ["GET", "albums"]:
                newest_first = sorted(self.albums.values(), key=lambda album: album["created_at"], reverse=True)
                return _page(newest_first, query)
            case ["POST", "albums"]:
                return self._create_album(body)
            case ["PATCH", "albums", album_id]:
                self.albums[album_id] |= body
                return _json(self.albums[album_id])
            case ["POST", "albums", album_id, "photos"]:
                for photo_id in body["photo_ids"]:
                    self._join(photo_id, album_id)
                return _json({"results": [{"photo_id": each, "ok": True} for each in body["photo_ids"]]})
            case ["GET", "albums", album_id, "photos"]:
                return _page([photo for photo in self.ready() if album_id in photo["albums"]], query)
            case ["PUT", "albums", album_id, "order"]:
                return self._put_order(album_id, body["photo_ids"])
        raise AssertionError(f"{method} {path}")

    def _check(self, digests: list[str]) -> httpx.Response:
        assert 1 <= len(digests) <= 100
        self._age()
        found = ((digest, self._find(digest, "ready") or self._find(digest, "trashed")) for digest in digests)
        items = [
            {"sha256": digest, "photo_id": photo["photo_id"], "state": photo["state"]}
            for digest, photo in found
            if photo
        ]
        return _json({"items": items})

    def _age(self) -> None:
        """Photos are processed some checks after they have arrived."""
        for photo in self.photos.values():
            photo["checks"] += _has_arrived(photo)
        if any(photo["checks"] >= self.checks_until_ready for photo in self.photos.values()):
            self.process()

    def _ticket(self, body: dict[str, Any]) -> httpx.Response:
        for name, reason in self.refused_fields.items():
            if name in body:
                return _error(400, reason, "invalid", name)
        photo_id = body["photo_id"]
        existing = self.photos.get(photo_id)
        if photo_id in self.taken_ids or (existing and existing["state"] != "uploading"):
            return _error(409, "This id is taken.", "id_taken", "")
        if known := self._find(body["sha256"], "ready"):
            return _json({"duplicate_of": known["photo_id"]})
        assert set(body.get("albums", [])) <= self.albums.keys()
        self.photos[photo_id] = self._record(photo_id, body)
        form = {"key": photo_id, "size": str(body["bytes"]), "expires": str(self.now + TICKET_SECONDS)}
        ticket = {"photo_id": photo_id, "upload": {"method": "POST", "url": STORAGE, "fields": form}}
        return _json(ticket | {"expires_at": _iso(self.now + TICKET_SECONDS)}, status=201)

    def _record(self, photo_id: str, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "photo_id": photo_id,
            "filename": body["filename"],
            "state": "uploading",
            "sha256": None,
            "reason": None,
            "mine": True,
            "checks": 0,
            "version": 1,
            "albums": list(body.get("albums", [])),
            "details": {name: body[name] for name in DETAILS if name in body},
        }

    def _store(self, request: httpx.Request, content: bytes) -> httpx.Response:
        fields, file = _parse_form(request.headers["Content-Type"], content)
        if float(fields["expires"]) < self.now:
            return httpx.Response(403, text="<Error><Code>AccessDenied</Code></Error>")
        if len(file) != int(fields["size"]):
            return httpx.Response(400, text="<Error><Code>EntityTooLarge</Code></Error>")
        self.stored[fields["key"]] += 1
        state = "uploading" if self.has_late_events else "processing"
        self.photos[fields["key"]] |= {"state": state, "content": file}
        return httpx.Response(204)

    def _photo(self, photo_id: str) -> httpx.Response:
        if photo_id not in self.photos:
            return _error(404, "Photo not found.", "photo_not_found", "")
        photo = self.photos[photo_id]
        metadata = {name: photo["details"].get(name, empty) for name, empty in EMPTY.items()}
        record = {name: value for name, value in photo.items() if name not in {"content", "details"}}
        return _json(record | metadata | {"file": FILE, "camera_time": None})

    def _change(self, photo_id: str, changes: dict[str, Any], version: str) -> httpx.Response:
        photo = self.photos[photo_id]
        if version != str(photo["version"]):
            return _error(412, "The photo was changed.", "outdated", "")
        for name, reason in self.refused_fields.items():
            if name in changes:
                return _error(400, reason, "invalid", name)
        photo["details"] |= changes
        photo["version"] += 1
        return self._photo(photo_id)

    def _batch(self, body: dict[str, Any]) -> httpx.Response:
        assert body["action"] == "trash"
        for photo_id in body["photo_ids"]:
            assert self.photos[photo_id]["state"] != "uploading"
            self.photos[photo_id]["state"] = "trashed"
        return _json({"results": [{"photo_id": each, "ok": True} for each in body["photo_ids"]]})

    def _create_album(self, body: dict[str, Any]) -> httpx.Response:
        album_id = f"a{len(self.albums)}"
        defaults: dict[str, Any] = {
            "description": "",
            "order": "newest",
            "query": None,
            "cover_photo_id": None,
            "placed": [],
        }
        made = {"album_id": album_id, "created_at": _iso(NOW + len(self.albums))}
        self.albums[album_id] = defaults | body | made
        return _json(self.albums[album_id], status=201)

    def _join(self, photo_id: str, album_id: str) -> None:
        albums = self.photos[photo_id]["albums"]
        if album_id not in albums:
            albums.append(album_id)

    def _put_order(self, album_id: str, photo_ids: list[str]) -> httpx.Response:
        inside = {photo["photo_id"] for photo in self.ready() if album_id in photo["albums"]}
        if not set(photo_ids) <= inside:
            return _error(400, "photo_ids must be photos of the album.", "invalid", "photo_ids")
        self.albums[album_id] |= {"placed": photo_ids, "order": "manual"}
        return _json(self.albums[album_id])

    def _find(self, digest: str, state: str) -> dict[str, Any] | None:
        photos = (photo for photo in self.photos.values() if (photo["sha256"], photo["state"]) == (digest, state))
        return next(photos, None)

    def _name(self, request: httpx.Request) -> str:
        if str(request.url).startswith(STORAGE):
            return "storage"
        path = request.url.path.removeprefix("/api")
        return f"{request.method} {re.sub('/(photos|albums)/(?!batch)[^/]+', r'/\1/*', path)}"


def _has_arrived(photo: dict[str, Any]) -> bool:
    return photo["state"] in {"uploading", "processing"} and "content" in photo


def lose_every(library: FakeLibrary, number: int) -> Callable[[httpx.Request], httpx.Response]:
    """Loses every n-th request or its answer, in turns."""
    seen = iter(range(1, 1_000_000))

    def handle(request: httpx.Request) -> httpx.Response:
        turn = next(seen)
        if turn % (2 * number) == number:
            raise httpx.ConnectError("Connection refused")
        answer = library.handle(request)
        if turn % (2 * number) == 0:
            raise httpx.ReadError("Connection reset")
        return answer

    return handle


def _json(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def _error(status: int, message: str, code: str, field: str) -> httpx.Response:
    return httpx.Response(status, json={"error": message, "code": code, "field": field})


def _page(items: list[dict[str, Any]], query: dict[str, str]) -> httpx.Response:
    start, limit = int(query.get("cursor", 0)), int(query["limit"])
    end = start + limit
    items_without_content = [
        {name: value for name, value in item.items() if name != "content"} for item in items[start:end]
    ]
    return _json({"items": items_without_content, "cursor": str(end) if end < len(items) else None})


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")


def _parse_form(content_type: str, content: bytes) -> tuple[dict[str, str], bytes]:
    boundary = content_type.partition("boundary=")[2].encode()
    fields: dict[str, str] = {}
    for part in content.split(b"--" + boundary)[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        (name,) = re.findall(rb'[; ]name="([^"]*)"', head)
        if name == b"file":
            return fields, value
        fields[name.decode()] = value.decode()
    raise AssertionError("The form has no file.")

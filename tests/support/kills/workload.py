"""Users of a library, each in a thread: they upload, edit, bundle and trash until the library is killed."""

import random
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from tests.support.images.tiny import encode_image
from tests.support.kills.ledger import TAG_PREFIX, Entry, Ledger, Photo, changed
from tests.support.kills.process import Client, Unanswered
from tests.support.multipart import file_form

TAGS = tuple(f"{TAG_PREFIX}{color}" for color in ("red", "green", "blue"))
STATUSES = ("public", "private")


def unique_image() -> bytes:
    """A small image whose bytes no other has: decoders ignore what follows the end."""
    return encode_image() + uuid4().bytes


@dataclass
class User:
    """One user's requests, one after the other."""

    name: str
    client: Client
    s3: Any
    bucket: str
    ledger: Ledger
    rng: random.Random

    def run(self, stopping: threading.Event) -> None:
        """Make random requests until the library does not respond."""
        uploads = [self.upload_with_ticket, self.upload_form, self.upload_body, self.upload_to_url]
        if self.name == "demo":  # owns what is put into the bucket
            uploads.append(self.put_in_bucket)
        others = [self.edit, self.edit, self.trash, self.restore, self.batch]
        others += [self.create_bundle, self.create_api_key, self.subscribe]
        while not stopping.is_set():
            action: Callable[[], None] = self.rng.choice(uploads if self.rng.random() < 0.5 else others)
            try:
                action()
            except Unanswered:
                if stopping.wait(0.05):
                    return

    # ------------------------------------------------------------ uploads

    def upload_with_ticket(self) -> None:
        """`POST /uploads`, then the form to S3."""
        name, photo, data = self._new_photo()
        body = {"filename": name, "bytes": len(data), "tags": sorted(photo.tags), "status": photo.status}
        upload = self.client.json("POST", "/uploads", body)["upload"]
        form, content_type = file_form(upload["fields"], "file", name, data)
        self.client.send("POST", upload["url"], form, content_type)
        self._uploaded(name, photo)

    def upload_form(self) -> None:
        """`POST /upload`."""
        name, photo, data = self._new_photo()
        fields = {"label": "kills", "tags": ",".join(sorted(photo.tags)), "status": photo.status}
        form, content_type = file_form(fields, "img", name, data)
        self.client.send("POST", f"{self.client.api}/upload", form, content_type)
        self._uploaded(name, photo)

    def upload_body(self) -> None:
        """`PUT /originals/{filename}`."""
        name, _, data = self._new_photo()
        self.client.send("PUT", f"{self.client.api}/originals/{quote(name)}", data, "image/jpeg")
        self._uploaded(name, Photo())

    def upload_to_url(self) -> None:
        """`PUT /upload`, then the bytes to the URL."""
        name, _, data = self._new_photo()
        url = self.client.json("PUT", "/upload", {"file_name": name})["url"]
        self.client.send("PUT", url, data, "image/jpeg")
        self._uploaded(name, Photo())

    def put_in_bucket(self) -> None:
        """PutObject, as any S3 tool does."""
        name, photo, data = self._new_photo()
        metadata = {"tags": ",".join(sorted(photo.tags)), "status": photo.status}
        try:
            self.s3.put_object(Bucket=self.bucket, Key=f"{uuid4().hex}/{name}", Body=data, Metadata=metadata)
        except (BotoCoreError, ClientError) as error:
            raise Unanswered(str(error)) from error
        self._uploaded(name, photo)

    def _new_photo(self) -> tuple[str, Photo, bytes]:
        tags = frozenset(self.rng.sample(TAGS, self.rng.randint(0, 2)))
        return f"{uuid4().hex}.jpg", Photo(tags, self.rng.choice(STATUSES)), unique_image()

    def _uploaded(self, name: str, photo: Photo) -> None:
        with self.ledger.lock:
            self.ledger.photos[unquote(name)] = Entry(self.name, photo)
        self.ledger.acknowledge()

    # ------------------------------------------------------------ changes

    def edit(self) -> None:
        """`PATCH /photos/{photo_id}`."""
        for entry in self._choose(trashed=False):
            tags, status = frozenset(self.rng.sample(TAGS, self.rng.randint(0, 3))), self.rng.choice(STATUSES)
            with self._changing([entry], tags=tags, status=status):
                body = {"tags": sorted(tags), "status": status}
                self.client.json("PATCH", f"/photos/{entry.photo_id}", body)

    def trash(self) -> None:
        """`DELETE /photos/{photo_id}`."""
        for entry in self._choose(trashed=False):
            with self._changing([entry], trashed=True):
                self.client.send("DELETE", f"{self.client.api}/photos/{entry.photo_id}", None, "application/json")

    def restore(self) -> None:
        """`POST /photos/{photo_id}/restore`."""
        for entry in self._choose(trashed=True):
            with self._changing([entry], trashed=False):
                self.client.json("POST", f"/photos/{entry.photo_id}/restore")

    def batch(self) -> None:
        """`POST /photos/batch`: publish or hide several photos."""
        status = self.rng.choice(STATUSES)
        entries = self._choose(trashed=False, number=3)
        if entries:
            with self._changing(entries, status=status):
                action = "publish" if status == "public" else "hide"
                body = {"photo_ids": [entry.photo_id for entry in entries], "action": action}
                results = self.client.json("POST", "/photos/batch", body)["results"]
                if not all(result["ok"] for result in results):
                    raise Unanswered(str(results))

    def create_bundle(self) -> None:
        """`POST /bundles`."""
        if entries := self._choose(trashed=False, number=2):
            body = {"photo_ids": [entry.photo_id for entry in entries], "notify": True}
            bundle_id = self.client.json("POST", "/bundles", body)["bundle_id"]
            self.ledger.bundles[bundle_id] = self.name
            self.ledger.acknowledge()

    def create_api_key(self) -> None:
        """`POST /keys`, for the first few."""
        if sum(user == self.name for user in self.ledger.api_keys.values()) < 5:
            key_id = self.client.json("POST", "/keys", {"name": "kills", "can": ["read"]})["key_id"]
            self.ledger.api_keys[key_id] = self.name
            self.ledger.acknowledge()

    def subscribe(self) -> None:
        """`POST /me/notifications`."""
        channel = self.rng.choice(["email", "sms"] if self.name == "demo" else ["email"])
        self.client.json("POST", "/me/notifications", {"channel": channel})
        subscribed = self.ledger.subscriptions.get(self.name, frozenset())
        self.ledger.subscriptions[self.name] = subscribed | {channel}
        self.ledger.acknowledge()

    def _choose(self, *, trashed: bool, number: int = 1) -> list[Entry]:
        """Random photos that were ready at the last check and whose last change was answered."""
        with self.ledger.lock:
            entries = [e for e in self.ledger.photos.values() if e.user == self.name and e.ready and not e.possible]
        fitting = [entry for entry in entries if entry.photo.trashed == trashed]
        return self.rng.sample(fitting, min(number, len(fitting)))

    @contextmanager
    def _changing(self, entries: list[Entry], **fields: Any) -> Any:
        """Record the change: possible until the response has come, certain afterwards."""
        for entry in entries:
            entry.possible = changed(entry.photo, **fields)
        yield
        for entry in entries:
            assert entry.possible is not None
            entry.photo, entry.possible = entry.possible, None
        self.ledger.acknowledge()


def photos_by_name(client: Client) -> Mapping[str, Mapping[str, Any]]:
    """All photos of the client's user."""
    return {photo["filename"]: photo for photo in client.photos()}

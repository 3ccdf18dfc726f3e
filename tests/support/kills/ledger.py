"""What a library has acknowledged, and what it must therefore still know after a kill."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TAG_PREFIX = "kill-"  # of tags that tests set; labels of the images are ignored


@dataclass(frozen=True)
class Photo:
    """What the owner sees of a photo."""

    tags: frozenset[str] = frozenset()
    status: str = "private"
    trashed: bool = False

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> "Photo":
        """The photo in a response."""
        tags = frozenset(tag for tag in item["tags"] if tag.startswith(TAG_PREFIX))
        return cls(tags, item["status"], trashed=item["state"] == "trashed")


@dataclass
class Entry:
    """An acknowledged upload; `possible` is the result of a change that got no response."""

    user: str
    photo: Photo
    photo_id: str = ""
    ready: bool = False
    possible: Photo | None = None

    def find_lost(self, name: str, item: Mapping[str, Any] | None, *, pending: bool) -> Iterator[str]:
        """What differs from the photo as its owner sees it."""
        if item is None or item["state"] == "processing":
            if not pending:
                yield f"{name} is {'processing' if item else 'missing'}{' again' if self.ready else ''}"
            return
        if not item["mine"] or item["state"] not in {"ready", "trashed"}:
            yield f"{name} is {item['state']} ({item['reason']})"
        seen = Photo.from_json(item)
        if seen in (self.photo, self.possible):
            self.photo, self.possible, self.photo_id, self.ready = seen, None, item["photo_id"], True
        else:
            yield f"{name} is {seen}, not {self.photo}" + (f" or {self.possible}" if self.possible else "")


@dataclass
class Ledger:
    """Everything that was acknowledged; used by several threads."""

    photos: dict[str, Entry] = field(default_factory=dict)  # by filename, which is unique
    bundles: dict[str, str] = field(default_factory=dict)  # user by bundle id
    api_keys: dict[str, str] = field(default_factory=dict)  # user by key id
    subscriptions: dict[str, frozenset[str]] = field(default_factory=dict)  # channels by user
    owner_ids: dict[str, str] = field(default_factory=dict)
    acknowledged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self) -> None:
        """Count a response with a 2xx status to a change."""
        with self.lock:
            self.acknowledged += 1

    def find_lost(self, user: str, items: Mapping[str, Mapping[str, Any]], *, pending: bool) -> Iterator[str]:
        """What differs from the photos of a user, by filename; photos may be unprocessed if `pending`.

        Settles the entries whose last change was unanswered.
        """
        for name, entry in self.photos.items():
            if entry.user == user:
                yield from entry.find_lost(name, items.get(name), pending=pending and not entry.ready)


def changed(photo: Photo, **fields: Any) -> Photo:
    """The photo after a change."""
    return replace(photo, **fields)

"""Fakes of the backup: its files, its checkpoint, and the rows of albums."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from chalicelib.errors import Unreadable
from chalicelib.library.photo import Photo
from chalicelib.maintenance.backup_files import AlbumRow, BackupCheckpoint, Manifest, Segment, saved_fields
from tests.fakes.albums import MemoryAlbumStore


@dataclass
class MemoryBackupFiles:
    """`BackupFiles` over a dictionary; `written` has the names in the order in which they were saved."""

    files: dict[str, list[Any]] = field(default_factory=dict)
    manifest: Manifest | None = None
    written: list[str] = field(default_factory=list)

    def save_photos(self, photos: Sequence[Photo], known: Collection[str]) -> Segment:
        return self._save("photos", [saved_fields(photo) for photo in photos], known)

    def load_photos(self, segment: Segment) -> list[Photo]:
        return self._load(segment)

    def save_albums(self, rows: Iterable[AlbumRow], known: Collection[str]) -> Segment:
        return self._save("albums", sorted(rows, key=lambda row: (row["partition"], row["entry"])), known)

    def load_albums(self, segment: Segment) -> list[AlbumRow]:
        return self._load(segment)

    def save_manifest(self, manifest: Manifest) -> None:
        self.manifest = manifest

    def load_manifest(self) -> Manifest | None:
        return self.manifest

    def remove_others(self, manifest: Manifest) -> None:
        named = {each.name for each in (*manifest.segments, manifest.albums)}
        self.files = {name: lines for name, lines in self.files.items() if name in named}

    def _save(self, kind: str, lines: list[Any], known: Collection[str]) -> Segment:
        segment = Segment(f"{kind}-{sha256(repr(lines).encode()).hexdigest()}.jsonl.gz", len(lines))
        if segment.name not in known:
            self.files[segment.name] = lines
            self.written.append(segment.name)
        return segment

    def _load(self, segment: Segment) -> list[Any]:
        if segment.name not in self.files:
            raise Unreadable(f"The backup is incomplete: {segment.name} is missing.")
        return self.files[segment.name]


@dataclass
class MemoryBackupCheckpoints:
    """`BackupCheckpoints` in memory."""

    checkpoint: BackupCheckpoint = field(default_factory=BackupCheckpoint)

    def load(self) -> BackupCheckpoint:
        return self.checkpoint

    def save(self, checkpoint: BackupCheckpoint) -> None:
        self.checkpoint = checkpoint


@dataclass
class MemoryAlbumRows:
    """`AlbumRows` over the fake store of albums: one row per album."""

    store: MemoryAlbumStore

    def list_all(self) -> Iterator[AlbumRow]:
        for album_id, album in self.store.albums.items():
            members = {person: each for (of, person), each in self.store.members.items() if of == album_id}
            order = self.store.orders.get(album_id)
            yield {"partition": album_id, "entry": "album", "album": album, "order": order, "members": members}

    def restore(self, rows: Iterable[AlbumRow]) -> None:
        for row in rows:
            album_id = row["partition"]
            self.store.albums[album_id] = row["album"]
            if row["order"] is not None:
                self.store.orders[album_id] = row["order"]
            self.store.members |= {(album_id, person): each for person, each in row["members"].items()}

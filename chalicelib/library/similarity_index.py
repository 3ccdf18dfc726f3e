"""The similarity index of an owner: two files, built by the schedule from the fingerprints and read by requests.

One has the groups of near-duplicates as JSON, the other the embeddings, packed one after the other. Both may be out of
date, so what they name is checked against the records before it is shown.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Protocol

from chalicelib.library.fingerprints import Fingerprint


class IndexFiles(Protocol):
    """Stores the files of the indexes."""

    def read(self, key: str) -> bytes | None:
        """The bytes of a file, or None."""

    def exists(self, key: str) -> bool:
        """Whether there is this file."""

    def write(self, key: str, data: bytes) -> None:
        """Store a file, replacing any there."""

    def remove(self, keys: list[str]) -> None:
        """Delete these files; missing ones are ignored."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of near-duplicates, newest first, at the position of the newest."""

    position: str
    photo_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupIndex:
    """The groups of an owner, newest first, as of `built_at`."""

    built_at: datetime
    groups: tuple[Group, ...]

    def to_bytes(self) -> bytes:
        """The file."""
        groups = [[group.position, *group.photo_ids] for group in self.groups]
        return json.dumps({"built_at": self.built_at.isoformat(), "groups": groups}, separators=(",", ":")).encode()


def parse_group_index(data: bytes) -> GroupIndex:
    """The groups in a file."""
    stored = json.loads(data)
    groups = tuple(Group(position, tuple(photo_ids)) for position, *photo_ids in stored["groups"])
    return GroupIndex(datetime.fromisoformat(stored["built_at"]), groups)


@dataclass(frozen=True, slots=True)
class EmbeddingIndex:
    """The embeddings of photos, one after the other in `embeddings`, `size` bytes each."""

    size: int
    photo_ids: tuple[str, ...]
    embeddings: bytes

    def to_bytes(self) -> bytes:
        """The file: a line with size and ids, then the embeddings."""
        return json.dumps([self.size, *self.photo_ids], separators=(",", ":")).encode() + b"\n" + self.embeddings

    def nearest(self, embedding: bytes, *, limit: int, max_distance: int) -> list[str]:
        """The ids of the photos whose embeddings differ from this one in at most so many bits, the nearest first."""
        if len(embedding) != self.size:  # that of another model
            return []
        wanted = int.from_bytes(embedding)
        stored = memoryview(self.embeddings)
        distances = (
            ((wanted ^ int.from_bytes(stored[index * self.size : (index + 1) * self.size])).bit_count(), index)
            for index in range(len(self.photo_ids))
        )
        near = (each for each in distances if each[0] <= max_distance)
        return [self.photo_ids[index] for _, index in nsmallest(limit, near)]


def parse_embedding_index(data: bytes) -> EmbeddingIndex:
    """The embeddings in a file."""
    head, _, embeddings = data.partition(b"\n")
    size, *photo_ids = json.loads(head)
    return EmbeddingIndex(size, tuple(photo_ids), embeddings)


def pack_embeddings(fingerprints: Iterable[Fingerprint]) -> EmbeddingIndex:
    """The index of the photos that have an embedding of the same model as the first one."""
    embedded = [each for each in fingerprints if each.embedding]
    size = len(embedded[0].embedding) if embedded else 0
    same = [each for each in embedded if len(each.embedding) == size]
    return EmbeddingIndex(size, tuple(each.photo_id for each in same), b"".join(each.embedding for each in same))


def groups_key(owner: str) -> str:
    """The key of an owner's groups."""
    return f"similarity/{owner}/groups.json"


def embeddings_key(owner: str) -> str:
    """The key of an owner's embeddings."""
    return f"similarity/{owner}/embeddings"

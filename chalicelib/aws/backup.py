"""The backup in the originals bucket: compressed JSON Lines, one line per photo or row of albums, and the manifest.

A line has what people read in it under the names of `docs/catalogue.schema.json`, its owner and its object key, and as
`record` the whole item of the table, so that records of earlier versions are restored as the store reads them.
"""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from chalicelib.aws.dynamodb.items import photo_from_item, photo_to_item
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.aws.s3 import delete_objects, read_object
from chalicelib.errors import Unreadable
from chalicelib.ingest.originals import BACKUP_PREFIX
from chalicelib.library.descriptions import place_text
from chalicelib.library.photo import MILLIONTHS, Photo
from chalicelib.library.transitions import purge_time
from chalicelib.maintenance.backup_files import AlbumRow, Manifest, Segment, saved_fields
from chalicelib.util.coordinates import MILLIONTHS as DEGREE
from chalicelib.util.coordinates import Coordinates

VERSION = 1
MANIFEST_KEY = f"{BACKUP_PREFIX}manifest.json"
SEGMENT_NAME = re.compile(r"(photos|albums)-[0-9a-f]{64}\.jsonl\.gz", re.ASCII)
BINARY = "base85"


@dataclass(frozen=True, slots=True)
class S3BackupFiles:
    """`backup_files.BackupFiles` below one prefix of a bucket."""

    client: Any
    bucket: str

    def save_photos(self, photos: Sequence[Photo], known: Collection[str]) -> Segment:
        """Save a segment, unless its name, which follows from its lines, is known."""
        return self._save("photos", map(_photo_line, photos), known)

    def load_photos(self, segment: Segment) -> list[Photo]:
        """The photos of a segment; raises Unreadable."""
        return [photo_from_item(line["record"]) for line in self._load(segment)]

    def save_albums(self, rows: Iterable[AlbumRow], known: Collection[str]) -> Segment:
        """Save the rows of albums, sorted, unless the file's name is known."""
        ordered = sorted(rows, key=lambda row: (row["partition"], row["entry"]))
        return self._save("albums", ({"type": "album_row", "record": row} for row in ordered), known)

    def load_albums(self, segment: Segment) -> list[AlbumRow]:
        """The rows of albums; raises Unreadable."""
        return [line["record"] for line in self._load(segment)]

    def save_manifest(self, manifest: Manifest) -> None:
        """Save the manifest in place of the previous one."""
        written_at = manifest.written_at.astimezone(UTC).isoformat()
        body = {"type": "backup", "version": VERSION} | asdict(manifest) | {"written_at": written_at}
        self._put(MANIFEST_KEY, json.dumps(body, indent=1).encode(), "application/json")

    def load_manifest(self) -> Manifest | None:
        """The last manifest, or None; raises Unreadable."""
        data = read_object(self.client, self.bucket, MANIFEST_KEY)
        return None if data is None else _parse_manifest(data)

    def remove_others(self, manifest: Manifest) -> None:
        """Delete the files that this manifest does not name; their versions stay as long as those of originals."""
        named = {MANIFEST_KEY, *(f"{BACKUP_PREFIX}{each.name}" for each in (*manifest.segments, manifest.albums))}
        with translate_transient_errors():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=BACKUP_PREFIX)
            for page in pages:
                found = [{"Key": each["Key"]} for each in page.get("Contents", []) if each["Key"] not in named]
                if found:
                    delete_objects(self.client, self.bucket, found)

    def _save(self, kind: str, lines: Iterable[Mapping[str, Any]], known: Collection[str]) -> Segment:
        written = [_to_json(line) for line in lines]
        data = "".join(f"{line}\n" for line in written).encode()
        segment = Segment(f"{kind}-{sha256(data).hexdigest()}.jsonl.gz", len(written))
        if segment.name not in known:
            self._put(f"{BACKUP_PREFIX}{segment.name}", gzip.compress(data, mtime=0), "application/gzip")
        return segment

    def _load(self, segment: Segment) -> list[dict[str, Any]]:
        if not SEGMENT_NAME.fullmatch(segment.name):
            raise Unreadable("The manifest of the backup names a file that is none of a backup.")
        data = read_object(self.client, self.bucket, f"{BACKUP_PREFIX}{segment.name}")
        if data is None:
            raise Unreadable(f"The backup is incomplete: {segment.name} is missing.")
        damaged = Unreadable(f"The backup is damaged: {segment.name} is not what the manifest says.")
        try:
            lines = gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            raise damaged from None
        if segment.name.partition("-")[2] != f"{sha256(lines).hexdigest()}.jsonl.gz":
            raise damaged
        return [json.loads(line, object_hook=_from_json_object) for line in lines.splitlines()]

    def _put(self, key: str, data: bytes, mime: str) -> None:
        with translate_transient_errors():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType=mime)


def _photo_line(photo: Photo) -> dict[str, Any]:
    taken, position = photo.capture_time, photo.coordinates
    delete_at = purge_time(photo)
    return {
        "type": "photo",
        "photo_id": photo.photo_id,
        "owner": photo.owner,
        "key": photo.key,
        "filename": photo.filename,
        "sha256": photo.sha256,
        "bytes": photo.bytes,
        "state": photo.state,
        "duplicate_of": photo.duplicate_of,
        "created_at": photo.received_at.isoformat(),
        "delete_at": delete_at.isoformat() if delete_at else None,
        "version": photo.version,
        "tags": photo.tags,
        "autoTags": photo.label_names,
        "label": photo.label,
        "weight": photo.weight / MILLIONTHS,
        "status": photo.visibility,
        "caption": photo.caption,
        "rating": photo.rating,
        "favorite": photo.favorite,
        "taken_local": taken.local.isoformat() if taken else None,
        "offset": taken.offset_text if taken else None,
        "place": place_text(photo.place) or None,
        "coordinates": _degrees(position) if position else None,
        "albums": photo.albums,
        "recovered": photo.recovered,
        "record": photo_to_item(saved_fields(photo)),
    }


def _degrees(position: Coordinates) -> dict[str, float]:
    return {"latitude": position.latitude / DEGREE, "longitude": position.longitude / DEGREE}


def _parse_manifest(data: bytes) -> Manifest:
    """The manifest; raises Unreadable if it is none, or of a newer version."""
    try:
        body = json.loads(data)
        version = body["version"]
        if version != VERSION:
            raise Unreadable(
                f"This backup has the format {version}, which this version of Tintype can't read: update it."
            )
        segments = tuple(Segment(**each) for each in body["segments"])
        written_at = datetime.fromisoformat(body["written_at"])
        return Manifest(str(body["backup_id"]), written_at, int(body["photos"]), segments, Segment(**body["albums"]))
    except (KeyError, TypeError, ValueError):
        raise Unreadable(f"The backup is damaged: {MANIFEST_KEY} is no manifest.") from None


def _to_json(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_encode)


def _encode(value: object) -> Any:
    """What JSON has no form for: bytes."""
    if isinstance(value, bytes):
        return {BINARY: base64.b85encode(value).decode()}
    raise TypeError(f"{type(value).__name__} has no form in a backup")


def _from_json_object(value: dict[str, Any]) -> Any:
    return base64.b85decode(value[BINARY]) if value.keys() == {BINARY} else value

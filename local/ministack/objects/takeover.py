"""Takes over the objects of a library that MiniStack stored itself, as files by key with a JSON file beside each."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from local.ministack.objects.files import Files, sync_directory
from local.ministack.objects.index import store
from local.ministack.objects.opening import open_connections
from local.ministack.objects.records import NULL, Content

SIDECAR = ".meta.json"
ENCODED_KEYS = ".ministack-keys"
VERSIONS = ".versions"
MAX_NAME = 200


def adopt_objects(old: Path, new: Path) -> int:
    """Store every version below MiniStack's `old` in the new, empty directory `new`; returns their number.

    Files are linked, or copied where links are impossible; `old` is not changed. Run it before anything opens `new`.
    """
    new.mkdir(parents=True, exist_ok=True)
    connections = open_connections(new, new)
    files = Files(new, reserve=0, start="0")
    files.prepare()
    count = 0
    try:
        with connections.write() as connection:
            for key in _keys(old):
                for version in key.versions():
                    _adopt(connection, files, key, version)
                    count += 1
            os.sync()  # MiniStack never did
    finally:
        connections.close()
    sync_directory(new)
    return count


@dataclass(frozen=True, slots=True)
class _OldKey:
    """A key with its file, if it has a current object, and what its sidecar says."""

    root: Path
    account: str
    bucket: str
    key: str
    file: Path | None
    meta: Mapping[str, Any] = field(default_factory=dict)

    def versions(self) -> Iterator[Mapping[str, Any]]:
        """The versions, oldest first."""
        versions = self.meta.get("versions") or [self.meta]
        return (version for version in versions if version.get("is_delete_marker") or self.path(version))

    def path(self, version: Mapping[str, Any]) -> Path | None:
        """The file of a version, or None."""
        version_id = version.get("version_id") or NULL
        base = self.root / VERSIONS / self.account / self.bucket / version_id
        encoded = quote(self.key, safe="").replace(".", "%2E")
        if len(encoded) > MAX_NAME:
            encoded = f"sha256-{hashlib.sha256(self.key.encode()).hexdigest()}"
        plain = [base / self.key] if not self.key.startswith("/") and ".." not in self.key.split("/") else []
        for candidate in (*plain, base / ENCODED_KEYS / encoded):
            if candidate.is_file():
                return candidate
        current = self.meta.get("version_id") or NULL
        return self.file if version_id == current and not self.meta.get("is_delete_marker") else None


def _adopt(connection: sqlite3.Connection, files: Files, key: _OldKey, version: Mapping[str, Any]) -> None:
    version_id = version.get("version_id") or NULL
    content = None
    if not version.get("is_delete_marker") and (path := key.path(version)):
        content = Content(
            [files.adopt(path)],
            str(version.get("etag") or "").strip('"') or _md5(path),
            _headers(version),
            (key.meta.get("tags") or {}).get(version_id) or {},
            version.get("checksums") or {},
        )
    modified = version.get("last_modified")
    store(
        connection,
        key.bucket,
        key.key,
        content,
        versioned=version_id != NULL,
        modified=_milliseconds(modified) if modified else None,
        version_id=version_id,
    )


def _headers(version: Mapping[str, Any]) -> dict[str, str]:
    headers = {"content-type": version.get("content_type") or "binary/octet-stream"}
    if encoding := version.get("content_encoding"):
        headers["content-encoding"] = encoding
    preserved = {
        name: value for name, value in (version.get("preserved_headers") or {}).items() if "encryption" not in name
    }
    metadata = {name.lower(): value for name, value in (version.get("metadata") or {}).items()}
    return headers | preserved | metadata


def _keys(root: Path) -> Iterator[_OldKey]:
    for account in sorted(root.iterdir()) if root.is_dir() else []:
        if account.is_dir() and account.name.isdecimal():
            for bucket in sorted(account.iterdir()):
                if bucket.is_dir():
                    yield from _keys_of(root, account.name, bucket)


def _keys_of(root: Path, account: str, bucket: Path) -> Iterator[_OldKey]:
    for directory, folders, names in os.walk(bucket):
        folders.sort()
        for name in sorted({name.removesuffix(SIDECAR) for name in names if not name.endswith(".tmp")}):
            path = Path(directory) / name
            meta = _read_sidecar(path)
            file = path if path.is_file() else None
            if file is None and not meta:
                continue
            relative = path.relative_to(bucket).as_posix()
            key = unquote(relative.removeprefix(f"{ENCODED_KEYS}/")) if relative.startswith(ENCODED_KEYS) else relative
            yield _OldKey(root, account, bucket.name, str(meta.get("key") or key), file, meta)


def _read_sidecar(path: Path) -> Mapping[str, Any]:
    """What the sidecar says; nothing if it is missing or damaged, as the object's bytes are still there."""
    try:
        meta = json.loads(path.with_name(path.name + SIDECAR).read_text())
    except (OSError, ValueError):
        return {}
    return meta if isinstance(meta, dict) else {}


def _milliseconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        return 0


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()

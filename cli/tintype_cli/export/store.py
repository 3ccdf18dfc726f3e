"""What an export remembers between runs, and of the photos listed by this one: SQLite in the folder of the export."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from tintype_cli.catalogue import Line, photo_line
from tintype_cli.export.decisions import Copied
from tintype_cli.export.names import candidates, fold, folder, sidecar_path

SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paths (key TEXT PRIMARY KEY, photo_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS photos (
    photo_id TEXT PRIMARY KEY, run INTEGER NOT NULL, is_gone INTEGER NOT NULL DEFAULT 0, created_at TEXT, line TEXT,
    path TEXT, sha256 TEXT, bytes INTEGER, version INTEGER, sidecar_sha256 TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_time ON photos (created_at, photo_id);
"""


class StoreError(Exception):
    """The folder can't be used; the text is a sentence for people."""


class Store:
    """The state of an export. For one thread, and one process at a time."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError if another process uses it, or if it is damaged."""
        self._path = path
        self.is_new = not path.exists()
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(SCHEMA)
            self._connection.execute("BEGIN IMMEDIATE")
            self.run = int(self.about("run") or 0) + 1
            self.set_about("run", str(self.run))
        except sqlite3.OperationalError as error:
            self._connection.close()
            if "locked" in str(error):
                raise StoreError(f"Another export into {path.parent.parent} is running.") from error
            raise
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise StoreError(f"{path} is damaged. Delete it: the next export then checks all files.") from error

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it; what was not committed is lost."""
        self._connection.close()

    def commit(self) -> None:
        """Keep all changes until here, even if the process dies."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def about(self, name: str) -> str | None:
        """A value of the export as a whole."""
        row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_about(self, name: str, value: str) -> None:
        """Set a value of the export as a whole."""
        self._connection.execute("REPLACE INTO about VALUES (?, ?)", (name, value))

    def copied(self, photo_id: str) -> Copied | None:
        """The files of a photo, if it has a path."""
        row = self._connection.execute(
            "SELECT path, sha256, bytes, version, sidecar_sha256 FROM photos WHERE photo_id = ? AND path IS NOT NULL",
            (photo_id,),
        ).fetchone()
        return Copied(*row) if row else None

    def set_listed(self, photo: Mapping[str, Any]) -> None:
        """Note a photo of the library, unless a later version of it is already noted by this run."""
        line = json.dumps(photo_line(photo, None), ensure_ascii=False)
        self._connection.execute(
            "INSERT INTO photos (photo_id, run, created_at, line) VALUES (?, ?, ?, ?) ON CONFLICT (photo_id) DO UPDATE "
            "SET run = excluded.run, is_gone = 0, created_at = excluded.created_at, line = excluded.line "
            "WHERE run < excluded.run OR line ->> 'version' <= excluded.line ->> 'version'",
            (photo["photo_id"], self.run, photo["created_at"], line),
        )

    def choose_path(self, photo: Mapping[str, Any], root: Path) -> str:
        """A path for the original of a listed photo that neither another photo nor an unknown file has."""
        place = folder(photo)
        for name in candidates(photo["filename"]):
            path = f"{place}/{name}"
            keys = {fold(path), fold(sidecar_path(path))}
            if self._are_free(keys) and not (root / path).exists() and not (root / sidecar_path(path)).exists():
                self._reserve(photo["photo_id"], path, keys)
                return path
        raise AssertionError("The names never end.")

    def set_copied(self, photo_id: str, copied: Copied) -> None:
        """Note the files of a photo."""
        self._connection.execute(
            "UPDATE photos SET sha256 = ?, bytes = ?, version = ?, sidecar_sha256 = ? WHERE photo_id = ?",
            (copied.sha256, copied.bytes, copied.version, copied.sidecar_sha256, photo_id),
        )

    def add_former(self, lines: Iterable[Line]) -> None:
        """Note the photos of a catalogue whose store is lost; their files must be checked."""
        for line in lines:
            photo_id, path = line.fields["photo_id"], line.fields["path"]
            keys = {fold(path), fold(sidecar_path(path))}
            if self._are_free(keys):
                self._connection.execute(
                    "INSERT OR IGNORE INTO photos (photo_id, run, line) VALUES (?, 0, '{}')", (photo_id,)
                )
                self._reserve(photo_id, path, keys)
                self.set_copied(photo_id, Copied(path, line.fields["sha256"], line.fields["bytes"]))

    def unlisted(self) -> list[str]:
        """The ids of photos of former runs that this one has not listed, and that are not known to be gone."""
        rows = self._connection.execute("SELECT photo_id FROM photos WHERE run < ? AND NOT is_gone", (self.run,))
        return [photo_id for (photo_id,) in rows]

    def set_gone(self, photo_id: str) -> None:
        """Note that the library no longer has a photo."""
        self._connection.execute("UPDATE photos SET is_gone = 1 WHERE photo_id = ?", (photo_id,))

    def gone(self) -> list[tuple[str, str | None]]:
        """Ids and paths of the photos that the library no longer has."""
        return self._connection.execute("SELECT photo_id, path FROM photos WHERE is_gone ORDER BY path").fetchall()

    def forget(self, photo_id: str) -> None:
        """Forget a photo; its path is free again."""
        self._connection.execute("DELETE FROM paths WHERE photo_id = ?", (photo_id,))
        self._connection.execute("DELETE FROM photos WHERE photo_id = ?", (photo_id,))

    def lines(self) -> Iterator[dict[str, Any]]:
        """The lines of the listed photos, the first added first, with what is known of their files."""
        rows = self._connection.execute(
            "SELECT line, path, sha256, bytes FROM photos WHERE NOT is_gone AND created_at IS NOT NULL "
            "ORDER BY created_at, photo_id"
        )
        for line, path, sha256, size in rows:
            is_copied = path is not None and sha256 is not None
            yield json.loads(line) | ({"path": path, "sha256": sha256, "bytes": size} if is_copied else {})

    def _are_free(self, keys: Iterable[str]) -> bool:
        return not any(self._connection.execute("SELECT 1 FROM paths WHERE key = ?", (key,)).fetchone() for key in keys)

    def _reserve(self, photo_id: str, path: str, keys: Iterable[str]) -> None:
        self._connection.executemany("INSERT INTO paths VALUES (?, ?)", ((key, photo_id) for key in keys))
        self._connection.execute("UPDATE photos SET path = ? WHERE photo_id = ?", (path, photo_id))

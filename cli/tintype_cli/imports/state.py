"""What an import has done so far, in a SQLite file outside its source.

Uploads are kept by the SHA-256 of their bytes, so the same bytes are one upload, whatever their files are called. Each
step is written before the next one begins: after a kill, the rows say what may have happened, and the library is asked.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Any, Self

from tintype_cli.imports.errors import StateError
from tintype_cli.imports.uploads import AlbumMatch, Copy, FileResult, Form, Join, Stage, Upload
from tintype_cli.photos import ImportPhoto, Problem

VERSION = 1
ROWS_PER_READ = 1000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified REAL NOT NULL, sha256 TEXT NOT NULL, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
    sha256 TEXT PRIMARY KEY, path TEXT NOT NULL, run INTEGER NOT NULL, stage TEXT NOT NULL, photo_id TEXT NOT NULL,
    sent_run INTEGER NOT NULL, form TEXT
);
CREATE INDEX IF NOT EXISTS uploads_by_stage ON uploads (stage);
CREATE TABLE IF NOT EXISTS albums (
    key TEXT PRIMARY KEY, album_id TEXT NOT NULL, is_new INTEGER NOT NULL, is_finished INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trash (sha256 TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS joins (album_id TEXT, sha256 TEXT, PRIMARY KEY (album_id, sha256)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copies (sha256 TEXT, path TEXT, fields TEXT, PRIMARY KEY (sha256, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (sha256 TEXT, reason TEXT, PRIMARY KEY (sha256, reason)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS problems (
    path TEXT, reason TEXT, is_skipped INTEGER NOT NULL, PRIMARY KEY (path, reason)
) WITHOUT ROWID;
"""


class ImportState:
    """The state of one import. Usable by several threads, by one process at a time. Raises StateError.

    `run` counts the runs from 1.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = RLock()
        with self._explained():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=0)
            try:
                self._open()
            except BaseException:
                self._db.close()
                raise

    def __enter__(self) -> Self:
        """The state itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file. A thread that goes on after an error gets a StateError then."""
        with self._lock:
            self._db.close()

    # Files

    def find_sha256(self, photo: ImportPhoto) -> str | None:
        """The SHA-256 of a file, if it is the one of an earlier run."""
        row = self._row("SELECT size, modified, sha256 FROM files WHERE path = ?", photo.path)
        return str(row[2]) if row and (row[0], row[1]) == (photo.size, photo.modified) else None

    def add_file(self, photo: ImportPhoto, sha256: str) -> None:
        """Note that this run has met a file."""
        values = (photo.path, photo.size, photo.modified, sha256, self.run)
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", *values)

    def find_photo_id(self, path: str) -> str | None:
        """The id of the photo with the bytes of a file, if the library has it."""
        row = self._row(
            "SELECT photo_id FROM files JOIN uploads USING (sha256) WHERE files.path = ? AND stage IN (?, ?)",
            *(path, Stage.DONE, Stage.PRESENT),
        )
        return str(row[0]) if row else None

    # Uploads

    def has_uploads(self) -> bool:
        """Whether any upload was begun."""
        return self._row("SELECT 1 FROM uploads") is not None

    def find_upload(self, sha256: str) -> Upload | None:
        """The upload of these bytes."""
        row = self._row("SELECT * FROM uploads WHERE sha256 = ?", sha256)
        return _upload(row) if row else None

    def save(self, upload: Upload) -> Upload:
        """Add or replace an upload; returns it."""
        form = json.dumps([upload.form.url, dict(upload.form.fields), upload.form.expires_at]) if upload.form else None
        values = (upload.sha256, upload.path, upload.run, upload.stage, upload.photo_id, upload.sent_run)
        self._write("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)", *values, form)
        return upload

    def move(self, upload: Upload, stage: Stage) -> Upload:
        """Save an upload in another stage, without its form; returns it."""
        return self.save(replace(upload, stage=stage, form=None))

    def list_uploads(self, stage: Stage, limit: int = 100) -> list[Upload]:
        """Uploads in a stage, in the order in which they were saved."""
        select = "SELECT * FROM uploads WHERE stage = ? ORDER BY rowid LIMIT ?"
        return [_upload(row) for row in self._rows(select, stage, limit)]

    def count_uploads(self, stage: Stage) -> int:
        """How many uploads are in a stage."""
        return int(self._rows("SELECT count(*) FROM uploads WHERE stage = ?", stage)[0][0])

    def add_note(self, sha256: str, reason: str) -> None:
        """Note what people should know of the photo with these bytes. The report of each run that meets it says so."""
        self._write("INSERT OR IGNORE INTO notes VALUES (?, ?)", sha256, reason)

    def remove_notes(self, sha256: str) -> None:
        """Forget the notes about a photo that is brought in anew, or not by this import."""
        self._write("DELETE FROM notes WHERE sha256 = ?", sha256)

    # Copies

    def add_copy(self, sha256: str, path: str, fields: Mapping[str, Any]) -> None:
        """Note that another file with these bytes says more of the photo."""
        self._write("INSERT OR REPLACE INTO copies VALUES (?, ?, ?)", sha256, path, json.dumps(fields))

    def list_copies(self, limit: int = 100) -> list[Copy]:
        """Copies whose photos are processed."""
        select = "SELECT copies.path, fields, uploads.* FROM copies JOIN uploads USING (sha256) WHERE stage = ? LIMIT ?"
        return [
            Copy(path, json.loads(fields), _upload(row)) for path, fields, *row in self._rows(select, Stage.DONE, limit)
        ]

    def remove_copy(self, copy: Copy) -> None:
        """Note that the photo has what a copy says, or can't."""
        self._write("DELETE FROM copies WHERE sha256 = ? AND path = ?", copy.upload.sha256, copy.path)

    # Trash

    def add_trash(self, sha256: str) -> None:
        """Note that the photo with these bytes must be moved to the trash."""
        self._write("INSERT OR IGNORE INTO trash VALUES (?)", sha256)

    def remove_trash(self, sha256: str) -> None:
        """Note that the photo with these bytes is in the trash, or does not belong there."""
        self._write("DELETE FROM trash WHERE sha256 = ?", sha256)

    def list_trash(self, limit: int = 100) -> list[Upload]:
        """Processed photos that must be moved to the trash."""
        select = "SELECT uploads.* FROM trash JOIN uploads USING (sha256) WHERE stage = ? LIMIT ?"
        return [_upload(row) for row in self._rows(select, Stage.DONE, limit)]

    # Albums

    def find_album(self, key: str) -> AlbumMatch | None:
        """The library's album for one of the source."""
        row = self._row("SELECT key, album_id, is_new, is_finished FROM albums WHERE key = ?", key)
        return AlbumMatch(row[0], row[1], bool(row[2]), bool(row[3])) if row else None

    def save_album(self, album: AlbumMatch) -> None:
        """Add or replace an album."""
        values = (album.key, album.album_id, album.is_new, album.is_finished)
        self._write("INSERT OR REPLACE INTO albums VALUES (?, ?, ?, ?)", *values)

    def remove_album(self, key: str) -> None:
        """Forget an album that the library has no longer."""
        self._write("DELETE FROM albums WHERE key = ?", key)

    def reopen_albums(self, album_ids: Sequence[str]) -> None:
        """Note that photos join these albums, so that their order and cover must be set again."""
        for album_id in album_ids:
            self._write("UPDATE albums SET is_finished = 0 WHERE album_id = ? AND is_finished", album_id)

    def add_joins(self, sha256: str, album_ids: Sequence[str]) -> None:
        """Note that the photo with these bytes must join albums."""
        for album_id in album_ids:
            self._write("INSERT OR IGNORE INTO joins VALUES (?, ?)", album_id, sha256)

    def list_joins(self, limit: int = 100) -> list[Join]:
        """Photos that the library has, and that must join one album; empty if there are none for any album."""
        stages = (Stage.DONE, Stage.PRESENT)
        first = self._row("SELECT album_id FROM joins JOIN uploads USING (sha256) WHERE stage IN (?, ?)", *stages)
        if first is None:
            return []
        rows = self._rows(
            "SELECT album_id, sha256, path, photo_id FROM joins JOIN uploads USING (sha256)"
            " WHERE album_id = ? AND stage IN (?, ?) LIMIT ?",
            *(first[0], *stages, limit),
        )
        return [Join(*row) for row in rows]

    def remove_join(self, join: Join) -> None:
        """Note that a photo has joined an album, or can't."""
        self._write("DELETE FROM joins WHERE album_id = ? AND sha256 = ?", join.album_id, join.sha256)

    # The report of this run

    def add_problem(self, problem: Problem) -> None:
        """Note a problem."""
        values = (problem.path, problem.reason, problem.is_skipped)
        self._write("INSERT OR REPLACE INTO problems VALUES (?, ?, ?)", *values)

    def problems(self) -> Iterator[Problem]:
        """The problems of this run, and the notes about the photos that it met, by path."""
        select = (
            "SELECT path, reason, is_skipped FROM problems UNION ALL"
            # The file that was sent, if it is still there.
            " SELECT ifnull(max(iif(files.path = uploads.path, files.path, NULL)), min(files.path)), reason, 0"
            " FROM notes JOIN uploads USING (sha256) JOIN files USING (sha256) WHERE files.run = ?"
            " GROUP BY sha256, reason ORDER BY path"
        )
        for path, reason, is_skipped in self._each(select, self.run):
            yield Problem(path, reason, bool(is_skipped))

    def results(self) -> Iterator[FileResult]:
        """What became of each file of this run, by path."""
        select = (
            "SELECT files.path, photo_id, stage, sent_run, uploads.path FROM files JOIN uploads USING (sha256)"
            " WHERE files.run = ? ORDER BY files.path"
        )
        for path, photo_id, stage, sent_run, first_path in self._each(select, self.run):
            yield FileResult(path, photo_id, Stage(stage), sent_run, first_path)

    def _open(self) -> None:
        # A second process is refused, and a killed one leaves no lock.
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StateError(f"A newer version of this command wrote {self.file}. Update it to continue the import.")
        self._db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        self._db.execute(f"PRAGMA user_version={VERSION}")
        self._db.execute("DELETE FROM problems")
        self.run = int(self._db.execute("INSERT INTO runs DEFAULT VALUES").lastrowid or 0)

    def _write(self, statement: str, *values: object) -> None:
        with self._explained(), self._lock:
            self._db.execute(statement, values)

    def _row(self, select: str, *values: object) -> Any:
        with self._explained(), self._lock:
            return self._db.execute(select, values).fetchone()

    def _rows(self, select: str, *values: object) -> list[Any]:
        with self._explained(), self._lock:
            return self._db.execute(select, values).fetchall()

    def _each(self, select: str, *values: object) -> Iterator[Any]:
        with self._explained():
            with self._lock:
                cursor = self._db.execute(select, values)
            while True:
                with self._lock:
                    rows = cursor.fetchmany(ROWS_PER_READ)
                if not rows:
                    return
                yield from rows

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise StateError for errors of SQLite and of the file system."""
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(_explain(error, self.file)) from error
        except OSError as error:
            raise StateError(f"{self.file} can't be written: {error.strerror}.") from error


def _upload(row: Any) -> Upload:
    sha256, path, run, stage, photo_id, sent_run, form = row
    return Upload(sha256, path, run, Stage(stage), photo_id, sent_run, Form(*json.loads(form)) if form else None)


def _explain(error: sqlite3.Error, file: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return f"Another import from this source is running: it uses {file}."
    if code == sqlite3.SQLITE_FULL:
        return f"The disk of {file} is full. Free some space, and run the command again."
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return f"{file} is damaged. Delete it, and run the command again: photos that arrived are not sent twice."
    return f"{file} can't be used: {error}."

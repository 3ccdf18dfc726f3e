"""An export: lists the library, copies what has changed, and writes the catalogue."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from shutil import rmtree
from threading import Event
from typing import Any

from tintype_cli.api.client import PAGE_SIZE, LibraryClient
from tintype_cli.catalogue import CATALOGUE_NAME, CatalogueError, Line, end_line, header_line, read, to_text
from tintype_cli.export.decisions import Copied
from tintype_cli.export.destination import STATE_FOLDER, prepare
from tintype_cli.export.files import replaced
from tintype_cli.export.listing import find_photo, list_albums, list_photos, list_shares
from tintype_cli.export.names import sidecar_path
from tintype_cli.export.originals import Originals
from tintype_cli.export.photo_files import Outcome, copy_files
from tintype_cli.export.report import Report
from tintype_cli.export.store import Store, StoreError
from tintype_cli.progress import Monitor, ProgressBars

STORE_NAME = "export.sqlite"
PENDING_PER_JOB = 4

type Json = Mapping[str, Any]


@dataclass
class Export:
    """An export of the library of `client` into the folder `root`, which is empty, a former export, or confirmed."""

    client: LibraryClient
    root: Path
    jobs: int
    version: str  # of the command
    is_deleting: bool = False  # whether files of photos that the library no longer has are deleted
    allows_other_files: bool = False  # whether the folder may contain files that are of no export
    monitor: Monitor = field(default_factory=ProgressBars)
    stop: Event = field(default_factory=Event)
    report: Report = field(default_factory=Report)

    def run(self) -> Report:
        """Export; raises LibraryError, StoreError, OSError and sqlite3.Error. Running it again continues."""
        temporary = prepare(self.root, allows_other_files=self.allows_other_files)
        me = self.client.get("/me")
        with Store(self.root / STATE_FOLDER / STORE_NAME) as store:
            for left in temporary.iterdir():  # by a run that was killed
                left.unlink()
            self._check_owner(store, me["id"])
            originals = Originals(self.client, temporary, self.stop)
            with ThreadPoolExecutor(self.jobs) as pool:
                try:
                    self._copy(store, pool, originals, list_photos(self.client))
                    self._copy(store, pool, originals, self._find_unlisted(store))
                except BaseException:
                    self.stop.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise
            self._handle_gone(store)
            self._write_catalogue(store, temporary, can_share="share" in me["can"])
            rmtree(temporary, ignore_errors=True)  # the sign of an export that is not finished
        return self.report

    def _check_owner(self, store: Store, owner: str) -> None:
        """Raise StoreError if the folder is someone else's; continue that of a lost store by its catalogue."""
        if store.about("owner") not in (None, owner):
            raise StoreError(f"{self.root} is the export of another person or another library: choose another folder.")
        if store.about("owner") is None:
            with suppress(FileNotFoundError, CatalogueError), (self.root / CATALOGUE_NAME).open("rb") as file:
                photos = (line for line in read(file) if isinstance(line, Line) and line.kind == "photo")
                store.add_former(line for line in photos if line.fields["path"])
        store.set_about("owner", owner)
        store.commit()

    def _copy(self, store: Store, pool: ThreadPoolExecutor, originals: Originals, photos: Iterable[Json]) -> None:
        """Bring the files of these photos up to date; a few at a time are in memory."""
        pending: set[Future[Outcome]] = set()
        for page in batched(photos, PAGE_SIZE):
            tasks = [(photo, self._prepare(store, photo)) for photo in page]
            store.commit()  # paths are known before there is a file
            for photo, copied in tasks:
                pending.add(pool.submit(copy_files, originals, self.root, photo, copied))
                if len(pending) >= self.jobs * PENDING_PER_JOB:
                    pending = self._collect(store, pending)
        while pending:
            pending = self._collect(store, pending)
        store.commit()

    def _prepare(self, store: Store, photo: Json) -> Copied:
        """Note a photo, and choose its path if it has none yet."""
        store.set_listed(photo)
        return store.copied(photo["photo_id"]) or Copied(store.choose_path(photo, self.root))

    def _collect(self, store: Store, pending: set[Future[Outcome]]) -> set[Future[Outcome]]:
        """Note the outcomes of what is ready; returns what is still pending."""
        ready, remaining = wait(pending, return_when=FIRST_COMPLETED)
        for outcome in (future.result() for future in ready):
            photo = outcome.photo
            if outcome.copied is None:
                self.report.problems.append((photo["filename"], outcome.problem))
            else:
                store.set_copied(photo["photo_id"], outcome.copied)
                store.set_listed(photo)
            if outcome.new_bytes:
                self.report.copied += 1
                self.report.copied_bytes += outcome.new_bytes
            if outcome.new_bytes or outcome.copied is None:
                self.monitor.advance(1, outcome.new_bytes)
            else:
                self.monitor.skip()
        return remaining

    def _find_unlisted(self, store: Store) -> Iterator[Json]:
        """The photos of former runs that are not listed, but still there: they changed while this run listed photos."""
        for photo_id in store.unlisted():
            photo = find_photo(self.client, photo_id)
            if photo is None:
                store.set_gone(photo_id)
            else:
                yield photo

    def _handle_gone(self, store: Store) -> None:
        """Name the photos that the library no longer has; delete their files if that is wanted."""
        self.report.is_gone_deleted = self.is_deleting
        for photo_id, path in store.gone():
            if path:
                self.report.gone.append(path)
            if self.is_deleting:
                for name in (path, sidecar_path(path)) if path else ():
                    (self.root / name).unlink(missing_ok=True)
                store.forget(photo_id)
        store.commit()

    def _write_catalogue(self, store: Store, temporary: Path, *, can_share: bool) -> None:
        report = self.report
        with replaced(self.root / CATALOGUE_NAME, temporary) as file:

            def write(lines: Iterable[Json]) -> int:
                return sum(bool(file.write(to_text(line).encode())) for line in lines)

            write([header_line(datetime.now(UTC), self.version)])
            report.photos = write(store.lines())
            report.albums = write(list_albums(self.client, with_members=can_share))
            report.shares = write(list_shares(self.client)) if can_share else None
            write([end_line(report.photos, report.albums, report.shares)])

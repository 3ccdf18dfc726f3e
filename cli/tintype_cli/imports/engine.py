"""An import, from the source's files to a finished library.

Each file is hashed, the library is asked in batches which bytes it has, and the others are sent in parallel. Photos are
finished once they are processed: the trash, albums of photos that were there before, and the order of albums.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import batched

from tintype_cli.imports.albums import AlbumIds, ensure_albums, finish_albums
from tintype_cli.imports.copies import FIELDS
from tintype_cli.imports.fields import metadata_fields
from tintype_cli.imports.finishing import add_copies, join_albums, move_to_trash, wait_until_processed
from tintype_cli.imports.hashing import hash_photo
from tintype_cli.imports.library import BATCH, ImportLibrary, KnownPhoto
from tintype_cli.imports.state import ImportState
from tintype_cli.imports.transfer import Item, Transfer
from tintype_cli.imports.uploads import Stage, Upload
from tintype_cli.photos import ImportPhoto, Problem, Source
from tintype_cli.progress import Monitor

HASHERS = 2  # one reads while the other computes
MAX_WAITING = 2 * BATCH  # files that wait to be sent


@dataclass(frozen=True, slots=True)
class Options:
    """`same_ids` keeps the photo ids of the source where the library accepts them; `jobs` files are sent at once."""

    same_ids: bool = True
    jobs: int = 4


class ImportEngine:
    """Imports a source. Raises LibraryError, ImportStoppedError and SourceError; the next run goes on."""

    def __init__(
        self,
        source: Source,
        library: ImportLibrary,
        state: ImportState,
        monitor: Monitor,
        options: Options,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source = source
        self._library = library
        self._state = state
        self._monitor = monitor
        self._options = options
        self._sleep = sleep
        self._transfer = Transfer(library, state, same_ids=options.same_ids, now=now, sleep=sleep)
        self._albums = AlbumIds({}, ())
        self._waiting: set[Future[None]] = set()

    def run(self, photos: int) -> None:
        """Import all photos, of which there are about so many."""
        albums = self._source.albums()
        self._albums = ensure_albums(self._library, self._state, albums)
        self._monitor.begin("Sending photos", photos)
        self._transfer_all()
        self._monitor.begin("Waiting for processing", self._state.count_uploads(Stage.SENT))
        wait_until_processed(self._library, self._state, self._monitor.advance, sleep=self._sleep)
        add_copies(self._library, self._state)
        join_albums(self._library, self._state)
        finish_albums(self._library, self._state, albums)
        move_to_trash(self._library, self._state)

    def _transfer_all(self) -> None:
        pool, hashers = ThreadPoolExecutor(self._options.jobs), ThreadPoolExecutor(HASHERS)
        try:
            for photos in batched(self._photos(), BATCH):
                items = [item for item in hashers.map(self._hash, photos) if item]
                self._transfer_batch(items, pool)
            self._collect(0)
        finally:
            # Without waiting: after an error, requests may still be repeated for minutes.
            hashers.shutdown(wait=False, cancel_futures=True)
            pool.shutdown(wait=False, cancel_futures=True)

    def _photos(self) -> Iterator[ImportPhoto]:
        for found in self._source.photos():
            if isinstance(found, Problem):
                self._state.add_problem(found)
            else:
                yield found

    def _hash(self, photo: ImportPhoto) -> Item | None:
        """The photo with its SHA-256; None if it can't be read."""
        digest = self._state.find_sha256(photo)
        if digest is None:
            try:
                digest = hash_photo(photo)
            except OSError as error:
                reason = f"The file can't be read: {error.strerror or error}."
                self._state.add_problem(Problem(photo.path, reason))
                self._monitor.advance()
                return None
        if photo.sha256 not in {None, digest}:
            reason = "The file was changed or damaged after the export: its SHA-256 is not that of the catalogue."
            self._state.add_problem(Problem(photo.path, reason, is_skipped=False))
        keys = photo.details.albums
        return Item(photo, digest, tuple(self._albums.by_key[key] for key in keys if key in self._albums.by_key))

    def _transfer_batch(self, items: Sequence[Item], pool: ThreadPoolExecutor) -> None:
        digests = list(dict.fromkeys(item.sha256 for item in items))
        known = self._library.check(digests) if digests else {}
        for item in items:
            upload = self._state.find_upload(item.sha256)
            if upload is not None and upload.run == self._state.run:
                self._add_copy(item)
                self._monitor.skip()
            elif item.sha256 in known:
                self._note_known(item, known[item.sha256], upload)
                self._monitor.skip()
            else:
                self._submit(pool, item, upload)
            self._state.add_file(item.photo, item.sha256)

    def _submit(self, pool: ThreadPoolExecutor, item: Item, upload: Upload | None) -> None:
        if upload is None and item.photo.details.trashed:
            self._state.add_trash(item.sha256)
        queued = self._state.save(replace(upload, run=self._state.run)) if upload else self._transfer.queue(item)
        self._collect(MAX_WAITING - 1)
        self._waiting.add(pool.submit(self._bring_in, item, queued, resumes=upload is not None))

    def _bring_in(self, item: Item, upload: Upload, *, resumes: bool) -> None:
        self._transfer.bring_in(item, upload, resumes=resumes)
        self._monitor.advance(1, item.photo.size)

    def _collect(self, at_most: int) -> None:
        """Wait until at most so many files are waiting to be sent; raises what their threads have raised."""
        done = {future for future in self._waiting if future.done()}
        while True:
            for future in done:
                future.result()
            self._waiting -= done
            if len(self._waiting) <= at_most:
                return
            done, _ = wait(self._waiting, return_when=FIRST_COMPLETED)

    def _add_copy(self, item: Item) -> None:
        """A second file with the bytes of one of this run: one photo, in the albums of both."""
        is_first_time = self._state.find_sha256(item.photo) is None
        self._state.add_joins(item.sha256, item.album_ids if is_first_time else self._created(item))
        if not item.photo.details.trashed:
            self._state.remove_trash(item.sha256)
        # Copies in an export are its duplicates and its trash: their photo is to be as it was.
        if is_first_time and item.photo.photo_id is None:
            body = metadata_fields(item.photo.details).body
            if fields := {name: body[name] for name in FIELDS if name in body}:
                self._state.add_copy(item.sha256, item.photo.path, fields)

    def _note_known(self, item: Item, known: KnownPhoto, upload: Upload | None) -> None:
        """The library has these bytes: by this import, or by others, whose photos stay as they are."""
        own = upload if upload is not None and upload.photo_id == known.photo_id else None
        if known.state == "trashed" and not item.photo.details.trashed and (own is None or own.stage is Stage.PRESENT):
            reason = "The library has this photo in the trash. Restore it there."
            self._state.add_problem(Problem(item.photo.path, reason))
        if own is None:
            self._state.add_joins(item.sha256, item.album_ids)
            self._state.remove_trash(item.sha256)
            self._state.remove_notes(item.sha256)
            self._state.save(Upload(item.sha256, item.photo.path, self._state.run, Stage.PRESENT, known.photo_id))
            return
        self._state.add_joins(item.sha256, self._created(item))
        stage = own.stage if own.stage in {Stage.DONE, Stage.PRESENT} else Stage.SENT
        self._state.save(replace(own, run=self._state.run, stage=stage, form=None))

    def _created(self, item: Item) -> tuple[str, ...]:
        """Of the albums of a photo that was met before, those that are new in this run."""
        return tuple(album_id for album_id in item.album_ids if album_id in self._albums.created)

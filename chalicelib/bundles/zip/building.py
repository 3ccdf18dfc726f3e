"""The way through: originals in, one finished zip out, or nothing at all.

Whoever begins a volume does away with what an earlier attempt left of it; whatever goes wrong, or is cancelled,
does away with its own. The object appears only when it is complete, and replaces what an earlier attempt made.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain

from chalicelib.bundles.zip.archive import MAX_ENTRY_OVERHEAD, Archive
from chalicelib.bundles.zip.entries import BuiltVolume, Entry, Skipped
from chalicelib.bundles.zip.naming import SKIPPED_LIST_NAME
from chalicelib.bundles.zip.parts import MIB, MultipartUploader, PartWriter, part_size
from chalicelib.bundles.zip.readahead import OriginalReader, ReadAhead
from chalicelib.errors import NotFound

READERS = 8
UPLOADERS = 3
ORIGINAL_DELETED = "It was deleted before it could be copied."

type ProgressCallback = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ZipBuilder:
    """Makes volumes. In memory are at most `window` bytes read ahead, a piece, and a part for each sender and one."""

    originals: OriginalReader
    uploads: MultipartUploader
    chunk_size: int = 8 * MIB
    read_ahead_bytes: int = 24 * MIB
    part_size: int = 8 * MIB

    def build(self, key: str, filename: str, entries: Iterable[Entry], on_progress: ProgressCallback) -> BuiltVolume:
        """Make the volume of these entries under `key`, which a browser will save as `filename`.

        `tell` hears how many photos, and bytes of photos, are in it so far, the last time just before it is
        completed; what it raises goes through. Raises Conflict where an original went missing after it was begun,
        is not as long as its record says, or somebody else makes this volume; Unavailable.
        """
        planned = tuple(entries)
        for left in self.uploads.list_unfinished(key):
            self.uploads.abort(key, left)
        upload = self.uploads.create(key, filename)
        try:
            with _thread_pool(READERS) as readers, _thread_pool(UPLOADERS) as senders:
                size = part_size(sum(entry.bytes + MAX_ENTRY_OVERHEAD for entry in planned), self.part_size)
                parts = PartWriter(
                    partial(self.uploads.upload_part, key, upload), senders, size=size, max_in_flight=UPLOADERS
                )
                volume = _ZipStream(
                    ReadAhead(
                        self.originals, planned, readers, chunk_size=self.chunk_size, max_bytes=self.read_ahead_bytes
                    ),
                    on_progress,
                )
                for data in volume.chunks(planned):
                    parts.write(data)
                etags = parts.finish()
            on_progress(volume.photos, volume.bytes)
            self.uploads.complete(key, upload, etags)
        except BaseException:
            # No part is on its way any more: one that came later would stay. If this fails as well, the next attempt
            # aborts it, or the bucket's own rule.
            with suppress(Exception):
                self.uploads.abort(key, upload)
            raise
        return BuiltVolume(volume.photos, parts.bytes, tuple(volume.skipped))


class _ZipStream:
    """One volume while it is written."""

    def __init__(self, originals: ReadAhead, tell: ProgressCallback) -> None:
        self.photos = 0
        self.bytes = 0
        self.skipped: list[Skipped] = []
        self._originals = originals
        self._archive = Archive()
        self._on_progress = tell

    def chunks(self, entries: Iterable[Entry]) -> Iterator[bytes]:
        """The zip of these entries, and of the list of those that are gone."""
        gone = list[Entry]()
        for entry in entries:
            pieces = self._originals.read(entry)
            try:
                first = next(pieces)
            except NotFound:
                self._originals.skip(entry)
                gone.append(entry)
                continue
            counted = self._count(chain([first], pieces))
            yield from self._archive.add(entry.name, entry.timestamp, entry.bytes, counted)
            self.photos += 1
            self._on_progress(self.photos, self.bytes)
        if gone:
            self.skipped = [Skipped(entry.photo_id, entry.name, ORIGINAL_DELETED) for entry in gone]
            told = "".join(f"{skipped.name}: {skipped.reason}\n" for skipped in self.skipped).encode()
            yield from self._archive.add(SKIPPED_LIST_NAME, max(entry.timestamp for entry in gone), len(told), [told])
        yield from self._archive.close()

    def _count(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self.bytes += len(piece)
            self._on_progress(self.photos, self.bytes)


@contextmanager
def _thread_pool(number: int) -> Iterator[Executor]:
    """So many threads; at the end what has not begun is dropped, and what has is waited for."""
    threads = ThreadPoolExecutor(number)
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)

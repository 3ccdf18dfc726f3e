"""Builds the zip of one volume from its images: either the whole zip or nothing.

A build first aborts the uploads that earlier attempts left behind, and aborts its own if it fails. The object appears
only when the upload is complete, and replaces the object of an earlier attempt.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain

from chalicelib.bundles.zip.archive import MAX_ENTRY_OVERHEAD, Archive
from chalicelib.bundles.zip.entries import BuiltVolume, Entry, Skipped
from chalicelib.bundles.zip.naming import SKIPPED_LIST_NAME, sidecar_name
from chalicelib.bundles.zip.parts import MIB, MultipartUploader, PartWriter, part_size
from chalicelib.bundles.zip.readahead import EntryReader, ReadAhead
from chalicelib.errors import NotFound

READERS = 8
UPLOADERS = 3
IMAGE_GONE = "It was deleted or replaced before it could be copied."

type ProgressCallback = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ZipBuilder:
    """Builds volumes. Memory: `read_ahead_bytes`, one chunk, and one part more than there are uploaders."""

    images: EntryReader
    uploads: MultipartUploader
    chunk_size: int = 8 * MIB
    read_ahead_bytes: int = 24 * MIB
    part_size: int = 8 * MIB

    def build(self, key: str, filename: str, entries: Iterable[Entry], on_progress: ProgressCallback) -> BuiltVolume:
        """Build the zip of these entries under `key`; browsers save it as `filename`.

        Calls `on_progress(photos, bytes)` with the photos and bytes of files written so far, for the last time
        just before completing the upload; exceptions from it propagate. Raises Conflict if an image disappears
        while it is read or differs from its recorded size, or if another worker builds this volume; Unavailable.
        """
        planned = tuple(entries)
        for unfinished in self.uploads.list_unfinished(key):
            self.uploads.abort(key, unfinished)
        upload = self.uploads.create(key, filename)
        try:
            with _thread_pool(READERS) as readers, _thread_pool(UPLOADERS) as uploaders:
                size = part_size(sum(entry.total_bytes + 2 * MAX_ENTRY_OVERHEAD for entry in planned), self.part_size)
                upload_part = partial(self.uploads.upload_part, key, upload)
                parts = PartWriter(upload_part, uploaders, size=size, max_in_flight=UPLOADERS)
                images = ReadAhead(
                    self.images, planned, readers, chunk_size=self.chunk_size, max_bytes=self.read_ahead_bytes
                )
                stream = _ZipStream(images, on_progress)
                for data in stream.chunks(planned):
                    parts.write(data)
                etags = parts.finish()
            on_progress(stream.photos, stream.bytes)
            self.uploads.complete(key, upload, etags)
        except BaseException:
            # All part uploads have ended: a part that arrived after the abort would stay. If the abort fails, the next
            # attempt or the bucket's lifecycle rule aborts the upload.
            with suppress(Exception):
                self.uploads.abort(key, upload)
            raise
        return BuiltVolume(stream.photos, parts.bytes, tuple(stream.skipped))


class _ZipStream:
    """The zip of one volume as a stream of bytes, with counters."""

    def __init__(self, images: ReadAhead, on_progress: ProgressCallback) -> None:
        self.photos = 0
        self.bytes = 0
        self.skipped: list[Skipped] = []
        self._images = images
        self._archive = Archive()
        self._on_progress = on_progress

    def chunks(self, entries: Iterable[Entry]) -> Iterator[bytes]:
        """Yield the zip of these entries; it ends with a list of the skipped ones, if any."""
        deleted = list[Entry]()
        for entry in entries:
            chunks = self._images.read(entry)
            try:
                first = next(chunks)
            except NotFound:
                self._images.skip(entry)
                deleted.append(entry)
                continue
            counted = self._count(chain([first], chunks))
            yield from self._archive.add(entry.name, entry.timestamp, entry.bytes, counted)
            if entry.sidecar:
                name, size = sidecar_name(entry.name), len(entry.sidecar)
                yield from self._archive.add(name, entry.timestamp, size, self._count([entry.sidecar]))
            self.photos += 1
            self._on_progress(self.photos, self.bytes)
        if deleted:
            self.skipped = [Skipped(entry.photo_id, entry.name, IMAGE_GONE) for entry in deleted]
            text = "".join(f"{skipped.name}: {skipped.reason}\n" for skipped in self.skipped).encode()
            timestamp = max(entry.timestamp for entry in deleted)
            yield from self._archive.add(SKIPPED_LIST_NAME, timestamp, len(text), [text])
        yield from self._archive.close()

    def _count(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self.bytes += len(chunk)
            self._on_progress(self.photos, self.bytes)


@contextmanager
def _thread_pool(size: int) -> Iterator[Executor]:
    """A thread pool; on exit it cancels the tasks that have not started and waits for the others."""
    pool = ThreadPoolExecutor(size)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)

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

from chalicelib.bundles.zip.archive import MOST_BESIDE, Archive
from chalicelib.bundles.zip.entries import BuiltVolume, Entry, Skipped
from chalicelib.bundles.zip.naming import NOT_INCLUDED
from chalicelib.bundles.zip.parts import MIB, MultipartUploader, PartWriter, size_for
from chalicelib.bundles.zip.readahead import OriginalReader, ReadAhead
from chalicelib.errors import NotFound

READERS = 8
SENDERS = 3
GONE = "It was deleted before it could be copied."

type Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ZipBuilder:
    """Makes volumes. In memory are at most `window` bytes read ahead, a piece, and a part for each sender and one."""

    source: OriginalReader
    sink: MultipartUploader
    piece: int = 8 * MIB
    window: int = 24 * MIB
    part: int = 8 * MIB

    def build(self, key: str, filename: str, entries: Iterable[Entry], tell: Tell) -> BuiltVolume:
        """Make the volume of these entries under `key`, which a browser will save as `filename`.

        `tell` hears how many photos, and bytes of photos, are in it so far, the last time just before it is
        completed; what it raises goes through. Raises Conflict where an original went missing after it was begun,
        is not as long as its record says, or somebody else makes this volume; Unavailable.
        """
        planned = tuple(entries)
        for left in self.sink.unfinished(key):
            self.sink.abort(key, left)
        upload = self.sink.begin(key, filename)
        try:
            with _threads(READERS) as readers, _threads(SENDERS) as senders:
                size = size_for(sum(entry.bytes + MOST_BESIDE for entry in planned), self.part)
                parts = PartWriter(partial(self.sink.part, key, upload), senders, size=size, at_once=SENDERS)
                volume = _Volume(ReadAhead(self.source, planned, readers, piece=self.piece, window=self.window), tell)
                for data in volume.written(planned):
                    parts.write(data)
                etags = parts.finish()
            tell(volume.photos, volume.bytes)
            self.sink.complete(key, upload, etags)
        except BaseException:
            # No part is on its way any more: one that came later would stay. If this fails as well, the next attempt
            # aborts it, or the bucket's own rule.
            with suppress(Exception):
                self.sink.abort(key, upload)
            raise
        return BuiltVolume(volume.photos, parts.bytes, tuple(volume.skipped))


class _Volume:
    """One volume while it is written."""

    def __init__(self, originals: ReadAhead, tell: Tell) -> None:
        self.photos = 0
        self.bytes = 0
        self.skipped: list[Skipped] = []
        self._originals = originals
        self._archive = Archive()
        self._tell = tell

    def written(self, entries: Iterable[Entry]) -> Iterator[bytes]:
        """The zip of these entries, and of the list of those that are gone."""
        gone = list[Entry]()
        for entry in entries:
            pieces = self._originals.of(entry)
            try:
                first = next(pieces)
            except NotFound:
                self._originals.leave_out(entry)
                gone.append(entry)
                continue
            counted = self._counted(chain([first], pieces))
            yield from self._archive.add(entry.name, entry.moment, entry.bytes, counted)
            self.photos += 1
            self._tell(self.photos, self.bytes)
        if gone:
            self.skipped = [Skipped(entry.photo_id, entry.name, GONE) for entry in gone]
            told = "".join(f"{skipped.name}: {skipped.reason}\n" for skipped in self.skipped).encode()
            yield from self._archive.add(NOT_INCLUDED, max(entry.moment for entry in gone), len(told), [told])
        yield from self._archive.close()

    def _counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            self.bytes += len(piece)
            self._tell(self.photos, self.bytes)


@contextmanager
def _threads(number: int) -> Iterator[Executor]:
    """So many threads; at the end what has not begun is dropped, and what has is waited for."""
    threads = ThreadPoolExecutor(number)
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)

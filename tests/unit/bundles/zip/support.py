"""Fake buckets of originals and bundles, and volumes built with small chunks and parts."""

import io
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import timedelta
from zipfile import ZipFile

from chalicelib.bundles.zip import BuiltVolume, Entry, EntryReader, ImageBucket, MultipartUploader, ZipBuilder
from chalicelib.bundles.zip.building import ProgressCallback
from chalicelib.ingest.originals import ORIGINAL_VERSION
from tests.fakes.bundles import MemoryMultipartUploader
from tests.fakes.s3 import MemoryDerivatives, MemoryEntryReader, MemoryOriginals
from tests.support.factories import NOON

KEY, FILENAME = "b1/1.zip", "beach 1.zip"
PIECE, WINDOW, PART = 10, 40, 16


def ignore_progress(photos: int, size: int) -> None:
    """A callback that does nothing."""


@dataclass
class ZipFixture:
    """The buckets, and the entries of the volume."""

    originals: MemoryOriginals = field(default_factory=MemoryOriginals)
    derivatives: MemoryDerivatives = field(default_factory=MemoryDerivatives)
    bundles: MemoryMultipartUploader = field(default_factory=lambda: MemoryMultipartUploader(min_part_bytes=PART))
    entries: list[Entry] = field(default_factory=list)

    def put(self, *sizes: int, resized: bool = False) -> None:
        """Store one distinct original, or derivative of an original, of each size."""
        for size in sizes:
            number = len(self.entries)
            data = bytes((number + n) % 251 for n in range(size))
            moment = NOON + timedelta(seconds=2 * number)
            key, version, bucket = f"{number}.jpg", "v1", ImageBucket.DERIVATIVES
            if resized:
                self.derivatives.put(key, data, "image/jpeg", {ORIGINAL_VERSION: version})
            else:
                version, bucket = self.originals.drop(key, data).version, ImageBucket.ORIGINALS
            self.entries.append(Entry(f"p{number}", key, version, size, f"photo {number}.jpg", moment, bucket))

    @property
    def reader(self) -> EntryReader:
        """The buckets, as bundles read them."""
        return MemoryEntryReader(self.originals, self.derivatives)

    def erase(self, number: int) -> None:
        """Delete the original of this photo permanently."""
        entry = self.entries[number]
        self.originals.versions.pop((entry.key, entry.version), None)

    def build(
        self,
        tell: ProgressCallback = ignore_progress,
        source: EntryReader | None = None,
        sink: MultipartUploader | None = None,
    ) -> BuiltVolume:
        volumes = ZipBuilder(
            source or self.reader, sink or self.bundles, chunk_size=PIECE, read_ahead_bytes=WINDOW, part_size=PART
        )
        return volumes.build(KEY, FILENAME, iter(self.entries), tell)

    def photos(self) -> dict[str, bytes]:
        """The files in the finished volume."""
        with ZipFile(io.BytesIO(self.bundles.objects[KEY])) as volume:
            return {info.filename: volume.read(info) for info in volume.infolist()}

    def expected(self, without: Container[int] = ()) -> dict[str, bytes]:
        """The files expected in the volume."""
        return {
            entry.name: bytes((number + n) % 251 for n in range(entry.bytes))
            for number, entry in enumerate(self.entries)
            if number not in without
        }

"""A bucket of originals and one of bundles, and volumes made between them in small pieces and parts."""

import io
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import timedelta
from zipfile import ZipFile

from chalicelib.bundles.zip import BuiltVolume, Entry, MultipartUploader, OriginalReader, ZipBuilder
from chalicelib.bundles.zip.building import ProgressCallback
from tests.fakes.bundles import MemoryMultipartUploader
from tests.fakes.s3 import MemoryOriginals
from tests.support.factories import NOON

KEY, FILENAME = "b1/1.zip", "beach 1.zip"
PIECE, WINDOW, PART = 10, 40, 16


def untold(photos: int, size: int) -> None:
    """Ignores progress."""


@dataclass
class Bundling:
    """Both buckets, and what the volume shall hold. `source` and `sink` may stand before the buckets."""

    originals: MemoryOriginals = field(default_factory=MemoryOriginals)
    bundles: MemoryMultipartUploader = field(default_factory=lambda: MemoryMultipartUploader(smallest=PART))
    entries: list[Entry] = field(default_factory=list)

    def put(self, *sizes: int) -> None:
        """One original of each size, no two alike."""
        for size in sizes:
            number = len(self.entries)
            data = bytes((number + n) % 251 for n in range(size))
            original = self.originals.drop(f"{number}.jpg", data)
            moment = NOON + timedelta(seconds=2 * number)
            self.entries.append(
                Entry(f"p{number}", original.key, original.version, size, f"photo {number}.jpg", moment)
            )

    def erase(self, number: int) -> None:
        """Delete the original of that photo permanently."""
        entry = self.entries[number]
        self.originals.versions.pop((entry.key, entry.version), None)

    def build(
        self,
        tell: ProgressCallback = untold,
        source: OriginalReader | None = None,
        sink: MultipartUploader | None = None,
    ) -> BuiltVolume:
        volumes = ZipBuilder(
            source or self.originals, sink or self.bundles, chunk_size=PIECE, read_ahead_bytes=WINDOW, part_size=PART
        )
        return volumes.build(KEY, FILENAME, iter(self.entries), tell)

    def photos(self) -> dict[str, bytes]:
        """What the finished volume holds, read as a zip."""
        with ZipFile(io.BytesIO(self.bundles.objects[KEY])) as volume:
            return {info.filename: volume.read(info) for info in volume.infolist()}

    def expected(self, without: Container[int] = ()) -> dict[str, bytes]:
        """What it shall hold, but those photos that are gone."""
        return {
            entry.name: bytes((number + n) % 251 for n in range(entry.bytes))
            for number, entry in enumerate(self.entries)
            if number not in without
        }

"""Reads the images of a zip: originals and derivatives, each from its bucket."""

from dataclasses import dataclass

from chalicelib.aws.s3 import S3Derivatives, S3Originals
from chalicelib.bundles.zip import Entry, ImageBucket


@dataclass(frozen=True, slots=True)
class S3EntryReader:
    """`readahead.EntryReader` over the buckets of originals and derivatives."""

    originals: S3Originals
    derivatives: S3Derivatives

    def read_range(self, entry: Entry, first: int, last: int) -> bytes:
        """Bytes `first` to `last` of an entry's image, as far as they exist; raises NotFound, Unavailable."""
        if entry.bucket is ImageBucket.ORIGINALS:
            return self.originals.read_range(entry.key, entry.version, first, last)
        return self.derivatives.read_range(entry.key, entry.version, entry.bytes, first, last)

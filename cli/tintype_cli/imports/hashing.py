"""Reads files for their SHA-256, and while they are sent."""

import os
from hashlib import sha256
from typing import BinaryIO

from tintype_cli.photos import ImportPhoto

CHUNK_BYTES = 1024 * 1024


class ChangedFileError(OSError):
    """A file is not the one that was listed or hashed."""


def hash_photo(photo: ImportPhoto) -> str:
    """The SHA-256 of a file, lower-case hexadecimal; raises OSError."""
    digest, size = sha256(), 0
    with photo.open() as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    if size != photo.size:
        raise ChangedFileError(f"it has {size:,} bytes instead of {photo.size:,}")
    return digest.hexdigest()


class VerifiedFile:
    """A file to send, which fails at its end if its bytes are not the expected ones: an unfinished form is not stored.

    It may be an entry of a zip, which is read once from beginning to end: `seek` only serves httpx, which asks for the
    size by seeking to the end and back before it reads.
    """

    def __init__(self, file: BinaryIO, size: int, digest: str) -> None:
        self._file = file
        self._size = size
        self._expected = digest
        self._digest = sha256()
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises ChangedFileError at the end of another file."""
        chunk = self._file.read(size)
        self._digest.update(chunk)
        if not chunk and self._digest.hexdigest() != self._expected:
            raise ChangedFileError("it changed while it was read")
        return chunk

    def tell(self) -> int:
        """The position that was last sought."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Note a position; reading goes on where it was."""
        self._position = self._size + offset if whence == os.SEEK_END else offset
        return self._position

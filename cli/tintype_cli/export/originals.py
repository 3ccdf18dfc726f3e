"""Downloads an original until it is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

from tintype_cli.api.client import DELAYS, LibraryClient
from tintype_cli.api.errors import ApiError, StorageError, UnreachableError
from tintype_cli.export.files import file_sha256, replaced

EXPIRED, MISSING = 403, 404
MAX_ANSWERS = 3  # to requests for the photo, because its URL had expired or its original was replaced


class OriginalError(Exception):
    """An original can't be copied; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Original:
    """An original on the disk, and the photo as the library answered it last."""

    photo: Mapping[str, Any]
    sha256: str
    bytes: int
    is_new: bool  # downloaded by this call


@dataclass(frozen=True, slots=True)
class Originals:
    """Copies originals. Usable by several threads."""

    client: LibraryClient
    temporary: Path
    stop: Event  # set when the export ends early

    def check(self, photo: Mapping[str, Any], target: Path, expected: str) -> Original:
        """The original that is there already, downloaded again if its SHA-256 is not the expected one."""
        found = file_sha256(target)
        if found == expected:
            return Original(photo, found, target.stat().st_size, is_new=False)
        return self.download(photo, target)

    def download(self, photo: Mapping[str, Any], target: Path) -> Original:
        """The original, downloaded. Asks for the photo again if its URL has expired or its checksum is another one.

        Raises OriginalError, and UnreachableError if the connection stays broken.
        """
        reason = ""
        for answer in range(MAX_ANSWERS):
            if answer:
                photo = self._ask_again(photo)
            try:
                return self._download(photo, target)
            except OriginalError as error:
                reason = str(error)
            except StorageError as error:
                if error.status == MISSING:
                    self._ask_again(photo)  # it may have been deleted meanwhile
                    raise OriginalError("The library has lost the original.") from error
                reason = str(error)
        raise OriginalError(reason)

    def _ask_again(self, photo: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self.client.get(f"/photos/{photo['photo_id']}")  # type: ignore[no-any-return]
        except ApiError as error:
            raise OriginalError(f"The library no longer has the photo: {error}") from error

    def _download(self, photo: Mapping[str, Any], target: Path) -> Original:
        """The file of this URL. Sends requests again after failures; a StorageError is what the last one ended with."""
        delays = iter(DELAYS)
        while True:
            try:
                return self._attempt(photo, target)
            except UnreachableError:
                if (delay := next(delays, None)) is None:
                    raise
            except StorageError as error:
                if not error.may_pass or (delay := next(delays, None)) is None:
                    raise
                delay = max(delay, error.retry_after)
            if self.stop.wait(delay):
                raise UnreachableError("The export was stopped.")

    def _attempt(self, photo: Mapping[str, Any], target: Path) -> Original:
        if not photo["original_url"]:
            raise OriginalError("The library has no original of it.")
        digest, size = sha256(), 0
        with replaced(target, self.temporary) as file:
            with self.client.download(photo["original_url"]) as chunks:
                for chunk in chunks:
                    if self.stop.is_set():
                        raise UnreachableError("The export was stopped.")
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
            found = digest.hexdigest()
            if photo.get("sha256") not in (None, found):
                raise OriginalError("The original has another SHA-256 than the library says.")
            if photo["bytes"] not in (None, size):
                raise OriginalError(f"The original has {size:,} bytes, and {photo['bytes']:,} by the library's record.")
        return Original(photo, found, size, is_new=True)

"""Sources in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

from tintype_cli.photos import ImportAlbum, ImportPhoto, PhotoDetails, Problem


@dataclass
class MemorySource:
    """A source of these photos and albums."""

    found: Sequence[ImportPhoto | Problem]
    wanted: Sequence[ImportAlbum] = ()

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        return iter(self.found)

    def albums(self) -> Sequence[ImportAlbum]:
        return self.wanted


def photo(path: str, content: bytes | None = None, *, photo_id: str | None = None, **details: Any) -> ImportPhoto:
    """A photo whose content is its path, or this."""
    data = path.encode() if content is None else content
    return ImportPhoto(
        path=path,
        filename=path.rpartition("/")[2],
        size=len(data),
        modified=1.0,
        open=partial(BytesIO, data),
        details=PhotoDetails(**details),
        photo_id=photo_id,
    )

"""An export of a library: its catalogue, and the originals that it names."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO

from tintype_cli import catalogue
from tintype_cli.catalogue import InvalidLine, Line
from tintype_cli.photos import ImportAlbum, ImportPhoto, PhotoDetails, Problem, SourceError
from tintype_cli.sources.files import FileEntry, walk

ORIGINALS = "originals"
SIDECAR = ".xmp"
# Photos in these states come after all others, so that of the same bytes the photo that was shown is imported.
LATER_STATES = frozenset({"duplicate", "trashed"})


class ExportSource:
    """The photos and albums of an export. Lines that were altered so that they make no sense become problems.

    Raises SourceError for what is no catalogue, or one of a newer version.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._file = root / catalogue.CATALOGUE_NAME

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        """The photos by line, then duplicates and the trash; problems of lines, and files that no line names."""
        named: set[str] = set()
        shares = members = 0
        for line in self._lines():
            if isinstance(line, InvalidLine):
                yield Problem(self._place(line.number), line.reason)
            elif line.kind == "share":
                shares += 1
            elif line.kind == "album":
                members += len(line.fields["members"] or ())
            elif line.fields["state"] not in LATER_STATES:
                yield self._photo(line, named)
        for line in self._lines():
            if isinstance(line, Line) and line.kind == "photo" and line.fields["state"] in LATER_STATES:
                yield self._photo(line, named)
        yield from self._not_made_again(shares, members)
        yield from self._not_named(named)

    def albums(self) -> Sequence[ImportAlbum]:
        """The albums in the order in which they were created."""
        lines = [line.fields for line in self._lines() if isinstance(line, Line) and line.kind == "album"]
        ids = {photo_id for album in lines for photo_id in (*album["photo_ids"], album["cover_photo_id"]) if photo_id}
        paths = self._paths_of(ids) if ids else {}
        return [
            ImportAlbum(
                key=album["album_id"],
                title=album["title"],
                description=album["description"],
                order=album["order"],
                query=album["query"],
                cover=paths.get(album["cover_photo_id"]),
                photos=tuple(paths[photo_id] for photo_id in album["photo_ids"] if photo_id in paths),
            )
            for album in sorted(lines, key=lambda album: (_time(album["created_at"]), album["album_id"]))
        ]

    def _lines(self) -> Iterator[Line | InvalidLine]:
        try:
            with self._file.open("rb") as file:
                yield from catalogue.read(file)
        except OSError as error:
            raise SourceError(f"{self._file} can't be read: {error.strerror}.") from error
        except catalogue.CatalogueError as error:
            raise SourceError(str(error)) from error

    def _paths_of(self, ids: set[str]) -> dict[str, str]:
        """The paths of photos by their ids."""
        lines = (line.fields for line in self._lines() if isinstance(line, Line) and line.kind == "photo")
        return {line["photo_id"]: line["path"] for line in lines if line["photo_id"] in ids and line["path"]}

    def _photo(self, line: Line, named: set[str]) -> ImportPhoto | Problem:
        fields, place = line.fields, self._place(line.number)
        path = fields["path"]
        if path is None:
            return Problem(place, f"The export has no original of {fields['filename']}.")
        if path in named:
            return Problem(place, f"Another line names the same file, {path}.")
        named.add(path)
        file = self._root / path
        try:
            if not file.resolve().is_relative_to(self._root.resolve()):
                return Problem(place, f"{path} leads out of the folder of the export.")
            status = file.stat()
        except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
            return Problem(place, f"{path} can't be read: {getattr(error, 'strerror', None) or error}.")
        if not S_ISREG(status.st_mode):
            return Problem(place, f"{path} is not a file.")
        return ImportPhoto(
            path=path,
            filename=fields["filename"],
            size=status.st_size,
            modified=status.st_mtime,
            open=partial(_open, file),
            details=photo_details(fields),
            photo_id=fields["photo_id"],
            sha256=fields["sha256"],
        )

    def _not_made_again(self, shares: int, members: int) -> Iterator[Problem]:
        if shares:
            reason = f"{shares:,} shared links were not made again: what opens them is not in an export."
            yield Problem(catalogue.CATALOGUE_NAME, reason, is_skipped=False)
        if members:
            reason = f"{members:,} members of albums were not invited again."
            yield Problem(catalogue.CATALOGUE_NAME, reason, is_skipped=False)

    def _not_named(self, named: set[str]) -> Iterator[Problem]:
        """Files among the originals that no line names; sidecars say nothing that the catalogue does not say."""
        for found in walk(self._root / ORIGINALS):
            path = f"{ORIGINALS}/{found.path}"
            if isinstance(found, FileEntry) and path not in named and not path.endswith(SIDECAR):
                yield Problem(path, "The catalogue does not name this file.")

    def _place(self, number: int) -> str:
        return f"{catalogue.CATALOGUE_NAME}, line {number}" if number else catalogue.CATALOGUE_NAME


def photo_details(fields: dict[str, Any]) -> PhotoDetails:
    """The metadata that the owner added to a photo, from its line: that of the file is found in the file again.

    So are labels; a tag that is both the owner's and a label counts as a label.
    """
    file = fields["file"] or {}
    found = {*fields["autoTags"], *(fields["keywords"] or ()), fields["label"]}
    taken = (fields["taken_local"], fields["offset"])
    camera = fields["camera_time"] or {}
    latitude, longitude = _corrected_position(fields)
    is_corrected = taken != (camera.get("taken_local"), camera.get("offset"))
    return PhotoDetails(
        tags=tuple(tag for tag in fields["tags"] if tag not in found),
        label=fields["label"],
        weight=fields["weight"],
        status=fields["status"],
        caption=_correction(fields["caption"], file.get("caption", "")),
        rating=_correction(fields["rating"], file.get("rating", 0)),
        favorite=fields["favorite"],
        taken_local=taken[0] if is_corrected else None,
        offset=taken[1] if is_corrected else None,
        place=_correction(fields["place"] or "", file.get("place") or ""),
        latitude=latitude,
        longitude=longitude,
        created_at=_time(fields["created_at"]),
        trashed=fields["state"] == "trashed",
        albums=tuple(fields["albums"]),
        dismissed_tags=tuple(fields.get("dismissed_tags") or ()),
    )


def _corrected_position(fields: dict[str, Any]) -> tuple[float | None, float | None]:
    """The position by the owner, 0 and 0 if they removed it; None if it is that of the file, as in older catalogues."""
    coordinates, file = fields["coordinates"], fields["file"] or {}
    if coordinates == file.get("coordinates", coordinates):
        return None, None
    return (coordinates["latitude"], coordinates["longitude"]) if coordinates else (0, 0)


def _correction[T](value: T, of_file: object) -> T | None:
    """What the owner says, None if it is what the file says."""
    return None if value == of_file else value


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _open(path: Path) -> BinaryIO:
    return path.open("rb")

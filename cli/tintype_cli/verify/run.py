"""A comparison of an export with its files, and with a library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tintype_cli.api.client import LibraryClient
from tintype_cli.catalogue import CATALOGUE_NAME, CatalogueError, InvalidLine, photo_line, read
from tintype_cli.export.destination import is_unfinished
from tintype_cli.export.listing import list_albums, list_photos
from tintype_cli.progress import Monitor, ProgressBars
from tintype_cli.verify.albums import match_albums
from tintype_cli.verify.disk import check_files, list_files
from tintype_cli.verify.fields import compare_albums, compare_photos
from tintype_cli.verify.findings import Findings
from tintype_cli.verify.index import Index

_NOT_FINISHED = "the last export into this folder did not finish. Run the export again."
_SAME_BYTES = "The library has a photo with the same bytes: an import makes one of both."

type Json = Mapping[str, Any]


@dataclass
class Verification:
    """Compares the export in `root`."""

    root: Path
    findings: Findings
    monitor: Monitor = field(default_factory=ProgressBars)
    photos: int = 0
    bytes: int = 0
    _albums: list[Json] = field(default_factory=list)

    def run(self, client: LibraryClient | None) -> None:
        """Compare with the files, and with the library of `client`; raises CatalogueError, LibraryError and OSError."""
        with Index() as index:
            self._read_catalogue(index)
            if is_unfinished(self.root):
                self.findings.note(CATALOGUE_NAME, f"It may be older than the files: {_NOT_FINISHED}")
            self._compare_files(index)
            if client:
                self._compare_library(index, client)

    def _read_catalogue(self, index: Index) -> None:
        """Note the photos and albums, and which lines are invalid."""
        with self._open_catalogue() as file:
            for line in read(file):
                if isinstance(line, InvalidLine):
                    where = f"{CATALOGUE_NAME}, line {line.number}" if line.number else CATALOGUE_NAME
                    self.findings.add(where, line.reason)
                elif line.kind == "album":
                    self._albums.append(line.fields)
                elif line.kind == "photo" and not index.add_exported(line.fields):
                    self.findings.add(f"{CATALOGUE_NAME}, line {line.number}", "The photo is in another line already.")

    def _open_catalogue(self) -> BinaryIO:
        try:
            return (self.root / CATALOGUE_NAME).open("rb")
        except FileNotFoundError as error:
            if is_unfinished(self.root):
                raise CatalogueError(f"The file is missing: {_NOT_FINISHED}") from error
            raise CatalogueError("There is no such file, so this is not the folder of an export.") from error

    def _compare_files(self, index: Index) -> None:
        for photo in index.exported():
            self.photos += 1
            self.bytes += photo["bytes"] or 0
            for sentence in check_files(self.root, photo):
                self.findings.add(_name(photo), sentence)
            self.monitor.advance()
        for path in list_files(self.root):
            if not index.has_path(path):
                self.findings.note(path, "The file is not in the catalogue.")

    def _compare_library(self, index: Index, client: LibraryClient) -> None:
        for listed in list_photos(client):
            index.add_found(photo_line(listed, None))
        index.match()
        albums: list[Json] = list(list_albums(client, with_members=False))
        album_ids = match_albums(self._albums, albums)
        for photo, found in index.pairs():
            mapped = {**found, "albums": [album_ids.get(album_id, album_id) for album_id in found["albums"]]}
            for sentence in compare_photos(photo, mapped):
                self.findings.add(_name(photo), sentence)
        for missing, has_bytes in index.missing():
            if not has_bytes:
                self.findings.add(_name(missing), "The photo is not in the library.")
            elif missing["state"] != "duplicate":
                self.findings.note(_name(missing), _SAME_BYTES)
        for unknown in index.unknown():
            self.findings.add(_name(unknown), "The photo is in the library only.")
        self._compare_albums(index, albums, album_ids)

    def _compare_albums(self, index: Index, albums: list[Json], album_ids: Mapping[str, str]) -> None:
        exported = {album["album_id"]: album for album in self._albums}
        for album in albums:
            name = f"album {album['title']}"
            if album["album_id"] not in album_ids:
                self.findings.add(name, "The album is in the library only.")
                continue
            mapped: Json = {
                **album,
                "cover_photo_id": index.exported_id(album["cover_photo_id"]),
                "photo_ids": [index.exported_id(photo_id) for photo_id in album["photo_ids"]],
            }
            for sentence in compare_albums(exported[album_ids[album["album_id"]]], mapped):
                self.findings.add(name, sentence)
        for album_id in exported.keys() - set(album_ids.values()):
            self.findings.add(f"album {exported[album_id]['title']}", "The album is not in the library.")


def _name(photo: Json) -> str:
    """What people know a photo by: its path in the export, else its file name and id."""
    return photo["path"] or f"{photo['filename']} ({photo['photo_id']})"

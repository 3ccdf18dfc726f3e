"""A PhotoPrism library on disk: `originals`, with a YAML file for each photo in `sidecar`, and one for each album."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from tintype_cli.photos import ImportAlbum, ImportPhoto, Problem
from tintype_cli.sources.files import FileEntry, walk
from tintype_cli.sources.formats import kind_of, skip_reason, split_extension
from tintype_cli.sources.photoprism_yaml import AlbumYaml, PhotoYaml, YamlError, read_album, read_photo

_YAML = (".yml", ".yaml")
_SEQUENCE = re.compile(r"(.+?)(?: ?\(\d+\)| copy(?: \d+)?)")  # PhotoPrism stacks IMG.jpg and IMG (2).jpg
ARCHIVED = "This photo is in PhotoPrism's archive. Tintype has no archive: it is imported as an ordinary photo."


def detect(root: Path) -> bool:
    """Whether a folder has PhotoPrism's originals and its storage, or is a storage folder with sidecars."""
    storage = root / "storage" if (root / "storage").is_dir() else root
    return (storage / "sidecar").is_dir() and any(
        folder.is_dir() for folder in (root / "originals", storage / "albums", storage / "backup")
    )


class PhotoPrismSource:
    """The photos of a PhotoPrism library with what their YAML files say, and its albums."""

    def __init__(self, root: Path) -> None:
        """`root` holds `originals` and `storage`, or the YAML files beside the photos."""
        self._root = root

    def photos(self) -> Iterator[ImportPhoto | Problem]:
        """All photos, and why the other files are none."""
        files = self._files
        albums = self._albums_by_photo()
        used = set()
        for photo in files.photos:
            sidecar = files.find_sidecar(photo.path)
            known, reasons = PhotoYaml(), []
            if sidecar:
                used.add(sidecar.path)
                try:
                    known = read_photo(sidecar)
                except (OSError, YamlError) as error:
                    reasons.append(f"Its sidecar {sidecar.path} can't be read: {error}.")
            details = known.details(albums.get(known.uid, ()))
            yield ImportPhoto(photo.path, photo.name, photo.size, photo.modified, photo.open, details)
            for reason in (*reasons, *((ARCHIVED,) if known.is_archived else ())):
                yield Problem(photo.path, reason, is_skipped=False)
        for sidecar in files.sidecars.values():
            if sidecar.path not in used:
                yield Problem(sidecar.path, "This YAML belongs to no photo here.")
        yield from files.problems
        yield from self._albums[1]

    def albums(self) -> Sequence[ImportAlbum]:
        """The albums that people made; not those that PhotoPrism makes by month, place or folder."""
        return tuple(
            ImportAlbum(album.uid, album.title, album.description, order=album.order) for album in self._albums[0]
        )

    @cached_property
    def _files(self) -> "_Files":
        return _Files(self._root)

    @cached_property
    def _albums(self) -> tuple[list[AlbumYaml], list[Problem]]:
        albums: dict[str, AlbumYaml] = {}
        problems = []
        for file in self._files.albums:
            try:
                album = read_album(file)
            except (OSError, YamlError) as error:
                problems.append(Problem(file.path, f"This YAML can't be read: {error}."))
                continue
            if album and album.photos:  # PhotoPrism keeps albums of two versions in two places
                albums.setdefault(album.uid, album)
        return list(albums.values()), problems

    def _albums_by_photo(self) -> dict[str, tuple[str, ...]]:
        """The keys of the albums of each photo by its uid."""
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for album in self._albums[0]:
            for uid in album.photos:
                keys[uid].append(album.uid)
        return {uid: tuple(found) for uid, found in keys.items()}


class _Files:
    """The files of a library by their part in it."""

    def __init__(self, root: Path) -> None:
        self.photos: list[FileEntry] = []
        self.sidecars: dict[str, FileEntry] = {}  # by path below `sidecar` or `originals`, without extension
        self.albums: list[FileEntry] = []
        self.problems: list[Problem] = []
        self._has_originals = (root / "originals").is_dir()
        generated = set()
        for item in walk(root):
            if isinstance(item, Problem):
                self.problems.append(item)
            elif (folder := self._sort(item)) is not None:
                generated.add(folder)
        for folder in sorted(generated):
            self.problems.append(
                Problem(folder, "PhotoPrism makes what is in this folder: there are no originals in it.")
            )

    def find_sidecar(self, path: str) -> FileEntry | None:
        """The YAML of a photo, which names neither its extension nor its number in a stack."""
        stem = split_extension(self._below(path))[0]
        stems = [stem, split_extension(stem)[0]]  # also of IMG.heic.jpg
        stems += [found[1] for stem in stems if (found := _SEQUENCE.fullmatch(stem))]
        return next((self.sidecars[stem] for stem in stems if stem in self.sidecars), None)

    def _sort(self, file: FileEntry) -> str | None:
        """Put a file where it belongs; return the folder of one that PhotoPrism has made."""
        folders = file.path.split("/")[:-1]
        is_yaml = file.name.casefold().endswith(_YAML)
        in_storage = bool(folders) and folders[0] in {"storage", "sidecar", "albums", "backup", "cache", "config"}
        if is_yaml and "albums" in folders[:3] and in_storage:
            self.albums.append(file)
        elif is_yaml and (not in_storage or "sidecar" in folders[:2]):
            self.sidecars[split_extension(self._below(file.path))[0]] = file
        elif self._has_originals and folders[:1] != ["originals"] and in_storage:
            return "/".join(folders[:2]) if folders[0] == "storage" else folders[0]
        elif kind_of(file.path) == "photo":
            self.photos.append(file)
        else:
            self.problems.append(Problem(file.path, skip_reason(file.path)))
        return None

    def _below(self, path: str) -> str:
        """A path below `originals` or `sidecar`."""
        for prefix in ("originals/", "storage/sidecar/", "sidecar/"):
            if path.startswith(prefix):
                return path.removeprefix(prefix)
        return path

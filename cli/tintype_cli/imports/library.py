"""What an import asks of the library's API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, BinaryIO

from tintype_cli.api.client import LibraryClient
from tintype_cli.api.errors import ApiError
from tintype_cli.imports.errors import ImportStoppedError
from tintype_cli.imports.uploads import Form

PERMISSIONS = ("read", "upload", "manage")
BATCH = 100


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo of the library. `reason` says why it was rejected."""

    photo_id: str
    state: str
    reason: str = ""
    sha256: str | None = None
    filename: str = ""


@dataclass(frozen=True, slots=True)
class LibraryAlbum:
    """An own album of the library."""

    album_id: str
    title: str
    order: str
    is_smart: bool
    cover: str | None
    created_at: str


class ImportLibrary:
    """The library that photos are imported into. Raises LibraryError. Usable by several threads."""

    def __init__(self, client: LibraryClient) -> None:
        self._client = client

    def owner(self) -> str:
        """The id of the owner of the key; raises ImportStoppedError if it lacks a permission."""
        me = self._client.get("/me")
        if missing := [name for name in PERMISSIONS if name not in me["can"]]:
            raise ImportStoppedError(
                f"The API key lacks the permissions {', '.join(missing)}. Create one with {', '.join(PERMISSIONS)}."
            )
        return str(me["id"])

    def check(self, digests: Sequence[str]) -> dict[str, KnownPhoto]:
        """Which of up to 100 files the library has, by SHA-256: ready or in the trash."""
        found = self._client.request("POST", "/uploads/check", body={"sha256": list(digests)}, repeatable=True)
        return {item["sha256"]: KnownPhoto(item["photo_id"], item["state"]) for item in found["items"]}

    def find_photo(self, photo_id: str) -> KnownPhoto | None:
        """An own photo in any state; None if there is none with this id."""
        try:
            photo = self._client.get(f"/photos/{photo_id}")
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        if not photo["mine"]:
            return None
        return KnownPhoto(
            photo["photo_id"], photo["state"], photo["reason"] or "", photo.get("sha256"), photo["filename"]
        )

    def read_photo(self, photo_id: str) -> dict[str, Any]:
        """An own photo as the API has it."""
        photo: dict[str, Any] = self._client.get(f"/photos/{photo_id}")
        return photo

    def change_photo(self, photo_id: str, version: int, changes: Mapping[str, Any]) -> None:
        """Change fields of a photo that is at a version; a lost answer may end as an error about another version."""
        self._client.request("PATCH", f"/photos/{photo_id}", body=changes, version=version, repeatable=True)

    def ticket(self, body: Mapping[str, Any]) -> Form | str:
        """The form to send the file with, or the id of the photo that has these bytes already.

        May be asked for again: the id in the body stays that of one photo.
        """
        answer = self._client.request("POST", "/uploads", body=body, repeatable=True)
        if "duplicate_of" in answer:
            return str(answer["duplicate_of"])
        expires_at = datetime.fromisoformat(answer["expires_at"]).timestamp()
        return Form(answer["upload"]["url"], answer["upload"]["fields"], expires_at)

    def send(self, form: Form, filename: str, file: BinaryIO) -> None:
        """Send a file to the storage. Raises StorageError."""
        self._client.upload(form.url, form.fields, filename, file)

    def list_albums(self) -> list[LibraryAlbum]:
        """The own albums, in the order in which they were created."""
        albums = [
            LibraryAlbum(
                item["album_id"],
                item["title"],
                item["order"],
                item["query"] is not None,
                item["cover_photo_id"],
                item["created_at"],
            )
            for item in self._client.items("/albums", {"scope": "mine"})
        ]
        return sorted(albums, key=lambda album: (album.created_at, album.album_id))

    def create_album(self, body: Mapping[str, Any]) -> str:
        """The id of a new album. Without an answer, it may exist."""
        return str(self._client.request("POST", "/albums", body=body)["album_id"])

    def add_to_album(self, album_id: str, photo_ids: Sequence[str]) -> dict[str, str]:
        """Add up to 100 photos to an album; returns the errors by photo id."""
        path = f"/albums/{album_id}/photos"
        return _errors(self._client.request("POST", path, body={"photo_ids": list(photo_ids)}, repeatable=True))

    def trash(self, photo_ids: Sequence[str]) -> dict[str, str]:
        """Move up to 100 photos to the trash; returns the errors by photo id."""
        body = {"photo_ids": list(photo_ids), "action": "trash"}
        return _errors(self._client.request("POST", "/photos/batch", body=body, repeatable=True))

    def list_album_photos(self, album_id: str) -> list[str]:
        """The ids of the photos of an album."""
        return [item["photo_id"] for item in self._client.items(f"/albums/{album_id}/photos")]

    def put_order(self, album_id: str, photo_ids: Sequence[str]) -> None:
        """Put photos of an album in order by hand."""
        self._client.request("PUT", f"/albums/{album_id}/order", body={"photo_ids": list(photo_ids)})

    def set_cover(self, album_id: str, photo_id: str) -> None:
        """Choose the cover of an album."""
        self._client.request("PATCH", f"/albums/{album_id}", body={"cover_photo_id": photo_id}, repeatable=True)


def _errors(answer: Mapping[str, Any]) -> dict[str, str]:
    return {result["photo_id"]: result["error"] for result in answer["results"] if not result["ok"]}

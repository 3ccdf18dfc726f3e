"""What a library contains, as its owner lists it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from tintype_cli.api.client import LibraryClient
from tintype_cli.api.errors import ApiError
from tintype_cli.catalogue import album_line, share_line

NOT_FOUND = 404
MAX_ORDERED_PHOTOS = 1000  # the most that an album has in order by hand
# Photos come into a state before they leave the one listed before it, but for the trash: so none is missed.
# None stands for those that are ready. A photo that is listed twice counts as it was last.
STATES = ("processing", "duplicate", "rejected", None, "trashed")

type Json = dict[str, Any]


def list_photos(client: LibraryClient) -> Iterator[Json]:
    """The photos of the key's owner, in all states; a photo that changes meanwhile may come twice, or not at all."""
    for state in STATES:
        yield from client.items("/photos", {"scope": "mine"} | ({"state": state} if state else {}))


def count_photos(client: LibraryClient) -> int:
    """About how many photos there are."""
    return int(client.get("/stats", {"scope": "mine"})["photos"])


def find_photo(client: LibraryClient, photo_id: str) -> Json | None:
    """An own photo, or None."""
    try:
        photo: Json = client.get(f"/photos/{photo_id}")
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise
    return photo if photo["mine"] and photo["state"] != "uploading" else None


def list_albums(client: LibraryClient, *, with_members: bool) -> Iterator[Json]:
    """The catalogue's lines of the own albums."""
    for album in client.items("/albums", {"scope": "mine"}):
        path = f"/albums/{album['album_id']}"
        try:
            photo_ids = list(_ordered_photos(client, path)) if album["order"] == "manual" else []
            members = client.get(f"{path}/members")["items"] if with_members else None
        except ApiError as error:
            if error.status != NOT_FOUND:  # else it has been deleted meanwhile
                raise
        else:
            yield album_line(album, photo_ids, members)


def list_shares(client: LibraryClient) -> Iterator[Json]:
    """The catalogue's lines of the shared links."""
    return map(share_line, client.items("/shares"))


def _ordered_photos(client: LibraryClient, path: str) -> Iterator[str]:
    """The ids of the own photos that come first."""
    photos = islice(client.items(f"{path}/photos"), MAX_ORDERED_PHOTOS)
    return (photo["photo_id"] for photo in photos if photo["mine"])

"""Photos, albums and links as the API answers them to their owner."""

from typing import Any


def photo(photo_id: str, **fields: Any) -> dict[str, Any]:
    """A photo that is ready, with all metadata."""
    return {
        "photo_id": photo_id,
        "filename": f"{photo_id}.jpg",
        "tags": ["lisbon", "tram"],
        "autoTags": ["tram"],
        "labels": [{"name": "tram", "confidence": 90.0}],
        "keywords": [],
        "dismissed_tags": ["bus"],
        "label": None,
        "caption": "Tram 28",
        "weight": 0.5,
        "status": "private",
        "state": "ready",
        "reason": None,
        "created_at": "2026-11-20T10:00:00.000Z",
        "createdAt": "2026-11-20T10:00:00.000Z",
        "delete_at": None,
        "taken_at": "2019-07-04T12:12:11.000Z",
        "taken_local": "2019-07-04T13:12:11.000",
        "offset": "+01:00",
        "camera_time": {"taken_local": "2019-07-04T13:12:11.000", "offset": None},
        "width": 300,
        "height": 200,
        "bytes": 8,
        "sha256": None,
        "format": "JPEG",
        "placeholder": None,
        "image_url": None,
        "thumbnail_url": None,
        "resized_url": None,
        "small_url": None,
        "original_url": f"https://bucket.test/{photo_id}?signature=1",
        "mine": True,
        "version": 3,
        "recovered": False,
        "incomplete": False,
        "favorite": True,
        "rating": 4,
        "place": "Alfama, Lisbon, Portugal",
        "coordinates": {"latitude": 38.7, "longitude": -9.1},
        "file": {"caption": "", "rating": 0, "place": None},
        "camera": None,
        "lens": None,
        "exposure": None,
        "processing": {"original": None, "resized": None},
        "albums": ["a1"],
        "guest": None,
        "review_album": None,
    } | fields


def album(album_id: str, **fields: Any) -> dict[str, Any]:
    """An own album in order by hand."""
    return {
        "album_id": album_id,
        "title": "Lisbon",
        "description": "",
        "order": "manual",
        "query": None,
        "role": "owner",
        "photos": 1,
        "bytes": 8,
        "cover_image": None,
        "cover_photo_id": None,
        "created_at": "2026-11-20T10:00:00.000Z",
        "updated_at": "2026-11-20T10:00:00.000Z",
        "version": 2,
    } | fields


def member(**fields: Any) -> dict[str, Any]:
    """A member of an album."""
    return {
        "member_id": "m1",
        "email": "ada@tintype.example",
        "role": "viewer",
        "state": "active",
        "added_at": "2026-11-20T10:00:00.000Z",
    } | fields


def share(share_id: str, **fields: Any) -> dict[str, Any]:
    """A shared link of an album."""
    return {
        "share_id": share_id,
        "album_id": "a1",
        "title": "Lisbon",
        "name": "for Ada",
        "photos": 1,
        "download": "resized",
        "add": False,
        "review": True,
        "has_password": True,
        "expires_at": None,
        "state": "active",
        "created_at": "2026-11-20T10:00:00.000Z",
        "passes": 0,
        "wrong_passwords": 0,
        "last_wrong_password_at": None,
        "uploads": {"photos": 0, "bytes": 0, "max_photos": 1, "max_bytes": 1},
        "version": 1,
    } | fields

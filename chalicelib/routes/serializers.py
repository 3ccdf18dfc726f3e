"""The API's JSON, as API.md shows it: photos, tags and tickets in the words of the outside."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from chalicelib.accounts.api_keys import GRANTABLE_PERMISSIONS, ApiKey
from chalicelib.accounts.identity import Permission
from chalicelib.accounts.notifications import Channel, Subscription, mask_address
from chalicelib.bundles.models import Bundle, BundleState
from chalicelib.container import Library
from chalicelib.ingest.processing import size_reduction_percent
from chalicelib.ingest.uploads import UploadTicket
from chalicelib.library.photo import MILLIONTHS, Photo, State, filename_for_type
from chalicelib.library.queries import TrendWithCover
from chalicelib.library.totals import Trend

URLS = frozenset({"image_url", "thumbnail_url", "resized_url", "small_url", "original_url", "cover_image"})
# What is told of the event by which a photo came in.
EVENT = ("bucket", "key", "event_name", "event_time", "region")


class Sign(Protocol):
    """Signs keys of one bucket."""

    def __call__(self, key: str, filename: str | None = None) -> str:
        """The URL of what lies under a key; a browser that follows it saves that under the name, if one is given."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Puts records into JSON for one viewer; `derivative` and `original` sign keys of the two buckets."""

    viewer: str | None
    derivative: Sign
    original: Sign

    def photo(self, photo: Photo) -> dict[str, Any]:
        """One photo; its camera, its processing and its original are told to its owner alone."""
        mine = photo.owner == self.viewer
        body: dict[str, Any] = {
            "photo_id": photo.photo_id,
            "filename": photo.filename,
            "tags": list(photo.tags),
            "autoTags": list(photo.labels),
            "label": photo.label,
            "weight": photo.weight / MILLIONTHS,
            "status": photo.visibility,
            "state": photo.state,
            "reason": photo.reason,
            "created_at": iso(photo.received_at),
            "createdAt": iso(photo.received_at),
            "taken_at": iso(photo.taken_at),
            "width": photo.width,
            "height": photo.height,
            "bytes": photo.bytes,
            "format": photo.format,
            "placeholder": photo.placeholder,
            "image_url": self._url(photo, "preview"),
            "thumbnail_url": self._url(photo, "thumbnail"),
            "resized_url": self._resized(photo),
            "small_url": self._url(photo, "small"),
            "mine": mine,
            "version": photo.version,
        }
        if photo.duplicate_of:
            body["duplicate_of"] = photo.duplicate_of
        if mine:
            body["camera"] = photo.camera
            body["original_url"] = None if photo.state is State.UPLOADING else self.original(photo.key, photo.filename)
            body["processing"] = self._processing(photo)
        return body

    def thumbnail(self, photo: Photo) -> dict[str, Any]:
        """One photo in a list of thumbnails."""
        return {
            "photo_id": photo.photo_id,
            "filename": photo.filename,
            "thumbnail_url": self._url(photo, "thumbnail"),
            "placeholder": photo.placeholder,
        }

    def tag(self, tagged: TrendWithCover) -> dict[str, Any]:
        """One trending tag with its cover."""
        return {
            "tag_name": title(tagged.trend.tag),
            "count": tagged.trend.totals.count,
            "cover_image": self._cover(tagged.cover) if tagged.cover else None,
            "last_updated": iso(tagged.trend.updated_at),
        }

    def _cover(self, photo: Photo) -> str | None:
        # A cover is small on every page; photos of before there was a small image have a preview.
        return self._url(photo, "small") or self._url(photo, "preview")

    def _url(self, photo: Photo, name: str) -> str | None:
        return self.derivative(photo.derivatives[name].key) if name in photo.derivatives else None

    def _resized(self, photo: Photo) -> str | None:
        made = photo.derivatives.get("resized")
        return self.derivative(made.key, filename_for_type(made.mime, photo.filename)) if made else None

    def _processing(self, photo: Photo) -> dict[str, Any]:
        resized = photo.derivatives.get("resized")
        facts = {"width": photo.width, "height": photo.height, "bytes": photo.bytes, "format": photo.format}
        return {
            "original": facts if photo.width else None,
            "resized": {
                "width": resized.width,
                "height": resized.height,
                "bytes": resized.bytes,
                "format": resized.format,
            }
            if resized
            else None,
            "size_reduction_percent": size_reduction_percent(photo.bytes or 0, resized.bytes) if resized else None,
            "received_at": iso(photo.received_at),
            "finished_at": iso(photo.finished_at),
            "duration_ms": photo.duration_ms,
            "event": {name: photo.event.get(name) for name in EVENT} if photo.event else None,
        }


def photo_serializer(library: Library, viewer: str | None) -> Answers:
    """The serializer of this library's photos for one viewer: an owner id, or None for anonymous callers."""
    return Answers(viewer, library.image_urls.sign, library.original_urls.sign)


def ticket(ticket: UploadTicket) -> dict[str, Any]:
    """A ticket: the form to send with the file."""
    return {
        "photo_id": ticket.photo.photo_id,
        "upload": {"method": "POST", "url": ticket.post.url, "fields": dict(ticket.post.fields)},
        "expires_at": iso(ticket.expires_at),
    }


def key(key: ApiKey) -> dict[str, Any]:
    """An API key, without anything that would let somebody in."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "can": rights(key.permissions),
        "created_at": iso(key.created_at),
        "last_used": iso(key.last_used_at),
    }


def rights(can: frozenset[Permission]) -> list[str]:
    """What a caller may do, in the words that keys are made with."""
    return [str(right) for right in GRANTABLE_PERMISSIONS if right in can]


def notifications(found: Iterable[Subscription], channels: Iterable[Channel]) -> dict[str, Any]:
    """Where somebody is told, masked, and the channels that they could subscribe."""
    return {
        "subscriptions": [
            {
                "channel": subscription.channel,
                "address": mask_address(subscription),
                "state": "confirmed" if subscription.confirmed else "pending",
            }
            for subscription in found
        ],
        "channels": list(channels),
    }


def stats(trend: Trend | None) -> dict[str, Any]:
    """A scope in figures; the months as they were counted last, at `as_of`."""
    if trend is None:
        return {"photos": 0, "bytes": 0, "tags": 0, "months": {}, "as_of": None}
    return {
        "photos": trend.totals.count,
        "bytes": trend.totals.bytes,
        "tags": trend.tag_count,
        "months": dict(sorted(trend.months.items())),
        "as_of": iso(trend.counted_at),
    }


def bundle(bundle: Bundle, now: datetime, link: Callable[[Bundle, int], str]) -> dict[str, Any]:
    """A bundle and how far it has come; a volume has its URL as soon as it is there, until the bundle expires."""
    state = bundle.state(now)
    return {
        "bundle_id": bundle.bundle_id,
        "state": state,
        "created_at": iso(bundle.created_at),
        "expires_at": iso(bundle.expires_at),
        "notify": bundle.notify,
        "reason": next((volume.reason for volume in bundle.volumes if volume.reason), None),
        "progress": {
            "photos_done": sum(volume.photos_done for volume in bundle.volumes),
            "photos": bundle.photos,
            "bytes_done": sum(volume.bytes_done for volume in bundle.volumes),
            "bytes": bundle.bytes,
        },
        "volumes": [
            {
                "number": volume.number,
                "url": link(bundle, volume.number) if volume.is_built and state is not BundleState.EXPIRED else None,
                "bytes": volume.bytes if volume.size is None else volume.size,
                "photos": volume.photos,
            }
            for volume in bundle.volumes
        ],
        "skipped": [
            {"photo_id": skipped.photo_id, "filename": skipped.name, "reason": skipped.reason}
            for volume in bundle.volumes
            for skipped in volume.skipped
        ],
    }


def completion(trend: Trend) -> dict[str, Any]:
    """One tag that completes what was typed."""
    return {"tag_name": title(trend.tag), "count": trend.totals.count}


def without_urls(body: Any) -> Any:
    """The same without its signed URLs, which say nothing of what is shown."""
    if isinstance(body, dict):
        return {name: without_urls(value) for name, value in body.items() if name not in URLS}
    return [without_urls(item) for item in body] if isinstance(body, list) else body


def labels(trends: list[Trend]) -> dict[str, Any]:
    """Labels of a library with their counts, in the shape of the Photo Asset Manager."""
    return {"labels": {title(trend.tag): {"count": trend.totals.count} for trend in trends}}


def title(tag: str) -> str:
    """A tag as people write it: each word with a capital, apostrophes left in peace."""
    return " ".join(word[:1].upper() + word[1:] for word in tag.split(" "))


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC to the millisecond, or None."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None

"""The API's JSON: photos, tags, tickets, bundles, keys and subscriptions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from chalicelib.accounts.api_keys import GRANTABLE_PERMISSIONS, ApiKey
from chalicelib.accounts.identity import Permission
from chalicelib.accounts.notifications import Channel, Subscription, mask_address
from chalicelib.albums.summaries import AlbumSummary
from chalicelib.bundles.models import Bundle, BundleState
from chalicelib.container import Container
from chalicelib.http.requests import LISTS
from chalicelib.ingest.processing import size_reduction_percent
from chalicelib.ingest.uploads import UploadTicket
from chalicelib.labels.automatic_tags import automatic_tags
from chalicelib.labels.outage import Outage
from chalicelib.library.descriptions import place_text
from chalicelib.library.facet_counts import FacetCount
from chalicelib.library.filenames import filename_for_type
from chalicelib.library.known_files import KnownFile
from chalicelib.library.photo import MILLIONTHS, Derivative, Photo, State
from chalicelib.library.photo_map import Cluster
from chalicelib.library.positions import without_position
from chalicelib.library.queries import TrendWithCover
from chalicelib.library.search_results import SearchPage
from chalicelib.library.suggestions import TAG, Suggestion
from chalicelib.library.totals import Trend
from chalicelib.library.transitions import purge_time
from chalicelib.maintenance.relabeling import Relabeling
from chalicelib.util.capture_time import CaptureTime
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import HUNDREDTHS, NANOSECONDS, Exposure
from chalicelib.util.title_case import title_case

# The fields of a photo's S3 event that its owner sees.
EVENT_FIELDS = ("bucket", "key", "event_name", "event_time", "region")


class UrlSigner(Protocol):
    """Signs object keys of one bucket."""

    def __call__(self, key: str, filename: str | None = None, *, method: str = "GET") -> str:
        """The URL of an object, signed for GET or HEAD; with `filename`, browsers save it under that name."""


@dataclass(frozen=True, slots=True)
class PhotoSerializer:
    """Serializes photos for one viewer: an owner id, or None for anonymous callers.

    Without `places`, positions that are still stored are left out.
    """

    viewer: str | None
    sign_derivative: UrlSigner
    sign_original: UrlSigner
    places: bool = True

    def photo(self, photo: Photo) -> dict[str, Any]:
        """One photo; only its owner sees camera, place, processing, original and the like."""
        is_owner = photo.owner == self.viewer
        body: dict[str, Any] = {
            "photo_id": photo.photo_id,
            "filename": photo.filename,
            "tags": list(photo.tags),
            "autoTags": list(photo.label_names),
            "label": photo.label,
            "caption": photo.caption,
            "weight": photo.weight / MILLIONTHS,
            "status": photo.visibility,
            "state": photo.state,
            "reason": photo.reason,
            "created_at": iso_time(photo.received_at),
            "createdAt": iso_time(photo.received_at),
            **capture_time(photo.capture_time),
            "width": photo.width,
            "height": photo.height,
            "bytes": photo.bytes,
            "format": photo.format,
            "placeholder": photo.placeholder,
            "image_url": self._url(photo, "preview"),
            "thumbnail_url": self._url(photo, "thumbnail"),
            "resized_url": self._resized_url(photo),
            "small_url": self._url(photo, "small"),
            "mine": is_owner,
            "version": photo.version,
        }
        if photo.duplicate_of:
            body["duplicate_of"] = photo.duplicate_of
        if is_owner:
            body["delete_at"] = iso_time(purge_time(photo))
            body["recovered"] = photo.recovered
            # While it is processed, the record may still have that of an earlier original.
            body["sha256"] = None if photo.state is State.PROCESSING else photo.sha256
            body["albums"] = list(photo.albums)
            body["guest"] = photo.guest.name if photo.guest else None
            body["review_album"] = photo.review_album
            body["incomplete"] = photo.incomplete
            body["labels"] = [asdict(label) for label in photo.labels]
            body["dismissed_tags"] = list(photo.dismissed_labels)
            body |= _descriptions(photo if self.places else without_position(photo))
            body["camera"] = photo.camera
            body["lens"] = photo.lens
            body["exposure"] = _exposure(photo.exposure) if photo.exposure else None
            body["camera_time"] = clock_time(photo.camera_time) if photo.camera_time else None
            body["original_url"] = self._original_url(photo)
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

    def trending_tag(self, tagged: TrendWithCover) -> dict[str, Any]:
        """One trending tag, camera or place with its cover."""
        return {
            "tag_name": tagged.trend.name or title_case(tagged.trend.tag),
            "automatic": not tagged.trend.name and tagged.trend.tag in automatic_tags(),
            "count": tagged.trend.totals.count,
            "cover_image": self.cover_url(tagged.cover) if tagged.cover else None,
            "last_updated": iso_time(tagged.trend.updated_at),
        }

    def cover_url(self, photo: Photo) -> str | None:
        """The URL of a small image."""
        # Covers are displayed small. Photos processed before there was a small image have a preview.
        return self._url(photo, "small") or self._url(photo, "preview")

    def _url(self, photo: Photo, name: str) -> str | None:
        return self.sign_derivative(photo.derivatives[name].key) if name in photo.derivatives else None

    def _resized_url(self, photo: Photo) -> str | None:
        resized = photo.derivatives.get("resized")
        return self.sign_derivative(resized.key, filename_for_type(resized.mime, photo.filename)) if resized else None

    def _original_url(self, photo: Photo) -> str | None:
        return None if photo.state is State.UPLOADING else self.sign_original(photo.key, photo.filename)

    def _processing(self, photo: Photo) -> dict[str, Any]:
        resized = photo.derivatives.get("resized")
        return {
            "original": _image_info(photo) if photo.width else None,
            "resized": _image_info(resized) if resized else None,
            "size_reduction_percent": size_reduction_percent(photo.bytes or 0, resized.bytes) if resized else None,
            "received_at": iso_time(photo.received_at),
            "finished_at": iso_time(photo.finished_at),
            "duration_ms": photo.duration_ms,
            "event": {name: photo.event.get(name) for name in EVENT_FIELDS} if photo.event else None,
        }


def photo_serializer(container: Container, viewer: str | None) -> PhotoSerializer:
    """The serializer for one viewer: an owner id, or None for anonymous callers."""
    places = container.settings.places == "yes"
    return PhotoSerializer(viewer, container.image_urls.sign, container.original_urls.sign, places)


def album(summary: AlbumSummary, serializer: PhotoSerializer) -> dict[str, Any]:
    """One album as its viewer sees it."""
    album = summary.viewed.album
    return {
        "album_id": album.album_id,
        "title": album.title,
        "description": album.description,
        "order": str(album.order),
        "query": album_query(album.query) if album.is_smart else None,
        "role": str(summary.viewed.role),
        "photos": summary.photos,
        "bytes": summary.bytes,
        "cover_image": serializer.cover_url(summary.cover) if summary.cover else None,
        "cover_photo_id": album.cover_id,
        "created_at": iso_time(album.created_at),
        "updated_at": iso_time(album.updated_at),
        "version": album.version,
    }


def album_query(query: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """The search of a smart album as parameters of `GET /photos`: lists of those that can be repeated."""
    return {name: list(values) if name in LISTS else values[0] for name, values in query.items()}


def upload_ticket(ticket: UploadTicket) -> dict[str, Any]:
    """An upload ticket: the presigned POST form."""
    return {
        "photo_id": ticket.photo.photo_id,
        "upload": {"method": "POST", "url": ticket.post.url, "fields": dict(ticket.post.fields)},
        "expires_at": iso_time(ticket.expires_at),
    }


def known_file(known: KnownFile) -> dict[str, Any]:
    """A file that the caller's library has."""
    return {"sha256": known.sha256, "photo_id": known.photo_id, "state": str(known.state)}


def api_key(key: ApiKey) -> dict[str, Any]:
    """An API key without its secret."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "can": permissions(key.permissions),
        "created_at": iso_time(key.created_at),
        "last_used": iso_time(key.last_used_at),
    }


def permissions(granted: frozenset[Permission]) -> list[str]:
    """The permissions of a caller that a key can be granted."""
    return [str(permission) for permission in GRANTABLE_PERMISSIONS if permission in granted]


def notifications(subscriptions: Iterable[Subscription], channels: Iterable[Channel]) -> dict[str, Any]:
    """Subscriptions with masked addresses, and the channels that the caller can subscribe."""
    return {
        "subscriptions": [
            {
                "channel": subscription.channel,
                "address": mask_address(subscription),
                "state": "confirmed" if subscription.confirmed else "pending",
            }
            for subscription in subscriptions
        ],
        "channels": list(channels),
    }


def stats(trend: Trend | None) -> dict[str, Any]:
    """The totals of a scope. `months` were last counted at `as_of`; the rest is current."""
    if trend is None:
        return {"photos": 0, "bytes": 0, "tags": 0, "months": {}, "as_of": None}
    return {
        "photos": trend.totals.count,
        "bytes": trend.totals.bytes,
        "tags": trend.tag_count,
        "months": dict(sorted(trend.months.items())),
        "as_of": iso_time(trend.counted_at),
    }


def bundle_summary(bundle: Bundle, now: datetime, warning: str | None) -> dict[str, Any]:
    """A new bundle: how many photos and bytes it has, whether its owner is sent a message, and a warning, if any."""
    summary = {
        "bundle_id": bundle.bundle_id,
        "state": bundle.state(now),
        "photos": bundle.photos,
        "bytes": bundle.bytes,
        "notify": bundle.notify,
    }
    return summary if warning is None else summary | {"warning": warning}


def bundle(bundle: Bundle, now: datetime, link: Callable[[Bundle, int], str]) -> dict[str, Any]:
    """A bundle with its progress; a volume has a URL from when it is built until the bundle expires."""
    state = bundle.state(now)
    return {
        "bundle_id": bundle.bundle_id,
        "title": bundle.title,
        "state": state,
        "created_at": iso_time(bundle.created_at),
        "expires_at": iso_time(bundle.expires_at),
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


def tag_count(trend: Trend) -> dict[str, Any]:
    """One tag with its photo count."""
    return {"tag_name": title_case(trend.tag), "count": trend.totals.count}


def labels(trends: list[Trend]) -> dict[str, Any]:
    """Tags with their photo counts, in the Photo Asset Manager's format."""
    return {"labels": {title_case(trend.tag): {"count": trend.totals.count} for trend in trends}}


def search_extras(page: SearchPage) -> dict[str, Any]:
    """What a search says besides its photos: their count, what nothing matches, and facets; each only if wanted."""
    extras: dict[str, Any] = {}
    if page.count:
        extras["found"] = {"photos": page.count.photos, "exact": page.count.is_exact}
        extras["unmatched"] = [{"parameter": each.parameter, "value": each.value} for each in page.unmatched]
    if page.facets:
        facets = page.facets
        extras["facets"] = {
            "tags": _facet(facets.tags),
            "years": _facet(facets.years),
            "cameras": _facet(facets.cameras),
            "places": _facet(facets.places),
            "photos": facets.photos,
            "complete": facets.is_complete,
        }
    return extras


def suggestion(found: Suggestion) -> dict[str, Any]:
    """One suggestion for a search."""
    name = title_case(found.name) if found.kind == TAG else found.name
    return {"kind": found.kind, "name": name, "count": found.photos}


def cluster(found: Cluster, serializer: PhotoSerializer) -> dict[str, Any]:
    """One cluster of the map; its place is that of its cover, or the middle of its cell."""
    bounds, cover = found.bounds, found.cover
    middle = Coordinates((bounds.south + bounds.north) // 2, (bounds.west + bounds.east) // 2)
    place = cover.coordinates if cover and cover.coordinates and bounds.contains(cover.coordinates) else middle
    return {
        **degrees(place),
        "count": found.photos,
        "bounds": [edge / MILLIONTHS for edge in (bounds.south, bounds.west, bounds.north, bounds.east)],
        "photo_id": cover.photo_id if cover else None,
        "cover_image": serializer.cover_url(cover) if cover else None,
    }


def _facet(counts: Iterable[FacetCount]) -> list[dict[str, Any]]:
    return [{"name": count.name, "count": count.photos} for count in counts]


def relabeling(found: Relabeling | None) -> dict[str, Any]:
    """The progress of a relabeling; None if there has been no request."""
    if found is None:
        return {"state": "none", "tags": [], "photos": 0, "labeled": 0, "started_at": None, "finished_at": None}
    return {
        "state": "running" if found.is_running else "finished",
        "tags": list(found.tags),
        "photos": found.photos,
        "labeled": found.labeled,
        "started_at": iso_time(found.started_at),
        "finished_at": iso_time(found.finished_at),
    }


def iso_time(time: datetime | None) -> str | None:
    """ISO 8601 in UTC to the millisecond, or None."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if time else None


def capture_time(time: CaptureTime | None) -> dict[str, str | None]:
    """When a photo was taken: the moment in UTC if it is known, and the camera's clock."""
    clock = clock_time(time) if time else {"taken_local": None, "offset": None}
    return {"taken_at": iso_time(time.utc) if time else None, **clock}


def clock_time(time: CaptureTime) -> dict[str, str | None]:
    """The camera's clock to the millisecond, without a zone, and its offset from UTC, or None."""
    return {"taken_local": time.local.isoformat(timespec="milliseconds"), "offset": time.offset_text}


def _descriptions(photo: Photo) -> dict[str, Any]:
    """What only its owner sees of what a photo shows, and what the file says of it."""
    return {
        "favorite": photo.favorite,
        "rating": photo.rating,
        "keywords": list(photo.keywords),
        "place": place_text(photo.place) or None,
        "coordinates": _degrees_or_none(photo.coordinates),
        "file": {
            "caption": photo.file_caption or "",
            "rating": photo.file_rating or 0,
            "place": place_text(photo.file_place) or None,
            "coordinates": _degrees_or_none(photo.file_coordinates),
        },
    }


def _degrees_or_none(coordinates: Coordinates | None) -> dict[str, float] | None:
    return degrees(coordinates) if coordinates else None


def degrees(coordinates: Coordinates) -> dict[str, float]:
    """Coordinates in decimal degrees, to 6 places."""
    return {"latitude": coordinates.latitude / MILLIONTHS, "longitude": coordinates.longitude / MILLIONTHS}


def _exposure(exposure: Exposure) -> dict[str, float | None]:
    """The exposure in seconds and millimeters."""

    def hundredths(number: int | None) -> float | None:
        return None if number is None else number / HUNDREDTHS

    return {
        "time": None if exposure.time is None else exposure.time / NANOSECONDS,
        "f_number": hundredths(exposure.f_number),
        "iso": exposure.iso,
        "focal_length": hundredths(exposure.focal_length),
        "equivalent_focal_length": hundredths(exposure.equivalent_focal_length),
    }


def _image_info(image: Photo | Derivative) -> dict[str, Any]:
    return {"width": image.width, "height": image.height, "bytes": image.bytes, "format": image.format}


def labeler_health(outage: Outage | None) -> dict[str, Any]:
    """Whether photos get their labels when they are processed; if not, why and since when."""
    if outage is None:
        return {"status": "ok"}
    return {"status": "pending", "reason": outage.reason, "since": iso_time(outage.since)}

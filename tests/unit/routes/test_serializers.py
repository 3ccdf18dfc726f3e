from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from chalicelib.ingest.uploads import PresignedPost, UploadTicket
from chalicelib.library.label import Label
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.queries import TrendWithCover
from chalicelib.library.totals import Totals, Trend
from chalicelib.routes import serializers
from chalicelib.routes.caching import without_urls
from chalicelib.routes.serializers import PhotoSerializer, UrlSigner, iso_time
from chalicelib.util.capture_time import parse_capture_time
from chalicelib.util.coordinates import Coordinates
from chalicelib.util.exposure import Exposure
from tests.support.factories import NOON, OWNER, photo

PUBLIC_FIELDS = {
    "photo_id", "filename", "tags", "autoTags", "label", "caption", "weight", "status", "state", "reason", "created_at",
    "createdAt", "taken_at", "taken_local", "offset", "width", "height", "bytes", "format", "placeholder",
    "image_url", "thumbnail_url", "resized_url", "small_url", "mine", "version",
}  # fmt: skip
DERIVATIVES = MappingProxyType(
    {
        name: Derivative(f"o/p1/{name}", "image/jpeg", "JPEG", 20, 15, 250)
        for name in ("thumbnail", "resized", "preview", "small")
    }
)
WITHOUT_SMALL = {name: derivative for name, derivative in DERIVATIVES.items() if name != "small"}
DESCRIBED: dict[str, Any] = {
    "file_caption": "Harbor",
    "own_caption": "Boats",
    "favorite": True,
    "file_rating": 3,
    "own_rating": 5,
    "file_place": ("Lisbon", "Portugal"),
    "own_place": ("Belém", "Lisbon"),
    "file_coordinates": Coordinates(38_696_824, -9_421_466),
    "lens": "50mm f/1.4",
    "exposure": Exposure(time=4_000_000, f_number=140, iso=100, focal_length=5000),
    "keywords": ("boat",),
}
EVENT = MappingProxyType({"bucket": "b", "key": "a", "sequencer": "0061"})


def serializer(viewer: str | None = None) -> PhotoSerializer:
    return PhotoSerializer(viewer, fake_signer("derivatives"), fake_signer("originals"))


def fake_signer(bucket: str) -> UrlSigner:
    def sign(key: str, filename: str | None = None, *, method: str = "GET") -> str:
        assert method == "GET"
        return f"https://{bucket}/{key}" + (f"?{filename}" if filename else "")

    return sign


def make_trend(tag: str = "beach", count: int = 3) -> Trend:
    return Trend("public", tag, Totals(count=count), 0, None, NOON, 1)


def photo_without_images(state: State) -> Photo:
    return photo(state=state, width=None, height=None, bytes=None, format=None)


def test_other_viewers_see_public_fields_only() -> None:
    private: dict[str, Any] = {"event": {"key": "secret"}, "sha256": "0" * 64, "camera": "Jolla", "worker": "w"}
    body = serializer().photo(photo(derivatives=DERIVATIVES, **private, **DESCRIBED))
    assert set(body) == PUBLIC_FIELDS
    assert (body["mine"], body["caption"]) == (False, "Boats")


def test_owner_sees_the_descriptions_of_the_photo_and_of_its_file() -> None:
    body = serializer(OWNER).photo(photo(**DESCRIBED))
    expected: dict[str, Any] = {
        "caption": "Boats",
        "favorite": True,
        "rating": 5,
        "place": "Belém, Lisbon",
        "coordinates": {"latitude": 38.696824, "longitude": -9.421466},
        "lens": "50mm f/1.4",
        "exposure": {
            "time": 0.004,
            "f_number": 1.4,
            "iso": 100,
            "focal_length": 50.0,
            "equivalent_focal_length": None,
        },
        "keywords": ["boat"],
        "file": {
            "caption": "Harbor",
            "rating": 3,
            "place": "Lisbon, Portugal",
            "coordinates": {"latitude": 38.696824, "longitude": -9.421466},
        },
    }
    assert {name: body[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [(State.READY, "0" * 64), (State.DUPLICATE, "0" * 64), (State.TRASHED, "0" * 64), (State.PROCESSING, None)],
)
def test_owner_sees_the_sha256_of_a_file_that_has_been_processed(state: State, expected: str | None) -> None:
    assert serializer(OWNER).photo(photo(state=state, sha256="0" * 64))["sha256"] == expected


def test_positions_are_left_out_without_places() -> None:
    described = photo(**{**DESCRIBED, "own_place": None, "own_coordinates": Coordinates(1, 2)})
    body = PhotoSerializer(OWNER, fake_signer("derivatives"), fake_signer("originals"), places=False).photo(described)
    assert (body["coordinates"], body["place"], body["file"]["place"], body["rating"]) == (None, None, None, 5)
    assert body["file"]["coordinates"] is None


def test_photo_without_descriptions() -> None:
    body = serializer(OWNER).photo(photo())
    empty: dict[str, Any] = {"caption": "", "rating": 0, "place": None}
    file = {**empty, "coordinates": None}
    expected = {**file, "favorite": False, "lens": None, "exposure": None, "file": file}
    assert {name: body[name] for name in expected} == expected


def test_photo_fields() -> None:
    body = serializer().photo(
        photo(
            label="sea",
            labels=(Label("sand", 99.5, ("beach",)),),
            weight=250_000,
            camera_time=parse_capture_time("2024-05-06T07:08:09.123456+02:00"),
            placeholder="abc=",
            derivatives=DERIVATIVES,
            version=7,
        )
    )
    expected: dict[str, Any] = {
        "tags": ["sea", "beach", "sand"],
        "autoTags": ["sand"],
        "label": "sea",
        "weight": 0.25,
        "status": "public",
        "state": "ready",
        "created_at": "2026-11-20T12:00:00.000Z",
        "createdAt": "2026-11-20T12:00:00.000Z",
        "taken_at": "2024-05-06T05:08:09.123Z",
        "taken_local": "2024-05-06T07:08:09.123",
        "offset": "+02:00",
        "image_url": "https://derivatives/o/p1/preview",
        "thumbnail_url": "https://derivatives/o/p1/thumbnail",
        "resized_url": "https://derivatives/o/p1/resized?beach.jpg",
        "small_url": "https://derivatives/o/p1/small",
        "version": 7,
    }
    assert {name: body[name] for name in expected} == expected


@pytest.mark.parametrize("viewer", [None, "another", ""])
def test_original_processing_and_camera_are_for_the_owner_only(viewer: str | None) -> None:
    assert (
        serializer(OWNER).photo(photo())["original_url"] == f"https://originals/uploads/{OWNER}/p1/beach.jpg?beach.jpg"
    )
    body = serializer(viewer).photo(photo(camera="Jolla", recovered=True, incomplete=True))
    assert {"original_url", "processing", "camera", "recovered", "incomplete"}.isdisjoint(body)


@pytest.mark.parametrize("camera", ["Canon EOS R5", None])
def test_owner_sees_the_camera_or_null(camera: str | None) -> None:
    assert serializer(OWNER).photo(photo(camera=camera))["camera"] == camera


@pytest.mark.parametrize("recovered", [True, False])
def test_owner_sees_whether_the_photo_was_recovered(recovered: bool) -> None:
    assert serializer(OWNER).photo(photo(recovered=recovered))["recovered"] is recovered


@pytest.mark.parametrize("incomplete", [True, False])
def test_owner_sees_whether_the_original_is_incomplete(incomplete: bool) -> None:
    assert serializer(OWNER).photo(photo(incomplete=incomplete))["incomplete"] is incomplete


def test_owner_sees_labels_with_confidence_and_parents() -> None:
    labeled = photo(labels=(Label("beagle", 99.5, ("dog", "animal")), Label("sand", 70.0)))
    assert serializer(OWNER).photo(labeled)["labels"] == [
        {"name": "beagle", "confidence": 99.5, "parents": ("dog", "animal")},
        {"name": "sand", "confidence": 70.0, "parents": ()},
    ]


def test_original_and_resized_are_saved_under_the_current_filename() -> None:
    body = serializer(OWNER).photo(photo(key="o/p1/IMG_1.HEIC", filename="Bay.HEIC", derivatives=DERIVATIVES))
    assert body["original_url"] == "https://originals/o/p1/IMG_1.HEIC?Bay.HEIC"
    assert body["resized_url"] == "https://derivatives/o/p1/resized?Bay.jpg"


def test_processing_fields() -> None:
    finished = NOON + timedelta(seconds=2)
    processed = photo(derivatives=DERIVATIVES, finished_at=finished, duration_ms=1500, event=EVENT)
    assert serializer(OWNER).photo(processed)["processing"] == {
        "original": {"width": 40, "height": 30, "bytes": 1000, "format": "JPEG"},
        "resized": {"width": 20, "height": 15, "bytes": 250, "format": "JPEG"},
        "size_reduction_percent": 75.0,
        "received_at": "2026-11-20T12:00:00.000Z",
        "finished_at": "2026-11-20T12:00:02.000Z",
        "duration_ms": 1500,
        "event": {"bucket": "b", "key": "a", "event_name": None, "event_time": None, "region": None},
    }


@pytest.mark.parametrize("state", [State.UPLOADING, State.PROCESSING, State.REJECTED])
def test_photo_without_images_has_null_urls(state: State) -> None:
    body = serializer(OWNER).photo(photo_without_images(state))
    assert [body[url] for url in ("image_url", "thumbnail_url", "resized_url", "small_url")] == [None] * 4
    assert (body["processing"]["original"], body["processing"]["resized"]) == (None, None)
    assert body["processing"]["size_reduction_percent"] is None
    assert body["processing"]["event"] is None


def test_photo_without_small_image_has_null_small_url() -> None:
    body = serializer().photo(photo(derivatives=WITHOUT_SMALL))
    assert (body["image_url"], body["small_url"]) == ("https://derivatives/o/p1/preview", None)


def test_without_urls_ignores_the_signer() -> None:
    one = photo(derivatives=DERIVATIVES)
    other_signer = PhotoSerializer(OWNER, fake_signer("other"), fake_signer("other"))
    assert without_urls(serializer(OWNER).photo(one)) == without_urls(other_signer.photo(one))


def test_uploading_photo_has_no_original_url() -> None:
    assert serializer(OWNER).photo(photo_without_images(State.UPLOADING))["original_url"] is None
    assert serializer(OWNER).photo(photo_without_images(State.REJECTED))["original_url"]


def test_duplicate_names_the_other_photo() -> None:
    assert serializer(OWNER).photo(photo(state=State.DUPLICATE, duplicate_of="p0"))["duplicate_of"] == "p0"


def test_thumbnail_fields() -> None:
    assert serializer().thumbnail(photo(derivatives=DERIVATIVES, placeholder="abc=")) == {
        "photo_id": "p1",
        "filename": "beach.jpg",
        "thumbnail_url": "https://derivatives/o/p1/thumbnail",
        "placeholder": "abc=",
    }


@pytest.mark.parametrize(
    ("cover", "url"),
    [
        (photo(derivatives=DERIVATIVES), "https://derivatives/o/p1/small"),
        (photo(derivatives=WITHOUT_SMALL), "https://derivatives/o/p1/preview"),
        (photo(), None),
        (None, None),
    ],
)
def test_trending_tag_has_the_smallest_cover_image(cover: Photo | None, url: str | None) -> None:
    assert serializer().trending_tag(TrendWithCover(make_trend("golden hour"), cover)) == {
        "tag_name": "Golden Hour",
        "automatic": False,
        "count": 3,
        "cover_image": url,
        "last_updated": "2026-11-20T12:00:00.000Z",
    }


def test_labels_have_the_format_of_the_photo_asset_manager() -> None:
    assert serializers.labels([]) == {"labels": {}}
    assert serializers.labels([make_trend("mountain", 32), make_trend("lake", 1)]) == {
        "labels": {"Mountain": {"count": 32}, "Lake": {"count": 1}}
    }


def test_upload_ticket_contains_the_form() -> None:
    ticket = UploadTicket(photo(visibility=Visibility.PRIVATE), PresignedPost("https://bucket", {"key": "k"}), NOON)
    assert serializers.upload_ticket(ticket) == {
        "photo_id": "p1",
        "upload": {"method": "POST", "url": "https://bucket", "fields": {"key": "k"}},
        "expires_at": "2026-11-20T12:00:00.000Z",
    }


def test_iso_time_is_utc_to_the_millisecond() -> None:
    assert iso_time(None) is None
    assert iso_time(datetime(2026, 1, 2, 3, 4, 5, 678_999, tzinfo=UTC)) == "2026-01-02T03:04:05.678Z"

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest

from chalicelib.ingest.uploads import PresignedPost, UploadTicket
from chalicelib.library.photo import Derivative, Photo, State, Visibility
from chalicelib.library.queries import TrendWithCover
from chalicelib.library.totals import Totals, Trend
from chalicelib.routes import serializers
from chalicelib.routes.serializers import Answers, Sign, iso, title
from tests.support.factories import NOON, OWNER, photo

EVERYBODYS = {
    "photo_id", "filename", "tags", "autoTags", "label", "weight", "status", "state", "reason", "created_at",
    "createdAt", "taken_at", "width", "height", "bytes", "format", "placeholder", "image_url", "thumbnail_url",
    "resized_url", "small_url", "mine", "version",
}  # fmt: skip
MADE = MappingProxyType(
    {
        name: Derivative(f"o/p1/{name}", "image/jpeg", "JPEG", 20, 15, 250)
        for name in ("thumbnail", "resized", "preview", "small")
    }
)

EVENT = MappingProxyType({"bucket": "b", "key": "a", "sequencer": "0061"})


def words(viewer: str | None = None) -> Answers:
    return Answers(viewer, signer("derivatives"), signer("originals"))


def signer(bucket: str) -> Sign:
    def sign(key: str, filename: str | None = None) -> str:
        return f"https://{bucket}/{key}" + (f"?{filename}" if filename else "")

    return sign


def trend(tag: str = "beach", count: int = 3) -> Trend:
    return Trend("public", tag, Totals(count=count), 0, None, NOON, 1)


def test_a_photo_says_to_everybody_what_the_contract_says_and_nothing_more() -> None:
    said = words().photo(photo(derivatives=MADE, event={"key": "secret"}, sha256="0" * 64, camera="Jolla", worker="w"))
    assert set(said) == EVERYBODYS
    assert said["mine"] is False


def test_a_photo_is_told_in_the_words_of_the_outside() -> None:
    said = words().photo(
        photo(
            label="sea",
            labels=("sand",),
            weight=250_000,
            taken_at=datetime(2024, 5, 6, 7, 8, 9, 123_456, tzinfo=timezone(timedelta(hours=2))),
            placeholder="abc=",
            derivatives=MADE,
            version=7,
        )
    )
    told: dict[str, Any] = {
        "tags": ["sea", "beach", "sand"],
        "autoTags": ["sand"],
        "label": "sea",
        "weight": 0.25,
        "status": "public",
        "state": "ready",
        "created_at": "2026-11-20T12:00:00.000Z",
        "createdAt": "2026-11-20T12:00:00.000Z",
        "taken_at": "2024-05-06T05:08:09.123Z",
        "image_url": "https://derivatives/o/p1/preview",
        "thumbnail_url": "https://derivatives/o/p1/thumbnail",
        "resized_url": "https://derivatives/o/p1/resized?beach.jpg",
        "small_url": "https://derivatives/o/p1/small",
        "version": 7,
    }
    assert {name: said[name] for name in told} == told


@pytest.mark.parametrize("viewer", [None, "another", ""])
def test_the_original_and_its_processing_are_for_the_owner_alone(viewer: str | None) -> None:
    assert words(OWNER).photo(photo())["original_url"] == f"https://originals/uploads/{OWNER}/p1/beach.jpg?beach.jpg"
    assert {"original_url", "processing", "camera"}.isdisjoint(words(viewer).photo(photo(camera="Jolla")))


@pytest.mark.parametrize("camera", ["Canon EOS R5", None])
def test_the_owner_is_told_the_camera_and_null_where_none_is_recorded(camera: str | None) -> None:
    assert words(OWNER).photo(photo(camera=camera))["camera"] == camera


def test_original_and_resized_are_saved_under_the_name_that_the_photo_has_now() -> None:
    said = words(OWNER).photo(photo(key="o/p1/IMG_1.HEIC", filename="Bay.HEIC", derivatives=MADE))
    assert said["original_url"] == "https://originals/o/p1/IMG_1.HEIC?Bay.HEIC"
    assert said["resized_url"] == "https://derivatives/o/p1/resized?Bay.jpg"


def test_how_a_photo_was_processed_is_told_whole() -> None:
    finished = NOON + timedelta(seconds=2)
    processed = photo(derivatives=MADE, finished_at=finished, duration_ms=1500, event=EVENT)
    assert words(OWNER).photo(processed)["processing"] == {
        "original": {"width": 40, "height": 30, "bytes": 1000, "format": "JPEG"},
        "resized": {"width": 20, "height": 15, "bytes": 250, "format": "JPEG"},
        "size_reduction_percent": 75.0,
        "received_at": "2026-11-20T12:00:00.000Z",
        "finished_at": "2026-11-20T12:00:02.000Z",
        "duration_ms": 1500,
        "event": {"bucket": "b", "key": "a", "event_name": None, "event_time": None, "region": None},
    }


def waiting(state: State) -> Photo:
    return photo(state=state, width=None, height=None, bytes=None, format=None)


@pytest.mark.parametrize("state", [State.UPLOADING, State.PROCESSING, State.REJECTED])
def test_a_photo_without_images_is_told_all_the_same(state: State) -> None:
    said = words(OWNER).photo(waiting(state))
    assert [said[url] for url in ("image_url", "thumbnail_url", "resized_url", "small_url")] == [None] * 4
    assert (said["processing"]["original"], said["processing"]["resized"]) == (None, None)
    assert said["processing"]["size_reduction_percent"] is None
    assert said["processing"]["event"] is None


def test_a_photo_of_before_there_were_small_images_has_all_others() -> None:
    said = words().photo(photo(derivatives={name: made for name, made in MADE.items() if name != "small"}))
    assert (said["image_url"], said["small_url"]) == ("https://derivatives/o/p1/preview", None)


def test_signed_addresses_are_no_part_of_what_is_shown() -> None:
    one = photo(derivatives=MADE)
    elsewhere = Answers(OWNER, signer("elsewhere"), signer("elsewhere"))
    assert serializers.without_urls(words(OWNER).photo(one)) == serializers.without_urls(elsewhere.photo(one))


def test_there_is_no_original_to_look_at_while_it_is_uploading() -> None:
    assert words(OWNER).photo(waiting(State.UPLOADING))["original_url"] is None
    assert words(OWNER).photo(waiting(State.REJECTED))["original_url"]


def test_a_duplicate_names_the_photo_it_repeats() -> None:
    assert words(OWNER).photo(photo(state=State.DUPLICATE, duplicate_of="p0"))["duplicate_of"] == "p0"


def test_a_thumbnail_is_told_in_short() -> None:
    assert words().thumbnail(photo(derivatives=MADE, placeholder="abc=")) == {
        "photo_id": "p1",
        "filename": "beach.jpg",
        "thumbnail_url": "https://derivatives/o/p1/thumbnail",
        "placeholder": "abc=",
    }


def test_a_tag_is_told_with_its_cover_where_one_may_be_shown() -> None:
    told = {"tag_name": "Golden Hour", "count": 3, "last_updated": "2026-11-20T12:00:00.000Z"}
    cover = photo(derivatives=MADE)
    assert words().tag(TrendWithCover(trend("golden hour"), cover)) == told | {
        "cover_image": "https://derivatives/o/p1/small"
    }
    older = photo(derivatives={name: made for name, made in MADE.items() if name != "small"})
    assert words().tag(TrendWithCover(trend("golden hour"), older)) == told | {
        "cover_image": "https://derivatives/o/p1/preview"
    }
    for none in (None, photo()):
        assert words().tag(TrendWithCover(trend("golden hour"), none)) == told | {"cover_image": None}


def test_labels_are_told_in_the_shape_of_the_asset_manager() -> None:
    assert serializers.labels([]) == {"labels": {}}
    assert serializers.labels([trend("mountain", 32), trend("lake", 1)]) == {
        "labels": {"Mountain": {"count": 32}, "Lake": {"count": 1}}
    }


def test_a_ticket_is_told_as_the_form_to_send() -> None:
    ticket = UploadTicket(photo(visibility=Visibility.PRIVATE), PresignedPost("https://bucket", {"key": "k"}), NOON)
    assert serializers.ticket(ticket) == {
        "photo_id": "p1",
        "upload": {"method": "POST", "url": "https://bucket", "fields": {"key": "k"}},
        "expires_at": "2026-11-20T12:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("beach", "Beach"),
        ("golden hour", "Golden Hour"),
        ("o'neill's bar", "O'neill's Bar"),
        ("école", "École"),
        ("35mm film", "35mm Film"),
        ("東京", "東京"),
    ],
)
def test_a_tag_is_written_with_capitals(tag: str, written: str) -> None:
    assert title(tag) == written


def test_times_are_told_in_utc_to_the_millisecond() -> None:
    assert iso(None) is None
    assert iso(datetime(2026, 1, 2, 3, 4, 5, 678_999, tzinfo=UTC)) == "2026-01-02T03:04:05.678Z"

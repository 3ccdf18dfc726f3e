"""Labels from Rekognition: when it works, during an outage, and when it denies access."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

import app
from chalicelib import handlers
from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from chalicelib.ingest.processing import LABEL_RETRY_DELAY
from tests.app.conftest import OWNER, Tintype
from tests.fakes.rekognition import LABELS, FakeRekognition, error_response, fake_rekognition
from tests.support.images.samples import SECRET, with_metadata
from tests.support.images.tiny import encode_image

OUTAGE = error_response("InternalServerError", 500)


@dataclass
class LabeledApp:
    """The app with a fake Rekognition as its labeler."""

    tintype: Tintype
    service: FakeRekognition

    def drop(self, *names: str) -> None:
        for name in names:
            self.tintype.drop(name, encode_image(name.partition(".")[0]), status="public")

    def tags(self) -> dict[str, list[str]]:
        """The labels of each public photo."""
        return {p["filename"]: p["autoTags"] for p in self.tintype.get("/photos", scope="public")["items"]}

    def sweep_later(self) -> None:
        """Make pending labels due, and run the sweep."""
        store = self.tintype.container.photos
        for item in self.tintype.get("/photos", as_=OWNER)["items"]:
            photo = store.get(item["photo_id"])
            assert photo is not None
            if photo.due_at is not None:
                store.commit(photo, replace(photo, due_at=photo.due_at - LABEL_RETRY_DELAY - timedelta(seconds=1)))
        self.tintype.sweep()


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple[Clients, FakeRekognition]]:
    """The app's clients; the one for Rekognition uses the fake service."""
    with fake_rekognition() as service, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_REKOGNITION", service.url)
        app_clients = Clients()
        app_clients.get("rekognition")
        yield app_clients, service


@pytest.fixture
def labeled(tintype: Tintype, clients: tuple[Clients, FakeRekognition], monkeypatch: pytest.MonkeyPatch) -> LabeledApp:
    app_clients, service = clients
    service.reset()
    service.requests.clear()
    provider = ContainerProvider(
        os.environ | {"TINTYPE_LABELER": "rekognition", "TINTYPE_LABEL_ATTRIBUTES": "no"}, app_clients
    )
    monkeypatch.setattr(app, "provider", provider)
    return LabeledApp(replace(tintype, provider=provider), service)


def test_photos_carry_the_labels_of_rekognition(labeled: LabeledApp) -> None:
    labeled.drop("red.jpg")
    assert labeled.tags() == {"red.jpg": ["beach", "sea", "palm tree"]}
    trending = labeled.tintype.get("/gallery/trending")["items"]
    assert {(item["tag_name"], item["count"]) for item in trending} == {("Beach", 1), ("Sea", 1), ("Palm Tree", 1)}


@pytest.mark.parametrize("failure", [OUTAGE, error_response("AccessDeniedException")], ids=["outage", "access denied"])
def test_photo_is_published_without_labels_during_an_outage(labeled: LabeledApp, failure: tuple[int, Any]) -> None:
    labeled.service.respond_with(LABELS, failure)
    labeled.drop("red.jpg")
    (photo,) = labeled.tintype.get("/photos", scope="public")["items"]
    assert (photo["state"], photo["autoTags"]) == ("ready", [])
    labeled.service.reset()
    labeled.sweep_later()
    assert labeled.tags() == {"red.jpg": ["beach", "sea", "palm tree"]}
    photo_record = labeled.tintype.container.photos.get(photo["photo_id"])
    assert photo_record is not None
    assert (photo_record.labels_pending, photo_record.due_at) == (False, None)
    assert {item["count"] for item in labeled.tintype.get("/gallery/trending")["items"]} == {1}


def test_open_circuit_breaker_skips_calls_during_an_outage(labeled: LabeledApp) -> None:
    labeled.service.respond_with(LABELS, OUTAGE)
    names = ("red.jpg", "green.jpg", "blue.jpg", "gray.jpg", "pink.jpg")
    labeled.drop(*names)
    assert labeled.tags() == {name: [] for name in names}
    assert (
        len(labeled.service.requests) == 9
    )  # three attempts for each of three photos; then the circuit breaker is open


def test_client_timeouts_fit_into_the_reserved_time(clients: tuple[Clients, FakeRekognition]) -> None:
    config = clients[0].get("rekognition").meta.config
    attempts = config.retries["total_max_attempts"]
    pauses = sum(2**n for n in range(attempts - 1))  # botocore's longest pauses
    assert config.read_timeout * attempts + pauses < handlers.RESERVED_TIME.total_seconds()


def test_labels_stay_pending_during_an_outage(labeled: LabeledApp) -> None:
    labeled.service.respond_with(LABELS, OUTAGE)
    labeled.drop("red.jpg")
    labeled.sweep_later()
    (photo,) = labeled.tintype.get("/photos", as_=OWNER)["items"]
    photo_record = labeled.tintype.container.photos.get(photo["photo_id"])
    assert photo_record is not None
    assert photo_record.labels_pending
    assert photo_record.due_at is not None
    labeled.service.reset()
    labeled.sweep_later()
    assert labeled.tags() == {"red.jpg": ["beach", "sea", "palm tree"]}


def test_unsupported_image_gets_no_labels_and_is_not_retried(labeled: LabeledApp) -> None:
    labeled.service.respond_with(LABELS, error_response("InvalidImageFormatException"))
    labeled.drop("red.jpg")
    labeled.service.reset()
    labeled.sweep_later()
    assert labeled.tags() == {"red.jpg": []}
    assert len(labeled.service.requests) == 1


def test_rekognition_gets_pixels_without_metadata(labeled: LabeledApp) -> None:
    labeled.tintype.drop("aunt-mary.jpg", with_metadata(), tags="secret-word")
    (call,) = labeled.service.requests
    assert set(call.parameters) == {"Image", "MaxLabels", "MinConfidence"}
    for private in (SECRET.encode(), b"Canon", b"aunt-mary", b"secret-word", b"Exif", b"ICC_PROFILE"):
        assert private not in call.image_bytes

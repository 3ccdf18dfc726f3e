"""Photos and their labels while Rekognition works, is out, or refuses: through the functions, as Lambda calls them."""

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
from tests.fakes.rekognition import LABELS, FakeRekognition, fake_rekognition, refused
from tests.support.images.samples import SECRET, telling
from tests.support.images.tiny import picture

OUTAGE = refused("InternalServerError", 500)


@dataclass
class Looked:
    """The app with Rekognition for a labeller."""

    tintype: Tintype
    service: FakeRekognition

    def drop(self, *names: str) -> None:
        for name in names:
            self.tintype.drop(name, picture(name.partition(".")[0]), status="public")

    def tags(self) -> dict[str, list[str]]:
        """The tags of each photo that is shown."""
        return {p["filename"]: p["autoTags"] for p in self.tintype.get("/photos", scope="public")["items"]}

    def sweep_later(self) -> None:
        """The schedule comes when the labels that are pending have become due."""
        catalogue = self.tintype.container.photos
        for item in self.tintype.get("/photos", as_=OWNER)["items"]:
            photo = catalogue.get(item["photo_id"])
            assert photo is not None
            if photo.due_at is not None:
                catalogue.commit(photo, replace(photo, due_at=photo.due_at - LABEL_RETRY_DELAY - timedelta(seconds=1)))
        event = self.tintype.client.events.generate_cw_event("aws.events", "Scheduled Event", {}, ["rule"])
        self.tintype.invoke("sweep", event)


@pytest.fixture(scope="module")
def clients() -> Iterator[tuple[Clients, FakeRekognition]]:
    """The app's own clients; Rekognition's goes to the tests' service."""
    with fake_rekognition() as service, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_REKOGNITION", service.url)
        made = Clients()
        made.get("rekognition")
        yield made, service


@pytest.fixture
def looked(tintype: Tintype, clients: tuple[Clients, FakeRekognition], monkeypatch: pytest.MonkeyPatch) -> Looked:
    made, service = clients
    service.works()
    service.asked.clear()
    provider = ContainerProvider(os.environ | {"TINTYPE_LABELER": "rekognition"}, made)
    monkeypatch.setattr(app, "provider", provider)
    return Looked(replace(tintype, provider=provider), service)


def test_photos_carry_the_labels_of_rekognition(looked: Looked) -> None:
    looked.drop("red.jpg")
    assert looked.tags() == {"red.jpg": ["beach", "sea", "palm tree"]}
    trending = looked.tintype.get("/gallery/trending")["items"]
    assert {(item["tag_name"], item["count"]) for item in trending} == {("Beach", 1), ("Sea", 1), ("Palm Tree", 1)}


@pytest.mark.parametrize("trouble", [OUTAGE, refused("AccessDeniedException")], ids=["out", "refusing"])
def test_a_photo_is_published_at_once_and_its_labels_come_from_the_due_list(
    looked: Looked, trouble: tuple[int, Any]
) -> None:
    looked.service.answers(LABELS, trouble)
    looked.drop("red.jpg")
    (photo,) = looked.tintype.get("/photos", scope="public")["items"]
    assert (photo["state"], photo["autoTags"]) == ("ready", [])
    looked.service.works()
    looked.sweep_later()
    assert looked.tags() == {"red.jpg": ["beach", "sea", "palm tree"]}
    stored = looked.tintype.container.photos.get(photo["photo_id"])
    assert stored is not None
    assert (stored.labels_pending, stored.due_at) == (False, None)
    assert {item["count"] for item in looked.tintype.get("/gallery/trending")["items"]} == {1}


def test_while_it_is_out_photos_do_not_wait_for_it_one_after_the_other(looked: Looked) -> None:
    looked.service.answers(LABELS, OUTAGE)
    names = ("red.jpg", "green.jpg", "blue.jpg", "grey.jpg", "pink.jpg")
    looked.drop(*names)
    assert looked.tags() == {name: [] for name in names}
    assert len(looked.service.asked) == 9  # three photos, three attempts each; then it is left in peace


def test_asking_ends_within_what_a_sweep_keeps_in_hand(clients: tuple[Clients, FakeRekognition]) -> None:
    config = clients[0].get("rekognition").meta.config
    attempts = config.retries["total_max_attempts"]
    pauses = sum(2**n for n in range(attempts - 1))  # botocore's longest
    assert config.read_timeout * attempts + pauses < handlers.RESERVED_TIME.total_seconds()


def test_labels_that_are_still_not_to_be_had_stay_on_the_due_list(looked: Looked) -> None:
    looked.service.answers(LABELS, OUTAGE)
    looked.drop("red.jpg")
    looked.sweep_later()
    (photo,) = looked.tintype.get("/photos", as_=OWNER)["items"]
    stored = looked.tintype.container.photos.get(photo["photo_id"])
    assert stored is not None
    assert stored.labels_pending
    assert stored.due_at is not None
    looked.service.works()
    looked.sweep_later()
    assert looked.tags() == {"red.jpg": ["beach", "sea", "palm tree"]}


def test_a_picture_rekognition_cannot_look_at_has_no_labels_and_is_not_asked_for_again(looked: Looked) -> None:
    looked.service.answers(LABELS, refused("InvalidImageFormatException"))
    looked.drop("red.jpg")
    looked.service.works()
    looked.sweep_later()
    assert looked.tags() == {"red.jpg": []}
    assert len(looked.service.asked) == 1


def test_nothing_of_the_photo_but_its_pixels_leaves_the_library(looked: Looked) -> None:
    looked.tintype.drop("aunt-mary.jpg", telling(), tags="secret-word")
    (question,) = looked.service.asked
    assert set(question.parameters) == {"Image", "MaxLabels", "MinConfidence"}
    for told in (SECRET.encode(), b"Canon", b"aunt-mary", b"secret-word", b"Exif", b"ICC_PROFILE"):
        assert told not in question.image

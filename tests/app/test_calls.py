"""How many calls to AWS a request makes: what a reader waits for."""

import os
from collections import Counter
from dataclasses import replace

import pytest

import app
from chalicelib.aws.clients import Clients
from chalicelib.bootstrap import ContainerProvider
from tests.app.conftest import OWNER, Tintype, over_moto
from tests.support.images.tiny import encode_image

pytestmark = over_moto

type Calls = Counter[str]


@pytest.fixture
def calls(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> tuple[Tintype, Calls]:
    """The app in a new process, with two photos, and the calls that it makes from then on."""
    tintype.publish("red.jpg", encode_image("red"))
    tintype.publish("blue.jpg", encode_image("blue"))
    made: Calls = Counter()

    class CountingClients(Clients):
        """Counts the calls of every client."""

        def get(self, service: str) -> object:
            is_new = service not in self._clients
            client = super().get(service)
            if is_new:
                client.meta.events.register("before-call", lambda model, **_: made.update([f"{service} {model.name}"]))
            return client

    provider = ContainerProvider(os.environ, CountingClients())
    monkeypatch.setattr(app, "provider", provider)
    return replace(tintype, provider=provider), made


REQUESTS = {
    "/gallery/trending": {"dynamodb Query": 1, "dynamodb GetItem": 1, "dynamodb BatchGetItem": 1},
    "/gallery/articles?tag=beach": {"dynamodb Query": 1, "dynamodb BatchGetItem": 1},
    "/photos?scope=public": {"dynamodb Query": 1, "dynamodb BatchGetItem": 1},
    "/random?label=beach": {
        "dynamodb GetItem": 1,
        "dynamodb Query": 1,
        "dynamodb TransactGetItems": 1,
        "s3 GetObject": 1,
    },
}


@pytest.mark.parametrize(("path", "expected"), REQUESTS.items(), ids=REQUESTS)
def test_warm_request_makes_these_calls(calls: tuple[Tintype, Calls], path: str, expected: dict[str, int]) -> None:
    tintype, made = calls
    for _ in range(2):
        made.clear()
        assert tintype.call("GET", path).status_code == 200
    assert made == expected


def test_first_request_reads_the_settings_in_addition(calls: tuple[Tintype, Calls]) -> None:
    tintype, made = calls
    tintype.get("/gallery/articles", tag="beach")
    settings = made.pop("ssm GetParametersByPath")
    assert settings <= 3  # ten a page
    assert made == REQUESTS["/gallery/articles?tag=beach"]


def test_batch_that_deletes_permanently_leaves_the_files_to_the_schedule(calls: tuple[Tintype, Calls]) -> None:
    tintype, made = calls
    ids = [photo["photo_id"] for photo in tintype.get("/photos", as_=OWNER)["items"]]
    for action in ("trash", "delete_permanently"):
        made.clear()
        body = {"photo_ids": ids, "action": action}
        assert tintype.call("POST", "/photos/batch", as_=OWNER, body=body).status_code == 200
    assert made == {"dynamodb BatchGetItem": 2, "dynamodb TransactWriteItems": 2}

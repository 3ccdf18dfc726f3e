"""The app while DynamoDB is unavailable: it answers at once, and no event is lost."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from botocore.exceptions import ConnectTimeoutError

import app
from chalicelib.aws.clients import DATABASE_PAUSE, MAX_DATABASE_FAILURES, Clients
from chalicelib.bootstrap import ContainerProvider, report_database_pause
from chalicelib.errors import Unavailable
from tests.app.conftest import OWNER, Tintype, over_moto
from tests.fakes.library import Clock
from tests.support.images.tiny import encode_image

pytestmark = over_moto


@dataclass
class Outage:
    """The app with a DynamoDB that can be disconnected; counts attempts to reach it."""

    tintype: Tintype
    clients: Clients
    clock: Clock
    metrics: list[Mapping[str, int]]
    attempts: int = 0

    @contextmanager
    def disconnected(self) -> Iterator[None]:
        """No request reaches DynamoDB."""
        events = self.clients.get("dynamodb").meta.events
        events.register_first("before-send", self._refuse)
        try:
            yield
        finally:
            events.unregister("before-send", self._refuse)

    def _refuse(self, **_: object) -> None:
        self.attempts += 1
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")


@pytest.fixture
def outage(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> Outage:
    clock = Clock()
    clients = Clients(now=clock, on_database_pause=report_database_pause)
    provider = ContainerProvider(os.environ, clients)
    monkeypatch.setattr(app, "provider", provider)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    metrics = list[Mapping[str, int]]()
    monkeypatch.setattr("chalicelib.bootstrap.publish_metrics", lambda _stage, counts: metrics.append(counts))
    return Outage(replace(tintype, provider=provider), clients, clock, metrics)


def test_requests_are_answered_at_once_during_an_outage(outage: Outage) -> None:
    outage.tintype.publish("red.jpg", encode_image("red"))
    with outage.disconnected():
        for path in ["/photos?scope=public", "/gallery/trending", "/random?label=beach", "/gallery/articles?tag=beach"]:
            response = outage.tintype.call("GET", path)
            assert response.status_code == 503
            assert response.headers["Retry-After"] == "2"
            assert response.json_body["code"] == "unavailable"
    assert outage.attempts == 4 * MAX_DATABASE_FAILURES
    assert outage.metrics == [{"database_pauses": 1}]
    assert outage.tintype.call("GET", "/photos?scope=public").status_code == 503
    outage.clock.advance(DATABASE_PAUSE)
    assert len(outage.tintype.get("/photos", scope="public")["items"]) == 1


def test_events_fail_during_a_pause_and_succeed_when_delivered_again(outage: Outage) -> None:
    with outage.disconnected():
        for _ in range(MAX_DATABASE_FAILURES):
            outage.tintype.call("GET", "/photos?scope=public")
        attempts = outage.attempts
        with pytest.raises(Unavailable):  # Lambda delivers the event again
            outage.tintype.drop("red.jpg", encode_image("red"))
        with pytest.raises(Unavailable):
            outage.tintype.sweep()
        assert outage.attempts == attempts
    outage.clock.advance(DATABASE_PAUSE)
    outage.tintype.deliver("red.jpg")
    (photo,) = outage.tintype.get("/photos", as_=OWNER)["items"]
    assert (photo["filename"], photo["state"]) == ("red.jpg", "ready")


def test_volumes_fail_during_a_pause_and_are_built_when_delivered_again(outage: Outage) -> None:
    tintype = outage.tintype
    tintype.publish("red.jpg", encode_image("red"))
    requested = tintype.call("POST", "/bundles", as_=OWNER, body={"tags": ["beach"]}).json_body
    message = {"bundle_id": requested["bundle_id"], "volume": 1, "sent_at": tintype.container.now().isoformat()}
    event = tintype.client.events.generate_sqs_event([json.dumps(message)], "bundles")
    with outage.disconnected():
        for _ in range(MAX_DATABASE_FAILURES):
            tintype.call("GET", "/photos?scope=public")
        with pytest.raises(Unavailable):  # SQS delivers the message again
            tintype.invoke("build_volume", event)
    outage.clock.advance(DATABASE_PAUSE)
    tintype.invoke("build_volume", event)
    assert tintype.get(f"/bundles/{requested['bundle_id']}", as_=OWNER)["state"] == "ready"

from datetime import timedelta

from chalicelib.labels.outage import Outage
from tests.app.conftest import Tintype
from tests.support.factories import NOON


def test_me_returns_the_caller(tintype: Tintype) -> None:
    me = tintype.get("/me", as_="alice")
    assert (me["email"], me["inbox"]) == ("alice@example.org", f"inbox/{me['id']}/")


def test_health_is_ok_if_every_service_responds(tintype: Tintype) -> None:
    assert tintype.get("/health") == {"status": "ok", "stage": "test", "labels": {"status": "ok"}}


def test_health_has_the_reason_of_pending_labels(tintype: Tintype) -> None:
    tintype.container.outages.record(Outage("The model is missing.", NOON))
    tintype.container.outages.record(Outage("The model is damaged.", NOON + timedelta(hours=1)))
    assert tintype.get("/health")["labels"] == {
        "status": "pending",
        "reason": "The model is damaged.",
        "since": "2026-11-20T12:00:00.000Z",
    }


def test_health_names_the_unavailable_service(tintype: Tintype) -> None:
    tintype.s3.delete_bucket(Bucket="derivatives")
    response = tintype.call("GET", "/health")
    assert response.status_code == 503
    assert "derivatives bucket" in response.json_body["error"]
    assert response.headers["Retry-After"]

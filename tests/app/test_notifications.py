"""Notifications through the app: subscribed by one's own id token, shown masked, and in no log line."""

import json
from typing import Any

import pytest

from chalicelib.observability import logger
from tests.app.conftest import Tintype

EMAIL, PHONE = "dora.maar@tintype.example", "+12025550123"
PATH = "/me/notifications"


def signed_in(tintype: Tintype, sub: str = "dora", **claims: Any) -> str:
    """An id token with both addresses verified, unless said otherwise."""
    told: dict[str, Any] = {
        "email": EMAIL,
        "email_verified": True,
        "phone_number": PHONE,
        "phone_number_verified": True,
    }
    return tintype.identity.token(sub, **(told | claims))


def test_one_subscribes_sees_it_masked_and_ends_it(tintype: Tintype) -> None:
    token = signed_in(tintype)
    assert tintype.get(PATH, token=token) == {"subscriptions": [], "channels": ["email", "sms"]}
    made = tintype.call("POST", PATH, token=token, body={"channel": "email"})
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "private, no-store")
    both = tintype.call("POST", PATH, token=token, body={"channel": "sms"})
    # moto confirms at once.
    email = {"channel": "email", "address": "d•••@t•••.example", "state": "confirmed"}
    sms = {"channel": "sms", "address": "•••• 0123", "state": "confirmed"}
    assert made.json_body == {"subscriptions": [email], "channels": ["email", "sms"]}
    assert both.json_body == {"subscriptions": [email, sms], "channels": ["email", "sms"]}
    assert tintype.get(PATH, token=token) == both.json_body
    assert tintype.get(PATH, token=signed_in(tintype, "bob"))["subscriptions"] == []
    for _ in range(2):
        gone = tintype.call("DELETE", PATH, token=token)
        assert (gone.status_code, gone.body) == (204, b"")
    assert tintype.get(PATH, token=token)["subscriptions"] == []


def test_subscribing_twice_is_one_subscription(tintype: Tintype) -> None:
    for _ in range(2):
        answer = tintype.call("POST", PATH, token=signed_in(tintype), body={"channel": "email"})
    assert len(answer.json_body["subscriptions"]) == 1


def test_a_topic_carries_neither_the_person_nor_their_address_in_its_name(tintype: Tintype) -> None:
    tintype.call("POST", PATH, token=signed_in(tintype), body={"channel": "email"})
    (topic,) = tintype.container.clients.get("sns").list_topics()["Topics"]
    name = topic["TopicArn"].rpartition(":")[2]
    assert name.startswith("tintype-test-")
    assert "dora" not in name


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": None}, {"email_verified": "false"}, {"email": None}],
    ids=str,
)
def test_an_address_that_was_not_verified_is_not_subscribed(tintype: Tintype, claims: dict[str, Any]) -> None:
    token = signed_in(tintype, **claims)
    answer = tintype.call("POST", PATH, token=token, body={"channel": "email"})
    assert (answer.status_code, answer.json_body["code"], answer.json_body["field"]) == (400, "not_verified", "channel")
    assert "verify" in answer.json_body["error"]
    assert tintype.get(PATH, token=token) == {"subscriptions": [], "channels": ["sms"]}


def test_a_token_that_tells_no_address_and_an_api_key_are_told_which_one_does(tintype: Tintype) -> None:
    made = tintype.call("POST", "/keys", as_="dora", body={"name": "garage", "can": ["read", "upload", "manage"]})
    for token in (tintype.identity.access_token("dora"), made.json_body["key"]):
        for method in ("GET", "POST", "DELETE"):
            answer = tintype.call(method, PATH, token=token, body={"channel": "email"} if method == "POST" else None)
            assert (answer.status_code, answer.json_body["code"]) == (400, "id_token_required")
            assert "id token" in answer.json_body["error"]


def test_somebody_anonymous_is_asked_to_sign_in(tintype: Tintype) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = tintype.call(method, PATH, body={"channel": "email"} if method == "POST" else None)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "channel"),
        ({"channel": "fax"}, "channel"),
        ({"channel": ["email"]}, "channel"),
        ({"channel": "email", "address": "other@tintype.example"}, "address"),
    ],
)
def test_a_body_names_a_channel_and_nothing_else(tintype: Tintype, body: Any, field: str) -> None:
    answer = tintype.call("POST", PATH, token=signed_in(tintype), body=body)
    assert (answer.status_code, answer.json_body["field"]) == (400, field)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_parameters_are_named(tintype: Tintype, method: str) -> None:
    answer = tintype.call(method, PATH, token=signed_in(tintype), query={"channel": "email"})
    assert (answer.status_code, answer.json_body["field"]) == (400, "channel")


def test_no_log_line_holds_an_address(tintype: Tintype, caplog: pytest.LogCaptureFixture) -> None:
    token = signed_in(tintype)
    for channel in ("email", "sms", "fax"):
        tintype.call("POST", PATH, token=token, body={"channel": channel})
    refused = signed_in(tintype, phone_number="+99-..-12345")
    assert tintype.call("POST", PATH, token=refused, body={"channel": "sms"}).status_code == 400
    tintype.get(PATH, token=token)
    tintype.container.notifications.notify("dora", "Ready", "Fetch them.")
    tintype.call("DELETE", PATH, token=token)
    out = "\n".join(logger().registered_handler.format(record) for record in caplog.records)
    assert json.loads(out.splitlines()[0])["route"] == PATH
    for secret in (EMAIL, "tintype.example", "dora", PHONE, "5550123", "12345", "d•••", "0123"):
        assert secret not in out

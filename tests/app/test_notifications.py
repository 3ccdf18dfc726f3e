"""Notifications through the app: subscriptions by ID token, masked addresses, logs without addresses."""

import json
from typing import Any

import pytest

from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR
from chalicelib.observability import logger
from tests.app.conftest import Tintype

EMAIL, PHONE = "dora.maar@tintype.example", "+12025550123"
PATH = "/me/notifications"


def signed_in(tintype: Tintype, sub: str = "dora", **claims: Any) -> str:
    """An ID token with both addresses verified by default."""
    defaults: dict[str, Any] = {
        "email": EMAIL,
        "email_verified": True,
        "phone_number": PHONE,
        "phone_number_verified": True,
    }
    return tintype.identity.token(sub, **(defaults | claims))


def test_confirmations_are_limited_per_hour(tintype: Tintype) -> None:
    token = signed_in(tintype)
    statuses = []
    for _ in range(MAX_MESSAGES_PER_HOUR + 2):
        statuses.append(tintype.call("POST", PATH, token=token, body={"channel": "email"}).status_code)
        tintype.call("DELETE", PATH, token=token)
    assert statuses == [200] * MAX_MESSAGES_PER_HOUR + [409, 409]
    assert tintype.call("POST", PATH, token=signed_in(tintype, "bob"), body={"channel": "email"}).status_code == 200


def test_subscribe_list_and_unsubscribe(tintype: Tintype) -> None:
    token = signed_in(tintype)
    assert tintype.get(PATH, token=token) == {"subscriptions": [], "channels": ["email", "sms"]}
    created = tintype.call("POST", PATH, token=token, body={"channel": "email"})
    assert (created.status_code, created.headers["Cache-Control"]) == (200, "private, no-store")
    both = tintype.call("POST", PATH, token=token, body={"channel": "sms"})
    # moto confirms subscriptions immediately.
    email = {"channel": "email", "address": "d•••@t•••.example", "state": "confirmed"}
    sms = {"channel": "sms", "address": "•••• 0123", "state": "confirmed"}
    assert created.json_body == {"subscriptions": [email], "channels": ["email", "sms"]}
    assert both.json_body == {"subscriptions": [email, sms], "channels": ["email", "sms"]}
    assert tintype.get(PATH, token=token) == both.json_body
    assert tintype.get(PATH, token=signed_in(tintype, "bob"))["subscriptions"] == []
    for _ in range(2):
        deleted = tintype.call("DELETE", PATH, token=token)
        assert (deleted.status_code, deleted.body) == (204, b"")
    assert tintype.get(PATH, token=token)["subscriptions"] == []


def test_subscribing_twice_creates_one_subscription(tintype: Tintype) -> None:
    for _ in range(2):
        response = tintype.call("POST", PATH, token=signed_in(tintype), body={"channel": "email"})
    assert len(response.json_body["subscriptions"]) == 1


def test_topic_name_contains_no_personal_data(tintype: Tintype) -> None:
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
def test_unverified_address_returns_400(tintype: Tintype, claims: dict[str, Any]) -> None:
    token = signed_in(tintype, **claims)
    response = tintype.call("POST", PATH, token=token, body={"channel": "email"})
    assert response.status_code == 400
    assert (response.json_body["code"], response.json_body["field"]) == ("not_verified", "channel")
    assert "Verify" in response.json_body["error"]
    assert tintype.get(PATH, token=token) == {"subscriptions": [], "channels": ["sms"]}


def test_access_token_and_api_key_return_400_requesting_an_id_token(tintype: Tintype) -> None:
    created = tintype.call("POST", "/keys", as_="dora", body={"name": "garage", "can": ["read", "upload", "manage"]})
    for token in (tintype.identity.access_token("dora"), created.json_body["key"]):
        for method in ("GET", "POST", "DELETE"):
            response = tintype.call(method, PATH, token=token, body={"channel": "email"} if method == "POST" else None)
            assert (response.status_code, response.json_body["code"]) == (400, "id_token_required")
            assert "ID token" in response.json_body["error"]


def test_anonymous_caller_returns_401(tintype: Tintype) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = tintype.call(method, PATH, body={"channel": "email"} if method == "POST" else None)
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "channel"),
        ({"channel": "fax"}, "channel"),
        ({"channel": ["email"]}, "channel"),
        ({"channel": "email", "address": "other@tintype.example"}, "address"),
    ],
)
def test_invalid_subscription_request_returns_400(tintype: Tintype, body: Any, field: str) -> None:
    response = tintype.call("POST", PATH, token=signed_in(tintype), body=body)
    assert (response.status_code, response.json_body["field"]) == (400, field)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_parameter_returns_400(tintype: Tintype, method: str) -> None:
    response = tintype.call(method, PATH, token=signed_in(tintype), query={"channel": "email"})
    assert (response.status_code, response.json_body["field"]) == (400, "channel")


def test_logs_contain_no_address(tintype: Tintype, caplog: pytest.LogCaptureFixture) -> None:
    token = signed_in(tintype)
    for channel in ("email", "sms", "fax"):
        tintype.call("POST", PATH, token=token, body={"channel": channel})
    unverified = signed_in(tintype, phone_number="+99-..-12345")
    assert tintype.call("POST", PATH, token=unverified, body={"channel": "sms"}).status_code == 400
    tintype.get(PATH, token=token)
    tintype.container.notifications.notify("dora", "Ready", "Fetch them.")
    tintype.call("DELETE", PATH, token=token)
    out = "\n".join(logger().registered_handler.format(record) for record in caplog.records)
    assert json.loads(out.splitlines()[0])["route"] == PATH
    for secret in (EMAIL, "tintype.example", "dora", PHONE, "5550123", "12345", "d•••", "0123"):
        assert secret not in out

"""Subscriptions as SNS has them: an email address is told nothing before somebody there has followed a link.

MiniStack takes every address for confirmed at once. Here an email subscription waits, its confirmation lies in the
inbox, and `/confirmation.html` is where the link leads, as at SNS. Text messages need no confirmation there either.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import new_uuid, request_scope
from ministack.services import ses, sns

from local.ministack.guard import Asgi, Receive, Scope, Send

Answer = tuple[int, Mapping[str, str], bytes]
Handle = Callable[[Mapping[str, Any]], Answer]

PATH = "/confirmation.html"
SENDER = "SNS confirmation"
DONE = "Subscription confirmed", "You will be told at this address. You can close this page."
NOT_DONE = "Nothing to confirm", "This link was followed already, or the subscription was ended."


def asking(subscribe: Handle, endpoint: str) -> Handle:
    """SNS's own Subscribe, which asks an email address first; `endpoint` is where the links lead."""

    def ask(params: Mapping[str, Any]) -> Answer:
        before = _subscription(params)
        answer = subscribe(params)
        held = _subscription(params)
        if held is None or held["protocol"] != "email":
            return answer
        if before is None:
            held |= {"confirmed": False, "token": new_uuid().replace("-", "")}
            held["attributes"] |= {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}
        if held["confirmed"]:
            return answer
        _send(held, endpoint)
        status, headers, body = answer
        return status, headers, body.replace(held["arn"].encode(), b"pending confirmation")

    return ask


def hiding(listed: Handle) -> Handle:
    """SNS's own listing, which names no ARN of what is not confirmed."""

    def hide(params: Mapping[str, Any]) -> Answer:
        status, headers, body = listed(params)
        for topic in sns._topics.values():
            for held in topic["subscriptions"]:
                if not held["confirmed"]:
                    body = body.replace(held["arn"].encode(), b"PendingConfirmation")
        return status, headers, body

    return hide


def confirming(app: Asgi, changed: Callable[[], None]) -> Asgi:
    """The same app, and the page that the links of confirmations lead to; `changed` is told when one was followed."""

    async def confirm(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
            await app(scope, receive, send)
            return
        confirmed = _confirmed(parse_qs(scope["query_string"].decode("ascii", "replace")))
        if confirmed:
            changed()
        status, (title, text) = (200, DONE) if confirmed else (404, NOT_DONE)
        kind = (b"content-type", b"text/html; charset=utf-8")
        await send({"type": "http.response.start", "status": status, "headers": [kind]})
        await send({"type": "http.response.body", "body": _page(title, text)})

    return confirm


def _confirmed(query: Mapping[str, list[str]]) -> bool:
    """Whether the link was one of ours, and is done now."""
    try:
        at = parse_arn(query.get("TopicArn", [""])[0])
    except ArnParseError:
        return False
    with request_scope(at.account_id, at.region):
        status, _, _ = sns._confirm_subscription(dict(query))
    return bool(status == 200)


def _subscription(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is held of the address that is to be subscribed."""
    topic = sns._topic_by_arn_any_scope(sns._normalize_arn(sns._p(params, "TopicArn")))
    wanted = sns._p(params, "Protocol"), sns._p(params, "Endpoint")
    held = topic["subscriptions"] if topic else []
    return next((each for each in held if (each["protocol"], each["endpoint"]) == wanted), None)


def _send(held: Mapping[str, Any], endpoint: str) -> None:
    query = urlencode({"TopicArn": held["topic_arn"], "Token": held["token"], "Endpoint": held["endpoint"]})
    ses._record_send(
        "no-reply@sns.amazonaws.com",
        [held["endpoint"]],
        subject="AWS Notification - Subscription Confirmation",
        body_text="You have chosen to subscribe to the topic:\n"
        f"{held['topic_arn']}\n\n"
        "To confirm this subscription, visit the link below (if this was in error no action is necessary):\n"
        f"{endpoint}{PATH}?{query}",
        type_name=SENDER,
    )


def _page(title: str, text: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><h1>{escape(title)}</h1><p>{escape(text)}</p></html>\n"
    ).encode()

"""SNS: email subscriptions receive nothing until the link in a confirmation email is opened.

MiniStack confirms every subscription at once. Here an email subscription is pending, its confirmation is in the inbox,
and the link leads to `/confirmation.html`, as in SNS. Text messages need no confirmation in SNS either.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import new_uuid, request_scope
from ministack.services import ses, sns

from local.ministack.asgi import Asgi, Receive, Scope, Send
from local.ministack.pages import render_page

Response = tuple[int, Mapping[str, str], bytes]
Handle = Callable[[Mapping[str, Any]], Response]

PATH = "/confirmation.html"
MESSAGE_TYPE = "SNS confirmation"
CONFIRMED = "Subscription confirmed", "Notifications will be sent to this address. You can close this page."
NOT_CONFIRMED = "Nothing to confirm", "This link has already been used, or the subscription was canceled."


def patch_subscribe(subscribe: Handle, endpoint: str) -> Handle:
    """MiniStack's Subscribe, with confirmation of email addresses; links start with `endpoint`."""

    def patched(params: Mapping[str, Any]) -> Response:
        before = _subscription(params)
        response = subscribe(params)
        subscription = _subscription(params)
        if subscription is None or subscription["protocol"] != "email":
            return response
        if before is None:
            subscription |= {"confirmed": False, "token": new_uuid().replace("-", "")}
            subscription["attributes"] |= {"PendingConfirmation": "true", "ConfirmationWasAuthenticated": "false"}
        if subscription["confirmed"]:
            return response
        _send_confirmation(subscription, endpoint)
        status, headers, body = response
        return status, headers, body.replace(subscription["arn"].encode(), b"pending confirmation")

    return patched


def patch_list_subscriptions(list_subscriptions: Handle) -> Handle:
    """MiniStack's listing, with `PendingConfirmation` for the ARN of a pending subscription."""

    def patched(params: Mapping[str, Any]) -> Response:
        status, headers, body = list_subscriptions(params)
        for topic in sns._topics.values():
            for subscription in topic["subscriptions"]:
                if not subscription["confirmed"]:
                    body = body.replace(subscription["arn"].encode(), b"PendingConfirmation")
        return status, headers, body

    return patched


def serve_confirmations(app: Asgi) -> Asgi:
    """The app with the page that confirmation links open."""

    async def app_with_confirmations(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
            await app(scope, receive, send)
            return
        confirmed = _confirm(parse_qs(scope["query_string"].decode("ascii", "replace")))
        status, (title, text) = (200, CONFIRMED) if confirmed else (404, NOT_CONFIRMED)
        content_type = (b"content-type", b"text/html; charset=utf-8")
        await send({"type": "http.response.start", "status": status, "headers": [content_type]})
        await send({"type": "http.response.body", "body": render_page(title, f"<p>{escape(text)}</p>").encode()})

    return app_with_confirmations


def _confirm(query: Mapping[str, list[str]]) -> bool:
    """Confirm the link's subscription; returns whether the link was valid."""
    try:
        topic = parse_arn(query.get("TopicArn", [""])[0])
    except ArnParseError:
        return False
    with request_scope(topic.account_id, topic.region):
        status, _, _ = sns._confirm_subscription(dict(query))
    return bool(status == 200)


def _subscription(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The existing subscription of the request's endpoint, or None."""
    topic = sns._topic_by_arn_any_scope(sns._normalize_arn(sns._p(params, "TopicArn")))
    endpoint = sns._p(params, "Protocol"), sns._p(params, "Endpoint")
    subscriptions = topic["subscriptions"] if topic else []
    return next((each for each in subscriptions if (each["protocol"], each["endpoint"]) == endpoint), None)


def _send_confirmation(subscription: Mapping[str, Any], endpoint: str) -> None:
    query = urlencode(
        {"TopicArn": subscription["topic_arn"], "Token": subscription["token"], "Endpoint": subscription["endpoint"]}
    )
    ses._record_send(
        "no-reply@sns.amazonaws.com",
        [subscription["endpoint"]],
        subject="AWS Notification - Subscription Confirmation",
        body_text="You have chosen to subscribe to the topic:\n"
        f"{subscription['topic_arn']}\n\n"
        "To confirm this subscription, visit the link below (if this was in error no action is necessary):\n"
        f"{endpoint}{PATH}?{query}",
        type_name=MESSAGE_TYPE,
    )

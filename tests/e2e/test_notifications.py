"""Notifications over HTTP: subscribe, confirm in the inbox, receive, unsubscribe."""

import json
import re
from html import unescape

from chalicelib.bootstrap import ContainerProvider
from tests.e2e.conftest import Client
from tests.support import aws_clients

PATH = "/me/notifications"


def subscribe(client: Client, channel: str) -> list[dict[str, str]]:
    """Subscribe; returns all subscriptions."""
    body = json.dumps({"channel": channel}).encode()
    subscriptions: list[dict[str, str]] = client.request("POST", PATH, body, "application/json")["subscriptions"]
    return subscriptions


def inbox(client: Client) -> list[str]:
    """The messages' text on the inbox page, latest first, with link URLs in brackets."""
    html = client.send("GET", f"{client.library.page_url}inbox", b"", None).decode()
    articles = re.findall(r"<article>(.*?)</article>", html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", re.sub(r'<a href="([^"]+)">', r"[\1]", each))) for each in articles]


def test_subscribe_confirm_receive_and_unsubscribe(client: Client) -> None:
    unsubscribed = {"subscriptions": [], "channels": ["email", "sms"]}
    assert client.request("GET", PATH) == unsubscribed
    email = {"channel": "email", "address": "d•••@t•••.example", "state": "pending"}
    sms = {"channel": "sms", "address": "•••• 0123", "state": "confirmed"}
    assert subscribe(client, "email") == [email]
    assert subscribe(client, "sms") == [email, sms]
    notify(client, "Too early for email")
    latest, confirmation, *_ = inbox(client)
    assert "Text message notification" in latest
    assert "Too early for email" in latest
    assert "To demo@tintype.example · Subscription confirmation" in confirmation
    (link,) = re.findall(r"\[(http[^\]]+)\]", confirmation)
    assert b"Subscription confirmed" in client.send("GET", link, b"", None)
    confirmed = email | {"state": "confirmed"}
    assert client.request("GET", PATH)["subscriptions"] == [confirmed, sms]
    notify(client, "News for both channels")
    received = [message for message in inbox(client) if "News for both channels" in message]
    assert sorted(re.findall(r"To (\S+) · (?:Email|Text message) notification", "".join(received))) == [
        "+12025550123",
        "demo@tintype.example",
    ]
    assert all(f"[{client.library.page_url}]" in message for message in received)
    assert client.send("DELETE", client.library.api_url + PATH, b"", None, signed_in=True) == b""
    assert client.request("GET", PATH) == unsubscribed
    before = inbox(client)
    notify(client, "Not delivered")
    assert inbox(client) == before


def notify(client: Client, subject: str) -> None:
    """Send a notification to the demo user, as the library does when a bundle is ready."""
    owner = client.request("GET", "/me")["id"]
    provisioned = client.library.provisioned
    with aws_clients.local_cloud_clients(provisioned) as clients:
        container = ContainerProvider(provisioned.environment(), clients).current()
        container.notifications.notify(owner, subject, f"Look here:\n{client.library.page_url}\n")

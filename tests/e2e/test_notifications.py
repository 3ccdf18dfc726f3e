"""Being told, the whole way over HTTP: subscribed by one's id token, confirmed in the inbox, told there."""

import json
import re
from html import unescape

from chalicelib.bootstrap import ContainerProvider
from tests.e2e.conftest import Client
from tests.support import aws_clients

PATH = "/me/notifications"


def subscribed(client: Client, channel: str) -> list[dict[str, str]]:
    """Subscribe, and what is subscribed then."""
    body = json.dumps({"channel": channel}).encode()
    found: list[dict[str, str]] = client.request("POST", PATH, body, "application/json")["subscriptions"]
    return found


def inbox(client: Client) -> list[str]:
    """The messages on the inbox page as a person reads them, newest first; where a link leads stands in brackets."""
    shown = client.send("GET", f"{client.library.page_url}inbox", b"", None).decode()
    articles = re.findall(r"<article>(.*?)</article>", shown, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", re.sub(r'<a href="([^"]+)">', r"[\1]", each))) for each in articles]


def test_one_subscribes_confirms_in_the_inbox_is_told_there_and_then_no_more(client: Client) -> None:
    nobody = {"subscriptions": [], "channels": ["email", "sms"]}
    assert client.request("GET", PATH) == nobody
    email = {"channel": "email", "address": "d•••@t•••.example", "state": "pending"}
    sms = {"channel": "sms", "address": "•••• 0123", "state": "confirmed"}
    assert subscribed(client, "email") == [email]
    assert subscribed(client, "sms") == [email, sms]
    announce(client, "Too early for email")
    newest, confirmation = inbox(client)
    assert "Text message notification" in newest
    assert "Too early for email" in newest
    assert "To demo@tintype.example · Subscription confirmation" in confirmation
    (link,) = re.findall(r"\[(http[^\]]+)\]", confirmation)
    assert b"Subscription confirmed" in client.send("GET", link, b"", None)
    confirmed = email | {"state": "confirmed"}
    assert client.request("GET", PATH)["subscriptions"] == [confirmed, sms]
    announce(client, "Your photos are ready")
    told = [message for message in inbox(client) if "Your photos are ready" in message]
    assert sorted(re.findall(r"To (\S+) · (?:Email|Text message) notification", "".join(told))) == [
        "+12025550123",
        "demo@tintype.example",
    ]
    assert all(f"[{client.library.page_url}]" in message for message in told)
    assert client.send("DELETE", client.library.api_url + PATH, b"", None, signed_in=True) == b""
    assert client.request("GET", PATH) == nobody
    before = inbox(client)
    announce(client, "Nobody hears this")
    assert inbox(client) == before


def announce(client: Client, subject: str) -> None:
    """What a worker of the library says when something of the demo user's is ready."""
    owner = client.request("GET", "/me")["id"]
    provisioned = client.library.provisioned
    with aws_clients.local_cloud_clients(provisioned) as clients:
        container = ContainerProvider(provisioned.environment(), clients).current()
        container.notifications.notify(owner, subject, f"Look here:\n{client.library.page_url}\n")

"""The inbox: every message that a library on a laptop would have sent to somebody, newest first."""

import http.client
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from local.ports import HOST
from local.services import Services

SENDERS = {
    "CognitoInvitationMessage": "Sign-in, invitation",
    "CognitoVerificationMessage": "Sign-in, code",
    "CognitoEmailOtpMessage": "Sign-in, code",
    "SNS email": "Notification by email",
    "SNS SMS": "Notification by text message",
    "SNS confirmation": "Notification, to be confirmed",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message, as it would have gone out."""

    sent_at: datetime
    kind: str
    to: str
    subject: str
    text: str


def messages(services: Services) -> list[Message]:
    """All that was sent, newest first; raises OSError where the services do not answer."""
    connection = http.client.HTTPConnection(HOST, services.port, timeout=5)
    try:
        connection.request("GET", "/_ministack/ses/messages")
        sent = json.loads(connection.getresponse().read())["messages"]
    finally:
        connection.close()
    found = [_message(record) for records in sent.values() for record in records]
    return sorted(found, key=lambda message: message.sent_at, reverse=True)


def _message(record: dict[str, Any]) -> Message:
    return Message(
        sent_at=datetime.fromtimestamp(record["Timestamp"], UTC),
        kind=SENDERS.get(record["Type"], "Email"),
        to=", ".join([*record["To"], *record["CC"], *record["BCC"]]),
        subject=record["Subject"] or "",
        text=record["BodyText"] or record["BodyHtml"] or "",
    )


def page(sent: Sequence[Message]) -> str:
    """The inbox as HTML; its script asks for the same page again and puts in what is new."""
    count = {0: "Nothing yet", 1: "1 message"}.get(len(sent), f"{len(sent)} messages")
    items = "\n".join(_item(message) for message in sent)
    empty = "<p>What the library sends (invitations, codes, notifications) is shown here and goes nowhere else.</p>"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inbox · Tintype</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="inbox.css">
<script src="inbox.js" type="module"></script>
</head>
<body>
<header><h1>Inbox</h1><a href="./">Gallery</a></header>
<main aria-live="polite">
<p class="count">{count}</p>
{f"<ol>{items}</ol>" if sent else empty}
</main>
</body>
</html>
"""


def _item(message: Message) -> str:
    moment = message.sent_at.isoformat(timespec="seconds")
    return f"""<li><article>
<h2>{escape(message.subject) or "No subject"}</h2>
<p class="facts">To {escape(message.to)} · {escape(message.kind)} ·
<time datetime="{moment}">{message.sent_at:%d %B %Y, %H:%M} UTC</time></p>
<pre>{_with_links(escape(message.text))}</pre>
</article></li>"""


def _with_links(text: str) -> str:
    """Escaped text whose addresses can be followed."""
    return re.sub(r"https?://[^\s<]+", lambda address: f'<a href="{address[0]}">{address[0]}</a>', text)

"""Inbox: every email and text message that the local services would have sent, newest first."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from local.services import Services

KINDS = {
    "CognitoInvitationMessage": "Invitation",
    "CognitoVerificationMessage": "Sign-in code",
    "CognitoEmailOtpMessage": "Sign-in code",
    "SNS email": "Email notification",
    "SNS SMS": "Text message notification",
    "SNS confirmation": "Subscription confirmation",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One email or text message."""

    sent_at: datetime
    kind: str
    to: str
    subject: str
    text: str


def fetch_messages(services: Services) -> list[Message]:
    """All sent messages, newest first; raises OSError if the services are not running."""
    sent = json.loads(services.request("GET", "/_ministack/ses/messages"))["messages"]
    messages = [_message(record) for records in sent.values() for record in records]
    return sorted(messages, key=lambda message: message.sent_at, reverse=True)


def _message(record: dict[str, Any]) -> Message:
    return Message(
        sent_at=datetime.fromtimestamp(record["Timestamp"], UTC),
        kind=KINDS.get(record["Type"], "Email"),
        to=", ".join([*record["To"], *record["CC"], *record["BCC"]]),
        subject=record["Subject"] or "",
        text=record["BodyText"] or record["BodyHtml"] or "",
    )


def render_page(messages: Sequence[Message]) -> str:
    """The inbox as HTML; its script reloads the list every few seconds."""
    count = {0: "No messages", 1: "1 message"}.get(len(messages), f"{len(messages)} messages")
    items = "\n".join(_item(message) for message in messages)
    empty = "<p>Invitations, sign-in codes and notifications appear here. None of them leaves this machine.</p>"
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
{f"<ol>{items}</ol>" if messages else empty}
</main>
</body>
</html>
"""


def _item(message: Message) -> str:
    timestamp = message.sent_at.isoformat(timespec="seconds")
    return f"""<li><article>
<h2>{escape(message.subject) or "No subject"}</h2>
<p class="facts">To {escape(message.to)} · {escape(message.kind)} ·
<time datetime="{timestamp}">{message.sent_at:%B} {message.sent_at.day}, {message.sent_at:%Y, %H:%M} UTC</time></p>
<pre>{_with_links(escape(message.text))}</pre>
</article></li>"""


def _with_links(text: str) -> str:
    """Escaped text with its URLs as links."""
    return re.sub(r"https?://[^\s<]+", lambda url: f'<a href="{url[0]}">{url[0]}</a>', text)

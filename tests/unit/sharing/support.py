"""Links over fakes, with a manual clock."""

import hashlib
import itertools
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.accounts.notifications import Delivery
from chalicelib.errors import Unavailable
from chalicelib.sharing.access import MAX_WRONG_PASSWORDS, GuestAccess
from chalicelib.sharing.models import Share, ShareTerms
from chalicelib.sharing.service import ShareService
from tests.fakes.library import Clock
from tests.fakes.photos import MemoryPhotoStore
from tests.fakes.shares import MemoryPasswordLimit, MemoryShareStore

PASSWORD = "open sesame"
# Of a cost that tests can afford.
_DIGEST = hashlib.scrypt(PASSWORD.encode(), salt=b"salt", n=16, r=1, p=1, dklen=32)
PASSWORD_HASH = f"scrypt$4,1,1${b64encode(b'salt').decode()}${b64encode(_DIGEST).decode()}"


@dataclass
class Messages:
    """`Notifier` that keeps messages, and `MessageLimit` of one a day."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    taken: dict[str, object] = field(default_factory=dict)
    broken: bool = False

    def notify(self, owner: str, subject: str, text: str) -> Delivery:
        if self.broken:
            raise Unavailable("SNS did not respond.")
        self.sent.append((owner, subject, text))
        return Delivery.SENT

    def take(self, recipient: str, message_id: str, now: object) -> bool:
        is_first = recipient not in self.taken
        self.taken.setdefault(recipient, (message_id, now))
        return is_first


@dataclass
class Links:
    """The services of shared links over fakes."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryShareStore = field(default_factory=lambda: MemoryShareStore({"a1", "a2"}.__contains__))
    messages: Messages = field(default_factory=Messages)

    def __post_init__(self) -> None:
        ids, secrets = itertools.count(1), itertools.count(1)
        self.photos = MemoryPhotoStore(now=self.clock)
        self.limit = MemoryPasswordLimit(MAX_WRONG_PASSWORDS)
        self.access = GuestAccess(
            shares=self.store,
            limit=self.limit,
            notifier=self.messages,
            warning_limit=self.messages,
            now=self.clock,
            new_id=lambda: str(next(ids)),
            link_secret="link",
        )
        self.service = ShareService(self.store, self.photos, self.clock, lambda size: next(secrets).to_bytes(size))

    def share(
        self, terms: ShareTerms | None = None, *, owner: str = "alice", album_id: str = "a1"
    ) -> tuple[Share, str]:
        """A new link to an album, and its token."""
        return self.service.share_album(owner, album_id, terms or ShareTerms())

    def advance(self, **time: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**time))

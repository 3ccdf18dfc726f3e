"""What can go wrong, as facts with data; `http` alone turns them into answers.

TintypeError
├── Invalid               bad input, with the field that was wrong           400
├── Unauthenticated       a token that is missing, expired or forged         401
├── Forbidden             known caller, beyond what their key may do         403
├── NotFound              absent, or not for this caller                     404
│   └── PhotoNotFound
├── TooLarge              more bytes than this door carries                  413
├── UnsupportedMedia      a body in a type this door does not read           415
├── Conflict              somebody else changed it first                     409
│   ├── ContentClaimed    the owner has the same bytes in another photo
│   └── Outdated          the caller named a version that is no more       412
├── NotConfigured         settings are missing, or make no sense             500
├── Unavailable           a service did not answer; worth trying again       503
├── Expired               it was there, and its time is over                 410
└── Unreadable            a file that does not become a picture (never HTTP: it is a photo's reason)
"""


class TintypeError(Exception):
    """The root of everything this library raises on purpose."""


class Invalid(TintypeError):
    """Input that breaks the contract; `field` names the culprit where there is one."""

    def __init__(self, sentence: str, *, field: str | None = None, code: str = "invalid") -> None:
        super().__init__(sentence)
        self.field = field
        self.code = code


class Unauthenticated(TintypeError):
    """A call that must be signed in, or a token that does not hold."""

    def __init__(self, sentence: str, *, code: str = "unauthenticated") -> None:
        super().__init__(sentence)
        self.code = code


class Forbidden(TintypeError):
    """The caller is known and may not do this; `needs` is the right that their key has not."""

    def __init__(self, sentence: str, *, needs: str | None = None) -> None:
        super().__init__(sentence)
        self.needs = needs


class NotFound(TintypeError):
    """Absent, or not to be seen by this caller: the answer is the same."""


class PhotoNotFound(NotFound):
    """No photo of this id for this caller."""

    def __init__(self, photo_id: str) -> None:
        super().__init__("There is no such photo.")
        self.photo_id = photo_id


class TooLarge(TintypeError):
    """A body over what this door carries; `limit` in bytes."""

    def __init__(self, sentence: str, *, limit: int) -> None:
        super().__init__(sentence)
        self.limit = limit


class UnsupportedMedia(TintypeError):
    """A body of a type this door does not read."""


class Conflict(TintypeError):
    """The record changed between reading and writing; read again and decide again."""


class ContentClaimed(Conflict):
    """The owner already has these bytes, as photo `holder`."""

    def __init__(self, holder: str) -> None:
        super().__init__("The owner already has these bytes in another photo.")
        self.holder = holder


class Outdated(Conflict):
    """The caller wanted to change a version that is no more; `version` is the one that is."""

    def __init__(self, version: int) -> None:
        super().__init__("The photo has changed since you read it; read it again, and decide again.")
        self.version = version


class NotConfigured(TintypeError):
    """Settings are missing or make no sense; `missing` holds every such name, not only the first."""

    def __init__(self, sentence: str, *, missing: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.missing = missing


class Unavailable(TintypeError):
    """A service did not answer in time; the same call may succeed later."""


class Expired(TintypeError):
    """What the caller names was there, and its time is over."""


class Unreadable(TintypeError):
    """A file that cannot become a picture; the message is the reason shown to its owner."""

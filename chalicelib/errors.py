"""The error tree; `http.errors` maps it to HTTP statuses.

TintypeError
├── Invalid               malformed input; `field` names it                  400
├── Unauthenticated       a missing, expired or forged token                 401
├── Forbidden             a permission that the caller's API key lacks       403
├── NotFound              does not exist, or may not be seen                 404
│   └── PhotoNotFound
├── TooLarge              a request body over the limit                      413
├── UnsupportedMedia      a request body of an unsupported type              415
├── Conflict              a concurrent change, or a limit reached            409
│   ├── AlbumsGone        albums that a photo was to join are deleted (handled by the photo store)
│   ├── IdTaken           the id that an import chose is not free                409
│   ├── ContentClaimed    the owner has the same bytes in another photo
│   └── Outdated          the caller's version is out of date              412
├── TooManyRequests       too many attempts; when to try again               429
├── NotConfigured         settings are missing or invalid                    500
├── Unavailable           a service failed; a retry may succeed              503
│   └── StorageFull       a laptop's disk is full                            507
├── Expired               a link that has expired                            410
└── Unreadable            a file that is not a supported image (not sent over HTTP: a photo's reason)
"""


class TintypeError(Exception):
    """The base of every error that the app raises on purpose."""


class Invalid(TintypeError):
    """Malformed input; `field` names the parameter, field or header, if there is one."""

    def __init__(self, message: str, *, field: str | None = None, code: str = "invalid") -> None:
        super().__init__(message)
        self.field = field
        self.code = code


class Unauthenticated(TintypeError):
    """A request that requires sign-in, or an invalid token."""

    def __init__(self, message: str, *, code: str = "unauthenticated") -> None:
        super().__init__(message)
        self.code = code


class Forbidden(TintypeError):
    """The caller lacks a permission; `needs` names it if an API key can have it."""

    def __init__(self, message: str, *, needs: str | None = None) -> None:
        super().__init__(message)
        self.needs = needs


class NotFound(TintypeError):
    """It does not exist, or the caller may not see it: the response is the same."""


class PhotoNotFound(NotFound):
    """No photo with this id is visible to the caller."""

    def __init__(self, photo_id: str) -> None:
        super().__init__("Photo not found.")
        self.photo_id = photo_id


class TooLarge(TintypeError):
    """A request body over `limit` bytes."""

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class UnsupportedMedia(TintypeError):
    """A request body of an unsupported type."""


class Conflict(TintypeError):
    """The record changed between read and write, or its state does not allow the change."""


class AlbumsGone(Conflict):
    """Albums that a photo was to join do not exist any more; `album_ids` names them."""

    def __init__(self, album_ids: frozenset[str]) -> None:
        super().__init__("An album of the photo has been deleted.")
        self.album_ids = album_ids


class IdTaken(Conflict):
    """A photo, of whomever, has or had the id that an import chose; nothing says which."""

    def __init__(self, photo_id: str) -> None:
        super().__init__("This photo_id is not free. Leave it out to get a new one.")
        self.photo_id = photo_id


class ContentClaimed(Conflict):
    """The owner has the same bytes in another photo, `holder`."""

    def __init__(self, holder: str) -> None:
        super().__init__("The owner already has these bytes in another photo.")
        self.holder = holder


class Outdated(Conflict):
    """The caller's version of a photo or the like is out of date; `version` is the current one."""

    def __init__(self, version: int, noun: str = "photo") -> None:
        super().__init__(f"The {noun} has changed since you last read it. Read it again and retry.")
        self.version = version


class TooManyRequests(TintypeError):
    """Too many attempts; the next one is possible after `seconds`."""

    def __init__(self, message: str, *, seconds: int, code: str = "too_many_requests") -> None:
        super().__init__(message)
        self.seconds = seconds
        self.code = code


class NotConfigured(TintypeError):
    """Settings are missing or invalid; `missing` holds the names of all of them."""

    def __init__(self, message: str, *, missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.missing = missing


class Unavailable(TintypeError):
    """A service failed or timed out; a retry may succeed."""


class StorageFull(Unavailable):
    """The disk of a library on a laptop is full; the message says how much space is missing."""


class Expired(TintypeError):
    """A link that has expired."""


class Unreadable(TintypeError):
    """A file that is not a supported image; the message is the reason that its owner sees."""

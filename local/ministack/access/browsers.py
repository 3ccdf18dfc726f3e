"""Which requests a browser may send from which page.

The services hold no cookies, and every request but those of the hosted sign-in needs a signature. So a page of another
origin could do nothing but use signed URLs that it was given; these checks keep the rest of the surface closed to it.
"""

import re
from collections.abc import Collection
from enum import Enum, auto

from local.signatures.signing import Request

READ = frozenset({"GET", "HEAD"})
NAVIGATIONS = frozenset({"/oauth2/authorize", "/login", "/logout", "/confirmation.html"})
SIGN_IN_FORMS = frozenset({"/oauth2/login", "/login"})
ICON = "/favicon.ico"
TOKEN_ENDPOINT = "/oauth2/token"  # noqa: S105 - a path
REVOCATION_ENDPOINT = "/oauth2/revoke"
KEYS = re.compile(r"/[A-Za-z0-9_-]+/\.well-known/jwks\.json")


class Kind(Enum):
    """What a request is, by method, path and form: each kind may come from other pages."""

    NAVIGATION = auto()  # pages of the hosted sign-in, and links in emails
    SIGN_IN_FORM = auto()
    TOKEN = auto()
    KEYS = auto()
    ICON = auto()
    PREFLIGHT = auto()
    FORM_UPLOAD = auto()
    PRESIGNED = auto()
    API = auto()

    @property
    def public(self) -> bool:
        """Whether it needs no signature: a person signs in with it."""
        return self in {Kind.NAVIGATION, Kind.SIGN_IN_FORM, Kind.TOKEN, Kind.KEYS, Kind.ICON}


def kind_of(request: Request) -> Kind:
    """The kind of a request."""
    reads, posts = request.method in READ, request.method == "POST"
    if reads and request.path in NAVIGATIONS:
        return Kind.NAVIGATION
    if posts and request.path in SIGN_IN_FORMS:
        return Kind.SIGN_IN_FORM
    if posts and request.path in {TOKEN_ENDPOINT, REVOCATION_ENDPOINT}:
        return Kind.TOKEN
    if reads and KEYS.fullmatch(request.path):
        return Kind.KEYS
    if reads and request.path == ICON:
        return Kind.ICON
    if request.method == "OPTIONS":
        return Kind.PREFLIGHT
    if any(name == "X-Amz-Signature" for name, _ in request.query()):
        return Kind.PRESIGNED
    if posts and (request.header("content-type") or "").lower().startswith("multipart/form-data"):
        return Kind.FORM_UPLOAD
    return Kind.API


def is_allowed(request: Request, kind: Kind, own_origins: Collection[str], page_origins: Collection[str]) -> bool:
    """Whether the page that sent the request may send it; always, if no browser did.

    Browsers send Origin with every request that can change something, and Sec-Fetch-Site with every request.
    """
    origin = request.header("origin")
    site, destination = request.header("sec-fetch-site"), request.header("sec-fetch-dest")
    match kind:
        case Kind.NAVIGATION:  # not in a frame, where a page could make a person click on it
            return origin is None and destination in {None, "document"}
        case Kind.SIGN_IN_FORM:
            return (origin is None or origin in own_origins) and site in {None, "same-origin"}
        case Kind.TOKEN:
            return origin is None or origin in page_origins
        case Kind.ICON:
            return origin is None and site in {None, "none", "same-origin"}
        case Kind.KEYS:
            return True
        case Kind.PREFLIGHT | Kind.FORM_UPLOAD | Kind.PRESIGNED:  # the bucket's CORS configuration decides
            return True
        case Kind.API:
            return origin is None and site is None

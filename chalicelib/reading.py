"""Reading over HTTP: parameters checked, one call of the gallery, an answer in the API's words."""

import hashlib
from typing import Any

from chalicelib import answers
from chalicelib.cursors import seal, unseal
from chalicelib.errors import Invalid, NotFound
from chalicelib.gallery import Order, Place, scope_for
from chalicelib.http import Answer, Call, pointed, shown
from chalicelib.membership import BY_STATE, EVERYTHING, library_of
from chalicelib.photos import MAX_TAG_CHARACTERS, clean_tag
from chalicelib.wiring import Library

DEFAULT_LIMIT = 50
TRENDING_LIMIT = 20
ORIGINAL = "original"
STATES = {str(state): tag for state, tag in BY_STATE.items()}
VARIANTS = ("thumbnail", "preview", "resized", ORIGINAL)


def trending(call: Call, library: Library) -> dict[str, Any]:
    """`GET /gallery/trending`."""
    call.only("limit", "cursor", "order", "scope")
    scope, order = _scope(call), Order(call.choice("order", "count", "heat") or "count")
    query, limit = ("trending", scope, order), call.limit(TRENDING_LIMIT)
    place = _cursor(call, library, query)
    figure, _, tag = (place or "").partition("#")
    after = Place(int(figure), tag) if place else None
    items, end = library.gallery.trending(scope, order, viewer=call.viewer, after=after, limit=limit)
    words = library.answers(call.viewer)
    return {
        "items": [words.tag(item) for item in items],
        "total_tags": library.gallery.total_tags(scope),
        "cursor": _sealed(library, f"{end.figure}#{end.tag}" if end else None, query),
    }


def articles(call: Call, library: Library) -> dict[str, Any]:
    """`GET /gallery/articles`: the photos under one tag."""
    call.only("tag", "limit", "cursor", "scope")
    tag = (call.one("tag") or "").strip()
    if not tag:
        raise Invalid("tag parameter is required", field="tag")
    return _listing(call, library, _tag(tag), "articles")


def timeline(call: Call, library: Library) -> dict[str, Any]:
    """`GET /photos`; with `state`, the caller's own photos in that state."""
    call.only("limit", "cursor", "scope", "state")
    state = call.choice("state", *STATES)
    if state is None:
        return _listing(call, library, EVERYTHING, "photos")
    if call.choice("scope", "mine", "public") == "public":
        raise Invalid("state is told of your own photos only; leave scope out, or say scope=mine.", field="state")
    return _listing(call, library, STATES[state], "photos", library_of(call.owner))


def thumbnails(call: Call, library: Library) -> dict[str, Any]:
    """`GET /thumbnails`."""
    call.only("limit", "cursor", "scope")
    scope, query = _scope(call), ("thumbnails", _scope(call))
    after, limit = _cursor(call, library, query), call.limit(DEFAULT_LIMIT)
    page = library.gallery.collection(scope, EVERYTHING, viewer=call.viewer, after=after, limit=limit)
    words = library.answers(call.viewer)
    return {"items": [words.thumbnail(p) for p in page.items], "cursor": _sealed(library, page.end, query)}


def photo(call: Call, library: Library, photo_id: str) -> dict[str, Any]:
    """`GET /photos/{photo_id}`."""
    call.only()
    return library.answers(call.viewer).photo(library.gallery.photo(photo_id, call.viewer))


def variant(call: Call, library: Library, photo_id: str, name: str) -> Answer:
    """`GET /photos/{photo_id}/{variant}`: a redirect to the image; the original for its owner only."""
    call.only()
    if name not in VARIANTS:
        raise NotFound(f"There is no such image; ask for {', '.join(VARIANTS)}.")
    words = library.answers(call.viewer)
    if name == ORIGINAL:
        return pointed(words.original(library.gallery.original(photo_id, call.viewer)))
    return pointed(words.derivative(library.gallery.derivative(photo_id, name, call.viewer).key))


def thumbnail(call: Call, library: Library, photo_id: str) -> Answer:
    """`GET /thumbnails/{photo_id}`: the bytes themselves."""
    call.only()
    made = library.gallery.derivative(photo_id, "thumbnail", call.viewer)
    data = library.derivatives.get(made.key)
    return shown(data, made.mime, f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def labels(call: Call, library: Library) -> dict[str, Any]:
    """`GET /labels`: of the caller's own library."""
    owner = call.owner
    call.only()
    return answers.labels(library.gallery.labels(owner))


def me(call: Call, library: Library) -> dict[str, Any]:
    """`GET /me`."""
    caller = call.signed_in
    call.only()
    return {
        "id": caller.owner,
        "email": caller.claims.get("email"),
        "library_owner": caller.owner == library.settings.library_owner,
        "default_status": library.settings.default_status,
    }


def health(call: Call, library: Library) -> dict[str, Any]:
    """`GET /health`: 200 once everything answers."""
    call.only()
    library.check()
    return {"status": "ok", "stage": library.settings.stage}


def _listing(call: Call, library: Library, tag: str, name: str, scope: str | None = None) -> dict[str, Any]:
    scope = scope or _scope(call)
    query = (name, scope, tag)
    after, limit = _cursor(call, library, query), call.limit(DEFAULT_LIMIT)
    page = library.gallery.collection(scope, tag, viewer=call.viewer, after=after, limit=limit)
    words = library.answers(call.viewer)
    return {"items": [words.photo(photo) for photo in page.items], "cursor": _sealed(library, page.end, query)}


def _scope(call: Call) -> str:
    return scope_for(call.choice("scope", "mine", "public"), call.viewer)


def _tag(word: str) -> str:
    if len(word) > MAX_TAG_CHARACTERS:
        raise Invalid(f"tag has at most {MAX_TAG_CHARACTERS} characters.", field="tag")
    return clean_tag(word)


def _cursor(call: Call, library: Library, query: tuple[str, ...]) -> str | None:
    given = call.one("cursor")
    return unseal(given, query=query, secret=library.settings.link_secret) if given is not None else None


def _sealed(library: Library, place: str | None, query: tuple[str, ...]) -> str | None:
    return seal(place, query=query, secret=library.settings.link_secret) if place else None

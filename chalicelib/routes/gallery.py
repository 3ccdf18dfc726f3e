"""Reading over HTTP: parameters checked, one call of the gallery, an answer in the API's words."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from chalicelib.container import Library
from chalicelib.errors import Invalid, NotFound
from chalicelib.http.requests import Answer, Call, etag_of, kept, pointed, shown
from chalicelib.library.collections import ALL_PHOTOS, STATE_TAGS, TimeRange, owner_scope
from chalicelib.library.photo import Photo
from chalicelib.library.queries import PhotoPage, TrendCursor, TrendOrder
from chalicelib.library.search import Match, TagQuery
from chalicelib.routes import params, serializers
from chalicelib.util.signing import sign, verify

DEFAULT_LIMIT = 50
TRENDING_LIMIT = 20
COMPLETIONS_LIMIT = 10
# How long a shared cache may show the same answer to everybody who is not signed in.
SECONDS_IN_CACHES = 60
TRENDING_SECONDS_IN_CACHES = 300
MAX_TAGS_ASKED = 10
ORIGINAL = "original"
VARIANTS = ("thumbnail", "small", "preview", "resized", ORIGINAL)
STATES = {str(state): tag for state, tag in STATE_TAGS.items()}


def trending(call: Call, library: Library) -> Answer:
    """`GET /gallery/trending`."""
    call.only("limit", "cursor", "order", "scope")
    scope, order = params.scope(call), TrendOrder(call.choice("order", "count", "heat") or "count")
    query, limit = ("trending", scope, order), call.limit(TRENDING_LIMIT)
    place = _cursor(call, library, query)
    figure, _, tag = (place or "").partition("#")
    after = TrendCursor(int(figure), tag) if place else None
    items, end = library.queries.list_trends(scope, order, viewer=call.viewer, after=after, limit=limit)
    words = serializers.photo_serializer(library, call.viewer)
    body = {
        "items": [words.tag(item) for item in items],
        "total_tags": library.queries.count_tags(scope),
        "cursor": _sealed(library, f"{end.value}#{end.tag}" if end else None, query),
    }
    return _kept(call, library, body, TRENDING_SECONDS_IN_CACHES)


def articles(call: Call, library: Library) -> Answer:
    """`GET /gallery/articles`: the photos under all of these tags, or any of them, and without others."""
    call.only("tag", "match", "not", "limit", "cursor", "scope")
    wanted = TagQuery(
        tags=_tags(call, "tag"),
        match=Match(call.choice("match", "all", "any") or "all"),
        excluded=_tags(call, "not"),
    )
    if not wanted.tags:
        raise Invalid("tag parameter is required", field="tag")
    scope = params.scope(call)
    query = ("articles", scope, wanted.match, *wanted.tags, "not", *wanted.excluded)
    after, limit = _cursor(call, library, query), call.limit(DEFAULT_LIMIT)
    page = library.queries.search(scope, wanted, viewer=call.viewer, after=after, limit=limit)
    return _photos(call, library, page, query)


def completions(call: Call, library: Library) -> Answer:
    """`GET /gallery/tags`: tags in use that begin so."""
    call.only("prefix", "limit", "scope")
    prefix = call.one("prefix") or ""
    start = params.tag(prefix, "prefix") if prefix.strip() else ""
    trends = library.queries.list_tags(params.scope(call), start, call.limit(COMPLETIONS_LIMIT))
    return _kept(call, library, {"items": [serializers.completion(trend) for trend in trends]})


def timeline(call: Call, library: Library) -> Answer:
    """`GET /photos`, perhaps between two dates; with `state`, the caller's own photos in that state."""
    call.only("limit", "cursor", "scope", "state", "from", "to")
    scope, tag = _scope_and_state(call)
    first, last = call.one("from"), call.one("to")
    within = TimeRange(_moment(first, "from"), _moment(last, "to", through=True))
    query = ("photos", scope, tag, first or "", last or "")
    after, limit = _cursor(call, library, query), call.limit(DEFAULT_LIMIT)
    page = library.queries.list_collection(scope, tag, viewer=call.viewer, after=after, limit=limit, time_range=within)
    return _photos(call, library, page, query)


def thumbnails(call: Call, library: Library) -> Answer:
    """`GET /thumbnails`."""
    call.only("limit", "cursor", "scope")
    scope, query = params.scope(call), ("thumbnails", params.scope(call))
    after, limit = _cursor(call, library, query), call.limit(DEFAULT_LIMIT)
    page = library.queries.list_collection(scope, ALL_PHOTOS, viewer=call.viewer, after=after, limit=limit)
    words = serializers.photo_serializer(library, call.viewer)
    body = {"items": [words.thumbnail(p) for p in page.photos], "cursor": _sealed(library, page.next_position, query)}
    return _kept(call, library, body)


def photo(call: Call, library: Library, photo_id: str) -> Answer:
    """`GET /photos/{photo_id}`."""
    call.only()
    return _kept(
        call,
        library,
        serializers.photo_serializer(library, call.viewer).photo(library.queries.get_photo(photo_id, call.viewer)),
    )


def variant(call: Call, library: Library, photo_id: str, name: str) -> Answer:
    """`GET /photos/{photo_id}/{variant}`: a redirect to the image; the original for its owner only."""
    call.only()
    if name not in VARIANTS:
        raise NotFound(f"There is no such image; ask for {', '.join(VARIANTS)}.")
    words = serializers.photo_serializer(library, call.viewer)
    if name == ORIGINAL:
        return pointed(words.original(library.queries.get_original_key(photo_id, call.viewer)))
    return pointed(words.derivative(library.queries.get_derivative(photo_id, name, call.viewer).key))


def thumbnail(call: Call, library: Library, photo_id: str) -> Answer:
    """`GET /thumbnails/{photo_id}`: the bytes themselves."""
    call.only()
    made = library.queries.get_derivative(photo_id, "thumbnail", call.viewer)
    return shown(call, library.derivatives.get(made.key), made.mime, seconds=SECONDS_IN_CACHES)


def labels(call: Call, library: Library) -> dict[str, Any]:
    """`GET /labels`: of the caller's own library."""
    owner = call.owner
    call.only()
    return serializers.labels(library.queries.list_owner_tags(owner))


def stats(call: Call, library: Library) -> Answer:
    """`GET /stats`: a scope in figures."""
    call.only("scope")
    return _kept(call, library, serializers.stats(library.queries.get_scope_totals(params.scope(call))))


def me(call: Call, library: Library) -> dict[str, Any]:
    """`GET /me`."""
    caller = call.signed_in
    call.only()
    return {
        "id": caller.owner,
        "email": caller.claims.get("email"),
        "can": serializers.rights(caller.permissions),
        "library_owner": caller.owner == library.settings.library_owner,
        "default_status": library.settings.default_status,
    }


def health(call: Call, library: Library) -> dict[str, Any]:
    """`GET /health`: 200 once everything answers."""
    call.only()
    library.check()
    return {"status": "ok", "stage": library.settings.stage}


def _photos(call: Call, library: Library, page: PhotoPage[Photo], query: tuple[str, ...]) -> Answer:
    words = serializers.photo_serializer(library, call.viewer)
    body = {"items": [words.photo(p) for p in page.photos], "cursor": _sealed(library, page.next_position, query)}
    return _kept(call, library, body)


def _kept(call: Call, library: Library, body: dict[str, Any], seconds: int = SECONDS_IN_CACHES) -> Answer:
    """Signed URLs are no part of an entity tag, but their window is: a copy is good only while its URLs are."""
    etag = etag_of([library.url_window(), serializers.without_urls(body)])
    return kept(call, body, seconds=seconds, etag=etag)


def _scope_and_state(call: Call) -> tuple[str, str]:
    state = call.choice("state", *STATES)
    if state is None:
        return params.scope(call), ALL_PHOTOS
    if call.choice("scope", "mine", "public") == "public":
        raise Invalid("state is told of your own photos only; leave scope out, or say scope=mine.", field="state")
    return owner_scope(call.owner), STATES[state]


def _tags(call: Call, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(params.tag(word, name) for word in call.many(name, MAX_TAGS_ASKED)))


def _moment(given: str | None, name: str, *, through: bool = False) -> datetime | None:
    """An ISO 8601 date or time, in UTC unless it says otherwise; a date taken `through` ends with its day."""
    if given is None:
        return None
    try:
        if len(given) == len("2026-11-20"):
            day = datetime.combine(date.fromisoformat(given), time(), UTC)
            return day + timedelta(days=1) if through else day
        moment = datetime.fromisoformat(given)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(f"{name} must be a date like 2026-11-20, or a time in ISO 8601.", field=name) from None


def _cursor(call: Call, library: Library, query: tuple[str, ...]) -> str | None:
    given = call.one("cursor")
    return verify(given, context=query, secret=library.settings.link_secret) if given is not None else None


def _sealed(library: Library, place: str | None, query: tuple[str, ...]) -> str | None:
    return sign(place, context=query, secret=library.settings.link_secret) if place else None

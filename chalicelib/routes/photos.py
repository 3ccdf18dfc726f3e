"""Photos: the timeline, single photos, their images, edits, the trash and batch actions."""

from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Invalid, NotFound
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, image_response, no_content, redirect
from chalicelib.library.collections import ALL_PHOTOS, STATE_TAGS, TimeRange, owner_scope
from chalicelib.library.photo import Photo
from chalicelib.routes import params, serializers
from chalicelib.routes.caching import CACHE_SECONDS, cached_response
from chalicelib.routes.edits import EDITABLE, may_read, read_edit
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, photo_page, read_cursor

ORIGINAL = "original"
VARIANTS = ("thumbnail", "small", "preview", "resized", ORIGINAL)
STATES = {str(state): tag for state, tag in STATE_TAGS.items()}


def list_photos(request: ApiRequest, container: Container) -> Response:
    """`GET /photos`: the timeline, newest first, between two dates; or the caller's own photos in one `state`."""
    request.allow_params("limit", "cursor", "scope", "state", "from", "to")
    scope, tag = _scope_and_collection(request)
    time_range = TimeRange(*params.time_range(request))
    query = ("photos", scope, tag, request.get("from") or "", request.get("to") or "")
    after, limit = read_cursor(request, container, query), request.limit(DEFAULT_LIMIT)
    page = container.queries.list_collection(
        scope, tag, viewer=request.viewer, after=after, limit=limit, time_range=time_range
    )
    return photo_page(request, container, page, query)


def get_photo(request: ApiRequest, container: Container, photo_id: str) -> Response:
    """`GET /photos/{photo_id}`."""
    request.allow_params()
    return cached_response(
        request, container, _serialize(request, container, container.queries.get_photo(photo_id, request.viewer))
    )


def get_photo_variant(request: ApiRequest, container: Container, photo_id: str, name: str) -> Response:
    """`GET /photos/{photo_id}/{variant}`: a redirect to the image; the original for its owner only."""
    request.allow_params()
    if name not in VARIANTS:
        raise NotFound(f"Unknown image. Use one of {', '.join(VARIANTS)}.")
    serializer = serializers.photo_serializer(container, request.viewer)
    if name == ORIGINAL:
        photo = container.queries.get_uploaded_photo(photo_id, request.viewer)
        # A download: it may be any kind of file.
        return redirect(serializer.sign_original(photo.key, photo.filename, method=request.method))
    derivative = container.queries.get_derivative(photo_id, name, request.viewer)
    return redirect(serializer.sign_derivative(derivative.key, method=request.method))


def list_thumbnails(request: ApiRequest, container: Container) -> Response:
    """`GET /thumbnails`: the timeline with thumbnail URLs only."""
    request.allow_params("limit", "cursor", "scope")
    scope = params.scope(request)
    query = ("thumbnails", scope)
    after, limit = read_cursor(request, container, query), request.limit(DEFAULT_LIMIT)
    page = container.queries.list_collection(scope, ALL_PHOTOS, viewer=request.viewer, after=after, limit=limit)
    serializer = serializers.photo_serializer(container, request.viewer)
    items = [serializer.thumbnail(photo) for photo in page.photos]
    return cached_response(
        request, container, {"items": items, "cursor": next_cursor(container, page.next_position, query)}
    )


def get_thumbnail(request: ApiRequest, container: Container, photo_id: str) -> Response:
    """`GET /thumbnails/{photo_id}`: the bytes of the thumbnail."""
    request.allow_params()
    thumbnail = container.queries.get_derivative(photo_id, "thumbnail", request.viewer)
    data = container.derivatives.get(thumbnail.key)
    return image_response(request, data, thumbnail.mime, seconds=CACHE_SECONDS)


def update_photo(request: ApiRequest, container: Container, photo_id: str) -> dict[str, Any] | Response:
    """`PATCH /photos/{photo_id}`; with `If-Match`, only if the photo is at that version."""
    owner = request.owner
    request.allow_params()
    edit = read_edit(request.json(*EDITABLE))
    return _changed(request, container, container.editor.edit(owner, photo_id, edit, request.version))


def delete_photo(request: ApiRequest, container: Container, photo_id: str) -> Response:
    """`DELETE /photos/{photo_id}`: move it to the trash; with `permanent=true`, delete it permanently."""
    owner = request.owner
    request.allow_params("permanent")
    if request.get_enum("permanent", "true", "false") == "true":
        container.editor.erase(owner, photo_id)
    else:
        container.editor.trash(owner, photo_id)
    return no_content()


def restore_photo(request: ApiRequest, container: Container, photo_id: str) -> dict[str, Any] | Response:
    """`POST /photos/{photo_id}/restore`: move it out of the trash."""
    owner = request.owner
    request.allow_params()
    return _changed(request, container, container.editor.restore(owner, photo_id))


def _scope_and_collection(request: ApiRequest) -> tuple[str, str]:
    state = request.get_enum("state", *STATES)
    if state is None:
        return params.scope(request), ALL_PHOTOS
    if request.get_enum("scope", "mine", "public") == "public":
        raise Invalid("state works with your own photos only. Omit scope, or use scope=mine.", field="state")
    return owner_scope(request.owner), STATES[state]


def _serialize(request: ApiRequest, container: Container, photo: Photo) -> dict[str, Any]:
    return serializers.photo_serializer(container, request.viewer).photo(photo)


def _changed(request: ApiRequest, container: Container, photo: Photo) -> dict[str, Any] | Response:
    """The changed photo, or 204 for a caller who may not read it."""
    return _serialize(request, container, photo) if may_read(request) else no_content()

"""Bundles: zip files of the caller's photos, and the links that download them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain
from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.accounts.notifications import MAX_MESSAGES_PER_HOUR, Subscription, delivery_warning
from chalicelib.albums.models import Album, clean_title
from chalicelib.albums.visibility import AlbumVisibility
from chalicelib.bundles.models import Bundle, Variant
from chalicelib.bundles.service import BundleRequest, without_sidecar
from chalicelib.bundles.sidecars import own_sidecars
from chalicelib.container import Container
from chalicelib.errors import Forbidden, Invalid, Unavailable
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response, no_content, redirect
from chalicelib.library.photo import Photo
from chalicelib.library.photo_query import Match
from chalicelib.routes import search_params, serializers

MAX_BUNDLE_TAGS = 100
MAX_LABELS = 1000  # the Photo Asset Manager's client may select every label that there is


def create_bundle(request: ApiRequest, container: Container) -> Response:
    """`POST /bundles`: 202 with the number of photos and bytes."""
    owner = request.owner
    request.allow_params()
    body = request.json("tags", "match", "photo_ids", "album_id", "query", "variant", "sidecars", "title", "notify")
    tags = validation.search_tags(body.get("tags", []), "tags", max_tags=MAX_BUNDLE_TAGS)
    photo_ids = validation.photo_ids(body.get("photo_ids", []), max_ids=container.settings.bundle_photos)
    if not tags and not photo_ids and not body.keys() & {"album_id", "query"}:
        raise Invalid("tags, photo_ids, album_id or query is required.", field="tags")
    match = validation.enum_value(body.get("match", Match.ANY), "match", Match)
    variant = validation.enum_value(body.get("variant", Variant.ORIGINAL), "variant", Variant)
    sidecars, notify = _flag(body, "sidecars"), _flag(body, "notify")
    if notify and Permission.ACCOUNT not in request.signed_in_caller.permissions:  # it would send its owner messages
        raise Forbidden("API keys cannot send messages. Omit `notify`, or sign in instead.")
    album = _find_album(request, container, body)
    photos = chain(
        _album_photos(request, container, album) if album else (),
        container.bundle_photos.by_ids(photo_ids, _may_include(container.album_visibility, owner)),
        container.bundle_photos.by_tags(owner, tags, match),
        _found_photos(request, container, body),
    )
    title = album.title if album and not tags and not photo_ids and "query" not in body else ""
    if "title" in body:
        title = clean_title(body["title"])
    sidecar_of = own_sidecars(owner, places=container.settings.places == "yes") if sidecars else without_sidecar
    return _create(
        container, BundleRequest(owner, photos, owner, variant, title=title, notify=notify, sidecar_of=sidecar_of)
    )


def create_label_bundle(request: ApiRequest, container: Container) -> Response:
    """`POST /download`, for the Photo Asset Manager's client: photos with any of these labels; it notifies people.

    The client promises an email, so the verified address of the ID token is subscribed. It has no message for
    "no such photos" either: the notification says so.
    """
    owner = request.owner
    request.allow_params()
    labels = validation.search_tags(request.json("labels", others=True).get("labels"), "labels", max_tags=MAX_LABELS)
    if not labels:
        raise Invalid("labels must contain at least one label.", field="labels")
    caller = request.signed_in_caller
    is_person = Permission.ACCOUNT in caller.permissions
    subscriptions = container.notifications.subscribe_email(caller) if is_person else None
    photos = container.bundle_photos.by_tags(owner, labels, Match.ANY)
    return _create(container, BundleRequest(owner, photos, owner, notify=is_person, may_be_empty=True), subscriptions)


def list_bundles(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /bundles`: the caller's bundles, newest first."""
    owner = request.owner
    request.allow_params()
    return {"items": [_serialize(request, container, bundle) for bundle in container.bundles.list_by_owner(owner)]}


def get_bundle(request: ApiRequest, container: Container, bundle_id: str) -> dict[str, Any]:
    """`GET /bundles/{bundle_id}`: state, progress and volumes."""
    owner = request.owner
    request.allow_params()
    return _serialize(request, container, container.bundles.get(owner, bundle_id))


def delete_bundle(request: ApiRequest, container: Container, bundle_id: str) -> Response:
    """`DELETE /bundles/{bundle_id}`: cancel it if it is being built, and delete its files."""
    owner = request.owner
    request.allow_params()
    container.bundles.delete(owner, bundle_id)
    return no_content()


def download_volume(request: ApiRequest, container: Container, token: str) -> Response:
    """`GET /d/{token}`: a redirect to a volume, for anyone with the link."""
    request.allow_params()
    return redirect(container.bundles.resolve_link(token, method=request.method))


def _find_album(request: ApiRequest, container: Container, body: Mapping[str, Any]) -> Album | None:
    """The album to download, which the caller may see; None if there is none in the request. Raises NotFound."""
    if "album_id" not in body:
        return None
    return container.albums.get(validation.album_id(body["album_id"]), request.owner).album


def _album_photos(request: ApiRequest, container: Container, album: Album) -> Iterator[Photo]:
    if album.is_smart:
        return container.bundle_photos.found_by(search_params.stored_search(request, album.owner, album.query))
    return container.bundle_photos.in_album(album.album_id)


def _found_photos(request: ApiRequest, container: Container, body: Mapping[str, Any]) -> Iterable[Photo]:
    """The caller's photos that the search in the request finds; without any filter, all."""
    if "query" not in body:
        return ()
    query = search_params.read_filters(request, body["query"])
    return container.bundle_photos.found_by(search_params.stored_search(request, request.owner, query))


def _may_include(visibility: AlbumVisibility, viewer: str) -> Callable[[Photo], bool]:
    """Whether a photo is the viewer's, or in an album that they may see; photos of an album need one read."""
    are_visible = cache(partial(visibility.are_visible, viewer=viewer))
    return lambda photo: photo.owner == viewer or (bool(photo.albums) and are_visible(photo.albums))


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise Invalid(f"{name} must be true or false.", field=name)
    return value


def _create(
    container: Container, bundle_request: BundleRequest, subscriptions: Iterable[Subscription] | None = None
) -> Response:
    """Create a bundle; the owner's subscriptions are read unless they are known."""
    bundle = container.bundles.create(bundle_request)
    warning = _message_warning(container, bundle, subscriptions) if bundle_request.notify else None
    return json_response(serializers.bundle_summary(bundle, container.now(), warning), status=202)


def _message_warning(container: Container, bundle: Bundle, subscriptions: Iterable[Subscription] | None) -> str | None:
    if not bundle.notify:
        return f"You will get no message: at most {MAX_MESSAGES_PER_HOUR} are sent within an hour."
    if subscriptions is None:
        try:
            subscriptions = container.notifications.list_subscriptions(bundle.owner)
        except Unavailable:  # the bundle does not need it
            return None
    return delivery_warning(subscriptions)


def _serialize(request: ApiRequest, container: Container, bundle: Bundle) -> dict[str, Any]:
    link = partial(container.bundles.volume_link, key_id=request.signed_in_caller.key_id)
    return serializers.bundle(bundle, container.now(), link)

"""Guests: what a shared link shows, and what its guests may do, without an account.

A link is a caller of its own: whoever is signed in gets the same, and no response may be cached by others.
"""

from functools import partial
from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Expired, Invalid, NotFound
from chalicelib.http import validation
from chalicelib.http.negotiation import prefers_json
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, html_response, json_response, private_image, redirect
from chalicelib.library.photo import Photo
from chalicelib.routes import serializers, share_serializers
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, read_cursor
from chalicelib.routes.serializers import iso_time
from chalicelib.sharing.fields import MAX_GUEST_NAME_CHARACTERS, clean_line
from chalicelib.sharing.models import Download, Share
from chalicelib.sharing.original_copies import may_download_original
from chalicelib.sharing.passwords import MAX_CHARACTERS
from chalicelib.sharing.preview import NEUTRAL_TITLE, Preview, describe_photos, preview_html, preview_image
from chalicelib.sharing.tokens import parse_token

GUEST_HEADER = "x-share-pass"
IMAGES = ("thumbnail", "small", "preview")
RESIZED, ORIGINAL = "resized", "original"
PAGE_PATH = "shared/"


def get_shared(request: ApiRequest, container: Container, token: str) -> dict[str, Any]:
    """`GET /shares/{share}`: what the link shows and allows."""
    request.allow_params()
    share = _open(request, container, token)
    serializer = share_serializers.guest_photo_serializer(container, share)
    return share_serializers.shared_content(share, container.shared_photos.describe(share), serializer)


def exchange_password(request: ApiRequest, container: Container, token: str) -> dict[str, Any]:
    """`POST /shares/{share}/pass`: a pass for the right password."""
    request.allow_params()
    password = request.json("password").get("password")
    if not isinstance(password, str) or not 0 < len(password) <= MAX_CHARACTERS:
        raise Invalid(f"password is required: text of at most {MAX_CHARACTERS} characters.", field="password")
    guest_pass, expires_at = container.guest_access.exchange_password(token, password)
    return {"pass": guest_pass, "expires_at": iso_time(expires_at)}


def list_shared_photos(request: ApiRequest, container: Container, token: str) -> dict[str, Any]:
    """`GET /shares/{share}/photos`: a page of its photos."""
    request.allow_params("limit", "cursor")
    share = _open(request, container, token)
    key = ("shared", share.share_id)
    after, limit = read_cursor(request, container, key), request.limit(DEFAULT_LIMIT)
    page = container.shared_photos.page(share, after=after, limit=limit)
    serializer = share_serializers.guest_photo_serializer(container, share)
    items = [serializer.photo(photo) for photo in page.photos]
    return {"items": items, "cursor": next_cursor(container, page.next_position, key)}


def get_shared_photo(request: ApiRequest, container: Container, token: str, photo_id: str) -> dict[str, Any]:
    """`GET /shares/{share}/photos/{photo_id}`: one of its photos."""
    request.allow_params()
    share = _open(request, container, token)
    photo = container.shared_photos.get(share, photo_id)
    return share_serializers.guest_photo_serializer(container, share).photo(photo)


def get_shared_photo_variant(
    request: ApiRequest, container: Container, token: str, photo_id: str, name: str
) -> Response:
    """`GET /shares/{share}/photos/{photo_id}/{variant}`: redirect to an image that it allows, or JSON with the URL.

    A link on a page can't send the header of a pass, so a page asks for the URL.
    """
    request.allow_params()
    share = _open(request, container, token)
    photo = container.shared_photos.get(share, photo_id)
    url = _variant_url(container, share, photo, name, request.method)
    return json_response({"url": url}) if prefers_json(request.headers.get("accept", "*/*")) else redirect(url)


def create_guest_upload(request: ApiRequest, container: Container, token: str) -> Response:
    """`POST /shares/{share}/uploads`: 201 with a ticket for one photo."""
    request.allow_params()
    share = _open(request, container, token)
    container.shared_photos.check(share)
    body = request.json("name", "filename", "bytes")
    name = clean_line(body.get("name"), "name", max_characters=MAX_GUEST_NAME_CHARACTERS, required=True)
    filename, size = validation.filename(body), body.get("bytes")
    if not isinstance(size, int) or isinstance(size, bool):
        raise Invalid("bytes is required: a whole number.", field="bytes")
    ticket = container.guest_uploads.create_ticket(share, name, filename, size)
    return json_response(serializers.upload_ticket(ticket), status=201)


def get_guest_upload(request: ApiRequest, container: Container, token: str, photo_id: str) -> dict[str, Any]:
    """`GET /shares/{share}/uploads/{photo_id}`: what has become of a photo that was added with this link."""
    request.allow_params()
    share = _open(request, container, token)
    container.shared_photos.check(share)
    return share_serializers.guest_upload(container.guest_uploads.get_photo(share, photo_id))


def create_guest_bundle(request: ApiRequest, container: Container, token: str) -> Response:
    """`POST /shares/{share}/bundles`: 202 with a bundle of all photos of the link."""
    request.allow_params()
    share = _open(request, container, token)
    if request.body:
        request.json()  # it takes no fields
    bundle = container.guest_bundles.create(share)
    return json_response(serializers.bundle_summary(bundle, container.now(), None), status=202)


def get_guest_bundle(request: ApiRequest, container: Container, token: str, bundle_id: str) -> dict[str, Any]:
    """`GET /shares/{share}/bundles/{bundle_id}`: state, progress and volumes."""
    request.allow_params()
    share = _open(request, container, token)
    container.shared_photos.check(share)
    bundle = container.guest_bundles.get(share, bundle_id)
    return serializers.bundle(bundle, container.now(), partial(container.guest_bundles.volume_link, share))


def get_shared_cover(request: ApiRequest, container: Container, token: str) -> Response:
    """`GET /shares/{share}/cover`: the bytes of a small image, for messengers; none if the link has a password."""
    request.allow_params()
    share = container.guest_access.find(token)
    cover = None if share.terms.password_hash else container.shared_photos.cover(share)
    if cover is None:
        raise NotFound("This link has no cover.")
    image = preview_image(cover)
    return private_image(container.derivatives.get(image.key), image.mime)


def preview_share(request: ApiRequest, container: Container, token: str) -> Response:
    """`GET /s/{share}`: the page at the link's own address; it says nothing of a link that is not open to anyone."""
    request.allow_params()
    preview, status, message = Preview(), 200, "This library has no page."
    try:
        share = container.guest_access.find(token)
        if share.terms.password_hash is None:
            preview = _preview(container, share, token)
    except (NotFound, Expired) as error:
        status, message = 404 if isinstance(error, NotFound) else 410, str(error)
    page_url = container.settings.page_url
    target = f"{page_url}{PAGE_PATH}#{token}" if page_url and parse_token(token) else ""
    return html_response(preview_html(preview, target, message), status)


def _preview(container: Container, share: Share, token: str) -> Preview:
    content = container.shared_photos.describe(share)
    image_url = f"{container.settings.api_url}/shares/{token}/cover" if content.cover else ""
    return Preview(content.title or NEUTRAL_TITLE, describe_photos(content.photos, content.description), image_url)


def _variant_url(container: Container, share: Share, photo: Photo, name: str, method: str) -> str:
    """The signed URL of an image; raises NotFound if the link does not allow it."""
    if name == ORIGINAL and may_download_original(share, photo):
        return container.original_copies.url(photo, method=method)
    if name in IMAGES or (name == RESIZED and share.terms.download is not Download.NONE):
        return container.image_urls.sign(_derivative_key(photo, name), method=method)
    raise NotFound("This link has no such image.")


def _open(request: ApiRequest, container: Container, token: str) -> Share:
    return container.guest_access.open(token, request.headers.get(GUEST_HEADER))


def _derivative_key(photo: Photo, name: str) -> str:
    if name not in photo.derivatives:
        raise NotFound("This photo has no such image.")
    return photo.derivatives[name].key

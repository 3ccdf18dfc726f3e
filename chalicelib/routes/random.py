"""A random photo: the image itself, or JSON if the client prefers JSON."""

from chalicelib.container import Container
from chalicelib.errors import Invalid, NotFound, Unavailable
from chalicelib.http.negotiation import prefers_json
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import CORS_HEADERS, VARY, Response, json_response
from chalicelib.library.collections import ALL_PHOTOS, album_scope
from chalicelib.library.memberships import Collection
from chalicelib.library.photo import Derivative, Photo
from chalicelib.routes import params, serializers

# A Lambda response holds at most 6 MB, and base64 adds a third.
MAX_IMAGE_BYTES = 4 * 1024 * 1024
MAX_ATTEMPTS = 8


def get_random_photo(request: ApiRequest, container: Container) -> Response:
    """`GET /random`: one photo with a label, or of an album, drawn by weight, and its probability."""
    scope, tag = _read_album(request, container) if "album" in request.query else _read_label(request)
    as_json = prefers_json(request.headers.get("accept", "*/*"))
    for _ in range(MAX_ATTEMPTS):
        drawn = container.sampler.draw(scope, tag, request.viewer)
        photo = drawn.photo
        headers = {
            "Cache-Control": "no-store",
            "X-Photo-Id": photo.photo_id,
            "X-Selection-Probability": str(drawn.probability),
        }
        if as_json:
            body = serializers.photo_serializer(container, request.viewer).photo(photo)
            return json_response({"photo": body, "probability": drawn.probability}, headers=headers)
        image = choose_image(photo)
        try:
            data = container.derivatives.get(image.key)
        except NotFound:  # deleted since the draw, or being processed again
            continue
        return Response(body=data, headers={"Content-Type": image.mime, "Vary": VARY, **CORS_HEADERS, **headers})
    raise Unavailable("The image is temporarily unavailable.")


def _read_label(request: ApiRequest) -> Collection:
    """The collection of the photos with a label."""
    request.allow_params("label", "scope", "album", required="label", message="label is required.")
    return params.scope(request), params.tag(request.get("label") or "", "label")


def _read_album(request: ApiRequest, container: Container) -> Collection:
    """The collection of the photos of an album, which the caller may see."""
    viewer = request.owner
    request.allow_params("album", required="album", message="album must not be empty.")
    album = container.albums.get(request.get("album") or "", viewer).album
    if album.is_smart:
        raise Invalid("A smart album has no random photo.", field="album")
    return album_scope(album.album_id), ALL_PHOTOS


def choose_image(photo: Photo) -> Derivative:
    """The resized image, or the preview if that is too large for a response."""
    resized = photo.derivatives["resized"]
    return resized if resized.bytes <= MAX_IMAGE_BYTES else photo.derivatives["preview"]

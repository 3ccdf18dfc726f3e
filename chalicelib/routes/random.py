"""Showing a random picture: the image itself to whoever takes images, else JSON about it."""

import mimeparse

from chalicelib.container import Library
from chalicelib.errors import Invalid, NotFound, Unavailable
from chalicelib.http.requests import ORIGIN, VARY, Answer, Call, said
from chalicelib.library.photo import Derivative, Photo
from chalicelib.routes import params, serializers

JSON = "application/json"
# What derivatives are written in. Of two that are wanted alike, the one further to the right is given.
OFFERED = (JSON, "image/avif", "image/gif", "image/png", "image/webp", "image/jpeg")
# Lambda answers with 6 MB at most, and base64 adds a third.
MAX_BYTES = 4 * 1024 * 1024
MAX_TRIES = 8


def random(call: Call, library: Library) -> Answer:
    """`GET /random`: one photo under a label, drawn by weight, and how likely it was."""
    call.only("label", "scope")
    label = call.one("label") or ""
    if not label.strip():
        raise Invalid("label parameter is required", field="label")
    tag, scope = params.tag(label, "label"), params.scope(call)
    as_json = wants_json(call.headers.get("accept", "*/*"))
    for _ in range(MAX_TRIES):
        drawn = library.sampler.draw(scope, tag, call.viewer)
        photo = drawn.photo
        headers = {
            "Cache-Control": "no-store",
            "X-Photo-Id": photo.photo_id,
            "X-Selection-Probability": str(drawn.probability),
        }
        if as_json:
            words = serializers.photo_serializer(library, call.viewer)
            return said({"photo": words.photo(photo), "probability": drawn.probability}, headers=headers)
        image = image_of(photo)
        try:
            data = library.derivatives.get(image.key)
        except NotFound:  # removed since it was drawn, or being made anew
            continue
        return Answer(body=data, headers={"Content-Type": image.mime, "Vary": VARY, **ORIGIN, **headers})
    raise Unavailable("The image is not there just now.")


def image_of(photo: Photo) -> Derivative:
    """The resized image, or the preview where that is too large for one answer."""
    resized = photo.derivatives["resized"]
    return resized if resized.bytes <= MAX_BYTES else photo.derivatives["preview"]


def wants_json(accept: str) -> bool:
    """Whether this Accept header asks for JSON rather than an image: the higher quality, else the more specific range.

    So `*/*` and what browsers send for a picture get one, and `application/json, text/plain, */*` gets JSON (RFC 9110,
    12.5.1). Who takes neither, or says what nobody can read, gets the image.
    """
    try:
        return bool(mimeparse.best_match(OFFERED, accept.lower()) == JSON)
    except mimeparse.MimeTypeParseException:
        return False

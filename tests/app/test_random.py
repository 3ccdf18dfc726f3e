"""GET /random through the app: the image or JSON about it, its probability, and who may see it."""

import io
import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from chalice.test import HTTPResponse
from PIL import Image

from chalicelib.library.photo import Photo
from chalicelib.routes.random import MAX_IMAGE_BYTES
from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import encode_image

IMG_OF_A_BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
IMAGES = [None, "*/*", IMG_OF_A_BROWSER, "image/webp,*/*", "application/json;q=0.5, image/*", "text/html", "nonsense"]
JSON = ["application/json", "application/json, text/plain, */*", "image/*;q=0.5, application/json"]


def get_random(tintype: Tintype, label: str | None = "cat", accept: str | None = None, **options: Any) -> HTTPResponse:
    """Call `GET /random`."""
    headers = {"Accept": accept} if accept is not None else {}
    query = ({} if label is None else {"label": label}) | options.pop("query", {})
    return tintype.call("GET", "/random", headers=headers, query=query, **options)


def get_record(tintype: Tintype, photo_id: str) -> Photo:
    """The stored photo."""
    photo = tintype.container.photos.get(photo_id)
    assert photo
    return photo


def update(tintype: Tintype, photo_id: str, **changes: Any) -> Photo:
    """Commit a change of the photo; returns it."""
    before = get_record(tintype, photo_id)
    return tintype.container.photos.commit(before, replace(before, **changes))


@pytest.mark.parametrize("accept", IMAGES)
@pytest.mark.parametrize(("form", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_image_is_returned_in_its_own_type(tintype: Tintype, accept: str | None, form: str, mime: str) -> None:
    photo_id = tintype.publish("cat", encode_image(size=(40, 30), image_format=form), "cat")
    response = get_random(tintype, accept=accept)
    assert (response.status_code, response.headers["Content-Type"]) == (200, mime)
    with Image.open(io.BytesIO(response.body)) as image:
        assert (image.format, image.size) == (form, (20, 15))
    assert response.headers["X-Photo-Id"] == photo_id
    assert response.headers["X-Selection-Probability"] == "1.0"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Vary"] == "Authorization, Accept"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Location" not in response.headers


@pytest.mark.parametrize("accept", JSON)
def test_json_is_returned_if_preferred(tintype: Tintype, accept: str) -> None:
    photo_id = tintype.publish("cat.jpg", encode_image(), "cat")
    response = get_random(tintype, accept=accept)
    assert response.headers["Content-Type"] == "application/json"
    assert response.json_body == {"photo": tintype.get(f"/photos/{photo_id}"), "probability": 1.0}
    assert response.headers["X-Photo-Id"] == photo_id
    assert response.headers["X-Selection-Probability"] == "1.0"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Vary"] == "Authorization, Accept"


def test_preview_replaces_an_image_that_is_too_large(tintype: Tintype) -> None:
    photo_id = tintype.publish("cat.png", encode_image(image_format="PNG"), "cat")
    derivatives = get_record(tintype, photo_id).derivatives
    for size, mime in [(MAX_IMAGE_BYTES, "image/png"), (MAX_IMAGE_BYTES + 1, "image/webp")]:
        update(tintype, photo_id, derivatives={**derivatives, "resized": replace(derivatives["resized"], bytes=size)})
        response = get_random(tintype)
        assert (response.status_code, response.headers["Content-Type"]) == (200, mime)
        with Image.open(io.BytesIO(response.body)) as image:
            assert image.get_format_mimetype() == mime


@pytest.mark.parametrize("label", [None, "", "  "])
@pytest.mark.parametrize("accept", [None, "application/json"])
def test_missing_label_returns_400(tintype: Tintype, label: str | None, accept: str | None) -> None:
    response = get_random(tintype, label, accept)
    assert response.status_code == 400
    assert response.json_body == {"error": "label is required.", "code": "invalid", "field": "label"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"label": ["cat", "dog"]}, "label"),
        ({"label": "*"}, "label"),
        ({"label": "!trashed"}, "label"),
        ({"label": "x" * 65}, "label"),
        ({"label": "cat", "scope": "theirs"}, "scope"),
        ({"label": "cat", "weight": "1"}, "weight"),
    ],
)
def test_invalid_parameter_returns_400(tintype: Tintype, query: dict[str, Any], field: str) -> None:
    response = get_random(tintype, None, query=query)
    assert (response.status_code, response.json_body["field"]) == (400, field)


def test_label_is_normalized_and_cache_busters_are_ignored(tintype: Tintype) -> None:
    photo_id = tintype.publish("cat.jpg", encode_image(), "golden retriever")
    response = get_random(tintype, " GOLDEN   Retriever", query={"t": "1", "_": "2"})
    assert response.headers["X-Photo-Id"] == photo_id


@pytest.mark.parametrize("accept", [None, "application/json"])
def test_label_without_photos_returns_404(tintype: Tintype, accept: str | None) -> None:
    assert get_random(tintype, accept=accept).status_code == 404
    photo_id = tintype.publish("cat.jpg", encode_image(), "cat")
    assert get_random(tintype, "dog", accept).status_code == 404
    tintype.container.photos.remove(get_record(tintype, photo_id))
    response = get_random(tintype, "cat", accept)
    assert (response.status_code, response.json_body["code"]) == (404, "not_found")
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_private_photo_is_for_its_owner_only(tintype: Tintype) -> None:
    tintype.drop("cat.jpg", encode_image(), tags="cat", status="private")
    assert get_random(tintype, as_=OWNER).status_code == 200
    assert get_random(tintype, as_=OWNER, query={"scope": "mine"}).status_code == 200
    assert get_random(tintype, as_=OWNER, query={"scope": "public"}).status_code == 404
    assert get_random(tintype, as_="stranger").status_code == 404
    assert get_random(tintype, as_="stranger", query={"scope": "public"}).status_code == 404
    assert get_random(tintype).status_code == 404
    assert get_random(tintype, query={"scope": "mine"}).status_code == 401


def test_probability_follows_the_current_weights(tintype: Tintype) -> None:
    weights = {}
    for color, weight in [("teal", 600_000), ("navy", 1), ("olive", 150_000)]:
        photo_id = tintype.publish(f"{color}.jpg", encode_image(color), "cat")
        weights[update(tintype, photo_id, weight=weight).photo_id] = weight
    assert_probabilities(tintype, weights)
    for photo_id in list(weights):
        weights[update(tintype, photo_id, weight=weights[photo_id] // 2 or 999_999).photo_id] = (
            weights[photo_id] // 2 or 999_999
        )
    assert_probabilities(tintype, weights)


def assert_probabilities(tintype: Tintype, weights: dict[str, int]) -> None:
    for accept in (None, "application/json") * 8:
        response = get_random(tintype, accept=accept)
        expected = weights[response.headers["X-Photo-Id"]] / sum(weights.values())
        assert float(response.headers["X-Selection-Probability"]) == expected
        if accept:
            assert json.loads(response.body)["probability"] == expected


def test_photo_without_an_image_is_drawn_again(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(1)
    monkeypatch.setitem(tintype.container.__dict__, "sampler", replace(tintype.container.sampler, rng=chance))
    without_image, other = (tintype.publish(f"{c}.jpg", encode_image(c), "cat") for c in ("teal", "navy"))
    update(tintype, without_image, weight=300_000)
    tintype.container.derivatives.remove([get_record(tintype, without_image).derivatives["resized"].key])
    assert {response.headers.get("X-Photo-Id") for response in [get_random(tintype) for _ in range(6)]} == {other}
    update(tintype, other, user_tags=(), label=None, labels=())
    response = get_random(tintype)
    assert (response.status_code, response.json_body["code"]) == (503, "unavailable")
    assert response.headers["Retry-After"]

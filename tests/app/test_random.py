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
from tests.support.images.tiny import picture

IMG_OF_A_BROWSER = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
IMAGES = [None, "*/*", IMG_OF_A_BROWSER, "image/webp,*/*", "application/json;q=0.5, image/*", "text/html", "nonsense"]
JSON = ["application/json", "application/json, text/plain, */*", "image/*;q=0.5, application/json"]


def asked(tintype: Tintype, label: str | None = "cat", accept: str | None = None, **more: Any) -> HTTPResponse:
    """One call of /random."""
    headers = {"Accept": accept} if accept is not None else {}
    query = ({} if label is None else {"label": label}) | more.pop("query", {})
    return tintype.call("GET", "/random", headers=headers, query=query, **more)


def record(tintype: Tintype, photo_id: str) -> Photo:
    """The photo as the catalogue holds it."""
    photo = tintype.container.photos.get(photo_id)
    assert photo
    return photo


def change(tintype: Tintype, photo_id: str, **different: Any) -> Photo:
    """The photo after a change, committed."""
    before = record(tintype, photo_id)
    return tintype.container.photos.commit(before, replace(before, **different))


@pytest.mark.parametrize("accept", IMAGES)
@pytest.mark.parametrize(("form", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_the_image_itself_is_answered_in_its_own_type(
    tintype: Tintype, accept: str | None, form: str, mime: str
) -> None:
    photo_id = tintype.publish("cat", picture(size=(40, 30), form=form), "cat")
    answer = asked(tintype, accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, mime)
    with Image.open(io.BytesIO(answer.body)) as shown:
        assert (shown.format, shown.size) == (form, (20, 15))
    assert answer.headers["X-Photo-Id"] == photo_id
    assert answer.headers["X-Selection-Probability"] == "1.0"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Authorization, Accept"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Location" not in answer.headers


@pytest.mark.parametrize("accept", JSON)
def test_json_is_answered_to_who_asks_for_it(tintype: Tintype, accept: str) -> None:
    photo_id = tintype.publish("cat.jpg", picture(), "cat")
    answer = asked(tintype, accept=accept)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json_body == {"photo": tintype.get(f"/photos/{photo_id}"), "probability": 1.0}
    assert answer.headers["X-Photo-Id"] == photo_id
    assert answer.headers["X-Selection-Probability"] == "1.0"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Authorization, Accept"


def test_an_image_too_large_for_one_answer_is_shown_as_its_preview(tintype: Tintype) -> None:
    photo_id = tintype.publish("cat.png", picture(form="PNG"), "cat")
    made = record(tintype, photo_id).derivatives
    for size, mime in [(MAX_IMAGE_BYTES, "image/png"), (MAX_IMAGE_BYTES + 1, "image/webp")]:
        change(tintype, photo_id, derivatives={**made, "resized": replace(made["resized"], bytes=size)})
        answer = asked(tintype)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, mime)
        with Image.open(io.BytesIO(answer.body)) as shown:
            assert shown.get_format_mimetype() == mime


@pytest.mark.parametrize("label", [None, "", "  "])
@pytest.mark.parametrize("accept", [None, "application/json"])
def test_a_label_is_required(tintype: Tintype, label: str | None, accept: str | None) -> None:
    answer = asked(tintype, label, accept)
    assert answer.status_code == 400
    assert answer.json_body == {"error": "label parameter is required", "code": "invalid", "field": "label"}


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
def test_what_cannot_be_meant_is_named(tintype: Tintype, query: dict[str, Any], field: str) -> None:
    answer = asked(tintype, None, query=query)
    assert (answer.status_code, answer.json_body["field"]) == (400, field)


def test_labels_are_cleaned_as_tags_are_and_cache_busters_ignored(tintype: Tintype) -> None:
    photo_id = tintype.publish("cat.jpg", picture(), "golden retriever")
    answer = asked(tintype, " GOLDEN   Retriever", query={"t": "1", "_": "2"})
    assert answer.headers["X-Photo-Id"] == photo_id


@pytest.mark.parametrize("accept", [None, "application/json"])
def test_none_there_is_not_found(tintype: Tintype, accept: str | None) -> None:
    assert asked(tintype, accept=accept).status_code == 404
    photo_id = tintype.publish("cat.jpg", picture(), "cat")
    assert asked(tintype, "dog", accept).status_code == 404
    tintype.container.photos.remove(record(tintype, photo_id))
    answer = asked(tintype, "cat", accept)
    assert (answer.status_code, answer.json_body["code"]) == (404, "not_found")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_private_photo_is_shown_to_its_owner_alone(tintype: Tintype) -> None:
    tintype.drop("cat.jpg", picture(), tags="cat", status="private")
    assert asked(tintype, as_=OWNER).status_code == 200
    assert asked(tintype, as_=OWNER, query={"scope": "mine"}).status_code == 200
    assert asked(tintype, as_=OWNER, query={"scope": "public"}).status_code == 404
    assert asked(tintype, as_="stranger").status_code == 404
    assert asked(tintype, as_="stranger", query={"scope": "public"}).status_code == 404
    assert asked(tintype).status_code == 404
    assert asked(tintype, query={"scope": "mine"}).status_code == 401


def test_the_probability_is_that_of_the_weights_now(tintype: Tintype) -> None:
    weights = {}
    for colour, weight in [("teal", 600_000), ("navy", 1), ("olive", 150_000)]:
        photo_id = tintype.publish(f"{colour}.jpg", picture(colour), "cat")
        weights[change(tintype, photo_id, weight=weight).photo_id] = weight
    assert_told(tintype, weights)
    for photo_id in list(weights):
        weights[change(tintype, photo_id, weight=weights[photo_id] // 2 or 999_999).photo_id] = (
            weights[photo_id] // 2 or 999_999
        )
    assert_told(tintype, weights)


def assert_told(tintype: Tintype, weights: dict[str, int]) -> None:
    for accept in (None, "application/json") * 8:
        answer = asked(tintype, accept=accept)
        expected = weights[answer.headers["X-Photo-Id"]] / sum(weights.values())
        assert float(answer.headers["X-Selection-Probability"]) == expected
        if accept:
            assert json.loads(answer.body)["probability"] == expected


def test_a_photo_whose_image_is_gone_is_drawn_again(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(1)
    monkeypatch.setitem(tintype.container.__dict__, "sampler", replace(tintype.container.sampler, rng=chance))
    gone, there = (tintype.publish(f"{c}.jpg", picture(c), "cat") for c in ("teal", "navy"))
    change(tintype, gone, weight=300_000)
    tintype.container.derivatives.remove([record(tintype, gone).derivatives["resized"].key])
    assert {answer.headers.get("X-Photo-Id") for answer in [asked(tintype) for _ in range(6)]} == {there}
    change(tintype, there, user_tags=(), label=None, labels=())
    answer = asked(tintype)
    assert (answer.status_code, answer.json_body["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]

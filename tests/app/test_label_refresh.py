"""Updates of labels: the request, its progress, and the schedule, which labels the photos."""

from typing import Any

import pytest

from chalicelib.labels.labeler import Detection
from chalicelib.library.label import Label
from chalicelib.maintenance.relabeling import ANOTHER_IS_RUNNING
from tests.app.conftest import OWNER, Tintype
from tests.support.images.tiny import encode_image

NONE = {"state": "none", "tags": [], "photos": 0, "labeled": 0, "started_at": None, "finished_at": None}


def refresh(tintype: Tintype, body: Any, as_: str = OWNER) -> Any:
    response = tintype.call("POST", "/labels/refresh", as_=as_, body=body)
    assert response.status_code == 202, response.body
    return response.json_body


def replace_labeler(tintype: Tintype, monkeypatch: pytest.MonkeyPatch, version: str, *names: str) -> None:
    """Replace the library's labeler by another version, which finds these labels in every photo."""
    labeler = type(tintype.container.labeler)
    monkeypatch.setattr(labeler, "version", version)
    monkeypatch.setattr(labeler, "detect", lambda *_: Detection(tuple(Label(name, 87.5) for name in names)))


def counts(tintype: Tintype) -> dict[str, int]:
    return {name: tag["count"] for name, tag in tintype.get("/labels", as_=OWNER)["labels"].items()}


def test_labels_are_found_again_by_the_schedule(tintype: Tintype, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_labeler(tintype, monkeypatch, "1", "sand")
    for name in ("red", "green"):
        tintype.drop(f"{name}.png", encode_image(name, image_format="PNG"), tags="holiday")
    assert counts(tintype) == {"Sand": 2, "Holiday": 2}
    assert tintype.get("/labels/refresh", as_=OWNER) == NONE
    replace_labeler(tintype, monkeypatch, "2", "mountain")
    started = refresh(tintype, {})
    assert started == NONE | {"state": "running", "photos": 2, "started_at": started["started_at"]}
    assert refresh(tintype, {}) == tintype.get("/labels/refresh", as_=OWNER) == started
    tintype.sweep()
    finished = tintype.get("/labels/refresh", as_=OWNER)
    assert finished == started | {"state": "finished", "labeled": 2, "finished_at": finished["finished_at"]}
    assert counts(tintype) == {"Mountain": 2, "Holiday": 2}
    for photo in tintype.get("/photos", as_=OWNER)["items"]:
        assert photo["labels"] == [{"name": "mountain", "confidence": 87.5, "parents": []}]
    assert tintype.get("/labels/refresh", as_="alice") == NONE


def test_request_for_other_photos_conflicts_while_one_is_running(tintype: Tintype) -> None:
    assert refresh(tintype, {"tags": ["Golden Hour", "beach"]})["tags"] == ["beach", "golden hour"]
    response = tintype.call("POST", "/labels/refresh", as_=OWNER, body={})
    assert (response.status_code, response.json_body["code"]) == (409, "conflict")
    assert response.json_body["error"] == ANOTHER_IS_RUNNING
    assert refresh(tintype, {}, as_="alice")["state"] == "running"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tags": []}, "tags"),
        ({"tags": None}, "tags"),
        ({"tags": "beach"}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"tags": ["!trashed"]}, "tags"),
        ({"tags": [f"t{n}" for n in range(11)]}, "tags"),
        ({"force": True}, "force"),
    ],
)
def test_invalid_request_is_refused(tintype: Tintype, body: Any, field: str) -> None:
    response = tintype.call("POST", "/labels/refresh", as_=OWNER, body=body)
    assert (response.status_code, response.json_body["field"]) == (400, field)
    assert tintype.get("/labels/refresh", as_=OWNER) == NONE

"""The document in itself: well formed, whole, its examples true, its copy in docs the same."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from chalicelib.http.requests import STATUS
from chalicelib.openapi import errors
from chalicelib.openapi.document import VERSION, document, printed, served
from tests.support.openapi_check import JSON, told

PROJECT = Path(__file__).parents[2]
METHODS = ("get", "post", "put", "patch", "delete")


def entries() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, entry in methods.items():
            assert method in METHODS
            yield f"{method.upper()} {path}", entry


def contents() -> Iterator[Any]:
    """Every body that is sent or answered: where, and its media type's entry."""
    for route, entry in entries():
        asked = {"the request": entry["requestBody"]} if "requestBody" in entry else {}
        for where, body in (asked | entry["responses"]).items():
            for kind, media in told().resolved(body).get("content", {}).items():
                yield pytest.param(kind, media, id=f"{route} {where} {kind}")


def test_it_is_openapi_3_1() -> None:
    validate(document())
    assert document()["openapi"].startswith("3.1.")


def test_its_version_is_the_projects() -> None:
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_the_copy_in_docs_is_the_document() -> None:
    kept = (PROJECT / "docs" / "openapi.json").read_text()
    assert kept == printed(), "docs/openapi.json is not what the API answers any more: run `make openapi`."


def test_it_is_put_together_once() -> None:
    assert served() is served()


@pytest.mark.parametrize(("kind", "media"), list(contents()))
def test_every_example_is_what_its_schema_says(kind: str, media: Mapping[str, Any]) -> None:
    shown = [media["example"]] if "example" in media else [one["value"] for one in media.get("examples", {}).values()]
    assert shown or kind != JSON, "an example is missing"
    for example in shown:
        assert told().problems(media["schema"], example) == []


@pytest.mark.parametrize(("route", "entry"), list(entries()), ids=str)
def test_every_route_is_told_whole(route: str, entry: Mapping[str, Any]) -> None:
    assert entry["summary"]
    assert entry["security"]
    parameters = [told().resolved(parameter) for parameter in entry.get("parameters", [])]
    assert all(parameter["description"] for parameter in parameters)
    if route.startswith("GET "):
        assert {"t", "_"} <= {parameter["name"] for parameter in parameters}
    assert min(map(int, entry["responses"])) < 400
    assert {"400", "401", "429", "500", "503"} <= set(entry["responses"])


def test_every_error_that_the_edge_answers_is_told() -> None:
    assert {(status, code) for _, status, code in STATUS} <= {
        (status, code) for code, status in errors.STATUS_OF.items()
    }


def test_every_status_that_is_told_is_one_that_the_edge_answers() -> None:
    answered = {status for _, status, _ in STATUS} | set(errors.BY_THE_GATEWAY.values())
    for route, entry in entries():
        for status in map(int, entry["responses"]):
            assert status < 400 or status in answered, route


def test_every_code_that_is_told_is_refused_by_some_route() -> None:
    refused = {
        code
        for _, entry in entries()
        for answer in entry["responses"].values()
        for code in told().resolved(answer).get("content", {}).get(JSON, {}).get("examples", {})
    }
    assert refused == set(errors.STATUS_OF)


def test_every_shared_piece_is_used() -> None:
    text = served().decode()
    for kind in ("schemas", "responses", "parameters", "links"):
        for name in document()["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, f"{kind} {name}"

"""The OpenAPI document itself: valid, complete, with correct examples, and equal to its copy in docs."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from chalicelib.http.errors import STATUS_CODES
from chalicelib.openapi import errors
from chalicelib.openapi.document import VERSION, compact_json, document, indented_json
from tests.support.openapi_check import JSON, openapi_spec

PROJECT = Path(__file__).parents[2]
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield f"{method.upper()} {path}", operation


def media_types() -> Iterator[Any]:
    """The media types of every request and response body."""
    for route, operation in operations():
        bodies = {"request": operation["requestBody"]} if "requestBody" in operation else {}
        for name, body in (bodies | operation["responses"]).items():
            for content_type, media in openapi_spec().resolve(body).get("content", {}).items():
                yield pytest.param(content_type, media, id=f"{route} {name} {content_type}")


def test_document_is_valid_openapi_3_1() -> None:
    validate(document())
    assert document()["openapi"].startswith("3.1.")


def test_version_is_the_version_of_the_project() -> None:
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_copy_in_docs_is_current() -> None:
    copy = (PROJECT / "docs" / "openapi.json").read_text()
    assert copy == indented_json(), "docs/openapi.json is out of date: run `make openapi`."


def test_served_document_is_built_once() -> None:
    assert compact_json() is compact_json()


@pytest.mark.parametrize(("content_type", "media"), list(media_types()))
def test_examples_match_their_schemas(content_type: str, media: Mapping[str, Any]) -> None:
    examples = (
        [media["example"]] if "example" in media else [one["value"] for one in media.get("examples", {}).values()]
    )
    assert examples or content_type != JSON, "an example is missing"
    for example in examples:
        assert openapi_spec().validate(media["schema"], example) == []


@pytest.mark.parametrize(("route", "operation"), list(operations()), ids=str)
def test_every_operation_is_complete(route: str, operation: Mapping[str, Any]) -> None:
    assert operation["summary"]
    assert operation["security"]
    parameters = [openapi_spec().resolve(parameter) for parameter in operation.get("parameters", [])]
    assert all(parameter["description"] for parameter in parameters)
    if route.startswith("GET "):
        assert {"t", "_"} <= {parameter["name"] for parameter in parameters}
    assert min(map(int, operation["responses"])) < 400
    assert {"400", "401", "429", "500", "503"} <= set(operation["responses"])


def test_every_error_of_the_app_is_documented() -> None:
    assert {(status, code) for _, status, code in STATUS_CODES} <= {
        (status, code) for code, status in errors.STATUS_OF.items()
    }


def test_every_documented_status_is_one_of_the_app() -> None:
    statuses = {status for _, status, _ in STATUS_CODES} | set(errors.GATEWAY_ERRORS.values())
    for route, operation in operations():
        for status in map(int, operation["responses"]):
            assert status < 400 or status in statuses, route


def test_every_error_code_belongs_to_a_route() -> None:
    codes = {
        code
        for _, operation in operations()
        for response in operation["responses"].values()
        for code in openapi_spec().resolve(response).get("content", {}).get(JSON, {}).get("examples", {})
    }
    assert codes == set(errors.STATUS_OF)


def test_every_shared_component_is_used() -> None:
    text = compact_json().decode()
    for kind in ("schemas", "responses", "parameters", "links"):
        for name in document()["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, f"{kind} {name}"

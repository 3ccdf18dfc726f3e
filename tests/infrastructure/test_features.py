"""What `docs/features.md` says stands where: every route, table, field, derivative and room in it is there."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.library.photo import Photo
from chalicelib.openapi.document import document
from tests.infrastructure.templates import read

PROJECT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (PROJECT / "docs" / "features.md").read_text().splitlines()
    if line.startswith("|") and not re.match(r"\| ---|\| what you know", line)
]
ROUTES = {(method.upper(), path) for path, held in document()["paths"].items() for method in held}


def shaped(path: str) -> str:
    """A path with its parameters unnamed, and without its query."""
    return re.sub(r"\{\w+\}", "{}", path.partition("?")[0])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
class TestEveryRow:
    def test_names_routes_that_the_document_has(self, row: list[str]) -> None:
        told = re.findall(r"`(GET|PUT|POST|PATCH|DELETE) (/[^\s`]*)", f"{row[0]} {row[1]}")
        known = {(method, shaped(path)) for method, path in ROUTES}
        assert {(method, shaped(path)) for method, path in told} <= known

    def test_names_rooms_that_are_there(self, row: list[str]) -> None:
        for room in re.findall(r"`([\w./]+)`", row[-1]):
            if "/" in room or room.endswith((".py", ".yaml")):
                assert (PROJECT / "chalicelib" / room).exists() or (PROJECT / room).exists(), room
            else:
                module, _, name = room.rpartition(".")
                source = (PROJECT / "chalicelib" / f"{module.replace('.', '/')}.py").read_text()
                assert re.search(rf"^ *(def|class) {name}\b", source, re.M), room
        for link in re.findall(r"\]\(([^)]+)\)", row[-1]):
            assert (PROJECT / "docs" / link).exists(), link


def test_the_tables_it_names_are_those_of_the_template() -> None:
    told = set(re.findall(r"tables? `(\w+)`", " ".join(row[1] for row in ROWS)))
    resources = read(PROJECT / "infrastructure" / "core.yaml")["Resources"].values()
    made = {held["Properties"]["TableName"]["!Sub"] for held in resources if held["Type"] == "AWS::DynamoDB::Table"}
    assert told
    assert {f"tintype-${{Stage}}-{name}" for name in told} <= made


def test_what_came_with_each_photo_stands_in_its_schema_and_in_a_row() -> None:
    schema = document()["components"]["schemas"]["Photo"]["properties"]
    told = " ".join(" ".join(row) for row in ROWS)
    assert "camera" in {field.name for field in fields(Photo)}
    for name in ("small_url", "camera", "processing"):
        assert name in schema
        assert f"`{name}`" in told, name

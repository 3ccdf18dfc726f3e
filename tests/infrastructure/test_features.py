"""Every route, table, field and code reference in `docs/features.md` exists."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.library.photo import Photo
from chalicelib.openapi.document import document
from tests.infrastructure.templates import read_template

PROJECT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (PROJECT / "docs" / "features.md").read_text().splitlines()
    if line.startswith("|") and not re.match(r"\| ---|\| feature", line)
]
ROUTES = {(method.upper(), path) for path, item in document()["paths"].items() for method in item}


def normalize(path: str) -> str:
    """The path without parameter names and query string."""
    return re.sub(r"\{\w+\}", "{}", path.partition("?")[0])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
class TestEveryRow:
    def test_routes_exist(self, row: list[str]) -> None:
        mentioned = re.findall(r"`(GET|PUT|POST|PATCH|DELETE) (/[^\s`]*)", f"{row[0]} {row[1]}")
        known = {(method, normalize(path)) for method, path in ROUTES}
        assert {(method, normalize(path)) for method, path in mentioned} <= known

    def test_code_references_exist(self, row: list[str]) -> None:
        for reference in re.findall(r"`([\w./]+)`", row[-1]):
            if "/" in reference or reference.endswith((".py", ".yaml")):
                assert (PROJECT / "chalicelib" / reference).exists() or (PROJECT / reference).exists(), reference
            else:
                module, _, name = reference.rpartition(".")
                source = (PROJECT / "chalicelib" / f"{module.replace('.', '/')}.py").read_text()
                assert re.search(rf"^ *(def|class) {name}\b", source, re.M), reference
        for link in re.findall(r"\]\(([^)]+)\)", row[-1]):
            assert (PROJECT / "docs" / link).exists(), link


def test_tables_exist_in_template() -> None:
    mentioned = set(re.findall(r"tables? `(\w+)`", " ".join(row[1] for row in ROWS)))
    resources = read_template(PROJECT / "infrastructure" / "core.yaml")["Resources"].values()
    tables = {each["Properties"]["TableName"]["!Sub"] for each in resources if each["Type"] == "AWS::DynamoDB::Table"}
    assert mentioned
    assert {f"tintype-${{Stage}}-{name}" for name in mentioned} <= tables


def test_photo_fields_are_in_schema_and_documented() -> None:
    schema = document()["components"]["schemas"]["Photo"]["properties"]
    text = " ".join(" ".join(row) for row in ROWS)
    assert "camera" in {field.name for field in fields(Photo)}
    for name in ("small_url", "camera", "processing"):
        assert name in schema
        assert f"`{name}`" in text, name

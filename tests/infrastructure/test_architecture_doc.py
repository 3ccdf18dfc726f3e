"""docs/architecture.md names files, folders and tables that exist."""

import re
from pathlib import Path

import pytest

from tests.infrastructure.templates import read_template

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "architecture.md").read_text()
PATHS = sorted(set(re.findall(r"`([\w.-]+(?:/[\w.-]*)*\.(?:py|ts|css|yaml)|[\w.-]+(?:/[\w.-]+)*/)`", TEXT)))
ROOTS = (PROJECT, PROJECT / "chalicelib", PROJECT / "web" / "src", PROJECT / "web" / "src" / "elements")


@pytest.mark.parametrize("path", PATHS)
def test_path_exists(path: str) -> None:
    assert any((root / path).exists() for root in ROOTS)


def test_some_paths_are_found() -> None:
    assert len(PATHS) > 80


def test_tables_are_those_of_the_template() -> None:
    section = TEXT.partition("| table | key | holds |")[2].partition("\n\n")[0]
    documented = set(re.findall(r"^\| ([a-z][a-z-]*) \|", section, re.MULTILINE))
    resources = read_template(PROJECT / "infrastructure" / "core.yaml")["Resources"].values()
    names = [each["Properties"]["TableName"]["!Sub"] for each in resources if each["Type"] == "AWS::DynamoDB::Table"]
    assert len(documented) == len(names) == 6
    assert {f"tintype-${{Stage}}-{name}" for name in documented} == set(names)

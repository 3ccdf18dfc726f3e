"""What is installed: only what was chosen and what that needs, in one version, known by its hashes."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
CHOSEN = tomllib.loads((PROJECT / "pyproject.toml").read_text())
SHIPPED: list[str] = CHOSEN["project"]["dependencies"]
GROUPS: dict[str, list[str]] = CHOSEN["dependency-groups"]
LOCKS = {
    "requirements.txt": SHIPPED,
    "requirements-dev.txt": [*SHIPPED, *GROUPS["dev"]],
    "local/requirements.txt": GROUPS["cloud"],
}
FILES = [*LOCKS, "web/package-lock.json", "web/package.json", "web/.npmrc", "pyproject.toml"]
ENTRY = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; [^\\\n]+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n)+",
)
BROUGHT = {"chalice", "boto3", "botocore"}


def locked(name: str) -> dict[str, str]:
    """The version of each package, by its normal name (PEP 503)."""
    return {entry["name"]: entry["version"] for entry in ENTRY.finditer((PROJECT / name).read_text())}


def normal(requirement: str) -> tuple[str, str]:
    name, _, version = re.sub(r"\[.*\]", "", requirement).partition("==")
    return re.sub(r"[-_.]+", "-", name).lower(), version


def packages() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PROJECT / "web" / "package-lock.json").read_text())["packages"]
    return {name: told for name, told in found.items() if name}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_nothing_but_exact_versions_with_hashes(name: str) -> None:
    rest = ENTRY.sub("", (PROJECT / name).read_text())
    assert locked(name)
    assert [line for line in rest.splitlines() if not line.strip().startswith("#")] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_follows_what_was_chosen(name: str) -> None:
    """Else: `make lock`."""
    assert dict(map(normal, LOCKS[name])).items() <= locked(name).items()


def test_what_is_developed_with_is_what_ships() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_what_lambda_and_chalice_bring_does_not_ship() -> None:
    assert not BROUGHT & locked("requirements.txt").keys()


def test_every_package_of_the_page_is_known_by_its_hash() -> None:
    assert len(packages()) > len(json.loads((PROJECT / "web" / "package.json").read_text())["dependencies"])
    assert [name for name, told in packages().items() if not told.get("integrity", "").startswith("sha512-")] == []


def test_no_package_of_the_page_asks_to_run_anything_when_it_is_installed() -> None:
    assert [name for name, told in packages().items() if told.get("hasInstallScript")] == []


@pytest.mark.parametrize("name", FILES)
def test_no_file_says_where_packages_are_loaded_from(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert "resolved" not in text.replace("omit-lockfile-registry-resolved", "")
    assert not re.search(r"--(extra-)?index-url|--find-links|\bregistry *=|\[\[tool\.uv\.index|git\+", text)

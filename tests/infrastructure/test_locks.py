"""Lock files: exact versions with hashes, and nothing beyond pyproject.toml and its dependencies."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
DEPENDENCIES: list[str] = PYPROJECT["project"]["dependencies"]
GROUPS: dict[str, list[str]] = PYPROJECT["dependency-groups"]
LOCKS = {
    "requirements.txt": DEPENDENCIES,
    "requirements-dev.txt": [*DEPENDENCIES, *GROUPS["dev"], *GROUPS["vision"]],
    "infrastructure/vision-requirements.txt": GROUPS["vision"],
    "infrastructure/models-requirements.txt": GROUPS["models"],
    "infrastructure/places-requirements.txt": GROUPS["places"],
    "local/requirements.txt": GROUPS["cloud"],
}
FILES = [*LOCKS, "web/package-lock.json", "web/package.json", "web/.npmrc", "pyproject.toml"]
ENTRY = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; [^\\\n]+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n)+",
)
PROVIDED_BY_LAMBDA = {"chalice", "boto3", "botocore"}


def locked_versions(name: str) -> dict[str, str]:
    """Locked version by normalized package name (PEP 503)."""
    return {entry["name"]: entry["version"] for entry in ENTRY.finditer((PROJECT / name).read_text())}


def name_and_version(requirement: str) -> tuple[str, str]:
    name, _, version = re.sub(r"\[.*\]", "", requirement).partition("==")
    return re.sub(r"[-_.]+", "-", name).lower(), version


def npm_packages() -> dict[str, Any]:
    entries: dict[str, Any] = json.loads((PROJECT / "web" / "package-lock.json").read_text())["packages"]
    return {name: package for name, package in entries.items() if name}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_contains_only_exact_versions_with_hashes(name: str) -> None:
    rest = ENTRY.sub("", (PROJECT / name).read_text())
    assert locked_versions(name)
    assert [line for line in rest.splitlines() if not line.strip().startswith("#")] == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_matches_pyproject(name: str) -> None:
    """If it fails: `make lock`."""
    assert dict(map(name_and_version, LOCKS[name])).items() <= locked_versions(name).items()


def test_dev_lock_includes_production_lock() -> None:
    assert locked_versions("requirements.txt").items() <= locked_versions("requirements-dev.txt").items()


def test_dev_lock_includes_vision_lock() -> None:
    vision = locked_versions("infrastructure/vision-requirements.txt")
    assert vision.items() <= locked_versions("requirements-dev.txt").items()


def test_packages_of_the_vision_layer_are_not_locked_for_production() -> None:
    assert not {"onnxruntime", "numpy"} & locked_versions("requirements.txt").keys()


def test_packages_provided_by_lambda_are_not_locked_for_production() -> None:
    assert not PROVIDED_BY_LAMBDA & locked_versions("requirements.txt").keys()


def test_every_npm_package_has_a_hash() -> None:
    assert len(npm_packages()) > len(json.loads((PROJECT / "web" / "package.json").read_text())["dependencies"])
    assert [
        name for name, package in npm_packages().items() if not package.get("integrity", "").startswith("sha512-")
    ] == []


def test_no_npm_package_has_an_install_script() -> None:
    assert [name for name, package in npm_packages().items() if package.get("hasInstallScript")] == []


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_a_package_index(name: str) -> None:
    text = (PROJECT / name).read_text()
    assert "resolved" not in text.replace("omit-lockfile-registry-resolved", "")
    assert not re.search(r"--(extra-)?index-url|--find-links|\bregistry *=|\[\[tool\.uv\.index|git\+", text)

"""Lambda's limit on what a function loads."""

import zipfile
from pathlib import Path

import pytest

from infrastructure.deploy import package_size
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.package_size import MAX_UNZIPPED_BYTES, MEGABYTE


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of 3 MB unzipped, and a few KB zipped."""
    path = tmp_path_factory.mktemp("package") / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", bytes(MEGABYTE))
        archive.writestr("b/c.so", bytes(2 * MEGABYTE))
    return path


@pytest.mark.parametrize("layer_bytes", [0, 1, MAX_UNZIPPED_BYTES - 3 * MEGABYTE])
def test_package_and_layer_within_the_limit(package: Path, layer_bytes: int) -> None:
    package_size.check(package, layer_bytes)


@pytest.mark.parametrize("excess", [1, 50 * MEGABYTE])
def test_package_and_layer_above_the_limit_are_refused(package: Path, excess: int) -> None:
    with pytest.raises(UserError) as raised:
        package_size.check(package, MAX_UNZIPPED_BYTES - 3 * MEGABYTE + excess)
    assert "Lambda allows 250: 3 of the package" in str(raised.value)
    assert "LABELS=none" in str(raised.value)


def test_limit_is_lambdas() -> None:
    assert MAX_UNZIPPED_BYTES == 262_144_000  # as in Lambda's error message

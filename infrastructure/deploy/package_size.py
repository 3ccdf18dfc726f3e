"""The size of all that a function loads, which Lambda limits."""

import zipfile
from pathlib import Path

from infrastructure.deploy.errors import UserError

# "250 MB" in https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: package and layers, unzipped.
MAX_UNZIPPED_BYTES = 250 * 1024 * 1024
MEGABYTE = 1024 * 1024


def unzipped_size(package: Path) -> int:
    """The number of bytes of the files in a zip."""
    with zipfile.ZipFile(package) as archive:
        return sum(each.file_size for each in archive.infolist())


def check(package: Path, layer_bytes: int) -> None:
    """Raise UserError if Lambda would refuse a function with this package and a layer of this unzipped size."""
    package_bytes = unzipped_size(package)
    total = package_bytes + layer_bytes
    if total > MAX_UNZIPPED_BYTES:
        raise UserError(
            f"The function that labels photos would load {_format(total)} MB, and Lambda allows "
            f"{_format(MAX_UNZIPPED_BYTES)}: {_format(package_bytes)} of the package and {_format(layer_bytes)} of the "
            "vision layer. Nothing was published. `LABELS=none` deploys without the layer."
        )


def _format(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")

"""The vision layer's contents: onnxruntime, NumPy and the models, as a zip that depends only on the lock file and code.

Functions find all of it in /opt/python, the models beside the packages. What is only used to build, test or convert
models is left out, because Lambda limits what a function loads (`package_size`).
"""

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import PROJECT

LOCK = PROJECT / "infrastructure" / "vision-requirements.txt"
# Those that are imported to run a model. The others of the lock file build and convert models.
PACKAGES = ("numpy", "onnxruntime")
LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)==\S+.*\\\n(?: {4}--hash=\S+(?: \\)?\n)+", re.MULTILINE)
MODELS = {
    "efficientnet-lite0.onnx": "5067341595cf017baea6e074a6a699af47a704563c489b437cb22c570c6d3941",
    "centerface.onnx": "a973c48da5e1a65df20baff400450401f661f0faaa3b70ca5e6d3900d75a5550",
}
ARCHITECTURE = "x86_64"
# The C library of Lambda's runtimes from Python 3.12 on, Amazon Linux 2023, is glibc 2.34.
PLATFORMS = tuple(f"manylinux_2_{minor}_{ARCHITECTURE}" for minor in range(34, 16, -1))
EXCLUDED_FOLDERS = frozenset({"tests", "f2py", "include", "__pycache__"})
EXCLUDED_SUFFIXES = frozenset({".a", ".h", ".pxd", ".pyi"})
EXCLUDED = (
    "bin",
    "onnxruntime/tools",
    "onnxruntime/transformers",
    "onnxruntime/quantization",
    "onnxruntime/capi/libonnxruntime.so",  # for programs in C; Python's module contains all of it
)
PREFIX = "python"
UNIX = 3  # in a zip
COMPRESSION_LEVEL = 3  # half the time of the default, and 4 % larger


@dataclass(frozen=True, slots=True)
class Contents:
    """A built layer: its zip, and the size of the files in it."""

    path: Path
    unzipped_bytes: int


def runtime() -> str:
    """Lambda's name of the functions' runtime, which is the version of this Python."""
    return "python{}.{}".format(*sys.version_info[:2])


def fingerprint() -> str:
    """A hash of all that the contents depend on: code, lock file, models and Python version."""
    inputs = (Path(__file__).read_text(), *_locked(), *MODELS.values(), runtime())
    return hashlib.sha256("\n".join(inputs).encode()).hexdigest()[:16]


def build(folder: Path) -> Contents:
    """Build the layer's zip in an empty folder; raises UserError."""
    requirements, packages = folder / "requirements.txt", folder / "packages"
    requirements.write_text("".join(_locked()))
    _run("-m", "pip", "install", *_pip_options(), "--target", str(packages), "--requirement", str(requirements))
    _run("-m", "infrastructure.vision_model", str(packages))
    for name, digest in MODELS.items():
        _verify_model(packages / name, digest)
    return write_zip(packages, folder / f"{fingerprint()}.zip")


def write_zip(packages: Path, path: Path) -> Contents:
    """Write the zip of what functions need of these packages: the same bytes for the same files, whenever written."""
    unzipped_bytes = 0
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(_included(packages)):
            info = zipfile.ZipInfo(f"{PREFIX}/{name}")  # with the earliest time of zip files
            info.external_attr, info.create_system = 0o644 << 16, UNIX
            content = (packages / name).read_bytes()
            archive.writestr(info, content, zipfile.ZIP_DEFLATED, COMPRESSION_LEVEL)
            unzipped_bytes += len(content)
    return Contents(path, unzipped_bytes)


def _locked() -> list[str]:
    """The lock file's entries of the packages."""
    entries = {match["name"]: match[0] for match in LOCKED.finditer(LOCK.read_text())}
    return [entries[name] for name in PACKAGES]


def _pip_options() -> Iterator[str]:
    yield from ("--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes")
    yield from (
        "--only-binary",
        ":all:",
        "--implementation",
        "cp",
        "--python-version",
        runtime().removeprefix("python"),
    )
    for platform in PLATFORMS:
        yield from ("--platform", platform)


def _run(*arguments: str) -> None:
    result = subprocess.run([sys.executable, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no output"]
        raise UserError(f"The vision layer could not be built: {lines[-1]}. `LABELS=none` deploys without it.")


def _verify_model(path: Path, expected: str) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != expected:
        raise UserError(
            f"The model {path.name} has the SHA-256 {digest}, not {expected}: run `make clean`, then this again."
        )


def _included(packages: Path) -> Iterator[str]:
    for path in packages.rglob("*"):
        name = path.relative_to(packages).as_posix()
        if path.is_file() and not _is_excluded(PurePosixPath(name)):
            yield name


def _is_excluded(path: PurePosixPath) -> bool:
    name = str(path)
    return (
        path.suffix in EXCLUDED_SUFFIXES
        or bool(EXCLUDED_FOLDERS & set(path.parts))
        or any(name == each or name.startswith((f"{each}/", f"{each}.")) for each in EXCLUDED)
    )

"""The vision layer's contents: only what functions need, in the same bytes each time."""

import os
import re
import zipfile
from pathlib import Path

import pytest

from chalicelib.labels import faces, vision
from infrastructure import face_model, vision_model
from infrastructure.deploy import layer_contents
from infrastructure.deploy.errors import UserError

NEEDED = (
    "efficientnet-lite0.onnx",
    "numpy-2.5.5.dist-info/licenses/LICENSE.txt",
    "numpy.libs/libscipy_openblas64_-4b78795a.so",
    "numpy/__init__.py",
    "numpy/_core/_multiarray_umath.cpython-312-x86_64-linux-gnu.so",
    "onnxruntime/LICENSE",
    "onnxruntime/capi/onnxruntime_pybind11_state.cpython-312-x86_64-linux-gnu.so",
)
NOT_NEEDED = (
    "bin/f2py",
    "numpy/__init__.pyi",
    "numpy/_core/include/numpy/ndarraytypes.h",
    "numpy/_core/lib/libnpymath.a",
    "numpy/_core/tests/test_umath.py",
    "numpy/f2py/crackfortran.py",
    "numpy/lib/__pycache__/_npyio_impl.cpython-312.pyc",
    "onnxruntime/capi/libonnxruntime.so.1.32.0",
    "onnxruntime/quantization/quantize.py",
    "onnxruntime/tools/symbolic_shape_infer.py",
    "onnxruntime/transformers/fusion_attention.py",
)


def install(folder: Path, names: tuple[str, ...]) -> Path:
    """Files with these names, each with its name as content."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def test_layer_has_only_what_runs_a_model(tmp_path: Path) -> None:
    packages = install(tmp_path / "packages", NEEDED + NOT_NEEDED)
    contents = layer_contents.write_zip(packages, tmp_path / "layer.zip")
    with zipfile.ZipFile(contents.path) as archive:
        assert archive.namelist() == [f"python/{name}" for name in NEEDED]
        assert archive.read("python/numpy/__init__.py") == b"numpy/__init__.py"
    assert contents.unzipped_bytes == sum(map(len, NEEDED))


def test_same_files_make_the_same_zip_whenever_and_in_whatever_order_they_are_written(tmp_path: Path) -> None:
    first = install(tmp_path / "first", NEEDED)
    second = install(tmp_path / "second", NEEDED[::-1])
    for path in second.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
        path.chmod(0o755)
    zips = [layer_contents.write_zip(each, tmp_path / f"{each.name}.zip").path for each in (first, second)]
    assert zips[0].read_bytes() == zips[1].read_bytes()


def test_fingerprint_follows_the_locked_versions_and_the_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = layer_contents.fingerprint()
    assert layer_contents.fingerprint() == current
    changed = tmp_path / "requirements.txt"
    changed.write_text(layer_contents.LOCK.read_text().replace("onnxruntime==1.", "onnxruntime==2."))
    with monkeypatch.context() as patched:
        patched.setattr(layer_contents, "LOCK", changed)
        assert layer_contents.fingerprint() != current
    monkeypatch.setattr(layer_contents, "runtime", lambda: "python3.99")
    assert layer_contents.fingerprint() != current


def test_only_the_packages_are_installed_with_their_hashes() -> None:
    entries = layer_contents._locked()
    assert [entry.partition("==")[0] for entry in entries] == ["numpy", "onnxruntime"]
    for entry in entries:
        assert re.fullmatch(r"[a-z]+==[\d.]+( ; .+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n)+", entry)


def test_wheels_for_newer_c_libraries_than_lambdas_are_refused() -> None:
    options = list(layer_contents._pip_options())
    platforms = [options[at + 1] for at, each in enumerate(options) if each == "--platform"]
    assert platforms[0] == "manylinux_2_34_x86_64"
    assert platforms[-1] == "manylinux_2_17_x86_64"
    assert {"--require-hashes", "--only-binary", "--no-deps"} <= set(options)


def test_altered_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "efficientnet-lite0.onnx"
    path.write_bytes(b"altered")
    with pytest.raises(UserError, match=r"The model efficientnet-lite0\.onnx has the SHA-256 [0-9a-f]{64}, not 5067"):
        layer_contents._verify_model(path, layer_contents.MODELS[path.name])


def test_failed_installation_is_one_line() -> None:
    with pytest.raises(UserError) as raised:
        layer_contents._run("-c", "import sys; sys.exit('First line.\\nERROR: No matching distribution')")
    assert str(raised.value) == (
        "The vision layer could not be built: ERROR: No matching distribution. `LABELS=none` deploys without it."
    )


def test_models_are_those_that_the_app_expects() -> None:
    assert layer_contents.MODELS == {vision.FILE_NAME: vision.SHA256, faces.FILE_NAME: faces.SHA256}
    assert list(layer_contents.MODELS) == [vision_model.FILE_NAME, face_model.FILE_NAME]

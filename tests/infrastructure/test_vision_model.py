"""The file of the vision model: always the same bytes, from weights that cannot run code."""

import pickle
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.labels import faces, vision
from infrastructure import face_model, vision_model
from infrastructure.torch_weights import read_weights


def test_model_is_the_one_that_the_labeler_expects() -> None:
    built = vision_model.build(read_weights(vision_model.weights_path()))
    assert sha256(built).hexdigest() == vision.SHA256
    assert vision_model.FILE_NAME == vision.FILE_NAME


def test_face_model_is_the_one_that_the_labeler_expects() -> None:
    built = face_model.build(face_model.source_path().read_bytes())
    assert sha256(built).hexdigest() == faces.SHA256
    assert face_model.FILE_NAME == faces.FILE_NAME


class Malicious:
    """A pickle of it would touch a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_weights_that_would_run_code_are_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(pickle.dumps(Malicious(tmp_path / "touched")))
    with pytest.raises(pickle.UnpicklingError, match="not allowed"):
        read_weights(tmp_path / "weights.pth")
    assert not (tmp_path / "touched").exists()

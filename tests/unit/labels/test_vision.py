"""The vision labeler: with the real model a few times, otherwise with a session that returns what a test wants."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chalicelib.errors import Unavailable
from chalicelib.labels import faces, model_file, scenes, vision, vocabulary
from chalicelib.labels.faces import FaceModel
from chalicelib.labels.labeler import PhotoMetadata
from chalicelib.labels.model_file import ModelFile
from chalicelib.labels.vision import SIDE, VisionLabeler, VisionModel
from tests.support.images import samples

FACTS = PhotoMetadata(None, 640, 480)
BEAGLE, PIZZA = 162, 963


@pytest.fixture(scope="module")
def model() -> VisionModel:
    return VisionModel()


@pytest.fixture(scope="module")
def face_model() -> FaceModel:
    return FaceModel()


class FakeModel(VisionModel):
    """A model that is certain of one class."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def run(self, image: Image.Image) -> vision.Output | None:
        if vision.middle_square(image) is None:
            return None
        probabilities = np.zeros(1000, np.float32)
        probabilities[self.index] = 1
        return vision.Output(probabilities, np.zeros(1280, np.float32))


class FakeFaceModel(FaceModel):
    """A model that finds a face with this probability in every image."""

    def __init__(self, face: float = 0.0) -> None:
        super().__init__()
        self.face = face

    def probability(self, image: Image.Image) -> float:
        return self.face


def names(index: int, face: float) -> list[str]:
    found = VisionLabeler(FakeModel(index), FakeFaceModel(face)).detect(samples.quarters(), FACTS)
    return [label.name for label in found.labels]


@pytest.mark.parametrize(("face", "expected"), [(0.39, ["food", "pizza"]), (0.4, ["people", "food", "pizza"])])
def test_photo_with_a_face_shows_people(face: float, expected: list[str]) -> None:
    assert names(PIZZA, face) == expected


def test_face_of_an_animal_is_not_a_persons() -> None:
    assert "people" not in names(BEAGLE, 0.99)


def test_confidence_of_people_is_that_of_the_face() -> None:
    found = VisionLabeler(FakeModel(PIZZA), FakeFaceModel(0.878)).detect(samples.quarters(), FACTS)
    assert found.labels[0].confidence == 87.8


@pytest.mark.parametrize("size", [(640, 480), (1, 1600), (60_000, 2), (2, 2)], ids=str)
def test_face_model_takes_images_of_any_size(face_model: FaceModel, size: tuple[int, int]) -> None:
    assert 0 <= face_model.probability(samples.quarters(size)) <= 1


def test_labels_are_those_of_the_classes() -> None:
    found = VisionLabeler(FakeModel(BEAGLE)).detect(samples.quarters(), FACTS)
    assert [label.name for label in found.labels] == ["animal", "pet", "dog", "hound", "beagle"]


def test_scenes_are_found_in_the_embedding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "probabilities", lambda embedding: {"clouds": 0.9 - float(embedding.max())})
    assert names(PIZZA, 0) == ["food", "pizza", "clouds"]


def test_output_has_probabilities_and_an_embedding_from_one_run(model: VisionModel) -> None:
    output = model.run(samples.quarters((640, 480)))
    assert output is not None
    assert output.probabilities.shape == (1000,)
    assert float(output.probabilities.sum()) == pytest.approx(1.0, abs=1e-4)
    assert output.embedding.shape == (1280,)
    assert float(output.embedding.min()) >= 0


IMAGES = {
    "a line": samples.quarters((1, 1600)),
    "tiny": samples.quarters((2, 2)),
    "longest": samples.quarters((60_000, 2)),
    "grayscale": samples.quarters((640, 480)).convert("L"),
    "palette": samples.quarters((640, 480)).convert("P"),
    "CMYK": samples.quarters((640, 480)).convert("CMYK"),
    "16 bits": Image.new("I;16", (640, 480), 30_000),
    "half transparent": samples.quarters((640, 480)).convert("RGBA"),
    "gray and alpha": samples.quarters((640, 480)).convert("LA"),
}


@pytest.mark.parametrize("kind", IMAGES)
def test_unusual_image_is_labeled_or_not_but_never_fails(model: VisionModel, face_model: FaceModel, kind: str) -> None:
    VisionLabeler(model, face_model).detect(IMAGES[kind], FACTS)


PLAIN = {
    "black": Image.new("RGB", (640, 480)),
    "transparent": Image.new("RGBA", (400, 300), (220, 20, 20, 0)),
    "one pixel": Image.new("RGB", (1, 1), "red"),
    "gray": Image.new("L", (640, 480), 77),
}


@pytest.mark.parametrize("kind", PLAIN)
def test_image_of_one_color_has_no_labels(kind: str) -> None:
    assert VisionLabeler(FakeModel(BEAGLE)).detect(PLAIN[kind], FACTS).labels == ()


def test_input_is_the_square_in_the_middle_scaled_to_the_range_of_the_model() -> None:
    image = Image.new("RGB", (300, 100), "black")
    image.paste(Image.new("RGB", (50, 100), (255, 0, 127)), (100, 0))
    image.paste(Image.new("RGB", (50, 100), "white"), (150, 0))
    square = vision.middle_square(image)
    assert square is not None
    pixels = vision.to_input(square)
    assert pixels.shape == (1, 3, SIDE, SIDE)
    assert pixels[0, :, 100, 5].tolist() == [1.0, -127 / 128, 0.0]
    assert pixels[0, :, 100, SIDE - 5].tolist() == [1.0, 1.0, 1.0]


def file_at(path: Path) -> VisionModel:
    return VisionModel(ModelFile(vision.FILE_NAME, vision.SHA256, path))


def test_missing_model_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be read"):
        file_at(tmp_path / "missing.onnx").run(samples.quarters())


def test_altered_model_is_unavailable(tmp_path: Path) -> None:
    altered = model_file.path_of(vision.FILE_NAME).read_bytes()[:-1] + b"\0"
    (tmp_path / "altered.onnx").write_bytes(altered)
    with pytest.raises(Unavailable, match="not the model that it expects"):
        file_at(tmp_path / "altered.onnx").run(samples.quarters())


def test_missing_face_model_is_unavailable(tmp_path: Path) -> None:
    missing = FaceModel(ModelFile("centerface.onnx", "0" * 64, tmp_path / "missing.onnx"))
    with pytest.raises(Unavailable, match=r"missing\.onnx can't be read"):
        VisionLabeler(FakeModel(PIZZA), missing).detect(samples.quarters(), FACTS)


def test_model_that_appears_later_is_used(tmp_path: Path) -> None:
    late = file_at(tmp_path / "late.onnx")
    with pytest.raises(Unavailable):
        late.run(samples.quarters())
    late.file.path = None
    assert late.run(samples.quarters()) is not None


def test_onnxruntime_that_does_not_load_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    path = model_file.path_of(vision.FILE_NAME)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(Unavailable, match="onnxruntime"):
        file_at(path).run(samples.quarters())


@pytest.mark.parametrize(
    "error", [RuntimeError("bad_alloc"), MemoryError(), ModuleNotFoundError("numpy"), ValueError()]
)
def test_whatever_fails_is_unavailable(error: Exception) -> None:
    class FailingModel(VisionModel):
        def run(self, image: Image.Image) -> Any:
            raise error

    with pytest.raises(Unavailable, match=f"^The vision labeler can't run: {type(error).__name__}"):
        VisionLabeler(FailingModel(), FakeFaceModel(0)).detect(samples.quarters(), FACTS)


def test_missing_onnxruntime_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(name: str) -> Any:
        return None

    monkeypatch.setattr(model_file, "find_spec", find_nothing)
    with pytest.raises(Unavailable, match="onnxruntime is not installed"):
        VisionModel().run(samples.quarters())


def test_version_follows_from_the_files_so_that_it_never_stays_by_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    before = VisionLabeler().version
    monkeypatch.setattr(vocabulary, "digest", lambda: "0000")
    assert VisionLabeler().version == f"vision-{vision.SHA256[:4]}{faces.SHA256[:4]}0000" != before

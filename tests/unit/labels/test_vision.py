"""The vision labeler: with the real model a few times, otherwise with a session that returns what a test wants."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chalicelib.errors import Unavailable
from chalicelib.labels import vision, vocabulary
from chalicelib.labels.labeler import PhotoMetadata
from chalicelib.labels.vision import SIDE, VisionLabeler, VisionModel
from tests.support.images import samples

FACTS = PhotoMetadata(None, 640, 480)
BEAGLE = 162


@pytest.fixture(scope="module")
def model() -> VisionModel:
    return VisionModel(vision.model_path())


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


def test_labels_are_those_of_the_classes() -> None:
    found = VisionLabeler(FakeModel(BEAGLE)).detect(samples.quarters(), FACTS)
    assert [label.name for label in found.labels] == ["animal", "pet", "dog", "hound", "beagle"]


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
def test_unusual_image_is_labeled_or_not_but_never_fails(model: VisionModel, kind: str) -> None:
    VisionLabeler(model).detect(IMAGES[kind], FACTS)


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


def test_missing_model_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be read"):
        VisionModel(tmp_path / "missing.onnx").run(samples.quarters())


def test_altered_model_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "altered.onnx").write_bytes(vision.model_path().read_bytes()[:-1] + b"\0")
    with pytest.raises(Unavailable, match="not the model that it expects"):
        VisionModel(tmp_path / "altered.onnx").run(samples.quarters())


def test_model_that_appears_later_is_used(tmp_path: Path) -> None:
    late = VisionModel(tmp_path / "late.onnx")
    with pytest.raises(Unavailable):
        late.run(samples.quarters())
    late.path = vision.model_path()
    assert late.run(samples.quarters()) is not None


def test_onnxruntime_that_does_not_load_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    path = vision.model_path()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(Unavailable, match="onnxruntime"):
        VisionModel(path).run(samples.quarters())


def test_missing_onnxruntime_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(name: str) -> Any:
        return None

    monkeypatch.setattr(vision, "find_spec", find_nothing)
    with pytest.raises(Unavailable, match="onnxruntime is not installed"):
        VisionModel().run(samples.quarters())


def test_version_follows_from_the_files_so_that_it_never_stays_by_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    before = VisionLabeler().version
    monkeypatch.setattr(vocabulary, "digest", lambda: "0000")
    assert VisionLabeler().version == f"vision-{vision.SHA256[:4]}0000" != before

"""The vision labeler: EfficientNet-Lite0 names objects and scenes, a second model finds people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Unavailable
from chalicelib.labels import faces, scenes, vocabulary
from chalicelib.labels.embedding import to_bits
from chalicelib.labels.faces import FaceModel
from chalicelib.labels.labeler import MAX_LABELS, Detection, PhotoMetadata
from chalicelib.labels.model_file import ModelFile
from chalicelib.library.label import Label

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

FILE_NAME = "efficientnet-lite0.onnx"
SHA256 = "5067341595cf017baea6e074a6a699af47a704563c489b437cb22c570c6d3941"
SIDE = 224  # pixels of the model's input
MEAN, SCALE = 127.0, 128.0
PEOPLE = "people"
MIN_FACE = 0.4  # the probability of a face from which a photo shows people
# An animal's face looks like a person's to the model that finds faces.
MAX_ANIMAL = 0.5


@dataclass(frozen=True, slots=True)
class Output:
    """The output for one image: 1,000 probabilities, and an embedding of 1,280 numbers, none negative."""

    probabilities: "np.ndarray[Any, np.dtype[np.float32]]"
    embedding: "np.ndarray[Any, np.dtype[np.float32]]"


class VisionModel:
    """The model in its file."""

    def __init__(self, file: ModelFile | None = None) -> None:
        self.file = file or ModelFile(FILE_NAME, SHA256)

    def run(self, image: "Image") -> Output | None:
        """The output for an image; None if the image has a single color. Raises Unavailable."""
        square = middle_square(image)
        if square is None:
            return None
        self.file.load()  # before numpy is imported, which may be missing with it
        probabilities, embedding = self.file.run(["probabilities", "embedding"], to_input(square))
        return Output(probabilities[0], embedding[0])


class VisionLabeler:
    """Labels for objects, scenes and people."""

    derivative = "small"
    follows_time = False

    def __init__(self, model: VisionModel | None = None, face_model: FaceModel | None = None) -> None:
        self.model = model or VisionModel()
        self.face_model = face_model or FaceModel()

    @property
    def version(self) -> str:
        """Another one for each other model or vocabulary."""
        return f"vision-{SHA256[:4]}{faces.SHA256[:4]}{vocabulary.digest()}"

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:  # noqa: ARG002
        """The labels of an image and its embedding; neither if it has a single color."""
        try:
            return self._detect(image)
        except Unavailable:
            raise
        except Exception as error:  # whatever fails in onnxruntime or NumPy, photos are published
            raise Unavailable(f"The vision labeler can't run: {type(error).__name__}.") from error

    def _detect(self, image: "Image") -> Detection:
        output = self.model.run(image)
        if output is None:
            return Detection()
        words = vocabulary.load()
        sums = words.sums(output.probabilities.tolist(), scenes.probabilities(output.embedding))
        labels = words.labels(sums)
        if sums["animal"] < MAX_ANIMAL:
            labels = (*self._people(image), *labels)[:MAX_LABELS]
        return Detection(labels, to_bits(output.embedding))

    def _people(self, image: "Image") -> tuple[Label, ...]:
        face = self.face_model.probability(image)
        return (Label(PEOPLE, round(100 * face, 1)),) if face >= MIN_FACE else ()


def middle_square(image: "Image") -> "Image | None":
    """The square in the middle of an image, SIDE x SIDE, in RGB; None if it has a single color.

    Transparent pixels are white.
    """
    from PIL import Image as Images

    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = (left, top, left + side, top + side)
    scaled = image.resize((SIDE, SIDE), Images.Resampling.BICUBIC, box=square, reducing_gap=2.0)
    if "A" in scaled.mode:
        flat = Images.new("RGBA", scaled.size, "white")
        flat.alpha_composite(scaled.convert("RGBA"))
        scaled = flat
    scaled = scaled.convert("RGB")
    return None if len(scaled.getcolors(2) or ()) == 1 else scaled


def to_input(square: "Image") -> "np.ndarray[Any, np.dtype[np.float32]]":
    """An RGB image of SIDE x SIDE as the model's input, 1 x 3 x SIDE x SIDE."""
    import numpy as np

    pixels = (np.asarray(square, dtype=np.float32) - MEAN) / SCALE
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])

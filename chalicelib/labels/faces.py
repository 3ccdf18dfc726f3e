"""Whether a photo shows people: CenterFace finds their faces, which the other model has no class for.

Nobody is recognized, and nothing is stored but the label.
"""

from typing import TYPE_CHECKING, Any

from chalicelib.labels.model_file import ModelFile

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

FILE_NAME = "centerface.onnx"
SHA256 = "a973c48da5e1a65df20baff400450401f661f0faaa3b70ca5e6d3900d75a5550"
SIDE = 224  # pixels of the longer side: a smaller one misses faces, a larger one takes longer
STEP = 32  # both sides are multiples of it


class FaceModel:
    """The model in its file."""

    def __init__(self, file: ModelFile | None = None) -> None:
        self.file = file or ModelFile(FILE_NAME, SHA256)

    def probability(self, image: "Image") -> float:
        """The probability of the most certain face in an image, from 0 to 1. Raises Unavailable."""
        self.file.load()  # before numpy is imported, which may be missing with it
        (faces,) = self.file.run(["faces"], to_input(image))
        return float(faces.max())


def to_input(image: "Image") -> "np.ndarray[Any, np.dtype[np.float32]]":
    """The whole image as the model's input: 1 x 3 x height x width, from 0 to 255."""
    import numpy as np
    from PIL import Image as Images

    scale = SIDE / max(image.size)
    width, height = (max(STEP, round(side * scale / STEP) * STEP) for side in image.size)
    scaled = image.resize((width, height), Images.Resampling.BICUBIC, reducing_gap=2.0).convert("RGB")
    return np.ascontiguousarray(np.asarray(scaled, dtype=np.float32).transpose(2, 0, 1)[None])

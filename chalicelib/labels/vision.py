"""The labeler that sees: EfficientNet-Lite0, run by onnxruntime on one core.

`infrastructure/vision_model.py` makes the model's file, which lies beside the installed packages: in the environment on
a laptop, in a layer on AWS. onnxruntime and numpy are imported with the first photo.
"""

from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Unavailable
from chalicelib.labels import vocabulary
from chalicelib.labels.embedding import to_bits
from chalicelib.labels.labeler import Detection, PhotoMetadata

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

FILE_NAME = "efficientnet-lite0.onnx"
SHA256 = "5067341595cf017baea6e074a6a699af47a704563c489b437cb22c570c6d3941"
SIDE = 224  # pixels of the model's input
MEAN, SCALE = 127.0, 128.0


@dataclass(frozen=True, slots=True)
class Output:
    """What the model says of one image: 1,000 probabilities, and an embedding of 1,280 numbers, none negative."""

    probabilities: "np.ndarray[Any, np.dtype[np.float32]]"
    embedding: "np.ndarray[Any, np.dtype[np.float32]]"


class VisionModel:
    """The model in its file, by default beside onnxruntime; loaded with the first image, then kept."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._session: Any = None
        self._lock = Lock()

    def run(self, image: "Image") -> Output | None:
        """What the model says of an image; None if the image has a single color. Raises Unavailable."""
        square = middle_square(image)
        if square is None:
            return None
        with self._lock:
            if self._session is None:
                self._session = _load(self.path or model_path())
        probabilities, embedding = self._session.run(["probabilities", "embedding"], {"image": to_input(square)})
        return Output(probabilities[0], embedding[0])


class VisionLabeler:
    """Labels for objects and scenes."""

    derivative = "small"
    follows_time = False

    def __init__(self, model: VisionModel | None = None) -> None:
        self.model = model or VisionModel()

    @property
    def version(self) -> str:
        """Another one for each other model or vocabulary."""
        return f"vision-{SHA256[:4]}{vocabulary.digest()}"

    def detect(self, image: "Image", metadata: PhotoMetadata) -> Detection:  # noqa: ARG002
        """The labels of an image and its embedding; neither if it has a single color."""
        output = self.model.run(image)
        if output is None:
            return Detection()
        labels = vocabulary.load().labels(output.probabilities.tolist())
        return Detection(labels, to_bits(output.embedding))


def model_path() -> Path:
    """The model's file beside the package onnxruntime; raises Unavailable if that is not installed."""
    spec = find_spec("onnxruntime")
    if spec is None or spec.origin is None:
        raise Unavailable("The vision labeler can't run: onnxruntime is not installed.")
    return Path(spec.origin).parents[1] / FILE_NAME


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


def _load(path: Path) -> Any:
    """The session; raises Unavailable if the file is missing or altered, or onnxruntime can't be imported."""
    try:
        model = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"The vision labeler can't run: its model {path} can't be read.") from error
    if sha256(model).hexdigest() != SHA256:
        raise Unavailable(f"The vision labeler can't run: {path} is not the model that it expects.")
    try:
        import onnxruntime
    except ImportError as error:
        raise Unavailable(f"The vision labeler can't run: {error}.") from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

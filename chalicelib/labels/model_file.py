"""Models in ONNX files, run by onnxruntime on one core.

`infrastructure/vision_model.py` makes the files, which lie beside the installed packages: in the environment on a
laptop, in a layer on AWS. onnxruntime and numpy are imported with the first photo.
"""

from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np


class ModelFile:
    """A model with this name and SHA-256, by default beside onnxruntime; loaded once, with the first image."""

    def __init__(self, name: str, digest: str, path: Path | None = None) -> None:
        self.name = name
        self.digest = digest
        self.path = path
        self._session: Any = None
        self._lock = Lock()

    def run(self, outputs: list[str], image: "np.ndarray[Any, Any]") -> list["np.ndarray[Any, Any]"]:
        """The outputs for an image; raises Unavailable."""
        self.load()
        results: list[np.ndarray[Any, Any]] = self._session.run(outputs, {"image": image})
        return results

    def load(self) -> None:
        """Load the model unless that is done.

        Raises Unavailable if the file is missing or altered, or onnxruntime doesn't load.
        """
        with self._lock:
            if self._session is None:
                self._session = _session(self.path or path_of(self.name), self.digest)


def path_of(name: str) -> Path:
    """The file of this name beside the package onnxruntime; raises Unavailable if that is not installed."""
    spec = find_spec("onnxruntime")
    if spec is None or spec.origin is None:
        raise Unavailable("The vision labeler can't run: onnxruntime is not installed.")
    return Path(spec.origin).parents[1] / name


def _session(path: Path, digest: str) -> Any:
    try:
        model = path.read_bytes()
    except OSError as error:
        raise Unavailable(f"The vision labeler can't run: its model {path.name} can't be read.") from error
    if sha256(model).hexdigest() != digest:
        raise Unavailable(f"The vision labeler can't run: {path.name} is not the model that it expects.")
    try:
        import onnxruntime
    except ImportError as error:
        raise Unavailable(f"The vision labeler can't run: {error}.") from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4  # fatal errors: the others are raised
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

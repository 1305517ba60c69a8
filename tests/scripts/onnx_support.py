"""What the tests of the ONNX import share: models of one node, the program, the shipped light models."""

import os
import subprocess
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
PROGRAM = os.environ.get("WEIR_PROGRAM", str(ROOT / "build" / "release" / "weir"))


def weir(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, timeout=120,
                          check=False)


def model(nodes, inputs, constants=(), outputs=("y",), opset=21, elements=TensorProto.DOUBLE):
    """A model; `inputs` map names to shapes (a string is a symbolic extent), `constants` to arrays."""
    graph = helper.make_graph(
        nodes, "test", [helper.make_tensor_value_info(n, elements, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, elements, None) for n in outputs],
        [onnx.numpy_helper.from_array(a, n) for n, a in dict(constants).items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])

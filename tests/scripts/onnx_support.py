"""What the tests of the ONNX import share: models of one node, the program, the shipped light models."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
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


def imported(model, **options):
    """A model through a file and the importer."""
    from onnx_import.workload import import_model

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.onnx"
        onnx.save(model, path)
        return import_model(str(path), **options)


def macs(done):
    return sum(map(layer_macs, done.layers))


GATES = {"lstm": 4, "gru": 3, "rnn": 1}


def product(values):
    return int(np.prod(values, dtype=object))


def layer_macs(layer):
    """MACs of a layer as docs/file-formats.md reads its keys."""
    k = layer.keys
    if layer.memory_bound:
        return 0
    total = k.get("steps", layer.steps)
    if layer.kind in GATES:
        gates, hidden = GATES[layer.kind], k["hidden"]
        return total * k.get("directions", 1) * k.get("batch", 1) * gates * hidden * (k["input"] + hidden)
    if layer.kind == "matmul":
        return total * k["batch"] * k["rows"] * k["inner"] * k["columns"]
    if layer.kind == "fc":
        return total * k.get("batch", 1) * k.get("rows", 1) * product(k["input"]) * k["output_channels"]
    assert layer.kind == "conv", layer.kind

    def both(value):
        return value if isinstance(value, list) else [value, value]

    stride, dilation = both(k.get("stride", 1)), both(k.get("dilation", 1))
    pads = both(k.get("padding", 0))
    sums = [2 * p for p in pads] if len(pads) == 2 else [pads[0] + pads[2], pads[1] + pads[3]]
    outputs = [(size + pad - d * (f - 1) - 1) // s + 1
               for size, pad, f, s, d in zip(k["input"][1:], sums, k["filter"], stride, dilation)]
    return (total * k.get("batch", 1) * product(outputs) * k["output_channels"] * product(k["filter"])
            * k["input"][0] // k.get("groups", 1))

"""The values of memory-bound layers against onnx's reference evaluator: models of one node, imported, simulated, and
their outputs compared word for word modulo 2^32."""

import itertools
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import helper
from onnx.reference import ReferenceEvaluator

import onnx_support as support
from onnx_import.workload import import_model


def simulate(layers):
    """By layer the operands that DRAM held and the output that the machine wrote back, as lists of words."""
    with tempfile.TemporaryDirectory() as folder:
        workload = Path(folder) / "w.yaml"
        workload.write_text("workload: w\nlayers:\n" + "".join(f"  - {layer.text()}\n" for layer in layers))
        done = support.weir("run", "--accelerator", "eyeriss", "--workload", workload, "--dataflow", "row-stationary",
                            "--data", "on", "--dump-data", folder, "--out", folder, "--quiet")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        rows = (Path(folder) / "layers.csv").read_text().splitlines()[1:]
        unverified = [row for row in rows if not row.endswith(",yes")]
        if unverified:
            raise AssertionError(unverified)

        def words(layer, tensor):
            return np.load(Path(folder) / f"{layer.name}.{tensor}.npy").astype(np.int64).flatten()

        return [([words(layer, f"ifmap{i or ''}") for i in range(len(layer.keys["inputs"]))], words(layer, "ofmap"))
                for layer in layers]


def rounded(values):
    """To the nearest whole number, half away from zero."""
    return np.sign(values) * np.floor(np.abs(values) + 0.5)


def evaluated(model, feeds):
    """Outputs of onnx's evaluator, in doubles, which are exact for these words."""
    results = ReferenceEvaluator(model).run(None, {n: a.astype(np.float64) for n, a in feeds.items()})
    return [rounded(r).astype(np.int64) & 0xFFFFFFFF for r in results]


def specified_pads(spatial, attributes):
    """auto_pad as numbers, as ONNX's text of MaxPool has it: output = ceil(input / stride), the odd word at the end for
    SAME_UPPER. The evaluator pads the whole window for it where a stride leaves words out."""
    before, behind = [], []
    dilations = attributes.get("dilations", [1] * len(spatial))
    for size, k, s, d in zip(spatial, attributes["kernel_shape"], attributes["strides"], dilations):
        pad = max(0, (-(-size // s) - 1) * s + (k - 1) * d + 1 - size)
        before.append(pad // 2 if attributes["auto_pad"] == "SAME_UPPER" else (pad + 1) // 2)
        behind.append(pad - before[-1])
    return before + behind


def settled(model, feeds):
    """A model and feeds that come to the same, without what the evaluator gets wrong: automatic padding, padding on one
    side only of a maximum, what an average's last window has beyond the end (it centres that), and global maxima over
    other than planes."""
    node = model.graph.node[0]
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    spatial = feeds["x"].shape[2:]
    shapes = {name: list(array.shape) for name, array in feeds.items()}
    if node.op_type == "GlobalMaxPool":
        axes = np.arange(2, feeds["x"].ndim, dtype=np.int64)
        return support.model([helper.make_node("ReduceMax", ["x", "axes"], ["y"])], shapes, {"axes": axes}), feeds
    if node.op_type not in ("MaxPool", "AveragePool"):
        return model, feeds
    auto = attributes.pop("auto_pad", b"NOTSET")
    pads = attributes.pop("pads", [0] * (2 * len(spatial)))
    if auto.startswith(b"SAME"):
        pads = specified_pads(spatial, {**attributes, "auto_pad": auto.decode()})
    if node.op_type == "MaxPool":
        around = [(0, 0), (0, 0), *zip(pads[:len(spatial)], pads[len(spatial):])]
        feeds = {"x": np.pad(feeds["x"], around, constant_values=-(1 << 15) - 1)}
        shapes = {"x": list(feeds["x"].shape)}
    else:
        n = len(spatial)
        if attributes.pop("ceil_mode", 0):
            for i, (k, s, d) in enumerate(zip(attributes["kernel_shape"], attributes["strides"], attributes["dilations"])):
                pads[n + i] += -(spatial[i] + pads[i] + pads[n + i] - d * (k - 1) - 1) % s
        attributes["pads"] = pads
    return support.model([helper.make_node(node.op_type, ["x"], ["y"], **attributes)], shapes), feeds


def stands_outside(spatial, kernel, stride, dilation):
    """Whether rounding up makes a window without a word."""
    return any(-(-(size - dilation * (k - 1) - 1) // s) * s >= size for size, k, s in zip(spatial, kernel, stride))


def pool_cases():
    """(operator, attributes, shape of x)"""
    for op in ("MaxPool", "AveragePool"):
        for shape, kernels, strides in (([2, 3, 8], [[1], [3]], [[1], [2]]),
                                        ([2, 3, 9, 7], [[1, 1], [2, 2], [3, 3], [3, 2]], [[1, 1], [2, 2], [2, 1], [3, 3]])):
            n = len(shape) - 2
            for kernel, stride, dilation in itertools.product(kernels, strides, (1, 2)):
                if dilation > 1 and max(kernel) == 1:
                    continue
                base = {"kernel_shape": kernel, "strides": stride, "dilations": [dilation] * n}
                paddings = [{}, {"ceil_mode": 1}, {"auto_pad": "VALID"}]
                if dilation == 1:
                    paddings += [{"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"}]
                if min(kernel) > 1:
                    paddings += [{"pads": [1] * (2 * n)}, {"pads": [1] * n + [0] * n}]
                    if op == "AveragePool":
                        paddings.append({"pads": [1] * (2 * n), "count_include_pad": 1})
                for padding in paddings:
                    if "ceil_mode" in padding and stands_outside(shape[2:], kernel, stride, dilation):
                        continue
                    yield op, {**base, **padding}, shape


class VectorData(unittest.TestCase):
    def check(self, cases):
        """`cases`: (nodes, shapes of the inputs by name, constants); the last may be left out."""
        models, layers = [], []
        for i, (nodes, inputs, *constants) in enumerate(cases):
            model = support.model(nodes, inputs, *constants)
            with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
                onnx.save(model, file.name)
                (layer,) = import_model(file.name, strict=True).layers
            layer.name = f"n{i}"
            self.assertIn("operation" if layer.kind != "concat" else "axis", layer.values, layer.text())
            models.append(model)
            layers.append(layer)
        for (nodes, inputs, *_), model, layer, (operands, output) in zip(cases, models, layers, simulate(layers)):
            with self.subTest(layer.text()):
                feeds = {name: words.reshape(shape) for (name, shape), words in zip(inputs.items(), operands, strict=True)}
                (expected,) = evaluated(*settled(model, feeds))
                np.testing.assert_array_equal(output, expected.flatten())

    def test_pooling(self):
        cases = [([helper.make_node(op, ["x"], ["y"], **attributes)], {"x": shape})
                 for op, attributes, shape in pool_cases()]
        self.assertGreater(len(cases), 150)
        self.check(cases)

    def test_global_pooling_and_reductions(self):
        cases = [([helper.make_node(op, ["x"], ["y"])], {"x": shape})
                 for op in ("GlobalMaxPool", "GlobalAveragePool") for shape in ([2, 3, 7], [2, 3, 5, 6], [1, 2, 3, 4, 5])]
        for op, axes, keep in itertools.product(("ReduceMax", "ReduceMin", "ReduceSum", "ReduceMean"),
                                                ([2, 3], [-1], [1], [0, 1], [0, 1, 2, 3], [1, 2, 3]), (0, 1)):
            node = helper.make_node(op, ["x", "axes"], ["y"], keepdims=keep)
            cases.append(([node], {"x": [2, 3, 4, 5]}, {"axes": np.array(axes, dtype=np.int64)}))
        self.check(cases)

    def test_operands(self):
        shapes = [([2, 3, 4], [2, 3, 4]), ([2, 3, 4], [3, 1]), ([2, 3, 4], [4]), ([3, 4], [2, 1, 1]), ([3, 1], [1, 4])]
        cases = [([helper.make_node(op, ["x", "z"], ["y"])], {"x": x, "z": z})
                 for op in ("Add", "Sub", "Mul", "Max", "Min") for x, z in shapes]
        cases += [([helper.make_node(op, ["x", "z", "u"], ["y"])], {"x": [2, 3], "z": [1, 3], "u": [2, 3]})
                  for op in ("Sum", "Max", "Min")]
        for op in ("Add", "Mul", "Sub"):
            cases.append(([helper.make_node(op, ["x", "z"], ["s"]), helper.make_node("Relu", ["s"], ["y"])],
                          {"x": [2, 3, 4], "z": [3, 4]}))
        cases.append(([helper.make_node("Relu", ["x"], ["y"])], {"x": [2, 3, 4]}))
        self.check(cases)

    def test_concatenation(self):
        cases = []
        for axis in (0, 1, 2, -1):
            shapes = {name: [2, 3, 4] for name in ("x", "z", "u")}
            shapes["z"][axis], shapes["u"][axis] = 5, 1
            cases.append(([helper.make_node("Concat", list(shapes), ["y"], axis=axis)], shapes))
        self.check(cases)

    def test_copies(self):
        def numbers(values):
            return np.array(values, dtype=np.int64)

        x = {"x": [2, 8, 6, 4]}
        cases = [([helper.make_node("Transpose", ["x"], ["y"], perm=list(order))], x)
                 for order in itertools.permutations(range(4))]
        cases += [([helper.make_node("Transpose", ["x"], ["y"])], x),
                  ([helper.make_node("SpaceToDepth", ["x"], ["y"], blocksize=2)], x),
                  ([helper.make_node("DepthToSpace", ["x"], ["y"], blocksize=2)], x),
                  ([helper.make_node("DepthToSpace", ["x"], ["y"], blocksize=2, mode="CRD")], x)]
        slices = [([1], [100], None, None), ([0, 2], [1, -1], [0, 2], None), ([-3, 1], [-1, 4], [1, -1], [1, 2]),
                  ([0, -50], [8, 50], [1, 2], [3, 5])]
        for parts in slices:
            constants = {name: numbers(v) for name, v in zip(("starts", "ends", "axes", "steps"), parts) if v}
            cases.append(([helper.make_node("Slice", ["x", *constants], ["y"])], x, constants))
        cases += [([helper.make_node("Expand", ["x", "shape"], ["y"])], {"x": [3, 1]}, {"shape": numbers([2, 3, 4])}),
                  ([helper.make_node("Tile", ["x", "repeats"], ["y"])], {"x": [3, 1, 4]}, {"repeats": numbers([1, 5, 1])})]
        for places, rounding in (("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil"),
                                 ("asymmetric", "floor")):
            cases.append(([helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode="nearest",
                                            coordinate_transformation_mode=places, nearest_mode=rounding)],
                          {"x": [1, 2, 3, 4]}, {"sizes": numbers([1, 2, 6, 12])}))
        self.check(cases)

    def test_the_parts_of_a_split(self):
        node = helper.make_node("Split", ["x", "parts"], ["a", "b", "c"], "split", axis=1)
        constants = {"parts": np.array([1, 4, 3], dtype=np.int64)}
        model = support.model([node], {"x": [2, 8, 3]}, constants, outputs=("a", "b", "c"))
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            onnx.save(model, file.name)
            layers = import_model(file.name, strict=True).layers
        self.assertEqual(len(layers), 3)
        for i, (operands, output) in enumerate(simulate(layers)):
            expected = evaluated(model, {"x": operands[0].reshape(2, 8, 3)})[i]
            np.testing.assert_array_equal(output, expected.flatten())


if __name__ == "__main__":
    unittest.main()

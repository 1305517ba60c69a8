"""The onnx project's own test models of single operators: what Weir computes for them, word by word modulo 2^32, against
onnx's reference evaluator on the same operands.

Weir makes its operands itself, and its layers have the products and sums of an operator alone: what else it has (biases,
zero points, scales, requantization) is left out of the model that is evaluated. What a model takes from outside and its
shapes depend on (axes, bounds, sizes) is what its own test says. A model counts if the evaluator, on the test's own inputs,
gives the test's own outputs."""

import re
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import onnx_data_test as data
import onnx_support as support
import onnx_vector_data_test as vector
from onnx_import.errors import BadModel
from onnx_import.operators import MULTIPLYING
from onnx_import.workload import import_model

FOLDERS = sorted(p for p in (Path(onnx.__file__).parent / "backend" / "test" / "data").glob("*/*")
                 if p.parent.name not in ("light", "real"))
CONVOLUTIONS = {"Conv": 1, "ConvInteger": 1, "QLinearConv": 3, "DeformConv": 1}  # and the place of their weights
PRODUCTS = {"MatMul": 1, "MatMulInteger": 1, "QLinearMatMul": 3, "Gemm": 1}
RECURRENT = {"LSTM": 4, "GRU": 3, "RNN": 1}
VALUED = frozenset("""Add AveragePool Concat DepthToSpace Expand GlobalAveragePool GlobalMaxPool Max MaxPool Min Mul ReduceMax
    ReduceMean ReduceMin ReduceSum Relu Resize Slice SpaceToDepth Split Sub Sum Tile Transpose""".split())
# Operators whose inputs behind the first say what is done.
STEERED = frozenset("Expand ReduceMax ReduceMean ReduceMin ReduceSum Resize Slice Split Tile".split())

def inputs_of(folder, model):
    """The test's own inputs by name."""
    files = sorted((folder / "test_data_set_0").glob("input_*.pb"), key=lambda p: int(p.stem[6:]))
    arrays = []
    for path in files:
        tensor = TensorProto()
        tensor.ParseFromString(path.read_bytes())
        arrays.append(numpy_helper.to_array(tensor))
    return dict(zip([i.name for i in model.graph.input], arrays))


def outputs_of(folder):
    arrays = []
    for path in sorted((folder / "test_data_set_0").glob("output_*.pb"), key=lambda p: int(p.stem[7:])):
        tensor = TensorProto()
        tensor.ParseFromString(path.read_bytes())
        arrays.append(numpy_helper.to_array(tensor))
    return arrays


class Case:
    """A test model of one node, with what steers it as constants."""

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        model = onnx.load(folder / "model.onnx")
        self.opset = next(o.version for o in model.opset_import if not o.domain)
        (self.node,) = model.graph.node
        self.op = self.node.op_type
        feeds = inputs_of(folder, model)
        steering = [n for n in self.node.input[1:] if n] if self.op in STEERED else []
        self.constants = {n: feeds.pop(n) for n in steering if n in feeds}
        weights = {t.name: list(t.dims) for t in model.graph.initializer if t.name not in feeds}
        self.shapes = {n: list(a.shape) for n, a in feeds.items()} | weights
        kept = [i for i in model.graph.input if i.name not in self.constants]
        del model.graph.input[:]
        model.graph.input.extend(kept)
        model.graph.initializer.extend(numpy_helper.from_array(a, n) for n, a in self.constants.items())
        self.model = model

    def layers(self):
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            onnx.save(self.model, file.name)
            return import_model(file.name, strict=True).layers

    def attributes(self, *names):
        found = {a.name: helper.get_attribute_value(a) for a in self.node.attribute}
        return {n: v for n, v in found.items() if not names or n in names}


def convolution(case, ifmap, weight):
    """Outputs of a convolution's model on the operands, and their evaluation."""
    names = case.node.input[0], case.node.input[CONVOLUTIONS.get(case.op, 1)]
    x, w = (case.shapes[n] for n in names)
    attributes = case.attributes("strides", "pads", "dilations", "group", "auto_pad", "output_padding", "output_shape")
    directions = len(x) - 2
    attributes = {"strides": [1] * directions, "dilations": [1] * directions, **attributes}
    if attributes.get("auto_pad") == b"NOTSET":
        del attributes["auto_pad"]
    transposed = case.op == "ConvTranspose"
    if directions == 3:
        return frames(attributes, ifmap, weight.reshape(w))
    node = helper.make_node("ConvTranspose" if transposed else "Conv", ["x", "w"], ["y"], **attributes)
    if transposed:
        grouped = weight.reshape(weight.shape[0] // w[1], w[1], weight.shape[1], *weight.shape[2:])[..., ::-1, ::-1]
        weight = grouped.swapaxes(1, 2)
    return data.reference(node, {"x": ifmap.reshape(x), "w": weight.reshape(w)})


def frames(attributes, ifmap, weight):
    """A convolution of three directions is one of two for each output frame, of all frames that its filter is over."""
    pads = attributes.get("pads", [0] * 6)
    flat = {"strides": [1, *attributes["strides"][1:]], "dilations": [1, *attributes["dilations"][1:]],
            "pads": [0, *pads[1:3], 0, *pads[4:]], "group": attributes.get("group", 1)}
    shape = ifmap.shape[0], weight.shape[1] * flat["group"], weight.shape[2], *ifmap.shape[2:]
    return data.reference(helper.make_node("Conv", ["x", "w"], ["y"], **flat), {"x": ifmap.reshape(shape), "w": weight})


def laid_out(layer, ifmap, weight, ofmap):
    """[batch][rows][inner], [batch][columns][inner] and [batch][rows][columns] of a product's words; Weir has the channels
    of an image in front of its rows."""
    keys = layer.keys
    if layer.kind == "matmul":
        batch, rows, inner, columns = (keys[k] for k in ("batch", "rows", "inner", "columns"))
    else:
        batch, rows, inner, columns = keys.get("batch", 1), keys.get("rows", 1), keys["input"][0], keys["output_channels"]
    left, out = (np.swapaxes(words.reshape(batch, n, rows), 1, 2) for words, n in ((ifmap, inner), (ofmap, columns)))
    return left, weight.reshape(-1, columns, inner), out


def product(case, left, right):
    """A product's model on the operands, evaluated."""
    a, b = (case.shapes[case.node.input[i]] for i in (0, PRODUCTS[case.op]))
    turned = case.attributes("transA", "transB")
    left = left.reshape(a[::-1]).T if turned.get("transA") else left.reshape(a)
    right = right.reshape(b) if turned.get("transB") else np.swapaxes(right, 1, 2).reshape(b)
    node = helper.make_node("Gemm" if case.op == "Gemm" else "MatMul", ["x", "w"], ["y"], **turned)
    return data.reference(node, {"x": left, "w": right})


def einsum(case, left, right):
    """The same of an equation: axes that both operands have and that stay are the batch."""
    equation = case.attributes()["equation"]
    sources, _, target = equation.decode().replace(" ", "").replace("...", "_").partition("->")
    terms = sources.split(",")
    sizes = {letter: size for term, shape in zip(terms, case.shapes.values()) for letter, size in zip(term, shape)}
    shared = [c for c in terms[0] if c in terms[1]]

    def put(words, term, other):
        order = [*(c for c in shared if c in target), *(c for c in term if c not in other),
                 *(c for c in shared if c not in target)]
        return words.reshape([sizes[c] for c in order]).transpose([order.index(c) for c in term])

    node = helper.make_node("Einsum", ["x", "w"], ["y"], equation=equation)
    return data.reference(node, {"x": put(left, *terms), "w": put(right, *terms[::-1])})


def attended(left, right):
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    return data.reference(node, {"x": left, "w": np.swapaxes(right, 1, 2)})


def compare(case, layer, ifmap, weight, ofmap):
    """Weir's outputs and those that are expected."""
    if case.op in CONVOLUTIONS or case.op == "ConvTranspose":
        expected = convolution(case, ifmap, weight)
        return ofmap.reshape(expected.shape), expected
    left, right, out = laid_out(layer, ifmap, weight, ofmap)
    expected = (product(case, left, right) if case.op in PRODUCTS else einsum(case, left, right) if case.op == "Einsum"
                else attended(left, right))
    return out.reshape(expected.shape), expected


def parts_of(layer):
    """The products of a recurrent layer."""
    backward = [f"{layer.name}.backward.state"] if layer.keys.get("directions") == 2 else []
    return [f"{layer.name}.input", f"{layer.name}.state", *backward]


# Why models of operators that have values have none: what Weir's keys do not say (docs/file-formats.md).
WITHOUT = {
    r"test_(average|max)pool_3d|test_(Avg|Max)Pool3d": "windows of three axes",
    r"test_operator_add_": "axes that an old operator names",
    r"test_convtranspose_3d": "the sum of frames",
    r"test_einsum_(batch_diagonal|scalar|sum|transpose)": "no product",
    r"test_(max|min|sum)_one_input": "nothing is computed",
    r"test_reduce_(max|min|sum)_empty_set|test_split_zero_size|test_slice_start_out": "a tensor without words",
    r"test_reduce_sum_empty_axes_input_noop": "nothing is computed",
    r"test_resize_(down|up)sample_\w+_(cubic|linear)|test_resize_tf": "other than the nearest word",
    r"test_resize_\w+_nearest": "no whole factors, or other places",
    r"test_slice_neg_steps": "steps backward",
    r"test_tile": "words again behind all of them",
}


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cases, cls.seen, cls.without = [], 0, []
        for folder in FOLDERS:
            nodes = onnx.load(folder / "model.onnx").graph.node
            op = nodes[0].op_type
            if len(nodes) != 1 or nodes[0].domain or not (op in VALUED or MULTIPLYING.search(op)):
                continue
            cls.seen += 1
            case = Case(folder)
            try:
                layers = case.layers()
            except BadModel:
                layers = []
            if not layers or not all(layer.values or not layer.memory_bound or layer.kind == "softmax" for layer in layers):
                cls.without.append(case.name)
                continue
            for i, layer in enumerate(layers):
                layer.name = f"n{len(cls.cases)}.{i}"
            cls.cases.append((case, layers))
        cls.compared = set()

    @classmethod
    def tearDownClass(cls):
        print(f"\n{len(cls.compared)} of {cls.seen} models of operators with values: their values are equal")

    def of(self, wanted):
        """Layers with their cases."""
        return [(case, layer) for case, layers in self.cases for layer in layers if wanted(case, layer)]

    def test_what_has_no_values_is_known(self):
        for name in self.without:
            self.assertTrue(any(re.match(pattern, name) for pattern in WITHOUT), name)
        for pattern in WITHOUT:
            self.assertTrue(any(re.match(pattern, name) for name in self.without), pattern)

    def test_the_evaluator_gives_what_the_tests_expect(self):
        for case, _ in self.cases:
            with self.subTest(case.name):
                model = onnx.load(case.folder / "model.onnx")
                results = ReferenceEvaluator(model).run(None, inputs_of(case.folder, model))
                for result, expected in zip(results, outputs_of(case.folder), strict=True):
                    np.testing.assert_allclose(result, expected, rtol=1e-3, atol=1e-3)

    def test_products(self):
        some = self.of(lambda case, layer: not layer.memory_bound and case.op not in RECURRENT)
        for (case, layer), (ifmap, weight, ofmap) in zip(some, data.simulate([layer for _, layer in some]), strict=True):
            with self.subTest(case.name):
                np.testing.assert_array_equal(*compare(case, layer, ifmap, weight, ofmap))
                self.compared.add(case.name)
        self.assertGreater(len(some), 160)

    def test_recurrent_layers(self):
        some = self.of(lambda case, layer: case.op in RECURRENT)
        layers = [layer for _, layer in some]
        parts = [part for layer in layers for part in parts_of(layer)]
        found = dict(zip(parts, data.simulate(layers, names=parts)))
        for case, layer in some:
            with self.subTest(case.name):
                keys = layer.keys
                x, w, r = (case.shapes[n] for n in case.node.input[:3])
                rows = RECURRENT[case.op] * keys["hidden"]
                for part in parts_of(layer):
                    ifmap, weight, ofmap = found[part]
                    weight = weight.reshape(weight.shape[:2])
                    # All gates of all directions at once; or one direction's state.
                    self.assertEqual(list(weight.shape), [w[0] * w[1], w[2]] if part.endswith("input") else [rows, r[2]])
                    self.assertEqual(ifmap.size, np.prod(x) if part.endswith("input") else x[0] * x[1] * r[2])
                    vectors = np.moveaxis(ifmap.reshape(*ifmap.shape[:2], -1), 1, 2)
                    node = helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)
                    expected = data.reference(node, {"x": vectors.reshape(-1, weight.shape[1]), "w": weight})
                    outputs = np.moveaxis(ofmap.reshape(*ofmap.shape[:2], -1), 1, 2).reshape(expected.shape)
                    np.testing.assert_array_equal(outputs, expected)
                self.compared.add(case.name)
        self.assertEqual(len(some), 12)

    def test_memory_bound_layers(self):
        some = self.of(lambda case, layer: layer.memory_bound and layer.kind != "softmax")
        simulated = vector.simulate([layer for _, layer in some])
        for (case, layer), (operands, output) in zip(some, simulated, strict=True):
            with self.subTest(case.name):
                feeds = {n: words.reshape(s) for (n, s), words in zip(case.shapes.items(), operands, strict=True)}
                place = int(layer.name.split(".")[1])
                outputs = [o for o in case.node.output if o]
                model = support.model([case.node], case.shapes, case.constants, outputs, case.opset)
                expected = vector.evaluated(model, feeds)[place]
                np.testing.assert_array_equal(output, expected.flatten())
                self.compared.add(case.name)
        self.assertGreater(len(some), 150)


if __name__ == "__main__":
    unittest.main()

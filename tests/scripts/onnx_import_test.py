"""Tests of scripts/onnx_import: the ONNX project's light models, each operator, and what is refused."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, shape_inference

import onnx_support as support
from onnx_support import layer_macs, product
from onnx_import.errors import BadModel
from onnx_import.workload import import_model


def counted_macs(path):
    """MACs of a model from its inferred shapes alone: outputs times the words that each takes."""
    graph = shape_inference.infer_shapes(onnx.load(path), data_prop=True).graph
    shapes = {p.name: [d.dim_value for d in p.type.tensor_type.shape.dim]
              for p in [*graph.input, *graph.value_info, *graph.output]}
    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            total += product(shapes[node.output[0]]) * product(shapes[node.input[1]][1:])
        elif node.op_type in ("Gemm", "MatMul"):
            transposed = any(a.name == "transA" and a.i for a in node.attribute)
            total += product(shapes[node.output[0]]) * shapes[node.input[0]][-2 if transposed else -1]
    return total


class LightModels(unittest.TestCase):
    # Published, in M: Krizhevsky 2012 with padding as in its Caffe model, Simonyan 2014, He 2015 (torchvision 4.089 G),
    # Huang 2017 (2.83 G), Iandola 2016: what is known of each, to the digit given.
    PUBLISHED = {"light_vgg19": (19632, 1), "light_resnet50": (4089, 1), "light_densenet121": (2834, 1)}

    def test_every_node_is_accounted_for_and_macs_equal_a_count_from_shapes(self):
        paths = sorted(support.LIGHT.glob("*.onnx"))
        self.assertEqual([p.stem[6:] for p in paths],
                         ["bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet",
                          "squeezenet", "vgg19", "zfnet512"])
        for path in paths:
            with self.subTest(path.stem):
                done = import_model(str(path), strict=True)
                nodes = onnx.load(path).graph.node
                self.assertEqual(len(done.fates), len(nodes))
                self.assertEqual(done.warnings, [])
                self.assertLessEqual(set(done.count()), {"layer", "folded", "view", "constant"})
                names = {layer.name for layer in done.layers}
                self.assertEqual(len(names), len(done.layers))
                for node, fate, name in done.fates:
                    self.assertEqual(fate in ("layer", "folded"), name in names, node.name)
                macs = sum(map(layer_macs, done.layers))
                self.assertEqual(macs, counted_macs(path))
                if path.stem in self.PUBLISHED:
                    figure, tolerance = self.PUBLISHED[path.stem]
                    self.assertAlmostEqual(macs / 1e6, figure, delta=tolerance)

    def test_the_program_imports_and_runs(self):
        path = support.LIGHT / "light_squeezenet.onnx"
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "squeezenet.yaml"
            done = support.weir("import", path, "--out", out)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(f"{counted_macs(path) / 1e6:.3f}", done.stdout.splitlines()[-1])
            self.assertEqual(out.read_text(), import_model(str(path)).text)
            layers = [(layer.name, layer.kind) for layer in import_model(str(path)).layers[:4]]
            run = support.weir("run", "--accelerator", "eyeriss", "--workload", path, "--dataflow", "row-stationary",
                               "--layer", ",".join(name for name, _ in layers), "--data", "off", "--out", folder)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            rows = (Path(folder) / "layers.csv").read_text().splitlines()
            self.assertEqual([tuple(row.split(",")[:2]) for row in rows[1:]], layers)


class Operators(unittest.TestCase):
    def imported(self, *arguments, strict=True, batch=None, dims=None, **keywords):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m.onnx"
            onnx.save(support.model(*arguments, **keywords), path)
            return import_model(str(path), batch, dims, strict)

    def lines(self, *arguments, **keywords):
        return [layer.text() for layer in self.imported(*arguments, **keywords).layers]

    def test_folds_normalization_and_activation_into_the_layer_before(self):
        c = np.ones(4)
        nodes = [helper.make_node("Conv", ["x", "w"], ["a"], "conv", pads=[1, 1, 1, 1]),
                 helper.make_node("BatchNormalization", ["a", "s", "s", "s", "s"], ["b"], "bn"),
                 helper.make_node("Sigmoid", ["b"], ["g"], "gate"),
                 helper.make_node("Mul", ["b", "g"], ["y"], "swish")]
        done = self.imported(nodes, {"x": [1, 3, 8, 8], "w": [4, 3, 3, 3]}, {"s": c})
        self.assertEqual([layer.text() for layer in done.layers],
                         ["{name: conv, kind: conv, input: [3, 8, 8], output_channels: 4, filter: [3, 3], padding: 1}"])
        self.assertEqual([fate for _, fate, _ in done.fates], ["layer", "folded", "folded", "folded"])

    def test_folds_nothing_whose_input_others_need(self):
        # Both the convolution's output and its activation are needed: y = a + relu(a) * x has x from elsewhere.
        nodes = [helper.make_node("Conv", ["x", "w"], ["a"], "conv", pads=[1, 1, 1, 1]),
                 helper.make_node("Relu", ["a"], ["b"], "relu"),
                 helper.make_node("Concat", ["a", "b"], ["y"], "concat", axis=1)]
        self.assertEqual(self.lines(nodes, {"x": [1, 3, 8, 8], "w": [3, 3, 3, 3]})[1:],
                         ["{name: relu, kind: activation, inputs: [[1, 3, 8, 8]], output: [1, 3, 8, 8], "
                          "operation: relu, operations_per_output: 1}",
                          "{name: concat, kind: concat, inputs: [[1, 3, 8, 8], [1, 3, 8, 8]], output: [1, 6, 8, 8], axis: 1}"])

    def test_residual_additions_are_layers_with_both_operands(self):
        nodes = [helper.make_node("Conv", ["x", "w"], ["a"], "conv", pads=[1, 1, 1, 1]),
                 helper.make_node("Add", ["a", "x"], ["s"], "add"),
                 helper.make_node("Relu", ["s"], ["y"], "relu")]
        self.assertEqual(self.lines(nodes, {"x": [1, 3, 8, 8], "w": [3, 3, 3, 3]})[1:],
                         ["{name: add, kind: elementwise, inputs: [[1, 3, 8, 8], [1, 3, 8, 8]], output: [1, 3, 8, 8], "
                          "operation: add, then: relu, operations_per_output: 2}"])

    def test_pooling_of_each_kind(self):
        x = {"x": [1, 6, 9, 7]}
        for op, attributes, output, keys in [
                ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 2]}, [1, 6, 4, 3],
                 "operation: max, filter: [3, 2], stride: 2, operations_per_output: 6"),
                ("AveragePool", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}, [1, 6, 5, 4],
                 "operation: average, filter: [2, 2], stride: 2, operations_per_output: 4"),
                ("AveragePool", {"kernel_shape": [2, 2], "pads": [0, 1, 1, 1], "count_include_pad": 1}, [1, 6, 9, 8],
                 "operation: average, filter: [2, 2], padding: [0, 1, 1, 1], counts_padding: true, "
                 "operations_per_output: 4"),
                ("LpPool", {"kernel_shape": [2, 2]}, [1, 6, 8, 6], "operations_per_output: 4"),
                ("GlobalAveragePool", {}, [1, 6, 1, 1],
                 "operation: average, filter: [9, 7], operations_per_output: 63")]:
            with self.subTest(op):
                self.assertEqual(self.lines([helper.make_node(op, ["x"], ["y"], "p", **attributes)], x),
                                 [f"{{name: p, kind: pool, inputs: [[1, 6, 9, 7]], output: {output}, {keys}}}"])

    def test_nothing_is_computed_behind_what_is_not_exact(self):
        add = helper.make_node("Add", ["x", "z"], ["s"], "add")
        inputs = {"x": [1, 3, 8, 8], "z": [1, 3, 8, 8]}
        for op, keys in (("Relu", "operation: add, then: relu, "), ("Sigmoid", "")):
            self.assertEqual(self.lines([add, helper.make_node(op, ["s"], ["y"], "f")], inputs),
                             ["{name: add, kind: elementwise, inputs: [[1, 3, 8, 8], [1, 3, 8, 8]], "
                              f"output: [1, 3, 8, 8], {keys}operations_per_output: 2}}"])
        nodes = [add, helper.make_node("Sigmoid", ["s"], ["t"], "f"), helper.make_node("Relu", ["t"], ["y"], "g")]
        self.assertNotIn("operation:", self.lines(nodes, inputs)[0])
        # A scalar counts no words, and its value is not in the workload.
        scaled = helper.make_node("Mul", ["x", "c"], ["y"], "m")
        self.assertNotIn("operation:", self.lines([scaled], {"x": [1, 3, 8, 8]}, {"c": np.ones(())})[0])

    def test_products_with_weights_and_between_tensors(self):
        node = helper.make_node("MatMul", ["x", "w"], ["y"], "m")
        self.assertEqual(self.lines([node], {"x": [2, 5, 8]}, {"w": np.ones((8, 3))}),
                         ["{name: m, kind: fc, input: [8, 1, 1], output_channels: 3, rows: 5, batch: 2}"])
        self.assertEqual(self.lines([node], {"x": [2, 4, 5, 8], "w": [4, 8, 3]}),
                         ["{name: m, kind: matmul, batch: 8, rows: 5, inner: 8, columns: 3}"])
        gemm = [helper.make_node("Flatten", ["x"], ["f"]),
                helper.make_node("Gemm", ["f", "w", "b"], ["y"], "g", transB=1)]
        self.assertEqual(self.lines(gemm, {"x": [1, 4, 3, 2]}, {"w": np.ones((7, 24)), "b": np.ones(7)}),
                         ["{name: g, kind: fc, input: [24, 1, 1], output_channels: 7}"])

    def test_attention_is_two_products_and_a_softmax(self):
        node = helper.make_node("Attention", ["q", "k", "v"], ["y"], "a", q_num_heads=3, kv_num_heads=3)
        self.assertEqual(self.lines([node], {"q": [2, 5, 24], "k": [2, 7, 24], "v": [2, 7, 30]}, opset=23),
                         ["{name: a.qk, kind: matmul, batch: 6, rows: 5, inner: 8, columns: 7}",
                          "{name: a.softmax, kind: softmax, inputs: [[6, 5, 7]], output: [6, 5, 7], "
                          "operations_per_output: 5}",
                          "{name: a.av, kind: matmul, batch: 6, rows: 5, inner: 7, columns: 10}"])

    def test_layers_are_called_as_nodes_or_else_as_outputs(self):
        def named(name, output):
            nodes = [helper.make_node("Conv", ["x", "w"], [output], name)]
            done = self.imported(nodes, {"x": [1, 3, 4, 4], "w": [5, 3, 1, 1]}, outputs=(output,))
            return done.layers[0].name

        self.assertEqual(named("first conv:0", "y"), "first_conv_0")
        # PyTorch: the path of modules, each with the one before in its name, then the operator.
        self.assertEqual(named("/features/features.0/features.0.1/Conv", "y"), "features.0.1")
        self.assertEqual(named("/layer1/layer1.0/conv1/Conv", "y"), "layer1.0.conv1")
        self.assertEqual(named("/layer1/layer10/Conv_1", "y"), "layer1.layer10.Conv_1")
        # Of a long name whole words stay.
        self.assertEqual(named("backbone/first_stage/second_stage/block_12/depthwise_convolution", "y"),
                         "first_stage.second_stage.block_12.depthwise_convolution")
        self.assertEqual(named("", "conv1_fwd"), "conv1_fwd")
        # Nor is a layer called nothing, as YAML takes it.
        self.assertEqual((named("null", "y"), named("NULL", "y")), ("layer_null", "layer_NULL"))
        # A bare number says nothing.
        self.assertEqual(named("", "37"), "conv_37")
        self.assertEqual(named("", "n37"), "conv_n37")

    def test_patches_can_be_flattened(self):
        def line(flatten, **attributes):
            nodes = [helper.make_node("Conv", ["x", "w"], ["y"], "patches", **attributes)]
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "m.onnx"
                onnx.save(support.model(nodes, {"x": [2, 3, 35, 32], "w": [8, 3, 16, 8]}), path)
                done = import_model(str(path), flatten_patches=flatten)
                self.assertEqual(layer_macs(done.layers[0]), counted_macs(path))
                return done.layers[0].text()

        flat = "{name: patches, kind: fc, input: [384, 1, 1], output_channels: 8, rows: 8, batch: 2}"
        self.assertEqual(line(True, strides=[16, 8]), flat)
        self.assertIn("kind: conv", line(False, strides=[16, 8]))
        for windows in ({"strides": [8, 8]}, {"strides": [16, 8], "pads": [1, 0, 1, 0]},
                        {"strides": [16, 8], "dilations": [2, 1]}):
            self.assertIn("kind: conv", line(True, **windows), windows)

    def test_the_program_flattens_patches(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m.onnx"
            onnx.save(support.model([helper.make_node("Conv", ["x", "w"], ["y"], "patches", strides=[16, 16])],
                                    {"x": [1, 3, 32, 32], "w": [8, 3, 16, 16]}), path)
            for options, kind in (([], "conv"), (["--flatten-patches"], "fc")):
                self.assertIn(f"kind: {kind},", support.weir("import", path, *options).stdout)

    def test_dimensions_from_outside(self):
        nodes = [helper.make_node("MatMul", ["x", "w"], ["y"], "m")]
        inputs, weights = {"x": ["batch", "length", 8]}, {"w": np.ones((8, 3))}
        with self.assertRaisesRegex(BadModel, r"no value for length \(axis 1 of x\); give one to each: weir import \S+/m.onnx "
                                              "--dim length=N$"):
            self.imported(nodes, inputs, weights)
        with self.assertRaisesRegex(BadModel, "--dim width is no dimension of an input"):
            self.imported(nodes, inputs, weights, dims={"length": 5, "width": 3})
        self.assertEqual(self.lines(nodes, inputs, weights, dims={"length": 5}),
                         ["{name: m, kind: fc, input: [8, 1, 1], output_channels: 3, rows: 5}"])
        self.assertEqual(self.lines(nodes, inputs, weights, batch=4, dims={"x:1": 5}),
                         ["{name: m, kind: fc, input: [8, 1, 1], output_channels: 3, rows: 5, batch: 4}"])

    def test_names_what_is_not_understood_with_its_share(self):
        nodes = [helper.make_node("Conv", ["x", "w"], ["a"], "conv"),
                 helper.make_node("NonMaxSuppression", ["a", "a"], ["n"], "nms"),
                 helper.make_node("Einsum", ["a", "a", "a"], ["y"], "e", equation="abcd,abcd,abcd->abcd")]
        arguments = (nodes, {"x": [1, 3, 4, 4], "w": [5, 3, 1, 1]})
        done = self.imported(*arguments, strict=False)
        self.assertEqual(done.warnings,
                         ['NonMaxSuppression "nms": its shape is known only when the model runs: 1 of 3 nodes are not in here, 0 '
                          'with MACs',
                          'Einsum "e": an equation of 3 terms; allowed are 1 and 2: 1 of 3 nodes are not in here, 1 with '
                          "MACs, 50.0 % of the words that nodes write"])
        (key,) = [line for line in done.text.splitlines() if line.startswith("missing: ")]
        self.assertIn("{nodes: 2, mac_nodes: 1, of_mac_nodes: 2, known_macs: 0, causes: [", key)
        self.assertIn(json.dumps(done.warnings[1]), key)
        with self.assertRaisesRegex(BadModel, "nms"):
            self.imported(*arguments, strict=True)


class Refusals(unittest.TestCase):
    def program_error(self, text, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "m.onnx"
            path.write_bytes(text)
            done = support.weir("import", path, "--out", Path(folder) / "m.yaml", *options)
            self.assertEqual(done.returncode, 2)
            self.assertEqual([p.name for p in Path(folder).iterdir()], ["m.onnx"])
            self.assertEqual(done.stdout, "")
            self.assertTrue(done.stderr.endswith("\n") and done.stderr.count("\n") == 1, done.stderr)
            return done.stderr.strip().replace(str(path), "m.onnx")

    def test_errors_are_one_line_and_write_nothing(self):
        good = (support.LIGHT / "light_zfnet512.onnx").read_bytes()
        self.assertEqual(self.program_error(b"no model"),
                         "m.onnx: error: not an ONNX file, or a damaged one; allowed is an onnx.ModelProto")
        self.assertEqual(self.program_error(b""), "m.onnx: error: no nodes; allowed is an ONNX model with one or more")
        self.assertIn("not an ONNX file", self.program_error(good[: len(good) // 2]))
        self.assertEqual(self.program_error(good, "--dim", "n=3"), "m.onnx: error: --dim n is no dimension of an input")
        self.assertEqual(self.program_error(good, "--batch", "none"),
                         'weir import: error: --batch is "none"; allowed is a whole number, 1 to 65536')

    def test_a_missing_model_and_opset(self):
        done = support.weir("run", "--accelerator", "eyeriss", "--workload", "no.onnx", "--dataflow", "row-stationary")
        self.assertEqual((done.returncode, done.stderr), (2, "no.onnx: error: cannot be read: No such file or directory\n"))
        old = support.model([helper.make_node("Relu", ["x"], ["y"])], {"x": [1]})
        del old.opset_import[:]
        self.assertIn("error: the opset is missing; allowed is 1 or newer", self.program_error(old.SerializeToString()))


if __name__ == "__main__":
    unittest.main()

"""Shapes that a model computes, states, or is given: small models whose MACs are counted by hand."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

import onnx_support as support
from onnx_import import copies
from onnx_import.errors import BadModel
from onnx_import.graph import Node
from onnx_import.workload import import_model

node = helper.make_node


def constant(name, value, kind=np.int64):
    return node("Constant", [], [name], value=onnx.numpy_helper.from_array(np.asarray(value, kind)))


def with_types(model, types):
    """The model with stated shapes."""
    for name, shape in types.items():
        model.graph.value_info.append(helper.make_tensor_value_info(name, TensorProto.DOUBLE, shape))
    return model


class Folded(unittest.TestCase):
    def check(self, nodes, inputs, constants, macs, opset=17):
        done = support.imported(support.model(nodes, inputs, constants, opset=opset))
        self.assertEqual(done.warnings, [])
        self.assertEqual(support.macs(done), macs)
        return done

    def test_a_shape_that_is_sliced_multiplied_and_joined(self):
        nodes = [node("Conv", ["x", "w"], ["a"]), node("Shape", ["a"], ["s"]), constant("two", [2]), constant("four", [4]),
                 node("Slice", ["s", "two", "four"], ["hw"]), node("ReduceProd", ["hw"], ["area"], keepdims=1),
                 constant("eight", [8]), node("Concat", ["eight", "area"], ["to"], axis=0),
                 node("Reshape", ["a", "to"], ["r"]), node("MatMul", ["r", "v"], ["y"])]
        self.check(nodes, {"x": [1, 3, 8, 8]}, {"w": np.ones((8, 3, 3, 3)), "v": np.ones((36, 5))},
                   36 * 8 * 27 + 8 * 36 * 5)

    def test_a_shape_that_is_cast_and_sliced(self):
        nodes = [node("GlobalAveragePool", ["x"], ["a"]), node("Shape", ["a"], ["s"]),
                 node("Cast", ["s"], ["s32"], to=TensorProto.INT32), constant("b", [0], np.int32),
                 constant("e", [1], np.int32), constant("k", [16], np.int32), node("Slice", ["s32", "b", "e"], ["n"]),
                 node("Concat", ["n", "k"], ["to32"], axis=0), node("Cast", ["to32"], ["to"], to=TensorProto.INT64),
                 node("Reshape", ["a", "to"], ["r"]), node("MatMul", ["r", "v"], ["y"])]
        self.check(nodes, {"x": [1, 16, 4, 4]}, {"v": np.ones((16, 4))}, 16 * 4, opset=11)

    def test_padding_that_is_computed(self):
        # PyTorch's: zeros behind the paddings, all in reverse order by a slice from the end.
        nodes = [constant("p", [1, 1]), constant("four", [4]), node("ConstantOfShape", ["four"], ["zeros"],
                 value=onnx.numpy_helper.from_array(np.array([0]))), node("Concat", ["p", "zeros"], ["p6"], axis=0),
                 constant("pairs", [-1, 2]), node("Reshape", ["p6", "pairs"], ["q"]), constant("last", [-1]),
                 constant("far", [-(1 << 63) + 1]), constant("zero", [0]), constant("back", [-1]),
                 node("Slice", ["q", "last", "far", "zero", "back"], ["turned"]), node("Transpose", ["turned"], ["t"], perm=[1, 0]),
                 node("Reshape", ["t", "last"], ["pads"]), node("Pad", ["x", "pads"], ["a"], mode="reflect"),
                 node("Conv", ["a", "w"], ["y"], strides=[2])]
        self.check(nodes, {"x": [1, 4, 20]}, {"w": np.ones((8, 4, 4))}, ((20 + 2 - 4) // 2 + 1) * 8 * 16)

    def test_positions_that_are_counted(self):
        nodes = [node("Shape", ["x"], ["s"]), constant("one", 1), node("Gather", ["s", "one"], ["n"]), constant("zero", 0),
                 node("Range", ["zero", "n", "one"], ["at"]), node("Gather", ["table", "at"], ["p"]),
                 node("Add", ["x", "p"], ["a"]), node("MatMul", ["a", "w"], ["y"])]
        done = self.check(nodes, {"x": [1, 6, 16]}, {"table": np.ones((64, 16)), "w": np.ones((16, 8))}, 6 * 16 * 8)
        self.assertIn("inputs: [[1, 6, 16], [6, 16]], output: [1, 6, 16]", done.layers[0].text())

    def test_one_unknown_extent_is_what_is_left_over(self):
        # As many rows as x has words that are not zero: they are unknown, the columns are not.
        nodes = [node("NonZero", ["x"], ["z"]), node("Shape", ["z"], ["s"]), constant("one", [1]), constant("two", [2]),
                 node("Slice", ["s", "one", "two"], ["n"]), constant("m", [4]), node("Concat", ["m", "n"], ["to"], axis=0),
                 node("Expand", ["x", "to"], ["a"]), node("MatMul", ["k", "w"], ["y"])]
        done = support.imported(support.model(nodes, {"x": [4, 1], "k": [3, 5]}, {"w": np.ones((5, 2))}))
        self.assertEqual(support.macs(done), 30)
        self.assertEqual(len(done.warnings), 1)
        self.assertIn('NonZero "z"', done.warnings[0])

    def test_a_transform_is_of_one_side_unless_it_says_otherwise(self):
        # (64 - 16) / 4 + 1 frames of 16 points; onnx's text of STFT: onesided is 1.
        for said, bins in (({}, 9), ({"onesided": 1}, 9), ({"onesided": 0}, 16)):
            nodes = [node("STFT", ["x", "step", "window"], ["s"], **said),
                     node("ReduceSumSquare", ["s"], ["p"], axes=[-1], keepdims=0), node("MatMul", ["p", "m"], ["y"])]
            self.check(nodes, {"x": [1, 64, 1]}, {"step": np.array(4), "window": np.ones(16), "m": np.ones((bins, 5))},
                       13 * bins * 5)

    def test_folding_is_bounded(self):
        # 2^40 words, and 2^24 a step for 40 steps.
        huge = [constant("n", [1 << 20, 1 << 20]), node("ConstantOfShape", ["n"], ["z"]), node("ReduceSum", ["z"], ["r"], keepdims=0),
                node("Add", ["x", "r"], ["y"])]
        support.imported(support.model(huge, {"x": [2]}, opset=11))
        nodes = [constant("n", [1 << 24]), node("ConstantOfShape", ["n"], ["z0"])]
        nodes += [node("Add", [f"z{i}", f"z{i}"], [f"z{i + 1}"]) for i in range(40)]
        done = support.imported(support.model([*nodes, node("Relu", ["x"], ["y"])], {"x": [2]}))
        self.assertEqual(done.count()["constant"], 42)


class Stated(unittest.TestCase):
    def nodes(self):
        return [node("Conv", ["x", "w"], ["a"], pads=[1, 1, 1, 1]), node("Requant", ["a"], ["b"], domain="vendor"),
                node("Conv", ["b", "v"], ["y"])]

    def model(self, types, batch=1):
        model = support.model(self.nodes(), {"x": [batch, 3, 8, 8]}, {"w": np.ones((4, 3, 3, 3)), "v": np.ones((2, 4, 3, 3))})
        model.opset_import.append(helper.make_opsetid("vendor", 1))
        return with_types(model, types)

    def test_an_unknown_operator_passes_its_stated_shapes_on(self):
        done = support.imported(self.model({"b": [1, 4, 8, 8]}))
        self.assertEqual(support.macs(done), 64 * 4 * 27 + 36 * 2 * 36)
        self.assertEqual(done.warnings, ['vendor.Requant "b": no such operator is known: 1 of 3 nodes are not in here, 0 with '
                                         "MACs, 43.8 % of the words that nodes write"])
        self.assertEqual((done.lost.mac_nodes, done.lost.of_mac_nodes), (0, 2))

    def test_without_them_what_is_behind_is_lost_in_one_line(self):
        done = support.imported(self.model({}))
        (line,) = done.warnings
        self.assertIn('vendor.Requant "b": no such operator is known, and 1 nodes behind it: 2 of 3 nodes are not in here, 1 '
                      "with MACs", line)
        self.assertIn("value_info", line)
        self.assertEqual((done.lost.mac_nodes, done.lost.of_mac_nodes), (1, 2))

    def test_symbols_in_them_have_the_values_given(self):
        done = support.imported(self.model({"b": ["batch", 4, 8, 8]}, "batch"), batch=3)
        self.assertEqual(support.macs(done), 3 * (64 * 4 * 27 + 36 * 2 * 36))

    def test_a_number_that_contradicts_is_an_error_at_its_node(self):
        with self.assertRaisesRegex(BadModel, r'node "a" \(Conv\): the file states \[1, 4, 9, 8\] for "a", its operands make '
                                              r"\[1, 4, 8, 8\]"):
            support.imported(self.model({"a": [1, 4, 9, 8], "b": [1, 4, 8, 8]}))

    def test_a_rank_that_contradicts_is_told_of(self):
        done = support.imported(self.model({"a": [4, 64], "b": [1, 4, 8, 8]}))
        self.assertEqual(done.notes, ['node "a" (Conv): the file states [4, 64] for "a", its operands make [1, 4, 8, 8], which '
                                      "counts"])
        self.assertEqual(support.macs(done), 64 * 4 * 27 + 36 * 2 * 36)

    def test_ranks_that_an_operator_cannot_have(self):
        # What the library does not infer, the file states, whatever it is.
        for made, inputs, types in (
                (node("Split", ["x", "parts"], ["y", "z"]), {"x": [3, 5], "parts": [2]}, {"y": [], "z": [3, 5]}),
                (node("Split", ["x", "parts"], ["y", "z"], axis=1), {"x": [3, 5], "parts": [2]}, {"y": [7], "z": [3, 5]}),
                (node("STFT", ["x", "step", "window", "n"], ["y", "z"]), {"x": [1, 64, 1], "step": [], "window": [16], "n": []},
                 {"y": [5]}),
                (node("Attention", ["q", "q", "q", "", "past", "past"], ["y", "z"], q_num_heads=2, kv_num_heads=2),
                 {"q": [1, 3, 8], "past": [4]}, {"y": [1, 3, 8]})):
            model = support.model([made], inputs, opset=23, outputs=("y", "z"))
            for output in model.graph.output:
                if output.name in types:
                    output.CopyFrom(helper.make_tensor_value_info(output.name, TensorProto.DOUBLE, types[output.name]))
            with self.subTest(made.op_type):
                try:
                    support.imported(model)
                except BadModel as error:
                    self.assertNotIn("internal", str(error))

    def test_an_order_that_the_stated_shape_denies_has_no_values(self):
        model = support.model([node("Whatever", ["x"], ["a"], domain="vendor"), node("Transpose", ["a"], ["y"], perm=[2, 1, 0])],
                              {"x": [2, 1, 8]})
        model.opset_import.append(helper.make_opsetid("vendor", 1))
        done = support.imported(with_types(model, {"a": [2, 1, 8]}))
        self.assertEqual(done.layers[-1].values["order"], [2, 1, 0])
        graph = type("Graph", (), {"shape": lambda self, tensor: {"a": [2, 1, 8], "y": [1]}[tensor]})()
        (layer,) = copies.copy(graph, Node("Transpose", "", ["a"], ["y"], {"perm": [2, 1, 0]}))
        self.assertEqual(layer.values, {})

    def test_operands_that_do_not_fit_are_an_error(self):
        for op, shapes, attributes in (("Concat", [[1, 20], [2, 21]], {"axis": 1}), ("MatMul", [[2, 3], [4, 5]], {}),
                                       ("Add", [[2, 3], [2, 4]], {})):
            with self.assertRaisesRegex(BadModel, rf'node "n" \({op}\) cannot run: \[.*\] and \[.*\]: '):
                support.imported(support.model([node(op, ["x", "z"], ["y"], "n", **attributes)], dict(zip("xz", shapes))))

    def test_what_the_library_would_divide_by(self):
        """Nothing of zero reaches it: it would end the process."""
        for op, inputs, attributes, opset in (
                ("MaxPool", {"x": [1, 4, 8, 8]}, {"kernel_shape": [2, 2], "strides": [2, 0]}, 17),
                ("SpaceToDepth", {"x": [1, 4, 8, 8]}, {"blocksize": 0}, 17),
                ("Attention", {"x": [1, 3, 8]}, {"q_num_heads": 2, "kv_num_heads": 0}, 23),
                ("ConvTranspose", {"x": [2, 4], "w": [4, 4, 3]}, {}, 17)):
            names = [*inputs] if len(inputs) == 2 else ["x"] * (3 if op == "Attention" else 1)
            model = support.model([node(op, names, ["a"], **attributes), node("Relu", ["x"], ["y"])], inputs, opset=opset)
            self.assertEqual(support.imported(model).lost.nodes, 1, op)

    def test_old_files_and_new_opsets(self):
        nodes = [node("Conv", ["x", "w"], ["y"])]
        model = support.model(nodes, {"x": [1, 3, 8, 8]}, {"w": np.ones((4, 3, 3, 3))}, opset=9)
        model.ir_version = 3
        self.assertEqual(support.macs(support.imported(model)), 36 * 4 * 27)
        model.opset_import[0].version = onnx.defs.onnx_opset_version() + 5
        done = support.imported(model)
        self.assertEqual(support.macs(done), 36 * 4 * 27)
        self.assertIn("is newer than", done.notes[0])


class Dimensions(unittest.TestCase):
    weights = {"w": np.ones((8, 4))}

    def model(self, shapes):
        nodes = [node("MatMul", [name, "w"], [f"y.{name}"], name) for name in shapes]
        return support.model(nodes, shapes, self.weights, outputs=[f"y.{name}" for name in shapes])

    def lines(self, shapes, **options):
        return [layer.text() for layer in support.imported(self.model(shapes), **options).layers]

    def test_the_batch_is_a_symbol_wherever_it_stands_and_no_number(self):
        shapes = {"x": ["batch", 8], "state": [2, "batch", 8]}
        self.assertEqual(self.lines(shapes, batch=4),
                         ["{name: x, kind: fc, input: [8, 1, 1], output_channels: 4, batch: 4}",
                          "{name: state, kind: fc, input: [8, 1, 1], output_channels: 4, rows: 2, batch: 4}"])
        self.assertEqual(self.lines(shapes, dims={"batch": 4}), self.lines(shapes, batch=4))
        with self.assertRaisesRegex(BadModel, "--batch 4 has no first axis without a number"):
            self.lines({"x": [2, 8]}, batch=4)

    def test_a_first_axis_that_is_no_batch_is_told_of(self):
        for symbol, notes in (("seq", ["seq (axis 0 of x) was taken as 1, the batch; --dim gives another value"]),
                              ("batch_size", []), ("N", [])):
            self.assertEqual(support.imported(self.model({"x": [symbol, 1, 8]})).notes, notes)

    def test_a_letter_is_a_batch_where_it_stands_first_only(self):
        for first in (1, "batch_size"):  # N samples of a batch, as speech models have them
            with self.assertRaisesRegex(BadModel, r"no value for N \(axis 1 of x\)"):
                self.lines({"x": [first, "N", 8]})
        self.assertEqual(self.lines({"x": ["batch_size", "N", 8]}, dims={"N": 5}, batch=2),
                         ["{name: x, kind: fc, input: [8, 1, 1], output_channels: 4, rows: 5, batch: 2}"])
        self.assertEqual(len(self.lines({"x": ["N", 8], "state": [2, "N", 8]}, batch=3)), 2)

    def test_all_that_is_missing_in_one_command(self):
        shapes = {"x": ["?", "?", "?", 8], "mask": ["batch", "length", 8], "z": ["batch", "past + 1", 8]}
        with self.assertRaises(BadModel) as raised:
            self.lines(shapes)
        command = str(raised.exception).partition("weir import ")[2].split()
        self.assertEqual(command[1:], ["--dim", "x:1=N", "--dim", "x:2=N", "--dim", "length=N", "--dim", "past=N"])
        dims = {word.removesuffix("=N"): 3 for word in command if word.endswith("=N")}
        self.assertIn("rows: 4}", self.lines(shapes, dims=dims)[2])

    def test_a_symbol_has_one_value(self):
        shapes = {"x": [1, "n1", 8], "z": [1, "n1", 8]}
        with self.assertRaisesRegex(BadModel, r"n1 \(axis 1 of z\) is 6, and 5 elsewhere"):
            self.lines(shapes, dims={"x:1": 5, "z:1": 6})
        self.assertEqual(len(self.lines(shapes, dims={"x:1": 5})), 2)


class Incomplete(unittest.TestCase):
    def refused(self, folder, path):
        with self.assertRaises(BadModel) as raised:
            import_model(str(Path(folder) / path))
        return str(raised.exception)

    def test_pointers_and_missing_data(self):
        pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
        model = support.model([node("MatMul", ["x", "w"], ["y"])], {"x": [2, 64]}, {"w": np.ones((64, 64))})
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "p.onnx").write_bytes(pointer)
            self.assertIn("a Git LFS pointer", self.refused(folder, "p.onnx"))
            onnx.save(model, Path(folder) / "m.onnx", save_as_external_data=True, location="m.bin", size_threshold=0)
            self.assertEqual(support.macs(import_model(str(Path(folder) / "m.onnx"))), 2 * 64 * 64)
            (Path(folder) / "m.bin").write_bytes(pointer)
            self.assertIn('"m.bin" with the data of "w" is a Git LFS pointer', self.refused(folder, "m.onnx"))
            (Path(folder) / "m.bin").unlink()
            self.assertIn('"m.bin" with the data of "w" is missing', self.refused(folder, "m.onnx"))


if __name__ == "__main__":
    unittest.main()

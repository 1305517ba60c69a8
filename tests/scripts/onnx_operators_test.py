"""Operators beside the common ones: com.microsoft's, Einsum, three directions; MACs and shapes counted by hand."""

import os
import unittest

import numpy as np
import onnx
from onnx import TensorProto, helper

import onnx_support as support
from onnx_import.errors import BadModel
from onnx_import.operators import LAYERS

MICROSOFT = "com.microsoft"


def node(op, inputs, outputs=("y",), name="n", domain=MICROSOFT, **attributes):
    return helper.make_node(op, list(inputs), list(outputs), name, domain=domain, **attributes)


def imported(nodes, inputs, constants=(), opset=17):
    """The nodes, and behind them a product with 8 weights a word, whose MACs tell that shapes are passed on."""
    model = support.model(nodes, inputs, constants, opset=opset, elements=TensorProto.FLOAT)
    model.opset_import.append(helper.make_opsetid(MICROSOFT, 1))
    return support.imported(model)


class Microsoft(unittest.TestCase):
    def check(self, nodes, inputs, constants, macs, lines=None):
        """The last node's output is multiplied by 3 columns of weights."""
        done = imported(nodes, inputs, constants)
        self.assertEqual(done.warnings, [])
        self.assertEqual(support.macs(done), macs)
        if lines is not None:
            self.assertEqual([layer.text() for layer in done.layers], lines)
        return done

    def test_convolutions(self):
        inputs, weights = {"x": [1, 3, 8, 8]}, {"w": np.ones((4, 3, 3, 3))}
        conv = ["{name: n, kind: conv, input: [3, 8, 8], output_channels: 4, filter: [3, 3], padding: 1}"]
        self.check([node("FusedConv", "xw", pads=[1] * 4, activation="Relu")], inputs, weights, 64 * 4 * 27, conv)
        self.check([node("NhwcConv", "xw", pads=[1] * 4)], {"x": [1, 8, 8, 3]}, weights, 64 * 4 * 27, conv)
        quantized = node("QLinearConv", ["x", "s", "z", "w", "s", "z", "s", "z"], pads=[1] * 4, channels_last=1)
        done = self.check([quantized], {"x": [1, 8, 8, 3]}, {**weights, "s": np.ones(()), "z": np.ones(())}, 64 * 4 * 27, conv)
        self.assertEqual(done.count()["view"], 2)

    def test_products(self):
        fc = ["{name: n, kind: fc, input: [8, 1, 1], output_channels: 4, rows: 6}"]
        x, w = {"x": [1, 6, 8]}, {"w": np.ones((8, 4))}
        turned = {"w": np.ones((4, 8))}
        scales = {"s": np.ones(()), "z": np.ones(())}
        for made, constants in ((node("FusedMatMul", "xw", transB=1, alpha=0.5), turned), (node("FusedMatMul", "xw"), w),
                                (node("DynamicQuantizeMatMul", "xws"), {**w, **scales}),
                                (node("MatMulIntegerToFloat", "xwss"), {**w, **scales}),
                                (node("MatMulNBits", "xqs", K=8, N=4, bits=4, block_size=16),
                                 {"q": np.ones((4, 1, 8)), **scales})):
            self.check([made], x, constants, 6 * 8 * 4, fc)
        self.check([node("QGemm", ["x", "s", "z", "w", "s", "z"], transB=1)], {"x": [6, 8]}, {**turned, **scales}, 6 * 8 * 4)
        # [5, 2, 3, 8] with the batch behind the rows: 2 x 3 batches of 5 rows.
        batches = node("FusedMatMul", ["x", "k"], transBatchA=1)
        self.check([batches], {"x": [5, 2, 3, 8], "k": [2, 3, 8, 7]}, {}, 2 * 3 * 5 * 8 * 7,
                   ["{name: n, kind: matmul, batch: 6, rows: 5, inner: 8, columns: 7}"])

    def test_attentions(self):
        self.check([node("MultiHeadAttention", "xkv", num_heads=2)], {"x": [1, 6, 8], "k": [1, 9, 8], "v": [1, 9, 8]}, {},
                   2 * (2 * 6 * 9 * 4))
        own = node("Attention", "xw", num_heads=2)
        self.check([own], {"x": [1, 6, 8]}, {"w": np.ones((8, 24))}, 6 * 8 * 24 + 2 * (2 * 6 * 6 * 4),
                   ["{name: n.qkv, kind: fc, input: [8, 1, 1], output_channels: 24, rows: 6}",
                    "{name: n.qk, kind: matmul, batch: 2, rows: 6, inner: 4, columns: 6}",
                    "{name: n.softmax, kind: softmax, inputs: [[2, 6, 6]], output: [2, 6, 6], operations_per_output: 5}",
                    "{name: n.av, kind: matmul, batch: 2, rows: 6, inner: 6, columns: 4}"])
        grouped = node("GroupQueryAttention", ["x", "k", "v", "pk", "pv", "l", "t"], ["y", "nk", "nv"], num_heads=4, kv_num_heads=2)
        self.check([grouped], {"x": [1, 1, 32], "k": [1, 1, 16], "v": [1, 1, 16], "pk": [1, 2, 15, 8], "pv": [1, 2, 15, 8]},
                   {"l": np.array([15], np.int32), "t": np.array(16, np.int32)}, 4 * 2 * 16 * 8)

    def test_shapes_go_through(self):
        scales = {"s": np.ones(()), "z": np.ones(()), "g": np.ones(8), "w": np.ones((8, 3))}
        product = node("MatMul", ["h", "w"], domain="")
        for made, operands in ((node("SkipLayerNormalization", "xrgg", ["h"]), 2), (node("BiasGelu", "xg", ["h"]), 1),
                               (node("SkipSimplifiedLayerNormalization", "xrg", ["h", "", "", "sum"]), 2),
                               (node("FastGelu", "x", ["h"]), 1), (node("QuickGelu", "x", ["h"]), 1),
                               (node("QLinearAdd", ["x", "s", "z", "r", "s", "z", "s", "z"], ["h"]), 2),
                               (node("QLinearSigmoid", ["x", "s", "z", "s", "z"], ["h"]), 1),
                               (node("SimplifiedLayerNormalization", "xg", ["h"], domain=""), 1)):
            done = self.check([made, product], {"x": [1, 6, 8], "r": [1, 6, 8]}, scales, 6 * 8 * 3)
            self.assertEqual(done.layers[0].keys["inputs"][:operands], [[1, 6, 8]] * operands, made.op_type)
        joined = node("QLinearConcat", ["s", "z", "x", "s", "z", "r", "s", "z"], ["h"], axis=1)
        self.check([joined, product], {"x": [1, 6, 8], "r": [1, 5, 8]}, scales, 11 * 8 * 3)

    def test_a_bias_behind_a_product_rides_along(self):
        nodes = [node("MatMul", "xw", ["h"], domain=""), node("BiasGelu", "hg")]
        done = self.check(nodes, {"x": [1, 6, 8]}, {"w": np.ones((8, 3)), "g": np.ones(3)}, 6 * 8 * 3)
        self.assertEqual(done.count(), {"layer": 1, "folded": 1})

    def test_a_dynamic_lstm(self):
        # Its weights are [directions, input, 4 hidden].
        lstm = node("DynamicQuantizeLSTM", ["x", "w", "r", "", "", "", "", "", "s", "z", "s", "z"], direction="bidirectional",
                    hidden_size=16)
        self.check([lstm], {"x": [9, 1, 12]}, {"w": np.ones((2, 12, 64)), "r": np.ones((2, 16, 64)), "s": np.ones(2), "z": np.ones(2)},
                   9 * 2 * 4 * 16 * (12 + 16), ["{name: n, kind: lstm, steps: 9, input: 12, hidden: 16, directions: 2}"])
        # What says nothing is as if it were not there.
        for attribute in lstm.attribute:
            attribute.type, attribute.ints[:] = onnx.AttributeProto.INTS, []
        done = imported([lstm], {"x": [9, 1, 12], "w": [2, 12, 64], "r": [2, 16, 64], "s": [2], "z": [2]}, {})
        self.assertEqual(len(done.layers), 1)


class Einsum(unittest.TestCase):
    def line(self, equation, *shapes, weights=None):
        inputs = dict(zip("abc", shapes))
        constants = {"w": np.ones(weights)} if weights else {}
        made = node("Einsum", [*inputs, *constants], domain="", equation=equation)
        done = imported([made], inputs, constants)
        self.assertEqual(done.warnings, [])
        return done.layers[0].text().removeprefix("{name: n, ")

    def test_products(self):
        for equation in ("bhid,bhjd->bhij", "...id,...jd->...ij", "b h i d, b h j d -> b h i j"):
            self.assertEqual(self.line(equation, [1, 2, 5, 8], [1, 2, 7, 8]), "kind: matmul, batch: 2, rows: 5, inner: 8, columns: 7}")
        self.assertEqual(self.line("abc,cd->abd", [1, 5, 8], weights=(8, 3)), "kind: fc, input: [8, 1, 1], output_channels: 3, rows: 5}")
        # Weights in front, no arrow: the labels that occur once, in their order.
        self.assertEqual(self.line("ab,bc", [5, 8], [8, 3]), "kind: matmul, batch: 1, rows: 5, inner: 8, columns: 3}")
        self.assertEqual(self.line("bchw,bkc->bkhw", [2, 4, 3, 3], [2, 5, 4]), "kind: matmul, batch: 2, rows: 9, inner: 4, columns: 5}")

    def test_what_is_no_product(self):
        self.assertEqual(self.line("ab,ab->ab", [5, 8], [5, 8]),
                         "kind: elementwise, inputs: [[5, 8], [5, 8]], output: [5, 8], operations_per_output: 1}")
        self.assertEqual(self.line("ab->ba", [5, 8]), "kind: copy, inputs: [[5, 8]], output: [8, 5]}")
        self.assertEqual(self.line("ab->a", [5, 8]), "kind: pool, inputs: [[5, 8]], output: [5], operations_per_output: 8}")

    def test_a_diagonal_is_a_loss(self):
        done = imported([node("Einsum", "xz", domain="", equation="aab,bc->ac"), node("MatMul", ["v", "w"], ["u"], "m", domain="")],
                        {"x": [4, 4, 5], "z": [5, 3], "v": [2, 3]}, {"w": np.ones((3, 2))})
        self.assertEqual((done.lost.mac_nodes, done.lost.of_mac_nodes), (1, 2))
        self.assertIn('Einsum "n": a diagonal, "aab"', done.warnings[0])


class Windows(unittest.TestCase):
    def test_three_directions_are_frames(self):
        # Output frames (7 + 2 - 3) / 2 + 1 = 4, rows 8, columns (9 + 0 - 3) / 3 + 1 = 3; each output word has 6 / 2 * 27 taps.
        conv = node("Conv", "xw", domain="", group=2, pads=[1, 1, 0, 1, 1, 0], strides=[2, 1, 3])
        done = imported([conv], {"x": [2, 6, 7, 8, 9]}, {"w": np.ones((4, 3, 3, 3, 3))})
        self.assertEqual(done.warnings, [])
        self.assertEqual([layer.text() for layer in done.layers],
                         ["{name: n, kind: conv, input: [18, 8, 9], output_channels: 4, filter: [3, 3], stride: [1, 3], "
                          "padding: [1, 0], groups: 2, batch: 8}"])
        self.assertEqual(support.macs(done), 2 * 4 * (4 * 8 * 3) * (3 * 27))

    def test_transposed_ones_are_input_frames_and_their_sum(self):
        # Frames of stride 1 and 3 taps: 2 + 2 of output; rows and columns (3 - 1) 2 + 2 = 6.
        conv = node("ConvTranspose", "xw", domain="", strides=[1, 2, 2])
        done = imported([conv], {"x": [1, 5, 2, 3, 3]}, {"w": np.ones((5, 4, 3, 2, 2))})
        self.assertEqual([layer.text() for layer in done.layers],
                         ["{name: n, kind: conv_transpose, input: [5, 3, 3], output_channels: 12, filter: [2, 2], stride: 2, "
                          "batch: 2}",
                          "{name: n.sum, kind: elementwise, inputs: [[1, 4, 6, 6, 6]], output: [1, 4, 4, 6, 6], "
                          "operations_per_output: 2}"])

    def test_more_directions_are_a_loss_that_is_counted(self):
        done = imported([node("Conv", "xw", domain=""), node("MatMul", ["v", "u"], ["z"], "m", domain="")],
                        {"x": [1, 3, 4, 4, 4, 4], "v": [2, 3]}, {"w": np.ones((5, 3, 2, 2, 2, 2)), "u": np.ones((3, 2))})
        self.assertEqual((done.lost.mac_nodes, done.lost.known_macs), (1, 3**4 * 5 * 3 * 16))
        self.assertNotIn("e+", done.warnings[0])

    def test_deformed_and_transformed(self):
        done = imported([node("DeformConv", "xwo", domain="", pads=[1] * 4)], {"x": [1, 3, 8, 8], "o": [1, 18, 8, 8]},
                        {"w": np.ones((4, 3, 3, 3))}, opset=19)
        self.assertEqual(support.macs(done), 64 * 4 * 27)
        # 16 complex words: 2.5 log2 16 operations for each word.
        done = imported([node("DFT", ["x"], domain="", axis=1)], {"x": [1, 16, 2]})
        self.assertEqual([layer.text() for layer in done.layers],
                         ["{name: n, kind: pool, inputs: [[1, 16, 2]], output: [1, 16, 2], operations_per_output: 10}"])


class Canonical(unittest.TestCase):
    def test_a_product_with_weights_however_it_is_written(self):
        """128 channels of 3 x 3 words and 256 outputs: flat, from planes, from planes with the channels last, weights in front."""
        flat = np.ones((1152, 256))
        line = "{name: n, kind: fc, input: [1152, 1, 1], output_channels: 256}"
        for before, shape in (([], [1, 1152]), ([helper.make_node("Flatten", ["x0"], ["x"])], [1, 128, 3, 3]),
                              ([helper.make_node("Flatten", ["x0"], ["x"])], [1, 3, 3, 128])):
            name = "x0" if before else "x"
            for made in (node("MatMul", "xw", domain=""), node("Gemm", "xw", domain="")):
                done = imported([*before, made], {name: shape}, {"w": flat})
                self.assertEqual([layer.text() for layer in done.layers], [line])
        self.assertEqual(imported([node("Gemm", "xw", domain="", transB=1)], {"x": [1, 1152]}, {"w": flat.T}).layers[0].text(), line)
        self.assertEqual(imported([node("MatMul", "wx", domain="")], {"x": [1152, 1]}, {"w": flat.T}).layers[0].text(), line)
        self.assertEqual(imported([node("MatMul", "xw", domain="")], {"x": [1, 1152]}, {"w": flat[None]}).layers[0].text(), line)

    def test_rows_however_they_lie(self):
        line = "{name: n, kind: fc, input: [8, 1, 1], output_channels: 3, rows: 5, batch: 2}"
        reshape = [helper.make_node("Reshape", ["x", "to"], ["r"])]
        made = imported([*reshape, node("MatMul", "rw", domain="")], {"x": [2, 5, 8]}, {"w": np.ones((8, 3)), "to": np.array([10, 8])})
        self.assertEqual(made.layers[0].text(), line)
        self.assertEqual(imported([node("MatMul", "xw", domain="")], {"x": [2, 5, 8]}, {"w": np.ones((8, 3))}).layers[0].text(), line)

    def test_a_batch_that_only_one_operand_has(self):
        product = node("MatMul", "xk", domain="")
        for left, right, line in (([3, 5, 8], [8, 7], "batch: 1, rows: 15, inner: 8, columns: 7"),
                                  ([5, 8], [3, 8, 7], "batch: 1, rows: 5, inner: 8, columns: 21"),
                                  ([3, 5, 8], [3, 8, 7], "batch: 3, rows: 5, inner: 8, columns: 7")):
            done = imported([product], {"x": left, "k": right})
            self.assertEqual(done.layers[0].text(), f"{{name: n, kind: matmul, {line}}}")


class Attributes(unittest.TestCase):
    def test_of_any_type_they_are_no_fault(self):
        """Each attribute of each operator that makes layers, as a number, a list, a text, nothing."""
        faults, ended, ops = [], [], [op for op in LAYERS if "." not in op and onnx.defs.has(op)]
        for op in ops:
            read, write = os.pipe()
            child = os.fork()
            if child == 0:  # the library's own code may end the process
                try:
                    self.try_attributes(op, lambda text: os.write(write, text.encode("utf-8", "replace")))
                finally:
                    os._exit(0)
            os.close(write)
            with os.fdopen(read, encoding="utf-8") as told:
                faults += told.read().splitlines()
            if os.waitpid(child, 0)[1]:
                ended.append(op)
        self.assertEqual(faults, [])
        self.assertGreater(len(ops), 150)
        print(f"ended the onnx library: {ended}")
        self.assertLess(len(ended), len(ops) // 10)

    def try_attributes(self, op, tell):
        schema = onnx.defs.get_schema(op)
        for shape in ([1, 4, 8, 8], [4, 8]):
            inputs = {f"x{i}": shape for i in range(max(1, schema.min_input))}
            for key in schema.attributes:
                for value in (3, [3], [2, 2, 2, 2], 1.5, "x", None):
                    made = node(op, [*inputs], domain="")
                    attribute = helper.make_attribute(key, value if value is not None else [1])
                    if value is None:
                        attribute.ints[:] = []
                    made.attribute.append(attribute)
                    try:
                        imported([made], inputs, {})
                    except BadModel:
                        pass
                    except Exception as error:  # noqa: BLE001 that is what must not happen
                        tell(f"{op} {key}={value}: {type(error).__name__}: {error}\n")


if __name__ == "__main__":
    unittest.main()

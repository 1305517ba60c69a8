"""Weir's functional path against onnx's reference evaluator: every combination of convolution attributes as a model of
one node, imported, simulated, and its outputs compared word for word modulo 2^32."""

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


def import_node(node, inputs, constants=()):
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        onnx.save(support.model([node], inputs, constants), file.name)
        (layer,) = import_model(file.name, strict=True).layers
        return layer


def simulate(layers, accelerator="eyeriss", names=None):
    """What DRAM held and what the machine wrote back: by layer, or by name, (ifmap, weight, ofmap)."""
    with tempfile.TemporaryDirectory() as folder:
        workload = Path(folder) / "w.yaml"
        workload.write_text("workload: w\nlayers:\n" + "".join(f"  - {layer.text()}\n" for layer in layers))
        done = support.weir("run", "--accelerator", accelerator, "--workload", workload, "--dataflow", "row-stationary",
                            "--objective", "latency", "--data", "on", "--dump-data", folder, "--quiet")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return [tuple(np.load(Path(folder) / f"{name}.{tensor}.npy").astype(np.int64)
                      for tensor in ("ifmap", "weight", "ofmap")) for name in names or [layer.name for layer in layers]]


def specified_pads(attributes, spatial, kernel):
    """Padding of auto_pad as ONNX's text of Conv has it: output = ceil(input / stride), pad = (output - 1) * stride +
    (kernel - 1) * dilation + 1 - input, the odd word at the end for SAME_UPPER."""
    before, behind = [], []
    for size, k, s, d in zip(spatial, kernel, attributes["strides"], attributes["dilations"]):
        pad = max(0, (int(np.ceil(size / s)) - 1) * s + (k - 1) * d + 1 - size)
        if attributes["auto_pad"] == b"VALID":
            pad = 0
        before.append(pad // 2 if attributes["auto_pad"] == b"SAME_UPPER" else (pad + 1) // 2)
        behind.append(pad - before[-1])
    return before + behind


def reference(node, feeds):
    """Outputs of onnx's evaluator; doubles are exact for sums of 16-bit products.

    It takes the extents for auto_pad from the wrong axes, pads for VALID, too, and mixes up the groups of a transposed
    convolution that has several outputs in each: so it gets paddings as numbers, and each group as a node of its own."""
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == "Conv" and "auto_pad" in attributes:
        pads = specified_pads(attributes, feeds["x"].shape[2:], feeds["w"].shape[2:])
        del attributes["auto_pad"]
        node = helper.make_node(node.op_type, node.input, node.output, pads=pads, **attributes)
    groups = attributes.get("group", 1)
    if node.op_type == "ConvTranspose" and groups > 1:
        alone = helper.make_node(node.op_type, node.input, node.output, **{**attributes, "group": 1})
        parts = zip(np.split(feeds["x"], groups, axis=1), np.split(feeds["w"], groups))
        return np.concatenate([reference(alone, {"x": x, "w": w}) for x, w in parts], axis=1)
    evaluator = ReferenceEvaluator(support.model([node], {n: list(a.shape) for n, a in feeds.items()}))
    (result,) = evaluator.run(None, {n: a.astype(np.float64) for n, a in feeds.items()})
    return result.astype(np.int64) & 0xFFFFFFFF


def paddings(directions):
    yield {}
    yield {"auto_pad": "VALID"}
    yield {"auto_pad": "SAME_UPPER"}
    yield {"auto_pad": "SAME_LOWER"}
    yield {"pads": [1] * (2 * directions)}
    yield {"pads": [*range(1, directions + 1), *([0] * directions)]}


def conv_cases():
    """(node, shape of x, shape of w)"""
    shapes = {1: [8], 2: [7, 6]}
    for directions, kernels, strides in ((1, [[1], [3]], [[1], [2]]), (2, [[1, 1], [3, 3], [3, 2]], [[1, 1], [2, 2], [2, 1]])):
        for kernel, stride, dilation, (groups, outputs), pads in itertools.product(
                kernels, strides, (1, 2), ((1, 3), (2, 6), (4, 4), (4, 8)), paddings(directions)):
            attributes = {"strides": stride, "dilations": [dilation] * directions, "group": groups, **pads}
            if dilation > 1 and max(kernel) == 1:
                continue
            yield attributes, [2, 4, *shapes[directions]], [outputs, 4 // groups, *kernel]


def transposed_cases():
    shapes = {1: [5], 2: [4, 3]}
    for directions, kernels, strides in ((1, [[3]], [[1], [2]]), (2, [[2, 2], [3, 3], [3, 2]], [[1, 1], [2, 2], [3, 2]])):
        for kernel, stride, dilation, (groups, outputs), pads, more in itertools.product(
                kernels, strides, (1, 2), ((1, 3), (2, 4), (4, 4)), ({}, {"pads": [1] * (2 * directions)}, {"pads": [*range(directions), *([1] * directions)]},
                                  {"auto_pad": "SAME_UPPER"}, {"auto_pad": "SAME_LOWER"}), (0, 1)):
            if more >= min(stride) or ("auto_pad" in pads and any(s > k for s, k in zip(stride, kernel))):
                continue  # an output_padding that ONNX forbids, or a padding of less than nothing
            attributes = {"strides": stride, "dilations": [dilation] * directions, "group": groups, **pads}
            if more:
                attributes["output_padding"] = [more] * directions
            yield attributes, [1, 4, *shapes[directions]], [4, outputs // groups, *kernel]


class Data(unittest.TestCase):
    def check(self, op, cases, weights_for):
        nodes = [(helper.make_node(op, ["x", "w"], ["y"], f"n{i}", **a), x, w) for i, (a, x, w) in enumerate(cases)]
        layers = [import_node(node, {"x": x, "w": w}) for node, x, w in nodes]
        for (node, x, w), (ifmap, weight, ofmap) in zip(nodes, simulate(layers)):
            feeds = {"x": ifmap.reshape(x), "w": weights_for(weight, x, w)}
            expected = reference(node, feeds)
            with self.subTest(str(node)):
                self.assertEqual(expected.size, ofmap.size)
                np.testing.assert_array_equal(ofmap.reshape(expected.shape), expected)

    def test_convolutions(self):
        cases = list(conv_cases())
        self.assertGreater(len(cases), 300)
        self.check("Conv", cases, lambda weight, x, w: weight.reshape(w))

    def test_transposed_convolutions(self):
        def weights(weight, x, w):
            # [G*M][C][R][S], mirrored, as the convolution has them -> [G*C][M][R][S]
            grouped = weight.reshape(weight.shape[0] // w[1], w[1], weight.shape[1], *weight.shape[2:])[..., ::-1, ::-1]
            return grouped.swapaxes(1, 2).reshape(w)

        cases = list(transposed_cases())
        self.assertGreater(len(cases), 100)
        self.check("ConvTranspose", cases, weights)

    def test_far_taps(self):
        # What causal networks have, up to the most that is allowed: (taps, dilation, stride, words of x).
        for taps, dilation, stride, size in ((3, 2048, 1, 9), (3, 4096, 1, 9), (2, 65536, 1, 7), (3, 1, 65536, 131075),
                                             (2, 4096, 3, 5000)):
            pad = (taps - 1) * dilation if stride == 1 else 0
            node = helper.make_node("Conv", ["x", "w"], ["y"], "far", dilations=[dilation], strides=[stride], pads=[pad, 0])
            layer = import_node(node, {"x": [1, 2, size], "w": [3, 2, taps]})
            ((ifmap, weight, ofmap),) = simulate([layer])
            x = np.pad(ifmap.reshape(2, size), ((0, 0), (pad, 0)))
            outputs = (size + pad - dilation * (taps - 1) - 1) // stride + 1
            expected = sum(weight.reshape(3, 2, taps)[:, :, k] @ x[:, k * dilation:][:, :outputs * stride:stride]
                           for k in range(taps))
            np.testing.assert_array_equal(ofmap.reshape(3, outputs), expected & 0xFFFFFFFF)

    def test_products(self):
        gemm = helper.make_node("Gemm", ["x", "w"], ["y"], "gemm", transB=1)
        linear = helper.make_node("MatMul", ["x", "w"], ["y"], "linear")
        product = helper.make_node("MatMul", ["x", "w"], ["y"], "product")
        layers = [import_node(gemm, {"x": [3, 8]}, {"w": np.ones((5, 8))}),
                  import_node(linear, {"x": [2, 4, 8]}, {"w": np.ones((8, 5))}),
                  import_node(product, {"x": [3, 2, 4, 8], "w": [3, 2, 8, 5]})]
        data = simulate(layers)
        ifmap, weight, ofmap = data[0]
        np.testing.assert_array_equal(ofmap.reshape(3, 5),
                                      reference(gemm, {"x": ifmap.reshape(3, 8), "w": weight.reshape(5, 8)}))
        ifmap, weight, ofmap = data[1]  # [batch][channels][rows]
        expected = reference(linear, {"x": ifmap.reshape(2, 8, 4).swapaxes(1, 2), "w": weight.reshape(5, 8).T})
        np.testing.assert_array_equal(ofmap.reshape(2, 5, 4).swapaxes(1, 2), expected)
        ifmap, weight, ofmap = data[2]  # [batch * channels][rows]
        expected = reference(product, {"x": ifmap.reshape(3, 2, 8, 4).swapaxes(2, 3),
                                       "w": weight.reshape(3, 2, 5, 8).swapaxes(2, 3)})
        np.testing.assert_array_equal(ofmap.reshape(3, 2, 5, 4).swapaxes(2, 3), expected)


if __name__ == "__main__":
    unittest.main()

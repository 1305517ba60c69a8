"""Workloads of other simulators: small files in their words, whose layers and MACs are counted by hand."""

import tempfile
import textwrap
import unittest
from pathlib import Path

import onnx_support as support
from onnx_import.errors import BadModel
from tool_import import maestro, scale_sim, timeloop


class Files(unittest.TestCase):
    def read(self, module, text, name="net"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(textwrap.dedent(text))
            return module.read(str(path))

    def lines(self, module, text, name="net"):
        return [layer.text() for layer in self.read(module, text, name).layers]

    def refused(self, module, text):
        with self.assertRaises(BadModel) as raised:
            self.read(module, text)
        return str(raised.exception)


class ScaleSim(Files):
    HEAD = "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"

    def test_convolutions(self):
        network = self.read(scale_sim, self.HEAD + "\nConv1, 224, 224, 7, 7, 3, 64, 2,\nfc 1,1,1,1,1,512,10,1\n")
        self.assertEqual([layer.text() for layer in network.layers],
                         ["{name: Conv1, kind: conv, input: [3, 224, 224], output_channels: 64, filter: [7, 7], stride: 2, "
                          "padding: [0, 0, 1, 1]}",
                          "{name: fc_1, kind: conv, input: [512, 1, 1], output_channels: 10, filter: [1, 1]}"])
        # (224 - 7 + 2) / 2 rounded up: 110 positions each way.
        self.assertEqual(support.layer_macs(network.layers[0]), 110 * 110 * 64 * 7 * 7 * 3)
        self.assertIn("1 layers have a window that the stride leaves over", network.notes[0])

    def test_products(self):
        self.assertEqual(self.lines(scale_sim, "Layer, M, N, K,\nqk,128,64,32,\n"),
                         ["{name: qk, kind: fc, input: [32, 1, 1], output_channels: 64, rows: 128}"])

    def test_refusals(self):
        self.assertEqual(self.refused(scale_sim, self.HEAD + "a, 8, 8, 3, x, 3, 64, 2,\n"),
                         f'line 2: filter width is "x"; allowed is a whole number from 1 to {1 << 24}')
        self.assertIn("line 2: 5 columns behind the name", self.refused(scale_sim, self.HEAD + "a, 8, 8, 3, 3, 3,\n"))
        self.assertIn("line 2: the filter of 9 x 3 is larger", self.refused(scale_sim, self.HEAD + "a, 8, 8, 9, 3, 3, 4, 1\n"))
        self.assertIn("no layers", self.refused(scale_sim, self.HEAD))


class Maestro(Files):
    def network(self, *layers):
        return "Constant Len 12; // of a sequence\nNetwork small {\n" + "\n".join(layers) + "\n}\n"

    def test_each_type(self):
        text = self.network(
            """Layer CONV1 { Type: CONV
                 Stride { X: 2, Y: 2 } // both
                 Dimensions { K: 64, C: 3, R: 7, S: 7, Y: 224, X: 224 }
                 Dataflow { TemporalMap(1,1) K; Cluster(3, P); SpatialMap(Sz(R),1) Y; } }""",
            "Layer DW { Type: DSCONV Dimensions { K: 1, C: 32, R: 3, S: 3, Y: 14, X: 14 } }",
            "Layer NG { Type: NGCONV Dimensions { G: 4, K: 8, C: 16 R: 3, S: 3, Y: 14, X: 14 } }",
            "Layer UP { Type: TRCONV Dimensions { N 2, K 8, C 16, R 2, S 2, Y 7, X 7 } }",
            "Layer FC { Type: GEMM Dimensions { M: Len, N: 20, K: 30 } }")
        self.assertEqual(self.lines(maestro, text), [
            "{name: CONV1, kind: conv, input: [3, 224, 224], output_channels: 64, filter: [7, 7], stride: 2}",
            "{name: DW, kind: conv, input: [32, 14, 14], output_channels: 32, filter: [3, 3], groups: 32}",
            "{name: NG, kind: conv, input: [64, 14, 14], output_channels: 32, filter: [3, 3], groups: 4}",
            "{name: UP, kind: conv_transpose, input: [16, 7, 7], output_channels: 8, filter: [2, 2], stride: 2, batch: 2}",
            "{name: FC, kind: fc, input: [30, 1, 1], output_channels: 20, rows: 12}"])

    def test_refusals(self):
        self.assertEqual(self.refused(maestro, self.network("Layer A { Type: POOL\n Dimensions { K: 1 } }")),
                         'line 4: layer "A" is of type "POOL"; allowed are CONV, DSCONV, NGCONV, TRCONV, GEMM')
        self.assertIn('line 3: K is "L2"', self.refused(maestro, self.network("Layer A { Dimensions { K: L2 } }")))
        self.assertIn('ends where "more" is needed', self.refused(maestro, "Network a { Layer A { Type: CONV"))
        self.assertIn("no layers", self.refused(maestro, "Network a { }"))


class Timeloop(Files):
    CONV = """
        problem:
          shape:
            name: conv
            dimensions: [C, M, R, S, N, P, Q, G]
            coefficients: [{name: Wstride, default: 1}, {name: Hstride, default: 1}, {name: Wdilation, default: 1}]
            data-spaces:
            - {name: Weights, projection: [[[C]], [[M]], [[R]], [[S]], [[G]]]}
            - name: Inputs
              projection: [[[N]], [[C]], [[R, Wdilation], [P, Wstride]], [[S], [Q, Hstride]], [[G]]]
            - {name: Outputs, projection: [[[N]], [[M]], [[Q]], [[P]], [[G]]], read-write: True}
          instance: {C: 3, M: 8, R: 5, S: 3, N: 2, P: 10, Q: 7, G: 4, Wstride: 2, Hstride: 3, densities: {Inputs: 0.25}}
        """

    def test_a_convolution(self):
        (layer,) = self.read(timeloop, self.CONV).layers
        # (10 - 1) 2 + 5 rows and (7 - 1) 3 + 3 columns
        self.assertEqual(layer.text(), "{name: net, kind: conv, input: [12, 23, 21], output_channels: 32, filter: [5, 3], "
                                       "stride: [2, 3], groups: 4, batch: 2, ifmap_zeros: 0.75}")
        self.assertEqual(support.layer_macs(layer), 3 * 8 * 5 * 3 * 2 * 10 * 7 * 4)

    def test_the_shape_that_is_known_by_name(self):
        self.assertEqual(self.lines(timeloop, "problem: {R: 3, S: 3, P: 4, Q: 5, C: 6, K: 7, N: 1, shape: cnn-layer}"),
                         ["{name: net, kind: conv, input: [6, 6, 7], output_channels: 7, filter: [3, 3]}"])

    def product(self, a, b, z, **sizes):
        spaces = [{"name": n, "projection": [[[d]] for d in p]} for n, p in (("A", a), ("B", b), ("Z", z))]
        spaces[2]["read_write"] = True
        return str({"problem": {"shape": {"dimensions": sorted(sizes), "data_spaces": spaces}, "instance": sizes}})

    def test_products(self):
        self.assertEqual(self.lines(timeloop, self.product("MK", "KN", "MN", M=4, N=5, K=6)),
                         ["{name: net, kind: fc, input: [6, 1, 1], output_channels: 5, rows: 4}"])
        self.assertEqual(self.lines(timeloop, self.product("HMK", "HKN", "HMN", M=4, N=5, K=6, H=3)),
                         ["{name: net, kind: matmul, batch: 3, rows: 4, inner: 6, columns: 5}"])

    def test_included_files_and_what_they_leave_open(self):
        with tempfile.TemporaryDirectory() as folder:
            base = textwrap.dedent(self.CONV).replace("problem:", "base: &base").replace("densities: {Inputs: 0.25}", "X: 1")
            (Path(folder) / "base.yaml").write_text(base)
            path = Path(folder) / "layer.yaml"
            path.write_text("{{include_text('base.yaml')}}\nproblem:\n  <<<: *base\n  instance: {C: 1, G: 1}\n")
            (layer,) = timeloop.read(str(path)).layers
            self.assertEqual(support.layer_macs(layer), 8 * 5 * 3 * 2 * 10 * 7)
            path.write_text("{{include_text('layer.yaml')}}")
            with self.assertRaisesRegex(BadModel, "include one another"):
                timeloop.read(str(path))

    def test_refusals(self):
        self.assertIn("no problem", self.refused(timeloop, "workload: x"))
        self.assertIn("not YAML", self.refused(timeloop, "problem: {"))
        self.assertIn('shape is "other"', self.refused(timeloop, "problem: {shape: other}"))
        self.assertIn("a sum of dimensions in the weights", self.refused(timeloop, self.CONV.replace("[[R]], [[S]]", "[[R], [S]]", 1)))


class Program(unittest.TestCase):
    def test_it_reads_them_and_runs_them(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "net.csv"
            path.write_text("Layer, M, N, K,\na,12,8,16,\n")
            done = support.weir("import", path)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("{name: a, kind: fc, input: [16, 1, 1], output_channels: 8, rows: 12}", done.stdout)
            run = support.weir("run", "--accelerator", "eyeriss", "--workload", path, "--dataflow", "row-stationary", "--out", folder)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertTrue((Path(folder) / "layers.csv").read_text().splitlines()[1].startswith(f"a,fc,{12 * 8 * 16},"))
            path.write_text("Layer, M, N, K,\na,12,8,no,\n")
            done = support.weir("import", path)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(done.stderr, f'{path}: error: line 2: K is "no"; allowed is a whole number from 1 to {1 << 24}\n')


if __name__ == "__main__":
    unittest.main()

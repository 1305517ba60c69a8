"""Control flow and recurrent layers: bodies in place of the node, and what is lost where that cannot be."""

import csv
import html
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

import onnx_support as support

node = helper.make_node


def constant(name, value, kind=np.int64):
    return node("Constant", [], [name], value=onnx.numpy_helper.from_array(np.asarray(value, kind)))


def value(name, shape, kind=TensorProto.DOUBLE):
    return helper.make_tensor_value_info(name, kind, shape)


def body(nodes, inputs, outputs, name="body"):
    return helper.make_graph(nodes, name, inputs, [value(o, None) for o in outputs])


WEIGHTS = {"w": np.ones((16, 8)), "w2": np.ones((8, 8)), "w3": np.ones((8, 8))}


class Branches(unittest.TestCase):
    def model(self, condition, inputs=None):
        then = body([node("MatMul", ["a", "w2"], ["t"], "then")], [], ["t"], "then")
        other = body([node("MatMul", ["a", "w2"], ["e0"]), node("MatMul", ["e0", "w3"], ["e"])], [], ["e"], "else")
        nodes = [node("MatMul", ["x", "w"], ["a"], "first"), *condition,
                 node("If", ["cond"], ["b"], "choice", then_branch=then, else_branch=other),
                 node("MatMul", ["b", "w3"], ["y"], "last")]
        return support.model(nodes, {"x": [4, 16], **(inputs or {})}, WEIGHTS)

    def test_the_branch_that_a_constant_takes(self):
        for truth, macs in ((True, 512 + 256 + 256), (False, 512 + 512 + 256)):
            done = support.imported(self.model([constant("cond", truth, bool)]))
            self.assertEqual((support.macs(done), done.warnings), (macs, []))
        self.assertEqual([layer.name for layer in support.imported(self.model([constant("cond", True, bool)])).layers],
                         ["first", "then", "last"])

    def test_the_branch_that_a_shape_takes(self):
        condition = [node("Shape", ["x"], ["s"]), constant("zero", 0), node("Gather", ["s", "zero"], ["d"]),
                     constant("four", 4), node("Equal", ["d", "four"], ["cond"])]
        self.assertEqual(support.macs(support.imported(self.model(condition))), 1024)

    def test_a_condition_from_outside_is_a_loss_with_a_number(self):
        model = self.model([], {})
        model.graph.input.append(value("cond", [], TensorProto.BOOL))
        done = support.imported(model)
        # Both branches leave the same shape, so what is behind them is there.
        self.assertEqual(support.macs(done), 512 + 256)
        self.assertEqual((done.lost.nodes, done.lost.mac_nodes, done.lost.of_mac_nodes), (1, 2, 4))
        self.assertIn('If "choice": its condition is known only when the model runs', done.warnings[0])


    def test_a_branch_that_cannot_run_is_not_taken(self):
        model = self.model([])
        model.graph.input.append(value("cond", [], TensorProto.BOOL))
        model.graph.node[1].attribute[0].g.node[0].input[1] = "w"  # [4, 8] x [16, 8]
        which = model.graph.node[1].attribute[0].name.removesuffix("_branch")
        done = support.imported(model)
        self.assertEqual((done.warnings, support.macs(done)), ([], 512 + 256 + (256 if which == "then" else 0) + 256))
        self.assertIn("with these sizes only its " + ("else" if which == "then" else "then"), done.notes[0])


class Loops(unittest.TestCase):
    def scan(self, steps=6):
        cell = body([node("MatMul", ["xi", "wx"], ["p"], "in"), node("MatMul", ["hi", "wh"], ["q"], "state"),
                     node("Add", ["p", "q"], ["s"], "sum"), node("Tanh", ["s"], ["ho"]), node("Identity", ["ho"], ["yo"])],
                    [value("hi", [1, 8]), value("xi", [1, 4])], ["ho", "yo"])
        nodes = [node("Scan", ["h", "x"], ["hn", "y"], body=cell, num_scan_inputs=1), node("MatMul", ["y", "wh"], ["z"], "after")]
        return support.model(nodes, {"h": [1, 8], "x": [steps, 1, 4]}, {"wx": np.ones((4, 8)), "wh": np.ones((8, 8))},
                             outputs=("z", "hn"))

    def test_a_scan_is_steps_of_its_body(self):
        done = support.imported(self.scan())
        self.assertEqual(done.warnings, [])
        self.assertEqual(support.macs(done), 6 * (4 * 8 + 8 * 8) + 6 * 64)
        self.assertEqual([(layer.name, layer.steps) for layer in done.layers],
                         [("in", 6), ("state", 6), ("sum", 6), ("after", 1)])
        self.assertIn("steps: 6}", done.layers[0].text())

    def loop(self, count, nodes, carried, outputs, condition=None, more=()):
        """A loop whose body has `i` and `going`, and h, which it hands on as the first of `outputs`."""
        inner = body([*nodes, condition or node("Identity", ["going"], ["on"])],
                     [value("i", [], TensorProto.INT64), value("going", [], TensorProto.BOOL), value("h", carried)],
                     ["on", *outputs])
        all_nodes = [*([constant("count", count)] if count is not None else []), constant("start", True, bool),
                     node("Loop", ["count", "start", "x"], ["y", *more], "loop", body=inner)]
        return support.model(all_nodes, {"x": carried}, {"w2": np.ones((8, 8))}, outputs=("y", *more))

    def test_a_loop_of_steps_that_are_alike(self):
        done = support.imported(self.loop(5, [node("MatMul", ["h", "w2"], ["k"], "m"), node("Tanh", ["k"], ["h2"])], [3, 8], ["h2"]))
        self.assertEqual([layer.text() for layer in done.layers],
                         ["{name: m, kind: fc, input: [8, 1, 1], output_channels: 8, batch: 3, steps: 5}"])

    def test_a_loop_that_grows_is_written_out(self):
        # 3, 6, 12 rows
        nodes = [node("MatMul", ["h", "w2"], ["k"], "m"), node("Concat", ["h", "k"], ["h2"], "join", axis=0)]
        done = support.imported(self.loop(3, nodes, [3, 8], ["h2"]))
        self.assertEqual((support.macs(done), done.warnings), ((3 + 6 + 12) * 64, []))
        self.assertEqual([layer.name for layer in done.layers], ["m", "join", "m_2", "join_2", "m_3", "join_3"])

    def test_a_loop_until_its_number_is_reached(self):
        condition = node("Less", ["i", "count"], ["on"])  # true for i of 0 to 4: five times, and the one that ends it
        done = support.imported(self.loop(4, [node("MatMul", ["h", "w2"], ["h2"], "m")], [3, 8], ["h2"], condition))
        self.assertEqual(support.macs(done), 4 * 3 * 64)
        model = self.loop(4, [node("MatMul", ["h", "w2"], ["h2"], "m")], [3, 8], ["h2"], condition)
        model.graph.node[2].input[0] = ""
        self.assertEqual(support.macs(support.imported(model)), 5 * 3 * 64)

    def test_what_each_step_leaves_is_stacked(self):
        nodes = [node("MatMul", ["h", "w2"], ["h2"], "m"), node("Relu", ["h2"], ["out"])]
        model = self.loop(5, nodes, [3, 8], ["h2", "out"], more=("all",))
        model.graph.node.append(node("MatMul", ["all", "w2"], ["z"], "after"))
        model.graph.output.append(value("z", None))
        self.assertEqual(support.macs(support.imported(model)), 5 * 3 * 64 + 5 * 3 * 64)

    def test_a_number_of_steps_from_outside_is_a_loss(self):
        model = self.loop(None, [node("MatMul", ["h", "w2"], ["h2"], "m")], [3, 8], ["h2"])
        model.graph.input.append(value("count", [], TensorProto.INT64))
        model.graph.node.append(node("MatMul", ["x", "w2"], ["z"], "beside"))
        done = support.imported(model)
        self.assertEqual((done.lost.nodes, done.lost.mac_nodes, done.lost.of_mac_nodes), (1, 1, 2))
        self.assertIn('Loop "loop": its number of steps is known only when the model runs', done.warnings[0])


class Recurrent(unittest.TestCase):
    def test_all_kinds_and_directions(self):
        steps, batch, inputs, hidden = 9, 2, 12, 16
        for op, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
            for direction, count in (("forward", 1), ("reverse", 1), ("bidirectional", 2)):
                for layout in (0, 1):
                    x = [batch, steps, inputs] if layout else [steps, batch, inputs]
                    model = support.model([node(op, ["x", "w", "r"], ["y"], "cell", hidden_size=hidden, direction=direction,
                                                layout=layout)], {"x": x},
                                          {"w": np.ones((count, gates * hidden, inputs)), "r": np.ones((count, gates * hidden, hidden))})
                    done = support.imported(model)
                    keys = {"steps": 9, "input": 12, "hidden": 16, **({"directions": 2} if count == 2 else {}), "batch": 2}
                    text = ", ".join(f"{k}: {v}" for k, v in keys.items())
                    self.assertEqual([layer.text() for layer in done.layers], [f"{{name: cell, kind: {op.lower()}, {text}}}"])
                    self.assertEqual(support.macs(done), steps * batch * count * gates * hidden * (inputs + hidden))

    def test_weights_of_a_wrong_shape(self):
        model = support.model([node("LSTM", ["x", "w", "r"], ["y"], "cell", hidden_size=16), node("MatMul", ["x", "v"], ["z"])],
                              {"x": [9, 1, 12]}, {"w": np.ones((1, 64, 11)), "r": np.ones((1, 64, 16)), "v": np.ones((12, 3))},
                              outputs=("y", "z"))
        self.assertIn("weights of [1, 64, 11] and [1, 64, 16] for an input of [9, 1, 12]", support.imported(model).warnings[0])


class Program(unittest.TestCase):
    def test_an_lstm_runs_and_fetches_its_weights_once(self):
        nodes = [node("LSTM", ["x", "w", "r"], ["h"], "cell", hidden_size=16), node("Squeeze", ["h", "one"], ["s"]),
                 node("MatMul", ["s", "v"], ["y"], "out")]
        model = support.model(nodes, {"x": [9, 1, 12]},
                              {"w": np.ones((1, 64, 12)), "r": np.ones((1, 64, 16)), "v": np.ones((16, 5)), "one": np.array([1])})
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / "m.onnx", Path(folder) / "m.yaml"
            onnx.save(model, path)
            done = support.weir("import", path, "--out", out)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            run = support.weir("run", "--accelerator", "eyeriss", "--workload", out, "--dataflow", "row-stationary",
                               "--data", "on", "--out", folder)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            stats = json.loads((Path(folder) / "stats.json").read_text())
        layers = {layer["layer"]: layer for layer in stats["layers"]}
        self.assertEqual(stats["totals"]["macs"], 9 * 4 * 16 * (12 + 16) + 9 * 16 * 5)
        self.assertEqual([layers[name]["verified"] for name in ("cell.input", "cell.state", "cell.gates", "out")],
                         ["yes", "yes", "none", "yes"])
        fetched = {name: next(a["count"] for a in layers[name]["accesses"] if (a["level"], a["tensor"]) == ("dram", "weight"))
                   for name in ("cell.input", "cell.state")}
        self.assertEqual(fetched, {"cell.input": 64 * 12, "cell.state": 64 * 16})

    def test_what_is_missing_is_said_at_each_command(self):
        model = support.model([node("Whatever", ["x"], ["a"], "odd", domain="vendor"), node("MatMul", ["a", "w"], ["b"], "lost"),
                               node("MatMul", ["x", "w"], ["y"], "kept")], {"x": [3, 8]}, {"w": np.ones((8, 4))}, outputs=("y", "b"))
        model.opset_import.append(helper.make_opsetid("vendor", 1))
        said = "1 of the model's 2 nodes with MACs are not in this workload: 0.0 % of the MACs that are known"
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / "m.onnx", Path(folder) / "m.yaml"
            onnx.save(model, path)
            done = support.weir("import", path, "--out", out)
            self.assertEqual(done.returncode, 1)
            first, last = done.stderr.splitlines()
            self.assertIn('warning: vendor.Whatever "odd": no such operator is known, and 1 nodes behind it', first)
            self.assertEqual(last, f"weir import: error: {said}")
            self.assertEqual(support.weir("import", path, "--strict").returncode, 2)
            machine = ["--accelerator", "eyeriss", "--dataflow", "row-stationary"]
            run = support.weir("run", *machine, "--workload", out, "--out", folder)
            self.assertEqual((run.returncode, run.stderr), (1, f"weir run: error: {said}\n"))
            self.assertIn(said, " ".join(run.stdout.split()))
            missing = json.loads((Path(folder) / "stats.json").read_text())["missing"]
            self.assertEqual((missing["mac_nodes"], missing["of_mac_nodes"], missing["text"]), (1, 2, said))
            compared = support.weir("compare", *machine, "--workload", out)
            self.assertEqual((compared.returncode, compared.stderr), (1, f"weir compare: error: {said}\n"))
            self.assertIn(said, " ".join(compared.stdout.split()))
            self.check_sweep(Path(folder), out, said)

    def check_sweep(self, folder, workload, said):
        file, database = folder / "s.yaml", folder / "s.sqlite"
        file.write_text(f"sweep: s\nbase: {{accelerator: eyeriss, workload: {workload}, dataflow: row-stationary}}\n"
                        "axes:\n  pe.psum_rf.words: [8, 24]\n  batch: [1, 4]\n")

        def sweep(*more):
            return support.weir("sweep", file, "--database", database, *more)

        done = sweep()
        self.assertEqual((done.returncode, done.stderr), (1, f"weir sweep: error: m: {said}\n"))
        self.assertIn(f"m: {said}\n", done.stdout)
        rows = list(csv.DictReader(sweep("--export", "csv").stdout.splitlines()))
        self.assertEqual([row["missing"] for row in rows], [said] * 4)
        points = json.loads(sweep("--export", "json").stdout)["points"]
        self.assertEqual({(point["missing"], len(point["layers"])) for point in points}, {(said, 1)})
        self.assertEqual(sweep("--report", folder).returncode, 0)
        self.assertIn(f"m: {said}", html.unescape((folder / "s.html").read_text()))
        # The same layers of a model that lacks nothing are other points, of which nothing is said.
        whole = folder / "whole" / "m.yaml"
        whole.parent.mkdir()
        whole.write_text("".join(line + "\n" for line in workload.read_text().splitlines() if "missing" not in line))
        file.write_text(file.read_text().replace(str(workload), str(whole)))
        done = sweep()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn(said, sweep("--export", "csv").stdout)
        # A shard has layers only: the merge says it.
        file.write_text(file.read_text().replace(str(whole), str(workload)))
        database.unlink()
        self.assertEqual([sweep("--shard", f"{i}/2").returncode for i in (1, 2)], [0, 0])
        done = sweep("--merge")
        self.assertEqual((done.returncode, done.stderr), (1, f"weir sweep: error: m: {said}\n"))


if __name__ == "__main__":
    unittest.main()

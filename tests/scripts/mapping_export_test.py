"""`weir map --export`: what other tools would read, read here by their own rules, against Weir's mapping file of the same
search."""

import json
import math
import re
import tempfile
import unittest
from pathlib import Path

import yaml

import onnx_support as support

DIMENSIONS = "GNMCPQRS"
WORKLOAD = """
workload: odd
layers:
  - {name: conv, kind: conv, input: [7, 13, 13], output_channels: 10, filter: [3, 3], stride: 2, padding: 1, batch: 2}
  - {name: grouped, kind: conv, input: [12, 9, 9], output_channels: 8, filter: [3, 2], groups: 4, dilation: [1, 2]}
  - {name: cell, kind: fc, input: [17, 1, 1], output_channels: 23, steps: 5, batch: 3}
  - {name: product, kind: matmul, rows: 11, inner: 13, columns: 19, batch: 3}
  - {name: relu, kind: activation, inputs: [[7, 3, 3]], output: [7, 3, 3]}
"""
# Bounds of the layers by hand, for machines that run them as they are.
BOUNDS = {"conv": dict(N=2, M=10, C=7, P=7, Q=7, R=3, S=3), "grouped": dict(G=4, M=2, C=3, P=7, Q=7, R=3, S=2),
          "cell": dict(N=15, M=23, C=17), "product": dict(G=3, M=19, C=13, P=11)}
# Of a systolic array: the matrix products that they come to.
LOWERED = {"conv": dict(M=10, C=7 * 9, P=2 * 49), "grouped": dict(G=4, M=2, C=3 * 6, P=49),
           "cell": dict(M=23, C=17, P=15), "product": dict(G=3, M=19, C=13, P=11)}
# ZigZag's names, as its reader of ONNX models has them.
OF_CONV = dict(G="G", N="B", M="K", C="C", P="OY", Q="OX", R="FY", S="FX")
ZIGZAG = {"conv": OF_CONV, "grouped": OF_CONV, "cell": dict(N="D", M="K", C="C"),
          "product": dict(G="B", M="K", C="C", P="D")}

ARRAY = ["pe_rows", "pe_columns"]
EYERISS = [*ARRAY, "ifmap_rf", "weight_rf", "psum_rf"]
# (accelerator, dataflow, overrides, stores and fan-outs from the outermost, what the buffer and each register file keep)
MACHINES = [
    ("eyeriss", "row-stationary", [], EYERISS, {"global_buffer": {"Inputs", "Outputs"}}),
    ("isca2016-rs-256", "row-stationary-isca2016", [], [*ARRAY, "register_file"],
     {"register_file": {"Inputs", "Weights", "Outputs"}}),
    ("isca2016-nlr-256", "no-local-reuse", [], None, {}),
    ("isca2016-ws-256", "weight-stationary-isca2016", [], None, {}),
    ("systolic-16x16", "weight-stationary", [], [*ARRAY, "weight_rf"], {}),
    ("systolic-16x16", "output-stationary", [], [*ARRAY, "psum_rf"], {}),
]
KEPT_IN = {"ifmap_rf": {"Inputs"}, "weight_rf": {"Weights"}, "psum_rf": {"Outputs"}, "pe_rows": set(), "pe_columns": set(),
           "register_file": {"Inputs", "Weights", "Outputs"}, "dram": {"Inputs", "Weights", "Outputs"}, "pe": set()}


def loops_of(level):
    """Loops of more than one iteration of a level in Weir's file, neighbours over a dimension as one."""
    loops = []
    for text in level or []:
        dimension, bound = text.split("=")
        if loops and loops[-1][0] == dimension:
            loops[-1] = (dimension, loops[-1][1] * int(bound))
        elif int(bound) > 1:
            loops.append((dimension, int(bound)))
    return loops


class Timeloop:
    """A file by the rules of Timeloop's parser of mappings (src/mapping/parser.cpp)."""

    def __init__(self, path):
        file = yaml.safe_load(path.read_text())
        self.problem = file["problem"]
        self.targets, self.loops, self.residues, self.kept, self.axes = [], {}, {}, {}, {}
        for directive in file["mapping"]:
            target, kind = directive["target"], directive["type"]
            if target not in self.targets:
                self.targets.append(target)
            if kind == "bypass":
                self.kept[target] = set(directive["keep"])
                assert self.kept[target].isdisjoint(directive["bypass"])
                assert len(directive["keep"]) + len(directive["bypass"]) == 3
                continue
            factors = {d: (int(end), int(last or end)) for d, end, _, last in
                       re.findall(r"([A-Za-z]+)\s*=*\s*([0-9]+)(,([0-9]+))?", directive["factors"])}
            order = directive["permutation"]
            assert sorted(order) == sorted(DIMENSIONS) == sorted(factors), directive
            if kind == "spatial":
                self.axes[target] = "X" if directive["split"] == len(DIMENSIONS) else {0: "Y"}[directive["split"]]
            # Innermost first there; a target that is spatial has loops of one iteration in time.
            self.loops.setdefault(target, []).extend((d, factors[d][0]) for d in reversed(order) if factors[d][0] > 1)
            for d in DIMENSIONS:
                self.residues.setdefault(d, []).append(factors[d])

    def bound(self, dimension):
        """(((last3 - 1) * P2 + (last2 - 1)) * P1 + (last1 - 1)) * P0 + last0, from the outermost."""
        product = 0
        for end, last in self.residues[dimension]:
            product = product * end + last - 1
        return product + 1


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.workload = Path(cls.folder.name) / "odd.yaml"
        cls.workload.write_text(WORKLOAD)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def map(self, accelerator, dataflow, *more):
        return support.weir("map", "--accelerator", accelerator, "--dataflow", dataflow, "--workload", self.workload, *more)

    def machines(self):
        """Each machine with Weir's own mapping file: the levels by layer, for the layers that it can map."""
        for number, (accelerator, dataflow, overrides, targets, kept) in enumerate(MACHINES):
            out = Path(self.folder.name) / f"{number}.yaml"
            arguments = [accelerator, dataflow, *[w for o in overrides for w in ("--set", o)]]
            done = self.map(*arguments, "--out", out)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            own = yaml.safe_load(out.read_text())["mappings"]
            self.assertGreaterEqual(len(own), 2, arguments)
            yield number, arguments, own, targets, kept

    def test_timeloop(self):
        for number, arguments, own, targets, kept in self.machines():
            folder = Path(self.folder.name) / f"timeloop{number}"
            done = self.map(*arguments, "--export", "timeloop", "--out", folder)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertEqual({p.stem for p in folder.iterdir()}, set(own))
            systolic = arguments[0].startswith("systolic")
            for name, levels in own.items():
                file = Timeloop(folder / f"{name}.yaml")
                bounds = {d: (LOWERED if systolic else BOUNDS)[name].get(d, 1) for d in DIMENSIONS}
                self.assertEqual({d: file.problem["instance"][d] for d in DIMENSIONS}, bounds)
                self.assertEqual({d: file.bound(d) for d in DIMENSIONS}, bounds, name)
                self.assertEqual(file.targets[:2], ["dram", "global_buffer"])
                if targets:
                    self.assertEqual(file.targets[2:], targets)
                for target in file.targets:
                    level = levels.get(target if target in levels else "pe" if target == file.targets[-1] else "", [])
                    self.assertEqual(file.loops[target], loops_of(level), f"{name} {target}")
                    expected = kept.get(target, KEPT_IN.get(target))
                    if expected is not None:
                        self.assertEqual(file.kept[target], expected, f"{name} {target}")
                self.assertEqual("Weights" in file.kept["global_buffer"],
                                 "global_buffer" in levels.get("keep", {}).get("weight", []))
                self.assertEqual(file.axes, {"pe_rows": "Y", "pe_columns": "X"})

    def test_the_problem_that_timeloop_gets_has_the_layer_s_macs(self):
        folder = Path(self.folder.name) / "problems"
        self.assertEqual(self.map("eyeriss", "row-stationary", "--export", "timeloop", "--out", folder).returncode, 0)
        for name, bounds in BOUNDS.items():
            again = Path(self.folder.name) / f"{name}.again.yaml"
            done = support.weir("import", folder / f"{name}.yaml", "--out", again)
            self.assertEqual(done.returncode, 0, done.stderr)
            run = support.weir("run", "--accelerator", "eyeriss", "--dataflow", "row-stationary", "--workload", again,
                               "--json", "--fidelity", "estimate")
            self.assertEqual(json.loads(run.stdout)["totals"]["macs"], math.prod(bounds.values()), run.stderr)

    def test_zigzag(self):
        for number, arguments, own, _, _ in self.machines():
            out = Path(self.folder.name) / f"zigzag{number}.yaml"
            done = self.map(*arguments, "--export", "zigzag", "--out", out)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            entries = {entry.pop("name"): entry for entry in yaml.safe_load(out.read_text())}
            self.assertIn("default", entries)  # which ZigZag's validator wants
            self.assertEqual(set(entries) - {"default"}, set(own))
            systolic = arguments[0].startswith("systolic")
            for name, levels in own.items():
                entry = entries[name]
                self.assertEqual(set(entry["memory_operand_links"]), {"O", "W", "I"})
                names = ZIGZAG["product"] if systolic else ZIGZAG[name]
                if systolic and name in ("conv", "grouped"):
                    names = OF_CONV
                for axis, level in (("D1", "pe_rows"), ("D2", "pe_columns")):
                    for text in entry["spatial_mapping"][axis]:
                        self.assertRegex(text, r"^[A-Z]+\d*, \d+$")
                    found = dict(text.split(", ") for text in entry["spatial_mapping"][axis])
                    wanted = {}
                    for d, bound in loops_of(levels[level]):
                        wanted[names[d]] = wanted.get(names[d], 1) * bound
                    self.assertEqual({d: int(bound) for d, bound in found.items()}, wanted)
                order = [tuple(loop) for loop in reversed(entry["temporal_ordering"])]
                in_time = loops_of(levels["dram"] + levels["global_buffer"] + levels["pe"])
                self.assertEqual(order, [(names[d], bound) for d, bound in in_time], name)
                bounds = (LOWERED if systolic else BOUNDS)[name]
                partial = False
                for d, zigzag in names.items():
                    space = math.prod(b for level in ARRAY for dim, b in loops_of(levels[level]) if dim == d)
                    time = math.prod(b for dim, b in order if dim == zigzag)
                    self.assertGreaterEqual(time * space, bounds.get(d, 1))
                    partial |= time != -(-bounds.get(d, 1) // space)
                self.assertEqual(f"{name}: partial tiles" in done.stderr, partial, done.stderr)

    def test_says_what_is_lost(self):
        for tool, parts in (("timeloop", ["conv: padding", "cell: that a step needs the one before", "FIFOs", "chains"]),
                            ("zigzag", ["cell: that a step needs the one before", "what a level keeps", "padding", "FIFOs"])):
            done = self.map("eyeriss", "row-stationary", "--export", tool, "--out", Path(self.folder.name) / f"lost-{tool}")
            self.assertEqual(done.returncode, 0, done.stderr)
            for part in parts:
                self.assertIn(part, done.stderr)
            for line in done.stderr.splitlines():
                self.assertTrue(line.startswith(f"weir map: note: not in {tool}'s words: "), line)

    def test_refuses_what_makes_no_sense(self):
        folder = Path(self.folder.name)
        file = folder / "a file"
        file.write_text("stays")
        for arguments, text in (
                (["--export", "timloop", "--out", folder / "new"],
                 'weir map: error: --export is "timloop"; did you mean "timeloop"?\n'),
                (["--export", "timeloop"], "weir map: error: --export needs --out, which says where to\n"),
                (["--export", "timeloop", "--out", file], None), (["--export", "zigzag", "--out", folder], None)):
            done = self.map("eyeriss", "row-stationary", *arguments)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.count("\n"), 1)
            if text:
                self.assertEqual(done.stderr, text)
        self.assertEqual(file.read_text(), "stays")
        self.assertFalse((folder / "new").exists())


if __name__ == "__main__":
    unittest.main()

"""Tests of the plot scripts on made results: python -m unittest discover -s tests/scripts -p '*_test.py'"""

import contextlib
import io
import itertools
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).parent)]

import plot_energy
import plot_roofline
import plot_stalls
import results
import weir_plot

SCRIPTS = {"energy": plot_energy, "stalls": plot_stalls, "roofline": plot_roofline}


class PlotTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name) / "run"
        self.stats = results.write(self.folder)

    def load(self):
        return weir_plot.load(self.folder)

    def run_plot(self, name, *arguments):
        """Exit code and standard error of a plot script's main."""
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            code = weir_plot.main(name, "", SCRIPTS[name].draw, [str(self.folder), *arguments])
        return code, errors.getvalue()


class Heads(PlotTest):
    def test_the_head_says_what_the_workload_lacks(self):
        loaded = self.load()
        self.assertNotIn("without", loaded.title)
        loaded.stats["inputs"]["workload"] = {"workload": "net", "missing": {"mac_nodes": 3, "of_mac_nodes": 40}}
        self.assertTrue(loaded.title.endswith(", without 3 of 40 nodes with MACs"), loaded.title)


class Pictures(PlotTest):
    def check_written(self, folder, name):
        png = (folder / f"{name}.png").read_bytes()
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(int.from_bytes(png[16:20], "big"), 1400)  # 7 inches at 200 dpi
        self.assertGreater(len(png), 20000)
        svg = (folder / f"{name}.svg").read_text()
        self.assertIn("<svg", svg)
        for layer in results.ALEXNET:
            self.assertIn(f"<!-- {layer[0]} -->", svg)

    def test_each_script_writes_png_and_svg(self):
        for name in SCRIPTS:
            with self.subTest(name):
                self.assertEqual(self.run_plot(name), (0, ""))
                self.check_written(self.folder, name)
        self.assertFalse([path for path in self.folder.iterdir() if path.name.startswith(".")])

    def test_out_names_another_folder(self):
        out = self.folder / "a" / "b"
        self.assertEqual(self.run_plot("energy", "--out", str(out)), (0, ""))
        self.check_written(out, "energy")
        self.assertFalse((self.folder / "energy.png").exists())

    def test_the_same_results_give_the_same_bytes(self):
        self.run_plot("energy")
        first = (self.folder / "energy.svg").read_bytes(), (self.folder / "energy.png").read_bytes()
        self.run_plot("energy")
        self.assertEqual(first, ((self.folder / "energy.svg").read_bytes(), (self.folder / "energy.png").read_bytes()))

    def test_runs_as_a_command(self):
        done = subprocess.run([ROOT / "scripts" / "plot_stalls.py", self.folder], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check_written(self.folder, "stalls")

    def test_needs_no_pandas(self):
        blocked = "import sys; sys.modules['pandas'] = None; sys.path.insert(0, sys.argv.pop(1)); import runpy; runpy.run_path(sys.argv[1])['main'](sys.argv[2:])"
        for name in SCRIPTS:
            script = ROOT / "scripts" / f"plot_{name}.py"
            done = subprocess.run([sys.executable, "-c", blocked, script.parent, script, self.folder], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_one_layer_and_many_layers(self):
        for layers in (results.ALEXNET[:1], results.many(30)):
            results.write(self.folder, layers, unit="pJ", overlap="total")
            for name in SCRIPTS:
                with self.subTest(name, layers=len(layers)):
                    self.assertEqual(self.run_plot(name), (0, ""))


class Numbers(PlotTest):
    def test_bars_add_up_to_the_energy_of_each_layer(self):
        for table in plot_energy.parts(self.load()):
            for i, row in enumerate([*self.stats["layers"], self.stats["totals"]]):
                self.assertAlmostEqual(sum(values[i] for values in table.values()) / row["energy"], 1, places=9)
                self.assertEqual({len(values) for values in table.values()}, {len(self.stats["layers"]) + 1})

    def test_levels_are_those_of_stats_json_and_macs_stand_apart_from_tensors(self):
        by_level, by_tensor = plot_energy.parts(self.load())
        for i, layer in enumerate(self.stats["layers"]):
            for level, energy in layer["energy_by_level"].items():
                self.assertAlmostEqual(by_level[level][i], energy)
        self.assertEqual(list(by_level["mac"]), list(by_tensor["mac"]))

    def test_shares_of_cycles(self):
        table = plot_stalls.shares(self.load(), ["pe"], weir_plot.PE_STATES)
        for i, layer in enumerate(self.stats["layers"]):
            cycles = layer["cycles"] * self.stats["pes"]
            for state, shares in table.items():
                self.assertAlmostEqual(shares[i], layer["stalls"]["pe"][state] / cycles)
        for link in weir_plot.LINKS:
            sums = sum(plot_stalls.shares(self.load(), ["links", link], weir_plot.LINK_STATES).values())
            self.assertTrue(all(abs(total - 1) < 1e-12 for total in sums))

    def test_points_lie_below_the_roofs_of_pes_and_networks(self):
        loaded = self.load()
        peak, link = plot_roofline.roofs(loaded)
        self.assertEqual((peak, link), (168, 1.2))
        for point, layer in zip(plot_roofline.points(loaded), self.stats["layers"]):
            self.assertEqual(point.speed, layer["macs"] / layer["cycles"])
            self.assertEqual(point.intensity, layer["macs"] / layer["dram_words"])
            self.assertLess(point.speed, min(peak, point.network_bound))

    def test_roofline_has_layers_that_are_alike_as_one_point(self):
        point = plot_roofline.Point("a", 2.0, 3.0, 4.0, "MAC")
        others = [plot_roofline.Point("b", 2.0, 3.0, 4.0, "MAC"), plot_roofline.Point("c", 2.0, 3.5, 4.0, "MAC"),
                  plot_roofline.Point("d", 2.0, 3.0, 4.0, "MAC")]
        self.assertEqual([p.name for p in plot_roofline.merged([point, *others])], ["a and 2 alike", "c"])

    def test_roofline_names_below_the_chart_do_not_run_into_each_other(self):
        layers = results.many(40)
        for name_length in (8, 40):
            results.write(self.folder, [(f"w{i:0{name_length}d}", *layer[1:]) for i, layer in enumerate(layers)])
            figure = plot_roofline.draw(self.load())
            figure.canvas.draw()
            boxes = [text.get_window_extent() for part in figure.subfigs for text in part.texts
                     if re.fullmatch(r"\d+  w\d+", text.get_text())]
            self.assertEqual(len(boxes), 40)
            for one, other in itertools.combinations(boxes, 2):
                self.assertFalse(one.overlaps(other), name_length)

    def test_no_label_covers_another(self):
        results.write(self.folder, results.many(16))
        figure = plot_roofline.draw(self.load())
        figure.canvas.draw()
        names = {layer[0] for layer in results.many(16)}
        boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text() in names]
        self.assertEqual(len(boxes), 16)
        for one, other in itertools.combinations(boxes, 2):
            self.assertFalse(one.overlaps(other))

    def test_stalls_of_many_layers_fit_a_page(self):
        results.write(self.folder, results.many(60))
        figure = plot_stalls.draw(self.load())
        self.assertLess(figure.get_size_inches()[1], 12)
        names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        self.assertEqual(names, [*self.load().names, weir_plot.ALL])

    def test_units(self):
        self.assertEqual(weir_plot.scaled([5e8, 2e9], "pJ"), (1e-9, "mJ"))
        self.assertEqual(weir_plot.scaled([0.5], "pJ"), (1.0, "pJ"))
        self.assertEqual(weir_plot.scaled([12.0], "MAC"), (1.0, "MAC energies"))
        self.assertEqual([weir_plot.short(value) for value in (0, 0.01234, 1.234, 123.4, 1234)],
                         ["0", "0.0123", "1.23", "123", "1234"])


class BadInput(PlotTest):
    def check(self, file, message, names=SCRIPTS):
        for name in names:
            code, errors = self.run_plot(name)
            self.assertEqual(code, 2)
            self.assertEqual(errors.count("\n"), 1, errors)
            self.assertTrue(errors.startswith(f"{self.folder / file}: error: "), errors)
            self.assertIn(message, errors)
            self.assertFalse((self.folder / f"{name}.png").exists())

    def edit_stats(self, change):
        change(self.stats)
        (self.folder / "stats.json").write_text(json.dumps(self.stats))

    def edit_csv(self, name, old, new):
        path = self.folder / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))

    def test_missing_files(self):
        for file in ("accesses.csv", "layers.csv", "stats.json"):
            (self.folder / file).unlink()
            self.check(file, "no such file")

    def test_broken_json(self):
        for text in ("{\n  nothing", "[]", "", "\0"):
            (self.folder / "stats.json").write_text(text)
            self.check("stats.json", "")

    def test_not_text(self):
        for file in ("accesses.csv", "layers.csv", "stats.json"):
            (self.folder / file).write_bytes(b"\xff\xfe\x00")
            self.check(file, "not UTF-8")

    def test_missing_keys(self):
        self.edit_stats(lambda stats: stats["layers"][1]["stalls"]["pe"].pop("wait_psum"))
        self.check("stats.json", "lacks stalls.pe.wait_psum", ["stalls"])
        self.edit_stats(lambda stats: stats["inputs"]["accelerator"].pop("dram"))
        self.check("stats.json", "lacks inputs.accelerator.dram", ["roofline"])
        self.edit_stats(lambda stats: stats.pop("totals"))
        self.check("stats.json", "lacks totals")

    def test_wrong_values(self):
        self.edit_stats(lambda stats: stats["layers"][0]["stalls"]["pe"].update(mac="many"))
        self.check("stats.json", "must be a number", ["stalls"])
        self.edit_stats(lambda stats: stats.update(energy_unit="eV"))
        self.check("stats.json", "energy_unit must be MAC or pJ")

    def test_tables(self):
        self.edit_csv("accesses.csv", "dram,ifmap", "attic,ifmap")
        self.check("accesses.csv", "unknown level 'attic' (row 1)")
        self.edit_csv("accesses.csv", "energy", "cost")
        self.check("accesses.csv", "lacks the column energy")
        (self.folder / "accesses.csv").write_text("")
        self.check("accesses.csv", "")
        self.edit_csv("layers.csv", "conv2", "conv9")
        self.check("layers.csv", "not those of stats.json")
        self.edit_csv("layers.csv", "421600000", "-1")
        self.check("layers.csv", "macs must be a number of at least 0 (row 1)")

    def test_energies_that_contradict_each_other(self):
        self.edit_csv("layers.csv", str(self.stats["layers"][0]["energy"]), "5")
        self.check("accesses.csv", "the energies of layer conv1 add up to")

    def test_folder_that_cannot_be_written(self):
        (self.folder / "file").write_text("")
        code, errors = self.run_plot("energy", "--out", str(self.folder / "file"))
        self.assertEqual((code, errors.count("\n")), (2, 1))
        self.assertIn("energy.png: error: cannot be written", errors)

    def test_command_ends_with_code_2_and_one_line(self):
        done = subprocess.run([ROOT / "scripts" / "plot_energy.py", self.folder / "none"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (2, 1, ""))


if __name__ == "__main__":
    unittest.main()

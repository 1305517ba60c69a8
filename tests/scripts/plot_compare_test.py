"""Tests of the plot of dataflows side by side, on made comparisons."""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).parent)]

import compare_results
import plot_compare
import weir_plot


class PlotCompare(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name) / "compare"
        self.made = compare_results.write(self.folder)

    def plot(self):
        """Exit code and standard error of the script's main."""
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            code = weir_plot.main("compare", "", plot_compare.draw, [str(self.folder)], load=plot_compare.load)
        return code, errors.getvalue()

    def figure(self):
        weir_plot.style()
        return plot_compare.draw(plot_compare.load(self.folder))

    def test_writes_png_and_svg(self):
        self.assertEqual(self.plot(), (0, ""))
        self.assertEqual((self.folder / "compare.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        svg = (self.folder / "compare.svg").read_text()
        for text in ("alexnet, eyeriss, batch 4", "weight-stationary", "conv5", "MAC energies per MAC", "time [ms]"):
            self.assertIn(f"<!-- {text}", svg.replace("<!-- b  ", "<!-- ").replace("<!-- c  ", "<!-- "))

    def test_bars_are_the_energies_of_the_file(self):
        figure = self.figure()
        by_level = figure.axes[0]
        pairs = self.made["pairs"]
        for i, level in enumerate(weir_plot.LEVELS):
            for bar, pair in zip(by_level.containers[i], pairs):
                self.assertAlmostEqual(bar.get_height(), pair["totals"][f"energy_{level}"] / pair["totals"]["macs"])
        tops = [sum(container[i].get_height() for container in by_level.containers) for i in range(len(pairs))]
        by_tensor = figure.axes[1]
        for i, top in enumerate(tops):
            self.assertAlmostEqual(top, sum(container[i].get_height() for container in by_tensor.containers))
            self.assertIn(f"×{weir_plot.short(top / tops[0])}", [text.get_text() for text in by_level.texts])

    def test_layers_that_are_not_mapped_are_named(self):
        for layers in (5, 30):
            compare_results.write(self.folder, layers, unmapped=[("output-stationary", "conv2")])
            texts = [text.get_text() for axes in self.figure().axes for text in axes.texts]
            self.assertEqual(texts.count("not mapped"), 1, layers)

    def test_who_is_not_in_the_totals_is_named(self):
        made = compare_results.write(self.folder)
        made["pairs"][0].update(totals=None, layers=[])
        (self.folder / "compare.json").write_text(json.dumps(made))
        figure = self.figure()
        texts = [text.get_text() for axes in figure.axes for text in axes.texts]
        self.assertEqual(texts.count("not mapped"), 6 + 5)  # two panels of energy, four of numbers, five layers
        self.assertIn("Energy by level (×: of b)", [axes.get_title(loc=place) for axes in figure.axes for place in ("left", "center")])

    def test_sizes_stay_on_a_page(self):
        compare_results.write(self.folder, 53, dataflows=[f"dataflow-{i}" for i in range(6)], unit="pJ")
        width, height = self.figure().get_size_inches()
        self.assertEqual(width, 7)
        self.assertLess(height, 12)

    def test_refuses_bad_files(self):
        path = self.folder / "compare.json"
        for change, message in ((lambda c: c.pop("pairs"), "lacks pairs"),
                                (lambda c: c["pairs"][1]["totals"].pop("energy_dram"), "lacks energy_dram"),
                                (lambda c: c["pairs"][0]["totals"].update(milliseconds=-1), "must be a number of at least 0"),
                                (lambda c: [pair.update(totals=None) for pair in c["pairs"]], "has no totals"),
                                (lambda c: c.update(energy_unit="eV"), "energy_unit must be MAC or pJ")):
            made = compare_results.write(self.folder)
            change(made)
            path.write_text(json.dumps(made))
            code, errors = self.plot()
            self.assertEqual((code, errors.count("\n")), (2, 1), errors)
            self.assertTrue(errors.startswith(f"{path}: error: "), errors)
            self.assertIn(message, errors)
            self.assertFalse((self.folder / "compare.png").exists())

    def test_runs_as_a_command(self):
        done = subprocess.run([ROOT / "scripts" / "plot_compare.py", self.folder / "none"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (2, 1, ""))


if __name__ == "__main__":
    unittest.main()

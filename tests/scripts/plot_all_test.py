"""Tests of scripts/plot, which draws all that results have in one process."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parent)]

import compare_results
import results


class PlotAll(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.run_folder, self.compare_folder = Path(temporary.name) / "run", Path(temporary.name) / "compare"
        results.write(self.run_folder)
        compare_results.write(self.compare_folder)

    def plot(self, *arguments, script=ROOT / "scripts" / "plot"):
        return subprocess.run([script, *arguments], capture_output=True, text=True)

    def pictures(self, folder):
        return sorted(path.name for path in folder.iterdir() if path.suffix in (".png", ".svg"))

    def test_draws_what_each_folder_has(self):
        done = self.plot(self.run_folder, self.compare_folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        names = [f"{name}.{kind}" for name in ("energy", "roofline", "stalls") for kind in ("png", "svg")]
        self.assertEqual(self.pictures(self.run_folder), names)
        self.assertEqual(self.pictures(self.compare_folder), ["compare.png", "compare.svg"])

    def test_draws_the_same_as_the_script_of_one_picture(self):
        self.plot(self.run_folder, self.compare_folder)
        for folder, name in ((self.run_folder, "stalls"), (self.run_folder, "roofline"), (self.compare_folder, "compare")):
            picture = folder / f"{name}.png"
            together = picture.read_bytes()
            self.plot(folder, script=ROOT / "scripts" / f"plot_{name}.py")
            self.assertTrue(together == picture.read_bytes(), name)

    def test_draws_only_what_is_asked_for(self):
        out = self.run_folder / "pictures"
        done = self.plot(self.run_folder, "--only", "energy,compare", "--out", out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.pictures(out), ["energy.png", "energy.svg"])
        done = self.plot(self.run_folder, "--only", "energie")
        self.assertEqual(done.returncode, 2)
        self.assertIn("'energie'; allowed are energy, stalls, roofline, compare, sweep, pareto", done.stderr)

    def test_goes_on_after_what_cannot_be_drawn(self):
        none = self.run_folder / "none"
        done = self.plot(none, self.compare_folder)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
        self.assertTrue(done.stderr.startswith(f"{none / 'stats.json'}: error: no such file"), done.stderr)
        self.assertEqual(self.pictures(self.compare_folder), ["compare.png", "compare.svg"])


if __name__ == "__main__":
    unittest.main()

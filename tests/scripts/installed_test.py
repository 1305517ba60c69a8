"""Tests of an installed copy's scripts, and of how a script finds a Python that has what it needs."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("WEIR_PROGRAM", ROOT / "build" / "release" / "weir"))
sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).parent)]

import results


def environment(**more):
    """This one without WEIR_PATH, and with the Python that runs the tests in front."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**{key: value for key, value in os.environ.items() if key != "WEIR_PATH"}, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **more}


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = Path(cls.temporary.name).resolve()
        subprocess.run(["cmake", "--install", PROGRAM.parent, "--prefix", cls.folder / "first"], check=True, stdout=subprocess.DEVNULL)
        (cls.folder / "first").rename(cls.folder / "moved")
        cls.binaries = cls.folder / "moved" / "bin"

    def run_installed(self, program, *arguments, **more):
        return subprocess.run([self.binaries / program, *arguments], cwd=self.folder, env=environment(**more), capture_output=True, text=True)

    def test_schemas(self):
        share = self.folder / "moved" / "share" / "weir"
        last = (share / "configs" / "eyeriss.yaml").read_text(encoding="utf-8").splitlines()[-1]
        self.assertTrue((share / "configs" / last.partition("$schema=")[2]).samefile(share / "schemas" / "accelerator.json"))

    def test_plots(self):
        results.write(self.folder / "results", results.ALEXNET[:1])
        done = self.run_installed("weir-plot", "results", "--only", "energy")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue((self.folder / "results" / "energy.png").exists())

    def test_plots_one_picture(self):
        results.write(self.folder / "one", results.ALEXNET[:1])
        script = self.folder / "moved" / "share" / "weir" / "scripts" / "plot_stalls.py"
        done = subprocess.run([script, "one"], cwd=self.folder, env=environment(), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_imports_a_model(self):
        import onnx
        from onnx import helper

        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            [helper.make_node("Conv", ["x", "w"], ["y"], name="only")], "g",
            [value("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])], [value("y", onnx.TensorProto.FLOAT, None)],
            [helper.make_tensor("w", onnx.TensorProto.FLOAT, [4, 3, 3, 3], [0.5] * 108)])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), self.folder / "model.onnx")
        done = self.run_installed("weir", "import", "model.onnx", "--out", "model.yaml")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("kind: conv", (self.folder / "model.yaml").read_text())

    def test_reports_a_sweep(self):
        (self.folder / "s.yaml").write_text(
            "sweep: s\nbase: {accelerator: eyeriss, workload: alexnet, dataflow: row-stationary, layers: [conv3]}\n"
            "axes: {batch: [1, 2]}\n")
        done = self.run_installed("weir", "sweep", "s.yaml", "--jobs", "1", "--quiet")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = self.run_installed("weir", "sweep", "s.yaml", "--report", "page")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue((self.folder / "page" / "s.html").exists())

    def test_says_what_to_install(self):
        """A Python with nothing, which is the system's, too."""
        bare = self.folder / "bare"
        subprocess.run([getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--without-pip", bare], check=True)
        code = "import sys, weir_venv; weir_venv.SYSTEM_PYTHON = '/none'; weir_venv.enter('matplotlib_', 'pandas_')"
        done = subprocess.run([bare / "bin" / "python3", "-c", code], cwd=self.folder / "moved" / "share" / "weir" / "scripts",
                              env=environment(), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        venv = self.folder / "moved" / "share" / "weir" / ".venv"
        self.assertEqual(done.stderr, f"-c: error: {bare}/bin/python3 has no matplotlib_ and no pandas_: on Debian apt-get install "
                                      f"python3-matplotlib python3-pandas python3-onnx, elsewhere python3 -m venv {venv} && {venv}/bin/pip install "
                                      f"-r {venv.parent}/scripts/requirements.txt\n")


class Enter(unittest.TestCase):
    """Which Python a script goes on in, with made ones in the places of .venv's and of the system's."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = Path(temporary.name)
        self.system = self.make("system/python3")

    def make(self, place):
        path = self.home / place
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\necho {place}\n")
        path.chmod(0o755)
        return path

    def enter(self, *packages):
        code = (f"import sys, pathlib; sys.path.insert(0, {str(ROOT / 'scripts')!r}); import weir_venv; "
                f"weir_venv.HOME = pathlib.Path({str(self.home)!r}); weir_venv.SYSTEM_PYTHON = {str(self.system)!r}; "
                f"weir_venv.enter(*{packages!r}); print('here')")
        return subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)

    def test_goes_on_where_there_is_all(self):
        self.assertEqual(self.enter("json").stdout, "here\n")

    def test_goes_to_the_systems_python_for_what_this_one_lacks(self):
        self.assertEqual(self.enter("json", "no_such_package").stdout, "system/python3\n")

    def test_a_venv_of_weirs_comes_first(self):
        self.make(".venv/bin/python")
        self.assertEqual(self.enter("json").stdout, ".venv/bin/python\n")
        self.assertEqual(self.enter("no_such_package").stdout, ".venv/bin/python\n")

    def test_ends_where_there_is_none(self):
        self.system.unlink()
        done = self.enter("json", "no_such_package")
        self.assertEqual((done.returncode, done.stderr.count("\n"), done.stdout), (2, 1, ""))
        self.assertIn("has no no_such_package: ", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Tests of scripts/bench: what it measures of a process, how it pairs, and what it refuses."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def load():
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT / "scripts"))
    loader = importlib.machinery.SourceFileLoader("bench", str(ROOT / "scripts" / "bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    sys.modules["bench"] = module  # dataclasses look there
    loader.exec_module(module)
    return module


bench = load()


class Fake:
    """A tree whose runs take times that are known."""

    def __init__(self, walls):
        self.walls = iter(walls)

    def run(self, work):
        wall = next(self.walls)
        return bench.Run(wall, 2 * wall, wall / 4, 10 * wall, '{"totals": {"cycles": 600, "macs": 1200}}')

    def command(self, work):
        return ["weir", *work.command.split()]


class Bench(unittest.TestCase):
    def test_takes_the_time_and_memory_of_a_process(self):
        run = bench.timed([sys.executable, "-c", "import time; x = bytearray(50_000_000); time.sleep(0.2); print(7)"], ROOT)
        self.assertGreaterEqual(run.wall, 0.2)
        self.assertLess(run.cpu, run.wall)
        self.assertGreater(run.megabytes, 47)
        self.assertEqual(run.output, "7\n")

    def test_a_command_that_fails_ends_it(self):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), self.assertRaises(SystemExit) as end:
            bench.timed([sys.executable, "-c", "import sys; sys.exit('broken')"], ROOT)
        self.assertEqual(end.exception.code, 1)
        self.assertIn("broken", errors.getvalue())

    def test_takes_the_median_after_a_warm_up(self):
        work = bench.Work("work", "run x", 2)
        result = bench.measure(work, Fake([100, 3, 1, 8]), 3)
        self.assertEqual((result["wall_s"], result["cpu_s"], result["peak_mb"], result["ratio"]), (3, 6, 80, 3))
        self.assertEqual((result["cycles_per_s"], result["macs_per_s"]), (100, 200))

    def test_names_files_and_references_of_all_works(self):
        tree = bench.Tree(ROOT, Path("scratch"))
        for work in bench.WORKS:
            self.assertNotIn("{", " ".join(tree.command(work)))
            self.assertIsInstance(work.system, bool)
            self.assertEqual(len(work.reference.split()), 3 if "data on" in work.name else 0, work.name)

    def test_times_the_kernel_alone(self):
        result = bench.measure(bench.Work("work", "run x", 2, system=True), Fake([100, 4, 8]), 2)
        self.assertEqual((result["cpu_s"], result["ratio"]), (1.5, 0.75))
        command = [sys.executable, "-c", "import os\nfor i in range(300): bytearray(20_000_000)"]
        run = bench.timed(command, ROOT)
        self.assertGreater(run.system, 0)
        self.assertLess(run.system, run.cpu)

    def test_pairs_runs(self):
        work = bench.Work("work", "run x", 2)
        result = bench.compare(work, Fake([9, 1, 4, 6]), Fake([9, 2, 2, 4]), 3)
        self.assertEqual(result["wall_ratio"], 1.5)  # of 0.5, 2 and 1.5

    def test_the_table_fits_and_the_json_can_be_read(self):
        works = [bench.Work("work", "run x", 2)]
        results = [bench.measure(work, Fake([1, 1]), 1) for work in works]
        table = io.StringIO()
        with contextlib.redirect_stdout(table):
            bench.print_table(results)
        self.assertIn("1.00", table.getvalue())
        self.assertIn(" 10.0  200", table.getvalue())  # memory, and its target
        self.assertLessEqual(max(map(len, table.getvalue().splitlines())), 120)
        self.assertIn("cores", json.loads(json.dumps(bench.machine())))

    def test_refuses_bad_arguments(self):
        for arguments in (["--only", "nothing of that name"], ["--runs", "0"], ["--runs", "010"], ["--runs", "\u0661"], ["--nonsense"]):
            run = subprocess.run([sys.executable, str(ROOT / "scripts" / "bench"), *arguments], capture_output=True, text=True)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn("error", run.stderr)
            self.assertNotIn("Traceback", run.stderr)

    def test_the_comparison_of_numbers_refuses_bad_arguments(self):
        for arguments in (["HEAD", "--jobs", "010"], ["HEAD", "--jobs", "0"], ["HEAD", "--jobs", "x"], []):
            run = subprocess.run([sys.executable, str(ROOT / "scripts" / "same_numbers"), *arguments], capture_output=True, text=True)
            self.assertEqual(run.returncode, 2, run.stderr)
            self.assertIn("error", run.stderr)
            self.assertNotIn("Traceback", run.stderr)


if __name__ == "__main__":
    unittest.main()

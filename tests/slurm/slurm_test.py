#!/usr/bin/env python3
"""A sweep as a Slurm job array on a real one-node cluster (scripts/slurm-local): the merged database equals that of one
machine, also when a shard was killed half-way and submitted again. Run by scripts/test --slurm."""

import contextlib
import os
import sqlite3
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEIR = Path(os.environ.get("WEIR", ROOT / "build" / "release" / "weir"))
SHARDS = 4
TIMEOUT = 120  # seconds, of a job
TABLES = ("layers", "points", "point_layers", "sweeps", "sweep_points")

WORKLOAD = """\
workload: tiny-net
layers:
  - {name: a, kind: conv, input: [16, 28, 28], output_channels: 32, filter: [3, 3], padding: 1}
  - {name: b, kind: conv, input: [4, 4, 4], output_channels: 3, filter: [2, 2]}
"""
SWEEP = """\
sweep: tiny
base: {{accelerator: eyeriss, workload: {workload}, dataflow: row-stationary, fidelity: simulate, data: on}}
axes:
  pe.psum_rf.words: {{from: 2, to: 97, step: 1}}
  networks.psum_in.words_per_cycle: [1, 4]
"""


def run(*command, environment=None):
    """The standard output of a command, which must succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT, env=environment)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def rows(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return {table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES}


def count_layers(database):
    if not database.exists():
        return 0
    try:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute("SELECT count(*) FROM layers").fetchone()[0]
    except sqlite3.OperationalError:  # its tables are not there yet
        return 0


class SlurmTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="weir-slurm-")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.folder.chmod(0o755)  # munged runs as another user
        cluster = self.folder / "cluster"
        run(ROOT / "scripts" / "slurm-local", "start", cluster)
        self.addCleanup(run, ROOT / "scripts" / "slurm-local", "stop", cluster)
        self.environment = os.environ | {"SLURM_CONF": str(cluster / "slurm.conf")}
        workload = self.folder / "tiny-net.yaml"
        workload.write_text(WORKLOAD)
        self.sweep = self.folder / "tiny.yaml"
        self.sweep.write_text(SWEEP.format(workload=workload))
        self.database = self.folder / "many at 100%A" / "tiny.sqlite"  # a pattern of sbatch's, and a space

    def slurm(self, *command):
        return run(*command, environment=self.environment)

    def submit(self):
        out = self.slurm(WEIR, "sweep", self.sweep, "--database", self.database, "--shards", SHARDS, "--slurm", "--time=5")
        self.assertIn(f"{SHARDS} shards", out)
        return out.split()[1].rstrip(":")

    def wait_for(self, job):
        end = time.monotonic() + TIMEOUT
        while self.slurm("squeue", "--noheader", "--jobs", job).strip():
            self.assertLess(time.monotonic(), end, "the job does not end")
            time.sleep(0.2)

    def merge(self):
        return self.slurm(WEIR, "sweep", self.sweep, "--database", self.database, "--merge")

    def shard(self, index):
        return self.database.with_name(f"tiny.shard-{index}-of-{SHARDS}.sqlite")

    def one_machine(self):
        database = self.folder / "one.sqlite"
        run(WEIR, "sweep", self.sweep, "--database", database, "--quiet")
        return rows(database)

    def check_merged(self, expected):
        for _ in range(3):
            self.assertIn(f"{SHARDS} shards joined", self.merge())
            self.assertEqual(rows(self.database), expected)

    def test_a_job_array_gives_what_one_machine_gives(self):
        job = self.submit()
        expected = self.one_machine()
        self.wait_for(job)
        self.check_merged(expected)
        logs = sorted(path.name for path in self.database.parent.glob("*.log"))
        self.assertEqual(logs, [f"tiny.slurm-{job}-{index}.log" for index in range(1, SHARDS + 1)])

    def test_a_shard_killed_half_way_goes_on_when_submitted_again(self):
        expected = self.one_machine()
        job = self.submit()
        shard = self.shard(2)
        end = time.monotonic() + TIMEOUT
        while count_layers(shard) < 2:
            self.assertLess(time.monotonic(), end, "shard 2 does not begin")
            time.sleep(0.02)
        self.slurm("scancel", "--signal=KILL", "--full", f"{job}_2")
        self.wait_for(job)
        left = count_layers(shard)
        whole = -(-len(expected["layers"]) // SHARDS)
        self.assertGreaterEqual(left, 2)
        self.assertLess(left, whole, "the shard was done before it was killed: the test shows nothing")
        self.wait_for(self.slurm("sbatch", "--parsable", "--array=2", self.database.with_name("tiny.slurm.sh")).strip())
        self.assertEqual(count_layers(shard), whole)
        self.check_merged(expected)


if __name__ == "__main__":
    unittest.main(verbosity=2)

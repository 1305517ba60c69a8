"""Tests of what is made from the tables of keys: the document's tables, and the schemas, by which all shipped files are right."""

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("WEIR_PROGRAM", ROOT / "build" / "release" / "weir"))

SHIPPED = {
    "accelerator": "configs/*.yaml",
    "energy": "configs/energy/*.yaml",
    "workload": "workloads/*.yaml",
    "mapping": "dataflows/*/mappings/*/*.yaml",
    "dataflow": "dataflows/*/dataflow.yaml",
    "sweep": "sweeps/*.yaml",
    "validation": "validation/*.yaml",
}


class Loader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: `on` is a text."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-0123456789"),
]:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^({pattern})$"), list(first))


def parse(text):
    return yaml.load(text, Loader)


def errors(kind, text):
    schema = json.loads((ROOT / "schemas" / f"{kind}.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft7Validator(schema).iter_errors(parse(text))]


def shipped(kind):
    return sorted(ROOT.glob(SHIPPED[kind]))


class Keys(unittest.TestCase):
    def test_document_and_schemas_are_current(self):
        done = subprocess.run([sys.executable, ROOT / "scripts" / "keys", "--program", PROGRAM], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual({path.stem for path in (ROOT / "schemas").iterdir()}, set(SHIPPED))

    def test_shipped_files_are_right(self):
        for kind in SHIPPED:
            files = shipped(kind)
            self.assertTrue(files, kind)
            for path in files:
                with self.subTest(path=path):
                    self.assertEqual(errors(kind, path.read_text(encoding="utf-8")), [])

    def test_shipped_files_name_their_schema(self):
        for kind in SHIPPED:
            for path in shipped(kind):
                with self.subTest(path=path):
                    last = path.read_text(encoding="utf-8").splitlines()[-1]
                    self.assertRegex(last, r"^# yaml-language-server: \$schema=\S+$")
                    self.assertEqual((path.parent / last.partition("=")[2]).resolve(), ROOT / "schemas" / f"{kind}.json")

    def wrong(self, kind, path, old, new):
        text = (ROOT / path).read_text(encoding="utf-8")
        self.assertIn(old, text)
        self.assertTrue(errors(kind, text.replace(old, new, 1)), f"{new} in {path}")

    def test_wrong_keys(self):
        self.wrong("accelerator", "configs/eyeriss.yaml", "banks:", "bnaks:")
        self.wrong("accelerator", "configs/eyeriss.yaml", "clock_mhz: 200", "clock_mhz: 200\ncolour: red")
        self.wrong("accelerator", "configs/tpu-v1.yaml", "zero_gating:", "input_fifo_words: 4\n  zero_gating:")
        self.wrong("accelerator", "configs/eyeriss.yaml", "{rows: 12, columns: 14}", "{rows: 12, columns: 14, pes: 3}")
        self.wrong("energy", "configs/energy/eyeriss-normalized.yaml", "neighbour:", "neighbor:")
        self.wrong("workload", "workloads/alexnet.yaml", "stride: 4", "strides: 4")
        self.wrong("workload", "workloads/alexnet.yaml", "stride: 4", "inner: 4")
        self.wrong("dataflow", "dataflows/row-stationary/dataflow.yaml", "pe_rows:", "pe_row:")
        self.wrong("mapping", "dataflows/row-stationary/mappings/eyeriss/alexnet.yaml", "pe_rows:", "pe_row:")
        self.wrong("sweep", "sweeps/psum-network.yaml", "base:", "basis:")
        self.wrong("validation", "validation/eyeriss-alexnet.yaml", "source:", "sources:")

    def test_missing_keys(self):
        self.wrong("accelerator", "configs/eyeriss.yaml", "rows: 12, ", "")
        self.wrong("accelerator", "configs/eyeriss.yaml", ", barrier: array_done", "")
        self.wrong("accelerator", "configs/tpu-v1.yaml", ", double_buffered: true", "")
        self.wrong("workload", "workloads/alexnet.yaml", "filter: [11, 11], ", "")

    def test_wrong_types(self):
        self.wrong("accelerator", "configs/eyeriss.yaml", "rows: 12", "rows: twelve")
        self.wrong("accelerator", "configs/eyeriss.yaml", "rows: 12", "rows: 4097")
        self.wrong("accelerator", "configs/eyeriss.yaml", "zero_gating: true", "zero_gating: 1")
        self.wrong("accelerator", "configs/eyeriss.yaml", "array_done", "array_dome")
        self.wrong("workload", "workloads/alexnet.yaml", "filter: [11, 11]", "filter: [11]")
        self.wrong("workload", "workloads/alexnet.yaml", "kind: conv", "kind: convolution")
        self.wrong("validation", "validation/eyeriss-alexnet.yaml", "batch: 4", "batch: four")


if __name__ == "__main__":
    unittest.main()

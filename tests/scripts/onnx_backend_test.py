"""The onnx project's own test models: each operator that multiplies becomes layers, and nothing crashes the importer."""

import unittest
from pathlib import Path

import onnx

import onnx_support as support
from onnx_import.errors import BadModel
from onnx_import.operators import MULTIPLYING
from onnx_import.workload import import_model

DATA = Path(onnx.__file__).parent / "backend" / "test" / "data"
# Their output's size is one of their inputs' values.
SIZED_BY_VALUES = {f"test_affine_grid_{d}d{corners}_expanded" for d in (2, 3) for corners in ("", "_align_corners")}


class Backend(unittest.TestCase):
    def test_every_model_of_an_operator_that_multiplies_is_whole(self):
        seen, imported = 0, 0
        for path in sorted(DATA.glob("*/*/model.onnx")):
            name = path.parent.name
            model = onnx.load(path, load_external_data=False)
            if not any(MULTIPLYING.search(n.op_type) for n in model.graph.node) or name in SIZED_BY_VALUES:
                continue
            seen += 1
            with self.subTest(name):
                done = import_model(str(path))
                self.assertEqual(done.warnings, [])
                self.assertTrue(any(not layer.memory_bound for layer in done.layers) or "einsum" in name, name)
                imported += 1
        print(f"{imported} of {seen} models of operators that multiply")
        self.assertGreater(seen, 200)

    def test_no_model_is_a_fault(self):
        outcomes = {}
        for path in sorted((DATA / "node").glob("*/model.onnx"))[::4]:
            try:
                outcomes[path.parent.name] = import_model(str(path)).lost.nodes == 0
            except BadModel as error:
                self.assertTrue(str(error).isprintable())
        self.assertGreater(sum(outcomes.values()), len(outcomes) * 0.9)


if __name__ == "__main__":
    unittest.main()

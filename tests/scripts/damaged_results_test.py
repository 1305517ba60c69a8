"""Tests of the plots on damaged results: whatever a file holds, there is a picture, or one line and exit code 2."""

import contextlib
import copy
import csv
import io
import json
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).parent)]

import compare_results
import plot_compare
import plot_energy
import plot_roofline
import plot_stalls
import results
import weir_plot

RUN_PLOTS = {"energy": plot_energy.draw, "stalls": plot_stalls.draw, "roofline": plot_roofline.draw}
READ = {"layers.csv": ["layer", "kind", "macs", "cycles", "energy", "dram_words", "bound_by"],
        "accesses.csv": ["layer", "level", "tensor", "energy"]}
DELETED = object()
VALUES = [DELETED, None, True, -1, 0, 1e-300, 1e300, float("nan"), 10**400, "", "$x^{_$", "\x1b[31m\n", "\ud800", [], [1], {}]


def paths_of(value, path=()):
    """Paths of the values of a tree; of a list, and of an object of numbers, those in its first and its last member."""
    yield path
    if isinstance(value, dict):
        keys = list(value)
        alike = all(isinstance(item, (int, float)) for item in value.values())
        for key in dict.fromkeys([keys[0], keys[-1]] if alike and keys else keys):
            yield from paths_of(value[key], (*path, key))
    elif isinstance(value, list) and value:
        for i in {0, len(value) - 1}:
            yield from paths_of(value[i], (*path, i))


def changed(tree, path, value):
    tree = copy.deepcopy(tree)
    if not path:
        return None if value is DELETED else value
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    if value is DELETED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return tree


class Seen(dict):
    """An object that notes which of its paths are read, so that only these need to be damaged."""

    def __init__(self, value, seen, path=()):
        super().__init__({key: watched(item, seen, (*path, key)) for key, item in value.items()})
        self.seen, self.path = seen, path

    def __getitem__(self, key):
        self.seen.add((*self.path, key))
        return super().__getitem__(key)

    def get(self, key, default=None):
        self.seen.add((*self.path, key))
        return super().get(key, default)


def watched(value, seen, path):
    if isinstance(value, dict):
        return Seen(value, seen, path)
    if isinstance(value, list):
        seen.add(path)
        return [watched(item, seen, (*path, i)) for i, item in enumerate(value)]
    return value


class Damage(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        saved = weir_plot.save
        weir_plot.save = lambda figure, folder, name: None  # most of the time
        self.addCleanup(setattr, weir_plot, "save", saved)

    def plot(self, draw, load=weir_plot.load):
        """The exit code; fails at an exception, and at more than a line or what a terminal would act upon."""
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = weir_plot.main("plot", "", draw, [str(self.folder)], load=load)
        self.assertEqual((code, errors.getvalue().count("\n")), (2, 1) if code else (0, 0), errors.getvalue())
        self.assertTrue(errors.getvalue().rstrip("\n").isprintable(), errors.getvalue())
        return code

    def damage(self, file, tree, plots, load=weir_plot.load):
        """Damages each path that is read, in each way; gives how often there was a picture and how often none."""
        codes = []
        path_of_file = self.folder / file
        for name, draw in plots.items():
            seen = {()}
            read, weir_plot._load_json = weir_plot._load_json, lambda path: Seen(tree, seen)
            try:
                self.assertEqual(self.plot(draw, load), 0)
            finally:
                weir_plot._load_json = read
            known = set(paths_of(tree))
            for path in sorted(seen & known, key=str):
                for value in VALUES:
                    with self.subTest(name, path=path, value=str(value)):
                        path_of_file.write_text(json.dumps(changed(tree, path, value)))
                        codes.append(self.plot(draw, load))
        path_of_file.write_text(json.dumps(tree))
        self.assertIn(0, codes)
        self.assertGreater(codes.count(2), 100)


class OfRuns(Damage):
    def setUp(self):
        super().setUp()
        self.stats = results.write(self.folder, results.ALEXNET[:2])

    def test_stats_json(self):
        self.damage("stats.json", self.stats, RUN_PLOTS)

    def test_tables(self):
        drawn = set()
        for file in ("layers.csv", "accesses.csv"):
            path = self.folder / file
            text = path.read_text()
            rows = list(csv.reader(io.StringIO(text)))
            for row in (0, len(rows) - 1):
                for column in range(len(rows[row])):
                    for cell in ("", "text", "-1", "1e300", "1e-300", "9" * 400, "nan", "=1", "\0", '"', "'", "a,b", "\x1b", "é",
                                 "x" * 200_000):
                        broken = [list(r) for r in rows]
                        broken[row][column] = cell
                        path.write_text("\n".join(",".join(r) for r in broken) + "\n")
                        with self.subTest(file, row=row, column=column, cell=cell[:20]):
                            try:  # all load alike, and draw what they loaded
                                loaded = weir_plot.load(self.folder)
                            except weir_plot.BadInput as error:
                                self.assertTrue(str(error).isprintable(), error)
                                continue
                            tables = repr([[each[name] for name in READ[table]] for table, lines in (
                                ("layers.csv", loaded.layers), ("accesses.csv", loaded.accesses)) for each in lines])
                            for draw in RUN_PLOTS.values() if tables not in drawn else ():
                                self.plot(draw)
                            drawn.add(tables)
            for name, broken in (("no rows", text.splitlines()[0]), ("cut", text[: len(text) * 2 // 3]), ("empty", ""),
                                 ("twice", text + text), ("head twice", ",".join([text.splitlines()[0]] * 2) + "\n" + text)):
                path.write_text(broken)
                with self.subTest(file, damage=name):
                    self.assertEqual(self.plot(plot_energy.draw), 2)
            path.write_text(text)

    def test_a_layer_may_be_called_total(self):
        results.write(self.folder, [("total", *results.ALEXNET[0][1:]), results.ALEXNET[1]])
        for draw in RUN_PLOTS.values():
            self.assertEqual(self.plot(draw), 0)
        by_level, _ = plot_energy.parts(weir_plot.load(self.folder))
        first, second, both = sum(by_level.values())
        self.assertEqual(first + second, both)

    def test_a_layer_may_begin_like_a_formula(self):
        results.write(self.folder, [("-conv", *results.ALEXNET[0][1:])])
        for file in ("layers.csv", "accesses.csv"):  # as weir writes it
            path = self.folder / file
            path.write_text(path.read_text().replace("-conv", "'-conv"))
        for draw in RUN_PLOTS.values():
            self.assertEqual(self.plot(draw), 0)

    def test_layers_without_macs_alone(self):
        path = self.folder / "layers.csv"
        rows = list(csv.reader(io.StringIO(path.read_text())))
        for row in rows[1:]:
            row[1], row[2] = "pool", "0"
        path.write_text("\n".join(map(",".join, rows)) + "\n")
        self.assertEqual([self.plot(draw) for draw in RUN_PLOTS.values()], [2, 0, 2])


class OfComparisons(Damage):
    def test_compare_json(self):
        made = compare_results.write(self.folder, 2, compare_results.DATAFLOWS[:2])
        self.damage("compare.json", made, {"compare": plot_compare.draw}, plot_compare.load)


if __name__ == "__main__":
    unittest.main()

"""Tests of the sweep plots and the report on a made result database."""

import argparse
import contextlib
import io
import json
import re
import sqlite3
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT / "scripts")]

import plot_pareto
import plot_sweep
import sweep_report
import weir_plot as wp
import weir_sweep as ws

# As src/sweep/checksum.h says, by `printf %s <bytes> | sha256sum`.
CHECKSUMS = {
    (): int.from_bytes(bytes.fromhex("e3b0c44298fc1c14"), "big", signed=True),
    (None, "ab", -7, 3.0, -0.1): int.from_bytes(bytes.fromhex("c9b9596ec32a2cdb"), "big", signed=True),
    (None, "ab", -7, 3, -0.1, b"\x00\xff"): int.from_bytes(bytes.fromhex("8d44cf625576b07d"), "big", signed=True),
}

LEVELS = ["dram", "global_buffer", "network", "neighbour", "register_file", "mac"]


def make(path, paths, points, name="made"):
    """A database with a sweep over `paths`; a point is (coordinates, energy, milliseconds), without energy a failure."""
    tables = re.search(r'kTables = R"\((.*?)\)"', (ROOT / "src/sweep/schema.cpp").read_text(), re.S).group(1)
    connection = sqlite3.connect(path)
    connection.executescript(tables + f"PRAGMA application_id={ws.APPLICATION_ID}; PRAGMA user_version={ws.SCHEMA_VERSION};")
    connection.execute("INSERT INTO sweeps VALUES (?, ?, 0)", (name, json.dumps(paths)))
    for position, (coordinates, energy, milliseconds) in enumerate(points):
        key = f"point{position}"
        connection.execute("INSERT INTO sweep_points VALUES (?, ?, ?, ?, 0)", (name, position, key, json.dumps(coordinates)))
        row = {"point_key": key, "failure": "" if energy else "refused", "message": "" if energy else "conv1: <no> room",
               "accelerator": "eyeriss", "workload": "net", "dataflow": "rs", "batch": 1, "objective": "energy",
               "overlap": "processing", "fidelity": "estimate", "data": "off", "pes": 168, "global_buffer_kb": 108.0,
               "register_file_kb": 85.0, "total_sram_kb": 193.0, "layers": 1, "missing": "", "energy_unit": "pJ", "model_version": "v",
               "inputs": '{"accelerator": "eyeriss"}', "checksum": 0}
        if energy:
            row |= {"macs": 1000, "cycles": 10, "milliseconds": milliseconds, "active_pes": 1.0, "mac_utilization": 0.5,
                    "energy": energy, "edp": energy * 10, "dram_words": 5, "global_buffer_words": 6}
            row |= {f"energy_{level}": energy / len(LEVELS) for level in LEVELS}
        connection.execute(f"INSERT INTO points ({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values()))
        add_layer(connection, key, "total" if position == 0 else "conv1", energy)
    seal(connection)
    connection.close()


def add_layer(connection, key, name, energy):
    connection.execute("INSERT INTO point_layers VALUES (?, 0, ?, ?, 0)", (key, name, f"layer of {key}"))
    row = {"layer_key": f"layer of {key}", "failure": "", "message": "", "macs": 1000, "cycles": 10, "active_pes": 1, "energy": energy,
           "dram_words": 5, "global_buffer_words": 6, "bound_by": "MAC", "mapping": "{}", "checksum": 0}
    connection.execute(f"INSERT INTO layers ({','.join(row)}) VALUES ({','.join('?' * len(row))})", list(row.values()))


def seal(connection):
    """Gives all rows the checksums that they should have."""
    connection.create_function("weir_checksum", -1, ws.checksum, deterministic=True)
    for table in ("layers", "points", "point_layers", "sweeps", "sweep_points"):
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "checksum"]
        connection.execute(f"UPDATE {table} SET checksum = weir_checksum({', '.join(names)})")
    connection.commit()


class SweepPlotTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.database = self.folder / "made.sqlite"

    def run_plot(self, module, *arguments):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            code = ws.main("", module.draw, module.add_options, [str(self.database), *arguments])
        return code, errors.getvalue()

    def check_picture(self, name):
        self.assertEqual((self.folder / f"{name}.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        self.assertIn("<svg", (self.folder / f"{name}.svg").read_text())

    def test_the_front_is_what_no_point_beats(self):
        make(self.database, ["batch"], [([str(i)], y, x) for i, (x, y) in enumerate([(2, 4), (1, 5), (2, 3), (3, 3), (4, 1), (5, 2)])])
        front = plot_pareto.front_of(ws.load(self.database).done, "milliseconds", "energy")
        self.assertEqual(list(zip(front["milliseconds"], front["energy"])), [(1, 5), (2, 3), (4, 1)])

    def test_curves_of_one_axis_and_a_word(self):
        make(self.database, ["pe.psum_rf.words", "dataflow"],
             [([w, d], 100 / float(w) + len(d), float(w)) for w in ("2", "4", "16") for d in ("ab", "abcd")])
        sweep = ws.load(self.database)
        self.assertEqual(sweep.coordinates, ["pe.psum_rf.words", "dataflow"])
        self.assertEqual([name for name, _ in plot_sweep.lines_of(sweep, "pe.psum_rf.words")], ["ab", "abcd"])
        self.assertEqual(self.run_plot(plot_sweep), (0, ""))
        self.check_picture("made-energy")
        self.assertEqual(self.run_plot(plot_pareto), (0, ""))
        self.check_picture("made-pareto")

    def test_heat_maps_of_two_numeric_axes(self):
        make(self.database, ["pe_array.rows", "batch"], [([r, b], None if r + b == "34" else float(r) * float(b), 1.0) for r in "123" for b in "4567"])
        self.assertEqual(self.run_plot(plot_sweep, "--quantity", "milliseconds"), (0, ""))
        arguments = argparse.Namespace(quantity="energy", x=None, y=None, panels=None, curves=False)
        _, figure = plot_sweep.draw(ws.load(self.database), arguments)
        texts = [text.get_text() for text in figure.subfigs[1].axes[0].texts]
        self.assertEqual((len(texts), texts.count("failed")), (12, 1))
        self.check_picture("made-milliseconds")

    def test_curves_show_all_points_and_time_where_that_was_made_least(self):
        make(self.database, ["batch"], [([b], 1000 + float(b), 500 - float(b)) for b in "1248"])
        wp.style()
        arguments = argparse.Namespace(quantity=None, x=None, y=None, panels=None, curves=False)
        name, figure = plot_sweep.draw(ws.load(self.database), arguments)
        self.assertEqual(name, "made-energy")
        top = figure.subfigs[2].axes[0].get_ylim()[1]
        self.assertGreater(top, 1.05 * 1.008, "the largest is cut off")
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.execute("UPDATE points SET objective = 'latency'")
            seal(connection)
        self.assertEqual(plot_sweep.draw(ws.load(self.database), arguments)[0], "made-milliseconds")
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.execute("UPDATE points SET macs = macs * 2 WHERE point_key = 'point1'")
            seal(connection)
        self.assertEqual(plot_sweep.draw(ws.load(self.database), arguments)[0], "made-energy_per_mac")

    def test_keys_that_move_together_are_one_coordinate(self):
        make(self.database, ["a.rows", "a.columns", "b", "constant"], [([r, c, r, "7"], 1.0, 1.0) for r, c in (("3", "56"), ("6", "28"))])
        sweep = ws.load(self.database)
        self.assertEqual(sweep.coordinates, ["a.rows x a.columns x b"])
        self.assertEqual(sweep.labels["a.rows x a.columns x b"], ["3 x 56 x 3", "6 x 28 x 6"])

    def test_a_pair_is_one_coordinate_and_what_is_scaled_with_it_none(self):
        """As in a comparison of machines of equal area: the buffer follows from the machine and its PEs."""
        pairs = [("m", "a"), ("m", "b"), ("other", "c")]
        make(self.database, ["batch", "pe_array.pes", "accelerator", "dataflow", "global_buffer.banks"],
             [([b, p, a, d, str(int(p) * len(a))], None if d == "c" and b == "1" else float(b), 1.0)
              for b in "124" for p in ("256", "512") for a, d in pairs])
        sweep = ws.load(self.database)
        self.assertEqual(sweep.coordinates, ["batch", "pe_array.pes", "accelerator x dataflow"])
        self.assertEqual(sweep.labels["accelerator x dataflow"], ["m:a", "m:b", "other:c"])
        self.assertEqual(sweep.done["energy_per_mac"].tolist()[0], 0.001)
        wp.style()
        arguments = argparse.Namespace(quantity="energy_per_mac", x="pe_array.pes", y=None, panels="batch", curves=False)
        _, figure = plot_sweep.draw(sweep, arguments)
        panels = [axes for part in figure.subfigs for axes in part.axes]
        self.assertEqual([len(axes.lines) for axes in panels], [2, 3, 3])
        self.assertEqual([axes.get_title(loc="left") for axes in panels], ["batch 1", "batch 2", "batch 4"])
        self.assertEqual([text.get_text() for text in panels[0].texts], ["2 of 6 points failed"])
        self.assertEqual(self.run_plot(plot_sweep, "--panels", "batch"), (0, ""))
        self.check_picture("made-energy")
        self.assertIn("leaves no other axis", self.run_plot(plot_sweep, "--panels", "batch", "--x", "batch")[1])

    def test_a_coordinate_that_only_happens_to_follow_stays(self):
        """Three points of a sample: each differs in all, but none is a full grid of the others."""
        make(self.database, ["batch", "pe_array.rows", "pe.psum_rf.words"],
             [(c, 1.0, 1.0) for c in (["1", "6", "2"], ["1", "12", "4"], ["2", "6", "8"])])
        self.assertEqual(ws.load(self.database).coordinates, ["batch", "pe_array.rows", "pe.psum_rf.words"])

    def test_bad_input_is_one_line(self):
        self.assertIn("no such file", self.run_plot(plot_sweep)[1])
        self.database.write_text("no database at all, but long enough to be looked at " * 20)
        code, errors = self.run_plot(plot_sweep)
        self.assertEqual((code, errors.count("\n")), (2, 1))
        self.database.unlink()
        make(self.database, ["batch"], [(["1"], None, None)])
        self.assertIn("no point of sweep made has a result", self.run_plot(plot_sweep)[1])
        self.assertIn("has no sweep other; allowed is made", self.run_plot(plot_sweep, "--sweep", "other")[1])

    def test_any_path_is_a_path(self):
        """Not a URI: a database that a#b names is not a, and nothing is made."""
        for name in ("a#b.sqlite", "a?mode=rwc.sqlite", "100%41.sqlite", "a b.sqlite", "file:x.sqlite"):
            self.database = self.folder / name
            make(self.database, ["batch"], [([b], float(b), 1.0) for b in "12"])
            before = sorted(self.folder.iterdir())
            self.assertEqual(ws.load(self.database).name, "made")
            self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_an_axis_may_be_named_like_a_column(self):
        """The energy table varies: its names are not the points' energies. Choices are the same as their columns."""
        make(self.database, ["energy", "batch"], [([e, b], float(b), 1.0) for e in ("cheap", "dear") for b in "124"])
        sweep = ws.load(self.database)
        self.assertEqual(sweep.coordinates, ["axis_energy", "batch"])
        self.assertEqual(list(sweep.points["energy"]), [1.0, 2.0, 4.0] * 2)
        self.assertEqual(self.run_plot(plot_sweep), (0, ""))
        self.assertEqual(self.run_plot(plot_pareto), (0, ""))

    def test_a_row_that_was_changed_is_not_drawn(self):
        make(self.database, ["batch"], [([b], float(b), 1.0) for b in "124"])
        whole = self.database.read_bytes()
        for change in ("UPDATE points SET energy = 3", "UPDATE sweep_points SET coordinates = 'x'", "UPDATE sweeps SET coordinates = '{}'",
                       "UPDATE points SET failure = NULL, message = ''" , "UPDATE points SET energy = 'much'", "DELETE FROM sweeps"):
            self.database.write_bytes(whole)
            with contextlib.closing(sqlite3.connect(self.database)) as connection, contextlib.suppress(sqlite3.IntegrityError):
                connection.execute(change)
                connection.commit()
                for module in (plot_sweep, plot_pareto):
                    code, errors = self.run_plot(module)
                    self.assertEqual((code, errors.count("\n")), (2, 1), f"{change}: {errors}")

    def test_a_damaged_database_is_one_line_or_the_same_sweep(self):
        make(self.database, ["batch"], [([b], float(b), 1.0) for b in "1248"])
        sound = ws.load(self.database).points
        whole = self.database.read_bytes()
        random = Random(1)
        refused = 0
        for _ in range(400):
            damaged = bytearray(whole)
            for _ in range(random.choice((1, 1, 8))):
                damaged[random.randrange(len(damaged))] = random.randrange(256)
            self.database.write_bytes(damaged if random.random() < 0.8 else damaged[:random.randrange(len(damaged))])
            try:
                loaded = ws.load(self.database)
                ws_rows = len(plot_pareto.front_of(loaded.done, "milliseconds", "energy"))
                self.assertGreater(ws_rows, 0)
                sweep_report.layers_of(loaded, loaded.points.iloc[0])
                # What is left of the points is as it was.
                self.assertTrue(loaded.points.isin(sound).all().all()
                                or len(loaded.points) < len(sound))
            except wp.BadInput as error:
                refused += 1
                self.assertNotIn("\n", str(error))
        self.assertGreater(refused, 60)

    def test_a_layer_may_be_named_total(self):
        make(self.database, ["batch"], [([b], float(b), 1.0) for b in "12"])
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(sweep_report.main([str(self.database), "--out", str(self.folder)]), 0)
        self.assertIn("<td>total</td>", (self.folder / "made.html").read_text())

    def test_checksums_are_those_of_the_program(self):
        for values, expected in CHECKSUMS.items():
            self.assertEqual(ws.checksum(*values), expected, values)

    def test_the_report_is_one_page_that_needs_nothing_else(self):
        make(self.database, ["pe.psum_rf.words"], [([w], 100 / float(w), float(w)) for w in ("2", "4", "8")] + [(["16"], None, None)])
        file = self.folder / "made.yaml"
        file.write_text("sweep: made\n# <b>\n")
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(sweep_report.main([str(self.database), "--file", str(file), "--out", str(self.folder / "page")]), 0)
        page = (self.folder / "page" / "made.html").read_text()
        self.assertEqual(page.count("<svg"), 3)
        self.assertIn("# &lt;b&gt;", page)
        self.assertIn("conv1: &lt;no&gt; room", page)
        self.assertNotRegex(page, r'(src|href)="(?!#)')
        self.assertNotIn("<metadata", page)
        self.assertIn("The same at all points: accelerator eyeriss, workload net, dataflow rs, batch 1", page)
        ids = re.findall(r'\bid="([^"]+)"', page)
        self.assertEqual(len(ids), len(set(ids)), "two elements of the same id")


if __name__ == "__main__":
    unittest.main()

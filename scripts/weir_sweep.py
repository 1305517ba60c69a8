"""What the sweep plots share: the points of a result database of `weir sweep` (docs/file-formats.md)."""

import argparse
import contextlib
import hashlib
import json
import math
import sqlite3
import struct
import sys
import urllib.parse
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import weir_plot as wp

SCHEMA_VERSION = 3
APPLICATION_ID = 0x57454952

# Columns that can be drawn, and what to call them; {unit} is the energy table's.
QUANTITIES = {
    "energy": "energy [{unit}]", "milliseconds": "time [ms]", "cycles": "cycles", "edp": "energy x cycles [{unit} cycles]",
    "energy_per_mac": "energy per MAC [{unit}]", "dram_words_per_mac": "DRAM accesses per MAC",
    "dram_words": "DRAM words", "global_buffer_words": "global-buffer words", "mac_utilization": "MAC utilization",
    "total_sram_kb": "on-chip storage [KiB]", "global_buffer_kb": "global buffer [KiB]",
    "register_file_kb": "register files [KiB]", "pes": "PEs",
}

# Columns that repeat a coordinate of the same name.
CHOICES = ("accelerator", "workload", "dataflow", "batch", "objective", "overlap", "fidelity", "data")

POINT_COLUMNS = [
    "point_key", "failure", "message", *CHOICES, "pes", "global_buffer_kb", "register_file_kb", "total_sram_kb", "layers", "missing", "macs",
    "cycles", "milliseconds", "active_pes", "mac_utilization", "energy", "energy_unit", "edp", *(f"energy_{level}" for level in wp.LEVELS),
    "dram_words", "global_buffer_words", "model_version", "inputs",
]

# Lines and points: apart by lightness, dashes and markers, not by colour alone.
LINES = [("#22255e", "-", "o"), ("#d55e00", "--", "s"), ("#0067a5", ":", "^"), ("#8a8a8a", "-.", "D"),
         ("#c26b9c", "-", "v"), ("#00574e", "--", "P"), ("#eda63b", ":", "X"), ("#000000", "-.", "*")]


@dataclass
class Sweep:
    """The points of a sweep. `coordinates` are the varying ones, each a column of `points`; `labels` their values in
    the file's order; coordinates that move together are one."""

    database: Path
    name: str
    points: pd.DataFrame
    coordinates: list
    labels: dict

    @property
    def done(self):
        return self.points[self.points["failure"] == ""]

    @property
    def unit(self):
        units = self.points["energy_unit"].unique()
        if len(units) > 1:
            raise wp.BadInput(self.database, f"points in {' and in '.join(units)}: energies that cannot be compared")
        return "MAC energies" if units[0] == "MAC" else units[0]

    @property
    def missing(self):
        """What the workloads lack of their models, a sentence each."""
        return [f"{w}: {m}" for w, m in self.points[["workload", "missing"]].drop_duplicates().itertuples(index=False) if m]

    @property
    def without(self):
        """The same as a title has it."""
        return "".join(f"; {text.partition(': ')[2].partition(':')[0]}" for text in self.missing)

    def is_numeric(self, coordinate):
        return pd.to_numeric(self.points[coordinate], errors="coerce").notna().all()

    def quantity(self, name):
        return QUANTITIES[name].format(unit=self.unit)

    def point_name(self, row):
        """A point's coordinates on one line."""
        parts = [str(row[c]) if not self.is_numeric(c) else f"{short_path(c)} {row[c]}" for c in self.coordinates]
        return ", ".join(parts) or "the only point"


def short_path(path):
    """The end of a path that says enough on an axis."""
    if path == "axis_energy":
        return "energy table"
    parts = path.split(".")
    if parts[-1] in ("words", "words_per_cycle", "rows", "columns", "banks") and len(parts) > 1 and parts[-2] != "pe_array":
        return " ".join(parts[-2:]).replace("_", " ")
    return "PEs" if parts[-1] == "pes" else parts[-1].replace("_", " ")


def in_round_numbers(sweep, quantity):
    """The sweep with its energies in a unit that makes numbers of one to four digits of them; the quantity's label; the unit."""
    if quantity != "energy" or sweep.done.empty:
        return sweep, sweep.quantity(quantity), sweep.unit
    factor, unit = wp.scaled([sweep.done["energy"].astype(float).max()], "pJ" if sweep.unit == "pJ" else "MAC")
    points = sweep.points.copy()
    for column in ("energy", *(f"energy_{level}" for level in wp.LEVELS)):
        points[column] = pd.to_numeric(points[column]) * factor
    return replace(sweep, points=points), f"energy [{unit}]", unit


def checksum(*values):
    """weir_checksum of src/sweep/checksum.h: of the values of a row."""
    data = b""
    for value in values:
        if value is None:
            data += b"n"
        elif isinstance(value, int) or isinstance(value, float) and value == int(value) and abs(value) <= 2**53:
            data += b"i%d" % int(value)
        else:
            kind, raw = {float: (b"r", lambda: struct.pack(">d", value)), str: (b"t", lambda: value.encode()),
                         bytes: (b"b", lambda: value)}[type(value)]
            data += kind + b"%d:" % len(raw()) + raw()
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big", signed=True)


def connect(database):
    """A read-only connection that knows weir_checksum(). Any name is a path, whatever it means in a URI."""
    uri = "file:" + urllib.parse.quote(str(Path(database).absolute()), errors="surrogateescape")
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True)
    connection.create_function("weir_checksum", -1, checksum, deterministic=True)
    return connection


def sound(connection, table, alias):
    """The SQL condition that a row is as it was written."""
    names = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?) ORDER BY cid", (table,))]
    columns = ", ".join(f"{alias}.{name}" for name in names if name != "checksum")
    return f"({alias}.checksum = weir_checksum({columns}))"


def rows(connection, database, query, *parameters):
    """The rows of a query whose first column says whether they are sound; raises BadInput if one is not."""
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description]
    found = cursor.fetchall()
    if not all(row[0] for row in found):
        raise wp.BadInput(database, "has damaged rows: the same `weir sweep` again computes them anew")
    return pd.DataFrame([row[1:] for row in found], columns=names[1:])


@contextlib.contextmanager
def reading(database):
    """A connection; what SQLite says against the file is BadInput."""
    try:
        with contextlib.closing(connect(database)) as connection:
            yield connection
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        raise wp.BadInput(database, f"cannot be read: {error}") from None


def load(database, name=None):
    """The sweep `name` in a database, or its only one; raises BadInput."""
    database = Path(database)
    if not database.is_file():
        raise wp.BadInput(database, "no such file; give the database that `weir sweep` wrote")
    with reading(database) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID or version != SCHEMA_VERSION:
            raise wp.BadInput(database, f"not a result database of schema {SCHEMA_VERSION}")
        found = rows(connection, database, f"SELECT {sound(connection, 'sweeps', 's')}, sweep, coordinates FROM sweeps s ORDER BY sweep")
        sweeps = dict(zip(found["sweep"], found["coordinates"]))
        if not sweeps:
            raise wp.BadInput(database, "has no sweep")
        if name is None and len(sweeps) > 1:
            raise wp.BadInput(database, f"has several sweeps: give --sweep with one of {', '.join(sweeps)}")
        name = name or next(iter(sweeps))
        if name not in sweeps:
            raise wp.BadInput(database, f"has no sweep {name}; allowed is {', '.join(sweeps)}")
        points = rows(connection, database,
                      f"SELECT {sound(connection, 'sweep_points', 's')} AND {sound(connection, 'points', 'p')}, s.position, "
                      f"s.coordinates, p.{', p.'.join(POINT_COLUMNS)} FROM sweep_points s JOIN points p USING (point_key) WHERE s.sweep = ? ORDER BY s.position",
                      name)
    if points.empty:
        raise wp.BadInput(database, f"sweep {name} has no finished points")
    return _arrange(database, name, points, json.loads(sweeps[name]))


def _arrange(database, name, points, paths):
    values = points.pop("coordinates").map(json.loads)
    table = pd.DataFrame(values.tolist(), columns=[f"={p}" for p in paths], index=points.index)
    varying = [p for p in paths if table[f"={p}"].nunique() > 1]
    groups = []  # of paths that move together
    for path in varying:
        for group in groups:
            many = {table[f"={p}"].nunique() for p in (*group, path)}
            pairs = table[[f"={group[0]}", f"={path}"]].drop_duplicates()
            if len(pairs) == max(many) and (len(many) == 1 or [*group, path] == ["accelerator", "dataflow"]):
                group.append(path)
                break
        else:
            groups.append([path])
    groups = _without_derived(table, groups)
    coordinates, labels = [], {}
    for group in groups:
        same = all((table[f"={p}"] == table[f"={group[0]}"]).all() for p in group)
        coordinate = group[0] if same else " x ".join(group)
        if coordinate in points.columns and coordinate not in CHOICES:  # such as the energy table and the energy
            coordinate = f"axis_{coordinate}"
        between = ":" if group == ["accelerator", "dataflow"] else " x "  # as `weir compare` names pairs
        column = table[f"={group[0]}"] if same else table[[f"={p}" for p in group]].agg(between.join, axis=1)
        points[coordinate] = column
        coordinates.append(coordinate)
        labels[coordinate] = list(dict.fromkeys(column))
    for quantity in ("energy", "dram_words"):
        points[f"{quantity}_per_mac"] = pd.to_numeric(points[quantity]) / pd.to_numeric(points["macs"])
    return Sweep(database, name, points, coordinates, labels)


def _without_derived(table, groups):
    """Without groups that follow from the others on a full grid, such as a buffer scaled with the PEs of each machine."""
    def points(some):
        return len(table[[f"={p}" for group in some for p in group]].drop_duplicates())

    def grid(some):
        return math.prod(points([group]) for group in some)

    for group in reversed(groups):
        others = [g for g in groups if g is not group]
        if others and points(others) == points(groups) == grid(others):
            groups = others
    return groups


def main(description, draw, add_options, argv=None):
    """The command line of a sweep plot: draw(sweep, arguments) gives (name, figure). Returns the exit code."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("database", metavar="DATABASE", help="what `weir sweep` wrote")
    parser.add_argument("--sweep", metavar="NAME", help="which sweep, if the database has several")
    parser.add_argument("--out", metavar="DIR", help="where the pictures go (default: the database's folder)")
    add_options(parser)
    arguments = parser.parse_args(argv)
    wp.style()
    try:
        sweep = load(arguments.database, arguments.sweep)
        if sweep.done.empty:
            raise wp.BadInput(sweep.database, f"no point of sweep {sweep.name} has a result")
        name, figure = draw(sweep, arguments)
        wp.save(figure, arguments.out or sweep.database.parent, name)
        plt.close(figure)
    except wp.BadInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0

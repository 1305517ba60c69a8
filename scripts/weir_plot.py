"""What the plot scripts share: loading a result folder, the style, and saving.

A result folder is what `weir run --out` wrote; docs/file-formats.md says what is in it.
"""

import argparse
import csv
import io
import json
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import weir_files

LEVELS = ["dram", "global_buffer", "network", "neighbour", "register_file", "mac"]
TENSORS = ["ifmap", "weight", "psum"]
MULTIPLIED = ["conv", "conv_transpose", "fc", "matmul"]  # kinds of layers that have MACs
PE_STATES = [
    "mac", "gated_mac", "psum_accumulate", "wait_ifmap", "wait_weight", "wait_psum", "wait_output_space",
    "fill_drain", "unmapped",
]
LINKS = ["ifmap", "weight", "psum_in", "psum_out", "dram"]
LINK_STATES = ["busy", "blocked", "idle"]

LABELS = {
    "dram": "DRAM", "global_buffer": "global buffer", "network": "networks", "neighbour": "PE to PE",
    "register_file": "register files", "mac": "MAC", "gated_mac": "gated MAC",
    "psum_accumulate": "psum accumulation", "wait_ifmap": "waits for ifmap", "wait_weight": "waits for weights",
    "wait_psum": "waits for psums", "wait_output_space": "waits for output space", "fill_drain": "fill and drain",
    "unmapped": "not mapped", "psum_in": "psum in", "psum_out": "psum out",
}

# Fills of bars. What stands side by side in a bar differs in lightness, for print in grey, and in more than red
# against green, for readers without full colour vision. A level is the darker the farther it is from the MAC.
LEVEL_COLOURS = {
    "dram": "#22255e", "global_buffer": "#0067a5", "network": "#d55e00", "neighbour": "#eda63b",
    "register_file": "#a5d5f2", "mac": "#efefef",
}
TENSOR_COLOURS = {"ifmap": "#00574e", "weight": "#c26b9c", "psum": "#cfe3b4", "mac": "#efefef"}
STATE_STYLES = {  # colour, hatch
    "mac": ("#22255e", ""), "gated_mac": ("#0072b2", "////"), "psum_accumulate": ("#8fcaf0", ""),
    "wait_ifmap": ("#7f2704", ""), "wait_weight": ("#d55e00", "\\\\\\\\"), "wait_psum": ("#eda63b", "||||"),
    "wait_output_space": ("#f8e796", "...."), "fill_drain": ("#b5b5b5", ""), "unmapped": ("#f4f4f4", ""),
}
LINK_STYLES = {"busy": ("#22255e", ""), "blocked": ("#eda63b", "////"), "idle": ("#f4f4f4", "")}

WIDTH = 7.0  # inches: both columns of a paper
ALL = "all layers"  # in the place of a layer; no layer can be called so


class BadInput(Exception):
    """Input that cannot be plotted; the message begins with the path."""

    def __init__(self, path, message):
        super().__init__(weir_files.printable(f"{path}: error: {message}"))


@dataclass
class Results:
    """A result folder, checked."""

    folder: Path
    stats: dict
    layers: list  # the rows of layers.csv
    accesses: list  # those of accesses.csv

    @property
    def title(self):
        """What was run, for the head of a plot."""
        inputs = self.stats["inputs"]
        names = [_name(inputs[key], key) for key in ("accelerator", "workload", "dataflow")]
        return ", ".join([*names, f"batch {weir_files.printable(inputs['batch'])}"]) + without(inputs)

    @property
    def names(self):
        """The layers' names in order."""
        return [row["layer"] for row in self.layers]

    @property
    def macs(self):
        """The layers' MACs, and their sum."""
        return with_sum([row["macs"] for row in self.layers])

    def need_macs(self):
        """Raises BadInput where no layer has MACs, as of memory-bound layers alone."""
        if self.macs[-1] == 0:
            raise BadInput(self.folder / "layers.csv", "no layer has MACs, by which this is drawn")


def without(inputs):
    """What the head of a plot says of nodes that the workload lacks."""
    missing = inputs["workload"].get("missing") if isinstance(inputs.get("workload"), dict) else None
    if not isinstance(missing, dict) or not missing.get("mac_nodes"):
        return ""
    return weir_files.printable(f", without {missing['mac_nodes']} of {missing.get('of_mac_nodes', '?')} nodes with MACs")


def _name(value, key):
    """An input is a name, or an object that holds its name under its own kind."""
    if isinstance(value, dict):
        value = value.get(key, "?")
    return "given mapping" if value in (None, "") else weir_files.printable(value)


def _read(path):
    try:
        return weir_files.read(path).decode("utf-8")
    except FileNotFoundError:
        raise BadInput(path, "no such file; give the folder that `weir run --out` or `weir compare --out` wrote") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(path, f"cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None


def _load_json(path):
    try:
        stats = json.loads(_read(path))
    except json.JSONDecodeError as error:
        raise BadInput(path, f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError:  # of Python's own limit
        raise BadInput(path, "not JSON: a number of too many digits") from None
    except RecursionError:
        raise BadInput(path, "not JSON: nested too deeply") from None
    if not isinstance(stats, dict):
        raise BadInput(path, "must hold an object")
    return stats


def _is_number(value):
    """Whether bars and scales can be made of it: at least 0, and neither so large nor so small that it must be wrong."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return value == 0 or 1e-30 <= value <= 1e30


def lookup(value, path, keys, kind):
    """The value below `keys`, of type `kind`; `path` is the file, for messages."""
    for depth, key in enumerate(keys):
        place = ".".join(map(str, keys[: depth + 1]))
        if not isinstance(value, dict) or key not in value:
            raise BadInput(path, f"lacks {place}")
        value = value[key]
    if kind is float:
        if not _is_number(value):
            raise BadInput(path, f"{'.'.join(keys)} must be a number of at least 0")
    elif not isinstance(value, kind) or (kind is str and not value.isprintable()):
        raise BadInput(path, f"{'.'.join(keys)} must be {_KINDS[kind]}")
    return value


_KINDS = {dict: "an object", list: "a list", str: "a text"}


def _number_of(text):
    """What a text says, if it is a finite number of at least 0."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if "_" not in text and _is_number(number) else None


def _load_csv(path, texts, numbers):
    """The rows of a table with at least these columns; the others stay as they are written."""
    try:
        head, *lines = csv.reader(io.StringIO(_read(path), newline=""), strict=True)
    except csv.Error as error:
        raise BadInput(path, f"not a table of comma-separated values: {error}") from None
    except ValueError:
        raise BadInput(path, "is empty") from None
    missing = [name for name in [*texts, *numbers] if head.count(name) != 1]
    if missing:
        raise BadInput(path, f"{'has more than one' if missing[0] in head else 'lacks the'} column {missing[0]}")
    lines = [line for line in lines if line]
    if not lines:
        raise BadInput(path, "has no rows")
    rows = []
    for number, line in enumerate(lines, 1):
        if len(line) != len(head):
            raise BadInput(path, f"row {number} has {len(line)} cells; allowed is {len(head)}, as the head has")
        row = dict(zip(head, line))
        for name in texts:  # the apostrophe is for spreadsheets
            row[name] = re.sub(r"^'(?=[=+@-])", "", row[name])
        for name in numbers:
            row[name] = _number_of(row[name])
            if row[name] is None:
                raise BadInput(path, f"{name} must be a number of at least 0 (row {number})")
        rows.append(row)
    return rows


def load(folder):
    """The results in `folder`; raises BadInput if a file is missing, malformed or contradicts another."""
    folder = Path(folder)
    stats_path, layers_path, accesses_path = (folder / name for name in ("stats.json", "layers.csv", "accesses.csv"))
    stats = _load_json(stats_path)
    for key, kind in (("inputs", dict), ("layers", list), ("totals", dict), ("energy_unit", str)):
        lookup(stats, stats_path, [key], kind)
    for key in ("accelerator", "workload", "dataflow", "batch"):
        if key not in stats["inputs"]:
            raise BadInput(stats_path, f"lacks inputs.{key}")
    if stats["energy_unit"] not in ("MAC", "pJ"):
        raise BadInput(stats_path, "energy_unit must be MAC or pJ")

    layers = _load_csv(layers_path, ["layer", "kind", "bound_by"], ["macs", "cycles", "energy", "dram_words"])
    for row in layers:
        for key in ("macs", "cycles"):
            if row[key] == 0 and (key != "macs" or row["kind"] in MULTIPLIED):
                raise BadInput(layers_path, f"{key} of layer {row['layer']} is 0")
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", row["layer"]):
            raise BadInput(layers_path, f"'{row['layer']}' is no name of a layer")
    names = [layer.get("layer") if isinstance(layer, dict) else None for layer in stats["layers"]]
    if names != [row["layer"] for row in layers] or len(set(names)) != len(names):
        raise BadInput(layers_path, "its layers are not those of stats.json")

    accesses = _load_csv(accesses_path, ["layer", "level", "tensor", "action"], ["count", "energy"])
    sums = dict.fromkeys(names, 0.0)
    for number, row in enumerate(accesses, 1):
        for column, allowed in (("layer", sums), ("level", LEVELS), ("tensor", TENSORS)):
            if row[column] not in allowed:
                raise BadInput(accesses_path, f"unknown {column} '{row[column]}' (row {number})")
        sums[row["layer"]] += row["energy"]
    for row in layers:
        energy = sums[row["layer"]]
        if not math.isclose(energy, row["energy"], rel_tol=1e-3):
            raise BadInput(accesses_path, f"the energies of layer {row['layer']} add up to {energy:g}, layers.csv has {row['energy']:g}")
    return Results(folder, stats, layers, accesses)


def with_sum(values):
    """An array of the values, and their sum behind them."""
    return np.append(np.asarray(values, float), np.sum(values))


def scaled(values, unit):
    """A factor for `values` that makes numbers of one to four digits of them, and the unit of these, in words."""
    largest = max(values)
    exponent = 3 * math.floor(math.log10(largest) / 3) if largest > 0 else 0
    if unit == "pJ":
        exponent = min(max(exponent, 0), 12)
        return 10.0**-exponent, {0: "pJ", 3: "nJ", 6: "µJ", 9: "mJ", 12: "J"}[exponent]
    exponent = max(exponent, 0)
    power = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return 10.0**-exponent, (f"10{power} " if exponent else "") + "MAC energies"


def short(value):
    """Three significant digits, no exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def style(size=10):
    plt.rcParams.update({
        "font.size": size, "axes.titlesize": size, "axes.labelsize": size, "xtick.labelsize": size - 1,
        "ytick.labelsize": size - 1, "legend.fontsize": size - 1, "font.family": "DejaVu Sans",
        "axes.spines.top": False, "axes.spines.right": False, "axes.linewidth": 0.8, "axes.titlelocation": "left",
        "legend.frameon": False, "text.parse_math": False, "hatch.linewidth": 0.5, "svg.hashsalt": "weir", "savefig.dpi": 200,
    })


def rows(title, heights):
    """A figure with a title and, below it, a subfigure of each height (inches)."""
    head = 0.3
    figure = plt.figure(figsize=(WIDTH, head + sum(heights)), layout="constrained")
    top, *parts = figure.subfigures(1 + len(heights), 1, height_ratios=[head, *heights])
    top.text(0.01, 0.5, title, fontweight="bold", va="center")
    return figure, parts


LEGEND_LINE = 0.21  # inches


def legend(part, handles, labels=None, title=None, ncols=3):
    """A legend that fills a subfigure of its own, of a height of LEGEND_LINE a line."""
    labels = [handle.get_label() for handle in handles] if labels is None else labels
    box = part.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.005, 1.0), ncols=ncols, title=title,
                      handlelength=1.8, columnspacing=1.4, borderaxespad=0)
    box._legend_box.align = "left"


def save(figure, folder, name):
    """Writes <name>.png and <name>.svg."""
    for suffix, metadata in (("png", {"Software": "Weir"}), ("svg", {"Date": None})):
        path = Path(folder) / f"{name}.{suffix}"
        picture = io.BytesIO()
        figure.savefig(picture, format=suffix, metadata=metadata)
        try:
            weir_files.write(path, picture.getvalue())
        except OSError as error:
            raise BadInput(path, f"cannot be written: {error.strerror or error}") from None
        print(path)
        figure.set_layout_engine("none")  # keeps the places for the next


def main(name, description, draw, argv=None, load=load, command="weir run --out"):
    """The command line of a plot script: draw(load(folder)) gives the figure. Returns the exit code."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("results", metavar="RESULT_DIR", help=f"the folder that `{command}` wrote")
    parser.add_argument("--out", metavar="DIR", help="where the pictures go (default: RESULT_DIR)")
    arguments = parser.parse_args(argv)
    style()
    try:
        results = load(arguments.results)
        figure = draw(results)
        save(figure, arguments.out or arguments.results, name)
        plt.close(figure)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    return 0

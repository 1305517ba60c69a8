#!/usr/bin/env python3
"""Draws dataflows side by side, in all and layer by layer: compare.png and compare.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib")

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import weir_files
import weir_plot as wp

PANELS = [  # key of a row, head with its unit, factor
    ("milliseconds", "time [ms]", 1),
    ("mac_utilization", "MAC utilization [%]", 100),
    ("dram_words_per_mac", "DRAM accesses\nper 1000 MACs", 1000),
    ("energy_delay_product", "", None),
]


@dataclass
class Comparison:
    """A compare.json, checked: the pairs, and for each its totals and its layers as rows of numbers."""

    path: Path
    data: dict

    @property
    def pairs(self):
        return self.data["pairs"]

    @property
    def totals(self):
        """Where the pairs that are in the totals stand, and their totals."""
        there = [(i, pair["totals"]) for i, pair in enumerate(self.pairs) if pair.get("totals") is not None]
        return [i for i, _ in there], [row for _, row in there]

    @property
    def unit(self):
        return self.data["energy_unit"]

    @property
    def title(self):
        """What is compared, for the head of a plot."""
        inputs = self.data["inputs"]
        names = [wp._name(inputs["workload"], "workload")]
        for key in ("accelerator", "dataflow"):
            values = list(dict.fromkeys(pair[key] for pair in self.pairs))
            if len(values) == 1:
                names.append(values[0])
        common, layers = len(self.data["common_layers"]), len(self.data["layers"])
        part = "" if common == layers else f", {common} of {layers} layers"
        return ", ".join([*names, f"batch {weir_files.printable(inputs['batch'])}"]) + part + wp.without(inputs)


def load(folder):
    """The comparison in `folder`; raises BadInput if its file is missing or malformed."""
    path = Path(folder) / "compare.json"
    data = wp._load_json(path)
    kinds = {"inputs": dict, "pairs": list, "layers": list, "common_layers": list, "energy_unit": str}
    for key, kind in kinds.items():
        wp.lookup(data, path, [key], kind)
    for key in ("workload", "batch"):
        if key not in data["inputs"]:
            raise wp.BadInput(path, f"lacks inputs.{key}")
    if data["energy_unit"] not in ("MAC", "pJ"):
        raise wp.BadInput(path, "energy_unit must be MAC or pJ")
    for key in ("pairs", "layers"):
        if not data[key]:
            raise wp.BadInput(path, f"has no {key}")
    for name in data["layers"]:
        if not isinstance(name, str) or not name.isprintable() or data["layers"].count(name) > 1:
            raise wp.BadInput(path, "layers must be names, each once")
    for pair in data["pairs"]:
        for key in ("name", "accelerator", "dataflow"):
            wp.lookup(pair, path, [key], str)
        rows = wp.lookup(pair, path, ["layers"], list)
        totals = [] if pair.get("totals") is None else [pair["totals"]]
        for row in rows:
            if wp.lookup(row, path, ["layer"], str) not in data["layers"]:
                raise wp.BadInput(path, f"{row['layer']} is none of its layers")
        for row in [*totals, *rows]:
            for key in ("macs", *(f"energy_{part}" for part in [*wp.LEVELS, *wp.TENSORS]), *(key for key, _, _ in PANELS)):
                wp.lookup(row, path, [key], float)
        if totals and totals[0]["macs"] == 0:
            raise wp.BadInput(path, "totals.macs must not be 0")
    if all(pair.get("totals") is None for pair in data["pairs"]):
        raise wp.BadInput(path, "has no totals: there is no layer that any pair can map")
    return Comparison(path, data)


def energies(rows, parts, factors):
    """Energies times a factor of each row: an array for each part, with a value for each of `rows`."""
    return {part: np.array([row[f"energy_{part}"] for row in rows]) * factors for part in parts}


def letter(index):
    return chr(ord("a") + index % 26)


def stack(axes, positions, table, colours, width):
    bottom = 0
    for part, values in table.items():
        axes.bar(positions, values, width, bottom=bottom, color=colours[part], edgecolor="black", linewidth=0.4,
                 label=wp.LABELS.get(part, part))
        bottom = bottom + values
    return bottom


def total_bars(axes, comparison, parts, colours, title):
    positions, totals = comparison.totals
    table = energies(totals, parts, 1 / np.array([row["macs"] for row in totals]))
    heights = stack(axes, positions, table, colours, 0.7)
    for position, height in zip(positions, heights if heights[0] > 0 else []):
        axes.annotate(f"×{wp.short(height / heights[0])}", (position, height), xytext=(0, 2), ha="center",
                      textcoords="offset points", fontsize=8)
    left_out(axes, comparison, 7)
    axes.set_title(title)
    axes.set_ylim(0, heights.max() * 1.13 or 1)
    names(axes, comparison)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.03), handlelength=1.1,
                fontsize=7.5, handletextpad=0.5)


def left_out(axes, comparison, size):
    """Says of the pairs that are not in the totals why there is no bar."""
    for position, pair in enumerate(comparison.pairs):
        if pair.get("totals") is None:
            axes.annotate("not in the totals" if pair["layers"] else "not mapped", (position, 0), xytext=(0, 3), ha="center",
                          va="bottom", textcoords="offset points", rotation=90, fontsize=size)


def names(axes, comparison):
    """The pairs' letters and names below the bars."""
    count = len(comparison.pairs)
    axes.set_xticks(range(count), [letter(i) for i in range(count)])
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, count - 0.4)


def numbers(axes, comparison, key, head, factor):
    positions, totals = comparison.totals
    values = [row[key] for row in totals]
    if factor is None:
        factor, unit = wp.scaled(values, comparison.unit)
        head = f"energy × time\n[{unit.replace('MAC energies', 'MAC')} ms]"
    values = [value * factor for value in values]
    axes.bar(positions, values, 0.7, color="#a5d5f2", edgecolor="black", linewidth=0.4)
    for position, value in zip(positions, values):
        axes.annotate(wp.short(value), (position, value), xytext=(0, 2), textcoords="offset points", ha="center",
                      fontsize=7)
    left_out(axes, comparison, 5.5)
    axes.set_title(head, fontsize=8.5)
    axes.set_ylim(0, max(values) * 1.13 or 1)
    axes.tick_params(axis="y", labelsize=7)
    names(axes, comparison)


def by_layer_together(axes, comparison, factor):
    """A group of bars for each layer, in the pairs' order."""
    pairs = comparison.pairs
    width = 0.84 / len(pairs)
    small = len(comparison.data["layers"]) * len(pairs) > 30
    for i, pair in enumerate(pairs):
        rows = {row["layer"]: row for row in pair["layers"]}
        mapped = [name for name in comparison.data["layers"] if name in rows]
        at = [comparison.data["layers"].index(name) - 0.42 + (i + 0.5) * width for name in mapped]
        if mapped:
            table = energies([rows[name] for name in mapped], wp.LEVELS, factor)
            stack(axes, at, table, wp.LEVEL_COLOURS, width * 0.9)
        for position, name in enumerate(comparison.data["layers"]):
            x = position - 0.42 + (i + 0.5) * width
            axes.annotate(letter(i), (x, 0), xytext=(0, -2), textcoords="offset points", ha="center", va="top",
                          fontsize=5.5 if small else 7)
            if name not in rows:
                axes.annotate("not mapped", (x, 0), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom",
                              rotation=90, fontsize=5.5 if small else 7)
    axes.set_xticks(range(len(comparison.data["layers"])), comparison.data["layers"])
    axes.tick_params(axis="x", length=0, pad=11)
    axes.set_xlim(-0.6, len(comparison.data["layers"]) - 0.4)


def by_layer_apart(part, comparison, factor):
    """A row of bars for each pair, with one scale for all."""
    pairs, layers = comparison.pairs, comparison.data["layers"]
    panels = part.subplots(len(pairs), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for i, (axes, pair) in enumerate(zip(panels, pairs)):
        rows = {row["layer"]: row for row in pair["layers"]}
        mapped = [name for name in layers if name in rows]
        if mapped:
            stack(axes, [layers.index(name) for name in mapped],
                  energies([rows[name] for name in mapped], wp.LEVELS, factor), wp.LEVEL_COLOURS, 0.8)
        for name in layers:
            if name not in rows:
                axes.annotate("not mapped", (layers.index(name), 0), xytext=(0, 2), textcoords="offset points",
                              ha="center", va="bottom", rotation=90, fontsize=5.5)
        axes.set_title(f"{letter(i)}  {pair['name']}", fontsize=8, pad=3)
        axes.tick_params(axis="y", labelsize=7)
    size = min(6.5, 6.2 * 72 / len(layers) * 0.85)
    panels[-1].set_xticks(range(len(layers)), layers, rotation=90, fontsize=size)
    panels[-1].tick_params(axis="x", length=0)
    panels[-1].set_xlim(-0.7, len(layers) - 0.3)
    return panels


def draw(comparison):
    pairs, layers = comparison.pairs, comparison.data["layers"]
    per_mac = "pJ per MAC" if comparison.unit == "pJ" else "MAC energies per MAC"
    together = len(pairs) * len(layers) <= 60
    key = [f"{letter(i)}  {pair['name']}" for i, pair in enumerate(pairs)]
    columns = 3 if max(map(len, key)) < 30 else 2
    key_rows = -(-len(key) // columns)
    heights = [0.2 * key_rows + 0.05, 2.6, 1.75, 2.5 if together else 0.35 + 0.95 * len(pairs) + 0.5]
    figure, (top, upper, middle, lower) = wp.rows(comparison.title, heights)
    for i, text in enumerate(key):
        top.text(0.012 + 0.98 * (i // key_rows) / columns, 1 - (i % key_rows + 0.5) / key_rows, text, va="center", fontsize=9)

    left, right = upper.subplots(1, 2, sharey=True)
    total_bars(left, comparison, wp.LEVELS, wp.LEVEL_COLOURS, f"Energy by level (×: of {letter(comparison.totals[0][0])})")
    total_bars(right, comparison, [*wp.TENSORS, "mac"], wp.TENSOR_COLOURS, "Energy by tensor")
    left.set_ylabel(per_mac)
    for axes, (quantity, head, factor) in zip(middle.subplots(1, len(PANELS)), PANELS):
        numbers(axes, comparison, quantity, head, factor)
    most = max((sum(row[f"energy_{level}"] for level in wp.LEVELS) for pair in pairs for row in pair["layers"]),
               default=0)
    factor, unit = wp.scaled([most], comparison.unit)
    if together:
        axes = lower.subplots()
        by_layer_together(axes, comparison, factor)
        axes.set_title("Energy of each layer by level")
        axes.set_ylabel(unit)
    else:
        by_layer_apart(lower, comparison, factor)
        lower.supylabel(f"energy of each layer [{unit}]", fontsize=9)
    return figure


def main(argv=None):
    return wp.main("compare", __doc__, draw, argv, load=load, command="weir compare --out")


if __name__ == "__main__":
    sys.exit(main())

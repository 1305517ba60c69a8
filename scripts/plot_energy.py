#!/usr/bin/env python3
"""Draws where the energy of each layer goes, by level and by tensor: energy.png and energy.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib")

import sys

import numpy as np
import weir_plot as wp


def parts(results):
    """Two tables, each an array for each part with a value a layer and their sum: energy by level, and by tensor with the MACs apart."""
    place = {name: i for i, name in enumerate(results.names)}
    by_level = {level: np.zeros(len(place)) for level in wp.LEVELS}
    by_tensor = {tensor: np.zeros(len(place)) for tensor in [*wp.TENSORS, "mac"]}
    for row in results.accesses:
        level = row["level"]
        by_level[level][place[row["layer"]]] += row["energy"]
        by_tensor["mac" if level == "mac" else row["tensor"]][place[row["layer"]]] += row["energy"]
    return [{part: wp.with_sum(values) for part, values in table.items()} for table in (by_level, by_tensor)]


def stack(axes, positions, table, colours):
    bottom = 0
    for part, values in table.items():
        axes.bar(positions, values, 0.72, bottom=bottom, color=colours[part], label=wp.LABELS.get(part, part),
                 edgecolor="black", linewidth=0.4)
        bottom = bottom + values
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.01, 1.03), handlelength=1.3)


def draw(results):
    results.need_macs()
    drawn = np.flatnonzero(results.macs)  # layers without MACs are in the total only
    names = np.array([*results.names, wp.ALL])[drawn]
    macs = results.macs[drawn]
    by_level, by_tensor = ({part: values[drawn] for part, values in table.items()} for table in parts(results))
    unit = results.stats["energy_unit"]
    bars = len(drawn)
    crowded = bars > 12
    smaller = bars > 30
    positions = [*range(bars - 1), bars - 0.4]  # a gap before the total

    figure, (part,) = wp.rows(f"Energy per MAC: {results.title}", [5.7])
    top, bottom = part.subplots(2, 1, sharex=True)
    stack(top, positions, {part: values / macs for part, values in by_level.items()}, wp.LEVEL_COLOURS)
    stack(bottom, positions, {part: values / macs for part, values in by_tensor.items()}, wp.TENSOR_COLOURS)

    totals = sum(by_level.values())
    factor, totals_unit = wp.scaled(totals, unit)
    height = (totals / macs).max()
    for position, total, per_mac in zip(positions, totals, totals / macs):
        top.annotate(wp.short(total * factor), (position, per_mac), xytext=(0, 2),
                     textcoords="offset points", ha="center", va="bottom", rotation=90 if crowded else 0,
                     fontsize=5.5 if smaller else 8 if crowded else 9)
    for axes in (top, bottom):
        axes.set_ylim(0, height * (1.22 if crowded else 1.1) or 1)
        axes.set_ylabel("energy per MAC [pJ]" if unit == "pJ" else "energy per MAC\n[MAC energies]")
        axes.tick_params(axis="x", length=0)
    top.set_title(f"By level (above the bars: the layer's energy in {totals_unit})")
    bottom.set_title("By tensor")
    bottom.set_xticks(positions, names, rotation=90 if crowded else 0,
                      fontsize=6.5 if smaller else None)
    bottom.set_xlim(-0.6, positions[-1] + 0.6)
    return figure


def main(argv=None):
    return wp.main("energy", __doc__, draw, argv)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Draws where the energy of each layer goes, by level and by tensor: energy.png and energy.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter()

import sys

import pandas as pd
import weir_plot as wp


def parts(results):
    """Two tables, a row a layer and one of all layers: energy by level, and by tensor with the MACs apart."""
    accesses = results.accesses.assign(
        part=results.accesses["tensor"].where(results.accesses["level"] != "mac", "mac")
    )
    tables = []
    for column, order in (("level", wp.LEVELS), ("part", [*wp.TENSORS, "mac"])):
        table = accesses.pivot_table(index="layer", columns=column, values="energy", aggfunc="sum", fill_value=0.0)
        table = table.reindex(index=results.names, columns=order, fill_value=0.0)
        table.loc[wp.ALL] = table.sum()
        tables.append(table)
    return tables


def macs(results):
    """MACs by layer, and of all layers."""
    values = results.layers.set_index("layer")["macs"]
    return pd.concat([values, pd.Series({wp.ALL: values.sum()})])


def stack(axes, positions, table, colours):
    bottom = 0 * table.iloc[:, 0]
    for part in table.columns:
        axes.bar(positions, table[part], 0.72, bottom=bottom, color=colours[part], label=wp.LABELS.get(part, part),
                 edgecolor="black", linewidth=0.4)
        bottom = bottom + table[part]
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.01, 1.03), handlelength=1.3)


def draw(results):
    results.need_macs()
    by_level, by_tensor = parts(results)
    per_mac = macs(results)
    per_mac = per_mac[per_mac > 0]  # layers without MACs are in the total only
    by_level, by_tensor = by_level.loc[per_mac.index], by_tensor.loc[per_mac.index]
    unit = results.stats["energy_unit"]
    bars = len(by_level)
    crowded = bars > 12
    smaller = bars > 30
    positions = [*range(bars - 1), bars - 0.4]  # a gap before the total

    figure, (part,) = wp.rows(f"Energy per MAC: {results.title}", [5.7])
    top, bottom = part.subplots(2, 1, sharex=True)
    stack(top, positions, by_level.div(per_mac, axis=0), wp.LEVEL_COLOURS)
    stack(bottom, positions, by_tensor.div(per_mac, axis=0), wp.TENSOR_COLOURS)

    totals = by_level.sum(axis=1)
    factor, totals_unit = wp.scaled(totals, unit)
    height = (totals / per_mac).max()
    for position, name in zip(positions, by_level.index):
        top.annotate(wp.short(totals[name] * factor), (position, totals[name] / per_mac[name]), xytext=(0, 2),
                     textcoords="offset points", ha="center", va="bottom", rotation=90 if crowded else 0,
                     fontsize=5.5 if smaller else 8 if crowded else 9)
    for axes in (top, bottom):
        axes.set_ylim(0, height * (1.22 if crowded else 1.1) or 1)
        axes.set_ylabel("energy per MAC [pJ]" if unit == "pJ" else "energy per MAC\n[MAC energies]")
        axes.tick_params(axis="x", length=0)
    top.set_title(f"By level (above the bars: the layer's energy in {totals_unit})")
    bottom.set_title("By tensor")
    bottom.set_xticks(positions, by_level.index, rotation=90 if crowded else 0,
                      fontsize=6.5 if smaller else None)
    bottom.set_xlim(-0.6, positions[-1] + 0.6)
    return figure


if __name__ == "__main__":
    sys.exit(wp.main("energy", __doc__, draw))

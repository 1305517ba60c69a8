#!/usr/bin/env python3
"""Draws what the PEs and the links do in each layer's cycles: stalls.png and stalls.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter()

import sys

import pandas as pd
import weir_plot as wp


def shares(results, keys, states):
    """A table of each layer's and the total's cycles below stalls.<keys>, as shares that add up to 1."""
    path = results.folder / "stats.json"
    rows = {}
    for name, stats in [*zip(results.names, results.stats["layers"]), ("total", results.stats["totals"])]:
        rows[name] = {state: float(wp.lookup(stats, path, ["stalls", *keys, state], float)) for state in states}
        if sum(rows[name].values()) == 0:
            raise wp.BadInput(path, f"stalls.{'.'.join(keys)} of {name} are all 0")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=states)
    return table.div(table.sum(axis=1), axis=0)


def stack(axes, positions, table, styles, smallest, size):
    """Horizontal 100% bars; a share of at least `smallest` is also printed."""
    left = 0 * table.iloc[:, 0]
    for state in table.columns:
        colour, hatch = styles[state]
        axes.barh(positions, table[state], 0.76, left=left, color=colour, hatch=hatch, edgecolor="black",
                  linewidth=0.4, label=wp.LABELS.get(state, state), zorder=0.9, clip_on=False)
        # On a hatch the number gets a ground of the bar's colour.
        box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None
        for position, begin, share in zip(positions, left, table[state]):
            if share >= smallest:
                axes.text(begin + share / 2, position, f"{100 * share:.0f}", ha="center", va="center", bbox=box,
                          fontsize=size, color="white" if _dark(colour) else "black")
        left = left + table[state]
    axes.set_xlim(0, 1)
    axes.set_ylim(positions[-1] + 0.5, -0.5)
    axes.tick_params(axis="y", length=0)


def _dark(colour):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue < 110


def draw(results):
    pes = shares(results, ["pe"], wp.PE_STATES)
    links = {link: shares(results, ["links", link], wp.LINK_STATES) for link in wp.LINKS}
    rows = len(pes)
    room = max(rows, 4)
    crowded = rows > 20
    pitch, size = (0.16, 6.5) if crowded else (0.27, 8)
    positions = [*range(rows - 1), rows - 0.7]  # a gap before the total

    figure, (upper_legend, upper, lower_legend, lower) = wp.rows(
        f"PE and link cycles: {results.title}",
        [4.2 * wp.LEGEND_LINE, 0.65 + pitch * room, 2.2 * wp.LEGEND_LINE, 0.85 + pitch * room])

    axes = upper.subplots()
    stack(axes, positions, pes, wp.STATE_STYLES, 0.035, size)
    axes.set_yticks(positions, pes.index, fontsize=size if crowded else None)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20", "40", "60", "80", "100"])
    axes.set_xlabel("share of the PE cycles [%]")
    wp.legend(upper_legend, *axes.get_legend_handles_labels(), "What the PEs do")

    panels = lower.subplots(1, len(wp.LINKS), sharey=True)
    for panel, (link, table) in zip(panels, links.items()):
        stack(panel, positions, table, wp.LINK_STYLES, 0.2, size)
        panel.set_title("DRAM link" if link == "dram" else wp.LABELS.get(link, link), fontsize=9)
        panel.set_xticks([0, 0.5, 1], ["0", "50", "100"])
    panels[0].set_yticks(positions, pes.index, fontsize=size if crowded else None)
    panels[2].set_xlabel("share of the cycles [%]")
    wp.legend(lower_legend, *panels[0].get_legend_handles_labels(), "What the links do")
    return figure


if __name__ == "__main__":
    sys.exit(wp.main("stalls", __doc__, draw))

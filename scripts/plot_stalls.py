#!/usr/bin/env python3
"""Draws what the PEs and the links do in each layer's cycles: stalls.png and stalls.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib")

import sys

import numpy as np
import weir_plot as wp


def shares(results, keys, states):
    """Each layer's and the total's cycles below stalls.<keys>, as shares that add up to 1: an array for each state."""
    path = results.folder / "stats.json"
    rows = []
    for name, stats in [*zip(results.names, results.stats["layers"]), (wp.ALL, results.stats["totals"])]:
        rows.append([float(wp.lookup(stats, path, ["stalls", *keys, state], float)) for state in states])
        if sum(rows[-1]) == 0:
            raise wp.BadInput(path, f"stalls.{'.'.join(keys)} of {name} are all 0")
    cycles = np.array(rows)
    return dict(zip(states, (cycles / cycles.sum(axis=1, keepdims=True)).T))


def stack(axes, positions, table, styles, smallest, size):
    """Horizontal 100% bars; a share of at least `smallest` is also printed."""
    left = np.zeros(len(positions))
    for state, values in table.items():
        colour, hatch = styles[state]
        axes.barh(positions, values, 0.76, left=left, color=colour, hatch=hatch, edgecolor="black",
                  linewidth=0.4, label=wp.LABELS.get(state, state), zorder=0.9, clip_on=False)
        # On a hatch the number gets a ground of the bar's colour.
        box = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if hatch else None
        for position, begin, share in zip(positions, left, values):
            if share >= smallest:
                axes.text(begin + share / 2, position, f"{100 * share:.0f}", ha="center", va="center", bbox=box,
                          fontsize=size, color="white" if _dark(colour) else "black")
        left = left + values
    axes.set_xlim(0, 1)
    axes.set_ylim(positions[-1] + 0.5, -0.5)
    axes.tick_params(axis="y", length=0)


def _dark(colour):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue < 110


def draw(results):
    pes = shares(results, ["pe"], wp.PE_STATES)
    links = {link: shares(results, ["links", link], wp.LINK_STATES) for link in wp.LINKS}
    return draw_beside(results, pes, links) if len(results.names) >= 20 else draw_below(results, pes, links)


def draw_below(results, pes, links):
    """The links' panels below the PEs'."""
    pitch, size = 0.27, 8
    names = [*results.names, wp.ALL]
    height = pitch * max(len(names), 4)
    figure, (upper_legend, upper, lower_legend, lower) = wp.rows(
        f"PE and link cycles: {results.title}",
        [4.2 * wp.LEGEND_LINE, 0.65 + height, 2.2 * wp.LEGEND_LINE, 0.85 + height])
    axes = upper.subplots()
    panels = lower.subplots(1, len(wp.LINKS), sharey=True)
    draw_pes(axes, pes, names, size)
    draw_links(panels, links, positions_of(names), size)
    panels[0].set_yticks(positions_of(names), names)
    panels[2].set_xlabel("share of the cycles [%]")
    wp.legend(upper_legend, *axes.get_legend_handles_labels(), "What the PEs do")
    wp.legend(lower_legend, *panels[0].get_legend_handles_labels(), "What the links do")
    return figure


def draw_beside(results, pes, links):
    """Many layers: the links' panels beside the PEs', in the same rows, all on one page."""
    names = [*results.names, wp.ALL]
    pitch = max(0.085, min(0.16, 8 / len(names)))
    size = min(6.5, pitch * 72 * 0.62)
    figure, (upper_legend, lower_legend, below) = wp.rows(
        f"PE and link cycles: {results.title}",
        [4.2 * wp.LEGEND_LINE, 2.2 * wp.LEGEND_LINE, 0.85 + pitch * len(names)])
    axes, *panels = below.subplots(1, 1 + len(wp.LINKS), sharey=True, width_ratios=[5, *[1] * len(wp.LINKS)])
    draw_pes(axes, pes, names, size)
    draw_links(panels, links, positions_of(names), size, smallest=2)
    axes.set_title("PEs", fontsize=8)
    for panel in panels:
        panel.title.set_fontsize(8)
    axes.set_yticks(positions_of(names), names, fontsize=size)
    panels[2].set_xlabel("share of the cycles [%]")
    wp.legend(upper_legend, *axes.get_legend_handles_labels(), "What the PEs do")
    wp.legend(lower_legend, *panels[0].get_legend_handles_labels(), "What the links do")
    return figure


def positions_of(names):
    """A row a layer, and a gap before the total."""
    return [*range(len(names) - 1), len(names) - 0.7]


def draw_pes(axes, pes, names, size):
    stack(axes, positions_of(names), pes, wp.STATE_STYLES, 0.035, size)
    axes.set_yticks(positions_of(names), names)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1], ["0", "20", "40", "60", "80", "100"])
    axes.set_xlabel("share of the PE cycles [%]")


def draw_links(panels, links, positions, size, smallest=0.2):
    for panel, (link, table) in zip(panels, links.items()):
        stack(panel, positions, table, wp.LINK_STYLES, smallest, size)
        panel.set_title("DRAM link" if link == "dram" else wp.LABELS.get(link, link), fontsize=9)
        panel.set_xticks([0, 0.5, 1], ["0", "50", "100"])


def main(argv=None):
    return wp.main("stalls", __doc__, draw, argv)


if __name__ == "__main__":
    sys.exit(main())

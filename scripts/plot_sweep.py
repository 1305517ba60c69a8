#!/usr/bin/env python3
"""Draws a sweep: over one axis a curve for each combination of the others, and below where the energy goes; over two
numeric axes a heat map. With --panels a picture of curves for each value of one more axis, side by side. Writes
<sweep>-<quantity>.png and .svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib", "pandas")

import sys
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import weir_plot as wp
import weir_sweep as ws

LEVELS = [level for level in wp.LEVELS]
MOST_PANELS = 6


def is_geometric(values):
    """Whether numbers grow by factors rather than by steps."""
    values = np.array(values, dtype=float)
    if len(values) < 3 or (values <= 0).any():
        return False
    ratios, steps = values[1:] / values[:-1], values[1:] - values[:-1]
    return ratios.std() / ratios.mean() < steps.std() / abs(steps.mean())


def positions(sweep, x):
    """Where the values of a coordinate stand: evenly, as they are few; and their labels."""
    labels = sweep.labels[x]
    if sweep.is_numeric(x):
        labels = sorted(labels, key=float)
    return {label: i for i, label in enumerate(labels)}


def lines_of(sweep, x, panels=None):
    """The points of each combination of the other coordinates, in the file's order."""
    others = [c for c in sweep.coordinates if c not in (x, panels)]
    if not others:
        return [("", sweep.done)]
    keys = sweep.points[others].drop_duplicates().itertuples(index=False, name=None)
    lines = []
    for key in keys:
        rows = sweep.done
        for coordinate, value in zip(others, key):
            rows = rows[rows[coordinate] == value]
        name = ", ".join(value if not sweep.is_numeric(c) else f"{ws.short_path(c)} {value}" for c, value in zip(others, key))
        if len(rows):
            lines.append((name, rows))
    return lines


def axis_label(x):
    return " x ".join(ws.short_path(part) for part in x.split(" x "))


def draw_curves(sweep, x, quantity):
    sweep, label, unit = ws.in_round_numbers(sweep, quantity)
    place = positions(sweep, x)
    lines = lines_of(sweep, x)
    if len(lines) > len(ws.LINES):
        raise wp.BadInput(sweep.database, f"{len(lines)} curves; allowed are {len(ws.LINES)}: choose --x, or sweep less")
    shown = lines[:MOST_PANELS] if quantity in ("energy", "edp") else []
    columns = min(3, max(1, len(shown))) if len(shown) != 4 else 2
    panel_rows = -(-len(shown) // columns)
    heights = [legend_height(lines), 2.4]
    if shown:
        heights += [wp.LEGEND_LINE * 3.2, 0.4 + 1.9 * panel_rows]
    figure, parts = wp.rows(title(sweep), heights)

    axes = parts[1].subplots()
    for (name, rows), style in zip(lines, ws.LINES):
        rows = curve(axes, rows, x, place, quantity, name, style)
        least = rows.loc[rows[quantity].idxmin()]
        axes.plot(least["place"], least[quantity], marker=style[2], markersize=10, markerfacecolor="none", color=style[0])
    axes.set_ylim(0, 1.08 * sweep.done[quantity].max() or 1)
    axes.set_ylabel(label)
    axes.set_xlabel(axis_label(x) + "   (large marks: the least)")
    ticks(axes, place)
    if len(lines) > 1:
        wp.legend(parts[0], *axes.get_legend_handles_labels(), ncols=legend_columns(lines))

    if shown:
        panels = np.atleast_1d(parts[3].subplots(panel_rows, columns, sharey=True, squeeze=False)).ravel()
        for panel, (name, rows) in zip(panels, shown):
            stack(panel, rows, rows[x].map(place))
            panel.set_title(name, fontsize=9 if len(name) * columns < 110 else 7)
            panel.set_xlabel(axis_label(x), fontsize=9)
            ticks(panel, place)
        for panel in panels[len(shown):]:
            panel.axis("off")
        for panel in panels[::columns]:
            panel.set_ylabel(f"energy [{unit}]")
        wp.legend(parts[2], *panels[0].get_legend_handles_labels(), "Where the energy goes")
    return figure


def title(sweep):
    failed = len(sweep.points) - len(sweep.done)
    return f"{sweep.name}: {', '.join(sorted(sweep.points['workload'].unique()))}" + (
        f"; {failed} of {len(sweep.points)} points failed" if failed else "") + sweep.without


def legend_columns(lines):
    return 3 if max(len(name) for name, _ in lines) < 30 else 2


def legend_height(lines):
    return wp.LEGEND_LINE * (1 + -(-len(lines) // legend_columns(lines))) if len(lines) > 1 else 0.05


def curve(axes, rows, x, place, quantity, name, style):
    colour, dashes, marker = style
    rows = rows.assign(place=rows[x].map(place)).sort_values("place")
    axes.plot(rows["place"], rows[quantity], dashes, color=colour, marker=marker, markersize=4.5, label=name)
    return rows


def draw_panels(sweep, x, quantity, panels):
    """Curves over x, a picture of them for each value of `panels`, with one scale."""
    sweep, label, _ = ws.in_round_numbers(sweep, quantity)
    place = positions(sweep, x)
    values = list(positions(sweep, panels))
    names = list(dict.fromkeys(name for name, _ in lines_of(sweep, x, panels)))
    if len(names) > len(ws.LINES):
        raise wp.BadInput(sweep.database, f"{len(names)} curves; allowed are {len(ws.LINES)}: choose --x, or sweep less")
    if len(values) > MOST_PANELS:
        raise wp.BadInput(sweep.database, f"{len(values)} panels; allowed are {MOST_PANELS}")
    columns = min(3, len(values))
    styles = dict(zip(names, ws.LINES))
    lines = [(name, None) for name in names]
    panel_rows = -(-len(values) // columns)
    figure, parts = wp.rows(title(sweep),
                            [legend_height(lines), 0.3 + 2.4 * panel_rows])
    grid = parts[1].subplots(panel_rows, columns, sharey=True, squeeze=False)
    handles = {}
    for axes, value in zip(grid.ravel(), values):
        some = replace(sweep, points=sweep.points[sweep.points[panels] == value])
        for name, rows in lines_of(some, x, panels):
            curve(axes, rows, x, place, quantity, name, styles[name])
        handles |= {label: handle for handle, label in zip(*axes.get_legend_handles_labels())}
        missing = some.points[some.points["failure"] != ""]
        if len(missing):
            axes.text(0.98, 0.02, f"{len(missing)} of {len(some.points)} points failed", transform=axes.transAxes, ha="right",
                      fontsize=7)
        axes.set_title(f"{axis_label(panels)} {value}" if sweep.is_numeric(panels) else value, fontsize=9)
        axes.set_xlabel(axis_label(x), fontsize=9)
        axes.set_ylim(0, 1.08 * sweep.done[quantity].max() or 1)
        ticks(axes, place)
    for axes in grid.ravel()[len(values):]:
        axes.axis("off")
    for row in grid:
        row[0].set_ylabel(label)
    if len(names) > 1:
        wp.legend(parts[0], [handles[name] for name in names], names, ncols=legend_columns(lines))
    return figure


def stack(axes, rows, places):
    """Bars of the energy by level."""
    bottom = np.zeros(len(rows))
    for level in LEVELS:
        part = rows[f"energy_{level}"].to_numpy(dtype=float)
        axes.bar(places, part, 0.8, bottom=bottom, color=wp.LEVEL_COLOURS[level], edgecolor="black", linewidth=0.4,
                 label=wp.LABELS[level])
        bottom = bottom + part


def ticks(axes, place):
    labels = list(place)
    size = 8 if len(labels) <= 10 and max(map(len, labels)) <= 5 else 7
    axes.set_xticks(range(len(labels)), labels, fontsize=size, rotation=0 if size == 8 else 45, ha="center" if size == 8 else "right")


def draw_heat_maps(sweep, x, y, quantity):
    others = [c for c in sweep.coordinates if c not in (x, y)]
    keys = list(sweep.points[others].drop_duplicates().itertuples(index=False, name=None)) if others else [()]
    if len(keys) > MOST_PANELS:
        raise wp.BadInput(sweep.database, f"{len(keys)} heat maps; allowed are {MOST_PANELS}: choose --x, or sweep less")
    sweep, label, _ = ws.in_round_numbers(sweep, quantity)
    columns, rows_of_y = positions(sweep, x), positions(sweep, y)
    height = 0.9 + 0.3 * len(rows_of_y)
    figure, parts = wp.rows(f"{title(sweep)}; {label}", [height * len(keys)])
    panels = parts[0].subplots(len(keys), 1, squeeze=False).ravel()
    values = sweep.done[quantity].astype(float)
    least, most = values.min(), values.max()
    for panel, key in zip(panels, keys):
        grid = np.full((len(rows_of_y), len(columns)), np.nan)
        for _, point in sweep.done.iterrows():
            if all(point[c] == value for c, value in zip(others, key)):
                grid[rows_of_y[point[y]], columns[point[x]]] = point[quantity]
        for _, point in sweep.points[sweep.points["failure"] != ""].iterrows():
            if all(point[c] == value for c, value in zip(others, key)):
                panel.text(columns[point[x]], rows_of_y[point[y]], "failed", ha="center", va="center", fontsize=7)
        image = panel.imshow(grid, cmap="cividis_r", vmin=least, vmax=most, aspect="auto", origin="lower")
        for row, column in np.argwhere(~np.isnan(grid)):
            value = grid[row, column]
            dark = (value - least) / ((most - least) or 1) > 0.5
            text = wp.short(value) if value < 1e5 else f"{value:.3g}"
            panel.text(column, row, text, ha="center", va="center", fontsize=7, color="white" if dark else "black",
                       fontweight="bold" if value == np.nanmin(grid) else None)
        panel.set_xticks(range(len(columns)), list(columns), fontsize=8)
        panel.set_yticks(range(len(rows_of_y)), list(rows_of_y), fontsize=8)
        panel.set_xlabel(axis_label(x))
        panel.set_ylabel(axis_label(y))
        panel.set_title(", ".join(key) + ("   " if key else "") + "(bold: the least)", fontsize=9)
        parts[0].colorbar(image, ax=panel)
    return figure


def default_quantity(sweep):
    """Of points with other numbers of MACs, sums say nothing."""
    if sweep.done["macs"].nunique() > 1:
        return "energy_per_mac"
    return "milliseconds" if set(sweep.points["objective"]) == {"latency"} else "energy"


def draw(sweep, arguments):
    for coordinate in (arguments.x, arguments.y, arguments.panels):
        if coordinate is not None and coordinate not in sweep.coordinates:
            raise wp.BadInput(sweep.database, f"{coordinate} does not vary; allowed is {', '.join(sweep.coordinates)}")
    if not sweep.coordinates:
        raise wp.BadInput(sweep.database, "nothing varies: there is no curve to draw")
    coordinates = [c for c in sweep.coordinates if c != arguments.panels]
    if not coordinates or arguments.panels and arguments.panels in (arguments.x, arguments.y):
        raise wp.BadInput(sweep.database, f"--panels {arguments.panels} leaves no other axis")
    numeric = [c for c in coordinates if sweep.is_numeric(c) and len(sweep.labels[c]) > 2]
    x = arguments.x or (numeric or sorted(coordinates, key=lambda c: -len(sweep.labels[c])))[0]
    y = arguments.y or next((c for c in numeric if c != x), None)
    quantity = arguments.quantity or default_quantity(sweep)
    name = f"{sweep.name}-{quantity}"
    if arguments.panels:
        return name, draw_panels(sweep, x, quantity, arguments.panels)
    if y and not arguments.curves:
        return name, draw_heat_maps(sweep, x, y, quantity)
    return name, draw_curves(sweep, x, quantity)


def add_options(parser):
    parser.add_argument("--quantity", choices=list(ws.QUANTITIES),
                        help="what to draw (default: energy; milliseconds where that was made least; "
                             "energy_per_mac where MACs differ)")
    parser.add_argument("--x", metavar="PATH", help="the axis to the right")
    parser.add_argument("--y", metavar="PATH", help="the other axis of a heat map")
    parser.add_argument("--panels", metavar="PATH", help="curves for each value of this axis side by side")
    parser.add_argument("--curves", action="store_true", help="curves, even where two axes are numeric")


def main(argv=None):
    return ws.main(__doc__, draw, add_options, argv)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Draws the points of a sweep by two costs, and names those that no other point beats in both: the Pareto front.
Writes <sweep>-pareto.png and .svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib", "pandas")

import sys

import weir_plot as wp
import weir_sweep as ws

MOST_NAMED = 24


def front_of(points, x, y):
    """The rows that no other row equals or beats in both columns, by rising x; of equal rows the first."""
    best, front = float("inf"), []
    for index, row in points.sort_values([x, y, "position"]).iterrows():
        if row[y] < best:
            best = row[y]
            front.append(index)
    return points.loc[front]


def draw(sweep, arguments):
    x, y = arguments.x, arguments.y
    sweep, label_x, _ = ws.in_round_numbers(sweep, x)
    sweep, label_y, _ = ws.in_round_numbers(sweep, y) if y != x else (sweep, label_x, None)
    done = sweep.done
    front = front_of(done, x, y)
    named = front.head(MOST_NAMED)
    group = next((c for c in sweep.coordinates if not sweep.is_numeric(c)), None)
    groups = sweep.labels[group] if group else [None]
    figure, (legend_part, part, names) = wp.rows(
        f"{sweep.name}: {len(done)} points, {len(front)} on the front{sweep.without}",
        [wp.LEGEND_LINE * (1 + -(-(len(groups) + 1) // 3)), 3.2, 0.1 + 0.155 * (len(named) + (len(front) > len(named)))])
    axes = part.subplots()
    for i, value in enumerate(groups):
        colour, _, marker = ws.LINES[i % len(ws.LINES)]
        rows = done if value is None else done[done[group] == value]
        axes.plot(rows[x], rows[y], marker, color=colour, markersize=4, alpha=0.75, label=value or "points")
    axes.step(front[x], front[y], where="post", color="black", linewidth=0.9, label="Pareto front")
    for number, (_, row) in enumerate(named.iterrows(), 1):
        axes.annotate(str(number), (row[x], row[y]), textcoords="offset points", xytext=(-4, -8), fontsize=7, ha="right")
    for values, scale in ((done[x], axes.set_xscale), (done[y], axes.set_yscale)):
        if values.min() > 0 and values.max() > 8 * values.min():  # else the front's points lie on each other
            scale("log")
    axes.set_xlabel(label_x)
    axes.set_ylabel(label_y)
    axes.margins(0.08)
    wp.legend(legend_part, *axes.get_legend_handles_labels(), group)
    lines = [f"{number}: {sweep.point_name(row)}  ({row[x]:.4g}, {row[y]:.4g})" for number, (_, row) in enumerate(named.iterrows(), 1)]
    if len(front) > len(named):
        lines.append(f"and {len(front) - len(named)} more")
    names.text(0.01, 1.0, "\n".join(lines), fontsize=7, va="top")
    return f"{sweep.name}-pareto", figure


def add_options(parser):
    costs = [name for name in ws.QUANTITIES if name != "mac_utilization"]
    parser.add_argument("--x", default="milliseconds", choices=costs, help="the cost to the right (default: milliseconds)")
    parser.add_argument("--y", default="energy", choices=costs, help="the cost upwards (default: energy)")


def main(argv=None):
    return ws.main(__doc__, draw, add_options, argv)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Draws each layer's speed below the roofs of the machine: roofline.png and roofline.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib")

import math
import sys
from dataclasses import dataclass, replace

import weir_plot as wp
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

MARKERS = {"MAC": "o", "ifmap": "s", "weight": "^", "psum_in": "v", "psum_out": "D", "DRAM": "X"}
NETWORKS = ["ifmap", "weight", "psum_in", "psum_out"]


@dataclass
class Point:
    """A layer, or several that are alike: MACs per DRAM word, MACs per cycle, and what the busiest network allows of the latter."""

    name: str
    intensity: float
    speed: float
    network_bound: float
    bound_by: str


def points(results):
    path = results.folder / "stats.json"
    result = []
    for row, stats in zip(results.layers, results.stats["layers"]):
        if row["macs"] == 0:  # a memory-bound layer: no MACs to have a roof
            continue
        if row["dram_words"] == 0:
            raise wp.BadInput(results.folder / "layers.csv", f"dram_words of layer {row['layer']} is 0")
        if row["bound_by"] not in MARKERS:
            raise wp.BadInput(results.folder / "layers.csv", f"unknown bound_by '{row['bound_by']}'")
        busy = max(wp.lookup(stats, path, ["stalls", "links", link, "busy"], float) for link in NETWORKS)
        result.append(Point(row["layer"], row["macs"] / row["dram_words"], row["macs"] / row["cycles"],
                            row["macs"] / busy if busy else math.inf, row["bound_by"]))
    return merged(result)


def merged(layers):
    """Layers at the same place as one point: the blocks of a network repeat."""
    places = {}
    for point in layers:
        places.setdefault((point.intensity, point.speed, point.network_bound, point.bound_by), []).append(point)
    return [replace(alike[0], name=alike[0].name + (f" and {len(alike) - 1} alike" if len(alike) > 1 else ""))
            for alike in places.values()]


def roofs(results):
    """MACs per cycle of all PEs, and words per cycle of the link to DRAM."""
    path = results.folder / "stats.json"
    peak = wp.lookup(results.stats, path, ["pes"], float)
    link = wp.lookup(results.stats, path, ["inputs", "accelerator", "dram", "words_per_cycle"], float)
    if peak == 0 or link == 0:
        raise wp.BadInput(path, "pes and inputs.accelerator.dram.words_per_cycle must not be 0")
    return peak, link


def trace(axes, begin, end):
    """Points every few pixels on the line between two points in data coordinates, in pixels."""
    (x0, y0), (x1, y1) = axes.transData.transform([begin, end])
    steps = max(1, int(math.hypot(x1 - x0, y1 - y0) // 4))
    return [(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps + 1)]


def place_labels(figure, axes, names, anchors, obstacles, size):
    """Writes each name near its anchor (data coordinates), where it covers no other name, anchor or obstacle (pixels);
    with a line to the anchor where it is not beside it. Returns the texts."""
    pixel = figure.dpi / 72
    frame = axes.get_window_extent()
    spots = [tuple(spot) for spot in axes.transData.transform(anchors)]
    texts = [axes.annotate(name, anchor, xytext=(0, 0), textcoords="offset points", fontsize=size, ha="center",
                           va="center", zorder=5, in_layout=False) for name, anchor in zip(names, anchors)]
    extents = [text.get_window_extent() for text in texts]

    def candidates(i):
        """Places around spot i, nearest first: the offset of the text, that of its nearest point, its box, the line."""
        half = (extents[i].width / 2 / pixel, extents[i].height / 2 / pixel)
        for distance in (5, 8, 12, 17, 23, 30, 38, 48, 60, 75, 90):
            for step in range(16):
                # Rightwards first, then alternately up and down from there.
                angle = math.pi / 8 * ((step + 1) // 2) * (1 if step % 2 else -1)
                offset = (math.cos(angle) * (distance + half[0]), math.sin(angle) * (distance + half[1]))
                box = extents[i].translated(offset[0] * pixel, offset[1] * pixel).padded(pixel)
                near = tuple(offset[k] - max(-half[k], min(half[k], offset[k])) for k in range(2))
                line = [(spots[i][0] + near[0] * pixel * t / 20, spots[i][1] + near[1] * pixel * t / 20)
                        for t in range(5, 20)] if math.hypot(*near) >= 9 else []
                yield distance / 4, offset, near, box, line

    def arrange(order):
        """Places one name after another where it costs least; gives the sum of the costs and the places."""
        boxes, lines, places, total = [], [], {}, 0
        for i in order:
            best = (math.inf,)
            for cost, offset, near, box, line in candidates(i):
                if cost >= best[0]:
                    break  # all others are as far or farther
                inside = frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1
                cost += 0 if inside else 50
                wide = box.padded(3 * pixel)
                cost += 100 * sum(box.overlaps(other) for other in boxes)
                cost += 20 * sum(wide.contains(*spot) for spot in spots)
                if cost >= best[0]:
                    continue
                cost += sum(box.contains(*point) for point in [*obstacles, *lines])
                cost += 3 * sum(other.contains(*point) for point in line for other in boxes)
                cost += 3 * sum(math.dist(point, spot) < 4 * pixel for point in line for spot in spots if spot != spots[i])
                if cost < best[0]:
                    best = (cost, offset, near, box, line)
            total += best[0]
            places[i] = best[1:]
            boxes.append(best[3])
            lines += best[4]
        return total, places

    order = sorted(range(len(names)), key=lambda i: sum(math.dist(spots[i], spot) < 30 * pixel for spot in spots))
    _, places = min(arrange(order), arrange(order[::-1]), key=lambda result: result[0])
    for i, (offset, near, _, line) in places.items():
        texts[i].set_position(offset)
        if line:
            axes.annotate("", anchors[i], xytext=near, textcoords="offset points", in_layout=False, zorder=3,
                          arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": "#555555", "shrinkA": 0, "shrinkB": 2})
    return texts


def plain_ticks(axis):
    """Plain numbers at 1, 2 and 5 times the powers of ten."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())


def key_columns_of(layers):
    """As many columns as leave room for the longest name below the chart, about 125 characters wide."""
    return max(1, min(7, 125 // (max((len(point.name) for point in layers), default=0) + 6)))


def draw(results):
    results.need_macs()
    layers = points(results)
    hidden = results.stats["inputs"].get("overlap", "processing") == "processing"
    # Names of many layers would hide the points: numbers then, with the names below.
    numbered = len(layers) > 24
    key_columns = key_columns_of(layers)
    key_rows = math.ceil(len(layers) / key_columns) if numbered else 0

    peak, link = roofs(results)
    # A network that allows more than the PEs can do is no limit.
    limited = [] if numbered else [point for point in layers if point.network_bound < peak]
    handles, note = legend(layers, bool(limited), peak, link, hidden)
    lines = math.ceil(len(handles) / 2) + (2.2 if note else 0.4)
    figure, (chart, below, *key) = wp.rows(
        f"Roofline: {results.title} ({'DRAM hidden' if hidden else 'DRAM not hidden'})",
        [4.0, lines * wp.LEGEND_LINE, *([0.13 * key_rows + 0.05] if numbered else [])])
    wp.legend(below, handles, title=note, ncols=2)
    axes = chart.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    ridge = peak / link
    xs = [point.intensity for point in layers] + [ridge]
    left, right = min(xs) / 2, max(xs) * 2
    axes.set_xlim(left, right)
    axes.set_ylim(min(point.speed for point in layers) / 2, peak * 1.5)
    plain_ticks(axes.xaxis)
    plain_ticks(axes.yaxis)
    axes.grid(True, color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("MACs per DRAM word")
    axes.set_ylabel("MACs per cycle")

    axes.plot([left, ridge], [left * link, peak], **link_style(hidden))
    axes.plot([left if hidden else ridge, right], [peak, peak], color="black", linewidth=1.6)
    for point in limited:
        axes.plot([point.intensity] * 2, [point.speed, point.network_bound], color="#d55e00", linewidth=0.7, zorder=2)
        axes.plot([point.intensity], [point.network_bound], zorder=2, **TICK_STYLE)
    for bound, marker in MARKERS.items():
        chosen = [point for point in layers if point.bound_by == bound]
        axes.plot([point.intensity for point in chosen], [point.speed for point in chosen], linestyle="none",
                  marker=marker, markersize=5.5 if numbered else 7, color="#22255e", markeredgecolor="white",
                  markeredgewidth=0.6, zorder=4)
    if numbered:
        for i, point in enumerate(layers):
            key[0].text(0.02 + 0.98 * (i // key_rows) / key_columns, 1 - (i % key_rows + 0.5) / key_rows,
                        f"{i + 1}  {point.name}", fontsize=6.5, va="center")

    figure.canvas.draw()
    obstacles = trace(axes, (max(left, axes.get_ylim()[0] / link), max(left * link, axes.get_ylim()[0])), (ridge, peak))
    obstacles += trace(axes, (left, peak), (right, peak))
    for point in limited:
        obstacles += trace(axes, (point.intensity, point.speed), (point.intensity, point.network_bound))
        x, y = axes.transData.transform((point.intensity, point.network_bound))
        obstacles += [(x + step, y) for step in range(-8, 9, 4)]
    names = [str(i + 1) if numbered else point.name for i, point in enumerate(layers)]
    place_labels(figure, axes, names, [(point.intensity, point.speed) for point in layers], obstacles,
                 6.5 if numbered else 9)
    return figure


TICK_STYLE = {"linestyle": "none", "marker": "_", "markersize": 9, "markeredgewidth": 1.6, "color": "#d55e00"}


def link_style(hidden):
    return {"color": "#0067a5", "linewidth": 1.6, "linestyle": (0, (5, 2)) if hidden else "-"}


def legend(layers, limited, peak, link, hidden):
    """The handles, and a note or None."""
    bounds = [bound for bound in MARKERS if any(point.bound_by == bound for point in layers)]
    handles = [Line2D([], [], linestyle="none", marker=MARKERS[bound], markersize=7, color="#22255e",
                      label=f"layer, bound by {wp.LABELS.get(bound, bound)}") for bound in bounds]
    handles.append(Line2D([], [], linewidth=1.6, color="black", label=f"{peak:g} PEs, one MAC a cycle each"))
    handles.append(Line2D([], [], **link_style(hidden), label=f"DRAM link, {link:g} words a cycle"))
    if limited:
        handles.append(Line2D([], [], **TICK_STYLE, label="what the layer's busiest network allows"))
    if not hidden:
        return handles, None
    return handles, ("DRAM is hidden in this run (overlap: processing), so a layer may lie above the line of the DRAM\n"
                     "link; it would in truth be no faster than that line.")


def main(argv=None):
    return wp.main("roofline", __doc__, draw, argv)


if __name__ == "__main__":
    sys.exit(main())

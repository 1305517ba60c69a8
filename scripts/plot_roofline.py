#!/usr/bin/env python3
"""Draws each layer's speed below the roofs of the machine: roofline.png and roofline.svg."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter()

import math
import sys
from dataclasses import dataclass

import matplotlib.pyplot as plt
import weir_plot as wp
from matplotlib.lines import Line2D

MARKERS = {"MAC": "o", "ifmap": "s", "weight": "^", "psum_in": "v", "psum_out": "D", "DRAM": "X"}
NETWORKS = ["ifmap", "weight", "psum_in", "psum_out"]


@dataclass
class Point:
    """A layer: MACs per DRAM word, MACs per cycle, and what the busiest network allows of the latter."""

    name: str
    intensity: float
    speed: float
    network_bound: float
    bound_by: str


def points(results):
    path = results.folder / "stats.json"
    result = []
    for row, stats in zip(results.layers.itertuples(), results.stats["layers"]):
        if row.dram_words == 0:
            raise wp.BadInput(results.folder / "layers.csv", f"dram_words of layer {row.layer} is 0")
        if row.bound_by not in MARKERS:
            raise wp.BadInput(results.folder / "layers.csv", f"unknown bound_by '{row.bound_by}'")
        busy = max(wp.lookup(stats, path, ["stalls", "links", link, "busy"], float) for link in NETWORKS)
        result.append(Point(row.layer, row.macs / row.dram_words, row.macs / row.cycles,
                            row.macs / busy if busy else math.inf, row.bound_by))
    return result


def roofs(results):
    """MACs per cycle of all PEs, and words per cycle of the link to DRAM."""
    path = results.folder / "stats.json"
    peak = wp.lookup(results.stats, path, ["pes"], float)
    link = wp.lookup(results.stats, path, ["inputs", "accelerator", "dram", "words_per_cycle"], float)
    if peak == 0 or link == 0:
        raise wp.BadInput(path, "pes and inputs.accelerator.dram.words_per_cycle must not be 0")
    return peak, link


def place_labels(figure, axes, names, anchors, obstacles, size):
    """Writes each name near its anchor (data coordinates) where it covers no other label, anchor or obstacle
    (bounding boxes in pixels); with a line to the anchor where that is not beside it."""
    figure.canvas.draw()
    to_pixels = axes.transData.transform
    pixel = figure.dpi / 72
    frame = axes.get_window_extent()
    spots = [to_pixels(anchor) for anchor in anchors]
    taken = list(obstacles)
    texts = []
    for name, spot, anchor in zip(names, spots, anchors):
        text = axes.annotate(name, anchor, xytext=(0, 0), textcoords="offset points", fontsize=size, ha="center",
                             va="center", zorder=5,
                             arrowprops={"arrowstyle": "-", "linewidth": 0.5, "color": "#555555", "shrinkA": 0,
                                         "shrinkB": 3})
        extent = text.get_window_extent()
        half = ((extent.width / 2) / pixel, (extent.height / 2) / pixel)
        best = None
        for distance in (5, 9, 14, 20, 28, 38, 50, 64, 80, 100):
            for step in range(16):
                # Rightwards first, then alternately up and down from there.
                angle = math.pi / 8 * ((step + 1) // 2) * (1 if step % 2 else -1)
                offset = (math.cos(angle) * (distance + half[0]), math.sin(angle) * (distance + half[1]))
                box = extent.translated(offset[0] * pixel, offset[1] * pixel)
                clashes = sum(box.overlaps(other) for other in taken)
                clashes += sum(box.padded(3 * pixel).contains(*other) for other in spots)
                clashes += 10 * (not (frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0
                                      and box.y1 <= frame.y1))
                if best is None or clashes < best[0]:
                    best = (clashes, offset, box, distance)
                if clashes == 0:
                    break
            if best[0] == 0:
                break
        text.set_position(best[1])
        if best[3] <= 5:
            text.arrow_patch.set_visible(False)
        taken.append(best[2].padded(1 * pixel))
        texts.append(text)
    return texts


def draw(results):
    layers = points(results)
    peak, link = roofs(results)
    hidden = results.stats["inputs"].get("overlap", "processing") == "processing"

    figure, axes = plt.subplots(figsize=(wp.WIDTH, 4.6), layout="constrained")
    axes.set_xscale("log")
    axes.set_yscale("log")
    ridge = peak / link
    xs = [point.intensity for point in layers] + [ridge]
    left, right = min(xs) / 2.5, max(xs) * 4
    low = min(point.speed for point in layers) / 3
    axes.set_xlim(left, right)
    axes.set_ylim(low, peak * 2)

    axes.plot([left, ridge], [left * link, peak], color="#0067a5", linewidth=1.6, linestyle=(0, (5, 2)) if hidden else "-")
    axes.plot([ridge if not hidden else left, right], [peak, peak], color="black", linewidth=1.6)
    roof_text = axes.text(right, peak * 1.06, f"{peak:g} PEs, one MAC a cycle each ", ha="right", va="bottom", fontsize=9)

    bounded = [point for point in layers if math.isfinite(point.network_bound)]
    for point in bounded:
        axes.plot([point.intensity] * 2, [point.speed, point.network_bound], color="#888888", linewidth=0.6, zorder=1)
    axes.plot([point.intensity for point in bounded], [point.network_bound for point in bounded], linestyle="none",
              marker="_", markersize=9, markeredgewidth=1.6, color="#d55e00", zorder=2)
    for bound, marker in MARKERS.items():
        chosen = [point for point in layers if point.bound_by == bound]
        axes.plot([point.intensity for point in chosen], [point.speed for point in chosen], linestyle="none",
                  marker=marker, markersize=6.5, color="#22255e", markeredgecolor="white", markeredgewidth=0.6, zorder=4)

    axes.set_xlabel("MACs per DRAM word")
    axes.set_ylabel("MACs per cycle")
    axes.grid(True, which="major", color="#e4e4e4", linewidth=0.6)
    axes.set_axisbelow(True)
    note = "DRAM hidden" if hidden else "DRAM not hidden"
    axes.set_title(f"Roofline: {results.title} ({note})", fontweight="bold")
    legend(figure, [bound for bound in MARKERS if any(point.bound_by == bound for point in layers)], link, hidden)

    figure.canvas.draw()
    crowded = len(layers) > 20
    place_labels(figure, axes, [point.name for point in layers], [(point.intensity, point.speed) for point in layers],
                 [roof_text.get_window_extent()], 7 if crowded else 9)
    return figure


def legend(figure, bounds, link, hidden):
    handles = [Line2D([], [], linestyle="none", marker=MARKERS[bound], markersize=6.5, color="#22255e",
                      label=f"layer, bound by {wp.LABELS.get(bound, bound)}") for bound in bounds]
    handles.append(Line2D([], [], linestyle="none", marker="_", markersize=9, markeredgewidth=1.6, color="#d55e00",
                          label="what the layer's busiest network allows"))
    handles.append(Line2D([], [], linewidth=1.6, color="black", label="all PEs busy"))
    handles.append(Line2D([], [], linewidth=1.6, color="#0067a5", linestyle=(0, (5, 2)) if hidden else "-",
                          label=f"DRAM link, {link:g} words a cycle"))
    title = None
    if hidden:
        title = ("No layer waits for DRAM in this run (overlap: processing), so a point may lie above the link's line:\n"
                 "it is as fast as that only if the link gets faster.")
    figure.legend(handles=handles, loc="outside lower center", ncols=2, title=title, title_fontsize=9, alignment="left",
                  columnspacing=2)


if __name__ == "__main__":
    sys.exit(wp.main("roofline", __doc__, draw))

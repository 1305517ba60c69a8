#!/usr/bin/env python3
"""Writes one self-contained HTML page about a sweep, <out>/<sweep>.html: what was asked for, pictures, the best points, all
points with their costs, and the best point's machine and layers. `weir sweep --report DIR` runs this."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("matplotlib", "pandas")

import argparse
import html
import io
import json
import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import plot_pareto
import plot_sweep
import weir_files
import weir_plot as wp
import weir_sweep as ws

STYLE = """
body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 64em; padding: 0 1em; color: #111; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2em; border-bottom: 1px solid #999; }
pre { background: #f3f3f3; padding: 0.8em; overflow-x: auto; font-size: 13px; }
table { border-collapse: collapse; font-size: 13px; } th, td { padding: 0.15em 0.6em; text-align: right; white-space: nowrap; }
th { border-bottom: 1px solid #333; } tr:nth-child(even) td { background: #f5f5f5; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; }
"""

POINT_COLUMNS = ["milliseconds", "energy", "edp", "mac_utilization", "dram_words", "global_buffer_words", "pes", "total_sram_kb"]
INPUT_COLUMNS = ["accelerator", "workload", "dataflow", "batch", "objective", "overlap", "fidelity", "data"]
LAYER_COLUMNS = ["layer", "macs", "cycles", "active_pes", "energy", "dram_words", "global_buffer_words", "bound_by", "mapping"]


def inline_svg(figure):
    """The picture as an element; its ids are unlike those of other pictures on the page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    plt.close(figure)
    text = buffer.getvalue()
    return re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg"):], flags=re.S)


def pictures(sweep):
    """(caption, svg) of what can be drawn of this sweep."""
    drawn = []
    energy = "energy_per_mac" if plot_sweep.default_quantity(sweep) == "energy_per_mac" else "energy"
    for quantity in (energy, "milliseconds"):
        arguments = argparse.Namespace(quantity=quantity, x=None, y=None, panels=None, curves=False)
        try:
            _, figure = plot_sweep.draw(sweep, arguments)
        except wp.BadInput as error:
            drawn.append((f"{sweep.quantity(quantity)}: not drawn ({str(error).split('error: ', 1)[-1]})", ""))
            continue
        drawn.append((sweep.quantity(quantity), figure))
    _, figure = plot_pareto.draw(sweep, argparse.Namespace(x="milliseconds", y="energy"))
    drawn.append(("Energy against time, and the Pareto front", figure))
    result = []
    for number, (caption, figure) in enumerate(drawn):
        # The salt makes ids differ between the pictures and be the same in every run.
        plt.rcParams["svg.hashsalt"] = f"weir{number}"
        svg = inline_svg(figure) if figure else ""
        result.append((caption, re.sub(r'(id="|href="#|url\(#)', rf"\g<1>p{number}-", svg)))
    return result


def table(frame):
    return '<div class="wide">' + frame.to_html(index=False, border=0, na_rep="", float_format=lambda v: f"{v:.6g}", escape=True) + "</div>"


def layers_of(sweep, row):
    with ws.reading(sweep.database) as connection:
        layers = ws.rows(connection, sweep.database,
                         f"SELECT {ws.sound(connection, 'point_layers', 'p')} AND {ws.sound(connection, 'layers', 'l')}, {', '.join(LAYER_COLUMNS)} "
                         "FROM point_layers p JOIN layers l USING (layer_key) WHERE point_key = ? ORDER BY position", row["point_key"])
    if len(layers) != row["layers"]:
        raise wp.BadInput(sweep.database, "lacks layers of the best point: the same `weir sweep` again computes them anew")
    return layers


def page(sweep, text):
    done, failed = sweep.done, sweep.points[sweep.points["failure"] != ""]
    name = html.escape(sweep.name)
    parts = [f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{name}</title><style>{STYLE}</style>",
             f"<h1>{name}</h1>",
             f"<p>{len(sweep.points)} points, {len(failed)} of them failed. Energies are in {html.escape(sweep.unit)}; "
             f"{html.escape(', '.join(sorted(sweep.points['fidelity'].unique())))}; model version "
             f"{html.escape(', '.join(sorted(sweep.points['model_version'].unique())))}.</p>"]
    parts += [f"<p><b>{html.escape(text)}</b></p>" for text in sweep.missing]
    constant = [c for c in INPUT_COLUMNS if sweep.points[c].nunique() == 1]
    parts.append("<p>The same at all points: " + html.escape(", ".join(f"{c} {sweep.points[c].iloc[0]}" for c in constant)) + ".</p>")
    if text is not None:
        parts.append(f"<h2>What was asked for</h2><pre>{html.escape(text)}</pre>")
    if not done.empty:
        parts.append("<h2>Pictures</h2>")
        for caption, svg in pictures(sweep):
            parts.append(f"<h3>{html.escape(caption)}</h3>{svg}")
        columns = ["position", *sweep.coordinates, *POINT_COLUMNS]
        front = plot_pareto.front_of(done, "milliseconds", "energy")
        parts.append(f"<h2>The Pareto front of time and energy</h2>{table(front[columns])}")
        best = done.loc[done["energy"].idxmin()]
        parts.append(f"<h2>The point of least energy: {html.escape(sweep.point_name(best))}</h2>")
        parts.append(table(layers_of(sweep, best)))
        parts.append(f"<h3>Its accelerator</h3><pre>{html.escape(json.dumps(json.loads(best['inputs']), indent=1))}</pre>")
        parts.append(f"<h2>All points</h2>{table(done[columns])}")
    if not failed.empty:
        parts.append(f"<h2>Failures</h2>{table(failed[['position', *sweep.coordinates, 'failure', 'message']])}")
    return "\n".join([*parts, "</html>", ""])


def write(path, text):
    try:
        weir_files.write(path, text)
    except OSError as error:
        raise wp.BadInput(path, f"cannot be written: {error.strerror or error}") from None


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", metavar="DATABASE", help="what `weir sweep` wrote")
    parser.add_argument("--sweep", metavar="NAME", help="which sweep, if the database has several")
    parser.add_argument("--file", metavar="FILE", help="the sweep file, to be shown")
    parser.add_argument("--out", metavar="DIR", required=True, help="where the page goes")
    arguments = parser.parse_args(argv)
    wp.style()
    try:
        sweep = ws.load(arguments.database, arguments.sweep)
        text = weir_files.read(arguments.file).decode("utf-8", "replace") if arguments.file else None
        path = Path(arguments.out) / f"{sweep.name}.html"
        write(path, page(sweep, text))
        print(path)
    except wp.BadInput as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{arguments.file}: error: cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

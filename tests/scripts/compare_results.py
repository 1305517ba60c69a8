"""Makes folders like those of `weir compare --out`, with plausible numbers that add up, for tests of the plot."""

import json
import random
from pathlib import Path

LEVELS = ["dram", "global_buffer", "network", "neighbour", "register_file", "mac"]
TENSORS = ["ifmap", "weight", "psum"]
DATAFLOWS = ["row-stationary", "weight-stationary", "output-stationary"]


def _row(choice, macs):
    levels = {f"energy_{level}": macs * choice.uniform(0.1, 1.5) for level in LEVELS}
    moved = sum(levels.values()) - levels["energy_mac"]
    cycles = round(macs / choice.uniform(40, 160))
    return {"macs": macs, "active_pes": 150.0, "dram_words": macs // 200, "global_buffer_words": macs // 20, **levels,
            "energy_ifmap": 0.3 * moved, "energy_weight": 0.3 * moved, "energy_psum": 0.4 * moved,
            "energy": sum(levels.values()), "cycles": cycles, "milliseconds": cycles / 200e3,
            "mac_utilization": macs / cycles / 168, "dram_words_per_mac": 1 / 200,
            "energy_delay_product": sum(levels.values()) * cycles / 200e3, "relative": {}}


def write(folder, layers=5, dataflows=DATAFLOWS, unmapped=(), unit="MAC"):
    """Writes compare.json into `folder` and returns it; `unmapped` are pairs of dataflow and layer that have no mapping."""
    choice = random.Random(1)
    names = [f"conv{1 + i}" for i in range(layers)]
    pairs = []
    for dataflow in dataflows:
        missing = [layer for other, layer in unmapped if other == dataflow]
        rows = [{"layer": name, **_row(choice, 100_000_000 * (1 + i % 3)), "bound_by": "MAC", "verified": "off"}
                for i, name in enumerate(names) if name not in missing]
        pairs.append({"name": dataflow, "accelerator": "eyeriss", "dataflow": dataflow, "folder": f"eyeriss.{dataflow}",
                      "clock_mhz": 200, "pes": 168, "inputs": {}, "layers": rows,
                      "unmapped": [{"layer": layer, "reason": "too large"} for layer in missing],
                      "totals": _row(choice, sum(row["macs"] for row in rows))})
    common = [name for name in names if all(layer != name for _, layer in unmapped)]
    comparison = {"schema_version": 1, "weir_version": "0.1.0", "energy_unit": unit, "relative_to": dataflows[0],
                  "inputs": {"workload": {"workload": "alexnet"}, "batch": 4, "objective": "energy"},
                  "layers": names, "common_layers": common, "pairs": pairs}
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / "compare.json").write_text(json.dumps(comparison))
    return comparison

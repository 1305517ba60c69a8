"""Makes result folders like those of `weir run --out`, with plausible numbers that add up, for tests of the plots."""

import csv
import json
import random
from pathlib import Path

PRICES = {"dram": 200, "global_buffer": 6, "network": 2, "neighbour": 2, "register_file": 1, "mac": 1}
PES = 168

# name, MACs [M], zeros of the ifmap, share of the PEs with work
ALEXNET = [("conv1", 421.6, 0.0, 154 / 168), ("conv2", 895.7, 0.387, 135 / 168), ("conv3", 598.1, 0.725, 156 / 168),
           ("conv4", 448.6, 0.793, 156 / 168), ("conv5", 299.0, 0.776, 156 / 168)]


def many(count):
    """Layers of a deep network, many of them alike."""
    choice = random.Random(count)
    return [(f"conv{1 + i // 4}_{1 + i % 4}", choice.choice([51.4, 115.6, 118.2, 218.1]), choice.random() * 0.8, 0.93)
            for i in range(count)]


def _layer(choice, name, mega_macs, zeros, active, price):
    macs = round(mega_macs * 1e6)
    gated = round(macs * zeros)
    counts = {}
    for tensor, dram, buffer, register in (("ifmap", 350, 30, 1.0), ("weight", 600, 40, 1 - zeros), ("psum", 900, 12, 1.0)):
        dram_words = round(macs / (dram * choice.uniform(0.6, 1.6)))
        buffer_words = round(macs / (buffer * choice.uniform(0.6, 1.6)))
        counts["dram", tensor, "read"] = dram_words
        counts["global_buffer", tensor, "write"] = dram_words
        counts["global_buffer", tensor, "read"] = buffer_words
        counts["network", tensor, "hop"] = 2 * buffer_words
        counts["register_file", tensor, "read"] = round(macs * register)
        counts["register_file", tensor, "write"] = macs if tensor == "psum" else 2 * buffer_words
    counts["neighbour", "psum", "hop"] = round(macs / 9)
    counts["mac", "psum", "mac"] = macs - gated
    counts["mac", "psum", "gated_mac"] = gated
    accesses = [{"level": level, "tensor": tensor, "action": action, "count": count,
                 "energy": 0.0 if action == "gated_mac" else count * PRICES[level] * price}
                for (level, tensor, action), count in counts.items()]

    # One PE cycle in four or five is no MAC; what is left over of the array is not mapped.
    cycles = round(macs / (PES * active) * choice.uniform(1.15, 1.5))
    pe = {"mac": macs - gated, "gated_mac": gated, "unmapped": round(cycles * PES * (1 - active))}
    rest = cycles * PES - sum(pe.values())
    weights = {"psum_accumulate": 4, "wait_ifmap": choice.random(), "wait_weight": 2, "wait_psum": 0.5,
               "wait_output_space": choice.random() * 3, "fill_drain": 0.1}
    for state, weight in weights.items():
        pe[state] = int(rest * weight / sum(weights.values()))
    pe["fill_drain"] += cycles * PES - sum(pe.values())
    links = {}
    for link, busy in (("ifmap", 0.5), ("weight", 0.12), ("psum_in", 0.4), ("psum_out", 0.35), ("dram", 0.3)):
        sent = int(cycles * busy * choice.uniform(0.5, 1.6))
        blocked = int((cycles - sent) * choice.uniform(0, 0.9))
        links[link] = {"busy": sent, "blocked": blocked, "idle": cycles - sent - blocked}
    energies = {}
    for access in accesses:
        energies[access["level"]] = energies.get(access["level"], 0.0) + access["energy"]
    words = {level: sum(a["count"] for a in accesses if a["level"] == level) for level in ("dram", "global_buffer")}
    return {"layer": name, "kind": "conv", "macs": macs, "cycles": cycles, "active_pes": round(PES * active),
            "mac_utilization": macs / (cycles * PES), "energy": sum(energies.values()), "dram_words": words["dram"],
            "global_buffer_words": words["global_buffer"], "bound_by": choice.choice(["MAC", "MAC", "MAC", "psum_in", "ifmap"]),
            "verified": "yes", "milliseconds": cycles / 200e3, "dram_words_per_mac": words["dram"] / macs,
            "energy_by_level": energies, "accesses": accesses, "stalls": {"pe": pe, "links": links}, "mapping": {}}


def _add(a, b):
    return {key: _add(a[key], b[key]) if isinstance(a[key], dict) else a[key] + b[key] for key in a}


def write(folder, layers=ALEXNET, workload="alexnet", unit="MAC", overlap="processing"):
    """Writes stats.json, layers.csv and accesses.csv into `folder` and returns what stats.json holds."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    choice = random.Random(1)
    made = [_layer(choice, *layer, 2.2 if unit == "pJ" else 1) for layer in layers]
    totals = {key: sum(layer[key] for layer in made) for key in ("macs", "cycles", "energy", "dram_words")}
    stalls = made[0]["stalls"]
    for layer in made[1:]:
        stalls = _add(stalls, layer["stalls"])
    totals["stalls"] = stalls
    stats = {
        "schema_version": 1, "weir_version": "0.1.0", "energy_unit": unit, "clock_mhz": 200, "pes": PES,
        "inputs": {"accelerator": {"accelerator": "eyeriss", "dram": {"model": "link", "words_per_cycle": 1.2}},
                   "workload": workload, "dataflow": "row-stationary", "batch": 4, "overlap": overlap},
        "layers": made, "totals": totals,
    }
    (folder / "stats.json").write_text(json.dumps(stats, indent=1))
    columns = ["layer", "kind", "macs", "cycles", "active_pes", "mac_utilization", "energy", "dram_words",
               "global_buffer_words", "bound_by", "verified"]
    with open(folder / "layers.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(made)
    with open(folder / "accesses.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, ["layer", "level", "tensor", "action", "count", "energy"])
        writer.writeheader()
        writer.writerows({"layer": layer["layer"], **access} for layer in made for access in layer["accesses"])
    return stats

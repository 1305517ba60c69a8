#!/usr/bin/env python3
"""Writes the inputs that fuzzing begins with: the shipped files, cut into small ones.

  make_seeds.py FOLDER    into FOLDER/READER, for each reader
"""
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def lines_of(path):
    """The file without comments and empty lines, which cost time and change nothing."""
    lines = (re.sub(r"(^|\s+)#.*", "", line) for line in path.read_text().splitlines())
    return [line for line in lines if line]


def items_of(lines, key):
    """What stands before the list at `key`, and the list's items."""
    begin = lines.index(key + ":") + 1
    items = []
    for line in lines[begin:]:
        if not line.startswith(" "):
            break
        if line.startswith("  - "):
            items.append([])
        items[-1].append(line)
    return lines[:begin], items


def whole(*patterns):
    return ["\n".join(lines_of(path)) for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def layers():
    """A workload for each set of keys that a layer has, and for each function of memory-bound ones."""
    seeds = {}
    for path in sorted(ROOT.glob("workloads/*.yaml")):
        head, items = items_of(lines_of(path), "layers")
        for item in items:
            text = "\n".join(item)
            kind = re.findall(r"(?:kind|operation): \w+|\w+:", text)
            seeds.setdefault(tuple(kind), "\n".join(head + item))
    more = [
        "{name: a, kind: conv_transpose, input: [2, 5, 4], output_channels: 4, filter: [3, 2], stride: 2, padding: [1, 0, 1, 1],"
        " dilation: [1, 2], output_padding: [1, 0], groups: 2, batch: 3, ifmap_zeros: 0.5}",
        "{name: a, kind: pool, inputs: [[3, 8, 9]], output: [3, 4, 4], operation: average, filter: [3, 2], stride: 2,"
        " padding: [1, 0], dilation: 1, counts_padding: true, then: relu}",
        "{name: a, kind: copy, inputs: [[2, 3, 4]], output: [4, 2, 3], operation: transpose, order: [2, 0, 1]}",
        "{name: a, kind: copy, inputs: [[2, 3, 8]], output: [1, 2, 3], operation: slice, begin: [1, 0, 2], step: [1, 2, 2]}",
        "{name: a, kind: copy, inputs: [[2, 3]], output: [4, 9], operation: repeat}",
        "{name: a, kind: matmul, rows: 3, inner: 4, columns: 5, batch: 2}",
        "{name: a, kind: fc, input: [7, 1, 1], rows: 3, output_channels: 2}",
    ]
    return list(seeds.values()) + [f"workload: a\nlayers:\n  - {layer}" for layer in more]


def mappings():
    pins = "keep: {weight: [global_buffer, pe], ifmap: [global_buffer, pe]}\nmappings: {conv3: {pe: [S=3, ...], pe_rows: [...], dram: [M=2]}}"
    return whole("dataflows/*/mappings/*/*.yaml") + [pins]


def validations():
    seeds = whole("validation/eyeriss-mapper.yaml", "validation/isca2016-row-stationary.yaml")
    for path in sorted(ROOT.glob("validation/*.yaml")):
        head, items = items_of(lines_of(path), "runs")
        seeds += ["\n".join(head + item) for item in items[:4]]
    return seeds


def formulas():
    texts = set()
    for seed in whole("sweeps/*.yaml"):
        texts.update(re.findall(r"while: ([^,}\n]+)", seed))
        texts.update(item for found in re.findall(r"where: (.+)", seed) for item in re.split(r"', *'|[\[\]']", found))
    texts.update(["min(pes, 3) + sqrt(2) ^ -1", "batch > 1 && pes <= 512 || 0 ? 1 : 2", "log2(total_sram_kb)"])
    return sorted(text.strip("'\"") for text in texts if text)


SEEDS = {
    "accelerator": lambda: whole("configs/*.yaml"),
    "energy": lambda: whole("configs/energy/*.yaml"),
    "workload": layers,
    "mapping": mappings,
    "dataflow": lambda: whole("dataflows/*/dataflow.yaml"),
    "sweep": lambda: whole("sweeps/*.yaml"),
    "validation": validations,
    "formula": formulas,
    "set": lambda: ["pe.words=2", "buffer={banks: 1, more: [2, 3]}", "pe.list=[]", "pe.new.key=x", "name=b", "=", "pe.empty.a=1"],
}


def main():
    for reader, seeds in SEEDS.items():
        folder = pathlib.Path(sys.argv[1]) / reader
        folder.mkdir(parents=True, exist_ok=True)
        for seed in seeds():
            text = seed if reader in ("formula", "set") else seed + "\n"
            (folder / hashlib.sha256(text.encode()).hexdigest()[:16]).write_text(text)


if __name__ == "__main__":
    main()

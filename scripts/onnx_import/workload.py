"""A workload file out of a model, with an account of every node."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from onnx_import.errors import BadModel, NotUnderstood, quoted
from onnx_import.fold import folded_behind
from onnx_import.graph import read_graph
from onnx_import.layer import words
from onnx_import.operators import LAYERS, VIEWS, fold_values, operations_of_folded

LARGEST_FILE = 1 << 20  # what weir reads
LONGEST_NAME = 56


@dataclass
class Import:
    text: str  # the workload file
    layers: list
    fates: list  # (node, "layer" | "folded" | "view" | "constant" | "not understood", layer's name or reason)
    warnings: list

    def count(self):
        return Counter(fate for _, fate, _ in self.fates)


MODULES = ("Conv", "ConvTranspose", "Gemm")  # exporters call these after the module, then the operator


def _name(text, taken):
    """`text` as a name that weir allows and that no layer has yet; of a long one, its last words."""
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_.") or "layer"
    if len(base) > LONGEST_NAME:
        base = base[-LONGEST_NAME:]
        base = re.sub(r"^[^_.]*[_.]+", "", base) or base
    name, i = base, 1
    while name in taken:
        i += 1
        name = f"{base}_{i}"
    taken.add(name)
    return name


def _path(node):
    """The name of a node as `layer1.0.conv1`, where exporters say `/layer1/layer1.0/conv1/Conv`."""
    words = [word for word in node.name.split("/") if word]
    if len(words) > 1 and words[-1] == node.op and node.op in MODULES:
        words.pop()
    return ".".join(word for word, after in zip(words, [*words[1:], ""]) if not after.startswith(word + "."))


def _name_of(node):
    """A node's own name; else its first output's, after its operator where that is no more than a number."""
    if node.name:
        return _path(node)
    output = node.outputs[0]
    return output if re.search(r"[A-Za-z]{2}", output) else f"{node.op.lower()}_{output}"


def _written(graph, node):
    """Words that a node writes; 0 where it is not known."""
    total = 0
    for tensor in filter(None, node.outputs):
        try:
            total += words(graph.shape(tensor))
        except NotUnderstood:
            continue
    return total


def _layers_of(graph, node):
    convert = LAYERS.get(node.op)
    if convert is None:
        raise NotUnderstood("no such operator is known")
    if not node.outputs or not node.outputs[0]:
        raise NotUnderstood("no output")
    return convert(graph, node)


def _account(graph):
    """Layers, and the fate of every node."""
    layers, fates, names, taken = [], {}, set(), set()
    for node in graph.nodes:
        if id(node) in fates:
            continue
        outputs = [t for t in node.outputs if t]
        if outputs and all(t in graph.constants for t in outputs):
            fates[id(node)] = ("constant", "")
            continue
        if node.op in VIEWS:
            fates[id(node)] = ("view", "")
            continue
        try:
            made = _layers_of(graph, node)
        except NotUnderstood as reason:
            fates[id(node)] = ("not understood", str(reason))
            continue
        taken.add(id(node))
        for layer in made:
            layer.name = _name(_name_of(node) + layer.suffix, names)
        layers += made
        fates[id(node)] = ("layer", made[-1].name)
        for follower in folded_behind(graph, node, taken):
            taken.add(id(follower))
            fates[id(follower)] = ("folded", made[-1].name)
            made[-1].folded.append(follower)
            if made[-1].memory_bound:
                made[-1].operations += operations_of_folded(follower)
                fold_values(made[-1], follower)
    return layers, [(node, *fates[id(node)]) for node in graph.nodes]


def _warnings(graph, fates):
    total = sum(_written(graph, node) for node, fate, _ in fates if fate not in ("view", "constant"))
    lines = []
    for node, fate, reason in fates:
        if fate == "not understood":
            written = _written(graph, node)
            share = f"{100 * written / total:.2g} % of the words that nodes write" if written else "its words unknown"
            lines.append(f"node {quoted(node.name or next(iter(node.outputs), ''))} ({quoted(node.op)[1:-1]}) is not "
                         f"understood: {reason} (1 of {len(fates)} nodes, {share})")
    return lines


def import_model(path, batch=None, dims=None, strict=False, flatten_patches=False):
    """Reads an ONNX file. Raises BadModel; with `strict` also for a node that is not understood. With
    `flatten_patches` convolutions whose windows stand side by side are products of flattened patches."""
    graph = read_graph(path, batch, dims)
    graph.flattens_patches = flatten_patches
    layers, fates = _account(graph)
    warnings = _warnings(graph, fates)
    if strict and warnings:
        raise BadModel(warnings[0])
    if not layers:
        raise BadModel("no layers; allowed is a model with one or more" + (f": {warnings[0]}" if warnings else ""))
    count = Counter(fate for _, fate, _ in fates)
    file = Path(path).name
    lines = [f"# Imported from {quoted(file)[1:-1]} by weir import: {len(fates)} nodes, of them "
             f"{count['layer']} as layers, {count['folded']} folded into the layer before, {count['view']} views, "
             f"{count['constant']} constants, {count['not understood']} not understood.",
             *(f"# Not in here: {w}" for w in warnings),
             f"workload: {_name(Path(path).stem, set())}", "layers:", *(f"  - {layer.text()}" for layer in layers)]
    text = "\n".join(lines) + "\n"
    if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        raise BadModel(f"{len(layers)} layers make a file of {len(text)} characters; allowed is {LARGEST_FILE}")
    return Import(text, layers, fates, warnings)

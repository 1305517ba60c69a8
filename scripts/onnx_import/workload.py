"""A workload file out of a model, with an account of every node."""

import re
from collections import Counter
from dataclasses import dataclass

from onnx_import.errors import BadModel, NotUnderstood, quoted
from onnx_import.fold import folded_behind
from onnx_import.losses import Losses, account
from onnx_import.operators import LAYERS, fold_values, is_view, operations_of_folded
from onnx_import.reader import read_graph
from onnx_import.workload_file import file_text, longest, unique_name


@dataclass
class Import:
    text: str  # the workload file
    layers: list
    fates: list  # (node, "layer" | "folded" | "view" | "constant" | "not understood", layer's name or reason)
    warnings: list
    notes: list  # what was taken for granted
    lost: Losses

    def count(self):
        return Counter(fate for _, fate, _ in self.fates)


MODULES = ("Conv", "ConvTranspose", "Gemm")  # exporters call these after the module, then the operator


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


def _layers_of(graph, node):
    convert = LAYERS.get(node.op)
    if convert is None:
        raise NotUnderstood(node.attributes.get("_reason") or "no such operator is known")
    if not any(node.outputs):
        raise NotUnderstood("no output")
    layers = convert(graph, node)
    for layer in layers:
        if "steps" in layer.keys:
            layer.keys["steps"] *= node.steps
        else:
            layer.steps = node.steps
    return layers


def _is_empty(graph, node):
    """Whether a node writes no words at all, such as a part of a past without length."""
    return all(graph.tensors.words(t) == 0 for t in node.outputs if t)


def _account(graph):
    """Layers; the fate of every node: (what, layer's name or reason, cause); how many nodes became layers with MACs."""
    layers, fates, names, taken, mac_nodes = [], {}, set(), set(), 0
    for node in graph.nodes:
        if id(node) in fates:
            continue
        outputs = [t for t in node.outputs if t]
        if outputs and all(t in graph.constants for t in outputs):
            fates[id(node)] = ("constant", "", None)
            continue
        if is_view(node) or _is_empty(graph, node):
            fates[id(node)] = ("view", "", None)
            continue
        try:
            made = _layers_of(graph, node)
        except NotUnderstood as reason:
            fates[id(node)] = ("not understood", str(reason), reason.cause)
            continue
        taken.add(id(node))
        for layer in made:
            layer.name = unique_name(_name_of(node) + layer.suffix, names, longest(layer.kind))
        layers += made
        mac_nodes += not all(layer.memory_bound for layer in made)
        fates[id(node)] = ("layer", made[-1].name, None)
        for follower in folded_behind(graph, node, taken):
            taken.add(id(follower))
            fates[id(follower)] = ("folded", made[-1].name, None)
            made[-1].folded.append(follower)
            if made[-1].memory_bound:
                made[-1].operations += operations_of_folded(follower)
                fold_values(made[-1], follower)
    return layers, [(node, *fates[id(node)]) for node in graph.nodes], mac_nodes


def import_model(path, batch=None, dims=None, strict=False, flatten_patches=False):
    """Reads an ONNX file. Raises BadModel; with `strict` also for a node that is not understood. With
    `flatten_patches` convolutions whose windows stand side by side are products of flattened patches."""
    graph = read_graph(path, batch, dims)
    graph.flattens_patches = flatten_patches
    layers, fates, mac_nodes = _account(graph)
    lost = account(graph, fates, mac_nodes)
    if strict and lost.lines:
        raise BadModel(lost.lines[0])
    if not layers:
        raise BadModel("no layers; allowed is a model with one or more" + (f": {lost.lines[0]}" if lost.lines else ""))
    count = Counter(fate for _, fate, *_ in fates)
    comment = (f"{len(fates)} nodes, of them {count['layer']} as layers, {count['folded']} folded into the layer before, "
               f"{count['view']} views, {count['constant']} constants, {count['not understood']} not understood")
    text = file_text(path, comment, layers, lost.key())
    return Import(text, layers, [fate[:3] for fate in fates], lost.lines, graph.notes, lost)

"""What of a model is not in its workload: one line a cause, with all that is behind it."""

import json
from dataclasses import dataclass, field

from onnx_import.errors import NotUnderstood, quoted
from onnx_import.layer import words
from onnx_import.operators import multiplies

MOST_CAUSES = 16  # that a workload file names
CURE = "state its shape in the model's value_info, or export with fixed sizes"


@dataclass
class Loss:
    """Nodes that are lost for one cause."""

    roots: list = field(default_factory=list)  # those to blame
    behind: list = field(default_factory=list)  # those whose shapes they leave unknown


@dataclass
class Losses:
    lines: list
    nodes: int
    mac_nodes: int
    of_mac_nodes: int  # in all
    known_macs: int  # of those nodes whose shapes are known

    def key(self):
        """The workload file's key; nothing where nothing is lost."""
        if not self.nodes:
            return []
        causes = ", ".join(json.dumps(line) for line in self.lines[:MOST_CAUSES])
        return [f"missing: {{nodes: {self.nodes}, mac_nodes: {self.mac_nodes}, of_mac_nodes: {self.of_mac_nodes}, "
                f"known_macs: {self.known_macs}, causes: [{causes}]}}"]


def _written(graph, node):
    """Words that a node writes; 0 where it is not known."""
    return sum(graph.tensors.words(t) or 0 for t in node.outputs if t)


def _mac_nodes(node):
    return sum(map(_mac_nodes, node.inner)) if node.inner else int(multiplies(node))


def _macs(graph, node):
    """Multiply-accumulates of a convolution that is not understood, if its shapes are known."""
    try:
        if "Conv" not in node.op:
            return 0
        weights = graph.shape(node.input(3 if node.op == "QLinearConv" else 1))
        return words(graph.shape(node.input(0) if "Transpose" in node.op else node.outputs[0])) * words(weights[1:])
    except NotUnderstood:
        return 0


def _blamed(graph, node):
    """The cause that the outputs of a node are of unknown shape, if there is one."""
    return next((graph.tensors.causes[t] for t in node.outputs if t in graph.tensors.causes), None)


def _percent(part, whole):
    share = 100 * part / whole
    return "100" if share > 99.95 else f"{share:.1f}" if share >= 0.1 else "less than 0.1"


def _line(graph, title, reason, loss, total, written):
    names = quoted(loss.roots[0].name or next(filter(None, loss.roots[0].outputs), ""))
    more = f" and {len(loss.roots) - 1} more" if len(loss.roots) > 1 else ""
    lost = [*(n for n in loss.roots if n.attributes.get("_lost")), *loss.behind]
    macs = sum(map(_mac_nodes, lost))
    words_lost = sum(_written(graph, n) for n in lost)
    share = f", {_percent(words_lost, written)} % of the words that nodes write" if words_lost else ""
    behind = f", and {len(loss.behind)} nodes behind it" if loss.behind else ""
    cure = f"; {CURE}" if loss.behind else ""
    return (f"{quoted(title)[1:-1]} {names}{more}: {reason}{behind}: {len(lost)} of {total} nodes are not in here, "
            f"{macs} with MACs{share}{cure}")


def account(graph, fates, mac_layers):
    """The losses of a graph; `fates` are its nodes' with reasons, `mac_layers` the nodes that became layers with MACs."""
    groups = {}
    lost = [(node, reason, cause) for node, fate, reason, cause in fates if fate == "not understood"]
    for node, reason, cause in lost:
        node.attributes["_lost"] = True
    for node, reason, cause in lost:
        blamed = _blamed(graph, node)
        if cause is not None and cause.node is not node:
            groups.setdefault(id(cause.node), (cause.node, cause.reason, Loss()))[2].behind.append(node)
        elif blamed is not None and blamed.node is node:
            why = blamed.reason if cause is not None else reason
            groups[id(node)] = (node, why, groups.get(id(node), (0, 0, Loss()))[2])
        else:
            groups.setdefault(id(node), (node, reason, Loss()))
    kinds = {}
    for root, reason, loss in groups.values():
        kind = kinds.setdefault((root.title or root.op, reason), Loss())
        kind.roots.append(root)
        kind.behind += loss.behind
    total = len(fates)
    written = sum(_written(graph, node) for node, fate, *_ in fates if fate not in ("view", "constant"))
    lines = [_line(graph, title, reason, loss, total, written) for (title, reason), loss in kinds.items()]
    mac_nodes = sum(_mac_nodes(node) for node, *_ in lost)
    return Losses(lines, len(lost), mac_nodes, mac_nodes + mac_layers, sum(_macs(graph, node) for node, *_ in lost))

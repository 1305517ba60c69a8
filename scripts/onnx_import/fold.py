"""Which nodes ride along with the layer before them: they change its words on their way out, and cost no traffic."""

from onnx_import.errors import NotUnderstood
from onnx_import.layer import words
from onnx_import.operators import may_fold


def _live(graph, cluster, tensors):
    """The tensors of a cluster that others need, or that leave the graph."""
    inside = {id(node) for node in cluster}
    return [t for t in tensors
            if t in graph.outputs or any(id(n) not in inside for n in graph.consumers.get(t, []))]


def _size(graph, tensor):
    try:
        return words(graph.shape(tensor))
    except NotUnderstood:
        return None


def folded_behind(graph, first, taken):
    """Nodes behind `first` that only need its output and constants and make as many words, in order, such that
    one tensor of them all is needed by others. `taken`: ids of nodes that already belong to a layer."""
    source = first.outputs[0]
    size = _size(graph, source)
    if size is None or any(graph.consumers.get(t) or t in graph.outputs for t in first.outputs[1:] if t):
        return []
    reached = {source}
    cluster = []
    pending = list(graph.consumers.get(source, []))
    seen = set()
    while pending:
        node = pending.pop(0)
        if id(node) in seen or id(node) in taken or not may_fold(node) or node.steps != first.steps:
            continue
        variable = [t for t in node.inputs if t and t not in graph.constants]
        if not all(t in reached for t in variable) or not node.outputs or _size(graph, node.outputs[0]) != size:
            continue  # met again when its other inputs are reached
        seen.add(id(node))
        cluster.append(node)
        reached.add(node.outputs[0])
        pending.extend(graph.consumers.get(node.outputs[0], []))
    while cluster and len(_live(graph, [first, *cluster], [source, *(n.outputs[0] for n in cluster)])) > 1:
        cluster.pop()
    return cluster

"""The layers of nodes that only put words elsewhere, and what goes where, if the model says so."""

from onnx_import.errors import NotUnderstood
from onnx_import.layer import MOST_EXTENT, memory_bound, words


def _repeat(source, output):
    """Each word as often as it fits, next to itself: upsampling, and expansion of axes of one."""
    source = [1] * (len(output) - len(source)) + source
    if len(source) != len(output) or any(e < 1 or o % e for e, o in zip(source, output)):
        return None
    return source, output, {"operation": "repeat"}


def _transpose(graph, node, source, output, _):
    order = node.integers("perm") or list(reversed(range(len(source))))
    if sorted(order) != list(range(len(source))) or [source[i] for i in order] != output:
        return None
    return source, output, {"operation": "transpose", "order": order}


def _blocks(graph, node, source, output, _):
    """DepthToSpace and SpaceToDepth: axes split by the block's size, and transposed."""
    size = node.integer("blocksize", None)
    if len(source) != 4 or size is None or size < 1:
        return None
    n, c, h, w = source
    if node.op == "SpaceToDepth":
        split, order = [n, c, h // size, size, w // size, size], [0, 3, 5, 1, 2, 4]
    elif node.word("mode", "DCR") == "DCR":
        split, order = [n, size, size, c // size**2, h, w], [0, 3, 4, 1, 5, 2]
    else:
        split, order = [n, c // size**2, size, size, h, w], [0, 1, 4, 2, 5, 3]
    if words(split) != words(source):
        return None
    return split, [split[i] for i in order], {"operation": "transpose", "order": order}


def _slice(graph, node, source, output, _):
    given = {}
    for i, key in enumerate(("starts", "ends", "axes", "steps"), start=1):
        given[key] = node.integers(key)
        if node.input(i):
            given[key] = graph.integers(node.input(i))
            if given[key] is None:
                return None
    starts = given["starts"]
    if not starts:
        return None
    axes = given["axes"] or list(range(len(starts)))
    steps = given["steps"] or [1] * len(starts)
    begin, step = [0] * len(source), [1] * len(source)
    if len(axes) != len(starts) or len(steps) != len(starts) or not all(-len(source) <= a < len(source) for a in axes):
        return None
    for axis, first, distance in zip(axes, starts, steps):
        extent = source[axis]
        begin[axis] = min(max(first + extent if first < 0 else first, 0), extent - 1)
        step[axis] = distance
    return _part(source, output, begin, step)


def _part(source, output, begin, step):
    """A slice; from a place on and at steps that stand in the input."""
    fits = len(output) == len(source) and all(
        b >= 0 and 1 <= s <= MOST_EXTENT and b + (o - 1) * s < e for e, o, b, s in zip(source, output, begin, step))
    if not fits:
        return None
    keys = {"operation": "slice", "begin": begin}
    return source, output, keys if set(step) <= {1} else {**keys, "step": step}


def _split(graph, node, source, output, place):
    """The parts stand one behind the other; this is the `place`th."""
    if len(output) != len(source) or not source:
        return None
    axis = node.integer("axis", 0)
    if axis is None or not -len(source) <= axis < len(source):
        return None
    before = [graph.shape(t) for t in node.outputs[:place] if t]
    if any(len(shape) != len(source) for shape in before):
        return None
    begin = [0] * len(source)
    begin[axis] = sum(shape[axis] for shape in before)
    return _part(source, output, begin, [1] * len(source)) if all(node.outputs[:place]) else None


def _expand(graph, node, source, output, _):
    source = [1] * (len(output) - len(source)) + source
    return _repeat(source, output) if all(e in (1, o) for e, o in zip(source, output)) else None


VALUES = {"Transpose": _transpose, "DepthToSpace": _blocks, "SpaceToDepth": _blocks, "Slice": _slice, "Split": _split,
          "Expand": _expand, "Tile": _expand}


def copy(graph, node):
    """What is read is what arrives: of a slice its part, of an expansion its source."""
    layers = []
    for i, tensor in enumerate(node.outputs):
        if not tensor:
            continue
        output, source = graph.shape(tensor), graph.shape(node.input(0))
        suffix = f".{len(layers)}" if layers else ""
        found = VALUES[node.op](graph, node, source, output, i) if node.op in VALUES else None
        if found is None or not words(output):
            read = source if words(source) < words(output) else output
            layers.append(memory_bound("copy", [read], output, suffix=suffix))
        else:
            layers.append(memory_bound("copy", [found[0]], found[1], suffix=suffix, values=found[2]))
    return layers


# What the places of a nearest neighbour and its rounding come to the word at or before a whole multiple.
BEFORE = (("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil"), ("asymmetric", "floor"))


def resize(graph, node):
    """Nearest copies; linear takes 4, cubic 16 words for each output."""
    mode = node.word("mode", "nearest")
    operations = {"nearest": 0, "linear": 4, "cubic": 16}.get(mode)
    if operations is None:
        raise NotUnderstood(f"mode {mode!r}")
    source, output = graph.shape(node.input(0)), graph.shape(node.outputs[0])
    places = (node.word("coordinate_transformation_mode", "half_pixel"), node.word("nearest_mode", "round_prefer_floor"))
    repeated = _repeat(source, output) if mode == "nearest" and places in BEFORE and len(source) == len(output) else None
    return [memory_bound("copy", [source], output, operations, values=repeated[2] if repeated else {})]

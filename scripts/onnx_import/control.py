"""Control flow: the bodies of If, Loop and Scan in place of the node, where what decides is known."""

from dataclasses import dataclass, field

import numpy as np
from onnx import TensorProto

from onnx_import.errors import BadModel
from onnx_import.tensors import shape_of, tensor_type

MOST_UNROLLED = 1 << 12  # nodes of a loop that is written out step by step
MOST_STEPS = 1 << 24


@dataclass
class Opaque:
    """A node whose bodies cannot be put in place: why, and what is known of it all the same."""

    reason: str
    inner: list = field(default_factory=list)  # the nodes of its bodies
    types: list = field(default_factory=list)  # of its outputs, as far as all bodies agree


def _body(proto, name):
    return next((a.g for a in proto.attribute if a.name == name), None)


def _mark(reader):
    return len(reader.nodes), set(reader.kept)


def _undo(reader, mark):
    """Forgets the nodes since `mark`, and returns them."""
    count, kept = mark
    forgotten = reader.nodes[count:]
    del reader.nodes[count:]
    reader.kept = kept
    return forgotten


def _truth(reader, name):
    value = reader.tensors.value(name)
    return bool(value.flatten()[0]) if value is not None and value.size == 1 else None


def _enter(reader, graph, scope, inputs, steps):
    """Walks a body whose inputs are tensors of these names, and returns the names of its outputs."""
    inner = dict(scope)
    reader.enter(graph, inner)
    inner.update({p.name: name for p, name in zip(graph.input, inputs)})
    reader.walk(graph, inner, steps)
    return [inner.get(p.name, p.name) for p in graph.output]


def branch(reader, proto, node, scope):
    """If: the branch that is taken, or else what both have in common."""
    condition = _truth(reader, node.input(0))
    if condition is not None:
        body = _body(proto, "then_branch" if condition else "else_branch")
        return Opaque("a branch is missing") if body is None else _enter(reader, body, scope, [], node.steps)
    tried = {}
    for name in ("then_branch", "else_branch"):
        mark = _mark(reader)
        body = _body(proto, name)
        try:
            outputs = _enter(reader, body, scope, [], node.steps) if body is not None else []
            tried[name] = _undo(reader, mark), [reader.tensors.types.get(t) for t in outputs]
        except BadModel as error:
            _undo(reader, mark)
            reason = str(error)
    if len(tried) == 1:
        (name,) = tried
        reader.notes.append(f"{node}: its condition is known only when the model runs, but with these sizes only its "
                            f"{name.removesuffix('_branch')} branch can: {reason}")
        return _enter(reader, _body(proto, name), scope, [], node.steps)
    if not tried:
        raise BadModel(reason)
    inner = max((nodes for nodes, _ in tried.values()), key=len)
    kinds = [types for _, types in tried.values()]
    same = [a if a is not None and b is not None and shape_of(a) == shape_of(b) else None for a, b in zip(*kinds)]
    return Opaque("its condition is known only when the model runs", inner, same)


def _new_tensor(reader, name, kind):
    name = reader.fresh(name)
    if kind is not None:
        reader.tensors.set_type(name, kind)
    return name


def _stacked(reader, name, source, count, axis=0):
    """A tensor of `count` times the source's extents along a new axis."""
    kind = reader.tensors.types.get(source)
    shape = reader.tensors.shapes.get(source)
    if kind is None or shape is None:
        return _new_tensor(reader, name, kind if shape is None else None)
    axis = axis + len(shape) + 1 if axis < 0 else axis
    return _new_tensor(reader, name, tensor_type(kind.tensor_type.elem_type, [*shape[:axis], count, *shape[axis:]]))


def _repeated(reader, body, scope, node, count, carried, other, first):
    """A body walked once for all its steps: its outputs, or None where a step is not as the one before. `carried` are
    the tensors that it starts with and hands on, from input `first` on; `other` those of all other inputs by place."""
    ahead = len(other) - 1 if first else 0  # outputs before those that are handed on
    inputs = dict(other)
    for i, source in enumerate(carried):
        passed_on = body.output[ahead + i].name == body.input[first + i].name
        inputs[first + i] = source if passed_on else _new_tensor(
            reader, body.input[first + i].name, reader.tensors.types.get(source))
    before = len(reader.nodes)
    outputs = _enter(reader, body, scope, [inputs[i] for i in range(len(body.input))], node.steps * count)
    for i in range(len(carried)):
        if reader.tensors.shapes.get(outputs[ahead + i]) != reader.tensors.shapes.get(inputs[first + i]):
            return None
    reader.kept |= {t for n in reader.nodes[before:] for t in n.outputs} & set(outputs)
    return outputs


def _unknown_inside(reader, before):
    """Whether a node since `before` has an output of unknown shape."""
    return any(not reader.tensors.known(t) for n in reader.nodes[before:] for t in n.outputs if t)


def loop(reader, proto, node, scope):
    """Loop: its body once with `steps`, if all steps are alike, else step by step."""
    body = _body(proto, "body")
    carried = node.inputs[2:]
    if body is None or len(body.input) != len(carried) + 2 or len(body.output) < len(carried) + 1:
        return Opaque("its body does not fit its inputs")
    mark = _mark(reader)
    count = reader.tensors.integers(node.input(0)) if node.input(0) else None
    start = _truth(reader, node.input(1)) if node.input(1) else True
    count = 0 if start is False else count[0] if count else None
    outputs = None
    if count is not None and 1 <= count <= MOST_STEPS and start:
        outputs = _alike(reader, body, scope, node, count, carried, mark)
    if outputs is None and start is not None and (count is None or count <= MOST_UNROLLED):
        outputs = _unrolled(reader, body, scope, node, count, carried, mark)
    if outputs is not None:
        return outputs
    inner = _inside(reader, body, scope, node, carried)
    return Opaque("its number of steps is known only when the model runs" if count is None
                  else f"its {count} steps are not alike", inner)


def _inside(reader, body, scope, node, carried):
    """The nodes of a loop's body, of which it is not known how often they run."""
    mark = _mark(reader)
    try:
        _enter(reader, body, scope, [_new_tensor(reader, p.name, None) for p in body.input], node.steps)
    except BadModel:  # whatever it is that it runs with, it is not this
        pass
    return _undo(reader, mark)


def _alike(reader, body, scope, node, count, carried, mark):
    scalar = tensor_type(TensorProto.INT64, [])
    going = _new_tensor(reader, body.input[1].name, None)
    reader.tensors.constants.add(going)
    reader.tensors.set_value(going, np.asarray(True))
    other = {0: _new_tensor(reader, body.input[0].name, scalar), 1: going}
    outputs = _repeated(reader, body, scope, node, count, carried, other, 2)
    if outputs is None or _truth(reader, outputs[0]) is not True or _unknown_inside(reader, mark[0]):
        _undo(reader, mark)
        return None
    last = outputs[1:len(carried) + 1]
    return [*last, *(_stacked(reader, t, t, count) for t in outputs[len(carried) + 1:])]


def _unrolled(reader, body, scope, node, count, carried, mark):
    state, scans, going, step = list(carried), [], True, 0
    while going and (count is None or step < count):
        number, truth = (_new_tensor(reader, p.name, None) for p in body.input[:2])
        for name, value in ((number, np.asarray(step, dtype="int64")), (truth, np.asarray(True))):
            reader.tensors.constants.add(name)
            reader.tensors.set_value(name, value)
        outputs = _enter(reader, body, scope, [number, truth, *state], node.steps)
        going = _truth(reader, outputs[0])
        state, step = outputs[1:len(carried) + 1], step + 1
        scans.append(outputs[len(carried) + 1:])
        if going is None or len(reader.nodes) - mark[0] > MOST_UNROLLED or step > MOST_UNROLLED:
            _undo(reader, mark)
            return None
    reader.kept |= {t for names in scans for t in names}
    stacked = []
    for i, output in enumerate(body.output[len(carried) + 1:]):
        shapes = [reader.tensors.shapes.get(names[i]) for names in scans]
        alike = scans and all(s == shapes[0] for s in shapes)
        stacked.append(_stacked(reader, output.name, scans[0][i], step) if alike else _new_tensor(reader, output.name, None))
    return [*state, *stacked]


def scan(reader, proto, node, scope):
    """Scan: as many steps of its body as the scanned axis is long."""
    body = _body(proto, "body")
    scanned = node.integer("num_scan_inputs", None)
    if body is None or reader.opsets[""] < 9 or not scanned or not 1 <= scanned <= len(node.inputs) or (
            len(body.input) != len(node.inputs)):
        return Opaque("its body does not fit its inputs, or it is of an opset before 9")
    states = len(node.inputs) - scanned
    axes = node.integers("scan_input_axes") or [0] * scanned
    if len(axes) != scanned:
        return Opaque("it has not an axis for each input that it scans")
    mark = _mark(reader)
    other, counts = {}, set()
    for i, (tensor, axis) in enumerate(zip(node.inputs[states:], axes)):
        shape = reader.tensors.shapes.get(tensor)
        if shape is None or not -len(shape) <= axis < len(shape):
            return Opaque("the shape of what it scans is not known", _inside(reader, body, scope, node, []))
        counts.add(shape[axis])
        axis %= len(shape)
        kind = tensor_type(reader.tensors.types[tensor].tensor_type.elem_type, [*shape[:axis], *shape[axis + 1:]])
        other[states + i] = _new_tensor(reader, body.input[states + i].name, kind)
    count = counts.pop() if len(counts) == 1 else None
    if not count or len(body.output) < states:
        return Opaque("its number of steps is not known", _inside(reader, body, scope, node, []))
    outputs = _repeated(reader, body, scope, node, count, node.inputs[:states], other, 0)
    if outputs is None:
        inner = _undo(reader, mark)
        return Opaque(f"its {count} steps are not alike", inner)
    places = node.integers("scan_output_axes") or [0] * (len(outputs) - states)
    return [*outputs[:states], *(_stacked(reader, t, t, count, axis) for t, axis in zip(outputs[states:], places))]


KINDS = {"If": branch, "Loop": loop, "Scan": scan}

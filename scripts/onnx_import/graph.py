"""Reads an ONNX file into nodes, tensor shapes and the set of constants."""

import re
from dataclasses import dataclass, field

import onnx
from google.protobuf.message import DecodeError
from onnx import AttributeProto, shape_inference

from onnx_import.errors import BadModel, NotUnderstood, quoted

MOST_EXTENT = 1 << 24
MOST_RANK = 16
LARGEST_KEPT = 1 << 12  # elements of an initializer whose values shapes may depend on
OPSETS = (7, onnx.defs.onnx_opset_version())


@dataclass
class Node:
    op: str
    name: str
    inputs: list  # tensor names; "" where an optional one is left out
    outputs: list
    attributes: dict = field(default_factory=dict)

    def input(self, i):
        return self.inputs[i] if i < len(self.inputs) else ""

    def integers(self, key):
        """The list of numbers of an attribute; None where it is left out, or something else."""
        value = self.attributes.get(key)
        return value if isinstance(value, list) else None

    def integer(self, key, default):
        """The number of an attribute; `default` where it is left out, None where it is something else."""
        value = self.attributes.get(key, default)
        return value if isinstance(value, int) else None


class Graph:
    """Nodes in the file's order; `shape` gives a tensor's extents, `constants` names those that no input changes."""

    def __init__(self, name, nodes, shapes, constants, values, outputs):
        self.name = name
        self.nodes = nodes
        self.constants = constants
        self.values = values  # initializers' integers by tensor name, small ones only
        self.outputs = outputs
        self.flattens_patches = False
        self._shapes = shapes
        self.producer = {}
        self.consumers = {}
        for node in nodes:
            for tensor in filter(None, node.outputs):
                self.producer[tensor] = node
            for tensor in dict.fromkeys(filter(None, node.inputs)):
                self.consumers.setdefault(tensor, []).append(node)

    def shape(self, tensor):
        """The extents of a tensor. Raises NotUnderstood where they are not known."""
        shape = self._shapes.get(tensor)
        if shape is None:
            raise NotUnderstood(f"the shape of {quoted(tensor)} is not known")
        return shape


def _attribute(proto):
    kind = AttributeProto
    if proto.type == kind.INT:
        return proto.i
    if proto.type == kind.INTS:
        return list(proto.ints)
    if proto.type == kind.FLOAT:
        return proto.f
    if proto.type == kind.STRING:
        return proto.s.decode("utf-8", "replace")
    return None  # tensors, graphs: nothing here needs their values


def _parse(path):
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise BadModel(f"cannot be read: {error.strerror}") from error
    model = onnx.ModelProto()
    try:
        model.ParseFromString(text)
    except (DecodeError, RecursionError, ValueError) as error:
        raise BadModel("not an ONNX file, or a damaged one; allowed is an onnx.ModelProto") from error
    _check_text(model)
    if not model.graph.node:
        raise BadModel("no nodes; allowed is an ONNX model with one or more")
    versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    low, high = OPSETS
    if not versions or not all(low <= v <= high for v in versions):
        found = ", ".join(map(str, versions)) or "missing"
        raise BadModel(f"the opset is {found}; allowed is {low} to {high}")
    return model


def _is_symbol(dim):
    return not dim.HasField("dim_value") or dim.dim_value < 1


def _check_text(model):
    """Names are text; the parser lets bytes that are no UTF-8 pass."""
    graph = model.graph
    names = [graph.name, *(o.domain for o in model.opset_import)]
    for proto in [*graph.input, *graph.output, *graph.value_info]:
        names += [proto.name, *(d.dim_param for d in proto.type.tensor_type.shape.dim)]
    names += [t.name for t in graph.initializer]
    for node in graph.node:
        names += [node.op_type, node.name, node.domain, *node.input, *node.output, *(a.name for a in node.attribute)]
    if not all(isinstance(name, str) for name in names):
        raise BadModel("a damaged file: a name in it is no UTF-8")


def _settle_input(proto, batch, given, used):
    """Gives each extent of a graph input a value: its own, --dim's, or --batch for the first."""
    if not proto.type.HasField("tensor_type"):
        raise BadModel(f"input {quoted(proto.name)} is no tensor; allowed are tensors")
    if not proto.type.tensor_type.HasField("shape"):
        raise BadModel(f"input {quoted(proto.name)} has no shape; allowed is one whose rank is known")
    dims = proto.type.tensor_type.shape.dim
    if len(dims) > MOST_RANK:
        raise BadModel(f"input {quoted(proto.name)} has {len(dims)} dimensions; allowed is up to {MOST_RANK}")
    for axis, dim in enumerate(dims):
        place = f"{proto.name}:{axis}"
        name = dim.dim_param if dim.HasField("dim_param") else ""
        key = name if name in given else place
        if key in given:
            used.add(key)
            dim.dim_value = given[key]
        elif axis == 0 and batch is not None:
            dim.dim_value = batch
        elif _is_symbol(dim):
            if axis != 0:
                option = name if re.fullmatch(r"[^=\s]+", name) else place
                raise BadModel(
                    f"dimension {axis} of input {quoted(proto.name)} has no value; give it: weir import --dim "
                    f"{quoted(option)[1:-1]}=N")
            dim.dim_value = 1
        if not 1 <= dim.dim_value <= MOST_EXTENT:
            raise BadModel(f"dimension {axis} of input {quoted(proto.name)} is {dim.dim_value}; "
                           f"allowed is 1 to {MOST_EXTENT}")


def _settle(model, batch, given):
    graph = model.graph
    initializers = {t.name for t in graph.initializer}
    used = set()
    for proto in graph.input:
        if proto.name not in initializers:
            _settle_input(proto, batch, given, used)
    unused = sorted(set(given) - used)
    if unused:
        raise BadModel(f"--dim {quoted(unused[0])[1:-1]} is no dimension of an input")
    return initializers


def _lighten(graph):
    """Leaves of large initializers their shapes, which is all that is needed of weights."""
    inputs = {proto.name for proto in graph.input}
    kept = []
    for tensor in graph.initializer:
        count = 1
        for d in tensor.dims:
            if d < 0:
                raise BadModel(f"initializer {quoted(tensor.name)} has a negative extent")
            count *= d
        if count <= LARGEST_KEPT and tensor.data_location != onnx.TensorProto.EXTERNAL:
            kept.append(tensor)
        elif tensor.name not in inputs:
            proto = graph.input.add()
            proto.name = tensor.name
            proto.type.tensor_type.elem_type = tensor.data_type
            for d in tensor.dims:
                proto.type.tensor_type.shape.dim.add().dim_value = d
    kept = [onnx.TensorProto.FromString(t.SerializeToString()) for t in kept]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def _inferred(model):
    """Shapes by tensor name. What is stale since dimensions were set is inferred anew."""
    del model.graph.value_info[:]
    for proto in model.graph.output:
        proto.type.tensor_type.ClearField("shape")
    try:
        if model.functions:
            from onnx import inliner

            model = inliner.inline_local_functions(model)
        model = shape_inference.infer_shapes(model, check_type=False, strict_mode=False, data_prop=True)
    except Exception as error:  # noqa: BLE001 the library raises what it likes
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadModel(f"its shapes do not fit together: {quoted(first_line, 160)}") from error
    shapes = {}
    graph = model.graph
    for proto in [*graph.input, *graph.value_info, *graph.output]:
        if not proto.type.HasField("tensor_type") or not proto.type.tensor_type.HasField("shape"):
            continue
        dims = proto.type.tensor_type.shape.dim
        if len(dims) <= MOST_RANK and all(d.HasField("dim_value") and 0 <= d.dim_value <= MOST_EXTENT for d in dims):
            shapes[proto.name] = [d.dim_value for d in dims]
    for tensor in graph.initializer:
        shapes[tensor.name] = list(tensor.dims)
    return model, shapes


def _constants(nodes, known):
    """Tensors that only initializers, constants and shapes lead to."""
    constants = set(known)
    for node in nodes:
        fixed = node.op in ("Constant", "Shape", "Size") or (
            node.inputs and all(not t or t in constants for t in node.inputs))
        if fixed:
            constants.update(filter(None, node.outputs))
    return constants


def _small_integers(graph):
    values = {}
    for tensor in graph.initializer:
        if tensor.data_type == onnx.TensorProto.INT64:
            try:
                values[tensor.name] = [int(v) for v in onnx.numpy_helper.to_array(tensor).flatten()]
            except Exception:  # noqa: BLE001 a damaged tensor: whoever needs its value says so
                continue
    return values


def read_graph(path, batch=None, dims=None):
    """Reads a model; `batch` sets the first dimension of the inputs, `dims` symbolic ones by their names or a
    place as `input:axis`. Raises BadModel."""
    model = _parse(path)
    initializers = _settle(model, batch, dims or {})
    _lighten(model.graph)
    model, shapes = _inferred(model)
    nodes = []
    for proto in model.graph.node:
        domain = "" if proto.domain in ("", "ai.onnx") else proto.domain + "."
        nodes.append(Node(domain + proto.op_type, proto.name, list(proto.input), list(proto.output),
                          {a.name: _attribute(a) for a in proto.attribute}))
    return Graph(model.graph.name, nodes, shapes, _constants(nodes, initializers), _small_integers(model.graph),
                 {proto.name for proto in model.graph.output})

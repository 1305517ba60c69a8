"""Walks through a model's nodes in the order they run: shapes, constants, and the bodies of control flow in place."""

import os

import onnx
from onnx import AttributeProto, TensorProto

from onnx_import import control, microsoft
from onnx_import.dimensions import MOST_EXTENT, settle, value_of
from onnx_import.errors import BadModel, quoted
from onnx_import.graph import Graph, Node, attributes_of
from onnx_import.inference import Inference
from onnx_import.model_file import NEWEST_OPSET, parse_model
from onnx_import.tensors import MOST_WORDS, UNKNOWN, Cause, Tensors, shape_of, tensor_type

MOST_NODES = 1 << 17


class Reader:
    def __init__(self, model, dimensions, folder):
        self.tensors = Tensors()
        versions = {("" if o.domain == "ai.onnx" else o.domain): max(1, o.version) for o in model.opset_import}
        self.opsets = {**versions, "": min(versions[""], NEWEST_OPSET)}
        self.inference = Inference(self.opsets, self.tensors)
        self.dimensions = dimensions
        self.folder = folder
        self.nodes = []
        self.kept = set()  # tensors that are needed beyond the nodes
        self.notes = []
        self._taken = set()
        self._numbers = {}  # the last one behind a name

    def fresh(self, name):
        """`name`, or one like it if another body of the file has it already."""
        unique = name
        while unique in self._taken:
            self._numbers[name] = self._numbers.get(name, 1) + 1
            unique = f"{name}.{self._numbers[name]}"
        self._taken.add(unique)
        return unique

    def enter(self, graph, scope):
        """Takes over the constants of a graph; in `scope` its tensors get names that no other graph has."""
        for tensor in graph.initializer:
            name = scope[tensor.name] = self.fresh(tensor.name)
            self.tensors.set_constant(name, self._with_data(tensor))
        for tensor in graph.sparse_initializer:
            name = scope[tensor.values.name] = self.fresh(tensor.values.name)
            self.tensors.constants.add(name)
            self.tensors.set_type(name, tensor_type(tensor.values.data_type, list(tensor.dims)))

    def _with_data(self, tensor):
        words = 1
        for extent in tensor.dims:
            if extent < 0:
                raise BadModel(f"initializer {quoted(tensor.name)} has a negative extent")
            words *= extent
        if tensor.data_location != TensorProto.EXTERNAL or words > MOST_WORDS:
            return tensor
        near = TensorProto()
        near.CopyFrom(tensor)
        try:
            onnx.external_data_helper.load_external_data_for_tensor(near, self.folder)
            near.data_location = TensorProto.DEFAULT
        except Exception:  # noqa: BLE001 without its value it is a weight like others
            return tensor
        return near

    def walk(self, graph, scope, steps=1):
        """Appends the nodes of a graph. `scope` maps names in the file to those of tensors."""
        stated = {} if self.dimensions.overrides else {p.name: p.type for p in [*graph.value_info, *graph.output]}
        for proto in graph.node:
            if len(self.nodes) > MOST_NODES:
                raise BadModel(f"more than {MOST_NODES} nodes, those of loops and branches included")
            self._step(proto, scope, stated, steps)

    def _step(self, proto, scope, stated, steps):
        domain = "" if proto.domain in ("", "ai.onnx") else proto.domain + "."
        inputs = [scope.get(t, t) for t in proto.input]
        node = Node(domain + proto.op_type, proto.name, inputs, [], attributes_of(proto), steps, domain + proto.op_type)
        opaque = None
        if node.op in control.KINDS:
            opaque = control.KINDS[node.op](self, proto, node, scope)
            if not isinstance(opaque, control.Opaque):
                scope.update({t: inner for t, inner in zip(proto.output, opaque) if t})
                return
            node.inner = opaque.inner
        for tensor in proto.output:
            node.outputs.append(self.fresh(tensor) if tensor else "")
        said = {name: (t, stated.get(t)) for t, name in zip(proto.output, node.outputs) if name}
        for made in [node] if opaque else microsoft.rewritten(node, self):
            self.nodes.append(made)
            if made.op == "Constant":
                self._constant(proto, made)
            else:
                self._infer(node, proto, made, said, opaque)
        scope.update({t: name for t, name in zip(proto.output, node.outputs) if t})

    def _constant(self, proto, node):
        for name in filter(None, node.outputs):
            self.tensors.constants.add(name)
            for attribute in proto.attribute:
                if attribute.type == AttributeProto.TENSOR:
                    self.tensors.set_constant(name, attribute.t)
                elif attribute.type in (AttributeProto.INT, AttributeProto.INTS, AttributeProto.FLOAT, AttributeProto.FLOATS):
                    value = onnx.helper.get_attribute_value(attribute)
                    whole = attribute.type in (AttributeProto.INT, AttributeProto.INTS)
                    array = onnx.numpy_helper.np.asarray(value, dtype="int64" if whole else "float32")
                    self.tensors.set_type(name, tensor_type(TensorProto.INT64 if whole else TensorProto.FLOAT, list(array.shape)))
                    if array.size <= MOST_WORDS:
                        self.tensors.set_value(name, array)

    def _infer(self, whole, proto, node, said, opaque):
        title = f"node {quoted(node.name or next(filter(None, node.outputs), ''))} ({quoted(node.title)[1:-1]})"
        run = None if opaque else _as_proto(proto if node is whole else None, node)
        if opaque:
            node.attributes["_reason"] = opaque.reason
            found = {name: kind for name, kind in zip(node.outputs, opaque.types) if name and kind is not None}
        else:
            found = self.inference.types(run, title) if run is not None else {}
        for name, kind in microsoft.types(self.tensors, node).items():
            found.setdefault(name, kind)
        for name in filter(None, node.outputs):
            kind = self._agreed(title, found.get(name), *said.get(name, ("", None)))
            if kind is not None:
                self.tensors.set_type(name, kind)
        if not opaque:
            self._fold(node, run, found)
        self._blame(node, opaque, run is not None and bool(found))

    def _agreed(self, title, found, name, stated):
        """What inference found of a tensor, and beyond it what the file states. Raises BadModel where they differ."""
        if stated is None or not stated.HasField("tensor_type") or not stated.tensor_type.HasField("shape"):
            return found
        if found is not None and not found.HasField("tensor_type"):
            return found
        said = [d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else
                value_of(d.dim_param, self.dimensions.symbols) if d.dim_param else None
                for d in stated.tensor_type.shape.dim]
        numbers = [d.HasField("dim_value") and d.dim_value > 0 for d in stated.tensor_type.shape.dim]
        said = [e if e is None or 0 <= e <= MOST_EXTENT else None for e in said]
        shape = shape_of(found) if found is not None else None
        if shape is None:
            return tensor_type(stated.tensor_type.elem_type, said)
        if len(shape) != len(said):  # no number of it can be right; runtimes take what the operands make, too
            self.notes.append(f"{title}: the file states {said} for {quoted(name)}, its operands make {shape}, which "
                              "counts".replace("None", "?"))
            return found
        if any(n and f is not None and f != s for f, s, n in zip(shape, said, numbers)):
            raise BadModel(f"{title}: the file states {said} for {quoted(name)}, its operands make {shape}; allowed is "
                           "the same".replace("None", "?"))
        return tensor_type(found.tensor_type.elem_type, [s if f is None else f for f, s in zip(shape, said)])

    def _fold(self, node, run, found):
        tensors = self.tensors
        if node.op in ("Shape", "Size") and len(node.outputs) == 1:
            tensors.constants.add(node.outputs[0])
            shape = tensors.shapes.get(node.input(0))
            if shape is None:
                return
            if node.op == "Size":
                words = tensors.words(node.input(0))
                value = UNKNOWN if words is None else words
            else:
                end = node.integer("end", len(shape))
                value = [UNKNOWN if e is None else e for e in shape[node.integer("start", 0) or 0:end]]
            if node.op == "Shape" or value < 1 << 62:
                tensors.set_value(node.outputs[0], onnx.numpy_helper.np.asarray(value, dtype="int64"))
            return
        if not node.inputs or not all(not t or t in tensors.constants for t in node.inputs):
            return
        tensors.constants.update(filter(None, node.outputs))
        if run is not None:
            for name, value in self.inference.values(run, found).items():
                tensors.set_value(name, value)
                if not tensors.known(name):
                    tensors.set_type(name, tensor_type(tensors.types[name].tensor_type.elem_type, list(value.shape)))

    def _blame(self, node, opaque, inferred):
        """Notes of outputs of unknown shape or value which node is the first to blame."""
        tensors = self.tensors
        for name in filter(None, node.outputs):
            valued = name not in tensors.constants or tensors.value(name) is not None or tensors.words(name) is None or \
                tensors.words(name) > MOST_WORDS
            if tensors.known(name) and valued:
                continue
            before = next((tensors.causes[t] for t in node.inputs if t in tensors.causes), None)
            if before is None and not tensors.known(name):
                reason = opaque.reason if opaque else "its shape is known only when the model runs" if inferred else "its shape is not known"
                before = Cause(node, reason)
            if before is not None:
                tensors.causes[name] = before


def _as_proto(proto, node):
    """The node as onnx knows it, with the names of tensors; None for another domain's. Of one that was rewritten there is
    no `proto`."""
    if proto is not None:
        copy = onnx.NodeProto()
        copy.CopyFrom(proto)
        copy.input[:] = node.inputs
        copy.output[:] = node.outputs
    elif "." not in node.op:
        copy = onnx.helper.make_node(node.op, node.inputs, node.outputs, **{
            k: v for k, v in node.attributes.items() if v is not None and v != [] and not k.startswith("_")})
    else:
        return None
    if copy.domain == "ai.onnx":
        copy.domain = ""
    return None if set(filter(None, copy.output)) & set(copy.input) else copy


def _inlined(model):
    if not model.functions:
        return model
    try:
        from onnx import inliner

        return inliner.inline_local_functions(model)
    except Exception as error:  # noqa: BLE001 the library raises what it likes
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadModel(f"its functions cannot be put in place: {quoted(line, 160)}") from error


def read_graph(path, batch=None, dims=None):
    """Reads a model; `batch` sets the symbol of the first dimension of the inputs, `dims` symbols by their names or a
    place as `input:axis`. Raises BadModel."""
    model, notes = parse_model(path)
    fixed = {t.name for t in model.graph.initializer}
    inputs = [p for p in model.graph.input if p.name not in fixed]
    dimensions = settle(inputs, batch, dims or {}, path)
    model = _inlined(model)
    reader = Reader(model, dimensions, os.path.dirname(path))
    scope = {}
    reader.enter(model.graph, scope)
    for proto in inputs:
        name = scope[proto.name] = reader.fresh(proto.name)
        reader.tensors.set_type(name, proto.type)
    reader.walk(model.graph, scope)
    outputs = {scope.get(p.name, p.name) for p in model.graph.output} | reader.kept
    return Graph(model.graph.name, reader.nodes, reader.tensors, outputs, dimensions.batch, [*notes, *dimensions.notes, *reader.notes])

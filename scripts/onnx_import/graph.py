"""A model as nodes in the order they run, with what is known of their tensors."""

from dataclasses import dataclass, field

from onnx import AttributeProto

from onnx_import.errors import NotUnderstood, quoted

@dataclass
class Node:
    op: str
    name: str
    inputs: list  # tensor names; "" where an optional one is left out
    outputs: list
    attributes: dict = field(default_factory=dict)
    steps: int = 1  # how often it runs, one after the other, in a loop
    title: str = ""  # what the file calls its operator
    inner: list = field(default_factory=list)  # the nodes of bodies that are not understood

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

    def word(self, key, default):
        """The text of an attribute; `default` where it is left out or empty, None where it is something else."""
        value = self.attributes.get(key) or default
        return value if isinstance(value, str) else None

    def __str__(self):
        return f"{quoted(self.title or self.op)[1:-1]} {quoted(self.name or next(filter(None, self.outputs), ''))}"


class Graph:
    """Nodes in their order; `shape` gives a tensor's extents, `constants` names those that no input changes. `outputs`
    are the tensors that are needed beyond the nodes: the model's outputs, and what one step of a loop leaves the next."""

    def __init__(self, name, nodes, tensors, outputs, batch=1, notes=()):
        self.name = name
        self.nodes = nodes
        self.tensors = tensors
        self.constants = tensors.constants
        self.outputs = outputs
        self.batch = batch
        self.notes = list(notes)
        self.flattens_patches = False
        self.consumers = {}
        for node in nodes:
            for tensor in dict.fromkeys(filter(None, node.inputs)):
                self.consumers.setdefault(tensor, []).append(node)

    def shape(self, tensor):
        """The extents of a tensor. Raises NotUnderstood where they are not known."""
        if not self.tensors.known(tensor):
            raise NotUnderstood(f"the shape of {quoted(tensor)} is not known", self.tensors.causes.get(tensor))
        return list(self.tensors.shapes[tensor])

    def integers(self, tensor):
        """The whole numbers of a small constant; None where they are not known."""
        return self.tensors.integers(tensor)


def attributes_of(proto):
    return {a.name: _attribute(a) for a in proto.attribute}


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
    return None  # tensors, graphs: whoever needs them reads the file's own

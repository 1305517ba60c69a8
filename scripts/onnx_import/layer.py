"""A layer of a workload, as its file says it."""

from dataclasses import dataclass, field

from onnx_import.errors import NotUnderstood

MOST_EXTENT = 1 << 24
MOST_STEP = 1 << 16
MOST_PADDING = 1 << 16
RECURRENT = ("lstm", "gru", "rnn")
MULTIPLIED = ("conv", "conv_transpose", "fc", "matmul", *RECURRENT)


@dataclass
class Layer:
    """`keys` are those of docs/file-formats.md, without the name."""

    kind: str
    keys: dict
    suffix: str = ""  # tells the layers of one node apart
    operations: int = 0  # per output, of a memory-bound layer
    name: str = ""
    steps: int = 1  # how often it runs, one after the other
    folded: list = field(default_factory=list)
    values: dict = field(default_factory=dict)  # keys that say what a memory-bound layer computes, if that is exact

    @property
    def memory_bound(self):
        return self.kind not in MULTIPLIED

    def text(self):
        """The layer as a line of YAML."""
        keys = {**self.keys, **self.values}
        if self.operations:
            keys["operations_per_output"] = self.operations
        if self.steps != 1:
            keys["steps"] = self.steps
        return "{" + ", ".join(f"{k}: {v}" for k, v in {"name": self.name, "kind": self.kind, **keys}.items()) + "}"


def words(shape):
    product = 1
    for extent in shape:
        product *= extent
    return product


def extents(values, what, least=1, most=MOST_EXTENT):
    """`values` if all are in range; raises NotUnderstood otherwise."""
    for value in values:
        if not isinstance(value, int) or not least <= value <= most:
            raise NotUnderstood(f"{what} is {value}; allowed is {least} to {most}")
    return list(values)


def pair(values):
    """[a, b] written as short as the format allows."""
    return values[0] if values[0] == values[1] else list(values)


def memory_bound(kind, inputs, output, operations=0, suffix="", values=None):
    """A layer that only passes through the vector unit; shapes are lists of extents, scalars are [1]. `values`: the
    keys that say what it computes, where that is exact."""
    full = [shape for shape in inputs if words(shape)]  # nothing is read of a tensor without words
    if len(full) < len(inputs):
        inputs, values = full or inputs[:1], {}
    shapes = [extents(shape, "an extent") or [1] for shape in inputs]
    output = extents(output, "an extent") or [1]
    operations = extents([operations], "operations per output", least=0)[0]
    return Layer(kind, {"inputs": shapes, "output": output}, suffix, operations, values=values or {})

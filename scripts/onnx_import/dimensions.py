"""Gives every dimension of a model's inputs a value: its own, one from outside, or 1 of the batch."""

import ast
import operator
import re
import shlex
from dataclasses import dataclass, field

from onnx_import.errors import BadModel, quoted

MOST_EXTENT = 1 << 24
MOST_RANK = 16
MOST_LISTED = 32  # dimensions that an error names

BATCH = re.compile(r"(?i)b|n|bs|bsz|nb|.*batch.*")
SAYS_BATCH = re.compile(r"(?i).*batch.*")  # the others are one only where they stand first: N may be any number
NAME = re.compile(r"[A-Za-z_][\w.]*")
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
             ast.Div: operator.floordiv}


@dataclass
class Axis:
    tensor: str
    axis: int
    dim: object  # the file's TensorShapeProto.Dimension
    symbol: str  # "" where it has none, or where the same stands for several axes of the input
    written: str

    @property
    def place(self):
        return f"{self.tensor}:{self.axis}"

    @property
    def fixed(self):
        return self.dim.HasField("dim_value") and self.dim.dim_value >= 1

    def __str__(self):
        name = quoted(self.written)[1:-1]
        return f"{name} (axis {self.axis} of {self.tensor})" if name else f"axis {self.axis} of {self.tensor}"


@dataclass
class Dimensions:
    symbols: dict  # values by name
    batch: int  # the images of the model as it is imported
    notes: list = field(default_factory=list)
    overrides: bool = False  # whether a number of the file was replaced: what it says of other tensors is stale then


def _terms(text):
    """The names in a sum or product such as `past + 1`; None where it is something else."""
    try:
        tree = ast.parse(text, mode="eval") if len(text) < 200 else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    allowed = (ast.Expression, ast.BinOp, ast.Name, ast.Load, ast.Constant, *OPERATORS)
    if tree is None or not all(isinstance(n, allowed) for n in ast.walk(tree)) or isinstance(tree.body, ast.Name):
        return None
    return [n.id for n in ast.walk(tree) if isinstance(n, ast.Name)]


def _computed(text, symbols):
    def value(node):
        if isinstance(node, ast.BinOp):
            return OPERATORS[type(node.op)](value(node.left), value(node.right))
        return symbols[node.id] if isinstance(node, ast.Name) else int(node.value)

    try:
        return value(ast.parse(text, mode="eval").body)
    except (ZeroDivisionError, ValueError, TypeError):
        return None


def value_of(text, symbols):
    """The extent that a symbol of the file stands for; None where it is not known."""
    if text in symbols:
        return symbols[text]
    terms = _terms(text)
    return _computed(text, symbols) if terms and all(t in symbols for t in terms) else None


def _axes(proto):
    if not proto.type.HasField("tensor_type"):
        raise BadModel(f"input {quoted(proto.name)} is no tensor; allowed are tensors")
    if not proto.type.tensor_type.HasField("shape"):
        raise BadModel(f"input {quoted(proto.name)} has no shape; allowed is one whose rank is known")
    dims = proto.type.tensor_type.shape.dim
    if len(dims) > MOST_RANK:
        raise BadModel(f"input {quoted(proto.name)} has {len(dims)} dimensions; allowed is up to {MOST_RANK}")
    names = [d.dim_param for d in dims]
    return [Axis(proto.name, i, d, name if names.count(name) == 1 else "", name)
            for i, (d, name) in enumerate(zip(dims, names))]


class _Settling:
    def __init__(self, inputs, batch, given):
        self.inputs = [_axes(proto) for proto in inputs]
        self.axes = [axis for axes in self.inputs for axis in axes]
        self.batch = batch
        self.given = given
        self.used = set()
        self.notes = []
        self.symbols = {}
        self.places = {}
        self.overrides = False
        first = {axes[0].symbol for axes in self.inputs if axes}
        self.batches = {a.symbol for a in self.axes if BATCH.fullmatch(a.symbol) and not _terms(a.symbol)
                        and (a.symbol in first or SAYS_BATCH.fullmatch(a.symbol))}

    def bind(self, axis, value):
        if axis.symbol and self.symbols.setdefault(axis.symbol, value) != value:
            raise BadModel(f"dimension {axis} is {value}, and {self.symbols[axis.symbol]} elsewhere; allowed is one "
                           "value for a name")
        self.places[axis.place] = value

    def take_given(self):
        for axis in self.axes:
            key = axis.place if axis.place in self.given else axis.written
            if key in self.given and (key == axis.place or axis.symbol or NAME.fullmatch(key)):
                self.used.add(key)
                self.overrides |= axis.fixed
                self.bind(axis, self.given[key])
        terms = {t for axis in self.axes for t in _terms(axis.written) or []}
        for key in terms & set(self.given):
            self.used.add(key)
            self.symbols[key] = self.given[key]
        unused = sorted(set(self.given) - self.used)
        if unused:
            raise BadModel(f"--dim {quoted(unused[0])[1:-1]} is no dimension of an input")

    def open_axes(self):
        return [a for a in self.axes if not a.fixed and a.place not in self.places and value_of(a.written, self.symbols)
                is None]

    def take_batch(self):
        """A symbol that is called like a batch, else the first axis of each input."""
        named = [a for a in self.open_axes() if a.symbol in self.batches]
        other = {a.tensor for a in named}
        first = [a for a in self.open_axes() if a.axis == 0 and a.tensor not in other]
        if self.batch is not None and not [*named, *first]:
            raise BadModel(f"--batch {self.batch} has no first axis without a number to go to; allowed is a model with "
                           "one (weir run --batch N repeats a model's images)")
        for axis in named:
            self.bind(axis, self.batch or 1)
        taken = []
        for axis in first:
            if axis.place in self.places or value_of(axis.written, self.symbols) is not None or _terms(axis.written):
                continue
            self.bind(axis, self.batch or 1)
            taken += [axis] if self.batch is None or axis.symbol else []
        if taken:
            names = ", ".join(map(str, taken[:MOST_LISTED]))
            self.notes.append(f"{names} {'were' if len(taken) > 1 else 'was'} taken as {self.batch or 1}, the batch; --dim "
                              "gives another value")

    def missing(self, path):
        axes = self.open_axes()
        if not axes:
            return
        options = {}
        for axis in axes:
            terms = [t for t in _terms(axis.written) or [] if t not in self.symbols]
            for key in terms or [axis.symbol if NAME.fullmatch(axis.symbol) else axis.place]:
                options.setdefault(key, axis)
        listed = list(options)[:MOST_LISTED]
        names = ", ".join(str(options[key]) for key in listed)
        command = " ".join(f"--dim {shlex.quote(key + '=N')}" for key in listed)
        more = f" and {len(options) - len(listed)} more" if len(options) > len(listed) else ""
        raise BadModel(quoted(f"no value for {names}{more}; give one to each: weir import {shlex.quote(path)} {command}",
                              100_000)[1:-1])

    def write(self):
        for axis in self.axes:
            if axis.place in self.places:
                axis.dim.dim_value = self.places[axis.place]
            elif not axis.fixed:
                axis.dim.dim_value = min(max(value_of(axis.written, self.symbols), -1), MOST_EXTENT + 1)
            if not 1 <= axis.dim.dim_value <= MOST_EXTENT:
                raise BadModel(f"dimension {axis.axis} of input {quoted(axis.tensor)} is {axis.dim.dim_value}; "
                               f"allowed is 1 to {MOST_EXTENT}")

    def images(self):
        """The batch: what was given, or the extent that the first axes of the inputs start with."""
        if self.batch is not None:
            return self.batch
        named = [v for s, v in self.symbols.items() if s in self.batches]
        first = [axes[0].dim.dim_value for axes in self.inputs if axes]
        return named[0] if named else first[0] if first else 1


def settle(inputs, batch, given, path):
    """Writes a value into each dimension of the `inputs`. Raises BadModel."""
    settling = _Settling(inputs, batch, given)
    settling.take_given()
    settling.take_batch()
    settling.missing(path)
    settling.write()
    return Dimensions(settling.symbols, settling.images(), settling.notes, settling.overrides)

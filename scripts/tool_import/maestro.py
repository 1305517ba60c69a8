"""MAESTRO's networks: `Network NAME { Layer NAME { Type: CONV Stride { X: 2 } Dimensions { K: 64, ... } } }`."""

import re

from onnx_import.errors import BadModel, quoted
from tool_import.text import Network, convolution, number, product, read_text

TOKEN = re.compile(r"[{}:;,()]|[^\s{}:;,()]+")
KINDS = ("CONV", "DSCONV", "NGCONV", "TRCONV", "GEMM")


def _tokens(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    return [(token.group(), at) for at, line in enumerate(text.split("\n"), start=1)
            for token in TOKEN.finditer(line.split("//")[0]) if token.group() not in ":,"]


class _Reader:
    def __init__(self, text):
        self.tokens = _tokens(text)
        self.at = 0
        self.constants = {}

    def next(self, wanted=None):
        if self.at >= len(self.tokens):
            raise BadModel(f"the file ends where {quoted(wanted or 'more')} is needed")
        token, line = self.tokens[self.at]
        if wanted is not None and token != wanted:
            raise BadModel(f"line {line}: {quoted(token)}; allowed there is {quoted(wanted)}")
        self.at += 1
        return token

    @property
    def line(self):
        return self.tokens[max(self.at - 1, 0)][1]

    def skip_block(self):
        self.next("{")
        depth = 1
        while depth:
            token = self.next()
            depth += (token == "{") - (token == "}")

    def sizes(self):
        self.next("{")
        values = {}
        while (name := self.next()) != "}":
            text = self.next()
            place = f"line {self.line}: "
            values[name] = number(self.constants.get(text, text), name, place)
        return values


def _layer(reader, name):
    """(kind, dimensions, strides) of the layer whose name was read."""
    kind, dimensions, strides = "CONV", None, {}
    reader.next("{")
    while (word := reader.next()) != "}":
        if word == "Type":
            kind = reader.next()
        elif word == "Dimensions":
            dimensions = reader.sizes()
        elif word == "Stride":
            strides = reader.sizes()
        elif reader.tokens[reader.at][0] == "{" if reader.at < len(reader.tokens) else False:
            reader.skip_block()
        elif word == ";":
            continue
        else:
            raise BadModel(f"line {reader.line}: {quoted(word)} in layer {quoted(name)}; allowed are Type, Stride, "
                           "Dimensions, and blocks in braces")
    if kind not in KINDS:
        raise BadModel(f"line {reader.line}: layer {quoted(name)} is of type {quoted(kind)}; allowed are {', '.join(KINDS)}")
    if dimensions is None:
        raise BadModel(f"line {reader.line}: layer {quoted(name)} has no Dimensions")
    return kind, dimensions, strides


def _made(kind, name, sizes, strides):
    def size(key, default=1):
        return sizes.get(key, default)

    if kind == "GEMM":
        return product(size("M"), size("K"), size("N"))
    taps, stride = [size("R"), size("S")], (strides.get("Y", 1), strides.get("X", 1))
    plane = [sizes[key] if key in sizes else (size(f"{key}'") - 1) * s + r
             for key, s, r in zip("YX", stride, taps)]
    if any(r > p for r, p in zip(taps, plane)):
        raise BadModel(f"layer {quoted(name)}: the filter of {taps[0]} x {taps[1]} is larger than the input of "
                       f"{plane[0]} x {plane[1]}")
    groups = size("G") if kind == "NGCONV" else size("C") if kind == "DSCONV" else 1
    channels = size("C") if kind == "DSCONV" else size("C") * groups
    outputs = size("C") if kind == "DSCONV" else size("K") * groups
    if kind == "TRCONV":
        return convolution(channels, plane, outputs, taps, (2, 2), batch=size("N"), kind="conv_transpose")
    return convolution(channels, plane, outputs, taps, stride, groups=groups, batch=size("N"))


def read(path):
    """The layers of a network. Raises BadModel."""
    reader, network, kinds = _Reader(read_text(path)), Network(), set()
    while reader.at < len(reader.tokens):
        word = reader.next()
        if word == "Constant":
            name = reader.next()
            reader.constants[name] = reader.next()
        elif word == "Layer":
            name = reader.next()
            kind, sizes, strides = _layer(reader, name)
            network.add(name, _made(kind, name, sizes, strides))
            kinds.add(kind)
        elif word in ("}", ";"):
            continue
        elif word == "Network":
            reader.next()
            reader.next("{")
        elif reader.at < len(reader.tokens) and reader.tokens[reader.at][0] == "{":
            reader.skip_block()
        else:
            raise BadModel(f"line {reader.line}: {quoted(word)}; allowed are Network, Layer and Constant")
    if not network.layers:
        raise BadModel("no layers; allowed is a network of MAESTRO, with one or more")
    if "TRCONV" in kinds:
        network.notes.append("TRCONV is a transposed convolution of stride 2, as MAESTRO has it")
    return network

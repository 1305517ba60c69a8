"""Timeloop's problems: a layer by its dimensions and by what part of them each tensor is indexed with."""

import re
from pathlib import Path

from onnx_import.errors import BadModel, quoted
from onnx_import.layer import Layer, words
from tool_import.text import Network, convolution, number, product, read_text

MOST_INCLUDED = 8
# The shape that Timeloop knows by its name.
CNN = {"Weights": ["C", "M", "R", "S"], "Inputs": ["N", "C", [["R", "Wdilation"], ["P", "Wstride"]],
                                                   [["S", "Hdilation"], ["Q", "Hstride"]]],
       "Outputs": ["N", "M", "Q", "P"]}


def _included(text, folder, depth=0):
    """The text with the files in place that Timeloop's front end includes."""
    def put(match):
        if depth >= MOST_INCLUDED:
            raise BadModel(f"files that include one another; allowed are {MOST_INCLUDED} deep")
        path = folder / match.group(2)
        return _included(read_text(path), path.parent, depth + 1)

    return re.sub(r"\{\{\s*include_text\((['\"])([^'\"]*)\1\)\s*\}\}", put, text)


def _merged(value):
    """Maps with what `<<<` names below them."""
    if not isinstance(value, dict):
        return value
    below = _merged(value.get("<<<")) or {}
    result = dict(below) if isinstance(below, dict) else {}
    for key, inner in value.items():
        if key == "<<<":
            continue
        inner = _merged(inner)
        both = isinstance(inner, dict) and isinstance(result.get(key), dict)
        result[key] = {**result[key], **inner} if both else inner
    return result


def _load(path):
    try:
        import yaml
    except ImportError as error:
        raise BadModel("needs PyYAML, which scripts/setup installs") from error
    text = _included(read_text(path), Path(path).parent)
    try:
        return [_merged(d) for d in yaml.safe_load_all(text) if d is not None]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line = str(error).splitlines() or [""]
        raise BadModel(f"not YAML: {quoted(line[0], 100)}") from error


def _axes(projection):
    """For each axis of a tensor the (dimension, coefficient) that it is a sum of."""
    axes = []
    for axis in projection if isinstance(projection, list) else [projection]:
        if isinstance(axis, str):
            axis = [[axis]]
        terms = []
        for term in axis:
            term = [term] if isinstance(term, str) else term
            if not isinstance(term, list) or not 1 <= len(term) <= 2:
                raise BadModel(f"a projection of {quoted(term)}; allowed are [DIMENSION] and [DIMENSION, COEFFICIENT]")
            terms.append((str(term[0]), term[1] if len(term) > 1 else None))
        axes.append(terms)
    return axes


class _Problem:
    def __init__(self, problem):
        shape = problem.get("shape")
        inside = problem.get("instance")
        self.instance = inside if isinstance(inside, dict) else problem
        if isinstance(shape, dict):
            spaces = shape.get("data_spaces", shape.get("data-spaces"))
        elif isinstance(shape, str) and re.fullmatch(r"(?i)cnn[-_]?layer(\.yaml)?", shape):
            spaces = [{"name": n, "projection": p, "read_write": n == "Outputs"} for n, p in CNN.items()]
            self.instance = {"M": self.instance.get("K", 1), **self.instance}
        else:
            raise BadModel(f"its shape is {quoted(shape)}; allowed is a map with data_spaces, or cnn-layer")
        if not isinstance(spaces, list) or len(spaces) != 3 or not all(isinstance(s, dict) for s in spaces):
            raise BadModel("data_spaces of its shape; allowed are three: two that are read, and one with read_write")
        self.defaults = {c.get("name"): c.get("default", 1) for c in (shape.get("coefficients") or [] if isinstance(
            shape, dict) else []) if isinstance(c, dict)}
        self.tensors = {str(s.get("name")): _axes(s.get("projection")) for s in spaces}
        written = [str(s.get("name")) for s in spaces if s.get("read_write", s.get("read-write"))]
        if len(written) != 1 or len(self.tensors) != 3:
            raise BadModel(f"{len(written)} data_spaces with read_write; allowed is one of three")
        self.output = written[0]

    def size(self, name):
        return number(self.instance.get(name, 1), f"{name} of its instance")

    def coefficient(self, name):
        return 1 if name is None else number(
            name if isinstance(name, int) else self.instance.get(name, self.defaults.get(name, 1)), str(name))

    def dimensions(self, tensor):
        return {d for axis in self.tensors[tensor] for d, _ in axis}


def _zeros(problem, tensor):
    density = (problem.instance.get("densities") or {}).get(tensor) if isinstance(
        problem.instance.get("densities"), dict) else None
    density = density.get("density") if isinstance(density, dict) else density
    return round(1 - density, 9) if isinstance(density, (int, float)) and 0 <= density < 1 else None


def _convolution(problem, inputs, weights, windows):
    """A layer whose input has axes that are sums of an output position and a tap."""
    outputs = problem.dimensions(problem.output)
    reach, taken = [], set()
    for axis in windows:
        places = sorted(axis, key=lambda term: term[0] not in outputs)
        (position, stride), (tap, dilation) = places if len(places) == 2 else (places[0], (None, None))
        if tap is None or position not in outputs or tap in outputs:
            raise BadModel("an axis that is no sum of an output position and a tap; allowed is a convolution")
        taken |= {position, tap}
        p, s, r, d = problem.size(position), problem.coefficient(stride), problem.size(tap), problem.coefficient(dilation)
        reach.append(((p - 1) * s + (r - 1) * d + 1, r, s, d))
    if len(reach) > 2:
        raise BadModel(f"{len(reach)} directions; allowed are 1 and 2")
    reach = [(1, 1, 1, 1)] * (2 - len(reach)) + reach
    x, w = problem.dimensions(inputs) - taken, problem.dimensions(weights) - taken
    out = outputs - taken

    def extent(dimensions):
        return words([problem.size(d) for d in dimensions])

    groups, channels, filters, images = extent(x & w & out), extent((x & w) - out), extent((w & out) - x), extent((x & out) - w)
    size, taps, stride, dilation = zip(*reach)
    return convolution(channels * groups, size, filters * groups, taps, stride, dilation, groups=groups, batch=images)


def _layer(problem):
    inputs, weights = (t for t in problem.tensors if t != problem.output)
    if re.search(r"(?i)weight|filter", inputs):
        inputs, weights = weights, inputs
    windows = [axis for axis in problem.tensors[inputs] if len(axis) > 1]
    if any(len(axis) > 1 for t in (weights, problem.output) for axis in problem.tensors[t]):
        raise BadModel("a sum of dimensions in the weights or the output; allowed is one in the input")
    if windows:
        layer = _convolution(problem, inputs, weights, windows)
    else:
        x, w, out = (problem.dimensions(t) for t in (inputs, weights, problem.output))
        batch, rows, inner, columns = (words([problem.size(d) for d in dimensions]) for dimensions in (
            x & w & out, (x & out) - w, (x & w) - out, (w & out) - x))
        layer = product(rows, inner, columns) if batch == 1 else Layer(
            "matmul", {"batch": batch, "rows": rows, "inner": inner, "columns": columns})
    zeros = _zeros(problem, inputs)
    if zeros:
        layer.keys["ifmap_zeros"] = zeros
    return layer


def read(path):
    """The layers of a file of problems. Raises BadModel."""
    network = Network()
    for document in _load(path):
        problem = document.get("problem") if isinstance(document, dict) else None
        if not isinstance(problem, dict):
            continue
        network.add(str(problem.get("name") or Path(path).stem), _layer(_Problem(problem)))
    if not network.layers:
        raise BadModel("no problem; allowed is a problem of Timeloop, with shape and instance")
    return network

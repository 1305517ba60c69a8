"""The layers of matrix products: Gemm, MatMul, Einsum, attention.

One product has one form, however it is written: with weights it is an fc layer of flat vectors, as many `rows` as there
are for each image of the model's batch; without, a matmul that has a batch only where both operands differ in it."""

import re

from onnx_import import microsoft
from onnx_import.errors import NotUnderstood, quoted
from onnx_import.layer import Layer, extents, memory_bound, words


def fc(graph, vectors, inner, columns, suffix=""):
    """A product of so many vectors with weights."""
    extents([vectors, inner, columns], "an extent")
    batch = graph.batch if graph.batch > 1 and vectors % graph.batch == 0 else 1
    keys = {"input": [inner, 1, 1], "output_channels": columns}
    if vectors != batch:
        keys["rows"] = vectors // batch
    if batch != 1:
        keys["batch"] = batch
    return Layer("fc", keys, suffix)


def _matmul(batch, rows, inner, columns, suffix=""):
    extents([batch, rows, inner, columns], "an extent")
    return Layer("matmul", {"batch": batch, "rows": rows, "inner": inner, "columns": columns}, suffix)


def _product(graph, left, right, batch, rows, inner, columns):
    """Of two tensors with the extents [batch, rows, inner] and [batch, inner, columns]; `batch` is what both have, the
    left one's own batch is in `rows`, the right one's in `columns`."""
    if batch == 1 and right in graph.constants:
        return [fc(graph, rows, inner, columns)]
    if batch == 1 and left in graph.constants:
        return [fc(graph, columns, inner, rows)]
    return [_matmul(batch, rows, inner, columns)]


def gemm(graph, node):
    a, b = graph.shape(node.input(0)), graph.shape(node.input(1))
    if len(a) != 2 or len(b) != 2:
        raise NotUnderstood("an operand that is no matrix")
    rows, inner = reversed(a) if node.attributes.get("transA") else a
    inner_b, columns = reversed(b) if node.attributes.get("transB") else b
    if inner != inner_b:
        raise NotUnderstood(f"inner extents {inner} and {inner_b} differ")
    return _product(graph, node.input(0), node.input(1), 1, rows, inner, columns)


def matmul(graph, node, data=0, weight=1):
    """MatMul, MatMulInteger and QLinearMatMul, batches broadcast as numpy does."""
    a, b = graph.shape(node.input(data)), graph.shape(node.input(weight))
    if not a or not b:
        raise NotUnderstood("a scalar operand")
    a = [1, *a] if len(a) == 1 else a
    b = [*b, 1] if len(b) == 1 else b
    if a[-1] != b[-2]:
        raise NotUnderstood(f"inner extents {a[-1]} and {b[-2]} differ")
    rank = max(len(a), len(b)) - 2
    lead_a, lead_b = ([1] * (rank + 2 - len(s)) + s[:-2] for s in (a, b))
    batch, rows, columns = 1, a[-2], b[-1]
    for left, right in zip(lead_a, lead_b):
        if left != right and 1 not in (left, right):
            raise NotUnderstood(f"batches {left} and {right} differ")
        batch *= max(left, right)
    if words(lead_b) == 1:
        batch, rows = 1, rows * batch
    elif words(lead_a) == 1:
        batch, columns = 1, columns * batch
    return _product(graph, node.input(data), node.input(weight), batch, rows, a[-1], columns)


def _labels(term, shape):
    """A letter for each axis; those of an ellipsis are numbers, counted from the last."""
    before, dots, behind = term.partition("...")
    open_axes = len(shape) - len(before) - len(behind) if dots else 0
    labels = [*before, *range(open_axes, 0, -1), *behind]
    if open_axes < 0 or len(labels) != len(shape):
        raise NotUnderstood(f"{quoted(term)} of a tensor of {len(shape)} axes")
    if len(set(labels)) != len(labels):
        raise NotUnderstood(f"a diagonal, {quoted(term)}")
    return labels


def einsum(graph, node):
    """Of two operands a matrix product, or a product word by word; of one a transposition or a sum."""
    equation = node.attributes.get("equation")
    if not isinstance(equation, str):
        raise NotUnderstood("no equation")
    equation = re.sub(r"\s", "", equation)
    shapes = [graph.shape(t) for t in node.inputs]
    sources, arrow, target = equation.partition("->")
    terms = sources.split(",")
    if len(terms) != len(shapes) or not 1 <= len(terms) <= 2:
        raise NotUnderstood(f"an equation of {len(terms)} terms; allowed are 1 and 2")
    output = graph.shape(node.outputs[0])
    if len(shapes) == 1:
        taken = min(words(shapes[0]), words(output))
        summed = not set(re.sub(r"\W", "", sources)) <= set(target) if arrow else taken < words(shapes[0])
        if not summed:  # another order, or a diagonal
            return [memory_bound("copy", shapes if taken == words(shapes[0]) else [output], output)]
        return [memory_bound("pool", shapes, output, words(shapes[0]) // max(1, words(output)))]
    axes = [dict(zip(_labels(term, shape), shape)) for term, shape in zip(terms, shapes)]
    sizes = {}
    for axis in axes:
        for label, extent in axis.items():
            sizes[label] = max(extent, sizes.get(label, 1))
    letters = "".join(terms).replace("...", "")
    kept = set(target.replace("...", "") if arrow else (c for c in letters if letters.count(c) == 1))
    kept |= {label for label in sizes if isinstance(label, int)}
    def extent(labels):
        return words([sizes[label] for label in labels])

    left, right = (set(axis) for axis in axes)
    inner = (left & right) - kept
    if any(axes[0].get(label, 1) != 1 and label not in right or axes[1].get(label, 1) != 1 and label not in left
           for label in set(sizes) - kept):
        raise NotUnderstood("a sum over an axis of one operand")
    if not inner:
        return [memory_bound("elementwise", shapes, output, 1)]
    return _product(graph, node.input(0), node.input(1), extent(left & right & kept), extent((left - right) & kept),
                    extent(inner), extent((right - left) & kept))


def _attended(batch, rows, columns, depth, depth_v):
    """softmax(Q K^T) V as two products and a softmax."""
    return [_matmul(batch, rows, depth, columns, ".qk"),
            memory_bound("softmax", [[batch, rows, columns]], [batch, rows, columns], 5, ".softmax"),
            _matmul(batch, rows, columns, depth_v, ".av")]


def attention(graph, node):
    """Attention-23."""
    q, k, v = (graph.shape(node.input(i)) for i in range(3))
    if len(q) == len(k) == len(v) == 3:
        heads, kv_heads = (extents([node.attributes.get(key)], key)[0] for key in ("q_num_heads", "kv_num_heads"))
        if q[-1] % heads or k[-1] % kv_heads or v[-1] % kv_heads:
            raise NotUnderstood("heads that do not divide the hidden extent")
        batch, rows, depth = q[0] * heads, q[1], q[2] // heads
        columns, depth_v = k[1], v[2] // kv_heads
    elif len(q) == len(k) == len(v) == 4:
        batch, rows, depth = q[0] * q[1], q[2], q[3]
        columns, depth_v = k[2], v[3]
    else:
        raise NotUnderstood("operands that are neither of 3 nor of 4 dimensions")
    if node.input(4):
        past = graph.shape(node.input(4))
        if len(past) != 4:
            raise NotUnderstood("a past that is not of 4 dimensions")
        columns += past[2]
    return _attended(batch, rows, columns, depth, depth_v)


def microsoft_attention(graph, node):
    """The attentions of com.microsoft, the first of which has the product that makes q, k and v inside."""
    found = microsoft.attention_extents(graph.tensors, node)
    if found is None:
        graph.shape(node.input(0))
        raise NotUnderstood("the shapes of its operands are not known, or are none of an attention")
    batch, rows, columns, heads, _, depth, depth_v = found
    layers = _attended(batch * heads, rows, columns, depth, depth_v)
    if node.op.endswith(".Attention"):
        inner, hidden = graph.shape(node.input(1))
        layers.insert(0, fc(graph, batch * rows, inner, hidden, ".qkv"))
    return layers

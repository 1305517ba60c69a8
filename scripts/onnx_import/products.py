"""The layers of matrix products: Gemm, MatMul, Attention."""

from onnx_import.errors import NotUnderstood
from onnx_import.layer import Layer, extents, memory_bound, words

VIEWS = ("Flatten", "Reshape", "Squeeze", "Dropout", "Identity", "Cast")


def _maps_before(graph, tensor, batch, inner):
    """[channels, rows, columns] whose words in order are the `inner` words of a row, if a view made rows of them."""
    for _ in range(len(graph.nodes)):
        node = graph.producer.get(tensor)
        if node is None or node.op not in VIEWS:
            break
        tensor = node.input(0)
        try:
            shape = graph.shape(tensor)
        except NotUnderstood:
            break
        if len(shape) == 4 and shape[0] == batch and words(shape[1:]) == inner:
            return shape[1:]
    return [inner, 1, 1]


def _fc(graph, tensor, lead, inner, columns):
    """A product with weights: `lead` are the extents before the inner one, the first of them the batch."""
    batch, rows = (lead[0], words(lead[1:])) if lead else (1, 1)
    extents([batch, rows, inner, columns], "an extent")
    keys = {"input": _maps_before(graph, tensor, batch, inner) if rows == 1 else [inner, 1, 1],
            "output_channels": columns}
    if rows != 1:
        keys["rows"] = rows
    if batch != 1:
        keys["batch"] = batch
    return Layer("fc", keys)


def _matmul(batch, rows, inner, columns, suffix=""):
    extents([batch, rows, inner, columns], "an extent")
    return Layer("matmul", {"batch": batch, "rows": rows, "inner": inner, "columns": columns}, suffix)


def gemm(graph, node):
    a, b = graph.shape(node.input(0)), graph.shape(node.input(1))
    if len(a) != 2 or len(b) != 2:
        raise NotUnderstood("an operand that is no matrix")
    rows, inner = reversed(a) if node.attributes.get("transA") else a
    inner_b, columns = reversed(b) if node.attributes.get("transB") else b
    if inner != inner_b:
        raise NotUnderstood(f"inner extents {inner} and {inner_b} differ")
    if node.input(1) in graph.constants and not node.attributes.get("transA"):
        return [_fc(graph, node.input(0), [rows], inner, columns)]
    return [_matmul(1, rows, inner, columns)]


def matmul(graph, node, data=0, weight=1):
    """MatMul, MatMulInteger and QLinearMatMul, batches broadcast as numpy does."""
    a, b = graph.shape(node.input(data)), graph.shape(node.input(weight))
    if not a or not b:
        raise NotUnderstood("a scalar operand")
    a = [1, *a] if len(a) == 1 else a
    b = [*b, 1] if len(b) == 1 else b
    if a[-1] != b[-2]:
        raise NotUnderstood(f"inner extents {a[-1]} and {b[-2]} differ")
    if len(b) == 2 and node.input(weight) in graph.constants:
        return [_fc(graph, node.input(data), a[:-1], a[-1], b[-1])]
    batch = []
    for i in range(1, max(len(a), len(b)) - 1):
        left = a[-2 - i] if len(a) > i + 1 else 1
        right = b[-2 - i] if len(b) > i + 1 else 1
        if left != right and 1 not in (left, right):
            raise NotUnderstood(f"batches {left} and {right} differ")
        batch.append(max(left, right))
    return [_matmul(words(batch), a[-2], a[-1], b[-1])]


def attention(graph, node):
    """Attention-23: softmax(Q K^T) V as two products and a softmax."""
    q, k, v = (graph.shape(node.input(i)) for i in range(3))
    if len(q) == 3:
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
        columns += graph.shape(node.input(4))[2]  # past_key
    return [_matmul(batch, rows, depth, columns, ".qk"),
            memory_bound("softmax", [[batch, rows, columns]], [batch, rows, columns], 5, ".softmax"),
            _matmul(batch, rows, columns, depth_v, ".av")]

"""Operators of onnxruntime's domain com.microsoft in terms of ONNX's own: other operands, layouts made explicit."""

from onnx import TensorProto

from onnx_import.graph import Node
from onnx_import.tensors import tensor_type

DOMAIN = "com.microsoft."
# op -> (ONNX's operator, the places of the operands that count)
RENAMED = {
    "FusedConv": ("Conv", (0, 1, 2)), "FusedGemm": ("Gemm", (0, 1, 2)), "QGemm": ("Gemm", (0, 3)),
    "MatMulInteger16": ("MatMulInteger", (0, 1)), "DynamicQuantizeMatMul": ("MatMul", (0, 1)),
    "MatMulIntegerToFloat": ("MatMul", (0, 1)), "QLinearAdd": ("QuantizedAdd", (0, 3)),
    "QLinearMul": ("QuantizedMul", (0, 3)), "QLinearSigmoid": ("Sigmoid", (0,)), "QLinearLeakyRelu": ("LeakyRelu", (0,)),
    "QLinearSoftmax": ("Softmax", (0,)), "QLinearReduceMean": ("ReduceMean", (0,)), "QLinearWhere": ("Where", (0, 1, 4)),
    "QLinearAveragePool": ("AveragePool", (0,)), "QLinearGlobalAveragePool": ("GlobalAveragePool", (0,)),
    "QuantizeLinear": ("QuantizeLinear", (0, 1, 2)), "DequantizeLinear": ("DequantizeLinear", (0, 1, 2)),
    "QLinearConv": ("QLinearConv", tuple(range(9))), "NhwcConv": ("Conv", (0, 1, 2)),
    "NhwcFusedConv": ("Conv", (0, 1, 2)), "NhwcMaxPool": ("MaxPool", (0,)), "Gelu": ("Gelu", (0,)),
    "QuickGelu": ("Sigmoid", (0,)), "Trilu": ("Trilu", (0, 1)),
    "GridSample": ("GridSample", (0, 1)), "ConvTransposeWithDynamicPads": ("ConvTranspose", (0, 1)),
    "QAttention": (DOMAIN + "Attention", (0, 1, 2, 5, 8)), "BiasGelu": ("BiasGelu", (0, 1)),
    "FastGelu": ("BiasGelu", (0, 1)), "BiasAdd": ("Sum", (0, 1, 2)),
}
CHANNELS_LAST = ("NhwcConv", "NhwcFusedConv", "NhwcMaxPool")


def _view(reader, source, order):
    """A transposition that moves nothing: the operator reads the words where they are."""
    name = reader.fresh(f"{source}.view")
    return Node("Transpose", "", [source], [name], {"perm": list(order), "_view": True}, title="Transpose"), name


def _constant(reader, name, shape):
    name = reader.fresh(name)
    reader.tensors.constants.add(name)
    reader.tensors.set_type(name, tensor_type(TensorProto.FLOAT, shape))
    return name


def _renamed(node, reader):
    op, places = RENAMED[node.op[len(DOMAIN):]]
    inputs = [node.input(i) for i in places]
    while inputs and not inputs[-1]:
        inputs.pop()
    new = Node(op, node.name, inputs, node.outputs, node.attributes, node.steps, node.title)
    last = node.attributes.get("channels_last") or node.op[len(DOMAIN):] in CHANNELS_LAST
    shape = reader.tensors.shapes.get(node.input(0))
    if not last or shape is None or len(shape) < 3:
        return [new]
    rank = len(shape)
    before, new.inputs[0] = _view(reader, node.input(0), [0, rank - 1, *range(1, rank - 1)])
    inner = reader.fresh(f"{node.outputs[0]}.view")
    after = Node("Transpose", "", [inner], node.outputs[:1], {"perm": [0, *range(2, rank), 1], "_view": True},
                 title="Transpose")
    new.outputs = [inner, *node.outputs[1:]]
    return [before, new, after]


def _concat(node, reader):
    return [Node("QuantizedConcat", node.name, node.inputs[2::3], node.outputs, node.attributes, node.steps, node.title)]


def _fused_matmul(node, reader):
    """MatMul with its operands' last axes, or the batch's and the row's, the other way round."""
    nodes, inputs = [], []
    for i, side in enumerate("AB"):
        tensor, shape = node.input(i), reader.tensors.shapes.get(node.input(i))
        if shape is not None and len(shape) > 1:
            order = list(range(len(shape)))
            if node.attributes.get(f"transBatch{side}"):
                order = [*order[1:-1], order[0], order[-1]]
            if node.attributes.get(f"trans{side}"):
                order[-2:] = reversed(order[-2:])
            if order != sorted(order):
                view, tensor = _view(reader, tensor, order)
                nodes.append(view)
        inputs.append(tensor)
    return [*nodes, Node("MatMul", node.name, inputs, node.outputs, {}, node.steps, node.title)]


def _packed_weights(node, reader):
    """MatMulNBits and MatMulBnb4: weights of K x N words, however they are packed."""
    inner, columns = node.integer("K", None), node.integer("N", None)
    if not inner or not columns or min(inner, columns) < 1:
        return [node]
    weights = _constant(reader, f"{node.input(1)}.unpacked", [inner, columns])
    if node.input(1) not in reader.tensors.constants:
        reader.tensors.constants.discard(weights)
    return [Node("MatMul", node.name, [node.input(0), weights], node.outputs, {}, node.steps, node.title)]


def _dynamic_lstm(node, reader):
    """Its weights are [directions, input, 4 hidden]: an LSTM's the other way round."""
    inputs = [*node.inputs[:8]]
    for i in (1, 2):
        shape = reader.tensors.shapes.get(node.input(i))
        if shape is None or len(shape) != 3:
            return [node]
        inputs[i] = _constant(reader, f"{node.input(i)}.turned", [shape[0], shape[2], shape[1]])
    return [Node("LSTM", node.name, inputs, node.outputs, node.attributes, node.steps, node.title)]


REWRITES = {**{DOMAIN + op: _renamed for op in RENAMED}, DOMAIN + "QLinearConcat": _concat,
            DOMAIN + "FusedMatMul": _fused_matmul, DOMAIN + "TransposeMatMul": _fused_matmul,
            DOMAIN + "FusedMatMulActivation": _fused_matmul, DOMAIN + "MatMulNBits": _packed_weights,
            DOMAIN + "MatMulBnb4": _packed_weights, DOMAIN + "MatMulFpQ4": _packed_weights,
            DOMAIN + "DynamicQuantizeLSTM": _dynamic_lstm}


def rewritten(node, reader):
    """The nodes that stand for a node."""
    rewrite = REWRITES.get(node.op)
    return rewrite(node, reader) if rewrite else [node]


def _same(tensors, node):
    return [tensors.shapes.get(node.input(0))]


def _broadcast(tensors, node):
    shapes = [tensors.shapes.get(t) for t in node.inputs if t]
    if any(s is None for s in shapes):
        return [None]
    rank = max(map(len, shapes), default=0)
    shapes = [[1] * (rank - len(s)) + s for s in shapes]
    return [[next((e for e in axis if e != 1), 1) for axis in zip(*shapes)]]


def _concatenated(tensors, node):
    shapes, axis = [tensors.shapes.get(t) for t in node.inputs], node.integer("axis", None)
    if not shapes or axis is None or any(s is None or not -len(s) <= axis < len(s) for s in shapes):
        return [None]
    parts = [s[axis] for s in shapes]
    output = list(shapes[0])
    output[axis] = None if None in parts else sum(parts)
    return [output]


def _skip_norm(tensors, node):
    shape = tensors.shapes.get(node.input(0))
    return [shape, None, None, shape]


def _embedding(tensors, node):
    ids, table = tensors.shapes.get(node.input(0)), tensors.shapes.get(node.input(2))
    if ids is None or table is None or len(table) != 2:
        return [None]
    return [[*ids, table[1]], ids[:1], [*ids, table[1]]]


def attention_extents(tensors, node):
    """(batch, rows, columns, heads, heads of k and v, depth, depth of v) of the domain's attentions; None where one is
    not known."""
    def shape(i):
        return tensors.shapes.get(node.input(i)) if node.input(i) else None

    heads = node.integer("num_heads", None)
    x = shape(0)
    if x is None or None in x or not heads or heads < 1 or len(x) not in (3, 4, 5):
        return None
    op = node.op[len(DOMAIN):]
    if op == "Attention":
        weights = shape(1)
        sizes = node.integers("qkv_hidden_sizes")
        if len(x) != 3 or weights is None or None in weights or len(weights) != 2:
            return None
        q, _, v = sizes if sizes and len(sizes) == 3 else [weights[1] // 3] * 3
        past = shape(4)
        columns = x[1] + (past[3] if past is not None and len(past) == 5 and past[3] else 0)
        return x[0], x[1], columns, heads, heads, q // heads, v // heads
    kv_heads = node.integer("kv_num_heads", heads)
    k, v, past = shape(1), shape(2), shape(3 if op == "GroupQueryAttention" else 6)
    packed = len(x) == 5 or k is None
    if op == "GroupQueryAttention":
        depth = x[2] // ((heads + 2 * kv_heads) if packed else heads)
        columns = x[1] + (past[2] if past is not None and len(past) == 4 and past[2] else 0)
        total = tensors.integers(node.input(6)) if node.input(6) else None
        return x[0], x[1], total[0] if total else columns, heads, kv_heads, depth, depth
    if packed:
        depth = x[4] if len(x) == 5 else 0
        return (x[0], x[1], x[1], heads, heads, depth, depth) if len(x) == 5 else None
    if len(x) != 3 or None in k:
        return None
    columns = k[2] if len(k) == 4 else k[1]
    depth = x[2] // heads
    depth_v = depth if v is None else v[3] if len(v) == 4 else v[2] // heads
    if past is not None and len(past) == 4 and past[2] and len(k) == 3:
        columns += past[2]
    return x[0], x[1], columns, heads, heads, depth, depth_v


def _attention(tensors, node):
    found = attention_extents(tensors, node)
    if found is None:
        return [None]
    batch, rows, columns, heads, kv_heads, depth, depth_v = found
    output = [batch, rows, heads * depth_v]
    if node.op == DOMAIN + "Attention":
        return [output, [2, batch, heads, columns, depth]]
    past = tensors.shapes.get(node.input(3)) if node.op.endswith("GroupQueryAttention") and node.input(3) else None
    kept = max(columns, past[2] or 0) if past is not None and len(past) == 4 else columns
    return [output, [batch, kv_heads, kept, depth], [batch, kv_heads, kept, depth_v]]


SHAPES = {"BiasGelu": _same, "QuantizedAdd": _broadcast, "QuantizedMul": _broadcast, "QuantizedConcat": _concatenated,
          "SimplifiedLayerNormalization": _same, DOMAIN + "SkipLayerNormalization": _skip_norm,
          DOMAIN + "SkipSimplifiedLayerNormalization": _skip_norm, DOMAIN + "GroupNorm": _same,
          DOMAIN + "SkipGroupNorm": _same, DOMAIN + "RotaryEmbedding": _same, DOMAIN + "BiasSoftmax": _same,
          DOMAIN + "BiasDropout": _same, DOMAIN + "EmbedLayerNormalization": _embedding,
          DOMAIN + "Attention": _attention, DOMAIN + "MultiHeadAttention": _attention,
          DOMAIN + "GroupQueryAttention": _attention}


def types(tensors, node):
    """Types by name of the outputs of operators that the onnx library does not know."""
    shapes = SHAPES[node.op](tensors, node) if node.op in SHAPES else []
    element = tensors.types[node.input(0)].tensor_type.elem_type if node.input(0) in tensors.types else TensorProto.FLOAT
    return {name: tensor_type(element, shape) for name, shape in zip(node.outputs, shapes) if name and shape is not None}

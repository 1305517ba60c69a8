"""Which layers each operator makes, and which ride along with the layer before."""

from functools import partial

from onnx_import import products, windows
from onnx_import.errors import NotUnderstood
from onnx_import.layer import memory_bound, words

# Other shapes of the same words: nothing moves.
VIEWS = frozenset("Cast CastLike Dropout Flatten Identity Reshape Squeeze Unsqueeze".split())

ACTIVATIONS = frozenset("""Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu
    HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log Mish Neg Not PRelu QuantizeLinear DequantizeLinear
    DynamicQuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh
    ThresholdedRelu""".split())

ELEMENTWISE = frozenset("""Add And BitwiseAnd BitwiseOr BitwiseXor BitShift Div Equal Greater GreaterOrEqual Less
    LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Where Xor""".split())

COPIES = frozenset("""CenterCropPad Compress DepthToSpace Expand Gather GatherElements GatherND Pad Reverse
    ReverseSequence ScatterElements ScatterND Slice SpaceToDepth Split Tile Transpose Trilu""".split())

REDUCTIONS = frozenset("""ArgMax ArgMin CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
    ReduceMin ReduceProd ReduceSum ReduceSumSquare TopK""".split())

# Operations per output word; docs/file-formats.md says what they are.
NORM_OPERATIONS = {"BatchNormalization": 2, "GroupNormalization": 5, "InstanceNormalization": 5,
                   "LayerNormalization": 5, "LpNormalization": 3, "MeanVarianceNormalization": 5,
                   "RMSNormalization": 4, "SkipLayerNormalization": 6}
SOFTMAX_OPERATIONS = {"Softmax": 5, "LogSoftmax": 5, "Hardmax": 2}


def _operands(graph, node):
    """The inputs whose words are read: tensors, and constants of more than a word."""
    shapes = [graph.shape(t) for t in node.inputs if t]
    return [s for s in shapes if words(s) > 1] or shapes[:1]


def _unary(kind, operations, graph, node):
    return [memory_bound(kind, [graph.shape(node.input(0))], graph.shape(node.outputs[0]), operations)]


def _elementwise(graph, node):
    inputs = [t for t in node.inputs if t]
    return [memory_bound("elementwise", _operands(graph, node), graph.shape(node.outputs[0]),
                         max(1, len(inputs) - 1))]


def _copy(graph, node):
    """What is read is what arrives: of a slice its part, of an expansion its source."""
    layers = []
    for i, tensor in enumerate(filter(None, node.outputs)):
        output = graph.shape(tensor)
        source = graph.shape(node.input(0))
        read = source if words(source) < words(output) else output
        layers.append(memory_bound("copy", [read], output, suffix=f".{i}" if i else ""))
    return layers


def _concat(graph, node):
    return [memory_bound("concat", [graph.shape(t) for t in node.inputs if t], graph.shape(node.outputs[0]))]


def _resize(graph, node):
    """Nearest copies; linear takes 4, cubic 16 words for each output."""
    mode = node.attributes.get("mode") or "nearest"
    operations = {"nearest": 0, "linear": 4, "cubic": 16}.get(mode)
    if operations is None:
        raise NotUnderstood(f"mode {mode!r}")
    return [memory_bound("copy", [graph.shape(node.input(0))], graph.shape(node.outputs[0]), operations)]


def _reduction(graph, node):
    source, output = graph.shape(node.input(0)), graph.shape(node.outputs[0])
    return [memory_bound("pool", [source], output, -(-words(source) // max(1, words(output))))]


def _local_response(graph, node):
    """A square for each channel of the window, then a power and a product."""
    size = node.attributes.get("size")
    if not isinstance(size, int):
        raise NotUnderstood("no size")
    return _unary("norm", size + 2, graph, node)


LAYERS = {
    "Conv": windows.conv,
    "ConvInteger": windows.conv,
    "QLinearConv": partial(windows.conv, data=0, weight=3),
    "ConvTranspose": windows.conv_transpose,
    "Gemm": products.gemm,
    "MatMul": products.matmul,
    "MatMulInteger": products.matmul,
    "QLinearMatMul": partial(products.matmul, data=0, weight=3),
    "Attention": products.attention,
    "MaxPool": windows.pool,
    "AveragePool": windows.pool,
    "LpPool": windows.pool,
    "GlobalAveragePool": windows.global_pool,
    "GlobalMaxPool": windows.global_pool,
    "GlobalLpPool": windows.global_pool,
    "Concat": _concat,
    "Resize": _resize,
    "Upsample": _resize,
    "LRN": _local_response,
    "RotaryEmbedding": partial(_unary, "elementwise", 3),
    **{op: partial(_unary, "activation", 1) for op in ACTIVATIONS},
    **{op: _elementwise for op in ELEMENTWISE},
    **{op: _copy for op in COPIES},
    **{op: _reduction for op in REDUCTIONS},
    **{op: partial(_unary, "norm", n) for op, n in NORM_OPERATIONS.items()},
    **{op: partial(_unary, "softmax", n) for op, n in SOFTMAX_OPERATIONS.items()},
}


def operations_of_folded(node):
    """Operations per word that a node adds to the memory-bound layer it rides along with."""
    if node.op in VIEWS:
        return 0
    if node.op == "BatchNormalization":
        return 2
    return max(1, len([t for t in node.inputs if t]) - 1) if node.op in ELEMENTWISE else 1


def may_fold(node):
    return node.op in VIEWS or node.op in ACTIVATIONS or node.op in ELEMENTWISE or node.op == "BatchNormalization"

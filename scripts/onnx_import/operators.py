"""Which layers each operator makes, and which ride along with the layer before."""

from functools import partial

from onnx_import import copies, products, windows
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


FUNCTIONS = {"Add": "add", "Sum": "add", "Sub": "subtract", "Mul": "multiply", "Max": "max", "Min": "min"}


def _elementwise(graph, node):
    inputs = [t for t in node.inputs if t]
    operands = _operands(graph, node)
    # The value of a scalar that is not read is not known.
    exact = node.op in FUNCTIONS and len(operands) == len(inputs) > 1
    return [memory_bound("elementwise", operands, graph.shape(node.outputs[0]), max(1, len(inputs) - 1),
                         values={"operation": FUNCTIONS[node.op]} if exact else {})]


def _activation(graph, node):
    layers = _unary("activation", 1, graph, node)
    if node.op == "Relu":
        layers[0].values = {"operation": "relu"}
    return layers


def _concat(graph, node):
    shapes, output = [graph.shape(t) for t in node.inputs if t], graph.shape(node.outputs[0])
    axis = node.integer("axis", None)
    known = axis is not None and -len(output) <= axis < len(output)
    return [memory_bound("concat", shapes, output, values={"axis": axis % len(output)} if known else {})]


REDUCED = {"ReduceMax": "max", "ReduceMin": "min", "ReduceSum": "sum", "ReduceMean": "average"}


def _reduced_axes(graph, node, rank):
    """First and last axis (exclusive) that a reduction goes over, if they stand side by side and are known."""
    axes = node.integers("axes")
    if node.input(1):
        axes = graph.values.get(node.input(1))
        if axes is None:
            return None
    if not axes and node.attributes.get("noop_with_empty_axes"):
        return None
    axes = sorted({a % rank for a in axes} if axes else range(rank)) if rank else []
    return (axes[0], axes[-1] + 1) if axes and axes == list(range(axes[0], axes[-1] + 1)) else None


def _reduction(graph, node):
    source, output = graph.shape(node.input(0)), graph.shape(node.outputs[0])
    operations = -(-words(source) // max(1, words(output)))
    axes = _reduced_axes(graph, node, len(source)) if node.op in REDUCED else None
    whole = windows.whole_window(REDUCED[node.op], source, *axes) if axes else None
    if whole is None or words(whole[1]) != words(output):
        return [memory_bound("pool", [source], output, operations)]
    return [memory_bound("pool", [whole[0]], whole[1], operations, values=whole[2])]


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
    "Resize": copies.resize,
    "Upsample": copies.resize,
    "LRN": _local_response,
    "RotaryEmbedding": partial(_unary, "elementwise", 3),
    **{op: _activation for op in ACTIVATIONS},
    **{op: _elementwise for op in ELEMENTWISE},
    **{op: copies.copy for op in COPIES},
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


def fold_values(layer, node):
    """Tells a memory-bound layer's values of a node that rides along; behind what is not exact there are none."""
    if node.op == "Relu" and layer.values:
        layer.values["then"] = "relu"
    elif node.op not in VIEWS:
        layer.values = {}


def may_fold(node):
    return node.op in VIEWS or node.op in ACTIVATIONS or node.op in ELEMENTWISE or node.op == "BatchNormalization"

"""Which layers each operator makes, and which ride along with the layer before."""

import math
import re
from functools import partial

from onnx_import import copies, products, recurrent, windows
from onnx_import.errors import NotUnderstood
from onnx_import.layer import memory_bound, words

# Other shapes of the same words: nothing moves.
VIEWS = frozenset("""Cast CastLike Dropout Flatten Identity Optional OptionalGetElement Reshape SequenceAt SequenceConstruct
    SequenceInsert SplitToSequence Squeeze Unsqueeze""".split())

ACTIVATIONS = frozenset("""Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu
    HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log Mish Neg Not PRelu QuantizeLinear DequantizeLinear
    DynamicQuantizeLinear Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh
    ThresholdedRelu""".split())

ELEMENTWISE = frozenset("""Add And BitwiseAnd BitwiseOr BitwiseXor BitShift Div Equal Greater GreaterOrEqual Less
    LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Where Xor BiasGelu QuantizedAdd QuantizedMul com.microsoft.BiasDropout
    com.microsoft.BiasSplitGelu""".split())

# What makes words out of few: read and written.
MAKERS = frozenset("""Bernoulli ConstantOfShape EyeLike Multinomial NonMaxSuppression NonZero OneHot RandomNormal
    RandomNormalLike RandomUniform RandomUniformLike Range Unique""".split())

COPIES = frozenset("""CenterCropPad Col2Im Compress DepthToSpace Expand Gather GatherElements GatherND MaxUnpool Pad Reverse
    ReverseSequence Scatter ScatterElements ScatterND Slice SpaceToDepth Split TensorScatter Tile Transpose Trilu""".split())

REDUCTIONS = frozenset("""ArgMax ArgMin CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
    ReduceMin ReduceProd ReduceSum ReduceSumSquare TopK""".split())

# Operations per output word; docs/file-formats.md says what they are.
NORM_OPERATIONS = {"BatchNormalization": 2, "GroupNormalization": 5, "InstanceNormalization": 5,
                   "LayerNormalization": 5, "LpNormalization": 3, "MeanVarianceNormalization": 5,
                   "RMSNormalization": 4, "SimplifiedLayerNormalization": 4,
                   "com.microsoft.EmbedLayerNormalization": 7, "com.microsoft.GroupNorm": 5,
                   "com.microsoft.SkipGroupNorm": 6, "com.microsoft.SkipLayerNormalization": 6,
                   "com.microsoft.SkipSimplifiedLayerNormalization": 5}
SOFTMAX_OPERATIONS = {"Softmax": 5, "LogSoftmax": 5, "Hardmax": 2, "com.microsoft.BiasSoftmax": 6}


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
    # Nor are axes that an old operator names, from which on it broadcasts.
    exact = node.op in FUNCTIONS and len(operands) == len(inputs) > 1 and not node.attributes.get("broadcast")
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


def _made(graph, node):
    output = graph.shape(node.outputs[0])
    return [memory_bound("copy", [graph.shape(t) for t in node.inputs if t] or [[1]], output)]


def _gathered(graph, node):
    output = graph.shape(node.outputs[0])
    return [memory_bound("copy", [output], output)]


REDUCED = {"ReduceMax": "max", "ReduceMin": "min", "ReduceSum": "sum", "ReduceMean": "average"}


def _reduced_axes(graph, node, rank):
    """First and last axis (exclusive) that a reduction goes over, if they stand side by side and are known."""
    axes = node.integers("axes")
    if node.input(1):
        axes = graph.integers(node.input(1))
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


def _norm(operations, graph, node):
    """Of all operands that are no weights, such as the one that is added before."""
    output = graph.shape(node.outputs[0])
    inputs = [graph.shape(t) for t in node.inputs if t and t not in graph.constants]
    return [memory_bound("norm", [s for s in inputs if words(s) == words(output)] or inputs[:1], output, operations)]


def _fourier(graph, node):
    """A fast transform: 5 n log2 n operations for n complex words (Van Loan 1992, section 1.4)."""
    source, output = graph.shape(node.input(0)), graph.shape(node.outputs[0])
    points = max([2, *(output[-2:-1] if node.op != "DFT" else output[:-1])])
    return [memory_bound("pool", [source], output, math.ceil(2.5 * math.log2(points)))]


def _looked_up(graph, node):
    """What makes a word out of a few that it looks up: four, and their weights, in each plane."""
    return [memory_bound("copy", [graph.shape(t) for t in node.inputs[:2]], graph.shape(node.outputs[0]), 8)]


LAYERS = {
    "Conv": windows.conv,
    "ConvInteger": windows.conv,
    "QLinearConv": partial(windows.conv, data=0, weight=3),
    "ConvTranspose": windows.conv_transpose,
    "Gemm": products.gemm,
    "MatMul": products.matmul,
    "MatMulInteger": products.matmul,
    "QLinearMatMul": partial(products.matmul, data=0, weight=3),
    "Einsum": products.einsum,
    "Attention": products.attention,
    **{f"com.microsoft.{op}": products.microsoft_attention
       for op in ("Attention", "MultiHeadAttention", "GroupQueryAttention")},
    **{op: recurrent.recurrent for op in recurrent.GATES},
    "DeformConv": windows.conv,
    "DFT": _fourier,
    "STFT": _fourier,
    "GridSample": _looked_up,
    "RoiAlign": _looked_up,
    "MaxRoiPool": _looked_up,
    "MaxPool": windows.pool,
    "AveragePool": windows.pool,
    "LpPool": windows.pool,
    "GlobalAveragePool": windows.global_pool,
    "GlobalMaxPool": windows.global_pool,
    "GlobalLpPool": windows.global_pool,
    "Concat": _concat,
    "QuantizedConcat": _concat,
    "ConcatFromSequence": _gathered,
    "Resize": copies.resize,
    "Upsample": copies.resize,
    "LRN": _local_response,
    "RotaryEmbedding": partial(_unary, "elementwise", 3),
    "com.microsoft.RotaryEmbedding": partial(_unary, "elementwise", 3),
    **{op: _activation for op in ACTIVATIONS},
    **{op: _elementwise for op in ELEMENTWISE},
    **{op: copies.copy for op in COPIES},
    **{op: _made for op in MAKERS},
    **{op: _reduction for op in REDUCTIONS},
    **{op: partial(_norm, n) for op, n in NORM_OPERATIONS.items()},
    **{op: partial(_unary, "softmax", n) for op, n in SOFTMAX_OPERATIONS.items()},
}


# Operators that multiply, known or not: what is lost with them is counted.
MULTIPLYING = re.compile(r"(?i)conv(?!ert)|matmul|gemm|attention|lstm|gru\b|rnn\b|einsum|innerproduct|(?<!quantize)linear$|dense$|moe\b")


def multiplies(node):
    """Whether a node, or one of its bodies', has multiply-accumulates, as far as its name tells."""
    return bool(MULTIPLYING.search(node.op)) or any(map(multiplies, node.inner))


def is_view(node):
    return node.op in VIEWS or bool(node.attributes.get("_view"))


def operations_of_folded(node):
    """Operations per word that a node adds to the memory-bound layer it rides along with."""
    if is_view(node):
        return 0
    if node.op == "BatchNormalization":
        return 2
    return max(1, len([t for t in node.inputs if t]) - 1) if node.op in ELEMENTWISE else 1


def fold_values(layer, node):
    """Tells a memory-bound layer's values of a node that rides along; behind what is not exact there are none."""
    if node.op == "Relu" and layer.values:
        layer.values["then"] = "relu"
    elif not is_view(node):
        layer.values = {}


def may_fold(node):
    return is_view(node) or node.op in ACTIVATIONS or node.op in ELEMENTWISE or node.op == "BatchNormalization"

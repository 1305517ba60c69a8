"""Shapes and values of one node at a time, by the onnx library: its inference, and its reference evaluator for the
arithmetic that models do on shapes."""

import re
import warnings

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper, shape_inference

from onnx_import.errors import BadModel, quoted
from onnx_import.dimensions import MOST_RANK
from onnx_import.tensors import MOST_WORDS, UNKNOWN, tensor_type

try:
    from onnx.reference import ReferenceEvaluator
except ImportError:  # onnx before 1.13: nothing is folded
    ReferenceEvaluator = None

# Operators whose cost is near to the words that they read and write.
FOLDED = frozenset("""Abs Add And ArgMax ArgMin Cast CastLike Ceil Clip Compress Concat ConstantOfShape CumSum Div Equal
    Expand EyeLike Flatten Floor Gather GatherElements GatherND Greater GreaterOrEqual Identity IsNaN Less LessOrEqual
    Max Mean Min Mod Mul Neg NonZero Not OneHot Or Pad Pow Range Reciprocal ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSum Reshape Round ScatterElements ScatterND Sign Slice Split Sqrt Squeeze Sub Sum Tile TopK Transpose Trilu
    Unique Unsqueeze Where Xor""".split())
BOUNDED = frozenset("Compress NonZero Unique".split())  # their outputs have few words more than their inputs
MOVES = frozenset("Cast Concat Gather Identity Reshape Slice Split Squeeze Unsqueeze".split())  # what UNKNOWN outlives
MOST_INFERRED = 1 << 12  # words of a value that shapes may depend on
WEIGHTS = {"Conv": 1, "ConvInteger": 1, "ConvTranspose": 1, "DeformConv": 1, "QLinearConv": 3}  # their places
# Attributes that the library divides by.
DIVISORS = ("blocksize", "group", "kv_num_heads", "num_groups", "num_heads", "num_outputs", "q_num_heads")
CONTRADICTION = re.compile(r"ncompatible|differ|mismatch|must (be|have|match)|not match|divisible|broadcast")


class Inference:
    def __init__(self, opsets, tensors):
        self.opsets = opsets  # version by domain
        self.tensors = tensors

    def types(self, node, title):
        """The TypeProtos of a NodeProto's outputs by name, as far as they follow from its inputs; `title` names the node
        in an error. Raises BadModel where the operands do not fit together."""
        if any(a.name in DIVISORS and a.i < 1 or a.name == "strides" and any(s < 1 for s in a.ints) for a in node.attribute):
            return {}
        if node.op_type in WEIGHTS and not self._window_fits(node, WEIGHTS[node.op_type]):
            return {}
        model = onnx.ModelProto(ir_version=10)
        for domain, version in self.opsets.items():
            model.opset_import.add(domain=domain, version=version)
        graph = model.graph
        graph.node.append(_explicit(node))
        for name in dict.fromkeys(filter(None, node.input)):
            # The library takes for granted that each operand has a type.
            graph.input.add(name=name).type.CopyFrom(self.tensors.types.get(name) or tensor_type(TensorProto.FLOAT, None))
            value = self._shape_value(node, name)
            if value is not None and value.size <= MOST_INFERRED:
                graph.initializer.append(numpy_helper.from_array(value, name))
        for name in filter(None, node.output):
            graph.output.add(name=name)
        for strict in (True, False):
            try:
                model = shape_inference.infer_shapes(model, check_type=False, strict_mode=strict)
                return {o.name: o.type for o in model.graph.output if o.type.WhichOneof("value")}
            except Exception as error:  # noqa: BLE001 the library raises what it likes
                line = (str(error).strip().splitlines() or [type(error).__name__])[0]
                if CONTRADICTION.search(line):
                    raise BadModel(f"{title} cannot run: {self._operands(node)}: {quoted(_reason(line), 160)[1:-1]}") from error
        return {}

    def _window_fits(self, node, place):
        """The library reads past the end of operands of other ranks."""
        names = node.input[0] if node.input else "", node.input[place] if len(node.input) > place else ""
        data, weights = (self.tensors.shapes.get(n) for n in names)
        return data is None or weights is None or len(data) == len(weights) >= 3

    def _operands(self, node):
        shapes = [self.tensors.shapes.get(t) for t in node.input if t]
        return " and ".join("[" + ", ".join("?" if e is None else str(e) for e in s) + "]" if s is not None else "?"
                            for s in shapes[:MOST_INFERRED])[:200] or "no operands"

    def _shape_value(self, node, name):
        """A value for inference. One unknown extent of a Reshape is what is left over: -1."""
        value = self.tensors.values.get(name)
        if value is None or not self.tensors.is_partial(name):
            return value
        open_ones = value == UNKNOWN
        if node.op_type == "Reshape" and name == node.input[1] and open_ones.sum() == 1 and (value[~open_ones] > 0).all():
            return np.where(value == UNKNOWN, -1, value)
        return None

    def values(self, node, outputs):
        """The values of a NodeProto's outputs by name, where its inputs' are known; `outputs` are their types."""
        known = self.tensors
        if node.op_type not in FOLDED or node.domain or ReferenceEvaluator is None:
            return {}
        inputs = [t for t in node.input if t]
        if not all(t in known.values for t in inputs):
            return {}
        if any(a.name == "axis" and abs(a.i) > MOST_RANK for a in node.attribute):
            return {}  # the evaluator makes as many axes
        if any(map(known.is_partial, inputs)) and not (node.op_type in MOVES and not any(
                map(known.is_partial, [] if node.op_type == "Concat" else inputs[1:]))):
            return {}
        if node.op_type not in BOUNDED and not all(_small(outputs.get(t)) for t in node.output if t):
            return {}
        feeds = {t: known.values[t] for t in inputs}
        graph = onnx.GraphProto(name="folded")
        graph.node.append(node)
        for name, value in feeds.items():
            element = onnx.helper.np_dtype_to_tensor_dtype(value.dtype)
            graph.input.add(name=name).type.CopyFrom(tensor_type(element, list(value.shape)))
        names = [t for t in node.output if t]
        for name in names:
            graph.output.add(name=name).type.CopyFrom(outputs.get(name) or tensor_type(TensorProto.INT64, None))
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                results = ReferenceEvaluator(graph, opsets=self.opsets).run(None, feeds)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 what it cannot evaluate stays unknown
            return {}
        whole = (np.asarray(r) for r in results)
        partial = any(map(known.is_partial, inputs))
        return {n: r for n, r in zip(names, whole) if r.size <= MOST_WORDS and not (partial and r.dtype.kind not in "iu")}


def _explicit(node):
    """A node with the default said where the library takes another one than the operator's text."""
    if node.op_type != "STFT" or any(a.name == "onesided" for a in node.attribute):
        return node
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.attribute.append(onnx.helper.make_attribute("onesided", 1))
    return copy


def _small(kind):
    if kind is None or not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return False
    words = 1
    for dim in kind.tensor_type.shape.dim:
        if not dim.HasField("dim_value") or dim.dim_value < 0:
            return False
        words *= dim.dim_value
    return words <= MOST_WORDS


def _reason(line):
    """The library's sentence without what stands before it."""
    return line.split("] ")[-1].strip() or line

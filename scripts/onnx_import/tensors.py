"""What is known of each tensor of a model: its type and extents, its value if it is a small constant, and else why not."""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from onnx_import.dimensions import MOST_EXTENT, MOST_RANK

MOST_WORDS = 1 << 16  # of a constant whose value is kept
UNKNOWN = -1_000_000_007  # stands in a value for an extent that is not known


@dataclass(eq=False)
class Cause:
    """The first node that makes the shapes or values of others unknown."""

    node: object
    reason: str


def shape_of(kind):
    """The extents of a TypeProto, None where one is not known; None for what has no rank."""
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return None
    dims = kind.tensor_type.shape.dim
    if len(dims) > MOST_RANK:
        return None
    return [d.dim_value if d.HasField("dim_value") and 0 <= d.dim_value <= MOST_EXTENT else None for d in dims]


def tensor_type(element, shape):
    """A TypeProto; the extents of `shape` may be None, and so may it all."""
    kind = onnx.TypeProto()
    kind.tensor_type.elem_type = element
    if shape is not None:
        kind.tensor_type.shape.SetInParent()
        for extent in shape:
            dim = kind.tensor_type.shape.dim.add()
            if extent is not None:
                dim.dim_value = extent
    return kind


def without_symbols(kind):
    """A type whose unknown extents have no names: two of them are not the same only because they are called so."""
    if kind.HasField("tensor_type") and any(d.dim_param for d in kind.tensor_type.shape.dim):
        return tensor_type(kind.tensor_type.elem_type, shape_of(kind))
    return kind


class Tensors:
    def __init__(self):
        self.types = {}
        self.shapes = {}  # extents, None where one is not known
        self.constants = set()  # what no input of the model changes
        self.values = {}  # of small constants; UNKNOWN stands for what is not known of them
        self.causes = {}  # why a shape, or the value of a constant, is not known

    def set_type(self, name, kind):
        self.types[name] = kind = without_symbols(kind)
        self.shapes[name] = shape_of(kind)

    def set_constant(self, name, tensor):
        """A TensorProto in the file. Its value is kept if it is small and there."""
        self.constants.add(name)
        shape = list(tensor.dims)
        self.set_type(name, tensor_type(tensor.data_type, shape if all(0 <= d <= MOST_EXTENT for d in shape) else None))
        words = np.prod(shape, dtype=object) if shape else 1
        if words <= MOST_WORDS and tensor.data_location != TensorProto.EXTERNAL:
            try:
                self.values[name] = numpy_helper.to_array(tensor)
            except Exception:  # noqa: BLE001 a damaged tensor: whoever needs its value says so
                pass

    def set_value(self, name, value):
        self.values[name] = value
        if name not in self.types:
            self.set_type(name, tensor_type(onnx.helper.np_dtype_to_tensor_dtype(value.dtype), list(value.shape)))

    def known(self, name):
        """Whether all extents are known."""
        shape = self.shapes.get(name)
        return shape is not None and None not in shape

    def value(self, name):
        """The value of a constant, if all of it is known."""
        value = self.values.get(name)
        return None if value is None or self.is_partial(name) else value

    def is_partial(self, name):
        value = self.values.get(name)
        return value is not None and value.dtype.kind in "iu" and bool((value == UNKNOWN).any())

    def integers(self, name):
        """The value of a constant of whole numbers as a list; None where it is not known."""
        value = self.value(name)
        return [int(v) for v in value.flatten()] if value is not None and value.dtype.kind in "iu" else None

    def words(self, name):
        shape = self.shapes.get(name)
        return None if shape is None or None in shape else int(np.prod(shape, dtype=object)) if shape else 1

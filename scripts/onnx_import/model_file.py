"""Reads an ONNX file, and what of its large tensors lies in other files."""

import os

import onnx
import weir_files
from google.protobuf.message import DecodeError
from onnx import AttributeProto, TensorProto

from onnx_import.errors import BadModel, quoted

OLDEST_OPSET = 1
NEWEST_OPSET = onnx.defs.onnx_opset_version()
GIT_LFS = b"version https://git-lfs"


def graphs_of(graph):
    """A graph and all graphs in its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs) if attribute.type in (
                    AttributeProto.GRAPH, AttributeProto.GRAPHS) else ():
                yield from graphs_of(inner)


def _names(graph):
    yield graph.name
    for proto in [*graph.input, *graph.output, *graph.value_info]:
        yield proto.name
        yield from (d.dim_param for d in proto.type.tensor_type.shape.dim)
    yield from (t.name for t in graph.initializer)
    for node in graph.node:
        yield from (node.op_type, node.name, node.domain, *node.input, *node.output)
        yield from (a.name for a in node.attribute)


def _check_text(model):
    """Names are text; the parser lets bytes that are no UTF-8 pass."""
    if not all(isinstance(name, str) for graph in graphs_of(model.graph) for name in _names(graph)) or not all(
            isinstance(o.domain, str) for o in model.opset_import):
        raise BadModel("a damaged file: a name in it is no UTF-8")


def _external_file(tensor, folder):
    location = next((e.value for e in tensor.external_data if e.key == "location"), "")
    return os.path.join(folder, location) if isinstance(location, str) and location else None


def _is_git_lfs(path):
    return weir_files.read(path, len(GIT_LFS)) == GIT_LFS


def _check_external(model, folder):
    """Weights beside the model must be there, even if their values are not needed: half a model is a mistake."""
    apart = {}
    for graph in graphs_of(model.graph):
        for tensor in graph.initializer:
            if tensor.data_location == TensorProto.EXTERNAL:
                apart.setdefault(_external_file(tensor, folder), []).append(tensor.name)
    for path, names in apart.items():
        file = quoted(os.path.basename(path or ""))
        whose = f"{quoted(names[0])}" + (f" and {len(names) - 1} other tensors" if len(names) > 1 else "")
        if path is None or not os.path.isfile(path):
            raise BadModel(f"the file {file} with the data of {whose} is missing; it belongs beside the model")
        if _is_git_lfs(path):
            raise BadModel(f"the file {file} with the data of {whose} is a Git LFS pointer; `git lfs pull` fetches it")


def parse_model(path):
    """The model, and notes on how it is read. Raises BadModel."""
    try:
        text = weir_files.read(path)
    except OSError as error:
        raise BadModel(f"cannot be read: {error.strerror}") from error
    if text.startswith(GIT_LFS):
        raise BadModel("a Git LFS pointer, not the model itself; `git lfs pull` fetches it")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(text)
    except (DecodeError, RecursionError, ValueError) as error:
        raise BadModel("not an ONNX file, or a damaged one; allowed is an onnx.ModelProto") from error
    _check_text(model)
    if not model.graph.node:
        raise BadModel("no nodes; allowed is an ONNX model with one or more")
    versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    if not versions or not all(v >= OLDEST_OPSET for v in versions):
        found = ", ".join(map(str, versions)) or "missing"
        raise BadModel(f"the opset is {found}; allowed is {OLDEST_OPSET} or newer")
    notes = []
    if max(versions) > NEWEST_OPSET:
        notes.append(f"opset {max(versions)} is newer than {NEWEST_OPSET}, the newest that onnx {onnx.__version__} "
                     f"knows: its operators are read as those of {NEWEST_OPSET}")
    _check_external(model, os.path.dirname(path))
    return model, notes

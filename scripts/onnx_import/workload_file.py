"""The text of a workload file."""

import re
from pathlib import Path

from onnx_import.errors import BadModel, quoted
from onnx_import.layer import RECURRENT

LARGEST_FILE = 1 << 20  # what weir reads


def longest(kind):
    """Characters of a name; `weir` makes several layers of a recurrent one, with longer names."""
    return 40 if kind in RECURRENT else 56


def unique_name(text, taken, most=56):
    """`text` as a name that weir allows and that no layer has yet; of a long one, its last words."""
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_.") or "layer"
    if base.lower() == "null":  # which is nothing in YAML
        base = f"layer_{base}"
    if len(base) > most:
        base = base[-most:]
        base = re.sub(r"^[^_.]*[_.]+", "", base) or base
    name, i = base, 1
    while name in taken:
        i += 1
        name = f"{base}_{i}"
    taken.add(name)
    return name


def file_text(path, comment, layers, keys=()):
    """The workload of a file at `path`; `keys` are lines of further keys. Raises BadModel if it is too large."""
    lines = [f"# Imported from {quoted(Path(path).name)[1:-1]} by weir import: {comment}.",
             f"workload: {unique_name(Path(path).stem, set())}", *keys, "layers:",
             *(f"  - {layer.text()}" for layer in layers)]
    text = "\n".join(lines) + "\n"
    if len(text.encode("utf-8", "replace")) > LARGEST_FILE:
        raise BadModel(f"{len(layers)} layers make a file of {len(text)} characters; allowed is {LARGEST_FILE}")
    return text

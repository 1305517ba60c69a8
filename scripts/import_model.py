#!/usr/bin/env python3
"""Writes the workload file of a model to the standard output; `weir import` calls it. Read are ONNX models (.onnx),
topologies of SCALE-Sim (.csv), problems of Timeloop (.yaml, .yml) and networks of MAESTRO (.m).

What is not understood is told on the standard error, a line a cause; so is an error, which ends it with exit code 2.
Where nodes with multiply-accumulates are missing it ends with 1."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("onnx")

import argparse
import importlib
import os
import re
import resource
import sys
import traceback

import weir_files

MOST_EXTENT = 1 << 24  # of a dimension
MOST_MEMORY = 8 << 30  # bytes; a damaged file must not take the machine down


OTHER_TOOLS = {".csv": "scale_sim", ".yaml": "timeloop", ".yml": "timeloop", ".m": "maestro"}


def _of_another_tool(path, module):
    """The text of the workload, and notes."""
    from onnx_import.workload_file import file_text

    network = importlib.import_module(f"tool_import.{module}").read(path)
    return file_text(path, f"{len(network.layers)} layers", network.layers), network.notes


def _import(options, dims):
    """The text of the workload, notes, warnings, and whether nodes with MACs are missing."""
    module = OTHER_TOOLS.get(os.path.splitext(options.model)[1].lower())
    if module:
        from onnx_import.errors import BadModel

        if options.batch is not None or dims or options.flatten_patches:
            raise BadModel("--batch, --dim and --flatten-patches are of ONNX models; weir run --batch N repeats the images")
        return (*_of_another_tool(options.model, module), [], False)
    from onnx_import.workload import import_model

    done = import_model(options.model, options.batch, dims, options.strict, options.flatten_patches)
    return done.text, done.notes, done.warnings, done.lost.mac_nodes > 0


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"import_model.py: error: {message}", file=sys.stderr)
        sys.exit(2)


def _is_extent(text):
    """Of no more digits than int() takes; not 010, which is 8 to some readers."""
    return re.fullmatch("[1-9][0-9]{0,8}", text) is not None and int(text) <= MOST_EXTENT


def _batch(text):
    if not _is_extent(text):
        raise argparse.ArgumentTypeError(f"allowed is a whole number from 1 to {MOST_EXTENT}")
    return int(text)


def _dims(texts):
    """Values by name or place. Raises ValueError, one line that says what is allowed."""
    values = {}
    for text in texts:
        name, separator, value = text.rpartition("=")
        if not separator or not name or not _is_extent(value):
            shown = weir_files.printable(text)
            raise ValueError(f'--dim is "{shown}"; allowed is NAME=N or INPUT:AXIS=N with N from 1 to {MOST_EXTENT}')
        values[name] = int(value)
    return values


def main():
    parser = _Parser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--batch", type=_batch)
    parser.add_argument("--dim", action="append", default=[])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--flatten-patches", action="store_true")
    options = parser.parse_args()
    try:
        dims = _dims(options.dim)
    except ValueError as error:
        print(f"weir import: error: {error}", file=sys.stderr)
        return 2
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    from onnx_import.errors import BadModel, quoted

    try:
        text, notes, warnings, lacks_macs = _import(options, dims)
        sys.stdout.write(text)
        for kind, lines in (("note", notes), ("warning", warnings)):
            for line in lines:
                print(weir_files.printable(f"{options.model}: {kind}: {line}"), file=sys.stderr)
        return 1 if lacks_macs else 0
    except BadModel as error:
        message = str(error)
    except (MemoryError, RecursionError) as error:
        message = f"too large a model ({type(error).__name__})"
    except Exception as error:  # noqa: BLE001 a fault of the importer must not look like one of the user
        place = traceback.extract_tb(error.__traceback__)[-1]
        message = (f"internal error of the importer: {type(error).__name__}: {quoted(error, 160)} "
                   f"({os.path.basename(place.filename)}:{place.lineno})")
    print(weir_files.printable(f"{options.model}: error: {message}"), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

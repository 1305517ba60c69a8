#!/usr/bin/env python3
"""Writes the workload file of an ONNX model to the standard output; `weir import` calls it.

What is not understood is told on the standard error, a line each; so is an error, which ends it with exit code 2."""

if __name__ == "__main__":
    import weir_venv

    weir_venv.enter("onnx")

import argparse
import os
import resource
import sys
import traceback

MOST_MEMORY = 8 << 30  # bytes; a damaged file must not take the machine down


def _dim(text):
    name, separator, value = text.rpartition("=")
    if not separator or not name or not value.isdecimal() or not 1 <= int(value) <= 1 << 24:
        raise argparse.ArgumentTypeError(f"--dim is {text!r}; allowed is NAME=N with N from 1 to {1 << 24}")
    return name, int(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--dim", type=_dim, action="append", default=[])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--flatten-patches", action="store_true")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    from onnx_import.errors import BadModel, quoted
    from onnx_import.workload import import_model

    try:
        done = import_model(options.model, options.batch, dict(options.dim), options.strict, options.flatten_patches)
        sys.stdout.write(done.text)
        for warning in done.warnings:
            print(f"{options.model}: warning: {warning}", file=sys.stderr)
        return 0
    except BadModel as error:
        message = str(error)
    except (MemoryError, RecursionError) as error:
        message = f"too large a model ({type(error).__name__})"
    except Exception as error:  # noqa: BLE001 a fault of the importer must not look like one of the user
        place = traceback.extract_tb(error.__traceback__)[-1]
        message = (f"internal error of the importer: {type(error).__name__}: {quoted(error, 160)} "
                   f"({os.path.basename(place.filename)}:{place.lineno})")
    print(f"{options.model}: error: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

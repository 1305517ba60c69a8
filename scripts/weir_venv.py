"""Runs a script with the project's Python packages: those of .venv when scripts/setup has made it."""

import importlib.util
import os
import sys
from pathlib import Path


def enter(*packages):
    """Replaces this process by the same script under .venv's Python, unless it runs there or there is none.

    `packages` are needed; matplotlib and pandas if none are named."""
    venv = Path(__file__).resolve().parent.parent / ".venv"
    python = venv / "bin" / "python"
    if os.access(python, os.X_OK) and Path(sys.prefix).resolve() != venv.resolve():
        os.execv(python, [str(python), *sys.argv])
    for package in packages or ("matplotlib", "pandas"):
        if importlib.util.find_spec(package) is None:
            print(f"{sys.argv[0]}: error: Python has no {package}: run scripts/setup", file=sys.stderr)
            sys.exit(2)

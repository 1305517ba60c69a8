"""Runs a script with a Python that has the packages it needs."""

import importlib.util
import os
import shlex
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent  # the source tree, or share/weir of an installed copy
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that Debian's packages are for; python3 on PATH may be another


def enter(*packages):
    """Goes on when this Python has the packages. Else replaces this process by the same script under another Python: that of
    the .venv that a set-up made, or, where there is none, the system's. Ends it, with what to install, when that lacks them, too."""
    venv = HOME / ".venv"
    python = venv / "bin" / "python"
    if os.access(python, os.X_OK):
        if Path(sys.prefix).resolve() != venv.resolve():
            os.execv(python, [str(python), *sys.argv])
    elif missing(packages) and not _is_system_python() and os.access(SYSTEM_PYTHON, os.X_OK):
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    if lacks := missing(packages):
        print(f"{sys.argv[0]}: error: {sys.executable} has no {' and no '.join(lacks)}: {_remedy(venv)}", file=sys.stderr)
        sys.exit(2)


def missing(packages):
    return [package for package in packages if importlib.util.find_spec(package) is None]


def _is_system_python():
    return sys.prefix == sys.base_prefix and os.path.realpath(sys.executable) == os.path.realpath(SYSTEM_PYTHON)


def _remedy(venv):
    if (HOME / "scripts" / "setup").exists():
        return "run scripts/setup"
    return (f"on Debian apt-get install python3-matplotlib python3-pandas python3-onnx, elsewhere python3 -m venv {shlex.quote(str(venv))} && "
            f"{shlex.quote(str(venv / 'bin' / 'pip'))} install -r {shlex.quote(str(HOME / 'scripts' / 'requirements.txt'))}")

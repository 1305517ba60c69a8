"""Another commit of the project beside this one: checked out into a temporary worktree, built, and removed."""

import contextlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Failed(Exception):
    """A message, and the exit code that it wants: 1 when a build fails, 2 on a bad argument."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


def build(tree, *targets):
    """Builds the release preset of the checkout at `tree`."""
    command = [str(tree / "scripts" / "build"), "release"]
    for target in targets:
        command += ["--target", target]
    if subprocess.run(command, cwd=tree, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise Failed(f"cannot build {tree}", 1)


@contextlib.contextmanager
def checked_out(option, commit, folder):
    """The path of `commit`'s worktree, which is made at `folder` and removed in the end. `option` is who named it."""
    resolved = subprocess.run(["git", "rev-parse", "--verify", "--quiet", commit + "^{commit}"], cwd=ROOT,
                              capture_output=True, check=False)
    if resolved.returncode != 0:
        raise Failed(f"{option} {commit!r} is no commit", 2)
    git = ["git", "worktree"]
    subprocess.run([*git, "add", "--detach", "--quiet", str(folder), commit], cwd=ROOT, check=True)
    try:
        if (venv := ROOT / ".venv").exists():
            (folder / ".venv").symlink_to(venv)
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], cwd=ROOT, check=True)

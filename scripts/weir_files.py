"""Reading and writing files, as all of Weir's scripts do it."""

import errno
import os
import secrets
import stat
import sys
from pathlib import Path


def printable(text):
    """`text` on one line, without what a terminal would act upon."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def read(path, most=-1):
    """The bytes of a file, or of them the first `most`. OSError where there is none; also for a FIFO or a device, which might be waited for, unless the
    caller has opened it: /dev/stdin."""
    status = os.stat(path)
    opened = str(path) == "/dev/stdin" or str(path).startswith(("/dev/fd/", "/proc/self/fd/"))
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode) and not opened:
        raise OSError(errno.EINVAL, "neither a file nor /dev/stdin, which are what is allowed", str(path))
    with open(path, "rb") as file:
        return file.read(most)


def write(path, data):
    """Writes text or bytes beside the place and renames them, so that no file is ever half-written; makes the folder. Nothing
    but a file is replaced: a symbolic link stays, and what it names is written; devices, FIFOs and the file that the standard
    output goes to are written through; a FIFO that nobody reads and a block device are an OSError."""
    data = data.encode("utf-8") if isinstance(data, str) else data
    try:
        status = os.stat(path)
    except FileNotFoundError:
        status = None
    if status is None or (stat.S_ISREG(status.st_mode) and _standard_stream(status) is None):
        _replace(Path(os.path.realpath(path)), data)
    else:
        _write_through(path, status, data)


def _replace(place, data):
    beside = place.with_name(f".{place.name}.{secrets.token_hex(6)}")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(beside, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)


def _standard_stream(status):
    """The standard output or error, if that is what goes there."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if os.path.samestat(status, os.fstat(stream.fileno())):
                return stream
        except (OSError, ValueError, AttributeError):  # closed, or no file at all
            continue
    return None


def _write_through(path, status, data):
    stream = _standard_stream(status)
    if stat.S_ISBLK(status.st_mode):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path))
    if stream is not None:
        stream.flush()
        descriptor = os.dup(stream.fileno())
    else:  # a FIFO that nobody reads would be waited for
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        os.set_blocking(descriptor, True)
    with open(descriptor, "wb") as file:
        file.write(data)

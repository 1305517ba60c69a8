"""What the readers of other tools' files share."""

from dataclasses import dataclass, field

import weir_files
from onnx_import.errors import BadModel, quoted
from onnx_import.layer import MOST_EXTENT, Layer
from onnx_import.workload_file import unique_name

LARGEST_FILE = 4 << 20


@dataclass
class Network:
    layers: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    names: set = field(default_factory=set)

    def add(self, name, layer):
        layer.name = unique_name(name, self.names)
        self.layers.append(layer)


def read_text(path):
    try:
        text = weir_files.read(path, LARGEST_FILE + 1)
        if len(text) > LARGEST_FILE:
            raise BadModel(f"larger than {LARGEST_FILE} bytes")
        return text.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise BadModel(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadModel("not a text file in UTF-8") from error


def number(text, what, place=""):
    """A whole number of a file from 1 on."""
    value = int(text) if str(text).strip().isdecimal() and len(str(text)) < 20 else 0
    if not 1 <= value <= MOST_EXTENT:
        raise BadModel(f"{place}{what} is {quoted(text)}; allowed is a whole number from 1 to {MOST_EXTENT}")
    return value


def product(rows, inner, columns, batch=1):
    """Of `rows` vectors with weights."""
    keys = {"input": [inner, 1, 1], "output_channels": columns}
    if rows != 1:
        keys["rows"] = rows
    if batch != 1:
        keys["batch"] = batch
    return Layer("fc", keys)


def convolution(channels, size, outputs, taps, stride=(1, 1), dilation=(1, 1), padding=None, groups=1, batch=1,
                kind="conv"):
    """A convolution as the workload file has it: `size`, `taps`, ... are [vertical, horizontal]."""
    keys = {"input": [channels, *size], "output_channels": outputs, "filter": list(taps)}
    for key, (vertical, horizontal) in (("stride", stride), ("dilation", dilation)):
        if (vertical, horizontal) != (1, 1):
            keys[key] = vertical if vertical == horizontal else [vertical, horizontal]
    if padding and any(padding):
        keys["padding"] = list(padding)
    if groups != 1:
        keys["groups"] = groups
    if batch != 1:
        keys["batch"] = batch
    return Layer(kind, keys)

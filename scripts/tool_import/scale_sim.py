"""SCALE-Sim's topology files: a layer a line, a convolution by its sizes or a product by M, N and K."""

from onnx_import.errors import BadModel, quoted
from tool_import.text import Network, convolution, number, product, read_text

CONVOLUTION = ("IFMAP height", "IFMAP width", "filter height", "filter width", "channels", "number of filters", "stride")
PRODUCT = ("M", "N", "K")


def _windows(size, taps, stride):
    """SCALE-Sim counts a window that the stride leaves over at the end; it stands over as many zeros."""
    return -(-(size - taps) // stride) * stride + taps - size


def _line(fields, place):
    if len(fields) < 7:
        m, n, k = (number(text, what, place) for text, what in zip(fields, PRODUCT))
        return product(m, k, n), False
    rows, columns, high, wide, channels, filters, stride = (
        number(text, what, place) for text, what in zip(fields, CONVOLUTION))
    across = number(fields[7], "the second stride", place) if len(fields) > 7 and fields[7].isdecimal() else stride
    if high > rows or wide > columns:
        raise BadModel(f"{place}the filter of {high} x {wide} is larger than the ifmap of {rows} x {columns}")
    over = [_windows(rows, high, stride), _windows(columns, wide, across)]
    return convolution(channels, [rows, columns], filters, [high, wide], (stride, across), padding=[0, 0, *over]), any(over)


def read(path):
    """The layers of a topology. Raises BadModel."""
    network, extended = Network(), 0
    lines = read_text(path).split("\n")
    for at, line in enumerate(lines, start=1):
        separator = "," if "," in line else "\t"
        name, *fields = [f.strip() for f in line.strip().split(separator)]
        while fields and not fields[-1]:
            fields.pop()
        if not fields or not any(f.isdecimal() for f in fields):
            if fields and network.layers:
                raise BadModel(f"line {at}: {quoted(line.strip())} has no sizes")
            continue  # the head, a title or an empty line
        place = f"line {at}: "
        if not (3 <= len(fields) <= 4 or len(fields) >= 7):
            raise BadModel(f"{place}{len(fields)} columns behind the name; allowed are {', '.join(PRODUCT)}, or "
                           f"{', '.join(CONVOLUTION)}")
        layer, is_extended = _line(fields, place)
        extended += is_extended
        network.add(name, layer)
    if extended:
        network.notes.append(f"{extended} layers have a window that the stride leaves over: padding at the end makes it, as "
                             "SCALE-Sim counts it")
    if not network.layers:
        raise BadModel("no layers; allowed is a topology of SCALE-Sim, with a line a layer")
    return network

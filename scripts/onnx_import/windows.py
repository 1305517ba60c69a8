"""The layers of nodes with a sliding window: convolutions, transposed ones, pooling."""

from onnx_import.errors import NotUnderstood, quoted
from onnx_import.layer import MOST_EXTENT, MOST_PADDING, MOST_STEP, Layer, extents, memory_bound, pair, words


def _list(node, key, count, default):
    value = node.attributes.get(key)
    if value is None or value == []:
        return [default] * count
    if not isinstance(value, list) or len(value) != count:
        raise NotUnderstood(f"{key} has not {count} values")
    return value


def plane(values, filler):
    """The values of one or two directions as two: a sequence is a plane of one row."""
    return [filler, values[0]] if len(values) == 1 else values


class Window:
    """Kernel, stride, dilation and padding of a node, in one or two directions."""

    def __init__(self, node, spatial, kernel):
        n = len(spatial)
        self.kernel = extents(kernel, "the kernel")
        self.stride = extents(_list(node, "strides", n, 1), "the stride", most=MOST_STEP)
        self.dilation = extents(_list(node, "dilations", n, 1), "the dilation", most=MOST_STEP)
        self.reach = [d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation)]
        self.auto = node.attributes.get("auto_pad") or "NOTSET"
        if self.auto not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
            raise NotUnderstood(f"auto_pad is {quoted(self.auto)}")
        self.pads = _list(node, "pads", 2 * n, 0) if self.auto == "NOTSET" else [0] * (2 * n)

    def split(self, totals):
        """Padding of these totals, the odd word behind (SAME_UPPER) or before: [before..., behind...]."""
        less = [t // 2 for t in totals]
        more = [t - low for t, low in zip(totals, less)]
        return less + more if self.auto != "SAME_LOWER" else more + less

    def pad_same(self, spatial):
        if self.auto in ("SAME_UPPER", "SAME_LOWER"):
            self.pads = self.split([max((-(-size // s) - 1) * s + r - size, 0)
                                    for size, s, r in zip(spatial, self.stride, self.reach)])

    def drop_frames(self):
        """Of three directions the last two."""
        for values in (self.stride, self.dilation, self.kernel, self.reach):
            values.pop(0)
        self.pads = [*self.pads[1:3], *self.pads[4:]]

    def covers_once(self):
        """Whether windows, of more than a word, stand side by side and no padding is in them."""
        return self.kernel == self.stride == self.reach and words(self.kernel) > 1 and not any(self.pads)

    def keys(self):
        """The keys of a layer that are not at their defaults."""
        pads = extents(self.pads, "the padding", least=0, most=MOST_PADDING)
        n = len(pads) // 2
        top, left = plane(pads[:n], 0)
        bottom, right = plane(pads[n:], 0)
        keys = {}
        for key, values in (("stride", plane(self.stride, 1)), ("dilation", plane(self.dilation, 1))):
            if values != [1, 1]:
                keys[key] = pair(values)
        if (top, left) == (bottom, right):
            if (top, left) != (0, 0):
                keys["padding"] = pair([top, left])
        else:
            keys["padding"] = [top, left, bottom, right]
        return keys


def _operands(graph, data, weight, most=3):
    """Shapes of a convolution's ifmap, split in batch, channels and directions, and of its weights."""
    shape, filters = graph.shape(data), graph.shape(weight)
    if not 3 <= len(shape) <= most + 2 or len(filters) != len(shape):
        raise NotUnderstood(f"{len(shape) - 2} directions; allowed are 1 to {most}")
    extents(shape + filters, "an extent")
    return shape[0], shape[1], shape[2:], filters


def _layer(kind, batch, channels, spatial, outputs, kernel, groups, more):
    keys = {"input": [channels, *plane(spatial, 1)], "output_channels": outputs, "filter": plane(kernel, 1), **more}
    if groups != 1:
        keys["groups"] = groups
    if batch != 1:
        keys["batch"] = batch
    return Layer(kind, keys)


def _groups(node, channels, outputs):
    groups = extents([node.attributes.get("group", 1)], "group")[0]
    if channels % groups or outputs % groups:
        raise NotUnderstood(f"group is {groups}; allowed is a divisor of {channels} and {outputs} channels")
    return groups


def conv(graph, node, data=0, weight=1):
    """Conv, ConvInteger and QLinearConv: `data` and `weight` are the places of their operands."""
    batch, channels, spatial, filters = _operands(graph, node.input(data), node.input(weight))
    window = Window(node, spatial, filters[2:])
    window.pad_same(spatial)
    groups = _groups(node, channels, filters[0])
    if filters[1] * groups != channels:
        raise NotUnderstood(f"{filters[1]} channels in the weights of {groups} groups, {channels} in the input")
    n = len(spatial)
    for size, before, behind, reach in zip(spatial, window.pads[:n], window.pads[n:], window.reach):
        if size + before + behind < reach:
            raise NotUnderstood("the filter is larger than the padded input")
    if n == 3:
        return [_by_frames(batch, channels, spatial, filters, groups, window)]
    if graph.flattens_patches and groups == 1 and window.covers_once():
        keys = {"input": [channels * words(window.kernel), 1, 1], "output_channels": filters[0],
                "rows": words([size // s for size, s in zip(spatial, window.stride)])}
        return [Layer("fc", keys if batch == 1 else {**keys, "batch": batch})]
    return [_layer("conv", batch, channels, spatial, filters[0], filters[2:], groups, window.keys())]


def _by_frames(batch, channels, spatial, filters, groups, window):
    """A convolution of three directions: one of two over each output frame, whose channels are those of all frames
    under the filter."""
    frames = (spatial[0] + window.pads[0] + window.pads[3] - window.reach[0]) // window.stride[0] + 1
    window.drop_frames()
    extents([channels * filters[2], batch * frames], "an extent")
    return _layer("conv", batch * frames, channels * filters[2], spatial[1:], filters[0], filters[3:], groups,
                  window.keys())


def conv_transpose(graph, node):
    batch, channels, spatial, filters = _operands(graph, node.input(0), node.input(1))
    window = Window(node, spatial, filters[2:])
    n = len(spatial)
    more = extents(_list(node, "output_padding", n, 0), "output_padding", least=0, most=MOST_STEP - 1)
    full = [s * (size - 1) + m + r for size, s, m, r in zip(spatial, window.stride, more, window.reach)]
    wanted = node.attributes.get("output_shape")
    if wanted is not None or window.auto in ("SAME_UPPER", "SAME_LOWER"):
        wanted = _list(node, "output_shape", n, 0) if wanted is not None else [
            size * s for size, s in zip(spatial, window.stride)]
        # More than the windows make is written behind them, as an output_padding.
        more = [max(m, m + w - f) for m, w, f in zip(more, wanted, full)]
        totals = [max(0, f - w) for f, w in zip(full, wanted)]
        # The odd word: ONNX, ConvTranspose-11, puts it behind for SAME_UPPER, before otherwise.
        window.pads = [t // 2 for t in totals] + [t - t // 2 for t in totals]
        if window.auto != "SAME_UPPER":
            window.pads = window.pads[n:] + window.pads[:n]
    outputs = filters[1] * extents([node.attributes.get("group", 1)], "group")[0]
    groups = _groups(node, channels, outputs)
    if filters[0] != channels:
        raise NotUnderstood(f"{filters[0]} channels in the weights, {channels} in the input")
    for size, before, behind, reach, m, s in zip(full, window.pads[:n], window.pads[n:], window.reach, more,
                                                 window.stride):
        if before > reach - 1 or behind > reach - 1 + m or m >= s or size - before - behind < 1:
            raise NotUnderstood("padding beyond the filter's reach, or output_padding beyond the stride")
    frames, taps = 1, 1
    if n == 3:  # each input frame by itself, with the outputs of all frames that it adds to, which are added up then
        frames, taps, spatial, filters, more = spatial[0], filters[2], spatial[1:], [*filters[:2], *filters[3:]], more[1:]
        window.drop_frames()
        extents([outputs * taps, batch * frames], "an extent")
    keys = window.keys()
    if any(more):
        keys["output_padding"] = plane(more, 0)
    layers = [_layer("conv_transpose", batch * frames, channels, spatial, outputs * taps, filters[2:], groups, keys)]
    if taps > 1:
        output = graph.shape(node.outputs[0])
        parts = [batch, outputs, frames * taps, *output[3:]]
        layers.append(memory_bound("elementwise", [parts], output, taps - 1, ".sum"))
    return layers


def _fits(window, spatial, outputs):
    """Whether weir takes the windows: as many as there are whole ones, and maybe one that stands over the padding's
    end; each with a word of the input."""
    n = len(spatial)
    for size, count, before, behind, taps, reach, stride, dilation in zip(
            spatial, outputs, window.pads[:n], window.pads[n:], window.kernel, window.reach, window.stride,
            window.dilation):
        room = size + before + behind - reach
        if before < 0 or behind < 0 or room < 0 or count not in (room // stride + 1, -(-room // stride) + 1):
            return False
        for i in {*range(min(count, before // stride + 1)), count - 1}:
            first = i * stride - before
            skipped = max(0, -(first // dilation))
            if skipped >= taps or first + skipped * dilation >= size:
                return False
    return True


def _pool_values(node, shape, output):
    """What a pooling node computes, as keys; none where that is inexact or not understood."""
    functions = {"MaxPool": "max", "AveragePool": "average"}
    spatial = shape[2:]
    if node.op not in functions or len(spatial) not in (1, 2):
        return {}
    try:
        window = Window(node, spatial, node.attributes["kernel_shape"])
        window.pad_same(spatial)
        if len(window.kernel) != len(spatial) or not _fits(window, spatial, output[2:]):
            return {}
        values = {"operation": functions[node.op], "filter": plane(window.kernel, 1), **window.keys()}
    except NotUnderstood:
        return {}
    if node.op == "AveragePool" and node.attributes.get("count_include_pad") and any(window.pads):
        values["counts_padding"] = "true"
    return values


def pool(graph, node):
    """Windows reduced to a word each; an operation for each word of the window."""
    kernel = node.attributes.get("kernel_shape")
    if not isinstance(kernel, list):
        raise NotUnderstood("no kernel_shape")
    extents(kernel, "the kernel")
    shape, output = graph.shape(node.input(0)), graph.shape(node.outputs[0])
    values = _pool_values(node, shape, output)
    if values and len(shape) == 3:
        shape, output = ([*s[:2], 1, s[2]] for s in (shape, output))
    return [memory_bound("pool", [shape], output, words(kernel), values=values)]


def whole_window(function, shape, first, last):
    """Input, output and keys of a pooling whose one window is all of the axes from `first` up to `last`."""
    lead, middle, trail = shape[:first], shape[first:last], shape[last:]
    if not trail and len(middle) > 1:
        middle = [words(middle[:-1]), middle[-1]]
        shape, output, kernel = [*lead, *middle], [*lead, 1, 1], middle
    else:
        shape, output = [*lead, words(middle), words(trail)], [*lead, 1, words(trail)]
        kernel = [words(middle), 1]
    if max([1, *shape]) > MOST_EXTENT:
        return None
    return shape, output, {"operation": function, "filter": kernel}


def global_pool(graph, node):
    shape, output = graph.shape(node.input(0)), graph.shape(node.outputs[0])
    function = {"GlobalMaxPool": "max", "GlobalAveragePool": "average"}.get(node.op)
    operations = words(extents(shape[2:], "an extent"))
    whole = whole_window(function, shape, 2, len(shape)) if function and len(shape) > 2 else None
    if whole is None:
        return [memory_bound("pool", [shape], output, operations)]
    return [memory_bound("pool", [whole[0]], whole[1], operations, values=whole[2])]

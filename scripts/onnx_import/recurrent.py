"""The layers of LSTM, GRU and RNN."""

from onnx_import.errors import NotUnderstood
from onnx_import.layer import Layer, extents

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def recurrent(graph, node):
    """One layer of the kind that `weir` knows by its steps, input and hidden extents."""
    x, weights, state = (graph.shape(node.input(i)) for i in range(3))
    if len(x) != 3 or len(weights) != 3 or len(state) != 3:
        raise NotUnderstood("an operand that has not 3 dimensions")
    steps, batch = (x[1], x[0]) if node.attributes.get("layout") else x[:2]
    directions, hidden = weights[0], state[2]
    if weights[1:] != [GATES[node.op] * hidden, x[2]] or state[:2] != [directions, weights[1]] or directions > 2:
        raise NotUnderstood(f"weights of {weights} and {state} for an input of {x}")
    extents([steps, batch, hidden, x[2]], "an extent")
    keys = {"steps": steps, "input": x[2], "hidden": hidden}
    if directions != 1:
        keys["directions"] = directions
    if batch != 1:
        keys["batch"] = batch
    return [Layer(node.op.lower(), keys)]

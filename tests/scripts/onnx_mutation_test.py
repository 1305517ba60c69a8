"""Damaged, truncated and adversarial models: whatever the bytes, the importer makes a workload or says in one line why
not. The seed is printed; each case follows from it and its number. WEIR_SEED=N tries others, WEIR_CASES=N as many."""

import os
import random
import re
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx
from onnx import helper

import onnx_support as support
from onnx_import.errors import BadModel
from onnx_import.workload import import_model

SEED = int(os.environ.get("WEIR_SEED", 20260721))
CASES = int(os.environ.get("WEIR_CASES", 3000))
THROUGH_THE_PROGRAM = 12
NAME = re.compile("(?!(?i:null)$)[A-Za-z0-9_.-]{1,64}")
NUMBERS = [0, 1, 2, 3, -1, 7, 1024, 1 << 24, (1 << 24) + 1, 1 << 31, (1 << 62), (1 << 63) - 1, -(1 << 63)]


def seeds():
    """Small models that reach every kind of layer."""
    make = helper.make_node
    conv = [make("Conv", ["x", "w"], ["a"], "conv", pads=[1, 1, 1, 1], strides=[2, 1], group=2),
            make("BatchNormalization", ["a", "s", "s", "s", "s"], ["b"], "bn"), make("Relu", ["b"], ["c"], "relu"),
            make("MaxPool", ["c"], ["d"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
            make("ConvTranspose", ["d", "t"], ["e"], "up", strides=[2, 2], output_padding=[1, 1]),
            make("GlobalAveragePool", ["e"], ["f"], "mean"), make("Flatten", ["f"], ["g"], "flat"),
            make("Gemm", ["g", "m"], ["h"], "fc", transB=1), make("Softmax", ["h"], ["y"], "softmax")]
    yield support.model(conv, {"x": ["batch", 4, 8, 8], "w": [4, 2, 3, 3], "t": [4, 2, 2, 2], "s": [4], "m": [5, 2]})
    attention = [make("MatMul", ["x", "w"], ["q"], "q"), make("Reshape", ["q", "r"], ["h"], "split"),
                 make("Transpose", ["h"], ["t"], "turn", perm=[0, 2, 1, 3]),
                 make("MatMul", ["t", "k"], ["s"], "scores"), make("Softmax", ["s"], ["p"], "softmax"),
                 make("MatMul", ["p", "v"], ["y"], "mix")]
    yield support.model(attention, {"x": [2, 6, 8], "k": [2, 2, 4, 6], "v": [2, 2, 6, 4], "w": [8, 8]},
                        {"r": onnx.numpy_helper.to_array(helper.make_tensor("r", onnx.TensorProto.INT64, [4],
                                                                            [2, 6, 2, 4]))})
    other = [make("Concat", ["x", "x"], ["a"], "concat", axis=1), make("Split", ["a"], ["b", "c"], "split", axis=1,
                                                                      num_outputs=2),
             make("Add", ["b", "c"], ["d"], "add"), make("LayerNormalization", ["d", "s"], ["e"], "norm"),
             make("ReduceMean", ["e"], ["f"], "mean"), make("Resize", ["e", "", "z"], ["g"], "resize"),
             make("Attention", ["e", "e", "e"], ["y"], "attention", q_num_heads=2, kv_num_heads=2)]
    yield support.model(other, {"x": [1, 3, 8], "s": [8]}, {"z": onnx.numpy_helper.to_array(
        helper.make_tensor("z", onnx.TensorProto.FLOAT, [3], [1.0, 1.0, 2.0]))}, opset=23)


    yield from deeper_seeds()


def deeper_seeds():
    """Control flow, recurrent layers, shapes that are computed, operators of other domains."""
    make, value = helper.make_node, helper.make_tensor_value_info
    DOUBLE, INT64, BOOL = onnx.TensorProto.DOUBLE, onnx.TensorProto.INT64, onnx.TensorProto.BOOL

    def body(nodes, inputs, outputs):
        return helper.make_graph(nodes, "body", inputs, [value(o, DOUBLE, None) for o in outputs])

    step = body([make("MatMul", ["h", "w"], ["k"], "m"), make("Concat", ["h", "k"], ["n"], "join", axis=0),
                 make("Identity", ["go"], ["on"])],
                [value("i", INT64, []), value("go", BOOL, []), value("h", DOUBLE, [2, 4])], ["on", "n"])
    cell = body([make("MatMul", ["s", "w"], ["q"], "state"), make("Add", ["e", "q"], ["t"], "sum")],
                [value("s", DOUBLE, [2, 4]), value("e", DOUBLE, [2, 4])], ["t", "t"])
    taken = body([make("MatMul", ["y0", "w"], ["a"], "then")], [], ["a"])
    other = body([make("Relu", ["y0"], ["b"], "else")], [], ["b"])
    nodes = [make("Loop", ["three", "", "x"], ["y0"], "loop", body=step), make("Shape", ["y0"], ["s0"]),
             make("Gather", ["s0", "zero"], ["rows"]), make("Equal", ["rows", "sixteen"], ["same"]),
             make("If", ["same"], ["y1"], "if", then_branch=taken, else_branch=other),
             make("Reshape", ["y1", "to"], ["y2"], "fold"), make("Scan", ["x", "y2"], ["y3", "y"], "scan", body=cell, num_scan_inputs=1)]
    numbers = {"three": 3, "zero": 0, "sixteen": 16, "to": [8, 2, 4]}
    yield support.model(nodes, {"x": [2, 4], "w": [4, 4]}, {k: np.asarray(v) for k, v in numbers.items()})
    microsoft = [make("LSTM", ["x", "w", "r"], ["o"], "lstm", hidden_size=4), make("Shape", ["o"], ["s"], start=3),
                 make("Concat", ["lead", "s"], ["to"], axis=0), make("Reshape", ["o", "to"], ["h"]),
                 make("FusedMatMul", ["h", "v"], ["p"], "fused", domain="com.microsoft", transB=1),
                 make("SkipLayerNormalization", ["p", "h", "g"], ["n"], "norm", domain="com.microsoft"),
                 make("MultiHeadAttention", ["n", "n", "n"], ["z"], "attention", domain="com.microsoft", num_heads=2),
                 make("Einsum", ["z", "z"], ["y"], "einsum", equation="bid,bjd->bij")]
    dynamic = make("DynamicQuantizeLSTM", ["dx", "dw", "dr", "", "", "", "", "", "ds", "dz", "ds", "dz"], ["d"], "dynamic",
                   domain="com.microsoft", hidden_size=4)
    model = support.model([*microsoft, dynamic], {"x": [5, 2, 3], "dx": [3, 1, 2]}, {
        "w": np.ones((1, 16, 3)), "r": np.ones((1, 16, 4)), "v": np.ones((4, 4)), "g": np.ones(4), "lead": np.array([2, -1]),
        "dw": np.ones((1, 2, 16)), "dr": np.ones((1, 4, 16)), "ds": np.ones(1), "dz": np.ones(1)})
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    yield model


def mutate_bytes(chance, text):
    """Flips, cuts, repeats and swaps bytes."""
    data = bytearray(text)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        at = chance.randrange(len(data)) if data else 0
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1 and data:
            data[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        elif kind == 2:
            del data[at:at + chance.choice([1, 2, 8, len(data)])]
        elif kind == 3:
            data[at:at] = data[at:at + chance.randrange(1, 9)]
        else:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 5)))
    return bytes(data)


def mutate_model(chance, model):
    """A well-formed file that makes little sense: fields of nodes, attributes and shapes are changed."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for _ in range(chance.choice([1, 1, 2, 3])):
        node = chance.choice(copy.graph.node) if copy.graph.node else copy.graph.node.add()
        kind = chance.randrange(9)
        if kind == 0:
            node.op_type = chance.choice(["Conv", "MatMul", "Gemm", "MaxPool", "Concat", "Split", "Attention", "Loop", "",
                                          "ConvTranspose", "Resize", "LRN", "If", "\x00\n", "Gather"])
        elif kind == 1 and node.input:
            node.input[chance.randrange(len(node.input))] = chance.choice(["", "y", "x", "w", "nothing", node.output[0]
                                                                           if node.output else ""])
        elif kind == 2 and node.input:
            node.input.pop()
        elif kind == 3 and node.output:
            node.output[0] = chance.choice(["", "x", "y", "a", "fresh"])
        elif kind == 4 and node.attribute:
            attribute = chance.choice(node.attribute)
            attribute.ints[:] = [chance.choice(NUMBERS) for _ in range(chance.randrange(5))]
            attribute.i = chance.choice(NUMBERS)
            attribute.type = chance.choice([1, 2, 3, 6, 7, 8])
        elif kind == 5 and copy.graph.input:
            dims = chance.choice(copy.graph.input).type.tensor_type.shape.dim
            if dims:
                dims[chance.randrange(len(dims))].dim_value = chance.choice(NUMBERS)
        elif kind == 6:
            node.attribute.append(helper.make_attribute(chance.choice(
                ["pads", "strides", "dilations", "kernel_shape", "group", "axis", "auto_pad", "output_shape"]),
                chance.choice([[chance.choice(NUMBERS)] * 2, chance.choice(NUMBERS), "SAME_UPPER", "?"])))
        elif kind == 7:
            copy.graph.node.append(node)
        else:
            node.name = chance.choice(["", "a" * 500, "../../etc", "x: y", "\u202e\n- {", "null"])
    return copy.SerializeToString()


def case(number, models, texts):
    chance = random.Random(f"{SEED} {number}")
    i = chance.randrange(len(models))
    return mutate_bytes(chance, texts[i]) if number % 2 else mutate_model(chance, models[i])


class Mutations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}")
        cls.models = list(seeds())
        cls.texts = [m.SerializeToString() for m in cls.models]

    def test_the_models_themselves_are_understood(self):
        with tempfile.TemporaryDirectory() as folder:
            for text in self.texts:
                path = Path(folder) / "m.onnx"
                path.write_bytes(text)
                import_model(str(path), strict=True)

    def import_cases(self, first, tell):
        """Imports the cases from `first` on; tells of each its number before and what became of it after."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "m.onnx")
            for number in range(first, CASES):
                tell(f"{number}")
                with open(path, "wb") as file:
                    file.write(case(number, self.models, self.texts))
                try:
                    done = import_model(path)
                    lines, outcome = [*done.warnings, *done.notes, done.text.splitlines()[0]], "imported"
                    # What the program reads: null would be nothing.
                    read = re.findall(r"^  - \{name: ([^,]*),", done.text, re.M)
                    if read != [layer.name for layer in done.layers] or not all(map(NAME.fullmatch, read)):
                        outcome = f"FAULT names: {read}"
                except BadModel as error:
                    lines, outcome = [str(error)], "refused"
                except Exception as error:  # noqa: BLE001 that is what must not happen
                    lines, outcome = ["."], f"FAULT {type(error).__name__}: {error}"
                if not all(line and line.isprintable() for line in lines):
                    outcome = f"FAULT not a line: {lines!r}"
                tell(" " + outcome.replace("\n", " ") + "\n")

    def in_a_child(self, first):
        """What import_cases tells in a process of its own; the onnx library's own code may end it."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                self.import_cases(first, lambda text: os.write(write, text.encode("utf-8", "replace")))
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as told:
            lines = told.read().splitlines()
        return lines, os.waitpid(child, 0)[1]

    def test_no_file_crashes_the_importer(self):
        outcomes, crashed = {}, []
        while len(outcomes) + len(crashed) < CASES:
            lines, status = self.in_a_child(len(outcomes) + len(crashed))
            if status != 0:
                crashed.append(int(lines.pop()))
            outcomes.update(line.split(" ", 1) for line in lines)
        self.assertEqual([line for line in outcomes.items() if line[1].startswith("FAULT")], [], f"seed {SEED}")
        # Both ends of the importer were met.
        for outcome in ("imported", "refused"):
            self.assertGreater(sum(o == outcome for o in outcomes.values()), CASES // 10)
        # Where the onnx library itself died, the program still says so in one line.
        print(f"{len(crashed)} of {CASES} cases ended the onnx library: {crashed}")
        self.assertLess(len(crashed), CASES // 100)
        for number in crashed:
            self.check_program(number)

    def check_program(self, number):
        """The program on one case: a workload, or one line and nothing written. Its exit code."""
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / "m.onnx", Path(folder) / "m.yaml"
            path.write_bytes(case(number, self.models, self.texts))
            done = support.weir("import", path, "--out", out, "--strict")
            self.assertIn(done.returncode, (0, 2), f"case {number}: {done.stderr}")
            self.assertEqual(out.exists(), done.returncode == 0)
            self.assertEqual(done.stderr.count("\n"), 0 if done.returncode == 0 else 1, done.stderr)
            return done.returncode

    def test_the_program_ends_with_one_line_or_a_workload(self):
        self.assertEqual({self.check_program(number) for number in range(THROUGH_THE_PROGRAM)}, {0, 2})


if __name__ == "__main__":
    unittest.main()

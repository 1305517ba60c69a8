#!/usr/bin/env python3
"""Writes those workloads that follow a rule of blocks: scripts/make_workloads.py [FOLDER], workloads/ if left out.

A network is a function below, with its source; alexnet, vgg16 and the ResNets are written by hand. Batch
normalization is folded into the weights and activations into the layer before; all else is a layer."""

import sys
from pathlib import Path

import weir_files

SCHEMA = "# yaml-language-server: $schema=../schemas/workload.json"


class Network:
    """Collects layers while the shape of the last output is followed."""

    def __init__(self, name, comment, shape):
        self.name, self.comment, self.shape = name, comment, list(shape)
        self.lines = []

    def layer(self, name, kind, to, **keys):
        text = ", ".join(f"{k}: {v}" for k, v in {"name": name, "kind": kind, **keys}.items())
        self.lines.append("  - {" + text + "}")
        self.shape = list(to)

    def conv(self, name, outputs, kernel, stride=1, groups=1, padding=None):
        channels, rows, columns = self.shape
        padding = kernel // 2 if padding is None else padding
        keys = {"input": self.shape, "output_channels": outputs, "filter": [kernel, kernel]}
        keys.update({k: v for k, v, default in (("stride", stride, 1), ("padding", padding, 0), ("groups", groups, 1))
                     if v != default})
        self.layer(name, "conv", [outputs, *((n + 2 * padding - kernel) // stride + 1 for n in (rows, columns))], **keys)

    def depthwise(self, name, kernel, stride=1):
        self.conv(name, self.shape[0], kernel, stride, groups=self.shape[0])

    def fc(self, name, outputs, inner=None, rows=1):
        """Of all words of the last output, or of `rows` vectors of `inner` words."""
        keys = {"input": [inner, 1, 1] if inner else self.shape, "output_channels": outputs}
        if rows > 1:
            keys["rows"] = rows
        self.layer(name, "fc", [rows, outputs] if inner else [outputs, 1, 1], **keys)

    def matmul(self, name, batch, rows, inner, columns):
        self.layer(name, "matmul", [batch, rows, columns], batch=batch, rows=rows, inner=inner, columns=columns)

    def vector(self, name, kind, inputs, output, operations=0, **values):
        """`values`: the keys that say what is computed."""
        more = {"operations_per_output": operations} if operations else {}
        self.layer(name, kind, output, inputs=[list(i) for i in inputs], output=list(output), **values, **more)

    def pool(self, name, kernel, stride, padding=0, ceil=False):
        size = [-(-(n + 2 * padding - kernel) // stride) + 1 if ceil else (n + 2 * padding - kernel) // stride + 1
                for n in self.shape[1:]]
        window = {k: v for k, v, default in (("stride", stride, 1), ("padding", padding, 0)) if v != default}
        self.vector(name, "pool", [self.shape], [self.shape[0], *size], kernel * kernel, operation="max",
                    filter=[kernel, kernel], **window)

    def average(self, name):
        channels, rows, columns = self.shape
        self.vector(name, "pool", [self.shape], [channels, 1, 1], rows * columns, operation="average",
                    filter=[rows, columns])

    def add(self, name, other=None):
        self.vector(name, "elementwise", [other or self.shape, self.shape], self.shape, 1, operation="add")

    def norm(self, name):
        self.vector(name, "norm", [self.shape], self.shape, 5)

    def write(self, folder):
        comment = "\n".join("# " + line for line in self.comment.strip().splitlines())
        text = f"{comment}\n# Made by scripts/make_workloads.py.\nworkload: {self.name}\nlayers:\n" + "\n".join(self.lines)
        weir_files.write(folder / f"{self.name}.yaml", f"{text}\n{SCHEMA}\n")


def googlenet():
    net = Network("googlenet", """
GoogLeNet. Shapes: Szegedy et al., CVPR 2015 (arXiv 1409.4842), table 1; without the auxiliary classifiers, which only
training uses. Pooling rounds up, as in the authors' model.""", [3, 224, 224])
    net.conv("conv1", 64, 7, 2)
    net.pool("pool1", 3, 2, ceil=True)
    net.vector("norm1", "norm", [net.shape], net.shape, 7)
    net.conv("conv2_reduce", 64, 1)
    net.conv("conv2", 192, 3)
    net.vector("norm2", "norm", [net.shape], net.shape, 7)
    net.pool("pool2", 3, 2, ceil=True)
    stages = {"3": [(64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)],
              "4": [(192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
                    (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128)],
              "5": [(256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)]}
    for stage, blocks in stages.items():
        if stage != "3":
            net.pool(f"pool{int(stage) - 1}", 3, 2, ceil=True)
        for letter, (one, reduce3, three, reduce5, five, projection) in zip("abcde", blocks):
            block, source = f"inception_{stage}{letter}", net.shape
            outputs = []
            for path in ([(one, 1, "1x1")], [(reduce3, 1, "3x3_reduce"), (three, 3, "3x3")],
                         [(reduce5, 1, "5x5_reduce"), (five, 5, "5x5")], [(projection, 1, "pool_proj")]):
                net.shape = source
                if path[0][2] == "pool_proj":
                    net.pool(f"{block}.pool", 3, 1, 1)
                for channels, kernel, name in path:
                    net.conv(f"{block}.{name}", channels, kernel)
                outputs.append(net.shape)
            net.vector(f"{block}.concat", "concat", outputs, [sum(o[0] for o in outputs), *source[1:]], axis=0)
    net.average("pool5")
    net.fc("fc", 1000)
    return net


def mobilenet_v1():
    net = Network("mobilenet-v1", """
MobileNet 1.0 at 224 x 224. Shapes: Howard et al., arXiv 1704.04861, table 1.""", [3, 224, 224])
    net.conv("conv1", 32, 3, 2)
    for i, (outputs, stride) in enumerate([(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5,
                                           (1024, 2), (1024, 1)], start=2):
        net.depthwise(f"conv{i}.depthwise", 3, stride)
        net.conv(f"conv{i}.pointwise", outputs, 1)
    net.average("pool")
    net.fc("fc", 1000)
    return net


def squeeze_excite(net, name, squeezed):
    """Scales each channel by a factor from two small layers."""
    shape = net.shape
    net.average(f"{name}.pool")
    net.fc(f"{name}.fc1", squeezed)
    net.fc(f"{name}.fc2", shape[0])
    net.vector(f"{name}.scale", "elementwise", [shape, [shape[0], 1, 1]], shape, 1, operation="multiply")


def inverted_residual(net, name, expanded, outputs, kernel, stride, squeezed=None):
    source = net.shape
    if expanded != source[0]:
        net.conv(f"{name}.expand", expanded, 1)
    net.depthwise(f"{name}.depthwise", kernel, stride)
    if squeezed:
        squeeze_excite(net, f"{name}.se", squeezed)
    net.conv(f"{name}.project", outputs, 1)
    if stride == 1 and source[0] == outputs:
        net.add(f"{name}.add")


def mobilenet_v2():
    net = Network("mobilenet-v2", """
MobileNetV2 1.0 at 224 x 224. Shapes: Sandler et al., CVPR 2018 (arXiv 1801.04381), table 2.""", [3, 224, 224])
    net.conv("conv1", 32, 3, 2)
    block = 0
    for t, c, n, s in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                       (6, 320, 1, 1)]:
        for i in range(n):
            block += 1
            inverted_residual(net, f"block{block}", t * net.shape[0], c, 3, s if i == 0 else 1)
    net.conv("conv2", 1280, 1)
    net.average("pool")
    net.fc("fc", 1000)
    return net


def mobilenet_v3_large():
    net = Network("mobilenet-v3-large", """
MobileNetV3-Large 1.0 at 224 x 224. Shapes: Howard et al., ICCV 2019 (arXiv 1905.02244), table 1; widths inside the squeeze
and excitation as in torchvision (torchvision/models/mobilenetv3.py): a quarter of the expanded width, rounded to a multiple of 8.""",
                  [3, 224, 224])

    def rounded(v):
        low = max(8, int(v + 4) // 8 * 8)
        return low + 8 if low < 0.9 * v else low

    net.conv("conv1", 16, 3, 2)
    for i, (k, e, c, se, s) in enumerate([
            (3, 16, 16, 0, 1), (3, 64, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, 1, 2), (5, 120, 40, 1, 1), (5, 120, 40, 1, 1),
            (3, 240, 80, 0, 2), (3, 200, 80, 0, 1), (3, 184, 80, 0, 1), (3, 184, 80, 0, 1), (3, 480, 112, 1, 1),
            (3, 672, 112, 1, 1), (5, 672, 160, 1, 2), (5, 960, 160, 1, 1), (5, 960, 160, 1, 1)], start=1):
        inverted_residual(net, f"block{i}", e, c, k, s, rounded(e // 4) if se else None)
    net.conv("conv2", 960, 1)
    net.average("pool")
    net.fc("fc1", 1280)
    net.fc("fc2", 1000)
    return net


def efficientnet_b0():
    net = Network("efficientnet-b0", """
EfficientNet-B0 at 224 x 224. Shapes: Tan, Le, ICML 2019 (arXiv 1905.11946), table 1; blocks as in torchvision
(torchvision/models/efficientnet.py): squeeze and excitation to a quarter of the block's input width.""", [3, 224, 224])
    net.conv("conv1", 32, 3, 2)
    block = 0
    for t, k, s, c, n in [(1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
                          (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)]:
        for i in range(n):
            block += 1
            inverted_residual(net, f"block{block}", t * net.shape[0], c, k, s if i == 0 else 1, net.shape[0] // 4)
    net.conv("conv2", 1280, 1)
    net.average("pool")
    net.fc("fc", 1000)
    return net


def fastdepth():
    net = Network("fastdepth", """
FastDepth, pruned: depth from an RGB image of 224 x 224. Shapes: Wofk et al., ICRA 2019 (arXiv 1903.03273), figure 2, with
the widths of the pruned model (encoder 16 56 88 120 144 256 408 376 272 288 296 328 480 512, decoder 200 256 120 56 16).
Nearest-neighbour upsampling follows each decoder layer, and skip connections are additions.""", [3, 224, 224])
    net.conv("conv0", 16, 3, 2)
    kept = []
    for i, (outputs, stride) in enumerate(zip([56, 88, 120, 144, 256, 408, 376, 272, 288, 296, 328, 480, 512],
                                              [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]), start=1):
        net.depthwise(f"conv{i}.depthwise", 3, stride)
        net.conv(f"conv{i}.pointwise", outputs, 1)
        if i in (1, 3, 5):
            kept.append(net.shape)
    for i, outputs in enumerate([200, 256, 120, 56, 16], start=1):
        net.depthwise(f"decode{i}.depthwise", 5)
        net.conv(f"decode{i}.pointwise", outputs, 1)
        channels, rows, columns = net.shape
        net.vector(f"decode{i}.upsample", "copy", [net.shape], [channels, 2 * rows, 2 * columns],
                   operation="repeat")
        if kept and kept[-1] == net.shape:
            kept.pop()
            net.add(f"decode{i}.add")
    assert not kept
    net.conv("decode6", 1, 1)
    return net


def transformer_block(net, name, tokens, context, hidden, heads, norm_first):
    """Attention of `tokens` positions over `context`, and two FC layers, each with a residual and a norm."""
    depth, shape = hidden // heads, [tokens, hidden]

    def end_of(part):
        net.add(f"{name}.add{part}")
        if not norm_first:
            net.norm(f"{name}.norm{part}")

    net.shape = shape
    if norm_first:
        net.norm(f"{name}.norm1")
    net.fc(f"{name}.qkv", 3 * hidden, hidden, tokens)
    net.matmul(f"{name}.scores", heads, tokens, depth, context)
    net.vector(f"{name}.softmax", "softmax", [net.shape], net.shape, 5)
    net.matmul(f"{name}.mix", heads, tokens, context, depth)
    net.fc(f"{name}.attention_output", hidden, hidden, tokens)
    end_of(1)
    if norm_first:
        net.norm(f"{name}.norm2")
    net.fc(f"{name}.mlp1", 4 * hidden, hidden, tokens)
    net.fc(f"{name}.mlp2", hidden, 4 * hidden, tokens)
    end_of(2)


def bert_base():
    tokens, hidden = 384, 768
    net = Network("bert-base", """
BERT base, one sequence of 384. Shapes: Devlin et al., NAACL 2019 (arXiv 1810.04805), section 3: 12 layers, hidden 768,
12 heads; with the pooler. Heads are split and joined by addressing; the three embeddings are read and added.""", [tokens, hidden])
    net.vector("embeddings", "elementwise", [net.shape] * 3, net.shape, 2, operation="add")
    net.norm("embeddings.norm")
    for i in range(12):
        transformer_block(net, f"layer{i}", tokens, tokens, hidden, 12, norm_first=False)
    net.fc("pooler", hidden, hidden)
    return net


def gpt2_small(name, what, tokens, context):
    hidden = 768
    net = Network(name, f"""
GPT-2 small, {what}. Shapes: Radford et al., 2019, table 2, smallest model:
12 layers, hidden 768; 12 heads, vocabulary 50257. Attention is computed over the whole context (the causal mask saves
nothing), the scores of the vocabulary for the last position only. Cached keys and values are read like weights.""", [tokens, hidden])
    net.vector("embeddings", "elementwise", [net.shape] * 2, net.shape, 1, operation="add")
    for i in range(12):
        transformer_block(net, f"layer{i}", tokens, context, hidden, 12, norm_first=True)
    net.norm("norm")
    net.fc("vocabulary", 50257, hidden)
    return net


def vit_b16():
    tokens, hidden = 197, 768
    net = Network("vit-b16", """
ViT-B/16 at 224 x 224. Shapes: Dosovitskiy et al., ICLR 2021 (arXiv 2010.11929), table 1: 12 layers, hidden 768, 12 heads,
patches of 16 x 16 and a class token. The patches are flattened and multiplied by a matrix (section 3.1): neighbours do not
overlap, so that what others write as a convolution of stride 16 takes each word once.""", [3, 224, 224])
    net.fc("patches", hidden, 3 * 16 * 16, rows=tokens - 1)
    net.vector("positions", "elementwise", [[tokens, hidden]] * 2, [tokens, hidden], 1, operation="add")
    for i in range(12):
        transformer_block(net, f"layer{i}", tokens, tokens, hidden, 12, norm_first=True)
    net.norm("norm")
    net.fc("head", 1000, hidden)
    return net


def networks():
    return [googlenet(), mobilenet_v1(), mobilenet_v2(), mobilenet_v3_large(), efficientnet_b0(), fastdepth(), bert_base(),
            gpt2_small("gpt2-small-prefill", "prefill of 1024 tokens", 1024, 1024),
            gpt2_small("gpt2-small-decode", "one decode step: the 1024th token, with 1023 in the cache", 1, 1024), vit_b16()]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "workloads"
    for network in networks():
        network.write(target)

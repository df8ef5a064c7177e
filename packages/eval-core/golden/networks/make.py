"""Writes the other files of this folder with PyTorch 1.13 and onnx 1.12: small networks of the kinds that are trained on
downstream tasks, each with its loss, as PyTorch exports them, and the gradients that PyTorch computes in float64.

NAME.onnx is the network in training mode with its loss, its weights among the initializers. NAME.safetensors holds its
inputs under `input/`, its loss as `loss` and the gradient by each weight under `gradient/`. The networks are written
out here, apart from any library.
"""
import copy
import io
import json
import struct
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional as F

here = Path(__file__).parent
warnings.filterwarnings("ignore", message="ONNX Preprocess")


def cross_entropy(logits, labels):
    """Mean over every place of logits [N, C, ...] and labels [N, ...]."""
    return -F.log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).mean()


def smooth_l1(found, target, beta=1.0 / 9):
    distance = (found - target).abs()
    return torch.where(distance < beta, 0.5 * distance * distance / beta, distance - 0.5 * beta)


class ConvNormRelu(nn.Sequential):
    def __init__(self, inputs, outputs, kernel=3, stride=1, dilation=1, groups=1):
        padding = dilation * (kernel // 2)
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, groups, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        )


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride=1, dilation=1):
        super().__init__()
        self.first = ConvNormRelu(inputs, outputs, 3, stride, dilation)
        self.second = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, 1, dilation, dilation, bias=False), nn.BatchNorm2d(outputs)
        )
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.second(self.first(x)) + self.shortcut(x))


class Backbone(nn.Module):
    """Four stages with strides 4, 8, 16 and 32, or with dilation in place of the last two strides."""

    def __init__(self, width, dilated=False):
        super().__init__()
        self.stem = ConvNormRelu(3, width, 7, 2)
        self.stages = nn.ModuleList(
            [
                Residual(width, width),
                Residual(width, 2 * width, 2),
                Residual(2 * width, 2 * width, 1, 2) if dilated else Residual(2 * width, 2 * width, 2),
                Residual(2 * width, 3 * width, 1, 4) if dilated else Residual(2 * width, 3 * width, 2),
            ]
        )

    def forward(self, x):
        x = F.max_pool2d(self.stem(x), 3, 2, 1)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class UNet(nn.Module):
    """Ronneberger et al., 2015, with batch norm; the last step up by interpolation, as many versions of it have."""

    def __init__(self, width=4, classes=3):
        super().__init__()
        self.down = nn.ModuleList(
            nn.Sequential(ConvNormRelu(i, o), ConvNormRelu(o, o))
            for i, o in [(3, width), (width, 2 * width), (2 * width, 4 * width)]
        )
        self.up = nn.ModuleList(
            [
                nn.ConvTranspose2d(4 * width, 2 * width, 2, 2),
                nn.Sequential(
                    nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True),
                    nn.Conv2d(2 * width, width, 1),
                ),
            ]
        )
        self.merge = nn.ModuleList([ConvNormRelu(4 * width, 2 * width), ConvNormRelu(2 * width, width)])
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, x, labels):
        skipped = []
        for i, block in enumerate(self.down):
            x = block(F.max_pool2d(x, 2) if i else x)
            skipped.append(x)
        for up, merge, skip in zip(self.up, self.merge, skipped[-2::-1]):
            x = merge(torch.cat([skip, up(x)], 1))
        return cross_entropy(self.head(x), labels)


class Pyramid(nn.Module):
    """Feature pyramid: Lin et al., 2017."""

    def __init__(self, inputs, width):
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(i, width, 1) for i in inputs)
        self.smooth = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in inputs)

    def forward(self, maps):
        maps = [lateral(x) for lateral, x in zip(self.lateral, maps)]
        for i in range(len(maps) - 1, 0, -1):
            maps[i - 1] = maps[i - 1] + F.interpolate(maps[i], scale_factor=2, mode="nearest")
        return [smooth(x) for smooth, x in zip(self.smooth, maps)]


class FPN(nn.Module):
    """A pyramid with the panoptic semantic head; surface normals: 1 - cosine, as the paper's NYU task scores."""

    def __init__(self, width=4):
        super().__init__()
        self.backbone = Backbone(width)
        self.pyramid = Pyramid([width, 2 * width, 2 * width, 3 * width], 6)
        self.norm = nn.GroupNorm(2, 6)
        self.head = nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, x, normals):
        maps = self.pyramid(self.backbone(x))
        total = maps[0]
        for i, extra in enumerate(maps[1:], 1):
            total = total + F.interpolate(extra, scale_factor=2**i, mode="bilinear", align_corners=False)
        found = F.interpolate(self.head(F.relu(self.norm(total))), scale_factor=4, mode="bilinear", align_corners=False)
        length = found.pow(2).sum(1, keepdim=True).add(1e-6).sqrt()
        return (1 - (found / length * normals).sum(1)).mean()


class PyramidPooling(nn.Module):
    """Zhao et al., 2017."""

    def __init__(self, inputs, width, bins):
        super().__init__()
        self.bins = bins
        self.branches = nn.ModuleList(ConvNormRelu(inputs, width, 1) for _ in bins)
        self.merge = ConvNormRelu(inputs + width * len(bins), width)

    def forward(self, x):
        pooled = [
            F.interpolate(
                branch(F.adaptive_avg_pool2d(x, bins)), size=x.shape[2:], mode="bilinear", align_corners=False
            )
            for bins, branch in zip(self.bins, self.branches)
        ]
        return self.merge(torch.cat([x, *pooled], 1))


class PSPNet(nn.Module):
    """A dilated backbone, pyramid pooling, and the auxiliary loss at 0.4."""

    def __init__(self, width=4, classes=4):
        super().__init__()
        self.backbone = Backbone(width, dilated=True)
        self.pooling = PyramidPooling(3 * width, 4, [1, 2, 3, 6])
        self.head = nn.Conv2d(4, classes, 1)
        self.auxiliary = nn.Sequential(ConvNormRelu(2 * width, 4), nn.Conv2d(4, classes, 1))

    def forward(self, x, labels):
        maps = self.backbone(x)
        losses = [
            cross_entropy(F.interpolate(logits, size=x.shape[2:], mode="bilinear", align_corners=True), labels)
            for logits in (self.head(self.pooling(maps[3])), self.auxiliary(maps[2]))
        ]
        return losses[0] + 0.4 * losses[1]


class UPerNet(nn.Module):
    """Xiao et al., 2018: pyramid pooling on top, a pyramid below, all levels fused at the finest."""

    def __init__(self, width=4, classes=4):
        super().__init__()
        self.backbone = Backbone(width)
        self.pooling = PyramidPooling(3 * width, 4, [1, 2])
        self.lateral = nn.ModuleList(ConvNormRelu(i, 4, 1) for i in (width, 2 * width, 2 * width))
        self.smooth = nn.ModuleList(ConvNormRelu(4, 4) for _ in range(3))
        self.fuse = ConvNormRelu(16, 4)
        self.head = nn.Conv2d(4, classes, 1)

    def forward(self, x, labels):
        maps = self.backbone(x)
        levels = [lateral(m) for lateral, m in zip(self.lateral, maps)] + [self.pooling(maps[3])]
        for i in range(3, 0, -1):
            levels[i - 1] = levels[i - 1] + F.interpolate(
                levels[i], size=levels[i - 1].shape[2:], mode="bilinear", align_corners=False
            )
        levels = [smooth(m) for smooth, m in zip(self.smooth, levels)] + [levels[3]]
        fused = torch.cat(
            [F.interpolate(m, size=levels[0].shape[2:], mode="bilinear", align_corners=False) for m in levels], 1
        )
        logits = F.interpolate(self.head(self.fuse(fused)), size=x.shape[2:], mode="bilinear", align_corners=False)
        valid = (labels >= 0).to(logits.dtype)
        losses = -F.log_softmax(logits, 1).gather(1, labels.clamp(min=0).unsqueeze(1)).squeeze(1)
        return (losses * valid).sum() / valid.sum()


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, tokens, width))


class ViT(nn.Module):
    """Dosovitskiy et al., 2021, with a class token; layers before attention normalised."""

    def __init__(self, width=12, heads=3, depth=2, patch=8, side=32, classes=5):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, 1 + (side // patch) ** 2, width))
        self.blocks = nn.ModuleList(
            nn.ModuleList(
                [
                    nn.LayerNorm(width),
                    Attention(width, heads),
                    nn.LayerNorm(width),
                    nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)),
                ]
            )
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, x, labels):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        for first, attention, second, mlp in self.blocks:
            x = x + attention(first(x))
            x = x + mlp(second(x))
        return cross_entropy(self.head(self.norm(x)[:, 0]), labels)


class FasterRCNN(nn.Module):
    """Ren et al., 2015: both heads and their four losses over anchors, proposals and targets that were sampled outside
    the graph. RoIAlign is written out: four gathered neighbours of each point, weighted.
    """

    def __init__(self, width=4, anchors=3, classes=4, side=3):
        super().__init__()
        self.backbone = Backbone(width)
        self.anchors, self.classes, self.side = anchors, classes, side
        self.shared = nn.Conv2d(2 * width, 8, 3, padding=1)
        self.objectness = nn.Conv2d(8, anchors, 1)
        self.deltas = nn.Conv2d(8, 4 * anchors, 1)
        self.fc = nn.Sequential(
            nn.Flatten(), nn.Linear(2 * width * side * side, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU()
        )
        self.score = nn.Linear(16, classes + 1)
        self.boxes = nn.Linear(16, 4 * classes)

    def forward(self, x, sampled, is_object, anchor_boxes, neighbours, weights, labels, roi_boxes):
        features = self.backbone(x)[2]
        n, channels, height, width = features.shape
        # proposals
        shared = F.relu(self.shared(features))
        scores = self.objectness(shared).permute(0, 2, 3, 1).reshape(-1)[sampled]
        deltas = self.deltas(shared).reshape(n, self.anchors, 4, height, width)
        deltas = deltas.permute(0, 3, 4, 1, 2).reshape(-1, 4)[sampled]
        objects = scores.clamp(min=0) - scores * is_object + torch.log(1 + torch.exp(-scores.abs()))
        loss = objects.mean() + (smooth_l1(deltas, anchor_boxes).sum(1) * is_object).mean()
        # regions
        points = features.permute(0, 2, 3, 1).reshape(-1, channels)[neighbours]
        regions = (points * weights.unsqueeze(-1)).sum(2).transpose(1, 2)
        hidden = self.fc(regions.reshape(-1, channels, self.side, self.side))
        boxes = self.boxes(hidden).reshape(-1, self.classes, 4)
        own = (labels - 1).clamp(min=0).reshape(-1, 1, 1).expand(-1, 1, 4)
        found = boxes.gather(1, own).squeeze(1)
        foreground = (labels > 0).to(found.dtype)
        regression = (smooth_l1(found, roi_boxes).sum(1) * foreground).sum() / labels.shape[0]
        return loss + cross_entropy(self.score(hidden), labels) + regression


def images(n, side):
    return torch.randn(n, 3, side, side)


def rcnn_inputs(n=2, side=64, anchors=3, regions=6, roi=3, classes=4):
    cells = (side // 16) ** 2
    points = torch.rand(regions, roi * roi, 2) * (side // 16 - 1)
    low = points.floor()
    near, first = points - low, low.long()
    image = torch.randint(0, n, (regions, 1))
    neighbours, weights = [], []
    for dy in (0, 1):
        for dx in (0, 1):
            row, column = ((first[..., i] + d).clamp(max=side // 16 - 1) for i, d in ((0, dy), (1, dx)))
            neighbours.append(image * cells + row * (side // 16) + column)
            weights.append(
                (near[..., 0] if dy else 1 - near[..., 0]) * (near[..., 1] if dx else 1 - near[..., 1])
            )
    return {
        "x": images(n, side),
        "sampled": torch.randperm(n * cells * anchors)[:24],
        "is_object": (torch.rand(24) < 0.5).float(),
        "anchor_boxes": torch.randn(24, 4) * 0.3,
        "neighbours": torch.stack(neighbours, 2),
        "weights": torch.stack(weights, 2),
        "labels": torch.tensor([0, 1, 2, 0, 4, 3])[:regions],
        "roi_boxes": torch.randn(regions, 4) * 0.3,
    }


def unit(v):
    return v / v.norm(dim=1, keepdim=True)


NETWORKS = {
    "unet": (UNet, lambda: {"x": images(2, 16), "labels": torch.randint(0, 3, (2, 16, 16))}),
    "fpn": (FPN, lambda: {"x": images(2, 64), "normals": unit(torch.randn(2, 3, 64, 64))}),
    "pspnet": (PSPNet, lambda: {"x": images(2, 48), "labels": torch.randint(0, 4, (2, 48, 48))}),
    "upernet": (UPerNet, lambda: {"x": images(2, 64), "labels": torch.randint(-1, 4, (2, 64, 64))}),
    "vit": (ViT, lambda: {"x": images(3, 32), "labels": torch.tensor([0, 3, 4])}),
    "faster-rcnn": (FasterRCNN, rcnn_inputs),
}


def as_opset_18(model):
    """What changed for the operators here since opset 17, the last that PyTorch 1.13 writes: axes became inputs."""
    for node in model.graph.node:
        if node.op_type in ("ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL2"):
            for attribute in [a for a in node.attribute if a.name == "axes"]:
                name = f"{node.output[0]}/axes"
                model.graph.initializer.append(numpy_helper.from_array(np.array(attribute.ints, np.int64), name))
                node.input.append(name)
                node.attribute.remove(attribute)
    model.opset_import[0].version = 18
    model.producer_name, model.producer_version = "make.py", ""
    for node in model.graph.node:
        node.doc_string = ""
    return model


def export(model, inputs):
    file = io.BytesIO()
    torch.onnx.export(
        model,
        tuple(inputs.values()),
        file,
        opset_version=17,
        training=torch.onnx.TrainingMode.TRAINING,
        do_constant_folding=False,
        keep_initializers_as_inputs=False,
        input_names=list(inputs),
        output_names=["loss"],
    )
    return as_opset_18(onnx.load_from_string(file.getvalue()))


def write_safetensors(path, tensors):
    kinds = {"float32": "F32", "float64": "F64", "int64": "I64"}
    header, blocks, offset = {}, [], 0
    for name, array in tensors.items():
        block = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": kinds[str(array.dtype)],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(block)],
        }
        blocks.append(block)
        offset += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def main():
    for seed, (name, (network, make_inputs)) in enumerate(NETWORKS.items()):
        torch.manual_seed(seed)
        model, inputs = network().train(), make_inputs()
        for module in model.modules():
            # As after training: at their initial 1 and 0 some mistakes would not show.
            if isinstance(module, (nn.BatchNorm2d, nn.LayerNorm, nn.GroupNorm)):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.5, 0.5)
        exact = copy.deepcopy(model).double()
        loss = exact(*(v.double() if v.is_floating_point() else v for v in inputs.values()))
        loss.backward()
        onnx.save(export(model, inputs), str(here / f"{name}.onnx"))
        write_safetensors(
            here / f"{name}.safetensors",
            {
                **{f"input/{k}": v.numpy() for k, v in inputs.items()},
                "loss": loss.detach().numpy().reshape(()),
                **{f"gradient/{k}": p.grad.float().numpy() for k, p in exact.named_parameters() if p.grad is not None},
            },
        )
        print(name, float(loss), sum(p.numel() for p in model.parameters()))


main()

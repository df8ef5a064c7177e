"""Writes the other files of this folder with PyTorch 1.13: a tiny ResNet-18 in several forms with the features that
PyTorch computes, and files of tensors of every kind. The networks are written out here, apart from any library."""

import argparse
import collections
import json
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

here = Path(__file__).parent
torch.manual_seed(0)
WIDTH = 4


class Basic(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, WIDTH, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTH)
        inputs = WIDTH
        for stage in range(4):
            outputs = WIDTH * 2**stage
            stride = 1 if stage == 0 else 2
            setattr(
                self,
                f"layer{stage + 1}",
                nn.Sequential(Basic(inputs, outputs, stride), Basic(outputs, outputs, 1)),
            )
            inputs = outputs

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.mean([2, 3])


def batch_norm_relu(channels, relu=True):
    return nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU() if relu else nn.Identity())


class SimclrBlock(nn.Module):
    """The module tree of SimCLR-v2's published conversion to PyTorch, without selective kernels."""

    def __init__(self, inputs, inner, stride, project):
        super().__init__()
        if project:
            self.projection = nn.Module()
            self.projection.shortcut = nn.Conv2d(inputs, inner * 4, 1, stride, bias=False)
            self.projection.bn = batch_norm_relu(inner * 4, False)
        self.net = nn.Sequential(
            nn.Conv2d(inputs, inner, 1, bias=False),
            batch_norm_relu(inner),
            nn.Conv2d(inner, inner, 3, stride, 1, bias=False),
            batch_norm_relu(inner),
            nn.Conv2d(inner, inner * 4, 1, bias=False),
            batch_norm_relu(inner * 4, False),
        )
        self.project = project

    def forward(self, x):
        shortcut = self.projection.bn(self.projection.shortcut(x)) if self.project else x
        return torch.relu(shortcut + self.net(x))


class SimclrStage(nn.Module):
    def __init__(self, count, inputs, inner, stride):
        super().__init__()
        self.blocks = nn.ModuleList(
            [SimclrBlock(inputs if i == 0 else inner * 4, inner, stride if i == 0 else 1, i == 0) for i in range(count)]
        )

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


class SimclrResNet50(nn.Module):
    def __init__(self, width):
        super().__init__()
        stem = nn.Sequential(
            nn.Conv2d(3, width, 7, 2, 3, bias=False), batch_norm_relu(width), nn.MaxPool2d(3, 2, 1)
        )
        stages = [
            SimclrStage(count, width if i == 0 else width * 2 ** (i + 1), width * 2**i, 1 if i == 0 else 2)
            for i, count in enumerate([3, 4, 6, 3])
        ]
        self.net = nn.Sequential(stem, *stages)
        self.fc = nn.Linear(width * 32, 5)

    def forward(self, x):
        return self.net(x).mean([2, 3])


def randomise(model):
    """Statistics as after training: unlike the initial ones, they make every mistake visible."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model.eval()


def save(value, name, **options):
    torch.save(value, here / name, **options)


# A tiny ResNet-18, its features, and PyTorch's own exports of it to ONNX.
x = torch.randn(2, 3, 48, 64)
np.save(here / "input.npy", x.numpy())
resnet = randomise(ResNet18())
with torch.no_grad():
    np.save(here / "resnet18_features.npy", resnet(x).numpy())
save(resnet.state_dict(), "resnet18.pth")
torch.onnx.export(resnet, x, here / "resnet18_folded.onnx", opset_version=16, input_names=["images"])
torch.onnx.export(
    resnet,
    x,
    here / "resnet18_separate.onnx",
    opset_version=16,
    training=torch.onnx.TrainingMode.PRESERVE,
    do_constant_folding=False,
)

# The same as two published converters leave it: convolutions as permuted views of TensorFlow's order, no counters.
tensorflow = {
    key: value.permute(2, 3, 1, 0).contiguous().permute(3, 2, 0, 1) if value.dim() == 4 else value
    for key, value in resnet.state_dict().items()
    if not key.endswith("num_batches_tracked")
}
assert not tensorflow["layer2.0.conv1.weight"].is_contiguous()
save({"state_dict": tensorflow}, "resnet18_tensorflow_order.pth")
save({"state_dict": tensorflow}, "resnet18_tensorflow_order_legacy.pth", _use_new_zipfile_serialization=False)
save({k: v.bfloat16() if v.is_floating_point() else v for k, v in resnet.state_dict().items()}, "resnet18_bfloat16.pth")

simclr = randomise(SimclrResNet50(2))
with torch.no_grad():
    np.save(here / "simclr_v2_features.npy", simclr(x).numpy())
save({"resnet": simclr.state_dict(), "head": nn.Linear(64, 8).state_dict()}, "simclr_v2.pth")

# Tensors of every kind, and what else real checkpoints carry.
base = torch.arange(24.0).reshape(4, 6)
odd = collections.OrderedDict(
    transposed=base.t(),
    sliced=base[1:3, 2:5],
    strided=base[::2, ::3],
    expanded=torch.tensor([[1.0], [2.0]]).expand(2, 3),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 3),
    parameter=nn.Parameter(torch.tensor([1.0, -1.0])),
    bfloat16=torch.tensor([1.5, -2.0]).bfloat16(),
    half=torch.tensor([0.25, 65504.0]).half(),
    double=torch.tensor([1e300, -0.5], dtype=torch.float64),
    long=torch.tensor([2**40, -1]),
    int=torch.tensor([7, -8], dtype=torch.int32),
    short=torch.tensor([300, -300], dtype=torch.int16),
    char=torch.tensor([-128, 127], dtype=torch.int8),
    byte=torch.tensor([0, 255], dtype=torch.uint8),
    bool=torch.tensor([True, False]),
)
expected = {
    key: {"shape": list(value.shape), "values": [float(v) for v in value.detach().flatten()]}
    for key, value in odd.items()
}
(here / "odd.json").write_text(json.dumps(expected, indent=1) + "\n")
beside = {
    "args": argparse.Namespace(lr=0.1, betas=(0.9, 0.999), name="häuser"),
    "best": np.float64(76.5),
    "history": np.arange(6.0).reshape(2, 3),
    "milestones": collections.Counter({30: 1}),
    "lists": [1, [2, {3}], None, True, 2**70, -1.5, b"bytes"],
    "size": torch.Size([1, 2]),
    "device": torch.device("cpu"),
    "dtype": torch.float32,
    "nested": collections.defaultdict(list, {"a": [1]}),
}
for name, options in [
    ("odd.pth", {}),
    ("odd_legacy.pth", {"_use_new_zipfile_serialization": False}),
    ("odd_protocol4.pth", {"pickle_protocol": 4}),
    ("odd_legacy_protocol1.pth", {"_use_new_zipfile_serialization": False, "pickle_protocol": 1}),
]:
    save({"tensors": odd, **beside}, name, **options)

# Packed again by a zip tool.
with zipfile.ZipFile(here / "odd.pth") as source, zipfile.ZipFile(
    here / "odd_deflated.pth", "w", zipfile.ZIP_DEFLATED
) as target:
    for entry in source.infolist():
        target.writestr(entry.filename, source.read(entry))

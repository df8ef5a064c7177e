"""One training step of surface normals (PSPNet's head) or segmentation (UPerNet) in PyTorch: the other side of pixels.ts.

    pixels_torch.py surface-normals|segmentation HEIGHT WIDTH THREADS DEVICE

Reads a line a round and answers a line with the seconds that a step took by the clock and by the processors. Networks are
CSAIL's, written anew; weights and inputs are random: only the time counts.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Bottleneck(nn.Module):
    def __init__(self, inputs, inner, stride, dilation):
        super().__init__()
        outer = 4 * inner
        self.conv1, self.bn1 = nn.Conv2d(inputs, inner, 1, bias=False), nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3, self.bn3 = nn.Conv2d(inner, outer, 1, bias=False), nn.BatchNorm2d(outer)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != outer:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outer, 1, stride, bias=False), nn.BatchNorm2d(outer))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Encoder(nn.Module):
    def __init__(self, dilated):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        self.stages = nn.ModuleList()
        inputs = 64
        for stage, (count, inner) in enumerate(zip((3, 4, 6, 3), (64, 128, 256, 512))):
            blocks = []
            for i in range(count):
                stride = 2 if stage > 0 and i == 0 else 1
                dilation = 1
                if dilated and stage >= 2:
                    full = 2 if stage == 2 else 4
                    dilation = full // 2 if i == 0 else full
                    stride = 1
                blocks.append(Bottleneck(inputs, inner, stride, dilation))
                inputs = 4 * inner
            self.stages.append(nn.Sequential(*blocks))

    def forward(self, x):
        x = self.stem(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


def unit(inputs, outputs, kernel):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True))


def resize(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class Pspnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(True)
        for weight in self.encoder.parameters():
            weight.requires_grad_(False)
        self.branches = nn.ModuleList([unit(2048, 512, 1) for _ in range(4)])
        self.last = nn.Sequential(unit(4096, 512, 3), nn.Dropout2d(0.1), nn.Conv2d(512, 40, 1))

    def forward(self, x):
        with torch.no_grad():
            c5 = self.encoder(x)[-1]
        pooled = [resize(b(F.adaptive_avg_pool2d(c5, s)), c5.shape[2:]) for s, b in zip((1, 2, 3, 6), self.branches)]
        return self.last(torch.cat([c5] + pooled, 1))


class Upernet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(False)
        self.branches = nn.ModuleList([unit(2048, 512, 1) for _ in range(4)])
        self.top = unit(4096, 512, 3)
        self.laterals = nn.ModuleList([unit(c, 512, 1) for c in (256, 512, 1024)])
        self.outs = nn.ModuleList([unit(512, 512, 3) for _ in range(3)])
        self.last = nn.Sequential(unit(2048, 512, 3), nn.Conv2d(512, 150, 1))

    def forward(self, x):
        maps = self.encoder(x)
        c5 = maps[-1]
        size = c5.shape[2:]
        pooled = [b(resize(F.adaptive_avg_pool2d(c5, s), size)) for s, b in zip((1, 2, 3, 6), self.branches)]
        f = self.top(torch.cat([c5] + pooled, 1))
        levels = [f]
        for lateral, out, c in reversed(list(zip(self.laterals, self.outs, maps[:3]))):
            f = lateral(c) + resize(f, c.shape[2:])
            levels.insert(0, out(f))
        size = levels[0].shape[2:]
        return self.last(torch.cat([levels[0]] + [resize(level, size) for level in levels[1:]], 1))


def main():
    which = sys.argv[1]
    height, width, threads = (int(v) for v in sys.argv[2:5])
    device = sys.argv[5]
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    normals = which == "surface-normals"
    model = (Pspnet() if normals else Upernet()).train()
    if normals:
        model.encoder.eval()
    stride, classes = (8, 40) if normals else (4, 150)
    model.to(device)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, 1e-3, momentum=0.9, weight_decay=1e-4)
    x = torch.randn(2, 3, height, width, device=device)
    y = torch.randint(0, classes, (2, height // stride, width // stride), device=device)
    print(f"ready {torch.__version__}", flush=True)
    for _ in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        loss = F.nll_loss(F.log_softmax(model(x), 1), y, ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()  # Ends when a card is done with it.
        print(time.perf_counter() - clock, time.process_time() - processor, flush=True)


main()

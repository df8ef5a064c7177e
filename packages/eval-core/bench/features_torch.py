"""One iteration of a reconstruction in PyTorch, timed on demand: the other side of features.ts.

The prior of full width (2,606,763 parameters), a ResNet-50 in evaluation mode, the mean squared difference of layer4, Adam.
Reads a line a round and answers a line with the seconds it took by the clock and by the processors. Weights and target are
random: only the time counts.
"""
import sys
import time

import torch
from torch import nn

from training_torch import resnet50

WIDTHS, KERNELS, SKIP, DEPTH = (16, 32, 64, 128, 128, 128), (7, 7, 5, 5, 3, 3), 4, 32


def block(inputs, outputs, kernel, pool=False):
    convolution = nn.Conv2d(inputs, outputs, kernel, padding=(kernel - 1) // 2)
    between = [nn.AvgPool2d(2)] if pool else []
    return nn.Sequential(convolution, *between, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2))


class Level(nn.Module):
    def __init__(self, level, inputs):
        super().__init__()
        width, kernel = WIDTHS[level], KERNELS[level]
        self.side = block(inputs, SKIP, 1)
        self.down = nn.Sequential(block(inputs, width, kernel, pool=True), block(width, width, kernel))
        last = level + 1 == len(WIDTHS)
        self.inner = nn.Identity() if last else Level(level + 1, width)
        below = width if last else WIDTHS[level + 1]
        self.enlarge = nn.Upsample(scale_factor=2, mode="nearest")
        self.merge = nn.BatchNorm2d(SKIP + below)
        self.up = nn.Sequential(block(SKIP + below, width, kernel), block(width, width, 1))

    def forward(self, x):
        below = self.enlarge(self.inner(self.down(x)))
        return self.up(self.merge(torch.cat([self.side(x), below], 1)))


def main():
    threads = int(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    device = sys.argv[2]
    torch.backends.cudnn.allow_tf32 = False
    prior = nn.Sequential(Level(0, DEPTH), nn.Conv2d(WIDTHS[0], 3, 1))
    assert sum(p.numel() for p in prior.parameters()) == 2_606_763
    # Up to layer4: without the average, the flattening and the classifier.
    backbone = resnet50(1000)[:-3].eval().requires_grad_(False)
    noise = 0.1 * torch.rand(1, DEPTH, 256, 256)
    target = torch.randn(1, 2048, 7, 7)
    for part in (prior, backbone):
        part.to(device)
    noise, target = noise.to(device), target.to(device)
    optimizer = torch.optim.Adam(prior.parameters(), lr=1e-3)
    print(f"ready {torch.__version__}", flush=True)
    for _ in sys.stdin:
        clock, processor = time.perf_counter(), time.process_time()
        loss = nn.functional.mse_loss(backbone(prior(noise)[:, :, :224, :224]), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()  # Ends when a card is done with it.
        print(time.perf_counter() - clock, time.process_time() - processor, flush=True)


main()

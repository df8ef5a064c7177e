"""PyTorch's side of the extraction bench: JPEG files through Pillow and a ResNet-50 or a
vision transformer, as the networks' authors do.

usage: extraction_torch.py WEIGHTS FOLDER IMAGES WORKERS DEVICE; each line on standard input asks for a round, and is
answered by one JSON line. WORKERS are the DataLoader's processes; on the CPU the
network uses every core. On a card it computes in float32, without TF32, as ours does.
"""
import json
import os
import resource
import struct
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch import nn

weights, folder, count, workers, device = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
BATCH = 16


class Bottleneck(nn.Module):
    def __init__(self, inputs, inner, stride):
        super().__init__()
        outer = 4 * inner
        self.conv1 = nn.Conv2d(inputs, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, outer, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outer)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != outer:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outer, 1, stride, bias=False), nn.BatchNorm2d(outer))

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = 64
        for stage, (blocks, inner) in enumerate(zip((3, 4, 6, 3), (64, 128, 256, 512)), 1):
            layer = []
            for block in range(blocks):
                layer.append(Bottleneck(inputs, inner, 2 if block == 0 and stage > 1 else 1))
                inputs = 4 * inner
            setattr(self, f"layer{stage}", nn.Sequential(*layer))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.mean((2, 3))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, 1e-6)
        self.attn = nn.Module()
        self.attn.qkv = nn.Linear(width, 3 * width)
        self.attn.proj = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, 1e-6)
        self.mlp = nn.Module()
        self.mlp.fc1 = nn.Linear(width, 4 * width)
        self.mlp.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        n, t, width = x.shape
        q, k, v = self.attn.qkv(self.norm1(x)).view(n, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if hasattr(nn.functional, "scaled_dot_product_attention"):
            y = nn.functional.scaled_dot_product_attention(q, k, v)
        else:
            y = (q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1) @ v
        x = x + self.attn.proj(y.transpose(1, 2).reshape(n, t, width))
        return x + self.mlp.fc2(nn.functional.gelu(self.mlp.fc1(self.norm2(x))))


class ViT(nn.Module):
    """Of timm's names: 12 blocks, patches of 16 pixels, 64 a head."""

    def __init__(self, width):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 197, width))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, width, 16, 16)
        self.blocks = nn.Sequential(*[Block(width, width // 64) for _ in range(12)])
        self.norm = nn.LayerNorm(width, 1e-6)

    def forward(self, x):
        x = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.norm(self.blocks(x))[:, 0]


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data, np.float32, (end - begin) // 4, begin)
        tensors[name] = torch.from_numpy(array.reshape(entry["shape"]))
    return tensors


class Files(torch.utils.data.Dataset):
    mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
    std = torch.tensor([0.229, 0.224, 0.225])[:, None, None]

    def __init__(self, indices):
        names = sorted(name for name in os.listdir(folder) if name.endswith(".jpg"))
        self.paths = [os.path.join(folder, names[i % len(names)]) for i in indices]

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        # torchvision's Resize, CenterCrop, ToTensor and Normalize, which Debian does not have.
        image = Image.open(self.paths[index]).convert("RGB")
        w, h = image.size
        size = (224, int(224 * h / w)) if w <= h else (int(224 * w / h), 224)
        image = image.resize(size, Image.BICUBIC)
        left, top = round((size[0] - 224) / 2), round((size[1] - 224) / 2)
        image = image.crop((left, top, left + 224, top + 224))
        x = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).contiguous().float().div(255)
        return x.sub_(self.mean).div_(self.std)


torch.set_num_threads(os.cpu_count())
tensors = read_safetensors(weights)
model = ViT(tensors["cls_token"].shape[-1]) if "cls_token" in tensors else ResNet50()
left = model.load_state_dict(tensors, strict=False)
assert not left.unexpected_keys and all("num_batches_tracked" in key for key in left.missing_keys)
model.eval().to(device)
torch.backends.cudnn.allow_tf32 = False


def extract(indices):
    loader = torch.utils.data.DataLoader(Files(indices), batch_size=BATCH, num_workers=workers)
    with torch.no_grad():
        return torch.cat([model(batch.to(device)).cpu() for batch in loader])


extract(range(2 * BATCH))
print(json.dumps({"ready": True}), flush=True)
def processors():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


for _ in sys.stdin:
    began, cpu_began = time.perf_counter(), processors()
    features = extract(range(count))
    seconds, cpu = time.perf_counter() - began, processors() - cpu_began
    np.save(os.path.join(folder, "torch.npy"), features.numpy())
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"images": count, "seconds": seconds, "cpu": cpu, "maxMegabytes": megabytes}), flush=True)

"""Steps and tests of torchvision's Faster R-CNN with a pyramid on ResNet-50: the other side of detection.ts.

Arguments: steps, tests, short edge, threads, trained layers of the backbone (1: layer4; 5: all), cpu or cuda. Random weights and
images: only the time counts. Prints the medians by the clock and by the processors, and the largest memory.
"""
import resource
import sys
import time

import torch
import torchvision

steps, tests, short, threads, layers = (int(v) for v in sys.argv[1:6])
torch.manual_seed(0)
torch.set_num_threads(threads)
backbone = torchvision.models.detection.backbone_utils.resnet_fpn_backbone(
    backbone_name='resnet50', weights=None, trainable_layers=layers)
model = torchvision.models.detection.FasterRCNN(
    backbone, num_classes=21, min_size=short, max_size=1333, rpn_pre_nms_top_n_train=2000, rpn_post_nms_top_n_train=1000,
    rpn_pre_nms_top_n_test=1000, rpn_post_nms_top_n_test=1000, box_batch_size_per_image=512, box_detections_per_img=100)
device = sys.argv[6]
torch.backends.cudnn.allow_tf32 = False
model.to(device)
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.SGD(trained, lr=1e-5, momentum=.9, weight_decay=1e-4)


def picture():
    boxes = torch.tensor([[50., 50, 200, 180], [120, 30, 260, 150], [20, 200, 140, 330]])
    return torch.rand(3, 375, 500).to(device), {'boxes': boxes.to(device), 'labels': torch.tensor([1, 2, 3]).to(device)}


def timed(work, times):
    clock, used = time.perf_counter(), time.process_time()
    work()
    times.append((time.perf_counter() - clock, time.process_time() - used))


def step():
    images, targets = zip(*(picture() for _ in range(2)))
    loss = sum(model(list(images), list(targets)).values())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss.item()  # Ends when a card is done with it.


def report(what, times):
    middle = [sorted(t[i] for t in times[1:])[(len(times) - 1) // 2] for i in (0, 1)]
    print(f'torchvision {torchvision.__version__}, {what}: {middle[0]:.2f} s by the clock, {middle[1]:.2f} s of processors '
          f'(median of {len(times) - 1})', flush=True)


trainings, testings = [], []
for _ in range(steps + 1):
    timed(step, trainings)
report(f'a step of 2 at a short edge of {short}, {layers} layers trained', trainings)
print(f'torchvision, largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20:.2f} GB')
model.eval()
with torch.no_grad():
    for _ in range(tests + 1):
        timed(lambda: model([picture()[0]]), testings)
report('a test image', testings)

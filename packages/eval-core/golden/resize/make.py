"""Resizes one small image with Pillow 9.4 to sizes that shrink, stretch, keep an axis, and go to extremes."""
import numpy as np
from PIL import Image

random = np.random.RandomState(0)
y, x = np.mgrid[0:29, 0:41]
levels = np.stack([(x * 6 + y * k * 3) % 256 for k in range(3)], -1) + random.randint(-20, 21, (29, 41, 3))
image = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))
np.save("image.npy", np.asarray(image))
for name, resample in (("bicubic", Image.BICUBIC), ("bilinear", Image.BILINEAR)):
    for width, height in ((17, 12), (90, 70), (41, 10), (10, 29), (1, 1), (3, 60), (41, 29)):
        np.save(f"{name}_{width}x{height}.npy", np.asarray(image.resize((width, height), resample)))

"""Makes the images here, one of each format and colour mode, and what Pillow 9.4 makes of them: convert("RGB")."""
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

random = np.random.RandomState(0)
H, W = 17, 23


def smooth(channels):
    y, x = np.mgrid[0:H, 0:W]
    waves = [128 + 90 * np.sin(x / 5 + k) + 30 * np.cos(y / 3 * (k + 1)) for k in range(channels)]
    levels = np.stack(waves, -1) + random.randint(-8, 9, (H, W, channels))
    return np.clip(levels, 0, 255).astype(np.uint8)


def png(name, rows, bits, colour, *extra):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", W, H, bits, colour, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    before = b"".join(chunk(*one) for one in extra)
    content = chunk(b"IHDR", header) + before + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + content)


def png16(name, channels, colour, below=65536):
    levels = random.randint(0, below, (H, W, channels))
    png(name, [levels[y].astype(">u2").tobytes() for y in range(H)], 16, colour)


rgb = Image.fromarray(smooth(3))
grey = Image.fromarray(smooth(1)[..., 0])
rgba = Image.fromarray(smooth(4), "RGBA")
grey_alpha = Image.merge("LA", [grey, Image.fromarray(smooth(1)[..., 0])])
palette = rgb.quantize(12)
black_white = grey.convert("1")
cmyk = Image.fromarray(smooth(4), "CMYK")
deep = Image.fromarray((np.arange(H * W).reshape(H, W) * 3).astype(np.uint16))
turned = Image.Exif()
turned[0x112] = 6

rgb.save("rgb.jpg", quality=85)
rgb.save("rgb_444_progressive.jpg", subsampling=0, progressive=True)
rgb.save("rgb_turned.jpg", exif=turned)
rgb.save("rgb_profile.jpg", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
grey.save("grey.jpg")
cmyk.save("cmyk.jpg")
for name, image in {"rgb": rgb, "grey": grey, "rgba": rgba, "grey_alpha": grey_alpha, "palette": palette}.items():
    image.save(f"{name}.png")
palette.save("palette_transparent.png", transparency=3)
black_white.save("black_white.png")
deep.save("grey16.png")
png16("rgb16.png", 3, 2)
png16("rgba16.png", 4, 6)
png16("grey_alpha16.png", 2, 4)
for bits in (2, 4):
    png(f"grey{bits}.png", [random.bytes((W * bits + 7) // 8) for _ in range(H)], bits, 0)
rgb.save("rgb_lossless.webp", lossless=True)
rgb.save("rgb_lossy.webp", quality=80)
rgba.save("rgba.webp", lossless=True)
for name, image in {"rgb": rgb, "grey": grey, "palette": palette, "black_white": black_white, "rgba": rgba}.items():
    image.save(f"{name}.bmp")
palette.save("palette.gif", interlace=0)
palette.save("palette_interlaced.gif", interlace=1)
palette.save("palette_transparent.gif", transparency=5)
palette.save("animated.gif", save_all=True, append_images=[rgb.rotate(180).quantize(8)])
small = bytearray(open("palette_transparent.gif", "rb").read())
small[6] += 4  # a screen wider than its frame
open("small_frame.gif", "wb").write(bytes(small))
for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
    rgb.save(f"rgb_{compression}.tif", compression=compression)
for name, image in {"grey": grey, "rgba": rgba, "palette": palette, "cmyk": cmyk, "grey16": deep}.items():
    image.save(f"{name}.tif")
black_white.save("fax.tif", compression="group4")
rgb.save("rgb_turned.tif", tiffinfo={274: 6})
wide = bytearray(open("palette.gif", "rb").read())
wide[6] -= 4  # a screen narrower than its frame
open("wide_frame.gif", "wb").write(bytes(wide))
png("grey16_transparent.png", [random.randint(0, 600, W).astype(">u2").tobytes() for y in range(H)], 16, 0,
    (b"tRNS", struct.pack(">H", 77)))
signed = (np.arange(H * W).reshape(H, W) - 150).astype("<i2")
tags = {256: W, 257: H, 258: 16, 259: 1, 262: 1, 273: 8 + 2 + 9 * 12 + 4, 277: 1, 279: H * W * 2, 339: 2}
entries = b"".join(struct.pack("<HHII", tag, 4 if value > 65535 else 3, 1, value) for tag, value in tags.items())
open("signed16.tif", "wb").write(b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + signed.tobytes())
colours = random.bytes(64)
rows = b"".join(bytes([W, y % 16, 0, 0]) for y in range(H))  # each a run and an end of row, with no end of image
header = struct.pack("<IiiHHIIiiII", 40, W, H, 1, 8, 1, len(rows), 2835, 2835, 16, 0)
start = 14 + len(header) + len(colours)
open("runs.bmp", "wb").write(b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + colours + rows)

for name in sorted(os.listdir(".")):
    if not name.endswith((".py", ".npy")):
        np.save(f"{name}.npy", np.asarray(Image.open(name).convert("RGB")))

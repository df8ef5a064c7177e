"""Netpbm files of every kind, and the RGB values that Pillow 9.4 reads in them: netpbm.json, {name: {bytes, rgb}}."""
import base64, io, json, random
from PIL import Image

random.seed(3)
W, H = 5, 3


def header(kind, most):
    return f"P{kind}\n# a comment\n{W} {H}\n".encode() + (b"" if most is None else f"{most}\n".encode())


files = {}
for most in (1, 7, 255, 510, 1000, 65535):
    for plain, raw, channels in ((2, 5, 1), (3, 6, 3)):
        values = [random.randint(0, most) for _ in range(W * H * channels)]
        files[f"P{plain} {most}"] = header(plain, most) + " ".join(map(str, values)).encode()
        files[f"P{raw} {most}"] = header(raw, most) + b"".join(v.to_bytes(2 if most > 255 else 1, "big") for v in values)
bits = [random.randint(0, 1) for _ in range(W * H)]
files["P1"] = header(1, None) + "".join(map(str, bits)).encode()
rows = [bits[i * W : (i + 1) * W] for i in range(H)]
files["P4"] = header(4, None) + bytes(int("".join(map(str, row)).ljust(8, "0"), 2) for row in rows)
out = {}
for name, data in files.items():
    rgb = Image.open(io.BytesIO(data)).convert("RGB")
    out[name] = {"bytes": base64.b64encode(data).decode(), "rgb": list(rgb.tobytes())}
json.dump(out, open("netpbm.json", "w"))

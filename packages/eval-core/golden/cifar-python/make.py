"""Makes tiny batches in exactly the form of CIFAR's Python version: pickles of protocol 2 as Python 2 wrote them.

Python 2's cPickle writes its str as BINSTRING; `py2` writes that by hand around NumPy's own __reduce__.
"""
import pickle
import struct

import numpy as np

LEVELS = 3072


def text(value):
    data = value.encode("latin1") if isinstance(value, str) else value
    return b"U" + bytes([len(data)]) + data if len(data) < 256 else b"T" + struct.pack("<i", len(data)) + data


def integer(value):
    return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)


def strings(values):
    return b"](" + b"".join(text(value) for value in values) + b"e"


def integers(values):
    return b"](" + b"".join(integer(value) for value in values) + b"e"


def array(levels):
    """ndarray.__reduce__: _reconstruct(ndarray, (0,), 'b'), then the state (1, shape, dtype, order, bytes)."""
    rows = len(levels)
    dtype = b"cnumpy\ndtype\n" + text("u1") + integer(0) + integer(1) + b"\x87R"
    dtype += b"(" + integer(3) + text("|") + b"NNN" + integer(-1) + integer(-1) + integer(0) + b"tb"
    out = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n" + integer(0) + b"\x85" + text("b") + b"\x87R"
    state = integer(1) + integer(rows) + integer(LEVELS) + b"\x86" + dtype + b"\x89" + text(levels.tobytes())
    return out + b"(" + state + b"tb"


def py2(items):
    return b"\x80\x02}(" + b"".join(text(key) + value for key, value in items) + b"u."


def levels(count, first):
    """Image n has red 10 n, green 20 n, blue 30 n, counted from `first`."""
    planes = [[np.full(1024, base * n % 256, np.uint8) for base in (10, 20, 30)] for n in range(first, first + count)]
    return np.array([np.concatenate(image) for image in planes])


def write(name, content):
    with open(name, "wb") as file:
        file.write(content)
    loaded = pickle.loads(content, encoding="bytes")
    return loaded


batch = py2(
    [
        ("data", array(levels(2, 1))),
        ("labels", integers([3, 9])),
        ("batch_label", text("training batch 1 of 5")),
        ("filenames", strings(["a.png", "b.png"])),
    ]
)
loaded = write("data_batch_1", batch)
assert loaded[b"labels"] == [3, 9] and loaded[b"data"].shape == (2, LEVELS) and loaded[b"data"][1, 1024] == 40
names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
write("batches.meta", py2([("num_cases_per_batch", integer(10000)), ("label_names", strings(names))]))
train = [
    ("filenames", strings(["a.png", "b.png"])),
    ("batch_label", text("training batch 1 of 1")),
    ("fine_labels", integers([19, 29])),
    ("coarse_labels", integers([11, 15])),
    ("data", array(levels(2, 1))),
]
write("train", py2(train))
write("meta", py2([("fine_label_names", strings([f"name {n}" for n in range(100)])), ("coarse_label_names", strings(["x"]))]))

# The same as Python 3 writes it anew.
again = {"data": levels(2, 1), "fine_labels": [19, 29], "coarse_labels": [11, 15]}
write("train_python3", pickle.dumps(again, protocol=4))

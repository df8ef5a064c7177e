"""Writes arrays.json: one array as NumPy itself stores it, in every element type, order and format version."""

import base64
import io
import json
from pathlib import Path

import numpy as np


def stored(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return base64.b64encode(file.getvalue()).decode()


a = np.arange(24).reshape(2, 3, 4)
arrays = {
    "float32": stored((a / 8).astype("<f4")),
    "float64 big-endian fortran": stored(np.asfortranarray((a / 8).astype(">f8"))),
    "float16": stored((a / 8).astype("<f2")),
    "bool": stored(a % 2 == 0),
    "int8": stored(a.astype("i1")),
    "uint8": stored(a.astype("u1")),
    "int16 big-endian fortran": stored(np.asfortranarray(a.astype(">i2"))),
    "uint16 big-endian": stored(a.astype(">u2")),
    "int32 fortran": stored(np.asfortranarray(a.astype("<i4"))),
    "uint32 version 3": stored(a.astype("<u4"), (3, 0)),
    "int64 version 2": stored(a.astype("<i8"), (2, 0)),
    "uint64": stored(a.astype("<u8")),
}
odd = {
    "scalar": stored(np.float32(2.5)),
    "empty": stored(np.zeros((0, 3), "<f4")),
    "complex": stored(np.array([1 + 2j])),
    "string": stored(np.array(["ab"])),
    "structured": stored(np.zeros(2, dtype=[("x", "f4")])),
}
Path(__file__).with_name("arrays.json").write_text(json.dumps({"arrays": arrays, "odd": odd}, indent=1) + "\n")

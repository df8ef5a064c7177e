"""Makes the .mat files here with SciPy 1.10: the devkits' layouts, and one of every kind that the reader knows."""
import numpy as np
from scipy.io import savemat


def annotations(rows, labelled=True):
    fields = ["bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"] + (["class"] if labelled else []) + ["fname"]
    out = np.zeros((1, len(rows)), dtype=[(field, object) for field in fields])
    for i, (label, name) in enumerate(rows):
        for k, field in enumerate(fields[:4]):
            out[0, i][field] = np.uint16([[10 + k]])
        if labelled:
            out[0, i]["class"] = np.uint8([[label]])
        out[0, i]["fname"] = name
    return out


def cell(values):
    out = np.empty((1, len(values)), dtype=object)
    for i, value in enumerate(values):
        out[0, i] = value
    return out


names = ["AM General Hummer SUV 2000", "Acura RL Sedan 2012"]
savemat("cars_meta.mat", {"class_names": cell(names)}, do_compression=True)
train = [(1, "00001.jpg"), (2, "00002.jpg"), (2, "00003.jpg")]
savemat("cars_train_annos.mat", {"annotations": annotations(train)}, do_compression=True)
test = [(2, "00001.jpg"), (1, "00002.jpg")]
savemat("cars_test_annos_withlabels.mat", {"annotations": annotations(test)}, do_compression=True)
savemat("cars_test_annos.mat", {"annotations": annotations(test, labelled=False)}, do_compression=False)

savemat("imagelabels.mat", {"labels": np.array([[3, 1, 2, 1, 2, 3]], dtype=np.float64)}, do_compression=True)
savemat(
    "setid.mat",
    {"trnid": np.uint16([[1, 2, 3]]), "valid": np.uint16([[6]]), "tstid": np.uint16([[5, 4]])},
    do_compression=True,
)

kinds = {
    "double": np.array([[1.5, -2.0], [0.25, 4.0]]),
    "single": np.float32([[0.5, 1e20]]),
    "int8": np.int8([[-128, 127]]),
    "uint16": np.uint16([[0, 65535]]),
    "int32": np.int32([[-(2**31), 2**31 - 1]]),
    "uint32": np.uint32([[2**32 - 1]]),
    "int64": np.int64([[-(2**53), 2**53]]),
    "empty": np.zeros((0, 3)),
    "text": "Käfer",
    "cells": cell(["one", np.float64([[2.0]]), cell(["nested"])]),
    "struct": {"a": 1.0, "b": "two", "c": {"d": np.uint8([[7]])}},
}
savemat("kinds.mat", kinds, do_compression=False)
savemat("kinds_compressed.mat", kinds, do_compression=True)

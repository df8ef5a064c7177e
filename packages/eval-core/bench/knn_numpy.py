"""NumPy's and scikit-learn's side of the k-NN bench, brute force on the same rows.

usage: knn_numpy.py FOLDER K SIDE; reads train.npy and test.npy (unit rows) and prints one JSON line: seconds of the
clock and of processors, and the highest memory in MB.
"""
import json
import resource
import sys
import time

import numpy as np

folder, k, side = sys.argv[1], int(sys.argv[2]), sys.argv[3]
train, test = np.load(f"{folder}/train.npy"), np.load(f"{folder}/test.npy")
began, cpu = time.perf_counter(), time.process_time()
if side == "numpy":
    for start in range(0, len(test), 512):
        s = test[start : start + 512] @ train.T
        top = np.argpartition(-s, k, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(s, top, 1), axis=1)
        np.take_along_axis(top, order, 1)
else:
    from sklearn.neighbors import NearestNeighbors

    NearestNeighbors(n_neighbors=k, algorithm="brute", metric="euclidean").fit(train).kneighbors(test)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "memory": memory}))

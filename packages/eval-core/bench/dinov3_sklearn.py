"""scikit-learn's side of the DINOv3 bench: LogisticRegression as DINOv3 calls it, timed.

usage: dinov3_sklearn.py FOLDER EVERY; reads train/val_x/y.npy there and prints one JSON line. Objectives are computed
outside the timed part; every so manieth value of C is fitted, and the whole is taken to be the mean of these 45 times.
"""
import json
import sys
import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore", category=ConvergenceWarning)
folder, every = sys.argv[1], int(sys.argv[2])
train_x, train_y, val_x, val_y = (
    np.load(f"{folder}/{split}_{part}.npy") for split in ("train", "val") for part in "xy"
)
train_x, val_x = train_x.astype(np.float64), val_x.astype(np.float64)


def objective(model, c):
    z = train_x @ model.coef_.T + model.intercept_
    top = z.max(1)
    loss = np.log(np.exp(z - top[:, None]).sum(1)) + top - z[np.arange(len(train_y)), train_y]
    return float(loss.sum() + (model.coef_**2).sum() / (2 * c))


seconds = cpu = 0.0
fits = []
for c in (10 ** np.linspace(-6, 5, 45, dtype=np.float32))[::every]:
    began, cpu_began = time.perf_counter(), time.process_time()
    model = LogisticRegression(C=float(c), max_iter=1000, tol=1e-12).fit(train_x, train_y)
    score = 100 * model.score(val_x, val_y)
    seconds += time.perf_counter() - began
    cpu += time.process_time() - cpu_began
    fits.append(
        {
            "c": float(c),
            "iterations": int(model.n_iter_[0]),
            "objective": objective(model, float(c)),
            "validation": score,
        }
    )
    print(f"{c:.2e} {model.n_iter_[0]} iterations, {seconds:.1f} s", file=sys.stderr, flush=True)
# The refit, on a tenth more rows, is another of them.
scale = 46 / len(fits)
print(json.dumps({"seconds": seconds * scale, "cpu": cpu * scale, "fits": fits}))

"""scikit-learn's side of the linear bench: the sweep as the paper's authors call it, timed.

usage: linear_sklearn.py FOLDER EVERY; reads train/val_x/y.npy there and prints one JSON line. Objectives are computed
outside the timed part. With EVERY above 1 only every so manieth value is fitted, and the times are those of these.
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


def objective(model, x, y, weight_decay):
    z = x.astype(np.float64) @ model.coef_.T + model.intercept_
    top = z.max(1)
    loss = np.log(np.exp(z - top[:, None]).sum(1)) + top - z[np.arange(len(y)), y]
    return float(loss.sum() + weight_decay / 2 * (model.coef_**2).sum())


model = LogisticRegression(solver="lbfgs", multi_class="multinomial", warm_start=True)
seconds = 0.0
cpu = 0.0
sweep = []
best = (-1.0, None)
for weight_decay in np.logspace(-6, 5, 45)[::every]:
    began, cpu_began = time.perf_counter(), time.process_time()
    model.set_params(C=1 / weight_decay)
    model.fit(train_x, train_y)
    score = 100 * model.score(val_x, val_y)
    seconds += time.perf_counter() - began
    cpu += time.process_time() - cpu_began
    if score > best[0]:
        best = (score, weight_decay)
    sweep.append(
        {
            "weightDecay": weight_decay,
            "objective": objective(model, train_x, train_y, weight_decay),
            "validation": score,
            "iterations": int(model.n_iter_[0]),
        }
    )
    print(f"{weight_decay:.2e} {model.n_iter_[0]} iterations, {seconds:.1f} s", file=sys.stderr, flush=True)
refit_began, refit_cpu = time.perf_counter(), time.process_time()
both_x, both_y = np.concatenate([train_x, val_x]), np.concatenate([train_y, val_y])
model.set_params(C=1 / best[1])
model.fit(both_x, both_y)
refit_seconds, refit_cpu = time.perf_counter() - refit_began, time.process_time() - refit_cpu
refit = objective(model, both_x, both_y, best[1])
print(
    json.dumps(
        {
            "seconds": seconds * 45 / len(sweep) + refit_seconds,
            "cpu": cpu * 45 / len(sweep) + refit_cpu,
            "chosen": best[1],
            "sweep": sweep,
            "refit": refit,
        }
    )
)

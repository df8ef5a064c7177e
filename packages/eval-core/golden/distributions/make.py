"""Writes expected.json: what SciPy answers for the distributions, Kendall's p-value, partial correlation and BCa.

Run with any SciPy of 1.10 or later: python3 make.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(0)
normal = [1e-300, 1e-20, 0.001, 0.02425, 0.075, 0.3, 0.5, 0.9, 0.975, 0.999999]
degrees = [1, 2, 3, 5, 11.5, 30, 198, 100000]
answer = {
    "scipy": scipy.__version__,
    "normal_quantile": [[p, stats.norm.ppf(p)] for p in normal],
    "normal_cdf": [[z, stats.norm.cdf(z)] for z in [-30, -8, -3, -1, -0.1, 0, 0.5, 2, 5]],
    "t_two_sided": [
        [t, d, 2 * stats.t.sf(t, d)] for d in degrees for t in [0.001, 0.1, 0.5, 1, 1.96, 3, 10]
    ],
    "t_quantile": [
        [p, d, stats.t.ppf(p, d)] for d in degrees for p in [1e-10, 0.001, 0.025, 0.3, 0.6, 0.975]
    ],
    "kendall": [],
    "partial": [],
}
for n in [3, 4, 5, 8, 12, 20, 33, 34, 50]:
    for ties in [False, True]:
        x = rng.normal(size=n)
        y = x * rng.uniform(-1, 1) + rng.normal(size=n) * 0.7
        if ties:
            x, y = np.round(x * 2), np.round(y * 2) / 2
        tau = stats.kendalltau(x, y)
        answer["kendall"].append([x.tolist(), y.tolist(), tau.statistic, tau.pvalue])


def partial(x, y, z):
    """By residuals of two regressions: another way to the same number."""
    design = np.column_stack([np.ones_like(z), z])
    residuals = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (x, y)]
    r = stats.pearsonr(*residuals).statistic
    freedom = len(x) - 3
    return r, 2 * stats.t.sf(abs(r) * np.sqrt(freedom / (1 - r * r)), freedom)


for n in [4, 6, 14, 60]:
    z = rng.normal(size=n)
    x, y = z + rng.normal(size=n), z - rng.normal(size=n) * 0.5
    answer["partial"].append([x.tolist(), y.tolist(), z.tolist(), *partial(x, y, z)])

# 200,000 resamples: the interval's own noise is then far below the test's tolerance.
x = rng.normal(size=25)
y = 0.7 * x + 0.5 * rng.normal(size=25)
for method in ["BCa", "percentile"]:
    interval = stats.bootstrap(
        (x, y),
        lambda a, b, axis=-1: np.array(
            [np.corrcoef(p, q)[0, 1] for p, q in zip(np.atleast_2d(a), np.atleast_2d(b))]
        )
        if np.ndim(a) > 1
        else np.corrcoef(a, b)[0, 1],
        paired=True,
        vectorized=True,
        n_resamples=200_000,
        batch=20_000,
        method=method,
        random_state=np.random.default_rng(1),
    ).confidence_interval
    answer["bootstrap_" + method.lower()] = [interval.low, interval.high]
answer["bootstrap_x"], answer["bootstrap_y"] = x.tolist(), y.tolist()
path = pathlib.Path(__file__).with_name("expected.json")
path.write_text(json.dumps(answer, default=float) + "\n")

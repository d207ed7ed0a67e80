"""Early signals: Farrington beside R surveillance, 30,000 series, false alarms without signals."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from regiebeeld.statistics.signals import (
    Bound,
    FarringtonPlan,
    Mode,
    PValues,
    find_discoveries,
    judge_series,
    read_series,
)
from regiebeeld.statistics.signals.overdispersed import compute_lower_tail, compute_upper_tail

SERIES, YEARS, MANY = 500, 4, 30_000
REGIONS, GEMEENTEN, WIJKEN, TYPES = 200, 14, 3, 12
_AS_R = FarringtonPlan(
    years=YEARS,
    recent_left_out=3,
    trend_p=0.05,
    alpha=0.05,
    fewest_cases=0,
    bound=Bound.NB_PLUGIN,
    mode=Mode.R_COMPATIBLE,
)
# limit54 = c(0, 4): R then gives a bound for every month, as ours does.
_R = """
suppressMessages(library(surveillance))
counts <- t(as.matrix(read.csv("counts.csv", header = FALSE)))
months <- nrow(counts)
series <- sts(observed = counts, freq = 12, start = c(2015, 1))
control <- list(range = (months - 11):months, b = 4, w = 1, noPeriods = 5,
  pastWeeksNotIncluded = 3, weightsThreshold = 2.58, pThresholdTrend = 0.05,
  thresholdMethod = "nbPlugin", alpha = 0.05, limit54 = c(0, 4), glmWarnings = FALSE)
seconds <- system.time(found <- suppressWarnings(farringtonFlexible(series, control = control)))
write.table(t(upperbound(found)), "upper.csv", sep = ",", row.names = FALSE, col.names = FALSE)
cat(seconds[["elapsed"]])
"""


def make_series(rng: np.random.Generator, means: np.ndarray, phi: np.ndarray, months: int):
    """Make null series: a season of up to 30 %, a trend about -2 % a year, negative binomial."""
    t = np.arange(months)
    shape = (*means.shape, 1)
    height, top = rng.uniform(0, 0.3, shape), rng.integers(0, 12, shape)
    trend = rng.normal(-0.02, 0.04, shape)
    mu = means[..., None] * np.exp(height * np.cos(2 * np.pi * (t - top) / 12) + trend * t / 12)
    over = np.maximum(phi[..., None] - 1, 1e-9)
    return rng.poisson(np.where(phi[..., None] > 1, rng.gamma(mu / over) * over, mu)).astype(float)


def _make_many(rng: np.random.Generator, number: int, months: int) -> np.ndarray:
    means = np.exp(rng.uniform(np.log(0.5), np.log(60), number))
    return make_series(rng, means, rng.choice([1.0, 1.0, 1.5, 2.0, 3.0], number), months)


def compare_with_r() -> None:
    """Print seconds and equal bounds of 500 series x 12 months; says so where R is absent."""
    counts = _make_many(np.random.default_rng(1), SERIES, 12 * YEARS + 13)
    months = range(counts.shape[1] - 12, counts.shape[1])
    judge_series(read_series(counts[:10]), months, _AS_R)
    started = time.perf_counter()
    judged = judge_series(read_series(counts), months, _AS_R)
    ours = time.perf_counter() - started
    if shutil.which("Rscript") is None:
        print(f"signals: {SERIES} series x 12 months in {ours:.2f} s; no Rscript here to compare")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.savetxt(folder / "counts.csv", counts, fmt="%d", delimiter=",")
        done = subprocess.run(["Rscript", "-e", _R], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            print(f"signals: R could not run surveillance: {done.stderr.strip()[-200:]}")
            return
        theirs = np.loadtxt(folder / "upper.csv", delimiter=",")
    peer, equal = float(done.stdout), (theirs == judged.upper).mean()
    print(
        f"signals: {SERIES} series x 12 months in {ours:.2f} s, R surveillance {peer:.1f} s, "
        f"ratio {peer / ours:.0f}x (target 80x); {equal:.2%} of the upper bounds are equal "
        "(target 99.90%)"
    )


def measure_many() -> None:
    """Print the seconds of 30,000 series x 1 month, predictive bounds and p-values included."""
    counts = _make_many(np.random.default_rng(2), MANY, 78)
    series = read_series(counts)
    started = time.perf_counter()
    judge_series(series, [77], FarringtonPlan())
    seconds = time.perf_counter() - started
    print(f"signals: {MANY:,} series x 1 month in {seconds:.2f} s (target: under 3 s)")


def _count_alarms(levels: list[tuple[np.ndarray, np.ndarray]], parents: list[np.ndarray]):
    """Whether any alarm: month x level, for one family of one region."""
    any_alarm = np.zeros((12, len(levels)), dtype=bool)
    for month in range(12):
        tests = [
            PValues(rise[:, month], fall[:, month], parent)
            for (rise, fall), parent in zip(levels, parents, strict=True)
        ]
        any_alarm[month] = [found.alarm.any() for found in find_discoveries(tests)]
    return any_alarm


def measure_null() -> None:
    """Print the share of months with any alarm where there is no signal, a family and level."""
    rng = np.random.default_rng(3)
    parents = [np.full(GEMEENTEN, -1), np.repeat(np.arange(GEMEENTEN), WIJKEN)]
    alarms: dict[str, list[np.ndarray]] = {"predictive": [], "at the estimates": []}
    # The types are the same in every region: from rare to frequent, each with its own dispersion.
    typical = np.exp(np.linspace(np.log(0.5), np.log(40), TYPES))
    spread = rng.choice([1, 1.2, 1.5, 2, 3.0], TYPES)
    for _ in range(REGIONS):
        means = np.clip(typical[:, None] * np.exp(rng.normal(0, 0.8, GEMEENTEN * WIJKEN)), 0.1, 400)
        phi = np.broadcast_to(spread[:, None], means.shape)
        wijken = make_series(rng, means, phi, 78).reshape(TYPES, GEMEENTEN, WIJKEN, 78)
        judged = [
            judge_series(read_series(counts.reshape(-1, 78)), range(66, 78), FarringtonPlan())
            for counts in (wijken.sum(axis=2), wijken)
        ]
        for name, found in alarms.items():
            levels = [_p_values(one, plain=name != "predictive") for one in judged]
            found.extend(
                _count_alarms([(rise[i], fall[i]) for rise, fall in levels], parents)
                for i in range(TYPES)
            )
    for name, found in alarms.items():
        # regions x types x months x levels: the share of months of each family, type x level
        shares = np.array(found).reshape(REGIONS, TYPES, 12, 2).mean(axis=(0, 2))
        (gemeente, wijk), (most, most_wijk) = shares.mean(axis=0), shares.max(axis=0)
        print(
            f"signals: {REGIONS} null regions, {TYPES} types, p-values {name}: any alarm in "
            f"{gemeente:.1%} of months (gemeente; worst type {most:.1%}) and {wijk:.1%} (wijk; "
            f"worst type {most_wijk:.1%}), target at most 7%"
        )


def _p_values(judged, *, plain: bool) -> tuple[np.ndarray, np.ndarray]:
    rise, fall = judged.p_rise, judged.p_fall
    if plain:
        there = judged.possible
        given = [a[there] for a in (judged.observed, judged.expected, judged.dispersion)]
        rise, fall = rise.copy(), fall.copy()
        rise[there], fall[there] = compute_upper_tail(*given), compute_lower_tail(*given)
    shape = (TYPES, -1, rise.shape[1])
    return rise.reshape(shape), fall.reshape(shape)


def main(words: tuple[str, ...] = ()) -> None:
    """Print all figures, or those of the words given: r, many, null."""
    parts = {"r": compare_with_r, "many": measure_many, "null": measure_null}
    for word in words or parts:
        parts[word]()


if __name__ == "__main__":
    main()

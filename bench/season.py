"""Season and trend of 30,750 series of 120 months, beside statsmodels (and R where it is)."""

import shutil
import subprocess
import time

import numpy as np
from statsmodels.tsa.seasonal import STL

from regiebeeld.statistics.season import (
    ROBUST,
    StlSettings,
    compute_season_factors,
    decompose_series,
)

SERIES, MONTHS, SAMPLE, TARGET = 30_750, 120, 500, 50
_SETTINGS = StlSettings(trend=21)
_PEER = {"seasonal": 13, "trend": 21, "low_pass": 13, "seasonal_deg": 0}
_JUMPS = {"seasonal_jump": 2, "trend_jump": 3, "low_pass_jump": 2}
_R = """
set.seed(1); y <- matrix(rpois(%d * %d, 5), %d)
t <- system.time(for (i in seq_len(nrow(y))) stl(ts(y[i, ], frequency = 12), s.window = 13))
cat(t[["elapsed"]])
"""


def make_series() -> np.ndarray:
    """Make monthly counts with a season, from few to many."""
    rng = np.random.default_rng(1)
    season = 1 + 0.3 * np.cos(2 * np.pi * np.arange(MONTHS) / 12)
    return rng.poisson(rng.gamma(1.0, 8.0, (SERIES, 1)) * season).astype(float)


def _seconds_of_peer(series: np.ndarray, *, robust: bool) -> float:
    inner, outer = (1, 15) if robust else (2, 0)
    started = time.perf_counter()
    for row in series:
        STL(row, period=12, robust=robust, **_PEER, **_JUMPS).fit(inner, outer)
    return (time.perf_counter() - started) * SERIES / len(series)


def _seconds_of_r() -> float | None:
    if shutil.which("Rscript") is None:
        return None
    script = _R % (SAMPLE, MONTHS, SAMPLE)
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    return float(done.stdout) * SERIES / SAMPLE


def compare_plain(series: np.ndarray) -> None:
    """Print seconds of STL without the robust loop; the same answers first."""
    found = decompose_series(series[:20], _SETTINGS)
    for row in range(20):
        peer = STL(series[row], period=12, **_PEER, **_JUMPS).fit(2, 0)
        assert np.allclose(found.seasonal[row], peer.seasonal, atol=1e-9)
        assert np.allclose(found.trend[row], peer.trend, atol=1e-9)
    runs = []
    for _ in range(3):
        started = time.perf_counter()
        decompose_series(series, _SETTINGS)
        runs.append(time.perf_counter() - started)
    ours, theirs = sorted(runs)[1], _seconds_of_peer(series[:SAMPLE], robust=False)
    print(
        f"season: STL of {SERIES:,} series of {MONTHS} months in {ours:.2f} s, statsmodels "
        f"{theirs:.0f} s ({SAMPLE} series, scaled), ratio {theirs / ours:.0f}x "
        f"(target: at least {TARGET}x)"
    )
    r_seconds = _seconds_of_r()
    if r_seconds is None:
        print("season: no Rscript here, R's stl not measured")
    else:
        print(f"season: R's stl {r_seconds:.0f} s (scaled), ratio {r_seconds / ours:.0f}x")


def compare_robust(series: np.ndarray) -> None:
    """Print seconds of STL with fifteen robust rounds, both sides on a sample."""
    sample = series[: 4 * SAMPLE]
    started = time.perf_counter()
    decompose_series(sample, ROBUST)
    ours = (time.perf_counter() - started) * SERIES / len(sample)
    theirs = _seconds_of_peer(series[:100], robust=True)
    print(
        f"season: robust STL {ours:.0f} s, statsmodels {theirs:.0f} s (both from a sample, "
        f"scaled), ratio {theirs / ours:.0f}x"
    )


def measure_factors(series: np.ndarray) -> None:
    """Print seconds of the Poisson month factors of all series; there is no peer in one call."""
    months = np.datetime64("2014-01", "M") + np.arange(MONTHS)
    started = time.perf_counter()
    compute_season_factors(series, months)
    print(f"season: month factors of {SERIES:,} series in {time.perf_counter() - started:.1f} s")


def main(words: list[str] | None = None) -> None:
    """Print all figures; takes no words."""
    if words:
        raise SystemExit("bench.season takes no words")
    series = make_series()
    compare_plain(series)
    compare_robust(series)
    measure_factors(series)


if __name__ == "__main__":
    main()

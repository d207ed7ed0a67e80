"""Drivers and peers beside pyfixest, statsmodels, spreg, scikit-learn; coverage of intervals."""

import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from math import exp

import numpy as np

from regiebeeld.statistics.drivers import (
    DriverTable,
    Neighbours,
    PanelTable,
    compute_prediction,
    fit_drivers,
    fit_panel,
    fit_spatial_lag,
)
from regiebeeld.statistics.peers import KeyFigures, find_peers

RUNS, AREAS, MONTHS = 5, 500, 120


def _median_seconds(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[RUNS // 2]


def _absent(package: str) -> bool:
    if find_spec(package) is None:
        print(f"drivers: no {package} here, its side is not measured")
        return True
    return False


def make_panel() -> PanelTable:
    """Make 500 areas of 120 months with two drivers that move, a level and a season each."""
    random = np.random.default_rng(1)
    drivers = random.normal(size=(2, AREAS, MONTHS))
    season = 0.3 * np.sin(2 * np.pi * np.arange(MONTHS) / 12)
    level = random.normal(0.5, 0.5, size=(AREAS, 1))
    mean = np.exp(level + season + 0.1 * drivers[0] - 0.05 * drivers[1])
    counts = random.poisson(mean).astype(float)
    return PanelTable(("driver_a", "driver_b"), counts, np.ones((AREAS, 1)), drivers)


def compare_panel() -> None:
    """Print seconds of PPML with area and month effects, ours and pyfixest's."""
    table = make_panel()
    model = fit_panel(table)
    ours = _median_seconds(lambda: fit_panel(table))
    if _absent("pyfixest"):
        print(f"drivers: PPML {AREAS} x {MONTHS} in {ours * 1000:.0f} ms")
        return
    import pandas as pd
    import pyfixest as pf

    places = np.indices((AREAS, MONTHS))
    frame = pd.DataFrame(
        {
            "y": table.counts.ravel(),
            "a": table.drivers[0].ravel(),
            "b": table.drivers[1].ravel(),
            "area": places[0].ravel(),
            "month": places[1].ravel(),
        }
    )
    unadjusted = pf.ssc(k_adj=False, G_adj=True)

    def peer() -> object:
        return pf.fepois("y ~ a + b | area + month", frame, vcov={"CRV1": "area"}, ssc=unadjusted)

    theirs = peer()
    steps = np.array([effect.step for effect in model.effects])
    logs = np.log([effect.ratio for effect in model.effects]) / steps
    margins = np.log([effect.upper / effect.ratio for effect in model.effects]) / steps
    errors = margins / 1.964729  # t with 499 degrees of freedom
    assert np.allclose(logs, theirs.coef().to_numpy(), atol=1e-6)
    assert np.allclose(errors, theirs.se().to_numpy(), rtol=1e-4)
    seconds = _median_seconds(peer)
    print(
        f"drivers: PPML {AREAS} x {MONTHS}, area and month effects, clustered: "
        f"{ours * 1000:.0f} ms, pyfixest {seconds * 1000:.0f} ms (same coefficients and errors), "
        f"ratio {seconds / ours:.1f}x (target: not slower)"
    )


def make_table(seed: int, *, areas: int = AREAS, drivers: int = 8) -> DriverTable:
    """Make areas with more spread than Poisson, of which the first driver matters."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(areas, drivers))
    exposure = random.uniform(300, 3000, areas)
    mean = exposure * 0.01 * np.exp(0.2 * values[:, 0]) * random.gamma(1 / 0.3, 0.3, areas)
    names = tuple(f"driver_{letter}" for letter in "abcdefghijkl"[:drivers])
    return DriverTable(names, random.poisson(mean).astype(float), exposure, values)


def compare_negative_binomial() -> None:
    """Print seconds of Poisson, its test and negative binomial, ours and statsmodels'."""
    table = make_table(1)
    ours = _median_seconds(lambda: fit_drivers(table))
    groups = np.arange(AREAS) % 14
    leaving = _median_seconds(lambda: compute_prediction(table, groups))
    if _absent("statsmodels"):
        return
    import statsmodels.api as sm
    from statsmodels.discrete.discrete_model import NegativeBinomial

    design = sm.add_constant((table.drivers - table.drivers.mean(0)) / table.drivers.std(0))
    offset = np.log(table.exposure)

    def peer() -> float:
        sm.GLM(table.counts, design, sm.families.Poisson(), offset=offset).fit()
        wide = NegativeBinomial(table.counts, design, offset=offset)
        return float(wide.fit(disp=0, maxiter=200).params[-1])

    alpha = fit_drivers(table).dispersion
    assert alpha is not None
    assert abs(alpha.alpha - peer()) < 1e-3
    seconds = _median_seconds(peer)
    print(
        f"drivers: {AREAS} areas x 8 drivers, Poisson then negative binomial: "
        f"{ours * 1000:.0f} ms, statsmodels {seconds * 1000:.0f} ms (same alpha), "
        f"ratio {seconds / ours:.1f}x; 14 gemeenten left out in turn {leaving * 1000:.0f} ms"
    )


def make_grid(side: int) -> Neighbours:
    """Make the rook neighbours of a square of side by side areas."""
    borders: list[list[int]] = []
    for place in range(side * side):
        y, x = divmod(place, side)
        steps = ((y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x))
        borders.append([a * side + b for a, b in steps if 0 <= a < side and 0 <= b < side])
    links = np.array([j for border in borders for j in border])
    return Neighbours(np.cumsum([0, *map(len, borders)]), links)


def compare_spatial_lag(side: int = 23) -> None:
    """Print seconds of a spatial lag model by maximum likelihood, ours and spreg's."""
    neighbours = make_grid(side)
    random = np.random.default_rng(2)
    drivers = random.normal(size=(side * side, 4))
    values = drivers @ [1.0, 0.5, 0.0, 0.0] + random.normal(size=side * side)
    model = fit_spatial_lag(values, drivers, neighbours)
    ours = _median_seconds(lambda: fit_spatial_lag(values, drivers, neighbours))
    if _absent("spreg"):
        return
    import spreg
    from libpysal.weights import W

    ends = zip(neighbours.indptr[:-1], neighbours.indptr[1:], strict=True)
    weights = W({i: neighbours.indices[a:b].tolist() for i, (a, b) in enumerate(ends)})
    weights.transform = "r"

    def peer() -> float:
        return float(spreg.ML_Lag(values[:, None], drivers, w=weights, method="full").rho)

    assert abs(peer() - model.spatial) < 1e-5
    seconds = _median_seconds(peer)
    print(
        f"drivers: spatial lag, {side * side} areas: {ours * 1000:.0f} ms, "
        f"spreg {seconds * 1000:.0f} ms (same rho), ratio {seconds / ours:.1f}x"
    )


def compare_peers() -> None:
    """Print seconds of 10 peers for 520 buurten among 14,500, ours and scikit-learn's."""
    random = np.random.default_rng(3)
    values = random.lognormal(size=(14_500, 10))
    codes = tuple(f"BU{number:08}" for number in range(14_500))
    figures = KeyFigures(codes, tuple(f"figure_{letter}" for letter in "abcdefghij"), values)
    ours = _median_seconds(lambda: find_peers(figures, wanted=codes[:520]))
    found = find_peers(figures, wanted=codes[:520])
    if _absent("sklearn"):
        return
    from sklearn.neighbors import NearestNeighbors

    middle = np.median(values, axis=0)
    scaled = (values - middle) / (1.4826 * np.median(np.abs(values - middle), axis=0))

    def peer() -> np.ndarray:
        near = NearestNeighbors(n_neighbors=11, metric="manhattan", algorithm="brute").fit(scaled)
        return np.asarray(near.kneighbors(scaled[:520])[0][:, 1:]) / 10

    distances = np.array([[one.distance for one in area.peers] for area in found])
    assert np.allclose(distances, peer())
    seconds = _median_seconds(peer)
    print(
        f"drivers: 10 peers for 520 of 14,500 buurten by 10 figures: {ours:.2f} s, "
        f"scikit-learn {seconds:.2f} s (no missing figures, no reasons), "
        f"ratio {seconds / ours:.1f}x"
    )


def measure_coverage(runs: int = 1000) -> None:
    """Print how often 95 % intervals hold the truth, for exact and for rounded counts."""
    random = np.random.default_rng(4)
    for rounded in (False, True):
        held, width = 0, 0.0
        for seed in range(runs):
            table = make_table(seed, areas=80, drivers=2)
            if rounded:
                rest = table.counts % 5
                up = 5 * (random.random(rest.size) < rest / 5)
                table = replace(table, counts=table.counts - rest + up, noise=4.0)
            effect = fit_drivers(table).effects[0]
            held += effect.lower <= exp(0.2 * effect.step) <= effect.upper
            width += np.log(effect.upper / effect.lower) / runs
        kind = "rounded to 5" if rounded else "exact"
        print(
            f"drivers: {kind} counts, 80 areas, mean about 17: intervals hold the truth in "
            f"{held / runs:.1%} of {runs:,} (target 95 %), mean width {width:.3f} in logs"
        )


def main() -> None:
    """Print every comparison."""
    compare_panel()
    compare_negative_binomial()
    compare_spatial_lag()
    compare_peers()
    measure_coverage()


if __name__ == "__main__":
    main()

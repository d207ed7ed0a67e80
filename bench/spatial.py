"""Clusters, scan, near repeats and small-area risks, beside esda, pointpats and R spdep.

Peers that are not installed here are named and left out.
"""

import importlib.util
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.machine import describe_machine
from regiebeeld.statistics.spatial import (
    Bands,
    Neighbours,
    ScanLimits,
    as_matrix,
    build_contiguity,
    compare_near_repeats,
    compute_local_clusters,
    estimate_risks,
    scan_circles,
)

AREAS, TYPES, PERMUTATIONS, PEER_TYPES = 14_520, 50, 999, 2


def make_lattice(width: int, height: int) -> Neighbours:
    """Make squares that touch, corners included: about the number of buurten in the country."""
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    pairs = [
        (i * width + j, (i + a) * width + j + b)
        for i in range(height)
        for j in range(width)
        for a, b in steps
        if i + a < height and 0 <= j + b < width
    ]
    return build_contiguity(pairs, width * height)


def _seconds(work: Callable[[], object], runs: int = 3) -> float:
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return sorted(took)[runs // 2]


def _has(name: str) -> bool:
    if importlib.util.find_spec(name) is not None:
        return True
    print(f"spatial: {name} is not installed here, its side is not measured")
    return False


def _time_esda(counts: np.ndarray, neighbours: Neighbours) -> float:
    """Time local Moran and Gi* of esda on a few types (compiled first); seconds a type."""
    import esda
    import libpysal

    weights = libpysal.weights.WSP(as_matrix(neighbours)).to_W(silence_warnings=True)

    def work(column: int) -> None:
        values = counts[:, column].astype(float)
        esda.Moran_Local(values, weights, permutations=PERMUTATIONS, n_jobs=1, seed=1)
        esda.G_Local(
            values, weights, transform="B", star=True, permutations=PERMUTATIONS, n_jobs=1, seed=1
        )

    work(0)
    started = time.perf_counter()
    for column in range(PEER_TYPES):
        work(column)
    return (time.perf_counter() - started) / PEER_TYPES


def compare_clusters() -> None:
    """Print local Moran and Gi* over all areas and types; esda from a few types, scaled."""
    neighbours = make_lattice(120, AREAS // 120)
    counts = np.random.default_rng(0).poisson(2.0, (AREAS, TYPES))
    compute_local_clusters(counts[:, :1], neighbours, permutations=9)
    ours = _seconds(lambda: compute_local_clusters(counts, neighbours, permutations=PERMUTATIONS))
    words = f"{AREAS:,} areas x {TYPES} types, {PERMUTATIONS} permutations, Moran and Gi*"
    print(f"spatial: {words}: {ours:.2f} s")
    more = _seconds(lambda: compute_local_clusters(counts, neighbours, permutations=9_999), 1)
    print(f"spatial: the same with 9,999 permutations: {more:.2f} s")
    if _has("esda"):
        peer = _time_esda(counts, neighbours) * TYPES
        print(
            f"spatial: esda {peer:.1f} s ({PEER_TYPES} types measured, times {TYPES}), "
            f"ratio {peer / ours:.0f}x (target: at least 10x)"
        )


def tell_false_positives() -> None:
    """Print how often pure noise is flagged, by us and by esda's p_sim."""
    neighbours = make_lattice(50, 40)
    counts = np.random.default_rng(1).poisson(2.0, (2_000, 100))
    share = (compute_local_clusters(counts, neighbours, permutations=999).p <= 0.05).mean()
    print(f"spatial: Poisson(2), 2,000 areas: {share:.1%} flagged at 5 % (target: 4 to 6 %)")
    if _has("esda"):
        import esda
        import libpysal

        weights = libpysal.weights.WSP(as_matrix(neighbours)).to_W(silence_warnings=True)
        flagged = [
            (esda.Moran_Local(column.astype(float), weights, n_jobs=1, seed=1).p_sim <= 0.05).mean()
            for column in counts.T[:5]
        ]
        print(f"spatial: esda's p_sim on five of these types: {np.mean(flagged):.1%}")


def time_scan() -> None:
    """Print the scan of 2,000 areas with 99 simulations; R SpatialEpi is not in Debian."""
    rng = np.random.default_rng(2)
    places, homes = rng.uniform(0, 50_000, (2_000, 2)), rng.integers(100, 3_000, 2_000)
    risk = np.where(np.hypot(*(places - 25_000).T) < 3_000, 0.015, 0.01)
    counts = rng.poisson(homes * risk)
    limits = ScanLimits()
    scan_circles(counts, homes, places, limits=limits, chance=(9, 0, 0.0))
    ours = _seconds(lambda: scan_circles(counts, homes, places, limits=limits, chance=(99, 0, 0.0)))
    print(f"spatial: scan of 2,000 areas, 99 simulations: {ours:.2f} s (target: under 0.9 s)")
    more = _seconds(lambda: scan_circles(counts, homes, places, chance=(999, 0, 0.0)), 1)
    print(f"spatial: the same with 999 simulations: {more:.2f} s")


def make_burglaries(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Make places around 300 centres in whole metres, and days in four years."""
    rng = np.random.default_rng(3)
    centres = rng.uniform(0, 20_000, (300, 2))
    places = centres[rng.integers(0, 300, size)] + rng.normal(0, 400, (size, 2))
    return np.round(places), rng.integers(0, 1_461, size)


def compare_knox() -> None:
    """Print near repeats of 11,700 events, and beside pointpats on 2,000 events, one band each."""
    places, days = make_burglaries(11_700)
    compare_near_repeats(places, days, Bands(), chance=(9, 0))
    ours = _seconds(lambda: compare_near_repeats(places, days, Bands(), chance=(999, 0)))
    print(
        f"spatial: near repeats, 11,700 events, 4 x 4 bands, 999 permutations: {ours:.2f} s "
        "(target: under 3 s)"
    )
    if not _has("pointpats"):
        return
    from pointpats.spacetime import Knox, knox

    places, days = make_burglaries(2_000)
    when = days[:, None].astype(float)
    bands = Bands((400.0,), (14,))
    single = _seconds(lambda: compare_near_repeats(places, days, bands, chance=(999, 0)))
    whole = _seconds(lambda: compare_near_repeats(places, days, Bands(), chance=(999, 0)))
    own = compare_near_repeats(places, days, bands, chance=(9, 0)).observed.sum()
    theirs: Any = Knox(places, when, 400, 14, permutations=0)
    assert own == int(theirs.statistic_), (own, theirs.statistic_)
    current = _seconds(lambda: Knox(places, when, 400, 14, permutations=999), 1)
    older = _seconds(lambda: knox(places, when, 400, 14, permutations=999), 1)
    table = _seconds(lambda: _run_every_band(knox, places, when), 1)
    print(
        f"spatial: 2,000 events, one band, 999 permutations: {single * 1000:.0f} ms, pointpats "
        f"Knox {current:.1f} s, ratio {current / single:.0f}x (target: at least 100x); its older "
        f"function {older:.1f} s, ratio {older / single:.0f}x; equal counts"
    )
    print(
        f"spatial: the table of 4 x 4 bands: {whole * 1000:.0f} ms, pointpats (older function, 16 "
        f"runs) {table:.1f} s, ratio {table / whole:.0f}x"
    )


def _run_every_band(knox: Callable[..., object], places: np.ndarray, when: np.ndarray) -> None:
    for metres in Bands().metres:
        for days in Bands().days:
            knox(places, when, metres, days, permutations=999)


def time_risks() -> None:
    """Print BYM2 over 506 areas, and how often its intervals hold the truth."""
    neighbours = make_lattice(22, 23)
    laplacian = np.diag(neighbours.degrees.astype(float)) - as_matrix(neighbours).toarray()
    inverse = np.linalg.pinv(laplacian)
    scaled = inverse / np.exp(np.log(np.diag(inverse)).mean())
    root = np.linalg.cholesky(0.4 * np.eye(len(scaled)) + 0.6 * scaled)
    seconds, covered, closer = [], [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        risk = np.exp(0.4 * root @ rng.normal(size=len(root)))
        expected = rng.gamma(2, 3, len(root))
        counts = rng.poisson(expected * risk)
        started = time.perf_counter()
        found = estimate_risks(counts, expected, neighbours)
        seconds.append(time.perf_counter() - started)
        covered.append(((found.lower <= risk) & (risk <= found.upper)).mean())
        closer.append(((found.risk - risk) ** 2).mean() / ((counts / expected - risk) ** 2).mean())
    print(
        f"spatial: BYM2 of {len(root)} areas {np.median(seconds):.2f} s (target: under 2.8 s), "
        f"95 % intervals hold {np.mean(covered):.1%} of true risks over 20 maps, squared error "
        f"{np.mean(closer):.2f} of that of raw rates"
    )


def main() -> None:
    """Print all figures."""
    print(f"spatial: {describe_machine()}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own
        compare_clusters()
        tell_false_positives()
        time_scan()
        compare_knox()
        time_risks()


if __name__ == "__main__":
    main()

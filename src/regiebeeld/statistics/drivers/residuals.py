"""Do neighbours still resemble each other in what a model leaves unexplained."""

import numpy as np

from regiebeeld.statistics.drivers.designs import as_links
from regiebeeld.statistics.drivers.results import Floats, Neighbours, ResidualMoran

_FEWEST = 4
_AT_ONCE = 64


def compute_moran(values: Floats, neighbours: Neighbours) -> float:
    """Compute Moran's I of values (areas,) with row-standardised weights; no missing values.

    Raises ValueError for constant values or when nobody has a neighbour.
    Source: P. A. P. Moran, Notes on continuous stochastic phenomena, Biometrika 37 (1950)
    17-23.
    """
    links = as_links(neighbours)
    number = np.diff(neighbours.indptr)
    off = values - values.mean()
    if not number.any() or not (off @ off) > 0:
        raise ValueError("Moran's I needs values that differ and areas with neighbours")
    mean = (links @ off) / np.maximum(number, 1)
    return float(values.size / np.count_nonzero(number) * (off @ mean) / (off @ off))


def check_residuals(
    residuals: Floats, neighbours: Neighbours, *, permutations: int = 999, seed: int = 0
) -> ResidualMoran | None:
    """Test residuals (areas,) for likeness between neighbours; NaN areas are left out.

    p counts the permutations at least as far from what chance gives, -1 / (areas - 1), on
    either side. Areas that have no neighbour left are left out; None with fewer than four
    areas, or when all residuals are equal.
    Source: A. D. Cliff and J. K. Ord, Testing for spatial autocorrelation among regression
    residuals, Geographical Analysis 4 (1972) 267-284; G. Lin and T. Zhang, Loglinear residual
    tests of Moran's I autocorrelation, Geographical Analysis 39 (2007) 293-310.
    """
    links = as_links(neighbours)
    known = np.isfinite(residuals)
    links = links[known][:, known]
    linked = np.diff(links.indptr) > 0
    links = links[linked][:, linked]
    values = residuals[known][linked]
    areas = values.size
    if areas < _FEWEST or np.ptp(values) == 0:
        return None
    off = (values - values.mean()) / values.std()
    shares = links.multiply(1 / np.diff(links.indptr)[:, None]).tocsr()
    observed = float(off @ (shares @ off)) / areas
    expected = -1 / (areas - 1)
    random = np.random.default_rng(seed)
    further = 0
    for start in range(0, permutations, _AT_ONCE):
        number = min(_AT_ONCE, permutations - start)
        mixed = random.permuted(np.tile(off, (number, 1)), axis=1).T
        drawn = (mixed * (shares @ mixed)).sum(axis=0) / areas
        further += int((np.abs(drawn - expected) >= abs(observed - expected) - 1e-12).sum())
    return ResidualMoran(observed, (1 + further) / (1 + permutations), areas)

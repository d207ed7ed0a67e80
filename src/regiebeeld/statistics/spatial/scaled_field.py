"""The pattern of neighbours in BYM2, scaled so that its spread means the same on every map."""

from dataclasses import dataclass

import numpy as np

from regiebeeld.statistics.spatial.banded import Field, compute_variances, factorise, order_narrow
from regiebeeld.statistics.spatial.neighbours import (
    Floats,
    Ints,
    Neighbours,
    build_contiguity,
    label_components,
)

_RIDGE = 1e-7  # makes the field solvable; what it adds is taken out by the sums being 0


@dataclass(frozen=True, slots=True)
class ScaledField:
    """`band`: the scaled precision in the order of `places` (area to row); `sums`: one a group.

    Areas without neighbours have precision 1 and take part in no sum.
    """

    band: Floats
    places: Ints
    sums: Floats


def scale_field(neighbours: Neighbours) -> ScaledField:
    """Make the intrinsic autoregressive field, each connected group scaled on its own.

    Within a group the geometric mean of the marginal variances becomes 1. neighbours: made
    symmetric first.
    Source: S. H. Sørbye and H. Rue, Scaling intrinsic Gaussian Markov random field priors in
    spatial modelling, Spatial Statistics 8 (2014) 39-51.
    """
    rows = np.repeat(np.arange(neighbours.size), neighbours.degrees)
    both = build_contiguity(np.column_stack([rows, neighbours.indices]), neighbours.size)
    places, groups = order_narrow(both), label_components(both)
    band = _make_band(both, places)
    sums = _make_sums(both, places, groups)
    ridged = band.copy()
    ridged[0] += _RIDGE
    size = both.size
    variances = compute_variances(factorise(Field(ridged, np.zeros(size), 1.0, sums)))[0][places]
    logs = np.log(np.maximum(variances, np.finfo(float).tiny))
    means = np.exp(np.bincount(groups, weights=logs) / np.bincount(groups))
    scale = np.ones(size)
    scale[places] = np.where(both.islands, 1.0, means[groups])
    return ScaledField(band * scale, places, sums)


def _make_band(neighbours: Neighbours, places: Ints) -> Floats:
    size = neighbours.size
    rows = places[np.repeat(np.arange(size), neighbours.degrees)]
    columns = places[neighbours.indices]
    offset = rows - columns
    band = np.zeros((int(offset.max(initial=0)) + 1, size))
    band[0, places] = np.where(neighbours.islands, 1.0, neighbours.degrees)
    below = offset > 0
    band[offset[below], columns[below]] = -1.0
    return band


def _make_sums(neighbours: Neighbours, places: Ints, groups: Ints) -> Floats:
    joined = np.unique(groups[~neighbours.islands])
    sums = np.zeros((len(joined), neighbours.size))
    for row, group in enumerate(joined):
        sums[row, places[groups == group]] = 1.0
    return sums

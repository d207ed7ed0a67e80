"""Do drivers say anything about areas that the model has not seen: one gemeente out at a time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from regiebeeld.statistics.drivers.counting import CountRows, fit_counts
from regiebeeld.statistics.drivers.fitting import choose_variance, prepare_areas
from regiebeeld.statistics.drivers.results import (
    DriverModel,
    DriverTable,
    Floats,
    Neighbours,
    Outcome,
    Prediction,
    Reason,
)

FEWEST_GROUPS = 3


def compute_prediction(
    table: DriverTable,
    groups: ArrayLike,
    *,
    neighbours: Neighbours | None = None,
    lagged: Sequence[str] = (),
) -> Prediction:
    """Predict each group (gemeente) from a model of all others, beside one rate for all.

    table, neighbours, lagged: as fit_drivers; groups: (areas,) labels. The drivers are scaled
    and the spread (alpha) is chosen once, over all areas; every rate is estimated without the
    group that it predicts. Raises ValueError for another number of labels.
    Source: C. Czado, T. Gneiting and L. Held, Predictive model assessment for count data,
    Biometrics 65 (2009) 1254-1261.
    """
    labels = np.asarray(groups)
    if labels.shape != table.counts.shape:
        raise ValueError(f"groups have shape {labels.shape}, expected one label for each area")
    prepared = prepare_areas(table, neighbours, lagged)
    if isinstance(prepared, DriverModel):
        return Prediction(prepared.outcome, 0, reason=prepared.reason, about=prepared.about)
    rows = prepared.rows
    _, numbers = np.unique(labels[prepared.keep], return_inverse=True)
    number = int(numbers.max()) + 1
    if number < FEWEST_GROUPS:
        return Prediction(Outcome.TOO_FEW, number, reason=Reason.FEW_GROUPS)
    found = choose_variance(rows)
    if found is None:
        return Prediction(Outcome.NOT_POSSIBLE, number, reason=Reason.NO_FIT)
    dispersion = found[1]
    alpha = dispersion.alpha if dispersion.p < 0.05 else 0.0
    predicted = _predict_each(rows, numbers, alpha)
    if predicted is None:
        return Prediction(Outcome.NOT_POSSIBLE, number, reason=Reason.NO_FIT)
    return _score(rows, numbers, *predicted)


def compute_deviance(counts: Floats, means: Floats) -> Floats:
    """Compute the Poisson deviance of each count (rows,) beside its mean (rows,), > 0."""
    return np.asarray(2 * (xlogy(counts, counts / means) - counts + means), dtype=np.float64)


def _predict_each(
    rows: CountRows, numbers: NDArray[np.intp], alpha: float
) -> tuple[Floats, Floats] | None:
    exposure = np.exp(rows.offset)
    by_drivers, by_one_rate = np.empty(exposure.size), np.empty(exposure.size)
    for group in range(int(numbers.max()) + 1):
        out = numbers == group
        others = CountRows(*(part[~out] for part in _parts(rows)))
        fit = fit_counts(others, alpha) if others.counts.sum() > 0 else None
        if fit is None:
            return None
        eta = rows.offset[out] + rows.design[out] @ fit.coefficients
        by_drivers[out] = np.exp(np.clip(eta, -20, 100))
        by_one_rate[out] = exposure[out] * others.counts.sum() / exposure[~out].sum()
    return by_drivers, by_one_rate


def _parts(rows: CountRows) -> tuple[Floats, Floats, Floats, Floats]:
    return rows.counts, rows.offset, rows.design, rows.noise


def _score(
    rows: CountRows,
    numbers: NDArray[np.intp],
    by_drivers: Floats,
    by_one_rate: Floats,
) -> Prediction:
    ours = compute_deviance(rows.counts, by_drivers)
    theirs = compute_deviance(rows.counts, by_one_rate)
    better = np.bincount(numbers, ours) < np.bincount(numbers, theirs)
    return Prediction(
        Outcome.FITTED,
        better.size,
        deviance=float(ours.sum()),
        deviance_of_one_rate=float(theirs.sum()),
        absolute_error=float(np.abs(rows.counts - by_drivers).mean()),
        absolute_error_of_one_rate=float(np.abs(rows.counts - by_one_rate).mean()),
        groups_better=int(better.sum()),
    )

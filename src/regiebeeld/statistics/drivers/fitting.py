"""Which drivers go with more cases, area by area, in one period; correlation, never a cause."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from regiebeeld.statistics.drivers.counting import (
    CountFit,
    CountRows,
    compute_dispersion,
    compute_robust_covariance,
    fit_counts,
)
from regiebeeld.statistics.drivers.designs import (
    add_lags,
    compute_vif,
    find_fault,
    standardise,
)
from regiebeeld.statistics.drivers.residuals import check_residuals
from regiebeeld.statistics.drivers.results import (
    Dispersion,
    DriverEffect,
    DriverModel,
    DriverTable,
    Family,
    Floats,
    Neighbours,
    Outcome,
    Reason,
)

# Fewer says nothing: Peduzzi and others, Journal of Clinical Epidemiology 49 (1996) 1373-1379.
FEWEST_AREAS = 20
FEWEST_A_DRIVER = 10  # areas, and cases
_ALPHA_LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class RatioColumns:
    """Fitted columns (drivers,): names, which are lagged, steps (sd) and variance inflation."""

    names: tuple[str, ...]
    lagged: tuple[bool, ...]
    steps: Floats
    vif: Floats


@dataclass(frozen=True, slots=True)
class Prepared:
    """keep: (areas,) which areas are used; rows: those areas; ratios: their drivers."""

    keep: NDArray[np.bool_]
    rows: CountRows
    ratios: RatioColumns


def fit_drivers(
    table: DriverTable,
    *,
    neighbours: Neighbours | None = None,
    lagged: Sequence[str] = (),
    permutations: int = 999,
    seed: int = 0,
) -> DriverModel:
    """Fit counts to drivers with offset log(exposure): rate ratios per sd with 95 % intervals.

    table: see DriverTable; neighbours: the borders of its areas, for the check of residuals
    and for `lagged`, the names of drivers whose mean over the neighbours also enters. Poisson
    is tested first; negative binomial where counts vary more. Intervals are robust (HC3, t
    with areas - columns degrees of freedom), so they include rounding. Raises ValueError for
    neighbours of another number of areas, and for an unknown name in `lagged`.
    Source: A. C. Cameron and P. K. Trivedi, Regression Analysis of Count Data, 2nd edition
    (2013), chapter 3.
    """
    prepared = prepare_areas(table, neighbours, lagged)
    if isinstance(prepared, DriverModel):
        return prepared
    left_out = prepared.keep.size - int(prepared.keep.sum())
    found = choose_variance(prepared.rows)
    if found is None:
        return refuse(Reason.NO_FIT, prepared.rows.counts.size, left_out)
    fit, dispersion = found
    moran = None
    if neighbours is not None:
        surprise = np.full(prepared.keep.size, np.nan)
        surprise[prepared.keep] = (prepared.rows.counts - fit.means) / np.sqrt(fit.variances)
        moran = check_residuals(surprise, neighbours, permutations=permutations, seed=seed)
    varied = dispersion.p < _ALPHA_LEVEL and dispersion.alpha > 0
    return DriverModel(
        outcome=Outcome.FITTED,
        used=prepared.rows.counts.size,
        left_out=left_out,
        family=Family.NEGATIVE_BINOMIAL if varied else Family.POISSON,
        effects=_tell(prepared, fit),
        dispersion=dispersion,
        residual_moran=moran,
    )


def prepare_areas(
    table: DriverTable, neighbours: Neighbours | None, lagged: Sequence[str]
) -> Prepared | DriverModel:
    """Choose the areas that can be used and scale their drivers, or refuse."""
    known = np.where(np.isfinite(table.drivers), table.drivers, np.nan).astype(np.float64)
    all_values, names, flags = add_lags(known.T[:, :, None], table.names, lagged, neighbours)
    values = all_values[:, :, 0].T
    noise = np.broadcast_to(np.asarray(table.noise, dtype=np.float64), table.counts.shape)
    exposure = np.where(np.isfinite(table.exposure), table.exposure, 0.0)
    keep = np.isfinite(table.counts) & (exposure > 0) & np.isfinite(values).all(axis=1)
    used, left_out = int(keep.sum()), int((~keep).sum())
    if used < max(FEWEST_AREAS, FEWEST_A_DRIVER * len(names)):
        return refuse(Reason.FEW_AREAS, used, left_out)
    counts = np.asarray(table.counts[keep], dtype=np.float64)
    if counts.sum() < FEWEST_A_DRIVER * len(names):
        return refuse(Reason.FEW_CASES, used, left_out)
    scaled, steps = standardise(values[keep])
    fault = find_fault(scaled, steps, names)
    if fault is not None:
        return refuse(fault[0], used, left_out, about=fault[1])
    design = np.column_stack([np.ones(used), scaled])
    rows = CountRows(counts, np.log(exposure[keep]), design, noise[keep])
    return Prepared(keep, rows, RatioColumns(names, flags, steps, compute_vif(scaled)))


def choose_variance(rows: CountRows) -> tuple[CountFit, Dispersion] | None:
    """Fit Poisson, test it, and fit again with more spread where it fails; None without answer."""
    poisson = fit_counts(rows)
    dispersion = None if poisson is None else compute_dispersion(rows, poisson)
    if poisson is None or dispersion is None:
        return None
    if dispersion.p >= _ALPHA_LEVEL or dispersion.alpha <= 0:
        return poisson, dispersion
    wider = fit_counts(rows, dispersion.alpha)
    return None if wider is None else (wider, dispersion)


def refuse(reason: Reason, used: int, left_out: int, *, about: tuple[str, ...] = ()) -> DriverModel:
    """Make the answer that says why there is none."""
    few = reason in {Reason.FEW_AREAS, Reason.FEW_CASES, Reason.FEW_GROUPS}
    outcome = Outcome.TOO_FEW if few else Outcome.NOT_POSSIBLE
    return DriverModel(outcome, used=used, left_out=left_out, reason=reason, about=about)


def _tell(prepared: Prepared, fit: CountFit) -> tuple[DriverEffect, ...]:
    rows = prepared.rows
    errors = np.sqrt(np.diag(compute_robust_covariance(rows, fit)))[1:]
    margins = errors * float(stdtrit(rows.counts.size - rows.design.shape[1], 0.975))
    return tell_effects(prepared.ratios, coefficients=fit.coefficients[1:], margins=margins)


def tell_effects(
    columns: RatioColumns, *, coefficients: Floats, margins: Floats
) -> tuple[DriverEffect, ...]:
    """Turn coefficients (drivers,) with their margins into rate ratios."""
    ends = np.exp(np.clip([coefficients, coefficients - margins, coefficients + margins], -50, 50))
    return tuple(
        DriverEffect(
            name=name,
            lagged=columns.lagged[j],
            step=float(columns.steps[j]),
            ratio=float(ends[0, j]),
            lower=float(ends[1, j]),
            upper=float(ends[2, j]),
            vif=float(columns.vif[j]),
        )
        for j, name in enumerate(columns.names)
    )

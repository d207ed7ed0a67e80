"""Drivers over more periods: season and trend taken out, and each area's own level if asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from regiebeeld.statistics.drivers.counting import (
    CountFit,
    CountRows,
    compute_moment_dispersion,
)
from regiebeeld.statistics.drivers.designs import (
    add_lags,
    compute_vif,
    find_fault,
    standardise,
)
from regiebeeld.statistics.drivers.fitting import (
    FEWEST_A_DRIVER,
    FEWEST_AREAS,
    RatioColumns,
    refuse,
    tell_effects,
)
from regiebeeld.statistics.drivers.results import (
    Dispersion,
    DriverModel,
    Effects,
    Family,
    Floats,
    Neighbours,
    Outcome,
    PanelTable,
    Reason,
)

_STEPS = 100
# A driver whose share of variance left within areas and periods is below this does not move.
_MOVES = 1e-8


@dataclass(frozen=True, slots=True)
class PanelFit:
    """coefficients (drivers,), errors (drivers,) clustered by area, means (areas, periods)."""

    coefficients: Floats
    errors: Floats
    means: Floats


@dataclass(frozen=True, slots=True)
class _Grid:
    """Areas by periods; `used` tells which cells count, others hold harmless numbers."""

    used: NDArray[np.bool_]
    counts: Floats
    offset: Floats
    noise: Floats
    drivers: Floats
    names: tuple[str, ...]
    lagged: tuple[bool, ...]
    effects: Effects


def fit_panel(
    table: PanelTable,
    effects: Effects = Effects.AREA_AND_PERIOD,
    *,
    neighbours: Neighbours | None = None,
    lagged: Sequence[str] = (),
) -> DriverModel:
    """Fit counts to drivers that move over time, beside effects of period and perhaps area.

    table: see PanelTable; neighbours, lagged: as fit_drivers. Poisson pseudo-maximum
    likelihood: right for any spread of counts if the mean is right; 95 % intervals are
    clustered by area (t with areas - 1 degrees of freedom), so they include rounding, spread
    and likeness over time. Periods in which nothing happened anywhere and, with
    AREA_AND_PERIOD, such areas tell nothing and are left out. Ratios are per sd of what moves
    beside the effects. Drivers that do not move within areas are refused by name (ABSORBED).
    Source: J. M. C. Santos Silva and S. Tenreyro, The log of gravity, Review of Economics and
    Statistics 88 (2006) 641-658; S. Correia, P. Guimarães and T. Zylkin, Fast Poisson
    estimation with high-dimensional fixed effects, Stata Journal 20 (2020) 95-115.
    """
    grid = _read_grid(table, effects, neighbours, lagged)
    used, left_out = int(grid.used.sum()), int((~grid.used).sum())
    areas = int(grid.used.any(axis=1).sum())
    if areas < max(FEWEST_AREAS, FEWEST_A_DRIVER * len(grid.names)):
        return refuse(Reason.FEW_AREAS, used, left_out)
    if grid.counts.sum() < FEWEST_A_DRIVER * len(grid.names):
        return refuse(Reason.FEW_CASES, used, left_out)
    taken = take_out(grid.drivers, grid.used.astype(np.float64), effects)
    within = taken[:, grid.used].T
    fault = _find_fault(grid, within)
    if fault is not None:
        return refuse(fault[0], used, left_out, about=fault[1])
    steps = within.std(axis=0)
    fit = _fit_grid(replace(grid, drivers=taken / steps[:, None, None]))
    if fit is None:
        return refuse(Reason.NO_FIT, used, left_out)
    margins = fit.errors * float(stdtrit(areas - 1, 0.975))
    ratios = RatioColumns(grid.names, grid.lagged, steps, compute_vif(within / steps))
    return DriverModel(
        outcome=Outcome.FITTED,
        used=used,
        left_out=left_out,
        family=Family.POISSON,
        effects=tell_effects(ratios, coefficients=fit.coefficients, margins=margins),
        dispersion=_test_dispersion(grid, fit),
    )


def take_out(columns: Floats, weights: Floats, effects: Effects) -> Floats:
    """Take the weighted effects of period, and area, out of columns (columns, areas, periods).

    weights: (areas, periods) >= 0. The effects of areas are eliminated, and those of periods
    follow from one system of periods by periods, solved to rounding error.
    """
    weighted = columns * weights
    of_period = weights.sum(axis=0)
    right = weighted.sum(axis=1)
    if effects is Effects.PERIOD:
        means = right / np.where(of_period > 0, of_period, 1.0)
        return np.asarray(columns - means[:, None, :])
    of_area = weights.sum(axis=1)
    of_area = np.where(of_area > 0, of_area, 1.0)
    sums = weighted.sum(axis=2)
    across = np.ascontiguousarray(weights.T)

    def eliminate(periods: Floats) -> Floats:
        areas = np.einsum("ct,at->ca", periods, weights) / of_area
        return np.asarray(of_period * periods - np.einsum("ca,ta->ct", areas, across))

    right = right - np.einsum("ca,ta->ct", sums / of_area, across)
    periods = _solve(eliminate, right, np.where(of_period > 0, of_period, 1.0))
    areas = (sums - np.einsum("ct,at->ca", periods, weights)) / of_area
    return np.asarray(columns - areas[:, :, None] - periods[:, None, :])


def _solve(system: Callable[[Floats], Floats], right: Floats, diagonal: Floats) -> Floats:
    # Conjugate gradients: one level is always free (areas up, periods down), more in a panel of
    # parts without a shared area, and that does them no harm. Nearly a product of areas and
    # periods, the system takes some ten steps.
    found, left = np.zeros_like(right), right.copy()
    size = np.abs(right).max(initial=1e-300)
    toward = left / diagonal
    gain = (left * toward).sum(axis=1)
    for _ in range(4 * diagonal.size):
        if np.abs(left).max() <= 1e-13 * size:
            break
        moved = system(toward)
        curve = (toward * moved).sum(axis=1)
        step = np.where(curve > 0, gain / np.where(curve > 0, curve, 1.0), 0.0)[:, None]
        found += step * toward
        left -= step * moved
        before, gain = gain, (left**2 / diagonal).sum(axis=1)
        toward = left / diagonal + (gain / np.where(before > 0, before, 1.0))[:, None] * toward
    return found


def _read_grid(
    table: PanelTable, effects: Effects, neighbours: Neighbours | None, lagged: Sequence[str]
) -> _Grid:
    shape = table.counts.shape
    known = np.where(np.isfinite(table.drivers), table.drivers, np.nan).astype(np.float64)
    values, names, flags = add_lags(known, table.names, lagged, neighbours)
    drivers = np.broadcast_to(values, (len(names), *shape))
    exposure = np.broadcast_to(np.where(np.isfinite(table.exposure), table.exposure, 0.0), shape)
    used = np.isfinite(table.counts) & (exposure > 0) & np.isfinite(drivers).all(axis=0)
    counts = np.where(used, table.counts, 0.0)
    used = used & (counts.sum(axis=0) > 0)
    if effects is Effects.AREA_AND_PERIOD:
        used = used & (counts.sum(axis=1) > 0)[:, None]
    noise = np.where(used, np.broadcast_to(table.noise, shape), 0.0)
    return _Grid(
        used=used,
        counts=counts * used,
        offset=np.log(np.where(used, exposure, 1.0)),
        noise=noise,
        drivers=np.where(used, drivers, 0.0),
        names=names,
        lagged=flags,
        effects=effects,
    )


def _find_fault(grid: _Grid, within: Floats) -> tuple[Reason, tuple[str, ...]] | None:
    values = grid.drivers[:, grid.used].T
    scaled, spread = standardise(values)
    constant = find_fault(scaled[:, :0], spread, grid.names)
    if constant is not None:
        return constant
    still = (within**2).mean(axis=0) < _MOVES * spread**2
    if still.any():
        names = zip(grid.names, still, strict=True)
        return Reason.ABSORBED, tuple(name for name, stands in names if stands)
    return find_fault(within / within.std(axis=0), within.std(axis=0), grid.names)


def _fit_grid(grid: _Grid) -> PanelFit | None:
    counts, used = grid.counts, grid.used.astype(np.float64)
    exposure = np.exp(grid.offset) * used
    start = (counts + exposure * counts.sum() / exposure.sum()) / 2
    eta = np.log(np.where(grid.used, start, 1.0))
    before = np.full(grid.drivers.shape[0], np.inf)
    for _ in range(_STEPS):
        means = np.exp(eta)
        work = eta - grid.offset + np.where(grid.used, (counts - means) / means, 0.0)
        weights = means * used
        left = take_out(np.concatenate([grid.drivers, work[None]]), weights, grid.effects)
        columns, target = left[:-1], left[-1]
        bread = np.einsum("iat,jat->ij", columns * weights, columns)
        right = np.einsum("iat,at->i", columns, weights * target)
        coefficients = np.linalg.lstsq(bread, right, rcond=None)[0]
        surprise = target - np.tensordot(coefficients, columns, axes=1)
        eta = np.where(grid.used, np.clip(grid.offset + work - surprise, -20, 100), 0.0)
        if np.abs(coefficients - before).max() < 1e-8 * (1 + np.abs(coefficients).max()):
            return PanelFit(coefficients, _cluster(grid, columns, bread, eta), np.exp(eta))
        before = coefficients
    return None


def _cluster(grid: _Grid, columns: Floats, bread: Floats, eta: Floats) -> Floats:
    off = np.where(grid.used, grid.counts - np.exp(eta), 0.0)
    scores = np.einsum("iat,at->ai", columns, off)
    areas = int(grid.used.any(axis=1).sum())
    inverse = np.linalg.inv(bread)
    covariance = inverse @ (scores.T @ scores) @ inverse * (areas / (areas - 1))
    return np.sqrt(np.diag(covariance))


def _test_dispersion(grid: _Grid, fit: PanelFit) -> Dispersion:
    used = grid.used
    levels = int(used.any(axis=0).sum())
    if grid.effects is Effects.AREA_AND_PERIOD:
        levels += int(used.any(axis=1).sum()) - 1
    means, noise = fit.means[used], grid.noise[used]
    rows = CountRows(grid.counts[used], grid.offset[used], np.empty((means.size, 0)), noise)
    free = max(1, means.size - levels - fit.coefficients.size)
    return compute_moment_dispersion(rows, CountFit(fit.coefficients, means, means + noise), free)

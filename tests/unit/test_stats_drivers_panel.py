"""Drivers over months: absorbed effects against dummies written out, and coverage by simulation."""

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from regiebeeld.statistics.drivers import (
    Effects,
    Family,
    Neighbours,
    Outcome,
    PanelTable,
    Reason,
    fit_panel,
)
from regiebeeld.statistics.drivers.panels import take_out

AREAS, PERIODS = 30, 12


def make_panel(seed: int, *, alpha: float = 0.0) -> PanelTable:
    """Areas of their own level, a season, and a driver with exp(0.2) more cases per unit."""
    random = np.random.default_rng(seed)
    drivers = random.normal(size=(2, AREAS, PERIODS))
    season = 0.4 * np.cos(2 * np.pi * np.arange(PERIODS) / 12)
    level = random.normal(1.2, 0.5, size=(AREAS, 1))
    exposure = random.uniform(0.5, 2.0, size=(AREAS, 1))
    mean = exposure * np.exp(level + season + 0.2 * drivers[0])
    if alpha:
        mean = mean * random.gamma(1 / alpha, alpha, size=(AREAS, 1))
    counts = random.poisson(mean).astype(float)
    return PanelTable(("adviezen", "leegstand"), counts, exposure, drivers)


def fit_dummies(table: PanelTable, effects: Effects) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same by statsmodels with a column for every area and period."""
    used = np.isfinite(table.counts) & np.isfinite(table.drivers).all(axis=0)
    used &= np.nansum(table.counts, axis=0) > 0
    if effects is Effects.AREA_AND_PERIOD:
        used &= (np.nansum(table.counts, axis=1) > 0)[:, None]
    area, period = (place[used] for place in np.indices(table.counts.shape))
    parts = [table.drivers[:, used].T]
    parts += [(period[:, None] == np.unique(period)).astype(float)]
    if effects is Effects.AREA_AND_PERIOD:
        parts += [(area[:, None] == np.unique(area)[1:]).astype(float)]
    offset = np.log(np.broadcast_to(table.exposure, used.shape)[used])
    design = np.hstack(parts)
    fit = sm.GLM(table.counts[used], design, sm.families.Poisson(), offset=offset).fit(tol=1e-13)
    mean, x = fit.fittedvalues, table.drivers[:, used].T
    others = design[:, 2:]
    root = np.sqrt(mean)[:, None]
    left = x - others @ np.linalg.lstsq(root * others, root * x, rcond=None)[0]
    bread = np.linalg.inv((left * mean[:, None]).T @ left)
    scores = np.array(
        [(left * (table.counts[used] - mean)[:, None])[area == one].sum(0) for one in range(AREAS)]
    )
    groups = np.unique(area).size
    covariance = bread @ scores.T @ scores @ bread * groups / (groups - 1)
    plain = x - others @ np.linalg.lstsq(others, x, rcond=None)[0]
    return np.asarray(fit.params[:2]), np.sqrt(np.diag(covariance)), plain.std(axis=0)


@pytest.mark.parametrize("effects", list(Effects))
@pytest.mark.parametrize("gaps", [False, True])
def test_absorbed_effects_give_what_dummies_give(effects: Effects, gaps: bool) -> None:
    table = make_panel(1, alpha=0.2)
    if gaps:
        counts, drivers = table.counts.copy(), table.drivers.copy()
        counts[3], counts[4, 2:5], counts[:, 7] = 0.0, np.nan, 0.0
        drivers[1, 5, 6] = np.nan
        table = replace(table, counts=counts, drivers=drivers)
    model = fit_panel(table, effects)
    coefficients, errors, steps = fit_dummies(table, effects)
    assert model.outcome is Outcome.FITTED
    for j, effect in enumerate(model.effects):
        assert effect.step == pytest.approx(steps[j])
        assert math.log(effect.ratio) == pytest.approx(coefficients[j] * steps[j], abs=1e-7)
        margin = math.log(effect.upper / effect.ratio)
        # t with 29 (28 with the empty area left out) degrees of freedom: 2.045230, 2.048407.
        t = 2.048407 if gaps and effects is Effects.AREA_AND_PERIOD else 2.045230
        assert margin == pytest.approx(t * errors[j] * steps[j], rel=1e-5)


def test_taking_out_leaves_nothing_of_areas_and_periods() -> None:
    random = np.random.default_rng(2)
    weights = random.uniform(0, 1, size=(8, 5)) * (random.random((8, 5)) > 0.2)
    left = take_out(random.normal(size=(3, 8, 5)), weights, Effects.AREA_AND_PERIOD)
    assert np.abs((left * weights).sum(axis=1)).max() < 1e-12
    assert np.abs((left * weights).sum(axis=2)).max() < 1e-12


def test_parts_of_a_panel_without_a_shared_area_are_taken_out_apart() -> None:
    random = np.random.default_rng(2)
    weights = np.zeros((8, 5))
    weights[:4, :2], weights[4:, 2:] = 1.5, 0.5
    columns = random.normal(size=(1, 8, 5))
    left = take_out(columns, weights, Effects.AREA_AND_PERIOD)[0]
    for areas, periods in ((slice(0, 4), slice(0, 2)), (slice(4, 8), slice(2, 5))):
        part = columns[0, areas, periods]
        expected = part - part.mean(0) - part.mean(1, keepdims=True) + part.mean()
        np.testing.assert_allclose(left[areas, periods], expected, atol=1e-12)


@pytest.mark.parametrize("noisy", [False, True])
def test_panel_intervals_hold_the_truth_19_times_in_20(noisy: bool) -> None:
    random = np.random.default_rng(3)
    held, runs = 0, 200
    for seed in range(runs):
        table = make_panel(100 + seed, alpha=0.3)
        if noisy:
            rest = table.counts % 5
            up = random.random(rest.shape) < rest / 5
            table = replace(table, counts=table.counts - rest + 5 * up, noise=4.0)
        effect = fit_panel(table).effects[0]
        held += effect.lower <= math.exp(0.2 * effect.step) <= effect.upper
    # Binomial 99.9 % limits around 95 % of 200, and one hundredth for 30 clusters only.
    assert 0.885 <= held / runs <= 0.995


def test_noise_is_no_spread() -> None:
    random = np.random.default_rng(4)
    table = make_panel(5)
    rest = table.counts % 5
    rounded = table.counts - rest + 5 * (random.random(rest.shape) < rest / 5)
    told = fit_panel(replace(table, counts=rounded, noise=4.0)).dispersion
    untold = fit_panel(replace(table, counts=rounded)).dispersion
    assert told is not None
    assert untold is not None
    assert told.p > 0.01
    assert untold.pearson > 1.5 > told.pearson


def test_drivers_that_stand_still_are_refused_by_name_beside_area_effects() -> None:
    table = make_panel(6)
    drivers = table.drivers.copy()
    drivers[1] = drivers[1, :, :1]
    still = replace(table, drivers=drivers)
    model = fit_panel(still)
    assert (model.outcome, model.reason) == (Outcome.NOT_POSSIBLE, Reason.ABSORBED)
    assert model.about == ("leegstand",)
    between = fit_panel(still, Effects.PERIOD)
    assert between.outcome is Outcome.FITTED
    assert between.family is Family.POISSON


def test_a_lag_over_the_neighbours_enters_a_panel() -> None:
    around = np.arange(AREAS)
    pairs = np.column_stack([(around - 1) % AREAS, (around + 1) % AREAS])
    ring = Neighbours(np.arange(0, 2 * AREAS + 1, 2), pairs.ravel())
    table = make_panel(7)
    mean = (np.roll(table.drivers[0], 1, axis=0) + np.roll(table.drivers[0], -1, axis=0)) / 2
    written = PanelTable(
        (*table.names, "advies_bij_de_buren"),
        table.counts,
        table.exposure,
        np.concatenate([table.drivers, mean[None]]),
    )
    lagged = fit_panel(table, neighbours=ring, lagged=["adviezen"]).effects[2]
    assert lagged.lagged
    assert lagged.ratio == pytest.approx(fit_panel(written).effects[2].ratio)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"counts": np.zeros((AREAS, PERIODS))}, Reason.FEW_AREAS),
        ({"counts": np.full((AREAS, PERIODS), np.nan)}, Reason.FEW_AREAS),
        ({"drivers": np.ones((2, AREAS, PERIODS))}, Reason.CONSTANT),
        ({"exposure": np.zeros((AREAS, 1))}, Reason.FEW_AREAS),
    ],
)
def test_panels_without_an_answer_say_why(change: dict[str, np.ndarray], reason: Reason) -> None:
    assert fit_panel(replace(make_panel(8), **change)).reason is reason


def test_collinear_and_too_few_cases_in_a_panel() -> None:
    table = make_panel(9)
    double = np.concatenate([table.drivers, table.drivers[:1] * -3 + 2])
    three = replace(table, names=("adviezen", "leegstand", "elders"), drivers=double)
    model = fit_panel(three)
    assert (model.reason, model.about) == (Reason.COLLINEAR, ("adviezen", "elders"))
    few = np.zeros((AREAS, PERIODS))
    few[:, 0] = 0.5
    assert fit_panel(replace(table, counts=few), Effects.PERIOD).reason is Reason.FEW_CASES


def test_panels_of_the_wrong_shape_are_refused() -> None:
    table = make_panel(10)
    with pytest.raises(ValueError, match="areas by periods"):
        replace(table, exposure=np.ones(AREAS))
    with pytest.raises(ValueError, match="shape"):
        replace(table, drivers=table.drivers[:, :3])
    with pytest.raises(ValueError, match="protected"):
        replace(table, names=("herkomst", "leegstand"))

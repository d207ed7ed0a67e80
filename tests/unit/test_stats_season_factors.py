"""Month factors of counts: against statsmodels, and their coverage on planted seasons."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from regiebeeld.statistics.season import SeriesState, compute_month_days, compute_season_factors

MONTHS = np.datetime64("2014-01", "M") + np.arange(120)
DAYS = compute_month_days(MONTHS) / (365.2425 / 12)
SEASON = 1 + 0.4 * np.cos(2 * np.pi * np.arange(12) / 12)  # January first, mean 1
Floats = NDArray[np.float64]


def planted_mean(level: float) -> Floats:
    return level * DAYS * np.tile(SEASON, 10) * np.exp(-0.4 * np.arange(120) / 120)


def round_published(counts: Floats, draws: np.random.Generator) -> Floats:
    rest = counts % 5
    rounded: Floats = counts - rest + 5 * (draws.random(counts.shape) < rest / 5)
    return rounded


def test_the_fit_equals_a_poisson_regression_of_statsmodels() -> None:
    counts = np.random.default_rng(1).poisson(planted_mean(3000.0))
    knots = np.linspace(0, 119, 6)
    trend = CubicSpline(knots, np.eye(6), bc_type="natural")(np.arange(120))
    dummies = np.eye(12)[np.arange(120) % 12][:, 1:]
    peer = GLM(counts, np.hstack([trend, dummies]), Poisson(), offset=np.log(DAYS)).fit()
    found = compute_season_factors(counts, MONTHS)
    effect = np.exp(np.append(0.0, peer.params[6:]))
    assert found.expected[0] == pytest.approx(peer.mu, rel=1e-5)
    assert found.factor[0] == pytest.approx(effect / effect.mean(), rel=1e-5)
    assert found.dispersion[0] == pytest.approx(max(peer.pearson_chi2 / peer.df_resid, 1), rel=1e-4)


@pytest.mark.parametrize(("kind", "level"), [("poisson", 2), ("double", 6), ("rounded", 4)])
def test_the_intervals_hold_the_planted_season(kind: str, level: float) -> None:
    draws = np.random.default_rng(7)
    mean = np.broadcast_to(planted_mean(level), (1500, 120))
    counts = draws.poisson(mean).astype(float)
    if kind == "double":  # negative binomial with twice the variance of Poisson
        counts = draws.negative_binomial(mean, 0.5).astype(float)
    if kind == "rounded":
        counts = round_published(counts, draws)
    found = compute_season_factors(counts, MONTHS, noise=4.0 if kind == "rounded" else 0.0)
    assert set(found.states) == {SeriesState.COMPLETE}
    covered = (found.lower <= SEASON) & (found.upper >= SEASON)
    assert covered.mean() == pytest.approx(0.95, abs=0.025)
    assert covered.mean(axis=0).min() > 0.92
    assert found.factor.mean(axis=0) == pytest.approx(SEASON, abs=0.03)


def test_a_planted_season_is_found() -> None:
    counts = np.random.default_rng(2).poisson(planted_mean(10), (300, 120))
    assert (compute_season_factors(counts, MONTHS).p < 0.05).mean() > 0.95


def test_no_season_is_found_where_none_is() -> None:
    counts = np.random.default_rng(3).poisson(4 * DAYS, (2000, 120))
    assert (compute_season_factors(counts, MONTHS).p < 0.05).mean() < 0.06


def test_a_gap_or_a_break_does_not_weigh() -> None:
    counts = np.random.default_rng(5).poisson(planted_mean(50.0)).astype(float)
    gap = np.zeros(120, dtype=bool)
    gap[74:96] = True
    holed, wild = counts.copy(), counts.copy()
    holed[gap], wild[gap] = np.nan, 0
    missing = compute_season_factors(holed, MONTHS)
    left_out = compute_season_factors(wild, MONTHS, left_out=gap)
    assert missing.factor == pytest.approx(left_out.factor)
    assert missing.factor[0] == pytest.approx(SEASON, abs=0.12)


def test_december_ten_times_as_much_reads_so() -> None:
    counts = np.tile(np.where(np.arange(12) == 11, 10, 1), 10) * DAYS * 20
    found = compute_season_factors(np.round(counts), MONTHS)
    assert found.factor[0, 11] / found.factor[0, 5] == pytest.approx(10, rel=0.02)


def test_months_without_cases_keep_an_interval() -> None:
    found = compute_season_factors(np.tile(np.append(np.zeros(11), 30), 10), MONTHS)
    assert np.isfinite(found.upper).all()
    assert found.factor[0, 11] > 11
    assert found.upper[0, :11].max() < 1


@pytest.mark.parametrize(
    ("series", "state"),
    [
        (np.zeros(120), SeriesState.TOO_FEW),
        (np.full(120, np.nan), SeriesState.ALL_MISSING),
        (np.ones(1), SeriesState.TOO_SHORT),
        (np.append(np.full(100, np.nan), np.full(20, 9.0)), SeriesState.TOO_MANY_GAPS),
        (np.where(np.arange(120) % 12 == 3, np.nan, 9.0), SeriesState.TOO_MANY_GAPS),
    ],
)
def test_what_cannot_be_told_is_a_reason(series: Floats, state: SeriesState) -> None:
    found = compute_season_factors(series, MONTHS[: series.size])
    assert found.states == (state,)
    assert np.isnan(found.factor).all()


@pytest.mark.parametrize("months", [24, 36, 48, 60, 97])
@pytest.mark.parametrize("level", [6.0, 5e9])
def test_constant_rates_of_any_length_give_factors_of_one(months: int, level: float) -> None:
    found = compute_season_factors(np.round(level * 100 * DAYS[:months]), MONTHS[:months])
    assert found.factor == pytest.approx(np.ones((1, 12)), abs=0.01)
    assert found.states == (SeriesState.COMPLETE,)


@pytest.mark.parametrize("wrong", [np.full(120, -1.0), np.ones(119), np.full(120, np.inf)])
def test_impossible_counts_are_refused(wrong: Floats) -> None:
    with pytest.raises(ValueError, match="expected"):
        compute_season_factors(wrong, MONTHS)

"""Farrington flexible against R, against an obvious slow version, and on bad input."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from regiebeeld.statistics.signals import (
    Bound,
    FarringtonPlan,
    Mode,
    Reason,
    judge_series,
    read_series,
)
from regiebeeld.statistics.signals.plans import find_reference

FIXTURES = Path(__file__).parent.parent / "fixtures" / "stats"
MONTHS = range(49, 61)
# The settings behind the farrington_* fixtures; each file tells how R made it.
AS_R = FarringtonPlan(
    years=4,
    recent_left_out=3,
    trend_p=0.05,
    alpha=0.05,
    fewest_cases=0,
    bound=Bound.NB_PLUGIN,
    mode=Mode.R_COMPATIBLE,
)
SALMONELLA = replace(
    AS_R, freq=52, half_width=3, periods=10, recent_left_out=26, trend_p=1.0, fewest_cases=5
)


def read(name, delimiter=","):
    return np.loadtxt(FIXTURES / name, delimiter=delimiter)


@pytest.fixture(scope="module")
def counts():
    return read("farrington_counts.csv")


def test_salmonella_agona_as_published():
    # methods.md "Known answers": R surveillance, salmonella.agona, range 282:312.
    weeks = read("salmonella_agona.csv")[None]
    judged = judge_series(read_series(weeks), range(281, 312), SALMONELLA)
    published = "4 4 5 5 6 6 6 6 7 8 8 9 9 9 9 9 10 10 9 9 8 8 8 7 7 6 6 6 6 6 7"
    assert judged.upper[0].tolist() == [float(word) for word in published.split()]
    assert judged.expected[0, :4] == pytest.approx([1.3809, 1.4373, 1.7239, 1.9727], abs=5e-5)
    assert (judged.times[judged.observed[0] > judged.upper[0]] + 1).tolist() == [284, 285]


def test_salmonella_agona_in_every_figure_of_r():
    weeks = read("salmonella_agona.csv")[None]
    judged = judge_series(read_series(weeks), range(281, 312), SALMONELLA)
    lines = np.loadtxt(FIXTURES / "salmonella_agona_bounds.csv", delimiter=",", skiprows=2)
    assert judged.expected[0] == pytest.approx(lines[:, 1], rel=1e-8)
    assert judged.dispersion[0] == pytest.approx(lines[:, 2], rel=1e-8)
    assert judged.score[0] == pytest.approx(lines[:, 4], rel=1e-8)


def test_upper_bounds_and_trends_of_500_series_equal_those_of_r(counts):
    judged = judge_series(read_series(counts), MONTHS, AS_R)
    assert (judged.upper == read("farrington_upper.csv")).mean() >= 0.999
    lines = (FIXTURES / "farrington_trend.csv").read_text().splitlines()[1:]
    assert (judged.trended == np.array([[int(digit) for digit in line] for line in lines])).all()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("farrington_muan.csv", {"bound": Bound.MUAN}),
        ("farrington_noweight.csv", {"weights_threshold": None}),
        ("farrington_windows.csv", {"periods": 1, "years": 3, "half_width": 2}),
    ],
)
def test_other_settings_equal_r(counts, name, changes):
    judged = judge_series(read_series(counts[:60]), MONTHS, replace(AS_R, **changes))
    assert (judged.upper == read(name)).mean() >= 0.999


def fit_slowly(y, x, weights, steps=60):
    """Quasi-Poisson regression through one explicit design matrix; gives beta, W, mu."""
    mu = y + 0.1
    for _ in range(steps):
        w = weights * mu
        z = np.log(mu) + (y - mu) / mu
        beta = np.linalg.solve(x.T @ (w[:, None] * x), x.T @ (w * z))
        mu = np.exp(x @ beta)
    return beta, weights * mu, mu


# Farrington's stopping rule (R's) leaves a part in 10,000 of what more steps would still change.
def judge_slowly(y, now, plan):
    """Expected now and whether there is a trend, for one series; the paper's steps as written."""
    reference = find_reference(now, plan, np.zeros(len(y), dtype=bool))
    past, when = y[reference.months], reference.months
    for trend in (True, False):
        x = np.eye(plan.periods)[reference.season]
        x_now = np.eye(plan.periods)[-1]
        if trend:
            x, x_now = np.column_stack([x, when - now]), np.append(x_now, 0.0)
        free = len(past) - x.shape[1]
        _, w, mu = fit_slowly(past, x, np.ones(len(past)))
        phi = max(1, (w * ((past - mu) / mu) ** 2).sum() / free)
        root = np.sqrt(w)[:, None] * x
        hat = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)
        size = 1.5 * (past ** (2 / 3) * mu ** (-1 / 6) - mu**0.5) / np.sqrt(phi * (1 - hat))
        outbreak = np.where(size > 2.58, size, 1.0) ** -2.0
        omega = outbreak * len(past) / outbreak.sum()
        beta, w, mu = fit_slowly(past, x, omega)
        square = ((past - mu) / mu) ** 2
        phi = max(1, (w * square).sum() / free)
        expected = np.exp(x_now @ beta)
        if not trend:
            return expected, phi, False
        spread = phi if plan.mode is Mode.TEXTBOOK else (omega * square).sum() / free
        variance = spread * np.linalg.inv(x.T @ (w[:, None] * x))[-1, -1]
        p = 2 * student.sf(abs(beta[-1]) / np.sqrt(variance), free)
        if p < plan.trend_p and expected <= past.max():
            return expected, phi, True
    raise AssertionError


@pytest.mark.parametrize("mode", list(Mode))
def test_both_modes_equal_an_obvious_slow_version(counts, mode):
    # Without seasons of zeros alone: there the slow version has no matrix to solve.
    chosen = counts[(counts.mean(axis=1) > 8)][:40]
    plan = replace(AS_R, mode=mode)
    judged = judge_series(read_series(chosen), [49, 60], plan)
    for row, series in enumerate(chosen):
        for column, now in enumerate((49, 60)):
            expected, phi, trended = judge_slowly(series, now, plan)
            assert judged.trended[row, column] == trended
            assert judged.expected[row, column] == pytest.approx(expected, rel=1e-4)
            assert judged.dispersion[row, column] == pytest.approx(phi, rel=1e-3)


def test_the_modes_differ_in_their_trends_only(counts):
    ours = judge_series(read_series(counts), MONTHS, replace(AS_R, mode=Mode.TEXTBOOK))
    theirs = judge_series(read_series(counts), MONTHS, AS_R)
    same = ours.trended == theirs.trended
    assert (~same).sum() > 0
    assert (ours.upper == theirs.upper)[same].all()


def test_reference_seasons_by_hand():
    # freq 12, w 1, 5 periods: a window of 3 months, then 9 months in 4 seasons: 3, 2, 2, 2.
    plan = FarringtonPlan(years=1, recent_left_out=2)
    reference = find_reference(13, plan, np.zeros(20, dtype=bool))
    assert reference.months.tolist() == list(range(11))
    assert reference.season.tolist() == [4, 4, 4, 0, 0, 0, 1, 1, 2, 2, 3]


def test_excluded_months_are_not_compared_with(counts):
    changed = counts[:50].copy()
    changed[:, 20:30] = 10_000
    broken = np.zeros(61, dtype=bool)
    broken[20:30] = True
    plain = judge_series(read_series(counts[:50], excluded=broken), [60], AS_R)
    assert plain.possible.all()
    other = judge_series(read_series(changed, excluded=broken), [60], AS_R)
    assert other.expected == pytest.approx(plain.expected)
    gone = np.where(broken, np.nan, changed)
    missing = judge_series(read_series(gone), [60], AS_R)
    assert missing.expected == pytest.approx(plain.expected, rel=1e-6)
    assert missing.upper.tolist() == plain.upper.tolist()


def test_exposure_makes_a_long_month_no_rise(counts):
    plan = replace(AS_R, trend=False)
    base = judge_series(read_series(counts[:20]), [60], plan)
    doubled = np.ones(61)
    doubled[60] = 2.0
    judged = judge_series(read_series(counts[:20], exposure=doubled), [60], plan)
    assert judged.expected == pytest.approx(2 * base.expected)


HALF = np.tile([4.0, 6.0, 5.0], 26)


@pytest.mark.parametrize(
    ("name", "series", "reason"),
    [
        ("zeros", np.zeros(78), Reason.TOO_FEW),
        ("all missing", np.full(78, np.nan), Reason.MISSING_NOW),
        ("missing before", np.append(np.full(77, np.nan), 5.0), Reason.TOO_FEW_MONTHS),
        ("missing now", np.append(HALF[:77], np.nan), Reason.MISSING_NOW),
        ("constant", np.full(78, 7.0), Reason.POSSIBLE),
        ("constant and large", np.full(78, 2.0**40), Reason.POSSIBLE),
        ("large", HALF * 2.0**33, Reason.POSSIBLE),
        ("gap", np.where(np.abs(np.arange(78) - 40) < 6, np.nan, HALF), Reason.POSSIBLE),
        ("one case", np.append(np.zeros(77), 1.0), Reason.TOO_FEW),
        ("explodes", np.append(np.exp(np.arange(77.0) / 3), 1.0).round(), Reason.POSSIBLE),
    ],
)
@pytest.mark.parametrize("bound", list(Bound))
def test_odd_series_have_an_answer(name, series, reason, bound):
    judged = judge_series(read_series(series[None]), [77], FarringtonPlan(bound=bound))
    assert judged.reason[0, 0] == reason
    for array in (judged.expected, judged.lower, judged.upper, judged.score):
        assert np.isfinite(array[0, 0]) == (reason == Reason.POSSIBLE)
    for array in (judged.p_rise, judged.p_fall, judged.dispersion, judged.p):
        assert np.isfinite(array[0, 0]) == (reason == Reason.POSSIBLE)
    if name.startswith("constant"):
        assert judged.lower[0, 0] < series[0] < judged.upper[0, 0]


def test_short_histories_series_breaks_and_rounded_cells_are_told():
    plan = FarringtonPlan()
    assert judge_series(read_series(HALF[None]), [60], plan).reason[0, 0] == Reason.NO_HISTORY
    assert judge_series(read_series(HALF[None, :1]), [0], plan).reason[0, 0] == Reason.NO_HISTORY
    now = np.arange(78) == 77
    broken = judge_series(read_series(HALF[None], excluded=now), [77], plan)
    assert broken.reason[0, 0] == Reason.EXCLUDED_NOW
    rounded = judge_series(read_series([HALF, HALF * 3], noise=4.0), [77], plan)
    assert rounded.reason[:, 0].tolist() == [Reason.TOO_FEW, Reason.POSSIBLE]
    everything = judge_series(read_series(HALF[None], excluded=np.arange(78) < 77), [77], plan)
    assert everything.reason[0, 0] == Reason.TOO_FEW_MONTHS
    nothing = FarringtonPlan(recent_left_out=100)
    assert (
        judge_series(read_series(HALF[None]), [77], nothing).reason[0, 0] == Reason.TOO_FEW_MONTHS
    )


def test_no_series_and_no_times_are_empty_answers():
    assert judge_series(read_series(np.zeros((0, 78))), [77], FarringtonPlan()).p.shape == (0, 1)
    assert judge_series(read_series(HALF[None]), [], FarringtonPlan()).p.shape == (1, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": HALF},
        {"counts": -HALF[None]},
        {"counts": np.full((1, 3), np.inf)},
        {"counts": HALF[None], "exposure": 0.0},
        {"counts": HALF[None], "noise": -1.0},
        {"counts": HALF[None], "nowcast": np.nan},
        {"counts": HALF[None], "excluded": np.zeros(3, dtype=bool)},
        {"counts": HALF[None], "excluded": np.zeros(78)},
    ],
)
def test_wrong_input_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match=r"expected|above 0"):
        read_series(**wrong)


@pytest.mark.parametrize("variance", ["noise", "nowcast"])
def test_bounds_of_r_refuse_what_they_do_not_know(variance):
    series = read_series(HALF[None], **{variance: 4.0})
    with pytest.raises(ValueError, match="expected predictive"):
        judge_series(series, [77], FarringtonPlan(bound=Bound.NB_PLUGIN))


def test_wrong_times_and_plans_are_refused():
    with pytest.raises(ValueError, match="time steps 0 to 77"):
        judge_series(read_series(HALF[None]), [78], FarringtonPlan())
    with pytest.raises(ValueError, match="months before it"):
        find_reference(5, FarringtonPlan(), np.zeros(78, dtype=bool))
    for wrong in ({"periods": 11}, {"alpha": 0.5}, {"years": 0}, {"half_width": 6}, {"trend_p": 0}):
        with pytest.raises(ValueError, match=r"expected|at least|out of bounds"):
            FarringtonPlan(**wrong)

"""The other methods on known answers: event study, PPML, staggered, interrupted, synthetic."""

from pathlib import Path

import numpy as np
import pytest

from regiebeeld.statistics.effects import (
    EffectKind,
    PreTrend,
    Reason,
    compute_event_study,
    compute_interrupted_series,
    compute_synthetic_control,
    make_area_counts,
    make_panel,
)
from regiebeeld.statistics.effects.area_model import compute_area_model, fit_area_model
from regiebeeld.statistics.effects.simplex import solve_simplex
from regiebeeld.statistics.effects.staggered import compute_staggered, compute_staggered_ratio
from regiebeeld.statistics.effects.synthetic import (
    compute_synthetic_ratio,
    fit_mix,
    weigh_traits,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "stats"


def read_sicily() -> tuple[np.ndarray, np.ndarray]:
    table = np.loadtxt(FIXTURES / "sicily_smoking_ban.csv", delimiter=",", skiprows=4)
    return table[:, 0], table[:, 1]


def test_interrupted_series_gives_the_published_answers_of_sicily() -> None:
    # J. Lopez Bernal, S. Cummins, A. Gasparrini, IJE 46 (2017) 348-355: RR 0.894 and, with two
    # harmonics, 0.885 (0.839-0.933); seven digits from their R code.
    counts, people = read_sicily()
    series = make_area_counts(counts, people)
    plain = compute_interrupted_series(series, 36).level
    assert plain.ratio == pytest.approx(0.8943765, abs=5e-8)
    season = compute_interrupted_series(series, 36, periods_per_year=12).level
    assert season.ratio == pytest.approx(0.8850715, abs=1e-7)
    assert (season.lower, season.upper) == pytest.approx((0.839, 0.933), abs=5e-4)
    assert season.kind is EffectKind.DECLINE


def test_interrupted_series_includes_the_slope_and_the_rounding() -> None:
    times = np.arange(40)
    steady = 200 * np.exp(0.01 * times + np.where(times >= 20, -0.3 - 0.02 * (times - 20), 0))
    found = compute_interrupted_series(make_area_counts(steady), 20, with_slope=True)
    assert found.level.ratio == pytest.approx(np.exp(-0.3), rel=1e-6)
    assert found.slope is not None
    assert found.slope.ratio == pytest.approx(np.exp(-0.02), rel=1e-6)
    exact = compute_interrupted_series(make_area_counts(steady), 20).level
    rounded = compute_interrupted_series(make_area_counts(steady, noise=400.0), 20)
    assert rounded.factor >= 2
    assert rounded.level.upper - rounded.level.lower > exact.upper - exact.lower


@pytest.mark.parametrize(
    ("counts", "start", "reason"),
    [
        ([5.0] * 20, 0, Reason.STARTS_BEFORE_DATA),
        ([5.0] * 20, 20, Reason.STARTS_AFTER_DATA),
        ([5.0] * 20, 4, Reason.TOO_FEW_PERIODS),
        ([0.0] * 20, 10, Reason.TOO_FEW_CASES),
        ([5.0] * 10 + [0.0] * 10, 10, Reason.TOO_FEW_CASES),
        ([np.nan] * 20, 10, Reason.ALL_MISSING),
    ],
)
def test_interrupted_series_says_why_not(counts: list[float], start: int, reason: Reason) -> None:
    assert compute_interrupted_series(make_area_counts(counts), start).level.reason is reason


def test_an_interrupted_series_that_sees_nothing_is_open_upwards() -> None:
    few = [0.0] * 8 + [5.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0]
    found = compute_interrupted_series(make_area_counts(few, noise=4.0), 10, periods_per_year=4)
    assert found.level.kind is EffectKind.NO_EFFECT_SEEN
    assert (found.level.lower, found.level.upper) == (0.0, np.inf)


def test_area_model_equals_a_dummy_for_every_area_and_period() -> None:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    rng = np.random.default_rng(3)
    areas, periods = 15, 8
    counts = rng.poisson(20 * np.exp(rng.normal(0, 0.3, (areas, 1))), (areas, periods)) * 1.0
    exposure = rng.uniform(50, 100, (areas, periods))
    under = np.zeros((areas, periods))
    under[:5, 5:] = 1
    ours = fit_area_model(counts, exposure, under[:, :, None])
    assert not isinstance(ours, Reason)
    dummies = [np.kron(np.eye(areas), np.ones((periods, 1))), np.tile(np.eye(periods), (areas, 1))]
    design = np.column_stack([under.ravel(), dummies[0], dummies[1][:, 1:]])
    theirs = GLM(counts.ravel(), design, family=Poisson(), exposure=exposure.ravel()).fit(
        cov_type="cluster",
        cov_kwds={"groups": np.repeat(np.arange(areas), periods), "use_correction": False},
    )
    assert ours.coefficients[0] == pytest.approx(theirs.params[0], abs=1e-9)
    shrunk = np.sqrt(ours.covariance[0, 0] * (areas - 1) / areas)
    assert shrunk == pytest.approx(theirs.bse[0], rel=1e-6)


def test_area_model_refuses_what_it_cannot_tell() -> None:
    few = make_panel(make_area_counts([[5, 5]] * 2), make_area_counts([[5, 5]] * 20), 1)
    assert compute_area_model(few).reason is Reason.TOO_FEW_AREAS
    # All cases of the treated areas before the start: the ratio runs to 0.
    gone = make_panel(make_area_counts([[50, 0]] * 6), make_area_counts([[50, 50]] * 12), 1)
    assert compute_area_model(gone).reason is Reason.NOT_SOLVED


# Group-time effects of mpdta (500 counties: 20, 40 and 131 treated from 2004, 2006 and 2007, 309
# never), printed by R did 2.1, att_gt(yname = "lemp", ..., xformla = ~1), vignette "Getting
# started with the did package". Before the start: the change from the year before.
MPDTA = {
    2004: (20, [-0.0105, -0.0704, -0.1373, -0.1008]),
    2006: (40, [0.0065, -0.0028, -0.0046, -0.0412]),
    2007: (131, [0.0305, -0.0027, -0.0311, -0.0261]),
}


def rebuild_mpdta() -> tuple[np.ndarray, np.ndarray]:
    """A panel whose start-by-year means are those that the printed effects tell."""
    rows, starts = [np.full(5, (i % 5) * 0.1) for i in range(309)], [-1] * 309
    for year, (count, effects) in MPDTA.items():
        course, base = np.zeros(5), 0.0
        for place, effect in enumerate(effects, start=1):
            course[place] = base + effect
            if place < year - 2003:
                base = course[place]
        rows += [course + (i % 7) * 0.1 for i in range(count)]
        starts += [year - 2003] * count
    return np.array(rows), np.array(starts)


def test_staggered_gives_the_published_averages_of_mpdta() -> None:
    # R did on mpdta: simple -0.0399513, dynamic average -0.0772, by start -0.0797 -0.0229
    # -0.0261; TWFE -0.03654894. Ours starts from effects printed with four decimals.
    outcomes, starts = rebuild_mpdta()
    found = compute_staggered(outcomes, starts)
    assert found.simple[0] == pytest.approx(-0.0399513, abs=1e-4)
    assert found.dynamic[0] == pytest.approx(-0.0772, abs=1e-4)
    assert [found.by_start[start][0] for start in (1, 3, 4)] == pytest.approx(
        [-0.0797, -0.0229, -0.0261], abs=1e-4
    )
    under = ((starts[:, None] >= 0) & (np.arange(5) >= starts[:, None])) * 1.0

    def strip(values: np.ndarray) -> np.ndarray:
        return values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()

    twfe = (strip(under) * strip(outcomes)).sum() / (strip(under) ** 2).sum()
    assert twfe == pytest.approx(-0.03654894, abs=1e-4)


def test_staggered_ratio_covers_a_planted_effect_that_grows() -> None:
    covered = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        starts = np.repeat([3, 5], 10)
        since = np.arange(8)[None, :] - starts[:, None]
        # 30 % less in the first year, 50 % from the second: 0.5444 on average over area-periods.
        effect = np.where(since >= 1, 0.5, np.where(since == 0, 0.7, 1.0))
        truth = effect[since >= 0].mean()
        panel = make_panel(
            make_area_counts(rng.poisson(40 * effect)),
            make_area_counts(rng.poisson(40, (30, 8))),
            starts,
        )
        found = compute_staggered_ratio(panel)
        covered += found.lower <= truth <= found.upper
    assert covered >= 8


def test_staggered_refuses_in_words() -> None:
    one = make_panel(make_area_counts([[9] * 4] * 2), make_area_counts([[9] * 4] * 12), [1, 2])
    assert compute_staggered_ratio(one).reason is Reason.TOO_FEW_AREAS
    with pytest.raises(ValueError, match="never treated"):
        compute_staggered([[1, 2], [3, 4]], [1, 1])
    with pytest.raises(ValueError, match="inside"):
        compute_staggered([[1, 2], [3, 4], [5, 6]], [0, -1, 1])
    with pytest.raises(ValueError, match="missing"):
        compute_staggered([[1, np.nan], [3, 4]], [1, -1])


def test_event_study_by_hand_and_pre_trend() -> None:
    treated, control = np.array([100, 110, 90, 100, 50]), np.full(5, 1e6)
    panel = make_panel(make_area_counts(treated), make_area_counts(control), 4)
    study = compute_event_study(panel)
    assert study.since == (-4, -3, -2, -1, 0)
    assert study.ratio == pytest.approx(treated / 100)
    # By hand: chi-square of 100 110 90 100 around 100 is 2.0 with 3 degrees of freedom: 0.5724.
    assert study.joint_p == pytest.approx(0.5724, abs=1e-3)
    assert study.pre_trend is PreTrend.NOT_SEEN
    rising = make_panel(make_area_counts([60, 85, 115, 140, 150]), make_area_counts(control), 4)
    seen = compute_event_study(rising)
    assert seen.pre_trend is PreTrend.SEEN
    assert seen.trend_lower > 1
    short = make_panel(make_area_counts([60, 85, 150]), make_area_counts([9, 9, 9]), 2)
    assert compute_event_study(short).pre_trend is PreTrend.NOT_TESTABLE


def test_event_study_keeps_its_level_without_a_trend() -> None:
    seen = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        course = np.exp(rng.normal(0, 0.1, 8))
        panel = make_panel(
            make_area_counts(rng.poisson(50 * course)),
            make_area_counts(rng.poisson(60 * np.tile(course, (12, 1)))),
            6,
        )
        seen += compute_event_study(panel).pre_trend is PreTrend.SEEN
    # Two tests at 5 % each, which overlap: between 2 and 10 in 100.
    assert 4 <= seen <= 20


def test_simplex_solution_against_a_grid() -> None:
    grid = [np.array([i, j, 40 - i - j]) / 40 for i in range(41) for j in range(41 - i)]
    for seed in range(20):
        rng = np.random.default_rng(seed)
        design, target = rng.normal(size=(4, 3)), rng.normal(size=4)
        weights = solve_simplex(design, target)
        ours = ((design @ weights - target) ** 2).sum()
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1)
        assert ours <= min(((design @ one - target) ** 2).sum() for one in grid) + 1e-12


def test_simplex_with_equal_and_single_columns() -> None:
    assert solve_simplex(np.ones((3, 1)), np.zeros(3)).tolist() == [1]
    same = solve_simplex(np.ones((3, 4)), np.ones(3))
    assert same.sum() == pytest.approx(1)
    twins = np.array([[1.0, 1.0, 3.0], [2.0, 2.0, 0.0]])
    assert twins @ solve_simplex(twins, np.array([2.0, 1.0])) == pytest.approx([2, 1])


def test_synthetic_control_finds_a_mix_and_ranks_placebos() -> None:
    rng = np.random.default_rng(1)
    donors = 10 + rng.normal(0, 1, (24, 12)).cumsum(axis=1) * 0.3
    own = 0.3 * donors[4] + 0.7 * donors[9]
    own[8:] *= 0.6
    found = compute_synthetic_control(own, donors, 8)
    assert found.estimate.ratio == pytest.approx(0.6, abs=0.01)
    assert found.estimate.p == pytest.approx(1 / 25)  # never below 1 / (donors + 1)
    assert found.estimate.kind is EffectKind.DECLINE
    few = compute_synthetic_control(own, donors[:10], 8)
    assert few.estimate.p >= 1 / 11
    assert few.estimate.kind is not EffectKind.DECLINE


def test_synthetic_control_says_why_not() -> None:
    donors = np.ones((8, 10))
    cases = [
        (compute_synthetic_control(np.ones(10), donors[:3], 6), Reason.TOO_FEW_AREAS),
        (compute_synthetic_control(np.ones(10), donors[:0], 6), Reason.NO_CONTROLS),
        (compute_synthetic_control(np.ones(10), donors, 3), Reason.TOO_FEW_PERIODS),
        (compute_synthetic_control(np.ones(10), donors, 0), Reason.STARTS_BEFORE_DATA),
        (compute_synthetic_control(np.ones(10), donors, 10), Reason.STARTS_AFTER_DATA),
        (compute_synthetic_control(np.zeros(10), donors, 6), Reason.TOO_FEW_CASES),
        (compute_synthetic_control(np.full(10, 9.0), donors, 6), Reason.NO_CLOSE_FIT),
    ]
    for found, reason in cases:
        assert found.estimate.reason is reason
    panel = make_panel(make_area_counts([[1, 2], [1, 2]]), make_area_counts([[1, 2]] * 9), [0, 1])
    assert compute_synthetic_ratio(panel).estimate.reason is Reason.STARTS_DIFFER
    with pytest.raises(ValueError, match="missing"):
        fit_mix([1, np.nan], donors[:, :2])


# Gross domestic product a head, 1960-1969, of the Basque Country, Cataluna and Madrid (data set
# "basque" of R Synth; A. Abadie and J. Gardeazabal, American Economic Review 93 (2003) 113-132).
BASQUE = [4.285918, 4.574336, 4.898957, 5.197015, 5.338903, 5.465153, 5.545916, 5.614896]
BASQUE += [5.852185, 6.081405]
CATALUNA = [4.241788, 4.575335, 4.838046, 5.081334, 5.158098, 5.223651, 5.332477, 5.429449]
CATALUNA += [5.674379, 5.915524]
MADRID = [5.161097, 5.632605, 5.840831, 6.024493, 6.099329, 6.152028, 6.110469, 6.057341]
MADRID += [6.253142, 6.435590]


def test_loss_of_the_published_basque_mix() -> None:
    # R Synth: weights 0.851 and 0.149, MSPE (loss V) 0.008864606. Its weights fit traits, so the
    # mix of these two that fits the outcome itself can only be closer.
    donors = np.array([CATALUNA, MADRID])
    published = ((np.array(BASQUE) - np.array([0.851, 0.149]) @ donors) ** 2).mean()
    assert published == pytest.approx(0.008864606, rel=2e-4)
    mix = fit_mix(BASQUE, donors)
    assert mix.loss <= 0.008864606
    steps = np.linspace(0, 1, 10_001)
    slow = ((np.array(BASQUE) - np.outer(steps, CATALUNA) - np.outer(1 - steps, MADRID)) ** 2).mean(
        axis=1
    )
    assert mix.weights[0] == pytest.approx(steps[slow.argmin()], abs=1e-4)


def test_importance_of_traits_is_searched_from_several_starts() -> None:
    rng = np.random.default_rng(6)
    donors, traits = rng.normal(10, 2, (6, 5)), rng.normal(size=(6, 3))
    own, trait = donors[:3].mean(axis=0) + 0.2, traits.max(axis=0) + 0.3  # outside the donors
    found = fit_mix(own, donors, treated_traits=trait, donor_traits=traits)
    assert found.importance is not None
    assert found.importance.sum() == pytest.approx(1)
    assert len(found.starts) >= 5
    assert found.loss == pytest.approx(found.starts[0])
    # Every importance on a grid, the slow way.
    spread = np.concatenate([traits, trait[None, :]]).std(axis=0, ddof=1)
    best = np.inf
    for i in range(1, 20):  # a trait of no importance at all leaves the weights undecided
        for j in range(1, 20 - i):
            shares = np.array([i, j, 20 - i - j]) / 20
            weights = weigh_traits(trait / spread, traits / spread, shares)
            best = min(best, float(((own - weights @ donors) ** 2).mean()))
    assert found.loss <= best + 1e-9

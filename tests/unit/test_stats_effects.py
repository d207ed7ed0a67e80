"""Effect of an intervention: power, difference-in-differences and the one verdict."""

import subprocess
import sys
from fractions import Fraction
from math import comb, inf, isnan

import numpy as np
import pytest

from regiebeeld.statistics.effects import (
    Caution,
    EffectKind,
    EffectPanel,
    Reason,
    compute_effect_verdict,
    compute_smallest_visible,
    make_area_counts,
    make_panel,
    pool_areas,
    pool_panels,
)
from regiebeeld.statistics.effects.differences import compute_differences
from regiebeeld.statistics.effects.expectations import Dispersion, compute_dispersion
from regiebeeld.statistics.effects.ratios import (
    compute_exact_ratio_interval,
    compute_ratio_interval,
)


def round_to_five(rng: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    """Unbiased random rounding: the remainder r goes up with chance r / 5."""
    rest = counts % 5
    return counts - rest + 5 * (rng.random(counts.shape) * 5 < rest)


def draw_panel(
    seed: int, *, effect: float = 0.6, level: float = 90, rounded: bool = False, areas: int = 12
) -> EffectPanel:
    """One treated cell and its controls over 5 years before and 2 after, one common course."""
    rng = np.random.default_rng(seed)
    course = np.exp(rng.normal(0, 0.1, 7))
    treated = rng.poisson(level * course * np.where(np.arange(7) >= 5, effect, 1.0))
    controls = rng.poisson(60 * np.tile(course, (areas, 1)))
    if rounded:
        treated, controls = round_to_five(rng, treated), round_to_five(rng, controls)
    noise = 4.0 if rounded else 0.0
    return make_panel(
        make_area_counts(treated, noise=noise), make_area_counts(controls, noise=noise), 5
    )


@pytest.mark.parametrize("rounded", [False, True])
def test_a_planted_decline_of_40_percent_is_covered_and_seen(rounded: bool) -> None:
    found = [compute_differences(draw_panel(seed, rounded=rounded)) for seed in range(100)]
    covered = sum(one.estimate.lower <= 0.6 <= one.estimate.upper for one in found)
    seen = sum(one.estimate.kind is EffectKind.DECLINE for one in found)
    assert covered >= 90
    assert seen >= 80


@pytest.mark.parametrize("rounded", [False, True])
def test_a_useless_measure_gives_no_effect_seen(rounded: bool) -> None:
    panels = [draw_panel(seed, effect=1.0, rounded=rounded) for seed in range(60)]
    kinds = [compute_effect_verdict(panel).kind for panel in panels]
    assert sum(kind is EffectKind.NO_EFFECT_SEEN for kind in kinds) >= 52


def test_a_baseline_of_20_is_too_few_whatever_happened() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        treated = [20, rng.poisson(20 * 0.6)]
        panel = make_panel(make_area_counts(treated), make_area_counts([[400, 400]] * 8), 1)
        verdict = compute_effect_verdict(panel)
        assert verdict.kind is EffectKind.TOO_FEW
        assert verdict.reason is Reason.TOO_FEW_CASES
    # From 20 about 15 must be prevented before even weak evidence appears (domain.md).
    assert verdict.smallest_visible is not None
    assert verdict.smallest_visible >= 0.75


def test_the_power_formula_agrees_with_simulation() -> None:
    rng = np.random.default_rng(5)
    for before, after, factor, noise in [(300, 120, 1.0, 0.0), (300, 120, 2.0, 8.0)]:
        # Controls are known so well that only the treated counts vary.
        spread = Dispersion(factor, 0)
        variance = (factor * before + noise) / before**2
        visible = compute_smallest_visible(
            after, log_variance=variance, noise=noise, dispersion=spread
        )
        assert visible is not None
        draws = 4000
        earlier = _draw(rng, np.full(draws, float(before)), factor, noise)
        later = _draw(rng, np.full(draws, after * (1 - visible)), factor, noise)
        seen = 0
        for first, second in zip(earlier, later, strict=True):
            expected = first * after / before
            margin = (factor * first + noise) / first**2
            upper = compute_ratio_interval(
                max(second, 0.0), expected, log_variance=margin, noise=noise, dispersion=spread
            )[1]
            seen += upper < 1
        assert seen / draws == pytest.approx(0.80, abs=0.04)


def _draw(rng: np.random.Generator, mean: np.ndarray, factor: float, noise: float) -> np.ndarray:
    counts = rng.poisson(mean / factor) * factor if factor > 1 else rng.poisson(mean)
    return counts + rng.normal(0, np.sqrt(noise), mean.size)


def test_power_grows_with_counts_and_shrinks_with_spread_and_rounding() -> None:
    few = compute_smallest_visible(50, log_variance=0.02)
    many = compute_smallest_visible(500, log_variance=0.002)
    spread = compute_smallest_visible(500, log_variance=0.002, dispersion=Dispersion(3.0, 0))
    rounded = compute_smallest_visible(500, log_variance=0.002, noise=80.0)
    assert many is not None
    assert few is not None
    assert spread is not None
    assert rounded is not None
    assert many < rounded < few
    assert many < spread
    assert compute_smallest_visible(3, log_variance=0.3) is None
    with pytest.raises(ValueError, match="expected a count > 0"):
        compute_smallest_visible(0, log_variance=0.1)


def sum_tail(table: tuple[int, int, int, int], odds: float, kept: range) -> float:
    """Chance that the treated count after lies in `kept`, by whole-number sums."""
    before, after, control_before, control_after = table
    own, other, later = before + after, control_before + control_after, after + control_after
    mass = {
        k: comb(own, k) * comb(other, later - k) * Fraction(odds) ** k
        for k in range(max(0, later - other), min(own, later) + 1)
    }
    return float(sum(value for k, value in mass.items() if k in kept) / sum(mass.values()))


@pytest.mark.parametrize(
    ("table", "theirs"),
    [((1, 3, 3, 1), (0.2117329, 621.9337505)), ((100, 60, 400, 500), (0.3335288, 0.6872621))],
)
def test_exact_interval_is_fishers(
    table: tuple[int, int, int, int], theirs: tuple[float, float]
) -> None:
    # R 4.2.2, stats::fisher.test: interval of the odds ratio. R solves its limits loosely (at
    # 621.93 the tail is 0.02517 instead of 0.025), so the tails are summed here too.
    lower, upper, _ = compute_exact_ratio_interval(table[:2], table[2:])
    assert (lower, upper) == pytest.approx(theirs, rel=0.01)
    assert sum_tail(table, upper, range(table[1] + 1)) == pytest.approx(0.025)
    assert sum_tail(table, lower, range(table[1], 10_000)) == pytest.approx(0.025)


def test_exact_p_is_twice_the_smaller_tail() -> None:
    # One-sided p of the tea table is 17 / 70 by counting.
    assert compute_exact_ratio_interval((1, 3), (3, 1))[2] == pytest.approx(34 / 70)


def test_exact_interval_with_empty_sides() -> None:
    assert compute_exact_ratio_interval((5, 0), (20, 20))[0] == 0
    assert compute_exact_ratio_interval((0, 5), (20, 20))[1] == inf
    assert compute_exact_ratio_interval((0, 0), (20, 20)) == (0.0, inf, 1.0)
    with pytest.raises(ValueError, match="counts"):
        compute_exact_ratio_interval((-1, 3), (3, 1))


def test_the_ratio_is_the_ratio_of_ratios() -> None:
    # By hand: treated 100 -> 60, controls 400 -> 500: 0.6 / 1.25 = 0.48.
    panel = make_panel(make_area_counts([100, 60]), make_area_counts([[250, 300], [150, 200]]), 1)
    found = compute_differences(panel)
    assert found.estimate.ratio == pytest.approx(0.48)
    assert found.expected == pytest.approx(125)
    # Delta method by hand: the score limits lie near exp(log ratio -+ 1.96 se).
    error = np.sqrt(1 / 100 + 1 / 60 + 1 / 400 + 1 / 500)
    assert found.estimate.lower == pytest.approx(0.48 * np.exp(-1.96 * error), rel=0.05)
    assert found.estimate.upper == pytest.approx(0.48 * np.exp(1.96 * error), rel=0.05)


def test_exposure_counts() -> None:
    # Twice the dwellings after the start: 100 -> 120 is a decline to 0.6 of what is expected.
    panel = make_panel(
        make_area_counts([100, 120], [1000, 2000]), make_area_counts([[500, 500]] * 3), 1
    )
    assert compute_differences(panel).estimate.ratio == pytest.approx(0.6)


def test_expected_variance_is_the_delta_method() -> None:
    """Margins of staggered starts against an obvious slow version: numerical derivatives."""
    from regiebeeld.statistics.effects.expectations import (
        compute_contrast,
        compute_course,
        compute_expected_variance,
    )

    rng = np.random.default_rng(2)
    treated, controls = rng.poisson(30, (3, 6)) * 1.0, rng.poisson(50, (4, 6)) * 1.0
    sizes = rng.uniform(1, 3, (3, 6))

    def log_expected(own: np.ndarray, others: np.ndarray) -> float:
        rate = others.sum(axis=0) / 4
        total = 0.0
        for row, start in enumerate([2, 3, 4]):
            load = rate * sizes[row]
            total += own[row, :start].sum() * load[start:].sum() / load[:start].sum()
        return float(np.log(total))

    variance = 0.0
    for array, which in ((treated, 0), (controls, 1)):
        for place in np.ndindex(array.shape):
            moved = [treated.copy(), controls.copy()]
            moved[which][place] += 1e-4
            slope = (log_expected(*moved) - log_expected(treated, controls)) / 1e-4
            variance += slope**2 * (1.5 * array[place] + 4)
    panel = make_panel(
        make_area_counts(treated, sizes, noise=4),
        make_area_counts(controls, noise=4),
        np.array([2, 3, 4]),
    )
    course = compute_course(panel)
    assert not isinstance(course, Reason)
    contrast = compute_contrast(panel, course, chosen=panel.after)
    assert not isinstance(contrast, Reason)
    ours = compute_expected_variance(panel, course, contrast, factor=1.5)
    assert ours == pytest.approx(variance, rel=1e-3)


def test_dispersion_is_pearsons_and_takes_rounding_off() -> None:
    rng = np.random.default_rng(8)
    means = [[], []]
    for _ in range(300):
        counts = rng.negative_binomial(30, 1 / 3, (12, 4))  # mean 60, variance three times that
        rounded = round_to_five(rng, counts)
        for place, (values, noise) in enumerate(((counts, 0.0), (rounded, 4.0))):
            panel = make_panel(make_area_counts([50] * 4), make_area_counts(values, noise=noise), 2)
            means[place].append(compute_dispersion(panel).factor)
    assert np.mean(means[0]) == pytest.approx(3.0, abs=0.25)
    assert np.mean(means[1]) == pytest.approx(3.0, abs=0.25)


def test_drift_within_areas_is_in_the_margin() -> None:
    covered = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        drift = np.exp(rng.normal(0, 0.12, (13, 7)).cumsum(axis=1))
        counts = rng.poisson(100 * drift)
        panel = make_panel(make_area_counts(counts[:1]), make_area_counts(counts[1:]), 5)
        estimate = compute_differences(panel).estimate
        covered += estimate.lower <= 1 <= estimate.upper
    assert covered >= 54


def test_a_started_period_given_as_missing_is_left_out() -> None:
    begun = make_panel(make_area_counts([100, np.nan, 60]), make_area_counts([[400, 9, 500]]), 1)
    assert compute_differences(begun).estimate.ratio == pytest.approx(0.48)


def test_heavy_libraries_wait_until_they_are_needed() -> None:
    words = "import sys, regiebeeld.statistics.effects; "
    words += "print({'pandas', 'statsmodels', 'diff_diff'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_staggered_interventions_are_pooled() -> None:
    rng = np.random.default_rng(4)
    controls = make_area_counts(rng.poisson(200, (12, 8)))
    panels = []
    for start in (3, 4, 5):
        mean = 40 * np.where(np.arange(8) >= start, 0.6, 1.0)
        panels.append(make_panel(make_area_counts(rng.poisson(mean)), controls, start))
    pooled = pool_panels(panels)
    assert pooled.staggered
    alone, together = compute_effect_verdict(panels[0]), compute_effect_verdict(pooled)
    assert together.kind is EffectKind.DECLINE
    assert together.lower <= 0.6 <= together.upper
    assert alone.smallest_visible is not None
    assert together.smallest_visible is not None
    assert together.smallest_visible < alone.smallest_visible
    with pytest.raises(ValueError, match="differ"):
        pool_panels([panels[0], draw_panel(1)])
    with pytest.raises(ValueError, match="at least one"):
        pool_panels([])


def test_pooling_areas_adds_counts_exposure_and_noise() -> None:
    pooled = pool_areas(make_area_counts([[1, 2], [3, np.nan]], [[10, 10], [20, 20]], noise=4))
    assert pooled.counts[0, 0] == 4
    assert isnan(pooled.counts[0, 1])
    assert pooled.exposure.tolist() == [[30, 30]]
    assert pooled.noise.tolist() == [[8, 8]]


@pytest.mark.parametrize(
    ("treated", "controls", "start", "reason"),
    [
        ([[5, 5, 5]], [[9, 9, 9]], 0, Reason.STARTS_BEFORE_DATA),
        ([[5, 5, 5]], [[9, 9, 9]], -3, Reason.STARTS_BEFORE_DATA),
        ([[5, 5, 5]], [[9, 9, 9]], 3, Reason.STARTS_AFTER_DATA),
        ([[5]], [[9]], 1, Reason.STARTS_AFTER_DATA),
        (np.zeros((0, 3)), [[9, 9, 9]], 1, Reason.NO_TREATED),
        ([[5, 5, 5]], np.zeros((0, 3)), 1, Reason.NO_CONTROLS),
        ([[5, 5, 5]], [[0, 0, 0]], 1, Reason.CONTROLS_EMPTY),
        ([[np.nan] * 3], [[9, 9, 9]], 1, Reason.ALL_MISSING),
        ([[5, 5, 5]], [[np.nan] * 3], 1, Reason.ALL_MISSING),
        ([[0, 0, 0]], [[9, 9, 9]], 1, Reason.TOO_FEW_CASES),
        ([[5, np.nan, np.nan]], [[9, 9, 9]], 1, Reason.TOO_FEW_PERIODS),
    ],
)
def test_what_cannot_be_evaluated_says_why(
    treated: object, controls: object, start: int, reason: Reason
) -> None:
    starts = np.full(max(1, len(np.asarray(treated))), start)
    panel = make_panel(
        make_area_counts(np.asarray(treated)),
        make_area_counts(np.asarray(controls)),
        starts if len(np.asarray(treated)) else np.zeros(0, dtype=int),
    )
    verdict = compute_effect_verdict(panel)
    assert verdict.reason is reason
    few = reason is Reason.TOO_FEW_CASES
    assert verdict.kind is (EffectKind.TOO_FEW if few else EffectKind.NOT_POSSIBLE)
    assert verdict.smallest_visible is None


def test_a_gap_in_the_middle_is_left_out() -> None:
    whole = make_panel(make_area_counts([100, 60]), make_area_counts([[400, 500]]), 1)
    gap = make_panel(make_area_counts([100, np.nan, 60]), make_area_counts([[400, 70, 500]]), 2)
    assert compute_differences(gap).estimate.ratio == pytest.approx(
        compute_differences(whole).estimate.ratio
    )
    hole = make_panel(make_area_counts([100, 30, 60]), make_area_counts([[400, np.nan, 500]]), 2)
    assert compute_differences(hole).estimate.ratio == pytest.approx(0.48)


def test_huge_and_constant_counts_are_answered() -> None:
    huge = make_panel(make_area_counts([3e9, 3e9, 2e9]), make_area_counts([[4e9] * 3] * 7), 2)
    assert compute_effect_verdict(huge).kind is EffectKind.DECLINE
    same = make_panel(make_area_counts([100] * 8), make_area_counts([[100] * 8] * 7), 4)
    assert compute_effect_verdict(same).kind is EffectKind.NO_EFFECT_SEEN
    gone = make_panel(make_area_counts([200, 200, 0, 0]), make_area_counts([[200] * 4] * 7), 2)
    verdict = compute_effect_verdict(gone)
    assert verdict.kind is EffectKind.DECLINE
    assert verdict.ratio == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: make_area_counts([[-1, 2]]), "negative"),
        (lambda: make_area_counts([[inf, 2]]), "infinite"),
        (lambda: make_area_counts([1, 2], [0, 1]), "exposure"),
        (lambda: make_area_counts([1, 2], noise=-1), "noise"),
        (lambda: make_area_counts(np.zeros((2, 2, 2))), "dimensions"),
        (lambda: make_panel(make_area_counts([1, 2]), make_area_counts([1, 2, 3]), 1), "periods"),
        (lambda: make_panel(make_area_counts([1, 2]), make_area_counts([1, 2]), [1, 1]), "starts"),
        (lambda: make_panel(make_area_counts([1, 2]), make_area_counts([1, 2]), 1.5), "starts"),
    ],
)
def test_bad_input_is_refused_in_words(make: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()  # type: ignore[operator]


def test_the_verdict_tells_cautions_and_agreement() -> None:
    panel = draw_panel(3, level=150)
    verdict = compute_effect_verdict(panel)
    assert verdict.kind is EffectKind.DECLINE
    assert 1 <= verdict.agreeing <= verdict.compared
    assert Caution.FEW_CONTROLS not in verdict.cautions
    single = make_panel(make_area_counts([150, 150, 90]), make_area_counts([900, 900, 900]), 2)
    few = compute_effect_verdict(single).cautions
    assert {Caution.FEW_CONTROLS, Caution.PRE_TREND_NOT_TESTABLE, Caution.PEAK_NOT_KNOWN} <= set(
        few
    )


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (240, EffectKind.RISE),  # ln 1.5 is 5.6 standard errors
        (190, EffectKind.NO_EFFECT_SEEN),  # 2.3 standard errors: a chance of 0.02
        (105, EffectKind.DECLINE),
    ],
)
def test_that_a_measure_does_harm_takes_more_than_one_chance_in_forty(
    after: int, kind: EffectKind
) -> None:
    """Two years of 160 before and two after, beside areas that stay as they were."""
    panel = make_panel(
        make_area_counts(np.array([[160.0, 160.0, float(after), float(after)]])),
        make_area_counts(np.full((4, 4), 4000.0)),
        [2],
    )

    assert compute_effect_verdict(panel).kind is kind

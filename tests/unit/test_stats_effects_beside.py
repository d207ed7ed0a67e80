"""What stands beside an effect: displacement, regression to the mean, share of attempts."""

from math import isnan

import numpy as np
import pytest

from regiebeeld.statistics.effects import (
    AttemptCounts,
    Caution,
    Change,
    EffectKind,
    Reason,
    ShareReading,
    compute_effect_verdict,
    compute_peak_warning,
    compute_share_change,
    compute_weighted_displacement,
    make_area_counts,
    make_panel,
)
from regiebeeld.statistics.effects.displacement import (
    compute_displacement,
    compute_ring_differences,
)


def test_weighted_displacement_difference_is_the_authors() -> None:
    # R ptools (A. Wheeler), README: wdd(c(20,20), c(20,10)): -10 (8.4), 90 % -23.8 to 3.8.
    found = compute_weighted_displacement(Change(20, 10), Change(20, 20))
    assert found.total == -10
    assert found.total_error == pytest.approx(np.sqrt(70))
    half = 1.6448536 * found.total_error
    assert (found.total - half, found.total + half) == pytest.approx((-23.8, 3.8), abs=0.05)
    assert found.upper == pytest.approx(-10 + 1.959964 * np.sqrt(70))


def test_weighted_displacement_with_ring_by_hand() -> None:
    # Treated -40, controls -5; ring +12, its controls -3: local -35, ring +15, total -20.
    found = compute_weighted_displacement(
        Change(100, 60), Change(80, 75), ring=(Change(50, 62), Change(40, 37))
    )
    assert (found.local, found.ring, found.total) == (-35, 15, -20)
    assert found.local_error == pytest.approx(np.sqrt(315))
    assert found.ring_error == pytest.approx(np.sqrt(189))
    assert found.total_error == pytest.approx(np.sqrt(504))
    assert found.kind is EffectKind.NO_EFFECT_SEEN
    assert compute_weighted_displacement(Change(200, 60), Change(80, 75)).kind is EffectKind.DECLINE


def test_weights_periods_dispersion_and_rounding_by_hand() -> None:
    # Half as long after: 100 before counts for 50. Controls at weight 2: 2 * (30 - 0.5 * 60) = 0.
    found = compute_weighted_displacement(
        Change(100, 40, 8, 4), Change(60, 30, weight=2), period_ratio=0.5, factor=1.5
    )
    assert found.total == -10
    treated = 1.5 * 40 + 4 + 0.25 * (1.5 * 100 + 8)
    control = 4 * (1.5 * 30 + 0.25 * 1.5 * 60)
    assert found.total_error == pytest.approx(np.sqrt(treated + control))
    with pytest.raises(ValueError, match="counts"):
        compute_weighted_displacement(Change(-1, 4), Change(1, 1))
    with pytest.raises(ValueError, match="period ratio"):
        compute_weighted_displacement(Change(1, 4), Change(1, 1), period_ratio=0)


def test_displacement_of_a_panel_counts_shared_controls_once() -> None:
    panel = make_panel(
        make_area_counts([100, 60], 10),
        make_area_counts([200, 210], 20),
        1,
        ring=make_area_counts([50, 70], 5),
    )
    found = compute_displacement(panel)
    # Weights 1/2 and 1/4: local -40 - 5, ring +20 - 2.5; controls weigh 3/4 together.
    assert (found.local, found.ring, found.total) == pytest.approx((-45, 17.5, -27.5))
    assert found.total_error == pytest.approx(np.sqrt(160 + 120 + 0.75**2 * 410))


def test_displacement_says_why_not() -> None:
    plain = make_panel(make_area_counts([100, 60]), make_area_counts([200, 210]), 1)
    assert compute_displacement(plain).reason is Reason.NO_RING
    assert compute_ring_differences(plain) is None
    ring = make_area_counts([[5, 5, 5]] * 3)
    apart = make_panel(
        make_area_counts([[9, 9, 9]] * 2), make_area_counts([[9, 9, 9]]), [1, 2], ring=ring
    )
    assert compute_displacement(apart).reason is Reason.STARTS_DIFFER
    assert compute_ring_differences(apart) is None
    alone = make_panel(
        make_area_counts([5, 5, 5]), make_area_counts(np.zeros((0, 3))), 1, ring=ring
    )
    assert compute_displacement(alone).reason is Reason.NO_CONTROLS
    gap = make_panel(
        make_area_counts([5, np.nan]), make_area_counts([9, 9]), 1, ring=make_area_counts([9, 9])
    )
    assert compute_displacement(gap).reason is Reason.TOO_FEW_PERIODS


def test_a_ring_that_rises_is_told_and_never_a_control() -> None:
    rng = np.random.default_rng(2)
    controls = make_area_counts(rng.poisson(100, (12, 6)))
    treated = make_area_counts(rng.poisson([200, 200, 200, 200, 110, 110]))
    ring = make_area_counts(rng.poisson([200, 200, 200, 200, 300, 300]))
    with_ring = compute_effect_verdict(make_panel(treated, controls, 4, ring=ring))
    without = compute_effect_verdict(make_panel(treated, controls, 4))
    assert Caution.RING_RISES in with_ring.cautions
    assert with_ring.ring is not None
    assert with_ring.ring.kind is EffectKind.RISE
    assert with_ring.ratio == without.ratio
    assert with_ring.displacement is not None
    assert with_ring.displacement.ring > 0 > with_ring.displacement.local


def test_a_start_at_a_peak_is_warned_of() -> None:
    flat = make_area_counts([[500] * 6] * 8)
    peak = compute_peak_warning(make_panel(make_area_counts([40, 42, 38, 40, 70, 45]), flat, 5))
    assert peak.at_peak
    assert (peak.last, peak.usual) == pytest.approx((70, 40))
    # By hand: earlier years vary less than chance, so all of 30 of 70 is expected to fall back.
    assert peak.expected_fall == pytest.approx(30 / 70)
    calm = compute_peak_warning(make_panel(make_area_counts([40, 42, 38, 40, 41, 45]), flat, 5))
    assert calm.known
    assert not calm.at_peak
    # A rise that the controls share is no peak.
    shared = make_area_counts([[400, 420, 380, 400, 700, 450]] * 8)
    course = compute_peak_warning(make_panel(make_area_counts([40, 42, 38, 40, 70, 45]), shared, 5))
    assert not course.at_peak
    # Nor is 70 after rounding noise as large as the difference.
    noisy = make_panel(make_area_counts([40, 42, 38, 40, 70, 45], noise=900.0), flat, 5)
    assert not compute_peak_warning(noisy).at_peak


def test_expected_fall_shrinks_by_the_part_that_is_chance() -> None:
    # Earlier years differ by far more than chance: most of the height is real and stays.
    earlier = [200, 40, 160, 40, 160]
    panel = make_panel(make_area_counts([*earlier, 300, 200]), make_area_counts([[500] * 7] * 8), 6)
    found = compute_peak_warning(panel)
    usual, spread = 120.0, np.var(earlier, ddof=1)
    kept = (spread - usual) / spread
    assert found.expected_fall == pytest.approx((1 - kept) * (300 - usual) / 300)


def test_peak_needs_a_history() -> None:
    flat = make_area_counts([[500] * 4])
    for counts, start in (([40, 42, 38, 40], 2), ([0, 0, 0, 0], 3), ([np.nan] * 4, 3)):
        found = compute_peak_warning(make_panel(make_area_counts(counts), flat, start))
        assert not found.at_peak
        assert not found.known or not isnan(found.usual)
    years = make_panel(
        make_area_counts([5] * 36 + [9] * 12 + [5] * 12),
        make_area_counts([[50] * 60] * 8),
        48,
        periods_per_year=12,
    )
    assert compute_peak_warning(years).last == 108


def test_share_of_attempts_is_newcombes() -> None:
    # R. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10, example (a):
    # 56/70 - 48/80: 0.0524 to 0.3339.
    found = compute_share_change(AttemptCounts(48, 32), AttemptCounts(56, 14))
    assert found.difference == pytest.approx(0.2)
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    assert found.reading is ShareReading.MORE_RECORDED


def test_share_is_read_with_completed_and_controls() -> None:
    before, after = AttemptCounts(48, 32), AttemptCounts(56, 14)
    down = compute_share_change(before, after, completed=EffectKind.DECLINE)
    assert down.reading is ShareReading.MORE_FAIL
    back = compute_share_change(after, before)
    assert back.reading is ShareReading.FEWER_FAIL
    same = compute_share_change(before, after, controls=(before, after))
    assert same.difference == pytest.approx(0)
    assert same.reading is ShareReading.NO_CHANGE_SEEN
    rounded = compute_share_change(
        AttemptCounts(48, 32, noise=40.0), AttemptCounts(56, 14, noise=40.0)
    )
    assert rounded.upper - rounded.lower > down.upper - down.lower
    few = compute_share_change(AttemptCounts(2, 3), after)
    assert few.reading is ShareReading.TOO_FEW
    assert isnan(few.difference)
    all_attempts = compute_share_change(AttemptCounts(20, 0, noise=4.0), AttemptCounts(0, 20))
    assert -1 <= all_attempts.lower <= all_attempts.upper <= 0
    with pytest.raises(ValueError, match="counts"):
        compute_share_change(AttemptCounts(-1, 20), after)

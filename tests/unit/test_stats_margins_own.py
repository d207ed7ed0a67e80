"""How much one gemeente varies by itself: no wave is called a change, and no change a wave."""

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

from regiebeeld.statistics.comparisons import compare_counts
from regiebeeld.statistics.margins import compute_pearson, estimate_dispersion, shrink_dispersions
from regiebeeld.statistics.margins.own import estimate_usual

YEARS, MEAN = 8, 20.0
Floats = NDArray[np.float64]


def draw(generator: np.random.Generator, wide: float, size: tuple[int, ...], mean: float) -> Floats:
    """Draw counts with variance wide x mean."""
    if wide == 1:
        return generator.poisson(mean, size).astype(float)
    return generator.negative_binomial(mean / (wide - 1), 1 / wide, size).astype(float)


def false_changes(truth: list[float], *, own: bool) -> Floats:
    """Give for each gemeente how often two years that are alike are called different."""
    generator = np.random.default_rng(11)
    rounds, pairs = 60, 25
    wrong = np.zeros(len(truth))
    for _ in range(rounds):
        make = partial(draw, generator)
        history = np.stack([make(wide, (YEARS, 12), MEAN) for wide in truth])
        value, freedom = compute_pearson(history)
        level = np.average(np.maximum(value, 1.0), weights=freedom)
        used = shrink_dispersions(value, freedom) if own else np.full(len(truth), level)
        for i, wide in enumerate(truth):
            for one, two in make(wide, (pairs, 2), MEAN * 12).astype(int):
                wrong[i] += compare_counts(int(one), int(two), dispersion=used[i]).p < 0.05
    return wrong / (rounds * pairs)


NOISY = [4.0] + [1.0] * 7
CALM = [1.0] + [3.0] * 7


def test_a_noisy_gemeente_in_a_calm_level_is_not_called_changed_too_easily() -> None:
    of_level, of_own = (false_changes(NOISY, own=own) for own in (False, True))

    assert of_level[0] > 0.15
    # 1,500 pairs: a true 5 % lies below 6.5 % in all but 1 of 100 runs; what is drawn towards
    # the level costs a little.
    assert of_own[0] < 0.08
    assert of_own[1:].mean() < 0.055


def test_a_calm_gemeente_in_a_noisy_level_is_not_kept_silent() -> None:
    of_level, of_own = (false_changes(CALM, own=own) for own in (False, True))

    assert of_level[0] < 0.005
    assert of_own[0] > 3 * of_level[0]
    assert of_own.max() < 0.065


def test_where_areas_differ_no_more_than_chance_all_get_one_value() -> None:
    generator = np.random.default_rng(5)
    freedom = np.full(300, 60.0)
    value = 2.0 * generator.chisquare(60.0, 300) / 60.0

    drawn = shrink_dispersions(value, freedom)

    assert drawn.std() < 0.25 * value.std()
    assert drawn.mean() == pytest.approx(2.0, rel=0.03)


def test_what_areas_have_in_common_is_found_back() -> None:
    """Truths from scaled inverse chi-square with 12 degrees of freedom around 1.5."""
    generator = np.random.default_rng(7)
    truth = 1.5 * 12.0 / generator.chisquare(12.0, 4000)
    value = truth * generator.chisquare(40.0, 4000) / 40.0

    usual = estimate_usual(value, np.full(4000, 40.0))

    assert usual.value == pytest.approx(1.5, rel=0.03)
    assert usual.freedom == pytest.approx(12.0, rel=0.15)


def test_the_moments_are_those_of_smyth_by_hand() -> None:
    value, freedom = np.array([1.0, 2.0, 4.0, 1.5]), np.full(4, 10.0)
    usual = estimate_usual(value, freedom)

    # The equations of section 6.2, solved for d0 and s0: put back they must hold.
    logs = np.log(value) - digamma(5) + np.log(5)
    beyond = logs.var(ddof=1) - polygamma(1, 5.0)
    assert polygamma(1, usual.freedom / 2) == pytest.approx(beyond, rel=1e-6)
    half = usual.freedom / 2
    assert np.log(usual.value) == pytest.approx(logs.mean() + digamma(half) - np.log(half))
    expected = (usual.freedom * usual.value + 10 * value) / (usual.freedom + 10)
    assert shrink_dispersions(value, freedom) == pytest.approx(np.maximum(expected, 1.0))


def test_of_two_areas_nothing_is_usual_and_nothing_goes_below_chance() -> None:
    assert list(shrink_dispersions(np.array([0.4, 3.0]), np.array([20.0, 20.0]))) == [1.0, 3.0]


@pytest.mark.parametrize(("value", "freedom"), [(0.0, 5.0), (1.0, 0.0), (np.nan, 5.0)])
def test_what_cannot_be_is_refused(value: float, freedom: float) -> None:
    with pytest.raises(ValueError, match="not above 0"):
        shrink_dispersions(np.array([value]), np.array([freedom]))


def test_pearson_is_the_dispersion_before_it_is_cut_off_at_chance() -> None:
    history = draw(np.random.default_rng(3), 1.0, (40, YEARS, 12), MEAN)

    value, freedom = compute_pearson(history)

    assert freedom == pytest.approx(np.full(40, YEARS * 12 - (YEARS + 12 - 1)))
    assert np.maximum(value, 1.0) == pytest.approx(estimate_dispersion(history).value)
    assert value.min() < 1 < value.max()
    assert value.mean() == pytest.approx(1.0, abs=0.1)


def test_of_an_empty_history_nothing_is_known() -> None:
    value, freedom = compute_pearson(np.full((1, 3, 12), np.nan))

    assert np.isnan(value[0])
    assert freedom[0] <= 0

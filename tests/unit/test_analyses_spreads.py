"""How much figures vary by themselves is found, also where they are rounded."""

import numpy as np
import pytest

from lib.released_series import make_released, make_series, months, read_indicator, round_series
from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.series import Series
from regiebeeld.pipeline.analyses.spreads import find_spreads
from regiebeeld.releases.findings import Spread

ALLOWED = read_indicator(analyses=(Analysis.COMPARISON,))
CODES = tuple(f"GM90{g:02d}" for g in range(14))


def draw(growth: float, mean: float = 60.0, seed: int = 2) -> np.ndarray:
    generator = np.random.default_rng(seed)
    if not growth:
        return generator.poisson(mean, (14, 96)).astype(float)
    shape = 1 / growth
    return generator.negative_binomial(shape, shape / (shape + mean), (14, 96)).astype(float)


def spread_of(series: Series) -> Spread:
    found, *own = find_spreads(make_released(ALLOWED, series))
    assert found.level is AreaLevel.REGIO  # of all areas together, so everybody may have it
    assert all(each.level is series.level and each.area for each in own)
    return found.content


def own_of(*series: Series) -> dict[tuple[str | None, str], Spread]:
    found = find_spreads(make_released(ALLOWED, *series))
    return {(each.area, each.content.kind): each.content for each in found if each.area}


@pytest.mark.parametrize("rounded", [False, True])
@pytest.mark.parametrize("growth", [0.0, 0.05])
def test_the_planted_spread_is_found(growth: float, rounded: bool) -> None:
    series = make_series(AreaLevel.GEMEENTE, CODES, months(96), draw(growth))

    found = spread_of(round_series(series) if rounded else series)

    assert (found.level, found.kind) == ("gemeente", "month")
    assert found.at(60.0) == pytest.approx(1 + growth * 60, rel=0.2)


def test_years_that_rise_and_fall_everywhere_are_no_spread() -> None:
    course = np.array([1.0, 1.3, 0.8, 1.1, 0.7, 1.2, 1.0, 0.9])
    value = np.random.default_rng(3).poisson(200 * course, (14, 8)).astype(float)
    years = tuple(str(year) for year in range(2018, 2026))

    found = spread_of(make_series(AreaLevel.GEMEENTE, CODES, years, value))

    assert found.at(200.0) < 1.5


def test_a_short_history_says_nothing() -> None:
    series = make_series(AreaLevel.GEMEENTE, CODES, months(24), draw(0.0)[:, :24])

    assert list(find_spreads(make_released(ALLOWED, series))) == []


def test_what_is_not_compared_has_none() -> None:
    series = make_series(AreaLevel.GEMEENTE, CODES, months(96), draw(0.0))
    closed = make_released(read_indicator(analyses=(Analysis.TREND,)), series)

    assert list(find_spreads(closed)) == []


def test_a_month_that_is_absent_moves_nothing() -> None:
    season = np.tile([3.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3.0], 8) * 60
    value = np.random.default_rng(6).poisson(season, (14, 96)).astype(float)
    kept = [m for m in range(96) if m != 40]
    names = tuple(months(96)[m] for m in kept)

    found = spread_of(make_series(AreaLevel.GEMEENTE, CODES, names, value[:, kept]))

    # With the months after it one place off, December would stand in November's place.
    assert found.at(80.0) < 1.3


def mixed() -> np.ndarray:
    """Months of 14 gemeenten: the first in waves of four times chance, the others calm."""
    generator = np.random.default_rng(9)
    value = generator.poisson(60.0, (14, 96)).astype(float)
    value[0] = generator.negative_binomial(20, 0.25, 96)
    return value


@pytest.mark.parametrize("rounded", [False, True])
def test_a_gemeente_that_varies_more_has_its_own_spread(rounded: bool) -> None:
    series = make_series(AreaLevel.GEMEENTE, CODES, months(96), mixed())

    own = own_of(round_series(series) if rounded else series)

    assert own[CODES[0], "month"].at(60.0) == pytest.approx(4.0, rel=0.3)
    calm = [own[code, "month"].at(60.0) for code in CODES[1:]]
    assert max(calm) < 1.5


def test_the_spread_of_a_year_follows_that_of_its_months() -> None:
    value = mixed()
    years = tuple(str(year) for year in range(2018, 2026))
    summed = value.reshape(14, 8, 12).sum(axis=2)

    own = own_of(
        make_series(AreaLevel.GEMEENTE, CODES, months(96), value),
        make_series(AreaLevel.GEMEENTE, CODES, years, summed),
    )

    # A sum of months that vary apart varies as many times more than chance as they do.
    assert own[CODES[0], "year"].at(720.0) == pytest.approx(4.0, rel=0.3)
    assert own[CODES[5], "year"].at(720.0) < 2.0


def test_too_few_cases_or_months_leave_the_spread_of_the_level() -> None:
    value = mixed()
    value[3] = np.random.default_rng(4).poisson(0.3, 96)
    value[4, :70] = np.nan

    own = own_of(make_series(AreaLevel.GEMEENTE, CODES, months(96), value))

    assert {code for code, _ in own} == set(CODES) - {CODES[3], CODES[4]}


def test_wijken_have_no_spread_of_their_own() -> None:
    codes = tuple(f"WK9000{w:02d}" for w in range(14))

    assert not own_of(make_series(AreaLevel.WIJK, codes, months(96), mixed()))

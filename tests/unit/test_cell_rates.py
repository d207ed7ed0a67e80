"""A rate names its denominator and year, or says in words why there is none."""

from collections.abc import Sequence

import numpy as np
import pytest

from regiebeeld.catalogue import Denominator, Figure
from regiebeeld.domain import AreaLevel, read_period
from regiebeeld.pipeline.analyses import Bases, CellRates, compute_cell_rates
from regiebeeld.pipeline.analyses.rates import NO_BASE, NO_DENOMINATOR, PART_OF_YEAR

YEARS = (2021, 2022, 2023)
GEMEENTE, BUURT = AreaLevel.GEMEENTE.depth, AreaLevel.BUURT.depth
HOMES = Denominator(figures=(Figure.WONINGEN, Figure.HUISHOUDENS))


def bases(**known: list[list[float | None]]) -> Bases:
    """Per figure a row an area with the years 2021-2023; None or left out is unknown."""
    areas = len(next(iter(known.values())))
    values = {f: np.full((areas, len(YEARS)), np.nan) for f in Figure}
    for name, rows in known.items():
        values[Figure(name)] = np.array(rows, dtype=np.float64)
    return Bases(YEARS, values)


def rates(
    count: Sequence[int],
    base: Bases,
    *,
    period: str = "2022",
    denominator: Denominator | None = HOMES,
    levels: Sequence[int] | None = None,
) -> CellRates:
    """One cell an area, all in one period; -1 is a cell without a value."""
    value = np.array(count, dtype=np.int64)
    return compute_cell_rates(
        denominator,
        base,
        periods=[read_period(period)],
        cells=(np.arange(len(count), dtype=np.int32), np.zeros(len(count), dtype=np.int32)),
        levels=np.array(levels or [GEMEENTE] * len(count), dtype=np.int8),
        limits=(value, value, value),
    )


def why(found: CellRates, at: int = 0) -> str | None:
    return found.reasons[found.why_not[at]] if found.why_not[at] >= 0 else None


def test_a_rate_is_the_count_per_thousand_with_the_published_interval():
    """Ten events: the exact Poisson interval is 4.795 to 18.390 (Garwood 1936)."""
    found = rates([10], bases(woningen=[[1000, 2000, 4000]]))
    assert (found.base[0], found.year[0]) == (2000, 2022)
    assert tuple(Figure)[found.figure[0]] is Figure.WONINGEN
    assert found.rate[0] == pytest.approx(5.0)
    assert found.lower[0] == pytest.approx(4.795 / 2, abs=0.001)
    assert found.upper[0] == pytest.approx(18.390 / 2, abs=0.001)
    assert why(found) is None


def test_a_sliding_year_is_a_whole_year_and_uses_the_year_it_ends_in():
    found = rates([10], bases(woningen=[[1000, 2000, 4000]]), period="2023-03/P12M")
    assert (found.base[0], found.year[0]) == (4000, 2023)


@pytest.mark.parametrize("period", ["2022-03", "2022-Q1", "2022-H1", "2022-W10"])
def test_a_part_of_a_year_has_no_rate(period: str):
    found = rates([10], bases(woningen=[[1000, 2000, 4000]]), period=period)
    assert why(found) == PART_OF_YEAR
    assert (found.base[0], found.figure[0], np.isnan(found.rate[0])) == (0, -1, True)


def test_a_topic_without_a_denominator_has_no_rate():
    found = rates([10], bases(woningen=[[1000, 2000, 4000]]), denominator=None)
    assert why(found) == NO_DENOMINATOR


@pytest.mark.parametrize(("dwellings", "has_rate"), [(99, False), (100, True), (0, False)])
def test_below_the_minimum_there_is_no_rate_and_zero_divides_nothing(
    dwellings: int, has_rate: bool
):
    found = rates([10], bases(woningen=[[dwellings] * 3]))
    assert np.isnan(found.rate[0]) != has_rate
    words = "minder dan 100 woningen: te klein voor een cijfer per 1.000"
    assert why(found) == (None if has_rate else words)


def test_households_stand_in_for_dwellings_and_are_called_households():
    found = rates([10], bases(huishoudens=[[500] * 3]))
    assert tuple(Figure)[found.figure[0]] is Figure.HUISHOUDENS
    small = rates([10], bases(huishoudens=[[50] * 3]))
    assert "minder dan 100 huishoudens" in (why(small) or "")


def test_inhabitants_never_stand_in_when_the_definition_does_not_name_them():
    assert why(rates([10], bases(inwoners=[[5000] * 3]))) == NO_BASE


@pytest.mark.parametrize(
    ("known", "wanted", "year"),
    [
        ([1000, None, 3000], "2022", 2021),  # of two equally near years the earlier
        ([1000, None, None], "2022", 2021),
        ([None, None, 3000], "2022", 2023),
        ([None, None, 3000], "2024", 2023),
    ],
)
def test_the_nearest_known_year_is_used_and_named(
    known: list[float | None], wanted: str, year: int
):
    found = rates([10], bases(woningen=[known]), period=wanted)
    assert found.year[0] == year


def test_a_year_out_of_reach_is_no_denominator():
    assert why(rates([10], bases(woningen=[[None, None, 3000]]), period="2025")) == NO_BASE


def test_a_cell_without_a_value_has_neither_rate_nor_reason():
    found = rates([-1], bases(woningen=[[1000] * 3]))
    assert (why(found), np.isnan(found.rate[0]), found.base[0]) == (None, True, 0)


def test_zero_has_a_rate_of_zero_and_an_upper_limit():
    """No events: the upper limit is -ln(0.025) = 3.689."""
    found = rates([0], bases(woningen=[[1000] * 3]))
    assert (found.rate[0], found.lower[0]) == (0.0, 0.0)
    assert found.upper[0] == pytest.approx(3.689, abs=0.001)


def test_each_level_has_one_figure_so_that_its_areas_can_be_compared():
    """Dwellings are known of the gemeente only: buurten are all compared by households."""
    known = bases(
        woningen=[[1000] * 3, *[[None] * 3] * 2],
        huishoudens=[[900] * 3, [200] * 3, [300] * 3],
    )
    found = rates([10, 2, 3], known, levels=[GEMEENTE, BUURT, BUURT])
    named = [tuple(Figure)[i] for i in found.figure]
    assert named == [Figure.WONINGEN, Figure.HUISHOUDENS, Figure.HUISHOUDENS]


def test_rounding_widens_the_interval():
    value = np.array([10], dtype=np.int64)
    exact = rates([10], bases(woningen=[[1000] * 3]))
    rounded = compute_cell_rates(
        HOMES,
        bases(woningen=[[1000] * 3]),
        periods=[read_period("2022")],
        cells=(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32)),
        levels=np.array([GEMEENTE], dtype=np.int8),
        limits=(value, value - 4, value + 4),
    )
    assert rounded.lower[0] < exact.lower[0] < exact.upper[0] < rounded.upper[0]


def test_no_cells_give_no_rates():
    none = np.array([], dtype=np.int32)
    found = compute_cell_rates(
        HOMES,
        bases(woningen=[[1000] * 3]),
        periods=[],
        cells=(none, none),
        levels=np.array([GEMEENTE], dtype=np.int8),
        limits=(none.astype(np.int64),) * 3,
    )
    assert len(found.rate) == 0

"""The cells of an indicator: every allowed level and period, whole sums, and no finer one."""

import numpy as np
import pytest

from lib.count_store import REGION, Counted, areas, indicator, matrices, missing, month_ids
from regiebeeld.domain import ContractError, PeriodKind, Status
from regiebeeld.pipeline.indicators import Cells, compute_indicator_cells
from regiebeeld.pipeline.indicators.cells import INCOMPLETE

ON = areas("GM0141", "BU01410101")
OPEN = (("gemeente", "month"), ("buurt", "rolling_12_months"))
STATUSES = list(Status)


def computed(rows: list[Counted], *finest: tuple[str, str]) -> tuple[Cells, list[str]]:
    found, reasons = matrices(rows, ON)
    cells = compute_indicator_cells(indicator(*finest), found, areas=ON, reasons=reasons)
    return cells, reasons.texts


def values(cells: Cells, code: str, kind: PeriodKind) -> dict[str, int | None]:
    return {
        cells.periods[p].id: int(v) if STATUSES[s].has_value else None
        for a, p, v, s in zip(cells.area, cells.period, cells.value, cells.status, strict=True)
        if ON[a].code == code and cells.periods[p].kind is kind
    }


def shown_kinds(cells: Cells, code: str) -> set[PeriodKind]:
    return {kind for kind in PeriodKind if values(cells, code, kind)}


def two_years(area: str = "GM0141", *, without: str | None = None) -> list[Counted]:
    ids = month_ids("2022-01", 24)
    return [Counted(area, month, i) for i, month in enumerate(ids) if month != without]


def test_months_are_added_to_years_and_sliding_years():
    cells, _ = computed(two_years(), *OPEN)
    assert values(cells, "GM0141", PeriodKind.YEAR) == {"2022": 66, "2023": 210}
    rolling = values(cells, "GM0141", PeriodKind.ROLLING)
    assert len(rolling) == 13
    assert (rolling["2022-12/P12M"], rolling["2023-01/P12M"]) == (66, 78)
    assert values(cells, REGION, PeriodKind.YEAR) == {"2022": 66, "2023": 210}


def test_a_month_without_delivery_makes_its_windows_missing_with_a_reason():
    cells, texts = computed(two_years(without="2022-06"), *OPEN)
    assert values(cells, "GM0141", PeriodKind.YEAR) == {"2022": None, "2023": 210}
    rolling = values(cells, "GM0141", PeriodKind.ROLLING)
    gaps = [key for key, value in rolling.items() if value is None]
    assert gaps == [f"{month}/P12M" for month in month_ids("2022-12", 6)]
    place = next(
        i for i, p in enumerate(cells.period)
        if cells.periods[p].id == "2022" and ON[cells.area[i]].code == "GM0141"
    )  # fmt: skip
    assert texts[cells.reason[place]] == INCOMPLETE


def test_a_part_of_a_year_is_no_year():
    cells, _ = computed(two_years()[3:], *OPEN)
    assert values(cells, "GM0141", PeriodKind.YEAR) == {"2023": 210}


def test_a_delivered_year_goes_before_a_sum_of_months():
    """Some offences have year figures only, so months need not add up to the year."""
    cells, _ = computed([*two_years(), Counted("GM0141", "2022", 70)], *OPEN)
    assert values(cells, "GM0141", PeriodKind.YEAR) == {"2022": 70}


@pytest.mark.parametrize(
    ("finest", "kinds"),
    [
        (("buurt", "month"), {"month", "rolling_12_months", "year"}),
        (("buurt", "quarter"), {"quarter", "rolling_12_months", "year"}),
        (("buurt", "half_year"), {"half_year", "rolling_12_months", "year"}),
        (("buurt", "rolling_12_months"), {"rolling_12_months", "year"}),
        (("buurt", "year"), {"year"}),
        (("gemeente", "month"), set()),
    ],
)
def test_a_buurt_shows_nothing_finer_than_its_definition_allows(
    finest: tuple[str, str], kinds: set[str]
):
    cells, _ = computed(two_years("BU01410101"), finest)
    assert {str(kind) for kind in shown_kinds(cells, "BU01410101")} == kinds


@pytest.mark.parametrize(("finest", "step"), [("month", 1), ("quarter", 3), ("half_year", 6)])
def test_a_sliding_year_moves_no_faster_than_the_finest_period(finest: str, step: int):
    """The difference of two sliding years is the difference of their last steps."""
    cells, _ = computed(two_years(), ("gemeente", finest))
    ends = [int(key[5:7]) for key in values(cells, "GM0141", PeriodKind.ROLLING)]
    assert {month % step for month in ends} == {0}
    assert len(ends) == 12 // step + 1


def test_a_level_that_the_source_does_not_know_gets_no_cells():
    cells, _ = computed(two_years(), ("buurt", "month"))
    assert shown_kinds(cells, "BU01410101") == set()


def test_a_level_with_nothing_but_gaps_keeps_them():
    rows = [missing("GM0141", month) for month in month_ids("2022-01", 12)]
    cells, texts = computed(rows, *OPEN)
    assert set(values(cells, "GM0141", PeriodKind.MONTH).values()) == {None}
    assert values(cells, "GM0141", PeriodKind.YEAR) == {"2022": None}
    assert {texts[r] for r in cells.reason} == {"leeg", INCOMPLETE}


def test_twelve_months_not_collected_are_a_year_not_collected():
    gap = {"status": Status.NOT_COLLECTED, "reason": "niet geteld"}
    rows = [Counted("GM0141", month, None, **gap) for month in month_ids("2022-01", 12)]  # type: ignore[arg-type]
    cells, texts = computed(rows, ("gemeente", "year"))
    assert {STATUSES[s] for s in cells.status} == {Status.NOT_COLLECTED}
    assert {texts[r] for r in cells.reason} == {"niet geteld"}


def test_an_estimate_stays_one_through_sums_and_only_there():
    rows = [
        Counted("GM0141", month, 10, share=0.3 if month == "2022-02" else 0.0)
        for month in month_ids("2022-01", 24)
    ]
    cells, _ = computed(rows, *OPEN)
    share = {
        cells.periods[p].id: float(s)
        for a, p, s in zip(cells.area, cells.period, cells.estimated_share, strict=True)
        if ON[a].code == "GM0141"
    }
    assert share["2022-02"] == pytest.approx(0.3)
    assert share["2022"] == pytest.approx(3 / 120)
    assert share["2023"] == 0.0
    assert share["2023-03/P12M"] == 0.0


def test_a_provisional_month_makes_its_year_provisional():
    rows = [
        Counted("GM0141", month, 1, provisional=month == "2023-12")
        for month in month_ids("2022-01", 24)
    ]
    cells, _ = computed(rows, ("gemeente", "year"))
    flags = {
        cells.periods[p].id: bool(f) for p, f in zip(cells.period, cells.provisional, strict=True)
    }
    assert flags == {"2022": False, "2023": True}


def test_a_sum_that_a_release_cannot_hold_is_refused():
    large = [Counted("GM0141", month, 2**30) for month in month_ids("2022-01", 12)]
    assert computed(large[:2], ("gemeente", "month"))[0].value.max() == 2**30
    with pytest.raises(ContractError, match="woninginbraken: een som is groter dan 2147483647"):
        computed(large, ("gemeente", "month"))


def test_no_matrix_gives_no_cells():
    found, reasons = matrices([], ON)
    cells = compute_indicator_cells(indicator(*OPEN), found, areas=ON, reasons=reasons)
    assert (len(cells.value), cells.periods) == (0, ())
    assert cells.value.dtype == np.int64

"""Counts on the region's areas: levels are added up, a gap stays a gap, nothing is lost."""

import numpy as np
import pytest

from lib.count_store import REGION, Counted, areas, matrices, missing
from regiebeeld.domain import PeriodKind, Status
from regiebeeld.pipeline.indicators.matrices import (
    MISSING,
    NOT_COLLECTED,
    NOT_IN_TABLE,
    PART_MISSING,
    Matrix,
    Reasons,
)

ON = areas("GM0141", "GM0153", "WK014101", "BU01410101", "BU01410102")
ROW = {area.code: i for i, area in enumerate(ON)}


def one(rows: list[Counted], **more: object) -> tuple[Matrix, Reasons]:
    found, reasons = matrices(rows, ON, **more)  # type: ignore[arg-type]
    assert len(found) == 1
    return found[0], reasons


def value(matrix: Matrix, code: str) -> list[int]:
    return matrix.value[ROW[code]].tolist()


def why(matrix: Matrix, reasons: Reasons, code: str, column: int = 0) -> str:
    return reasons.texts[matrix.reason[ROW[code], column]]


def test_a_source_of_gemeenten_gives_gemeenten_and_the_region():
    found, reasons = one([Counted("GM0141", "2024-01", 3), Counted("GM0153", "2024-01", 4)])
    assert [value(found, code) for code in (REGION, "GM0141", "GM0153")] == [[7], [3], [4]]
    assert value(found, "BU01410101") == [-1]
    assert why(found, reasons, "BU01410101") == NOT_IN_TABLE


def test_a_source_of_buurten_is_added_up_with_its_unplaced_ones():
    """BU01419999 is somewhere in GM0141: it counts there and in no wijk of the layout."""
    rows = [
        Counted("BU01410101", "2024-01", 3),
        Counted("BU01410102", "2024-01", 4),
        Counted("BU01419999", "2024-01", 5),
        Counted("BU01530101", "2024-01", 6),
    ]
    found, _ = one(rows)
    assert value(found, "WK014101") == [7]
    assert value(found, "GM0141") == [12]
    assert value(found, REGION) == [18]


def test_a_level_that_the_source_counts_is_never_replaced_by_a_sum():
    rows = [
        Counted("GM0141", "2024-01", 10),
        Counted("BU01410101", "2024-01", 3),
        Counted("GM0153", "2024-01", 1),
    ]
    found, _ = one(rows)
    assert value(found, "GM0141") == [10]
    assert value(found, REGION) == [11]
    assert value(found, "WK014101") == [3]


def test_the_region_is_missing_when_a_gemeente_is_not_in_the_table():
    found, reasons = one([Counted("GM0141", "2024-01", 3)])
    assert value(found, REGION) == [-1]
    assert why(found, reasons, REGION) == PART_MISSING


def test_the_region_is_missing_when_a_gemeente_has_no_buurt_in_the_table():
    found, reasons = one([Counted("BU01410101", "2024-01", 3)])
    assert value(found, "GM0141") == [3]
    assert value(found, REGION) == [-1]
    assert why(found, reasons, REGION) == PART_MISSING


def test_the_region_misses_only_the_month_that_a_gemeente_misses():
    rows = [
        *(Counted("GM0141", month, 3) for month in ("2024-01", "2024-02")),
        Counted("GM0153", "2024-01", 4),
        missing("GM0153", "2024-02"),
    ]
    found, reasons = one(rows)
    assert value(found, REGION) == [7, -1]
    assert why(found, reasons, REGION, 1) == PART_MISSING
    assert why(found, reasons, "GM0153", 1) == "leeg"


def test_one_reason_for_all_parts_is_the_reason_of_the_sum():
    rows = [
        Counted(code, "2024-01", None, status=Status.NOT_COLLECTED, reason="niet geteld")
        for code in ("GM0141", "GM0153")
    ]
    found, reasons = one(rows)
    assert found.status[0, 0] == NOT_COLLECTED
    assert why(found, reasons, REGION) == "niet geteld"


def test_a_month_that_nobody_delivered_is_a_gap_between_the_others():
    rows = [
        Counted(code, month, 1) for code in ("GM0141", "GM0153") for month in ("2023-11", "2024-02")
    ]
    found, reasons = one(rows)
    assert [p.id for p in found.periods] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert value(found, REGION) == [2, -1, -1, 2]
    assert found.status[0].tolist() == [0, MISSING, MISSING, 0]
    assert why(found, reasons, REGION, 1) == NOT_IN_TABLE


def test_years_quarters_and_months_are_matrices_of_their_own():
    rows = [
        Counted(code, period, n)
        for code in ("GM0141", "GM0153")
        for period, n in (("2023", 12), ("2023-Q1", 3), ("2023-01", 1))
    ]
    found, _ = matrices(rows, ON)
    assert {m.kind: value(m, REGION) for m in found} == {
        PeriodKind.YEAR: [24],
        PeriodKind.QUARTER: [6],
        PeriodKind.MONTH: [2],
    }


def two_sets(second: list[Counted]) -> tuple[Matrix, Reasons]:
    first = [Counted(code, "2024-01", 1) for code in ("GM0141", "GM0153")]
    return one([*first, *second], event_sets=("1.1.1", "1.1.2"))


def test_two_offences_are_added_up():
    found, _ = two_sets(
        [Counted(c, "2024-01", n, event_set="1.1.2") for c, n in (("GM0141", 5), ("GM0153", 6))]
    )
    assert [value(found, code) for code in (REGION, "GM0141", "GM0153")] == [[13], [6], [7]]


def test_a_cell_is_missing_when_one_of_two_offences_is():
    found, reasons = two_sets(
        [
            missing("GM0141", "2024-01", event_set="1.1.2"),
            Counted("GM0153", "2024-01", 6, event_set="1.1.2"),
        ]
    )
    assert [value(found, code) for code in (REGION, "GM0141", "GM0153")] == [[-1], [-1], [7]]
    assert why(found, reasons, "GM0141") == PART_MISSING


def test_two_offences_with_other_months_keep_every_month_as_a_gap():
    rows = [
        Counted(code, month, 1, event_set=e)
        for code in ("GM0141", "GM0153")
        for e, months in (
            ("1.1.1", ["2024-01", "2024-02", "2024-03"]),
            ("1.1.2", ["2024-03", "2024-04"]),
        )
        for month in months
    ]
    found, _ = one(rows, event_sets=("1.1.1", "1.1.2"))
    assert [p.id for p in found.periods] == ["2024-01", "2024-02", "2024-03", "2024-04"]
    assert value(found, REGION) == [-1, -1, 4, -1]


@pytest.mark.parametrize("order", [("1.1.1", "1.1.2"), ("1.1.2", "1.1.1")])
def test_an_offence_without_any_row_of_a_kind_makes_that_kind_missing(order: tuple[str, str]):
    """The first comes a year and a month, the second only a year."""
    rows = [
        *(Counted(c, p, 1) for c in ("GM0141", "GM0153") for p in ("2024", "2024-01")),
        *(Counted(c, "2024", 2, event_set="1.1.2") for c in ("GM0141", "GM0153")),
    ]
    found, _ = matrices(rows, ON, event_sets=order)
    by_kind = {m.kind: m for m in found}
    assert value(by_kind[PeriodKind.YEAR], REGION) == [6]
    assert value(by_kind[PeriodKind.MONTH], REGION) == [-1]


def test_an_offence_that_is_not_there_at_all_gives_missing_and_no_crash():
    found, _ = one([Counted("GM0141", "2024-01", 1)], event_sets=("1.1.1", "9.9.9"))
    assert (found.status == MISSING).all()


def test_estimates_and_provisional_figures_are_not_lost_in_sums():
    rows = [
        Counted("BU01410101", "2024-01", 3, share=0.5),
        Counted("BU01410102", "2024-01", 1, provisional=True),
        Counted("BU01530101", "2024-01", 0),
    ]
    found, _ = one(rows)
    assert found.estimated[ROW["GM0141"], 0] == pytest.approx(1.5)
    assert found.estimated[ROW[REGION], 0] == pytest.approx(1.5)
    assert found.provisional[:, 0].tolist() == [True, True, False, True, False, True]


def test_a_drawn_zero_stays_an_estimate():
    found, _ = one([Counted("GM0141", "2024-01", 0, share=0.4), Counted("GM0153", "2024-01", 2)])
    assert found.estimated[ROW["GM0141"], 0] == pytest.approx(0.4)
    assert found.estimated[ROW[REGION], 0] > 0


def test_a_gap_is_no_estimate():
    gap = Counted("GM0141", "2024-01", None, status=Status.MISSING, reason="leeg", share=0.4)
    found, _ = one([gap, Counted("GM0153", "2024-01", 2)])
    assert np.count_nonzero(found.estimated) == 0

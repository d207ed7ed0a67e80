"""What a delivery would wipe is told, and refused when it is most of what is known."""

from collections.abc import Sequence
from math import exp, factorial

import pyarrow as pa
import pytest

from regiebeeld.pipeline.intake.comparing import chance_of_at_most, compare_with_known
from regiebeeld.pipeline.intake.findings import Severity
from regiebeeld.pipeline.intake.history import COUNTS

Row = tuple[str, str, str, int | None]


def table(*rows: Row) -> pa.Table:
    """Rows of event set, area, period and count."""
    full = [(name, "total", area, 2025, period, count) for name, area, period, count in rows]
    return pa.table(list(zip(*full, strict=True)), schema=COUNTS) if full else COUNTS.empty_table()


def rules(
    now: Sequence[Row],
    before: Sequence[Row],
    *periods: str,
    is_event: bool = True,
    declared: bool = False,
) -> dict[str, Severity]:
    found = compare_with_known(
        table(*now), table(*before), periods=periods or ("2024",), is_event=is_event,
        declared=declared,
    )  # fmt: skip
    return {one.rule: one.severity for one in found}


WARNING, ERROR = Severity.WARNING, Severity.ERROR


@pytest.mark.parametrize(("number", "mean"), [(0, 3.0), (2, 5.0), (9, 9.0), (70, 100.0)])
def test_the_chance_is_that_of_poisson(number: int, mean: float) -> None:
    slow = sum(exp(-mean) * mean**k / factorial(k) for k in range(number + 1))
    assert chance_of_at_most(number, mean) == pytest.approx(slow)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        # exp(-5) = 0.0067 < 0.01 < exp(-4) = 0.018: five to none is told, four is not.
        (4, 0, False),
        (5, 0, True),
        (9, 0, True),
        (9, 5, False),
        (100, 60, True),
        (100, 90, False),
        (3, 8, False),
    ],
)
def test_a_fall_is_told_by_its_chance_also_when_small(before: int, now: int, told: bool) -> None:
    other = ("b", "BU1", "2024", 50)  # so that the file is not empty as a whole
    found = rules([("a", "BU1", "2024", now), other], [("a", "BU1", "2024", before), other])
    assert found == ({"fewer_rows": WARNING} if told else {})


def test_a_part_that_moved_to_another_area_is_no_fall() -> None:
    assert rules([("a", "BU2", "2024", 9)], [("a", "BU1", "2024", 9)]) == {}


def test_only_the_periods_that_are_replaced_are_compared() -> None:
    assert rules([("a", "BU1", "2025", 3)], [("a", "BU1", "2024", 90)], "2025") == {}


def test_zeros_are_refused_when_there_was_much_and_told_when_there_was_little() -> None:
    nothing = [("a", "BU1", "2024", 0)]
    # exp(-7) = 0.0009 < 0.001 < exp(-6) = 0.0025.
    assert rules(nothing, [("a", "BU1", "2024", 7)])["all_zero"] is ERROR
    assert rules(nothing, [("a", "BU1", "2024", 6)])["all_zero"] is WARNING
    assert rules(nothing, [("a", "BU1", "2024", 1)])["all_zero"] is WARNING
    assert rules(nothing, [("a", "BU1", "2024", 0)]) == {}
    assert rules(nothing, []) == {}
    assert rules(nothing, [("a", "BU1", "2024", 90)], declared=True)["all_zero"] is WARNING


def test_zeros_of_a_new_period_are_held_beside_the_mean_of_others() -> None:
    before = [("a", "BU1", "2022", 10), ("a", "BU1", "2023", 6)]
    assert rules([("a", "BU1", "2024", 0)], before)["all_zero"] is ERROR  # the mean is 8
    months = [("a", "BU1", "2023-01", 10)]
    assert rules([("a", "BU1", "2024", 0)], months) == {}  # of another kind


def test_a_file_of_empty_counts_wipes_what_was_known() -> None:
    empty, before = [("a", "BU1", "2024", None)], [("a", "BU1", "2024", 20)]
    found = rules(empty, before, is_event=False)
    assert (found["all_zero"], found["cells_gone"]) == (ERROR, ERROR)
    assert set(rules(empty, before, is_event=False, declared=True).values()) == {WARNING}


def test_cells_that_are_gone_are_told_and_refused_when_most_are() -> None:
    before = [("a", f"BU{n}", "2024", 1) for n in range(4)]
    assert rules(before[:3], before, is_event=False) == {"cells_gone": WARNING}
    assert rules(before[:2], before, is_event=False) == {"cells_gone": WARNING}  # half
    assert rules(before[:1], before, is_event=False)["cells_gone"] is ERROR
    assert rules(before[:1], before, is_event=False, declared=True)["cells_gone"] is WARNING
    assert "cells_gone" not in rules(before[:1], before)  # events come and go
    unknown = [*before[:3], ("a", "BU3", "2024", None)]
    assert rules(unknown, before, is_event=False) == {"cells_gone": WARNING}


def test_areas_and_kinds_that_are_gone_are_named() -> None:
    before = [("a", "BU1", "2024", 1), ("a", "BU2", "2024", 1), ("b", "BU1", "2024", 1)]
    (found,) = compare_with_known(
        table(*before[:1]), table(*before), periods=("2024",), is_event=False, declared=True
    )
    assert "gebieden: BU2; soorten: b" in found.words
    assert "2 van de 3" in found.words


def test_a_declared_period_that_becomes_empty_is_told_however_little_it_held() -> None:
    before = [("a", "BU1", "2023", 1), ("a", "BU1", "2024", 9)]
    now = [("a", "BU1", "2024", 9)]
    assert rules(now, before, "2023", "2024", declared=True) == {"emptied": WARNING}
    assert rules(now, before, "2023", "2024") == {}

"""Yearly sums of a delivery stand beside those of a public table; partial years say so."""

import pyarrow as pa

from regiebeeld.pipeline.intake.public_totals import sum_years


def counts(*rows: tuple[str, str, int | None]) -> pa.Table:
    names = ("event_set", "period", "count")
    columns = zip(*rows, strict=True)
    types = (pa.string(), pa.string(), pa.int64())
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})


def test_months_and_quarters_add_up_to_years_and_a_part_is_told() -> None:
    found = counts(
        *(("a", f"2024-{month:02}", 2) for month in range(1, 13)),
        ("a", "2025-01", 3), ("a", "2025-01", 4), ("b", "2024-Q1", 5), ("c", "2024", 6),
    )  # fmt: skip
    sums, parts = sum_years(found)
    assert sums == {("a", 2024): 24, ("a", 2025): 7, ("b", 2024): 5, ("c", 2024): 6}
    assert parts["a", 2024] == parts["c", 2024] == ""
    assert parts["a", 2025] == " (over 1 van de 12 perioden)"
    assert parts["b", 2024] == " (over 1 van de 4 perioden)"


def test_a_year_with_an_unknown_count_and_weeks_are_left_out() -> None:
    sums, _ = sum_years(counts(("a", "2024-01", 2), ("a", "2024-02", None), ("b", "2024-W10", 9)))
    assert sums == {}

"""Rows become counts at the contract's finest cell, whole, with their coverage of periods."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import Field, FieldType, Role
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.counts import Counted, count_rows
from regiebeeld.pipeline.intake.coverage import compute_coverage, keep_covered
from regiebeeld.pipeline.intake.history import COUNTS
from regiebeeld.pipeline.intake.linking import Linked, LinkReport

GEMEENTEN = ("GM0153", "GM0164")


def a_source(
    *fields: Field, grain: str = "event", level: str = "buurt", period: str = "month"
) -> Source:
    terms = SourceTerms.model_validate(
        {
            "kind": "delivery",
            "table": "x",
            "publisher": "Politie",
            "content": "counts",
            "grain": grain,
            "event_set": "inbraak",
            "atom": {"level": level, "period": period},
        }
    )
    return Source("inbraken", "Inbraken", "", "", "1.0.0", (), terms, fields=fields)


BEGIN = Field("Begin", Role.BEGIN, FieldType.TIMESTAMP, format="yyyy-MM-dd HH:mm:ss")
ATTEMPT = Field(
    "Poging", Role.ATTEMPT, FieldType.STRING, meanings=(("J", "poging"), ("N", "voltooid"))
)


def linked(*areas: str, vintage: int = 2025) -> Linked:
    report = LinkReport(len(areas), (), (), {}, {}, {}, 0, 0, 0, 0)
    codes = pa.array(areas, pa.string()).dictionary_encode()
    size = len(areas)
    return Linked(codes, np.full(size, vintage, np.int16), np.zeros(size, np.uint8), report)


def count(
    source: Source,
    columns: dict[str, list[str | None]],
    areas: list[str],
    *,
    gemeente: str | None = None,
) -> Counted:
    table = pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})
    return count_rows(table, source, linked(*areas), gemeenten=GEMEENTEN, gemeente=gemeente)


def rows_of(counted: Counted) -> set[tuple[str, str, str, str, int]]:
    return {
        (r["event_set"], r["breakdown"], r["area"], r["period"], r["count"])
        for r in counted.counts.to_pylist()
    }


def test_events_count_in_the_month_of_their_begin_with_attempts_apart() -> None:
    found = count(
        a_source(BEGIN, ATTEMPT),
        {
            "Begin": [
                "2025-01-31 23:59:00",
                "2025-01-01 00:00:00",
                "2025-02-01 00:00:00",
                "2025-01-05 10:00:00",
            ],
            "Poging": ["N", "N", "N", "J"],
        },
        ["BU01530001", "BU01530001", "BU01530001", "BU01530001"],
    )
    assert rows_of(found) == {
        ("inbraak", "attempt=voltooid", "BU01530001", "2025-01", 2),
        ("inbraak", "attempt=poging", "BU01530001", "2025-01", 1),
        ("inbraak", "attempt=voltooid", "BU01530001", "2025-02", 1),
    }
    assert (found.rows, found.rows_counted, found.uncounted) == (4, 4, {})


def test_a_row_without_a_date_and_one_of_elsewhere_are_told() -> None:
    found = count(
        a_source(BEGIN),
        {"Begin": ["2025-01-31 10:00:00", None, "31 januari", "2025-01-01 10:00:00"]},
        ["BU01530001", "BU01530001", "BU01530001", "BU03630001"],
    )
    assert rows_of(found) == {("inbraak", "total", "BU01530001", "2025-01", 1)}
    assert found.uncounted == {"zonder leesbare begindatum": 2, "in een gebied buiten de regio": 1}
    assert found.rows == found.rows_counted + sum(found.uncounted.values())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("week", "2025-W01"),
        ("month", "2024-12"),
        ("quarter", "2024-Q4"),
        ("half_year", "2024-H2"),
        ("year", "2024"),
    ],
)
def test_every_kind_of_period(kind: str, expected: str) -> None:
    # Monday 30 December 2024 lies in the first week of 2025.
    found = count(a_source(BEGIN, period=kind), {"Begin": ["2024-12-30 10:00:00"]}, ["BU01530001"])
    assert [row[3] for row in rows_of(found)] == [expected]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("gemeente", ["GM0153", "GM0153", "GM0153", "GM0000"]),
        ("wijk", ["WK015301", "WK015301", "WK015399", "WK000000"]),
        ("buurt", ["BU01530102", "BU01539999", "BU01539999", "BU00000000"]),
    ],
)
def test_an_area_coarser_than_the_atom_is_unknown_of_its_gemeente(
    level: str, expected: list[str]
) -> None:
    for area, code in zip(["BU01530102", "WK015301", "GM0153", "GM0000"], expected, strict=True):
        found = count(a_source(BEGIN, level=level), {"Begin": ["2025-01-05 10:00:00"]}, [area])
        assert [row[2] for row in rows_of(found)] == [code]


def test_a_delivery_of_one_gemeente_counts_there_only() -> None:
    areas = ["BU01530001", "GM0000", "GM0153", "BU01640001", "BU03630001", "BU00000000"]
    begin = {"Begin": ["2025-01-05 10:00:00"] * len(areas)}
    found = count(a_source(BEGIN), begin, areas, gemeente="GM0153")
    # What has no place is unknown of the gemeente that sent it, together with its own unknown.
    assert {(row[2], row[4]) for row in rows_of(found)} == {("BU01530001", 1), ("BU01539999", 3)}
    assert found.uncounted == {
        "in een andere gemeente dan GM0153, waarvoor geleverd is": 1,
        "in een gebied buiten de regio": 1,
    }
    assert found.rows == found.rows_counted + sum(found.uncounted.values())


@pytest.mark.parametrize(
    ("level", "code"), [("gemeente", "GM0153"), ("wijk", "WK015399"), ("buurt", "BU01539999")]
)
def test_unknown_of_the_declared_gemeente_at_every_level(level: str, code: str) -> None:
    begin = {"Begin": ["2025-01-05 10:00:00"]}
    found = count(a_source(BEGIN, level=level), begin, ["GM0000"], gemeente="GM0153")
    assert [row[2] for row in rows_of(found)] == [code]


def test_year_and_month_in_columns_of_their_own() -> None:
    source = a_source(
        Field("Year", Role.BEGIN_YEAR, FieldType.INTEGER),
        Field("Month", Role.BEGIN_MONTH, FieldType.STRING, format="maand_naam"),
    )
    found = count(source, {"Year": ["2016", "2018"], "Month": ["Jan", "Mrt"]}, ["BU01530001"] * 2)
    assert [row[3] for row in sorted(rows_of(found), key=lambda row: row[3])] == [
        "2016-01",
        "2018-03",
    ]


def test_counts_are_added_up_per_area() -> None:
    source = a_source(
        Field("Periode", Role.PERIOD, FieldType.STRING),
        Field("Aantal", Role.COUNT, FieldType.INTEGER),
        Field("Soort", Role.EVENT_SET, FieldType.STRING, meanings=(("Geluid", "geluid"),)),
        grain="count", level="gemeente",
    )  # fmt: skip
    columns = {
        "Periode": ["2025-01", "2025-01"],
        "Aantal": ["3", "4"],
        "Soort": ["Geluid", "Geluid"],
    }
    found = count(source, columns, ["GM0153", "GM0153"])
    assert rows_of(found) == {("geluid", "total", "GM0153", "2025-01", 7)}


def test_an_empty_count_is_not_known_and_never_zero() -> None:
    source = a_source(
        Field("Periode", Role.PERIOD, FieldType.STRING),
        Field("Aantal", Role.COUNT, FieldType.INTEGER),
        grain="count",
    )
    columns = {"Periode": ["2025-01"] * 3, "Aantal": ["3", None, "0"]}
    found = count(source, columns, ["BU01530001", "BU01530001", "BU01530002"])
    assert {(row[2], row[4]) for row in rows_of(found)} == {("BU01530001", None), ("BU01530002", 0)}


def test_a_contract_without_an_atom_counts_nothing() -> None:
    source = a_source(BEGIN)
    bare = Source(
        source.id,
        "",
        "",
        "",
        "1",
        (),
        source.terms.model_copy(update={"atom": None}),
        fields=source.fields,
    )
    with pytest.raises(ContractError, match="atom"):
        count(bare, {"Begin": ["2025-01-05 10:00:00"]}, ["BU01530001"])


def counts(**per_period: int) -> pa.Table:
    rows = [
        ("inbraak", "total", "BU01530001", 2025, p.replace("_", "-")[1:], n)
        for p, n in per_period.items()
    ]
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=COUNTS)


def test_coverage_runs_from_the_first_to_the_last_period() -> None:
    found = compute_coverage(counts(p2025_01=1, p2025_03=2), as_of=date(2025, 4, 2))
    assert found.periods == ("2025-01", "2025-02", "2025-03")
    assert (found.left_out, found.told) == ({}, ())


def test_a_period_that_is_not_over_is_not_counted() -> None:
    rows = counts(p2025_01=1, p2025_02=5)
    found = compute_coverage(rows, as_of=date(2025, 2, 27))
    assert found.periods == ("2025-01",)
    assert found.left_out == {"in een periode die nog niet voorbij was": 5}
    assert "2025-02" in found.told[0]
    assert keep_covered(rows, found)["count"].to_pylist() == [1]
    # On its own last day a period is still going on.
    assert compute_coverage(rows, as_of=date(2025, 2, 28)).periods == ("2025-01",)
    assert compute_coverage(rows, as_of=date(2025, 3, 1)).periods == ("2025-01", "2025-02")


def test_nothing_that_is_over_is_refused() -> None:
    with pytest.raises(ContractError, match="voorbij"):
        compute_coverage(counts(p2025_02=5), as_of=date(2025, 2, 10))


def test_a_period_with_earlier_events_is_not_emptied_by_silence() -> None:
    rows = counts(p2025_01=1, p2025_04=2)
    found = compute_coverage(rows, as_of=date(2025, 5, 2), earlier={"2025-02"})
    assert found.periods == ("2025-01", "2025-03", "2025-04")
    assert "2025-02" in found.told[0]


def test_a_declared_period_is_emptied_and_others_are_left_out() -> None:
    rows = counts(p2025_01=1, p2025_04=2)
    declared = ("2025-02", "2025-04")
    found = compute_coverage(rows, as_of=date(2025, 5, 2), declared=declared, earlier={"2025-02"})
    assert found.periods == ("2025-02", "2025-03", "2025-04")
    assert found.left_out == {"buiten de opgegeven periode": 1}


def test_a_file_of_counts_leaves_what_it_does_not_name() -> None:
    found = compute_coverage(
        counts(p2025_01=1, p2025_03=2), as_of=date(2025, 5, 2), fills_gaps=False
    )
    assert found.periods == ("2025-01", "2025-03")
    assert "2025-02" in found.told[0]


@pytest.mark.parametrize(
    "declared", [("2025-04", "2025-01"), ("2025-01", "2025"), ("2025-01", "ooit")]
)
def test_a_declaration_that_makes_no_sense_is_refused(declared: tuple[str, str]) -> None:
    with pytest.raises(ContractError):
        compute_coverage(counts(p2025_01=1), as_of=date(2025, 5, 2), declared=declared)


def test_years_and_months_are_covered_apart() -> None:
    rows = pa.concat_tables([counts(p2025_01=1), counts(p2024=7)])
    assert compute_coverage(rows, as_of=date(2025, 5, 2)).periods == ("2024", "2025-01")

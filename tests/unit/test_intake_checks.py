"""The checks of a whole delivery: header, keys, totals, periods, people and the report."""

import json
import math
import random
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from lib.deliveries import (
    COUNT_FIELDS,
    EVENT_FIELDS,
    GOOD,
    GOOD_COUNT,
    MOMENT,
    TODAY,
    check_rows_of,
    check_text,
    counts_source,
    errors_of,
    source,
)
from regiebeeld.catalogue import read_catalogue
from regiebeeld.catalogue.fields import Field, FieldType, Role
from regiebeeld.catalogue.models import Frequency
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.completeness import last_due
from regiebeeld.pipeline.intake.findings import Covered, Earlier, Outcome, report_refused_file
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.personal_columns import compute_tail
from regiebeeld.pipeline.intake.personal_patterns import is_bsn, is_iban
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.report import to_page, write_report


def _events(count: int, **change: str) -> list[dict[str, str]]:
    return [GOOD | {"nummer": f"Z-{i}"} | change for i in range(1, count + 1)]


def _months(months: list[str], each: int = 8) -> list[dict[str, str]]:
    rows = [
        GOOD | {"begin": f"{month}-04 10:00:00", "eind": ""}
        for month in months
        for _ in range(each)
    ]
    return [row | {"nummer": f"Z-{i}"} for i, row in enumerate(rows)]


def test_a_good_delivery_is_accepted_and_counted(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, _events(3), source())
    assert report.outcome is Outcome.ACCEPTED
    assert report.coverage == (Covered("2026-05", "A20", 3),)


def test_a_fault_in_what_is_dropped_only_warns(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, _events(1, graden="99"), source())
    assert report.outcome is Outcome.ACCEPTED_WITH_WARNINGS
    assert [found.rule for found in report.warnings] == ["range"]


def test_rows_are_counted_and_the_first_twenty_named(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, _events(30, soort="X"), source())
    (found,) = report.errors
    assert (found.rows, found.row_numbers) == (30, tuple(range(1, 21)))


def test_header_faults_name_what_was_meant(tmp_path: Path) -> None:
    row = {name.replace("postcode", "poscode"): text for name, text in GOOD.items()}
    report = check_rows_of(tmp_path, [row | {"naam": "x"}], source())
    words = " ".join(found.words for found in report.findings)
    assert errors_of(report) == {"unknown_column"}
    assert "Kolom op plaats 5 staat niet in het contract. Hij lijkt op 'postcode'" in words
    assert "Kolom op plaats 10 staat niet in het contract. Haal de kolom weg" in words
    assert "naam'" not in words
    assert "poscode" not in words


def test_a_header_that_is_a_surname_is_never_shown(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, [GOOD | {"Vogelzang": "x"}], source())
    assert errors_of(report) == {"unknown_column"}
    assert "Vogelzang" not in str(report)


def test_a_missing_required_column_refuses(tmp_path: Path) -> None:
    row = {name: text for name, text in GOOD.items() if name != "soort"}
    assert errors_of(check_rows_of(tmp_path, [row], source())) == {"missing_column"}


def test_another_contract_is_recognised(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, [GOOD_COUNT], source(), others=[source(), counts_source()])
    assert [found.rule for found in report.errors[:2]] == ["missing_column"] * 2
    (other,) = [found for found in report.errors if found.rule == "other_source"]
    assert "'tellingen'" in other.words


def test_a_forgotten_column_makes_no_other_source(tmp_path: Path) -> None:
    split = Field("uitkomst", Role.BREAKDOWN, FieldType.STRING, required=True, values=("a", "b"))
    whole = replace(counts_source(), fields=(*COUNT_FIELDS, split))
    report = check_rows_of(tmp_path, [GOOD_COUNT], whole, others=[counts_source()])
    assert [found.rule for found in report.errors] == ["missing_column"]


def test_text_of_another_form_refuses_also_in_what_is_dropped(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, _events(1, graden="koud"), source())
    assert errors_of(report) == {"type"}


def test_a_file_without_header_does_not_end_in_the_report(tmp_path: Path) -> None:
    report = check_text(tmp_path, "111222333;Jansen\n111222333;Jansen\n", source())
    assert {"no_header", "personal_bsn"} == errors_of(report)
    assert "111222333" not in str(report)
    assert "Jansen" not in str(report)


def test_repeats_of_a_key_refuse_and_events_without_key_may_repeat(tmp_path: Path) -> None:
    twice = [*_events(2), GOOD | {"nummer": "Z-1"}]
    report = check_rows_of(tmp_path, twice, source())
    assert errors_of(report) == {"duplicate"}
    assert report.errors[0].row_numbers == (3,)
    keyless = source(EVENT_FIELDS[1:])
    bare = {name: text for name, text in GOOD.items() if name != "nummer"}
    assert check_rows_of(tmp_path, [bare, bare], keyless).outcome is Outcome.ACCEPTED
    assert "duplicate" in errors_of(
        check_rows_of(tmp_path, [GOOD_COUNT, GOOD_COUNT], counts_source())
    )


@pytest.mark.parametrize(("total", "rules"), [("5", set()), ("6", {"total"})])
def test_totals_equal_their_parts(tmp_path: Path, total: str, rules: set[str]) -> None:
    rows = [
        GOOD_COUNT | {"soort": "totaal", "aantal": total},
        GOOD_COUNT,
        GOOD_COUNT | {"soort": "poging", "aantal": "2"},
    ]
    assert errors_of(check_rows_of(tmp_path, rows, counts_source())) == rules


def test_excel_days_are_read_and_told(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, _events(1, begin="46146.25", eind=""), source())
    assert [found.rule for found in report.warnings] == ["excel_date"]
    assert report.coverage == (Covered("2026-05", "A20", 1),)  # 46146 is 4 May 2026


def test_a_month_that_is_missing_refuses_unless_it_is_usually_empty(tmp_path: Path) -> None:
    assert errors_of(
        check_rows_of(tmp_path, _months(["2026-01", "2026-02", "2026-04"]), source())
    ) == {"missing_period"}
    quiet = _months(["2024-01", "2024-07", "2025-01"], 1)
    assert check_rows_of(tmp_path, quiet, source()).outcome is Outcome.ACCEPTED_WITH_WARNINGS


def test_the_delivery_is_compared_with_the_one_before(tmp_path: Path) -> None:
    earlier = Earlier((Covered("2026-05", "A20", 100), Covered("2026-06", "A20", 90)))
    report = check_rows_of(tmp_path, _months(["2026-05"], 30), source(), earlier=earlier)
    assert {found.rule for found in report.warnings} == {"older_than_last"}
    gap = check_rows_of(
        tmp_path, _months(["2026-05"]), source(), earlier=Earlier((Covered("2026-03", "A20", 8),))
    )
    assert {found.rule for found in gap.warnings} == {"gap_since_last"}


@pytest.mark.parametrize(
    ("frequency", "today", "due"),
    [
        (Frequency.MONTH, date(2026, 6, 21), "2026-04"),
        (Frequency.MONTH, date(2026, 6, 22), "2026-05"),
        (Frequency.QUARTER, date(2026, 6, 22), "2026-Q1"),
        (Frequency.YEAR, date(2026, 1, 10), "2024"),
    ],
)
def test_what_is_due(frequency: Frequency, today: date, due: str) -> None:
    assert last_due(frequency, 21, today).id == due


def test_late_is_told(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, _months(["2026-03"]), source(frequency="month"))
    assert [found.rule for found in report.warnings] == ["late"]


def test_the_schemes_of_numbers() -> None:
    assert is_bsn("111222333")
    assert not is_bsn("111222334")
    assert not is_bsn("000000000")
    assert is_iban("GB82WEST12345698765432")  # the example of ISO 13616
    assert not is_iban("GB82WEST12345698765433")


def _numbers(count: int, *, only_bsn: bool = False) -> list[str]:
    chance = random.Random(5)
    found: list[str] = []
    while len(found) < count:
        text = str(chance.randrange(100_000_000, 1_000_000_000))
        if not only_bsn or is_bsn(text):
            found.append(text)
    return found


def test_case_numbers_of_nine_digits_are_told_apart_from_bsn(tmp_path: Path) -> None:
    def rows(numbers: list[str]) -> list[dict[str, str]]:
        return [GOOD | {"nummer": number} for number in numbers]

    by_chance = check_rows_of(tmp_path, rows(_numbers(2000)), source())
    assert [found.rule for found in by_chance.findings] == ["number_series"]
    for numbers in (
        _numbers(2000, only_bsn=True),
        _numbers(10, only_bsn=True),
        _numbers(1500) + _numbers(500, only_bsn=True),
    ):
        assert "personal_bsn" in errors_of(check_rows_of(tmp_path, rows(numbers), source()))


@pytest.mark.parametrize(("share", "refused"), [(0.0, False), (0.05, False), (0.2, True)])
def test_more_bsn_than_chance_explains_refuse(tmp_path: Path, share: float, refused: bool) -> None:
    # A share of 0.05 more among 400 is 1.2 standard deviations; 0.2 more is over ten.
    real = int(400 * share)
    numbers = _numbers(400 - real) + _numbers(real + 400, only_bsn=True)[400:]
    rows = [GOOD | {"nummer": number} for number in dict.fromkeys(numbers)]
    report = check_rows_of(tmp_path, rows, source())
    assert ("personal_bsn" in errors_of(report)) == refused
    assert ("number_series" in {found.rule for found in report.warnings}) != refused


@pytest.mark.parametrize(
    ("numbers", "passing"), [(3, 3), (3, 2), (10, 0), (40, 9), (40, 3), (300, 40), (2000, 230)]
)
def test_the_chance_of_a_share_is_that_of_the_binomial(numbers: int, passing: int) -> None:
    slow = (
        sum(math.comb(numbers, k) * 10 ** (numbers - k) for k in range(passing, numbers + 1))
        / Fraction(11) ** numbers
    )
    found = compute_tail(numbers, passing)
    if passing <= numbers / 11:
        assert found == 1.0  # at or below what is expected nothing is looked at
    else:
        assert found == pytest.approx(float(slow), rel=1e-9)


def test_mobile_numbers_without_zero_are_told_from_case_numbers(tmp_path: Path) -> None:
    cases = [{"zaak": str(600_000_000 + 7 * i), **row} for i, row in enumerate(_events(60))]
    assert "personal_phone" not in errors_of(check_rows_of(tmp_path, cases, source()))


def test_a_day_at_midnight_is_a_day(tmp_path: Path) -> None:
    extra = Field("gehoord", Role.DROP, MOMENT, format="yyyy-MM-dd HH:mm:ss", minimum="1900-01-01")
    fields = (*EVENT_FIELDS, extra)
    for time, refused in (("00:00:00", True), ("10:30:00", False)):
        rows = [row | {"gehoord": f"{1935 + i}-03-01 {time}"} for i, row in enumerate(_events(60))]
        report = check_rows_of(tmp_path, rows, source(fields))
        assert ("personal_birth_date" in errors_of(report)) == refused


def test_names_of_people_among_names_of_areas(tmp_path: Path) -> None:
    people = [f"Jan de {word}" for word in ("Ruiter", "Molenaar", "Visser", "Timmerman")]
    rows = [row | {"buurt": name} for row, name in zip(_events(4), people, strict=True)]
    assert "personal_name" in errors_of(check_rows_of(tmp_path, rows, source()))
    areas = [
        f"{side}{end}" for side in ("Noord", "Oost", "Zuid") for end in ("hof", "berg", "eind")
    ]
    few = rows[:1] + [
        row | {"buurt": name} for row, name in zip(_events(10)[1:], areas, strict=True)
    ]
    report = check_rows_of(tmp_path, few, source())
    assert [found.rule for found in report.findings] == ["maybe_names"]
    assert "Ruiter" not in str(report)


def test_addresses_without_a_word_for_street_are_seen_as_a_column(tmp_path: Path) -> None:
    rows = [row | {"buurt": f"Noordereind {3 + 2 * i}"} for i, row in enumerate(_events(8))]
    assert "personal_address" in errors_of(check_rows_of(tmp_path, rows, source()))


def test_a_long_text_is_refused_and_costs_no_time(tmp_path: Path) -> None:
    row = GOOD | {"buurt": "a" * 1_000_000 + " x@y"}
    assert "personal_free_text" in errors_of(check_rows_of(tmp_path, [row], source()))


def test_one_bsn_among_many_texts_is_found(tmp_path: Path) -> None:
    rows = _events(3000)
    rows[1233]["buurt"] = "bij 111222333"
    report = check_rows_of(tmp_path, rows, source())
    (found,) = [one for one in report.errors if one.rule == "personal_bsn"]
    assert (found.row_numbers, found.column) == ((1234,), "buurt")


def test_a_column_of_birth_dates_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    extra = Field("datum", Role.DROP, FieldType.DATE, format="yyyy-MM-dd", minimum="1900-01-01")
    fields = (*EVENT_FIELDS, extra)
    born = [row | {"datum": f"{1935 + i}-03-0{i % 9 + 1}"} for i, row in enumerate(_events(60))]
    assert "personal_birth_date" in errors_of(check_rows_of(tmp_path, born, source(fields)))
    heard = [row | {"datum": f"2026-05-0{i % 9 + 1}"} for i, row in enumerate(_events(60))]
    assert check_rows_of(tmp_path, heard, source(fields)).outcome is Outcome.ACCEPTED
    named = [row | {"geboortedatum": "1999-05-01"} for row in _events(1)]
    assert "personal_birth_date" in errors_of(check_rows_of(tmp_path, named, source()))


def test_a_column_of_plates_without_hyphens_is_refused(tmp_path: Path) -> None:
    rows = [row | {"kenmerk": f"{10 + i}BBD{i % 10}"} for i, row in enumerate(_events(20))]
    assert "personal_licence_plate" in errors_of(check_rows_of(tmp_path, rows, source()))


def test_the_report_escapes_and_writes_no_formula(tmp_path: Path) -> None:
    evil = replace(EVENT_FIELDS[1], name="=cmd|'<script>'")
    report = check_rows_of(
        tmp_path,
        [{**{k: v for k, v in GOOD.items() if k != "soort"}, evil.name: "X"}],
        source((*EVENT_FIELDS[:1], evil, *EVENT_FIELDS[2:])),
    )
    paths = write_report(report, tmp_path / "verslag")
    assert json.loads(paths[0].read_text())["outcome"] == "refused"
    sheet = CalamineWorkbook.from_path(paths[1]).get_sheet_by_name("Bevindingen").to_python()
    assert any(evil.name in str(cell) for row in sheet for cell in row)
    assert b"<f>" not in paths[1].read_bytes()
    page = paths[2].read_text()
    assert "<script>" not in page
    assert "Geweigerd" in page


def test_a_file_that_could_not_be_read_has_a_report_too() -> None:
    report = report_refused_file(
        "proef", "Proef", RefusedFile("row_cut", "Afgebroken.", rows=(3,)), TODAY
    )
    assert report.outcome is Outcome.REFUSED
    assert "Afgebroken." in to_page(report)


@pytest.mark.parametrize(
    ("source_id", "file", "rows"),
    [
        ("fietsendiefstal_gebeurtenissen", "events/groningen_bicycle_thefts_2013_2017.csv", 15_947),
        ("mik_woninginbraken", "police/MiK_twente_woninginbraak_events_derived.csv", 2_303),
        ("schoorsteenbranden", "events/twente_chimney_fires_2004_2020_100m.csv", 1_759),
    ],
)
def test_real_deliveries_pass_the_door(
    test_data: Path, source_id: str, file: str, rows: int
) -> None:
    sources = read_catalogue(Path("catalogue"), Path("regions")).sources
    if source_id not in sources:
        pytest.skip(f"contract {source_id} ontbreekt")
    real = sources[source_id]
    report = check_delivery(
        read_delivery(test_data / file, real), real, earlier=None, today=date(2026, 7, 15)
    )
    assert report.errors == ()
    assert report.rows == sum(covered.rows for covered in report.coverage) == rows

"""What the door says of a row: rule, what was delivered, outcome. Readable by a privacy officer."""

from dataclasses import replace
from pathlib import Path

import pytest

from lib.deliveries import GOOD, GOOD_COUNT, check_rows_of, counts_source, errors_of, source
from regiebeeld.catalogue.contracts import Source

# One column of an otherwise good event row is replaced; the last word is the rule that refuses.
ROWS = """
column   | delivered              | refused by
nummer   |                        | required
nummer   | z 1                    | pattern
soort    | A99                    | values
begin    |                        | required
begin    | 2026-02-30 10:00:00    | type
begin    | 04-05-2026 10:00:00    | type
begin    | 2026-05-04T10:00:00Z   | type
begin    | epoch                  | type
begin    | 1900-01-01 00:00:00    | date_window
begin    | 2099-12-31 00:00:00    | date_window
begin    | 2026-07-02 00:00:00    | date_window
eind     | 2026-05-03 12:00:00    | begin_after_end
postcode | 0511 AB                | pattern
x        | 257000.5               | type
x        | 1.257.000              | type
x        | 900000                 | range
buurt    | =cmd('calc')!A0        | formula pattern
buurt    | @SUM(1)                | formula pattern
eind     |                        | -
begin    | 2026-05-04             | -
begin    | 2026-07-01 00:00:00    | begin_after_end
"""
COUNTS = """
column | delivered  | refused by
aantal | -1         | negative
aantal | 3,5        | type
aantal | 1e5        | type
maand  | 2026-13    | type
maand  | mei 2026   | type
gebied | Enschede   | pattern
gebied | Totaal     | totals_row pattern
gebied | totaal NL  | totals_row pattern
gebied | Eindtotaal | totals_row pattern
maand  | Totaal     | totals_row type
gebied | Somerdijk  | pattern
soort  | totaal     | -
aantal | 0          | -
maand  | 2026-Q2    | -
"""


def _lines(table: str) -> list[list[str]]:
    rows = table.strip().splitlines()[1:]
    return [[cell.strip() for cell in row.split("|")] for row in rows]


@pytest.mark.parametrize(("column", "delivered", "rules"), _lines(ROWS))
def test_a_row_of_events(tmp_path: Path, column: str, delivered: str, rules: str) -> None:
    report = check_rows_of(tmp_path, [GOOD, GOOD | {"nummer": "Z-2", column: delivered}], source())
    wanted = {rule for rule in rules.split() if not rule.endswith("?")} - {"-"}
    assert wanted <= errors_of(report)
    assert bool(wanted) == bool(report.errors)
    assert all(found.row_numbers == (2,) for found in report.errors)


@pytest.mark.parametrize(("column", "delivered", "rules"), _lines(COUNTS))
def test_a_row_of_counts(tmp_path: Path, column: str, delivered: str, rules: str) -> None:
    report = check_rows_of(
        tmp_path,
        [GOOD_COUNT, GOOD_COUNT | {"gebied": "BU01531204", column: delivered}],
        counts_source(),
    )
    assert errors_of(report) - {"missing_period"} == set(rules.split()) - {"-"}


# A row that a form left: every column as in the contract's own examples, however a program wrote
# it. One column that differs makes it a row of the partner.
EXAMPLES = {"gebied": "BU90000000", "maand": "2026-05", "soort": "inbraak", "aantal": "12"}
LEFT = """
gebied     | maand   | soort   | aantal | refused by
BU90000000 | 2026-05 | inbraak | 12     | example_row
BU90000000 | 2026-05 | inbraak | 13     | -
BU90000000 | 2026-06 | inbraak | 12     | -
BU01531299 | 2026-05 | inbraak | 12     | -
"""
# A header, and what is missed in it. `aantal` may be empty here, and still has to be there.
HEADERS = """
header                      | missed           | refused
gebied maand soort aantal   | -                | no
GEBIED Maand soort Aantal   | -                | no
gebied maand soort          | aantal           | yes
maand soort aantal          | gebied           | yes
gebied soort aantal         | maand            | yes
gebied maand aantal         | soort            | no
"""


def _counts_with_examples() -> Source:
    fields = [
        replace(one, example=EXAMPLES[one.name], required=False) for one in counts_source().fields
    ]
    return replace(counts_source(), fields=tuple(fields))


@pytest.mark.parametrize("line", _lines(LEFT), ids=" ".join)
def test_the_example_of_a_template(tmp_path: Path, line: list[str]) -> None:
    row, rules = dict(zip(GOOD_COUNT, line, strict=False)), line[-1]
    report = check_rows_of(tmp_path, [GOOD_COUNT, row], _counts_with_examples())
    assert errors_of(report) == set(rules.split()) - {"-"}
    assert all(found.row_numbers == (2,) for found in report.errors)


@pytest.mark.parametrize("line", _lines(HEADERS), ids=" ".join)
def test_columns_that_are_counted_by_are_there(tmp_path: Path, line: list[str]) -> None:
    header, missed, refused = line
    row = {name: GOOD_COUNT[name.lower()] for name in header.split()}
    report = check_rows_of(tmp_path, [row], _counts_with_examples())
    missing = [found.column for found in report.findings if found.rule == "missing_column"]
    assert missing == [name for name in missed.split() if name != "-"]
    assert bool(report.errors) == (refused == "yes")

"""What the door says of a row: rule, what was delivered, outcome. Readable by a privacy officer."""

from pathlib import Path

import pytest

from lib.deliveries import GOOD, GOOD_COUNT, check_rows_of, counts_source, errors_of, source

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
aantal | 0          | -
maand  | 2026-Q2    | -
"""
# Put in the name of a buurt, the only free spelling the contract has. Numbers are invented or
# the documented examples of the schemes; 111222333 passes the eleven test, 111222334 does not.
PERSONAL = """
delivered                       | refused by
111222333                       | personal_bsn
Zie 111.222.333                 | personal_bsn
melding 111222334               | -
06-12345678                     | personal_phone
+31 6 12 34 56 78               | personal_phone
0031612345678                   | personal_phone
(053) 481 81 81                 | personal_phone
naam (a) example.org            | -
iemand@example.org              | personal_email
NL91 ABNA 0417 1643 00          | personal_iban personal_phone
NL92ABNA0417164300              | -
gb82west12345698765432          | personal_iban
AB-12-CD                        | personal_licence_plate
12-BBD-3                        | personal_licence_plate
5-MRT-26                        | -
Kerkstraat 12                   | personal_address
7511 AB 12                      | personal_address
Wijk 03 Korrewegwijk            | -
geb. 4-5-1985                   | personal_birth_date
04-05-1985                      | personal_birth_date
mevrouw Jansen                  | personal_name
's-Gravenhage                   | -
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


@pytest.mark.parametrize(("delivered", "rules"), _lines(PERSONAL))
def test_personal_data_in_a_name(tmp_path: Path, delivered: str, rules: str) -> None:
    report = check_rows_of(tmp_path, [GOOD, GOOD | {"nummer": "Z-2", "buurt": delivered}], source())
    personal = {rule for rule in errors_of(report) if rule.startswith("personal_")}
    assert personal == set(rules.split()) - {"-"}
    assert all(delivered not in str(found) for found in report.findings)

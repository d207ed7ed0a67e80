"""Rules are asked of different texts, or of rows: what they find is what plain Python counts."""

import re
from pathlib import Path

from lib.deliveries import GOOD, check_rows_of, csv_text, errors_of, source
from regiebeeld.pipeline.intake.checks import opened
from regiebeeld.pipeline.intake.field_sql import Columns, Parameters
from regiebeeld.pipeline.intake.reading import read_delivery
from regiebeeld.pipeline.intake.row_statements import Asking, _find_few

ROWS = 120_000
_FAULTS = {"soort": "X9", "postcode": "751 AB", "graden": "99", "begin": "2026-13-01 10:00:00"}


def _many() -> list[dict[str, str]]:
    rows = [
        GOOD
        | {"nummer": f"Z-{i}", "begin": f"2026-05-04 {i % 24:02}:{i % 60:02}:{i // 60 % 60:02}"}
        for i in range(ROWS)
    ]
    for i, row in enumerate(rows):
        row["eind"] = "2026-05-05 12:00:00" if i % 3 else ""
        for place, (column, value) in enumerate(_FAULTS.items()):
            if i % 9973 == place:
                row[column] = value
    return rows


def test_a_large_file_is_judged_as_plain_python_judges_it(tmp_path: Path) -> None:
    rows = _many()
    report = check_rows_of(tmp_path, rows, source())
    found = {
        one.column: one
        for one in report.findings
        if one.rule in ("values", "pattern", "type", "range")
    }
    for column, value in _FAULTS.items():
        bad = [i for i, row in enumerate(rows, start=1) if row[column] == value]
        assert (found[column].rows, found[column].row_numbers) == (len(bad), tuple(bad[:20]))
    assert set(found) == set(_FAULTS)


def test_a_pair_of_columns_is_judged_by_rows(tmp_path: Path) -> None:
    """Both have few different texts, yet only a row tells which belong together."""
    rows = [GOOD | {"nummer": f"Z-{i}"} for i in range(ROWS)]
    rows[777]["eind"] = "2026-05-04 09:00:00"
    rows[99_999]["x"] = ""
    report = check_rows_of(tmp_path, rows, source())
    found = {one.rule: one.row_numbers for one in report.findings}
    assert (found["begin_after_end"], found["half_point"]) == ((778,), (100_000,))


def test_only_columns_with_few_texts_are_judged_by_their_texts(tmp_path: Path) -> None:
    def few(rows: list[dict[str, str]]) -> set[str]:
        (tmp_path / "a.csv").write_text(csv_text(rows))
        table = read_delivery(tmp_path / "a.csv", source()).table
        names = {name: f"c{i}" for i, name in enumerate(table.column_names)}
        columns = Columns(source().fields, names=names)
        with opened(table) as connection:
            return {one.name for one in _find_few(Asking(connection, columns, Parameters()))}

    rows = _many()
    assert few(rows) == set(GOOD) - {"nummer"}
    assert few(rows[:1000]) == set()


def test_a_key_that_stands_twice_is_told_by_its_second_row(tmp_path: Path) -> None:
    rows = [GOOD | {"nummer": f"Z-{i}"} for i in range(50)]
    rows[30]["nummer"], rows[49]["nummer"] = "Z-7", " Z-7 "
    report = check_rows_of(tmp_path, rows, source())
    (double,) = [one for one in report.findings if one.rule == "duplicate"]
    assert (double.rows, double.row_numbers) == (2, (31, 50))
    assert "duplicate" not in errors_of(check_rows_of(tmp_path, rows[:30], source()))


def test_a_statement_gets_no_value_that_it_does_not_name() -> None:
    parameters = Parameters()
    names = [parameters.add(i) for i in range(12)]
    assert parameters.used_in(f"SELECT {names[1]}, {names[11]}") == {"p1": 1, "p11": 11}
    assert all(re.fullmatch(r"\$p[0-9]+", name) for name in names)

"""What a spreadsheet leaves in a file is told as what it is, in words that help."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from lib.deliveries import GOOD, GOOD_COUNT, check_rows_of, check_text, counts_source, source
from regiebeeld.catalogue import read_catalogue
from regiebeeld.catalogue.contracts import Source
from regiebeeld.pipeline.intake.findings import DeliveryReport, in_file
from regiebeeld.pipeline.intake.headers import check_columns
from regiebeeld.pipeline.intake.limits import RefusedFile
from regiebeeld.pipeline.intake.reading import read_delivery

HEAD = "gebied;maand;soort;aantal"
FIRST, SECOND = "BU01531203;2026-05;inbraak;3", "BU01531204;2026-05;inbraak;4"


def _check(folder: Path, text: str, of: Source | None = None) -> DeliveryReport:
    of = of or counts_source()
    report = check_text(folder, text, of)
    return in_file(report, read_delivery(folder / "levering.csv", of).places)


def _words(report: DeliveryReport) -> str:
    return " ".join(found.words for found in report.findings)


@pytest.mark.parametrize("empty", [";;;", "  ;\t; ;", "\u00a0;;;"])
def test_an_empty_row_is_skipped_and_told_by_its_number(tmp_path: Path, empty: str) -> None:
    report = _check(tmp_path, f"{HEAD}\n{FIRST}\n{empty}\n{SECOND}\n")
    assert [found.rule for found in report.findings] == ["empty_row"]
    assert report.findings[0].words == "Rij 3 is leeg en is overgeslagen."
    assert report.rows == 2


def test_rows_after_an_empty_one_keep_their_number(tmp_path: Path) -> None:
    bad = SECOND.replace(";4", ";x")
    report = _check(tmp_path, f"{HEAD}\n;;;\n{FIRST}\n\n;;;\n{bad}\n;;;\n")
    assert "3 rijen zijn leeg en zijn overgeslagen: rij 2, 5, 7." in _words(report)
    assert [found.row_numbers for found in report.errors] == [(6,)]


def test_a_row_with_one_text_is_not_empty(tmp_path: Path) -> None:
    report = _check(tmp_path, f"{HEAD}\n{FIRST}\n;;inbraak;\n")
    assert {found.rule for found in report.errors} == {"required"}


def test_only_empty_rows_are_no_delivery(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="geen rijen"):
        _check(tmp_path, f"{HEAD}\n;;;\n ; ; ; \n")


def test_a_workbook_with_empty_rows_and_a_sum_below(tmp_path: Path) -> None:
    path = tmp_path / "levering.xlsx"
    rows = [HEAD.split(";"), FIRST.split(";"), [], SECOND.split(";"), [None, None, None, 7]]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    delivered = read_delivery(path, counts_source())
    assert delivered.table.num_rows == 3
    assert delivered.places.of((1, 2, 3)) == (2, 4, 5)
    report = check_rows_of(
        tmp_path, [dict(zip(GOOD_COUNT, ["", "", "", "7"], strict=True))], counts_source()
    )
    assert "totals_row" in {found.rule for found in report.errors}


def test_totals_are_looked_for_in_counts_only(tmp_path: Path) -> None:
    report = check_rows_of(tmp_path, [GOOD | {"buurt": "Som"}], source())
    assert report.findings == ()


def test_a_title_above_the_header_gets_the_right_advice(tmp_path: Path) -> None:
    for title in ("Inbraken in mei", "Inbraken in mei;;;"):
        with pytest.raises(RefusedFile, match="titel") as caught:
            _check(tmp_path, f"{title}\n{HEAD}\n{FIRST}\n")
        assert "mei" not in caught.value.words


def test_one_column_without_a_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="Kolom 5 heeft geen naam"):
        _check(tmp_path, f"{HEAD};\n{FIRST};x\n")


def test_another_spelling_of_the_header_is_read_and_told(tmp_path: Path) -> None:
    report = _check(tmp_path, f"Gebied; MAAND ;soort;Aantal\n{FIRST}\n")
    assert [found.rule for found in report.findings] == ["header_spelling"]
    assert "kolom 1, 2, 4" in report.findings[0].words
    assert "'gebied', 'maand', 'aantal'" in report.findings[0].words


def test_a_wrong_form_is_told_with_the_example_of_the_contract(tmp_path: Path) -> None:
    examples = {"gebied": "BU90000000", "maand": "2026-05", "aantal": "12"}
    fields = [replace(f, example=examples.get(f.name, "")) for f in counts_source().fields]
    of = replace(counts_source(), fields=tuple(fields))
    report = _check(tmp_path, f"{HEAD}\nnoord.1;mei;Inbraak;drie\n", of)
    words = {found.column: found.words for found in report.errors}
    assert words["gebied"].endswith("de waarde is geen gebiedscode, zoals BU90000000.")
    assert words["maand"].endswith("de waarde is geen periode zoals 2026-05.")
    assert words["aantal"].endswith("de waarde is geen heel getal, zoals 12.")
    assert "totaal, inbraak, poging; hoofdletters tellen mee" in words["soort"]
    assert "noord" not in _words(report)


def test_a_wrong_column_in_a_real_contract_is_told_as_that_column() -> None:
    """Contracts of counts have nearly the same columns: none may be taken for another."""
    sources = read_catalogue(Path("catalogue"), Path("regions")).sources
    boa = sources["boa_inzet"]
    others = [one for one in sources.values() if one.terms.is_delivery and one is not boa]
    for name in boa.field_names():
        header = [f"{one}_fout" if one == name else one for one in boa.field_names()]
        first, *more = check_columns(header, boa, others)
        assert (first.rule, first.column) == ("missing_column", name)
        assert [found.rule for found in more] == ["unknown_column"]


@pytest.mark.parametrize("ending", ["json", "parquet"])
def test_empty_rows_are_skipped_in_every_kind_of_file(tmp_path: Path, ending: str) -> None:
    empty = dict.fromkeys(GOOD_COUNT)
    path = tmp_path / f"levering.{ending}"
    if ending == "json":
        path.write_text(json.dumps([GOOD_COUNT, empty, GOOD_COUNT]), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist([GOOD_COUNT, empty, GOOD_COUNT]), path)
    delivered = read_delivery(path, counts_source())
    assert delivered.table.num_rows == 2
    assert delivered.places.of((1, 2)) == (1, 3)
    assert [note.words for note in delivered.facts.notes] == ["Rij 2 is leeg en is overgeslagen."]


def test_one_row_is_told_as_one(tmp_path: Path) -> None:
    report = _check(tmp_path, f"{HEAD}\n{FIRST}\n{FIRST}\n")
    assert report.errors[0].words.startswith("1 rij staat er dubbel in")
    with pytest.raises(RefusedFile, match="1 rij heeft een ander aantal kolommen"):
        _check(tmp_path, f"{HEAD}\n{FIRST};x\n{SECOND}\n")

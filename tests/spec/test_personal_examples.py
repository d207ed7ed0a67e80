"""The examples of personal_data.md, each sent through the checks of the door."""

from pathlib import Path

import pytest

from lib.deliveries import GOOD, check_rows_of, errors_of, source
from regiebeeld.pipeline.intake.findings import DeliveryReport
from spec.worked_examples import Example, read_examples

FILE = "personal_data"


def _kinds(report: DeliveryReport) -> set[str]:
    return {one.removeprefix("personal_") for one in errors_of(report) if "personal_" in one}


def _wanted(text: str) -> set[str]:
    return set(text.split()) - {"-"}


def _rows(texts: list[dict[str, str]]) -> list[dict[str, str]]:
    return [GOOD | {"nummer": f"Z-{i}"} | text for i, text in enumerate(texts)]


@pytest.mark.parametrize("example", read_examples(FILE, 0), ids=lambda one: one["tekst"])
def test_one_text(tmp_path: Path, example: Example) -> None:
    text = example["tekst"]
    filler = [{"buurt": "De Hoogte", "extra": f"woord{'abcde'[i]}"} for i in range(5)]
    for column, wanted in (("buurt", "in de naam van een gebied"), ("extra", "in andere tekst")):
        rows = _rows([*filler, filler[0] | {column: text}])
        report = check_rows_of(tmp_path, rows, source())
        assert _kinds(report) == _wanted(example[wanted]), column
        assert text not in str(report)
        for found in report.errors:
            assert found.rule == "unknown_column" or found.row_numbers == (6,)


@pytest.mark.parametrize("example", read_examples(FILE, 1), ids=str)
def test_a_whole_column(tmp_path: Path, example: Example) -> None:
    values = example["waarden"].split()
    rows = _rows([{example["kolom"]: value} for value in values])
    assert _kinds(check_rows_of(tmp_path, rows, source())) == _wanted(example["uitkomst"])


@pytest.mark.parametrize("example", read_examples(FILE, 2), ids=str)
def test_two_columns(tmp_path: Path, example: Example) -> None:
    pairs = zip(example["kolommen"].split(" + "), example["waarden"].split(" + "), strict=True)
    report = check_rows_of(tmp_path, _rows([dict(pairs)]), source())
    assert _kinds(report) == _wanted(example["uitkomst"])
    assert "Kerkstraat" not in str(report)

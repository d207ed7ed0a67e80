"""Writes the delivery report as JSON, XLSX and a page, to send back to the partner."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xlsxwriter
from jinja2 import Environment, StrictUndefined

from regiebeeld.pipeline.intake.findings import (
    DeliveryReport,
    Finding,
    Outcome,
    Severity,
    tell_finding,
)

OUTCOMES = {
    Outcome.ACCEPTED: "Aangenomen",
    Outcome.ACCEPTED_WITH_WARNINGS: "Aangenomen, met opmerkingen",
    Outcome.REFUSED: "Geweigerd",
}
SEVERITIES = {Severity.ERROR: "Fout: moet hersteld", Severity.WARNING: "Opmerking"}
NEXT_STEPS = {
    Outcome.ACCEPTED: "U hoeft niets te doen.",
    Outcome.ACCEPTED_WITH_WARNINGS: (
        "De levering telt mee. Bekijk de opmerkingen voor de volgende keer."
    ),
    Outcome.REFUSED: (
        "Er is niets overgenomen; de vorige levering blijft gelden. "
        "Herstel de fouten en lever het hele bestand opnieuw."
    ),
}
_HEAD = ("Soort", "Regel", "Kolom", "Rijen", "Eerste rijnummers", "Wat is er")
# Autoescape is on for every template of this environment: a column name may hold markup.
_PAGES = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_PAGE = _PAGES.from_string((Path(__file__).parent / "report.html").read_text(encoding="utf-8"))


def write_report(report: DeliveryReport, folder: Path) -> tuple[Path, Path, Path]:
    """Write `report.json`, `report.xlsx` and `report.html` into a folder; give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / "report.json", folder / "report.xlsx", folder / "report.html"
    paths[0].write_text(to_json(report), encoding="utf-8")
    _write_workbook(report, paths[1])
    paths[2].write_text(to_page(report), encoding="utf-8")
    return paths


def to_json(report: DeliveryReport) -> str:
    """Give the whole report as JSON; dates as ISO text."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=2, default=str)


def to_page(report: DeliveryReport) -> str:
    """Give the report as one page that needs no other file and runs no script."""
    return _PAGE.render(
        report=report,
        outcome=OUTCOMES[report.outcome],
        next_step=NEXT_STEPS[report.outcome],
        facts=describe_facts(report),
        head=_HEAD,
        findings=[_finding_row(found) for found in report.findings],
        linking=describe_linking(report),
    )


def describe_facts(report: DeliveryReport) -> tuple[tuple[str, str], ...]:
    """Give what was seen of the file, as label and text."""
    facts = report.facts
    rows = [("Bron", f"{report.title} ({report.source})"), ("Nagekeken op", str(report.checked_on))]
    if facts is not None:
        rows += [
            ("Bestand", facts.name),
            ("Soort bestand", facts.kind.upper()),
            ("Rijen", str(report.rows)),
            ("Kolommen", str(report.columns)),
            ("Tekenset", facts.encoding or "-"),
            ("Scheidingsteken", {"\t": "tab"}.get(facts.delimiter or "", facts.delimiter or "-")),
            ("Decimaalteken", facts.decimal),
            ("Blad", facts.sheet or "-"),
            ("Vingerafdruk (sha256)", facts.sha256),
        ]
    if report.when:
        rows.append(("Dag en uur", report.when))
    if report.coverage:
        periods = sorted({covered.period for covered in report.coverage})
        rows.append(("Periode", f"{periods[0]} tot en met {periods[-1]}"))
    return tuple(rows)


def describe_linking(report: DeliveryReport) -> tuple[tuple[str, str], ...]:
    """Give what is told of the linking, as kind and sentence; nothing where none was linked."""
    if report.linking is None:
        return ()
    parts = (
        ("Koppeling", report.linking.sentences),
        ("Elke sleutel alleen", report.linking.keys),
        ("Openbare cijfers", report.linking.public),
    )
    return tuple((kind, words) for kind, told in parts for words in told)


def tell_check(report: DeliveryReport, *, region: str | None) -> tuple[str, ...]:
    """Give what a check at home says, line by line; the last is the outcome."""
    links = report.linking.sentences if report.linking else ()
    lines = [f"- {tell_finding(found)}" for found in report.findings]
    lines += [f"- {words}" for words in dict.fromkeys(links) if words not in str(lines)]
    if report.errors:
        many = "1 fout" if len(report.errors) == 1 else f"{len(report.errors)} fouten"
        return (*lines, f"deze levering wordt geweigerd: {many}")
    many = "1 opmerking" if len(report.warnings) == 1 else f"{len(report.warnings)} opmerkingen"
    good = f"{'1 rij' if report.rows == 1 else f'{report.rows} rijen'}, {many}."
    if region is None:
        return (
            *lines,
            f"Deze levering voldoet aan het contract: {good} De afspraak en het koppelen aan "
            "gebieden zijn niet nagekeken; dat kan met --region.",
        )
    return (
        *lines,
        f"Deze levering voldoet aan het contract en de afspraak: {good} De vergelijking met de "
        "vorige levering gebeurt aan de deur.",
    )


def _finding_row(found: Finding) -> tuple[str, str, str, str, str, str]:
    numbers = ", ".join(map(str, found.row_numbers))
    more = ", …" if found.rows > len(found.row_numbers) > 0 else ""
    rows = str(found.rows) if found.rows else ""
    return (
        SEVERITIES[found.severity],
        found.rule,
        found.column or "",
        rows,
        numbers + more,
        found.words,
    )


def _write_workbook(report: DeliveryReport, path: Path) -> None:
    # Every cell is written as text: xlsxwriter's own guess would make `=cmd` a formula.
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True})
        top = [("Uitkomst", OUTCOMES[report.outcome]), ("En nu", NEXT_STEPS[report.outcome])]
        sheet = book.add_worksheet("Uitkomst")
        sheet.set_column(0, 0, 24, bold)
        sheet.set_column(1, 1, 90)
        _write_rows(sheet, [*top, *describe_facts(report)])
        sheet = book.add_worksheet("Bevindingen")
        sheet.set_column(0, 4, 22)
        sheet.set_column(5, 5, 110)
        _write_rows(sheet, [_HEAD, *(_finding_row(found) for found in report.findings)])
        if linking := describe_linking(report):
            sheet = book.add_worksheet("Koppeling")
            sheet.set_column(0, 0, 24, bold)
            sheet.set_column(1, 1, 110)
            _write_rows(sheet, linking)


def _write_rows(sheet: Any, rows: Sequence[Sequence[str]]) -> None:
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            sheet.write_string(i, j, text)

"""Finds rows that a form or a spreadsheet left in a delivery: the example, a line of totals.

They would be counted, or refused in words that say nothing of what they are.
"""

from collections.abc import Iterator, Sequence

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import Field, FieldType, Role, fields_with
from regiebeeld.catalogue.models import Grain
from regiebeeld.pipeline.intake.field_sql import NUMBERS
from regiebeeld.pipeline.intake.findings import Finding, Severity
from regiebeeld.pipeline.intake.limits import SHOWN_ROWS
from regiebeeld.pipeline.intake.row_statements import Asking, typed_parts

_TOTAL = "(?i)((eind|sub|algemeen |generaal )?totaal|(grand |sub)?total|som)([^a-z].*)?"


def check_left_rows(asking: Asking, source: Source) -> Iterator[Finding]:
    """Yield the rows that are the example of the template, and for counts the lines of totals."""
    if condition := _is_example(asking, source.terms.missing):
        rows, numbers = _find(asking, condition)
        if rows:
            subject = "1 rij is" if rows == 1 else f"{rows} rijen zijn"
            words = (
                f"{subject} de voorbeeldregel van het sjabloon. Haal die weg: wat erin staat is "
                "verzonnen."
            )
            yield Finding("example_row", Severity.ERROR, words, None, rows, numbers)
    if source.terms.grain is not Grain.COUNT:
        return
    if condition := _is_total(asking):
        rows, numbers = _find(asking, condition)
        if rows:
            subject = "1 rij lijkt" if rows == 1 else f"{rows} rijen lijken"
            words = f"{subject} een totaalregel. Haal die weg: totalen worden hier uitgerekend."
            yield Finding("totals_row", Severity.ERROR, words, None, rows, numbers)


def _find(asking: Asking, condition: str) -> tuple[int, tuple[int, ...]]:
    """Count the rows with a condition on texts (`c<i>`), and give the first."""
    plain = typed_parts(asking.columns, asking.parameters)["plain"]
    rows, numbers = asking.ask(
        f'SELECT count(*), min("row", {SHOWN_ROWS}) FROM (SELECT "row"{plain} FROM delivery)'
        f" WHERE {condition}"
    )
    return rows, tuple(numbers or ())


def _is_example(asking: Asking, missing: Sequence[str]) -> str:
    """Write the SQL that is true when every column holds the example that the contract gives."""
    parts = []
    for one in asking.columns.fields:
        text = asking.columns.text(one)
        if not one.example or one.example in missing:
            parts.append(f"{text} IS NULL")
        else:
            ways = asking.parameters.add(_spellings(one))
            parts.append(f"list_contains({ways}, {text})")
    return " AND ".join(parts) if any(one.example for one in asking.columns.fields) else ""


def _spellings(one: Field) -> list[str]:
    """Give the ways in which a program may write an example: 1976.0 is also 1976,0 and 1976."""
    if one.type not in NUMBERS:
        return [one.example]
    whole = one.example.removesuffix(".0")
    return list(dict.fromkeys((one.example, one.example.replace(".", ","), whole)))


def _is_total(asking: Asking) -> str:
    """Write the SQL that is true for the word total among places and periods, or a lone number."""
    columns = asking.columns
    count = next(fields_with(columns.fields, Role.COUNT), None)
    texts = [
        one
        for one in columns.fields
        if one.type is FieldType.STRING and not one.values and one.role is not Role.DROP
    ]
    if not texts:
        return ""
    word = asking.parameters.add(_TOTAL)
    ways = [f"regexp_full_match({columns.text(one)}, {word})" for one in texts]
    others = [one for one in columns.fields if one is not count and one.required]
    if count is not None and others:
        alone = " AND ".join(f"{columns.text(one)} IS NULL" for one in others)
        ways.append(f"({columns.text(count)} IS NOT NULL AND {alone})")
    return " OR ".join(ways)

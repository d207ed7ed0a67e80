"""Makes key figures meet their contract: inhabitants, households, dwellings, prices per area and year."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from regiebeeld.catalogue import Figure, SourceTerms
from regiebeeld.domain import ContractError, LinkError, PeriodKind, Status, read_cbs_period
from regiebeeld.pipeline.sources.conform_counts import ConformReport, CountFrame, Note
from regiebeeld.pipeline.sources.count_columns import MARKERS, read_any_area

_NUMBER = re.compile(r"^\d+(?:[.,]\d+)?$")
_OUTSIDE = "gebied buiten de regio"
_NO_YEAR = "geen jaarcijfer"
_OTHER_TOTAL = "uitsplitsing die niet wordt gebruikt"
_UNREADABLE = "waarde of code is niet te lezen"
_OTHER_LAYOUT = "gebied van een indeling die deze regio niet kent"
_TWICE = "dezelfde gebied en jaar staan al eerder in de tabel"
# OData v4 says in words why a value is absent; the number itself is then null.
_ATTRIBUTES = {
    "None": None,
    "Impossible": "kan niet voorkomen",
    "Confidential": "de bron houdt dit cijfer geheim",
    "NotAvailable": "niet beschikbaar bij de bron",
}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One key figure; `value` is None with a status and reason when the source has none."""

    area: str
    figure: Figure
    year: int
    value: float | None
    status: Status
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Spelled:
    """One figure as the source spells it."""

    area: str
    year: str | None
    figure: Figure
    text: str | None
    attribute: str | None = None


def conform_figures(
    table: pa.Table, terms: SourceTerms, frame: CountFrame, *, year: int | None = None
) -> tuple[list[FigureRow], ConformReport]:
    """Read an all-text table of key figures against its contract and the region's layout.

    One row of the table can hold several figures; a row counts as kept when at
    least one of them is. `year` is used where the table has no period column.
    Raises ContractError for absent columns or a table without any usable row.
    """
    spelled = list(_spell(table, terms, year))
    kept: dict[tuple[str, Figure, int], FigureRow] = {}
    refused: Counter[str] = Counter()
    for rows in spelled:
        found = [_read_figure(one, terms, frame) for one in rows]
        good = [one for one in found if isinstance(one, FigureRow)]
        fresh = [one for one in good if (one.area, one.figure, one.year) not in kept]
        if not fresh:
            refused[_TWICE if good else next((r for r in found if isinstance(r, str)), _OTHER_TOTAL)] += 1
        kept.update({(one.area, one.figure, one.year): one for one in fresh})
    report = _report(len(spelled), refused, list(kept.values()))
    if not kept:
        raise ContractError(
            f"tabel {terms.table}: geen van de {len(spelled)} rijen is bruikbaar "
            f"({', '.join(f'{reason}: {rows}' for reason, rows in refused.items())})"
        )
    return list(kept.values()), report


def _spell(table: pa.Table, terms: SourceTerms, year: int | None) -> Iterator[list[_Spelled]]:
    if "Measure" in table.column_names and "ValueAttribute" in table.column_names:
        return _spell_observations(table, terms)
    return _spell_columns(table, terms, year)


def _spell_columns(table: pa.Table, terms: SourceTerms, year: int | None) -> Iterator[list[_Spelled]]:
    columns = terms.columns
    area = columns.area if columns else terms.collections[0].code
    period = columns.period if columns else None
    # Which figures an area source carries differs a year; a denominator that is not there is no rate.
    figures = [f for f in terms.figures if f.column in table.column_names]
    needed = [area, *([period] if period else []), *([f.column for f in terms.figures] if columns else [])]
    _require(table, terms, needed)
    for row in _distinct_rows(table, [area, period, *terms.fixed, *(f.column for f in figures)]):
        if any((row.get(name) or "").strip() != key for name, key in terms.fixed.items()):
            yield []
            continue
        when = row[period] if period else f"{year}JJ00" if year else None
        yield [_Spelled(row[area] or "", when, f.figure, row[f.column]) for f in figures]


def _spell_observations(table: pa.Table, terms: SourceTerms) -> Iterator[list[_Spelled]]:
    columns = terms.columns
    if columns is None or columns.period is None:
        raise ContractError(f"het contract van tabel {terms.table} noemt geen kolommen voor gebied en periode")
    _require(table, terms, [columns.area, columns.period, "Measure", "Value", "ValueAttribute"])
    figures = {f.column: f.figure for f in terms.figures}
    names = [columns.area, columns.period, "Measure", "Value", "ValueAttribute"]
    for row in _distinct_rows(table, names):
        figure = figures.get((row["Measure"] or "").strip())
        where, when = row[columns.area] or "", row[columns.period]
        yield [_Spelled(where, when, figure, row["Value"], row["ValueAttribute"])] if figure else []


def _distinct_rows(table: pa.Table, names: list[str | None]) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = table.select([name for name in names if name]).to_pylist()
    return rows


def _require(table: pa.Table, terms: SourceTerms, names: list[str]) -> None:
    if missing := [name for name in names if name not in table.column_names]:
        raise ContractError(
            f"tabel {terms.table} mist de kolom {', '.join(missing)}; aanwezig: {', '.join(table.column_names[:30])}. "
            "Het nummer achter een kolomnaam verschuift soms per jaar: pas het contract aan"
        )


def _read_figure(one: _Spelled, terms: SourceTerms, frame: CountFrame) -> FigureRow | str:
    """Give the figure, or the reason why it is refused."""
    try:
        area = read_any_area(one.area)
        period = read_cbs_period(one.year or "")
    except (LinkError, ContractError):
        return _UNREADABLE
    if period.kind is not PeriodKind.YEAR:
        return _NO_YEAR
    if area[:2] not in ("GM", "WK", "BU") or f"GM{area[2:6]}" not in frame.gemeenten:
        return _OUTSIDE
    if not any(area in codes for codes in frame.codes.values()):
        return _OTHER_LAYOUT
    return _read_value(one, area, period.year)


def _read_value(one: _Spelled, area: str, year: int) -> FigureRow | str:
    text = (one.text or "").strip()
    attribute = _ATTRIBUTES.get(one.attribute or "None", f"de bron zegt {one.attribute!r}")
    reason = attribute or MARKERS.get(text)
    if reason:
        return FigureRow(area, one.figure, year, None, Status.MISSING, reason)
    if not _NUMBER.match(text):
        return _UNREADABLE
    return FigureRow(area, one.figure, year, float(text.replace(",", ".")), Status.SHOWN)


def _report(rows_in: int, refused: Counter[str], kept: list[FigureRow]) -> ConformReport:
    missing = Counter(row.reason for row in kept if row.reason)
    notes = [Note("refused", rows, reason) for reason, rows in sorted(refused.items())]
    notes += [Note("missing", rows, reason) for reason, rows in sorted(missing.items()) if reason]
    return ConformReport(rows_in, rows_in - sum(refused.values()), dict(refused), tuple(notes))

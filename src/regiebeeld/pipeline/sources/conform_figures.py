"""Makes key figures meet their contract: people, homes and traits of the surroundings."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from regiebeeld.catalogue import Figure, SourceTerms
from regiebeeld.catalogue.models import DENOMINATORS, PERCENTAGES, FigureColumn
from regiebeeld.domain import ContractError, LinkError, PeriodKind, Status, read_cbs_period
from regiebeeld.pipeline.sources.conform_counts import ConformReport, CountFrame, Note
from regiebeeld.pipeline.sources.count_columns import LARGEST_COUNT, read_any_area, read_marker

# "158.261" is a Dutch thousand and "158,261" may be one: three decimals are never guessed at.
_NUMBER = re.compile(r"[0-9]{1,12}(?:[.,](?![0-9]{3}$)[0-9]+)?")
_WHOLE = 100.0
_OUTSIDE = "gebied buiten de regio"
_NO_YEAR = "geen jaarcijfer"
_OTHER_TOTAL = "uitsplitsing die niet wordt gebruikt"
_UNREADABLE = "waarde of code is niet te lezen"
_OTHER_LAYOUT = "gebied van een indeling die deze regio niet kent"
_TWICE = "hetzelfde gebied en jaar staan al eerder in de tabel"
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
    vintage: int
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
    least one of them is. `year` is used where the table has no period column. An area
    that comes twice (land and water apart) keeps the row with a number. A trait of the
    surroundings whose column is absent is told: not every year has every one.
    Raises ContractError for other absent columns, a table without any usable row, and two
    different numbers for one area, figure and year.
    """
    if table.num_rows == 0:
        raise ContractError(
            f"tabel {terms.table} is leeg; haal de bron opnieuw op of controleer de selectie"
        )
    read = [[_read_figure(s, frame) for s in rows] for rows in _spell(table, terms, year)]
    kept = _choose_rows(read, terms)
    refused = _refuse_rows(read, {row for row, _ in kept.values()})
    if not kept:
        raise ContractError(
            f"tabel {terms.table}: geen van de {len(read)} rijen is bruikbaar "
            f"({', '.join(f'{reason}: {rows}' for reason, rows in refused.items())}). "
            "Controleer de tabel en de gemeenten in region.yaml"
        )
    unread = _count_unread(read, {row for row, _ in kept.values()})
    figures = [figure for _, figure in kept.values()]
    report = _report(len(read), refused, figures, unread=unread)
    return figures, replace(report, notes=(*report.notes, *_tell_absent(table, terms)))


_Read = list[list["FigureRow | str"]]


def _choose_rows(
    read: _Read, terms: SourceTerms
) -> dict[tuple[str, Figure, int], tuple[int, FigureRow]]:
    """Give for each area, figure and year the row that holds it; a number goes before a marker."""
    kept: dict[tuple[str, Figure, int], tuple[int, FigureRow]] = {}
    for row, found in enumerate(read):
        for one in found:
            if isinstance(one, str):
                continue
            key = one.area, one.figure, one.year
            earlier, known = kept.get(key, (row, one))
            if known.value is not None and one.value not in (None, known.value):
                raise ContractError(
                    f"tabel {terms.table}: rij {earlier + 1} en rij {row + 1} geven beide een "
                    f"getal voor {one.figure} van {one.area} in {one.year}. De tabel wordt niet "
                    "gebruikt; vraag de bron welke rij geldt, of noem de uitsplitsing bij `fixed`"
                )
            kept[key] = (
                (row, one)
                if known.value is None and one.value is not None
                else (
                    earlier,
                    known,
                )
            )
    return kept


def _refuse_rows(read: _Read, used: set[int]) -> Counter[str]:
    """Give how many rows are refused, by reason; each row that is not used has one."""
    refused: Counter[str] = Counter()
    for row, found in enumerate(read):
        if row not in used:
            good = any(isinstance(one, FigureRow) for one in found)
            words = next((one for one in found if isinstance(one, str)), _OTHER_TOTAL)
            refused[_TWICE if good else words] += 1
    return refused


def _count_unread(read: _Read, used: set[int]) -> int:
    """Count the figures that could not be read in rows of which another figure is kept."""
    return sum(one == _UNREADABLE for row in used for one in read[row])


def _spell(table: pa.Table, terms: SourceTerms, year: int | None) -> Iterator[list[_Spelled]]:
    if "Measure" in table.column_names and "ValueAttribute" in table.column_names:
        return _spell_observations(table, terms)
    return _spell_columns(table, terms, year)


def _spell_columns(
    table: pa.Table, terms: SourceTerms, year: int | None
) -> Iterator[list[_Spelled]]:
    columns = terms.columns
    area = columns.area if columns else terms.collections[0].code
    period = columns.period if columns else None
    # Which figures an area source carries differs a year; without a denominator there is no rate.
    figures = [f for f in terms.figures if f.column in table.column_names]
    named = [f.column for f in _needed_figures(terms)] if columns else []
    needed = [area, *([period] if period else []), *terms.fixed, *named]
    _require(table, terms, needed)
    for row in _rows(table, [*needed, *(f.column for f in figures)]):
        if not _is_wanted(row, terms):
            yield []
            continue
        when = row[period] if period else f"{year}JJ00" if year else None
        yield [_Spelled(row[area] or "", when, f.figure, row[f.column]) for f in figures]


def _needed_figures(terms: SourceTerms) -> list[FigureColumn]:
    """Give the figures that a table must have: its denominators, or without those all of them."""
    bases = [f for f in terms.figures if f.figure in DENOMINATORS]
    return bases or list(terms.figures)


def _tell_absent(table: pa.Table, terms: SourceTerms) -> Iterator[Note]:
    if "Measure" in table.column_names and "ValueAttribute" in table.column_names:
        return
    absent = [f.figure.value for f in terms.figures if f.column not in table.column_names]
    if absent:
        words = f"deze tabel heeft geen kolom voor: {', '.join(absent)}"
        yield Note("missing", table.num_rows, words)


def _spell_observations(table: pa.Table, terms: SourceTerms) -> Iterator[list[_Spelled]]:
    columns = terms.columns
    if columns is None or columns.period is None:
        raise ContractError(
            f"het contract van tabel {terms.table} noemt geen kolommen voor gebied en periode"
        )
    needed = [columns.area, columns.period, "Measure", "Value", "ValueAttribute", *terms.fixed]
    _require(table, terms, needed)
    figures = {f.column: f.figure for f in terms.figures}
    for row in _rows(table, needed):
        figure = figures.get((row["Measure"] or "").strip())
        if not figure or not _is_wanted(row, terms):
            yield []
            continue
        where, when = row[columns.area] or "", row[columns.period]
        yield [_Spelled(where, when, figure, row["Value"], row["ValueAttribute"])]


def _is_wanted(row: dict[str, str | None], terms: SourceTerms) -> bool:
    return all((row[name] or "").strip() == key for name, key in terms.fixed.items())


def _rows(table: pa.Table, names: list[str]) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = table.select(list(dict.fromkeys(names))).to_pylist()
    return rows


def _require(table: pa.Table, terms: SourceTerms, names: list[str]) -> None:
    if missing := [name for name in names if name not in table.column_names]:
        raise ContractError(
            f"tabel {terms.table} mist de kolom {', '.join(missing)}; "
            f"aanwezig: {', '.join(table.column_names[:30])}. "
            "Het nummer achter een kolomnaam verschuift soms per jaar: pas het contract aan"
        )


def _read_figure(one: _Spelled, frame: CountFrame) -> FigureRow | str:
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
    return _read_value(one, area, year=period.year, vintage=frame.vintage)


def _read_value(one: _Spelled, area: str, *, year: int, vintage: int) -> FigureRow | str:
    text = (one.text or "").strip()
    attribute = (one.attribute or "None").strip()
    reason = _ATTRIBUTES.get(attribute, f"de bron zegt {attribute!r}") or read_marker(text)
    if reason:
        return FigureRow(area, one.figure, year, None, Status.MISSING, vintage, reason)
    if not _NUMBER.fullmatch(text) or (value := float(text.replace(",", "."))) > LARGEST_COUNT:
        return _UNREADABLE
    if one.figure in DENOMINATORS and not value.is_integer():
        return _UNREADABLE  # there are no half inhabitants
    if one.figure in PERCENTAGES and value > _WHOLE:
        return _UNREADABLE
    return FigureRow(area, one.figure, year, value, Status.SHOWN, vintage)


def _report(
    rows_in: int, refused: Counter[str], kept: list[FigureRow], *, unread: int
) -> ConformReport:
    missing = Counter(row.reason for row in kept if row.reason)
    notes = [Note("refused", rows, reason) for reason, rows in sorted(refused.items())]
    if unread:
        notes.append(
            Note("refused", unread, "een van de cijfers in een bewaarde rij is niet te lezen")
        )
    notes += [Note("missing", rows, reason) for reason, rows in sorted(missing.items()) if reason]
    return ConformReport(rows_in, rows_in - sum(refused.values()), dict(refused), tuple(notes))

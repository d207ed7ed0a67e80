"""Counts events where they are: a partner's own rows become the delivery, and no row leaves.

Refuses what the door would refuse, and a count contract that asks for what the rows cannot say.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import Field, Role, fields_with
from regiebeeld.catalogue.models import Grain
from regiebeeld.domain import TOTAL, AreaLevel, ContractError
from regiebeeld.pipeline.intake.checks import check_delivery
from regiebeeld.pipeline.intake.counts import (
    BREAKDOWN_ROLES,
    breakdown_name,
    count_rows,
    layout_by_period,
)
from regiebeeld.pipeline.intake.coverage import Coverage, compute_coverage, keep_covered
from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.findings import DeliveryReport, Outcome, in_file
from regiebeeld.pipeline.intake.judging import add_findings, link_table, tell_counting
from regiebeeld.pipeline.intake.linking import LinkFrame

Row = dict[str, Any]
_FILLED = (Role.EVENT_SET, *BREAKDOWN_ROLES, Role.AREA_CODE, Role.PERIOD, Role.COUNT)


@dataclass(frozen=True, slots=True)
class CountedAtHome:
    """The rows of the delivery that was made, and the report on the events it was made from."""

    rows: tuple[Row, ...]
    report: DeliveryReport
    told: tuple[str, ...]


def count_at_home(
    delivered: Delivered,
    source: Source,
    into: Source,
    *,
    frame: LinkFrame,
    as_of: date,
    declared: tuple[str, str] | None = None,
) -> CountedAtHome:
    """Count the events of a file that was read to rows of the contract `into`.

    Raises ContractError when the rows do not meet `source`, or when `into` asks for a column that
    events of `source` cannot fill.
    """
    _check_contracts(source, into)
    report = check_delivery(delivered, source, earlier=None, today=as_of)
    report = in_file(report, delivered.places)
    if report.outcome is Outcome.REFUSED:
        words = "; ".join(found.words for found in report.errors)
        raise ContractError(f"het bestand voldoet niet aan {source.id}: {words}")
    linked = link_table(delivered.table, source, frame).in_file(delivered.places)
    terms = source.terms.model_copy(update={"atom": into.terms.atom})
    finest = replace(source, terms=terms)
    counted = count_rows(delivered.table, finest, linked, gemeenten=frame.gemeente_codes)
    coverage = compute_coverage(counted.counts, as_of=as_of, declared=declared)
    kept = keep_covered(counted.counts, coverage)
    rows = [*_write_rows(kept, into, _list_places(kept, coverage, into, frame))]
    told = tell_counting(counted, coverage, linked)
    return CountedAtHome(tuple(rows), add_findings(report, told), linked.report.sentences())


def write_counts(rows: tuple[Row, ...], into: Source, path: Path) -> None:
    """Write the rows as the CSV that the contract `into` asks."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, into.field_names(), delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def _check_contracts(source: Source, into: Source) -> None:
    if source.terms.grain is not Grain.EVENT or into.terms.grain is not Grain.COUNT:
        raise ContractError(
            f"van {source.id} naar {into.id} kan niet: "
            "tellen gaat van gebeurtenissen naar aantallen"
        )
    have = {breakdown_name(field) for field in fields_with(source.fields, *BREAKDOWN_ROLES)}
    for field in into.fields:
        fillable = field.role in _FILLED
        if field.role in BREAKDOWN_ROLES:
            fillable = breakdown_name(field) in have
        if field.required and not fillable:
            raise ContractError(
                f"{into.id} vraagt de kolom {field.name}, en die volgt niet uit {source.id}"
            )


def _list_places(
    counts: pa.Table, coverage: Coverage, into: Source, frame: LinkFrame
) -> list[tuple[str, str]]:
    """List every area and period that is told, each area in the layout of its period."""
    vintages, newest = layout_by_period(counts), max(frame.layouts)
    level = into.terms.atom.level if into.terms.atom else AreaLevel.BUURT
    inside = {code[2:] for code in frame.gemeente_codes}
    return [
        (area.code, period)
        for period in coverage.periods
        for area in frame.layouts[vintages.get(period, newest)].at(level)
        if area.code[2:6] in inside
    ]


def _write_rows(counts: pa.Table, into: Source, told: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Give one row a cell of `into`; what it does not ask apart is added up.

    A cell of `told` in which nothing happened is said to be zero: who counts leaves out no cell.
    """
    wanted = list(fields_with(into.fields, *BREAKDOWN_ROLES))
    sets = next(fields_with(into.fields, Role.EVENT_SET), None)
    cells: dict[tuple[str, ...], int] = {}
    for row in counts.to_pylist():
        places = _places(row["breakdown"])
        parts = [_delivered(field, places[breakdown_name(field)], into) for field in wanted]
        event_set = _delivered(sets, row["event_set"], into) if sets else ""
        key = (event_set, row["area"], row["period"], *parts)
        cells[key] = cells.get(key, 0) + row["count"]
    words = [
        field.values or sorted({key[3 + i] for key in cells}) for i, field in enumerate(wanted)
    ]
    names = (sets.values if sets else ()) or sorted({key[0] for key in cells})
    kinds: list[tuple[str, ...]] = list(product(names, *words))
    for place, (name, *rest) in product(told, kinds):
        cells.setdefault((name, *place, *rest), 0)
    for (event_set, area, period, *parts), count in sorted(cells.items()):
        values = {Role.EVENT_SET: event_set, Role.AREA_CODE: area, Role.PERIOD: period}
        yield {
            **{f.name: values[f.role] for f in into.fields if f.role in values},
            **{field.name: part for field, part in zip(wanted, parts, strict=True)},
            **{f.name: count for f in fields_with(into.fields, Role.COUNT)},
        }


def _places(breakdown: str) -> dict[str, str]:
    if breakdown == TOTAL:
        return {}
    return dict(place.split("=", 1) for place in breakdown.split(";"))


def _delivered(field: Field, stored: str, into: Source) -> str:
    """Give how `into` writes what is stored; raise ContractError when it has no word for it."""
    for value in field.values:
        if field.stored_as(value) == stored:
            return value
    if field.values:
        raise ContractError(f"kolom {field.name} van {into.id} kent de waarde {stored!r} niet")
    return stored

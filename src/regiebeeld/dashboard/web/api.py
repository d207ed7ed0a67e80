"""The released tables as JSON and CSV; statuses included, an empty value is empty and never 0."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from regiebeeld.dashboard.web.answers import Draft
from regiebeeld.dashboard.web.choices import Parameters, check_level, read_text
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.sources import is_silent
from regiebeeld.domain import AreaLevel, ContractError, read_period
from regiebeeld.releases import Release, ReleasedCell, SourceRow

JSON_TYPE = "application/json"
# The mark lets spreadsheet programs see that the text is UTF-8 (names as Súdwest-Fryslân).
BYTE_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Envelope(BaseModel):
    """What stands around every answer: which release, for whom, and whether it is invented."""

    release: str
    region: str
    audience: str
    invented: bool


class AreaOut(BaseModel):
    code: str
    level: str
    name: str
    vintage: int
    parent: str | None
    gemeente: str | None


class AreasOut(Envelope):
    areas: list[AreaOut]


class IndicatorOut(BaseModel):
    id: str
    theme: str
    title: str
    definition: str
    caution: str
    police_codes: str
    unit: str
    effort: str
    label: str
    finest: str
    analyses: list[str]
    source: str


class IndicatorsOut(Envelope):
    indicators: list[IndicatorOut]


class CellOut(BaseModel):
    """One released cell; `value` is null unless `status` is shown or rounded.

    The true count lies from `lower` to `upper`. A rounded value is a multiple of 5, so add no
    rounded values up: a total is its own cell. `estimated_share` of a rounded cell is 0 or 1.
    """

    indicator: str
    breakdown: str
    area: str
    period: str
    value: int | None
    lower: int | None
    upper: int | None
    status: str
    reason: str | None
    estimated_share: float
    provisional: bool
    base: int | None
    base_figure: str | None
    base_year: int | None
    per: int | None
    rate: float | None
    rate_lower: float | None
    rate_upper: float | None
    no_rate: str | None


class CellsOut(Envelope):
    cells: list[CellOut]


class SourceOut(BaseModel):
    id: str
    title: str
    publisher: str
    licence: str
    table_id: str
    address: str
    fetched_at: str
    modified: str
    label: str
    rows_in: int | None
    rows_kept: int | None
    rows_refused: int | None
    first_period: str | None
    last_period: str | None


class SourcesOut(Envelope):
    sources: list[SourceOut]


_KINDS: dict[str, type[BaseModel]] = {
    "areas": AreaOut,
    "indicators": IndicatorOut,
    "cells": CellOut,
    "sources": SourceOut,
}


class FaultOut(BaseModel):
    status: int
    fault: str
    next: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class CellQuestion:
    """Which cells are asked for: one indicator, one level, and one period or one area."""

    indicator: str
    level: AreaLevel
    period: str | None
    area: str | None
    form: str


def read_form(parameters: Parameters) -> str:
    form = read_text(parameters, "format") or "json"
    if form not in ("json", "csv"):
        raise WebError(400, "format", {"format": form})
    return form


def read_cell_question(release: Release, parameters: Parameters) -> CellQuestion:
    """Read the question for cells; raise WebError for anything unknown or missing."""
    indicator = read_text(parameters, "indicator")
    if indicator is None:
        raise WebError(400, "api_indicator_missing", {"known": ", ".join(release.indicators)})
    if indicator not in release.indicators:
        raise WebError(404, "indicator", {"id": indicator})
    area, period = read_text(parameters, "area"), read_text(parameters, "period")
    if area is not None and area not in release.areas:
        raise WebError(404, "area", {"code": area})
    if area is None and period is None:
        raise WebError(400, "api_too_wide")
    form = read_form(parameters)
    level = _read_level(release, parameters, area)
    check_level(release, release.indicators[indicator], level, release.areas.get(area or ""))
    known = _check_period(release, indicator, level, period)
    return CellQuestion(indicator, level, known, area, form)


def _read_level(release: Release, parameters: Parameters, area: str | None) -> AreaLevel:
    if area is not None:
        return release.areas[area].level
    return read_level(read_text(parameters, "level") or AreaLevel.GEMEENTE.value)


def read_level(text: str) -> AreaLevel:
    try:
        return AreaLevel(text)
    except ValueError as fault:
        raise WebError(400, "level", {"level": text[:80]}) from fault


def _check_period(
    release: Release, indicator: str, level: AreaLevel, text: str | None
) -> str | None:
    if text is None:
        return None
    try:
        period = read_period(text)
    except ContractError as fault:
        raise WebError(400, "period", {"period": text}) from fault
    if period not in release.read_periods_of(indicator, level).get(period.kind, []):
        raise WebError(404, "period_absent", {"period": text})
    return period.id


def list_cells(release: Release, question: CellQuestion) -> list[CellOut]:
    """Give the asked cells from the same tables that the pages show."""
    if question.area is None and question.period is not None:
        cells: Iterable[ReleasedCell] = release.read_map(
            question.indicator, question.level, question.period
        ).values()
    else:
        kinds = release.read_periods_of(question.indicator, question.level)
        area = question.area or ""
        cells = [
            c
            for kind in kinds
            for c in release.read_series(question.indicator, [area], kind=kind)[area]
        ]
    return [_cell_out(cell) for cell in cells if question.period in (None, cell.period.id)]


def _cell_out(cell: ReleasedCell) -> CellOut:
    fields = {
        name: getattr(cell, name)
        for name in CellOut.model_fields
        if name not in ("period", "status")
    }
    return CellOut(**fields, period=cell.period.id, status=cell.status.value)


def list_areas(release: Release) -> list[AreaOut]:
    return [
        AreaOut(
            code=a.code,
            level=a.level.value,
            name=a.name,
            vintage=a.vintage,
            parent=a.parent,
            gemeente=a.gemeente,
        )
        for a in release.areas.values()
    ]


def list_indicators(release: Release) -> list[IndicatorOut]:
    names = [name for name in IndicatorOut.model_fields if name != "analyses"]
    return [
        IndicatorOut(**{name: getattr(i, name) for name in names}, analyses=list(i.analyses))
        for i in release.indicators.values()
    ]


def list_sources(release: Release) -> list[SourceOut]:
    return [_source_out(source) for source in release.sources.values()]


def _source_out(source: SourceRow) -> SourceOut:
    fields = {name: getattr(source, name) for name in SourceOut.model_fields}
    rows = dict.fromkeys(("rows_in", "rows_kept", "rows_refused")) if is_silent(source) else {}
    return SourceOut(**{**fields, **rows})


def envelope_of(release: Release) -> dict[str, Any]:
    about = release.about
    return {
        "release": about.release,
        "region": about.region,
        "audience": about.audience,
        "invented": about.invented,
    }


def write_table(
    release: Release,
    name: str,
    rows: Sequence[BaseModel],
    form: str,
    kind: type[BaseModel] | None = None,
) -> Draft:
    """Write rows as JSON in an envelope or as CSV; invented data says so in either.

    kind: what a row is, for a table of another module.
    """
    marks: tuple[tuple[str, str], ...] = (("x-regiebeeld-release", release.about.release),)
    if release.about.invented:
        marks += (("x-regiebeeld-invented", "true"),)
    if form == "csv":
        disposition = (
            "content-disposition",
            f'attachment; filename="{release.about.region}_{name}.csv"',
        )
        return Draft(
            write_csv(rows, kind or _KINDS[name], invented=release.about.invented),
            "text/csv; charset=utf-8",
            (*marks, disposition),
        )
    body = {**envelope_of(release), name: [row.model_dump() for row in rows]}
    return Draft(json.dumps(body, ensure_ascii=False, separators=(",", ":")), JSON_TYPE, marks)


def write_geojson(release: Release, level: AreaLevel) -> Draft:
    """Give the drawn areas of a level; raise WebError where nothing is drawn."""
    text = release.read_geojson(level)
    if text is None:
        raise WebError(404, "no_drawing", {"level": level.value})
    marks = (("x-regiebeeld-invented", "true"),) if release.about.invented else ()
    return Draft(text, "application/geo+json", marks)


def write_csv(rows: Sequence[BaseModel], kind: type[BaseModel], *, invented: bool) -> str:
    """Write RFC 4180 with a byte mark; text that could run as a formula gets a ' before it.

    kind: names the columns, which stand there without any row too.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = list(kind.model_fields)
    writer.writerow([*columns, *(["invented"] if invented else [])])
    for row in rows:
        writer.writerow(
            [
                *(_write_value(getattr(row, column)) for column in columns),
                *(["true"] if invented else []),
            ]
        )
    return BYTE_MARK + out.getvalue()


def _write_value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = " ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text

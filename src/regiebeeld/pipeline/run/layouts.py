"""A region's area layouts from their copies, their key figures, and the changes between years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from regiebeeld.catalogue import Figure, Region, SourceTerms
from regiebeeld.domain import AreaLevel, ContractError
from regiebeeld.pipeline.areas import (
    Crosswalk,
    Layout,
    LayoutReport,
    Weights,
    compute_crosswalk,
    keep_lasting_codes,
    read_layout,
    weights_of,
)
from regiebeeld.pipeline.intake.places import Gathered, read_area_columns, read_layout_tables
from regiebeeld.pipeline.run.moved_figures import move_figures
from regiebeeld.pipeline.sources.conform_counts import ConformReport, CountFrame, Note
from regiebeeld.pipeline.sources.conform_figures import FigureRow, conform_figures

# Overlaps below this part of both areas are drawing differences (docs/explanation/area_changes.md).
SLIVER_TOLERANCE = 0.05
_WEIGHTS_BY = (Figure.WONINGEN, Figure.HUISHOUDENS, Figure.INWONERS)


@dataclass(frozen=True, slots=True)
class RegionAreas:
    """The layouts of a region by year; `shown` is the one on the map."""

    shown: Layout
    others: Mapping[int, Layout]
    reports: Mapping[int, LayoutReport]
    figures: Mapping[int, Sequence[FigureRow]]
    figure_reports: Mapping[int, ConformReport]
    crosswalks: Mapping[tuple[int, AreaLevel], Crosswalk]

    def layout_of(self, vintage: int) -> Layout:
        """Give one year's layout; raise ContractError when the region has none for that year."""
        if vintage == self.shown.vintage:
            return self.shown
        if vintage not in self.others:
            raise ContractError(
                f"voor {vintage} heeft de regio geen indeling; zet haar bij layouts in region.yaml"
            )
        return self.others[vintage]

    def frame_of(
        self, vintage: int, gemeenten: frozenset[str], provisional: frozenset[str]
    ) -> CountFrame:
        layout = self.layout_of(vintage)
        codes = {level: frozenset(a.code for a in layout.at(level)) for level in AreaLevel}
        return CountFrame(vintage, gemeenten, codes, provisional)


def read_region_areas(region: Region, gathered: list[Gathered]) -> RegionAreas:
    """Read every layout of a region, and compute how each of the others maps to the shown one."""
    layouts: dict[int, Layout] = {}
    reports: dict[int, LayoutReport] = {}
    figures: dict[int, list[FigureRow]] = {}
    figure_reports: dict[int, ConformReport] = {}
    for wanted, copies in zip(region.layouts, gathered, strict=True):
        tables = read_layout_tables(wanted, copies)
        columns = read_area_columns(copies.source.terms, tables)
        layout, report = read_layout(
            tables, vintage=wanted.vintage, columns=columns, gemeenten=region.gemeente_codes
        )
        layouts[wanted.vintage], reports[wanted.vintage] = layout, report
        rows, told = _read_figures(
            copies.source.terms, tables, layout, frozenset(region.gemeente_codes)
        )
        figures[wanted.vintage] = rows
        figure_reports[wanted.vintage] = told
    shown = layouts.pop(region.vintage)
    crosswalks = _compute_crosswalks(shown, layouts, figures[shown.vintage])
    for vintage, rows in figures.items():
        figures[vintage], changed = move_figures(rows, shown, crosswalks)
        told = figure_reports[vintage]
        figure_reports[vintage] = replace(told, notes=(*told.notes, *changed))
    return RegionAreas(shown, layouts, reports, figures, figure_reports, crosswalks)


def _read_figures(
    terms: SourceTerms,
    tables: Mapping[AreaLevel, pa.Table],
    layout: Layout,
    gemeenten: frozenset[str],
) -> tuple[list[FigureRow], ConformReport]:
    """Read the key figures that an area source carries with its shapes; there may be none."""
    rows: list[FigureRow] = []
    told = [0, 0]
    refused: dict[str, int] = {}
    notes: list[Note] = []
    for collection in terms.collections:
        table = tables.get(collection.level)
        if table is None or not any(f.column in table.column_names for f in terms.figures):
            continue
        codes = {collection.level: frozenset(a.code for a in layout.at(collection.level))}
        level_terms = terms.model_copy(update={"collections": (collection,)})
        land = _land_rows(table, collection.water)
        found, report = conform_figures(
            land, level_terms, CountFrame(layout.vintage, gemeenten, codes), year=layout.vintage
        )
        rows += found
        told = [told[0] + report.rows_in, told[1] + report.rows_kept]
        for reason, number in report.refused.items():
            refused[reason] = refused.get(reason, 0) + number
        notes += [Note(n.kind, n.rows, f"{collection.level}: {n.text}") for n in report.notes]
    return rows, ConformReport(told[0], told[1], refused, tuple(notes))


def _land_rows(table: pa.Table, water: str | None) -> pa.Table:
    """CBS gives the water of an area as a feature of its own, without inhabitants."""
    if water is None or water not in table.column_names:
        return table
    return table.filter(pa.array([value != "JA" for value in table[water].to_pylist()]))


def _compute_crosswalks(
    shown: Layout, others: Mapping[int, Layout], figures: list[FigureRow]
) -> dict[tuple[int, AreaLevel], Crosswalk]:
    found = {}
    for vintage, layout in others.items():
        for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT):
            if not (layout.drawn(level)[0] and shown.drawn(level)[0]):
                continue
            crosswalk = compute_crosswalk(
                layout,
                shown,
                level=level,
                weights=_weights(shown, figures),
                sliver_tolerance=SLIVER_TOLERANCE,
            )
            # A gemeente's code ends only when it does; coarse maps would divide living ones.
            found[vintage, level] = (
                keep_lasting_codes(crosswalk) if level is AreaLevel.GEMEENTE else crosswalk
            )
    return found


def _weights(shown: Layout, figures: list[FigureRow]) -> Weights | None:
    """Weigh by what is known of the finest level of the shown layout: dwellings, else people."""
    finest = next(
        (lv for lv in (AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE) if shown.drawn(lv)[0]),
        None,
    )
    if finest is None:
        return None
    drawn = {area.code for area in shown.drawn(finest)[0]}
    for figure in _WEIGHTS_BY:
        known = {
            row.area: row.value
            for row in figures
            if row.figure is figure and row.year == shown.vintage and row.area in drawn
        }
        if known and any(value for value in known.values()):
            return weights_of(shown, known, unit=figure.value)
    return None

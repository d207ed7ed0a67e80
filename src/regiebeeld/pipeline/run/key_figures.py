"""The key figures of a region: from tables made for them, and from what its maps carry.

Refuses figures that are not open: a denominator stands beside every rate.
"""

from collections.abc import Sequence
from dataclasses import replace

from regiebeeld.catalogue import Content, Label, Region
from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.intake.places import Gathered
from regiebeeld.pipeline.run.delivering import Choice
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.run.moved_figures import move_figures
from regiebeeld.pipeline.run.source_tables import SourceAccount, account_layouts, account_source
from regiebeeld.pipeline.sources import read_part
from regiebeeld.pipeline.sources.conform_figures import FigureRow, conform_figures


def read_figures(
    region: Region,
    choice: Choice,
    sources: Sequence[Gathered],
    areas: RegionAreas,
    layouts: Sequence[Gathered],
) -> tuple[list[tuple[FigureRow, str]], list[SourceAccount]]:
    """Read every key figure with the id of its source, and an account of each source.

    sources: copies in the order of `choice.fetched`. Raises DisclosureError for a source of
    figures that is not open to everybody.
    """
    accounts = account_layouts(layouts, areas)
    named = {account.gathered.vintage: account.id for account in accounts}
    figures = [(row, named[year]) for year, rows in areas.figures.items() for row in rows]
    for gathered in layouts:
        _refuse_closed_figures(gathered)
    gemeenten = frozenset(region.gemeente_codes)
    for wanted, gathered in zip(choice.fetched, sources, strict=True):
        terms = gathered.source.terms
        if terms.content is not Content.KEY_FIGURES or wanted.source in choice.withheld:
            continue
        _refuse_closed_figures(gathered)
        frame = areas.frame_of(wanted.vintage or region.vintage, gemeenten, frozenset())
        table = read_part(gathered.main, gathered.main.data_part)
        rows, report = conform_figures(table, terms, frame, year=terms.figures_year)
        rows, changed = move_figures(rows, areas.shown, areas.crosswalks)
        report = replace(report, notes=(*report.notes, *changed))
        # A table made for its purpose goes before what a map happens to carry.
        figures += [(row, gathered.source.id) for row in rows]
        accounts.append(account_source(gathered, report, years=sorted({row.year for row in rows})))
    return figures, accounts


def _refuse_closed_figures(gathered: Gathered) -> None:
    """A denominator stands beside every rate, so a closed one would be open on the page."""
    if gathered.source.terms.label is not Label.OPENBAAR:
        raise DisclosureError(
            f"bron {gathered.source.id} heeft kerncijfers met het label "
            f"{gathered.source.terms.label}; alleen openbare kerncijfers kunnen noemer zijn. "
            "Haal de bron uit region.yaml; er is niets gepubliceerd"
        )

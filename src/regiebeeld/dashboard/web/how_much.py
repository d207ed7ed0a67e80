"""The table "how much": a figure beside the year before, its region, and gemeenten like it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from regiebeeld.dashboard.charts import Row, Table, describe_flags, describe_rate, describe_value
from regiebeeld.dashboard.charts.comparing import compare_rates_of
from regiebeeld.dashboard.charts.formats import name_period
from regiebeeld.dashboard.charts.words import has_rounded
from regiebeeld.dashboard.web.blocks import Headline
from regiebeeld.dashboard.web.found import read_all_found
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Peer, Spread

_PEERS = 2  # more of them stand on the page of the area


@dataclass(slots=True)
class _Rows:
    """Rows of the table, and the cells in them."""

    rows: list[Row] = field(default_factory=list)
    cells: list[ReleasedCell] = field(default_factory=list)

    def add(self, name: str, cell: ReleasedCell, words: str) -> None:
        self.cells.append(cell)
        texts = (
            name_period(cell.period),
            describe_value(cell),
            describe_rate(cell, full=True),
            words,
            describe_flags(cell),
        )
        self.rows.append(Row(name, texts))


def table_of_how_much(
    release: Release, area: ReleasedArea, headline: Headline | None
) -> tuple[Table, bool] | None:
    """Set the figure beside the year before, the region and peers, each with its margin.

    The second value tells whether a figure in it is rounded.
    """
    if headline is None or headline.now is None:
        return None
    now, before = headline.now, headline.comparison.before
    told = _Rows()
    told.add(area.name, now, TEXTS("theme.compared.first"))
    if before is not None:
        told.add(area.name, before, TEXTS(f"theme.compared.{headline.comparison.name}"))
    spread = read_spreads(release).find(now.indicator, area.level, now.period.kind)
    for other, words in _list_others(release, area, now, spread):
        told.add(release.areas[other.area].name, other, words)
    columns = tuple(
        TEXTS(f"theme.column_{name}")
        for name in ("area", "period", "count", "rate", "compared", "status")
    )
    title = TEXTS("theme.caption_how_much", indicator=headline.indicator.title)
    return Table(title, columns, tuple(told.rows)), has_rounded(told.cells)


def _list_others(
    release: Release, area: ReleasedArea, now: ReleasedCell, spread: Spread | None
) -> Iterator[tuple[ReleasedCell, str]]:
    if area.level is AreaLevel.REGIO:
        return
    judged = "comparison" in release.indicators[now.indicator].analyses
    whole = _read(release, release.about.region_code, now)
    if whole is not None:
        yield whole, compare_with_region(now, whole, judged=judged, spread=spread)
    if area.level is not AreaLevel.GEMEENTE or not judged:
        return
    peers = sorted(
        (f for f in read_all_found(release, Peer) if f.area == area.code), key=lambda f: f.place
    )
    for peer in peers[:_PEERS]:
        cell = _read(release, peer.content.code, now)
        verdict = cell and compare_rates_of(now, cell, spread=spread)
        if cell is not None and verdict is not None:
            yield cell, TEXTS("theme.peer", verdict=TEXTS(f"theme.compared.{verdict.value}"))


def _read(release: Release, code: str, now: ReleasedCell) -> ReleasedCell | None:
    return release.read_area_cells(code, period=now.period.id).get(now.indicator)


def compare_with_region(
    cell: ReleasedCell, region: ReleasedCell, *, judged: bool = True, spread: Spread | None = None
) -> str:
    """Say whether the rate of an area differs from that of the rest of its region."""
    if not judged:
        return TEXTS("theme.compared.not_judged")
    verdict = compare_rates_of(cell, region, holds=True, spread=spread)
    return TEXTS("theme.region_unknown" if verdict is None else f"theme.region_{verdict.value}")

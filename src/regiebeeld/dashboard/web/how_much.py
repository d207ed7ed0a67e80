"""The table "how much": a figure beside the year before, what it lies in, and areas like it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from regiebeeld.dashboard.charts import (
    Row,
    Table,
    describe_flags,
    describe_rate,
    describe_value,
    write_rate,
)
from regiebeeld.dashboard.charts.comparing import compare_rates_of
from regiebeeld.dashboard.charts.formats import name_period
from regiebeeld.dashboard.charts.words import has_rounded, write_range
from regiebeeld.dashboard.web.blocks import Headline
from regiebeeld.dashboard.web.found import read_all_found, read_found
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.dashboard.web.spreads import read_spreads
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release, ReleasedArea, ReleasedCell
from regiebeeld.releases.findings import Finding, Peer, SmoothedRate, Spread

_PEERS = 4  # more of them stand on the page of the area
Smoothed = Mapping[str, SmoothedRate]


@dataclass(slots=True)
class _Rows:
    """Rows of the table, and the cells in them; smoothed: rates drawn to their surroundings."""

    smoothed: Smoothed
    rows: list[Row] = field(default_factory=list)
    cells: list[ReleasedCell] = field(default_factory=list)

    def add(self, name: str, cell: ReleasedCell, words: str) -> None:
        self.cells.append(cell)
        drawn = (self._draw(cell),) if self.smoothed else ()
        texts = (
            name_period(cell.period),
            describe_value(cell),
            describe_rate(cell, full=True),
            *drawn,
            words,
            describe_flags(cell),
        )
        self.rows.append(Row(name, texts))

    def _draw(self, cell: ReleasedCell) -> str:
        rate = self.smoothed.get(f"{cell.area} {cell.period.id}")
        if rate is None:
            return TEXTS("theme.not_smoothed")
        margin = write_range(write_rate(rate.lower), write_rate(rate.upper))
        return TEXTS("theme.smoothed", rate=write_rate(rate.rate), margin=margin)


def table_of_how_much(
    release: Release, area: ReleasedArea, headline: Headline | None
) -> tuple[Table, bool] | None:
    """Set the figure beside the year before, what it lies in and peers, each with its margin.

    The second value tells whether a figure in it is rounded.
    """
    if headline is None or headline.now is None:
        return None
    now, before = headline.now, headline.comparison.before
    told = _Rows(_read_smoothed(release, area, now))
    told.add(area.name, now, TEXTS("theme.compared.first"))
    if before is not None:
        told.add(area.name, before, TEXTS(f"theme.compared.{headline.comparison.name}"))
    spread = read_spreads(release).find(now.indicator, area.level, now.period.kind, area=area.code)
    for other, words in _list_others(release, area, now, spread):
        told.add(_name(release, area, release.areas[other.area]), other, words)
    names = ["area", "period", "count", "rate", "compared", "status"]
    if told.smoothed:
        names.insert(4, "smoothed")
    columns = tuple(TEXTS(f"theme.column_{name}") for name in names)
    title = TEXTS("theme.caption_how_much", indicator=headline.indicator.title)
    return Table(title, columns, tuple(told.rows)), has_rounded(told.cells)


def _name(release: Release, area: ReleasedArea, other: ReleasedArea) -> str:
    """Name another area, with its gemeente where that is another one."""
    gemeente = release.areas.get(other.gemeente or "")
    if gemeente is None or gemeente.code in (other.code, area.gemeente):
        return other.name
    return TEXTS("theme.within", area=other.name, gemeente=gemeente.name)


def _read_smoothed(release: Release, area: ReleasedArea, now: ReleasedCell) -> Smoothed:
    """Read the smoothed rates of buurten over the period of a figure; none for larger areas."""
    if area.level is not AreaLevel.BUURT:
        return {}
    found: list[Finding[SmoothedRate]] = read_found(release, SmoothedRate, now.indicator)
    rates = {f"{f.area} {f.period}": f.content for f in found}
    return rates if f"{area.code} {now.period.id}" in rates else {}


def _list_others(
    release: Release, area: ReleasedArea, now: ReleasedCell, spread: Spread | None
) -> Iterator[tuple[ReleasedCell, str]]:
    """Give what the area lies in, the nearest first, and the areas that are most like it."""
    judged = "comparison" in release.indicators[now.indicator].analyses
    for whole in _list_around(release, area):
        cell = _read(release, whole.code, now)
        if cell is not None:
            yield (
                cell,
                compare_with_whole(now, cell, level=whole.level, judged=judged, spread=spread),
            )
    if not judged or area.level is AreaLevel.REGIO:
        return
    peers = sorted(
        (f for f in read_all_found(release, Peer) if f.area == area.code), key=lambda f: f.place
    )
    shown = 0
    for peer in peers:
        cell = _read(release, peer.content.code, now) if shown < _PEERS else None
        verdict = cell and compare_rates_of(now, cell, spread=spread)
        if cell is not None and verdict is not None:
            shown += 1
            yield cell, TEXTS("theme.peer", verdict=TEXTS(f"theme.compared.{verdict.value}"))


def _list_around(release: Release, area: ReleasedArea) -> list[ReleasedArea]:
    """Give the areas that one lies in, the smallest first and the region last."""
    around: list[ReleasedArea] = []
    step = release.areas.get(area.parent or "")
    while step is not None and step not in around:
        around.append(step)
        step = release.areas.get(step.parent or "")
    return around


def _read(release: Release, code: str, now: ReleasedCell) -> ReleasedCell | None:
    level = release.areas[code].level
    return release.read_map(now.indicator, level, now.period.id).get(code)


def compare_with_whole(
    cell: ReleasedCell,
    other: ReleasedCell,
    *,
    level: AreaLevel = AreaLevel.REGIO,
    judged: bool = True,
    spread: Spread | None = None,
) -> str:
    """Say whether the rate of an area differs from that of the rest of what it lies in.

    level: of the area it lies in, which is the other one.
    """
    if not judged:
        return TEXTS("theme.compared.not_judged")
    verdict = compare_rates_of(cell, other, holds=True, spread=spread)
    name = "unknown" if verdict is None else verdict.value
    return TEXTS(f"theme.whole_{name}", whole=TEXTS(f"theme.the_{level.value}"))

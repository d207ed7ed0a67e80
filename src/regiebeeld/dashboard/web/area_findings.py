"""The blocks of an area page: what stands out there, small rates, and areas that are like it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from regiebeeld.dashboard.charts import SeenSignal, draw_signal
from regiebeeld.dashboard.charts.peers import draw_peers, draw_smoothed
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.web.blocks import note_provenance
from regiebeeld.dashboard.web.findings import FindingBlock, Method, Shown, Told, make_block
from regiebeeld.dashboard.web.found import find_below, read_all_found
from regiebeeld.dashboard.web.pages import address_of
from regiebeeld.domain import read_period
from regiebeeld.releases import Release, ReleasedArea
from regiebeeld.releases.findings import Finding, Peer, Signal, SignalFamily, SmoothedRate

_MOST = 4  # signals on the page of an area; all of them stand on the page of signals


@dataclass(frozen=True, slots=True)
class AreaFindings:
    """The blocks of an area page; None where nothing of the kind was computed for the area.

    signalled: the names of all figures with a signal there, also of those that are not drawn.
    """

    signals: FindingBlock | None
    signalled: tuple[str, ...] | None
    smoothed: FindingBlock | None
    peers: FindingBlock | None

    @property
    def signals_link(self) -> tuple[str, str]:
        """The words and the address of the page with all of them."""
        return TEXTS("findings.signals.link"), "/signalen"


def read_area_findings(release: Release, area: ReleasedArea) -> AreaFindings:
    """Make the blocks of the page of one area."""
    found = _find_signals(release, area)
    names = (release.indicators[each.indicator or ""].title for each in found or ())
    return AreaFindings(
        signals=None if found is None else _show_signals(release, area, found),
        signalled=None if found is None else tuple(dict.fromkeys(names)),
        smoothed=_show_smoothed(release, area),
        peers=_show_peers(release, area),
    )


def _find_signals(release: Release, area: ReleasedArea) -> list[Finding[Signal]] | None:
    """Find the signals of the last period that was looked at, of each indicator."""
    last: dict[str, str] = {}
    for family in read_all_found(release, SignalFamily):
        if family.level is area.level and family.period:
            name = family.indicator or ""
            last[name] = max(last.get(name, ""), family.period, key=_ends)
    # A gemeente's own file has the signals of its buurten, and not how many were looked at.
    for seen in read_all_found(release, Signal):
        if seen.area == area.code and seen.period:
            name = seen.indicator or ""
            last[name] = max(last.get(name, ""), seen.period, key=_ends)
    if not last:
        return None
    return [
        each
        for each in read_all_found(release, Signal)
        if each.area == area.code
        and each.indicator in release.indicators
        and each.period == last.get(each.indicator)
    ]


def _show_signals(
    release: Release, area: ReleasedArea, found: Sequence[Finding[Signal]]
) -> FindingBlock:
    method = Method("signalen", "signals.find_signals")
    if not found:
        return make_block(release, "signals", method, Told())
    figures = [
        Shown(
            draw_signal(_see(release, area, each)),
            about=note_provenance(release, release.indicators[each.indicator or ""], ()),
        )
        for each in found[:_MOST]
    ]
    return make_block(release, "signals", method, Told(figures, found=found))


def _see(release: Release, area: ReleasedArea, found: Finding[Signal]) -> SeenSignal:
    signal = found.content
    below = find_below(found, read_all_found(release, Signal), release.areas)
    return SeenSignal(
        signal=signal,
        indicator=release.indicators[found.indicator or ""],
        area=area,
        period=read_period(found.period or ""),
        since=read_period(signal.since),
        above=release.areas.get(area.parent or "") if signal.above is not None else None,
        below=tuple(release.areas[code] for code in below),
    )


@cache
def _ends(period: str) -> str:
    return read_period(period).end.isoformat() if period else ""


def _show_smoothed(release: Release, area: ReleasedArea) -> FindingBlock | None:
    found = [
        (release.indicators[each.indicator], each)
        for each in release.read_findings(SmoothedRate, area=area.code)
        if each.indicator in release.indicators
    ]
    if not found:
        return None
    told = Told(
        (draw_smoothed(area, found),),
        [TEXTS("findings.smoothed.caution")],
        found=[each for _, each in found],
    )
    return make_block(
        release, "smoothed", Method("kleine_gebieden", "spatial.estimate_risks"), told
    )


def _show_peers(release: Release, area: ReleasedArea) -> FindingBlock | None:
    found: Sequence[Finding[Peer]] = release.read_findings(Peer, area=area.code)
    if not found:
        return None

    def link(there: ReleasedArea) -> str:
        return address_of("gebied", there.code)

    figure = draw_peers(area, [each.content for each in found], release.areas, link)
    told = Told((figure,), [TEXTS("findings.peers.caution")])
    return make_block(release, "peers", Method("vergelijkbaar", "peers.find_peers"), told)

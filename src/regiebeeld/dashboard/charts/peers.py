"""Which areas are most like one, and a rate drawn towards that of its surroundings."""

from collections.abc import Callable, Mapping, Sequence

from regiebeeld.dashboard.charts.dots import Dot, draw_sizes
from regiebeeld.dashboard.charts.drivers import name_factor
from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_number, write_rate
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import write_range
from regiebeeld.domain import read_period
from regiebeeld.releases import Indicator, ReleasedArea
from regiebeeld.releases.findings import Finding, Peer, SmoothedRate


def draw_peers(
    area: ReleasedArea,
    peers: Sequence[Peer],
    areas: Mapping[str, ReleasedArea],
    link: Callable[[ReleasedArea], str],
) -> Figure:
    """Draw how far each of the areas that are most like this one is off, nearest first."""
    title = TEXTS("findings.peers.title", area=area.name)
    known = [(areas[peer.code], peer) for peer in peers if peer.code in areas]
    dots = [
        Dot(
            there.name,
            peer.distance,
            None,
            None,
            TEXTS("findings.peers.spoken", area=_name(there, areas), distance=_distance(peer)),
            link=link(there),
        )
        for there, peer in known
    ]
    columns = tuple(
        TEXTS(f"findings.peers.column_{name}") for name in ("area", "distance", "alike", "unlike")
    )
    rows = tuple(
        Row(
            _name(there, areas),
            (_distance(peer), _figures(peer.alike), _figures(peer.unlike)),
            link=link(there),
        )
        for there, peer in known
    )
    svg = draw_sizes(dots, title=title, description=TEXTS("findings.peers.description"))
    summary = describe_peers(area, known)
    return Figure(title, summary, svg if dots else None, Table(title, columns, rows))


def describe_peers(area: ReleasedArea, known: Sequence[tuple[ReleasedArea, Peer]]) -> str:
    """Name the three that are most like it, and in what the first of them is."""
    if not known:
        return TEXTS("findings.peers.nothing")
    first, peer = known[0]
    return TEXTS(
        "findings.peers.sentence",
        area=area.name,
        names=join_names([there.name for there, _ in known[:3]]),
        first=first.name,
        alike=_figures(peer.alike),
    )


def draw_smoothed(
    area: ReleasedArea,
    found: Sequence[tuple[Indicator, Finding[SmoothedRate]]],
) -> Figure:
    """Set each rate beside the one that is drawn towards the surroundings, with its margin."""
    title = TEXTS("findings.smoothed.title", area=area.name)
    columns = tuple(
        TEXTS(f"findings.smoothed.column_{name}")
        for name in ("indicator", "raw", "rate", "margin", "per", "period")
    )
    rows = tuple(_smoothed_row(indicator, each) for indicator, each in found)
    return Figure(title, TEXTS("findings.smoothed.sentence"), None, Table(title, columns, rows))


def _smoothed_row(indicator: Indicator, found: Finding[SmoothedRate]) -> Row:
    rate = found.content
    cells = (
        TEXTS("findings.smoothed.no_raw") if rate.raw is None else write_rate(rate.raw),
        write_rate(rate.rate),
        write_range(write_rate(rate.lower), write_rate(rate.upper)),
        write_count(rate.per),
        name_period(read_period(found.period)) if found.period else "",
    )
    return Row(indicator.title, cells)


def _name(there: ReleasedArea, areas: Mapping[str, ReleasedArea]) -> str:
    """Name an area, with its gemeente where two may have the same name."""
    gemeente = areas.get(there.gemeente or "")
    if gemeente is None or gemeente.code == there.code:
        return there.name
    return TEXTS("findings.peers.within", area=there.name, gemeente=gemeente.name)


def _distance(peer: Peer) -> str:
    return write_number(peer.distance, 2)


def _figures(names: Sequence[str]) -> str:
    return join_names([name_factor(name) for name in names]) if names else ""

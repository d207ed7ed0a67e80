"""Which layers can be laid over a map: what this release tells, and its public places."""

from collections.abc import Sequence

from regiebeeld.dashboard.charts import MapRequest, name_period, say_told
from regiebeeld.dashboard.charts.map_layers import LAYERS, Layer, Place
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.web.choices import View
from regiebeeld.dashboard.web.found import read_found
from regiebeeld.domain import read_period
from regiebeeld.releases import Release, ReleasedArea
from regiebeeld.releases.findings import Cluster, Effect, Finding, Signal, SignalFamily

_NAMED = 12


def read_layers(release: Release, view: View, wanted: MapRequest) -> tuple[Layer, ...]:
    """Read every layer of a map, those without anything too."""
    shown = {area.code: area for area in wanted.areas}
    places = {
        "signalen": _read_signals(release, wanted, shown),
        "kringen": _read_clusters(release, wanted, shown),
        "interventies": _read_interventions(release, wanted, shown),
        "plekken": _read_places(release, shown),
    }
    notes = {"plekken": " ".join(dict.fromkeys(each.source for each in release.public_places))}
    return tuple(
        Layer(name, tuple(places[name]), name in view.layers, notes.get(name, ""))
        for name in LAYERS
    )


def _read_places(release: Release, shown: dict[str, ReleasedArea]) -> list[Place]:
    """Give the public places in the gemeenten of the map, of whatever figure it is."""
    homes = {area.gemeente for area in shown.values()}
    places = []
    for each in release.public_places:
        home = release.areas.get(each.gemeente)
        if home is None or each.gemeente not in homes:
            continue
        kind = TEXTS(f"map.symbol.{each.kind}")
        words = TEXTS("map.layer_place", name=each.name, kind=kind, gemeente=home.name)
        point, degrees = (each.x, each.y), (each.longitude, each.latitude)
        places.append(Place(each.kind, (home,), words, point=point, degrees=degrees))
    return places


def _read_signals(
    release: Release, wanted: MapRequest, shown: dict[str, ReleasedArea]
) -> list[Place]:
    """Give the signals over the period of the map; of the last one where that was not looked at."""
    name, level = wanted.indicator.id, wanted.level
    found = [each for each in read_found(release, Signal, name) if each.level is level]
    looked = [f.period for f in read_found(release, SignalFamily, name) if f.level is level]
    period = _choose(wanted.period.id, [*looked, *(each.period for each in found)])
    return [
        Place(each.content.direction, (shown[each.area],), _name_signal(shown[each.area], each))
        for each in found
        if each.period == period and each.area in shown
    ]


def _choose(period: str, known: Sequence[str | None]) -> str | None:
    there = [each for each in known if each]
    if period in there:
        return period
    return max(there, key=lambda each: read_period(each).end, default=None)


def _name_signal(area: ReleasedArea, found: Finding[Signal]) -> str:
    kind = TEXTS(f"map.symbol.{found.content.direction}")
    period = name_period(read_period(found.period)) if found.period else ""
    return TEXTS("map.layer_signal", area=area.name, kind=kind, period=period)


def _read_clusters(
    release: Release, wanted: MapRequest, shown: dict[str, ReleasedArea]
) -> list[Place]:
    every = read_found(release, Cluster, wanted.indicator.id)
    found = [each for each in every if each.level is wanted.level]
    period = _choose(wanted.period.id, [each.period for each in found])
    places = []
    for each in found:
        areas = _find_areas(release, each.content.areas)
        if each.period == period and any(area.code in shown for area in areas):
            when = name_period(read_period(period)) if period else ""
            words = TEXTS("map.layer_ring", names=_name_all(areas), period=when)
            places.append(Place("ring", areas, words))
    return places


def _read_interventions(
    release: Release, wanted: MapRequest, shown: dict[str, ReleasedArea]
) -> list[Place]:
    """Give each intervention that reaches an area of the map, or a part of one."""
    places = []
    for each in read_found(release, Effect, wanted.indicator.id):
        areas = _find_areas(release, each.content.areas)
        if any(_touches(release, area, shown) for area in areas):
            start = name_period(read_period(each.content.start))
            told = {
                "title": say_told(each.content.title),
                "start": start,
                "names": _name_all(areas),
            }
            places.append(Place("reach", areas, TEXTS("map.layer_reach", **told)))
    return places


def _touches(release: Release, area: ReleasedArea, shown: dict[str, ReleasedArea]) -> bool:
    """Tell whether an area is on the map, lies in an area on it, or holds one."""
    step: ReleasedArea | None = area
    while step is not None:
        if step.code in shown:
            return True
        step = release.areas.get(step.parent or "")
    return any(each.parent == area.code or each.gemeente == area.code for each in shown.values())


def _find_areas(release: Release, codes: Sequence[str]) -> tuple[ReleasedArea, ...]:
    return tuple(release.areas[code] for code in codes if code in release.areas)


def _name_all(areas: Sequence[ReleasedArea]) -> str:
    return join_names([area.name for area in areas], most=_NAMED)

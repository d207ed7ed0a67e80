"""The classes of a map at every period as a compact table, for the slider under the map."""

import json
from dataclasses import replace

from pydantic import BaseModel

from regiebeeld.dashboard.charts import MapRequest, name_period
from regiebeeld.dashboard.charts.map_classes import compute_styles, make_legend
from regiebeeld.dashboard.web.answers import Draft
from regiebeeld.dashboard.web.api import JSON_TYPE, Envelope, envelope_of
from regiebeeld.dashboard.web.choices import MEASURES, Parameters, View, read_view
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.maps import ask_map
from regiebeeld.domain import Period
from regiebeeld.releases import Release, ReleasedCell

_DUTCH = {"indicator": "cijfer", "level": "niveau", "period": "periode", "area": "gebied"}
# One character an area: five classes, too few to draw, no figure.
_LETTERS = {"k-few": "f", "k-none": "n"}


class PeriodClassesOut(BaseModel):
    """One period: a character for each area, 1 to 5, f (too few or protected) or n (no figure)."""

    id: str
    name: str
    classes: str


class ClassesOut(Envelope):
    """Classes of the same areas, in the same order, at every period; `labels` of classes 1 to 5."""

    indicator: str
    level: str
    measure: str
    labels: dict[str, str]
    areas: list[tuple[str, str]]
    periods: list[PeriodClassesOut]


def read_class_question(release: Release, given: Parameters) -> View:
    """Read whose classes are asked for; raise WebError for what is not there.

    The same view for every period of a kind, so that it is made once.
    """
    measure = given.get("measure")
    if measure is not None and measure not in MEASURES.values():
        raise WebError(400, "measure", {"measure": measure[:80]})
    if not given.get("indicator"):
        raise WebError(400, "api_indicator_missing", {"known": ", ".join(release.indicators)})
    asked = {dutch: given.get(name) for name, dutch in _DUTCH.items()}
    asked["maat"] = next((name for name, value in MEASURES.items() if value == measure), None)
    view = read_view(release, asked, release.indicators)
    wanted = ask_map(release, view)
    if wanted is None or not wanted.breaks:
        raise WebError(404, "no_classes")
    return replace(view, period=_list_periods(release, wanted)[-1].id)


def _list_periods(release: Release, wanted: MapRequest) -> list[Period]:
    return release.read_periods_of(wanted.indicator.id, wanted.level)[wanted.period.kind]


def write_classes(release: Release, view: View) -> Draft:
    """Write the classes and the name of every period of one map."""
    wanted = ask_map(release, view)
    if wanted is None:
        raise WebError(404, "no_classes")
    drawn = [area for area in wanted.areas if area.path]
    legend = make_legend(wanted, compute_styles(wanted))
    body = {
        **envelope_of(release),
        "indicator": view.indicator,
        "level": wanted.level.value,
        "measure": view.measure,
        "labels": {_letter(row.style): row.label for row in legend},
        "areas": [(area.code, area.name) for area in drawn],
        "periods": _write_periods(release, replace(wanted, areas=drawn)),
    }
    marks: tuple[tuple[str, str], ...] = (("x-regiebeeld-release", release.about.release),)
    if release.about.invented:
        marks += (("x-regiebeeld-invented", "true"),)
    return Draft(json.dumps(body, ensure_ascii=False, separators=(",", ":")), JSON_TYPE, marks)


def _write_periods(release: Release, wanted: MapRequest) -> list[dict[str, str]]:
    by_period: dict[str, dict[str, ReleasedCell]] = {}
    codes = [area.code for area in wanted.areas]
    found = release.read_series(wanted.indicator.id, codes, kind=wanted.period.kind)
    for code, cells in found.items():
        for cell in cells:
            by_period.setdefault(cell.period.id, {})[code] = cell
    return [
        _write_period(replace(wanted, period=period, cells=by_period.get(period.id, {})))
        for period in _list_periods(release, wanted)
    ]


def _write_period(wanted: MapRequest) -> dict[str, str]:
    styles = compute_styles(wanted)
    return {
        "id": wanted.period.id,
        "name": name_period(wanted.period),
        "classes": "".join(_letter(styles[area.code]) for area in wanted.areas),
    }


def _letter(style: str) -> str:
    return _LETTERS.get(style, style.removeprefix("k-"))

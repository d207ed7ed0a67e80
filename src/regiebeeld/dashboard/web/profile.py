"""What a profile says of an area beside its figures: where it lies, what it is, what was done."""

from collections.abc import Sequence

from markupsafe import Markup

from regiebeeld.dashboard.charts import Row, Table, say_told, write_number
from regiebeeld.dashboard.charts.effects import describe_power, describe_verdict, name_start
from regiebeeld.dashboard.charts.locator import draw_locator
from regiebeeld.dashboard.web.found import read_all_found
from regiebeeld.dashboard.web.maps import find_view_box
from regiebeeld.dashboard.web.pages import TEXTS, address_of
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import AreaChange, KeyFigure, Release, ReleasedArea
from regiebeeld.releases.findings import Effect, Finding
from regiebeeld.releases.language import join_said

_IN_HEAD = (
    "inwoners", "huishoudens", "woningen", "koopwoningen", "woz_waarde", "adressendichtheid",
)  # fmt: skip


def make_locator(release: Release, area: ReleasedArea) -> Markup | None:
    """Draw a gemeente in its region, or a wijk or buurt in its gemeente; None without a frame."""
    whole = release.areas.get(release.about.region_code)
    level, focus = AreaLevel.GEMEENTE, None
    if area.level is not AreaLevel.GEMEENTE:
        level, focus = AreaLevel.WIJK, release.areas.get(area.gemeente or "")
        whole = focus
    if whole is None or level not in release.view_boxes or (focus and focus.box is None):
        return None
    around = [
        each
        for each in release.areas.values()
        if each.level is level and (focus is None or each.gemeente == focus.code)
    ]
    frame = find_view_box(release, level, focus)
    words = TEXTS("area.locator", area=area.name, whole=whole.name)
    return draw_locator(area, around, view_box=frame, words=words)


def read_newest(release: Release, area: ReleasedArea) -> dict[str, KeyFigure]:
    """Read the newest known value of each key figure of an area, by figure."""
    newest: dict[str, KeyFigure] = {}
    for figure in release.read_key_figures(area.code):
        before = newest.get(figure.figure)
        if before is None or _order(figure) > _order(before):
            newest[figure.figure] = figure
    return newest


def _order(figure: KeyFigure) -> tuple[bool, int]:
    return figure.status.has_value, figure.year


def list_head_figures(newest: dict[str, KeyFigure]) -> list[tuple[str, str, int]]:
    """Give name, value and year of the key figures in the head of a page."""
    known = [newest[name] for name in _IN_HEAD if name in newest]
    return [(_name_figure(f.figure), _value(f), f.year) for f in known if f.status.has_value]


def table_of_key_figures(
    release: Release, area: ReleasedArea, newest: dict[str, KeyFigure]
) -> Table | None:
    """Show the newest known value of each key figure with its year and source."""
    if not newest:
        return None
    rows = tuple(
        Row(_name_figure(name), (_value(f), str(f.year), _name_source(release, f.source)))
        for name, f in newest.items()
    )
    names = ("figure", "value", "year", "source")
    columns = tuple(TEXTS(f"area.column_{name}") for name in names)
    return Table(TEXTS("area.caption_key_figures", area=area.name), columns, rows)


def _name_figure(name: str) -> str:
    key = f"area.figure.{name}"
    return TEXTS(key) if key in TEXTS else name.replace("_", " ")


def _name_source(release: Release, source: str) -> str:
    return release.sources[source].title if source in release.sources else source


def _value(figure: KeyFigure) -> str:
    if figure.value is None or not figure.status.has_value:
        return TEXTS("area.no_value")
    return write_number(figure.value, 0 if figure.value == int(figure.value) else 1)


def table_of_interventions(release: Release, area: ReleasedArea) -> Table | None:
    """Show each intervention that reached the area or a part of it, with the answer a figure.

    None where this file tells of none.
    """
    found = [
        each
        for each in read_all_found(release, Effect)
        if each.indicator in release.indicators and _reaches(release, each.content, area)
    ]
    if not found:
        return None
    names = ("intervention", "since", "reach", "indicator", "answer")
    columns = tuple(TEXTS(f"area.column_{name}") for name in names)
    rows = tuple(_tell_effect(release, area, each) for each in found)
    return Table(TEXTS("area.caption_interventions", area=area.name), columns, rows)


def _tell_effect(release: Release, area: ReleasedArea, found: Finding[Effect]) -> Row:
    effect, indicator = found.content, release.indicators[found.indicator or ""]
    answer = join_said((describe_power(effect), describe_verdict(indicator, effect)))
    link = address_of("thema", indicator.theme, gebied=area.code, cijfer=indicator.id)
    cells = (name_start(effect.start), say_told(effect.reach), indicator.title, answer)
    return Row(say_told(effect.title), cells, link=f"{link}#effects")


def _reaches(release: Release, effect: Effect, area: ReleasedArea) -> bool:
    """Tell whether an intervention was in an area, in a part of it, or in what it lies in."""
    inside = set(_list_around(release, area.code))
    return any(code in inside or area.code in _list_around(release, code) for code in effect.areas)


def _list_around(release: Release, code: str) -> list[str]:
    """Give an area and all that it lies in, by code."""
    around: list[str] = []
    step = release.areas.get(code)
    while step is not None and step.code not in around:
        around.append(step.code)
        step = release.areas.get(step.parent or "")
    return around


def table_of_history(changes: Sequence[AreaChange], area: ReleasedArea) -> Table | None:
    """Say which older areas this one came from, and what became of an older one of its code."""
    if not changes:
        return None
    rows = tuple(
        Row(
            f"{change.old_name} ({change.old_code}, {change.old_vintage})",
            (
                f"{change.new_name} ({change.new_code}, {change.new_vintage})",
                TEXTS(f"area.change.{change.kind}")
                if f"area.change.{change.kind}" in TEXTS
                else change.kind,
                TEXTS(
                    "area.share",
                    share=write_number(change.share * 100, 0 if change.share in (0.0, 1.0) else 1),
                ),
            ),
        )
        for change in changes
    )
    columns = tuple(TEXTS(f"area.column_{name}") for name in ("old", "new", "kind", "share"))
    return Table(TEXTS("area.caption_history", area=area.name), columns, rows)

"""Rates of areas against their size, inside the limits of chance or outside them: no order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import name_period, write_count, write_number, write_rate
from regiebeeld.dashboard.charts.places import join_names
from regiebeeld.dashboard.charts.ranking import compute_step, compute_top
from regiebeeld.dashboard.charts.reasons import name_base
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import ACCENT, FONT, GRID, INK, SOFT, WIDTH, hash_text
from regiebeeld.domain import AreaLevel, Period
from regiebeeld.releases import Indicator, ReleasedArea
from regiebeeld.releases.drawn_findings import Funnel

_HEIGHT, _HEAD, _FOOT, _LEFT, _RIGHT = 300, 30, 42, 44, 14
_SHARE = 0.05  # of the areas that chance alone puts outside the narrower limits
_LETTERS = 6.6  # width of a letter
_MOST_NAMES = 8  # written in the drawing; all of them stand in the sentence's table
Link = Callable[[ReleasedArea], str]


@dataclass(frozen=True, slots=True)
class FunnelRequest:
    """What a funnel is about: marked is the area that is looked at, None for the region.

    rates: what each rate can be after rounding, in words, by area code.
    """

    indicator: Indicator
    period: Period
    areas: Mapping[str, ReleasedArea]
    link: Link
    marked: str | None = None
    rates: Mapping[str, str] = field(default_factory=dict)

    def write_rate(self, point: "_Point") -> str:
        return self.rates.get(point.area.code) or write_rate(point.rate)


@dataclass(frozen=True, slots=True)
class _Point:
    area: ReleasedArea
    name: str  # with its gemeente, as wijken of two gemeenten may have one name
    size: float
    rate: float
    place: str

    @property
    def is_outside(self) -> bool:
        return self.place not in ("within", "unclear")


@dataclass(frozen=True, slots=True)
class _Frame:
    right: float
    top: float

    def x(self, size: float) -> float:
        return round(_LEFT + size / self.right * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, rate: float) -> float:
        part = min(rate / self.top, 1.0)
        return round(_HEIGHT - _FOOT - part * (_HEIGHT - _HEAD - _FOOT), 1)


def draw_funnel(wanted: FunnelRequest, funnel: Funnel) -> Figure:
    """Draw each area as a point between the limits, with sentence and table."""
    points = [
        _Point(wanted.areas[code], _name_whole(wanted, code), size, rate, place)
        for code, (size, rate), place in zip(
            funnel.areas, funnel.points, funnel.places, strict=True
        )
        if code in wanted.areas
    ]
    level = points[0].area.level.value if points else AreaLevel.GEMEENTE.value
    levels = TEXTS(f"levels.{level}")
    told = {"indicator": wanted.indicator.title, "level": TEXTS(f"level.{level}")}
    title = TEXTS("findings.funnel.title", **told, period=name_period(wanted.period))
    svg = _draw(wanted, funnel, points, title) if points else None
    return Figure(
        title, describe_funnel(points, levels), svg, _table(wanted, funnel, points, title)
    )


def _name_whole(wanted: FunnelRequest, code: str) -> str:
    area = wanted.areas[code]
    gemeente = wanted.areas.get(area.gemeente or "")
    if gemeente is None or gemeente.code == code:
        return area.name
    return TEXTS("findings.funnel.within", area=area.name, gemeente=gemeente.name)


def describe_funnel(points: Sequence[_Point], levels: str) -> str:
    """Say how many areas lie outside the limits, which, and how many chance would put there."""
    total = len(points)
    outside = [point for point in points if point.is_outside]
    told: dict[str, str | int] = {"total": total, "levels": levels}
    if not outside:
        return TEXTS("findings.funnel.nothing", **told)
    parts = [
        TEXTS(f"findings.funnel.{side}_{_number(there)}", names=join_names([p.name for p in there]))
        for side in ("high", "low")
        if (there := [p for p in _by_distance(outside) if p.place.startswith(side)])
    ]
    sentence = TEXTS(
        f"findings.funnel.{_number(outside)}", count=len(outside), parts="; ".join(parts), **told
    )
    return " ".join([sentence, _say_chance(total), *_say_sure(outside)])


def _number(points: Sequence[_Point]) -> str:
    return "one" if len(points) == 1 else "many"


def _by_distance(points: Sequence[_Point]) -> list[_Point]:
    return sorted(points, key=lambda p: (not p.place.endswith("_sure"), p.name))


def _say_chance(total: int) -> str:
    number = total * _SHARE
    if number < 1:
        return TEXTS("findings.funnel.chance_few")
    return TEXTS("findings.funnel.chance", expected=write_number(number))


def _say_sure(outside: Sequence[_Point]) -> list[str]:
    sure = sum(point.place.endswith("_sure") for point in outside)
    if not sure:
        return []
    return [TEXTS(f"findings.funnel.sure_{'one' if sure == 1 else 'many'}", sure=sure)]


def list_funnel_cautions(funnel: Funnel) -> list[str]:
    """Give what must be known beside the drawing."""
    if funnel.dispersion is None:
        spread = TEXTS("findings.funnel.spread_unknown")
    elif funnel.dispersion <= 1:
        spread = TEXTS("findings.funnel.spread_none")
    else:
        times = write_number(funnel.dispersion, 1)
        spread = TEXTS("findings.funnel.spread", times=times)
    return [TEXTS("findings.funnel.caution"), spread]


def _table(wanted: FunnelRequest, funnel: Funnel, points: Sequence[_Point], title: str) -> Table:
    names = ("area", "size", "rate", "words")
    known = {"base": name_base(funnel.base), "per": write_count(funnel.per)}
    columns = tuple(TEXTS(f"findings.funnel.column_{name}", **known) for name in names)
    rows = tuple(
        Row(
            point.name,
            (
                write_number(point.size),
                wanted.write_rate(point),
                TEXTS(f"findings.funnel.place_{point.place}"),
            ),
            link=wanted.link(point.area),
            marked=point.area.code == wanted.marked,
        )
        for point in sorted(points, key=lambda p: p.name)
    )
    return Table(title, columns, rows)


def _draw(wanted: FunnelRequest, funnel: Funnel, points: Sequence[_Point], title: str) -> Markup:
    right = compute_top(max(point.size for point in points))
    smallest = min(point.size for point in points)
    reach = max(line[3] for line in funnel.curve if line[0] >= smallest)
    frame = _Frame(right, compute_top(max([reach, *(p.rate for p in points)])))
    mark = f"u{hash_text(title):x}"
    limits = "".join(_limit(frame, funnel, column) for column in (1, 2, 3, 4))
    middle = frame.y(funnel.rate)
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="funnel" viewBox="0 0 {WIDTH} {_HEIGHT}" width="{WIDTH}" height="{_HEIGHT}"'
        f' role="group" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(TEXTS("findings.funnel.description"))}</desc>'
        f"{_axes(frame, funnel)}"
        f'<path d="M{_LEFT},{middle}H{WIDTH - _RIGHT}" stroke="{SOFT}"/>'
        f"{limits}{_points(frame, wanted, funnel, points)}</svg>"
    )


def _limit(frame: _Frame, funnel: Funnel, column: int) -> str:
    """Draw one limit as far as it lies within the drawing."""
    inside = [line for line in funnel.curve if line[0] <= frame.right and line[column] <= frame.top]
    path = "L".join(f"{frame.x(line[0])},{frame.y(line[column])}" for line in inside)
    dash = "" if column in (1, 4) else ' stroke-dasharray="5 4"'
    return f'<path d="M{path}" fill="none" stroke="{SOFT}"{dash}/>' if path else ""


def _axes(frame: _Frame, funnel: Funnel) -> str:
    step = compute_step(frame.top)
    drawn = [
        f'<path d="M{_LEFT},{frame.y(mark)}H{WIDTH - _RIGHT}" stroke="{GRID}"/>'
        f'<text x="{_LEFT - 6}" y="{frame.y(mark) + 4}" text-anchor="end" fill="{SOFT}">'
        f"{write_number(mark, 0 if step >= 1 else 1)}</text>"
        for mark in (index * step for index in range(round(frame.top / step) + 1))
    ]
    wide = compute_step(frame.right)
    marks = [index * wide for index in range(round(frame.right / wide) + 1)]
    drawn += [
        f'<text x="{frame.x(mark)}" y="{_HEIGHT - _FOOT + 16}" text-anchor="'
        f'{"end" if mark == marks[-1] else "middle"}" fill="{SOFT}">{write_number(mark)}</text>'
        for mark in marks
    ]
    known = {"base": name_base(funnel.base), "per": write_count(funnel.per)}
    drawn.append(
        f'<text x="{WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end" fill="{SOFT}">'
        f"{escape(TEXTS('findings.funnel.axis_size', **known))}</text>"
        f'<text x="4" y="14" fill="{SOFT}">'
        f"{escape(TEXTS('findings.funnel.axis_rate', **known))}</text>"
    )
    return "".join(drawn)


def _points(frame: _Frame, wanted: FunnelRequest, funnel: Funnel, points: Sequence[_Point]) -> str:
    """Draw the points; names go beside those that stand out, where there is room for them."""
    written: list[tuple[float, float, float]] = []
    drawn = []
    for point in sorted(points, key=lambda p: (p.area.code != wanted.marked, not p.is_outside)):
        x, y = frame.x(point.size), frame.y(point.rate)
        name = ""
        marked = point.area.code == wanted.marked
        if (point.is_outside or marked) and len(written) < _MOST_NAMES:
            name = _name(point, (x, y), written)
        words = escape(_speak(wanted, point, funnel))
        ring = f' stroke="{INK}" stroke-width="2"' if marked else f' stroke="{ACCENT}"'
        fill = ACCENT if point.is_outside else "#fff"
        drawn.append(
            f'<a href="{escape(wanted.link(point.area))}" aria-label="{words}">'
            f"<title>{words}</title>{name}"
            f'<circle cx="{x}" cy="{y}" r="{5 if point.is_outside else 4}"'
            f' fill="{fill}"{ring}/></a>'
        )
    return "".join(drawn)


def _name(point: _Point, at: tuple[float, float], written: list[tuple[float, float, float]]) -> str:
    """Write a name beside its point, unless it would cover another name."""
    x, y = at
    wide = len(point.area.name) * _LETTERS
    left = x + 9 + wide > WIDTH - 2
    start = x - 9 - wide if left else x + 9
    if any(abs(y - b) < 14 and start < end and begin < start + wide for begin, end, b in written):
        return ""
    written.append((start, start + wide, y))
    anchor = "end" if left else "start"
    place = x - 9 if left else x + 9
    return (
        f'<text x="{place:.1f}" y="{y + 4}" text-anchor="{anchor}" fill="{INK}">'
        f"{escape(point.area.name)}</text>"
    )


def _speak(wanted: FunnelRequest, point: _Point, funnel: Funnel) -> str:
    return TEXTS(
        "findings.funnel.spoken",
        area=point.name,
        size=write_number(point.size),
        base=name_base(funnel.base),
        rate=wanted.write_rate(point),
        per=write_count(funnel.per),
        place=TEXTS(f"findings.funnel.place_{point.place}"),
    )

"""How many times the average month each month of the year usually is, with its margin."""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.figure import Figure, Row, Table
from regiebeeld.dashboard.charts.formats import MONTHS, SHORT_MONTHS, write_number
from regiebeeld.dashboard.charts.ranking import compute_step, compute_top
from regiebeeld.dashboard.charts.shares import write_factor
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.vega import ACCENT, FONT, GRID, SOFT, WIDTH, hash_text
from regiebeeld.dashboard.charts.words import name_unit, write_range
from regiebeeld.releases import Indicator, ReleasedArea
from regiebeeld.releases.findings import SeasonFactor

_HEIGHT, _HEAD, _FOOT, _LEFT, _RIGHT = 220, 12, 26, 34, 8


def draw_season_factors(
    indicator: Indicator, area: ReleasedArea, factors: Sequence[SeasonFactor]
) -> Figure:
    """Draw the months of the year as dots with margins around the average month.

    factors: one a month, in any order; those of one area.
    """
    months = sorted(factors, key=lambda each: each.month)
    names = {"indicator": indicator.title, "area": area.name}
    title = TEXTS("findings.season.title", **names)
    rows = tuple(
        Row(MONTHS[m.month].capitalize(), (write_factor(m.factor), _margin(m))) for m in months
    )
    columns = tuple(TEXTS(f"findings.season.column_{name}") for name in ("month", "factor"))
    return Figure(
        title=title,
        summary=describe_season(indicator, months),
        svg=_draw(months, title) if months else None,
        table=Table(title, (*columns, TEXTS("trend.column_interval")), rows),
    )


def describe_season(indicator: Indicator, factors: Sequence[SeasonFactor]) -> str:
    """Name the highest and the lowest month that clearly differ from the average one."""
    unit = name_unit(indicator.unit, None)
    high = max((m for m in factors if m.lower > 1), key=lambda m: m.factor, default=None)
    low = min((m for m in factors if m.upper < 1), key=lambda m: m.factor, default=None)
    parts = [
        TEXTS(
            f"findings.season.{name}",
            month=MONTHS[month.month],
            factor=write_factor(month.factor),
            margin=_margin(month),
            unit=unit,
        )
        for name, month in (("high", high), ("low", low))
        if month is not None
    ]
    return " ".join(parts) or TEXTS("findings.season.flat")


def _margin(month: SeasonFactor) -> str:
    return write_range(write_factor(month.lower), write_factor(month.upper))


def _draw(months: Sequence[SeasonFactor], title: str) -> Markup:
    top = compute_top(max(month.upper for month in months))
    mark = f"s{hash_text(title):x}"
    dots = "".join(_dot(month, top) for month in months)
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="season" viewBox="0 0 {WIDTH} {_HEIGHT}" width="{WIDTH}" height="{_HEIGHT}"'
        f' role="img" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(TEXTS("findings.season.description"))}</desc>'
        f"{_axis(top)}{dots}</svg>"
    )


def _axis(top: float) -> str:
    step = compute_step(top)
    decimals = 0 if step >= 1 else 1
    lines = "".join(
        f'<path d="M{_LEFT},{_y(mark, top)}H{WIDTH - _RIGHT}" stroke="{GRID}"/>'
        f'<text x="{_LEFT - 6}" y="{_y(mark, top) + 4}" text-anchor="end" fill="{SOFT}">'
        f"{write_number(mark, decimals)}</text>"
        for mark in (index * step for index in range(round(top / step) + 1))
    )
    y = _y(1.0, top)
    return f'{lines}<path d="M{_LEFT},{y}H{WIDTH - _RIGHT}" stroke="{SOFT}"/>'


def _dot(month: SeasonFactor, top: float) -> str:
    x = round(_LEFT + (month.month - 0.5) / 12 * (WIDTH - _LEFT - _RIGHT), 1)
    words = escape(
        TEXTS(
            "findings.season.spoken",
            month=MONTHS[month.month],
            factor=write_factor(month.factor),
            margin=_margin(month),
        )
    )
    return (
        f'<g><title>{words}</title><path d="M{x},{_y(month.lower, top)}V{_y(month.upper, top)}"'
        f' stroke="{SOFT}" stroke-width="1.5"/>'
        f'<circle cx="{x}" cy="{_y(month.factor, top)}" r="4.5" fill="{ACCENT}"/>'
        f'<text x="{x}" y="{_HEIGHT - 8}" text-anchor="middle" fill="{SOFT}">'
        f"{SHORT_MONTHS[month.month]}</text></g>"
    )


def _y(value: float, top: float) -> float:
    return round(_HEIGHT - _FOOT - value / top * (_HEIGHT - _HEAD - _FOOT), 1)

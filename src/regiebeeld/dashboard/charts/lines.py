"""What line charts share: the axis of counts, a line that is dashed where it may change, and the
range of each rounded figure behind it."""

from collections.abc import Sequence
from typing import Any

from regiebeeld.dashboard.charts.vega import ACCENT, RANGE, SOFT, WIDTH
from regiebeeld.dashboard.charts.words import is_rounded, is_usable, span_of
from regiebeeld.releases import ReleasedCell

Points = list[dict[str, Any]]


def count_axis(field: str) -> dict[str, Any]:
    """Give a vertical axis that starts at zero, as every axis of counts does."""
    return {
        "field": field,
        "type": "quantitative",
        "title": None,
        "scale": {"zero": True, "nice": True},
        "axis": {"tickCount": 4, "format": ",d", "domain": False, "ticks": False},
    }


def is_soft(cell: ReleasedCell | None) -> bool:
    """Tell whether a figure is provisional or estimated, and so drawn dashed."""
    return cell is not None and (cell.provisional or cell.estimated_share > 0)


def split_points(
    places: Sequence[dict[str, Any]], cells: Sequence[ReleasedCell]
) -> tuple[Points, Points]:
    """Split a line into a firm and a dashed part that meet, with gaps where there is no figure.

    places: where each cell stands on the horizontal axis. A stretch is dashed when
    either of its ends is provisional or estimated.
    """
    soft = [is_soft(cell) for cell in cells]
    beside = [
        soft[i] or soft[max(0, i - 1)] or soft[min(len(soft) - 1, i + 1)] for i in range(len(soft))
    ]
    values = [cell.value if is_usable(cell) else None for cell in cells]
    firm = [{**p, "value": None if s else v} for p, v, s in zip(places, values, soft, strict=True)]
    dashed = [
        {**p, "value": v if b else None} for p, v, b in zip(places, values, beside, strict=True)
    ]
    return firm, dashed if any(soft) else []


def range_points(
    places: Sequence[dict[str, Any]], cells: Sequence[ReleasedCell], *, gaps: int
) -> Points:
    """Give the range of each rounded cell where it stands on the horizontal axis.

    gaps: how many figures stand beside each other, which makes the bars as broad as fits.
    """
    wide = round(min(10.0, 0.7 * WIDTH / max(1, gaps)), 1)
    return [
        {**place, "low": span_of(cell).lower, "high": span_of(cell).upper, "wide": wide}
        for place, cell in zip(places, cells, strict=True)
        if is_rounded(cell) and is_usable(cell)
    ]


def range_layer(name: str, x: dict[str, Any]) -> dict[str, Any]:
    """Give the layer of ranges: a light bar from the lowest to the highest possible count."""
    size = {"field": "wide", "type": "quantitative", "scale": None, "legend": None}
    encoding = {"x": x, "y": count_axis("low"), "y2": {"field": "high"}, "strokeWidth": size}
    return {
        "data": {"name": name},
        "mark": {"type": "rule", "color": RANGE},
        "encoding": encoding,
    }


def line_layer(name: str, x: dict[str, Any], *, dashed: bool, size: int | None) -> dict[str, Any]:
    """Give the layer of one named line; points of `size` keep a figure between two gaps visible."""
    colour = SOFT if dashed else ACCENT
    mark: dict[str, Any] = {
        "type": "line",
        "color": colour,
        "strokeWidth": 2.5,
        "invalid": "break-paths-show-domains",
    }
    if dashed:
        mark["strokeDash"] = [5, 4]
    if size:
        mark["point"] = {"color": colour, "size": size}
    return {"data": {"name": name}, "mark": mark, "encoding": {"x": x, "y": count_axis("value")}}

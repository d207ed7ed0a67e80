"""A small table of shades in one hue, drawn by hand: the number stands in every shade."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from regiebeeld.dashboard.charts.vega import FONT, INK, PALE, SOFT, WIDTH, hash_text

# The five of a map, so that darker is more here too; the ink that can be read on each.
_SHADES = (
    ("#dcefed", INK),
    ("#a9d5d3", INK),
    ("#67aeb3", INK),
    ("#2b7d8c", "#ffffff"),
    ("#0c4558", "#ffffff"),
)
_HEAD, _ROW, _GAP, _LEFT = 26, 34, 2, 92


@dataclass(frozen=True, slots=True)
class Shade:
    """One field: what is written in it, what is read aloud, and its shade (None: no shade)."""

    label: str
    words: str
    level: int | None


def draw_heat(
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Shade]]],
    *,
    title: str,
    description: str,
) -> Markup:
    """Draw rows of shades under their columns; every row has one shade a column."""
    mark = f"h{hash_text(title):x}"
    wide = (WIDTH - _LEFT) / len(columns)
    height = _HEAD + _ROW * len(rows)
    heads = "".join(
        f'<text x="{_LEFT + (i + 0.5) * wide:.1f}" y="17" text-anchor="middle" fill="{SOFT}">'
        f"{escape(name)}</text>"
        for i, name in enumerate(columns)
    )
    body = "".join(_row(name, shades, i, wide) for i, (name, shades) in enumerate(rows))
    return Markup(  # noqa: S704 - numbers of our own and escaped words
        f'<svg class="heat" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" font-size="13" font-family="{FONT}"'
        f' aria-labelledby="{mark}t" aria-describedby="{mark}d">'
        f'<title id="{mark}t">{escape(title)}</title>'
        f'<desc id="{mark}d">{escape(description)}</desc>'
        f"{heads}{body}</svg>"
    )


def _row(name: str, shades: Sequence[Shade], index: int, wide: float) -> str:
    top = _HEAD + index * _ROW
    middle = top + _ROW / 2 + 4
    fields = "".join(_field(shade, _LEFT + i * wide, top, wide) for i, shade in enumerate(shades))
    return f'<text x="0" y="{middle:g}" fill="{SOFT}">{escape(name)}</text>{fields}'


def _field(shade: Shade, left: float, top: float, wide: float) -> str:
    fill, ink = (PALE, SOFT) if shade.level is None else _SHADES[shade.level]
    return (
        f'<g><title>{escape(shade.words)}</title><rect x="{left:.1f}" y="{top}"'
        f' width="{wide - _GAP:.1f}" height="{_ROW - _GAP}" fill="{fill}"/>'
        f'<text x="{left + (wide - _GAP) / 2:.1f}" y="{top + _ROW / 2 + 4:g}"'
        f' text-anchor="middle" fill="{ink}">{escape(shade.label)}</text></g>'
    )

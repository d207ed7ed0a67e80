"""What every chart gives back: the drawing, the sentence and the table of the same values."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the header cell first; `link` is where the header leads."""

    head: str
    cells: tuple[str, ...]
    link: str | None = None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One class of a map: its CSS class, what it means, and how many areas are in it."""

    style: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its sentence and its table; `svg` is None when there is nothing to draw."""

    title: str
    summary: str
    svg: Markup | None
    table: Table
    legend: tuple[LegendRow, ...] = ()

"""What every chart gives back: the drawing, the sentence and the table of the same values."""

from dataclasses import dataclass

from markupsafe import Markup

from regiebeeld.dashboard.charts.map_layers import Layer


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
class MapTools:
    """What a reader can do with a map beside following its links.

    classes: the address of the classes at every period, empty where those are not the same ones;
    periods: how many those are, and which of them (from 0) is drawn; geometry: the address of the
    shapes; compare: the address to which areas are added, empty where they may not be compared;
    state: what the address of the page holds beside the layers; absent: layers without anything.
    """

    level: str
    period: str
    classes: str
    periods: tuple[int, int]
    geometry: str
    compare: str
    layers: tuple[Layer, ...]
    absent: str
    state: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its sentence and its table; `svg` is None when there is nothing to draw.

    anchor: its name in an address; empty where nothing leads to it.
    """

    title: str
    summary: str
    svg: Markup | None
    table: Table
    legend: tuple[LegendRow, ...] = ()
    tools: MapTools | None = None
    anchor: str = ""

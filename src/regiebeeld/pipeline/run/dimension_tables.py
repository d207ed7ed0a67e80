"""The tables beside the cells: areas with their shapes, definitions, key figures, changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Figure, Region
from regiebeeld.catalogue.models import DENOMINATORS
from regiebeeld.domain import Area, AreaLevel, Status
from regiebeeld.domain.areas import parent_code
from regiebeeld.pipeline.analyses import Bases
from regiebeeld.pipeline.areas import Drawing, Layout, draw_paths, simplify_layout, write_geojson
from regiebeeld.pipeline.areas.drawing import Frame, frame_of
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.sources.conform_figures import FigureRow
from regiebeeld.releases.tables import STATUS_NUMBERS

REGION_PREFIX = "REGIO_"
_LEVELS = (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT)


def region_code(region: Region) -> str:
    return REGION_PREFIX + region.id


def list_areas(region: Region, shown: Layout) -> list[Area]:
    """List the region and its areas: the place in this list is the area's key."""
    top = Area(region_code(region), AreaLevel.REGIO, region.title, region.vintage)
    names = {gemeente.code: gemeente.name for gemeente in region.gemeenten}
    found = [top]
    for level in _LEVELS:
        areas = sorted(shown.at(level), key=lambda area: (area.name, area.code))
        for area in areas:
            parent = top.code if level is AreaLevel.GEMEENTE else area.parent
            found.append(
                Area(area.code, level, names.get(area.code, area.name), area.vintage, parent)
            )
    return found


def collect_bases(areas: Sequence[Area], rows: Sequence[FigureRow]) -> Bases:
    """Collect key figures as areas x years; people and homes of the region are its gemeenten's."""
    years = tuple(sorted({row.year for row in rows}))
    at = {area.code: i for i, area in enumerate(areas)}
    values = {figure: np.full((len(areas), len(years)), np.nan) for figure in Figure}
    for row in rows:
        if row.area in at and row.value is not None:
            values[row.figure][at[row.area], years.index(row.year)] = row.value
    gemeenten = [i for i, area in enumerate(areas) if area.level is AreaLevel.GEMEENTE]
    for figure in DENOMINATORS:
        values[figure][0] = values[figure][gemeenten].sum(axis=0)
    return Bases(years, values)


@dataclass(frozen=True, slots=True)
class DrawnAreas:
    """The shown layout: paths by level, boxes (min x, min y, max x, max y) by code, GeoJSON."""

    drawings: dict[AreaLevel, Drawing]
    boxes: dict[str, tuple[float, ...]]
    table: pa.Table
    told: tuple[str, ...]
    frame: Frame


def area_table(areas: Sequence[Area], drawn: DrawnAreas) -> pa.Table:
    rows = []
    for key, area in enumerate(areas):
        drawing = drawn.drawings.get(area.level)
        label = drawing.labels.get(area.code, (None, None)) if drawing else (None, None)
        box = drawn.boxes.get(area.code, (None,) * 4)
        in_gemeente = area.level not in (AreaLevel.REGIO,)
        rows.append(
            {
                "area_key": key,
                "code": area.code,
                "level": area.level.value,
                "name": area.name,
                "vintage": area.vintage,
                "parent": area.parent,
                "gemeente": parent_code(area.code, AreaLevel.GEMEENTE) if in_gemeente else None,
                "path": drawing.paths.get(area.code) if drawing else None,
                "label_x": label[0],
                "label_y": label[1],
                **dict(zip(("min_x", "min_y", "max_x", "max_y"), box, strict=True)),
            }
        )
    return pa.Table.from_pylist(rows, schema=_AREA_SCHEMA)


_TEXT, _KEY, _NUMBER = pa.string(), pa.int32(), pa.float64()
_AREA_SCHEMA = pa.schema(
    [
        ("area_key", _KEY),
        *((name, _TEXT) for name in ("code", "level", "name")),
        ("vintage", pa.int16()),
        *((name, _TEXT) for name in ("parent", "gemeente", "path")),
        *((name, _NUMBER) for name in ("label_x", "label_y", "min_x", "min_y", "max_x", "max_y")),
    ]
)


def draw_areas(shown: Layout) -> DrawnAreas:
    """Draw every level as SVG paths in one frame, and as GeoJSON; tell what simplifying did."""
    simple, reports = simplify_layout(shown)
    drawings = {level: draw_paths(simple, level) for level in _LEVELS if simple.drawn(level)[0]}
    table = pa.table(
        {
            "level": [level.value for level in drawings],
            "view_box": [drawing.view_box for drawing in drawings.values()],
            "geojson": [write_geojson(simple, level) for level in drawings],
        }
    )
    frame = frame_of(simple)
    boxes = {}
    for code, shape in simple.geometries.items():
        west, south, east, north = shape.bounds
        corners = frame.place(np.array([[west, north], [east, south]])) / 10
        boxes[code] = tuple(float(v) for v in corners.ravel())
    return DrawnAreas(drawings, boxes, table, tuple(str(report) for report in reports), frame)


def figure_table(areas: Sequence[Area], rows: Sequence[tuple[FigureRow, str]]) -> pa.Table:
    """Give one row an area, figure and year: of two sources the later one, as for the rates."""
    at = {area.code: i for i, area in enumerate(areas)}
    chosen = {
        (row.area, row.figure, row.year): (row, source) for row, source in rows if row.area in at
    }
    kept = list(chosen.values())
    return pa.table(
        {
            "area_key": pa.array([at[row.area] for row, _ in kept], pa.int32()),
            "figure": pa.array([row.figure.value for row, _ in kept], pa.string()),
            "year": pa.array([row.year for row, _ in kept], pa.int16()),
            "value": pa.array([row.value for row, _ in kept], pa.float64()),
            "status": pa.array(
                [STATUS_NUMBERS.index(Status(row.status)) for row, _ in kept], pa.uint8()
            ),
            "source": pa.array([source for _, source in kept], pa.string()),
        }
    )


def change_table(areas: RegionAreas) -> pa.Table:
    """Give every change of an area between a layout and the shown one, unchanged areas left out."""
    rows = []
    new_names = {area.code: area.name for area in areas.shown.areas}
    for (vintage, level), crosswalk in areas.crosswalks.items():
        old_names = {area.code: area.name for area in areas.layout_of(vintage).areas}
        sizes = Counter(row.new for row in crosswalk.rows if row.units)
        for row in crosswalk.rows:
            # One area that became itself, whole, did not change: the rest is how maps are drawn.
            if row.old == row.new and row.share == 1 and sizes[row.new] == 1:
                continue
            old, new = old_names.get(row.old, row.old), new_names.get(row.new, row.new)
            before, after = (row.old, old, vintage), (row.new, new, areas.shown.vintage)
            rows.append((*before, *after, level.value, str(row.kind), row.share))
    columns = list(zip(*rows, strict=True)) or [()] * 9
    types = (pa.string(), pa.string(), pa.int16()) * 2 + (pa.string(), pa.string(), pa.float64())
    names = (
        "old_code",
        "old_name",
        "old_vintage",
        "new_code",
        "new_name",
        "new_vintage",
        "level",
        "kind",
        "share",
    )
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})


def last_month(tables: CellTables) -> date | None:
    return max((period.end for period in tables.periods.values()), default=None)

"""Code 99 of a wijk is "unknown" in most gemeenten and a real wijk in a few: the layout decides."""

import pyarrow as pa
import shapely

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import is_drawable, is_unknown, may_be_unknown
from regiebeeld.pipeline.areas import AreaColumns, read_layout
from regiebeeld.pipeline.sources.count_areas import (
    PLACED,
    UNKNOWN_WITHIN,
    CountFrame,
    judge_areas,
)

SQUARE = shapely.to_wkb(shapely.box(200_000, 500_000, 201_000, 501_000))
BESIDE = shapely.to_wkb(shapely.box(201_000, 500_000, 202_000, 501_000))


def _layer(water: str) -> pa.Table:
    table = pa.table(
        {
            "code": ["WK010601", "WK010699"],
            "name": ["Centrum", "Buitengebied"],
            "water": ["NEE", water],
            "geometry": pa.array([SQUARE, BESIDE], pa.binary()),
        }
    )
    return table.replace_schema_metadata({b"crs": b"EPSG:28992"})


def _codes(water: str) -> set[str]:
    columns = {AreaLevel.WIJK: AreaColumns(code="code", name="name", water="water")}
    layout, _ = read_layout({AreaLevel.WIJK: _layer(water)}, vintage=2024, columns=columns)
    return {area.code for area in layout.at(AreaLevel.WIJK)}


def test_a_wijk_with_land_is_a_place() -> None:
    assert _codes("NEE") == {"WK010601", "WK010699"}


def test_the_water_of_a_gemeente_is_none() -> None:
    assert _codes("JA") == {"WK010601"}


def test_a_count_follows_the_layout() -> None:
    gemeenten = frozenset({"GM0106", "GM0363"})
    frame = CountFrame(2024, gemeenten, {AreaLevel.WIJK: frozenset({"WK010699"})})
    assert judge_areas(("WK010699", "WK036399"), frame).tolist() == [PLACED, UNKNOWN_WITHIN]


def test_the_words_say_which_is_certain() -> None:
    assert is_unknown("BU03639999")
    assert not is_drawable("BU03639997")
    assert may_be_unknown("WK036399")
    assert not is_unknown("WK036399")

"""Which buurten are one housing complex: how large they are, and whether anyone lives there."""

from math import cos, radians
from pathlib import Path

import duckdb
import pytest

from lib.map_release import shelve_map_release
from regiebeeld.dashboard.web.complexes import (
    MOST_HECTARES,
    find_complexes,
    find_few_homes,
    measure_hectares,
)
from regiebeeld.domain import AreaLevel
from regiebeeld.releases import Release

NORTH = 52.0
# A degree of latitude is 111,320 m on a sphere of the size of the earth.
UP, EAST = 1 / 111_320, 1 / (111_320 * cos(radians(NORTH)))


def block(width: float, height: float, left: float = 0.0) -> list[list[float]]:
    """Give the ring of a block of so many metres."""
    corners = ((left, 0), (left + width, 0), (left + width, height), (left, height), (left, 0))
    return [[6.0 + x * EAST, NORTH + y * UP] for x, y in corners]


def test_a_block_of_100_by_150_metres_is_one_and_a_half_hectares() -> None:
    shape = {"type": "Polygon", "coordinates": [block(100, 150)]}
    assert measure_hectares(shape) == pytest.approx(1.5, rel=0.01)


def test_a_hole_is_taken_off_and_parts_are_added() -> None:
    with_hole = [block(100, 150), block(50, 100, left=20)]
    assert measure_hectares({"type": "Polygon", "coordinates": with_hole}) == pytest.approx(
        1, rel=0.01
    )
    two = {"type": "MultiPolygon", "coordinates": [with_hole, [block(200, 100, left=500)]]}
    assert measure_hectares(two) == pytest.approx(3, rel=0.01)


def test_a_complex_is_small_and_has_homes(tmp_path: Path) -> None:
    """Three buurten of 1.5 hectares: 40 homes, none, and a number that nobody knows."""
    shelf = shelve_map_release(tmp_path / "releases")
    (path,) = shelf.folder.glob("*/openbaar.duckdb")
    keys = {"BU90010101": (6, 40.0), "BU90010102": (7, 0.0), "BU90020101": (8, None)}
    with duckdb.connect(str(path)) as file:
        for key, homes in keys.values():
            file.execute(
                "INSERT INTO key_figure VALUES (?, 'woningen', 2026, ?, 0, 'x')", [key, homes]
            )
        ring = str(block(100, 150))
        features = ",".join(
            f'{{"properties":{{"code":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
            for code in keys
        )
        text = f'{{"features":[{features}]}}'
        file.execute("UPDATE drawing SET geojson = ? WHERE level = 'buurt'", [text])
    assert MOST_HECTARES >= 1.5
    release = Release(path)
    assert find_complexes(release) == {"BU90010101", "BU90020101"}
    release.close()


def test_ordinary_buurten_are_no_complex(tmp_path: Path) -> None:
    """The smallest buurt of the small region is 400 by 200 steps: more than two square km."""
    shelf = shelve_map_release(tmp_path / "releases")
    (path,) = shelf.folder.glob("*/openbaar.duckdb")
    release = Release(path)
    assert find_complexes(release) == frozenset()
    release.close()


def test_a_few_homes_are_found_though_their_own_cells_name_no_base(tmp_path: Path) -> None:
    """BU90010102 has 60 homes: no rate, so no base; the other buurten say what is counted."""
    shelf = shelve_map_release(tmp_path / "releases")
    (path,) = shelf.folder.glob("*/openbaar.duckdb")
    release = Release(path)
    burglary, bikes = (
        release.read_map(name, AreaLevel.BUURT, "2025").values()
        for name in ("woninginbraken", "fietsendiefstal")
    )
    own = next(cell for cell in burglary if cell.area == "BU90010102")
    assert own.base_figure is None
    assert find_few_homes(release, burglary) == {"BU90010102"}
    assert find_few_homes(release, bikes) == frozenset()
    # Where no cell tells it, the figures may be about homes.
    assert find_few_homes(release, ()) == {"BU90010102"}
    release.close()

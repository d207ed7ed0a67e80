"""Every geometry that came in is intact, repaired or lost, and the report says which."""

import numpy as np
import pytest
import shapely

from lib.vector_tables import block, multipolygon_wkb, polygon_wkb
from regiebeeld.domain import LinkError
from regiebeeld.pipeline.areas import repair_geometries
from regiebeeld.pipeline.areas.repair import Outcome

CORNER = np.array([200_000.0, 450_000.0])


def ring(*points: tuple[float, float]) -> np.ndarray:
    return CORNER + np.array(points, dtype=float)


def repair(wkb: bytes | None, crs: str = "EPSG:28992"):
    shapes, report = repair_geometries([wkb], ["BU00010001"], crs=crs)
    return shapes[0], report


def test_a_good_polygon_is_left_alone():
    shape, report = repair(shapely.to_wkb(block(0, 0)))
    assert shape.equals(block(0, 0))
    assert (report.intact, report.repaired, report.lost) == (1, 0, 0)


def test_a_bow_tie_becomes_its_two_triangles_and_is_reported():
    # Corners (0,0) (2,2) (2,0) (0,2): two triangles of base 2 and height 1, together 2 m².
    tie = polygon_wkb([ring((0, 0), (2, 2), (2, 0), (0, 2), (0, 0))])
    shape, report = repair(tie)
    assert shape.is_valid
    assert shape.area == pytest.approx(2.0)
    (fault,) = report.faults
    assert (fault.feature, fault.code, fault.outcome) == (1, "BU00010001", Outcome.REPAIRED)
    assert "kruist zichzelf" in fault.reason
    assert fault.area_after - fault.area_before == pytest.approx(2.0)  # the signed halves cancel
    assert "feature 1 (BU00010001) hersteld" in str(fault)


@pytest.mark.parametrize(
    ("wkb", "reason"),
    [
        (None, "geen geometrie"),
        (shapely.to_wkb(shapely.Polygon()), "geen geometrie"),
        (b"\x01\x03", "niet te lezen"),
        (b"", "niet te lezen"),
        (polygon_wkb([ring((0, 0), (0, 0))]), "minder dan vier punten"),
        (polygon_wkb([ring((0, 0), (1, 1), (0, 0))]), "te weinig punten"),
        (polygon_wkb([ring((0, 0), (1, 1), (2, 2), (0, 0))]), "geen oppervlakte"),
        (polygon_wkb([ring((0, 0), (1, np.nan), (1, 1), (0, 0))]), "geen getal"),
        (shapely.to_wkb(shapely.LineString([(200_000, 450_000), (200_001, 450_000)])), "geen vlak"),
        (multipolygon_wkb([polygon_wkb([])]), "geen geometrie"),
    ],
)
def test_what_cannot_be_drawn_is_lost_with_its_reason(wkb: bytes | None, reason: str):
    shape, report = repair(wkb)
    assert shape is None
    assert report.lost == 1
    assert reason in report.faults[0].reason


def test_a_collapsed_part_does_not_take_the_good_part_with_it():
    good = polygon_wkb([shapely.get_coordinates(block(0, 0))])
    collapsed = polygon_wkb([ring((5, 5), (5, 5))])
    shape, report = repair(multipolygon_wkb([collapsed, good]))
    assert shape.area == pytest.approx(1_000_000)
    assert report.repaired == 1
    assert "1 rand(en) van minder dan vier punten" in report.faults[0].reason


def test_a_ring_that_was_left_open_is_closed_and_reported():
    shape, report = repair(polygon_wkb([ring((0, 0), (2, 0), (2, 2), (0, 2))]))
    assert shape.area == pytest.approx(4.0)
    assert "sluiten niet" in report.faults[0].reason


def test_a_collapsed_hole_leaves_its_polygon():
    outer = shapely.get_coordinates(block(0, 0))
    shape, report = repair(polygon_wkb([outer, ring((5, 5), (5, 5))]))
    assert shape.area == pytest.approx(1_000_000)
    assert report.repaired == 1


def test_feature_numbers_are_those_of_the_caller():
    _, report = repair_geometries(
        [None, None], ["BU00010001", "BU00010002"], crs="EPSG:28992", numbers=[7, 31]
    )
    assert [fault.feature for fault in report.faults] == [7, 31]


def test_nothing_vanishes_from_the_count():
    wkb = [
        None,
        shapely.to_wkb(block(0, 0)),
        polygon_wkb([ring((0, 0), (2, 2), (2, 0), (0, 2), (0, 0))]),
    ]
    shapes, report = repair_geometries(wkb, ["A", "B", "C"], crs="EPSG:28992")
    assert report.intact + report.repaired + report.lost == report.features == len(shapes) == 3


def test_lon_lat_becomes_rd_new():
    # The tower of Amersfoort, origin of RD New: (155000, 463000) by the definition of the Kadaster.
    tower = shapely.Point(5.38720621, 52.15517440).buffer(0.001)
    shape, _ = repair(shapely.to_wkb(tower), "EPSG:4326")
    assert shape.centroid.x == pytest.approx(155_000, abs=1)
    assert shape.centroid.y == pytest.approx(463_000, abs=1)


def test_another_coordinate_system_is_refused():
    with pytest.raises(LinkError, match="EPSG:3857"):
        repair(shapely.to_wkb(block(0, 0)), "EPSG:3857")


@pytest.mark.parametrize("crs", ["EPSG:28992", "EPSG:4326"])
def test_a_map_outside_the_netherlands_is_refused(crs: str):
    swapped = shapely.box(52.0, 6.0, 52.1, 6.1)  # latitude first
    with pytest.raises(LinkError, match="niet in Nederland"):
        repair(shapely.to_wkb(swapped), crs)

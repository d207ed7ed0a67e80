"""Lighter borders stay shared, drawings overlay, and GeoJSON follows RFC 7946."""

import json
import re

import numpy as np
import pytest
import shapely

from lib.vector_tables import block, layout_of, table_of_shapes
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas import (
    AreaColumns,
    Layout,
    draw_paths,
    read_layout,
    simplify_layout,
    write_geojson,
)
from regiebeeld.pipeline.areas.simplify import Method, _restore_vanished

BUURT, WIJK, GEMEENTE = AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE


def wavy_pair() -> dict[str, shapely.Polygon]:
    """Two neighbours of 10 by 10 km whose border waves 4 m to and fro every 100 m."""
    waves = [(210_000 + 4 * (-1) ** step, 450_000 + 100 * step) for step in range(1, 100)]
    border = [(210_000, 450_000), *waves, (210_000, 460_000)]
    west = shapely.Polygon([*border, (200_000, 460_000), (200_000, 450_000)])
    east = shapely.Polygon([*border, (220_000, 460_000), (220_000, 450_000)])
    return {"BU00010101": west, "BU00010201": east}


def shapes_of(layout: Layout, level: AreaLevel = BUURT) -> list:
    return list(layout.drawn(level)[1])


def uncovered_and_doubled(shapes: list) -> tuple[float, float]:
    """Square metres inside the holes of the joined map, and square metres counted twice."""
    joined = shapely.union_all(shapes)
    holes = (
        shapely.area(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(joined)))).sum()
        - joined.area
    )
    return holes, sum(shape.area for shape in shapes) - joined.area


def test_shared_borders_stay_shared_and_get_lighter():
    layout = layout_of(2021, wavy_pair())
    light, (report,) = simplify_layout(layout, {BUURT: 50.0})
    assert report.method is Method.SHARED
    assert report.points_after < report.points_before / 10
    assert shapely.coverage_is_valid(shapes_of(light))
    assert uncovered_and_doubled(shapes_of(light)) == pytest.approx((0, 0), abs=1e-3)
    for before, after in zip(shapes_of(layout), shapes_of(light), strict=True):
        assert before.hausdorff_distance(after) < 50


def test_a_gap_and_an_overlap_are_closed_first():
    # Three in a row, half a metre apart and two metres over, between a row above and below.
    shapes = [block(0, 0), block(1.0005, 0), block(1.998, 0), block(0, 1, 3), block(0, -1, 3)]
    layout = layout_of(2021, {f"BU0001000{number}": shape for number, shape in enumerate(shapes)})
    assert uncovered_and_doubled(shapes) == pytest.approx((500, 2500))
    light, (report,) = simplify_layout(layout, {BUURT: 5.0})
    assert report.method is Method.CLEANED
    assert uncovered_and_doubled(shapes_of(light)) == pytest.approx((0, 0), abs=1e-3)
    for before, after in zip(shapes_of(layout), shapes_of(light), strict=True):
        assert before.intersection(after).area > 0.99 * before.area


def test_where_cleaning_would_swallow_an_area_each_is_simplified_on_its_own():
    layout = layout_of(2021, {"BU00010001": block(0, 0), "BU00010002": block(0, 0)})
    light, (report,) = simplify_layout(layout, {BUURT: 5.0})
    assert report.method is Method.SEPARATE
    assert "separate" in str(report)
    assert all(shape.area > 0 for shape in shapes_of(light))


def test_no_area_disappears_however_coarse_the_tolerance():
    shapes = {
        f"BU0001{number:04}": block(number % 5 / 50, number // 5 / 50, 0.02, 0.02)
        for number in range(25)
    }
    light, _ = simplify_layout(layout_of(2021, shapes), {BUURT: 10_000.0})
    assert len(shapes_of(light)) == 25
    assert all(shape.area > 0 and shape.is_valid for shape in shapes_of(light))


def test_an_area_that_would_vanish_gets_its_own_shape_back():
    before = np.array([block(0, 0), block(1, 0)])
    simplified = np.array([block(0, 0), shapely.Polygon()])
    assert _restore_vanished(simplified, before) == [1]
    assert simplified[1].equals(before[1])


def test_a_coarser_level_has_the_lines_of_the_finer_one():
    shapes = wavy_pair()
    table = table_of_shapes({"code": list(shapes), "naam": ["West", "Oost"]}, list(shapes.values()))
    layout, _ = read_layout(
        {BUURT: table}, vintage=2021, columns={BUURT: AreaColumns("code", "naam")}
    )
    light, reports = simplify_layout(layout)
    assert {report.level: report.method for report in reports} == {
        BUURT: Method.SHARED,
        WIJK: Method.DISSOLVED,
        GEMEENTE: Method.DISSOLVED,
    }
    for wijk, buurt in zip(shapes_of(light, WIJK), shapes_of(light, BUURT), strict=True):
        assert wijk.equals(buurt)


def test_levels_with_their_own_tolerance_are_simplified_on_their_own():
    layout = layout_of(2021, wavy_pair())
    coarse = layout_of(2021, {"GM0001": shapely.union_all(list(wavy_pair().values()))})
    both = Layout(2021, coarse.areas + layout.areas, {**coarse.geometries, **layout.geometries})
    _, reports = simplify_layout(both, {BUURT: 5.0, GEMEENTE: 50.0})
    assert [report.tolerance for report in reports] == [5.0, 50.0]
    assert all(report.method is Method.SHARED for report in reports)


def test_a_path_is_relative_with_north_on_top():
    drawing = draw_paths(layout_of(2021, {"GM0001": block(0, 0), "GM0002": block(1, 0)}), GEMEENTE)
    assert drawing.view_box == "0 0 1000 500"
    # Two km are 1000 units; a box starts in its south-east corner, which is (500, 500) on paper.
    assert drawing.paths["GM0001"] == "M500 500l0-500-500 0 0 500z"
    assert drawing.labels["GM0001"] == pytest.approx((250, 250), abs=5)


def test_the_northern_area_is_drawn_above_the_southern_one():
    drawing = draw_paths(layout_of(2021, {"GM0001": block(0, 0), "GM0002": block(0, 1)}), GEMEENTE)
    assert drawing.labels["GM0002"][1] < drawing.labels["GM0001"][1]


def read_path(path: str) -> list[np.ndarray]:
    """An obvious slow reader of the path commands that we write."""
    rings = []
    for start, steps in re.findall(r"M([^l]+)l([^z]+)z", path):
        numbers = [
            np.array(re.findall(r"-?\d*\.?\d+", text), dtype=float).reshape(-1, 2)
            for text in (start, steps)
        ]
        rings.append(np.cumsum(np.vstack(numbers), axis=0))
    return rings


def test_a_path_keeps_every_corner_to_a_tenth():
    corners = [(200_000, 450_000), (200_731, 450_012), (200_999, 450_777), (200_123, 450_888)]
    layout = layout_of(2021, {"GM0001": shapely.Polygon(corners), "GM0002": block(0, 0)})
    (ring,) = read_path(draw_paths(layout, GEMEENTE).paths["GM0001"])
    expected = [(x - 200_000, 451_000 - y) for x, y in corners]
    assert ring == pytest.approx(np.array(expected), abs=0.05001)


def test_corners_shared_on_the_ground_are_shared_on_paper():
    light, _ = simplify_layout(layout_of(2021, wavy_pair()), {BUURT: 3.0})
    drawing = draw_paths(light, BUURT)
    west, east = (
        {tuple(np.round(point, 1)) for ring in read_path(path) for point in ring}
        for path in drawing.paths.values()
    )
    west_ground, east_ground = (
        {*map(tuple, shapely.get_coordinates(shape))} for shape in shapes_of(light)
    )
    assert len(west & east) == len(west_ground & east_ground) > 2


def test_a_hole_is_a_ring_of_its_own():
    ring = block(0, 0, 3, 3).difference(block(1, 1))
    drawing = draw_paths(layout_of(2021, {"GM0001": ring, "GM0002": block(1, 1)}), GEMEENTE)
    assert drawing.paths["GM0001"].count("M") == 2
    x, y = drawing.labels["GM0001"]
    assert ring.contains(shapely.Point(200_000 + x * 3, 453_000 - y * 3))


def test_an_area_smaller_than_the_grid_is_still_drawn():
    layout = layout_of(
        2021, {"GM0001": block(0, 0, 100, 100), "GM0002": block(50, 50, 0.001, 0.001)}
    )
    drawing = draw_paths(layout, GEMEENTE)
    (ring,) = read_path(drawing.paths["GM0002"])
    assert ring.mean(axis=0) == pytest.approx([500, 500], abs=0.2)


def test_all_levels_share_one_frame():
    shapes = {"GM0001": block(0, 0, 4, 2), "BU00010001": block(1, 0)}
    areas = layout_of(2021, {"GM0001": None}).areas + layout_of(2021, {"BU00010001": None}).areas
    layout = Layout(2021, areas, shapes)
    assert (
        draw_paths(layout, GEMEENTE).view_box
        == draw_paths(layout, BUURT).view_box
        == "0 0 1000 500"
    )
    assert draw_paths(layout, BUURT, width=400).paths == {
        "BU00010001": "M200 200l0-100-100 0 0 100z"
    }


def test_an_area_without_a_shape_is_not_drawn():
    layout = layout_of(2021, {"GM0001": block(0, 0), "GM0002": None})
    assert list(draw_paths(layout, GEMEENTE).paths) == ["GM0001"]


def test_geojson_follows_rfc_7946():
    ring = block(0, 0, 3, 3).difference(block(1, 1))
    (feature,) = json.loads(write_geojson(layout_of(2021, {"GM0001": ring}), GEMEENTE))["features"]
    assert feature["properties"] == {
        "code": "GM0001",
        "name": "Gebied GM0001",
        "level": "gemeente",
        "vintage": 2021,
    }
    outer, hole = (shapely.LinearRing(points) for points in feature["geometry"]["coordinates"])
    assert outer.is_ccw
    assert not hole.is_ccw
    west, south, *_ = outer.bounds
    assert 3 < west < 8 < 50 < south < 54  # longitude first
    numbers = np.array(feature["geometry"]["coordinates"]).ravel()
    assert (numbers == np.round(numbers, 6)).all()

"""Coordinates: read as stated, or told; the area around a point is the same for every run."""

import numpy as np
import pyarrow as pa
import pytest
import shapely

from lib.vector_tables import block
from regiebeeld.domain import LinkError
from regiebeeld.pipeline.intake.linking.points import Reading, find_areas, read_points

# Kadaster's own check point: the origin of RD (Amersfoort) is 155000, 463000.
AMERSFOORT_RD, AMERSFOORT_WGS84 = ("155000", "463000"), ("5.38720621", "52.15517440")


def read(pair: tuple[str | None, str | None], crs: str = "EPSG:28992"):
    return read_points(pa.array([pair[0]], pa.string()), pa.array([pair[1]], pa.string()), crs=crs)


@pytest.mark.parametrize(
    ("pair", "crs", "reading"),
    [
        (AMERSFOORT_RD, "EPSG:28992", Reading.AS_STATED),
        (AMERSFOORT_RD[::-1], "EPSG:28992", Reading.SWAPPED),
        (AMERSFOORT_WGS84, "EPSG:28992", Reading.OTHER_SYSTEM),
        (AMERSFOORT_WGS84[::-1], "EPSG:28992", Reading.OTHER_SYSTEM_SWAPPED),
        (AMERSFOORT_WGS84, "EPSG:4326", Reading.AS_STATED),
        (AMERSFOORT_WGS84[::-1], "EPSG:4326", Reading.SWAPPED),
        (AMERSFOORT_RD, "EPSG:4326", Reading.OTHER_SYSTEM),
    ],
)
def test_the_origin_of_rd_is_found_in_every_reading_and_the_reading_is_told(
    pair: tuple[str, str], crs: str, reading: Reading
) -> None:
    points = read(pair, crs)
    assert points.readings.tolist() == [reading]
    assert points.x[0] == pytest.approx(155_000, abs=1)
    assert points.y[0] == pytest.approx(463_000, abs=1)


@pytest.mark.parametrize(
    ("pair", "reading"),
    [
        (("0", "0"), Reading.NOT_IN_THE_COUNTRY),
        (("155", "463"), Reading.NOT_IN_THE_COUNTRY),
        (("-74.0", "40.7"), Reading.NOT_IN_THE_COUNTRY),
        (("x", "463000"), Reading.UNREADABLE),
        (("155000", None), Reading.UNREADABLE),
        ((None, None), Reading.ABSENT),
        (("", " "), Reading.ABSENT),
    ],
)
def test_other_pairs_are_no_place_and_say_why(pair, reading: Reading) -> None:
    points = read(pair)
    assert points.readings.tolist() == [reading]
    assert np.isnan(points.x).all()


def test_no_pair_of_numbers_fits_two_readings() -> None:
    grid = [str(number) for number in (4, 5, 51, 53, 20_000, 250_000, 284_999, 300_001, 620_000)]
    pairs = [(x, y) for x in grid for y in grid]
    for crs, other in (("EPSG:28992", "EPSG:4326"), ("EPSG:4326", "EPSG:28992")):
        for pair in pairs:
            fits = [
                read(each, system).readings[0] == Reading.AS_STATED
                for system in (crs, other)
                for each in (pair, pair[::-1])
            ]
            assert sum(fits) <= 1


def test_another_coordinate_system_is_refused() -> None:
    with pytest.raises(LinkError, match="EPSG:3857"):
        read(AMERSFOORT_RD, "EPSG:3857")


def find(points, shapes, snap: float = 0.0):
    x, y = (np.array([point[axis] for point in points], dtype=float) for axis in (0, 1))
    found, snapped = find_areas(x, y, np.array(shapes, dtype=object), snap_metres=snap)
    return found.tolist(), snapped.tolist()


def test_a_point_on_a_border_goes_to_the_first_area_whatever_its_neighbours() -> None:
    shapes = [block(0, 0), block(1, 0)]
    on_border, corner = (201_000, 450_500), (201_000, 451_000)
    assert find([on_border, corner, (201_500, 450_500)], shapes) == ([0, 0, 1], [False] * 3)
    assert find([corner, on_border], shapes)[0] == [0, 0]
    assert find([on_border], shapes[::-1])[0] == [0]


def test_a_point_just_outside_snaps_within_the_tolerance_and_no_further() -> None:
    shapes = [block(0, 0), block(3, 0)]
    points = [(199_960, 450_500), (199_940, 450_500), (204_060, 450_500)]
    assert find(points, shapes, snap=50) == ([0, -1, -1], [True, False, False])
    assert find(points, shapes, snap=0) == ([-1, -1, -1], [False] * 3)


def test_a_point_halfway_two_areas_snaps_to_the_first() -> None:
    assert find([(201_020, 450_500)], [block(1.04, 0), block(0, 0)], snap=50)[0] == [0]


def test_a_hole_is_outside() -> None:
    ring = block(0, 0).difference(shapely.box(200_400, 450_400, 200_600, 450_600))
    assert find([(200_500, 450_500), (200_100, 450_100)], [ring])[0] == [-1, 0]


def test_no_points_and_no_areas_are_fine() -> None:
    assert find([], [block(0, 0)]) == ([], [])
    assert find([(200_500, 450_500)], [], snap=50) == ([-1], [False])

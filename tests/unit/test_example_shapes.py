"""The invented map: whole, without gaps, and not a grid."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array

from regiebeeld.domain import AreaLevel
from regiebeeld.example.growth import NOBODY, grow_from, join_strays
from regiebeeld.example.layout import Ground, Shape, draw_layout, make_ground
from regiebeeld.example.mesh import Mesh
from regiebeeld.example.plan import Kind
from regiebeeld.example.terrain import CENTRE
from regiebeeld.example.truths import Truths, read_truths
from regiebeeld.example.write import SEED

TRUTHS = Path(__file__).parents[2] / "regions" / "voorbeeld" / "planted_truths.yaml"


@pytest.fixture(scope="module")
def truths() -> Truths:
    return read_truths(TRUTHS)


@pytest.fixture(scope="module")
def ground(truths: Truths) -> Ground:
    return make_ground(truths, SEED)


def _land(ground: Ground, level: AreaLevel, *, oldest: bool = False) -> list[Shape]:
    return [shape for shape in draw_layout(ground, oldest=oldest)[level] if shape.pieces]


def test_the_file_is_written_for_the_seed_that_is_used(truths: Truths) -> None:
    assert truths.seed == SEED


@pytest.mark.parametrize("oldest", [True, False])
@pytest.mark.parametrize("level", [AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT])
def test_shapes_fit_together(ground: Ground, level: AreaLevel, oldest: bool) -> None:
    shapes = [shape.polygon for shape in draw_layout(ground, oldest=oldest)[level]]
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0
    assert whole.area == pytest.approx(shapely.area(shapes).sum())


def test_coverage_check_can_fail(ground: Ground) -> None:
    shifted = ground.shapes.copy()
    shifted[0] = shapely.transform(shifted[0], lambda points: points + 40.0)
    assert not shapely.coverage_is_valid(shifted)


def test_levels_nest_and_hang_together(ground: Ground) -> None:
    buurten = _land(ground, AreaLevel.BUURT)
    for gemeente in _land(ground, AreaLevel.GEMEENTE):
        own = [b.polygon for b in buurten if b.code[2:6] == gemeente.code[2:]]
        assert shapely.area(own).sum() == pytest.approx(gemeente.polygon.area)
        assert gemeente.polygon.geom_type == "Polygon"


def test_sizes_are_those_of_a_dutch_region(ground: Ground) -> None:
    """Twente 2021: 1,504 km2, buurten of 4.6 to 4,026 ha with a middle of 65 ha."""
    hectares = shapely.area(ground.shapes) / 10_000
    assert 1_000 < hectares.sum() / 100 < 2_000
    assert hectares.min() > 2
    assert hectares.max() < 6_000
    assert 35 < np.median(hectares) < 130
    kinds = np.array([piece.plan.kind for piece in ground.pieces])
    assert np.median(hectares[kinds == Kind.BUITEN]) > 5 * np.median(hectares[kinds == Kind.WONEN])


def test_it_is_no_grid(ground: Ground) -> None:
    """In a hexagon grid all areas are equal, all have six neighbours, all are equally round."""
    areas = shapely.area(ground.shapes)
    assert areas.std() / areas.mean() > 1.0
    tree = shapely.STRtree(ground.shapes)
    first, second = tree.query(ground.shapes, predicate="touches")
    assert len(first) == len(second)
    neighbours = np.bincount(first, minlength=len(areas))
    assert len(np.unique(neighbours)) > 6
    assert (neighbours == 6).mean() < 0.4
    roundness = 4 * np.pi * areas / shapely.length(ground.shapes) ** 2
    assert roundness.std() > 0.05
    assert np.median(shapely.get_num_coordinates(ground.shapes)) > 30


def test_the_region_lies_in_the_sea(ground: Ground, test_data: Path) -> None:
    """Every corner lies west of the whole of Noord-Holland and Texel, and north of Zeeland."""
    west, south, east, north = shapely.total_bounds([*ground.shapes, ground.lake])
    assert east < 95_000 < 100_000  # RD; Den Helder and Texel start at about x = 109,000
    assert south > 500_000
    assert west > 7_000
    assert north < 629_000  # RD New is defined up to here
    assert west < CENTRE[0] < east


def test_the_area_change_is_as_planted(ground: Ground, truths: Truths) -> None:
    old = {shape.code: shape.polygon for shape in _land(ground, AreaLevel.BUURT, oldest=True)}
    new = {shape.code: shape.polygon for shape in _land(ground, AreaLevel.BUURT)}
    touched_old = {code for change in truths.changes for code in change.old}
    touched_new = {code for change in truths.changes for code in change.new}
    for change in truths.changes:
        before = shapely.union_all([old[code] for code in change.old])
        after = shapely.union_all([new[code] for code in change.new])
        assert shapely.symmetric_difference(before, after).area < 1.0, change
    assert old.keys() - touched_old == new.keys() - touched_new
    assert all(old[code].equals(new[code]) for code in old.keys() - touched_old)
    kinds = [change.kind for change in truths.changes]
    assert sorted(set(kinds)) == ["merged", "renumbered", "split"]


def test_a_reused_code_names_less_ground(ground: Ground, truths: Truths) -> None:
    old = {shape.code: shape.polygon for shape in _land(ground, AreaLevel.BUURT, oldest=True)}
    new = {shape.code: shape.polygon for shape in _land(ground, AreaLevel.BUURT)}
    kept = [
        c for change in truths.changes if change.kind == "split" for c in change.old if c in new
    ]
    assert kept
    assert all(new[code].area < 0.9 * old[code].area for code in kept)


def test_the_hot_spot_is_one_cluster(ground: Ground, truths: Truths) -> None:
    spot = next(truth for truth in truths.truths if truth.kind == "hot_spot")
    shapes = [s.polygon for s in _land(ground, AreaLevel.BUURT) if s.code in spot.areas]
    assert len(shapes) == len(spot.areas)
    assert shapely.union_all(shapes).geom_type == "Polygon"


@pytest.mark.parametrize("seed", [7, 8])
def test_another_seed_makes_another_whole_map(truths: Truths, ground: Ground, seed: int) -> None:
    other = make_ground(truths, seed)
    assert shapely.coverage_is_valid(other.shapes)
    assert [piece.new for piece in other.pieces] == [piece.new for piece in ground.pieces]
    assert not other.shapes[0].equals(ground.shapes[0])


def _chain(number: int) -> Mesh:
    """Cells in a row, each a neighbour of the next, one apart."""
    pairs = np.column_stack([np.arange(number - 1), np.arange(1, number)])
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(number, number))
    seeds = np.column_stack([np.arange(number, dtype=float), np.zeros(number)])
    return Mesh(seeds, pairs, np.zeros((number - 1, 2, 2)), graph)


def test_growth_reaches_the_nearest_and_no_farther_than_members() -> None:
    members = np.array([0, 1, 2, 3, 5])
    grown = grow_from(_chain(6).graph, np.array([3, 0]), members)
    assert grown.tolist() == [1, 1, 0, 0, NOBODY]


def test_strays_join_what_they_touch_within_their_area() -> None:
    labels = np.array([0, 0, 0, 1, 0, 1, 1, NOBODY])
    within = np.zeros(8, dtype=np.int64)
    assert join_strays(_chain(8), labels, within).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    within[7] = 1
    assert join_strays(_chain(8), labels, within)[7] == NOBODY

"""What became of an area between two years, on maps small enough to check by hand."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from lib.vector_tables import block, layout_of
from regiebeeld.domain import AreaLevel, LinkError
from regiebeeld.pipeline.areas import (
    SHARE_UNITS,
    Crosswalk,
    Kind,
    Weights,
    compute_crosswalk,
    keep_lasting_codes,
    weights_of,
)
from regiebeeld.pipeline.areas.changes import whole_units

GEMEENTE = AreaLevel.GEMEENTE


def cross(old: dict, new: dict, *, tolerance: float = 0.01, weights=None) -> Crosswalk:
    return compute_crosswalk(
        layout_of(2020, old),
        layout_of(2021, new),
        level=GEMEENTE,
        weights=weights,
        sliver_tolerance=tolerance,
    )


def told(crosswalk: Crosswalk) -> dict[tuple[str, str], tuple[float, Kind]]:
    return {(row.old, row.new): (round(row.share, 6), row.kind) for row in crosswalk.rows}


def test_nothing_changed():
    crosswalk = cross(
        {"GM0001": block(0, 0), "GM0002": block(1, 0)},
        {"GM0001": block(0, 0), "GM0002": block(1, 0)},
    )
    assert told(crosswalk) == {
        ("GM0001", "GM0001"): (1, Kind.SAME),
        ("GM0002", "GM0002"): (1, Kind.SAME),
    }
    assert crosswalk.estimated == crosswalk.reused == crosswalk.created == ()


def test_renumbering_is_told_from_redrawing():
    crosswalk = cross(
        {"GM0001": block(0, 0), "GM0002": block(1, 0)},
        {"GM0009": block(0, 0), "GM0002": block(1, 0, 2)},
    )
    assert told(crosswalk) == {
        ("GM0001", "GM0009"): (1, Kind.RENUMBERED),
        ("GM0002", "GM0002"): (1, Kind.REDRAWN),  # it won ground that no area had
    }


def test_a_merger():
    crosswalk = cross({"GM0001": block(0, 0), "GM0002": block(1, 0)}, {"GM0009": block(0, 0, 2)})
    assert told(crosswalk) == {
        ("GM0001", "GM0009"): (1, Kind.MERGED),
        ("GM0002", "GM0009"): (1, Kind.MERGED),
    }
    assert crosswalk.estimated == ()


def test_a_split_by_ground():
    crosswalk = cross({"GM0001": block(0, 0, 4)}, {"GM0001": block(0, 0), "GM0009": block(1, 0, 3)})
    assert told(crosswalk) == {
        ("GM0001", "GM0001"): (0.25, Kind.SPLIT),
        ("GM0001", "GM0009"): (0.75, Kind.SPLIT),
    }
    row = crosswalk.rows[0]
    assert (row.basis, row.low, row.high) == ("oppervlakte", None, None)
    assert crosswalk.largest_error is None


def test_a_gemeente_divided_over_living_neighbours_is_a_split_and_they_are_redrawn():
    old = {"GM0001": block(0, 0), "GM0002": block(1, 0, 2), "GM0003": block(3, 0)}
    crosswalk = cross(old, {"GM0001": block(0, 0, 2), "GM0003": block(2, 0, 2)})
    assert told(crosswalk) == {
        ("GM0001", "GM0001"): (1, Kind.REDRAWN),
        ("GM0002", "GM0001"): (0.5, Kind.SPLIT),
        ("GM0002", "GM0003"): (0.5, Kind.SPLIT),
        ("GM0003", "GM0003"): (1, Kind.REDRAWN),
    }


def test_a_moved_border_is_redrawn():
    old = {"GM0001": block(0, 0, 5), "GM0002": block(5, 0, 5)}
    crosswalk = cross(old, {"GM0001": block(0, 0, 6), "GM0002": block(6, 0, 4)})
    assert told(crosswalk) == {
        ("GM0001", "GM0001"): (1, Kind.REDRAWN),
        ("GM0002", "GM0001"): (0.2, Kind.REDRAWN),
        ("GM0002", "GM0002"): (0.8, Kind.REDRAWN),
    }


def test_a_code_that_means_another_place_is_found():
    old = {"GM0001": block(0, 0), "GM0002": block(1, 0)}
    crosswalk = cross(old, {"GM0002": block(0, 0), "GM0001": block(1, 0)})
    assert told(crosswalk) == {
        ("GM0001", "GM0002"): (1, Kind.RENUMBERED),
        ("GM0002", "GM0001"): (1, Kind.RENUMBERED),
    }
    assert crosswalk.reused == ("GM0001", "GM0002")
    assert any(
        "GM0001 is in 2021 een ander gebied" in sentence for sentence in crosswalk.sentences()
    )


def test_a_code_that_keeps_a_fifth_of_its_ground_means_another_place_too():
    # GM0001 lay at 0-5 km and lies at 4-10 km; GM0002 shares no ground with itself at all.
    old = {"GM0001": block(0, 0, 5), "GM0002": block(5, 0, 5)}
    crosswalk = cross(old, {"GM0002": block(0, 0, 4), "GM0001": block(4, 0, 6)})
    assert crosswalk.reused == ("GM0001", "GM0002")


def test_a_gemeente_that_takes_in_another_is_a_merger_for_both():
    old = {"GM0001": block(0, 0), "GM0002": block(1, 0)}
    crosswalk = cross(old, {"GM0001": block(0, 0, 2)})
    assert {kind for _, kind in told(crosswalk).values()} == {Kind.MERGED}


def test_an_area_in_small_pieces_of_large_ones_goes_to_the_largest():
    new = {
        "GM0007": block(0, -9, 1, 10),
        "GM0008": block(1, -9, 1.2, 10),
        "GM0009": block(2.2, -9, 0.8, 10),
    }
    crosswalk = cross({"GM0001": block(0, 0, 3)}, new, tolerance=0.45)
    assert [(row.old, row.new, row.share) for row in crosswalk.rows] == [("GM0001", "GM0008", 1)]


def test_a_sliver_snaps_and_the_shares_still_sum_to_exactly_one():
    # The border is drawn 20 m further: 2 % of each gemeente of 1 km.
    new = {"GM0001": block(0, 0, 1.02), "GM0002": block(1.02, 0, 0.98)}
    old = {"GM0001": block(0, 0), "GM0002": block(1, 0)}
    crosswalk = cross(old, new, tolerance=0.03)
    assert {kind for _, kind in told(crosswalk).values()} == {Kind.SAME}
    assert [row.units for row in crosswalk.rows] == [SHARE_UNITS, SHARE_UNITS]
    (sliver,) = crosswalk.slivers
    assert (sliver.old, sliver.new) == ("GM0002", "GM0001")
    assert (sliver.share_of_old, sliver.share_of_new) == pytest.approx((0.02, 0.02 / 1.02))
    assert crosswalk.rows[1].low == pytest.approx(0.98)
    assert len(cross(old, new, tolerance=0.01).rows) == 3  # a stricter tolerance keeps it


def test_a_small_new_area_inside_a_large_old_one_is_no_sliver():
    large, small = block(0, 0, 100, 10), block(50, 5)
    crosswalk = cross(
        {"GM0001": large}, {"GM0001": large.difference(small), "GM0009": small}, tolerance=0.05
    )
    assert told(crosswalk)["GM0001", "GM0009"] == (0.001, Kind.SPLIT)


def test_ground_outside_the_new_layout_is_told_and_its_counts_stay():
    crosswalk = cross({"GM0001": block(0, 0, 4)}, {"GM0001": block(0, 0, 3)})
    assert dict(crosswalk.uncovered) == {"GM0001": pytest.approx(0.25)}
    assert told(crosswalk) == {("GM0001", "GM0001"): (1, Kind.REDRAWN)}


def test_an_area_that_is_gone_counts_as_unknown():
    crosswalk = cross({"GM0001": block(0, 0), "GM0002": block(9, 9)}, {"GM0001": block(0, 0)})
    assert told(crosswalk)["GM0002", "GM0000"] == (1, Kind.GONE)
    assert crosswalk.uncovered["GM0002"] == 1
    assert any(
        "GM0002" in sentence and "onbekend" in sentence for sentence in crosswalk.sentences()
    )


def test_an_area_without_a_shape_is_assumed_the_same_by_its_code():
    crosswalk = cross(
        {"GM0001": block(0, 0), "GM0002": None}, {"GM0001": block(0, 0), "GM0002": block(1, 0)}
    )
    assert told(crosswalk)["GM0002", "GM0002"] == (1, Kind.ASSUMED)
    assert any("GM0002: geen vorm" in sentence for sentence in crosswalk.sentences())


def test_a_new_area_without_predecessor_is_told():
    assert cross(
        {"GM0001": block(0, 0)}, {"GM0001": block(0, 0), "GM0009": block(5, 5)}
    ).created == ("GM0009",)


def test_a_finer_layer_of_inhabitants_weighs_the_parts():
    # The old gemeente is cut in halves; its 100 people live 80 / 20, the 80 in the west.
    old, new = {"GM0001": block(0, 0, 2)}, {"GM0008": block(0, 0), "GM0009": block(1, 0)}
    people = Weights("inwoners", np.array([block(0, 0), block(1, 0)]), np.array([80.0, 20.0]))
    crosswalk = cross(old, new, weights=people)
    assert told(crosswalk) == {
        ("GM0001", "GM0008"): (0.8, Kind.SPLIT),
        ("GM0001", "GM0009"): (0.2, Kind.SPLIT),
    }
    row = crosswalk.rows[0]
    assert (row.basis, row.area_share, row.low, row.high) == ("inwoners", 0.5, 0.5, 0.8)
    assert crosswalk.largest_error == pytest.approx(0.3)


def test_a_weighted_area_that_straddles_the_cut_is_spread_over_its_ground():
    # 90 people evenly over x 0-3, 30 over x 3-4; cut at x = 1: 30 against 60 + 30.
    people = Weights("inwoners", np.array([block(0, 0, 3), block(3, 0)]), np.array([90.0, 30.0]))
    crosswalk = cross(
        {"GM0001": block(0, 0, 4)},
        {"GM0008": block(0, 0), "GM0009": block(1, 0, 3)},
        weights=people,
    )
    assert told(crosswalk)["GM0001", "GM0008"] == (0.25, Kind.SPLIT)


def test_a_number_by_new_area_weighs_by_its_density():
    # GM0009 holds 300 people on 3 km²: 100 lie in the old GM0001, beside the 100 of GM0008.
    old = {"GM0001": block(0, 0, 2), "GM0002": block(2, 0, 2)}
    new = {"GM0008": block(0, 0), "GM0009": block(1, 0, 3)}
    crosswalk = cross(old, new, weights={"GM0008": 300.0, "GM0009": 300.0})
    assert told(crosswalk)["GM0001", "GM0008"] == (0.75, Kind.SPLIT)
    assert crosswalk.rows[0].basis == "gewicht"


def test_addresses_as_points_weigh_too():
    doors = shapely.points(
        [[200_100, 450_500], [200_200, 450_500], [200_300, 450_500], [201_500, 450_500]]
    )
    homes = Weights("woningen", np.asarray(doors), np.ones(4))
    crosswalk = cross(
        {"GM0001": block(0, 0, 2)}, {"GM0008": block(0, 0), "GM0009": block(1, 0)}, weights=homes
    )
    assert told(crosswalk)["GM0001", "GM0008"] == (0.75, Kind.SPLIT)


@pytest.mark.parametrize("numbers", [[np.nan, 20.0], [0.0, 0.0]])
def test_unknown_or_empty_weights_fall_back_to_ground(numbers: list[float]):
    people = Weights("inwoners", np.array([block(0, 0), block(1, 0)]), np.array(numbers))
    crosswalk = cross(
        {"GM0001": block(0, 0, 2)}, {"GM0008": block(0, 0), "GM0009": block(1, 0)}, weights=people
    )
    assert [(row.share, row.basis) for row in crosswalk.rows] == [(0.5, "oppervlakte")] * 2


@pytest.mark.parametrize("values", [{"GM9999": 1.0}, {"GM0001": -99999999.0}])
def test_weights_of_unknown_areas_or_below_zero_are_refused(values: dict[str, float]):
    with pytest.raises(LinkError, match=next(iter(values))):
        weights_of(layout_of(2021, {"GM0001": block(0, 0)}), values, unit="inwoners")


def test_unknown_weights_stay_unknown():
    weights = weights_of(
        layout_of(2021, {"GM0001": block(0, 0)}), {"GM0001": None}, unit="inwoners"
    )
    assert np.isnan(weights.values).all()


def test_a_layout_without_shapes_is_refused():
    with pytest.raises(LinkError, match="2021 heeft geen vormen op niveau gemeente"):
        cross({"GM0001": block(0, 0)}, {"GM0001": None})


@pytest.mark.parametrize("tolerance", [-0.1, 0.5, 1.0, float("nan")])
def test_an_impossible_tolerance_is_refused(tolerance: float):
    with pytest.raises(LinkError, match="sliver_tolerance"):
        cross({"GM0001": block(0, 0)}, {"GM0001": block(0, 0)}, tolerance=tolerance)


def test_whole_units_sum_exactly():
    for weights in ([1, 1, 1], [1e-12, 1], [0.1] * 7, [3, 0, 5], [1 / 3, 2 / 3]):
        units = whole_units(weights)
        assert sum(units) == SHARE_UNITS
        for weight, unit in zip(weights, units, strict=True):
            assert unit / SHARE_UNITS == pytest.approx(weight / sum(weights), abs=2e-9)


def test_lasting_codes_keep_everything_but_a_vanished_code_is_still_divided():
    old = {
        "GM0001": block(0, 0, 4),
        "GM0002": block(4, 0, 4),
        "GM0003": block(8, 0, 2),
        "GM0004": block(10, 0, 4),
    }
    new = {"GM0001": block(0, 0, 5), "GM0002": block(5, 0, 4), "GM0004": block(9, 0, 5)}
    crosswalk = cross(old, new)
    assert crosswalk.estimated == ("GM0002", "GM0003")
    lasting = keep_lasting_codes(crosswalk)
    assert lasting.estimated == ("GM0003",)
    assert told(lasting)["GM0001", "GM0001"] == (1, Kind.REDRAWN)
    assert told(lasting)["GM0002", "GM0002"] == (1, Kind.MERGED)
    assert told(lasting)["GM0003", "GM0004"] == (0.5, Kind.SPLIT)
    assert [(sliver.old, sliver.new) for sliver in lasting.slivers] == [("GM0002", "GM0001")]


def test_a_reused_code_does_not_last():
    crosswalk = cross(
        {"GM0001": block(0, 0), "GM0002": block(1, 0)},
        {"GM0002": block(0, 0), "GM0001": block(1, 0)},
    )
    assert keep_lasting_codes(crosswalk) == replace(crosswalk, slivers=crosswalk.slivers)


def test_the_table_holds_every_row():
    crosswalk = cross({"GM0001": block(0, 0, 2)}, {"GM0008": block(0, 0), "GM0009": block(1, 0)})
    table = crosswalk.to_table()
    assert table.column_names == [
        "old",
        "new",
        "share_units",
        "kind",
        "basis",
        "area_share",
        "share_of_new",
        "low",
        "high",
    ]
    assert table.column("share_units").to_pylist() == [SHARE_UNITS // 2] * 2
    assert crosswalk.rows_of("GM0001") == crosswalk.rows

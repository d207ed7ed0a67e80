"""Counts move whole, totals stay, a missing count never becomes a number."""

import hashlib
import hmac

import numpy as np
import pyarrow as pa
import pytest

from lib.vector_tables import block, layout_of
from regiebeeld.domain import AreaLevel, ContractError, DisclosureError, LinkError
from regiebeeld.pipeline.areas import Crosswalk, compute_crosswalk, restate_counts
from regiebeeld.pipeline.areas.draws import atom_id, draw_uniforms, place_units, thresholds

KEY = b"a key of sixteen"


def crosswalk() -> Crosswalk:
    """A and B merge into M; C is cut in a quarter (P) and the rest (Q, with all of D); E stays."""
    old = {
        "GM0001": block(0, 0),
        "GM0002": block(1, 0),
        "GM0003": block(2, 0, 4),
        "GM0004": block(6, 0),
        "GM0005": block(7, 0),
    }
    new = {
        "GM0009": block(0, 0, 2),
        "GM0007": block(2, 0),
        "GM0008": block(3, 0, 4),
        "GM0005": block(7, 0),
    }
    return compute_crosswalk(
        layout_of(2020, old), layout_of(2021, new), level=AreaLevel.GEMEENTE, sliver_tolerance=0.01
    )


def counts(**by_code: int | None) -> pa.Table:
    rows = [
        {"source": "politie", "area": code, "period": "2020", "count": count}
        for code, count in by_code.items()
    ]
    return pa.Table.from_pylist(
        rows,
        pa.schema(
            [("source", "string"), ("area", "string"), ("period", "string"), ("count", "int64")]
        ),
    )


def restated(table: pa.Table, **more) -> dict[str, dict]:
    return {
        row["area"]: row for row in restate_counts(table, crosswalk(), key=KEY, **more).to_pylist()
    }


def test_unchanged_areas_pass_and_merged_ones_add_up():
    found = restated(counts(GM0001=3, GM0002=4, GM0005=5))
    assert {code: row["count"] for code, row in found.items()} == {"GM0009": 7, "GM0005": 5}
    assert all(row["estimated_share"] == 0 and row["status"] == "shown" for row in found.values())


def test_a_divided_area_keeps_its_total_and_is_marked():
    found = restated(counts(GM0003=1000, GM0004=250))
    assert found["GM0007"]["count"] + found["GM0008"]["count"] == 1250
    # 1,000 draws at a quarter: 250 expected, standard deviation 13.7; five of those are allowed.
    assert found["GM0007"]["count"] == pytest.approx(250, abs=5 * 13.7)
    assert found["GM0007"]["estimated_share"] == 1
    assert found["GM0008"]["estimated_share"] == pytest.approx(750 / (750 + 250))


def test_a_drawn_zero_is_an_estimate_and_a_true_zero_is_not():
    found = restated(counts(GM0003=1))
    assert sorted(row["count"] for row in found.values()) == [0, 1]
    assert all(row["estimated_share"] == 1 for row in found.values())
    assert all(row["estimated_share"] == 0 for row in restated(counts(GM0003=0)).values())


def test_the_draw_is_the_documented_one():
    """An obvious slow version: unit by unit, with the standard library only."""
    atom = atom_id((2020, 2021), ["area", "period", "source"], ["GM0003", "2020", "politie"])
    in_first = 0
    for unit in range(40):
        digest = hmac.new(KEY, atom + unit.to_bytes(8, "big"), hashlib.sha256).digest()
        in_first += int.from_bytes(digest[:8], "big") / 2**64 < 0.25
    assert restated(counts(GM0003=40))["GM0007"]["count"] == in_first


def test_a_revision_moves_no_earlier_unit():
    before = restated(counts(GM0003=20))
    after = restated(counts(GM0003=21))
    steps = {code: after[code]["count"] - before[code]["count"] for code in before}
    assert sorted(steps.values()) == [0, 1]


def test_columns_outside_the_atom_do_not_change_the_draw():
    table = counts(GM0003=50)
    later = table.append_column("as_of", pa.array(["2021-02-01"]))
    assert restated(table)["GM0007"]["count"] == restated(later)["GM0007"]["count"]
    assert restated(later)["GM0007"]["as_of"] == "2021-02-01"


def test_another_period_draws_anew():
    rows = [{"area": "GM0003", "period": f"2020-{month:02}", "count": 20} for month in range(1, 13)]
    found = restate_counts(pa.Table.from_pylist(rows), crosswalk(), key=KEY).to_pylist()
    assert len({row["count"] for row in found if row["area"] == "GM0007"}) > 1


def test_a_missing_count_stays_missing_for_every_successor_with_its_status():
    table = (
        counts(GM0003=None)
        .append_column("status", pa.array(["not_collected"]))
        .append_column("reason", pa.array(["niet geteld"]))
    )
    for row in restated(table).values():
        assert (row["count"], row["status"], row["reason"], row["estimated_share"]) == (
            None,
            "not_collected",
            "niet geteld",
            0,
        )


def test_a_missing_count_without_a_status_gets_one():
    assert restated(counts(GM0005=None))["GM0005"]["status"] == "missing"


def test_missing_and_known_together_are_missing_with_a_reason():
    row = restated(counts(GM0001=3, GM0002=None))["GM0009"]
    assert (row["count"], row["status"]) == (None, "missing")
    assert "geen cijfer" in row["reason"]


def test_two_kinds_of_missing_together_are_missing():
    table = counts(GM0001=None, GM0002=None).append_column(
        "status", pa.array(["not_collected", "masked"])
    )
    assert restated(table)["GM0009"]["status"] == "missing"


def test_missing_for_the_same_reason_keeps_it():
    table = counts(GM0001=None, GM0002=None).append_column(
        "status", pa.array(["not_collected"] * 2)
    )
    assert restated(table)["GM0009"]["status"] == "not_collected"


def test_pseudo_areas_pass_unchanged():
    found = restated(counts(GM0000=2, GM0998=1, GM0005=3))
    assert {code: row["count"] for code, row in found.items()} == {
        "GM0000": 2,
        "GM0998": 1,
        "GM0005": 3,
    }


def test_an_empty_table_stays_empty_with_its_columns():
    found = restate_counts(counts(), crosswalk(), key=KEY)
    assert found.num_rows == 0
    assert found.column_names == [
        "source",
        "area",
        "period",
        "count",
        "status",
        "reason",
        "estimated_share",
    ]


def test_the_vintage_moves_along():
    table = counts(GM0005=1).append_column("vintage", pa.array([2020], pa.int32()))
    assert restated(table)["GM0005"]["vintage"] == 2021


def test_counts_of_another_year_are_refused():
    table = counts(GM0005=1).append_column("vintage", pa.array([2015]))
    with pytest.raises(LinkError, match="2015"):
        restated(table)


def test_an_unknown_area_is_refused():
    with pytest.raises(LinkError, match="GM1979"):
        restated(counts(GM1979=1))


def test_counts_without_an_area_are_refused():
    table = counts(GM0005=1).set_column(1, "area", pa.array([None], pa.string()))
    with pytest.raises(LinkError, match="geen gebied"):
        restated(table)


def test_columns_stored_as_categories_give_the_same_answer():
    plain = counts(GM0001=3, GM0002=4, GM0003=9)
    coded = plain
    for place, name in enumerate(plain.column_names[:3]):
        coded = coded.set_column(place, name, plain.column(name).dictionary_encode())
    assert restated(coded) == restated(plain)


def test_negative_counts_are_refused():
    with pytest.raises(ContractError, match="negatief"):
        restated(counts(GM0005=-99995))


def test_broken_counts_are_refused():
    table = counts(GM0005=1).set_column(3, "count", pa.array([1.5]))
    with pytest.raises(ContractError, match="geen heel getal"):
        restated(table)


def test_doubled_rows_are_refused():
    with pytest.raises(ContractError, match="dubbel"):
        restated(pa.concat_tables([counts(GM0005=1)] * 2))


@pytest.mark.parametrize(("count", "status"), [(1, "missing"), (None, "shown"), (1, "onzin")])
def test_a_status_that_contradicts_its_count_is_refused(count: int | None, status: str):
    with pytest.raises(ContractError, match="spreken elkaar tegen"):
        restated(counts(GM0005=count).append_column("status", pa.array([status])))


def test_a_short_key_is_refused():
    with pytest.raises(DisclosureError, match="sleutel"):
        restate_counts(counts(GM0005=1), crosswalk(), key=b"short")


def test_atoms_have_one_spelling_each():
    assert atom_id((1, 2), ["a", "c"], ["b", "d"]) != atom_id((1, 2), ["a"], ["bc=d"])
    for text in ("null", "None", ""):
        assert atom_id((1, 2), ["a"], [None]) != atom_id((1, 2), ["a"], [text])
    assert atom_id((1, 2), ["a"], ["b"]) != atom_id((1, 3), ["a"], ["b"])


def test_uniforms_do_not_depend_on_how_many_are_asked():
    assert draw_uniforms(KEY, b"atom", 5).tolist() == draw_uniforms(KEY, b"atom", 9).tolist()[:5]


def test_a_part_without_share_gets_nothing():
    bounds = thresholds([500_000_000, 0, 500_000_000])
    assert 1 not in place_units(KEY, b"atom", count=1000, bounds=bounds)


def test_keys_of_events_go_along_with_their_units():
    # GM0003 is divided: each unit takes its own key along, and sums wrap around at 2^64.
    table = counts(GM0001=3, GM0002=4, GM0003=40)
    unit_keys = {row: np.arange(1, 41, dtype=np.uint64) << np.uint64(58) for row in range(3)}
    sums = [7, 11, int(unit_keys[2].sum(dtype=np.uint64))]
    table = table.append_column("event_key", pa.array(sums, pa.uint64()))
    found = restated(table, unit_keys=lambda row: unit_keys[row])
    assert found["GM0009"]["event_key"] == 18
    parts = [row for code, row in found.items() if code != "GM0009"]
    assert sum(row["count"] for row in parts) == 40
    assert sum(row["event_key"] for row in parts) % (1 << 64) == sums[2]
    assert all(row["event_key"] for row in parts)
    # The same units give the same parts, whatever else is delivered.
    again = restated(table.slice(2), unit_keys=lambda _: unit_keys[2])
    assert {c: again[c]["event_key"] for c in again} == {
        c: row["event_key"] for c, row in found.items() if c != "GM0009"
    }


def test_without_keys_nothing_is_said_of_them():
    assert "event_key" not in restated(counts(GM0001=3, GM0002=4))["GM0009"]

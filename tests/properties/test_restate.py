"""What holds for any counts and any division: totals, whole numbers, one answer an atom."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas import SHARE_UNITS, Crosswalk, CrosswalkRow, Kind, restate_counts
from regiebeeld.pipeline.areas.changes import whole_units

KEY = b"0123456789abcdef"
CODES = [f"GM{number:04}" for number in range(1, 7)]
SCHEMA = pa.schema(
    [("source", "string"), ("area", "string"), ("period", "string"), ("count", "int64")]
)


@st.composite
def crosswalks(draw: st.DrawFn) -> Crosswalk:
    rows = []
    for old in CODES:
        news = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True))
        weights = draw(st.lists(st.floats(0.001, 1000), min_size=len(news), max_size=len(news)))
        basis = "geheel" if len(news) == 1 else "oppervlakte"
        for new, units in zip(sorted(news), whole_units(weights), strict=True):
            share = units / SHARE_UNITS
            rows.append(
                CrosswalkRow(old, new, units, Kind.REDRAWN, basis, share, share, None, None)
            )
    return Crosswalk(AreaLevel.GEMEENTE, 2020, 2021, tuple(rows), 0.01, (), {}, (), ())


@st.composite
def count_tables(draw: st.DrawFn) -> pa.Table:
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(CODES), st.sampled_from(["2020-01", "2020-02"])),
            unique=True,
            max_size=12,
        )
    )
    numbers = draw(st.lists(st.none() | st.integers(0, 60), min_size=len(keys), max_size=len(keys)))
    rows = [
        {"source": "politie", "area": code, "period": period, "count": number}
        for (code, period), number in zip(keys, numbers, strict=True)
    ]
    return pa.Table.from_pylist(rows, SCHEMA)


def restate(table: pa.Table, crosswalk: Crosswalk, key: bytes = KEY) -> list[dict]:
    found = restate_counts(table, crosswalk, key=key)
    return found.sort_by([("area", "ascending"), ("period", "ascending")]).to_pylist()


@given(count_tables(), crosswalks())
def test_totals_of_every_period_stay_exactly(table: pa.Table, crosswalk: Crosswalk):
    known = table.filter(pc.is_valid(table["count"]))
    found = restate_counts(known, crosswalk, key=KEY)
    for period in ("2020-01", "2020-02"):
        before, after = (
            pc.sum(side.filter(pc.equal(side["period"], period))["count"])
            for side in (known, found)
        )
        assert (after.as_py() or 0) == (before.as_py() or 0)


@given(count_tables(), crosswalks())
def test_counts_are_whole_and_never_below_zero(table: pa.Table, crosswalk: Crosswalk):
    found = restate_counts(table, crosswalk, key=KEY)
    assert found.schema.field("count").type == pa.int64()
    assert all(row["count"] is None or row["count"] >= 0 for row in found.to_pylist())
    assert all(0 <= row["estimated_share"] <= 1 for row in found.to_pylist())


@given(count_tables(), crosswalks(), st.randoms())
def test_the_answer_does_not_depend_on_row_order(table: pa.Table, crosswalk: Crosswalk, random):
    order = list(range(table.num_rows))
    random.shuffle(order)
    shuffled = table.take(pa.array(order, pa.int64()))
    plain, mixed = restate(table, crosswalk), restate(shuffled, crosswalk)
    for left, right in zip(plain, mixed, strict=True):
        assert left.pop("estimated_share") == pytest.approx(right.pop("estimated_share"))
        assert left == right


@given(count_tables(), crosswalks())
def test_an_atom_goes_the_same_way_whatever_else_is_counted(table: pa.Table, crosswalk: Crosswalk):
    known = table.filter(pc.is_valid(table["count"]))
    together: dict[tuple[str, str], int] = {}
    for place in range(known.num_rows):
        for row in restate(known.slice(place, 1), crosswalk):
            at = (row["area"], row["period"])
            together[at] = together.get(at, 0) + row["count"]
    assert {
        (row["area"], row["period"]): row["count"] for row in restate(known, crosswalk)
    } == together


@given(count_tables(), crosswalks())
def test_an_area_is_missing_exactly_when_one_of_its_parts_is(table: pa.Table, crosswalk: Crosswalk):
    news = {old: {row.new for row in crosswalk.rows_of(old)} for old in CODES}
    missing = {
        (new, row["period"])
        for row in table.to_pylist()
        if row["count"] is None
        for new in news[row["area"]]
    }
    found = restate(table, crosswalk)
    assert {(row["area"], row["period"]) for row in found if row["count"] is None} == missing
    assert all((row["status"] == "missing") == (row["count"] is None) for row in found)


def test_the_draw_is_proportional_and_another_key_draws_otherwise():
    rows = tuple(
        CrosswalkRow("GM0001", new, units, Kind.SPLIT, "oppervlakte", 0.0, 1.0, None, None)
        for new, units in (("GM0002", 100_000_000), ("GM0003", 900_000_000))
    )
    crosswalk = Crosswalk(AreaLevel.GEMEENTE, 2020, 2021, rows, 0.01, (), {}, (), ())
    table = pa.Table.from_pylist(
        [
            {"source": "s", "area": "GM0001", "period": str(number), "count": 10}
            for number in range(1000)
        ],
        SCHEMA,
    )
    first = [row["count"] for row in restate(table, crosswalk) if row["area"] == "GM0002"]
    # 10,000 units at a tenth: 1,000 expected, standard deviation 30; five of those are allowed.
    assert sum(first) == pytest.approx(1000, abs=150)
    other = [
        row["count"]
        for row in restate(table, crosswalk, b"another key, 16+")
        if row["area"] == "GM0002"
    ]
    assert other != first

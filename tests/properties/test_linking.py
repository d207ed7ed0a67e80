"""What holds for any delivery: no row is lost, order does not matter, slow versions agree."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.vector_tables import block
from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.aoristic import SHARE_UNITS, TooLong, compute_aoristic
from regiebeeld.pipeline.intake.linking import (
    LinkFrame,
    Method,
    compute_frequent_postcodes,
    link_rows,
    read_addresses,
)
from regiebeeld.pipeline.intake.linking.draws import number_equals
from regiebeeld.pipeline.intake.linking.points import find_areas
from regiebeeld.pipeline.intake.linking.shares import compute_shares

KEY = b"0123456789abcdef"
BUURTEN = ["BU01530101", "BU01530102", "BU01640101"]
POSTCODES = ["7511AB", "7511AC", "7551AA"]
LAYOUT = Layout(
    2021,
    (
        Area("GM0153", AreaLevel.GEMEENTE, "Enschede", 2021),
        Area("GM0164", AreaLevel.GEMEENTE, "Hengelo", 2021),
        *(Area(code, AreaLevel.BUURT, f"Buurt {code[-3:]}", 2021) for code in BUURTEN),
    ),
    {code: block(place, 0) for place, code in enumerate(BUURTEN)},
)
ADDRESSES = st.lists(
    st.tuples(st.sampled_from(POSTCODES), st.integers(1, 6), st.sampled_from(BUURTEN)),
    min_size=1,
    max_size=25,
)
TEXTS = {
    "area_code": st.sampled_from([*BUURTEN, "GM0153", "WK015301", "BU01539999", "1530101", "x"]),
    "postcode6": st.sampled_from([*POSTCODES, "7511 ab", "7511", "9999ZZ", "x"]),
    "house_number": st.sampled_from(["1", "2a", "3-1", "99", "x"]),
    "postcode4": st.sampled_from(["7511", "7551", "9999", "x"]),
    "x": st.sampled_from(["200500", "202500", "450500", "x", "0"]),
    "y": st.sampled_from(["450500", "200500", "-1"]),
    "area_name": st.sampled_from(["Buurt 101", "buurt 102", "Nergens"]),
    "gemeente_name": st.sampled_from(["Enschede", "Hengelo", "Zwolle"]),
}


def book_of(rows: list[tuple[str, int, str]]):
    columns = [[str(row[place]).removeprefix("BU") for row in rows] for place in range(3)]
    names = ("PC6", "Huisnummer", "Buurt2021")
    return read_addresses(pa.table(dict(zip(names, columns, strict=True))), vintage=2021)


def frame_of(rows: list[tuple[str, int, str]]) -> LinkFrame:
    frequent = compute_frequent_postcodes(
        pa.array(BUURTEN), pa.array(["7511", "7511", "7551"]), vintage=2021
    )
    return LinkFrame(
        {2021: LAYOUT}, books={2021: book_of(rows)}, frequent={2021: frequent}, key=KEY
    )


@st.composite
def deliveries(draw: st.DrawFn) -> dict[str, pa.Array]:
    rows = draw(st.integers(0, 12))
    roles = draw(st.sets(st.sampled_from(sorted(TEXTS)), min_size=1))
    roles |= {"x", "y"} if roles & {"x", "y"} else set()
    return {
        role: pa.array(
            draw(st.lists(st.none() | TEXTS[role], min_size=rows, max_size=rows)), pa.string()
        )
        for role in sorted(roles)
    }


@given(deliveries(), ADDRESSES)
def test_every_row_has_one_area_one_method_and_one_line_in_the_report(keys, rows) -> None:
    linked = link_rows(keys, None, frame_of(rows))
    count = len(next(iter(keys.values())))
    codes = linked.area.dictionary_decode().to_pylist()
    assert len(codes) == count
    assert all(code[:2] in ("BU", "WK", "GM") for code in codes)
    assert sum(each.rows for each in linked.report.methods) == count
    assert sum(each.rows for each in linked.report.unlinked) == sum(linked.report.unknown.values())
    assert linked.report.linked + sum(linked.report.unknown.values()) == count
    no_gemeente = {place for place, code in enumerate(codes) if code == "GM0000"}
    assert no_gemeente == set(np.flatnonzero(linked.method == Method.NONE).tolist())


@given(deliveries(), ADDRESSES, st.randoms())
def test_the_counts_do_not_depend_on_the_order_of_the_rows(keys, rows, random) -> None:
    order = list(range(len(next(iter(keys.values())))))
    random.shuffle(order)
    mixed = {role: column.take(pa.array(order, pa.int64())) for role, column in keys.items()}
    frame = frame_of(rows)
    plain, shuffled = link_rows(keys, None, frame), link_rows(mixed, None, frame)
    first, second = (
        Counter(zip(each.area.dictionary_decode().to_pylist(), each.method.tolist(), strict=True))
        for each in (plain, shuffled)
    )
    assert first == second


@given(ADDRESSES, st.lists(st.tuples(st.sampled_from(POSTCODES), st.integers(1, 8)), max_size=20))
def test_addresses_link_as_a_plain_dictionary_would(rows, wanted) -> None:
    homes: dict[tuple[str, int], set[str]] = {}
    for postcode, number, buurt in rows:
        homes.setdefault((postcode, number), set()).add(buurt)
    keys = {
        "postcode6": pa.array([postcode for postcode, _ in wanted], pa.string()),
        "house_number": pa.array([f"{number}b" for _, number in wanted], pa.string()),
    }
    linked = link_rows(keys, None, LinkFrame({2021: LAYOUT}, books={2021: book_of(rows)}, key=KEY))
    codes = linked.area.dictionary_decode().to_pylist()
    for place, address in enumerate(wanted):
        if len(homes.get(address, ())) == 1:
            assert {codes[place]} == homes[address]
            assert linked.method[place] == Method.ADDRESS
        else:
            assert linked.method[place] != Method.ADDRESS


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=30
    ),
    st.floats(0, 1, exclude_max=True),
)
def test_shares_are_the_weights_as_fractions_and_choose_follows_them(rows, number) -> None:
    keys, places, weights = (np.array(column) for column in zip(*rows, strict=True))
    shares = compute_shares(
        keys.astype(np.int64),
        places.astype(np.int32),
        weights.astype(np.float64),
        codes=tuple("abcd"),
    )
    totals: Counter[int] = Counter()
    exact: Counter[tuple[int, int]] = Counter()
    for key, place, weight in rows:
        totals[key] += weight
        exact[key, place] += weight
    assert shares.keys.tolist() == sorted(key for key, weight in totals.items() if weight)
    for at, key in enumerate(shares.keys.tolist()):
        ends = np.cumsum([Fraction(exact[key, place], totals[key]) for place in range(4)])
        if min(abs(float(end) - number) for end in ends) < 1e-9:
            continue  # on the edge of a share a float cannot tell
        expected = next(place for place, end in enumerate(ends) if end > number)
        assert shares.choose(np.array([at]), np.array([number])).tolist() == [expected]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30))
def test_equal_rows_are_numbered_as_a_plain_counter_would(rows) -> None:
    seen: Counter[tuple[int, int]] = Counter()
    expected = []
    for row in rows:
        expected.append(seen[row])
        seen[row] += 1
    columns = [np.array([row[place] for row in rows], np.int64) for place in (0, 1)]
    assert number_equals(*columns).tolist() == expected


@given(
    st.lists(st.tuples(st.integers(-3, 33), st.integers(-3, 13)), min_size=1, max_size=30),
    st.sampled_from([0.0, 150.0]),
)
def test_points_lie_where_asking_every_area_says_they_lie(grid, snap: float) -> None:
    shapes = np.array([LAYOUT.geometries[code] for code in BUURTEN], dtype=object)
    x = np.array([200_000.0 + 100 * east for east, _ in grid])
    y = np.array([450_000.0 + 100 * north for _, north in grid])
    found, snapped = find_areas(x, y, shapes, snap_metres=snap)
    for place, point in enumerate(shapely.points(x, y)):
        covers = [at for at, shape in enumerate(shapes) if shape.covers(point)]
        away = shapely.distance(shapes, point)
        near = int(np.argmin(away)) if snap and away.min() <= snap else -1
        assert found[place] == (covers[0] if covers else near)
        assert snapped[place] == (not covers and near >= 0)


MOMENTS = st.integers(0, 40 * 86_400)
INTERVALS = st.lists(st.tuples(MOMENTS, st.integers(-3_600, 9 * 86_400) | st.just(0)), max_size=6)


def spread_slowly(
    rows: list[tuple[int, int]], longest: int, what: TooLong
) -> tuple[list[Fraction], int]:
    """The obvious way: every hour of the interval gets its seconds, as exact fractions."""
    table, events = [Fraction(0)] * 168, 0
    for begin, length in rows:
        if length < 0 or (length > longest and what is TooLong.LEAVE_OUT):
            continue
        events += 1
        if length > longest:
            table = [cell + Fraction(1, 168) for cell in table]
            continue
        # 1970-01-01 was a Thursday: three days after Monday.
        first = begin // 3600
        if length == 0:
            table[(first + 72) % 168] += 1
            continue
        for hour in range(first, (begin + length - 1) // 3600 + 1):
            seconds = min(begin + length, (hour + 1) * 3600) - max(begin, hour * 3600)
            table[(hour + 72) % 168] += Fraction(seconds, length)
    return table, events


@settings(deadline=None)
@given(INTERVALS, st.sampled_from([1, 24, 168, 200]), st.sampled_from(list(TooLong)))
def test_aoristic_weights_equal_the_slow_version_and_sum_exactly(rows, hours: int, what) -> None:
    begin = np.array([row[0] for row in rows], np.int64)
    end = begin + np.array([row[1] for row in rows], np.int64)
    found = compute_aoristic(
        begin.astype("datetime64[s]"),
        end.astype("datetime64[s]"),
        longest_hours=hours,
        too_long=what,
    )
    slow, events = spread_slowly(rows, hours * 3600, what)
    assert found.events == events
    assert int(found.units.sum()) == events * SHARE_UNITS
    assert (found.units >= 0).all()
    assert found.weights.ravel().tolist() == pytest.approx(
        [float(cell) for cell in slow], abs=3 / SHARE_UNITS
    )
    assert found.events + found.left_out + found.reversed == len(rows)


@given(INTERVALS, st.randoms())
def test_aoristic_weights_do_not_depend_on_the_order_of_events(rows, random) -> None:
    tables = []
    for _ in range(2):
        begin = np.array([row[0] for row in rows], np.int64)
        end = begin + np.array([row[1] for row in rows], np.int64)
        tables.append(
            compute_aoristic(
                begin.astype("datetime64[s]"), end.astype("datetime64[s]")
            ).units.tolist()
        )
        random.shuffle(rows)
    assert tables[0] == tables[1]

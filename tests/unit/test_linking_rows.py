"""Rows get an area by their best key, with a grade; what stays open is counted and told."""

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest

from lib.vector_tables import block
from regiebeeld.domain import Area, AreaLevel, DisclosureError, LinkError
from regiebeeld.pipeline.areas import Layout, weights_of
from regiebeeld.pipeline.intake.linking import (
    Grade,
    LinkFrame,
    Method,
    Reading,
    Reason,
    compare_keys,
    compute_frequent_postcodes,
    compute_own_areas,
    link_rows,
    read_addresses,
    unknown_within,
)
from regiebeeld.pipeline.intake.linking.draws import Identities

KEY = b"0123456789abcdef"
BUURT, WIJK, GEMEENTE = AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE
NAMES = {
    "GM0153": "Enschede",
    "GM0164": "Hengelo",
    "WK015301": "Stad",
    "WK016401": "Midden",
    "BU01530101": "Centrum",
    "BU01530102": "Laares",
    "BU01640101": "Centrum",
}
SHAPES = {"BU01530101": block(0, 0), "BU01530102": block(1, 0), "BU01640101": block(2, 0)}
ADDRESSES = [
    ("7511AB", "1", "1530101"),
    ("7511AB", "2", "01530101"),
    ("7511AB", "3", "01530102"),
    ("7511AC", "1", "01530102"),
    ("7551AA", "10", "01640101"),
]


def layout(vintage: int = 2021) -> Layout:
    levels = {"GM": GEMEENTE, "WK": WIJK, "BU": BUURT}
    areas = tuple(Area(code, levels[code[:2]], name, vintage) for code, name in NAMES.items())
    return Layout(vintage, areas, SHAPES)


def addresses(rows=ADDRESSES, vintage: int = 2021) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[], [], []]
    names = ("PC6", "Huisnummer", f"Buurt{vintage}")
    return pa.table(
        {n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=True)}
    )


def frame(**more) -> LinkFrame:
    return LinkFrame(
        {2021: layout()}, books={2021: read_addresses(addresses(), vintage=2021)}, key=KEY, **more
    )


def link(keys, within: LinkFrame | None = None, dates=None, **more):
    columns = {role: pa.array(values, pa.string()) for role, values in keys.items()}
    return link_rows(columns, dates, within or frame(), **more)


def areas(linked) -> list[str]:
    return linked.area.dictionary_decode().to_pylist()


def methods(linked) -> list[Method]:
    return [Method(each) for each in linked.method.tolist()]


@pytest.mark.parametrize(
    ("keys", "area", "method", "grade"),
    [
        ({"area_code": "BU01530101"}, "BU01530101", Method.AREA_CODE, Grade.A),
        ({"area_code": "1530101"}, "BU01530101", Method.AREA_CODE, Grade.A),
        ({"postcode6": "7511 ab", "house_number": "3a"}, "BU01530102", Method.ADDRESS, Grade.A),
        ({"x": "200500", "y": "450500"}, "BU01530101", Method.COORDINATE, Grade.B),
        ({"x": "199950", "y": "450500"}, "BU01530101", Method.COORDINATE_SNAPPED, Grade.B),
        ({"postcode6": "7511AC"}, "BU01530102", Method.POSTCODE6, Grade.C),
        ({"postcode6": "7511AC", "house_number": "99"}, "BU01530102", Method.POSTCODE6, Grade.C),
        ({"area_name": "laares"}, "BU01530102", Method.AREA_NAME, Grade.D),
        (
            {"area_name": "Centrum", "gemeente_name": "Hengelo"},
            "BU01640101",
            Method.AREA_NAME,
            Grade.D,
        ),
        ({"area_name": "Buurt 02 Laares"}, "BU01530102", Method.AREA_NAME, Grade.D),
        ({"area_name": "Midden"}, "WK016401", Method.AREA_NAME, Grade.D),
        ({"area_name": "Wijk 01 Midden"}, "WK016401", Method.AREA_NAME, Grade.D),
        ({"postcode4": "7551"}, "BU01640101", Method.POSTCODE4, Grade.E),
        ({"postcode6": "7551ZZ"}, "BU01640101", Method.POSTCODE4, Grade.E),
        ({"gemeente_name": "Enschede"}, "BU01539999", Method.GEMEENTE, Grade.F),
        ({"gemeente_name": "Zwolle"}, "GM0000", Method.NONE, Grade.NONE),
    ],
)
def test_each_key_links_by_its_method_and_grade(keys, area, method, grade) -> None:
    linked = link({role: [text] for role, text in keys.items()})
    assert areas(linked) == [area]
    assert methods(linked) == [method]
    assert linked.grades().tolist() == [grade]
    assert linked.vintage.tolist() == [2021]


def test_the_best_key_of_a_row_wins_and_each_row_takes_its_own() -> None:
    keys = {
        "area_code": ["BU01640101", None, None, None, None],
        "postcode6": ["7511AC", "7511AC", "9999ZZ", None, None],
        "house_number": ["1", "1", "1", None, None],
        "x": ["200500", "202500", "202500", None, None],
        "y": ["450500"] * 3 + [None, None],
        "gemeente_name": ["Enschede", None, None, "Hengelo", None],
    }
    linked = link(keys)
    assert areas(linked) == ["BU01640101", "BU01530102", "BU01640101", "BU01649999", "GM0000"]
    assert methods(linked) == [
        Method.AREA_CODE,
        Method.ADDRESS,
        Method.COORDINATE,
        Method.GEMEENTE,
        Method.NONE,
    ]
    assert linked.report.contradicted == 1  # the first row names Enschede and lies in Hengelo


def test_a_divided_postcode_is_drawn_within_the_gemeente_that_the_row_names() -> None:
    rows = [("7500AA", "1", "01530101"), ("7500AA", "2", "01640101"), ("7500AA", "3", "01640101")]
    within = LinkFrame(
        {2021: layout()}, books={2021: read_addresses(addresses(rows), vintage=2021)}, key=KEY
    )
    named = link({"postcode6": ["7500AA"] * 50, "gemeente_name": ["Enschede"] * 50}, within)
    assert set(areas(named)) == {"BU01530101"}
    free = link({"postcode6": ["7500AA"] * 50}, within)
    assert set(areas(free)) == {"BU01530101", "BU01640101"}
    assert free.report.drawn == 50


def test_draws_follow_the_share_of_addresses() -> None:
    # Two of the three addresses of 7511AB lie in Centrum.
    linked = link({"postcode6": ["7511AB"] * 3000})
    part = areas(linked).count("BU01530101") / 3000
    # Four standard deviations of a binomial of 3,000 with chance 2/3.
    assert part == pytest.approx(2 / 3, abs=4 * (2 / 9 / 3000) ** 0.5)


def test_an_event_goes_the_same_way_in_every_order_and_all_its_rows_together() -> None:
    names = [f"case {number % 40}" for number in range(120)]
    first = dict(
        zip(names, areas(link({"postcode6": ["7511AB"] * 120, "row_key": names})), strict=True)
    )
    again = areas(link({"postcode6": ["7511AB"] * 120, "row_key": names[::-1]}))
    assert again == [first[name] for name in names[::-1]]
    assert len(set(first.values())) == 2
    alone = areas(link({"postcode6": ["7511AB"], "row_key": ["case 7"]}))
    assert alone == [first["case 7"]]


def test_another_secret_draws_otherwise_and_a_short_one_is_refused() -> None:
    keys = {"postcode6": ["7511AB"] * 60}
    book = read_addresses(addresses(), vintage=2021)
    other = LinkFrame({2021: layout()}, books={2021: book}, key=b"fedcba9876543210")
    assert areas(link(keys)) != areas(link(keys, other))
    short = LinkFrame({2021: layout()}, books={2021: book}, key=b"short")
    with pytest.raises(DisclosureError, match="sleutel"):
        link(keys, short)
    # Nothing is drawn for a postcode in one buurt, so no secret is needed.
    assert areas(link({"postcode6": ["7511AC"]}, short)) == ["BU01530102"]


def test_a_draw_is_of_one_event_place_year_and_kind() -> None:
    days, place = np.array([5, 6]), np.array([7511])
    who = Identities(KEY, days)
    first = np.array([0])
    drawn = [
        who.draw(first, place, vintage=2021, kind="a"),
        who.draw(np.array([1]), place, vintage=2021, kind="a"),
        who.draw(first, place + 1, vintage=2021, kind="a"),
        who.draw(first, place, vintage=2022, kind="a"),
        who.draw(first, place, vintage=2021, kind="b"),
    ]
    assert len({float(each[0]) for each in drawn}) == len(drawn)
    assert who.draw(first, place, vintage=2021, kind="a").tolist() == drawn[0].tolist()
    assert all(0 <= each[0] < 1 for each in drawn)


def test_the_layout_of_the_date_is_used_and_the_oldest_before_it() -> None:
    moved = {"BU01530101": block(1, 0), "BU01530102": block(0, 0), "BU01640101": block(2, 0)}
    newer = Layout(2024, layout(2024).areas, moved)
    within = LinkFrame({2021: layout(), 2024: newer})
    days = [
        date(2019, 5, 1),
        date(2021, 1, 1),
        date(2023, 12, 31),
        date(2024, 1, 1),
        date(2030, 1, 1),
        None,
    ]
    keys = {"x": ["200500"] * 6, "y": ["450500"] * 6}
    linked = link(keys, within, pa.array(days))
    assert linked.vintage.tolist() == [2021, 2021, 2021, 2024, 2024, 2024]
    assert areas(linked) == ["BU01530101"] * 3 + ["BU01530102"] * 3
    moments = pa.array([day and datetime(day.year, day.month, day.day, 23, 59) for day in days])
    assert areas(link(keys, within, moments)) == areas(linked)
    assert dict(linked.report.vintages) == {2021: 3, 2024: 3}


def test_a_code_of_another_year_is_found_there_and_keeps_that_year() -> None:
    older = Layout(
        2015,
        (Area("GM0153", GEMEENTE, "Enschede", 2015), Area("BU01530909", BUURT, "Weg", 2015)),
        {},
    )
    within = LinkFrame({2015: older, 2021: layout()})
    linked = link(
        {"area_code": ["BU01530909", "BU01530101"]}, within, pa.array([date(2021, 6, 1)] * 2)
    )
    assert areas(linked) == ["BU01530909", "BU01530101"]
    assert linked.vintage.tolist() == [2015, 2021]


def test_coarse_codes_stay_what_they_are_unless_something_finer_links() -> None:
    keys = {
        "area_code": ["WK015301", "GM0164", "0153", "GM0998"],
        "postcode6": ["7511AC", None, None, None],
        "house_number": ["1", None, None, None],
    }
    linked = link(keys)
    assert areas(linked) == ["BU01530102", "GM0164", "GM0153", "GM0998"]
    assert methods(linked) == [Method.ADDRESS] + [Method.AREA_CODE] * 3
    assert (linked.report.coarse, linked.report.outside) == (2, 1)  # abroad is no coarse area
    assert linked.report.outside == 1  # abroad


@pytest.mark.parametrize(
    ("code", "area", "reason"),
    [
        ("BU01539999", "BU01539999", Reason.STATED_UNKNOWN),
        ("WK015399", "BU01539999", Reason.STATED_UNKNOWN),
        ("GM0000", "GM0000", Reason.STATED_UNKNOWN),
        ("BU01537777", "BU01539999", Reason.UNKNOWN_CODE),
        ("Enschede", "GM0000", Reason.UNKNOWN_CODE),
    ],
)
def test_codes_that_name_no_area_are_counted_under_their_gemeente(code, area, reason) -> None:
    linked = link({"area_code": [code]})
    assert areas(linked) == [area]
    assert [each.reason for each in linked.report.unlinked] == [reason]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"postcode6": "x"}, Reason.UNREADABLE_POSTCODE),
        ({"postcode6": "9999ZZ"}, Reason.UNKNOWN_POSTCODE),
        ({"postcode4": "9999"}, Reason.UNKNOWN_POSTCODE),
        ({"x": "a", "y": "b"}, Reason.UNREADABLE_COORDINATE),
        ({"x": "0", "y": "0"}, Reason.NOT_IN_THE_COUNTRY),
        ({"area_name": "Nergens"}, Reason.UNKNOWN_NAME),
        ({"area_name": "Centrum"}, Reason.AMBIGUOUS_NAME),
        ({"gemeente_name": "Zwolle"}, Reason.UNKNOWN_GEMEENTE),
        ({"gemeente_name": "Hengelo"}, Reason.ONLY_GEMEENTE),
        ({"gemeente_name": None}, Reason.NO_KEY),
        ({"area_code": ""}, Reason.NO_KEY),
    ],
)
def test_every_open_row_says_why_with_its_row_number(keys, reason) -> None:
    linked = link({role: [None, text] for role, text in keys.items()})
    assert 2 in next(u for u in linked.report.unlinked if u.reason is reason).row_numbers
    assert sum(u.rows for u in linked.report.unlinked) == linked.report.rows == 2
    assert all(
        each.reason.words in " ".join(linked.report.sentences()) for each in linked.report.unlinked
    )


def test_swapped_and_other_coordinates_are_linked_and_told() -> None:
    keys = {
        "x": ["200500", "450500", "6.0494", "52.0395"],
        "y": ["450500", "200500", "52.0395", "6.0494"],
    }
    linked = link(keys)
    assert set(areas(linked)) == {"BU01530101"}
    assert dict(linked.report.readings) == {
        Reading.SWAPPED: 1,
        Reading.OTHER_SYSTEM: 1,
        Reading.OTHER_SYSTEM_SWAPPED: 1,
    }
    assert any("verwisseld" in sentence for sentence in linked.report.sentences())


def test_coordinates_in_wgs84_link_when_the_contract_says_so() -> None:
    linked = link({"x": ["6.0494"], "y": ["52.0395"]}, crs="EPSG:4326")
    assert areas(linked) == ["BU01530101"]
    assert dict(linked.report.readings) == {}


def test_a_name_with_a_wijk_number_is_never_a_buurt() -> None:
    linked = link({"area_name": ["Wijk 01 Laares"], "gemeente_name": ["Enschede"]})
    assert areas(linked) == ["BU01539999"]


def test_a_wijk_name_gives_way_to_a_finer_key() -> None:
    linked = link({"area_name": ["Midden", "Midden"], "postcode4": ["7551", None]})
    assert areas(linked) == ["BU01640101", "WK016401"]
    assert linked.report.coarse == 1


def test_names_are_read_at_the_level_of_the_contract() -> None:
    namesakes = {"WK015301": "Laares"}
    renamed = tuple(
        Area(a.code, a.level, namesakes.get(a.code, a.name), 2021) for a in layout().areas
    )
    within = LinkFrame({2021: Layout(2021, renamed, SHAPES)})
    keys = {"area_name": ["Laares"]}
    assert areas(link(keys, within)) == ["BU01530102"]
    assert areas(link(keys, within, level=AreaLevel.WIJK)) == ["WK015301"]
    of_gemeenten = link({"area_name": ["Hengelo"]}, within, level=AreaLevel.GEMEENTE)
    assert areas(of_gemeenten) == ["BU01649999"]


def test_a_contract_that_counts_by_gemeente_needs_no_buurt() -> None:
    keys = {"gemeente_name": ["Hengelo", "Zwolle"]}
    report = link(keys, level=AreaLevel.GEMEENTE).report
    assert report.rate == 0.5
    assert dict(report.unknown) == {"GM0000": 1}
    assert [(each.reason, each.rows) for each in report.unlinked] == [(Reason.UNKNOWN_GEMEENTE, 1)]
    assert link(keys).report.rate == 0.0


def test_a_layout_without_buurten_gives_the_gemeente_only() -> None:
    coarse = Layout(2023, (Area("GM0153", GEMEENTE, "Enschede", 2023),), {"GM0153": block(0, 0)})
    linked = link({"x": ["200500"], "y": ["450500"]}, LinkFrame({2023: coarse}))
    assert areas(linked) == ["BU01539999"]
    assert linked.grades().tolist() == [Grade.F]


def test_a_wijk_goes_before_a_gemeente_and_a_code_before_a_name() -> None:
    keys = {"area_code": ["GM0164", "WK015301"], "area_name": ["Midden", "Stad"]}
    linked = link(keys)
    assert areas(linked) == ["WK016401", "WK015301"]
    assert methods(linked) == [Method.AREA_NAME, Method.AREA_CODE]


def test_a_bare_code_that_fits_two_areas_is_not_chosen() -> None:
    codes = ("GM0053", "GM5301", "WK530101", "BU00530101")
    levels = {"GM": GEMEENTE, "WK": WIJK, "BU": BUURT}
    within = LinkFrame(
        {2021: Layout(2021, tuple(Area(c, levels[c[:2]], c, 2021) for c in codes), {})}
    )
    assert areas(link({"area_code": ["530101", "BU00530101"]}, within)) == ["GM0000", "BU00530101"]


def test_a_share_just_under_the_whole_is_not_told_as_the_whole() -> None:
    keys = {"area_code": ["BU01530101"] * 3999 + [None]}
    assert "99,9 %" in link(keys).report.sentences()[0]


def test_a_double_address_links_by_its_postcode_only_and_is_counted() -> None:
    book = read_addresses(addresses([*ADDRESSES, ("7511AC", "1", "01530101")]), vintage=2021)
    assert book.doubtful == 1
    within = LinkFrame({2021: layout()}, books={2021: book}, key=KEY)
    linked = link({"postcode6": ["7511AC"], "house_number": ["1"]}, within)
    assert methods(linked) == [Method.POSTCODE6_SHARE]


def test_unreadable_addresses_are_counted_and_the_rest_is_used() -> None:
    book = read_addresses(addresses([*ADDRESSES, ("oops", "1", "01530101")]), vintage=2021)
    assert book.unreadable == 1
    assert len(book.keys) == len(ADDRESSES)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (addresses(vintage=2020), "buurt2021"),
        (addresses([]), "geen leesbaar adres"),
        (addresses([("7511AB", "1", "geen")]), "geen buurt"),
    ],
)
def test_a_file_that_is_no_address_file_of_the_year_is_refused(table: pa.Table, words: str) -> None:
    with pytest.raises(LinkError, match=words):
        read_addresses(table, vintage=2021)


def test_an_address_outside_the_region_keeps_its_true_buurt_and_is_told() -> None:
    book = read_addresses(addresses([*ADDRESSES, ("9711AA", "1", "00140000")]), vintage=2021)
    linked = link(
        {"postcode6": ["9711AA"], "house_number": ["1"]},
        LinkFrame({2021: layout()}, books={2021: book}),
    )
    assert areas(linked) == ["BU00140000"]
    assert linked.report.outside == 1


def test_own_areas_link_whole_or_by_share_and_a_lost_one_stays_in_its_gemeente() -> None:
    own = compute_own_areas(
        [("A", "Kern"), ("B", "Rand"), ("C", "Elders")],
        np.array([block(0, 0), block(0.75, 0, 1), block(9, 9)], dtype=object),
        layout(),
        gemeente="GM0153",
    )
    assert own.lost == ("C",)
    within = LinkFrame({2021: layout()}, own_areas=(own,), key=KEY)
    linked = link({"area_name": ["Kern", "Elders", *["Rand"] * 400]}, within)
    assert areas(linked)[:2] == ["BU01530101", "BU01539999"]
    assert methods(linked)[0] is Method.OWN_AREA
    assert set(methods(linked)[2:]) == {Method.OWN_AREA_SHARE}
    # A quarter of Rand lies in Centrum; four standard deviations of a binomial of 400.
    assert areas(linked)[2:].count("BU01530101") / 400 == pytest.approx(0.25, abs=0.087)
    assert areas(link({"area_code": ["A"]}, within)) == ["BU01530101"]
    elsewhere = link({"area_name": ["Kern"], "gemeente_name": ["Hengelo"]}, within)
    assert areas(elsewhere) == ["BU01649999"]


def test_own_areas_that_cross_a_border_by_a_sliver_lie_in_one_buurt() -> None:
    shapes = np.array([block(0, 0, 1.02)], dtype=object)
    own = compute_own_areas([("A", "Kern")], shapes, layout(), gemeente="GM0153")
    assert own.shares.sizes.tolist() == [1]
    more = compute_own_areas(
        [("A", "Kern")], shapes, layout(), gemeente="GM0153", sliver_tolerance=0.01
    )
    assert more.shares.sizes.tolist() == [2]


def test_own_areas_divide_by_dwellings_where_those_are_known() -> None:
    shapes = np.array([block(0.75, 0)], dtype=object)
    known = weights_of(layout(), {"BU01530101": 300.0, "BU01530102": 100.0}, unit="woningen")
    own = compute_own_areas([("A", "a")], shapes, layout(), gemeente="GM0153", weights=known)
    # A quarter of 300 dwellings and three quarters of 100 are as many.
    assert own.shares.ends.tolist() == pytest.approx([0.5, 1.0])
    assert own.basis == "woningen"
    blank = weights_of(layout(), {"BU01530101": None, "BU01530102": 100.0}, unit="woningen")
    own = compute_own_areas([("A", "a")], shapes, layout(), gemeente="GM0153", weights=blank)
    assert own.shares.ends.tolist() == pytest.approx([0.25, 1.0])
    assert own.basis == "oppervlakte"


def test_own_areas_refuse_double_codes_and_a_gemeente_without_buurten() -> None:
    shapes = np.array([block(0, 0), block(1, 0)], dtype=object)
    with pytest.raises(LinkError, match="dubbele code"):
        compute_own_areas([("A", "a"), ("A", "b")], shapes, layout(), gemeente="GM0153")
    with pytest.raises(LinkError, match="GM0014"):
        compute_own_areas([("A", "a"), ("B", "b")], shapes, layout(), gemeente="GM0014")


def test_frequent_postcodes_give_the_gemeente_or_by_weight_an_estimate() -> None:
    buurten = pa.array(["BU01530101", "BU01530102", "BU01640101"])
    postcodes = pa.array(["7511", "7511", "7551"])
    plain = compute_frequent_postcodes(buurten, postcodes, vintage=2021)
    within = LinkFrame({2021: layout()}, frequent={2021: plain}, key=KEY)
    linked = link({"postcode4": ["7511", "7551"]}, within)
    assert areas(linked) == ["BU01539999", "BU01649999"]
    assert linked.report.grades[Grade.F] == 2
    weights = np.array([0.0, 5.0, 5.0])
    weighed = compute_frequent_postcodes(buurten, postcodes, weights, vintage=2021)
    estimated = link(
        {"postcode4": ["7511"]}, LinkFrame({2021: layout()}, frequent={2021: weighed}, key=KEY)
    )
    assert areas(estimated) == ["BU01530102"]  # nobody lives in the other one
    assert methods(estimated) == [Method.POSTCODE4_ESTIMATE]


def test_the_report_counts_every_row_once_and_holds_no_key() -> None:
    keys = {
        "postcode6": ["7511AC", "7511AB", "1234XX", None],
        "house_number": ["1", None, "7", None],
        "row_key": ["secret-1", "secret-2", "secret-3", "secret-4"],
    }
    report = link(keys).report
    assert sum(each.rows for each in report.methods) == report.rows == 4
    assert sum(report.grades.values()) == 4
    assert report.linked + sum(report.unknown.values()) == 4
    assert report.rate == 0.5
    told = " ".join(report.sentences()) + str(report.as_dict())
    assert not [
        text for texts in keys.values() for text in texts if text and len(text) > 2 and text in told
    ]


def test_a_key_that_links_wrongly_is_unmasked_by_comparing() -> None:
    keys = {
        "x": pa.array(["200500", "201500", "202500"]),
        "y": pa.array(["450500"] * 3),
        "area_name": pa.array(["Laares", "Laares", "Nergens"]),
    }
    rates = {rate.kind: rate for rate in compare_keys(keys, None, frame())}
    assert (rates["coördinaat"].linked, rates["coördinaat"].agreeing) == (3, 3)
    assert (rates["naam"].linked, rates["naam"].compared, rates["naam"].agreeing) == (2, 2, 1)
    assert str(rates["naam"]).startswith("met alleen naam: 2 van 3")


def test_a_delivery_without_rows_links_to_nothing() -> None:
    keys = {
        "area_code": [],
        "area_name": [],
        "postcode6": [],
        "house_number": [],
        "x": [],
        "y": [],
        "gemeente_name": [],
    }
    linked = link(keys)
    assert areas(linked) == []
    assert linked.report.rows == 0
    assert linked.report.rate == 1.0


@pytest.mark.parametrize(
    ("keys", "dates", "words"),
    [
        ({"straat": ["x"]}, None, "straat"),
        ({"row_key": ["x"]}, None, "plaats"),
        ({"x": ["1"]}, None, "x en y"),
        ({"area_code": ["x"], "area_name": []}, None, "even lang"),
        ({"area_code": ["x"]}, pa.array(["2021-01-01"]), "datum"),
    ],
)
def test_columns_that_do_not_fit_are_refused(keys, dates, words: str) -> None:
    with pytest.raises(LinkError, match=words):
        link(keys, dates=dates)


def test_a_frame_without_a_layout_is_refused() -> None:
    with pytest.raises(LinkError, match="geen indeling"):
        LinkFrame({})


def test_every_method_and_reason_has_words_and_a_grade() -> None:
    assert all(each.words and isinstance(each.grade, Grade) for each in Method)
    assert all(each.words for each in Reason)
    assert all(each.words for each in Reading)
    assert unknown_within("GM0153") == "BU01539999"

"""What lies outside the region is left out and told; what says nothing stays unknown."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from lib.vector_tables import block
from regiebeeld.domain import Area, AreaLevel
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.linking import LinkFrame, Method, Reason, link_rows, read_addresses
from regiebeeld.pipeline.intake.linking.methods import ELSEWHERE
from regiebeeld.pipeline.intake.places_addresses import read_address_books

KEY = b"0123456789abcdef"
NAMES = {
    "GM0153": "Enschede",
    "GM0164": "Hengelo",
    "BU01530101": "Centrum",
    "BU01530102": "Laares",
    "BU01640101": "Weideweg",
}
SHAPES = {"BU01530101": block(0, 0), "BU01530102": block(1, 0), "BU01640101": block(2, 0)}
ELSEWHERE_NAMES = (("Deventer", "GM0150"), ("Losser", "GM0168"))
LEVELS = {"GM": AreaLevel.GEMEENTE, "BU": AreaLevel.BUURT}
ADDRESS_FILE = """\
PC6;Huisnummer;Buurt2021;Wijk2021;Gem2021
7511AB;1;01530101;015301;0153
7511AC;1;01530102;015301;0153
7411AA;1;01500101;015001;0150
7511ZZ;1;01500101;015001;0150
7600AA;1;01500101;015001;0150
7600AB;1;01640101;016401;0164
"""


def layout(vintage: int = 2021, shapes=SHAPES) -> Layout:
    areas = tuple(Area(code, LEVELS[code[:2]], name, vintage) for code, name in NAMES.items())
    return Layout(vintage, areas, shapes)


def frame(**more) -> LinkFrame:
    return LinkFrame({2021: layout()}, **{"key": KEY, "elsewhere": ELSEWHERE_NAMES, **more})


def link(keys, within: LinkFrame | None = None, dates=None, **more):
    columns = {role: pa.array(values, pa.string()) for role, values in keys.items()}
    return link_rows(columns, dates, within or frame(), **more)


def areas(linked) -> list[str]:
    return linked.area.dictionary_decode().to_pylist()


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("BU01500101", ELSEWHERE),
        ("0150", ELSEWHERE),
        ("WK015001", ELSEWHERE),
        ("BU01509999", ELSEWHERE),  # unknown within a gemeente of elsewhere
        ("GM7777", "GM0000"),  # no gemeente at all: a slip of the pen
        ("BU01537777", "BU01539999"),
        ("GM0000", "GM0000"),
        ("?", "GM0000"),
    ],
)
def test_a_code_of_another_gemeente_is_outside_and_a_slip_is_unknown(code: str, area: str) -> None:
    linked = link({"area_code": [code]})
    assert areas(linked) == [area]
    assert linked.report.outside == (area == ELSEWHERE)
    assert linked.report.linked == 0


def test_without_a_national_map_every_other_gemeente_is_outside() -> None:
    within = frame(elsewhere=())
    assert areas(link({"area_code": ["GM7777", "BU01500101"]}, within)) == [ELSEWHERE] * 2
    # A name that nobody knows may be a slip of the pen: it says nothing.
    assert areas(link({"gemeente_name": ["Deventer"]}, within)) == ["GM0000"]


def test_a_name_of_another_gemeente_is_outside_and_a_slip_is_unknown() -> None:
    linked = link({"gemeente_name": ["Deventer", "Enschedee", None, "Hengelo"]})
    assert areas(linked) == [ELSEWHERE, "GM0000", "GM0000", "BU01649999"]
    assert linked.report.outside == 1
    assert (linked.report.inside, linked.report.linked) == (3, 0)
    assert [each.reason for each in linked.report.unlinked] == [
        Reason.NO_KEY, Reason.UNKNOWN_GEMEENTE, Reason.ONLY_GEMEENTE,
    ]  # fmt: skip


def test_a_buurt_of_elsewhere_is_not_brought_home_by_its_name() -> None:
    keys = {"gemeente_name": ["Deventer", "Enschede"], "area_name": ["Laares", "Laares"]}
    assert areas(link(keys)) == [ELSEWHERE, "BU01530102"]


def test_a_point_inside_wins_from_a_name_of_elsewhere_and_is_told() -> None:
    keys = {"gemeente_name": ["Deventer"], "x": ["200500"], "y": ["450500"]}
    linked = link(keys)
    assert areas(linked) == ["BU01530101"]
    assert (linked.report.contradicted, linked.report.outside) == (1, 0)
    assert any("andere gemeente" in told for told in linked.report.sentences())


def test_a_point_outside_every_gemeente_is_outside() -> None:
    linked = link({"x": ["150000", "200500"], "y": ["450500", "450500"]})
    assert areas(linked) == [ELSEWHERE, "BU01530101"]
    assert Method(linked.method[0]) is Method.OUTSIDE
    assert linked.report.rate == 1.0


def test_a_point_is_only_outside_when_every_gemeente_is_drawn() -> None:
    half = {code: shape for code, shape in SHAPES.items() if code != "BU01640101"}
    within = LinkFrame({2021: layout(shapes=half)}, key=KEY)
    linked = link({"x": ["150000"], "y": ["450500"]}, within)
    assert areas(linked) == ["GM0000"]
    assert [each.reason for each in linked.report.unlinked] == [Reason.OUTSIDE_THE_MAP]


def test_a_point_in_a_gemeente_and_in_no_buurt_is_unknown_of_it() -> None:
    shapes = {**SHAPES, "GM0153": block(0, 0, 2, 5), "GM0164": block(2, 0)}
    within = LinkFrame({2021: layout(shapes=shapes)}, key=KEY)
    assert areas(link({"x": ["200500"], "y": ["454000"]}, within)) == ["BU01539999"]


def test_a_point_that_lies_in_the_region_since_is_not_left_out() -> None:
    now = layout(2024, {**SHAPES, "BU01530102": block(1, 0, 1, 3)})  # it grew to the north
    within = LinkFrame({2015: layout(2015), 2024: now}, key=KEY)
    keys = {"x": ["201500", "201500"], "y": ["452500", "456500"]}
    linked = link(keys, within, pa.array([date(2016, 1, 1)] * 2))
    assert areas(linked) == ["GM0000", ELSEWHERE]


def test_a_gemeente_that_the_row_names_goes_before_a_point_outside() -> None:
    linked = link({"gemeente_name": ["Enschede"], "x": ["150000"], "y": ["450500"]})
    assert areas(linked) == ["BU01539999"]
    assert linked.report.contradicted == 1


@pytest.fixture
def national(tmp_path: Path) -> LinkFrame:
    (tmp_path / "pc6hnr2021.csv").write_text(ADDRESS_FILE, encoding="utf-8")
    return frame(books=read_address_books(tmp_path, frozenset({"GM0153", "GM0164"})))


@pytest.mark.parametrize(
    ("postcode", "area"),
    [
        ("7411AA", ELSEWHERE),
        ("7411XX", ELSEWHERE),  # no address has it yet, but its PC4 lies outside whole
        ("7511ZZ", ELSEWHERE),  # PC4 of the region, and this PC6 is not
        ("7511XX", "BU"),  # not in the file, PC4 of the region: by the share of its addresses
        ("7600AA", ELSEWHERE),
        ("9999XX", "GM0000"),
    ],
)
def test_a_postcode_of_a_national_file_tells_what_lies_outside(
    national: LinkFrame, postcode: str, area: str
) -> None:
    linked = link({"postcode6": [postcode], "house_number": ["1"]}, national)
    assert areas(linked)[0].startswith(area)


def test_a_postcode_of_four_digits_on_both_sides_stays_the_regions(national: LinkFrame) -> None:
    linked = link({"postcode4": ["7411", "7600", "7511"]}, national)
    assert areas(linked)[:2] == [ELSEWHERE, "BU01640101"]
    assert areas(linked)[2].startswith("BU0153")


def test_a_regional_address_file_says_nothing_of_elsewhere() -> None:
    table = pa.table({"PC6": ["7511AB"], "Huisnummer": ["1"], "Buurt2021": ["01530101"]})
    within = frame(books={2021: read_addresses(table, vintage=2021)})
    assert areas(link({"postcode4": ["7411"]}, within)) == ["GM0000"]


def test_without_an_address_file_that_is_the_reason() -> None:
    linked = link({"postcode6": ["7511AB"], "postcode4": ["7511"]})
    (open_rows,) = linked.report.unlinked
    assert open_rows.reason is Reason.NO_ADDRESS_FILE
    assert "pc6hnr" in open_rows.reason.words


def test_who_counts_by_gemeente_lacks_no_buurt() -> None:
    by_gemeente = link({"area_code": ["GM0153"]}, level=AreaLevel.GEMEENTE).report
    by_buurt = link({"area_code": ["GM0153"]}).report
    assert (by_gemeente.coarse, by_buurt.coarse) == (0, 1)
    assert areas(link({"area_name": ["Hengelo"]}, level=AreaLevel.GEMEENTE)) == ["BU01649999"]


def test_years_without_a_layout_of_their_own_are_told() -> None:
    days = pa.array([date(2004, 1, 1), date(2015, 1, 1), date(2016, 1, 1), date(2021, 5, 1), None])
    within = LinkFrame({2015: layout(2015), 2021: layout()}, key=KEY)
    report = link({"x": ["200500"] * 5, "y": ["450500"] * 5}, within, days).report
    assert report.borrowed == {(2004, 2015): 1, (2016, 2015): 1}
    assert report.far == 1
    told = " ".join(report.sentences())
    assert "2 rijen van 2004 tot en met 2016 gekoppeld aan de indeling van 2015" in told
    assert report.as_dict()["missing_layouts"] == {"2004 > 2015": 1, "2016 > 2015": 1}


def test_a_code_that_a_map_of_another_year_has_is_as_sure() -> None:
    report = link({"area_code": ["BU01530101"]}, dates=pa.array([date(2004, 1, 1)])).report
    assert (report.borrowed, report.far) == ({}, 0)

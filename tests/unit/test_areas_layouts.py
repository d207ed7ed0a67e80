"""A layout holds the wanted areas of one year, and its report holds everything else."""

import pytest
import shapely

from lib.vector_tables import block, layout_of, table_of_shapes, vector_table
from regiebeeld.domain import AreaLevel, LinkError
from regiebeeld.pipeline.areas import AreaColumns, read_layout

BUURT, WIJK, GEMEENTE = AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE
COLUMNS = AreaColumns("code", "naam")


def buurten(*codes: str | None, names=None, shapes=None, **more):
    names = names or [f"Buurt {number}" for number in range(len(codes))]
    shapes = shapes or [block(number, 0) for number in range(len(codes))]
    return table_of_shapes({"code": list(codes), "naam": names, **more}, shapes)


def read(table, *, columns=COLUMNS, gemeenten=None, vintage=2021):
    return read_layout(
        {BUURT: table}, vintage=vintage, columns={BUURT: columns}, gemeenten=gemeenten
    )


def test_codes_may_come_without_prefix_and_zeros_and_with_letters():
    layout, _ = read(buurten("5031200", "0363AA01", "BU01530001  "))
    assert [area.code for area in layout.at(BUURT)] == ["BU01530001", "BU0363AA01", "BU05031200"]


def test_coarser_levels_are_dissolved_by_code_and_the_report_says_so():
    layout, report = read(buurten("BU01530101", "BU01530102", "BU01530201"))
    assert [area.code for area in layout.at(WIJK)] == ["WK015301", "WK015302"]
    assert layout.geometries["WK015301"].equals(block(0, 0, 2))
    assert layout.geometries["GM0153"].equals(block(0, 0, 3))
    assert dict(report.derived) == {WIJK: BUURT, GEMEENTE: WIJK}
    assert {area.code: area.parent for area in layout.areas} == {
        "GM0153": None,
        "WK015301": "GM0153",
        "WK015302": "GM0153",
        "BU01530101": "WK015301",
        "BU01530102": "WK015301",
        "BU01530201": "WK015302",
    }


def test_names_of_a_derived_level_may_stand_in_the_finest_table():
    table = buurten("BU01530101", gm=["GM0153"], gmnaam=["Enschede"])
    layout, _ = read_layout(
        {BUURT: table},
        vintage=2021,
        columns={BUURT: COLUMNS, GEMEENTE: AreaColumns("gm", "gmnaam")},
    )
    assert layout.at(GEMEENTE)[0].name == "Enschede"
    assert layout.at(WIJK)[0].name == "WK015301"


def test_other_gemeenten_are_left_out_and_counted():
    layout, report = read(buurten("BU01530101", "BU01770101", "BU01770102"), gemeenten=["GM0153"])
    assert [area.code for area in layout.at(BUURT)] == ["BU01530101"]
    assert report.delivered[BUURT] == 3
    assert report.outside[BUURT] == 2
    assert any("2 features van andere gemeenten" in sentence for sentence in report.sentences())


def test_pseudo_areas_are_reported_and_never_drawn():
    layout, report = read(buurten("BU01530101", "BU00000000", "BU01539999"))
    assert [area.code for area in layout.at(BUURT)] == ["BU01530101"]
    assert report.pseudo == ("BU00000000", "BU01539999")


def test_abroad_is_not_drawn():
    table = table_of_shapes(
        {"code": ["GM0998", "GM0153"], "naam": ["Buitenland", "Enschede"]}, [block(0, 0)] * 2
    )
    layout, report = read_layout({GEMEENTE: table}, vintage=2023, columns={GEMEENTE: COLUMNS})
    assert [area.code for area in layout.areas] == ["GM0153"]
    assert report.pseudo == ("GM0998",)


def test_the_water_part_joins_the_land_part():
    table = buurten("BU01530101", "BU01530101", names=["Kanaal", "Centrum"], water=["JA", "NEE"])
    layout, report = read(table, columns=AreaColumns("code", "naam", water="water"))
    assert layout.at(BUURT)[0].name == "Centrum"
    assert layout.geometries["BU01530101"].equals(block(0, 0, 2))
    assert dict(report.merged) == {"BU01530101": 2}


def test_an_area_whose_shape_is_lost_stays_in_the_list():
    layout, report = read(buurten("BU01530101", "BU01530102", shapes=[block(0, 0), None]))
    assert len(layout.at(BUURT)) == 2
    assert len(layout.drawn(BUURT)[0]) == 1
    assert report.undrawn == ("BU01530102",)
    assert report.repairs[BUURT].lost == 1


def test_a_parent_column_wins_over_the_code():
    layout, _ = read(
        buurten("BU01530101", wk=["WK015309"]), columns=AreaColumns("code", "naam", parent="wk")
    )
    assert layout.at(BUURT)[0].parent == "WK015309"


def test_a_missing_parent_is_read_from_the_code():
    layout, _ = read(
        buurten("BU01530101", wk=[None]), columns=AreaColumns("code", "naam", parent="wk")
    )
    assert layout.at(BUURT)[0].parent == "WK015301"


def refused(table, match: str, **more):
    with pytest.raises(LinkError, match=match):
        read(table, **more)


def test_wrong_codes_are_told_all_at_once_with_their_feature_numbers():
    with pytest.raises(LinkError) as caught:
        read(buurten("BU01530101", "GM0153", "WK015301", "BU015301012", None))
    message = str(caught.value)
    for number, code in ((2, "'GM0153'"), (3, "'WK015301'"), (4, "'BU015301012'"), (5, "None")):
        assert f"feature {number}, code {code}" in message
    assert "feature 1," not in message


def test_a_long_list_of_faults_is_cut_with_a_count():
    refused(buurten(*["x"] * 25), "en nog 5")


def test_an_empty_layer_is_refused_with_a_next_step():
    refused(vector_table({"code": [], "naam": []}, []), "haal de laag opnieuw op")


def test_a_layer_of_pseudo_areas_only_is_refused():
    refused(buurten("BU00000000"), "geen gebied dat getekend kan worden")


def test_no_layers_at_all_are_refused():
    with pytest.raises(LinkError, match="geen enkele laag"):
        read_layout({}, vintage=2021, columns={})


def test_one_code_with_two_names_is_refused():
    refused(
        buurten("BU01530101", "BU01530101", names=["Noord", "Zuid"]),
        "feature 1 en 2, code BU01530101",
    )


def test_a_missing_column_is_named_with_a_suggestion():
    refused(buurten("BU01530101"), "bedoelt u 'code'", columns=AreaColumns("kode", "naam"))


def test_a_feature_of_another_year_is_refused():
    table = buurten("BU01530101", "BU01530102", jaarcode=["2021BU01530101", "2015BU01530102"])
    refused(
        table,
        "feature 2, code BU01530102",
        columns=AreaColumns("code", "naam", year_code="jaarcode"),
    )


def test_a_parent_that_this_year_does_not_have_is_refused():
    gemeenten = table_of_shapes({"code": ["GM0153"], "naam": ["Enschede"]}, [block(0, 0)])
    with pytest.raises(LinkError, match=r"WK100001 .* ligt in GM1000"):
        read_layout(
            {BUURT: buurten("BU10000101"), GEMEENTE: gemeenten},
            vintage=2021,
            columns={BUURT: COLUMNS, GEMEENTE: COLUMNS},
        )


def read_with_wijken(*wijken: tuple[str, shapely.Polygon]):
    layer = table_of_shapes(
        {"code": [code for code, _ in wijken], "naam": ["Wijk"] * len(wijken)},
        [shape for _, shape in wijken],
    )
    return read_layout(
        {BUURT: buurten("BU01530101", "BU01530201"), WIJK: layer},
        vintage=2021,
        columns={BUURT: COLUMNS, WIJK: COLUMNS},
    )


def test_a_wijk_that_its_layer_lacks_is_joined_from_its_buurten_and_told():
    layout, report = read_with_wijken(("WK015301", block(0, 0)))
    assert layout.geometries["WK015302"].equals(block(1, 0))
    assert report.filled == ("WK015302",)
    assert "WK015302 ontbrak en is samengevoegd uit zijn delen" in report.sentences()


def test_a_wijk_whose_ground_has_another_code_is_of_another_year():
    with pytest.raises(LinkError, match=r"(?s)WK015302.*twee jaren door elkaar"):
        read_with_wijken(("WK015301", block(0, 0)), ("WK015309", block(1, 0)))


def test_a_wrong_parent_code_is_refused_with_its_feature():
    refused(
        buurten("BU01530101", wk=["GM0153"]),
        "feature 1",
        columns=AreaColumns("code", "naam", parent="wk"),
    )


def test_a_wanted_gemeente_of_another_year_is_refused():
    refused(
        buurten("BU00030101"),
        "2020 heeft geen GM1979",
        gemeenten=["GM1979", "GM0003"],
        vintage=2020,
    )


def test_a_table_without_coordinate_system_is_refused():
    refused(buurten("BU01530101").replace_schema_metadata(None), "coördinaatstelsel ontbreekt")


def test_names_of_a_derived_level_in_columns_that_are_absent_are_refused():
    with pytest.raises(LinkError, match="gmnaam"):
        read_layout(
            {BUURT: buurten("BU01530101")},
            vintage=2021,
            columns={BUURT: COLUMNS, GEMEENTE: AreaColumns("gm", "gmnaam")},
        )


def test_areas_give_their_shapes_in_the_same_order():
    layout = layout_of(2021, {"BU00010002": block(1, 0), "BU00010001": block(0, 0)})
    areas, shapes = layout.drawn(BUURT)
    assert [area.code for area in areas] == ["BU00010001", "BU00010002"]
    assert shapely.equals(shapes, [block(0, 0), block(1, 0)]).all()

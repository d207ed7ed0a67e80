"""Linking of real files: what is known about them comes out, and what cannot be known is told."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pytest
import shapely

from regiebeeld.catalogue import read_catalogue
from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import is_unknown
from regiebeeld.pipeline.areas import AreaColumns, Layout, read_layout
from regiebeeld.pipeline.areas.shapes import to_rd_new
from regiebeeld.pipeline.intake.aoristic import SHARE_UNITS, compute_aoristic
from regiebeeld.pipeline.intake.linking import (
    Grade,
    Linked,
    LinkFrame,
    Method,
    OwnAreas,
    Reason,
    compare_keys,
    compute_frequent_postcodes,
    compute_own_areas,
    link_rows,
)
from regiebeeld.pipeline.sources.files import read_file

BUURT, GEMEENTE = AreaLevel.BUURT, AreaLevel.GEMEENTE
ROOT = Path(__file__).parents[2]
KEY = b"0123456789abcdef"
THEFTS, FIRES = (
    "events/groningen_bicycle_thefts_2013_2017.csv",
    "events/twente_chimney_fires_2004_2020_100m.csv",
)
BURGLARIES = "police/MiK_twente_woninginbraak_events_derived.csv"


def read_text(path: Path) -> pa.Table:
    """Every column as text, as deliveries are read."""
    names = pa_csv.read_csv(path).column_names
    kinds = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True
    )
    return pa_csv.read_csv(path, convert_options=kinds)


@cache
def groningen(folder: Path) -> Layout:
    table, _ = read_file(folder / "areas/groningen_2017/buurt2017.zip", member="buurt2017.shp")
    columns = {
        BUURT: AreaColumns("BU_CODE", "BU_NAAM", "WK_CODE"),
        GEMEENTE: AreaColumns("GM_CODE", "GM_NAAM"),
    }
    return read_layout({BUURT: table}, vintage=2017, columns=columns)[0]


@cache
def groningen_own(folder: Path) -> OwnAreas:
    table, facts = read_file(
        folder / "areas/groningen_2017/buurtindeling.zip", member="buurtindeling.shp"
    )
    shapes = to_rd_new(shapely.from_wkb(table["geometry"].to_pylist()), facts["crs"])
    areas = list(zip(table["CODE"].to_pylist(), table["NAAM"].to_pylist(), strict=True))
    return compute_own_areas(areas, shapes, groningen(folder), gemeente="GM0014")


@cache
def twente_table(folder: Path) -> pa.Table:
    return read_file(folder / "areas/twente_2021/buurten.shp")[0]


@cache
def twente(folder: Path) -> Layout:
    columns = {
        BUURT: AreaColumns("buurtcode", "buurtnaam", "wijkcode", year_code="jaarstatco"),
        GEMEENTE: AreaColumns("gemeenteco", "gemeentena"),
    }
    return read_layout({BUURT: twente_table(folder)}, vintage=2021, columns=columns)[0]


def twente_frame(folder: Path, **more) -> LinkFrame:
    region = read_catalogue(ROOT / "catalogue", ROOT / "regions").regions["twente"]
    names = [(name, each.code) for each in region.gemeenten for name in (each.name, *each.aliases)]
    return LinkFrame({2021: twente(folder)}, gemeenten=tuple(names), key=KEY, **more)


def codes_of(linked: Linked) -> list[str]:
    return linked.area.dictionary_decode().to_pylist()


def moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.strptime(column, "%Y-%m-%d %H:%M:%S", "s")


def test_bicycle_thefts_link_by_coordinate_and_hardly_agree_by_name(test_data: Path) -> None:
    """The published check of this export: X/Y fit the map for 99.9 %, names for 43.9 %."""
    events = read_text(test_data / THEFTS)
    keys = {
        "x": events["X"],
        "y": events["Y"],
        "area_name": events["Pleegbuurt"],
        "gemeente_name": events["Pleeggemeente"],
    }
    frame = LinkFrame({2017: groningen(test_data)})
    dates = moments(events["Begin-pleegdatum/tijd"])
    linked = link_rows(keys, dates, frame)
    assert linked.report.rows == 15_947
    assert linked.report.rows_by(Method.COORDINATE) / linked.report.rows >= 0.999
    by_name = next(rate for rate in compare_keys(keys, dates, frame) if rate.kind == "naam")
    assert by_name.agreeing / by_name.rows == pytest.approx(0.439, abs=0.01)
    # A third more rows link by name than are right: linking alone proves nothing.
    assert by_name.linked / by_name.rows > 0.6


def test_coordinates_agree_with_the_postcode_that_the_police_wrote(test_data: Path) -> None:
    """An independent check: the most frequent PC4 of the buurt is that of the event, mostly."""
    events = read_text(test_data / THEFTS)
    linked = link_rows(
        {"x": events["X"], "y": events["Y"]}, None, LinkFrame({2017: groningen(test_data)})
    )
    table, _ = read_file(test_data / "areas/groningen_2017/buurt2017.zip", member="buurt2017.shp")
    postcode = dict(zip(table["BU_CODE"].to_pylist(), table["POSTCODE"].to_pylist(), strict=True))
    pairs = [
        (postcode[code], told)
        for code, told in zip(codes_of(linked), events["Pleegpostcode"].to_pylist(), strict=True)
        if told
    ]
    assert len(pairs) == 11_230
    assert sum(mine == told for mine, told in pairs) / len(pairs) > 0.9


def test_every_point_lies_in_the_buurt_it_was_given(test_data: Path) -> None:
    """Compared with the obvious way: ask every buurt about every place."""
    events = read_text(test_data / THEFTS)
    layout = groningen(test_data)
    linked = link_rows({"x": events["X"], "y": events["Y"]}, None, LinkFrame({2017: layout}))
    found = set(
        zip(events["X"].to_pylist(), events["Y"].to_pylist(), codes_of(linked), strict=True)
    )
    areas, shapes = layout.drawn(BUURT)
    for x, y, code in sorted(found)[::9]:
        point = shapely.Point(float(x), float(y))
        assert code == next(a.code for a, s in zip(areas, shapes, strict=True) if s.covers(point))


def shares_of(own: OwnAreas, code: str) -> dict[str, float]:
    (place,) = own.shares.find(np.array([own.codes[code]]))
    run = slice(own.shares.starts[place], own.shares.starts[place] + own.shares.sizes[place])
    names = [own.shares.codes[each] for each in own.shares.places[run]]
    return dict(zip(names, np.diff(own.shares.ends[run], prepend=0.0).tolist(), strict=True))


def test_own_areas_of_groningen_lie_in_the_buurt_with_their_code(test_data: Path) -> None:
    own = groningen_own(test_data)
    cbs = {area.code for area in groningen(test_data).at(BUURT)}
    assert own.lost == ()
    assert len(own.codes) == 112
    apart = {code: shares for code in own.codes if (shares := shares_of(own, code)) != {code: 1.0}}
    # Five were drawn otherwise by the municipality: four parts of Meerstad and the Stadspark.
    assert sorted(set(apart) - cbs) == [f"BU0014140{number}" for number in (3, 4, 5, 6)]
    assert sorted(set(apart) & cbs) == ["BU00140704"]
    assert all(max(apart[code], key=apart[code].get) == "BU00141400" for code in set(apart) - cbs)


def test_a_divided_own_area_has_the_shares_of_its_ground(test_data: Path) -> None:
    own, layout = groningen_own(test_data), groningen(test_data)
    table, facts = read_file(
        test_data / "areas/groningen_2017/buurtindeling.zip", member="buurtindeling.shp"
    )
    place = table["CODE"].to_pylist().index("BU00141403")
    shapes = to_rd_new(shapely.from_wkb([table["geometry"][place].as_py()]), facts["crs"])
    shares = shares_of(own, "BU00141403")
    ground = {code: shapes[0].intersection(layout.geometries[code]).area for code in shares}
    assert len(shares) == 2
    for code, share in shares.items():
        assert share == pytest.approx(ground[code] / sum(ground.values()))


def test_names_of_own_areas_link_where_cbs_has_none(test_data: Path) -> None:
    frame = LinkFrame({2017: groningen(test_data)}, own_areas=(groningen_own(test_data),), key=KEY)
    keys = {
        "area_name": pa.array(["De Zeilen", "Tersluis", "Paddepoel-Noord"]),
        "gemeente_name": pa.array(["Groningen"] * 3),
    }
    linked = link_rows(keys, None, frame)
    assert linked.method.tolist()[2] == Method.AREA_NAME
    assert {Method(method).grade for method in linked.method[:2]} <= {Grade.D, Grade.E}
    assert all(code.startswith("BU001414") for code in codes_of(linked)[:2])


def test_all_112_fires_in_rijssen_are_rows_of_rijssen_holten(test_data: Path) -> None:
    fires = read_text(test_data / FIRES)
    linked = link_rows({"gemeente_name": fires["gemeente"]}, None, twente_frame(test_data))
    codes = codes_of(linked)
    rijssen = [
        code
        for code, name in zip(codes, fires["gemeente"].to_pylist(), strict=True)
        if name == "Rijssen"
    ]
    assert rijssen == ["BU17429999"] * 112
    # Two fires name no gemeente at all; they are counted all the same.
    assert codes.count("GM0000") == 2
    assert linked.report.grades[Grade.F] == 1_757
    assert len(codes) == 1_759


def test_fires_lie_by_coordinate_in_the_gemeente_that_the_fire_service_wrote(
    test_data: Path,
) -> None:
    fires = read_text(test_data / FIRES)
    keys = {
        "x": fires["Xcoordinate"],
        "y": fires["Ycoordinate"],
        "gemeente_name": fires["gemeente"],
    }
    report = link_rows(keys, None, twente_frame(test_data)).report
    placed = report.rows_by(Method.COORDINATE) + report.rows_by(Method.COORDINATE_SNAPPED)
    assert placed == report.rows == 1_759
    assert report.contradicted == 0


def test_burglaries_by_postcode_reach_their_gemeente_and_repeats_stay(test_data: Path) -> None:
    events = read_text(test_data / BURGLARIES)
    table = twente_table(test_data)
    frequent = compute_frequent_postcodes(table["buurtcode"], table["meest_voor"], vintage=2021)
    frame = twente_frame(test_data, frequent={2021: frequent})
    dates = pc.strptime(events["Datum"], "%d-%m-%Y", "s")
    linked = link_rows({"postcode4": events["Postcode"]}, dates, frame)
    codes = codes_of(linked)
    assert len(codes) == 2_303
    assert linked.report.rows_by(Method.POSTCODE4_GEMEENTE) == 2_303
    assert linked.report.grades[Grade.F] == 2_303
    assert "GM0000" not in codes
    # Without addresses nobody can say which buurt: all are told as unknown within their gemeente.
    assert all(is_unknown(code) for code in codes)
    years = Counter(day[-4:] for day in events["Datum"].to_pylist())
    rows = Counter(
        (code, day[-4:]) for code, day in zip(codes, events["Datum"].to_pylist(), strict=True)
    )
    assert sum(n for (_, year), n in rows.items() if year == "2024") == years["2024"] == 751
    assert sum(n for (_, year), n in rows.items() if year == "2025") == years["2025"] == 810


def test_burglaries_of_the_map_stay_under_those_of_the_register_in_every_gemeente(
    test_data: Path,
) -> None:
    """47018NED counts 800 and 855 over Twente: the map misses some 6 %, spread over gemeenten."""
    register = read_register(test_data)
    events = read_text(test_data / BURGLARIES)
    table = twente_table(test_data)
    frequent = compute_frequent_postcodes(table["buurtcode"], table["meest_voor"], vintage=2021)
    linked = link_rows(
        {"postcode4": events["Postcode"]}, None, twente_frame(test_data, frequent={2021: frequent})
    )
    found = Counter(
        (f"GM{code[2:6]}", day[-4:])
        for code, day in zip(codes_of(linked), events["Datum"].to_pylist(), strict=True)
    )
    for year, total in (("2024", 800), ("2025", 855)):
        of_year = {code: rows[year] for code, rows in register.items()}
        assert sum(of_year.values()) == total
        for code, rows in of_year.items():
            assert abs(found[code, year] - rows) <= max(8, 0.25 * rows), (code, year)


def read_register(folder: Path) -> dict[str, dict[str, int]]:
    found = json.loads((folder / "police/47018NED_gemeente_2012_2025_data.json").read_text())
    gemeenten = {area.code for area in twente(folder).at(GEMEENTE)}
    return {code: rows for code, rows in found["counts"]["1.1.1"].items() if code in gemeenten}


def test_burglaries_divided_by_households_keep_every_event_and_its_gemeente(
    test_data: Path,
) -> None:
    events = read_text(test_data / BURGLARIES)
    table = twente_table(test_data)
    homes = np.array([float(number or 0) for number in table["aantal_hui"].to_pylist()])
    frequent = compute_frequent_postcodes(
        table["buurtcode"], table["meest_voor"], homes, vintage=2021
    )
    keys = {"postcode4": events["Postcode"]}
    dates = pc.strptime(events["Datum"], "%d-%m-%Y", "s")
    divided = link_rows(keys, dates, twente_frame(test_data, frequent={2021: frequent}))
    assert divided.report.linked == 2_303
    assert divided.report.grades[Grade.E] == 2_303
    assert divided.report.rows_by(Method.POSTCODE4_ESTIMATE) == divided.report.drawn == 2_303
    plain = compute_frequent_postcodes(table["buurtcode"], table["meest_voor"], vintage=2021)
    whole = link_rows(keys, dates, twente_frame(test_data, frequent={2021: plain}))
    assert [code[2:6] for code in codes_of(divided)] == [code[2:6] for code in codes_of(whole)]


def test_a_postcode_outside_the_region_is_told_and_counted(test_data: Path) -> None:
    table = twente_table(test_data)
    frequent = compute_frequent_postcodes(table["buurtcode"], table["meest_voor"], vintage=2021)
    linked = link_rows(
        {"postcode4": pa.array(["9711", "7511"])},
        None,
        twente_frame(test_data, frequent={2021: frequent}),
    )
    assert codes_of(linked) == ["GM0000", "BU01539999"]
    assert [each.reason for each in linked.report.unlinked] == [
        Reason.ONLY_GEMEENTE,
        Reason.NO_ADDRESS_FILE,
    ]


def test_when_bicycles_are_stolen_sums_to_the_number_of_thefts(test_data: Path) -> None:
    events = read_text(test_data / THEFTS)
    begin, end = (
        moments(events[name]).to_numpy()
        for name in ("Begin-pleegdatum/tijd", "Eind-pleegdatum/tijd")
    )
    when = compute_aoristic(begin, end)
    assert when.events == 15_947
    assert int(when.units.sum()) == 15_947 * SHARE_UNITS
    assert when.moments == 845
    assert when.too_long == 354

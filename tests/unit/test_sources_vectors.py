"""Files with shapes: no feature lost, attributes as text, the coordinate system known."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyogrio
import pytest
import shapely

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources import read_file
from regiebeeld.pipeline.sources.feature_tables import read_crs, write_feature_table, write_geometry
from regiebeeld.pipeline.sources.topojson import read_layers

SQUARE = [[[6.0, 52.0], [6.1, 52.0], [6.1, 52.1], [6.0, 52.1], [6.0, 52.0]]]


def collection(*features: object, **more: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def feature(geometry: object, /, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(coordinates: object = SQUARE) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": coordinates}


def shapes(table: pa.Table) -> list[object]:
    return list(shapely.from_wkb(table["geometry"].to_pylist()))


def write(folder: Path, text: str, name: str = "gebieden.geojson") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("name", "rows", "key", "first"),
    [
        ("areas/twente_2015/buurt.geojson", 531, "BU_CODE", "BU01411000"),
        ("areas/twente_2015/gemeente.geojson", 14, "GM_CODE", "GM0141"),
        ("areas/twente_2021/gemeenten.geojson", 14, "gemeenteco", "GM0141"),
        ("areas/nl_gemeenten_2023_pdokwfs.json", 343, "gemeentecode", "GM0014"),
        ("areas/nl_gemeenten_2024.geojson", 342, None, None),
        ("areas/nl_gemeente_2020_cartomap.geojson", 355, None, None),
    ],
)
def test_geojson_comes_through_whole(
    test_data: Path, name: str, rows: int, key: str | None, first: str | None
) -> None:
    """Row counts as the data's own description says; shapes equal those another reader finds."""
    table, _ = read_file(test_data / name)
    assert table.num_rows == rows
    assert table.schema.metadata[b"crs"] == b"EPSG:4326"
    if key:
        assert table[key][0].as_py() == first
    _, _, theirs, _ = pyogrio.raw.read(test_data / name, columns=[])
    assert shapely.equals_exact(shapely.from_wkb(theirs), shapes(table), 1e-9).all()


def test_a_number_among_the_properties_keeps_its_spelling(test_data: Path) -> None:
    """The file says "aantalInwoners": 238147, "gemiddeldeHuishoudsgrootte": 1.7 for Groningen."""
    table, _ = read_file(test_data / "areas/nl_gemeenten_2023_pdokwfs.json")
    row = table.slice(0, 1).to_pylist()[0]
    assert (row["aantalInwoners"], row["gemiddeldeHuishoudsgrootte"]) == ("238147", "1.7")


def test_every_feature_of_the_coarse_topojson_comes_through(test_data: Path) -> None:
    """11,691 buurten, of which 993 collapse and 1,347 are invalid: none may vanish here."""
    path = test_data / "areas/Buurt_2014_layer_q1e3.json"
    table, facts = read_file(path)
    codes = [g["properties"]["statcode"] for g in _layer(path)]
    assert table["statcode"].to_pylist() == codes
    assert len(codes) == 11_691
    assert facts["crs"] == "EPSG:4326"
    found = shapes(table)
    assert sum(not shapely.is_valid(shape) for shape in found) > 0
    west, south, east, north = shapely.total_bounds(found)
    assert 3.3 < west < east < 7.3
    assert 50.7 < south < north < 53.7


def _layer(path: Path) -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = json.loads(path.read_text())["objects"]["layer"][
        "geometries"
    ]
    return found


def test_topojson_arcs_are_decoded_as_the_specification_says() -> None:
    """Two squares that share a border; arcs are steps, ~0 is arc 0 backwards. Worked by hand."""
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.5, 2], "translate": [10, 20]},
        "arcs": [
            [[2, 0], [0, 2]],
            [[2, 2], [-2, 0], [0, -2], [2, 0]],
            [[2, 0], [2, 0], [0, 2], [-2, 0]],
        ],
        "objects": {
            "l": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "id": 7, "properties": {"n": "west"}},
                    {"type": "MultiPolygon", "arcs": [[[2, -1]]], "properties": {"n": "oost"}},
                    {"type": None, "properties": {"n": "niets"}},
                    {"type": "Point", "coordinates": [1, 1]},
                ],
            }
        },
    }
    west, east, nothing, point = read_layers(topology, where="t")["l"]
    assert west["id"] == 7
    assert west["geometry"] == {
        "type": "Polygon",
        "coordinates": [[[11, 20], [11, 24], [10, 24], [10, 20], [11, 20]]],
    }
    assert east["geometry"] == {
        "type": "MultiPolygon",
        "coordinates": [[[[11, 20], [12, 20], [12, 24], [11, 24], [11, 20]]]],
    }
    assert nothing["geometry"] is None
    assert point["geometry"] == {"type": "Point", "coordinates": [10.5, 22]}


def test_topojson_with_a_missing_arc_names_the_object(tmp_path: Path) -> None:
    topology = {
        "type": "Topology",
        "arcs": [[[0, 0], [1, 1]]],
        "objects": {"l": {"type": "Polygon", "arcs": [[4]], "properties": {}}},
    }
    with pytest.raises(ContractError, match="laag l, object 1"):
        read_file(write(tmp_path, json.dumps(topology)))


def test_topojson_with_two_layers_asks_which(tmp_path: Path) -> None:
    one = {"type": "Point", "coordinates": [6, 52], "properties": {"n": "1"}}
    topology = {"type": "Topology", "arcs": [], "objects": {"wijk": one, "buurt": one}}
    path = write(tmp_path, json.dumps(topology), "twee.json")
    with pytest.raises(ContractError, match="wijk, buurt"):
        read_file(path)
    table, _ = read_file(path, member="buurt")
    assert table.num_rows == 1


def test_a_shapefile_equals_what_another_reader_finds(test_data: Path) -> None:
    """517 buurten; attributes compared with GDAL's, which reads numbers as numbers."""
    path = test_data / "areas/twente_2021/buurten.shp"
    table, facts = read_file(path)
    meta, _, theirs, fields = pyogrio.raw.read(path)
    assert (table.num_rows, facts["crs"]) == (517, "EPSG:28992")
    assert table.schema.metadata[b"crs"] == b"EPSG:28992"
    assert table["geometry"].to_pylist() == list(theirs)
    assert table.column_names == [*meta["fields"], "geometry"]
    for name, column in zip(meta["fields"], fields, strict=True):
        for mine, other in zip(table[name].to_pylist(), column, strict=True):
            same = mine == other if isinstance(other, str) else float(mine) == float(other)
            assert same, (name, mine, other)


def test_a_shapefile_in_a_zip(test_data: Path) -> None:
    table, facts = read_file(test_data / "areas/groningen_2017/buurtindeling.zip")
    assert table.num_rows == 112
    assert facts["member"] == "buurtindeling.shp"
    assert facts["crs"] == "EPSG:4326"


def copy_shapefile(test_data: Path, folder: Path) -> Path:
    for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        shutil.copyfile(test_data / f"areas/twente_2021/buurten{suffix}", folder / f"b{suffix}")
    return folder / "b.shp"


@pytest.mark.parametrize("suffix", [".dbf", ".shx"])
def test_a_shapefile_without_a_sibling_names_it(
    test_data: Path, tmp_path: Path, suffix: str
) -> None:
    path = copy_shapefile(test_data, tmp_path)
    path.with_suffix(suffix).unlink()
    with pytest.raises(ContractError, match=rf"b\{suffix} ontbreekt"):
        read_file(path)


def test_a_shapefile_without_a_prj_is_recognised_by_its_metres(
    test_data: Path, tmp_path: Path
) -> None:
    path = copy_shapefile(test_data, tmp_path)
    path.with_suffix(".prj").unlink()
    _, facts = read_file(path)
    assert (facts["crs"], facts["crs_stated"]) == ("EPSG:28992", "no")


@pytest.mark.parametrize("suffix", [".dbf", ".shp"])
def test_a_shapefile_that_was_cut_is_refused(test_data: Path, tmp_path: Path, suffix: str) -> None:
    path = copy_shapefile(test_data, tmp_path)
    cut = path.with_suffix(suffix)
    cut.write_bytes(cut.read_bytes()[:-200_000])
    with pytest.raises(FetchError, match=r"b\.shp"):
        read_file(path)


def test_features_without_shape_or_with_a_broken_one_stay(tmp_path: Path) -> None:
    bowtie = [[[6.0, 52.0], [6.1, 52.1], [6.1, 52.0], [6.0, 52.1], [6.0, 52.0]]]
    collapsed = [[[6.0, 52.0], [6.1, 52.0], [6.0, 52.0]]]
    table, _ = read_file(
        write(
            tmp_path,
            collection(
                feature(polygon(), n=1),
                feature(None, n=2),
                feature(polygon([]), n=3),
                feature(polygon(bowtie), n=4),
                feature(polygon(collapsed), n=5),
            ),
        )
    )
    assert table["n"].to_pylist() == ["1", "2", "3", "4", "5"]
    found = shapes(table)
    assert [shape is None for shape in found] == [False, True, True, False, False]
    assert not shapely.is_valid(found[3])
    assert shapely.area(found[4]) == 0


def test_a_shape_that_cannot_be_read_names_its_feature(tmp_path: Path) -> None:
    broken = feature(
        polygon([[["zes", 52.0], [6.1, 52.0], [6.1, 52.1], [6, 52]]]), code="BU01530002"
    )
    with pytest.raises(ContractError, match=r"object 2 \(BU01530002\)"):
        read_file(write(tmp_path, collection(feature(polygon(), code="BU01530001"), broken)))


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ('{"a": 1}', ContractError, "geen tabel"),
        ('"tekst"', ContractError, "geen tabel"),
        (collection(), ContractError, "geen enkele rij"),
        (collection(feature(polygon(), n=1))[:-9], FetchError, "geen hele JSON"),
        ("[" * 100_000, ContractError, "te diep"),
        (collection(feature(polygon(), geometry="x")), ContractError, "heet 'geometry'"),
        (collection({"type": "Feature", "properties": [1]}), ContractError, "object 1"),
    ],
)
def test_json_that_is_no_table_of_features_is_refused(
    tmp_path: Path, text: str, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        read_file(write(tmp_path, text))


def test_the_police_json_of_another_shape_is_no_table(test_data: Path) -> None:
    with pytest.raises(ContractError, match="wel gevonden: offences"):
        read_file(test_data / "police/47018NED_gemeente_2012_2025_data.json")


@pytest.mark.parametrize(
    ("stated", "crs"),
    [
        (None, None),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84>", b"EPSG:4326"),
        ("<http://www.opengis.net/def/crs/EPSG/0/28992>", b"EPSG:28992"),
        ({"properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}, b"EPSG:28992"),
        ({"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, b"EPSG:4326"),
        ({"properties": {"name": "EPSG:4326"}}, b"EPSG:4326"),
        ({"properties": {}}, None),
    ],
)
def test_a_coordinate_system_is_read_in_every_spelling(stated: object, crs: bytes | None) -> None:
    assert read_crs(stated, where="t") == crs


def test_another_coordinate_system_is_refused() -> None:
    with pytest.raises(ContractError, match="EPSG::3857"):
        read_crs({"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}, where="t")


def test_rd_metres_without_a_stated_system_are_recognised(tmp_path: Path) -> None:
    metres = [[[241000, 487000], [242000, 487000], [242000, 488000], [241000, 487000]]]
    table, facts = read_file(write(tmp_path, collection(feature(polygon(metres), n=1))))
    assert (facts["crs"], facts["crs_stated"]) == ("EPSG:28992", "no")
    assert table.schema.metadata[b"crs"] == b"EPSG:28992"


def test_numbers_that_are_neither_degrees_nor_rd_are_refused(tmp_path: Path) -> None:
    mercator = [[[700000, 6900000], [700100, 6900000], [700100, 6900100], [700000, 6900000]]]
    with pytest.raises(ContractError, match="geen graden en geen RD"):
        read_file(write(tmp_path, collection(feature(polygon(mercator), n=1))))


def test_a_feature_id_is_kept_beside_the_properties() -> None:
    table = write_feature_table(
        [{"id": "b.1", "properties": {"n": "1"}, "geometry": None}], crs=b"EPSG:4326", where="t"
    )
    assert table["feature_id"].to_pylist() == ["b.1"]


def test_a_geometry_collection_is_refused() -> None:
    with pytest.raises(ContractError, match="GeometryCollection"):
        write_geometry({"type": "GeometryCollection", "coordinates": [[1, 2]]}, where="t")

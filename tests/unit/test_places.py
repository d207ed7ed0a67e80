"""The places of a region: own areas, address files, postcodes of the map, or what is wrong."""

import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from lib.vector_tables import block, layout_of
from regiebeeld.catalogue import Region
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.domain import AreaLevel, CatalogueError, LinkError
from regiebeeld.pipeline.intake.linking import LinkFrame, Method, link_rows
from regiebeeld.pipeline.intake.places_addresses import (
    read_address_books,
    read_frequent_postcodes,
)
from regiebeeld.pipeline.intake.places_own import read_own_areas

LAYOUT = layout_of(2021, {"BU01530101": block(0, 0), "BU01530102": block(1, 0)})
GEMEENTEN = frozenset({"GM0153"})


def a_region(**own: object) -> Region:
    text = {"gemeente": "GM0153", "file": "eigen.geojson", "code": "nr", "name": "naam"}
    return Region.model_validate(
        {
            "id": "r", "title": "R", "vintage": 2021, "themes": ["t"],
            "gemeenten": [{"code": "GM0153", "name": "Enschede"}],
            "layouts": [{"vintage": 2021, "source": "kaart", "levels": ["buurt"]}],
            "sources": [{"source": "s"}],
            "own_areas": [{**text, **own}],
        }
    )  # fmt: skip


def a_square(x: float, y: float, size: float) -> list[list[list[float]]]:
    return [[[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]]


def write_map(folder: Path, **properties: str) -> None:
    feature = {
        "type": "Feature",
        "properties": properties,
        # 200.2-200.8 km, 450.2-450.8 km in RD New: inside the first buurt.
        "geometry": {"type": "Polygon", "coordinates": a_square(200_200, 450_200, 600)},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    found = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    (folder / "eigen.geojson").write_text(json.dumps(found), encoding="utf-8")


def read_own(folder: Path, region: Region):
    return read_own_areas(region, {2021: LAYOUT}, SimpleNamespace(files=folder))


def test_own_areas_of_a_file_link_rows_by_their_name_and_code(tmp_path: Path) -> None:
    write_map(tmp_path, nr="W7", naam="Het Stille Hoekje")
    own = read_own(tmp_path, a_region())
    within = LinkFrame({2021: LAYOUT}, own_areas=own, key=b"0" * 16)
    for keys in ({"area_name": ["het stille hoekje"]}, {"area_code": ["W7"]}):
        linked = link_rows({role: pa.array(texts) for role, texts in keys.items()}, None, within)
        assert linked.area.to_pylist() == ["BU01530101"]
        assert linked.method.tolist() == [Method.OWN_AREA]


@pytest.mark.parametrize(
    ("own", "error", "words"),
    [
        ({"file": "weg.geojson"}, LinkError, "weg.geojson"),
        ({"code": "nummer"}, LinkError, "het veld 'nummer'"),
        ({"gemeente": "GM0164"}, CatalogueError, "GM0164 hoort niet bij de regio"),
        ({"vintage": 2015}, CatalogueError, "indeling van 2015"),
        ({"file": "../buiten.geojson"}, CatalogueError, "buiten de map"),
    ],
)
def test_own_areas_that_cannot_be_read_name_their_file(tmp_path, own, error, words) -> None:
    write_map(tmp_path, nr="W7", naam="Het Stille Hoekje")
    with pytest.raises(error, match=words):
        read_own(tmp_path, a_region(**own))


def test_an_address_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pc6hnr2021.csv"
    path.write_text("PC6;Huisnummer;Buurt2021;Gem2021\n7511AB;1;01500101;0150\n", encoding="utf-8")
    with pytest.raises(LinkError, match=r"pc6hnr2021\.csv.*geen leesbaar adres"):
        read_address_books(tmp_path, GEMEENTEN)


def a_map(**columns: list[str | None]) -> tuple[SourceTerms, dict[AreaLevel, pa.Table]]:
    collection = {"level": "buurt", "collection": "b", "code": "code", "name": "naam",
                  "postcode": "pc4"}  # fmt: skip
    terms = SourceTerms.model_validate(
        {"kind": "pdok_ogc", "table": "x", "publisher": "P", "content": "areas",
         "collections": [collection]}
    )  # fmt: skip
    return terms, {AreaLevel.BUURT: pa.table(columns)}


def test_the_most_frequent_postcode_of_the_map_tells_the_gemeente() -> None:
    codes: list[str | None] = ["BU01530101", "BU01530102", "BU01500101", None, "BU0153010"]
    terms, tables = a_map(code=codes, pc4=["7511", "7512", "7411", "7513", "7514"])
    frequent = read_frequent_postcodes(terms, tables, LAYOUT)
    assert frequent is not None
    within = LinkFrame({2021: LAYOUT}, frequent={2021: frequent}, key=b"0" * 16)
    postcodes = pa.array(["7511", "7512AB", "7411", "7513"])
    linked = link_rows({"postcode4": postcodes}, None, within)
    assert linked.area.to_pylist() == ["BU01539999", "BU01539999", "GM0000", "GM0000"]
    assert linked.method.tolist()[:2] == [Method.POSTCODE4_GEMEENTE] * 2


def test_a_map_without_postcodes_stands_in_for_nothing() -> None:
    terms, tables = a_map(code=["BU01530101"])
    assert read_frequent_postcodes(terms, tables, LAYOUT) is None
    assert read_frequent_postcodes(terms, {}, LAYOUT) is None

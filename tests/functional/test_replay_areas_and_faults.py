"""Holds the replay server's areas against their files, and its faults to what they promise."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pyarrow as pa
import pyogrio.raw
import pytest
import shapely

from lib.replay import ReplayServer

YEARS = "/ODataFeed/odata/47018NED/TypedDataSet?$format=json"
SMALL = "/ODataFeed/odata/47018NED/Perioden?$format=json"


@pytest.fixture(scope="module")
def shared(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def server(shared: ReplayServer) -> Iterator[ReplayServer]:
    shared.requests.clear()
    yield shared
    shared.restore()


@pytest.fixture
def client(server: ReplayServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base, timeout=30, trust_env=False) as opened:
        yield opened


def items(year: int, collection: str) -> str:
    return f"/cbs/wijken-en-buurten-{year}/ogc/v1/collections/{collection}/items"


def read_features(client: httpx.Client, address: str, **query: str) -> list[dict]:
    """Follow `rel=next` to the end."""
    answer = client.get(address, params={"f": "json", "limit": "1000", **query}).json()
    found = answer["features"]
    while True:
        assert answer["numberReturned"] == len(answer["features"])
        following = [one["href"] for one in answer["links"] if one["rel"] == "next"]
        if not following:
            return found
        answer = client.get(following[0]).json()
        found += answer["features"]


def codes_of(features: list[dict], name: str) -> list[str]:
    return [one["properties"][name] for one in features]


def load(test_data: Path, name: str) -> list[dict]:
    return json.loads((test_data / "areas" / name).read_text("utf-8"))["features"]


# ---- areas ----


@pytest.mark.parametrize(
    ("collection", "count", "code"),
    [("gemeenten", 14, "gemeentecode"), ("wijken", 123, "wijkcode"), ("buurten", 531, "buurtcode")],
)
def test_paging_gives_every_area_of_2015_once(
    client: httpx.Client, collection: str, count: int, code: str
) -> None:
    found = codes_of(read_features(client, items(2015, collection), limit="50"), code)
    assert len(found) == len(set(found)) == count


def test_a_layer_of_2021_lies_where_its_own_map_says(client: httpx.Client, test_data: Path) -> None:
    buurten = read_features(client, items(2021, "buurten"))
    wijken = read_features(client, items(2021, "wijken"))
    published = load(test_data, "twente_2021/gemeenten.geojson")
    assert len(buurten) == 517
    assert set(codes_of(wijken, "wijkcode")) == set(codes_of(buurten, "wijkcode"))
    assert all(shape_of(one).is_valid for one in wijken)
    # Two independent conversions from RD: the PDOK map of gemeenten and ours of buurten.
    expected = shapely.union_all([shapely.make_valid(shape_of(one)) for one in published])
    for layer in (buurten, wijken):
        found = shapely.union_all([shapely.make_valid(shape_of(one)) for one in layer])
        assert found.symmetric_difference(expected).area / expected.area < 0.001


def shape_of(feature: dict) -> shapely.Geometry:
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def test_the_cut_names_of_2021_get_their_whole_names_back(
    client: httpx.Client, test_data: Path
) -> None:
    rows = [one["properties"] for one in read_features(client, items(2021, "gemeenten"))]
    for row in rows:
        ages = [value for name, value in row.items() if name.startswith("percentage_personen_")]
        assert len(ages) == 5
        assert 98 <= sum(ages) <= 102
        assert abs(row["mannen"] + row["vrouwen"] - row["aantal_inwoners"]) <= 10
        parts = (
            "eenpersoonshuishoudens",
            "huishoudens_zonder_kinderen",
            "huishoudens_met_kinderen",
        )
        assert 98 <= sum(row[f"percentage_{part}"] for part in parts) <= 102
        assert row["jrstatcode"] == f"2021{row['gemeentecode']}"
    meta, _, _, columns = pyogrio.raw.read(test_data / "areas/twente_2021/buurten.shp")
    source = dict(zip(meta["fields"], columns, strict=True))
    buurten = read_features(client, items(2021, "buurten"))
    assert codes_of(buurten, "aantal_inwoners") == source["aantal_inw"].tolist()
    assert -99999999 in codes_of(buurten, "percentage_ongehuwd")


def test_2014_serves_eight_gemeenten_and_their_invalid_buurten(
    client: httpx.Client, test_data: Path
) -> None:
    path = test_data / "areas/Buurt_2014_layer_q1e3.json"
    source = json.loads(path.read_text("utf-8"))["objects"]["layer"]["geometries"]
    eight = {"0484", "0503", "0513", "0518", "0553", "0603", "0629", "0637"}
    expected = {one["id"] for one in source if one["id"][2:6] in eight}
    buurten = read_features(client, items(2014, "buurten"))
    assert set(codes_of(buurten, "buurtcode")) == expected
    gemeenten = read_features(client, items(2014, "gemeenten"))
    assert {code[2:] for code in codes_of(gemeenten, "gemeentecode")} == eight
    assert all(shape_of(one).is_valid for one in gemeenten)
    assert not all(is_sound(one["geometry"]) for one in buurten)
    middle = shapely.Point(4.31, 52.08)
    inside = [one for one in gemeenten if shape_of(one).contains(middle)]
    assert codes_of(inside, "gemeentenaam") == ["'s-Gravenhage"]


def is_sound(geometry: dict) -> bool:
    """A ring of fewer than four places cannot even be read as a shape."""
    try:
        return bool(shapely.from_geojson(json.dumps(geometry)).is_valid)
    except shapely.GEOSException:
        return False


def test_a_filter_on_a_property_and_a_box_narrow_the_answer(client: httpx.Client) -> None:
    everything = read_features(client, items(2021, "buurten"))
    mine = read_features(client, items(2021, "buurten"), gemeentecode="GM0153")
    assert codes_of(mine, "buurtcode") == [
        code for code in codes_of(everything, "buurtcode") if code.startswith("BU0153")
    ]
    west, south, east, north = box = (6.88, 52.21, 6.91, 52.23)
    found = read_features(client, items(2021, "buurten"), bbox=",".join(map(str, box)))
    slow = []
    for one in everything:
        x0, y0, x1, y1 = shape_of(one).bounds
        if x0 <= east and x1 >= west and y0 <= north and y1 >= south:
            slow.append(one["properties"]["buurtcode"])
    assert 0 < len(slow) < len(everything)
    assert codes_of(found, "buurtcode") == slow


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (items(2021, "straten"), 404),
        (items(2021, "buurten") + "/BU99999999", 404),
        ("/cbs/wijken-en-buurten-1999/ogc/v1/collections", 404),
        (items(2021, "buurten") + "?kleur=rood", 400),
        (items(2021, "buurten") + "?bbox=1,2,x", 400),
        (items(2021, "buurten") + "?cursor=~~", 400),
        (items(2021, "buurten") + "?limit=0", 400),
    ],
)
def test_what_does_not_exist_or_cannot_be_read_is_a_problem(
    client: httpx.Client, address: str, status: int
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


def test_wfs_serves_2023_verbatim_and_pages(client: httpx.Client, test_data: Path) -> None:
    asked = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeName": "wijkenbuurten:gemeenten",
        "outputFormat": "json",
    }
    found: list[dict] = []
    for start in (0, 200):
        page = {**asked, "count": "200", "startIndex": f"{start}"}
        answer = client.get("/cbs/wijkenbuurten/2023/wfs/v1_0", params=page).json()
        found += answer["features"]
    assert answer["numberMatched"] == 343
    assert found == load(test_data, "nl_gemeenten_2023_pdokwfs.json")
    other = client.get("/cbs/wijkenbuurten/2021/wfs/v1_0", params=asked).json()["features"]
    assert "percentagePersonen0Tot15Jaar" in other[0]["properties"]
    wrong = client.get("/cbs/wijkenbuurten/2023/wfs/v1_0", params={**asked, "typeName": "x"})
    assert (wrong.status_code, "ExceptionReport" in wrong.text) == (400, True)


def test_wfs_in_rd_gives_back_the_metres_of_the_source(
    client: httpx.Client, test_data: Path
) -> None:
    asked = {
        "request": "GetFeature",
        "typeNames": "buurten",
        "outputFormat": "application/json",
        "srsName": "EPSG:28992",
    }
    found = client.get("/cbs/wijkenbuurten/2021/wfs/v1_0", params=asked).json()["features"]
    _, _, shapes, _ = pyogrio.raw.read(test_data / "areas/twente_2021/buurten.shp")
    pairs = zip(found, shapely.from_wkb(shapes), strict=True)
    assert max(abs(shape_of(one).area - source.area) for one, source in pairs) < 100  # m2


# ---- faults ----


def test_a_slow_answer_is_late_and_whole_and_only_so_often(
    client: httpx.Client, server: ReplayServer
) -> None:
    server.faults.slow("47018NED/Perioden", 0.3, times=1)
    started = time.perf_counter()
    assert client.get(SMALL).status_code == 200
    assert time.perf_counter() - started >= 0.3
    started = time.perf_counter()
    assert client.get(SMALL).status_code == 200
    assert time.perf_counter() - started < 0.3


def test_a_slow_answer_outlasts_an_impatient_client(server: ReplayServer) -> None:
    server.faults.slow("47018NED/Perioden", 5, times=1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(server.base + SMALL, timeout=0.2, trust_env=False)


def test_a_cut_answer_promises_more_than_it_brings(
    client: httpx.Client, server: ReplayServer
) -> None:
    whole = client.get(YEARS).content
    server.faults.cut("TypedDataSet", after_bytes=1_000, times=2)
    for _ in range(2):
        received: list[bytes] = []
        with client.stream("GET", YEARS) as answer:
            assert int(answer.headers["content-length"]) == len(whole)
            with pytest.raises(httpx.RemoteProtocolError):
                received.extend(answer.iter_raw())
        assert b"".join(received) == whole[:1_000]
    assert client.get(YEARS).content == whole


def test_a_status_comes_with_its_wait_and_hits_one_page_only(
    client: httpx.Client, server: ReplayServer
) -> None:
    server.faults.status("$skip=10000", 503, times=1, retry_after=7)
    first = client.get(YEARS)
    assert first.status_code == 200
    refused = client.get(first.json()["odata.nextLink"])
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert client.get(first.json()["odata.nextLink"]).status_code == 200


def test_an_empty_answer_and_a_page_of_maintenance(
    client: httpx.Client, server: ReplayServer
) -> None:
    server.faults.empty("Perioden")
    server.faults.body("Perioden", "<html>onderhoud</html>")
    assert (client.get(SMALL).status_code, client.get(SMALL).text) == (
        200,
        "<html>onderhoud</html>",
    )
    assert client.get(SMALL).json()["value"]
    assert len(server.requests) == 3
    server.faults.empty("Perioden")
    assert client.get(SMALL).content == b""


# ---- altered tables ----


def test_rows_lists_and_moments_can_be_altered_and_restored(
    client: httpx.Client, server: ReplayServer
) -> None:
    info = "/ODataApi/odata/47018NED/TableInfos"
    before = client.get(info).json()["value"][0]["Modified"]
    server.set_modified("47018NED", "2026-02-03T02:00:00")
    server.patch_rows("47018NED", lambda rows: pa.concat_tables([rows.slice(0, 3)] * 2))
    assert client.get(info).json()["value"][0]["Modified"] == "2026-02-03T02:00:00"
    assert [row["ID"] for row in client.get(YEARS).json()["value"]] == [0, 1, 2, 0, 1, 2]
    server.patch_rows("47018NED", lambda rows: rows.select(rows.column_names[::-1]))
    assert next(iter(client.get(YEARS).json()["value"][0])) == "GeregistreerdeMisdrijven_1"
    server.set_rows("47018NED", [{"ID": 1, "Anders": "x"}])
    assert client.get(YEARS).json()["value"] == [{"ID": 1, "Anders": "x"}]
    server.set_rows("47018NED", [])
    assert client.get(YEARS).json()["value"] == []
    server.restore()
    assert client.get(info).json()["value"][0]["Modified"] == before
    assert client.get(YEARS + "&$top=4").json()["value"][3]["ID"] == 3


def test_lists_can_be_altered_and_a_table_added(client: httpx.Client, server: ReplayServer) -> None:
    server.set_list("47018NED", "Perioden", [{"Key": "2024KW01", "Status": "Voorlopig"}])
    assert client.get(SMALL).json()["value"] == [{"Key": "2024KW01", "Status": "Voorlopig"}]
    server.add_table(replace(server.read_table("47018NED"), name="47999NED"))
    other = YEARS.replace("47018NED", "47999NED") + "&$inlinecount=allpages&$orderby=ID desc&$top=1"
    answer = client.get(other).json()
    assert (answer["odata.count"], answer["value"][0]["ID"]) == ("57624", 57_623)


def test_a_removed_or_unknown_table_is_not_found(
    client: httpx.Client, server: ReplayServer
) -> None:
    server.remove_table("47018NED")
    assert client.get(YEARS).status_code == 404
    assert client.get("/ODataFeed/odata/99999NED/TypedDataSet?$format=json").status_code == 404
    assert client.get("/ODataFeed/odata/85984NED/Nergens?$format=json").status_code == 404
    assert client.get("/iets/anders").status_code == 404
    with pytest.raises(KeyError):
        server.set_modified("99999NED", "2026-01-01")


def test_version_4_and_areas_can_be_altered_too(client: httpx.Client, server: ReplayServer) -> None:
    server.set_modified("83625NED", "2026-03-01T00:00:00+01:00")
    server.set_rows("83625NED", [{"Id": 1, "Value": 2}])
    path = "/odata/v1/CBS/83625NED"
    assert client.get(f"{path}/Properties").json()["Modified"] == "2026-03-01T00:00:00+01:00"
    assert client.get(f"{path}/Observations").json()["value"] == [{"Id": 1, "Value": 2}]
    feature = {"type": "Feature", "id": "BU1", "properties": {"buurtcode": "BU1"}, "geometry": None}
    server.set_features(2030, "buurten", [feature])
    assert read_features(client, items(2030, "buurten")) == [feature]


# ---- the server itself ----


def test_it_starts_at_once_and_stops_with_a_connection_open(test_data: Path) -> None:
    started = time.perf_counter()
    with ReplayServer(test_data) as server, httpx.Client(trust_env=False) as client:
        assert time.perf_counter() - started < 1
        assert server.tables.built == {}
        assert client.get(server.base + SMALL).status_code == 200
        assert server.requests == [("GET", SMALL)]
        server.stop()
        with pytest.raises(httpx.TransportError):
            client.get(server.base + SMALL)


def test_by_hand_it_prints_the_settings_that_lead_to_it(test_data: Path) -> None:
    folder = Path(__file__).parents[1]
    command = [sys.executable, "-m", "lib.replay", "--port", "0", "--test-data"]
    with subprocess.Popen(
        [*command, str(test_data.resolve())],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in range(5)]
        settings = dict(line[1].split("=", 1) for line in lines)
        address = settings["REGIEBEELD_CBS_DATADERDEN"] + SMALL
        assert httpx.get(address, trust_env=False).json()["value"][0]["Key"] == "2012JJ00"
        process.terminate()
    assert set(settings) == {
        "REGIEBEELD_CBS_DATADERDEN",
        "REGIEBEELD_CBS_OPENDATA",
        "REGIEBEELD_CBS_ODATA4",
        "REGIEBEELD_PDOK_OGC",
        "REGIEBEELD_PDOK_WFS",
    }

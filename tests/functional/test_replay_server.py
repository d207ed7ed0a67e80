"""Holds the replay server against the public CBS clients, unmodified, and against its sources."""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import cbsodata
import cbsodata4
import httpx
import pytest
import requests

from lib.replay import ReplayServer

TWENTE = [
    "GM0141",
    "GM0147",
    "GM1774",
    "GM0153",
    "GM0158",
    "GM0163",
    "GM0164",
    "GM1735",
    "GM0168",
    "GM0173",
    "GM1742",
    "GM0183",
    "GM1700",
    "GM0189",
]
COUNT = "GeregistreerdeMisdrijven_1"
YEARS = "/ODataFeed/odata/47018NED/TypedDataSet"
MONTHS = "/ODataFeed/odata/47022NED/TypedDataSet"
HOMES = "SoortMisdrijf eq '1.1.1 '"
ENSCHEDE = f"{HOMES} and WijkenEnBuurten eq 'GM0153    '"


@pytest.fixture(scope="module")
def shared(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as server:
        yield server
        assert server.errors == []


@pytest.fixture
def server(shared: ReplayServer) -> Iterator[ReplayServer]:
    """The one server, with every change and fault of a test undone."""
    shared.requests.clear()
    yield shared
    shared.restore()


@pytest.fixture
def client(server: ReplayServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.base, timeout=30, trust_env=False) as opened:
        yield opened


@pytest.fixture
def over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cbsodata` has an option for this: its code stays as it is."""
    monkeypatch.setattr(cbsodata.options, "use_https", False)
    monkeypatch.setattr(cbsodata.options, "requests", {"proxies": {}})


def host_of(server: ReplayServer, name: str) -> str:
    return f"{server.base.removeprefix('http://')}/{name}"


def year_counts(test_data: Path) -> dict[str, dict[str, dict[str, int]]]:
    path = test_data / "police/47018NED_gemeente_2012_2025_data.json"
    return json.loads(path.read_text("utf-8"))["counts"]


def month_source(test_data: Path) -> list[dict[str, str]]:
    path = test_data / "police/haaglanden_buurt_maand_2011_2015.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_all(client: httpx.Client, path: str, **query: str) -> list[dict]:
    """Follow odata.nextLink to the end."""
    rows: list[dict] = []
    answer = client.get(path, params={"$format": "json", **query}).raise_for_status().json()
    while True:
        rows += answer["value"]
        if "odata.nextLink" not in answer:
            return rows
        answer = client.get(answer["odata.nextLink"]).raise_for_status().json()


def ask(client: httpx.Client, path: str, **query: str) -> httpx.Response:
    return client.get(path, params={"$format": "json", **query})


# ---- cbsodata 1.3.5 ----


@pytest.mark.usefixtures("over_http")
@pytest.mark.parametrize(("year", "published"), [("2024", 800), ("2025", 855)])
def test_cbsodata_gets_the_published_burglaries_of_twente(
    server: ReplayServer, year: str, published: int
) -> None:
    mine = " or ".join(f"WijkenEnBuurten eq '{code}    '" for code in TWENTE)
    rows = cbsodata.get_data(
        "47018NED",
        filters=f"({HOMES}) and (Perioden eq '{year}JJ00') and ({mine})",
        catalog_url=host_of(server, "dataderden"),
    )
    assert len(rows) == len(TWENTE)
    assert sum(row[COUNT] for row in rows) == published
    assert {row["SoortMisdrijf"] for row in rows} == {"1.1.1 Diefstal/inbraak woning"}


@pytest.mark.usefixtures("over_http")
def test_cbsodata_gets_every_cell_of_the_year_table_once(
    server: ReplayServer, test_data: Path
) -> None:
    address = host_of(server, "dataderden")
    rows = cbsodata.download_data("47018NED", catalog_url=address)["TypedDataSet"]
    expected = {
        (delict.ljust(6), area.ljust(10), f"{year}JJ00"): count
        for delict, areas in year_counts(test_data).items()
        for area, years in areas.items()
        for year, count in years.items()
    }
    found = {(r["SoortMisdrijf"], r["WijkenEnBuurten"], r["Perioden"]): r[COUNT] for r in rows}
    assert len(rows) == 57_624 == len(found)
    assert found == expected
    assert sum("TypedDataSet" in path and "skip" in path for _, path in server.requests) == 5


@pytest.mark.usefixtures("over_http")
def test_cbsodata_reads_untyped_measures_lists_and_catalogue(server: ReplayServer) -> None:
    address = host_of(server, "opendata")
    # `typed=True` of this client leaves the *typed* rows out: so it gets the untyped ones.
    rows = cbsodata.get_data(
        "03759ned", typed=True, filters="RegioS eq 'GM0153'", catalog_url=address
    )
    assert {row["RegioS"] for row in rows} == {"Enschede"}
    assert re.fullmatch(r" +\d{6}", rows[0]["BevolkingOp1Januari_1"])
    listed = {row["Identifier"] for row in cbsodata.get_table_list(catalog_url=address)}
    assert listed == {"85984NED", "03759ned"}
    assert cbsodata.get_info("85984NED", catalog_url=address)["Modified"] == "2024-08-16T02:00:00"
    assert len(cbsodata.get_meta("85984NED", "WijkenEnBuurten", catalog_url=address)) == 18_310


@pytest.mark.usefixtures("over_http")
def test_a_table_is_not_found_at_the_wrong_host(server: ReplayServer) -> None:
    with pytest.raises(requests.HTTPError, match="404"):
        cbsodata.get_info("47018NED", catalog_url=host_of(server, "opendata"))


# ---- cbsodata4 0.1.3 ----


def test_cbsodata4_gets_every_captured_observation(
    server: ReplayServer, test_data: Path, tmp_path: Path
) -> None:
    capture = test_data / "odata4/83625NED/observations-page-1.json"
    source = json.loads(capture.read_text("utf-8"))["value"]
    found = cbsodata4.get_observations(
        "83625NED", download_dir=tmp_path / "all", base_url=f"{server.base}/odata/v1"
    )
    assert len(found) == 8_195
    assert found["Id"].tolist() == [row["Id"] for row in source]
    values = [None if value != value else value for value in found["Value"].tolist()]
    assert values == [row["Value"] for row in source]
    assert found["ValueAttribute"].tolist() == [row["ValueAttribute"] for row in source]


def test_cbsodata4_filters_and_labels(server: ReplayServer, tmp_path: Path) -> None:
    found = cbsodata4.get_observations(
        "83625NED",
        download_dir=tmp_path / "some",
        base_url=f"{server.base}/odata/v1",
        RegioS=["GM0153", "GM0141"],
        Perioden="2024JJ00",
    )
    labelled = cbsodata4.add_label_columns(found)
    # Read by hand from the capture.
    assert dict(zip(labelled["RegioSLabel"], labelled["Value"], strict=True))["Enschede"] == 345393
    assert len(found) == 2
    datasets = cbsodata4.get_datasets(base_url=f"{server.base}/odata/v1")
    assert datasets["Identifier"].tolist() == ["83625NED"]
    codes = cbsodata4.get_metadata("83625NED", base_url=f"{server.base}/odata/v1").meta_dict
    assert {"RegioSCodes", "RegioSGroups", "PeriodenCodes", "MeasureCodes"} <= set(codes)


def test_odata4_pages_count_and_links_stay_on_the_loopback(client: httpx.Client) -> None:
    path = "/odata/v1/CBS/83625NED/Observations"
    first = client.get(path, params={"$count": "true"}).json()
    second = client.get(first["@odata.nextLink"]).json()
    assert (first["@odata.count"], len(first["value"]), len(second["value"])) == (8195, 5000, 3195)
    assert "@odata.nextLink" not in second
    assert client.get(f"{path}/$count").text == "8195"
    assert "datasets.cbs.nl" not in client.get("/odata/v1/CBS/83625NED/Dimensions").text
    asked = {"$filter": "startswith(RegioS,'GM01') and Perioden in ('2024JJ00','2025JJ00')"}
    rows = client.get(path, params={**asked, "$select": "RegioS,Perioden"}).json()["value"]
    assert {row["RegioS"][:4] for row in rows} == {"GM01"}
    assert {row["Perioden"] for row in rows} == {"2024JJ00", "2025JJ00"}
    assert client.get("/odata/v1/CBS/99999NED").status_code == 404


# ---- OData v3, by hand ----


def test_above_ten_thousand_rows_the_api_fails_and_the_feed_pages(client: httpx.Client) -> None:
    api = YEARS.replace("Feed", "Api")
    refused = ask(client, api)
    assert refused.status_code == 500
    assert "10000" in refused.json()["odata.error"]["message"]["value"]
    assert len(ask(client, api, **{"$top": "10000"}).json()["value"]) == 10_000
    assert len(ask(client, api, **{"$filter": ENSCHEDE}).json()["value"]) == 14


def test_a_next_link_carries_the_whole_query(client: httpx.Client, server: ReplayServer) -> None:
    asked = {"$filter": "startswith(SoortMisdrijf,'1.')", "$select": "ID,Perioden", "$top": "25000"}
    following = ask(client, f"/dataderden{YEARS}", **asked).json()["odata.nextLink"]
    query = httpx.URL(following).params
    assert following.startswith(f"{server.base}/dataderden{YEARS}?")
    assert dict(query) == asked | {"$format": "json", "$top": "15000", "$skip": "10000"}
    rows = read_all(client, YEARS, **asked)
    assert len({row["ID"] for row in rows}) == len(rows) == 25_000
    assert set(rows[0]) == {"ID", "Perioden"}


def test_a_key_without_its_padding_finds_nothing(client: httpx.Client) -> None:
    assert len(read_all(client, YEARS, **{"$filter": ENSCHEDE})) == 14
    for wrong in (ENSCHEDE.replace("1.1.1 ", "1.1.1"), ENSCHEDE.replace("GM0153    ", "GM0153")):
        assert read_all(client, YEARS, **{"$filter": wrong}) == []


@pytest.mark.parametrize(
    ("text", "keeps"),
    [
        ("Perioden ge '2024JJ00'", lambda row: row["Perioden"] >= "2024JJ00"),
        ("startswith(Perioden,'201')", lambda row: row["Perioden"].startswith("201")),
        ("substringof('015',WijkenEnBuurten)", lambda row: "015" in row["WijkenEnBuurten"]),
        ("substring(Perioden,2,2) eq '24'", lambda row: row["Perioden"][2:4] == "24"),
        (f"not ({COUNT} lt 100) or {COUNT} eq 7", lambda row: row[COUNT] >= 100 or row[COUNT] == 7),
        (f"{COUNT} gt 5 and {COUNT} le 9", lambda row: 5 < row[COUNT] <= 9),
        ("Perioden ne '2024JJ00' and (ID lt 9 or ID eq 12)",
         lambda row: row["Perioden"] != "2024JJ00" and row["ID"] in {*range(9), 12}),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_the_slow_obvious_version_keeps(
    client: httpx.Client, server: ReplayServer, text: str, keeps: object
) -> None:
    server.patch_rows("47018NED", lambda rows: rows.slice(0, 9_000))
    everything = read_all(client, YEARS)
    expected = [row for row in everything if keeps(row)]  # type: ignore[operator]
    assert 0 < len(expected) < len(everything)
    assert read_all(client, YEARS, **{"$filter": text}) == expected


@pytest.mark.parametrize("text", ["Perioden eq", "Nergens eq 'x'", "fout(Perioden)", "a ~ b", "("])
def test_a_filter_that_is_not_one_is_refused(client: httpx.Client, text: str) -> None:
    answer = ask(client, YEARS, **{"$filter": text})
    assert answer.status_code == 400
    assert "odata.error" in answer.json()


def test_without_json_an_entry_looks_like_the_captured_one(
    client: httpx.Client, test_data: Path
) -> None:
    asked = {"$filter": f"{HOMES} and WijkenEnBuurten eq 'GM0518    '", "$top": "1"}
    answer = client.get(MONTHS, params=asked)
    captured = ElementTree.parse(test_data / "police/47022NED_atom_v3_sample.xml").getroot()  # noqa: S314
    assert answer.headers["content-type"].startswith("application/atom+xml")
    found = ElementTree.fromstring(answer.text)  # noqa: S314
    assert entry_shape(found) == entry_shape(captured)


def entry_shape(feed: ElementTree.Element) -> list[tuple[str, list[str]]]:
    """Names and attribute names of all elements of one feed, in order."""
    return [(one.tag, sorted(one.attrib)) for one in feed.iter()]


# ---- the tables against their sources ----


def test_the_month_table_sums_to_the_source_at_every_level(
    client: httpx.Client, test_data: Path
) -> None:
    names = {"100": "1.2.3 ", "101": "1.2.3 ", "104": "1.1.1 ", "110": "1.4.5 ", "117": "1.4.7 "}
    source: Counter[str] = Counter()
    burglaries = {}
    for row in month_source(test_data):
        if row["delict"] in names:
            source[names[row["delict"]]] += int(row["aantal"])
        if row["delict"] == "104":
            key = (f"BU0{row['buurt']}", f"{row['jaar']}MM{int(row['maand']):02}")
            burglaries[key] = int(row["aantal"])
    rows = read_all(client, MONTHS)
    for level in ("GM", "WK", "BU"):
        found: Counter[str] = Counter()
        for row in rows:
            if row["WijkenEnBuurten"].startswith(level):
                found[row["SoortMisdrijf"]] += row[COUNT]
        assert {name: found[name] for name in source} == dict(source)
    mine = [
        row for row in rows if row["SoortMisdrijf"] == "1.1.1 " and row["WijkenEnBuurten"][0] == "B"
    ]
    assert {(row["WijkenEnBuurten"], row["Perioden"]): row[COUNT] for row in mine} == burglaries
    assert "0.0.0 " not in {row["SoortMisdrijf"] for row in rows}
    assert len({row["ID"] for row in rows}) == len(rows)


def test_the_area_list_of_the_month_table_names_what_the_rows_use(client: httpx.Client) -> None:
    areas = read_all(client, MONTHS.replace("TypedDataSet", "WijkenEnBuurten"))
    titles = {row["Key"]: row["Title"] for row in areas}
    assert titles["GM0518    "] == "'s-Gravenhage"
    assert titles["BU04840201"] == "Ridderbuurt"
    assert sum(key.startswith("BU") for key in titles) == 341
    periods = read_all(client, MONTHS.replace("TypedDataSet", "Perioden"))
    assert (periods[0]["Key"], periods[-1]["Key"], len(periods)) == ("2011MM01", "2015MM12", 60)


def test_provisional_years_say_so(client: httpx.Client) -> None:
    rows = read_all(client, YEARS.replace("TypedDataSet", "Perioden"))
    assert {row["Key"] for row in rows if row["Status"] == "Voorlopig"} == {"2024JJ00", "2025JJ00"}
    assert len(rows) == 14


def test_key_figures_hold_every_buurt_with_its_zeros(client: httpx.Client) -> None:
    rows = read_all(client, "/ODataFeed/odata/85984NED/TypedDataSet")
    buurten = [row for row in rows if row["SoortRegio_2"] == "Buurt     "]
    # Both counts stand in the README of the data.
    assert len(buurten) == 14_574
    assert sum(row["AantalInwoners_5"] == 0 for row in buurten) == 478
    gemeenten = {row["Codering_3"]: row for row in rows if row["SoortRegio_2"] == "Gemeente  "}
    assert len(gemeenten) == 342
    enschede = read_all(client, "/ODataFeed/odata/03759ned/TypedDataSet",
                        **{"$filter": "RegioS eq 'GM0153' and Perioden eq '2024JJ00'"})  # fmt: skip
    assert gemeenten["GM0153    "]["AantalInwoners_5"] == enschede[0]["BevolkingOp1Januari_1"]
    everyone = read_all(client, "/ODataFeed/odata/03759ned/TypedDataSet")
    assert len({row["RegioS"] for row in everyone}) == 441

"""Fetching over the real protocols: whole, resumable, patient, and never half-published."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from lib.replay import ReplayServer
from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources import (
    Snapshot,
    TableRequest,
    fetch,
    read_part,
    read_snapshots,
    snapshot_as_of,
)
from regiebeeld.settings import Settings

PAGE = 200  # rows; small, so that a table has many pages
TWENTE = ("GM0141", "GM0147", "GM0153")
REGION = (
    *("GM0141", "GM0147", "GM1774", "GM0153", "GM0158", "GM0163", "GM0164"),
    *("GM1735", "GM0168", "GM0173", "GM1742", "GM0183", "GM1700", "GM0189"),
)
# The end of the question about TWENTE, so that a fault hits rows and not a key list.
ROWS = "'GM0153'))&$skip="


@pytest.fixture(scope="module")
def one_server(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data, page_size=PAGE, odata4_page_size=1000) as server:
        yield server


@dataclass
class Desk:
    """One server, one folder of copies, and what was told meanwhile."""

    server: ReplayServer
    settings: Settings
    told: list[tuple[int, int | None, str]]

    def fetch(self, request: TableRequest, *, anew: bool = False) -> Snapshot:
        def progress(done: int, total: int | None, what: str) -> None:
            self.told.append((done, total, what))

        return fetch(request, settings=self.settings, progress=progress, anew=anew)

    def asked(self, part: str) -> list[str]:
        return [unquote(path) for _, path in self.server.requests if part in unquote(path)]

    @property
    def copies(self) -> Path:
        return self.settings.unprotected / "copies"

    def crimes(self, **more: object) -> TableRequest:
        asked = TableRequest(
            source="police_year",
            kind="cbs_odata3",
            base=self.server.base,
            table="47018NED",
            prefixes={"WijkenEnBuurten": TWENTE},  # type: ignore[arg-type]
        )
        return replace(asked, **more)  # type: ignore[arg-type]

    def prices(self, **more: object) -> TableRequest:
        asked = TableRequest("prices", "cbs_odata4", self.server.base, "83625NED")
        return replace(asked, **more)  # type: ignore[arg-type]

    def areas(self, year: int, names: str, kind: str = "pdok_ogc") -> TableRequest:
        path = {
            "pdok_ogc": f"cbs/wijken-en-buurten-{year}/ogc/v1",
            "pdok_wfs": f"cbs/wijkenbuurten/{year}/wfs/v1_0",
        }[kind]
        return TableRequest("areas", kind, f"{self.server.base}/{path}", names)


@pytest.fixture
def desk(one_server: ReplayServer, tmp_path: Path) -> Iterator[Desk]:
    one_server.requests.clear()
    settings = Settings(
        var=tmp_path, fetch_attempts=3, fetch_backoff_seconds=0.01, fetch_timeout_seconds=10
    )
    yield Desk(one_server, settings, [])
    one_server.restore()


def served(desk: Desk, table: str) -> pa.Table:
    return desk.server.read_table(table).rows


def test_a_v3_table_is_copied_as_the_source_has_it(desk: Desk) -> None:
    snapshot = desk.fetch(desk.crimes())
    data = read_part(snapshot, "TypedDataSet")
    rows = served(desk, "47018NED")
    mine = rows.filter(pc.is_in(pc.utf8_trim(rows["WijkenEnBuurten"], " "), pa.array(TWENTE)))
    assert data.num_rows == mine.num_rows > 2 * PAGE
    assert set(data.schema.types) == {pa.string()}
    for name in data.column_names:
        assert data[name].to_pylist() == mine[name].cast(pa.string()).to_pylist(), name
    assert data["WijkenEnBuurten"][0].as_py() == "GM0141    "
    assert set(snapshot.part_names) >= {
        "TableInfos",
        "DataProperties",
        "SoortMisdrijf",
        "WijkenEnBuurten",
        "Perioden",
    }
    assert read_part(snapshot, "SoortMisdrijf")["Key"][0].as_py() == "0.0.0 "
    assert snapshot.modified == "2024-08-15T02:00:00"
    assert snapshot.facts["status"] == "Regulier"
    assert snapshot.facts["rows_counted_by_source"] == str(data.num_rows)


def test_the_whole_police_year_table_has_the_published_counts(desk: Desk, test_data: Path) -> None:
    """800 home burglaries in Twente in 2024 and 855 in 2025 (description of the real data)."""
    keys = {
        "WijkenEnBuurten": REGION,
        "SoortMisdrijf": ["1.1.1"],
        "Perioden": ["2024JJ00", "2025JJ00"],
    }
    data = read_part(desk.fetch(desk.crimes(keys=keys, prefixes={})), "TypedDataSet")
    sums = {"2024JJ00": 0, "2025JJ00": 0}
    for row in data.to_pylist():
        sums[row["Perioden"]] += int(row["GeregistreerdeMisdrijven_1"])
    assert sums == {"2024JJ00": 800, "2025JJ00": 855}
    (asked,) = {path for path in desk.asked("/TypedDataSet?") if "$skip" not in path}
    assert "WijkenEnBuurten eq 'GM0141    '" in asked
    assert "SoortMisdrijf eq '1.1.1 '" in asked


def test_long_key_lists_are_asked_in_short_addresses_and_lose_nothing(desk: Desk) -> None:
    rows = served(desk, "47018NED")
    areas = sorted({code.strip() for code in rows["WijkenEnBuurten"].to_pylist()})
    keys = {"WijkenEnBuurten": areas, "Perioden": ["2019JJ00"]}
    snapshot = desk.fetch(desk.crimes(keys=keys, prefixes={}))
    mine = rows.filter(pc.equal(rows["Perioden"], "2019JJ00"))
    assert len(snapshot.addresses) > 5
    assert max(map(len, snapshot.addresses)) <= 2000
    data = read_part(snapshot, "TypedDataSet")
    assert sorted(map(int, data["ID"].to_pylist())) == sorted(mine["ID"].to_pylist())


def test_a_v4_table_keeps_attributes_and_literal_numbers(desk: Desk) -> None:
    """The capture itself: 8,195 observations, the first 230194; Impossible has no value."""
    snapshot = desk.fetch(desk.prices())
    data = read_part(snapshot, "Observations")
    assert data.num_rows == 8195
    assert data.slice(0, 1).to_pylist()[0] == {
        "Id": "20",
        "Measure": "M001534",
        "ValueAttribute": "None",
        "Value": "230194",
        "StringValue": None,
        "RegioS": "NL01",
        "Perioden": "2015JJ00",
    }
    impossible = data.filter(pc.equal(data["ValueAttribute"], "Impossible"))
    assert impossible.num_rows > 0
    assert impossible["Value"].null_count == impossible.num_rows
    assert read_part(snapshot, "PeriodenCodes")["Status"][0].as_py() == "Definitief"
    assert snapshot.facts["observations_not_given"] == str(23095 - 8195)
    assert len(desk.asked("/Observations")) == 9  # pages of 1,000


def test_v4_keys_narrow_the_question(desk: Desk) -> None:
    keys = {"RegioS": ["GM0141", "GM0153"], "Perioden": ["2020JJ00"]}
    data = read_part(desk.fetch(desk.prices(keys=keys)), "Observations")
    assert sorted(data["RegioS"].to_pylist()) == ["GM0141", "GM0153"]


@pytest.mark.parametrize("kind", ["pdok_ogc", "pdok_wfs"])
def test_areas_come_with_every_feature_and_shape(desk: Desk, kind: str) -> None:
    """343 features of 2023 as the description of the real data says, abroad (GM0998) included."""
    snapshot = desk.fetch(desk.areas(2023, "gemeenten", kind))
    table = read_part(snapshot, "gemeenten")
    assert table.num_rows == 343
    assert table.schema.metadata[b"crs"] == b"EPSG:4326"
    west, south, east, north = shapely.total_bounds(
        shapely.from_wkb(table["geometry"].drop_null().to_pylist())
    )
    assert 2.5 < west < east < 7.5
    assert 50.5 < south < north < 56.0
    (groningen,) = [row for row in table.to_pylist() if row["gemeentenaam"] == "Groningen"]
    people = groningen.get("aantal_inwoners") or groningen.get("aantalInwoners")
    assert people == "238147"


def test_collections_each_become_a_part(desk: Desk) -> None:
    """14, 123 and 531 features in 2015, as the description of the real data says."""
    snapshot = desk.fetch(desk.areas(2015, "gemeenten,wijken,buurten"))
    assert [(part.name, part.rows) for part in snapshot.parts] == [
        ("gemeenten", 14),
        ("wijken", 123),
        ("buurten", 531),
    ]
    assert snapshot.data_part == "gemeenten"


@pytest.mark.parametrize(("kind", "page"), [("pdok_ogc", "/items?"), ("pdok_wfs", "startIndex=")])
def test_areas_of_many_pages_lose_none_and_can_be_resumed(desk: Desk, kind: str, page: str) -> None:
    """2,124 features, the buurten of 2015 four times over, come in three pages of 1,000 at most."""
    buurten = desk.server.features.read(2015, "buurten") or []
    many = [
        {**one, "properties": {**one["properties"], "buurtnaam": f"{turn}-{place}"}}
        for turn in range(4)
        for place, one in enumerate(buurten)
    ]
    desk.server.set_features(2015, "buurten", many)
    request = desk.areas(2015, "buurten", kind)
    snapshot = desk.fetch(request)
    names = read_part(snapshot, "buurten")["buurtnaam"].to_pylist()
    assert names == [one["properties"]["buurtnaam"] for one in many]
    assert len(desk.asked(page)) == 3
    second = desk.asked(page)[1].rpartition("&")[2]
    desk.server.faults.cut(second, 500, times=3)
    refused(desk, replace(request, source="again"), FetchError, "brak halverwege af")
    desk.server.requests.clear()
    assert desk.fetch(replace(request, source="again")).parts == snapshot.parts
    assert len(desk.asked(page)) == 2


def page_of(*names: str, **more: object) -> str:
    point = {"type": "Point", "coordinates": [240000, 480000]}
    features = [{"type": "Feature", "properties": {"n": n}, "geometry": point} for n in names]
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


def test_a_cursor_that_leads_back_is_refused(desk: Desk) -> None:
    base = desk.areas(2024, "gemeenten").base
    link = {"rel": "next", "href": f"{base}/collections/gemeenten/items?f=json&limit=1000"}
    desk.server.faults.body("/items?", page_of("a", links=[link]), times=9)
    refused(desk, desk.areas(2024, "gemeenten"), FetchError, "verwijst als volgende pagina naar")
    assert len(desk.asked("/items?")) == 1


def test_a_cursor_to_another_host_is_refused(desk: Desk) -> None:
    link = {"rel": "next", "href": "https://elders.nl/items?cursor=1"}
    desk.server.faults.body("/items?", page_of("a", links=[link]), times=9)
    refused(desk, desk.areas(2024, "gemeenten"), FetchError, "andere computer")


def test_a_next_link_of_cbs_to_another_host_is_refused(desk: Desk) -> None:
    body = {"odata.nextLink": "https://elders.nl/TypedDataSet", "value": [{"ID": 1}]}
    desk.server.faults.body("'GM0153'))", json.dumps(body), times=9)
    refused(desk, desk.crimes(), FetchError, "andere computer")


def test_a_wfs_that_ignores_the_page_is_refused(desk: Desk) -> None:
    desk.server.faults.body("startIndex=", page_of("a", "b", numberMatched=4), times=9)
    refused(desk, desk.areas(2023, "gemeenten", "pdok_wfs"), FetchError, "dezelfde rijen")
    assert len(desk.asked("startIndex=")) == 2


@pytest.mark.parametrize(("kind", "part"), [("pdok_ogc", "/items?"), ("pdok_wfs", "startIndex=")])
def test_fewer_features_than_announced_are_refused(desk: Desk, kind: str, part: str) -> None:
    desk.server.faults.body(part, page_of("a", numberMatched=3), times=1)
    desk.server.faults.body(part, page_of(numberMatched=3), times=1)
    words = "kondigt 3 objecten aan, maar gaf er 1"
    refused(desk, desk.areas(2023, "gemeenten", kind), FetchError, words)


def test_a_wfs_that_answers_in_rd_says_so_in_the_copy(desk: Desk) -> None:
    rd = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    desk.server.faults.body("startIndex=", page_of("a", crs=rd))
    snapshot = desk.fetch(desk.areas(2023, "gemeenten", "pdok_wfs"))
    table = read_part(snapshot, "gemeenten")
    assert table.schema.metadata[b"crs"] == b"EPSG:28992"
    assert shapely.from_wkb(table["geometry"][0].as_py()).x == 240000


def test_a_report_in_xml_is_told(desk: Desk) -> None:
    desk.server.faults.body("startIndex=", "<ows:ExceptionReport/>")
    refused(desk, desk.areas(2023, "gemeenten", "pdok_wfs"), ContractError, "ExceptionReport")
    assert len(desk.asked("startIndex=")) == 1


def test_an_empty_collection_is_refused(desk: Desk) -> None:
    desk.server.faults.body("/items?", page_of())
    refused(desk, desk.areas(2024, "gemeenten"), ContractError, "is leeg")


def test_another_number_of_rows_than_the_source_counts_is_refused(desk: Desk) -> None:
    desk.server.faults.body("/TypedDataSet/$count", "503")
    refused(desk, desk.crimes(), FetchError, "telt zelf 503 rijen")


def test_a_server_that_does_not_count_is_believed(desk: Desk) -> None:
    desk.server.faults.status("/TypedDataSet/$count", 404)
    assert desk.fetch(desk.crimes()).facts["rows_counted_by_source"] == ""


def test_nothing_is_fetched_again_when_nothing_changed(desk: Desk) -> None:
    first = desk.fetch(desk.crimes())
    desk.server.requests.clear()
    assert desk.fetch(desk.crimes()) == first
    assert desk.asked("/") == desk.asked("/TableInfos")
    assert len(read_snapshots(desk.copies, "police_year")) == 1
    assert "niets nieuws" in desk.told[-1][2]


def test_anew_fetches_again_and_keeps_both(desk: Desk) -> None:
    first = desk.fetch(desk.crimes())
    second = desk.fetch(desk.crimes(), anew=True)
    assert read_snapshots(desk.copies, "police_year") == [first, second]
    assert first.parts == second.parts


def test_a_changed_table_is_a_new_snapshot_and_the_old_one_stays(desk: Desk) -> None:
    first = desk.fetch(desk.crimes())
    desk.server.set_modified("47018NED", "2026-09-15T02:00:00")
    desk.server.patch_rows(
        "47018NED", lambda rows: rows.filter(pc.not_equal(rows["WijkenEnBuurten"], "GM0141    "))
    )
    second = desk.fetch(desk.crimes())
    assert second.modified == "2026-09-15T02:00:00"
    was, now = (
        set(read_part(each, "TypedDataSet")["WijkenEnBuurten"].to_pylist())
        for each in (first, second)
    )
    assert was - now == {"GM0141    "}
    assert snapshot_as_of(desk.copies, "police_year", first.moment) == first
    assert snapshot_as_of(desk.copies, "police_year", second.moment) == second


def test_another_question_is_fetched_though_the_table_did_not_change(desk: Desk) -> None:
    desk.fetch(desk.crimes())
    other = desk.fetch(desk.crimes(prefixes={"WijkenEnBuurten": ["GM0158"]}))
    assert set(read_part(other, "TypedDataSet")["WijkenEnBuurten"].to_pylist()) == {"GM0158    "}


def test_a_source_without_a_date_keeps_its_copy_when_all_bytes_are_equal(desk: Desk) -> None:
    first = desk.fetch(desk.areas(2024, "gemeenten"))
    assert first.modified is None
    assert desk.fetch(desk.areas(2024, "gemeenten")) == first
    assert len(read_snapshots(desk.copies, "areas")) == 1


RESUMED = [
    pytest.param(lambda desk: desk.crimes(), ROWS + "400", "TypedDataSet", id="v3 rows"),
    pytest.param(
        lambda desk: desk.crimes(), "Buurten?$format=json&$skip=400", "TypedDataSet", id="v3 keys"
    ),
    pytest.param(lambda desk: desk.prices(), "Observations?", "Observations", id="v4"),
]


@pytest.mark.parametrize(("request_of", "broken_page", "part"), RESUMED)
def test_a_fetch_that_broke_off_goes_on_and_ends_the_same(
    desk: Desk, request_of: Callable[[Desk], TableRequest], broken_page: str, part: str
) -> None:
    desk.server.faults.cut(broken_page, 500, times=3)
    with pytest.raises(FetchError, match="brak halverwege af"):
        desk.fetch(request_of(desk))
    assert read_snapshots(desk.copies, request_of(desk).source) == []
    before = set(desk.asked("/")) - set(desk.asked(broken_page))
    desk.server.requests.clear()
    resumed = desk.fetch(request_of(desk))
    again = [path for path in desk.asked("/") if path in before]
    stated = {path for path in again if path.split("?")[0].endswith(("/TableInfos", "/Properties"))}
    # Asked again: the date of change (before and after), and the numbers of rows; no whole page.
    assert {path for path in again if "/$count" not in path} == stated
    whole = desk.fetch(request_of(desk), anew=True)
    assert resumed.parts == whole.parts
    assert resumed.addresses == whole.addresses
    assert not list(desk.copies.glob(".*.partial"))
    assert read_part(resumed, part).equals(read_part(whole, part))


def test_a_break_does_not_go_on_when_the_table_changed_meanwhile(desk: Desk) -> None:
    desk.server.faults.cut(ROWS + "400", 500, times=3)
    with pytest.raises(FetchError):
        desk.fetch(desk.crimes())
    desk.server.set_modified("47018NED", "2026-09-15T02:00:00")
    desk.server.requests.clear()
    desk.fetch(desk.crimes())
    assert len(desk.asked("/SoortMisdrijf")) == 1
    assert len([path for path in desk.asked("/TypedDataSet?") if "$skip" not in path]) == 1


def test_a_table_renewed_during_the_fetch_is_refused(desk: Desk) -> None:
    """The progress told halfway is the moment at which the source publishes anew."""

    def renew(done: int, total: int | None, what: str) -> None:
        if "rijen" in what:
            desk.server.set_modified("47018NED", "2026-09-15T02:00:00")

    with pytest.raises(FetchError, match="tijdens het ophalen vernieuwd"):
        fetch(desk.crimes(), settings=desk.settings, progress=renew)
    assert read_snapshots(desk.copies, "police_year") == []
    assert not list(desk.copies.glob(".*.partial"))


def plant_status(desk: Desk) -> None:
    desk.server.faults.status(ROWS + "200", 502, times=2)


def plant_busy(desk: Desk) -> None:
    desk.server.faults.status(ROWS + "200", 429, retry_after=0)
    desk.server.faults.status(ROWS + "200", 503, retry_after=0)


def plant_cut(desk: Desk) -> None:
    desk.server.faults.cut(ROWS + "200", 1000, times=2)


def plant_page_of_a_proxy(desk: Desk) -> None:
    desk.server.faults.body(ROWS + "200", "<html>Onderhoud</html>", times=2)


@pytest.mark.parametrize("plant", [plant_status, plant_busy, plant_cut, plant_page_of_a_proxy])
def test_a_passing_fault_does_not_change_the_copy(
    desk: Desk, plant: Callable[[Desk], None]
) -> None:
    whole = desk.fetch(desk.crimes())
    plant(desk)
    again = desk.fetch(desk.crimes(), anew=True)
    assert again.parts == whole.parts
    assert len(desk.asked(ROWS + "200")) == 2 + 2


def test_a_slow_answer_counts_as_a_failed_try(desk: Desk) -> None:
    desk.settings = replace(desk.settings, fetch_timeout_seconds=0.5)
    desk.server.faults.slow("/SoortMisdrijf", 5)
    desk.fetch(desk.crimes())
    assert len(desk.asked("/SoortMisdrijf")) == 2


def test_progress_counts_to_the_number_the_source_gave(desk: Desk) -> None:
    snapshot = desk.fetch(desk.crimes())
    rows = next(part.rows for part in snapshot.parts if part.name == "TypedDataSet")
    counts = [(done, total) for done, total, what in desk.told if "rijen" in what]
    assert [done for done, _ in counts] == sorted(done for done, _ in counts)
    assert counts[-1] == (rows, rows)
    assert desk.told[-1] == (rows, rows, "police_year: klaar")


def refused(desk: Desk, request: TableRequest, kind: type[Exception], words: str) -> None:
    """Check that a request is refused, and that what stood before stands and reads as before."""
    before = read_snapshots(desk.copies, request.source)
    with pytest.raises(kind, match=words):
        desk.fetch(request)
    assert read_snapshots(desk.copies, request.source) == before
    for snapshot in before:
        assert read_part(snapshot, snapshot.data_part).num_rows > 0


def test_a_wrong_table_is_refused_with_a_suggestion(desk: Desk) -> None:
    desk.fetch(desk.crimes())
    refused(desk, desk.crimes(table="47019NED"), FetchError, r"'47019NED'.*47018NED")
    refused(desk, desk.prices(table="83625NEE"), FetchError, r"'83625NEE'.*83625NED")
    refused(desk, desk.areas(2024, "gemeente"), FetchError, "'gemeente' is niet te vinden")
    refused(desk, desk.areas(2023, "gemeente", "pdok_wfs"), FetchError, "'gemeente' is niet te vin")


def test_the_wrong_host_of_cbs_is_refused(desk: Desk) -> None:
    """Tables of the police stand on dataderden, not on opendata."""
    wrong = desk.crimes(base=f"{desk.server.base}/opendata")
    refused(desk, wrong, FetchError, "dataderden of opendata")
    assert desk.fetch(desk.crimes(base=f"{desk.server.base}/dataderden")).parts


def test_columns_that_moved_are_named_before_any_row_is_read(desk: Desk) -> None:
    desk.fetch(desk.crimes())
    desk.server.requests.clear()
    request = desk.crimes(columns=("WijkenEnBuurten", "GeregistreerdeMisdrijven_2"))
    refused(desk, request, ContractError, r"'GeregistreerdeMisdrijven_2' \(bedoelt u '.*_1'")
    assert desk.asked("/TypedDataSet") == []


def test_a_column_that_the_rows_lost_is_named(desk: Desk) -> None:
    desk.server.patch_rows("47018NED", lambda rows: rows.drop_columns(["Perioden"]))
    request = desk.crimes(columns=("Perioden",))
    refused(desk, request, ContractError, "TypedDataSet: deze kolommen ontbreken: 'Perioden'")


def test_a_v4_column_that_is_absent_is_named(desk: Desk) -> None:
    refused(desk, desk.prices(columns=("Waarde",)), ContractError, "'Waarde'")


def test_another_table_than_was_asked_is_refused(desk: Desk) -> None:
    infos = desk.server.read_table("47022NED").lists["TableInfos"]
    desk.server.set_list("47018NED", "TableInfos", infos)
    refused(desk, desk.crimes(), ContractError, "antwoordt met tabel '47022NED'")


def test_a_key_the_table_does_not_have_is_named(desk: Desk) -> None:
    wrong = desk.crimes(keys={"SoortMisdrijf": ["1.1.1", "1.9.9"]})
    refused(desk, wrong, ContractError, r"'1\.9\.9' bestaat niet")


def test_a_table_without_rows_is_refused(desk: Desk) -> None:
    desk.server.set_rows("47018NED", [])
    refused(desk, desk.crimes(), ContractError, "geen enkele rij")


def test_an_answer_that_is_no_table_is_refused(desk: Desk) -> None:
    desk.server.faults.body("/SoortMisdrijf", '{"rows": []}', times=3)
    refused(desk, desk.crimes(), ContractError, "'value' ontbreekt")


def test_a_file_is_copied_once_and_again_when_it_changed(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "tabel.csv"
    path.write_bytes("naam;n\nSúdwest-Fryslân;       .\n".encode("cp1252"))
    request = TableRequest("download", "file", "", str(path), columns=("naam", "n"))
    first = desk.fetch(request)
    assert first.facts["encoding"] == "cp1252"
    assert (first.modified or "").startswith("sha256:")
    assert read_part(first, "data").to_pylist() == [{"naam": "Súdwest-Fryslân", "n": "       ."}]
    assert desk.fetch(request) == first
    path.write_text("naam;n\nBorne;5\n")
    second = desk.fetch(request)
    assert read_snapshots(desk.copies, "download") == [first, second]
    path.write_text("naam;n\nBorne\n")
    refused(desk, request, FetchError, "regel 2")
    path.write_text("n;naam2\n5;Borne\n")
    refused(desk, request, ContractError, "'naam'")
    assert not list(desk.copies.glob(".*.partial"))


def test_a_member_of_a_zip_is_fetched(desk: Desk, test_data: Path) -> None:
    path = test_data / "areas/groningen_2017/buurt2017.zip"
    snapshot = desk.fetch(TableRequest("gro", "file", "", f"{path}#buurt2017.shp"))
    assert snapshot.parts[0].rows == 108
    assert read_part(snapshot, "data").schema.metadata[b"crs"] == b"EPSG:4326"
    refused(
        desk, TableRequest("gro", "file", "", f"{path}#wijk.shp"), ContractError, r"buurt2017\.shp"
    )


def test_keys_are_refused_where_they_cannot_be_asked(desk: Desk) -> None:
    request = replace(desk.areas(2024, "gemeenten"), keys={"gemeentecode": ["GM0141"]})  # type: ignore[arg-type]
    refused(desk, request, ContractError, "kent geen sleutels")

"""The API serves the released tables whole and unchanged, as JSON and as CSV."""

import csv
import io
from collections.abc import Iterator

import pytest
from httpx import Client

from lib.page_server import connect
from lib.small_release import shelve_small_release
from regiebeeld.dashboard.web.api import AreaOut, CellOut, write_csv
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.releases import Release, Shelf


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelve_small_release(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="module")
def release(shelf: Shelf) -> Release:
    return shelf.open_current("openbaar")


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> Iterator[Client]:
    with connect(shelf) as client:
        yield client


def read_rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def test_cells_of_a_period_are_those_of_the_release(client: Client, release: Release) -> None:
    cells = client.get("/api/v1/cells?indicator=woninginbraken&level=buurt&period=2024").json()[
        "cells"
    ]
    known = release.read_map("woninginbraken", AreaLevel.BUURT, "2024")
    assert {cell["area"]: cell["value"] for cell in cells} == {a: c.value for a, c in known.items()}
    assert len(cells) == 4


def test_cells_of_an_area_hold_every_period(client: Client, release: Release) -> None:
    cells = client.get("/api/v1/cells?indicator=woninginbraken&area=GM9001").json()["cells"]
    kinds = release.read_periods_of("woninginbraken", AreaLevel.GEMEENTE)
    assert len(cells) == sum(len(periods) for periods in kinds.values())
    assert len(kinds[PeriodKind.MONTH]) == 90
    one = client.get("/api/v1/cells?indicator=woninginbraken&area=GM9001&period=2024").json()[
        "cells"
    ]
    assert [cell["period"] for cell in one] == ["2024"]


def test_a_missing_cell_has_a_status_and_no_value(client: Client) -> None:
    address = "/api/v1/cells?indicator=fietsendiefstal&period=2026-06"
    (cell,) = (c for c in client.get(address).json()["cells"] if c["area"] == "GM9002")
    assert cell["value"] is None
    assert (cell["status"], cell["reason"]) == ("missing", "deze maand is nog niet geleverd")
    (row,) = (
        r for r in read_rows(client.get(f"{address}&format=csv").text) if r["area"] == "GM9002"
    )
    assert (row["value"], row["status"]) == ("", "missing")


def test_csv_holds_what_json_holds(client: Client) -> None:
    address = "/api/v1/cells?indicator=fietsendiefstal&period=2024&level=buurt"
    cells = client.get(address).json()["cells"]
    answer = client.get(f"{address}&format=csv")
    rows = read_rows(answer.text)
    assert [{k: str(v).lower() if isinstance(v, bool) else "" if v is None else str(v)
             for k, v in cell.items()} for cell in cells] == rows  # fmt: skip
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert "\r\n" in answer.text


def test_csv_without_rows_still_names_its_columns(client: Client) -> None:
    """A level and a period can exist while an area has no cell: the header tells what is empty."""
    text = write_csv([], CellOut, invented=True)
    assert text == "\ufeff" + ",".join([*CellOut.model_fields, "invented"]) + "\r\n"
    whole = client.get("/api/v1/cells?indicator=woninginbraken&period=2024&format=csv").text
    assert whole.splitlines()[0] == "\ufeff" + ",".join(CellOut.model_fields)


@pytest.mark.parametrize("name", ["=1+1", "+31", "-2", "@x", "\tx"])
def test_csv_text_cannot_run_as_a_formula(name: str) -> None:
    row = AreaOut(
        code="GM9001", level="gemeente", name=name, vintage=2026, parent=None, gemeente=None
    )
    assert read_rows(write_csv([row], AreaOut, invented=False))[0]["name"] == f"'{name}"


def test_csv_keeps_quotes_and_commas() -> None:
    name = '\'t "Veld", oost'
    row = AreaOut(
        code="GM9001", level="gemeente", name=name, vintage=2026, parent=None, gemeente=None
    )
    assert read_rows(write_csv([row], AreaOut, invented=False))[0]["name"] == name


@pytest.mark.parametrize("name", ["areas", "indicators", "sources"])
def test_lists_come_as_json_and_csv(client: Client, name: str) -> None:
    listed = client.get(f"/api/v1/{name}").json()
    assert (listed["release"], listed["audience"]) == ("2026-07-15.1", "openbaar")
    assert len(read_rows(client.get(f"/api/v1/{name}?format=csv").text)) == len(listed[name])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/cells", 400),
        ("/api/v1/cells?indicator=onbekend&period=2024", 404),
        ("/api/v1/cells?indicator=woninginbraken", 400),
        ("/api/v1/cells?indicator=woninginbraken&period=ooit", 400),
        ("/api/v1/cells?indicator=woninginbraken&period=1999", 404),
        ("/api/v1/cells?indicator=woninginbraken&period=2024&level=straat", 400),
        ("/api/v1/cells?indicator=woninginbraken&area=GM1234", 404),
        ("/api/v1/cells?indicator=drugshandel&period=2024&level=buurt", 404),
        ("/api/v1/cells?indicator=drugshandel&area=BU90010101", 404),
        ("/api/v1/cells?indicator=woninginbraken&period=2024-03&level=buurt", 404),
        ("/api/v1/cells?indicator=drugshandel&period=2024-03", 404),
        ("/api/v1/cells?indicator=woninginbraken&area=BU90010101&period=2024-03", 404),
        ("/api/v1/areas?format=xml", 400),
        ("/api/v1/geojson/straat", 400),
        ("/api/v1/nergens", 404),
    ],
)
def test_a_wrong_question_is_answered_in_words(client: Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    body = answer.json()
    assert body["status"] == status
    assert len(body["fault"]) > 20


def test_geojson_is_served_per_level(client: Client) -> None:
    answer = client.get("/api/v1/geojson/gemeente")
    assert answer.json()["type"] == "FeatureCollection"
    assert answer.headers["content-type"] == "application/geo+json"


def test_the_description_names_every_answer(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/areas", "/api/v1/indicators", "/api/v1/cells", "/api/v1/sources"} <= set(
        described["paths"]
    )
    fields = described["components"]["schemas"]["CellOut"]["properties"]
    cell = client.get("/api/v1/cells?indicator=woninginbraken&period=2024").json()["cells"][0]
    assert set(fields) == set(cell)


def test_status_says_what_is_served(client: Client) -> None:
    body = client.get("/status").json()
    assert body["ok"] is True
    assert (body["release"], body["audience"]) == ("2026-07-15.1", "openbaar")


def test_the_last_periods_of_every_indicator_are_the_tail_of_each_series(release: Release) -> None:
    read = release.read_area_series("GM9001", kind=PeriodKind.MONTH, last=5)
    assert set(read) == {"woninginbraken", "fietsendiefstal"}
    for indicator, cells in read.items():
        whole = release.read_series(indicator, ["GM9001"], kind=PeriodKind.MONTH)["GM9001"]
        assert cells == whole[-5:]
    every = release.read_area_series("GM9001", kind=PeriodKind.YEAR)
    assert {len(cells) for cells in every.values()} == {7}
    assert release.read_area_series("GM1234", kind=PeriodKind.YEAR) == {}

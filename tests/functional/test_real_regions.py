"""Twente and the selection around The Hague, from server to release: equal to the source."""

import csv
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest

from lib.regions import released
from lib.replay import ReplayServer
from regiebeeld.domain import AreaLevel, PeriodKind, Status
from regiebeeld.releases import Release
from regiebeeld.releases.findings import NoDrivers

# The source's own delict numbers as codes of the open table (data README of the real tables).
OPEN_CODES = {
    "100": "fietsendiefstal", "101": "fietsendiefstal", "102": "straatroof",
    "104": "woninginbraken",
    "105": "diefstal_uit_auto", "106": "diefstal_van_motorvoertuigen", "107": "winkeldiefstal",
    "108": "zakkenrollerij", "109": "bedreiging", "110": "mishandeling", "111": "vernieling",
}  # fmt: skip
YEAR_CODES = {
    "1.1.1": "woninginbraken", "1.2.2": "diefstal_van_motorvoertuigen", "1.1.2": "schuurinbraken",
    "2.5.1": "inbraak_bedrijven", "1.2.3": "fietsendiefstal", "1.2.1": "diefstal_uit_auto",
    "1.4.5": "mishandeling", "1.4.4": "bedreiging", "2.2.1": "vernieling", "3.1.1": "drugshandel",
    "3.1.3": "wapenhandel", "1.4.2": "moord_doodslag",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as running:
        yield running
        assert not running.errors


@pytest.fixture(scope="module")
def twente(server: ReplayServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    with released("twente", server, tmp_path_factory.mktemp("twente")) as release:
        yield release


@pytest.fixture(scope="module")
def den_haag(server: ReplayServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    with released("den_haag_eo", server, tmp_path_factory.mktemp("den_haag")) as release:
        yield release


@pytest.fixture(scope="module")
def yearly(test_data: Path) -> dict[str, dict[str, dict[str, int]]]:
    found = json.loads((test_data / "police/47018NED_gemeente_2012_2025_data.json").read_text())
    return dict(found["counts"])


@pytest.fixture(scope="module")
def monthly(test_data: Path) -> dict[tuple[str, str, str], int]:
    """Counts by (indicator, buurt, month), summed the slow way."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    path = test_data / "police/haaglanden_buurt_maand_2011_2015.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["delict"] in OPEN_CODES:
                month = f"{row['jaar']}-{int(row['maand']):02d}"
                key = (OPEN_CODES[row["delict"]], f"BU{row['buurt'].zfill(8)}", month)
                found[key] += int(row["aantal"])
    return found


def test_every_year_of_every_gemeente_of_twente_equals_the_source(
    twente: Release, yearly: dict[str, dict[str, dict[str, int]]]
) -> None:
    gemeenten = [area.code for area in twente.areas.values() if area.level is AreaLevel.GEMEENTE]
    assert len(gemeenten) == 14
    for code, indicator in YEAR_CODES.items():
        series = twente.read_series(indicator, gemeenten, kind=PeriodKind.YEAR)
        for gemeente, cells in series.items():
            found = {cell.period.id: cell.value for cell in cells}
            assert found == yearly[code][gemeente], (code, gemeente)


def test_burglaries_of_twente_are_the_published_800_and_855(twente: Release) -> None:
    region = twente.about.region_code
    cells = twente.read_series("woninginbraken", [region], kind=PeriodKind.YEAR)[region]
    found = {cell.period.id: (cell.value, cell.provisional) for cell in cells}
    assert found["2024"] == (800, True)
    assert found["2025"] == (855, True)
    assert found["2023"][1] is False


def test_twente_says_that_households_are_no_dwellings(twente: Release) -> None:
    cell = twente.read_map("woninginbraken", AreaLevel.GEMEENTE, "2021")["GM0153"]
    assert (cell.base_figure, cell.base_year) == ("huishoudens", 2021)
    assert cell.value is not None
    assert cell.base
    assert cell.rate == pytest.approx(1000 * cell.value / cell.base)


def test_twente_has_no_figures_below_the_gemeente(twente: Release) -> None:
    assert not twente.read_periods_of("woninginbraken", AreaLevel.BUURT)
    assert sum(area.level is AreaLevel.BUURT for area in twente.areas.values()) == 517


def test_traits_of_the_surroundings_are_read_where_a_year_has_them(
    twente: Release, test_data: Path
) -> None:
    fields = ["buurtcode", "omgevingsa"]
    meta, _, _, columns = pyogrio.raw.read(
        test_data / "areas/twente_2021/buurten.shp", columns=fields, read_geometry=False
    )
    by = dict(zip(meta["fields"], columns, strict=True))
    source = dict(zip(by["buurtcode"], by["omgevingsa"], strict=True))
    found = {
        code: {f.year: f.value for f in twente.read_key_figures(code)
               if f.figure == "adressendichtheid"}
        for code in random.Random(21).sample(sorted(source), 60)
    }  # fmt: skip
    for code, years in found.items():
        wanted = float(source[code])
        assert years[2021] == (wanted if wanted >= 0 else None), code
    assert any(2015 in years for years in found.values())
    known = {f.figure: f.year for f in twente.read_key_figures("GM0153") if f.value is not None}
    assert {"adressendichtheid", "verkoopprijs"} <= set(known)
    absent = ("woz_waarde", "eengezinswoningen", "afstand_oprit")
    assert not set(absent) & set(known)


def test_a_table_without_traits_tells_which(twente: Release) -> None:
    for name in ("cbs_kerncijfers_2024", "cbs_wijken_en_buurten.2021"):
        notes = [note.text for note in twente.sources[name].notes]
        told = [text for text in notes if "geen kolom voor: " in text]
        assert any("woz_waarde, eengezinswoningen" in text for text in told), name


def test_fourteen_gemeenten_are_too_few_for_drivers(twente: Release) -> None:
    (told,) = twente.read_findings(NoDrivers, indicator="woninginbraken")
    assert told.level is AreaLevel.GEMEENTE
    assert told.content.why == "Er zijn te weinig gebieden om iets over te zeggen."


def test_fifty_random_buurt_years_of_the_hague_equal_the_source(
    den_haag: Release, monthly: dict[tuple[str, str, str], int]
) -> None:
    draw = random.Random(50)
    drawn = {area.code for area in den_haag.areas.values() if area.level is AreaLevel.BUURT}
    keys = sorted({(i, b) for i, b, _ in monthly if b in drawn})
    for indicator, buurt in draw.sample(keys, 50):
        end = draw.choice([f"{y}-{m:02d}" for y in range(2012, 2016) for m in range(1, 13)])
        year, month = map(int, end.split("-"))
        months = [
            ((year * 12 + month - 1 - k) // 12, (year * 12 + month - 1 - k) % 12 + 1)
            for k in range(12)
        ]
        slow = sum(monthly[indicator, buurt, f"{y}-{m:02d}"] for y, m in months)
        cell = den_haag.read_map(indicator, AreaLevel.BUURT, f"{end}/P12M")[buurt]
        assert (cell.value, cell.status) == (slow, Status.SHOWN), (indicator, buurt, end)


def test_all_totals_of_the_hague_equal_the_source(
    den_haag: Release, monthly: dict[tuple[str, str, str], int]
) -> None:
    by_gemeente: dict[tuple[str, str, str], int] = defaultdict(int)
    by_region: dict[tuple[str, str], int] = defaultdict(int)
    for (indicator, buurt, month), count in monthly.items():
        by_gemeente[indicator, f"GM{buurt[2:6]}", month] += count
        by_region[indicator, month] += count
    region = den_haag.about.region_code
    for indicator in set(OPEN_CODES.values()):
        gemeenten = [
            area.code for area in den_haag.areas.values() if area.level is AreaLevel.GEMEENTE
        ]
        series = den_haag.read_series(indicator, [region, *gemeenten], kind=PeriodKind.MONTH)
        for cell in series.pop(region):
            assert cell.value == by_region[indicator, cell.period.id]
        for gemeente, cells in series.items():
            assert len(cells) == 60
            for cell in cells:
                assert cell.value == by_gemeente[indicator, gemeente, cell.period.id]


def test_robbery_was_not_collected_and_is_no_zero(den_haag: Release) -> None:
    region = den_haag.about.region_code
    cells = den_haag.read_series("overval", [region], kind=PeriodKind.YEAR)[region]
    assert [cell.status for cell in cells] == [Status.NOT_COLLECTED] * 5
    assert all(cell.value is None and cell.reason for cell in cells)


def test_no_month_is_shown_below_the_gemeente(den_haag: Release) -> None:
    for indicator in den_haag.indicators:
        for level in (AreaLevel.WIJK, AreaLevel.BUURT):
            assert PeriodKind.MONTH not in den_haag.read_periods_of(indicator, level)


def test_buurten_outside_the_layout_are_told_and_never_drawn(den_haag: Release) -> None:
    notes = [
        n.text
        for n in den_haag.sources["politie_misdrijven_maand"].notes
        if n.kind == "unknown_area"
    ]
    assert any("BU05182815" in text and "samen 11883 geteld" in text for text in notes)
    assert "BU05182815" not in den_haag.areas
    assert den_haag.sources["politie_misdrijven_maand"].rows_refused == 0


def test_unfit_shapes_are_told(den_haag: Release) -> None:
    notes = den_haag.sources["cbs_wijken_en_buurten.2014"].notes
    assert sum("hersteld" in note.text or "niet te tekenen" in note.text for note in notes) > 10
    undrawn = [a for a in den_haag.areas.values() if a.level is AreaLevel.BUURT and a.path is None]
    assert undrawn  # they keep their figures and their page
    cells = den_haag.read_map("vernieling", AreaLevel.BUURT, "2014")
    assert all(cells[area.code].status is not None for area in undrawn if area.code in cells)

"""StatLine files that people downloaded by hand end in a release with the file's own numbers."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from lib.regions import settings_for
from lib.replay import ReplayServer
from regiebeeld.domain import AreaLevel, ContractError, PeriodKind
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Release, Shelf
from regiebeeld.settings import Settings

PIVOT = "police/47013NED_statline_gemeente_2024.csv"
LONG = "police/47013NED_statline_long_gemeente_2013_2018.csv"
OTHER = "police/47018NED_gemeente_2012_2025_data.json"
GEMEENTEN = {
    "GM0141": "Almelo", "GM0147": "Borne", "GM1774": "Dinkelland", "GM0153": "Enschede",
    "GM0158": "Haaksbergen", "GM0163": "Hellendoorn", "GM0164": "Hengelo",
    "GM1735": "Hof van Twente", "GM0168": "Losser", "GM0173": "Oldenzaal",
    "GM1742": "Rijssen-Holten", "GM0183": "Tubbergen", "GM1700": "Twenterand",
    "GM0189": "Wierden",
}  # fmt: skip
ALIASES = {"GM0164": ["Hengelo (O.)"]}
TITLES = {
    "1.2.3": "1.2.3 Diefstal van brom-, snor-, fietsen",
    "1.4.4": "1.4.4 Bedreiging",
}
INDICATORS = {"1.2.3": "fietsendiefstal", "1.4.4": "bedreiging"}


@pytest.fixture(scope="module")
def server(test_data: Path) -> Iterator[ReplayServer]:
    with ReplayServer(test_data) as running:
        yield running


def prepare(server: ReplayServer, folder: Path, table: bytes) -> Settings:
    """Write a region of 14 gemeenten whose only source is a file, and that file."""
    region = {
        "id": "mijn_regio",
        "title": "Mijn regio",
        "vintage": 2024,
        "gemeenten": [
            {"code": code, "name": name, "aliases": ALIASES.get(code, [])}
            for code, name in GEMEENTEN.items()
        ],
        "layouts": [{"vintage": 2024, "source": "cbs_wijken_en_buurten", "levels": ["gemeente"]}],
        "sources": [{"source": "politie_misdrijven_jaar", "files": {"data": "m.csv"}}],
        "themes": ["algemeen"],
    }
    settings = replace(settings_for(server, folder / "var"), regions=folder / "regions")
    (settings.regions / "mijn_regio").mkdir(parents=True)
    settings.files.mkdir(parents=True)
    described = yaml.safe_dump(region, allow_unicode=True, sort_keys=False)
    (settings.regions / "mijn_regio" / "region.yaml").write_text(described, encoding="utf-8")
    (settings.files / "m.csv").write_bytes(table)
    return settings


@contextmanager
def released(settings: Settings) -> Iterator[Release]:
    run_region("mijn_regio", settings)
    release = Shelf(settings.releases).open_current("regio")
    try:
        yield release
    finally:
        release.close()


def values(release: Release, indicator: str, areas: list[str]) -> dict[tuple[str, str], int | None]:
    series = release.read_series(indicator, areas, kind=PeriodKind.YEAR)
    return {(a, cell.period.id): cell.value for a, cells in series.items() for cell in cells}


def test_the_pivot_of_2024_is_released_as_it_stands(
    server: ReplayServer, test_data: Path, tmp_path: Path
) -> None:
    body = (test_data / PIVOT).read_bytes()
    pairs = [row for row in csv.reader(body.decode().splitlines(), delimiter=";") if len(row) == 2]
    # The first three lines of two cells are the header: subject, period, unit.
    slow = dict(pairs[3:])
    expected = {
        (code, "2024"): int(slow["Hengelo (O.)" if name == "Hengelo" else name])
        for code, name in GEMEENTEN.items()
    }
    with released(prepare(server, tmp_path, body)) as release:
        found = values(release, "misdrijven_totaal", list(GEMEENTEN))
        region = values(release, "misdrijven_totaal", [release.about.region_code])
        source = release.sources["politie_misdrijven_jaar"]
        drawn = release.read_map("misdrijven_totaal", AreaLevel.GEMEENTE, "2024")
    assert found == expected
    assert found["GM0141", "2024"] == 4005
    assert list(region.values()) == [sum(expected.values())]
    assert drawn.keys() == GEMEENTEN.keys()
    elsewhere = len(pairs[3:]) - len(GEMEENTEN)
    assert source.rows_refused == elsewhere
    told = {note.text: note.rows for note in source.notes if note.kind == "refused"}
    assert told == {"gebied buiten de regio": elsewhere - 1, "buitenland": 1}


def test_a_long_table_is_released_as_it_stands(
    server: ReplayServer, test_data: Path, tmp_path: Path
) -> None:
    """The long file that lies there has provinces only, so its own head meets other rows."""
    head, *rows = (test_data / LONG).read_text(encoding="utf-8-sig").splitlines()
    counts = json.loads((test_data / OTHER).read_text(encoding="utf-8"))["counts"]
    years = [str(year) for year in range(2013, 2019)]
    own = {
        (code, gemeente, year): counts[code][gemeente][year]
        for code in TITLES
        for gemeente in GEMEENTEN
        for year in years
    }
    rows += [
        f'"{TITLES[code]}";"{year}";"{GEMEENTEN[gemeente]}";{count}'
        for (code, gemeente, year), count in own.items()
    ]
    body = "\r\n".join([head, *rows, ""]).encode("utf-8-sig")
    with released(prepare(server, tmp_path, body)) as release:
        for code, indicator in INDICATORS.items():
            found = values(release, indicator, list(GEMEENTEN))
            assert found == {(g, y): n for (c, g, y), n in own.items() if c == code}
        assert release.sources["politie_misdrijven_jaar"].rows_refused == len(rows) - len(own)


def test_a_file_with_provinces_only_is_refused_and_nothing_is_published(
    server: ReplayServer, test_data: Path, tmp_path: Path
) -> None:
    settings = prepare(server, tmp_path, (test_data / LONG).read_bytes())
    with pytest.raises(ContractError, match=r"geen van de 780 rijen.*buiten de regio: 780"):
        run_region("mijn_regio", settings)
    assert not list(settings.releases.glob("2*"))


def test_months_in_columns_of_their_own_are_refused_in_words(
    server: ReplayServer, tmp_path: Path
) -> None:
    body = b"jaar,maand,delict,buurt,aantal\n2011,1,104,4840201,3\n2011,2,104,4840201,4\n"
    with pytest.raises(ContractError, match=r"mist de kolom.*aanwezig: jaar, maand, delict"):
        run_region("mijn_regio", prepare(server, tmp_path, body))

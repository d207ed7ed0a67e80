"""The worked examples of who sees what hold, with the audiences of the real catalogue."""

from pathlib import Path

import pytest

from lib.release_tables import ABOUT, AREAS, cell, release_tables
from regiebeeld.catalogue import read_catalogue
from regiebeeld.domain import PeriodKind
from regiebeeld.pipeline.run.publishing import list_audience_files
from regiebeeld.releases import Release
from regiebeeld.releases.writing import ReleaseTables
from regiebeeld.settings import read_settings
from spec.worked_examples import read_examples

FILES = {
    "regio": "regio",
    "gemeente Almelo": "gm0141",
    "gemeente Enschede": "gm0153",
    "openbaar": "openbaar",
    "driehoek": "driehoek",
}
PLACES = {
    "de regio": "REGIO_klein",
    "gemeente Almelo": "GM0141",
    "gemeente Enschede": "GM0153",
    "buurt in Almelo": "BU01410101",
    "buurt in Enschede": "BU01530101",
}
LABELS = ("openbaar", "intern", "driehoek")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    """Every (file, label, area) of which a figure stands in a file."""
    folder = tmp_path_factory.mktemp("audiences")
    tables = tables_of_every_label()
    found = set()
    for audience in every_audience():
        path = folder / f"{audience.name}.duckdb"
        tables.write(path, audience)
        release = Release(path)
        for indicator in release.indicators.values():
            series = release.read_series(indicator.id, AREAS, kind=PeriodKind.YEAR)
            found |= {(audience.name, indicator.label, code) for code in AREAS if series[code]}
        release.close()
    tables.close()
    return found


def every_audience():
    settings = read_settings()
    root = Path(__file__).parents[2]
    catalogue = read_catalogue(root / settings.catalogue, root / settings.regions)
    return [
        audience
        for audience in list_audience_files(catalogue, catalogue.read_region("twente"))
        if audience.name in FILES.values()
    ]


def tables_of_every_label() -> ReleaseTables:
    """One indicator a label, each with a figure of every area."""
    plain = release_tables()["indicator"].to_pylist()[0]
    indicators = [
        {**plain, "indicator_key": key, "position": key, "id": f"cijfer_{label}", "label": label}
        for key, label in enumerate(LABELS)
    ]
    figures = [cell(key, area, "2024", 5) for key in range(len(LABELS)) for area in AREAS]
    changed = release_tables(indicator=indicators, cell=figures)
    return ReleaseTables(changed, about=ABOUT, threads=1)


def test_every_file_of_the_examples_is_written():
    assert {audience.name for audience in every_audience()} == set(FILES.values())


@pytest.mark.parametrize(
    "example",
    read_examples("audiences"),
    ids=lambda e: f"{e['cijfer over']} {e['label']}".replace(" ", "_"),
)
def test_who_sees_a_figure(example: dict[str, str], seen: set[tuple[str, str, str]]):
    area = PLACES[example["cijfer over"]]
    found = {
        title: "ja" if (name, example["label"], area) in seen else "nee"
        for title, name in FILES.items()
    }
    assert found == {title: example[title] for title in FILES}

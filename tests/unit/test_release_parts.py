"""Parts of a figure in audience files: where they may be seen, with words, and nowhere else."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from lib.release_tables import (
    ABOUT,
    ALMELO,
    DRIEHOEK,
    OPEN,
    OPENBAAR,
    SECRET,
    cell,
    cells,
    release_tables,
)
from regiebeeld.domain import PeriodKind
from regiebeeld.releases import Release
from regiebeeld.releases.language import speaking
from regiebeeld.releases.writing import AudienceFile, ReleaseTables

HIDDEN = ("kwetsbare groep", "kwetsbaar waarschuwen", "soort=kwetsbaar")


def part(position: int, indicator: str, name: str, title: str, caution: str) -> dict[str, Any]:
    words = {"title": title, "split_by": "leeftijd", "caution": caution}
    return {"position": position, "indicator": indicator, "breakdown": name, **words}


def write(folder: Path, audience: AudienceFile) -> Path:
    """Write a file of which the open and the secret indicator both have parts."""
    parts = [
        cell(OPEN, "GM0141", "2024", 4, breakdown_key=1),
        cell(OPEN, "GM0141", "2024", 6, breakdown_key=2),
        cell(SECRET, "GM0141", "2024", 33, breakdown_key=3),
    ]
    tables = release_tables(
        cell=[*cells(), *parts],
        breakdown=[
            {"breakdown_key": key, "id": name, "title": name}
            for key, name in enumerate(("total", "leeftijd=jong", "leeftijd=oud", HIDDEN[2]))
        ],
        part=[
            part(0, "woninginbraken", "leeftijd=jong", "Jong", "niet om te kiezen"),
            part(1, "woninginbraken", "leeftijd=oud", "Oud", "niet om te kiezen"),
            part(2, "kwetsbare_cijfers", HIDDEN[2], HIDDEN[0], HIDDEN[1]),
        ],
        translation=[
            {"language": "en", "kind": "indicators", "id": "woninginbraken", "name": name,
             "text": text}
            for name, text in (
                ("breakdown.values.jong", "Young"), ("breakdown.title", "age"),
                ("breakdown.caution", "not to pick"),
            )
        ],
    )  # fmt: skip
    written = ReleaseTables(tables, about=ABOUT, threads=1)
    path = folder / f"{audience.name}.duckdb"
    try:
        written.write(path, audience)
    finally:
        written.close()
    return path


def read_values(release: Release, breakdown: str) -> list[int | None]:
    series = release.read_series(
        "woninginbraken", ["GM0141"], kind=PeriodKind.YEAR, breakdown=breakdown
    )
    return [one.value for one in series["GM0141"]]


@pytest.mark.parametrize("audience", [OPENBAAR, ALMELO])
def test_no_byte_of_a_hidden_part_is_in_the_file(tmp_path: Path, audience: AudienceFile) -> None:
    path = write(tmp_path, audience)
    assert [word for word in HIDDEN if word.encode() in path.read_bytes()] == []
    with duckdb.connect(str(path), read_only=True) as file:
        rows = file.execute("SELECT DISTINCT breakdown_key FROM cell_by_area ORDER BY 1").fetchall()
    assert rows == [(0,), (1,), (2,)]


def test_who_may_see_the_whole_sees_its_parts(tmp_path: Path) -> None:
    path = write(tmp_path, DRIEHOEK)
    assert [word for word in HIDDEN if word.encode() in path.read_bytes()] == list(HIDDEN)
    release = Release(path)
    assert [one.title for one in release.read_parts("kwetsbare_cijfers")] == [HIDDEN[0]]
    assert release.read_parts("iets_anders") == ()
    release.close()


def test_a_part_is_read_by_its_name_and_is_in_no_total(tmp_path: Path) -> None:
    release = Release(write(tmp_path, OPENBAAR))
    assert [read_values(release, name) for name in ("total", "leeftijd=jong", "leeftijd=oud")] == [
        [10], [4], [6],
    ]  # fmt: skip
    assert release.read_area_cells("GM0141", period="2024")["woninginbraken"].value == 10
    assert [one.title for one in release.read_parts("woninginbraken")] == ["Jong", "Oud"]
    release.close()


def test_parts_are_spoken_in_english_where_there_are_words(tmp_path: Path) -> None:
    release = Release(write(tmp_path, OPENBAAR))
    with speaking("en"):
        young, old = release.read_parts("woninginbraken")
    release.close()
    assert (young.title, young.split_by, young.caution) == ("Young", "age", "not to pick")
    assert old.title == "Oud"


def test_no_word_goes_along_of_parts_that_a_file_has_no_cells_of(tmp_path: Path) -> None:
    """Left out as unsafe: then no language says that there were any, nor do gaps in the order."""
    english = {"language": "en", "kind": "indicators", "id": "woninginbraken"}
    tables = release_tables(
        cell=[*cells(), cell(OPEN, "GM0141", "2024", 6, breakdown_key=1)],
        breakdown=[
            {"breakdown_key": key, "id": name, "title": name}
            for key, name in enumerate(("total", "leeftijd=oud"))
        ],
        part=[
            part(0, "kwetsbare_cijfers", HIDDEN[2], HIDDEN[0], HIDDEN[1]),
            part(1, "woninginbraken", "leeftijd=jong", "Jong", "niet om te kiezen"),
            part(2, "woninginbraken", "leeftijd=oud", "Oud", "niet om te kiezen"),
        ],
        translation=[
            english | {"name": name, "text": text}
            for name, text in (
                ("title", "Burglaries"), ("breakdown.values.jong", "Young"),
                ("breakdown.values.oud", "Old"), ("breakdown.title", "age"),
            )
        ],
    )  # fmt: skip
    written = ReleaseTables(tables, about=ABOUT, threads=1)
    written.write(tmp_path / "some.duckdb", OPENBAAR)
    written.close()
    with duckdb.connect(str(tmp_path / "some.duckdb"), read_only=True) as file:
        texts = {text for (text,) in file.execute("SELECT text FROM translation").fetchall()}
        parts = file.execute("SELECT position, breakdown FROM part").fetchall()
    assert texts == {"Burglaries", "Old", "age"}
    assert parts == [(0, "leeftijd=oud")]


def test_a_file_of_before_has_no_parts(tmp_path: Path) -> None:
    path = write(tmp_path, OPENBAAR)
    with duckdb.connect(str(path)) as file:
        file.execute("DROP TABLE part")
    release = Release(path)
    assert release.read_parts("woninginbraken") == ()
    release.close()

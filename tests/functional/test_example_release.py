"""The example region comes through the production path with its planted truths whole."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from regiebeeld.domain import AreaLevel, PeriodKind, Status
from regiebeeld.example.truths import TruthKind, read_truths
from regiebeeld.releases import Release, Shelf
from regiebeeld.settings import Settings

TRUTHS = Path("regions/voorbeeld/planted_truths.yaml")


@pytest.fixture(scope="module")
def release(example_region: Settings) -> Iterator[Release]:
    opened = Shelf(example_region.releases).open_current("regio")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def written(example_region: Settings) -> dict[tuple[str, str, str], int]:
    """The file as written, read the slow way: (offence, area, month) to count."""
    found = {}
    with (example_region.files / "misdrijven_maand.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["SoortMisdrijf"].strip() in ("1.1.1", "1.2.3"):
                key = (
                    row["SoortMisdrijf"].strip(),
                    row["WijkenEnBuurten"].strip(),
                    row["Perioden"],
                )
                found[key] = int(row["GeregistreerdeMisdrijven_1"])
    return found


def test_it_is_marked_as_invented(release: Release) -> None:
    assert release.about.invented
    assert all("verzonnen" in source.title for source in release.sources.values())
    assert {source.publisher for source in release.sources.values()} == {"Verzonnen voorbeeld"}


def test_it_has_the_size_of_a_dutch_region(release: Release) -> None:
    levels = [area.level for area in release.areas.values()]
    assert levels.count(AreaLevel.GEMEENTE) == 14
    assert 90 <= levels.count(AreaLevel.WIJK) <= 110
    assert 480 <= levels.count(AreaLevel.BUURT) <= 520
    assert all(a.path for a in release.areas.values() if a.level is not AreaLevel.REGIO)


@pytest.mark.parametrize("audience", ["regio", "openbaar", "gm9901"])
def test_everybody_sees_the_public_places_inside_their_gemeente(
    example_region: Settings, audience: str
) -> None:
    opened = Shelf(example_region.releases).open_current(audience)
    places, areas = opened.public_places, opened.areas
    opened.close()
    assert [place.kind for place in places] == ["fire_station"] * 3 + ["police_station"] * 3
    for place in places:
        left, top, right, bottom = areas[place.gemeente].box or (0.0, 0.0, 0.0, 0.0)
        assert left < place.x < right
        assert top < place.y < bottom
        assert areas[place.gemeente].name in place.name


def test_every_year_of_every_buurt_equals_the_file(
    release: Release, written: dict[tuple[str, str, str], int]
) -> None:
    slow: dict[tuple[str, str], int] = defaultdict(int)
    for (offence, area, month), count in written.items():
        if offence == "1.1.1":
            slow[area, month[:4]] += count
    for year in range(2018, 2025):
        cells = release.read_map("woninginbraken", AreaLevel.BUURT, str(year))
        assert len(cells) > 480
        for code, cell in cells.items():
            assert cell.value == slow[code, str(year)]


def test_the_late_delivery_is_missing_and_no_zero(release: Release) -> None:
    (late,) = read_truths(TRUTHS).of_kind(TruthKind.LATE_DELIVERY)
    (gemeente,) = late.areas
    for month in (late.start, late.end):
        cells = release.read_map("woninginbraken", AreaLevel.GEMEENTE, month)
        gap = cells[gemeente]
        assert (gap.value, gap.status) == (None, Status.MISSING)
        assert gap.reason
        others = [cell.status for code, cell in cells.items() if code != gemeente]
        assert set(others) == {Status.SHOWN}
    year = release.read_map("woninginbraken", AreaLevel.GEMEENTE, "2025")
    assert year[gemeente].status is Status.MISSING


def test_the_last_year_is_provisional(release: Release) -> None:
    region = release.about.region_code
    series = release.read_series("woninginbraken", [region], kind=PeriodKind.MONTH)[region]
    assert {cell.period.year for cell in series if cell.provisional} == {2025}


def test_the_season_is_in_the_release(release: Release) -> None:
    region = release.about.region_code
    series = release.read_series("woninginbraken", [region], kind=PeriodKind.MONTH)[region]
    dark = [c.value for c in series if c.period.start.month in (10, 11, 12, 1, 2) and c.value]
    light = [c.value for c in series if c.period.start.month not in (10, 11, 12, 1, 2) and c.value]
    assert 1.4 < (sum(dark) / len(dark)) / (sum(light) / len(light)) < 1.8


def test_the_changed_areas_are_told(release: Release) -> None:
    changes = [c for area in release.areas for c in release.read_area_changes(area)]
    kinds = {change.kind for change in changes if change.level is AreaLevel.BUURT}
    assert kinds == {"split", "merged", "renumbered"}
    assert {change.new_code[:6] for change in changes} <= {"BU9907", "WK9907", "GM9907"}


def test_a_gemeente_sees_its_own_detail_and_the_neighbours_whole(example_region: Settings) -> None:
    own = Shelf(example_region.releases).open_current("gm9901")
    cells = own.read_map("fietsendiefstal", AreaLevel.BUURT, "2024")
    assert cells
    assert {code[2:6] for code in cells} == {"9901"}
    assert len(own.read_map("fietsendiefstal", AreaLevel.GEMEENTE, "2024")) == 14
    own.close()

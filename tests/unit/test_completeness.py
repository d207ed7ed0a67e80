"""How complete a month usually is: shares of the region in steps of 5 %, from what was told when.

The files go through the production intake; what must be found is planted in them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from lib.door_region import REGION, ROOT, DoorRegion, make_door_region
from lib.release_tables import ABOUT, AREAS, OPENBAAR, cells, release_tables
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.dashboard.web.freshness import list_completeness, show_freshness
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.intake.accepting import Accepted, accept_at
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.intake.history import COUNTS, StateFacts, write_state
from regiebeeld.pipeline.run.completeness import find_completeness, read_triangle
from regiebeeld.pipeline.run.delivering import Kept, read_kept
from regiebeeld.releases import Hidden, Release
from regiebeeld.releases.findings import Completeness, Finding, write_findings
from regiebeeld.releases.writing import ReleaseTables
from regiebeeld.settings import Settings

SOURCE, INDICATOR = "woninginbraken_aantallen", "woninginbraken_voltooid"
HERE = "BU99010000"
START = 2024 * 12 + 4  # the files begin in May 2024, on the 15th of each month
LAST = START + 16  # the month of the last of 17 files
Known = Callable[[int, int], int | None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    """The region after 17 files, a sliding year each, that came in at the door."""
    region = make_door_region(tmp_path_factory.mktemp("completeness"), example_region)
    deliver(region, [(month, 15) for month in range(START, LAST + 1)])
    return region


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02}"


def day(month: int, of_month: int = 15) -> date:
    return date(month // 12, month % 12 + 1, of_month)


def slowly(_: int, later: int) -> int:
    """Of 40 there are 28 after a month, 36 after two, and all after three."""
    return {1: 28, 2: 36}.get(later, 40)


def deliver(region: DoorRegion, days: Sequence[tuple[int, int]], more: int = 0) -> None:
    """Send a file on each day; `more` events in each of its months."""
    moment = [datetime.combine(day(*days[0]), time(12), UTC)]
    with open_door(REGION, region.settings, clock=lambda: moment[0]) as door:
        for month, of_month in days:
            moment[0] = datetime.combine(day(month, of_month), time(12), UTC)
            rows: list[dict[str, object]] = [
                {"gebied": HERE, "periode": name(month - d), "poging": part, "aantal": number}
                for d in range(1, 13)
                for part, number in (("voltooid", slowly(0, d) - 2 + more), ("poging", 2))
            ]
            done = accept_at(door, region.csv(rows), SOURCE, as_of=day(month, of_month))
            assert isinstance(done, Accepted), done
    assert region.left_at_work() == []


def keep(
    folder: Path, known: Known, *, files: int = 17, told: int = 12, gemeente: str = ""
) -> Kept:
    """Keep a state a month that tells the last `told` months: `known` by month and months later."""
    for number in range(files):
        month = START + number
        periods = [(d, name(month - d)) for d in range(told, 0, -1)]
        facts = StateFacts(
            source=SOURCE,
            delivery=1 + number + 100 * int((gemeente or HERE)[4:6]),
            as_of=day(month).isoformat(),
            received_at=f"{day(month)}T12:00:00+00:00",
            file_hash="",
            periods=tuple(text for _, text in periods),
            unit="registratie",
            contract_version="1.0.0",
            agreement_hash="",
            gemeenten=(gemeente,) if gemeente else (),
        )
        area = f"BU{(gemeente or HERE)[2:6]}0000"
        rows = [("woninginbraak", "attempt=poging", area, 2025, text, known(month - d - START, d))
                for d, text in periods]  # fmt: skip
        write_state(folder, facts, pa.table(list(zip(*rows, strict=True)), schema=COUNTS))
    return Kept(folder, frozenset(range(1, 2000)), b"")


def find(
    catalogue: Catalogue, kept: Kept, indicators: Sequence[tuple[str, str]] = ((INDICATOR, SOURCE),)
) -> list[Finding[Completeness]]:
    return find_completeness(catalogue, catalogue.read_region(REGION), kept, indicators)


def shares(catalogue: Catalogue, kept: Kept) -> list[tuple[int, float]]:
    return [(f.content.months_ago, f.content.share) for f in find(catalogue, kept)]


PLANTED = [(1, 0.7), (2, 0.9), (3, 1.0)]


def test_what_is_planted_is_found_in_steps_and_stays(
    made: DoorRegion, catalogue: Catalogue
) -> None:
    kept = read_kept(catalogue.read_region(REGION), made.settings)
    found = find(catalogue, kept)
    assert [(f.content.months_ago, f.content.share) for f in found] == PLANTED
    for each in found:
        assert (each.level, each.indicator) == (AreaLevel.REGIO, INDICATOR)
        assert (each.place, each.area, each.period) == (each.content.months_ago, None, None)
        assert each.content.source == SOURCE
        assert 0 < each.content.lower <= each.content.share
        for part in (each.content.share, each.content.lower):
            assert part * 20 == pytest.approx(round(part * 20))

    # A second file in the last month changes nothing before a later month's file came.
    region = catalogue.read_region(REGION)
    before = read_triangle(catalogue.sources[SOURCE], region, read_kept(region, made.settings))
    deliver(made, [(LAST, 20)], more=30)
    same = read_triangle(catalogue.sources[SOURCE], region, read_kept(region, made.settings))
    assert before
    assert same
    np.testing.assert_array_equal(before.counts, same.counts)
    deliver(made, [(LAST + 1, 15)])
    after = read_triangle(catalogue.sources[SOURCE], region, read_kept(region, made.settings))
    assert after
    assert after.counts[len(before.counts), 1] == 28 + 30  # the last file of the month counts
    assert len(after.counts) == len(before.counts) + 1


def test_the_triangle_holds_what_was_told_then(tmp_path: Path, catalogue: Catalogue) -> None:
    kept = keep(tmp_path, lambda month, later: 1000 + 13 * month + later, files=5, told=2)
    triangle = read_triangle(catalogue.sources[SOURCE], catalogue.read_region(REGION), kept)
    assert triangle
    # Five files; the last month is not closed. The first tells the two months before it.
    assert triangle.periods.tolist() == [START - 2, START - 1, START, START + 1, START + 2]
    told = np.where(np.isnan(triangle.counts), -1, triangle.counts)[:, :4].astype(int).tolist()
    assert told == [
        [-1, -1, 1000 - 26 + 2, -1],
        [-1, 1000 - 13 + 1, 1000 - 13 + 2, -1],
        [-1, 1001, 1002, -1],
        [-1, 1014, 1015, -1],
        [-1, 1027, -1, -1],
    ]


def test_enough_events_or_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    # 16 closed files, so 15 months show a step: 14 x 13 + 18 = 200 events, or one fewer.
    def counts(one: int) -> Known:
        return lambda month, _: one if month == 5 else 13

    assert shares(catalogue, keep(tmp_path / "enough", counts(18))) == [(1, 1.0)]
    assert shares(catalogue, keep(tmp_path / "few", counts(17))) == []
    assert shares(catalogue, keep(tmp_path / "none", lambda *_: 0)) == []


def test_a_long_enough_history_or_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    def of(files: int, told: int) -> list[tuple[int, float]]:
        return shares(catalogue, keep(tmp_path / f"{files}.{told}", slowly, files=files, told=told))

    assert of(17, 12) == PLANTED
    assert of(7, 12) == []  # a step shows in five months
    assert of(13, 4) == []  # twelve closed files: eleven months are told three times
    assert of(14, 4) == PLANTED
    assert of(17, 1) == []  # no month is ever told again, which says nothing


def test_only_where_the_whole_region_was_told(tmp_path: Path, catalogue: Catalogue) -> None:
    region = catalogue.read_region(REGION)
    for code in region.gemeente_codes[:-1]:
        kept = keep(tmp_path, slowly, gemeente=code)
    assert shares(catalogue, kept) == []
    kept = keep(tmp_path, slowly, gemeente=region.gemeente_codes[-1])
    assert shares(catalogue, kept) == PLANTED


def test_when_it_still_grows_at_the_end_nothing_is_said(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    grows = keep(tmp_path / "grows", lambda _, later: 40 + 2 * later)
    assert shares(catalogue, grows) == []  # from 62 to 64 at the last step
    settles = keep(tmp_path / "settles", lambda _, later: 400 + 2 * later)
    assert shares(catalogue, settles) == [(1, 0.95)]  # 402 of 424


def test_counts_that_fall_later_are_no_more_than_all(tmp_path: Path, catalogue: Catalogue) -> None:
    kept = keep(tmp_path, lambda _, later: 50 if later == 1 else 40)
    assert shares(catalogue, kept) == [(1, 1.0)]


def test_a_count_that_is_not_known_makes_no_share(tmp_path: Path, catalogue: Catalogue) -> None:
    kept = keep(tmp_path, lambda _, later: None if later == 2 else 40)
    found = read_triangle(catalogue.sources[SOURCE], catalogue.read_region(REGION), kept)
    assert found
    assert np.isnan(found.counts[:, 2]).all()


def test_states_that_were_not_accepted_do_not_exist(tmp_path: Path, catalogue: Catalogue) -> None:
    kept = keep(tmp_path, slowly)
    assert shares(catalogue, replace(kept, accepted=frozenset())) == []


def test_only_for_indicators_that_allow_an_analysis(tmp_path: Path, catalogue: Catalogue) -> None:
    kept = keep(tmp_path, slowly)
    both = [(INDICATOR, SOURCE), ("woninginbraken_pogingen", SOURCE)]
    found = find(catalogue, kept, [*both, ("fietsen", "politie_misdrijven_maand")])
    assert [f.indicator for f in found] == [INDICATOR] * 3 + ["woninginbraken_pogingen"] * 3
    silent = catalogue.indicators[INDICATOR].model_copy(update={"analyses": ()})
    quiet = replace(catalogue, indicators={**catalogue.indicators, INDICATOR: silent})
    assert [f.indicator for f in find(quiet, kept, both)] == ["woninginbraken_pogingen"] * 3


def test_the_page_says_it_once_a_source(tmp_path: Path) -> None:
    told = [
        Finding(Completeness("politie", 1, 0.7, 0.65), AreaLevel.REGIO, "woninginbraken", place=1),
        Finding(Completeness("politie", 2, 1.0, 1.0), AreaLevel.REGIO, "woninginbraken", place=2),
        Finding(Completeness("cbs_bevolking", 1, 0.95, 0.9), AreaLevel.REGIO, "woninginbraken"),
        Finding(Completeness("kwetsbare bron", 1, 0.95, 0.9), AreaLevel.REGIO, "kwetsbare_cijfers"),
    ]
    table = write_findings(told, indicators=("woninginbraken", "kwetsbare_cijfers"), areas=AREAS)
    written = ReleaseTables({**release_tables(cell=cells()), "finding": table}, about=ABOUT)
    written.write(tmp_path / "file.duckdb", OPENBAAR)
    written.close()
    release = Release(tmp_path / "file.duckdb", hide=lambda *_: Hidden())
    assert list_completeness(release) == (
        "cbs_bevolking: gebruikelijk is na 1 maand 95 procent binnen. Een maand is dan volledig "
        "genoeg om te vergelijken.",
        "politie: nog niet volledig. Gebruikelijk is na 1 maand 70 procent en na 2 maanden 100 "
        "procent binnen. Pas dan is een maand volledig genoeg om te vergelijken.",
    )
    assert show_freshness(Settings(var=tmp_path), release=release)["usual"]
    assert show_freshness(Settings(var=tmp_path))["usual"] == ()

"""Parts of the week: how many times the average, in steps of a half, from a year of the region."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from lib.door_region import ROOT
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.intake.aoristic import SHARE_UNITS
from regiebeeld.pipeline.intake.history import COUNTS, StateFacts, write_state
from regiebeeld.pipeline.intake.when import WHEN, When, WhenFacts, write_when
from regiebeeld.pipeline.run.delivering import Kept
from regiebeeld.pipeline.run.week_hours import find_week_hours
from regiebeeld.releases.findings import WeekHour

SOURCE, INDICATOR, EVENT_SET = "fietsendiefstal_gebeurtenissen", "fietsen", "fietsendiefstal"
YEAR = tuple(f"2025-{month:02}" for month in range(1, 13))
WANTED = [(INDICATOR, SOURCE)]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def keep(
    folder: Path,
    week: NDArray[np.int64],
    periods: tuple[str, ...] = YEAR,
    gemeenten: tuple[str, ...] = (),
    delivery: int = 1,
) -> Kept:
    """Keep a state with so many events of each weekday and hour (7, 24), in two gemeenten."""
    facts = StateFacts(
        source=SOURCE, delivery=delivery, as_of="2026-01-15",
        received_at="2026-01-15T12:00:00+00:00", file_hash="", periods=periods,
        unit="registratie", contract_version="1", agreement_hash="", gemeenten=gemeenten,
    )  # fmt: skip
    rows = [
        (name, gemeente, 2025, day, hour, int(number) * SHARE_UNITS // 2)
        for gemeente in ("GM9901", "GM9902")
        for name, times in ((EVENT_SET, 1), ("iets_anders", 9))
        for (day, hour), number in np.ndenumerate(week * times)
    ]
    table = pa.table(list(zip(*rows, strict=True)), names=WHEN.names).cast(WHEN)
    write_when(folder, facts, When(table, WhenFacts(int(week.sum()), 0, 0, 0, 0)))
    write_state(folder, facts, COUNTS.empty_table())
    return Kept(folder, frozenset({1, 2}), b"")


def busy_evening() -> NDArray[np.int64]:
    """Four events an hour, and on Friday from 18 to 24 o'clock twelve: 24 or 72 a part."""
    week = np.full((7, 24), 4)
    week[4, 18:] = 12
    return week


def test_a_busy_evening_is_found_in_steps(tmp_path: Path, catalogue: Catalogue) -> None:
    found = find_week_hours(catalogue, keep(tmp_path, busy_evening()), WANTED)
    assert len(found) == 28
    # 27 parts of 24 and one of 72: the average is 25.7, so 0.93 and 2.8 times.
    assert found[4 * 4 + 3].content == WeekHour(4, 18, 24, 3.0, YEAR[0], YEAR[-1])
    assert [f.content.times for f in found].count(1.0) == 27
    assert found[0].content == WeekHour(0, 0, 6, 1.0, YEAR[0], YEAR[-1])
    assert {(f.level, f.indicator, f.area) for f in found} == {(AreaLevel.REGIO, INDICATOR, None)}
    assert [f.place for f in found] == list(range(28))


def test_too_few_events_say_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    week = np.zeros((7, 24), np.int64)
    week[0, :6] = 100
    assert len(find_week_hours(catalogue, keep(tmp_path / "600", week), WANTED)) == 28
    week[0, 0] = 98
    assert find_week_hours(catalogue, keep(tmp_path / "598", week), WANTED) == []


def test_only_a_whole_year_of_the_whole_region(tmp_path: Path, catalogue: Catalogue) -> None:
    week = busy_evening()
    assert find_week_hours(catalogue, keep(tmp_path / "short", week, YEAR[1:]), WANTED) == []
    part = keep(tmp_path / "part", week, gemeenten=("GM9901",))
    assert find_week_hours(catalogue, part, WANTED) == []
    refused = replace(keep(tmp_path / "refused", week), accepted=frozenset())
    assert find_week_hours(catalogue, refused, WANTED) == []


def test_the_newest_delivery_tells(tmp_path: Path, catalogue: Catalogue) -> None:
    keep(tmp_path, busy_evening())
    # The newer one leaves a month of the other in use.
    kept = keep(tmp_path, np.full((7, 24), 4), (*YEAR[1:], "2026-01"), delivery=2)
    assert {f.content.times for f in find_week_hours(catalogue, kept, WANTED)} == {1.0}


def test_an_indicator_without_analyses_gets_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    kept = keep(tmp_path, busy_evening())
    quiet = catalogue.indicators[INDICATOR].model_copy(update={"analyses": ()})
    assert find_week_hours(replace(catalogue, indicators={INDICATOR: quiet}), kept, WANTED) == []
    assert find_week_hours(catalogue, kept, [(INDICATOR, "politie_misdrijven_maand")]) == []

"""Near repeats at the door: what is planted is found, chance is not, and only ratios are kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from lib.door_region import REGION, ROOT, DoorRegion, make_door_region
from regiebeeld.catalogue import Catalogue, Source, read_catalogue
from regiebeeld.catalogue.models import Effort
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.intake import near_repeats
from regiebeeld.pipeline.intake.accepting import Accepted, accept_delivery
from regiebeeld.pipeline.intake.counts import count_rows
from regiebeeld.pipeline.intake.coverage import Coverage
from regiebeeld.pipeline.intake.door import open_door
from regiebeeld.pipeline.intake.history import StateFacts, read_states, remove_state
from regiebeeld.pipeline.intake.linking import Linked, LinkReport, Method
from regiebeeld.pipeline.intake.near_repeats import (
    AS_CHANCE,
    MORE,
    NEAR,
    TOO_FEW,
    Near,
    compute_near,
    near_path,
    read_near,
    write_near,
)
from regiebeeld.pipeline.run.delivering import Kept, read_kept
from regiebeeld.pipeline.run.near_repeats import find_near_repeats
from regiebeeld.releases.findings import NearRepeat
from regiebeeld.settings import Settings

SOURCE, INDICATOR = "fietsendiefstal_gebeurtenissen", "fietsen"
YEAR = tuple(f"{2024 + month // 12}-{month % 12 + 1:02}" for month in range(6, 18))
FIRST = np.datetime64("2024-07-01")
Events = tuple[NDArray[np.int64], NDArray[np.datetime64]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def draw(seed: int, repeats: int = 0, size: int = 700) -> Events:
    """Draw events on squares of 100 m in a year; `repeats` of them next door within a week."""
    rng = np.random.default_rng(seed)
    squares = rng.integers(0, 30, (size, 2)) * 100
    days = rng.integers(0, 365, size)
    first = rng.choice(np.flatnonzero(days < 358), repeats, replace=False)
    more = squares[first] + np.array([100, 0])
    squares = np.concatenate([squares, more])
    days = np.concatenate([days, days[first] + rng.integers(0, 8, repeats)])
    return squares, FIRST + days.astype("timedelta64[D]")


def as_rows(events: Events, corner: tuple[int, int] = (234_000, 583_000)) -> list[dict[str, str]]:
    return [
        {
            "Incident Identificatie": f"PL0100_BVH_{number:07}",
            "Incidentsoort code": "A72",
            "Pleeggemeente": "Wolderhage",
            "Begin-pleegdatum/tijd": f"{day} 12:00:00",
            "Poging": "N",
            "X": str(corner[0] + x + 50),
            "Y": str(corner[1] + y + 50),
        }
        for number, ((x, y), day) in enumerate(zip(*events, strict=True))
    ]


def near(
    events: Events, source: Source, periods: tuple[str, ...] = YEAR, method: int = Method.COORDINATE
) -> Near | None:
    """Compute the table of events that were counted and linked."""
    table = pa.Table.from_pylist(as_rows(events))
    size = table.num_rows
    report = LinkReport(size, (), (), {}, {}, {}, 0, 0, 0, 0)
    areas = pa.array(["BU99010000"] * size).dictionary_encode()
    methods = np.full(size, method, np.uint8)
    linked = Linked(areas, np.full(size, 2025, np.int16), methods, report)
    counted = count_rows(table, source, linked, gemeenten=("GM9901",))
    return compute_near(table, source, counted.placed, Coverage(periods, {}), methods)


def bands_with(found: Near | None, verdict: str) -> list[tuple[int, int, int, int]]:
    assert found is not None
    return [
        (r["metres_from"], r["metres_to"], r["days_from"], r["days_to"])
        for r in found.table.to_pylist()
        if r["verdict"] == verdict
    ]


def test_repeats_next_door_within_a_week_are_found(catalogue: Catalogue) -> None:
    found = near(draw(1, repeats=60), catalogue.sources[SOURCE])
    assert bands_with(found, MORE) == [(0, 100, 0, 7)]
    assert found is not None
    (row,) = [r for r in found.table.to_pylist() if r["verdict"] == MORE]
    assert row["event_set"] == "fietsendiefstal"
    assert row["ratio"] == slow_ratio(draw(1, repeats=60))


def slow_ratio(events: Events) -> float:
    """Count pairs next door within a week the obvious way, against dates that change places."""
    squares, dates = events
    days = (dates - dates.min()).astype(int)
    apart = np.abs(squares[:, None] - squares[None]).sum(axis=2) == 100
    rng = np.random.default_rng(9)

    def count(of: NDArray[np.int64]) -> int:
        return int(np.triu(apart & (np.abs(of[:, None] - of[None]) <= 7)).sum())

    totals = []
    for _ in range(60):
        moved = days.copy()
        for block in np.unique(days // 91):
            mine = np.flatnonzero(days // 91 == block)
            moved[mine] = days[rng.permutation(mine)]
        totals.append(count(moved))
    return round(count(days) / float(np.mean(totals)) * 2) / 2


def test_chance_alone_is_called_chance(catalogue: Catalogue) -> None:
    wrong = 0
    for seed in range(20):
        found = near(draw(seed + 100), catalogue.sources[SOURCE])
        assert bands_with(found, AS_CHANCE)
        wrong += bool(bands_with(found, MORE))
    assert wrong <= 3  # at 5 % one is expected, and more than three in 2 % of such runs


def test_a_season_is_no_repeat(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    # The west in summer, the east in winter: close in place and season, without any repeat.
    def count_wrong() -> int:
        wrong = 0
        for seed in range(20):
            squares, days = draw(seed)
            half = (days - FIRST).astype(int) < 182
            squares[:, 0] = squares[:, 0] // 200 * 100 + np.where(half, 0, 1500)
            wrong += bool(bands_with(near((squares, days), catalogue.sources[SOURCE]), MORE))
        return wrong

    assert count_wrong() <= 3  # at 5 % one is expected
    monkeypatch.setattr(near_repeats, "BLOCK", 1000)  # the guard away: dates move over the year
    assert count_wrong() == 20


def test_sure_but_small_is_not_called_more(catalogue: Catalogue) -> None:
    found = near(draw(2, repeats=120, size=3000), catalogue.sources[SOURCE])
    assert found is not None
    row = next(r for r in found.table.to_pylist() if (r["metres_to"], r["days_to"]) == (100, 7))
    assert (row["p"], row["ratio"], row["verdict"]) == (0.002, 1.0, AS_CHANCE)


def test_a_band_of_few_pairs_says_nothing(catalogue: Catalogue) -> None:
    found = near(draw(4, repeats=9, size=80), catalogue.sources[SOURCE])
    assert (0, 100, 0, 7) in bands_with(found, TOO_FEW)
    assert found is not None
    for row in found.table.to_pylist():
        assert (row["verdict"] == TOO_FEW) is (row["ratio"] is None) is (row["p"] is None)
        assert row["ratio"] is None or row["ratio"] * 2 == round(row["ratio"] * 2)


@pytest.mark.parametrize("periods", [YEAR[1:], (*YEAR[:5], *YEAR[6:], "2025-07"), ("2024",), ()])
def test_less_than_a_year_gives_the_reason(catalogue: Catalogue, periods: tuple[str, ...]) -> None:
    found = near(draw(5), catalogue.sources[SOURCE], periods)
    assert found is not None
    assert "geen 12 maanden achter elkaar" in found.words
    assert found.table.num_rows == 0


def test_only_the_last_year_counts(catalogue: Catalogue) -> None:
    events, longer = draw(6, repeats=60), ("2024-05", "2024-06", *YEAR)
    squares, days = draw(7)
    both = (
        np.concatenate([events[0], squares[:40]]),
        np.concatenate([events[1], FIRST - 1 - (days[:40] - FIRST) // 8]),
    )
    source = catalogue.sources[SOURCE]
    one, two = near(events, source), near(both, source, longer)
    assert one is not None
    assert two is not None
    assert one.table.equals(two.table)


def test_only_by_coordinate_and_only_where_the_contract_asks(catalogue: Catalogue) -> None:
    source = catalogue.sources[SOURCE]
    by_name = near(draw(8), source, method=Method.AREA_NAME)
    assert by_name is not None
    assert by_name.table.num_rows == 0
    for change in ({"near_repeats": False}, {"effort": Effort.HAALDELICT}):
        other = replace(source, terms=source.terms.model_copy(update=change))
        assert near(draw(8), other) is None
    nowhere = tuple(f for f in source.fields if f.name != "X")
    assert near(draw(8), replace(source, fields=nowhere)) is None


FACTS = StateFacts(
    source=SOURCE, delivery=3, as_of="2025-07-15", received_at="2025-07-15T12:00:00+00:00",
    file_hash="", periods=YEAR, unit="registratie", contract_version="1", agreement_hash="",
)  # fmt: skip


def test_it_is_kept_and_forgotten_with_its_state(tmp_path: Path, catalogue: Catalogue) -> None:
    made = near(draw(1, repeats=60), catalogue.sources[SOURCE])
    assert made is not None
    path = write_near(tmp_path, FACTS, made)
    again = read_near(tmp_path, FACTS)
    assert again is not None
    assert again.table.equals(made.table)
    assert again.reason == ""
    remove_state(tmp_path, SOURCE, FACTS.delivery)
    assert not path.exists()
    assert read_near(tmp_path, FACTS) is None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    return make_door_region(tmp_path_factory.mktemp("near"), example_region)


def find_corner(region: DoorRegion) -> tuple[int, int]:
    """Give the lower left of three kilometres in the middle of the region."""
    with open_door(REGION, region.settings) as door:
        _, shapes = door.frame.layouts[2025].drawn(AreaLevel.GEMEENTE)
        boxes = np.array([shape.bounds for shape in shapes])
    middle = (boxes[:, :2].min(axis=0) + boxes[:, 2:].max(axis=0)) / 2
    return int(middle[0]) // 100 * 100 - 1500, int(middle[1]) // 100 * 100 - 1500


def send(region: DoorRegion, rows: Sequence[dict[str, str]], as_of: date) -> Accepted:
    path = region.csv([dict(row) for row in rows])
    done = accept_delivery(path, SOURCE, REGION, region.settings, as_of=as_of)
    assert isinstance(done, Accepted), done
    return done


def test_through_the_door_only_ratios_are_kept_and_told(
    made: DoorRegion, catalogue: Catalogue
) -> None:
    events = draw(1, repeats=60)
    rows = as_rows(events, find_corner(made))
    done = send(made, rows, date(2025, 7, 15))
    assert "herhaling dichtbij: berekend, alleen de verhoudingen bewaard" in done.told
    kept = read_kept(catalogue.read_region(REGION), made.settings)
    (facts,) = read_states(kept.deliveries, SOURCE)
    there = read_near(kept.deliveries, facts)
    assert there is not None
    assert there.table.schema.equals(NEAR)
    assert there.table.num_rows == 4 * 4
    found = find_near_repeats(catalogue, kept, [(INDICATOR, SOURCE)])
    assert {f.content.verdict for f in found} == {MORE, AS_CHANCE}
    (first,) = [f for f in found if f.content.verdict == MORE]
    assert first.content == NearRepeat(0, 100, 0, 7, slow_ratio(events), MORE)
    assert (first.level, first.indicator, first.area) == (AreaLevel.REGIO, INDICATOR, None)
    assert first.period == "2025-06/P12M"
    # A file of one month tells no year: the table before it stays.
    month = [row for row in rows if row["Begin-pleegdatum/tijd"].startswith("2025-06")]
    last = send(made, month, date(2025, 7, 16))
    assert any("te weinig: de levering vertelt geen 12 maanden" in words for words in last.told)
    later = read_kept(catalogue.read_region(REGION), made.settings)
    assert find_near_repeats(catalogue, later, [(INDICATOR, SOURCE)]) == found
    check_silent(later, catalogue)


def check_silent(kept: Kept, catalogue: Catalogue) -> None:
    """An indicator without analyses, and a contract that does not ask for it, get nothing."""
    wanted = [(INDICATOR, SOURCE)]
    quiet = catalogue.indicators[INDICATOR].model_copy(update={"analyses": ()})
    silent = replace(catalogue, indicators={INDICATOR: quiet})
    assert find_near_repeats(silent, kept, wanted) == []
    source = catalogue.sources[SOURCE]
    terms = source.terms.model_copy(update={"near_repeats": False})
    unasked = replace(catalogue, sources={SOURCE: replace(source, terms=terms)})
    assert find_near_repeats(unasked, kept, wanted) == []
    assert find_near_repeats(catalogue, replace(kept, accepted=frozenset()), wanted) == []
    (first, _) = read_states(kept.deliveries, SOURCE)
    assert near_path(kept.deliveries, first).is_file()

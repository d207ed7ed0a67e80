"""Weekday x hour of a delivery: every counted event, in the table of its gemeente and year."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import Field, FieldType, Role
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.pipeline.intake.aoristic import SHARE_UNITS
from regiebeeld.pipeline.intake.counts import count_rows, read_moments
from regiebeeld.pipeline.intake.coverage import Coverage
from regiebeeld.pipeline.intake.history import StateFacts, drop_state, read_states, write_state
from regiebeeld.pipeline.intake.linking import Linked, LinkReport
from regiebeeld.pipeline.intake.when import When, compute_when, read_when, write_when

FORM = "yyyy-MM-dd HH:mm:ss"
BEGIN = Field("van", Role.BEGIN, FieldType.TIMESTAMP, format=FORM)
END = Field("tot", Role.END, FieldType.TIMESTAMP, format=FORM)
SETS = Field("soort", Role.EVENT_SET, FieldType.STRING, values=("fiets", "auto"))
HERE, THERE, AWAY = "BU01530001", "BU01640001", "BU03630001"
MONTHS = Coverage(("2024-12", "2025-01"), {})
Row = tuple[str, str | None, str | None, str]


def a_source(*fields: Field, grain: str = "event") -> Source:
    terms = {
        "kind": "delivery", "table": "x", "publisher": "Politie", "content": "counts",
        "grain": grain, "atom": {"level": "buurt", "period": "month"},
    }  # fmt: skip
    return Source("x", "X", "", "", "1", (), SourceTerms.model_validate(terms), fields=fields)


EVENTS = a_source(SETS, BEGIN, END)


def when(rows: list[Row], source: Source = EVENTS, gemeente: str | None = None) -> When | None:
    """Rows of event set, begin, end and area."""
    sets, begin, end, areas = zip(*rows, strict=True)
    table = pa.table({"soort": list(sets), "van": list(begin), "tot": list(end)})
    table = table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
    report = LinkReport(len(rows), (), (), {}, {}, {}, 0, 0, 0, 0)
    size = len(rows)
    codes = pa.array(areas, pa.string()).dictionary_encode()
    linked = Linked(codes, np.full(size, 2025, np.int16), np.zeros(size, np.uint8), report)
    counted = count_rows(table, source, linked, gemeenten=("GM0153", "GM0164"), gemeente=gemeente)
    return compute_when(table, source, counted.placed, MONTHS)


def cells(found: When | None) -> dict[tuple[str, str, int, int, int], float]:
    assert found is not None
    return {
        (r["event_set"], r["gemeente"], r["year"], r["weekday"], r["hour"]): r["units"]
        / SHARE_UNITS
        for r in found.table.to_pylist()
    }


def test_an_event_is_divided_over_its_hours() -> None:
    # Wednesday 8 January 2025, 22:30 to 0:30: a quarter, a half and, on Thursday, a quarter.
    found = when([("fiets", "2025-01-08 22:30:00", "2025-01-09 00:30:00", HERE)])
    assert cells(found) == {
        ("fiets", "GM0153", 2025, 2, 22): 0.25,
        ("fiets", "GM0153", 2025, 2, 23): 0.5,
        ("fiets", "GM0153", 2025, 3, 0): 0.25,
    }


def test_sets_gemeenten_and_years_stand_apart_and_only_counted_events_take_part() -> None:
    monday, new_year = "2025-01-06 10:00:00", "2024-12-31 23:00:00"
    found = when(
        [
            ("fiets", monday, "2025-01-06 10:59:00", HERE),
            ("auto", monday, "2025-01-06 10:59:00", HERE),
            ("fiets", monday, None, THERE),
            ("fiets", new_year, "2024-12-31 23:30:00", HERE),
            ("fiets", monday, None, "GM0000"),
            ("fiets", monday, None, AWAY),  # outside the region
            ("fiets", "2025-02-03 10:00:00", None, HERE),  # outside the covered periods
            ("fiets", "2024-11-30 10:00:00", None, HERE),
        ]
    )
    assert cells(found) == {
        ("fiets", "GM0153", 2025, 0, 10): 1,
        ("auto", "GM0153", 2025, 0, 10): 1,
        ("fiets", "GM0164", 2025, 0, 10): 1,
        ("fiets", "GM0153", 2024, 1, 23): 1,
        ("fiets", "GM0000", 2025, 0, 10): 1,
    }
    assert found is not None
    assert (found.facts.events, found.facts.intervals, found.facts.without_end) == (5, 3, 2)


def test_what_has_no_place_is_of_the_gemeente_that_sent_it() -> None:
    row = ("fiets", "2025-01-06 10:00:00", None, "GM0000")
    assert set(cells(when([row], gemeente="GM0153"))) == {("fiets", "GM0153", 2025, 0, 10)}


def test_a_day_without_a_time_is_no_midnight() -> None:
    found = when(
        [
            ("fiets", "2025-01-06", None, HERE),
            ("fiets", "45663", None, HERE),  # Excel's number of 6 January 2025
            ("fiets", "45663.5", "2025-01-07", HERE),  # noon; its end is a day without a time
            ("fiets", "2025-01-06 12:00:00", "2025-01-06 11:00:00", HERE),
            ("fiets", "2025-01-06 00:00:00", "geen tijd", HERE),
        ]
    )
    assert cells(found) == {
        ("fiets", "GM0153", 2025, 0, 12): 1,
        ("fiets", "GM0153", 2025, 0, 0): 1,
    }
    assert found is not None
    facts = found.facts
    assert (facts.events, facts.intervals, facts.without_end) == (2, 0, 2)
    assert (facts.reversed, facts.without_time) == (1, 2)
    assert facts.words.startswith("0 van de 2 gebeurtenissen hebben een begin en een later einde")
    assert "3 zonder tijdstip" in facts.words


def test_against_a_slow_count_of_minutes() -> None:
    draw = np.random.default_rng(3)
    rows: list[Row] = []
    slow: dict[tuple[str, str, int, int, int], float] = defaultdict(float)
    for _ in range(60):
        begin = datetime(2024, 12, 20) + timedelta(minutes=int(draw.integers(0, 30 * 24 * 60)))
        minutes = int(draw.integers(1, 3000))
        event_set, area = str(draw.choice(["fiets", "auto"])), str(draw.choice([HERE, THERE]))
        rows.append((event_set, str(begin), str(begin + timedelta(minutes=minutes)), area))
        for step in range(minutes):
            moment = begin + timedelta(minutes=step)
            key = (event_set, f"GM{area[2:6]}", begin.year, moment.weekday(), moment.hour)
            slow[key] += 1 / minutes
    found = cells(when(rows))
    assert found.keys() == slow.keys()
    assert found == pytest.approx(slow, abs=1e-6)
    assert sum(found.values()) == pytest.approx(60)


@pytest.mark.parametrize(
    "source",
    [
        a_source(SETS, BEGIN),
        a_source(SETS, BEGIN, replace(END, type=FieldType.DATE, format="yyyy-MM-dd")),
        a_source(SETS, replace(BEGIN, type=FieldType.DATE, format="yyyy-MM-dd"), END),
    ],
)
def test_a_contract_without_times_has_no_table(source: Source) -> None:
    assert when([("fiets", "2025-01-06 10:00:00", None, HERE)], source) is None


def test_the_table_is_kept_beside_its_state_and_dropped_with_it(tmp_path: Path) -> None:
    found = when([("fiets", "2025-01-06 10:00:00", None, HERE)])
    assert found is not None
    facts = StateFacts("x", 1, "2025-02-01", "2025-02-01T08:00:00+00:00", "h", (), "", "1", "a")
    other = replace(facts, delivery=11)
    empty = pa.table({name: [] for name in ("event_set", "breakdown", "area", "vintage", "period")})
    for each in (facts, other):
        write_when(tmp_path, each, found)
        write_state(tmp_path, each, empty.append_column("count", pa.array([], pa.int64())))
    assert [each.delivery for each in read_states(tmp_path, "x")] == [1, 11]
    again = read_when(tmp_path, facts)
    assert again is not None
    assert (again.table, again.facts) == (found.table, found.facts)
    drop_state(tmp_path, "x", 1)
    assert sorted(path.name for path in (tmp_path / "x").iterdir()) == [
        "2025-02-01.11.parquet",
        "2025-02-01.11.when.parquet",
    ]
    assert read_when(tmp_path, facts) is None


def test_moments_are_read_in_every_notation() -> None:
    day_first = Field("van", Role.BEGIN, FieldType.TIMESTAMP, format="dd-MM-yyyy HH:mm")
    texts = ["06-01-2025 10:30", "2025-01-06T10:30:00", "06-01-2025", "", "x", None]
    found = read_moments(pa.table({"van": pa.array(texts, pa.string())}), EVENTS, day_first)
    half_past = np.datetime64("2025-01-06T10:30:00")
    assert found[:2].tolist() == [half_past.item()] * 2
    assert np.isnat(found[2:]).all()

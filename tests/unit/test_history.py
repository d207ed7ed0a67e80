"""What was known when: a delivery replaces its own periods, and every earlier state is kept."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.history import (
    COUNTS,
    FACTS,
    StateFacts,
    drop_state,
    read_states,
    state_as_of,
    write_state,
)
from regiebeeld.pipeline.intake.revisions import Revision, compute_revisions

SOURCE = "overlast_aantallen"
ONE, TWO = "BU01530000", "BU01530001"


def facts(delivery: int, as_of: str, *periods: str) -> StateFacts:
    return StateFacts(
        source=SOURCE,
        delivery=delivery,
        as_of=as_of,
        received_at=f"{as_of}T08:00:00+00:00",
        file_hash=f"hash{delivery}",
        periods=periods,
        unit="melding",
        contract_version="1.0.0",
        agreement_hash="afspraak",
    )


def counts(*rows: tuple[str, str, int]) -> pa.Table:
    """Rows of area, period and count."""
    full = [("overlast", "total", area, 2025, period, count) for area, period, count in rows]
    return pa.table(list(zip(*full, strict=True)), schema=COUNTS) if full else COUNTS.empty_table()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """January and February told in March; February corrected in April, and March added."""
    march = counts((ONE, "2025-01", 4), (TWO, "2025-01", 6), (ONE, "2025-02", 3))
    april = counts((TWO, "2025-02", 5), (ONE, "2025-03", 2))
    write_state(tmp_path, facts(1, "2025-03-10", "2025-01", "2025-02"), march)
    write_state(tmp_path, facts(2, "2025-04-10", "2025-02", "2025-03"), april)
    return tmp_path


def seen(folder: Path, moment: date | None = None) -> set[tuple[str, str, int]]:
    rows = state_as_of(folder, SOURCE, moment).counts.to_pylist()
    return {(row["area"], row["period"], row["count"]) for row in rows}


def test_a_correction_replaces_and_never_adds(kept: Path) -> None:
    january = {(ONE, "2025-01", 4), (TWO, "2025-01", 6)}
    assert seen(kept) == january | {(TWO, "2025-02", 5), (ONE, "2025-03", 2)}


def test_what_did_we_know_in_march(kept: Path) -> None:
    assert seen(kept, date(2025, 3, 31)) == {
        (ONE, "2025-01", 4),
        (TWO, "2025-01", 6),
        (ONE, "2025-02", 3),
    }
    assert seen(kept, date(2025, 3, 9)) == set()
    assert state_as_of(kept, SOURCE, date(2025, 3, 9)).periods == ()
    state = state_as_of(kept, SOURCE)
    tellers = [state.teller(period, "GM0153") for period in state.periods]
    assert [by.delivery for by in tellers if by] == [1, 2, 2]
    assert state.periods == ("2025-01", "2025-02", "2025-03")
    assert state.teller("2025-04", "GM0153") is None


def test_the_size_of_later_revisions(kept: Path) -> None:
    # February: 3 at ONE became 5 at TWO: 2 more, and 3 + 5 moved.
    assert compute_revisions(kept, SOURCE) == [
        Revision("2025-01", "2025-03-10", 1, 10, None, None),
        Revision("2025-02", "2025-03-10", 1, 3, None, None),
        Revision("2025-02", "2025-04-10", 2, 5, 2, 8),
        Revision("2025-03", "2025-04-10", 2, 2, None, None),
    ]


def test_an_older_state_that_comes_late_does_not_undo_a_newer_one(kept: Path) -> None:
    write_state(kept, facts(3, "2025-02-20", "2025-01", "2025-02"), counts((ONE, "2025-01", 99)))
    assert (ONE, "2025-01", 4) in seen(kept)
    assert seen(kept, date(2025, 2, 28)) == {(ONE, "2025-01", 99)}


def test_of_one_day_the_later_delivery_goes_first(tmp_path: Path) -> None:
    # 10 sorts before 9 as text, and after it as a number.
    write_state(tmp_path, facts(9, "2025-03-10", "2025-01"), counts((ONE, "2025-01", 1)))
    write_state(tmp_path, facts(10, "2025-03-10", "2025-01"), counts((ONE, "2025-01", 2)))
    assert seen(tmp_path) == {(ONE, "2025-01", 2)}


def test_a_covered_period_without_rows_is_known_to_be_empty(kept: Path) -> None:
    write_state(kept, facts(3, "2025-05-10", "2025-01"), counts())
    assert not [row for row in seen(kept) if row[1] == "2025-01"]
    assert "2025-01" in state_as_of(kept, SOURCE).periods


def test_a_state_is_never_overwritten(kept: Path) -> None:
    with pytest.raises(ContractError, match="is er al"):
        write_state(kept, facts(1, "2025-03-10", "2025-01"), counts())


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(ONE, "2024-12", 1)], "buiten de dekking"),
        ([(ONE, "2025-01", 1), (ONE, "2025-01", 2)], "twee keer"),
        ([(ONE, "2025-01", -1)], "onder nul"),
    ],
)
def test_a_state_that_cannot_be_true_is_refused(
    tmp_path: Path, rows: list[tuple[str, str, int]], words: str
) -> None:
    with pytest.raises(ContractError, match=words):
        write_state(tmp_path, facts(1, "2025-03-10", "2025-01"), counts(*rows))
    assert read_states(tmp_path, SOURCE) == []


def test_what_a_cut_off_delivery_left_is_removed(kept: Path) -> None:
    draft = kept / SOURCE / ".2025-05-01.3.parquet.0123"
    draft.write_bytes(b"half")
    drop_state(kept, SOURCE, 2)
    assert [path.name for path in (kept / SOURCE).iterdir()] == ["2025-03-10.1.parquet"]
    drop_state(kept, "nooit_geleverd", 1)


def test_a_damaged_state_is_told(kept: Path) -> None:
    (kept / SOURCE / "2025-04-10.2.parquet").write_bytes(b"geen parquet")
    with pytest.raises(ContractError, match="kopie"):
        state_as_of(kept, SOURCE)


def test_a_foreign_parquet_file_is_told(kept: Path) -> None:
    pq.write_table(counts(), kept / SOURCE / "2025-06-01.7.parquet")
    with pytest.raises(ContractError, match="kopie"):
        read_states(kept, SOURCE)


def test_a_name_cannot_lead_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="geen naam van een bron"):
        read_states(tmp_path, "../elders")


def test_a_source_that_never_delivered_has_no_state(tmp_path: Path) -> None:
    assert state_as_of(tmp_path, SOURCE).counts.num_rows == 0
    assert compute_revisions(tmp_path, SOURCE) == []


THERE = "BU01640000"


def of(code: str, delivery: int, as_of: str, *periods: str) -> StateFacts:
    return replace(facts(delivery, as_of, *periods), gemeenten=(code,))


def test_gemeenten_stand_side_by_side_and_each_replaces_its_own(tmp_path: Path) -> None:
    write_state(tmp_path, of("GM0153", 1, "2025-03-10", "2025-01"), counts((ONE, "2025-01", 4)))
    write_state(tmp_path, of("GM0164", 2, "2025-03-11", "2025-01"), counts((THERE, "2025-01", 7)))
    write_state(tmp_path, of("GM0153", 3, "2025-04-10", "2025-01"), counts((TWO, "2025-01", 5)))
    assert seen(tmp_path) == {(TWO, "2025-01", 5), (THERE, "2025-01", 7)}
    assert seen(tmp_path, date(2025, 3, 31)) == {(ONE, "2025-01", 4), (THERE, "2025-01", 7)}
    state = state_as_of(tmp_path, SOURCE)
    tellers = [state.teller("2025-01", code) for code in ("GM0153", "GM0164", "GM0000", "GM0141")]
    assert [by.delivery if by else None for by in tellers] == [3, 2, None, None]
    assert [facts.delivery for facts in state.used] == [3, 2]


def test_one_gemeente_replaces_its_part_of_a_whole_region_and_the_region_replaces_all(
    tmp_path: Path,
) -> None:
    whole = counts((ONE, "2025-01", 4), (THERE, "2025-01", 7), ("BU00000000", "2025-01", 1))
    write_state(tmp_path, facts(1, "2025-03-10", "2025-01"), whole)
    write_state(tmp_path, of("GM0153", 2, "2025-04-10", "2025-01"), counts())
    assert seen(tmp_path) == {(THERE, "2025-01", 7), ("BU00000000", "2025-01", 1)}
    write_state(tmp_path, facts(3, "2025-05-10", "2025-01"), counts((ONE, "2025-01", 9)))
    assert seen(tmp_path) == {(ONE, "2025-01", 9)}
    assert [facts.delivery for facts in state_as_of(tmp_path, SOURCE).used] == [3]


def test_a_first_delivery_of_a_gemeente_revises_nothing(tmp_path: Path) -> None:
    write_state(tmp_path, of("GM0153", 1, "2025-03-10", "2025-01"), counts((ONE, "2025-01", 4)))
    write_state(tmp_path, of("GM0164", 2, "2025-03-11", "2025-01"), counts((THERE, "2025-01", 7)))
    write_state(tmp_path, of("GM0153", 3, "2025-04-10", "2025-01"), counts((TWO, "2025-01", 6)))
    again = counts((TWO, "2025-01", 6), (THERE, "2025-01", 5), ("BU01410000", "2025-01", 100))
    write_state(tmp_path, facts(4, "2025-05-10", "2025-01"), again)
    assert compute_revisions(tmp_path, SOURCE) == [
        Revision("2025-01", "2025-03-10", 1, 4, None, None, ("GM0153",)),
        Revision("2025-01", "2025-03-11", 2, 7, None, None, ("GM0164",)),
        # 4 at ONE became 6 at TWO.
        Revision("2025-01", "2025-04-10", 3, 6, 2, 10, ("GM0153",)),
        # The two that were known went from 6 + 7 to 6 + 5; the 100 of GM0141 are new, not revised.
        Revision("2025-01", "2025-05-10", 4, 111, -2, 2),
    ]


def test_a_gemeente_is_compared_with_its_part_of_the_whole_region(tmp_path: Path) -> None:
    whole = counts((ONE, "2025-01", 4), (THERE, "2025-01", 7))
    write_state(tmp_path, facts(1, "2025-03-10", "2025-01"), whole)
    write_state(tmp_path, of("GM0153", 2, "2025-04-10", "2025-01"), counts((ONE, "2025-01", 9)))
    write_state(tmp_path, facts(3, "2025-05-10", "2025-01"), whole)
    assert compute_revisions(tmp_path, SOURCE) == [
        Revision("2025-01", "2025-03-10", 1, 11, None, None),
        Revision("2025-01", "2025-04-10", 2, 9, 5, 5, ("GM0153",)),
        # What was known by then is 9 and 7.
        Revision("2025-01", "2025-05-10", 3, 11, -5, 5),
    ]


def test_rows_of_another_gemeente_are_no_state(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="andere gemeente dan GM0153"):
        write_state(
            tmp_path, of("GM0153", 1, "2025-03-10", "2025-01"), counts((THERE, "2025-01", 7))
        )


def test_a_state_from_before_gemeenten_tells_the_whole_region(kept: Path) -> None:
    path = kept / SOURCE / "2025-03-10.1.parquet"
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[FACTS])
    for name in ("gemeenten", "keep_until"):
        told.pop(name)
    pq.write_table(table.replace_schema_metadata({FACTS: json.dumps(told).encode()}), path)
    before, after = seen(kept), read_states(kept, SOURCE)[0]
    assert (after.gemeenten, after.keep_until) == ((), "")
    assert (ONE, "2025-01", 4) in before


GEMEENTEN = {"GM0153": (ONE, TWO), "GM0164": (THERE,), "GM0000": ("BU00000000",)}
_STATES = st.lists(
    st.tuples(
        st.sampled_from(["", "GM0153", "GM0164"]),
        st.sets(st.sampled_from(["2025-01", "2025-02", "2025-03"]), min_size=1),
        st.integers(1, 28),
        st.integers(0, 5),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(_STATES)
def test_what_is_known_equals_a_slow_replay(states: list[tuple[str, set[str], int, int]]) -> None:
    known: dict[tuple[str, str], dict[str, int]] = {}
    with TemporaryDirectory() as folder:
        numbered = list(enumerate(states, start=1))
        for delivery, (code, periods, day, number) in numbered:
            areas = GEMEENTEN[code] if code else [a for own in GEMEENTEN.values() for a in own]
            rows = [(area, p, number + i) for p in sorted(periods) for i, area in enumerate(areas)]
            told = facts(delivery, f"2025-05-{day:02d}", *sorted(periods))
            told = replace(told, gemeenten=(code,) if code else ())
            write_state(Path(folder), told, counts(*rows))
        for delivery, (code, periods, _, number) in sorted(numbered, key=lambda s: (s[1][2], s[0])):
            del delivery
            areas = GEMEENTEN[code] if code else [a for own in GEMEENTEN.values() for a in own]
            for period in periods:
                for gemeente in [code] if code else GEMEENTEN:
                    known[period, gemeente] = {
                        area: number + i
                        for i, area in enumerate(areas)
                        if area in GEMEENTEN[gemeente]
                    }
        assert seen(Path(folder)) == {
            (area, period, number)
            for (period, _), cells in known.items()
            for area, number in cells.items()
        }

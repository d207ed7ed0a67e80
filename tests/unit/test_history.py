"""What was known when: a delivery replaces its own periods, and every earlier state is kept."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.intake.history import (
    COUNTS,
    Revision,
    StateFacts,
    compute_revisions,
    drop_state,
    read_states,
    state_as_of,
    write_state,
)

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
    told_by = state_as_of(kept, SOURCE).told_by
    assert {period: by.delivery for period, by in told_by.items()} == {
        "2025-01": 1,
        "2025-02": 2,
        "2025-03": 2,
    }


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

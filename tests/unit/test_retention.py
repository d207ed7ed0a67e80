"""Counts are kept as long as was agreed, not a day longer, and never come back."""

import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from regiebeeld.catalogue import read_catalogue
from regiebeeld.pipeline.intake.history import (
    COUNTS,
    DELIVERIES,
    StateFacts,
    read_states,
    state_as_of,
    state_path,
    write_state,
)
from regiebeeld.pipeline.intake.retention import (
    Forgotten,
    compute_keep_until,
    forget_counts,
    forget_old,
)
from regiebeeld.settings import Settings

SOURCE = "boa_inzet"
FACTS = StateFacts(
    source=SOURCE,
    delivery=1,
    as_of="2025-03-31",
    received_at="2025-04-10T08:00:00+00:00",
    file_hash="hash",
    periods=("2025-01",),
    unit="melding",
    contract_version="1.0.0",
    agreement_hash="afspraak",
    keep_until="2027-04-10",
)
LAST = date(2027, 4, 10)
AFTER = date(2027, 4, 11)


@pytest.mark.parametrize(
    ("received", "months", "until"),
    [
        ((2025, 4, 10), 24, (2027, 4, 10)),
        ((2025, 1, 31), 1, (2025, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2024, 2, 29), 12, (2025, 2, 28)),
        ((2025, 12, 1), 1, (2026, 1, 1)),
        ((2025, 11, 30), 13, (2026, 12, 30)),
    ],
)
def test_months_of_the_calendar(
    received: tuple[int, int, int], months: int, until: tuple[int, int, int]
) -> None:
    assert compute_keep_until(date(*received), months) == date(*until)


def keep(folder: Path, **more: object) -> StateFacts:
    facts = replace(FACTS, **more)
    write_state(folder, facts, COUNTS.empty_table())
    return facts


def left(folder: Path, source: str = SOURCE) -> list[int]:
    return [facts.delivery for facts in read_states(folder, source)]


def test_the_last_day_is_kept_and_the_next_is_not(tmp_path: Path) -> None:
    keep(tmp_path)
    assert forget_old(tmp_path, {SOURCE: 24}, LAST) == Forgotten()
    assert left(tmp_path) == [1]
    assert forget_old(tmp_path, {SOURCE: 24}, AFTER) == Forgotten(states=1)
    assert left(tmp_path) == []
    assert list((tmp_path / SOURCE).iterdir()) == []
    assert forget_old(tmp_path, {SOURCE: 24}, AFTER) == Forgotten()


def test_it_counts_from_the_day_of_receipt_and_takes_the_old_ones_only(tmp_path: Path) -> None:
    keep(tmp_path)
    later = {"received_at": "2025-04-11T08:00:00+00:00", "keep_until": "2027-04-11"}
    keep(tmp_path, delivery=2, as_of="2020-01-01", **later)
    assert forget_old(tmp_path, {SOURCE: 24}, AFTER).states == 1
    assert left(tmp_path) == [2]


def test_what_lies_beside_a_state_goes_with_it_and_no_other(tmp_path: Path) -> None:
    for delivery in (1, 11):
        facts = keep(tmp_path, delivery=delivery, keep_until="2027-04-10" if delivery == 1 else "")
        pq.write_table(
            COUNTS.empty_table(), state_path(tmp_path, facts).with_suffix(".when.parquet")
        )
    assert forget_old(tmp_path, {}, AFTER) == Forgotten(states=1, without_term=1)
    assert sorted(path.name for path in (tmp_path / SOURCE).iterdir()) == [
        "2025-03-31.11.parquet",
        "2025-03-31.11.when.parquet",
    ]


def test_a_shorter_agreement_counts_at_once(tmp_path: Path) -> None:
    keep(tmp_path)
    assert forget_old(tmp_path, {SOURCE: 12}, date(2026, 4, 10)).states == 0
    assert forget_old(tmp_path, {SOURCE: 12}, date(2026, 4, 11)).states == 1


def test_a_longer_agreement_revives_nothing_and_stretches_nothing(tmp_path: Path) -> None:
    keep(tmp_path)
    assert forget_old(tmp_path, {SOURCE: 240}, AFTER).states == 1
    assert forget_old(tmp_path, {SOURCE: 240}, LAST).states == 0
    assert state_as_of(tmp_path, SOURCE).periods == ()


def test_without_an_agreement_the_last_known_term_holds(tmp_path: Path) -> None:
    keep(tmp_path)
    assert forget_old(tmp_path, {}, LAST).states == 0
    assert forget_old(tmp_path, {}, AFTER).states == 1


def test_a_state_from_before_terms_takes_that_of_the_agreement(tmp_path: Path) -> None:
    keep(tmp_path, keep_until="")
    assert forget_old(tmp_path, {}, AFTER) == Forgotten(without_term=1)
    assert forget_old(tmp_path, {SOURCE: 24}, LAST).states == 0
    assert forget_old(tmp_path, {SOURCE: 24}, AFTER).states == 1


def test_what_cannot_be_read_is_told_and_stops_no_other(tmp_path: Path) -> None:
    keep(tmp_path)
    (tmp_path / SOURCE / "2025-01-01.9.parquet").write_bytes(b"geen parquet")
    assert forget_old(tmp_path, {}, AFTER) == Forgotten(states=1, unreadable=1)


def test_nothing_was_ever_delivered(tmp_path: Path) -> None:
    assert forget_old(tmp_path / "weg", {SOURCE: 24}, AFTER) == Forgotten()


def test_the_log_tells_numbers_and_no_source(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = read_catalogue(Path("catalogue"), Path("regions"))
    agreement = catalogue.agreement_for("voorbeeld", SOURCE)
    assert agreement is not None
    settings = Settings(var=tmp_path)
    until = compute_keep_until(date(2025, 4, 10), agreement.retention_months)
    keep(settings.unprotected / DELIVERIES, keep_until=until.isoformat())
    with caplog.at_level(logging.INFO):
        assert forget_counts(catalogue, "voorbeeld", settings, until) == 0
        assert forget_counts(catalogue, "voorbeeld", settings, date(2050, 1, 1)) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "bewaartermijn voorbij: 1 standen met tellingen verwijderd"
    ]

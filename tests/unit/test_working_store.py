"""The working store: what goes in comes out, a failed build changes nothing on disk."""

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from regiebeeld.domain import ContractError, read_period
from regiebeeld.pipeline.store import (
    StoredDelivery,
    StoredObservations,
    WorkingStore,
    build_store,
)
from regiebeeld.settings import Settings

DELIVERY = StoredDelivery("politie", "2026-01-01.1", "2026-01-01T00:00:00", 2024, "registratie")


def observations(**more: object) -> StoredObservations:
    """Two rows: 7 in GM0141, and none in GM0153 with a reason."""
    seen = StoredObservations(
        areas=["GM0141", "GM0153"],
        placed=np.array([True, False]),
        event_sets=["1.1.1"],
        periods=[read_period("2024-01")],
        area=np.array([0, 1], dtype=np.int32),
        event_set=np.array([0, 0], dtype=np.int32),
        period=np.array([0, 0], dtype=np.int32),
        count=np.array([7, -1], dtype=np.int64),
        status=np.array([0, 3], dtype=np.uint8),
        reason=np.array([-1, 0], dtype=np.int16),
        provisional=np.array([True, False]),
        reasons=["nog niet gevuld"],
        estimated_share=np.array([0.25, 0], dtype=np.float32),
    )
    return replace(seen, **more)  # type: ignore[arg-type]


def rows_of(store: WorkingStore, source: str = "politie", event_set: str = "1.1.1") -> list[tuple]:
    areas, _, periods, reasons = store.read_names()
    rows = store.read_rows(source, event_set)
    return sorted(
        (
            areas[area],
            periods[period].id,
            int(count),
            int(status),
            reasons[reason] if reason >= 0 else None,
            float(share),
            bool(provisional),
        )
        for area, period, count, status, reason, share, provisional in zip(
            *(rows[n] for n in ("area_key", "period_key", "count", "status", "reason_key",
                                "estimated_share", "provisional")),
            strict=True,
        )
    )  # fmt: skip


def test_what_is_added_is_read_back(tmp_path: Path):
    with build_store(tmp_path / "store.duckdb", Settings()) as store:
        store.add(DELIVERY, observations())
        assert rows_of(store) == [
            ("GM0141", "2024-01", 7, 0, None, 0.25, True),
            ("GM0153", "2024-01", -1, 3, "nog niet gevuld", 0.0, False),
        ]
        assert store.read_sources() == ["politie"]
        assert store.read_event_sets("politie") == {"1.1.1"}
        assert store.read_names()[1].tolist() == [True, False]


def test_two_sources_share_names_and_keep_their_rows(tmp_path: Path):
    with build_store(tmp_path / "store.duckdb", Settings()) as store:
        store.add(DELIVERY, observations())
        other = replace(DELIVERY, source="brandweer")
        store.add(other, observations(areas=["GM0153", "GM0141"], reasons=["een andere reden"]))
        assert rows_of(store, "brandweer")[1][:3] == ("GM0153", "2024-01", 7)
        assert rows_of(store, "brandweer")[0][4] == "een andere reden"
        assert rows_of(store)[0][:3] == ("GM0141", "2024-01", 7)
        assert len(store.read_names()[2]) == 1


def test_a_source_is_added_once(tmp_path: Path):
    """Twice the same source would say every cell twice, and the last one would win unseen."""
    with build_store(tmp_path / "store.duckdb", Settings()) as store:
        store.add(DELIVERY, observations())
        with pytest.raises(ContractError, match="politie staat al in deze opslag"):
            store.add(replace(DELIVERY, snapshot="2026-01-02.1"), observations())


def test_an_unknown_offence_and_a_delivery_without_rows_give_empty_arrays(tmp_path: Path):
    none = np.array([], dtype=np.int32)
    empty = observations(
        area=none, event_set=none, period=none, count=none.astype(np.int64),
        status=none.astype(np.uint8), reason=none.astype(np.int16),
        provisional=none.astype(np.bool_), estimated_share=none.astype(np.float32),
    )  # fmt: skip
    with build_store(tmp_path / "store.duckdb", Settings()) as store:
        store.add(DELIVERY, empty)
        for event_set in ("1.1.1", "9.9.9", "'; DROP TABLE area; --"):
            assert rows_of(store, event_set=event_set) == []


def test_counts_above_32_bits_are_kept_whole(tmp_path: Path):
    with build_store(tmp_path / "store.duckdb", Settings()) as store:
        store.add(DELIVERY, observations(count=np.array([2**40, -1])))
        assert rows_of(store)[0][2] == 2**40


def test_an_analyst_can_read_it_in_words(tmp_path: Path):
    path = tmp_path / "store.duckdb"
    with build_store(path, Settings()) as store:
        store.add(DELIVERY, observations())
    connection = duckdb.connect(str(path), read_only=True)
    found = connection.execute(
        "SELECT source, event_set, area, vintage, period, unit, count, reason, delivery"
        " FROM observations ORDER BY area"
    ).fetchall()
    connection.close()
    head = ("politie", "1.1.1")
    tail = (2024, "2024-01", "registratie")
    assert found == [
        (*head, "GM0141", *tail, 7, None, "2026-01-01.1"),
        (*head, "GM0153", *tail, None, "nog niet gevuld", "2026-01-01.1"),
    ]


def test_a_build_that_fails_leaves_the_old_store_and_nothing_else(tmp_path: Path):
    path = tmp_path / "store.duckdb"
    with build_store(path, Settings()) as store:
        store.add(DELIVERY, observations())
    before = path.read_bytes()

    def fail() -> None:
        with build_store(path, Settings()) as store:
            store.add(DELIVERY, observations())
            raise ContractError("de tabel klopt niet")

    with pytest.raises(ContractError, match="klopt niet"):
        fail()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["store.duckdb"]


def test_two_builds_at_once_do_not_share_their_spill(tmp_path: Path):
    path = tmp_path / "store.duckdb"
    wanted = "SELECT current_setting('temp_directory')"
    with build_store(path, Settings()) as one, build_store(path, Settings()) as other:
        folders = {s._connection.sql(wanted).fetchall()[0][0] for s in (one, other)}
        for folder in folders:
            (Path(folder) / "deeper").mkdir(parents=True)
    assert len(folders) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["store.duckdb"]

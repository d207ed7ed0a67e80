"""Copies stay faithful, whole and findable by moment; drafts go on where they stopped."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from regiebeeld.domain import ContractError, FetchError
from regiebeeld.pipeline.sources import (
    Snapshot,
    TableRequest,
    read_part,
    read_snapshots,
    snapshot_as_of,
)
from regiebeeld.pipeline.sources.copies import Gathered, write_part, write_snapshot
from regiebeeld.pipeline.sources.drafts import (
    Draft,
    Page,
    UselessPagesError,
    draft_folder,
    drafting,
)
from regiebeeld.pipeline.sources.spelled_json import read_json
from regiebeeld.pipeline.sources.text_tables import read_rows, write_text_table

REQUEST = TableRequest("police", "cbs_odata3", "https://bron.nl", "T")
START = "https://bron.nl/T"


def table_of(*values: str | None) -> pa.Table:
    return pa.table({"v": pa.array(values, pa.string())})


def publish(copies: Path, *values: str | None, modified: str = "2024-08-15") -> Snapshot:
    gathered = Gathered({"data": table_of(*values)}, "data", modified, (START,), {"title": "Tabel"})
    return write_snapshot(copies, REQUEST, gathered, draft=copies / ".draft")


def pages(*tables: pa.Table, fail_at: int | None = None) -> tuple[list[str], object]:
    """Give a reader of numbered pages that notes what was asked and breaks at one of them."""
    asked: list[str] = []

    def read_page(address: str) -> Page:
        asked.append(address)
        number = int(address.rpartition("?")[2] or 0) if "?" in address else 0
        if number == fail_at:
            raise FetchError("afgebroken")
        onward = f"{START}?{number + 1}" if number + 1 < len(tables) else None
        return Page(tables[number], onward)

    return asked, read_page


def test_json_becomes_text_as_it_was_spelled() -> None:
    document = read_json(
        b'\xef\xbb\xbf{"value": [{"n": 1382, "f": 1.10, "e": 1E3, "s": "GM0758    ",'
        b' "d": "       .", "x": null, "b": true, "o": {"a": [0.10, "1"]},'
        b' "big": 12345678901234567890123}]}'
    )
    row = write_text_table(read_rows(document, where="T")).to_pylist()[0]
    assert row == {
        "n": "1382",
        "f": "1.10",
        "e": "1E3",
        "s": "GM0758    ",
        "d": "       .",
        "x": None,
        "b": "true",
        "o": '{"a":[0.10,"1"]}',
        "big": "12345678901234567890123",
    }


def test_a_snapshot_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = publish(tmp_path, "GM0758    ", None, "")
    (read,) = read_snapshots(tmp_path, "police")
    assert read == written
    assert read_part(read, "data").column("v").to_pylist() == ["GM0758    ", None, ""]
    story = json.loads((read.folder / "provenance.json").read_text())
    assert story["modified"] == "2024-08-15"
    assert story["parts"][0]["rows"] == 3
    assert story["addresses"] == [START]
    assert datetime.fromisoformat(story["fetched_at"]).tzinfo is not None
    assert not (tmp_path / ".draft").exists()


def test_every_snapshot_is_kept_and_found_by_moment(tmp_path: Path) -> None:
    first, second = publish(tmp_path, "1"), publish(tmp_path, "2", modified="2024-09-15")
    assert read_snapshots(tmp_path, "police") == [first, second]
    assert snapshot_as_of(tmp_path, "police", first.moment - timedelta(seconds=1)) is None
    assert snapshot_as_of(tmp_path, "police", first.moment) == first
    between = first.moment + (second.moment - first.moment) / 2
    assert snapshot_as_of(tmp_path, "police", between) == first
    assert snapshot_as_of(tmp_path, "police", datetime.now(UTC)) == second


def test_an_unknown_source_has_no_snapshots(tmp_path: Path) -> None:
    assert read_snapshots(tmp_path, "police") == []


def test_a_damaged_part_is_refused(tmp_path: Path) -> None:
    snapshot = publish(tmp_path, "1")
    path = snapshot.folder / "data.parquet"
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    with pytest.raises(ContractError, match="controlesom"):
        read_part(snapshot, "data")


def test_a_lost_or_unknown_part_is_refused(tmp_path: Path) -> None:
    snapshot = publish(tmp_path, "1")
    with pytest.raises(ContractError, match=r"geen deel 'elders'; wel: data"):
        read_part(snapshot, "elders")
    (snapshot.folder / "data.parquet").unlink()
    with pytest.raises(ContractError, match="niet te lezen"):
        read_part(snapshot, "data")


def test_a_snapshot_without_provenance_is_refused(tmp_path: Path) -> None:
    (publish(tmp_path, "1").folder / "provenance.json").write_text("{")
    with pytest.raises(ContractError, match="leesbare provenance"):
        read_snapshots(tmp_path, "police")


def test_a_copy_holds_text_only(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="'n' is geen tekst"):
        write_part(tmp_path / "data.parquet", pa.table({"n": [1]}))


def test_a_part_name_from_the_source_cannot_leave_the_folder(tmp_path: Path) -> None:
    gathered = Gathered({"../uit": table_of("1")}, "../uit", None, (), {})
    with pytest.raises(ContractError, match="geen naam"):
        write_snapshot(tmp_path, REQUEST, gathered, draft=tmp_path / ".draft")
    assert read_snapshots(tmp_path, "police") == []


def fetch_pages(
    copies: Path, read_page: object, *, modified: str | None = "2024"
) -> tuple[pa.Table, int]:
    with drafting(REQUEST, copies, modified) as draft:
        rows = draft.follow("data", START, read_page)  # type: ignore[arg-type]
        return draft.table("data"), rows


def test_a_draft_goes_on_after_the_last_whole_page(tmp_path: Path) -> None:
    tables = [table_of("a"), table_of("b"), table_of("c")]
    asked, broken = pages(*tables, fail_at=2)
    with pytest.raises(FetchError):
        fetch_pages(tmp_path, broken)
    again, whole = pages(*tables)
    table, rows = fetch_pages(tmp_path, whole)
    assert asked == [START, f"{START}?1", f"{START}?2"]
    assert again == [f"{START}?2"]
    assert (table["v"].to_pylist(), rows) == (["a", "b", "c"], 3)
    assert not draft_folder(REQUEST, tmp_path).exists()


def broken_draft(copies: Path) -> Path:
    _, broken = pages(table_of("a"), table_of("b"), table_of("c"), fail_at=2)
    with pytest.raises(FetchError):
        fetch_pages(copies, broken)
    return draft_folder(REQUEST, copies)


def asked_after(copies: Path, *, modified: str | None = "2024") -> int:
    asked, whole = pages(table_of("a"), table_of("b"), table_of("c"))
    fetch_pages(copies, whole, modified=modified)
    return len(asked)


def test_another_date_of_change_starts_over(tmp_path: Path) -> None:
    broken_draft(tmp_path)
    assert asked_after(tmp_path, modified="2025") == 3


def test_a_damaged_page_is_read_again_with_all_after_it(tmp_path: Path) -> None:
    first = sorted(broken_draft(tmp_path).glob("data-*.parquet"))[0]
    first.write_bytes(first.read_bytes()[:-1])
    assert asked_after(tmp_path) == 3


def test_a_journal_line_that_was_cut_counts_as_not_read(tmp_path: Path) -> None:
    journal = broken_draft(tmp_path) / "journal.jsonl"
    journal.write_text(journal.read_text()[:-10])
    assert asked_after(tmp_path) == 2


def test_an_undated_draft_is_kept_for_a_day_only(tmp_path: Path) -> None:
    _, broken = pages(table_of("a"), table_of("b"), fail_at=1)
    for age, asked in ((timedelta(hours=1), 1), (timedelta(days=2), 2)):
        with pytest.raises(FetchError):
            fetch_pages(tmp_path, broken, modified=None)
        about = draft_folder(REQUEST, tmp_path) / "about.json"
        story = json.loads(about.read_text())
        about.write_text(json.dumps(story | {"started_at": (datetime.now(UTC) - age).isoformat()}))
        again, whole = pages(table_of("a"), table_of("b"))
        fetch_pages(tmp_path, whole, modified=None)
        assert len(again) == asked


def test_a_page_that_comes_back_is_refused_and_thrown_away(tmp_path: Path) -> None:
    _, same = pages(table_of("a"), table_of("a"))
    with pytest.raises(UselessPagesError, match="dezelfde rijen"):
        fetch_pages(tmp_path, same)
    assert not draft_folder(REQUEST, tmp_path).exists()


def test_an_address_that_comes_back_is_refused(tmp_path: Path) -> None:
    rows = iter(range(100))

    def round_and_round(address: str) -> Page:
        return Page(table_of(str(next(rows))), f"{START}?{1 - int(address.endswith('1'))}")

    with pytest.raises(UselessPagesError, match="eerdere"):
        fetch_pages(tmp_path, round_and_round)


def test_columns_that_move_between_pages_are_named(tmp_path: Path) -> None:
    _, moved = pages(table_of("a"), pa.table({"w": pa.array(["b"], pa.string())}))
    with pytest.raises(ContractError, match="'v' staat niet op elke pagina"):
        fetch_pages(tmp_path, moved)


def test_one_fetch_of_a_source_at_a_time(tmp_path: Path) -> None:
    with (
        drafting(REQUEST, tmp_path, "2024") as draft,
        pytest.raises(FetchError, match="wordt al opgehaald"),
        drafting(REQUEST, tmp_path, "2024"),
    ):
        pass
    assert isinstance(draft, Draft)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"rows": []}, "een lijst 'value' ontbreekt"),
        (["a"], "een lijst 'value' ontbreekt"),
        ({"value": [{"a": "1"}, 5]}, "rij 2 is geen rij"),
    ],
)
def test_json_that_is_no_table_is_refused(document: object, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        read_rows(document, where="T")

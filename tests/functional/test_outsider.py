"""An outsider with all that was published in a year recovers nothing; of a planted leak he does."""

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest
from pypdf import PdfReader

from functional.test_pages import words_of
from lib.outsider import Cell, Key, Released, make_puzzle, read_cells, read_tables
from lib.outsider_evidence import (
    Kept,
    ask_api,
    connect,
    count,
    find_canaries,
    find_recovered,
    find_strange,
    gather,
    join,
    list_canaries,
)
from lib.outsider_region import (
    CANARY,
    CORRECTED,
    INDICATORS,
    RELEASES,
    SOURCE,
    Counts,
    draw_history,
    make_outsider_region,
    name_day,
)
from regiebeeld.attack import find_small, judge
from regiebeeld.dashboard.web import api
from regiebeeld.disclosure import Secret
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.settings import Settings

pytestmark = pytest.mark.slow
SAMPLE = 5  # figures that the second attacker looks at, spread over all small ones
WIDTH = 2
PAGES = ("/", "/thema/woonoverlast", "/bronnen", "/privacy", "/afspraken", "/actualiteit")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> Kept:
    return gather(tmp_path_factory.mktemp("outsider"), example_region)


def test_there_is_something_to_attack(kept: Kept) -> None:
    """All figures came out, month after month, and enough of them are small."""
    assert len({folder.name for folder in kept.folders}) == len(kept.folders) == RELEASES
    ranges = [c.bounds() for told in kept.cells for cells in told.values() for c in cells]
    assert ranges.count((0, 4)) > 100
    assert ranges.count((1, 9)) > 100
    for number, told in enumerate(kept.cells):
        levels = {(area[:2], "/" in period) for _, area, period in told}
        assert {("WK", True), ("GM", True), ("GM", False)} <= levels, number
    changed = [
        sum(now[atom] != count for atom, count in before.items())
        for before, now in zip(kept.truths, kept.truths[1:], strict=False)
    ]
    assert min(changed) > 10


# --- one channel only -------------------------------------------------------------------------


def test_answers_tell_what_the_files_tell(kept: Kept) -> None:
    for answers, told in zip(kept.answers, kept.cells, strict=True):
        assert len(answers) > 50
        assert find_strange(answers, told) == []


def test_audiences_are_told_the_same(kept: Kept) -> None:
    for told in kept.cells:
        assert all(len(cells) == 1 for cells in told.values())


def test_pages_and_the_proof_tell_what_the_files_tell(kept: Kept) -> None:
    cells = [c for cells in kept.cells[-1].values() for c in cells]
    told = {(c.lower, c.upper) for c in cells}
    told |= {(round(c.rate_lower), round(c.rate_upper)) for c in cells
             if c.rate_lower is not None and c.rate_upper is not None}  # fmt: skip
    told |= {(round(c.lower * c.per / c.base), round(c.upper * c.per / c.base)) for c in cells
             if c.lower is not None and c.upper is not None and c.per and c.base}  # fmt: skip
    areas = sorted({area for _, area, _ in kept.cells[-1]})
    words = {}
    with connect(kept.region.settings) as client:
        for address in (*PAGES, *(f"/gebied/{area}" for area in areas[1:])):
            answer = client.get(address)
            assert answer.status_code == 200, address
            words[address] = words_of(answer)
            assert find_canaries(answer.content, kept) == [], address
        answer = client.get("/privacy.pdf")
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    words["pdf"] = page.extract_text()
    assert find_canaries(words["pdf"].encode(), kept) == []
    ranges = {a: re.findall(r"(?<![\d.,])(\d[\d.]*)–(\d[\d.]*)(?![\d,])", t)
              for a, t in words.items()}  # fmt: skip
    found = {a: {tuple(int(n.replace(".", "")) for n in pair) for pair in each}
             for a, each in ranges.items()}  # fmt: skip
    assert sum(map(len, found.values())) > 20
    explained = {(0, 4), (1, 9), (6, 14)}
    strange = {a: each - told - explained for a, each in found.items()}
    assert {a: each for a, each in strange.items() if each} == {}


def test_what_stands_beside_a_figure_follows_from_it(kept: Kept) -> None:
    """A rate and its margins are the same for the same figure; a share says yes or no."""
    margins: dict[object, object] = {}
    for told in kept.cells:
        for key, cells in told.items():
            for cell in cells if key[0] in INDICATORS else ():
                assert cell.bounds() == (cell.lower, cell.upper)
                assert cell.estimated_share in (0, 1)
                seen = (cell.value, cell.lower, cell.upper, cell.base, cell.per)
                rate = (cell.rate, cell.rate_lower, cell.rate_upper)
                assert margins.setdefault(seen, rate) == rate


def test_the_source_tells_no_number_of_events(kept: Kept) -> None:
    notes = []
    for folder, answers in zip(kept.folders, kept.answers, strict=True):
        with duckdb.connect(str(folder / "regio.duckdb"), read_only=True) as file:
            rows = file.execute(
                "SELECT rows_in, rows_kept, rows_refused FROM source WHERE id LIKE ?",
                [SOURCE + "%"],
            ).fetchall()
            assert rows == [(0, 0, 0)]
            asked = "SELECT kind, rows, text FROM source_note WHERE source LIKE ? ORDER BY ALL"
            notes.append(file.execute(asked, [SOURCE + "%"]).fetchall())
        (source,) = (s for s in json.loads(answers["sources"])["sources"] if s["id"] == SOURCE)
        assert source["rows_in"] is source["rows_kept"] is source["rows_refused"] is None
    assert kept.truths[-1] != kept.truths[-2]
    assert notes[-1] == notes[-2]


# --- canaries ---------------------------------------------------------------------------------


def test_true_numbers_stand_nowhere(kept: Kept) -> None:
    canaries = list_canaries(kept)
    assert {CANARY, CORRECTED} <= canaries
    assert len(canaries) > 50
    for folder, answers in zip(kept.folders, kept.answers, strict=True):
        for question, body in answers.items():
            assert find_canaries(body, kept) == [], question
        manifest = (folder / "manifest.json").read_bytes()
        assert find_canaries(manifest, kept) == []
        for path in folder.glob("*.duckdb"):
            for name, rows in read_tables(path).items():
                values = [value for row in rows for value in row]
                numbers = {v for v in values if isinstance(v, int | float)}
                assert not numbers & canaries, (path.name, name)
                texts = " ".join(str(v) for v in values if not isinstance(v, int | float))
                assert find_canaries(texts.encode(), kept) == [], (path.name, name)


# --- the attacks ------------------------------------------------------------------------------


def test_our_attacker_recovers_nothing(kept: Kept) -> None:
    union = join(kept.cells, kept.truths)
    assert find_recovered(union) == 0
    nobody = np.zeros(len(union.statements), dtype=bool)
    verdict = judge(union.statements, union.table, ours=nobody)
    small = np.intersect1d(find_small(union.statements), np.arange(len(union.marks)))
    assert len(small) > 100
    assert len(np.setdiff1d(small, verdict.certified)) == 0


def test_another_attacker_recovers_nothing(kept: Kept) -> None:
    puzzle = make_puzzle(kept.cells, kept.truths)
    small = puzzle.find_small()
    assert len(small) > 100
    for statement in small[:: max(len(small) // SAMPLE, 1)]:
        least, most = puzzle.bound(int(statement))
        assert most - least >= WIDTH, puzzle.names[statement]


def test_the_same_events_are_always_told_the_same(kept: Kept) -> None:
    """So averaging over releases, areas or months gives nothing that one release does not."""
    assert make_puzzle(kept.cells, kept.truths).redrawn == []


# --- planted leaks ----------------------------------------------------------------------------


def choose_small(kept: Kept, number: int) -> Key:
    """Choose a figure of a wijk that reads "1-9" and is no multiple of five."""
    return next(
        key
        for key, cells in sorted(kept.cells[number].items())
        if key[1][:2] == "WK"
        and {c.bounds() for c in cells} == {(1, 9)}
        and count(key, kept.truths[number]) % 5
    )


@pytest.mark.parametrize("column", ["value", "rate"])
def test_one_exact_number_in_one_file_is_found(kept: Kept, tmp_path: Path, column: str) -> None:
    number = 4
    key = choose_small(kept, number)
    folder = shutil.copytree(kept.folders[number], tmp_path / "leak")
    true = count(key, kept.truths[number])
    path = folder / f"gm{key[1][2:6]}.duckdb"
    with duckdb.connect(str(path)) as file:
        put = "value = ?" if column == "value" else "rate = ? * per / base"
        file.execute(
            f"UPDATE cell_by_indicator SET {put} WHERE"
            " indicator_key IN (SELECT indicator_key FROM indicator WHERE id = ?)"
            " AND area_key IN (SELECT area_key FROM area WHERE code = ?)"
            " AND period_key IN (SELECT period_key FROM period WHERE id = ?)",
            [true, *key],
        )
    leaked = list(kept.cells)
    leaked[number] = read_cells(sorted(folder.glob("*.duckdb")))
    assert len(leaked[number][key]) == 2
    assert find_recovered(join(leaked, kept.truths)) > 0
    puzzle = make_puzzle(leaked, kept.truths)
    told = np.flatnonzero(puzzle.lower == puzzle.upper)
    assert len(told) > 0
    assert puzzle.bound(int(told[0])) == (true, true)


def test_a_total_that_an_answer_adds_is_found(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    real = api.list_cells

    def with_total(*asked: object) -> list[api.CellOut]:
        rows = real(*asked)  # type: ignore[arg-type]
        total = sum(row.value or 0 for row in rows)
        return [*rows, rows[0].model_copy(update={"area": "VR99", "value": total})]

    monkeypatch.setattr(api, "list_cells", with_total)
    with connect(kept.region.settings) as client:
        answers = ask_api(client, kept.cells[-1])
    assert len(find_strange(answers, kept.cells[-1])) >= len(INDICATORS)


def test_a_true_number_in_an_answer_is_found(kept: Kept) -> None:
    true = min(list_canaries(kept))
    dotted = f"{true // 1000}.{true % 1000:03d}"
    assert find_canaries(f'{{"rows_kept":{true}}}'.encode(), kept) == [true]
    assert find_canaries(f"er zijn {dotted} meldingen".encode(), kept) == [true]


@pytest.fixture
def redrawn(
    tmp_path: Path, example_region: Settings, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Released], list[Counts]]:
    """Two releases, each rounded with a secret of its own, by a gate that does not look."""
    region = make_outsider_region(tmp_path, example_region)
    history = draw_history(region.list_buurten())[:2]
    monkeypatch.setattr(Register, "check_secret", lambda *_: None)
    found: list[Released] = []
    for number, counts in enumerate(history):
        fresh = Secret(bytes([number + 1]) * 48)
        monkeypatch.setattr("regiebeeld.pipeline.run.order.read_secret", lambda *_, s=fresh: s)
        folder = region.release(counts, name_day(number + 1)).folder
        found.append(read_cells(sorted(folder.glob("*.duckdb"))))
    return found, region.truths


def test_fresh_rounding_is_found(redrawn: tuple[list[Released], list[Counts]]) -> None:
    assert len(make_puzzle(*redrawn).redrawn) > 10


def test_a_second_table_that_is_narrower_is_found(kept: Kept) -> None:
    """Two ranges for one figure in two files of a release leave one number: it is recovered."""
    number, key = 7, choose_small(kept, 7)
    (cell,) = kept.cells[number][key]
    true = count(key, kept.truths[number])
    other: Cell = replace(cell, lower=true, upper=cell.upper)
    leaked = list(kept.cells)
    leaked[number] = {**leaked[number], key: frozenset({replace(cell, upper=true), other})}
    assert find_recovered(join(leaked, kept.truths)) > 0

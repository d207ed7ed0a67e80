"""The publication register: only added to, small, and read back as it was told."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lib.gate_cases import EVENTS, Town, draw_counts, make_atoms, months
from lib.told_cases import Said, count, say
from regiebeeld.disclosure import range_of
from regiebeeld.domain import DisclosureError, read_period
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.gate.verdicts import judge_union

TOWN = Town.make()
A, B, JAN, FEB = "BU99010101", "BU99010102", "2024-01", "2024-02"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register")


def history(size: int, revised: int = 0) -> Earlier:
    """Tell the months of every buurt of a town, rounded down; some counts were revised."""
    counts = draw_counts(TOWN, 24, mean=6.0, seed=2)[:, :size].copy()
    counts.ravel()[:revised] += 1
    atoms = make_atoms(TOWN, counts, months(size))
    area, period = (index.ravel() for index in np.indices(counts.shape[:2]))
    told = counts.sum(axis=2).ravel()
    lower, upper = range_of(told - told % 5)
    kind = np.zeros(len(area), dtype=np.int64)
    sets = (frozenset(atoms.sets),)
    return Earlier(
        atoms, Figures(TOWN.atoms, atoms.periods, sets, area, period, kind, lower, upper)
    )


def tell(moment: Earlier) -> dict[tuple[str, str], tuple[int, int]]:
    figures = moment.figures
    return {
        (figures.areas[a], figures.periods[p].id): (int(low), int(high))
        for a, p, low, high in zip(
            figures.area, figures.period, figures.lower, figures.upper, strict=True
        )
    }


def size_of(register: Register) -> int:
    return sum(path.stat().st_size for path in register.folder.rglob("*.parquet"))


def test_what_was_told_is_read_back(register: Register) -> None:
    moment = history(3)
    register.add("2026-01-31.1", {EVENTS: moment})
    (found,) = register.read(EVENTS)
    assert tell(found) == tell(moment)
    assert (found.atoms.counts == moment.atoms.counts).all()
    assert found.atoms.periods == moment.atoms.periods
    assert found.withheld is None
    assert register.read("other events") == []


def test_twelve_releases_of_the_whole_history_add_their_months_only(register: Register) -> None:
    register.add("2026-01-31.1", {EVENTS: history(12)})
    for number in range(1, 12):
        register.add(f"2026-{number + 1:02d}-28.1", {EVENTS: history(12 + number)})
    moments = register.read(EVENTS)
    assert [len(each.figures) for each in moments] == [len(TOWN.atoms) * 12] + [
        len(TOWN.atoms)
    ] * 11
    last = history(23)
    assert (moments[-1].atoms.counts == last.atoms.counts).all()
    union = make_union(last.atoms, last.figures, moments)
    assert len(union.marks) == len(last.figures)  # all of it was told, and stands there once
    assert not union.ours.any()
    # Of the counts too, a month adds the places that have events in it and no more.
    filled = np.count_nonzero(last.atoms.counts)
    files = register.folder.rglob(f"{EVENTS}.counts.parquet")
    assert sum(pq.read_metadata(path).num_rows for path in files) == filled


def test_a_release_that_tells_nothing_new_adds_no_file(register: Register) -> None:
    register.add("2026-01-31.1", {EVENTS: history(3)})
    before = size_of(register)
    register.add("2026-02-28.1", {EVENTS: history(3)})
    assert size_of(register) == before
    assert register.releases() == ["2026-01-31.1", "2026-02-28.1"]
    counts = register.read_counts("2026-02-28.1", EVENTS)
    assert counts is not None
    assert (counts.counts == history(3).atoms.counts).all()


def test_a_figure_on_a_revised_count_is_a_new_statement_on_other_unknowns(
    register: Register,
) -> None:
    first, revised = history(3), history(3, revised=1)
    register.add("2026-01-31.1", {EVENTS: first})
    register.add("2026-02-28.1", {EVENTS: revised})
    one, other = register.read(EVENTS)
    assert len(other.figures) == 1
    assert (one.atoms.counts == first.atoms.counts).all()
    assert (other.atoms.counts == revised.atoms.counts).all()
    union = make_union(revised.atoms, revised.figures, [one])
    size = len(union.marks)
    assert size == len(revised.figures) + 1
    # The old figure and the new one share the unknown that was not revised, and no other.
    starts = union.statements.starts
    members = [set(union.statements.members[starts[s] : starts[s + 1]]) for s in range(size)]
    shared = members[0] & members[union.mine]
    assert members[0] != members[union.mine]
    assert union.table[list(shared)].sum() == first.atoms.counts[0, 0, 1]


def test_what_was_withheld_stays_so_while_its_events_do(register: Register) -> None:
    atoms = count({(A, JAN, "x"): 3, (B, JAN, "x"): 17, (A, FEB, "x"): 2})
    said: list[Said] = [(A, JAN, "x", 1, 9), (B, JAN, "x", 11, 19), (A, FEB, "x", 0, 4)]
    kept = say(said).only(np.array([True, False, True]))
    told = say(said).only(np.array([False, True, False]))
    register.add("2026-01-31.1", {EVENTS: Earlier(atoms, told, kept)})
    (found,) = register.read(EVENTS)
    assert found.withheld is not None
    assert found.withheld.lower.tolist() == found.withheld.upper.tolist() == [0, 0]
    union = make_union(atoms, say(said), [found])
    assert union.withheld[union.mine : union.mine + 3].tolist() == [True, False, True]
    verdict = judge_union(union).verdict
    assert set(verdict.masked) == {union.mine, union.mine + 2}
    assert verdict.clean
    # A late event: other events, so it may be shown when it can be proven safe.
    late = atoms.counts.copy()
    late[0, 0, 0] += 1
    union = make_union(replace(atoms, counts=late), say(said), [found])
    mine = slice(union.mine, union.mine + 3)
    assert union.withheld[mine].tolist() == [False, False, True]
    assert union.mine not in judge_union(union).verdict.masked


def test_counts_in_two_layouts_are_kept_apart(register: Register) -> None:
    old = count({(A, JAN, "x"): 5, (B, JAN, "x"): 17}, vintage=2018)
    new = count({(A, JAN, "x"): 6, (B, JAN, "x"): 16}, vintage=2025)
    said: list[Said] = [(A, JAN, "x", 1, 9)]
    for number, atoms in enumerate((old, new, old), start=1):
        told = Earlier(atoms, say([*said, (B, JAN, "x", 10 + number, 18 + number)]))
        register.add(f"2026-0{number}-28.1", {EVENTS: told})
    moments = register.read(EVENTS)
    assert [each.atoms.vintage for each in moments] == [2018, 2025, 2018]
    assert [each.atoms.counts[0, 0, 0] for each in moments] == [5, 6, 5]
    assert [len(each.figures) for each in moments] == [2, 2, 1]


def test_a_release_stands_in_it_once_and_a_run_that_was_cut_off_does_not(
    register: Register,
) -> None:
    half = register.folder / "2026-01-31.1"
    half.mkdir(parents=True)
    (half / f"{EVENTS}.figures.parquet").write_bytes(b"half")
    (half / "gone.figures.parquet").write_bytes(b"of another group")
    assert register.releases() == []
    assert register.read(EVENTS) == []
    register.add("2026-01-31.1", {EVENTS: history(3)})
    assert len(register.read(EVENTS)) == 1
    assert not (half / "gone.figures.parquet").exists()
    with pytest.raises(DisclosureError, match="staat al in het register"):
        register.add("2026-01-31.1", {EVENTS: history(4)})


@pytest.mark.parametrize("name", ["figures", "counts"])
def test_a_file_that_was_altered_or_lost_stops(register: Register, name: str) -> None:
    register.add("2026-01-31.1", {EVENTS: history(3)})
    path = register.folder / "2026-01-31.1" / f"{EVENTS}.{name}.parquet"
    body = path.read_bytes()
    for wrong in (body[: len(body) // 2], body[:-1] + bytes([body[-1] ^ 1]), b""):
        path.write_bytes(wrong)
        with pytest.raises(DisclosureError, match=r"register is niet te lezen; zet het terug"):
            register.read(EVENTS)
    path.unlink()
    with pytest.raises(DisclosureError, match="zet het terug uit een kopie"):
        register.read(EVENTS)
    path.write_bytes(body)
    assert len(register.read(EVENTS)) == 1


def test_a_release_that_is_gone_or_a_mark_that_is_spoilt_stops(register: Register) -> None:
    for number in (1, 2, 3):
        register.add(f"2026-0{number}-28.1", {EVENTS: history(number + 2)})
    mark = register.folder / "2026-02-28.1" / "done"
    whole = mark.read_text()
    for wrong in ("", "[]", json.dumps({"number": "x", "files": {}})):
        mark.write_text(wrong)
        with pytest.raises(DisclosureError, match="zet het terug uit een kopie"):
            register.releases()
    mark.write_text(whole)
    shutil.rmtree(mark.parent)
    with pytest.raises(DisclosureError, match="nummer 2 van het register ontbreekt"):
        register.read(EVENTS)


def test_a_verdict_is_used_again_only_for_just_the_same(register: Register) -> None:
    moment, verdicts = history(6), register.verdicts(EVENTS)
    first = judge_union(make_union(moment.atoms, moment.figures), verdicts)
    assert not first.reused
    assert first.verdict.clean
    hidden = np.zeros(len(moment.figures), dtype=bool)
    hidden[first.verdict.masked] = True
    told = Earlier(moment.atoms, moment.figures.only(~hidden), moment.figures.only(hidden))
    register.add("2026-01-31.1", {EVENTS: told})
    again = judge_union(make_union(moment.atoms, moment.figures, register.read(EVENTS)), verdicts)
    assert again.reused
    assert again.verdict.clean
    assert again.verdict.tested.tolist() == first.verdict.tested.tolist()
    assert again.verdict.certified.tolist() == first.verdict.certified.tolist()
    assert again.verdict.masked.tolist() == first.verdict.masked.tolist()
    for other in (history(7), history(6, revised=1)):
        union = make_union(other.atoms, other.figures, register.read(EVENTS))
        assert not judge_union(union, verdicts).reused
    fact = Earlier(moment.atoms, say([("VR99", "2023-01", "+".join(moment.atoms.sets),
        *[int(moment.atoms.counts[:, 0].sum())] * 2)]))  # fmt: skip
    union = make_union(moment.atoms, moment.figures, [*register.read(EVENTS), fact])
    assert not judge_union(union, verdicts).reused


def test_a_verdict_that_is_not_clean_is_not_kept_and_a_spoilt_file_is_proven_anew(
    register: Register,
) -> None:
    atoms = count({(A, JAN, "x"): 3, (B, JAN, "x"): 17})
    stuck = Earlier(atoms, say([(A, JAN, "x", 2, 3)]))
    union = make_union(atoms, say([(B, JAN, "x", 11, 19)]), [stuck])
    verdicts = register.verdicts(EVENTS)
    assert not judge_union(union, verdicts).verdict.clean
    assert not verdicts.path.exists()
    fair = make_union(atoms, say([(B, JAN, "x", 11, 19)]))
    assert judge_union(fair, verdicts).verdict.clean
    assert judge_union(fair, verdicts).reused
    text = verdicts.path.read_text()
    assert len(json.loads(text)) == 1
    verdicts.path.write_text(text[:10])
    assert not judge_union(fair, verdicts).reused
    assert judge_union(fair, verdicts).reused


def test_a_period_is_named_and_not_numbered(register: Register) -> None:
    register.add("2026-01-31.1", {EVENTS: history(3)})
    (found,) = register.read(EVENTS)
    assert set(found.figures.periods) == {read_period(name) for name in months(3)}


def test_the_counts_of_a_release_that_is_not_the_last(register: Register) -> None:
    register.add("2026-01-31.1", {EVENTS: history(3)})
    register.add("2026-02-28.1", {EVENTS: history(4, revised=2)})
    first: Atoms | None = register.read_counts("2026-01-31.1", EVENTS)
    assert first is not None
    assert (first.counts == history(3).atoms.counts).all()
    assert register.read_counts("2026-01-31.1", "other") is None

"""Areas that are told as one: what such a figure holds, gives away, and costs."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from lib.gate_cases import (
    EVENTS,
    SECRET,
    SETS,
    Town,
    draft_together,
    draw_counts,
    make_atoms,
    make_drafts,
    months,
    release,
)
from lib.told_cases import count, say
from regiebeeld.attack import UNLIMITED, propagate
from regiebeeld.disclosure import compute_keys, name_atoms, protect_counts
from regiebeeld.domain import AreaLevel, DisclosureError
from regiebeeld.pipeline.gate.area_sets import (
    AreaSet,
    lay_out_open,
    lay_out_pieces,
    leave_open,
    list_told_sets,
    refuse_other_members,
)
from regiebeeld.pipeline.gate.elsewhere import (
    Outside,
    keep_fitting,
    tell_of_public,
)
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.judging import Passed
from regiebeeld.pipeline.gate.nodes import hold_areas, list_members, name_areas
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, join_figures
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.gate.verdicts import judge_union

TOWN = Town.make()
YEAR = ["2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
A, B, C, D = (f"BU9901000{n}" for n in range(4))
WIJK, JAN = "WK990100", "2023-01"
SOME = (A, B, C)  # the wijk but for one small buurt
DONE = SETS[0]


@pytest.fixture(autouse=True)
def every_level_is_useful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register")


def busy_town(mean: float = 6.0) -> Atoms:
    return make_atoms(TOWN, draw_counts(TOWN, 12, mean=mean), months(12))


# --- what a set holds -------------------------------------------------------------------------


def test_a_set_holds_what_its_members_hold_and_no_more() -> None:
    atoms = (A, B, C, "BU99020001", "BU9901?BU99019999")
    one, other = name_areas("x", [B, A]), name_areas("y", ["GM9901"])
    hold_areas.cache_clear()  # of the same names read by another rule
    held = hold_areas((one, other, "VR99"), atoms)
    assert [each.tolist() for each in held] == [[0, 1], [0, 1, 2, 4], [0, 1, 2, 3, 4]]
    assert list_members(one) == (A, B)
    assert list_members(WIJK) == ()


def test_the_figure_of_a_set_is_the_rounded_sum_of_its_members(register: Register) -> None:
    atoms = busy_town()
    draft = draft_together(TOWN, atoms, YEAR, SOME)
    passed = release([*make_drafts(TOWN, atoms, YEAR), draft], atoms, register)
    cells, rows = passed.cells[-1], [TOWN.atoms.index(code) for code in SOME]
    true = atoms.counts[rows, :, 0].sum()
    assert draft.cells.value[0] == true
    assert cells.value[0] % 5 == 0
    assert cells.lower[0] <= true <= cells.upper[0]
    assert cells.upper[0] - cells.lower[0] == 8
    told = passed.told[EVENTS].figures
    assert AreaSet("streek/sloten/behandeld/2025", SOME).code in told.areas


def test_a_set_that_is_a_wijk_reads_like_it(register: Register) -> None:
    """The same events have the same key, whatever they are called."""
    atoms = busy_town()
    drafts = make_drafts(TOWN, atoms, YEAR)
    passed = release([*drafts, draft_together(TOWN, atoms, YEAR, (A, B, C, D))], atoms, register)
    at = next(i for i, area in enumerate(TOWN.areas) if area.code == WIJK)
    mine = drafts[1].cells.area == at
    assert passed.cells[1].value[mine].tolist() == passed.cells[-1].value.tolist()


# --- what it gives away -----------------------------------------------------------------------


def small_buurt() -> tuple[list[Draft], Atoms, Figures]:
    """Of a wijk everybody knows that it is 12 each month: 11 in the set and 1 in one buurt."""
    counts = draw_counts(TOWN, 24, mean=8.0)
    rows = [TOWN.atoms.index(code) for code in (A, B, C, D)]
    counts[rows] = 0
    counts[rows, :, 0] = np.array([5, 4, 2, 1])[:, None]
    atoms = make_atoms(TOWN, counts, months(24))
    public = say([(WIJK, month, DONE, 12, 12) for month in months(24)])
    drafts = make_drafts(TOWN, atoms, ["2023", "2024"])
    return [*drafts, draft_together(TOWN, atoms, months(24), SOME)], atoms, public


def room_of_small_buurt(passed: Passed, atoms: Atoms, public: Figures) -> int:
    """Tell how much room everything that is told leaves one small buurt in its narrowest month."""
    told = join_figures(passed.told[EVENTS].figures, public)
    small = say([(D, month, DONE, 0, int(UNLIMITED)) for month in months(24)])
    union = make_union(atoms, small, [Earlier(atoms, told)])
    found = propagate(union.statements)
    return int((found.upper - found.lower)[union.mine :][: len(small)].min())


def test_what_a_set_leaves_of_a_wijk_is_not_given_away(register: Register) -> None:
    """11 of 12 that reads 15 leaves 0 or 1 for the buurt beside it, though neither is small."""
    drafts, atoms, public = small_buurt()
    passed = release(drafts, atoms, register, public)
    assert room_of_small_buurt(passed, atoms, public) >= 2
    assert not passed.kept[-1].any()
    (gone,) = [each for each in passed.too_fine if each.together]
    assert (gone.together, gone.unsafe) == ("streek/sloten/behandeld/2025", True)


def test_without_a_look_at_the_pieces_it_would_be(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case above is a leak: without pieces the gate lets it through."""
    drafts, atoms, public = small_buurt()
    monkeypatch.setattr(
        "regiebeeld.pipeline.gate.judging.lay_out_open",
        lambda *_: say([(A, JAN, DONE, 0, int(UNLIMITED))]),
    )
    passed = release(drafts, atoms, register, public)
    assert room_of_small_buurt(passed, atoms, public) < 2


def test_a_set_that_leaves_enough_is_told(register: Register) -> None:
    drafts, atoms, _ = small_buurt()
    alone = release(drafts[:-1], atoms, register).accounts[0]
    passed = release(drafts, atoms, register)
    assert passed.kept[-1].all()
    (account,) = passed.accounts
    assert account.figures == alone.figures + 24
    # Neither 11 nor 1 is told as a small figure; pieces are tested and are no figures.
    assert account.certified == account.tested == alone.tested


def test_pieces_are_what_areas_and_sets_cut_each_other_into() -> None:
    atoms = count({(code, JAN, DONE): 9 for code in (A, B, C, "BU99010100", "BU99020000")})
    ours = say([(name_areas("x", [B, C, "BU99010100"]), JAN, DONE, 20, 28)])
    pieces = lay_out_pieces(atoms, ours, [WIJK, "GM9902", "VR99"])
    named = {"+".join(list_members(code)) for code in pieces.areas}
    # Of the wijk: A outside and B+C inside; of the region: A and the other gemeente outside.
    assert named == {A, f"{B}+{C}", f"{A}+BU99020000"}
    assert set(pieces.lower) == {0}
    assert set(pieces.upper) == {UNLIMITED}


def test_what_was_withheld_of_an_area_must_stay_open_beside_sets() -> None:
    """Small b of 2 is withheld, and a set that reads exactly would give it away."""
    atoms = count({(A, JAN, DONE): 2, (B, JAN, DONE): 9})
    ours = say([(name_areas("x", [B]), JAN, DONE, 9, 9)])
    told = Earlier(atoms, say([(WIJK, JAN, DONE, 11, 11)]))
    withheld = say([(A, JAN, DONE, 0, 4)])
    left = lay_out_open(atoms, ours, [], withheld)
    assert [left.where(row) for row in range(len(left))] == [f"{A}, {JAN}"]
    assert (int(left.lower[0]), left.upper[0]) == (0, UNLIMITED)
    verdict = judge_union(make_union(atoms, ours, [told, Earlier(atoms, left)])).verdict
    assert not verdict.clean or len(verdict.masked)


def test_a_piece_that_says_nothing_is_no_other_reading() -> None:
    """A figure and a piece in it read differently without being other events."""
    atoms = count({(A, JAN, DONE): 5, (B, JAN, DONE): 0})
    silent = say([(A, JAN, DONE, 0, int(UNLIMITED))])
    union = make_union(atoms, say([(WIJK, JAN, DONE, 1, 9)]), [Earlier(atoms, silent)])
    assert len(union.statements) == 2


def test_a_planted_leak_of_a_set_and_its_wijk_is_caught() -> None:
    atoms = count({(A, JAN, DONE): 3, (B, JAN, DONE): 9, (C, JAN, DONE): 7})
    together = name_areas("x", [B, C])
    for low, high, safe in ((16, 16, False), (11, 19, True)):
        ours = say([(together, JAN, DONE, low, high)])
        fact = Earlier(atoms, say([(WIJK, JAN, DONE, 19, 19)]))
        pieces = Earlier(atoms, lay_out_pieces(atoms, ours, [WIJK]))
        union = make_union(atoms, ours, [fact, pieces])
        verdict = judge_union(union).verdict
        assert (verdict.clean and not len(verdict.masked)) is safe


# --- what it costs, and that it lasts ---------------------------------------------------------


def test_a_set_costs_no_area_a_figure(register: Register) -> None:
    drafts, atoms, public = small_buurt()
    alone = release(drafts[:-1], atoms, register, public)
    beside = release(drafts, atoms, register, public)
    for one, other in zip(alone.cells, beside.cells[:-1], strict=True):
        assert (one.value == other.value).all()


def test_a_set_with_other_members_is_another_set(register: Register) -> None:
    atoms = busy_town()
    drafts = make_drafts(TOWN, atoms, YEAR)
    first = release([*drafts, draft_together(TOWN, atoms, YEAR, SOME)], atoms, register)
    register.add("2026-01-31.1", first.told)
    again = release([*drafts, draft_together(TOWN, atoms, YEAR, SOME)], atoms, register)
    assert again.accounts[0].earlier == 1
    changed = draft_together(TOWN, atoms, YEAR, (A, B))
    with pytest.raises(DisclosureError, match=r"sloten.*andere gebieden.*eigen bestand"):
        release([*drafts, changed], atoms, register)
    renamed = draft_together(TOWN, atoms, YEAR, (A, B), name="streek/sloten_2/behandeld/2025")
    assert release([*drafts, renamed], atoms, register).kept[-1].any()


def test_a_withheld_set_keeps_its_members_too() -> None:
    atoms = count({(A, JAN, DONE): 3})
    one = AreaSet("streek/sloten/behandeld/2025", (A,))
    nothing = say([(A, JAN, DONE, 0, 4)]).only(np.zeros(1, dtype=bool))
    before = Earlier(atoms, nothing, say([(one.code, JAN, DONE, 0, 0)]))
    refuse_other_members([one], [before])
    with pytest.raises(DisclosureError, match="andere gebieden"):
        refuse_other_members([replace(one, members=(B,))], [before])
    assert one.level is AreaLevel.BUURT


# --- what was told before ---------------------------------------------------------------------

MONTHS = months(3)


def read_aloud(month: int, counts: dict[str, int]) -> int:
    """Give what some buurten together read in a month."""
    names = name_atoms(TOWN.atoms, MONTHS, SETS)
    rows, size = [TOWN.atoms.index(code) for code in counts], len(counts)
    at = (rows, [month] * size, [0] * size)
    words = [name[places] for name, places in zip(names, at, strict=True)]
    keys = compute_keys(SECRET, words, np.array(list(counts.values())))
    total = np.array([sum(counts.values())])
    return int(protect_counts(SECRET, total, keys.sum(keepdims=True)).value[0])


def meeting_roundings(month: int) -> list[int]:
    """Find counts of A, B and C that each read 4 too high, of a wijk that reads 4 too low.

    What is left for the buurt D of 1 is 0 or 1 then.
    """
    high = [[n for n in range(11, 200, 5) if read_aloud(month, {c: n}) > n] for c in SOME]
    for found in product(*high):
        wijk = dict(zip((*SOME, D), (*found, 1), strict=True))
        if read_aloud(month, wijk) < sum(found):
            return [*found, 1]
    raise AssertionError("no such counts")


def test_an_area_that_its_sets_of_before_leave_too_little_of_is_not_told(
    register: Register,
) -> None:
    """Three buurten were told; their wijk, told later, would leave 0 or 1 for the fourth."""
    counts = draw_counts(TOWN, len(MONTHS), mean=8.0)
    rows = [TOWN.atoms.index(code) for code in (*SOME, D)]
    counts[rows] = 0
    for month in range(len(MONTHS)):
        counts[rows, month, 0] = meeting_roundings(month)
    atoms = make_atoms(TOWN, counts, MONTHS)
    sets = [draft_together(TOWN, atoms, MONTHS, (c,), name=f"streek/{c}") for c in SOME]
    quarter = make_drafts(TOWN, atoms, ["2023-Q1"])
    first = release([*quarter, *sets], atoms, register)
    assert all(kept.all() for kept in first.kept[-3:])
    register.add("2026-01-31.1", first.told)
    passed = release([*make_drafts(TOWN, atoms, ["2023-Q1", *MONTHS]), *sets], atoms, register)
    told = join_figures(first.told[EVENTS].figures, passed.told[EVENTS].figures)
    small = say([(D, month, DONE, 0, int(UNLIMITED)) for month in MONTHS])
    union = make_union(atoms, small, [Earlier(atoms, told)])
    found = propagate(union.statements)
    assert (found.upper - found.lower)[union.mine :][: len(small)].min() >= 2
    # The sets stay: they are told already, and safe beside what is left of the areas.
    assert all(kept.all() for kept in passed.kept[-3:])
    assert not passed.kept[1].all()
    assert passed.kept[1].any()


@pytest.mark.parametrize("asked", [True, False], ids=["still asked for", "gone"])
def test_a_public_table_that_comes_after_a_set_stops_the_release(
    register: Register, asked: bool
) -> None:
    """What the set leaves is known then, and leaving figures out takes nothing back."""
    drafts, atoms, public = small_buurt()
    first = release(drafts, atoms, register)
    assert first.kept[-1].all()
    register.add("2026-01-31.1", first.told)
    today = drafts if asked else drafts[:-1]
    with pytest.raises(DisclosureError, match=r"sloten/behandeld.*release: false"):
        release(today, atoms, register, public)
    assert register.releases() == ["2026-01-31.1"]


def test_sets_of_before_are_no_reason_to_refuse_and_pieces_no_figures(register: Register) -> None:
    drafts, atoms, _ = small_buurt()
    first = release(drafts, atoms, register)
    register.add("2026-01-31.1", first.told)
    again = release(drafts, atoms, register)
    (before,), (after,) = first.accounts, again.accounts
    assert after.figures == before.figures
    assert after.certified == after.tested == before.tested
    for one, other in zip(first.cells, again.cells, strict=True):
        assert (one.value == other.value).all()


def test_pieces_of_before_are_open_in_the_counts_of_then_and_of_today() -> None:
    then = count({(A, JAN, DONE): 9, (B, JAN, DONE): 3})
    one = name_areas("x", [A])
    told = [Earlier(then, say([(WIJK, JAN, DONE, 8, 16), (one, JAN, DONE, 6, 14)]))]
    now = count({(A, JAN, DONE): 9, (B, JAN, DONE): 4})
    kept, today = leave_open(told, now, [WIJK])
    for moment, atoms, number in ((kept, then, 3), (today, now, 1)):
        assert moment.atoms is atoms
        figures = moment.figures
        assert len(figures) == number
        assert list_members(figures.areas[figures.area[-1]]) == (B,)
        assert (int(figures.lower[-1]), figures.upper[-1]) == (0, UNLIMITED)
    assert list_told_sets(told) == ["x"]
    # In other areas, and of a month that is counted no more, only the counts of then tell.
    later = count({(A, "2024-01", DONE): 9, (B, "2024-01", DONE): 4})
    for other in (replace(now, vintage=2026), later):
        assert len(leave_open(told, other, [WIJK])) == 1


# --- what others tell -------------------------------------------------------------------------

ATOMS = count({(A, JAN, "x"): 3, (B, JAN, "x"): 4, ("BU99020000", JAN, "x"): 7})
ACROSS = name_areas("x", [A, "BU99020000"])


@pytest.mark.parametrize(
    ("wijk", "kept"), [(7, True), (8, False)], ids=["counts alike", "counts otherwise"]
)
def test_a_set_of_another_source_fits_with_all_its_gemeenten(wijk: int, kept: bool) -> None:
    said = say([(ACROSS, JAN, "x", 6, 14), (WIJK, JAN, "x", wijk, wijk)])
    found = keep_fitting(ATOMS, said)
    assert (ACROSS in {found.areas[i] for i in found.area}) is kept
    assert not len(keep_fitting(ATOMS, say([(ACROSS, JAN, "x", 11, 19)])))


def test_a_public_table_tells_the_sum_of_what_a_set_cuts_out() -> None:
    table = Outside(
        "Open tabel",
        say([(A, JAN, "x", 3, 3), (B, JAN, "x", 4, 4), ("BU99020000", JAN, "x", 7, 7),
             ("GM9901", JAN, "x", 7, 7), ("GM9902", JAN, "x", 7, 7)]),
    )  # fmt: skip
    ours = say([("GM9901", JAN, "x", 6, 14), (ACROSS, JAN, "x", 6, 14)])
    found = [each.figures for each in tell_of_public([table], ATOMS, [ours])]
    told = {
        ("+".join(list_members(f.areas[area])) or f.areas[area], int(lower))
        for f in found
        for area, lower in zip(f.area, f.lower, strict=True)
    }
    # Not B: nothing of ours cuts it out but the gemeente less A.
    assert told == {("GM9901", 7), ("GM9902", 7), (A, 3), ("BU99020000", 7)}

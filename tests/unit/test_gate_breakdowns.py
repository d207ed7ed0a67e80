"""Parts of a whole in the gate: attacked beside it, told all or none, and never at its expense."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lib.gate_cases import (
    EVENTS,
    SECRET,
    Town,
    draw_counts,
    make_atoms,
    make_drafts,
    months,
    release,
)
from lib.told_cases import say
from regiebeeld.attack import UNLIMITED, find_exact, find_small, propagate
from regiebeeld.attack.bounding import bound_statement
from regiebeeld.domain import AreaLevel, Status
from regiebeeld.pipeline.gate.area_sets import open_up
from regiebeeld.pipeline.gate.elsewhere import Elsewhere
from regiebeeld.pipeline.gate.figures import Draft, lay_out_asides
from regiebeeld.pipeline.gate.judging import pass_gate
from regiebeeld.pipeline.gate.owners import tell_of_owner
from regiebeeld.pipeline.gate.protecting import STATUSES, protect_cells
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, join_figures
from regiebeeld.pipeline.gate.union import Union, make_union

TOWN = Town.make()
YEARS = ["2023", "2024"]
DONE, TRIED = "inbraak:voltooid", "inbraak:poging"
MISSING, MASKED = STATUSES.index(Status.MISSING), STATUSES.index(Status.MASKED)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register")


@pytest.fixture
def every_level_is_useful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)


def split(atoms: Atoms, periods: list[str]) -> list[Draft]:
    """Give all burglaries as a whole, and then what was completed and tried as its parts."""
    whole, done, tried = make_drafts(TOWN, atoms, periods)
    done = replace(done, indicator="alle", part="attempt=voltooid")
    return [whole, done, replace(tried, indicator="alle", part="attempt=poging")]


def busy_town() -> Atoms:
    return make_atoms(TOWN, draw_counts(TOWN, 24, mean=6.0), months(24))


def one_attempt() -> tuple[list[Draft], Atoms, Figures]:
    """Of a gemeente the police publish 12 burglaries each month: 11 completed, 1 attempt."""
    counts = draw_counts(TOWN, 24, mean=8.0)
    counts[: len(TOWN.atoms) // 2] = 0
    counts[0, :, 0], counts[0, :, 1] = 11, 1
    atoms = make_atoms(TOWN, counts, months(24))
    public = say([("GM9901", month, f"{DONE}+{TRIED}", 12, 12) for month in months(24)])
    return split(atoms, list(months(24))), atoms, public


def room_of_the_attempt(told: Figures, atoms: Atoms, public: Figures) -> int:
    """Tell how much room everything that is told leaves the attempt in its narrowest month."""
    small = say([("GM9901", month, TRIED, 0, int(UNLIMITED)) for month in months(24)])
    union = make_union(atoms, small, [Earlier(atoms, join_figures(told, public))])
    found = propagate(union.statements)
    return int((found.upper - found.lower)[union.mine :][: len(small)].min())


# --- what it gives away -----------------------------------------------------------------------


@pytest.mark.usefixtures("every_level_is_useful")
def test_whole_less_the_other_values_gives_no_value_away(register: Register) -> None:
    drafts, atoms, public = one_attempt()
    passed = release(drafts, atoms, register, public)
    at = next(i for i, area in enumerate(TOWN.areas) if area.code == "GM9901")
    for number in (1, 2):
        mine = drafts[number].cells.area == at
        assert (passed.cells[number].value[mine] < 0).all()
    assert room_of_the_attempt(passed.told[EVENTS].figures, atoms, public) >= 2
    gone = [each for each in passed.too_fine if each.breakdown]
    assert {(each.indicator, each.breakdown, each.unsafe) for each in gone} == {
        ("alle", "attempt", True)
    }


@pytest.mark.usefixtures("every_level_is_useful")
def test_without_the_attack_it_would(register: Register) -> None:
    """The case above is a leak: rounded by the rules, and told without being attacked."""
    drafts, atoms, public = one_attempt()
    area, ids = TOWN.areas, [period.id for period in drafts[1].cells.periods]
    said = []
    for draft, name in ((drafts[1], DONE), (drafts[2], TRIED)):
        cells = protect_cells(draft.cells, SECRET)
        said += [
            (area[draft.cells.area[i]].code, ids[draft.cells.period[i]], name, low, high)
            for i, (low, high) in enumerate(
                zip(cells.lower.tolist(), cells.upper.tolist(), strict=True)
            )
        ]
    told = join_figures(
        release(drafts[:1], atoms, register, public).told[EVENTS].figures, say(said)
    )
    assert room_of_the_attempt(told, atoms, public) < 2


@pytest.mark.usefixtures("every_level_is_useful")
def test_nobody_can_derive_a_part_from_all_that_is_told(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 24, mean=0.1), months(24))
    passed = release(split(atoms, YEARS), atoms, register)
    told = passed.told[EVENTS]
    union = make_union(atoms, told.figures)
    derived = propagate(union.statements)
    small = find_small(union.statements)
    assert len(small) > 10
    assert len(find_exact(derived, small)) == 0
    assert (derived.upper[small] - derived.lower[small] >= 2).all()


def attempts_apart() -> tuple[list[Draft], Atoms, Figures]:
    """The attempts are a figure of their own as well; one event in a wijk, which police publish."""
    counts = draw_counts(TOWN, 12, mean=8.0, seed=7)
    counts[:4] = 0
    counts[0, 0, 1] = 1
    atoms = make_atoms(TOWN, counts, months(12))
    whole, done, tried = split(atoms, ["2023"])
    alone = replace(tried, indicator="pogingen", part="")
    public = say([("WK990100", "2023", f"{DONE}+{TRIED}", 1, 1)])
    return [whole, alone, done, tried], atoms, public


@pytest.mark.usefixtures("every_level_is_useful")
def test_a_part_does_not_tell_what_was_withheld_under_another_name(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.MOST_MASKED", 1.0)  # a tiny table
    drafts, atoms, public = attempts_apart()
    passed = release(drafts, atoms, register, public)
    at = next(i for i, area in enumerate(TOWN.areas) if area.code == "WK990100")
    assert passed.cells[1].status[at] == MASKED
    assert passed.cells[3].value[at] == -1
    assert passed.cells[2].value[at] == -1


@pytest.mark.usefixtures("every_level_is_useful")
def test_what_was_withheld_of_wholes_is_attacked_again_beside_parts(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.MOST_MASKED", 1.0)
    open_in: list[set[str]] = []

    def look(atoms: Atoms, figures: Figures, earlier: Sequence[Earlier] = ()) -> Union:
        told = [each.figures for each in earlier]
        open_in.append({f.where(i) for f in told for i in np.flatnonzero(f.upper == UNLIMITED)})
        return make_union(atoms, figures, earlier)

    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.make_union", look)
    drafts, atoms, public = attempts_apart()
    release(drafts, atoms, register, public)
    assert open_in[0] == set()  # wholes first
    assert "WK990100, 2023" in open_in[-1]


def test_what_was_withheld_tells_nothing_and_must_stay_open() -> None:
    opened = open_up(say([("GM9901", "2023", DONE, 1, 9)]))
    assert (opened.lower.tolist(), opened.upper.tolist()) == ([0], [UNLIMITED])


# --- what it costs ----------------------------------------------------------------------------


@pytest.mark.usefixtures("every_level_is_useful")
@pytest.mark.parametrize("case", ["busy", "leak"])
def test_parts_cost_their_whole_no_figure(case: str, register: Register) -> None:
    atoms, public = busy_town(), None
    drafts = split(atoms, YEARS)
    if case == "leak":
        drafts, atoms, public = one_attempt()
    alone = release(drafts[:1], atoms, register, public)
    beside = release(drafts, atoms, register, public)
    assert (alone.cells[0].value == beside.cells[0].value).all()
    assert (alone.kept[0] == beside.kept[0]).all()


@pytest.mark.usefixtures("every_level_is_useful")
def test_parts_are_rounded_alike_and_counted_in_the_account(register: Register) -> None:
    atoms = busy_town()
    drafts = split(atoms, YEARS)
    passed = release(drafts, atoms, register)
    for draft, cells in zip(drafts, passed.cells, strict=True):
        told = cells.value >= 0
        assert told.mean() > 0.9
        assert (cells.lower[told] <= draft.cells.value[told]).all()
        assert (draft.cells.value[told] <= cells.upper[told]).all()
    (account,) = passed.accounts
    assert account.figures == sum(len(draft.cells.value) for draft in drafts)
    register.add("2026-01-31.1", passed.told)
    again = release(drafts, atoms, register)
    for one, other in zip(passed.cells, again.cells, strict=True):
        assert (one.value == other.value).all()


# --- all or none ------------------------------------------------------------------------------


def low_attempts(size: int) -> Atoms:
    counts = np.zeros((len(TOWN.atoms), 12, 2), np.int64)
    counts[:, :, 0] = size
    counts[:, 0, 1] = 1  # of each buurt one attempt a year: 4 in a wijk, 13 in a gemeente
    return make_atoms(TOWN, counts, months(12))


def test_parts_stay_or_go_together(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the figures of the wijken are attempts, and all of those are low."""
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 0.2)
    atoms = low_attempts(5)
    drafts = split(atoms, ["2023"])
    passed = release(drafts, atoms, register)
    levels = np.array([TOWN.areas[i].level.depth for i in drafts[0].cells.area])
    wijken = levels == AreaLevel.WIJK.depth
    assert passed.kept[0].all()
    for number in (1, 2):
        assert not passed.kept[number][wijken].any()
        assert passed.kept[number][~wijken].all()
    assert [(each.indicator, each.breakdown, each.unsafe) for each in passed.too_fine] == [
        ("alle", "attempt", False)
    ]


def test_how_many_are_low_is_judged_over_all_parts_together(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two wijken of six have few attempts: a third of those, and a sixth of all parts."""
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 0.2)
    atoms = low_attempts(5)
    few = [i for i, name in enumerate(TOWN.atoms) if name[2:8] in ("990100", "990200")]
    atoms.counts[:, 0, 1] = 20
    atoms.counts[few, 0, 1] = 1
    passed = release(split(atoms, ["2023"]), atoms, register)
    assert passed.too_fine == []
    assert all(kept.all() for kept in passed.kept)


@pytest.mark.usefixtures("every_level_is_useful")
def test_a_part_stands_only_where_its_whole_is_told(register: Register) -> None:
    atoms = busy_town()
    whole, *parts = split(atoms, YEARS)
    status, at = whole.cells.status.copy(), 3
    status[at] = MISSING
    unknown = replace(whole, cells=replace(whole.cells, status=status))
    passed = release([unknown, *parts], atoms, register)
    assert passed.cells[0].value[at] == -1
    for number in (1, 2):
        kept = np.ones(len(passed.kept[number]), dtype=bool)
        kept[at] = False
        assert (passed.kept[number] == kept).all()
        assert passed.cells[number].value[at] == -1


@pytest.mark.usefixtures("every_level_is_useful")
def test_with_one_part_not_told_the_others_would_give_it_away(register: Register) -> None:
    """Nobody told the attempts, or too many have no known place: they are the rest of the whole."""
    drafts, atoms, public = one_attempt()
    whole, done, tried = drafts
    gone = replace(tried.cells, status=np.full_like(tried.cells.status, MISSING))
    unsaid = replace(tried, cells=gone)
    passed = release([whole, done, unsaid], atoms, register, public)
    assert not passed.kept[1].any()
    assert not passed.kept[2].any()
    assert (passed.cells[1].value == -1).all()
    assert room_of_the_attempt(passed.told[EVENTS].figures, atoms, public) >= 2


@pytest.mark.usefixtures("every_level_is_useful")
def test_a_spot_where_one_part_has_no_figure_has_none_of_any(register: Register) -> None:
    atoms = busy_town()
    whole, done, tried = split(atoms, YEARS)
    status, at = tried.cells.status.copy(), 5
    status[at] = MISSING
    unsaid = replace(tried, cells=replace(tried.cells, status=status))
    passed = release([whole, done, unsaid], atoms, register)
    kept = np.ones(len(passed.kept[1]), dtype=bool)
    kept[at] = False
    assert passed.kept[0].all()
    assert passed.cells[0].value[at] >= 0
    for number in (1, 2):
        assert (passed.kept[number] == kept).all()
        assert passed.cells[number].value[at] == -1


@pytest.mark.usefixtures("every_level_is_useful")
def test_what_hid_a_part_stays_told_where_all_are_left_out(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[int]] = []

    def look(drafts: Sequence[Draft], *rest: Any) -> Figures:
        seen.append([int(kept.sum()) for kept in rest[1]] if drafts[0].part else [])
        return lay_out_asides(drafts, *rest)

    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.lay_out_asides", look)
    atoms = busy_town()
    whole, done, tried = split(atoms, YEARS)
    status = tried.cells.status.copy()
    status[5] = MISSING
    unsaid = replace(tried, cells=replace(tried.cells, status=status))
    release([whole, done, unsaid], atoms, register)
    assert seen[-1] == [len(status)] * 2


@pytest.mark.usefixtures("every_level_is_useful")
@pytest.mark.parametrize("attempts", [10, 12, 14])
def test_a_part_that_is_left_out_is_not_the_rest_of_the_region(
    register: Register, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    """The owner of one gemeente takes its own attempts from the region: the other has 1."""
    large = tuple(area for area in TOWN.areas if area.level is not AreaLevel.WIJK)
    town = Town(large, TOWN.atoms)
    monkeypatch.setattr(f"{__name__}.TOWN", town)
    counts, half = np.zeros((len(town.atoms), 12, 2), np.int64), len(town.atoms) // 2
    counts[[0, half], 0, 0] = 60
    counts[[0, half], 0, 1] = attempts, 1
    atoms = make_atoms(town, counts, months(12))
    whole, *parts = split(atoms, ["2023"])
    other = next(i for i, area in enumerate(large) if area.code == "GM9902")
    status = np.where(whole.cells.area == other, MISSING, whole.cells.status).astype(np.uint8)
    unknown = replace(whole, cells=replace(whole.cells, status=status))
    passed = pass_gate(
        [unknown, *parts], {EVENTS: atoms}, areas=large, secret=SECRET, register=register,
        elsewhere=Elsewhere(owners={EVENTS: ("GM9901", "GM9902")}),
    )  # fmt: skip
    rest = say([("GM9902", "2023", TRIED, 0, int(UNLIMITED))])
    facts = [Earlier(atoms, passed.told[EVENTS].figures), tell_of_owner(atoms, "GM9901")]
    union = make_union(atoms, rest, facts)
    lower, upper = bound_statement(union.statements, union.mine)
    assert upper - lower >= 2

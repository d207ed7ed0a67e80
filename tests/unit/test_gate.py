"""The gate of a release: what it rounds, withholds, remembers and refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.gate_cases import EVENTS, SECRET, Town, draw_counts, make_atoms, make_drafts, months
from regiebeeld.attack import find_exact, find_small, propagate
from regiebeeld.disclosure import Secret
from regiebeeld.domain import DisclosureError, Status, read_period
from regiebeeld.pipeline.gate.elsewhere import Elsewhere, Outside
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.judging import Passed, pass_gate
from regiebeeld.pipeline.gate.protecting import STATUSES
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.union import Atoms, Figures, make_union

TOWN = Town.make()
YEAR = ["2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
MASKED = STATUSES.index(Status.MASKED)


@pytest.fixture(autouse=True)
def every_level_is_useful(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tables are small and low on purpose; which levels say enough is tested elsewhere."""
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register")


def release(
    atoms: Atoms,
    periods: list[str],
    register: Register,
    *,
    secret: Secret | None = SECRET,
    public: Figures | None = None,
) -> tuple[list[Draft], Passed]:
    drafts = make_drafts(TOWN, atoms, periods)
    passed = pass_gate(
        drafts,
        {EVENTS: atoms},
        areas=TOWN.areas,
        secret=secret,
        register=register,
        elsewhere=Elsewhere({EVENTS: [Outside("Open tabel", public)]} if public else {}),
    )
    return drafts, passed


def test_every_figure_is_rounded_within_its_range(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    drafts, passed = release(atoms, YEAR, register)
    for draft, cells in zip(drafts, passed.cells, strict=True):
        told = cells.value >= 0
        assert told.mean() > 0.9
        assert (cells.value[told] % 5 == 0).all()
        true = draft.cells.value[told]
        assert (cells.lower[told] <= true).all()
        assert (true <= cells.upper[told]).all()
        assert {STATUSES[s] for s in cells.status} <= {Status.ROUNDED, Status.MASKED}
    (account,) = passed.accounts
    assert account.figures == sum(len(draft.cells.value) for draft in drafts)
    assert account.tested > 0
    assert account.exact == 0


def test_what_needs_no_protection_passes_as_it_is(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    (draft, *_) = make_drafts(TOWN, atoms, YEAR)
    passed = pass_gate(
        [replace(draft, events=None)], {}, areas=TOWN.areas, secret=None, register=register
    )
    assert (passed.cells[0].value == draft.cells.value).all()
    assert not register.folder.exists()


def test_asking_again_gives_the_same_figures(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    _, first = release(atoms, YEAR, register)
    register.add("2026-01-31.1", first.told)
    _, again = release(atoms, YEAR, register)
    for one, other in zip(first.cells, again.cells, strict=True):
        assert (one.value == other.value).all()
    assert again.accounts[0].earlier == 1


def test_twelve_monthly_releases_give_no_figure_away(register: Register) -> None:
    """An outsider holds everything published in a year, while late events keep coming in."""
    counts = draw_counts(TOWN, 24, seed=3)
    generator = np.random.default_rng(4)
    for number in range(12):
        size = 12 + number
        late = counts[:, :size].copy()
        late[:, -3:] -= generator.binomial(late[:, -3:], 0.2)
        atoms = make_atoms(TOWN, late, months(size))
        quarters = [f"{2023 + q // 4}-Q{q % 4 + 1}" for q in range(size // 3)]
        years = [str(2023 + y) for y in range(size // 12)]
        _, passed = release(atoms, [*years, *quarters], register)
        register.add(f"2026-{number + 1:02d}-28.1", passed.told)
    told = register.read(EVENTS)
    assert len(told) == 12
    union = make_union(told[-1].atoms, told[-1].figures, told[:-1])
    derived = propagate(union.statements)
    small = find_small(union.statements)
    assert len(small) > 100
    assert len(find_exact(derived, small)) == 0
    assert (derived.upper[small] - derived.lower[small] >= 2).all()


def test_where_a_public_total_leaves_no_room_the_split_is_withheld(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.MOST_MASKED", 1.0)  # a tiny table
    counts = draw_counts(TOWN, 12, mean=4.0, seed=7)
    counts[:4] = 0
    counts[0, 0, 1] = 1  # one event in wijk 990100 this year, and the police publish that
    atoms = make_atoms(TOWN, counts, months(12))
    zero = np.zeros(1, np.int64)
    public = Figures(
        ("WK990100",),
        (read_period("2023"),),
        (frozenset(atoms.sets),),
        *(zero, zero, zero, zero + 1, zero + 1),
    )
    at = next(i for i, area in enumerate(TOWN.areas) if area.code == "WK990100")
    _, plain = release(atoms, ["2023"], register)
    assert [int(cells.status[at]) for cells in plain.cells[1:]] != [MASKED, MASKED]
    _, guarded = release(atoms, ["2023"], register, public=public)
    for cells in guarded.cells[1:]:
        assert cells.status[at] == MASKED
        assert cells.value[at] == cells.lower[at] == cells.upper[at] == -1
    assert guarded.accounts[0].known > 0


@pytest.mark.parametrize("secret", [None, Secret(b"another secret that is long enough.")])
def test_without_the_secret_of_before_nothing_passes(
    register: Register, secret: Secret | None
) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    _, first = release(atoms, YEAR, register)
    register.add("2026-01-31.1", first.told)
    with pytest.raises(DisclosureError, match="geheim"):
        release(atoms, YEAR, register, secret=secret)


def test_a_register_without_its_mark_or_with_spoilt_figures_stops(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    _, first = release(atoms, YEAR, register)
    register.add("2026-01-31.1", first.told)
    figures = register.folder / "2026-01-31.1" / f"{EVENTS}.figures.parquet"
    body = figures.read_bytes()
    figures.write_bytes(body[: len(body) // 2])
    with pytest.raises(DisclosureError, match="niet te lezen"):
        release(atoms, YEAR, register)
    figures.write_bytes(body)
    (register.folder / "secret.json").unlink()
    with pytest.raises(DisclosureError, match="ontbreekt"):
        release(atoms, YEAR, register)


def test_a_release_of_which_too_much_is_withheld_is_refused(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.MOST_MASKED", -1.0)
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    with pytest.raises(DisclosureError, match="Er is niets gepubliceerd"):
        release(atoms, YEAR, register)


def test_what_was_told_before_and_gives_a_figure_away_stops_the_release(
    register: Register,
) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12, seed=9), months(12))
    drafts, first = release(atoms, YEAR, register)
    told = first.told[EVENTS]
    small = (told.figures.lower <= 1) & (told.figures.upper == 4)
    at = int(np.flatnonzero(small)[0])
    area = TOWN.areas[told.figures.area[at]]
    # As if an earlier version had printed a tighter range around a small figure.
    true = _true_value(drafts, told.figures, at)
    told.figures.lower[at] = max(true - 1, 0)
    told.figures.upper[at] = max(true, 1)
    register.add("2026-01-31.1", {EVENTS: told})
    with pytest.raises(DisclosureError, match="te herleiden"):
        release(atoms, YEAR, register)
    assert area.code


def _true_value(drafts: list[Draft], figures: Figures, at: int) -> int:
    sets = figures.sets[figures.kind[at]]
    draft = next(one for one in drafts if one.sets == sets)
    period = figures.periods[figures.period[at]].id
    column = [p.id for p in draft.cells.periods].index(period)
    row = np.flatnonzero((draft.cells.area == figures.area[at]) & (draft.cells.period == column))
    return int(draft.cells.value[row[0]])


def test_a_figure_that_is_no_sum_of_its_atoms_stops_the_release(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    drafts = make_drafts(TOWN, atoms, YEAR)
    drafts[0].cells.value[0] += 50
    with pytest.raises(DisclosureError, match="niet de som"):
        pass_gate(drafts, {EVENTS: atoms}, areas=TOWN.areas, secret=SECRET, register=register)


def test_a_release_that_tells_the_same_is_judged_by_what_was_proven(register: Register) -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12), months(12))
    _, first = release(atoms, YEAR, register)
    register.add("2026-01-31.1", first.told)
    _, again = release(atoms, YEAR, register)
    register.add("2026-01-31.2", again.told)
    assert register.releases() == ["2026-01-31.1", "2026-01-31.2"]
    (one,) = register.read(EVENTS)  # the second told nothing new
    assert len(one.figures) == len(first.told[EVENTS].figures)
    for before, after in zip(first.cells, again.cells, strict=True):
        assert (before.status == after.status).all()
    assert again.accounts[0].certified == first.accounts[0].certified

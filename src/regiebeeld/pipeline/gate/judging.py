"""Judges a release before anybody sees it: rounds, lets the attacker try, withholds or refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import Judgement, Statements, join_equal_unknowns, judge
from regiebeeld.disclosure import Secret
from regiebeeld.domain import Area, DisclosureError, Status
from regiebeeld.pipeline.gate.protecting import (
    STATUSES,
    ReleasedCells,
    mask_cells,
    protect_cells,
    show_cells,
)
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.union import Atoms, Earlier, Figures, make_union
from regiebeeld.pipeline.indicators import Cells

MOST_MASKED = 0.02  # of the figures of a group of events; above it the level is too fine
_SHOWN = STATUSES.index(Status.SHOWN)


@dataclass(frozen=True, slots=True)
class Draft:
    """The cells of one indicator before anything is protected.

    `events` names the group of events that a protected source counts (None: no protection);
    `sets` are the sets of atoms that the indicator adds up.
    """

    indicator: str
    cells: Cells
    events: str | None = None
    sets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GateAccount:
    """What the gate did with one group of events, in numbers that anybody may read."""

    events: str
    figures: int
    tested: int
    certified: int
    masked: int
    known: int
    exact: int
    earlier: int
    rounds: int


@dataclass(slots=True)
class Passed:
    """What may be released: cells in the order of the drafts, and the account per group."""

    cells: list[ReleasedCells]
    accounts: list[GateAccount] = field(default_factory=list)
    told: dict[str, Earlier] = field(default_factory=dict)


def pass_gate(
    drafts: Sequence[Draft],
    atoms: Mapping[str, Atoms],
    *,
    areas: Sequence[Area],
    secret: Secret | None,
    register: Register,
    facts: Mapping[str, Sequence[Earlier]] | None = None,
) -> Passed:
    """Protect and judge the cells of all indicators of one release.

    atoms: the true counts per group of events; facts: exact tables of others about the same
    events. Raises DisclosureError without a secret, with another secret than before, or when
    some figure cannot be made safe; then nothing may be published.
    """
    passed = Passed([show_cells(draft.cells) for draft in drafts])
    groups: dict[str, list[int]] = {}
    for number, draft in enumerate(drafts):
        if draft.events is not None:
            groups.setdefault(draft.events, []).append(number)
    if not groups:
        return passed
    if secret is None:
        raise DisclosureError(
            "er is geen geheim, en zonder geheim kan geen cijfer over personen worden afgerond. "
            "Zie docs/explanation/geheim.md; er is niets gepubliceerd"
        )
    register.check_secret(secret)
    for events, numbers in sorted(groups.items()):
        for number in numbers:
            passed.cells[number] = protect_cells(drafts[number].cells, secret)
        earlier = [*register.read(events), *(facts or {}).get(events, ())]
        _judge_group(passed, [drafts[n] for n in numbers], numbers, atoms[events], areas, earlier)
    return passed


def _judge_group(
    passed: Passed,
    drafts: Sequence[Draft],
    numbers: Sequence[int],
    atoms: Atoms,
    areas: Sequence[Area],
    earlier: Sequence[Earlier],
) -> None:
    events = str(drafts[0].events)
    released = [passed.cells[number] for number in numbers]
    figures, rows = _as_figures(drafts, released, areas)
    if not len(figures):
        return
    union = make_union(atoms, figures, earlier)
    joined, table = _join(union.statements, union.table)
    verdict = judge(joined, table, ours=union.ours)
    _refuse_unsafe(events, verdict, figures, union.mine)
    masked = np.zeros(len(joined), dtype=bool)
    masked[verdict.masked] = True
    mine = masked[union.mine : union.mine + len(figures)]
    for k, number in enumerate(numbers):
        hidden = np.zeros(len(released[k].value), dtype=bool)
        hidden[rows[k]] = mine[_place_of(rows, k)]
        passed.cells[number] = mask_cells(released[k], hidden)
    passed.accounts.append(_account(events, verdict, len(figures), len(earlier), int(mine.sum())))
    passed.told[events] = Earlier(atoms, _without(figures, mine))


def _join(statements: Statements, table: NDArray[np.int64]) -> tuple[Statements, NDArray[np.int64]]:
    joined, places = join_equal_unknowns(statements)
    summed = np.zeros(joined.unknowns, dtype=np.int64)
    used = places >= 0
    np.add.at(summed, places[used], table[used])
    return joined, summed


def _as_figures(
    drafts: Sequence[Draft], released: Sequence[ReleasedCells], areas: Sequence[Area]
) -> tuple[Figures, list[NDArray[np.intp]]]:
    """Lay the figures of several indicators end to end; give the rows of each that tell one."""
    sets = list(dict.fromkeys(draft.sets for draft in drafts))
    ids = {p.id: p for draft in drafts for p in draft.cells.periods}
    periods = sorted(ids.values())
    at = {period.id: i for i, period in enumerate(periods)}
    rows = [np.flatnonzero(each.value >= 0) for each in released]
    columns: dict[str, list[NDArray[np.int64]]] = {n: [] for n in ("area", "period", "kind")}
    for draft, mine in zip(drafts, rows, strict=True):
        named = np.array([at[p.id] for p in draft.cells.periods] or [0], dtype=np.int64)
        columns["area"].append(draft.cells.area[mine].astype(np.int64))
        columns["period"].append(named[draft.cells.period[mine]])
        columns["kind"].append(np.full(len(mine), sets.index(draft.sets), dtype=np.int64))
    return (
        Figures(
            tuple(area.code for area in areas),
            tuple(periods),
            tuple(sets),
            np.concatenate(columns["area"]),
            np.concatenate(columns["period"]),
            np.concatenate(columns["kind"]),
            np.concatenate([r.lower[m] for r, m in zip(released, rows, strict=True)]),
            np.concatenate([r.upper[m] for r, m in zip(released, rows, strict=True)]),
        ),
        rows,
    )


def _place_of(rows: Sequence[NDArray[np.intp]], k: int) -> slice:
    first = sum(len(each) for each in rows[:k])
    return slice(first, first + len(rows[k]))


def _without(figures: Figures, masked: NDArray[np.bool_]) -> Figures:
    keep = ~masked
    return Figures(
        figures.areas,
        figures.periods,
        figures.sets,
        figures.area[keep],
        figures.period[keep],
        figures.kind[keep],
        figures.lower[keep],
        figures.upper[keep],
    )


def _refuse_unsafe(events: str, verdict: Judgement, figures: Figures, first: int) -> None:
    share = len(verdict.masked) / len(figures)
    if verdict.clean and share <= MOST_MASKED:
        return
    if not verdict.clean:
        at = int(verdict.failed[0]) - first
        where = "eerder gepubliceerde cijfers"
        if 0 <= at < len(figures):
            where = f"{figures.areas[figures.area[at]]}, {figures.periods[figures.period[at]].id}"
        raise DisclosureError(
            f"{events}: {len(verdict.failed)} cijfers zijn te herleiden, ook na afschermen "
            f"(het eerste: {where}). Kies een grover `finest` voor deze bron. "
            "Er is niets gepubliceerd, de vorige versie blijft staan"
        )
    percent = f"{100 * share:.1f}".replace(".", ",")
    raise DisclosureError(
        f"{events}: {percent} % van de cijfers moet worden afgeschermd, en 2 % mag. Kies een "
        "grover `finest` voor deze bron. "
        "Er is niets gepubliceerd, de vorige versie blijft staan"
    )


def _account(
    events: str, verdict: Judgement, figures: int, earlier: int, masked: int
) -> GateAccount:
    return GateAccount(
        events=events,
        figures=figures,
        tested=len(verdict.tested),
        certified=len(verdict.certified),
        masked=masked,
        known=len(verdict.known),
        exact=len(verdict.exact),
        earlier=earlier,
        rounds=verdict.rounds,
    )

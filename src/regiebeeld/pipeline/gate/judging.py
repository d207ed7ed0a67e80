"""Judges a release before anybody sees it: rounds, lets the attacker try, withholds or refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import (
    Judgement,
    find_exact,
    mask,
    propagate,
)
from regiebeeld.attack.verifying import WIDTH
from regiebeeld.disclosure import Secret, protect_counts
from regiebeeld.domain import Area, DisclosureError
from regiebeeld.pipeline.gate.elsewhere import Outside, Shared, tell_of_others, tell_of_public
from regiebeeld.pipeline.gate.figures import (
    Draft,
    LaidOut,
    join_figures,
    lay_out,
    lay_out_asides,
)
from regiebeeld.pipeline.gate.protecting import (
    ReleasedCells,
    drop_cells,
    mask_cells,
    protect_cells,
    show_cells,
)
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.union import Atoms, Earlier, make_union
from regiebeeld.pipeline.gate.usefulness import Grain, is_useful, list_grains
from regiebeeld.pipeline.gate.verdicts import Verdicts, judge_union

MOST_MASKED = 0.02  # of the figures of a group of events; above it the level is too fine
_NOTHING = "Er is niets gepubliceerd, de vorige versie blijft staan"


@dataclass(frozen=True, slots=True)
class GateAccount:
    """What the gate did with one group of events, in numbers that anybody may read.

    Figures that were published; tested because they can be 1 to 4; certified: two tables at least
    `width` apart fit everything told; masked: withheld; known: told by others already; exact:
    what arithmetic still gives away (0, or nothing would be published); earlier: how many
    releases and tables of others were laid beside it.
    """

    events: str
    figures: int
    tested: int
    certified: int
    masked: int
    known: int
    exact: int
    earlier: int
    rounds: int
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class TooFine:
    """A level x kind of period that is left out of an indicator, and whether it was unsafe."""

    indicator: str
    grain: Grain
    unsafe: bool


@dataclass(slots=True)
class Passed:
    """What may be released: cells in the order of the drafts, and the account per group.

    kept: of each draft the cells that are there at all; of a level that is too fine nothing is.
    """

    cells: list[ReleasedCells]
    kept: list[NDArray[np.bool_]]
    accounts: list[GateAccount] = field(default_factory=list)
    told: dict[str, Earlier] = field(default_factory=dict)
    outside: dict[str, tuple[str, ...]] = field(default_factory=dict)  # titles of public tables
    too_fine: list[TooFine] = field(default_factory=list)


def pass_gate(
    drafts: Sequence[Draft],
    atoms: Mapping[str, Atoms],
    *,
    areas: Sequence[Area],
    secret: Secret | None,
    register: Register,
    public: Mapping[str, Sequence[Outside]] | None = None,
    shared: Mapping[str, Shared] | None = None,
) -> Passed:
    """Protect and judge the cells of all indicators of one release.

    atoms: the true counts per group of events; public: tables of others about the same events;
    shared: groups of this release that count the same events.
    A level of which too many figures are low, or that cannot be made safe, is left out. Raises
    DisclosureError without a secret, with another secret than before, or when some figure cannot
    be made safe at all; then nothing may be published.
    """
    cells = [show_cells(draft.cells) for draft in drafts]
    passed = Passed(cells, [np.ones(len(each.value), dtype=bool) for each in cells])
    groups: dict[str, list[int]] = {}
    for number, draft in enumerate(drafts):
        if draft.events is not None:
            groups.setdefault(draft.events, []).append(number)
    if not groups:
        return passed
    check_secret(secret, register)
    if secret is None:
        return passed
    made = [
        _Group(events, [drafts[n] for n in numbers], numbers, areas)
        for events, numbers in sorted(groups.items())
    ]
    for group in made:
        group.protect(passed, secret)
    drafted = {group.events: group.lay_out(passed).figures for group in made}
    for group in made:
        mine, tables = atoms[group.events], (public or {}).get(group.events, ())
        before = register.read(group.events)
        ours = [drafted[group.events], *(each.figures for each in before)]
        told = [
            *before,
            *tell_of_public(tables, mine, ours),
            *tell_of_others((shared or {}).get(group.events), mine, drafted),
        ]
        group.judge(passed, mine, told, register.verdicts(group.events))
        titles = tuple(dict.fromkeys(table.title for table in tables))
        passed.outside[group.events] = titles
    return passed


def check_secret(secret: Secret | None, register: Register) -> None:
    """Raise DisclosureError without the secret that all earlier figures were rounded with."""
    if secret is None:
        raise DisclosureError(
            "er is geen geheim, en zonder geheim kan geen cijfer over personen worden afgerond. "
            "Maak het met `regiebeeld secret make` (docs/explanation/geheim.md). "
            "Er is niets gepubliceerd"
        )
    register.check_secret(secret)


@dataclass(slots=True)
class _Group:
    """The indicators of one group of events."""

    events: str
    drafts: list[Draft]
    numbers: list[int]
    areas: Sequence[Area]
    asides: list[NDArray[np.int64]] = field(default_factory=list)

    def protect(self, passed: Passed, secret: Secret) -> None:
        """Round every cell, and leave the levels out of which too many figures are low."""
        for number, draft in zip(self.numbers, self.drafts, strict=True):
            passed.cells[number] = protect_cells(draft.cells, secret)
            aside = draft.cells.asides
            none = np.array([], np.int64)
            values = protect_counts(secret, aside.value, aside.key).value if aside else none
            self.asides.append(values)
            for grain in list_grains(draft.cells, passed.cells[number], self.areas):
                if not is_useful(grain):
                    self._leave_out(passed, number, draft.indicator, grain, unsafe=False)

    def lay_out(self, passed: Passed) -> LaidOut:
        """Lay out the figures of the group as they are now."""
        return lay_out(self.drafts, [passed.cells[n] for n in self.numbers], self.areas)

    def judge(
        self, passed: Passed, atoms: Atoms, told: Sequence[Earlier], verdicts: Verdicts
    ) -> None:
        """Let the attacker try; leave out the finest level that is not safe, and try again."""
        while True:
            laid = self.lay_out(passed)
            if not len(laid.figures):
                return
            kept = [passed.kept[number] for number in self.numbers]
            aside = lay_out_asides(self.drafts, self.asides, kept, self.areas, atoms.areas)
            earlier = [*told, *([Earlier(atoms, aside)] if len(aside) else [])]
            union = make_union(atoms, laid.figures, earlier)
            judged = judge_union(union, verdicts, most_masked=MOST_MASKED)
            joined, verdict = judged.statements, judged.verdict
            hidden = np.zeros(len(joined), dtype=bool)
            hidden[verdict.masked] = True
            mine = hidden[union.mine : union.mine + len(laid.figures)]
            if verdict.clean and mine.mean() <= MOST_MASKED:
                break
            failed = np.isin(np.arange(len(laid.figures)) + union.mine, verdict.failed)
            self._coarsen(passed, laid, verdict, mine | failed)
        left = propagate(mask(joined, hidden))
        exact = np.setdiff1d(find_exact(left, verdict.tested), verdict.known)
        if len(exact):
            words = f"{self.events}: {len(exact)} cijfers zijn te herleiden"
            raise DisclosureError(f"{words}. {_NOTHING}")
        for number, rows, marks in zip(self.numbers, laid.rows, laid.split(mine), strict=True):
            of_cells = np.zeros(len(passed.kept[number]), dtype=bool)
            of_cells[rows] = marks
            passed.cells[number] = mask_cells(passed.cells[number], of_cells)
        account = self._account(verdict, int(mine.sum()), len(laid.figures), len(told))
        passed.accounts.append(account)
        passed.told[self.events] = Earlier(
            atoms, join_figures(laid.figures.only(~mine), aside), laid.figures.only(mine)
        )

    def _coarsen(
        self, passed: Passed, laid: LaidOut, verdict: Judgement, unsafe: NDArray[np.bool_]
    ) -> None:
        """Leave out the finest level that has an unsafe figure; refuse when there is none left."""
        found: list[tuple[int, int, int, Grain]] = []
        for k, marks in enumerate(laid.split(unsafe)):
            number = self.numbers[k]
            mine = np.zeros(len(passed.kept[number]), dtype=bool)
            mine[laid.rows[k]] = marks
            cells = self.drafts[k].cells
            for grain in list_grains(cells, passed.cells[number], self.areas):
                if mine[grain.rows].any():
                    found.append((-grain.level.depth, grain.period.days, k, grain))
        if not found:
            raise DisclosureError(
                f"{self.events}: {len(verdict.failed)} eerder gepubliceerde cijfers zijn te "
                f"herleiden, ook zonder nieuwe cijfers. Vraag de FG om raad. {_NOTHING}"
            )
        _, _, k, grain = min(found, key=lambda each: each[:3])
        self._leave_out(passed, self.numbers[k], self.drafts[k].indicator, grain, unsafe=True)

    def _leave_out(
        self, passed: Passed, number: int, indicator: str, grain: Grain, *, unsafe: bool
    ) -> None:
        gone = np.zeros(len(passed.kept[number]), dtype=bool)
        gone[grain.rows] = True
        passed.kept[number] &= ~gone
        passed.cells[number] = drop_cells(passed.cells[number], gone)
        passed.too_fine.append(TooFine(indicator, grain, unsafe))

    def _account(self, verdict: Judgement, masked: int, figures: int, earlier: int) -> GateAccount:
        return GateAccount(
            events=self.events,
            figures=figures,
            tested=len(verdict.tested),
            certified=len(verdict.certified),
            masked=masked,
            known=len(verdict.known),
            exact=0,
            earlier=earlier,
            rounds=verdict.rounds,
        )

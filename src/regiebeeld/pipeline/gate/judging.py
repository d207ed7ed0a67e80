"""Judges a release before anybody sees it: rounds, lets the attacker try, withholds or refuses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import (
    UNLIMITED,
    Judgement,
    find_exact,
    mask,
    propagate,
)
from regiebeeld.attack.verifying import WIDTH
from regiebeeld.disclosure import Secret, protect_counts
from regiebeeld.domain import Area, DisclosureError
from regiebeeld.pipeline.gate.area_sets import (
    AreaSet,
    lay_out_open,
    leave_open,
    list_told_sets,
    refuse_other_members,
)
from regiebeeld.pipeline.gate.elsewhere import NOWHERE_ELSE, Elsewhere
from regiebeeld.pipeline.gate.figures import (
    Draft,
    LaidOut,
    lay_out,
    lay_out_asides,
)
from regiebeeld.pipeline.gate.owners import withhold_for_owners
from regiebeeld.pipeline.gate.protecting import (
    ReleasedCells,
    drop_cells,
    mask_cells,
    protect_cells,
    show_cells,
)
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, join_figures
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.gate.usefulness import (
    Grain,
    is_useful,
    list_grains,
    list_set_grains,
)
from regiebeeld.pipeline.gate.verdicts import Verdicts, judge_union

MOST_MASKED = 0.02  # of the figures of a group of events; above it the level is too fine
_NOTHING = "Er is niets gepubliceerd, de vorige versie blijft staan"


@dataclass(frozen=True, slots=True)
class GateAccount:
    """What the gate did with one group of events, in numbers that anybody may read.

    Figures that were published; tested because they can be 1 to 4; certified: two tables at least
    `width` apart fit everything told; masked: withheld; known: told by others already; exact:
    what arithmetic still gives away (0, or nothing would be published); earlier: how many
    releases and tables of others were laid beside it; owners: as how many gemeenten that know
    their own part it was attacked as well.
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
    owners: int = 0
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class TooFine:
    """A level x kind of period that is left out of an indicator, and whether it was unsafe.

    together: the id of a set of areas, when only what is told of those together is left out.
    """

    indicator: str
    grain: Grain
    unsafe: bool
    together: str = ""


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

    def add(self, account: GateAccount, now: Earlier, areas: Earlier | None) -> None:
        """Add what is told of a group; areas: what was told of it already, before its sets."""
        if areas is None:
            self.accounts.append(account)
            self.told[account.events] = now
            return
        before = next(each for each in self.accounts if each.events == account.events)
        names = ("figures", "tested", "certified", "masked", "known", "exact")
        both = {name: getattr(before, name) + getattr(account, name) for name in names}
        rounds = max(before.rounds, account.rounds)
        self.accounts[self.accounts.index(before)] = replace(before, **both, rounds=rounds)
        figures = join_figures(areas.figures, now.figures)
        kept = [each for each in (areas.withheld, now.withheld) if each is not None]
        self.told[account.events] = Earlier(now.atoms, figures, reduce(join_figures, kept))


def pass_gate(
    drafts: Sequence[Draft],
    atoms: Mapping[str, Atoms],
    *,
    areas: Sequence[Area],
    secret: Secret | None,
    register: Register,
    elsewhere: Elsewhere = NOWHERE_ELSE,
) -> Passed:
    """Protect and judge the cells of all indicators of one release.

    atoms: the true counts per group of events; elsewhere: what others tell about the same. A
    level of which too many figures are low, or that cannot be made safe, is left out. Raises
    DisclosureError without a secret, with another secret than before, or for a register that
    cannot be read; then nothing may be published.
    """
    cells = [show_cells(draft.cells) for draft in drafts]
    passed = Passed(cells, [np.ones(len(each.value), dtype=bool) for each in cells])
    groups = _list_groups(drafts, areas, register)
    if not groups:
        return passed
    known = check_secret(secret, register)
    for group in groups:
        group.protect(passed, known)
    drafted = _lay_all_out(groups, passed)
    for group in groups:
        mine, group.before = atoms[group.events], register.read(group.events)
        ours = [drafted[group.events], *(each.figures for each in group.before)]
        others = elsewhere.tell(group.events, mine, ours, drafted)
        refuse_other_members(group.sets, group.before)
        group.judge(passed, mine, others, elsewhere.owners.get(group.events, ()))
        passed.outside[group.events] = elsewhere.titles(group.events)
    return passed


def _lay_all_out(groups: Sequence["_Group"], passed: Passed) -> dict[str, Figures]:
    """Lay out what each group of events could tell, of areas and of sets of them."""
    found: dict[str, Figures] = {}
    for group in groups:
        figures = group.lay_out(passed).figures
        before = found.get(group.events)
        found[group.events] = figures if before is None else join_figures(before, figures)
    return found


def _list_groups(
    drafts: Sequence[Draft], areas: Sequence[Area], register: Register
) -> list["_Group"]:
    """Give the groups of events; of each the areas first, and after it the sets of them."""
    groups: dict[tuple[str, bool], list[int]] = {}
    for number, draft in enumerate(drafts):
        if draft.events is not None:
            groups.setdefault((draft.events, draft.together is not None), []).append(number)
    return [
        _Group(events, [drafts[n] for n in numbers], numbers, areas, register.verdicts(events))
        for (events, _), numbers in sorted(groups.items())
    ]


def check_secret(secret: Secret | None, register: Register) -> Secret:
    """Give the secret; raise DisclosureError without the one of all earlier figures."""
    if secret is None:
        raise DisclosureError(
            "er is geen geheim, en zonder geheim kan geen cijfer over personen worden afgerond. "
            "Maak het met `regiebeeld secret make` (docs/explanation/geheim.md). "
            "Er is niets gepubliceerd"
        )
    register.check_secret(secret)
    return secret


@dataclass(slots=True)
class _Group:
    """The indicators of one group of events, for areas or for sets that are told together.

    Sets are judged after the areas, with all that is told of those: no set costs an area a figure,
    but for a set that was told before and cannot be taken back. before: what the register tells.
    """

    events: str
    drafts: list[Draft]
    numbers: list[int]
    areas: Sequence[Area]
    verdicts: Verdicts
    asides: list[NDArray[np.int64]] = field(default_factory=list)
    before: Sequence[Earlier] = ()

    @property
    def sets(self) -> list[AreaSet]:
        """The sets of areas that its figures are of; none for a group of areas."""
        return [draft.together for draft in self.drafts if draft.together is not None]

    def protect(self, passed: Passed, secret: Secret) -> None:
        """Round every cell, and leave the levels out of which too many figures are low."""
        for number, draft in zip(self.numbers, self.drafts, strict=True):
            passed.cells[number] = protect_cells(draft.cells, secret)
            aside = draft.cells.asides
            none = np.array([], np.int64)
            values = protect_counts(secret, aside.value, aside.key).value if aside else none
            self.asides.append(values)
            for grain in self._list_grains(draft, passed.cells[number]):
                if not is_useful(grain):
                    self._leave_out(passed, number, draft.indicator, grain, unsafe=False)

    def _list_grains(self, draft: Draft, released: ReleasedCells) -> Iterator[Grain]:
        if draft.together is None:
            return list_grains(draft.cells, released, self.areas)
        return list_set_grains(draft.cells, released, draft.together.level)

    def lay_out(self, passed: Passed) -> LaidOut:
        """Lay out the figures of the group as they are now."""
        return lay_out(self.drafts, [passed.cells[n] for n in self.numbers], self.areas)

    def judge(
        self, passed: Passed, atoms: Atoms, others: Sequence[Earlier], owners: Sequence[str]
    ) -> None:
        """Let the attacker try; leave out the finest level that is not safe, and try again.

        others: what others tell of the same events.
        """
        tried: _Tried | None = None
        areas = passed.told.get(self.events) if self.sets else None
        others = [*others, areas] if areas else others
        while len((laid := self.lay_out(passed)).figures):
            kept = [passed.kept[number] for number in self.numbers]
            aside = lay_out_asides(self.drafts, self.asides, kept, self.areas, atoms.areas)
            earlier = self._lay_beside(atoms, laid.figures, others, areas)
            earlier += [Earlier(atoms, aside)] if len(aside) else []
            tried = self._attack(atoms, laid.figures, earlier, owners)
            if tried.unsafe is None:
                self._hide(passed, laid, tried.hidden)
                account = self._account(tried, len(laid.figures), len(self.before) + len(others))
                shown = join_figures(laid.figures.only(~tried.hidden), aside)
                now = Earlier(atoms, shown, laid.figures.only(tried.hidden))
                passed.add(replace(account, owners=len(owners)), now, areas)
                return
            self._coarsen(passed, laid, tried.unsafe)
        if tried is not None and not self.sets:
            raise DisclosureError(self._say_unsafe(tried))

    def _lay_beside(
        self, atoms: Atoms, figures: Figures, others: Sequence[Earlier], areas: Earlier | None
    ) -> list[Earlier]:
        """Give what is told beside the figures, and what sets leave of areas and must stay open.

        areas: what is told of the areas today, when sets are judged after them.
        """
        told = [each.figures for each in (*self.before, *others)]
        codes = [code for each in told for code in each.areas]
        every = list(dict.fromkeys([*codes, *figures.areas]))
        found = [*leave_open(self.before, atoms, every), *others]
        if self.sets:
            withheld = areas.withheld if areas else None
            found.append(Earlier(atoms, lay_out_open(atoms, figures, codes, withheld)))
        return found

    def _say_unsafe(self, tried: "_Tried") -> str:
        """Say that nothing of the areas can be told, and because of what."""
        names = ", ".join(list_told_sets(self.before))
        together = (
            f"Ook gebieden samen zijn eerder verteld ({names}), en wat die overlaten telt mee: dat "
            "gaat niet over door de interventie weg te halen. "
        )
        return (
            f"{self.events}: geen enkel niveau is veilig te tonen naast wat eerder is verteld "
            f"({len(tried.verdict.failed)} cijfers te herleiden). {together if names else ''}"
            "Kies een grover `finest`, of zet `release: false` bij deze bron, en vraag de FG om "
            f"raad. {_NOTHING}"
        )

    def _attack(
        self, atoms: Atoms, figures: Figures, earlier: Sequence[Earlier], owners: Sequence[str]
    ) -> "_Tried":
        union = make_union(atoms, figures, earlier)
        judged = judge_union(union, self.verdicts, most_masked=MOST_MASKED)
        verdict, mine = judged.verdict, slice(union.mine, union.mine + len(figures))
        masked, failed = (np.zeros(len(judged.statements), dtype=bool) for _ in range(2))
        masked[verdict.masked], failed[verdict.failed] = True, True
        hidden = masked[mine]
        known = int(((verdict.known >= mine.start) & (verdict.known < mine.stop)).sum())
        if not verdict.clean or hidden.mean() > MOST_MASKED:
            return _Tried(verdict, known, hidden, hidden | failed[mine])
        owned = withhold_for_owners(
            atoms, figures, earlier, owners=owners, hidden=hidden, most_masked=MOST_MASKED
        )
        if owned.failed.any() or owned.hidden.mean() > MOST_MASKED:
            return _Tried(verdict, known, owned.hidden, owned.hidden | owned.failed)
        masked[mine] |= owned.hidden
        left = propagate(mask(judged.statements, masked))
        exact = np.setdiff1d(find_exact(left, verdict.tested), verdict.known)
        if len(exact) and self.sets:
            return _Tried(verdict, known, owned.hidden, np.ones_like(hidden))
        if len(exact):
            words = f"{self.events}: {len(exact)} cijfers zijn te herleiden"
            raise DisclosureError(f"{words}. {_NOTHING}")
        # What the areas were tested for is counted with those, and a piece is no figure.
        figure = union.statements.upper < UNLIMITED
        figure[: union.mine if self.sets else 0] = False
        counted = verdict.tested[figure[verdict.tested]]
        return _Tried(verdict, known, owned.hidden, None, len(exact), counted)

    def _hide(self, passed: Passed, laid: LaidOut, hidden: NDArray[np.bool_]) -> None:
        for number, rows, marks in zip(self.numbers, laid.rows, laid.split(hidden), strict=True):
            of_cells = np.zeros(len(passed.kept[number]), dtype=bool)
            of_cells[rows] = marks
            passed.cells[number] = mask_cells(passed.cells[number], of_cells)

    def _coarsen(self, passed: Passed, laid: LaidOut, unsafe: NDArray[np.bool_]) -> None:
        """Leave out the finest level that has an unsafe figure, or the finest when none has."""
        found: list[tuple[bool, int, int, int, Grain]] = []
        for k, marks in enumerate(laid.split(unsafe)):
            number = self.numbers[k]
            mine = np.zeros(len(passed.kept[number]), dtype=bool)
            mine[laid.rows[k]] = marks
            told = np.zeros_like(mine)
            told[laid.rows[k]] = True
            for grain in self._list_grains(self.drafts[k], passed.cells[number]):
                if told[grain.rows].any():
                    safe = not mine[grain.rows].any()
                    found.append((safe, -grain.level.depth, grain.period.days, k, grain))
        _, _, _, k, grain = min(found, key=lambda each: each[:4])
        self._leave_out(passed, self.numbers[k], self.drafts[k].indicator, grain, unsafe=True)

    def _leave_out(
        self, passed: Passed, number: int, indicator: str, grain: Grain, *, unsafe: bool
    ) -> None:
        gone = np.zeros(len(passed.kept[number]), dtype=bool)
        gone[grain.rows] = True
        passed.kept[number] &= ~gone
        passed.cells[number] = drop_cells(passed.cells[number], gone)
        together = self.drafts[self.numbers.index(number)].together
        passed.too_fine.append(TooFine(indicator, grain, unsafe, together.id if together else ""))

    def _account(self, tried: "_Tried", figures: int, earlier: int) -> GateAccount:
        return GateAccount(
            events=self.events,
            figures=figures,
            tested=len(tried.counted),
            certified=len(np.intersect1d(tried.verdict.certified, tried.counted)),
            masked=int(tried.hidden.sum()),
            known=tried.known,
            exact=tried.exact,
            earlier=earlier,
            rounds=tried.verdict.rounds,
        )


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of one attack: what must be withheld, and what is not safe (None: all is).

    known: how many of our figures others tell already; exact: how many arithmetic gives away;
    counted: the statements that were tested and count as a figure of these.
    """

    verdict: Judgement
    known: int
    hidden: NDArray[np.bool_]
    unsafe: NDArray[np.bool_] | None
    exact: int = 0
    counted: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

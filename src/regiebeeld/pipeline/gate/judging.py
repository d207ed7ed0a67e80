"""Judges a release before anybody sees it: rounds, lets the attacker try, withholds or refuses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack import (
    UNLIMITED,
    Judgement,
    find_exact,
    mask,
    propagate,
)
from regiebeeld.disclosure import Secret, protect_counts
from regiebeeld.domain import Area, AreaLevel, DisclosureError, PeriodKind
from regiebeeld.pipeline.gate.area_sets import (
    AreaSet,
    lay_out_open,
    leave_open,
    list_told_sets,
    open_up,
    refuse_other_members,
)
from regiebeeld.pipeline.gate.elsewhere import NOWHERE_ELSE, Elsewhere
from regiebeeld.pipeline.gate.figures import (
    Draft,
    LaidOut,
    lay_out,
    lay_out_asides,
    lay_out_left,
)
from regiebeeld.pipeline.gate.owners import withhold_for_owners
from regiebeeld.pipeline.gate.passed import GateAccount, Passed, TooFine, Turn
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
from regiebeeld.pipeline.indicators import Cells

_Spot = tuple[int, str]  # a row of the areas, and a period
_Lot = list[tuple[int, Grain]]  # places among the drafts of a group, with a level of each
MOST_MASKED = 0.02  # of the figures of a group of events; above it the level is too fine
_NOTHING = "Er is niets gepubliceerd, de vorige versie blijft staan"


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
    """Give the groups of events; of each the wholes first, then their parts, and sets of areas."""
    groups: dict[tuple[str, Turn], list[int]] = {}
    wholes: dict[str, tuple[int, Draft]] = {}
    for number, draft in enumerate(drafts):
        turn = Turn.SETS if draft.together else Turn.PARTS if draft.part else Turn.WHOLES
        if turn is Turn.WHOLES:
            wholes[draft.indicator] = number, draft
        if draft.events is not None:
            groups.setdefault((draft.events, turn), []).append(number)
    return [
        _Group(
            events,
            [drafts[n] for n in numbers],
            numbers,
            areas,
            register.verdicts(events),
            turn,
            wholes,
        )
        for (events, turn), numbers in sorted(groups.items())
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
    """The indicators of one group of events, of one turn: wholes, their parts, or sets of areas.

    A later turn is judged with all that the turns before it tell: no part and no set costs a whole
    a figure, but for what was told before and cannot be taken back. before: what the register
    tells; wholes: by indicator the number and draft of what parts are of.
    """

    events: str
    drafts: list[Draft]
    numbers: list[int]
    areas: Sequence[Area]
    verdicts: Verdicts
    turn: Turn
    wholes: Mapping[str, tuple[int, Draft]]
    asides: list[NDArray[np.int64]] = field(default_factory=list)
    gaps: dict[int, NDArray[np.bool_]] = field(default_factory=dict)  # left out beside a whole
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
        for lot in self._list_lots(passed):
            if not is_useful(*(grain for _, grain in lot)):
                self._leave_out(passed, lot, unsafe=False)

    def _list_lots(self, passed: Passed) -> list[_Lot]:
        """List what stays or goes as one: all parts of an indicator at a level and kind of period.

        With one part left out and its whole told, the others would give it away.
        """
        lots: dict[tuple[str, str, AreaLevel, PeriodKind], _Lot] = {}
        for k, (number, draft) in enumerate(zip(self.numbers, self.drafts, strict=True)):
            together = draft.together.id if draft.together else ""
            for grain in self._list_grains(draft, passed.cells[number]):
                name = (draft.indicator, together, grain.level, grain.period)
                lots.setdefault(name, []).append((k, grain))
        return list(lots.values())

    def _list_grains(self, draft: Draft, released: ReleasedCells) -> Iterator[Grain]:
        if draft.together is None:
            return list_grains(draft.cells, released, self.areas)
        return list_set_grains(draft.cells, released, draft.together.level)

    def keep_beside_wholes(self, passed: Passed) -> None:
        """Leave parts out wherever their whole or one of them is not told, whatever the reason.

        A part that nobody told, or of which too much has no known place, is the whole less the
        others. What hid it stays an aside: that all are left out tells as much.
        """
        drafts = list(zip(self.numbers, self.drafts, strict=True))
        spots = {draft.indicator: self._find_told(passed, draft.indicator) for _, draft in drafts}
        for number, draft in drafts:
            whole, every = spots[draft.indicator]
            named = _name_spots(draft.cells, np.ones(len(draft.cells.area), dtype=bool))
            gone = np.array([spot not in every for spot in named], bool)
            beside = np.array([spot in whole for spot in named], bool)
            self.gaps[number] = passed.kept[number] & gone & beside
            passed.kept[number] &= ~gone
            passed.cells[number] = drop_cells(passed.cells[number], gone)

    def _find_told(self, passed: Passed, indicator: str) -> tuple[set[_Spot], set[_Spot]]:
        """Find where the whole of an indicator is told, and where all of its parts are as well."""
        place, draft = self.wholes[indicator]
        whole = set(_name_spots(draft.cells, passed.cells[place].value >= 0))
        parts = [
            set(_name_spots(each.cells, passed.cells[number].value >= 0))
            for number, each in zip(self.numbers, self.drafts, strict=True)
            if each.indicator == indicator
        ]
        return whole, whole.intersection(*parts)

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
        is_first = self.turn is Turn.WHOLES
        areas = None if is_first else passed.told.get(self.events)
        if self.turn is Turn.PARTS:
            self.keep_beside_wholes(passed)
        others = [*others, areas] if areas else others
        while len((laid := self.lay_out(passed)).figures):
            kept = [passed.kept[n] | self.gaps.get(n, False) for n in self.numbers]
            aside = lay_out_asides(self.drafts, self.asides, kept, self.areas, atoms.areas)
            earlier = self._lay_beside(atoms, laid.figures, others, areas)
            if self.turn is Turn.PARTS:  # what is left out is the rest of a region, or of a whole
                cells = [passed.cells[number] for number in self.numbers]
                earlier.append(Earlier(atoms, lay_out_left(self.drafts, cells, self.areas)))
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
        if tried is not None and is_first:
            raise DisclosureError(self._say_unsafe(tried))

    def _lay_beside(
        self, atoms: Atoms, figures: Figures, others: Sequence[Earlier], areas: Earlier | None
    ) -> list[Earlier]:
        """Give what is told beside the figures, and what sets leave of areas and must stay open.

        areas: what the turns before tell of the areas today.
        """
        told = [each.figures for each in (*self.before, *others)]
        codes = [code for each in told for code in each.areas]
        every = list(dict.fromkeys([*codes, *figures.areas]))
        found = [*leave_open(self.before, atoms, every), *others]
        withheld = areas.withheld if areas else None
        if self.sets:
            found.append(Earlier(atoms, lay_out_open(atoms, figures, codes, withheld)))
        elif withheld is not None and len(withheld):
            found.append(Earlier(atoms, open_up(withheld)))
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
        if len(exact) and self.turn is not Turn.WHOLES:
            return _Tried(verdict, known, owned.hidden, np.ones_like(hidden))
        if len(exact):
            words = f"{self.events}: {len(exact)} cijfers zijn te herleiden"
            raise DisclosureError(f"{words}. {_NOTHING}")
        # What was tested in a turn before is counted there, and a piece is no figure.
        figure = union.statements.upper < UNLIMITED
        figure[: 0 if self.turn is Turn.WHOLES else union.mine] = False
        counted = verdict.tested[figure[verdict.tested]]
        return _Tried(verdict, known, owned.hidden, None, len(exact), counted)

    def _hide(self, passed: Passed, laid: LaidOut, hidden: NDArray[np.bool_]) -> None:
        for number, rows, marks in zip(self.numbers, laid.rows, laid.split(hidden), strict=True):
            of_cells = np.zeros(len(passed.kept[number]), dtype=bool)
            of_cells[rows] = marks
            passed.cells[number] = mask_cells(passed.cells[number], of_cells)

    def _coarsen(self, passed: Passed, laid: LaidOut, unsafe: NDArray[np.bool_]) -> None:
        """Leave out the finest level that has an unsafe figure, or the finest when none has."""
        found: list[tuple[bool, int, int, int, _Lot]] = []
        marks = dict(enumerate(laid.split(unsafe)))
        for place, lot in enumerate(self._list_lots(passed)):
            told = [np.isin(laid.rows[k], grain.rows) for k, grain in lot]
            if any(each.any() for each in told):
                hit = any(marks[k][mine].any() for (k, _), mine in zip(lot, told, strict=True))
                grain = lot[0][1]
                found.append((not hit, -grain.level.depth, grain.period.days, place, lot))
        self._leave_out(passed, min(found, key=lambda each: each[:4])[-1], unsafe=True)

    def _leave_out(self, passed: Passed, lot: _Lot, *, unsafe: bool) -> None:
        for k, grain in lot:
            number = self.numbers[k]
            gone = np.zeros(len(passed.kept[number]), dtype=bool)
            gone[grain.rows] = True
            passed.kept[number] &= ~gone
            if number in self.gaps:
                self.gaps[number][gone] = False
            passed.cells[number] = drop_cells(passed.cells[number], gone)
        draft, grain = self.drafts[lot[0][0]], lot[0][1]
        together = draft.together.id if draft.together else ""
        column = draft.part.partition("=")[0]
        passed.too_fine.append(TooFine(draft.indicator, grain, unsafe, together, column))

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


def _name_spots(cells: Cells, marks: NDArray[np.bool_]) -> list[_Spot]:
    """Name the area and the period of each cell that is marked."""
    ids = [period.id for period in cells.periods]
    return [(int(cells.area[row]), ids[cells.period[row]]) for row in np.flatnonzero(marks)]

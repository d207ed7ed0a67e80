"""Leaks that are planted in what is told together over places, periods and releases: all caught.

Planted means: told exactly, or in a range that is too narrow. Each case also stands with the
ranges that the rules give, and then passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from lib.told_cases import Said, count, cut, say
from regiebeeld.attack import Judgement
from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures, Pieces
from regiebeeld.pipeline.gate.union import Union, make_union
from regiebeeld.pipeline.gate.verdicts import judge_union

A, B, C, D = "BU99010101", "BU99010102", "BU99010201", "BU99020101"
WIJK, GEMEENTE, OTHER, REGION = "WK990101", "GM9901", "GM9902", "VR99"
JAN, FEB, MAR, YEAR = "2024-01", "2024-02", "2024-03", "2024"


@dataclass(frozen=True)
class Leak:
    """What is told today and what was told before; `small` is the figure that it gives away."""

    atoms: Atoms
    today: Sequence[Said]
    small: Said
    before: Sequence[tuple[Atoms, Sequence[Said]]] = ()
    pieces: Pieces | None = None


def judge_leak(leak: Leak, today: Sequence[Said]) -> tuple[Union, Judgement]:
    earlier = [Earlier(atoms, say(said)) for atoms, said in leak.before]
    union = make_union(leak.atoms, say(today), earlier, leak.pieces)
    return union, judge_union(union).verdict


def is_caught(leak: Leak) -> bool:
    """Tell whether the small figure is withheld or stops the release, told today or not."""
    union, verdict = judge_leak(leak, [leak.small, *leak.today])
    return union.mine in verdict.masked or union.mine in verdict.failed


def monthly(*numbers: int, area: str = A) -> Atoms:
    return count({(area, f"2024-{m:02d}", "x"): n for m, n in enumerate(numbers, start=1)})


def years(first: Sequence[int], second: Sequence[int]) -> Atoms:
    names = [f"{year}-{m:02d}" for year in (2023, 2024) for m in range(1, 13)]
    return count(dict(zip(((A, name, "x") for name in names), [*first, *second], strict=True)))


TOWN = count({(A, JAN, "x"): 3, (B, JAN, "x"): 9, (C, JAN, "x"): 7, (D, JAN, "x"): 6})
SPLIT = count({(A, JAN, "x"): 3, (B, JAN, "x"): 17})
# In 2018 the buurten A and B were one.
WHOLE = count({("BU99010199", JAN, "x"): 20, (D, JAN, "x"): 6}, vintage=2018)
PARTS = count({(A, JAN, "x"): 16, (B, JAN, "x"): 4, (C, JAN, "x"): 10, (D, JAN, "x"): 6})
CUT = cut(
    2018,
    2025,
    {
        ("BU99010199", A, JAN, "x"): 16,
        ("BU99010199", B, JAN, "x"): 4,
        ("BU99010299", C, JAN, "x"): 10,
        (D, D, JAN, "x"): 6,
    },
)

LEAKS = {
    "total minus parts": Leak(
        TOWN,
        [(WIJK, JAN, "x", 12, 12), (B, JAN, "x", 9, 9)],
        small=(A, JAN, "x", 0, 4),
    ),
    "two layouts that overlap": Leak(
        # The wijken told one way, and wijk and neighbour together another way, by sets of kinds.
        count({(A, JAN, "x"): 3, (A, JAN, "y"): 9, (A, JAN, "z"): 11}),
        [(A, JAN, "x+y", 12, 12), (A, JAN, "x+y+z", 23, 23), (A, JAN, "y+z", 20, 20)],
        small=(A, JAN, "x", 1, 9),
    ),
    "month versus year": Leak(
        monthly(2, *[5] * 11),
        [(A, YEAR, "x", 57, 57), *((A, f"2024-{m:02d}", "x", 5, 5) for m in range(2, 13))],
        small=(A, JAN, "x", 0, 4),
    ),
    "rolling versus year": Leak(
        # The year to January 2024 less the year 2023 is January 2024 less January 2023.
        years([0] + [4] * 11, [3] + [4] * 11),
        [(A, "2023", "x", 44, 44), (A, "2024-01/P12M", "x", 47, 47), (A, "2023-01", "x", 0, 0)],
        small=(A, "2024-01", "x", 0, 4),
    ),
    "two gemeenten's files": Leak(
        TOWN,
        [(REGION, JAN, "x", 25, 25), (OTHER, JAN, "x", 6, 6), ("WK990102", JAN, "x", 7, 7),
         (B, JAN, "x", 9, 9)],
        small=(A, JAN, "x", 0, 4),
    ),
    "shown before, masked now": Leak(
        SPLIT,
        [(WIJK, JAN, "x", 20, 20)],
        small=(A, JAN, "x", 0, 4),
        before=[(SPLIT, [(B, JAN, "x", 17, 17)])],
    ),
    "late events between two releases": Leak(
        count({(A, JAN, "x"): 3, (A, FEB, "x"): 8}),
        [(A, JAN, "x", 2, 3)],
        small=(A, JAN, "x", 1, 9),
        before=[(count({(A, JAN, "x"): 2, (A, FEB, "x"): 8}), [(A, JAN, "x", 0, 4)])],
    ),
    "old minus new area": Leak(
        PARTS,
        [(A, JAN, "x", 16, 16), (C, JAN, "x", 6, 14)],
        small=(B, JAN, "x", 0, 4),
        before=[(WHOLE, [("BU99010199", JAN, "x", 19, 20)])],
        pieces=CUT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_caught(name: str) -> None:
    assert is_caught(LEAKS[name])


def rounded(said: Said, union: Union, row: int) -> Said:
    value = 5 * round(int(union.statements.sums(union.table)[row]) / 5)
    return (*said[:3], max(value - 4, 0), value + 4)


@pytest.mark.parametrize("name", LEAKS)
def test_the_same_figures_rounded_by_the_rules_pass(name: str) -> None:
    leak = LEAKS[name]
    figures = [leak.small, *leak.today]
    union, _ = judge_leak(leak, figures)
    told = [rounded(said, union, union.mine + row) for row, said in enumerate(figures)]
    before = []
    for atoms, said in leak.before:
        alone = make_union(atoms, say(said))
        before.append((atoms, [rounded(each, alone, row) for row, each in enumerate(said)]))
    fair = Leak(leak.atoms, told[1:], told[0], before, leak.pieces)
    _, verdict = judge_leak(fair, told)
    assert verdict.clean
    assert not len(verdict.masked)


def test_over_two_layouts_without_pieces_nothing_passes() -> None:
    leak = LEAKS["old minus new area"]
    earlier = [Earlier(atoms, say(said)) for atoms, said in leak.before]
    with pytest.raises(DisclosureError, match=r"indeling van 2018.*Zonder telling per stuk"):
        make_union(leak.atoms, say(leak.today), earlier)


def test_pieces_that_are_not_todays_counts_are_refused() -> None:
    leak = LEAKS["old minus new area"]
    assert leak.pieces is not None
    earlier = [Earlier(atoms, say(said)) for atoms, said in leak.before]
    counts = leak.pieces.counts.copy()
    counts[0, 0, 0] += 1
    wrong = Pieces(leak.pieces.areas, leak.pieces.periods, leak.pieces.sets, counts)
    with pytest.raises(DisclosureError, match="telt niet op"):
        make_union(leak.atoms, say(leak.today), earlier, wrong)


def test_an_old_area_that_was_revised_since_says_nothing_of_its_pieces() -> None:
    # One event came late: the old total is of other events than today's pieces.
    leak = LEAKS["old minus new area"]
    revised = count({("BU99010199", JAN, "x"): 21, (D, JAN, "x"): 6}, vintage=2018)
    late = Leak(leak.atoms, leak.today, leak.small,
                [(revised, [("BU99010199", JAN, "x", 21, 21)])], leak.pieces)  # fmt: skip
    _, verdict = judge_leak(late, [leak.small, ("BU99010101", JAN, "x", 12, 20)])
    assert verdict.clean
    assert not len(verdict.masked)


def tell_facts(atoms: Atoms, facts: Sequence[Said], ours: Sequence[Said]) -> tuple[int, Judgement]:
    union = make_union(atoms, say(ours), [Earlier(atoms, say(facts))])
    return union.mine, judge_union(union).verdict


def test_a_fact_that_says_a_figure_itself_is_known_and_no_failure() -> None:
    mine, verdict = tell_facts(SPLIT, [(A, JAN, "x", 3, 3)], [(A, JAN, "x", 0, 4)])
    assert verdict.clean
    assert mine in verdict.known
    assert not len(verdict.tested)


def test_a_fact_that_with_our_figures_says_another_figure_is_caught() -> None:
    # The others tell the wijk; our B, told too closely, leaves 3 or 4 for A.
    ours: list[Said] = [(A, JAN, "x", 0, 4), (B, JAN, "x", 16, 17)]
    mine, verdict = tell_facts(SPLIT, [(WIJK, JAN, "x", 20, 20)], ours)
    assert verdict.clean
    assert mine not in verdict.known
    assert set(verdict.masked) & {mine, mine + 1}
    # Without the fact nothing is wrong with them.
    alone = judge_union(make_union(SPLIT, say(ours))).verdict
    assert not len(alone.masked)


def test_when_only_facts_and_earlier_figures_give_it_away_the_release_stops() -> None:
    facts = Earlier(SPLIT, say([(WIJK, JAN, "x", 20, 20)]))
    earlier = Earlier(SPLIT, say([(A, JAN, "x", 0, 4), (B, JAN, "x", 16, 17)]))
    union = make_union(SPLIT, say([(A, JAN, "x", 0, 4)]), [earlier, facts])
    assert not union.ours.any()  # told before: it cannot be taken back
    verdict = judge_union(union).verdict
    assert not verdict.clean


def test_ones_and_zeros_in_two_dimensions_are_broken() -> None:
    # methods.md: A, B, H, M, W = 0 1 7 1 0 and 2 0 0 2 8. Zeros are shown; B and M of row one are
    # masked, which says "at least 1" to who knows the rule; the total of row one is 9.
    names = "ABHMW"
    counts = dict(zip(names, (0, 1, 7, 1, 0), strict=True))
    other = dict(zip(names, (2, 0, 0, 2, 8), strict=True))
    rows = {(A, JAN, n): counts[n] for n in names} | {(B, JAN, n): other[n] for n in names}
    atoms = count(rows)
    exact = [(a, JAN, n, k, k) for (a, _, n), k in rows.items() if not (a == A and n in "BM")]
    hidden: list[Said] = [(A, JAN, n, 1, 9) for n in "BM"]
    told: list[Said] = [*hidden, *exact, (A, JAN, "+".join(names), 9, 9)]
    union = make_union(atoms, say(told))
    verdict = judge_union(union).verdict
    assert {union.mine, union.mine + 1} <= set(verdict.exact)
    assert np.isin([union.mine, union.mine + 1], [*verdict.masked, *verdict.failed]).all()


def test_a_figure_told_before_is_told_once() -> None:
    said: list[Said] = [(A, JAN, "x", 1, 9), (B, JAN, "x", 11, 19)]
    union = make_union(SPLIT, say(said), [Earlier(SPLIT, say(said[:1]))])
    figures: Figures = say(said)
    assert union.mine == 0
    assert len(union.ours) == len(figures)
    assert union.ours.tolist() == [False, True]

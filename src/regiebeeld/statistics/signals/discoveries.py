"""Which of many rare months are signals: a bounded share of false ones, level after level."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from regiebeeld.statistics.false_discovery import adjust_false_discovery
from regiebeeld.statistics.signals.plans import Bools, Floats, Ints

# Yekutieli's bound on the share of false discoveries in the whole tree is twice this times q.
_TREE = 1.44


class Gate(StrEnum):
    """How a child area comes to be tested.

    LOOSE: where its parent's p in the same direction is at most the gate's; each level has its
    own share of false signals. TREE: where its parent is a signal itself; one share for all.
    """

    LOOSE = "loose"
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class PValues:
    """One level of areas: p-values a unit, NaN where there is no answer, and each unit's parent.

    p_rise, p_fall: as in Judged, of one family (type) and one month; parent: places in the level
    above, -1 in the coarsest level.
    """

    p_rise: Floats
    p_fall: Floats
    parent: Ints


@dataclass(frozen=True, slots=True)
class Discoveries:
    """One level: alarm, q (adjusted p, 1 where not tested), tested, all a unit.

    tests: how many units count in the correction; expected_false: of the alarms, how many are
    chance at most, on average; without_correction: how many units would be called unusual by
    chance at the same share without it.
    """

    alarm: Bools
    q: Floats
    tested: Bools
    tests: int
    expected_false: float
    without_correction: float


def adjust_p(p: ArrayLike) -> Floats:
    """Compute Benjamini-Hochberg adjusted p-values (q) of a one-dimensional family.

    p: within [0, 1], NaN is left out of the family and stays NaN. The p of counts is that of so
    many or more, observed value included (no mid-p, no lots), so that the share of false
    discoveries stays at or below the level. Raises ValueError for p outside [0, 1].
    Source: Y. Benjamini and Y. Hochberg, Controlling the false discovery rate, J. R. Statist.
    Soc. B 57 (1995) 289-300.
    """
    values = np.asarray(p, dtype=np.float64)
    there = ~np.isnan(values)
    if values.ndim != 1:
        raise ValueError("p-values: expected one dimension")
    out = np.full(values.shape, np.nan)
    out[there] = adjust_false_discovery(values[there])
    return out


def find_discoveries(
    levels: Sequence[PValues], *, share: float = 0.05, gate: Gate = Gate.LOOSE, gate_p: float = 0.25
) -> tuple[Discoveries, ...]:
    """Find the alarms of one family (type and month), from the coarsest level to the finest.

    levels: coarsest first (gemeente, wijk, buurt). share: the most of the alarms that may be
    chance. With Gate.LOOSE a unit that its parent does not let through counts as a test with
    p = 1: the gate can only take alarms away, so Benjamini-Hochberg keeps its share a level,
    whatever the dependence of child on parent. With Gate.TREE the children of each parent that is
    an alarm are a family of their own, at share / 2.88, so that in the whole tree at most `share`
    is chance; it supposes that a child's p does not depend on its parent's under the null.
    Direction counts: a rise is let through by a parent that leans to a rise. Raises ValueError
    for a share or gate outside (0, 1], or a parent that does not exist.
    Source: D. Yekutieli, Hierarchical false discovery rate-controlling methodology, J. Am.
    Statist. Assoc. 103 (2008) 309-316.
    """
    if not 0 < share < 1 or not 0 < gate_p <= 1:
        raise ValueError(f"share {share}, gate {gate_p}: expected within 0 and 1")
    found: list[Discoveries] = []
    passed = np.zeros((0, 2), dtype=np.bool_)
    for depth, level in enumerate(levels):
        open_ = _open(level, passed, depth)
        if gate is Gate.LOOSE:
            found.append(_find_loose(level, open_, share))
            passed = open_ & (np.column_stack([level.p_rise, level.p_fall]) <= gate_p)
        else:
            found.append(_find_tree(level, open_, share / (2 * _TREE)))
            rises = level.p_rise <= level.p_fall
            passed = found[-1].alarm[:, None] & np.column_stack([rises, ~rises])
    return tuple(found)


def _open(level: PValues, passed: Bools, depth: int) -> Bools:
    """Units x (rise, fall): whether the level above lets that direction be tested."""
    there = ~np.isnan(level.p_rise)
    if depth == 0:
        return np.column_stack([there, there])
    if ((level.parent < 0) | (level.parent >= len(passed))).any():
        raise ValueError(f"level {depth}: a parent is not in the level above")
    let: Bools = passed[level.parent] & there[:, None]
    return let


def _two_sided(level: PValues, open_: Bools) -> Floats:
    """Twice the p of the rarer direction; 1 where that direction is closed, NaN without answer."""
    p = np.where(open_, np.column_stack([level.p_rise, level.p_fall]), 1.0)
    return np.where(np.isnan(level.p_rise), np.nan, np.minimum(1.0, 2 * p.min(axis=1)))


def _find_loose(level: PValues, open_: Bools, share: float) -> Discoveries:
    p = _two_sided(level, open_)
    q = np.nan_to_num(adjust_p(p), nan=1.0)
    return _tell(q, np.asarray(open_.any(axis=1)), int((~np.isnan(p)).sum()), share)


def _find_tree(level: PValues, open_: Bools, share: float) -> Discoveries:
    tested: Bools = np.asarray(open_.any(axis=1))
    p, q = np.where(tested, _two_sided(level, open_), np.nan), np.ones(len(tested))
    for parent in np.unique(level.parent[tested]):
        family = tested & (level.parent == parent)
        q[family] = np.minimum(1.0, adjust_p(p[family]) * 2 * _TREE)
    return _tell(q, tested, int(tested.sum()), share * 2 * _TREE)


def _tell(q: Floats, tested: Bools, tests: int, share: float) -> Discoveries:
    alarm: Bools = np.asarray(q <= share)
    return Discoveries(
        alarm=alarm,
        q=q,
        tested=tested,
        tests=tests,
        expected_false=float(share * alarm.sum()),
        without_correction=float(share * tests),
    )

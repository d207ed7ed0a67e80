"""Judges figures as each of several owners of a source could: who knows its own part exactly.

A gemeente that delivers its own events can take them away from every sum that holds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.gate.verdicts import judge_union

_TIMES = 4  # what is withheld for one owner can be too little for another


@dataclass(frozen=True, slots=True)
class Owned:
    """What is withheld so that no owner can derive a figure of another, and what is not safe."""

    hidden: NDArray[np.bool_]
    failed: NDArray[np.bool_]


def withhold_for_owners(
    atoms: Atoms,
    figures: Figures,
    earlier: Sequence[Earlier],
    *,
    owners: Sequence[str],
    hidden: NDArray[np.bool_],
    most_masked: float,
) -> Owned:
    """Withhold more of the figures until they are safe from each owner; hidden: what is already.

    owners: the gemeenten that each delivered their own part. `failed` marks what stays unsafe.
    """
    for _ in range(_TIMES):
        before = hidden
        for owner in owners:
            hidden, failed = _judge_as(atoms, figures, earlier, owner, (hidden, most_masked))
            if failed.any():
                return Owned(hidden, failed)
        if (hidden == before).all():
            return Owned(hidden, np.zeros_like(hidden))
    return Owned(hidden, ~hidden)


def _judge_as(
    atoms: Atoms,
    figures: Figures,
    earlier: Sequence[Earlier],
    owner: str,
    so_far: tuple[NDArray[np.bool_], float],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    hidden, most_masked = so_far
    union = make_union(atoms, figures, [*earlier, tell_of_owner(atoms, owner)])
    mine = slice(union.mine, union.mine + len(figures))
    withheld = union.withheld.copy()
    withheld[mine] |= hidden
    judged = judge_union(replace(union, withheld=withheld), most_masked=most_masked)
    masked = np.zeros(len(union.statements), dtype=bool)
    masked[judged.verdict.masked] = True
    failed = np.zeros(len(union.statements), dtype=bool)
    failed[judged.verdict.failed] = True
    unsafe = failed[mine] if failed[mine].any() or not failed.any() else masked[mine] | ~hidden
    return hidden | masked[mine], unsafe


def tell_of_owner(atoms: Atoms, gemeente: str) -> Earlier:
    """Give the exact counts of a gemeente as what its owner knows."""
    rows = [i for i, name in enumerate(atoms.areas) if name[2:6] == gemeente[2:6]]
    sets = tuple(frozenset([name]) for name in atoms.sets)
    shape = (len(rows), len(atoms.periods), len(sets))
    area, period, kind = np.indices(shape, dtype=np.int64).reshape(3, -1)
    counts = atoms.counts[rows].ravel().astype(np.int64)
    areas = tuple(atoms.areas[i] for i in rows)
    return Earlier(atoms, Figures(areas, atoms.periods, sets, area, period, kind, counts, counts))

"""Refuses to tell the same events anew by another breakdown: their keys would be drawn anew.

An atom is named by its event set and its parts. With a part more or less it is another atom, so
that nobody could say that old and new figures count the same events.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.gate.told import Atoms

BETWEEN = "/"  # an event set and its parts in the name of a set of atoms
_NEXT = "="  # a breakdown and its value


def refuse_other_breakdowns(moments: Iterable[Atoms]) -> None:
    """Raise DisclosureError when events of one set and period were counted by other breakdowns."""
    found: dict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for atoms in moments:
        for (event_set, period), names in _list_breakdowns(atoms).items():
            found[event_set, period].add(frozenset(names))
    for (event_set, period), ways in found.items():
        if len(ways) > 1:
            told = " en ".join(sorted("+".join(sorted(names)) or "geen" for names in ways))
            raise DisclosureError(
                f"{event_set}, {period}: eerder anders uitgesplitst dan nu ({told}). Dezelfde "
                "gebeurtenissen zouden opnieuw worden afgerond, en wie beide naast elkaar legt kan "
                "de aantallen dan terugrekenen. Zet de uitsplitsing terug, of lever nieuwe "
                "perioden als een nieuwe bron. Er is niets gepubliceerd"
            )


def _list_breakdowns(atoms: Atoms) -> dict[tuple[str, str], set[str]]:
    """Give per event set and period of which something was counted the breakdowns of its atoms."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for p, s in zip(*np.nonzero(atoms.counts.any(axis=0)), strict=True):
        event_set, _, parts = atoms.sets[s].partition(BETWEEN)
        names = {part.partition(_NEXT)[0] for part in parts.split(";") if _NEXT in part}
        found[event_set, atoms.periods[p].id] |= names
    return found

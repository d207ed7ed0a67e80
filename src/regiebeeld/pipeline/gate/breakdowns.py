"""Refuses to tell the same events anew by another breakdown: their keys would be drawn anew.

An atom is named by its event set and its parts. With a part more or less, or under another value,
it is another atom, so that nobody could say that old and new figures count the same events.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.gate.told import Atoms

BETWEEN = "/"  # an event set and its parts in the name of a set of atoms
_NEXT = "="  # a breakdown and its value
_UNKNOWN = "onbekend"  # of events without a value: no contract has to name it
_Found = dict[tuple[str, str], set[str]]


def refuse_other_breakdowns(moments: Iterable[Atoms]) -> None:
    """Raise DisclosureError when events of one set and period were counted by other breakdowns.

    The last moment is today's: a value of which it counts something has to be known to who counted
    before, and the other way round. Renamed, split or joined values are other atoms too, and so
    are event sets: none may go while another comes in the same period.
    """
    every = list(moments)
    counted = [_list_counted(atoms) for atoms in every]
    found: dict[tuple[str, str], set[frozenset[str]]] = defaultdict(set)
    for each in counted:
        for spot, parts in each.items():
            found[spot].add(frozenset(part.partition(_NEXT)[0] for part in parts))
    for (event_set, period), ways in found.items():
        if len(ways) > 1:
            told = " en ".join(sorted("+".join(sorted(names)) or "geen" for names in ways))
            raise DisclosureError(
                f"{event_set}, {period}: eerder anders uitgesplitst dan nu ({told}). Dezelfde "
                "gebeurtenissen zouden opnieuw worden afgerond, en wie beide naast elkaar legt kan "
                "de aantallen dan terugrekenen. Zet de uitsplitsing terug, of lever nieuwe "
                "perioden als een nieuwe bron. Er is niets gepubliceerd"
            )
    for atoms, before in zip(every[:-1], counted[:-1], strict=True):
        _refuse_other_values((atoms, before), (every[-1], counted[-1]))
        _refuse_other_sets((atoms, before), (every[-1], counted[-1]))


def _refuse_other_values(before: tuple[Atoms, _Found], today: tuple[Atoms, _Found]) -> None:
    """Refuse a value that one moment counted and the other does not even know."""
    for (_, counted), (other, there) in ((before, today), (today, before)):
        known = {part for name in other.sets for part in _list_parts(name)}
        for spot in counted.keys() & there.keys():
            strange = sorted(part for part in counted[spot] - known if not _is_unknown(part))
            if strange:
                raise _tell_apart(", ".join(spot), strange)


def _refuse_other_sets(before: tuple[Atoms, _Found], today: tuple[Atoms, _Found]) -> None:
    """Refuse that event sets of a period go while others come: it may be the same events."""
    gone, come = _list_strangers(before[1], today[0]), _list_strangers(today[1], before[0])
    for period in sorted(gone.keys() & come.keys()):
        raise _tell_apart(period, sorted(gone[period]) + sorted(come[period]))


def _list_strangers(counted: _Found, other: Atoms) -> dict[str, set[str]]:
    """Give per period the event sets of which something is counted and that `other` knows not."""
    known = {name.partition(BETWEEN)[0] for name in other.sets}
    strange: dict[str, set[str]] = defaultdict(set)
    for event_set, period in counted:
        if event_set not in known:
            strange[period].add(event_set)
    return strange


def _tell_apart(where: str, strange: list[str]) -> DisclosureError:
    return DisclosureError(
        f"{where}: eerder anders ingedeeld dan nu ({', '.join(strange)}). "
        "Dezelfde gebeurtenissen zouden opnieuw worden afgerond, en wie beide naast "
        "elkaar legt kan de aantallen dan terugrekenen. Zet de waarden in het contract "
        "terug, of lever nieuwe perioden als een nieuwe bron. Er is niets gepubliceerd"
    )


def _is_unknown(part: str) -> bool:
    return part.endswith(_NEXT + _UNKNOWN)


def _list_counted(atoms: Atoms) -> _Found:
    """Give per event set and period of which something was counted the parts of its atoms."""
    found: _Found = defaultdict(set)
    for p, s in zip(*np.nonzero(atoms.counts.any(axis=0)), strict=True):
        event_set = atoms.sets[s].partition(BETWEEN)[0]
        found[event_set, atoms.periods[p].id].update(_list_parts(atoms.sets[s]))
    return found


def _list_parts(name: str) -> Iterator[str]:
    """Yield the parts in the name of a set of atoms, as `breakdown=value`."""
    parts = name.partition(BETWEEN)[2].split(";")
    return (part for part in parts if _NEXT in part)

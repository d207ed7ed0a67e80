"""The secret keys of delivered events, and the atoms they make up, for a source about persons.

The atom of an event is the finest cell that its contract counts, in the layout it came in; its
key does not change when the count is revised, restated to another layout or added up.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.disclosure import Secret, compute_keys, list_event_keys, name_atoms
from regiebeeld.domain import TOTAL, read_period
from regiebeeld.domain.areas import PREFIXES
from regiebeeld.pipeline.gate.breakdowns import BETWEEN
from regiebeeld.pipeline.gate.figures import NOWHERE, UNPLACED
from regiebeeld.pipeline.gate.told import Atoms

EVENT_KEY = "event_key"
_DIMENSIONS = ("event_set", "breakdown", "area", "period")


@dataclass(frozen=True, slots=True)
class EventKeys:
    """Gives the events of one source their keys."""

    secret: Secret
    source: str

    def add_keys(self, counts: pa.Table, vintage: int) -> pa.Table:
        """Append the column event_key: the sum of the keys of the events of each row."""
        found = compute_keys(
            self.secret, self._name(counts, vintage), counts["count"].fill_null(0).to_numpy()
        )
        return counts.append_column(EVENT_KEY, pa.array(found, pa.uint64()))

    def unit_keys(self, counts: pa.Table, vintage: int) -> Callable[[int], NDArray[np.uint64]]:
        """Give what lists the keys of the events of a row."""
        names = self._name(counts, vintage)
        sizes = counts["count"].fill_null(0).to_numpy()

        def of_row(row: int) -> NDArray[np.uint64]:
            return list_event_keys(self.secret, [name[row] for name in names], int(sizes[row]))

        return of_row

    def _name(self, counts: pa.Table, vintage: int) -> list[NDArray[np.uint64]]:
        """Name the atom of each row: source, kind, part, area with its layout, and period."""
        size = counts.num_rows
        named = [np.repeat(name_atoms([f"{self.source}\n{vintage}"])[0], size)]
        for column in _DIMENSIONS:
            coded = counts[column].combine_chunks().dictionary_encode()
            labels = name_atoms([f"{column}={text}" for text in coded.dictionary.to_pylist()])[0]
            named.append(labels[coded.indices.to_numpy()])
        return named


@dataclass(frozen=True, slots=True)
class Frame:
    """What a source can tell, whether anything happened or not: its areas, periods and sets.

    drawn: the codes that are shown, at every level, in the layout of `vintage`; areas: those at
    the level of its atoms; periods: those that were delivered; sets: event sets and their parts.
    """

    drawn: Collection[str]
    areas: Sequence[str]
    periods: Sequence[str]
    sets: Collection[str]
    vintage: int


def make_atoms(rows: pa.Table, frame: Frame) -> Atoms:
    """Give the true counts of a source as atoms in the shown layout.

    rows: event_set, breakdown, area, period and count (null where nobody told it, and then it is
    in no figure). A place that is not drawn has a name that lies in its gemeente and in nothing
    smaller.
    """
    joined = pc.binary_join_element_wise(rows["event_set"], rows["breakdown"], BETWEEN)
    codes, area = _code(rows["area"], frame.areas)
    texts, period = _code(rows["period"], frame.periods)
    sets, kind = _code(joined, _sets_without_events(joined, frame.sets))
    counts = np.zeros((len(codes), len(texts), len(sets)), dtype=np.int64)
    np.add.at(counts, (area, period, kind), rows["count"].fill_null(0).to_numpy())
    gemeenten = {code[2:6] for code in frame.drawn if code[:2] in PREFIXES.values()}
    names = tuple(code if code in frame.drawn else name_unplaced(code, gemeenten) for code in codes)
    periods = tuple(read_period(text) for text in texts)
    return Atoms(names, periods, tuple(sets), counts, frame.vintage)


def _sets_without_events(joined: pa.ChunkedArray, known: Collection[str]) -> list[str]:
    """Name atoms of the event sets and parts that nothing happened of, so that they can be 0."""
    there = joined.unique().to_pylist()
    return [
        BETWEEN.join((name.partition(":")[0], name.partition(":")[2] or TOTAL))
        for name in sorted(known)
        if not _find_sets(there, [name])
    ]


def name_unplaced(code: str, gemeenten: Collection[str]) -> str:
    """Name a place that is counted and not drawn: in its gemeente, or in none that is drawn."""
    home = code[2:6] if code[2:6] in gemeenten else NOWHERE[2:6]
    return f"{code[:2]}{home}{UNPLACED}{code}"


def list_event_sets(atoms: Atoms) -> list[str]:
    """List the event sets that atoms are of, without their parts."""
    return list(dict.fromkeys(name.partition(BETWEEN)[0] for name in atoms.sets))


def find_sets(atoms: Atoms, event_sets: Sequence[str]) -> frozenset[str]:
    """Find the sets of atoms that event sets add up; `a:part=x` holds only that part of `a`."""
    return _find_sets(atoms.sets, event_sets)


def _find_sets(names: Sequence[str], event_sets: Sequence[str]) -> frozenset[str]:
    found = set()
    for name in names:
        event_set, _, breakdown = name.partition(BETWEEN)
        parts = [] if breakdown == TOTAL else breakdown.split(";")
        if not {event_set, *(f"{event_set}:{part}" for part in parts)}.isdisjoint(event_sets):
            found.add(name)
    return frozenset(found)


def _code(column: pa.ChunkedArray, also: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Give the names of a column and of `also`, in order, and the place of each row in them."""
    names = sorted({*column.unique().to_pylist(), *also})
    places = pc.index_in(column, pa.array(names, pa.string()))
    return names, places.to_numpy().astype(np.int64)

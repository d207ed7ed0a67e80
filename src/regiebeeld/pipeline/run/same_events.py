"""Which public tables and which other sources of a run tell about the same events as a source.

From what contracts say: tables under `same_events_as`, and codes under `same_event_sets`.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import TypeVar

import numpy as np

from regiebeeld.catalogue import Catalogue, Source
from regiebeeld.domain import Area, PeriodKind
from regiebeeld.pipeline.gate.elsewhere import Outside, Shared
from regiebeeld.pipeline.gate.told import Atoms, Figures, join_figures
from regiebeeld.pipeline.indicators import Matrix, add_months_up, read_matrices
from regiebeeld.pipeline.indicators.matrices import SHOWN, Reasons
from regiebeeld.pipeline.run.event_keys import find_sets, list_event_sets
from regiebeeld.pipeline.store import WorkingStore

Name = TypeVar("Name")


def find_public(
    catalogue: Catalogue, store: WorkingStore, atoms: Mapping[str, Atoms], areas: Sequence[Area]
) -> dict[str, list[Outside]]:
    """Find per source the figures of public tables about its events that this run counted."""
    there = set(store.read_sources())
    found: dict[str, list[Outside]] = {}
    for name, mine in atoms.items():
        source = catalogue.sources[name]
        for table in source.terms.same_events_as:
            if table not in there:
                continue
            for event_set in list_event_sets(mine):
                codes = _codes_of(source, event_set)
                if not set(codes) <= store.read_event_sets(table):
                    continue
                matrices = _with_sums(store, table, codes, areas)
                sets = find_sets(mine, [event_set])
                # Together: who differs in one month counts otherwise in the year as well.
                told = reduce(join_figures, (_as_figures(m, areas, sets) for m in matrices))
                title = catalogue.sources[table].title
                found.setdefault(name, []).append(Outside(title, told))
    return found


def find_shared(catalogue: Catalogue, atoms: Mapping[str, Atoms]) -> dict[str, Shared]:
    """Find per source what other sources about persons count of the same events."""
    found = {}
    for name, mine in atoms.items():
        source = catalogue.sources[name]
        others: dict[str, dict[frozenset[str], frozenset[str]]] = {}
        for other, theirs in atoms.items():
            rival = catalogue.sources[other]
            if other == name or not set(_tables_of(source)) & set(_tables_of(rival)):
                continue
            by_codes = {frozenset(_codes_of(rival, s)): s for s in list_event_sets(theirs)}
            pairs = (
                (s, by_codes.get(frozenset(_codes_of(source, s)))) for s in list_event_sets(mine)
            )
            alike = {
                find_sets(theirs, [their]): find_sets(mine, [own]) for own, their in pairs if their
            }
            if alike:
                others[other] = alike
        if others:
            found[name] = Shared(name, others)
    return found


def _with_sums(
    store: WorkingStore, table: str, codes: Sequence[str], areas: Sequence[Area]
) -> list[Matrix]:
    """Read a table's matrices, and the sums of its months that anybody can make."""
    reasons = Reasons()
    found = read_matrices(store, table, codes, areas=areas, reasons=reasons)
    months = next((each for each in found if each.kind is PeriodKind.MONTH), None)
    there = {each.kind for each in found}
    kinds = (PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR)
    sums = (add_months_up(months, kind, reasons) for kind in kinds if kind not in there)
    return [*found, *(each for each in sums if each is not None)]


def _tables_of(source: Source) -> tuple[str, ...]:
    return (*source.terms.same_events_as, *source.terms.same_events_in)


def _codes_of(source: Source, event_set: str) -> tuple[str, ...]:
    return source.terms.same_event_sets.get(event_set, (event_set,))


def _as_figures(matrix: Matrix, areas: Sequence[Area], sets: frozenset[str]) -> Figures:
    area, period = np.nonzero((matrix.status == SHOWN) & (matrix.estimated == 0))
    value = matrix.value[area, period]
    return Figures(
        tuple(each.code for each in areas),
        matrix.periods,
        (sets,),
        area.astype(np.int64),
        period.astype(np.int64),
        np.zeros(len(area), dtype=np.int64),
        value,
        value,
    )

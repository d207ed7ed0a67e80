"""Applies known errors of a source, each only while its guard still finds the error there."""

from dataclasses import replace
from typing import TypeVar

import numpy as np

from regiebeeld.catalogue.models import Correction, Corrections
from regiebeeld.domain import ContractError, Status
from regiebeeld.pipeline.sources.conform_counts import (
    NO_NUMBER,
    STATUS_CODES,
    Note,
    Observations,
)
from regiebeeld.pipeline.store import StoredObservations

Seen = TypeVar("Seen", Observations, StoredObservations)


def apply_corrections(seen: Seen, corrections: Corrections | None) -> tuple[Seen, list[Note]]:
    """Give the observations with each known error marked, and a note an error.

    A correction names one cell and the count the source wrongly gives (None for an
    empty cell). The cell becomes missing or not collected with the correction's
    reason. Raises ContractError when the source no longer says so: then it was
    mended, and the correction must go; or when a gemeente of this region has no such
    cell: then the correction guards nothing. One of another region is passed over.
    """
    notes = []
    for correction in corrections.corrections if corrections else ():
        row = _find_row(seen, correction)
        if row is None:
            _refuse_absent(seen, correction)
            continue
        _check_guard(seen, row, correction)
        seen = _mark(seen, row, correction)
        guard = correction.guard
        text = f"{guard.event_set}, {guard.area}, {guard.period}: {correction.reason}"
        notes.append(Note("corrected", 1, text))
    return seen, notes


def _refuse_absent(seen: Seen, correction: Correction) -> None:
    guard = correction.guard
    if any(area[2:6] == guard.area[2:6] for area in seen.areas):
        raise ContractError(
            f"een correctie van {correction.found} noemt een cel die er niet is: "
            f"{guard.event_set}, {guard.area}, {guard.period}. Controleer de spelling in "
            "catalogue/corrections, of haal de correctie weg"
        )


def _find_row(seen: Seen, correction: Correction) -> int | None:
    guard = correction.guard
    ids = [period.id for period in seen.periods]
    if (
        guard.area not in seen.areas
        or guard.event_set not in seen.event_sets
        or guard.period not in ids
    ):
        return None
    found = np.flatnonzero(
        (seen.area == seen.areas.index(guard.area))
        & (seen.event_set == seen.event_sets.index(guard.event_set))
        & (seen.period == ids.index(guard.period))
    )
    return int(found[0]) if len(found) else None


def _check_guard(seen: Seen, row: int, correction: Correction) -> None:
    guard = correction.guard
    expected = NO_NUMBER if guard.count is None else guard.count
    if int(seen.count[row]) != expected:
        wrong = "leeg" if guard.count is None else guard.count
        raise ContractError(
            f"een correctie van {correction.found} past niet meer: {guard.event_set}, "
            f"{guard.area}, {guard.period} is niet meer {wrong}. "
            "De bron is hersteld: haal de correctie uit catalogue/corrections"
        )


def _mark(seen: Seen, row: int, correction: Correction) -> Seen:
    count, status, reason = seen.count.copy(), seen.status.copy(), seen.reason.copy()
    count[row] = NO_NUMBER
    status[row] = STATUS_CODES[Status(correction.status)]
    reason[row] = len(seen.reasons)
    return replace(
        seen, count=count, status=status, reason=reason, reasons=(*seen.reasons, correction.reason)
    )

"""Protects an indicator's cells: what is not rounded with the region's secret is not released."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regiebeeld.disclosure import Secret, protect_counts
from regiebeeld.domain import Status
from regiebeeld.pipeline.indicators import Cells

STATUSES = list(Status)
_SHOWN, _ROUNDED, _MASKED = (
    STATUSES.index(status) for status in (Status.SHOWN, Status.ROUNDED, Status.MASKED)
)


@dataclass(frozen=True, slots=True)
class ReleasedCells:
    """Cells as they may be released; `value`, `lower` and `upper` are -1 where nothing is told."""

    value: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    status: NDArray[np.uint8]


def show_cells(cells: Cells) -> ReleasedCells:
    """Give the cells of a source that needs no protection, as they are."""
    return ReleasedCells(cells.value, cells.value, cells.value, cells.status)


def protect_cells(cells: Cells, secret: Secret) -> ReleasedCells:
    """Round every count with the key of its events; what has no value stays as it is."""
    has_value = cells.status == _SHOWN
    found = protect_counts(secret, np.where(has_value, cells.value, 0), cells.key)
    return ReleasedCells(
        np.where(has_value, found.value, -1),
        np.where(has_value, found.lower, -1),
        np.where(has_value, found.upper, -1),
        np.where(has_value, _ROUNDED, cells.status).astype(np.uint8),
    )


def drop_cells(cells: ReleasedCells, gone: NDArray[np.bool_]) -> ReleasedCells:
    """Take cells out: they are not released, not even as withheld."""
    return ReleasedCells(
        np.where(gone, -1, cells.value),
        np.where(gone, -1, cells.lower),
        np.where(gone, -1, cells.upper),
        cells.status,
    )


def mask_cells(cells: ReleasedCells, masked: NDArray[np.bool_]) -> ReleasedCells:
    """Withhold cells: they say nothing at all, not even a range."""
    return ReleasedCells(
        np.where(masked, -1, cells.value),
        np.where(masked, -1, cells.lower),
        np.where(masked, -1, cells.upper),
        np.where(masked, _MASKED, cells.status).astype(np.uint8),
    )

"""Turns stored observations into the cells of each indicator, no finer than it allows."""

from regiebeeld.pipeline.indicators.cells import (
    Asides,
    Cells,
    add_months_up,
    compute_indicator_cells,
)
from regiebeeld.pipeline.indicators.matrices import Matrix, read_matrices

__all__ = ["Asides", "Cells", "Matrix", "add_months_up", "compute_indicator_cells", "read_matrices"]

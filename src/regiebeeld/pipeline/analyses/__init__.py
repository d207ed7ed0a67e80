"""Runs the statistics over released cells only, while a release is made."""

from regiebeeld.pipeline.analyses.map_classes import compute_breaks
from regiebeeld.pipeline.analyses.rates import Bases, CellRates, compute_cell_rates

__all__ = ["Bases", "CellRates", "compute_breaks", "compute_cell_rates"]

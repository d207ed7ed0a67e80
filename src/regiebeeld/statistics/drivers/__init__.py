"""Which data matter: what goes together with more or fewer cases. Correlation, never a cause."""

from regiebeeld.statistics.drivers.fitting import FEWEST_A_DRIVER, fit_drivers
from regiebeeld.statistics.drivers.lattices import (
    SpatialModel,
    fit_spatial_error,
    fit_spatial_lag,
)
from regiebeeld.statistics.drivers.panels import fit_panel
from regiebeeld.statistics.drivers.predicting import compute_prediction
from regiebeeld.statistics.drivers.residuals import check_residuals, compute_moran
from regiebeeld.statistics.drivers.results import (
    Dispersion,
    DriverEffect,
    DriverModel,
    DriverTable,
    Effects,
    Family,
    Neighbours,
    Outcome,
    PanelTable,
    Prediction,
    Reason,
    ResidualMoran,
)
from regiebeeld.statistics.drivers.sentences import (
    DriverWords,
    describe_effect,
    describe_neighbours,
    describe_prediction,
    describe_refusal,
)

__all__ = [
    "FEWEST_A_DRIVER",
    "Dispersion",
    "DriverEffect",
    "DriverModel",
    "DriverTable",
    "DriverWords",
    "Effects",
    "Family",
    "Neighbours",
    "Outcome",
    "PanelTable",
    "Prediction",
    "Reason",
    "ResidualMoran",
    "SpatialModel",
    "check_residuals",
    "compute_moran",
    "compute_prediction",
    "describe_effect",
    "describe_neighbours",
    "describe_prediction",
    "describe_refusal",
    "fit_drivers",
    "fit_panel",
    "fit_spatial_error",
    "fit_spatial_lag",
]

"""Which key figures go together with an indicator: a relation, never a cause."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.factors import Factors, read_factors
from regiebeeld.pipeline.analyses.places import Spot, take_spot
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.pipeline.analyses.surroundings import Surroundings
from regiebeeld.releases.findings import Driver, Finding, NoDrivers
from regiebeeld.statistics.drivers import (
    FEWEST_A_DRIVER,
    DriverModel,
    DriverTable,
    Neighbours,
    Outcome,
    Prediction,
    compute_prediction,
    describe_refusal,
    fit_drivers,
)

# Where only gemeenten are released it takes more of them than most regions have; that is told.
_LEVELS = (AreaLevel.BUURT, AreaLevel.WIJK, AreaLevel.GEMEENTE)
NO_FIGURES = "Er zijn geen kenmerken van de omgeving bekend op dit niveau."


def find_drivers(
    one: ReleasedIndicator, around: Surroundings, bases: Bases
) -> Iterator[Finding[Driver] | Finding[NoDrivers]]:
    """Fit one indicator on the key figures of its finest level, or say why that cannot be."""
    if not one.may(Analysis.DRIVERS):
        return
    spots = (take_spot(one, level, around) for level in _LEVELS)
    spot = next((each for each in spots if each and each.based), None)
    if spot is None:
        return
    factors = read_factors(spot.series.level, bases, around, one.indicator.factors)
    if factors is None:
        yield spot.tell(NoDrivers(NO_FIGURES), None, 0)
        return
    factors = _keep_room(spot, factors)
    table = _make_table(spot, factors)
    ground = spot.ground.neighbours
    model = fit_drivers(table, neighbours=Neighbours(ground.indptr, ground.indices))
    if model.outcome is not Outcome.FITTED or model.reason is not None:
        about = tuple(name.replace("_", " ") for name in model.about)
        why = describe_refusal(model.reason, about) if model.reason else NO_FIGURES
        yield spot.tell(NoDrivers(why), None, 0)
        return
    gemeenten = np.array([int(code[2:6]) for code in spot.ground.codes])
    yield from _tell(spot, model, compute_prediction(table, gemeenten), factors)


def _keep_room(spot: Spot, factors: Factors) -> Factors:
    """Keep as many factors as the areas can carry: those that the definition names first."""
    whole = np.isfinite(_rows_of(spot, factors)).all(axis=1).sum()
    return factors.first(max(int(whole) // FEWEST_A_DRIVER, 1))


def _rows_of(spot: Spot, factors: Factors) -> NDArray[np.float64]:
    row = {code: i for i, code in enumerate(factors.codes)}
    return factors.values[[row[code] for code in spot.ground.codes]]


def _make_table(spot: Spot, factors: Factors) -> DriverTable:
    values = _rows_of(spot, factors)
    return DriverTable(factors.names, spot.counts, spot.bases, values, spot.noise)


def _tell(
    spot: Spot, model: DriverModel, seen: Prediction, factors: Factors
) -> Iterator[Finding[Driver]]:
    better = None
    if seen.deviance is not None and seen.deviance_of_one_rate:
        better = round(1 - seen.deviance / seen.deviance_of_one_rate, 3)
    pattern = model.residual_moran.p if model.residual_moran else None
    for place, effect in enumerate(model.effects):
        content = Driver(
            figure=effect.name,
            year=factors.year,
            step=float(f"{effect.step:.3g}"),
            ratio=round(effect.ratio, 3),
            lower=round(effect.lower, 3),
            upper=round(effect.upper, 3),
            areas=model.used,
            vif=round(effect.vif, 1),
            left_out=factors.left_out,
            better=better,
            pattern_p=pattern,
        )
        yield spot.tell(content, None, place)

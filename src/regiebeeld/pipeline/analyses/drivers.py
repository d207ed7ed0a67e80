"""Which key figures go together with an indicator: a relation, never a cause."""

from collections.abc import Iterator

import numpy as np

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.factors import Factors, read_factors
from regiebeeld.pipeline.analyses.places import Spot, take_spot
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.pipeline.analyses.surroundings import Surroundings
from regiebeeld.releases.findings import Driver, Finding, NoDrivers
from regiebeeld.statistics.drivers import (
    DriverModel,
    DriverTable,
    Neighbours,
    Outcome,
    Prediction,
    compute_prediction,
    describe_refusal,
    fit_drivers,
)

_LEVELS = (AreaLevel.BUURT, AreaLevel.WIJK)
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
    factors = read_factors(spot.series.level, bases, around)
    if factors is None:
        yield spot.tell(NoDrivers(NO_FIGURES), None, 0)
        return
    table = _make_table(spot, factors)
    ground = spot.ground.neighbours
    model = fit_drivers(table, neighbours=Neighbours(ground.indptr, ground.indices))
    if model.outcome is not Outcome.FITTED or model.reason is not None:
        why = describe_refusal(model.reason, model.about) if model.reason else NO_FIGURES
        yield spot.tell(NoDrivers(why), None, 0)
        return
    gemeenten = np.array([int(code[2:6]) for code in spot.ground.codes])
    yield from _tell(spot, model, compute_prediction(table, gemeenten), factors.year)


def _make_table(spot: Spot, factors: Factors) -> DriverTable:
    row = {code: i for i, code in enumerate(factors.codes)}
    rows = [row[code] for code in spot.ground.codes]
    return DriverTable(factors.names, spot.counts, spot.bases, factors.values[rows], spot.noise)


def _tell(spot: Spot, model: DriverModel, seen: Prediction, year: int) -> Iterator[Finding[Driver]]:
    better = None
    if seen.deviance is not None and seen.deviance_of_one_rate:
        better = round(1 - seen.deviance / seen.deviance_of_one_rate, 3)
    pattern = model.residual_moran.p if model.residual_moran else None
    for place, effect in enumerate(model.effects):
        content = Driver(
            figure=effect.name,
            year=year,
            step=float(f"{effect.step:.3g}"),
            ratio=round(effect.ratio, 3),
            lower=round(effect.lower, 3),
            upper=round(effect.upper, 3),
            areas=model.used,
            better=better,
            pattern_p=pattern,
        )
        yield spot.tell(content, None, place)

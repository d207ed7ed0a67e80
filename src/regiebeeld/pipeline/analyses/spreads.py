"""How much more the counts of an indicator vary than chance, so that no verdict comes too easily.

Offences that come in waves vary more; a verdict by chance alone would call each wave a change.
"""

from collections.abc import Iterator

import numpy as np

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.pipeline.analyses.levels import fill_series
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.releases.findings import Finding, Spread
from regiebeeld.statistics.margins import Dispersion, estimate_dispersion

_FEWEST_YEARS = 3
_STEPS = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF_YEAR: 2}


def find_spreads(one: ReleasedIndicator) -> Iterator[Finding[Spread]]:
    """Estimate the spread of every level and kind of period that is compared with chance."""
    if not one.may(Analysis.COMPARISON):
        return
    for (level, kind), series in sorted(one.series.items()):
        found = _estimate(fill_series(series), kind)
        if found is not None:
            # So coarse that no single hidden area can be tried against it.
            value, growth = round(found[0], 1), float(f"{found[1]:.1g}")
            content = Spread(level.value, kind.value, value, growth)
            yield Finding(content, AreaLevel.REGIO, one.indicator.id)


def _estimate(series: Series, kind: PeriodKind) -> tuple[float, float] | None:
    """Give value and growth, pooled over the areas of a level; None when the history is short."""
    if kind in _STEPS:
        steps = _STEPS[kind]
        history, noise = (_by_year(m, steps) for m in (series.value, series.noise))
    else:
        slides = kind is PeriodKind.ROLLING
        apart = _whole_years(series) if slides else list(range(len(series.periods)))
        # Year x area: the years of all areas rise and fall together, what is left is their own.
        history, noise = (m[:, apart].T[None] for m in (series.value, series.noise))
    if history.shape[1] < _FEWEST_YEARS:
        return None
    return _pool(estimate_dispersion(history, noise=noise))


def _by_year(matrix: Floats, steps: int) -> Floats:
    """Cut series (areas x periods) into (areas x years x steps), whole years back from the last."""
    years = matrix.shape[1] // steps
    return matrix[:, matrix.shape[1] - years * steps :].reshape(len(matrix), years, steps)


def _whole_years(series: Series) -> list[int]:
    last = series.periods[-1].end
    months = [(last.year - p.end.year) * 12 + last.month - p.end.month for p in series.periods]
    return [i for i, away in enumerate(months) if away % 12 == 0]


def _pool(found: Dispersion) -> tuple[float, float] | None:
    if not found.known.any():
        return None
    weight = found.freedom[found.known]
    value, growth = (
        float(np.average(each[found.known], weights=weight)) for each in (found.value, found.growth)
    )
    return value, growth

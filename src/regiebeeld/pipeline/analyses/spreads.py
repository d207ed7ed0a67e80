"""How much more the counts of an indicator vary than chance, so that no verdict comes too easily.

Offences that come in waves vary more; a verdict by chance alone would call each wave a change.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.pipeline.analyses.levels import fill_series
from regiebeeld.pipeline.analyses.series import Floats, ReleasedIndicator, Series
from regiebeeld.releases.findings import Finding, Spread
from regiebeeld.statistics.margins import (
    Dispersion,
    compute_pearson,
    estimate_dispersion,
    shrink_dispersions,
)

_FEWEST_YEARS = 3
_FEWEST_FREEDOM = 20.0  # what three years of months leave
_FEWEST_A_MONTH = 1.0  # below it a gemeente's months are hardly more than 0 and 1
_STEPS = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF_YEAR: 2}


def find_spreads(one: ReleasedIndicator) -> Iterator[Finding[Spread]]:
    """Estimate the spread of every level and kind of period that is compared with chance.

    And that of each gemeente with enough months by itself.
    """
    if not one.may(Analysis.COMPARISON):
        return
    known: dict[tuple[AreaLevel, PeriodKind], Spread] = {}
    for (level, kind), series in sorted(one.series.items()):
        found = _estimate(fill_series(series), kind)
        if found is not None:
            # So coarse that no single hidden area can be tried against it.
            value, growth = round(found[0], 1), float(f"{found[1]:.1g}")
            known[level, kind] = content = Spread(level.value, kind.value, value, growth)
            yield Finding(content, AreaLevel.REGIO, one.indicator.id)
    yield from _find_own(one, known)


def _find_own(
    one: ReleasedIndicator, known: Mapping[tuple[AreaLevel, PeriodKind], Spread]
) -> Iterator[Finding[Spread]]:
    """Give each gemeente its own spread, drawn towards that of the level.

    The months say how much it varies; what longer periods vary beyond their months is taken from
    the level, of which there are more of them.
    """
    level = AreaLevel.GEMEENTE
    months = one.series.get((level, PeriodKind.MONTH))
    usual = known.get((level, PeriodKind.MONTH))
    if months is None or usual is None:
        return
    own = _shrink(fill_series(months))
    for (_, kind), spread in sorted(known.items()):
        if spread.level != level.value:
            continue
        mean = _mean(one.series[level, kind])
        for code, (value, monthly) in own.items():
            if code in mean:
                longer = max(spread.at(mean[code]) / usual.at(monthly), 1.0)
                wide = max(value * longer, 1.0)
                growth = float(f"{(wide - 1) / max(mean[code], 1.0):.2g}")
                content = Spread(level.value, kind.value, round(wide, 1), growth)
                yield Finding(content, level, one.indicator.id, code)


def _shrink(months: Series) -> dict[str, tuple[float, float]]:
    """Give variance over mean, and the mean month, of each area that has enough months."""
    history, noise = (_by_year(each, 12) for each in (months.value, months.noise))
    if history.shape[1] < _FEWEST_YEARS:
        return {}
    mean = np.nan_to_num(_means(history.reshape(len(history), -1)))
    value, freedom = compute_pearson(history, noise=noise)
    rows = np.flatnonzero((freedom >= _FEWEST_FREEDOM) & (mean >= _FEWEST_A_MONTH) & (value > 0))
    drawn = shrink_dispersions(value[rows], freedom[rows])
    return {
        months.codes[row]: (float(each), float(mean[row]))
        for row, each in zip(rows, drawn, strict=True)
    }


def _mean(series: Series) -> dict[str, float]:
    found = zip(series.codes, _means(series.value), strict=True)
    return {code: float(mean) for code, mean in found if not np.isnan(mean)}


def _means(matrix: Floats) -> Floats:
    """Average each row over what is known; NaN where nothing is."""
    known = (~np.isnan(matrix)).sum(axis=1)
    return np.where(known > 0, np.nansum(matrix, axis=1) / np.maximum(known, 1), np.nan)


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

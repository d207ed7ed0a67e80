"""What the last months and quarters will become once all is in, of the region and its gemeenten.

Made from released cells and the shares that are told with them, so it tells nothing new of anybody.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.pipeline.analyses.completing import NEARLY_WHOLE, Completing
from regiebeeld.pipeline.analyses.series import ReleasedIndicator, Series
from regiebeeld.releases.findings import Finding, Nowcast
from regiebeeld.statistics.delay import Nowcast as Cast
from regiebeeld.statistics.delay import ToldShare, nowcast_told

_KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER)
_LEVELS = (AreaLevel.REGIO, AreaLevel.GEMEENTE)


def find_nowcasts(one: ReleasedIndicator, completing: Completing) -> Iterator[Finding[Nowcast]]:
    """Find what each month and quarter that is not all in will become.

    Nothing of a period of which less than half is in, or of which that is not known; a cell that
    is not released has no estimate either.
    """
    if not one.may(Analysis.TREND):
        return
    for kind in _KINDS:
        for series in one.levels(kind):
            if series.level in _LEVELS:
                yield from _find_in(series, one.indicator.id, completing)


def _find_in(series: Series, name: str, completing: Completing) -> Iterator[Finding[Nowcast]]:
    shares = [completing.find(period) for period in series.periods]
    late = [
        (place, share)
        for place, share in enumerate(shares)
        if share and share.share < NEARLY_WHOLE and completing.may_judge(series.periods[place])
    ]
    if not late:
        return
    places, told = [place for place, _ in late], [share for _, share in late]
    cast = nowcast_series(series, places, told)
    for row, code in enumerate(series.codes):
        for column, place in enumerate(places):
            if not np.isnan(series.value[row, place]):
                content = _content(series, cast, (row, place, column), told[column])
                yield Finding(content, series.level, name, code, series.periods[place].id)


def nowcast_series(series: Series, places: Sequence[int], told: Sequence[ToldShare]) -> Cast:
    """Nowcast some periods of a series: all areas x places; 0 where nothing is released."""
    counts, least = (np.nan_to_num(m[:, list(places)]) for m in (series.value, series.lower))
    return nowcast_told(counts, list(told), noise=series.noise[:, list(places)], least=least)


def _content(series: Series, cast: Cast, at: tuple[int, int, int], told: ToldShare) -> Nowcast:
    row, place, column = at
    return Nowcast(
        observed=int(series.value[row, place]),
        observed_lower=int(series.lower[row, place]),
        observed_upper=int(series.upper[row, place]),
        share=round(told.share, 3),
        estimate=round(float(cast.expected[row, column])),
        lower=int(cast.lower[row, column]),
        upper=int(cast.upper[row, column]),
    )

"""The trend of each series of months, without its season."""

from collections.abc import Iterator

import numpy as np

from regiebeeld.pipeline.analyses.months import lay_months
from regiebeeld.pipeline.analyses.seasons import list_monthly
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.releases.drawn_findings import TrendLine
from regiebeeld.releases.findings import Finding
from regiebeeld.statistics.season import compute_trends


def find_trends(one: ReleasedIndicator, late: int = 0) -> Iterator[Finding[TrendLine]]:
    """Find the trend of one indicator in the region and in each gemeente with months.

    Across a lasting break no line is drawn; late: the last months that are known to be incomplete
    would pull its end down, so they are left out.
    """
    cuts = [np.datetime64(each.start, "M") for each in one.touching() if each.lasts]
    for series in list_monthly(one):
        laid = lay_months(series, late)
        found = compute_trends(laid.value, laid.months, noise=laid.noise, breaks=cuts)
        for row, code in enumerate(series.codes):
            method = found.methods[row]
            if method is None:
                continue
            values = tuple(
                None if np.isnan(each) else round(float(each), 1) for each in found.trend[row]
            )
            content = TrendLine(series.periods[0].id, values, method.value)
            yield Finding(content, series.level, one.indicator.id, code)

"""What is in so far of a month, held against that part of what is usual: never a raw last month."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from regiebeeld.pipeline.analyses.series import Series
from regiebeeld.statistics.delay import ToldShare
from regiebeeld.statistics.signals import FarringtonPlan, Judged, judge_series, read_series


def judge_thinned(
    series: Series,
    how: tuple[list[int], FarringtonPlan],
    broken: NDArray[np.bool_],
    shares: Sequence[ToldShare],
) -> Judged:
    """Judge what is in so far against that part of what is usual, whose share is in doubt.

    how: the periods that are judged, and the plan; broken: periods in a passing break; shares: of
    each period, the part that is in. A part of overdispersed counts varies less than they do, so
    their dispersion is on the safe side. The doubt about a share works on what is expected, so
    that is judged without it first.
    """
    days = np.array([float((p.end - p.start).days + 1) for p in series.periods])
    share = np.array([each.share for each in shares])
    exposure = np.broadcast_to(days / days.mean() * share, series.value.shape)
    read = partial(
        read_series, series.value, exposure=exposure, noise=series.noise, excluded=broken
    )
    found = judge_series(read(), *how)
    doubt = np.array([each.error / each.share for each in shares])
    if not doubt[how[0]].any():
        return found
    nowcast = np.zeros_like(series.value)
    nowcast[:, how[0]] = np.nan_to_num(found.expected * doubt[how[0]]) ** 2
    return judge_series(read(nowcast=nowcast), *how)

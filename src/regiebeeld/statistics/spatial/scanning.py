"""Compiled kernels of the circular scan: walk outward from each centre, keep the best circle."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, misc"

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def _log_ratio(inside, total, share, logs):
    """Kulldorff's log likelihood ratio of a circle with more than its share; 0 otherwise."""
    if inside <= share * total or inside == 0:
        return 0.0
    return (
        logs[inside]
        + logs[total - inside]
        - logs[total]
        - inside * np.log(share)
        - (total - inside) * np.log(1.0 - share)
    )


@numba.njit(cache=True, nogil=True)
def find_best_circles(order, closed, cases, shares, given):
    """Find the best circle around each centre of a block.

    order: (centres, areas) nearest first; closed: same shape, True where the next area lies
    further away; cases: (areas,) whole numbers; shares: (areas,) of what is expected, adding up
    to 1; given: (most share in a circle, taken (areas,) booleans, logs of n * log n).
    Returns the best log ratio of each centre and how many areas its circle holds.
    """
    most, taken, logs = given
    total = cases.sum()
    best = np.zeros(len(order))
    size = np.zeros(len(order), dtype=np.int64)
    for c in range(len(order)):
        inside, share = 0, 0.0
        for k in range(order.shape[1]):
            area = order[c, k]
            share += shares[area]
            inside += cases[area]
            if share > most + 1e-12 or taken[area]:
                break
            if closed[c, k]:
                ratio = _log_ratio(inside, total, share, logs)
                if ratio > best[c]:
                    best[c], size[c] = ratio, k + 1
    return best, size


@numba.njit(cache=True, nogil=True)
def _add_and_count(inside, added, floor, factor):
    """Add an area to the circle of every simulation; count those that may beat their maximum."""
    share, spread, half = factor
    totals, reach = floor
    above = 0
    for s in range(len(inside)):
        inside[s] += added[s]
        excess = np.float32(inside[s]) - share * totals[s]
        above += excess > min(spread * reach[s], half * totals[s])
    return above


@numba.njit(cache=True, nogil=True)
def _raise(inside, share, floor, given):
    """Compute the log ratio where the maximum may be beaten, and raise it."""
    totals, reach = floor
    logs, maxima = given
    log_in, log_out = np.log(share), np.log(1.0 - share)
    for s in range(len(inside)):
        n, total = inside[s], int(totals[s])
        if n > share * total:
            ratio = logs[n] + logs[total - n] - n * log_in - (total - n) * log_out
            ratio -= logs[total]
            if ratio > maxima[s]:
                maxima[s] = ratio
                # A hair below, so that rounding never hides a circle that should be looked at.
                reach[s] = np.sqrt(2 * ratio * total) * 0.999


@numba.njit(cache=True, nogil=True)
def raise_chance_maxima(order, closed, chance, shares, given):
    """Raise the highest log ratio of each simulation by the circles around a block of centres.

    chance: (areas, simulations) whole numbers; given: (most share, totals (simulations,), logs
    of n * log n, maxima (simulations,), which is changed). With an excess d over an expected
    e = share * total the log ratio is at most d^2 / 2 * (1 / e + 2 / (total - e)) while d is at
    most (total - e) / 2: most circles are passed over on that bound, without a logarithm.
    """
    most, totals, logs, maxima = given
    inside = np.zeros(chance.shape[1], dtype=np.int32)
    floor = (totals.astype(np.float32), np.sqrt(2 * maxima * totals).astype(np.float32))
    for c in range(len(order)):
        inside[:] = 0
        share = 0.0
        for k in range(order.shape[1]):
            area = order[c, k]
            share += shares[area]
            if share > most + 1e-12:
                break
            spread = np.sqrt(1 / (1 / share + 2 / (1 - share)))
            factor = (np.float32(share), np.float32(spread), np.float32((1 - share) / 2))
            above = _add_and_count(inside, chance[area], floor, factor)
            if above > 0 and closed[c, k]:
                _raise(inside, share, floor, (logs, maxima))

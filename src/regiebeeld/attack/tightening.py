"""Tightens the bounds of unknowns by the statements that hold them; compiled."""

import numba


@numba.njit(cache=True, nogil=True)
def tighten_members(incidences, lower, upper, unknown, fresh):
    """Tighten every unknown by every statement that holds it: what the others leave for it."""
    starts, members = incidences
    low, high = unknown
    new_low, new_high = fresh
    for s in range(len(lower)):
        low_sum = high_sum = 0
        for i in range(starts[s], starts[s + 1]):
            low_sum += low[members[i]]
            high_sum += high[members[i]]
        room_up, room_down = upper[s] - low_sum, lower[s] - high_sum
        for i in range(starts[s], starts[s + 1]):
            m = members[i]
            new_high[m] = min(new_high[m], room_up + low[m])
            new_low[m] = max(new_low[m], room_down + high[m])

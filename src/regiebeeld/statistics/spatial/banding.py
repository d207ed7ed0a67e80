"""Compiled kernels for banded matrices: factor, solve, diagonal of the inverse.

Our own, since the threads of a linear algebra library cost more than they bring at this size.
"""
# mypy: disable-error-code="no-untyped-def, untyped-decorator, no-untyped-call, misc"

import numba
import numpy as np

# Everywhere `lower` is (size, width + 1): lower[j, k] is element (j + k, j), 0 past the end.


@numba.njit(cache=True, nogil=True)
def factor_band(lower):
    """Turn a matrix into its Cholesky factor, in place; False when not positive definite."""
    size, width = lower.shape[0], lower.shape[1] - 1
    for j in range(size):
        if not lower[j, 0] > 0.0:
            return False
        root = np.sqrt(lower[j, 0])
        lower[j, 0] = root
        reach = min(width, size - 1 - j)
        for k in range(1, reach + 1):
            lower[j, k] /= root
        for k in range(1, reach + 1):
            factor = lower[j, k]
            if factor != 0.0:
                for d in range(reach - k + 1):
                    lower[j + k, d] -= factor * lower[j, k + d]
    return True


@numba.njit(cache=True, nogil=True)
def solve_band(lower, columns):
    """Solve for each column of (size, columns), given the factor; returns a new array."""
    size, width = lower.shape[0], lower.shape[1] - 1
    solved = columns.copy()
    for j in range(size):
        solved[j] /= lower[j, 0]
        for k in range(1, min(width, size - 1 - j) + 1):
            if lower[j, k] != 0.0:
                for c in range(solved.shape[1]):
                    solved[j + k, c] -= lower[j, k] * solved[j, c]
    for j in range(size - 1, -1, -1):
        for k in range(1, min(width, size - 1 - j) + 1):
            if lower[j, k] != 0.0:
                for c in range(solved.shape[1]):
                    solved[j, c] -= lower[j, k] * solved[j + k, c]
        solved[j] /= lower[j, 0]
    return solved


@numba.njit(cache=True, nogil=True)
def invert_in_band(lower):
    """Compute the diagonal of the inverse, given the factor.

    Works from the last value back; only the part of the inverse inside the band is needed. Both
    halves of it are kept, so that what is added up lies side by side.
    """
    size, width = lower.shape[0], lower.shape[1] - 1
    inverse = np.zeros((size, 2 * width + 1))  # [i, width + d] is element (i, i + d)
    row = np.zeros(width)
    for i in range(size - 1, -1, -1):
        reach = min(width, size - 1 - i)
        row[:] = 0.0
        for k in range(1, reach + 1):
            factor = lower[i, k] / lower[i, 0]
            if factor != 0.0:
                known = inverse[i + k]
                for d in range(reach):
                    row[d] -= factor * known[width + 1 + d - k]
        total = 1.0 / lower[i, 0] ** 2
        for k in range(1, reach + 1):
            total -= lower[i, k] / lower[i, 0] * row[k - 1]
            inverse[i, width + k] = row[k - 1]
            inverse[i + k, width - k] = row[k - 1]
        inverse[i, width] = total
    return inverse[:, width].copy()

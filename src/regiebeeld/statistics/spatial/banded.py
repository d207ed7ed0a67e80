"""Gaussian fields with few neighbours each: solve, variances and determinant without a full matrix.

A matrix with a narrow band, one extra dense row (an overall level) and sums that must be zero.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import reverse_cuthill_mckee

from regiebeeld.statistics.spatial.banding import factor_band, invert_in_band, solve_band
from regiebeeld.statistics.spatial.neighbours import Floats, Ints, Neighbours, as_matrix


@dataclass(frozen=True, slots=True)
class Field:
    """A precision matrix: `band[k, j]` is element (j + k, j); `border` and `corner` the extra row.

    sums: (constraints, size): each row times the values is 0; the extra value takes no part.
    """

    band: Floats
    border: Floats
    corner: float
    sums: Floats


@dataclass(frozen=True, slots=True)
class Factor:
    """What solving needs; made by `factorise`."""

    lower: Floats
    border: Floats
    slope: Floats  # inverse of the band part times the border
    rest: float  # corner that is left after the band part
    reach: Floats  # covariance with the sums, (size, constraints)
    sums: Floats
    summed: Floats  # sums times slope
    inner: Floats  # inverse of the covariance of the sums


def order_narrow(neighbours: Neighbours) -> Ints:
    """Give each area its place in an order in which neighbours stand close together.

    Source: E. Cuthill and J. McKee, Reducing the bandwidth of sparse symmetric matrices, ACM
    National Conference (1969) 157-172.
    """
    order = reverse_cuthill_mckee(as_matrix(neighbours), symmetric_mode=False)
    places = np.empty(neighbours.size, dtype=np.int64)
    places[order] = np.arange(neighbours.size)
    return places


def factorise(field: Field) -> Factor:
    """Factorise a field; raises numpy's LinAlgError when it is not positive definite."""
    lower = np.array(field.band.T, order="C")  # a copy: it is changed in place
    if not factor_band(lower):
        raise np.linalg.LinAlgError("the precision of this field is not positive definite")
    solved = solve_band(lower, np.column_stack([field.border, field.sums.T]))
    slope, reach = solved[:, 0], solved[:, 1:]
    rest = field.corner - float(field.border @ slope)
    summed = field.sums @ slope
    reach = reach + np.outer(slope, summed) / rest
    inner = np.linalg.inv(field.sums @ reach) if len(field.sums) else np.zeros((0, 0))
    return Factor(lower, field.border, slope, rest, reach, field.sums, summed, inner)


def solve(factor: Factor, values: Floats, extra: float) -> tuple[Floats, float]:
    """Solve the field for a right-hand side, with the sums at 0: (values, the extra value)."""
    free = solve_band(factor.lower, values[:, None])[:, 0]
    level = (extra - float(factor.border @ free)) / factor.rest
    free = free - factor.slope * level
    push = factor.inner @ (factor.sums @ free)
    level += float(factor.summed @ push) / factor.rest
    return free - factor.reach @ push, level


def compute_variances(factor: Factor) -> tuple[Floats, float]:
    """Compute the variance of every value, and of the extra one, with the sums at 0.

    Source: K. Takahashi, J. Fagan and M.-S. Chin, Formation of a sparse bus impedance matrix,
    Power Industry Computer Application Conference (1973) 63-69; for the sums H. Rue and L. Held,
    Gaussian Markov Random Fields (Chapman & Hall, 2005), section 2.3.3.
    """
    own = invert_in_band(factor.lower) + factor.slope**2 / factor.rest
    taken = np.einsum("ij,jk,ik->i", factor.reach, factor.inner, factor.reach)
    known = float(factor.summed @ factor.inner @ factor.summed) / factor.rest**2
    return own - taken, 1 / factor.rest - known


def compute_log_determinant(factor: Factor) -> float:
    """Compute the log determinant of the precision with the sums at 0, up to a constant."""
    sums = -float(np.linalg.slogdet(factor.inner)[1]) if len(factor.inner) else 0.0
    return 2 * float(np.log(factor.lower[:, 0]).sum()) + float(np.log(factor.rest)) + sums

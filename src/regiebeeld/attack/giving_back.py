"""Shows again what was withheld around a figure and turns out not to be needed.

The order follows how it was withheld, never a true value; what is shown again is proven afresh.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from regiebeeld.attack.statements import Ints

MOST_TRIED = 40  # times that a part is tried; what is left then stays withheld


class FindsFailing(Protocol):
    """Tells which targets cannot be proven safe when the masked figures say nothing."""

    def find_failing(self, masked: NDArray[np.bool_], targets: Ints) -> Ints: ...


def give_back(
    prover: FindsFailing,
    masked: NDArray[np.bool_],
    around: NDArray[np.bool_],
    hard: Ints,
    every: Ints,
) -> NDArray[np.bool_]:
    """Give masks with as few as possible of `around`; as they were when that is not safe.

    masked: what is withheld now, which proves safe; around: the part of it that only makes room
    for others; hard: the figures that failed before; every: all that must be proven in the end.
    """
    fewer = masked.copy()
    parts, tried = [np.flatnonzero(around)], 0
    while parts and tried < MOST_TRIED:
        part, tried = parts.pop(), tried + 1
        shown = fewer.copy()
        shown[part] = False
        if not len(prover.find_failing(shown, np.union1d(hard, np.intersect1d(part, every)))):
            fewer = shown
        elif len(part) > 1:
            half = len(part) // 2
            parts += [part[:half], part[half:]]
    return masked if len(prover.find_failing(fewer, every)) else fewer

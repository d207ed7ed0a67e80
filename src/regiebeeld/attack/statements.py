"""What is published, as statements: a set of unknowns adds up to a number between two bounds.

Knows nothing of how figures were protected: an outsider who knows the rules has the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
UNLIMITED = np.int64(1) << np.int64(40)  # stands for "no upper bound"; sums of it still fit


@dataclass(frozen=True)
class Statements:
    """`lower <= sum of the unknowns in a statement <= upper`, all whole numbers of 0 or more.

    `members[starts[s]:starts[s + 1]]` are the unknowns of statement s, each once, in order.
    `depends` (statements x 2, -1 for none): a statement that follows from two figures says nothing
    when one of them is withheld.
    """

    unknowns: int
    starts: Ints
    members: NDArray[np.int32]
    lower: Ints
    upper: Ints
    depends: Ints | None = None

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def sizes(self) -> Ints:
        return np.diff(self.starts)

    @cached_property
    def owner(self) -> NDArray[np.int32]:
        """The statement of each member."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.sizes)

    @cached_property
    def by_unknown(self) -> tuple[Ints, NDArray[np.int32]]:
        """The statements that hold each unknown: starts, and statements in order."""
        order = np.argsort(self.members, kind="stable")
        counts = np.bincount(self.members, minlength=self.unknowns)
        return np.concatenate([[0], np.cumsum(counts)]), self.owner[order]

    def sums(self, table: NDArray[np.int64]) -> Ints:
        """Give what each statement adds up to in a table of all unknowns."""
        running = np.concatenate([[0], np.cumsum(table[self.members], dtype=np.int64)])
        found: Ints = running[self.starts[1:]] - running[self.starts[:-1]]
        return found


def make_statements(
    unknowns: int, members: Sequence[NDArray[np.int32]], lower: Ints, upper: Ints
) -> Statements:
    """Make statements of one array of unknowns each."""
    sizes = np.array([len(each) for each in members], dtype=np.int64)
    flat = np.concatenate([*members, np.empty(0, np.int32)]).astype(np.int32)
    return Statements(
        unknowns,
        np.concatenate([[0], np.cumsum(sizes)]),
        flat,
        np.asarray(lower, np.int64),
        np.asarray(upper, np.int64),
    )


def join_equal_unknowns(statements: Statements) -> tuple[Statements, NDArray[np.int32]]:
    """Join unknowns that stand in exactly the same statements; give the new place of each old one.

    Nobody can tell such unknowns apart: their sum, a whole number of 0 or more, is one unknown.
    Unknowns in no statement get place -1.
    """
    starts, holders = statements.by_unknown
    marks = _random_marks(len(statements))
    first, second = (_fold(column[holders], starts) for column in marks)
    inside = np.flatnonzero(np.diff(starts) > 0)
    pairs = np.stack([first[inside], second[inside]], axis=1)
    _, kept, places = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    mapping = np.full(statements.unknowns, -1, dtype=np.int32)
    mapping[inside] = places.reshape(-1).astype(np.int32)
    keep = np.zeros(statements.unknowns, dtype=bool)
    keep[inside[kept]] = True
    stay = keep[statements.members]
    sizes = np.bincount(statements.owner[stay], minlength=len(statements))
    joined = Statements(
        len(kept),
        np.concatenate([[0], np.cumsum(sizes)]),
        mapping[statements.members[stay]],
        statements.lower,
        statements.upper,
        statements.depends,
    )
    return joined, mapping


def number_sets(statements: Statements) -> Ints:
    """Number the statements by their set of unknowns: two names for one set have one number."""
    marks = np.random.default_rng(21).integers(0, 1 << 63, statements.unknowns, dtype=np.uint64)
    sums = _fold(marks[statements.members], statements.starts)
    _, numbers = np.unique(sums, return_inverse=True)
    found: Ints = numbers.reshape(-1).astype(np.int64)
    return found


def _random_marks(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    # Two sums of 64 random bits: two different sets look equal once in 2^128.
    generator = np.random.default_rng(20)
    words = generator.integers(0, 1 << 64, size=(2, size), dtype=np.uint64)
    return words[0], words[1]


def _fold(values: NDArray[np.uint64], starts: Ints) -> NDArray[np.uint64]:
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    folded: NDArray[np.uint64] = running[starts[1:]] - running[starts[:-1]]
    return folded

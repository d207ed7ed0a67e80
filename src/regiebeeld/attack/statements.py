"""What is published, as statements: a set of unknowns adds up to a number between two bounds.

Knows nothing of how figures were protected: an outsider who knows the rules has the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.uint64)
UNLIMITED = np.int64(1) << np.int64(40)  # stands for "no upper bound"; sums of it still fit


_FOUND = ("owner", "by_unknown")


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
        ones = np.ones(len(self.members), dtype=np.int8)
        shape = (len(self), self.unknowns)
        # Counting sort, in compiled code: many times faster than sorting the members.
        found = csr_array((ones, self.members, self.starts), shape=shape).tocsc()
        return found.indptr.astype(np.int64), found.indices.astype(np.int32)

    def with_bounds(self, lower: Ints, upper: Ints) -> "Statements":
        """Give the same sets with other bounds, and with what was found about them already."""
        found = replace(self, lower=lower, upper=upper)
        found.__dict__.update({k: self.__dict__[k] for k in _FOUND if k in self.__dict__})
        return found

    def sums(self, table: NDArray[np.int64]) -> Ints:
        """Give what each statement adds up to in a table of all unknowns."""
        return add_stretches(table[self.members], self.starts)


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


def add_stretches(values: NDArray[Number], starts: Ints) -> NDArray[Number]:
    """Add up `values[starts[i]:starts[i + 1]]` for each i; unsigned words wrap."""
    found = np.zeros(len(starts) - 1, dtype=values.dtype)
    filled = starts[1:] > starts[:-1]
    if filled.any():
        found[filled] = np.add.reduceat(values, starts[:-1][filled])
    return found


def expand(starts: Ints, sizes: Ints) -> Ints:
    """Give the places of several stretches, end to end: `starts[i]` and on, `sizes[i]` of them."""
    ends = np.cumsum(sizes)
    found: Ints = np.repeat(starts - ends + sizes, sizes) + np.arange(int(sizes.sum()))
    return found


def number_rows(*columns: NDArray[np.generic]) -> tuple[Ints, Ints]:
    """Number rows so that equal ones have one number; give the first row of each, and the numbers.

    Numbers follow the order of the rows, the last column being the first to sort by.
    """
    order = np.lexsort(columns)
    fresh = np.zeros(len(order), dtype=bool)
    fresh[:1] = True
    for column in columns:
        fresh[1:] |= column[order][1:] != column[order][:-1]
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(fresh) - 1
    return order[fresh], numbers


def join_equal_unknowns(statements: Statements) -> tuple[Statements, NDArray[np.int32]]:
    """Join unknowns that stand in exactly the same statements; give the new place of each old one.

    Nobody can tell such unknowns apart: their sum, a whole number of 0 or more, is one unknown.
    Unknowns in no statement get place -1.
    """
    starts, holders = statements.by_unknown
    marks = _random_marks(len(statements))
    first, second = (add_stretches(column[holders], starts) for column in marks)
    inside = np.flatnonzero(np.diff(starts) > 0)
    kept, places = number_rows(first[inside], second[inside])
    mapping = np.full(statements.unknowns, -1, dtype=np.int32)
    mapping[inside] = places.astype(np.int32)
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
    sums = add_stretches(marks[statements.members], statements.starts)
    _, numbers = np.unique(sums, return_inverse=True)
    found: Ints = numbers.reshape(-1).astype(np.int64)
    return found


def _random_marks(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    # Two sums of 64 random bits: two different sets look equal once in 2^128.
    generator = np.random.default_rng(20)
    words = generator.integers(0, 1 << 64, size=(2, size), dtype=np.uint64)
    return words[0], words[1]


def mask(statements: Statements, masked: NDArray[np.bool_]) -> Statements:
    """Give the statements as they are when the masked ones say nothing but "0 or more"."""
    if statements.depends is not None:
        masked = masked | (masked[statements.depends] & (statements.depends >= 0)).any(axis=1)
    return statements.with_bounds(
        np.where(masked, 0, statements.lower), np.where(masked, UNLIMITED, statements.upper)
    )


def take_out_known(statements: Statements, table: Ints, facts: NDArray[np.bool_]) -> Statements:
    """Take the unknowns out that exact facts tell, one by one; what is left of each statement.

    facts: statements that tell one number. A fact of which one unknown is left tells it, and one
    of which nothing is left tells that the rest is 0. Every statement keeps its place and what it
    says of the unknowns that are left, so that the same tables fit.
    """
    known = np.zeros(statements.unknowns, dtype=bool)
    while True:
        left = np.where(known, 0, 1)[statements.members]
        number = np.bincount(statements.owner, weights=left, minlength=len(statements))
        rest = statements.sums(np.where(known, 0, table))
        told = facts & (number > 0) & ((number == 1) | (rest == 0))
        if not told.any():
            break
        known[statements.members[told[statements.owner]]] = True
    if not known.any():
        return statements
    shift = statements.sums(np.where(known, table, 0))
    keep = ~known[statements.members]
    sizes = np.bincount(statements.owner[keep], minlength=len(statements))
    upper = np.where(statements.upper >= UNLIMITED, UNLIMITED, statements.upper - shift)
    return Statements(
        statements.unknowns,
        np.concatenate([[0], np.cumsum(sizes)]),
        statements.members[keep],
        np.maximum(statements.lower - shift, 0),
        upper,
        statements.depends,
    )

"""Verdicts that are used again: what was proven safe needs no second attack while it stands.

Keeps one hash of everything that was told together, never a table that fits it.
"""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import regiebeeld.attack
from regiebeeld.attack import Judgement, Statements, find_small, join_equal_unknowns, judge
from regiebeeld.attack.statements import take_out_known
from regiebeeld.pipeline.gate.told import Ints
from regiebeeld.pipeline.gate.union import Union

MOST_KEPT = 100  # verdicts of one group of events; the oldest goes first


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a union, and its statements with unknowns that nobody tells apart joined."""

    verdict: Judgement
    statements: Statements
    reused: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The hashes of what was proven safe of one group of events; a lost file is proven anew."""

    path: Path

    def knows(self, proof: str) -> bool:
        """Tell whether everything that this hash stands for was proven safe."""
        return proof in self._read()

    def add(self, proof: str) -> None:
        """Keep a hash; what it stands for is proven."""
        kept = [*(each for each in self._read() if each != proof), proof][-MOST_KEPT:]
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.path.with_name(f".{self.path.name}.draft")
        draft.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        draft.replace(self.path)

    def _read(self) -> list[str]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [str(each) for each in found] if isinstance(found, list) else []


def judge_union(
    union: Union, verdicts: Verdicts | None = None, *, most_masked: float = 1.0
) -> Judged:
    """Judge a union; without a search when just this was proven safe before.

    most_masked: the part of today's figures that may be withheld; with more it gives up. What was
    withheld before stays withheld while its events are the same. Every small figure is
    in the verdict, whether it was searched for now or then.
    """
    joined, table = _join(union)
    small = find_small(union.statements)
    proven = verdicts is not None and verdicts.knows(prove(union, union.withheld))
    verdict = judge(
        joined,
        table,
        ours=union.ours,
        withheld=union.withheld,
        search=not proven,
        small=small,
        most_masked=int(most_masked * (len(union.marks) - union.mine)),
    )
    if verdicts is not None and verdict.clean and not proven:
        masked = np.zeros(len(joined), dtype=bool)
        masked[verdict.masked] = True
        verdicts.add(prove(union, masked))
    return Judged(verdict, joined, proven)


def prove(union: Union, masked: NDArray[np.bool_]) -> str:
    """Hash everything that is told but the masked figures, and the masked ones apart.

    The hash covers the events behind each figure, which of them are exact facts of others, and the
    attacker's own code: a better attacker looks again.
    """
    size = len(union.marks)
    exact = union.statements.lower[:size] == union.statements.upper[:size]
    fact = exact & ~union.ours[:size]
    hidden = masked[:size]
    found = sha256(_hash_attacker())
    for part in (~hidden & fact, ~hidden & ~fact, hidden):
        found.update(b"|" + np.unique(union.marks[part]).tobytes())
    return found.hexdigest()


@cache
def _hash_attacker() -> bytes:
    found = sha256()
    for path in sorted(Path(regiebeeld.attack.__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


def _join(union: Union) -> tuple[Statements, Ints]:
    exact = union.statements.lower == union.statements.upper
    if union.statements.depends is not None:
        exact &= union.statements.depends[:, 0] < 0
    facts = exact & ~union.ours
    joined, places = join_equal_unknowns(take_out_known(union.statements, union.table, facts))
    summed = np.zeros(joined.unknowns, dtype=np.int64)
    used = places >= 0
    np.add.at(summed, places[used], union.table[used])
    return joined, summed

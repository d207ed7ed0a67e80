"""What a crosswalk between two years says: which area became which, by what share, how sure.

Refuses to hide its error: every row tells how it was weighed and the range of its share.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from regiebeeld.domain import AreaLevel

SHARE_UNITS = 10**9
AREA_BASIS = "oppervlakte"
WHOLE_BASIS = "geheel"
CODE_BASIS = "code"


class Kind(StrEnum):
    """What happened to an area, as one row of the crosswalk tells it."""

    SAME = "same"  # same code, borders equal within the tolerance
    RENUMBERED = "renumbered"  # another code, borders equal within the tolerance
    MERGED = "merged"  # whole, into a larger area
    SPLIT = "split"  # divided: its parts fill the new areas, or its code is gone
    REDRAWN = "redrawn"  # a border moved and the code lives on
    ASSUMED = "assumed"  # no shape to compare; taken as the same because the code is
    GONE = "gone"  # no new area lies here; its counts go to "unknown"


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """One old area's part in one new area.

    `units` of SHARE_UNITS go there; `area_share` and `share_of_new` are the shared ground as
    measured, a part of the old and of the new area; `basis` says by what the share was weighed.
    `low` and `high` is the range between the share by ground and the share by weight; None
    where only ground was known, so that the error cannot be stated.
    """

    old: str
    new: str
    units: int
    kind: Kind
    basis: str
    area_share: float
    share_of_new: float
    low: float | None
    high: float | None

    @property
    def share(self) -> float:
        return self.units / SHARE_UNITS

    @property
    def estimated(self) -> bool:
        return self.basis not in (WHOLE_BASIS, CODE_BASIS)


@dataclass(frozen=True, slots=True)
class Sliver:
    """An overlap taken for a drawing difference, with its part of the old and the new area."""

    old: str
    new: str
    share_of_old: float
    share_of_new: float


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The rows of every old area, with what was left out and how good the estimate is.

    `uncovered` is the part of an old area where no new area lies, where that is more than
    the tolerance; `reused` codes mean another place in the new year; `created` new areas
    have no predecessor.
    """

    level: AreaLevel
    old_vintage: int
    new_vintage: int
    rows: tuple[CrosswalkRow, ...]
    sliver_tolerance: float
    slivers: tuple[Sliver, ...]
    uncovered: Mapping[str, float]
    reused: tuple[str, ...]
    created: tuple[str, ...]

    def rows_of(self, old: str) -> tuple[CrosswalkRow, ...]:
        """Give the rows of one old area, by new code."""
        return tuple(row for row in self.rows if row.old == old)

    @property
    def estimated(self) -> tuple[str, ...]:
        """Old areas whose counts are divided by an estimate."""
        return tuple(sorted({row.old for row in self.rows if row.estimated}))

    @property
    def largest_error(self) -> float | None:
        """The widest range between ground and weight; None when no weights were known."""
        known = [
            row
            for row in self.rows
            if row.estimated and row.low is not None and row.high is not None
        ]
        return max(((row.high or 0) - (row.low or 0) for row in known), default=None)

    def sentences(self) -> tuple[str, ...]:
        """Tell in Dutch what a reader of mapped figures must know."""
        told = [
            f"{len({row.old for row in self.rows})} gebieden ({self.level}) "
            f"van {self.old_vintage} naar {self.new_vintage}",
            f"{len(self.estimated)} daarvan zijn verdeeld naar schatting",
            f"{len(self.slivers)} overlappen onder {self.sliver_tolerance:.1%} van beide gebieden "
            "tellen niet mee",
        ]
        told += [
            f"{row.old}: geen vorm, gelijk genomen omdat de code gelijk is"
            for row in self.rows
            if row.kind is Kind.ASSUMED
        ]
        told += [
            f"{row.old}: ligt niet in de nieuwe indeling; telt mee als onbekend"
            for row in self.rows
            if row.kind is Kind.GONE
        ]
        told += [
            f"{code} ligt voor {share:.1%} buiten de nieuwe indeling"
            for code, share in self.uncovered.items()
        ]
        told += [
            f"{code} is in {self.new_vintage} een ander gebied dan in {self.old_vintage}"
            for code in self.reused
        ]
        told += [f"{code} heeft geen voorganger" for code in self.created]
        return tuple(told)

    def to_table(self) -> pa.Table:
        """Give the rows as a table: the fields of CrosswalkRow, `units` named share_units."""
        names = {
            "old": "old",
            "new": "new",
            "share_units": "units",
            "kind": "kind",
            "basis": "basis",
        }
        kinds = {"share_units": pa.int64()}
        for measure in ("area_share", "share_of_new", "low", "high"):
            names[measure], kinds[measure] = measure, pa.float64()
        return pa.table(
            {
                column: pa.array(
                    [getattr(row, name) for row in self.rows], kinds.get(column, pa.string())
                )
                for column, name in names.items()
            }
        )

"""Reads a crosswalk under the rule that an area whose code lives on keeps all its counts.

Meant for gemeenten on maps drawn so coarse that neighbours seem to trade ground; it refuses
nothing, but every overlap it sets aside stays listed among the slivers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from regiebeeld.pipeline.areas.crosswalk import (
    CODE_BASIS,
    SHARE_UNITS,
    Crosswalk,
    CrosswalkRow,
    Kind,
    Sliver,
)


def keep_lasting_codes(crosswalk: Crosswalk) -> Crosswalk:
    """Give the crosswalk in which areas that stay mostly themselves stay so wholly.

    CBS ends a gemeente's code only when the gemeente ends, so on a coarse map an overlap
    between two living gemeenten says more about the map than about the border. True
    border corrections are set aside too: use it only where codes are known to last.
    """
    lasting = {
        row.old: row for row in crosswalk.rows if row.old == row.new and row.units * 2 > SHARE_UNITS
    }
    changed = [row for row in crosswalk.rows if row.old not in lasting]
    aside = [row for row in crosswalk.rows if row.old in lasting and row.new != row.old]
    predecessors = Counter(row.new for row in (*changed, *lasting.values()))
    kept = [_whole(row, predecessors[row.new]) for row in lasting.values()]
    rows = tuple(sorted((*changed, *kept), key=lambda row: (row.old, row.new)))
    return replace(crosswalk, rows=rows, slivers=(*crosswalk.slivers, *_as_slivers(aside)))


def _whole(row: CrosswalkRow, predecessors: int) -> CrosswalkRow:
    if not row.estimated:
        return (
            row
            if row.kind is not Kind.MERGED or predecessors > 1
            else replace(row, kind=Kind.REDRAWN)
        )
    kind = Kind.REDRAWN if predecessors == 1 else Kind.MERGED
    return replace(
        row, units=SHARE_UNITS, kind=kind, basis=CODE_BASIS, low=row.area_share, high=1.0
    )


def _as_slivers(rows: Iterable[CrosswalkRow]) -> tuple[Sliver, ...]:
    return tuple(Sliver(row.old, row.new, row.area_share, row.share_of_new) for row in rows)

"""The table of what the statistics found in the cells of a release."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from regiebeeld.domain import Intervention
from regiebeeld.pipeline.analyses.interpreting import interpret
from regiebeeld.pipeline.analyses.series import collect_series
from regiebeeld.pipeline.analyses.surroundings import read_surroundings
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.releases.findings import Completeness, Finding, write_findings

WHOLE = 0.95  # of a month that is in: from here on it is judged


def finding_table(
    cells: CellTables,
    shown: Layout,
    *,
    interventions: Sequence[Intervention] = (),
    beside: Iterable[Finding[Any]] = (),
) -> pa.Table:
    """Run every statistic over the released cells; give the table `finding`.

    beside: what was found elsewhere and goes along.
    """
    beside = list(beside)
    released = [collect_series(columns, cells.areas) for columns in cells.released]
    around = read_surroundings(cells.areas, shown)
    return write_findings(
        [
            *interpret(released, around, cells.bases, interventions, late=find_late(beside)),
            *beside,
        ],
        indicators=[indicator.id for _, indicator, _ in cells.indicators],
        areas=[area.code for area in cells.areas],
    )


def find_late(found: Iterable[Finding[Any]]) -> dict[str, int]:
    """Count, by indicator, the last months of which not nearly all is in yet.

    The last month is taken to have just ended: with a later delivery too many are left out.
    """
    late: dict[str, int] = {}
    for each in found:
        content = each.content
        if isinstance(content, Completeness) and each.indicator and content.share < WHOLE:
            late[each.indicator] = max(late.get(each.indicator, 0), content.months_ago + 1)
    return late

"""The table of what the statistics found in the cells of a release."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa

from regiebeeld.domain import Intervention
from regiebeeld.pipeline.analyses.completing import (
    Completing,
    Lateness,
    number_month,
    read_completing,
)
from regiebeeld.pipeline.analyses.interpreting import interpret
from regiebeeld.pipeline.analyses.series import ReleasedColumns, collect_series
from regiebeeld.pipeline.analyses.surroundings import read_surroundings
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.run.beside import NOTHING, Beside
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.releases.findings import Completeness, write_findings
from regiebeeld.statistics.breaks import NATIONAL_BREAKS, SeriesBreak


def finding_table(
    cells: CellTables,
    shown: Layout,
    *,
    interventions: Sequence[Intervention] = (),
    beside: Beside = NOTHING,
    breaks: tuple[SeriesBreak, ...] = NATIONAL_BREAKS,
) -> pa.Table:
    """Run every statistic over the released cells; give the table `finding`.

    beside: what was found elsewhere and goes along; breaks: those of the region's country.
    """
    laid = (collect_series(columns, cells.areas) for columns in cells.released)
    released = [replace(one, breaks=breaks) for one in laid]
    around = read_surroundings(cells.areas, shown)
    return write_findings(
        [
            *interpret(
                released,
                around,
                cells.bases,
                interventions,
                completing=find_completing(cells.released, beside),
            ),
            *beside.findings,
        ],
        indicators=[indicator.id for _, indicator, _ in cells.indicators],
        areas=[area.code for area in cells.areas],
    )


def find_completing(columns: Iterable[ReleasedColumns], beside: Beside) -> dict[str, Completing]:
    """Give by indicator how much of its last months is in, from what is told of its source."""
    return {
        one.indicator.id: read_completing(
            [
                each.content
                for each in beside.findings
                if isinstance(each.content, Completeness) and each.indicator == one.indicator.id
            ],
            beside.lateness.get(one.source, Lateness()),
            max(map(number_month, one.periods), default=None),
        )
        for one in columns
    }

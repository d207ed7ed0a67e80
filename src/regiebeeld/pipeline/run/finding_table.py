"""The table of what the statistics found in the cells of a release."""

import pyarrow as pa

from regiebeeld.pipeline.analyses.interpreting import interpret
from regiebeeld.pipeline.analyses.series import collect_series
from regiebeeld.pipeline.analyses.surroundings import read_surroundings
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.releases.findings import write_findings


def finding_table(cells: CellTables, shown: Layout) -> pa.Table:
    """Run every statistic over the released cells; give the table `finding`."""
    released = [collect_series(columns, cells.areas) for columns in cells.released]
    around = read_surroundings(cells.areas, shown)
    return write_findings(
        interpret(released, around, cells.bases),
        indicators=[indicator.id for _, indicator, _ in cells.indicators],
        areas=[area.code for area in cells.areas],
    )

"""The columns by which the rows of a delivery are linked, as its contract names them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import LINK_ROLES, Role, fields_with
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.intake.counts import column_of, read_begin_dates
from regiebeeld.pipeline.intake.linking import KeyRate, Linked, LinkFrame, compare_keys, link_rows

MOST_COMPARED = 50_000  # rows; a share of more is known well enough from a sample


@dataclass(frozen=True, slots=True, eq=False)
class LinkKeys:
    """Columns by role, the dates of the rows, and how both are to be read."""

    columns: Mapping[str, pa.ChunkedArray]
    dates: pa.ChunkedArray
    crs: str
    level: AreaLevel

    def link(self, frame: LinkFrame) -> Linked:
        linked = link_rows(self.columns, self.dates, frame, crs=self.crs, level=self.level)
        return replace(linked, dates=self.dates)

    def compare(self, frame: LinkFrame) -> tuple[KeyRate, ...]:
        """Compare the kinds of key with each other, over at most MOST_COMPARED rows."""
        step = -(-len(self.dates) // MOST_COMPARED) or 1
        some = pa.array(range(0, len(self.dates), step), pa.int64())
        columns = {role: column.take(some) for role, column in self.columns.items()}
        dates = self.dates.take(some)
        return compare_keys(columns, dates, frame, crs=self.crs, level=self.level)


def read_link_keys(table: pa.Table, source: Source) -> LinkKeys:
    """Read the keys of a checked table; its areas are told at the level that is counted by."""
    named = fields_with(source.fields, *LINK_ROLES, Role.ROW_KEY)
    fields = [one for one in named if one.name in table.column_names]
    return LinkKeys(
        columns={one.role.value: column_of(table, source, one) for one in fields},
        dates=read_begin_dates(table, source),
        crs=next((str(one.crs) for one in fields if one.crs), "EPSG:28992"),
        level=source.terms.atom.level if source.terms.atom else AreaLevel.BUURT,
    )

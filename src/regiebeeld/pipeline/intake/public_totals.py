"""Holds the yearly sums of a delivery beside those of a public table about the same events.

A difference refuses nothing: a map, a register and a delivery count each in their own way.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.catalogue import Catalogue, Region, Source
from regiebeeld.domain import AreaLevel, ContractError, LinkError, Period, PeriodKind, read_period
from regiebeeld.pipeline.sources import read_part, read_snapshots
from regiebeeld.pipeline.sources.conform_counts import Observations, conform_counts
from regiebeeld.pipeline.sources.count_areas import CountFrame
from regiebeeld.pipeline.sources.named_rows import translate_names

_A_YEAR = {
    PeriodKind.MONTH: 12,
    PeriodKind.QUARTER: 4,
    PeriodKind.HALF_YEAR: 2,
    PeriodKind.YEAR: 1,
}
Years = dict[tuple[str, int], int]  # (event set, year): events in the whole area


def compare_public(
    counts: pa.Table, source: Source, catalogue: Catalogue, region: Region, copies: Path
) -> tuple[str, ...]:
    """Tell the yearly sums of counts beside those of every public table the contract names.

    counts: in the columns of history.COUNTS, of the whole region. A table that the region does
    not fetch, or has not fetched yet, is told too.
    """
    mine, parts = sum_years(counts)
    told: list[str] = []
    for name in source.terms.same_events_as:
        table = catalogue.sources[name]
        try:
            public = _read_public(table, region, copies)
        except (ContractError, LinkError) as fault:
            told.append(f"{table.title}: niet te vergelijken: {fault}")
            continue
        if public is None:
            told.append(f"{table.title}: niet vergeleken, want er ligt geen kopie van deze tabel")
            continue
        told += _tell(mine, parts, public, source, table.title)
    return tuple(told)


def sum_years(counts: pa.Table) -> tuple[Years, dict[tuple[str, int], str]]:
    """Sum counts to years, and say in words of which years only some periods are there.

    Weeks do not add up to years and are left out; a year with an unknown count too.
    """
    sums: Years = {}
    seen: dict[tuple[str, int], set[Period]] = {}
    unknown: set[tuple[str, int]] = set()
    whole = pc.ScalarAggregateOptions(skip_nulls=False)  # with a part unknown, so is the sum
    grouped = counts.group_by(["event_set", "period"]).aggregate([("count", "sum", whole)])
    for row in grouped.to_pylist():
        period = read_period(row["period"])
        if period.kind not in _A_YEAR:
            continue
        key = (row["event_set"], period.year)
        seen.setdefault(key, set()).add(period)
        if row["count_sum"] is None:
            unknown.add(key)
        sums[key] = sums.get(key, 0) + (row["count_sum"] or 0)
    parts = {key: _tell_part(periods) for key, periods in seen.items()}
    return {key: value for key, value in sums.items() if key not in unknown}, parts


def _tell_part(periods: set[Period]) -> str:
    wanted = _A_YEAR[next(iter(periods)).kind]
    return "" if len(periods) >= wanted else f" (over {len(periods)} van de {wanted} perioden)"


def _read_public(table: Source, region: Region, copies: Path) -> Years | None:
    snapshots = read_snapshots(copies, table.id)
    if not snapshots or table.terms.columns is None:
        return None
    newest = snapshots[-1]
    rows = translate_names(read_part(newest, newest.data_part), table.terms, region.gemeenten)
    areas = pc.utf8_trim_whitespace(rows[table.terms.columns.area])
    rows = rows.filter(pc.starts_with(areas, "GM"))
    codes = frozenset(region.gemeente_codes)
    if not rows.num_rows:
        return None
    frame = CountFrame(region.vintage, codes, {AreaLevel.GEMEENTE: codes})
    seen, _ = conform_counts(rows, table.terms, frame)
    return _sum_whole(seen, len(codes))


def _sum_whole(seen: Observations, gemeenten: int) -> Years:
    """Sum what every gemeente has for the whole year; a yearly figure goes before its months."""
    found: Years = {}
    placed = seen.placed[seen.area] & (seen.count >= 0)
    for i, event_set in enumerate(seen.event_sets):
        for kind, size in ((PeriodKind.MONTH, 12), (PeriodKind.YEAR, 1)):
            years: dict[int, list[int]] = {}
            for j, period in enumerate(seen.periods):
                mine = placed & (seen.event_set == i) & (seen.period == j)
                if period.kind is kind and np.count_nonzero(mine) == gemeenten:
                    years.setdefault(period.year, []).append(int(seen.count[mine].sum()))
            whole = {(event_set, y): sum(v) for y, v in years.items() if len(v) == size}
            found |= whole
    return found


def _tell(
    mine: Years, parts: Mapping[tuple[str, int], str], public: Years, source: Source, title: str
) -> list[str]:
    told = []
    for (event_set, year), events in sorted(mine.items()):
        codes = source.terms.same_event_sets.get(event_set, (event_set,))
        if all((code, year) in public for code in codes):
            total = sum(public[code, year] for code in codes)
            told.append(
                f"{event_set}, {year}: {events} in deze levering{parts[event_set, year]}, "
                f"{total} in {title}"
            )
    return told or [f"{title}: geen jaar en soort die in beide staan"]

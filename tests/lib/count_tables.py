"""Small count tables, a frame and terms to hold them against: the common case in one word."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from regiebeeld.catalogue import Content, SourceKind, SourceTerms
from regiebeeld.domain import AreaLevel, Period
from regiebeeld.pipeline.sources.conform_counts import (
    ConformReport,
    CountFrame,
    Observations,
    conform_counts,
)

NAMES = ("WijkenEnBuurten", "SoortMisdrijf", "Perioden", "Geregistreerd_1")
GEMEENTEN = ("GM0141", "GM0153")
BUURTEN = ("BU01410101", "BU01410102", "BU01530101")
Row = tuple[str | None, str | None, str | None, str | None]


def terms(**more: object) -> SourceTerms:
    """Terms of a count table in the shape of the open police tables."""
    area, event_set, period, count = NAMES
    wanted: dict[str, object] = {
        "kind": SourceKind.CBS_ODATA3,
        "base": "cbs_dataderden",
        "table": "47022NED",
        "publisher": "Politie",
        "content": Content.COUNTS,
        "total": "0.0.0",
        "columns": {"area": area, "event_set": event_set, "period": period, "count": count},
    }
    return SourceTerms.model_validate({**wanted, **more})


def frame(
    *, buurten: Iterable[str] = BUURTEN, provisional: Iterable[str] = (), vintage: int = 2024
) -> CountFrame:
    """Two gemeenten, the wijken of their buurten, and those buurten."""
    codes = {
        AreaLevel.GEMEENTE: frozenset(GEMEENTEN),
        AreaLevel.WIJK: frozenset(f"WK{code[2:8]}" for code in buurten),
        AreaLevel.BUURT: frozenset(buurten),
    }
    return CountFrame(vintage, frozenset(GEMEENTEN), codes, frozenset(provisional))


def table(rows: Sequence[Row], names: Sequence[str] = NAMES) -> pa.Table:
    """An all-text table: area, offence, period, count."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table(
        {name: pa.array(c, pa.string()) for name, c in zip(names, columns, strict=True)}
    )


def conform(rows: Sequence[Row], **more: object) -> tuple[Observations, ConformReport]:
    return conform_counts(table(rows), terms(**more), frame())


def cells(seen: Observations) -> dict[tuple[str, str, str], int | None]:
    """Give the observations by offence, area and period; None where there is no number."""
    return {
        (seen.event_sets[e], seen.areas[a], seen.periods[p].id): None if n < 0 else int(n)
        for e, a, p, n in zip(seen.event_set, seen.area, seen.period, seen.count, strict=True)
    }


def months(first: int, last: int) -> list[str]:
    """CBS keys of the months from January of year `first` up to December of `last`."""
    return [f"{year}MM{m:02d}" for year in range(first, last + 1) for m in range(1, 13)]


def ids(periods: Iterable[Period]) -> list[str]:
    return [period.id for period in periods]

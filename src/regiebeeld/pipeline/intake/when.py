"""When events happened: weekday x hour per event set, gemeente and year, kept beside the counts.

The tables are unprotected: they are kept and forgotten with their state. Only `run/week_hours`
reads them, and shows coarse shares of the whole region.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import FieldType, Role, fields_with
from regiebeeld.catalogue.models import Grain
from regiebeeld.domain import read_period
from regiebeeld.pipeline.intake.aoristic import DAYS, HOURS, Aoristic, compute_aoristic
from regiebeeld.pipeline.intake.counts import read_moments
from regiebeeld.pipeline.intake.coverage import Coverage
from regiebeeld.pipeline.intake.history import (
    FACTS,
    StateFacts,
    read_parquet_file,
    state_path,
    write_parquet,
)

WHEN = pa.schema(
    [
        ("event_set", pa.string()),
        ("gemeente", pa.string()),
        ("year", pa.int16()),
        ("weekday", pa.int8()),
        ("hour", pa.int8()),
        ("units", pa.int64()),
    ]
)
_SPAN = 10_000  # gemeenten and years have four digits


@dataclass(frozen=True, slots=True)
class WhenFacts:
    """How many events are in the tables, and how their begin and end were told.

    `intervals` end after they began; `without_end` have no end with a time and stand in the hour
    of their begin; `reversed` end before they begin and `without_time` begin on a day without a
    time: both are in no table.
    """

    events: int
    intervals: int
    without_end: int
    reversed: int
    without_time: int

    @property
    def words(self) -> str:
        """Tell it in one sentence, without a number of any cell."""
        told = (
            f"{self.intervals} van de {self.events} gebeurtenissen hebben een begin en een later "
            f"einde; {self.without_end} hebben geen leesbaar einde en tellen in het uur van hun "
            "begin"
        )
        if self.reversed or self.without_time:
            left = self.reversed + self.without_time
            told += f"; {left} zonder tijdstip of met een einde voor het begin tellen hier niet mee"
        return f"{told}."


@dataclass(frozen=True, slots=True, eq=False)
class When:
    """The tables in the columns of WHEN (units in parts of SHARE_UNITS an event; no zeros)."""

    table: pa.Table
    facts: WhenFacts


def compute_when(
    table: pa.Table, source: Source, placed: pa.Table, coverage: Coverage
) -> When | None:
    """Compute the tables of the events that are counted; None when the contract has no times.

    table: the delivery; placed: `Counted.placed`, a row each. Only rows inside the region that
    began in a covered period take part.
    """
    fields = [next(fields_with(source.fields, role), None) for role in (Role.BEGIN, Role.END)]
    timed = [one for one in fields if one is not None and one.type is FieldType.TIMESTAMP]
    if source.terms.grain is not Grain.EVENT or len(timed) < 2:
        return None
    rows = np.flatnonzero(is_counted(placed, coverage))
    begin, end = (read_moments(table, source, one)[rows] for one in timed)
    needed = placed.select(["event_set", "area", "begin"])
    found = list(_tables(needed.take(pa.array(rows)), begin, end))
    apart = np.timedelta64(0, "s")
    facts = WhenFacts(
        events=sum(aoristic.events for _, aoristic in found),
        intervals=int((end - begin > apart).sum()),
        without_end=int((~np.isnat(begin) & np.isnat(end)).sum()),
        reversed=int((end - begin < apart).sum()),
        without_time=int(np.isnat(begin).sum()),
    )
    parts = [_as_rows(key, aoristic) for key, aoristic in found]
    return When(pa.concat_tables([WHEN.empty_table(), *parts]), facts)


def write_when(deliveries: Path, facts: StateFacts, when: When) -> Path:
    """Write the tables beside the state they belong to, whole or not at all; give the path."""
    path = when_path(deliveries, facts)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = json.dumps(asdict(when.facts)).encode()
    write_parquet(path, when.table.replace_schema_metadata({FACTS: told}))
    return path


def read_when(deliveries: Path, facts: StateFacts) -> When | None:
    """Read the tables beside a state; None when it has none."""
    path = when_path(deliveries, facts)
    if not path.is_file():
        return None
    table = read_parquet_file(path)
    told = WhenFacts(**json.loads(table.schema.metadata[FACTS]))
    return When(table.replace_schema_metadata(None), told)


def when_path(deliveries: Path, facts: StateFacts) -> Path:
    return state_path(deliveries, facts).with_suffix(".when.parquet")


def is_counted(placed: pa.Table, coverage: Coverage) -> NDArray[np.bool_]:
    """Tell of each row whether it lies inside and began in a covered period."""
    periods = sorted(read_period(text) for text in coverage.periods)
    starts, ends = (
        np.array([getattr(p, name) for p in periods], "datetime64[D]") for name in ("start", "end")
    )
    days = placed["begin"].to_numpy().astype("datetime64[D]")
    at = np.searchsorted(starts, days, side="right") - 1
    covered = (at >= 0) & (days <= ends[np.maximum(at, 0)])  # NaT sorts last, and is <= nothing
    return np.asarray(covered & placed["inside"].to_numpy().astype(np.bool_))


_Key = tuple[str, str, int]


def _tables(
    placed: pa.Table, begin: NDArray[np.datetime64], end: NDArray[np.datetime64]
) -> Iterator[tuple[_Key, Aoristic]]:
    """Give the table of each event set, gemeente and year of begin, in that order."""
    sets = placed["event_set"].combine_chunks().dictionary_encode()
    areas = placed["area"].combine_chunks()
    gemeenten = np.array([int(code[2:6]) for code in areas.dictionary.to_pylist()] or [0])
    years = placed["begin"].to_numpy().astype("datetime64[Y]").astype(np.int64) + 1970
    known = ~np.isnat(begin)
    key = sets.indices.to_numpy().astype(np.int64) * _SPAN + gemeenten[areas.indices.to_numpy()]
    order = np.flatnonzero(known)[np.argsort((key * _SPAN + years)[known], kind="stable")]
    unique, first = np.unique((key * _SPAN + years)[order], return_index=True)
    names = sets.dictionary.to_pylist()
    for number, rows in zip(unique.tolist(), np.split(order, first[1:]), strict=False):
        rest, year = divmod(number, _SPAN)
        event_set, gemeente = divmod(rest, _SPAN)
        yield (names[event_set], f"GM{gemeente:04}", year), compute_aoristic(begin[rows], end[rows])


def _as_rows(key: _Key, aoristic: Aoristic) -> pa.Table:
    weekday, hour = (axis.ravel() for axis in np.indices((DAYS, HOURS)))
    units = aoristic.units.ravel()
    some = units > 0
    size = int(some.sum())
    columns = [pa.repeat(value, size) for value in key]
    return pa.table(
        [*columns, *(pa.array(array[some]) for array in (weekday, hour, units))],
        names=WHEN.names,
    ).cast(WHEN)

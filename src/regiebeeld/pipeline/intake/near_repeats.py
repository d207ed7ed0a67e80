"""Near repeats of a delivery: per band of metres and days how many times as often as by chance.

Sees the coordinates while a delivery is counted; a small table of rounded ratios is kept beside
the counts, and never a place, a day or a number of pairs.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.catalogue.models import Effort, Grain
from regiebeeld.domain import PeriodKind, read_period
from regiebeeld.pipeline.intake.counts import column_of
from regiebeeld.pipeline.intake.coverage import Coverage
from regiebeeld.pipeline.intake.history import (
    FACTS,
    StateFacts,
    read_parquet_file,
    state_path,
    write_parquet,
)
from regiebeeld.pipeline.intake.linking import Method
from regiebeeld.pipeline.intake.linking.points import read_points
from regiebeeld.pipeline.intake.when import is_counted

METRES, DAYS = (100.0, 200.0, 400.0), (7, 14, 30, 60)
MONTHS = 12  # of events, the newest of what a delivery covers
BLOCK = 91  # days within which dates change places, so that the season stays as it is
FEWEST_PAIRS = 10  # found and expected, for a ratio to be kept
STEP = 0.5
CHANCE = (499, 0)  # permutations and seed
RATE = 0.05  # of the bands that are called more than chance, the part that may be chance
MORE, AS_CHANCE, TOO_FEW = "more", "as_chance", "too_few"
NEAR = pa.schema(
    [
        ("event_set", pa.string()),
        ("metres_from", pa.int32()),
        ("metres_to", pa.int32()),
        ("days_from", pa.int32()),
        ("days_to", pa.int32()),
        ("ratio", pa.float64()),
        ("p", pa.float64()),
        ("verdict", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The table in the columns of NEAR, or why there is none, in words (Dutch).

    Band 0 to 0 metres holds what lies on exactly the same point: an address, or the square to
    which a supplier moved it. verdict: `more` where that is unlikely to be chance and the ratio is
    1.5 or higher, else `as_chance`; `too_few` with fewer than 10 pairs, found or expected: then
    ratio (in steps of 0.5) and p are null.
    """

    table: pa.Table
    reason: str = ""

    @property
    def words(self) -> str:
        return f"herhaling dichtbij: {self.reason or 'berekend, alleen de verhoudingen bewaard'}"


def compute_near(
    table: pa.Table,
    source: Source,
    placed: pa.Table,
    coverage: Coverage,
    methods: NDArray[np.uint8],
) -> Near | None:
    """Compare how close events lie in place and time with chance, per kind of event.

    table: the delivery; placed: `Counted.placed` and methods: `Linked.method`, a row each. Only
    counted events of the last twelve covered months that were placed by their coordinate take
    part, on the day of their begin. None when the contract does not ask for it: it says
    `near_repeats`, has events with coordinates, and does not measure the search for them.
    """
    terms = source.terms
    axes = [next(fields_with(source.fields, role), None) for role in (Role.X, Role.Y)]
    x, y = axes
    if not terms.near_repeats or terms.grain is not Grain.EVENT or x is None or y is None:
        return None
    if terms.effort is Effort.HAALDELICT:
        return None
    year = _last_year(coverage.periods)
    if year is None:
        return _nothing(f"te weinig: de levering vertelt geen {MONTHS} maanden achter elkaar")
    counted = is_counted(placed, Coverage(year, {})) & (methods == Method.COORDINATE)
    rows = np.flatnonzero(counted)
    columns = (column_of(table, source, one).take(pa.array(rows)) for one in (x, y))
    points = read_points(*columns, crs=str(x.crs or "EPSG:28992"))
    days = placed["begin"].take(pa.array(rows)).to_numpy().astype("datetime64[D]").astype(np.int64)
    sets = np.asarray(placed["event_set"].take(pa.array(rows)).to_pylist(), dtype=object)
    places = np.column_stack([points.x, points.y])
    parts = []
    for name in sorted(set(sets.tolist())):
        mine = sets == name
        found = _compare(name, places[mine], days[mine])
        if found is None:
            return _nothing("niet berekend: te veel gebeurtenissen dicht bij elkaar")
        parts.append(found)
    return Near(pa.concat_tables([NEAR.empty_table(), *parts]))


def write_near(deliveries: Path, facts: StateFacts, near: Near) -> Path:
    """Write the table beside the state it belongs to, whole or not at all; give the path."""
    path = near_path(deliveries, facts)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = json.dumps({"reason": near.reason}).encode()
    write_parquet(path, near.table.replace_schema_metadata({FACTS: told}))
    return path


def read_near(deliveries: Path, facts: StateFacts) -> Near | None:
    """Read the table beside a state; None when it has none."""
    path = near_path(deliveries, facts)
    if not path.is_file():
        return None
    table = read_parquet_file(path)
    told = json.loads(table.schema.metadata[FACTS])
    return Near(table.replace_schema_metadata(None), str(told["reason"]))


def near_path(deliveries: Path, facts: StateFacts) -> Path:
    return state_path(deliveries, facts).with_suffix(".near.parquet")


def _nothing(reason: str) -> Near:
    return Near(NEAR.empty_table(), reason)


def _last_year(periods: Sequence[str]) -> tuple[str, ...] | None:
    """Give the last twelve covered months; None unless they follow one another."""
    known = sorted(read_period(text) for text in periods)
    last = [one for one in known if one.kind is PeriodKind.MONTH][-MONTHS:]
    months = [one.start.year * 12 + one.start.month for one in last]
    if len(last) < MONTHS or months[-1] - months[0] != MONTHS - 1:
        return None
    return tuple(one.id for one in last)


def _compare(name: str, places: NDArray[np.float64], days: NDArray[np.int64]) -> pa.Table | None:
    """Give the rows of one kind of event; None for more pairs than can be counted."""
    # Loaded here, for a delivery without coordinates should not wait for it.
    from regiebeeld.statistics.spatial import (
        Bands,
        adjust_false_discovery,
        compare_near_repeats,
        group_by_block,
    )

    try:
        found = compare_near_repeats(
            places, days, Bands(METRES, DAYS), groups=group_by_block(days, BLOCK), chance=CHANCE
        )
    except ValueError:
        return None
    enough = (found.observed >= FEWEST_PAIRS) & (found.expected >= FEWEST_PAIRS)
    q = np.ones(found.p.shape)
    q[enough] = adjust_false_discovery(found.p[enough])
    steps = np.rint(found.ratio / STEP) * STEP
    # Sure but small is no news: nobody should read "more" beside a ratio of 1.
    more = (q <= RATE) & (steps > 1)
    verdict = np.where(enough, np.where(more, MORE, AS_CHANCE), TOO_FEW)
    metres, later = (axis.ravel() for axis in np.indices(found.p.shape))
    hidden = ~enough.ravel()
    begin, end = (0, 0, *METRES[:-1]), (0, *METRES)
    first = (0, *(day + 1 for day in DAYS[:-1]))
    return pa.table(
        [
            pa.repeat(name, hidden.size),
            *(pa.array(np.asarray(ends, np.int32)[metres]) for ends in (begin, end)),
            *(pa.array(np.asarray(ends, np.int32)[later]) for ends in (first, DAYS)),
            pa.array(steps.ravel(), mask=hidden),
            pa.array(np.round(found.p.ravel(), 3), mask=hidden),
            pa.array(verdict.ravel().tolist()),
        ],
        names=NEAR.names,
    ).cast(NEAR)

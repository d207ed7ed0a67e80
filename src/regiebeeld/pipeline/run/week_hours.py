"""On which part of the week events fall, from the weekday x hour tables kept with deliveries.

Reads unprotected tables; only shares of the whole region, in coarse steps, leave this module.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.catalogue import Catalogue
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.intake.aoristic import DAYS, HOURS, SHARE_UNITS
from regiebeeld.pipeline.intake.history import StateFacts, read_used
from regiebeeld.pipeline.intake.when import read_when
from regiebeeld.pipeline.run.delivering import Kept
from regiebeeld.releases.findings import Finding, WeekHour

FEWEST_EVENTS = 600
PARTS = 4  # of a day, six hours each, from midnight
STEP = 0.5  # of the part of the week that has the average number
FEWEST_MONTHS = 12


def find_week_hours(
    catalogue: Catalogue, kept: Kept, indicators: Sequence[tuple[str, str]]
) -> list[Finding[WeekHour]]:
    """Find per indicator how many times the average each of 28 parts of the week has.

    indicators: (indicator, the source it is shown from); only those that allow an analysis and
    count one whole kind of event. The newest delivery of the whole region with times tells, if it
    covers twelve months and has `FEWEST_EVENTS` events with a time; else nothing.

    Why this gives no count away: each number is of the whole region and all months together, in
    steps of a half of the average part of the week. With 600 events or more that average is above
    21, so a step leaves ten values or more, and most events are divided over several parts to
    begin with. Between two releases a part passes to another step or stays, which says nothing
    of the area or the month in which an event came in.
    """
    found = []
    for indicator, name in indicators:
        definition = catalogue.indicators[indicator]
        sets = next((each.event_sets for each in definition.sources if each.source == name), ())
        if not (
            catalogue.sources[name].terms.is_delivery and definition.analyses and len(sets) == 1
        ):
            continue
        newest = _read_newest(kept, name, sets[0])
        if newest is None:
            continue
        (first, last), parts = newest
        times = np.rint(parts / parts.mean() / STEP) * STEP
        for (day, part), number in np.ndenumerate(times):
            begin, end = (each * HOURS // PARTS for each in (part, part + 1))
            content = WeekHour(day, begin, end, float(number), first, last)
            place = day * PARTS + part
            found.append(Finding(content, AreaLevel.REGIO, indicator, place=place))
    return found


def _read_newest(
    kept: Kept, source: str, event_set: str
) -> tuple[tuple[str, str], NDArray[np.float64]] | None:
    """Give first and last period of the newest table, and its events of each part of the week.

    These are (7, 4); None where there are too few.
    """
    used = read_used(kept.deliveries, source, kept.has_accepted)
    whole = [each for each in used if not each.gemeenten and len(each.periods) >= FEWEST_MONTHS]
    for facts in sorted(whole, key=lambda each: each.order, reverse=True):
        parts = _read_parts(kept, facts, event_set)
        if parts is not None:
            enough = parts.sum() >= FEWEST_EVENTS
            return ((facts.periods[0], facts.periods[-1]), parts) if enough else None
    return None


def _read_parts(kept: Kept, facts: StateFacts, event_set: str) -> NDArray[np.float64] | None:
    when = read_when(kept.deliveries, facts)
    if when is None:
        return None
    rows: pa.Table = when.table.filter(pc.equal(when.table["event_set"], event_set))
    parts = np.zeros((DAYS, PARTS))
    day, hour = (rows[name].to_numpy().astype(np.intp) for name in ("weekday", "hour"))
    np.add.at(parts, (day, hour * PARTS // HOURS), rows["units"].to_numpy() / SHARE_UNITS)
    return parts

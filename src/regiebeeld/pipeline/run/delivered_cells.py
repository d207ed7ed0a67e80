"""Kept counts laid out whole: every area, event set and period of a delivered source.

0 stands only where a gemeente told the period, and a file of counts the cell; elsewhere the cell
is missing, with the reason.
Weeks become months: a week lies in the month of its Thursday, and only whole months are counted.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.catalogue.models import Grain
from regiebeeld.domain import AreaLevel, Period, PeriodKind, Status, read_period
from regiebeeld.pipeline.intake.counts import (
    BREAKDOWN_ROLES,
    NOWHERE,
    UNKNOWN,
    breakdown_name,
    layout_by_period,
)
from regiebeeld.pipeline.intake.coverage import list_periods, period_of
from regiebeeld.pipeline.intake.history import REST, State, StateFacts
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.sources.conform_counts import STATUS_CODES, Note
from regiebeeld.pipeline.store import NO_REASON, StoredObservations

NOT_KNOWN = "door de leverancier niet opgegeven"
NOT_DELIVERED = "nog niet geleverd door deze gemeente"
_REASONS = (NOT_KNOWN, NOT_DELIVERED)
_NOT_SAID = -1


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Which periods (columns) were told of each place (rows), and which of those came early."""

    periods: tuple[Period, ...]
    told: NDArray[np.bool_]
    early: NDArray[np.bool_]


def lay_out_counts(
    rows: pa.Table, state: State, source: Source, areas: RegionAreas
) -> tuple[StoredObservations, list[Note]]:
    """Lay the counts of a state out in the shown layout, and tell what is left out.

    rows: event_set, area, period, count, units (of the count that are estimated) and event_key,
    a cell once.
    """
    level = source.terms.atom.level if source.terms.atom else AreaLevel.GEMEENTE
    drawn = [area.code for area in areas.shown.at(level)]
    names = list(dict.fromkeys([*drawn, *sorted(set(rows["area"].to_pylist()))]))
    gemeenten = [area.code for area in areas.shown.at(AreaLevel.GEMEENTE)]
    places = list(dict.fromkeys([*gemeenten, *(f"GM{name[2:6]}" for name in names)]))
    told = read_told(state, source, gemeenten, places)
    notes = _tell_gaps(told, gemeenten)
    if source.terms.atom and source.terms.atom.period is PeriodKind.WEEK:
        keep = any(finest.period is PeriodKind.WEEK for finest in source.terms.finest)
        rows, told, more = add_weeks_up(rows, told, keep_weeks=keep)
        notes += more
    row = {place: i for i, place in enumerate(places)}
    at = np.array([row[f"GM{name[2:6]}"] for name in names], np.intp)
    sets = sorted({*list_sets(source), *rows["event_set"].to_pylist()})
    mine = Told(told.periods, told.told[at], told.early[at])
    # A file of events names what happened, so silence is 0; a file of counts says its zeros.
    silence = 0 if source.terms.grain is Grain.EVENT else _NOT_SAID
    return _fill(rows, mine, (names, sets), (frozenset(drawn), silence)), notes


def add_unsaid(counts: pa.Table, source: Source, areas: RegionAreas) -> pa.Table:
    """Add what a file of counts does not name, as not known: no sum may pass over it.

    counts: of a state, in the columns of history.COUNTS. A cell is a kind and part that were
    told somewhere, for every area of the layout of its period. Events are given as they are.
    """
    atom = source.terms.atom
    if source.terms.grain is Grain.EVENT or atom is None or not counts.num_rows:
        return counts
    kinds = counts.group_by(["event_set", "breakdown"]).aggregate([])
    parts = pc.match_substring(kinds["breakdown"], f"={UNKNOWN}")
    kinds = kinds.filter(pc.invert(parts))
    grids = []
    vintages = layout_by_period(counts)
    for period, vintage in vintages.items():
        codes = [area.code for area in areas.layout_of(vintage).at(atom.level)]
        size, every = kinds.num_rows, len(codes)
        kind = np.repeat(np.arange(size), every)
        table = kinds.take(pa.array(kind)).append_column(
            "area", pa.array(codes * size, pa.string())
        )
        grids.append(table.append_column("period", pa.repeat(period, size * every)))
    keys = ["event_set", "breakdown", "area", "period"]
    unsaid = pa.concat_tables(grids).join(counts.select(keys), keys, join_type="left anti")
    year = pa.array([vintages[text] for text in unsaid["period"].to_pylist()], pa.int16())
    unsaid = unsaid.append_column("vintage", year)
    unsaid = unsaid.append_column("count", pa.nulls(unsaid.num_rows, pa.int64()))
    return pa.concat_tables([counts, unsaid.select(counts.column_names)])


def read_told(
    state: State, source: Source, gemeenten: Sequence[str], places: Sequence[str]
) -> Told:
    """Read which periods each place has; `places` are gemeenten, and NOWHERE where it counts.

    Events of an unknown gemeente are told by who tells the whole region, or by all together.
    """
    periods = tuple(read_period(text) for text in state.periods)
    shape = (len(places), len(periods))
    told, early = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    for i, place in enumerate(places):
        names = [REST, *gemeenten] if place == NOWHERE else [place]
        for j, period in enumerate(periods):
            tellers = [state.teller(period.id, name) for name in names]
            known = [facts for facts in tellers if facts is not None]
            together = place == NOWHERE and all(tellers[1:])
            told[i, j] = tellers[0] is not None or together
            early[i, j] = any(_is_provisional(facts, period.end, source) for facts in known)
    return Told(periods, told, early)


def add_weeks_up(
    rows: pa.Table, told: Told, *, keep_weeks: bool
) -> tuple[pa.Table, Told, list[Note]]:
    """Add weeks up to months; only months of which some place told every week are given.

    Give the rows and what was told of the months, beside the weeks where those may be kept.
    """
    weeks = {period.id: i for i, period in enumerate(told.periods)}
    columns: dict[str, list[int]] = defaultdict(list)
    for period, i in zip(told.periods, weeks.values(), strict=True):
        columns[month_of(period)].append(i)
    whole = [month for month, there in columns.items() if len(there) == len(weeks_of(month))]
    is_told = np.array([told.told[:, columns[month]].all(axis=1) for month in whole], np.bool_)
    early = np.array([told.early[:, columns[month]].any(axis=1) for month in whole], np.bool_)
    some = [i for i in range(len(whole)) if is_told[i].any()]
    shape = (len(some), len(told.told))
    months = Told(
        tuple(read_period(whole[i]) for i in some),
        is_told[some].reshape(shape).T,
        early[some].reshape(shape).T,
    )
    names = [period.id for period in months.periods]
    left = sum(len(there) for month, there in columns.items() if month not in names)
    text = f"{left} weken vallen in een maand die nog niet heel is en tellen nog niet mee"
    notes = [Note("missing", left, text)] if left else []
    added = _sum_to_months(rows, names)
    if not keep_weeks:
        return added, months, notes
    both = (np.hstack(pair) for pair in ((told.told, months.told), (told.early, months.early)))
    return pa.concat_tables([rows, added]), Told(told.periods + months.periods, *both), notes


def month_of(week: Period) -> str:
    """Give the month in which the Thursday of a week lies."""
    return f"{week.start + timedelta(days=3):%Y-%m}"


def weeks_of(month: str) -> list[Period]:
    """Give the weeks of which the Thursday lies in a month."""
    days = read_period(month)
    ends = (period_of(day, PeriodKind.WEEK) for day in (days.start, days.end))
    return [week for week in list_periods(*ends) if month_of(week) == month]


def _sum_to_months(rows: pa.Table, months: Sequence[str]) -> pa.Table:
    weeks = rows["period"].combine_chunks().dictionary_encode()
    names = [month_of(read_period(text)) for text in weeks.dictionary.to_pylist()]
    month = pa.array(names, pa.string()).take(weeks.indices)
    rows = rows.set_column(rows.column_names.index("period"), "period", month)
    rows = rows.filter(pc.is_in(rows["period"], pa.array(list(months), pa.string())))
    keys = ["event_set", "area", "period"]
    whole = pc.ScalarAggregateOptions(skip_nulls=False)  # with a week unknown, so is its month
    sums = [("count", "sum", whole), ("units", "sum"), ("event_key", "sum")]
    added = rows.group_by(keys).aggregate(sums)
    return added.rename_columns([*keys, "count", "units", "event_key"]).select(rows.column_names)


def _fill(
    rows: pa.Table,
    told: Told,
    lists: tuple[list[str], list[str]],
    rule: tuple[frozenset[str], int],
) -> StoredObservations:
    """Fill the cells of every name, event set and period; `told` has a row a name.

    rule: the areas that are drawn, and what silence means there. Of places beside them, such as
    an unknown place in a gemeente, nobody says that there is nothing: silence is 0.
    """
    names, sets = lists
    drawn, silence = rule
    periods = [period.id for period in told.periods]
    shape = (len(names), len(sets), len(periods))
    at = tuple(
        pc.index_in(rows[column], pa.array(values, pa.string())).to_numpy()
        for column, values in (("area", names), ("event_set", sets), ("period", periods))
    )
    count, units, key = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape, np.uint64)
    count[np.isin(names, sorted(drawn))] = silence
    count[at], units[at] = rows["count"].fill_null(-1).to_numpy(), rows["units"].to_numpy()
    key[at] = rows["event_key"].to_numpy()
    is_told = np.broadcast_to(told.told[:, None, :], shape)
    count[~is_told], units[~is_told] = -1, 0
    area, event_set, period = (array.ravel().astype(np.int32) for array in np.indices(shape))
    flat = count.ravel()
    why = np.where(is_told.ravel(), _REASONS.index(NOT_KNOWN), _REASONS.index(NOT_DELIVERED))
    return StoredObservations(
        areas=names,
        placed=np.isin(names, sorted(drawn)),
        event_sets=sets,
        periods=list(told.periods),
        area=area,
        event_set=event_set,
        period=period,
        count=flat,
        status=np.where(flat < 0, STATUS_CODES[Status.MISSING], STATUS_CODES[Status.SHOWN]),
        reason=np.where(flat < 0, why, NO_REASON).astype(np.int16),
        provisional=np.broadcast_to(told.early[:, None, :], shape).ravel(),
        reasons=_REASONS,
        estimated_share=np.clip(units.ravel() / np.maximum(flat, 1), 0, 1).astype(np.float32),
        event_key=key.ravel(),
    )


def _is_provisional(facts: StateFacts, end: date, source: Source) -> bool:
    """Figures that came before they were due may still lack events that were known late."""
    return facts.as_of < (end + timedelta(days=source.terms.due_days)).isoformat()


def list_sets(source: Source) -> set[str]:
    """Give what the contract counts, so that a kind of event that never happened has 0."""
    fields = list(fields_with(source.fields, Role.EVENT_SET))
    sets = {f.stored_as(v) for f in fields for v in f.values}
    sets = sets or ({source.terms.event_set or source.id} if not fields else set())
    parts = {
        f"{breakdown_name(field)}={field.stored_as(value)}"
        for field in fields_with(source.fields, *BREAKDOWN_ROLES)
        for value in field.values
    }
    return sets | {f"{name}:{part}" for name in sets for part in parts}


def _tell_gaps(told: Told, gemeenten: Sequence[str]) -> list[Note]:
    """Tell how many periods each gemeente still has to deliver, where others did."""
    gaps = (~told.told[: len(gemeenten)]).sum(axis=1).tolist()
    size = len(told.periods)
    return [
        Note("missing", missing, f"{code}: {missing} van de {size} perioden {NOT_DELIVERED}")
        for code, missing in zip(gemeenten, gaps, strict=True)
        if missing
    ]

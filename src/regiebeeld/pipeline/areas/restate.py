"""Restates counts of one year's areas in another year's: whole, by keyed draw, totals exact.

Refuses areas the crosswalk does not know, and never turns a missing count into a number.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.domain import ContractError, LinkError, Status
from regiebeeld.pipeline.areas.crosswalk import SHARE_UNITS, Crosswalk
from regiebeeld.pipeline.areas.draws import atom_id, check_key, place_units, thresholds
from regiebeeld.pipeline.areas.meeting import (
    EVENT_KEY,
    EXPECTED,
    FROM_ESTIMATE,
    join_meeting,
    share_of_estimate,
)
from regiebeeld.pipeline.areas.moves import Moves, plan_moves

AREA, COUNT, STATUS, REASON, VINTAGE = "area", "count", "status", "reason", "vintage"
# Not `as_of` or `delivery`: when a count is revised from 5 to 6, the first five stay in place.
ATOM = ("source", "event_set", "area", "period", "breakdown")
# The key of each of the units of a row, in order: what a protected source adds up.
UnitKeys = Callable[[int], NDArray[np.uint64]]


def restate_counts(
    counts: pa.Table,
    crosswalk: Crosswalk,
    *,
    key: bytes,
    atom: Sequence[str] = ATOM,
    unit_keys: UnitKeys | None = None,
) -> pa.Table:
    """Give the counts by the areas of the crosswalk's new year, with `estimated_share`.

    `counts` has `area`, whole `count` (null when missing), optionally `status`, `reason`
    and `vintage`, and key columns, with one row for each combination of keys. Sums over the
    keys stay exactly equal. A null stays null for every successor, with its status; a null
    that meets a number is null (missing, with a reason). `estimated_share` is the part of the
    *expected* value that came over a divided area, so that a drawn 0 is an estimate too. Those
    columns of `atom` that are present name an atom; restate atoms and add them up, not totals
    on their own. A column `event_key` (uint64, the sum of `unit_keys` of the row) goes along
    with the units, modulo 2^64. Pseudo-areas pass unchanged. Raises LinkError for unknown areas
    and another year, ContractError for counts that are negative, not whole or doubled,
    DisclosureError for a short key.
    """
    check_key(key)
    keys = [
        name
        for name in counts.column_names
        if name not in (AREA, COUNT, STATUS, REASON, VINTAGE, EVENT_KEY)
    ]
    _check_vintage(counts, crosswalk)
    table = _normalised(counts, keys)
    _check_counts(table, keys)
    named = [name for name in atom if name == AREA or name in keys]
    plan = plan_moves(table.column(AREA), crosswalk)
    drawn = _draw(table, plan, crosswalk, key=key, atom=named, unit_keys=unit_keys)
    moved = _move(table, plan, *drawn)
    alone, meeting = moved.filter(pa.array(~plan.meets)), moved.filter(pa.array(plan.meets))
    restated = share_of_estimate(pa.concat_tables([alone, join_meeting(meeting, [AREA, *keys])]))
    return _finished(restated, counts, crosswalk)


def _draw(
    table: pa.Table,
    plan: Moves,
    crosswalk: Crosswalk,
    *,
    key: bytes,
    atom: Sequence[str],
    unit_keys: UnitKeys | None,
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Give the units of every move and the sum of their keys; undivided rows simply go along."""
    counts: NDArray[np.int64] = table.column(COUNT).fill_null(0).to_numpy()
    drawn = counts[plan.rows]
    keys: NDArray[np.uint64] = table.column(EVENT_KEY).to_numpy()[plan.rows]
    divided = np.flatnonzero((plan.sizes > 1) & (counts > 0))
    atoms = table.select(list(atom)).take(pa.array(divided)).to_pylist()
    vintages = (crosswalk.old_vintage, crosswalk.new_vintage)
    for row, values in zip(divided, atoms, strict=True):
        own = slice(plan.starts[row], plan.starts[row] + plan.sizes[row])
        identity = atom_id(vintages, sorted(values), [values[name] for name in sorted(values)])
        bounds = thresholds(plan.units[own])
        places = place_units(key, identity, count=int(counts[row]), bounds=bounds)
        drawn[own] = np.bincount(places, minlength=len(bounds) + 1)
        if unit_keys is not None:
            keys[own] = _sum_by_place(unit_keys(int(row)), places, len(bounds) + 1)
    return drawn, keys


def _sum_by_place(
    keys: NDArray[np.uint64], places: NDArray[np.int64], size: int
) -> NDArray[np.uint64]:
    summed = np.zeros(size, dtype=np.uint64)
    np.add.at(summed, places, keys)
    return summed


def _move(
    table: pa.Table, plan: Moves, drawn: NDArray[np.int64], keys: NDArray[np.uint64]
) -> pa.Table:
    rows = pa.array(plan.rows)
    counts = table.column(COUNT).take(rows)
    expected = counts.fill_null(0).to_numpy() * (plan.units / SHARE_UNITS)
    moved = table.drop_columns([AREA, COUNT, EVENT_KEY]).take(rows)
    moved = moved.append_column(AREA, plan.areas).append_column(EVENT_KEY, pa.array(keys))
    moved = moved.append_column(COUNT, pa.array(drawn, mask=counts.is_null().to_numpy()))
    moved = moved.append_column(EXPECTED, pa.array(expected))
    return moved.append_column(FROM_ESTIMATE, pa.array(expected * plan.estimated))


def _finished(restated: pa.Table, counts: pa.Table, crosswalk: Crosswalk) -> pa.Table:
    if VINTAGE in counts.column_names:
        years = pa.array(np.full(restated.num_rows, crosswalk.new_vintage), pa.int64())
        restated = restated.append_column(VINTAGE, years.cast(counts.schema.field(VINTAGE).type))
    unasked = () if EVENT_KEY in counts.column_names else (EVENT_KEY,)
    extra = [n for n in restated.column_names if n not in (*counts.column_names, *unasked)]
    return restated.select([*counts.column_names, *extra])


def _check_vintage(counts: pa.Table, crosswalk: Crosswalk) -> None:
    if VINTAGE not in counts.column_names:
        return
    years = {str(year) for year in counts.column(VINTAGE).unique().to_pylist()}
    if years - {str(crosswalk.old_vintage)}:
        raise LinkError(
            f"de tellingen zijn van de indeling {', '.join(sorted(years))}, de omrekening gaat "
            f"uit van {crosswalk.old_vintage}; gebruik de omrekening vanaf het goede jaar"
        )


def _normalised(counts: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Give keys, area, count as int64, status and reason, whatever of the last two was there."""
    try:
        numbers = counts.column(COUNT).cast(pa.int64())
    except pa.ArrowInvalid as fault:
        raise ContractError("een telling is geen heel getal; lever hele aantallen aan") from fault
    by_number = pc.if_else(pc.is_null(numbers), str(Status.MISSING), str(Status.SHOWN))
    told = counts.column(STATUS).cast(pa.string()) if STATUS in counts.column_names else by_number
    reasons = (
        counts.column(REASON)
        if REASON in counts.column_names
        else pa.nulls(counts.num_rows, pa.string())
    )
    event_keys = (
        counts.column(EVENT_KEY)
        if EVENT_KEY in counts.column_names
        else pa.array(np.zeros(counts.num_rows, dtype=np.uint64))
    )
    table = counts.select([*keys, AREA]).append_column(COUNT, numbers)
    table = table.append_column(EVENT_KEY, event_keys)
    return table.append_column(STATUS, pc.coalesce(told, by_number)).append_column(REASON, reasons)


def _check_counts(table: pa.Table, keys: Sequence[str]) -> None:
    if table.num_rows == 0:
        return
    if (pc.min(table.column(COUNT)).as_py() or 0) < 0:
        raise ContractError(
            "een telling is negatief; kijk of een code voor 'onbekend' als getal is gelezen"
        )
    with_value = pa.array([str(status) for status in Status if status.has_value])
    told = pc.is_in(table.column(STATUS), with_value)
    if not pc.all(pc.equal(told, pc.is_valid(table.column(COUNT)))).as_py():
        raise ContractError(
            "een telling en haar status spreken elkaar tegen: "
            "een getal hoort bij 'shown', een leeg veld niet"
        )
    groups = table.group_by([AREA, *keys]).aggregate([]).num_rows
    if groups < table.num_rows:
        raise ContractError(
            f"{table.num_rows - groups} rijen met tellingen zijn dubbel (gelijk in "
            f"{', '.join([AREA, *keys])}); voeg de kolom toe die ze onderscheidt, "
            "of haal de dubbele rijen weg"
        )

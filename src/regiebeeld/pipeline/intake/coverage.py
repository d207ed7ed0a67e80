"""Which periods a delivery replaces: what its sender declares, else what stands in it, with care.

Refuses to empty a period that nobody declared, and to count a period that is not over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from regiebeeld.domain import ContractError, Period, PeriodKind, read_period


@dataclass(frozen=True, slots=True)
class Coverage:
    """The periods a delivery replaces, in order, and what a reader should know of the choice.

    `left_out` counts the events that fall in none of them, by reason.
    """

    periods: tuple[str, ...]
    left_out: Mapping[str, int]
    told: tuple[str, ...] = ()


_MOST_YEARS, _FIRST_YEAR = 20, 1900
_KINDS = {
    PeriodKind.WEEK: "week",
    PeriodKind.MONTH: "maand",
    PeriodKind.QUARTER: "kwartaal",
    PeriodKind.HALF_YEAR: "half jaar",
    PeriodKind.YEAR: "jaar",
}
NOT_OVER = "in een periode die nog niet voorbij was"
NOT_DECLARED = "buiten de opgegeven periode"


def compute_coverage(
    counts: pa.Table,
    *,
    as_of: date,
    declared: tuple[str, str] | None = None,
    earlier: Collection[str] = (),
    fills_gaps: bool = True,
) -> Coverage:
    """Compute the coverage of counted rows (history.COUNTS).

    declared: first and last period, for which the sender says that this is everything; without
    it, from the first to the last period in the file. `earlier` are periods that hold events
    in the state before: one that is absent from the file is then kept, not emptied.
    `fills_gaps`: an absent period in between means no events (event rows do not name those;
    a file of counts would say 0). Raises ContractError when nothing is covered.
    """
    there = sorted(read_period(text) for text in counts["period"].unique().to_pylist())
    told: list[str] = []
    wanted: list[Period] = []
    for kind in sorted({period.kind for period in there} | _declared_kinds(declared)):
        mine = [period for period in there if period.kind is kind]
        wanted += _periods_of_kind(kind, mine, declared, (earlier, fills_gaps), told)
    over = [period for period in wanted if period.end < as_of]
    if len(over) < len(wanted):
        told.append(f"{_names(set(wanted) - set(over))}: nog niet voorbij op {as_of}, niet geteld")
    if not over:
        raise ContractError(
            f"geen enkele periode van deze levering was voorbij op {as_of}; "
            "lever na afloop van de periode, of controleer de datum van de stand"
        )
    covered = tuple(period.id for period in sorted(over))
    return Coverage(covered, _left_out(counts, covered, as_of), tuple(told))


def keep_covered(counts: pa.Table, coverage: Coverage) -> pa.Table:
    """Keep the counts of covered periods only; `coverage.left_out` says what went."""
    return counts.filter(pc.is_in(counts["period"], pa.array(coverage.periods, pa.string())))


def check_declared(declared: tuple[str, str] | None, atom: PeriodKind | None) -> None:
    """Raise ContractError for periods that a sender of a source cannot mean: a slip of the hand.

    atom: the kind of period that the contract counts by.
    """
    if declared is None:
        return
    (kind,) = _declared_kinds(declared)
    wanted = PeriodKind.MONTH if atom is PeriodKind.ROLLING else atom
    first, last = (read_period(text) for text in declared)
    if wanted is not None and kind is not wanted:
        example = period_of(first.start, wanted).id
        raise ContractError(
            f"deze bron telt per {_KINDS[wanted]}; noem bij --from en --to zulke perioden, zoals "
            f"{example}"
        )
    if first.start.year < _FIRST_YEAR or last.end.year - first.start.year >= _MOST_YEARS:
        raise ContractError(
            f"van {declared[0]} tot en met {declared[1]} is langer dan {_MOST_YEARS} jaar of "
            f"begint voor {_FIRST_YEAR}; controleer --from en --to"
        )


def _declared_kinds(declared: tuple[str, str] | None) -> set[PeriodKind]:
    if declared is None:
        return set()
    first, last = (read_period(text) for text in declared)
    if first.kind is not last.kind or first > last or first.kind is PeriodKind.ROLLING:
        raise ContractError(
            f"van {declared[0]} tot en met {declared[1]} is geen opgave van perioden; "
            "noem twee perioden van dezelfde soort, de eerste eerst"
        )
    return {first.kind}


def _periods_of_kind(
    kind: PeriodKind,
    there: list[Period],
    declared: tuple[str, str] | None,
    rule: tuple[Collection[str], bool],
    told: list[str],
) -> list[Period]:
    if declared and kind in _declared_kinds(declared):
        return list_periods(*(read_period(text) for text in declared))
    if kind is PeriodKind.ROLLING:
        raise ContractError(
            "een schuivend jaar wordt niet geleverd maar zelf opgeteld; lever maanden"
        )
    earlier, fills_gaps = rule
    between = list_periods(there[0], there[-1])
    absent = set(between) - set(there)
    if not fills_gaps:
        if absent:
            told.append(f"{_names(absent)}: staat niet in het bestand en blijft zoals het was")
        return there
    kept = {period for period in absent if period.id in earlier}
    if kept:
        told.append(
            f"{_names(kept)}: geen rijen, terwijl er eerder wel gebeurtenissen waren; de eerdere "
            "stand blijft. Is het werkelijk nul, geef dan de periode op met --from en --to"
        )
    return [period for period in between if period not in kept]


def list_periods(first: Period, last: Period) -> list[Period]:
    """List the periods of one kind from `first` to `last`."""
    found = [first]
    while found[-1] < last:
        found.append(period_of(found[-1].end + timedelta(days=1), first.kind))
    return found


def period_of(day: date, kind: PeriodKind) -> Period:
    """Give the calendar period of a kind that holds a day."""
    year, week, _ = day.isocalendar()
    spelled = {
        PeriodKind.WEEK: f"{year:04d}-W{week:02d}",
        PeriodKind.MONTH: f"{day.year:04d}-{day.month:02d}",
        PeriodKind.QUARTER: f"{day.year:04d}-Q{(day.month + 2) // 3}",
        PeriodKind.HALF_YEAR: f"{day.year:04d}-H{(day.month + 5) // 6}",
        PeriodKind.YEAR: f"{day.year:04d}",
    }
    return read_period(spelled[kind])


def _left_out(counts: pa.Table, covered: tuple[str, ...], as_of: date) -> dict[str, int]:
    totals = counts.group_by("period").aggregate([("count", "sum")]).to_pylist()
    found: dict[str, int] = {}
    for row in totals:
        if row["period"] not in covered:
            late = read_period(row["period"]).end >= as_of
            reason = NOT_OVER if late else NOT_DECLARED
            found[reason] = found.get(reason, 0) + int(row["count_sum"] or 0)
    return found


def _names(periods: Collection[Period]) -> str:
    ids = [period.id for period in sorted(periods)]
    return ", ".join(ids[:6]) + (f" en nog {len(ids) - 6}" if len(ids) > 6 else "")

"""Puts one released cell into words; a hidden or missing figure never becomes a number.

A rounded count is a range here and nowhere a bare number: 0 reads "0–4", 5 "1–9", 10 "6–14".
"""

from collections.abc import Iterable
from typing import TypeGuard

from regiebeeld.dashboard.charts.formats import write_count, write_number, write_rate
from regiebeeld.dashboard.charts.reasons import name_base, say_reason
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.domain import Status
from regiebeeld.releases import ReleasedCell
from regiebeeld.statistics import Span

# Looked at tens of thousands of times a page.
_SHOWN, _ROUNDED = Status.SHOWN, Status.ROUNDED


def is_usable(cell: ReleasedCell | None) -> TypeGuard[ReleasedCell]:
    """Tell whether the cell holds a value that may be drawn or compared.

    A rounded value without its range is not usable: nobody could say what it can be.
    """
    if cell is None or cell.value is None:
        return False
    if cell.status is _ROUNDED:
        return cell.lower is not None and cell.upper is not None
    return cell.status is _SHOWN


def is_rounded(cell: ReleasedCell | None) -> bool:
    return cell is not None and cell.status is _ROUNDED


def is_masked(cell: ReleasedCell | None) -> bool:
    return cell is not None and cell.status is Status.MASKED


def has_rounded(cells: Iterable[ReleasedCell | None]) -> bool:
    """Tell whether the words about rounding belong beside these cells."""
    return any(is_rounded(cell) for cell in cells)


def span_of(cell: ReleasedCell) -> Span:
    """Give what the count of a usable cell can be: its range, or twice its exact value."""
    if cell.status is _ROUNDED and cell.lower is not None and cell.upper is not None:
        return Span(cell.lower, cell.upper)
    return Span(cell.value or 0, cell.value or 0)


def write_span(span: Span) -> str:
    """Write a range for a table or a tile: `6–14`; an exact count stays one number."""
    return write_range(write_count(span.lower), write_count(span.upper))


def describe_span(span: Span) -> str:
    """Say a range in a sentence: `tussen 6 en 14`; an exact count stays one number."""
    if span.is_exact:
        return write_count(span.lower)
    bounds = {"lower": write_count(span.lower), "upper": write_count(span.upper)}
    return TEXTS("status.between", **bounds)


def describe_value(cell: ReleasedCell | None, *, full: bool = False) -> str:
    """Give the count, or its range when it was rounded, or the reason that there is none."""
    return write_span(span_of(cell)) if is_usable(cell) else _describe_absence(cell, full=full)


def describe_in_sentence(cell: ReleasedCell | None, *, full: bool = False) -> str:
    """Give what describe_value gives, with the range in words."""
    return describe_span(span_of(cell)) if is_usable(cell) else _describe_absence(cell, full=full)


def _describe_absence(cell: ReleasedCell | None, *, full: bool) -> str:
    if cell is None or cell.status.has_value:
        return TEXTS("status.absent")
    key = f"status.{cell.status.value}"
    # A masked figure has one and the same reason everywhere, and tells nothing else.
    if full and cell.reason and f"{key}_full" in TEXTS:
        return TEXTS(f"{key}_full", reason=say_reason(cell.reason))
    return TEXTS(key)


def write_range(low: str, high: str) -> str:
    """Write the two ends of a range; one of them where they read the same."""
    return low if low == high else TEXTS("status.range", lower=low, upper=high)


def count_in_unit(cell: ReleasedCell) -> int | None:
    """Give the number that the unit must fit; None for a range, which is many."""
    return None if is_rounded(cell) else cell.value


def name_unit(unit: str, count: int | None) -> str:
    """Give the unit that fits the number: one `registratie`, two `registraties`."""
    key = f"unit.{unit}.{'one' if count == 1 else 'many'}"
    return TEXTS(key) if key in TEXTS else unit


def describe_finest(text: str) -> str:
    """Turn `buurt x rolling_12_months; gemeente x month` into a sentence; other words stay."""
    parts = []
    for pair in text.split(";"):
        level, _, kind = (word.strip() for word in pair.partition(" x "))
        if f"level.{level}" not in TEXTS or f"period.kind.{kind}" not in TEXTS:
            return text
        per = TEXTS("finest.per_level", level=TEXTS(f"level.{level}"))
        parts.append(TEXTS("finest.part", level=per, kind=TEXTS(f"period.kind.{kind}")))
    return TEXTS("finest.sentence", parts=TEXTS("finest.and").join(parts))


def rate_span(cell: ReleasedCell) -> tuple[float, float] | None:
    """Give what the rate can be after rounding, chance apart; None where there is no rate.

    An exact cell gives its rate twice.
    """
    if cell.rate is None or not is_usable(cell):
        return None
    if not is_rounded(cell) or not cell.base or not cell.per:
        return cell.rate, cell.rate
    span = span_of(cell)
    return span.lower / cell.base * cell.per, span.upper / cell.base * cell.per


def describe_rate(cell: ReleasedCell | None, *, full: bool = False) -> str:
    """Give the rate, as a range when the count was rounded, or why there is none.

    full: with the margin, which holds chance and rounding.
    """
    span = rate_span(cell) if cell else None
    if cell is None or span is None or cell.per is None:
        reason = cell.no_rate if cell else None
        return (
            TEXTS("rate.none_full", reason=say_reason(reason))
            if full and reason
            else TEXTS("rate.none")
        )
    rate = write_range(*map(write_rate, span))
    known = {"rate": rate, "per": write_count(cell.per), "base": name_base(cell.base_figure)}
    if not full:
        return TEXTS("rate.short", **known)
    return TEXTS(
        "rate.full_rounded" if is_rounded(cell) else "rate.full",
        **known,
        lower=write_rate(cell.rate_lower or 0.0),
        upper=write_rate(cell.rate_upper or 0.0),
    )


def describe_bare_rate(cell: ReleasedCell | None) -> str:
    """Give the rate without its unit, for a column that names it."""
    span = rate_span(cell) if cell else None
    return write_range(*map(write_rate, span)) if span else TEXTS("rate.none")


def describe_interval(cell: ReleasedCell | None) -> str:
    if cell is None or cell.rate_lower is None or cell.rate_upper is None:
        return ""
    return TEXTS(
        "rate.interval", lower=write_rate(cell.rate_lower), upper=write_rate(cell.rate_upper)
    )


def describe_flags(cell: ReleasedCell | None, *, rounding: bool = True) -> str:
    """Say how firm the figure is: provisional or final, partly estimated, rounded.

    rounding: False where it need not be said, since the range stands beside it.
    """
    if cell is None:
        return TEXTS("status.absent")
    if not is_usable(cell):
        return describe_value(cell, full=True)
    flags = []
    if cell.provisional:
        flags.append(TEXTS("flag.provisional"))
    if cell.estimated_share > 0:
        flags.append(_describe_share(cell))
    if not flags:
        flags.append(TEXTS("flag.none"))
    if rounding and is_rounded(cell):
        flags.append(TEXTS("flag.rounded"))
    return ", ".join(flags)


def _describe_share(cell: ReleasedCell) -> str:
    # "Partly" never stands beside 0 or 100 percent; shares are sums, so 1 is not always exact. Of
    # a rounded cell nobody may know the share: a percentage of few events tells how many they are.
    if cell.estimated_share > 0.9999 or is_rounded(cell):
        return TEXTS("flag.estimated_whole")
    share = min(max(1.0, cell.estimated_share * 100), 99.0)
    return TEXTS("flag.estimated", share=write_number(share))

"""Puts one released cell into words; a hidden or missing figure never becomes a number."""

from regiebeeld.dashboard.charts.formats import write_count, write_number, write_rate
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.domain import Status
from regiebeeld.releases import ReleasedCell


def is_usable(cell: ReleasedCell | None) -> bool:
    """Tell whether the cell holds a value that may be drawn or compared."""
    return cell is not None and cell.value is not None and cell.status.has_value


def describe_value(cell: ReleasedCell | None, *, full: bool = False) -> str:
    """Give the count, with its range when it was rounded, or the reason that there is none."""
    if cell is None:
        return TEXTS("status.absent")
    if cell.value is None or not cell.status.has_value:
        key = f"status.{cell.status.value}"
        return TEXTS(f"{key}_full", reason=cell.reason) if full and cell.reason else TEXTS(key)
    if cell.status is Status.ROUNDED and cell.lower is not None and cell.upper is not None:
        bounds = {"lower": write_count(cell.lower), "upper": write_count(cell.upper)}
        return TEXTS("status.rounded", value=write_count(cell.value), **bounds)
    return write_count(cell.value)


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


def describe_rate(cell: ReleasedCell | None, *, full: bool = False) -> str:
    """Give the rate with unit and interval, or why there is none."""
    if cell is None or cell.rate is None or cell.per is None:
        reason = cell.no_rate if cell else None
        return TEXTS("rate.none_full", reason=reason) if full and reason else TEXTS("rate.none")
    known = {"rate": write_rate(cell.rate), "per": write_count(cell.per), "base": cell.base_figure}
    if not full:
        return TEXTS("rate.short", **known)
    return TEXTS(
        "rate.full",
        **known,
        lower=write_rate(cell.rate_lower or 0.0),
        upper=write_rate(cell.rate_upper or 0.0),
    )


def describe_bare_rate(cell: ReleasedCell | None) -> str:
    """Give the rate without its unit, for a column that names it."""
    return TEXTS("rate.none") if cell is None or cell.rate is None else write_rate(cell.rate)


def describe_interval(cell: ReleasedCell | None) -> str:
    if cell is None or cell.rate_lower is None or cell.rate_upper is None:
        return ""
    return TEXTS(
        "rate.interval", lower=write_rate(cell.rate_lower), upper=write_rate(cell.rate_upper)
    )


def describe_flags(cell: ReleasedCell | None) -> str:
    """Say how firm the figure is: provisional, partly estimated, or final."""
    if cell is None:
        return TEXTS("status.absent")
    if not is_usable(cell):
        return describe_value(cell, full=True)
    flags = []
    if cell.provisional:
        flags.append(TEXTS("flag.provisional"))
    if cell.estimated_share > 0:
        flags.append(_describe_share(cell.estimated_share))
    return ", ".join(flags) or TEXTS("flag.none")


def _describe_share(share: float) -> str:
    # "Partly" never stands beside 0 or 100 percent; shares are sums, so 1 is not always exact.
    if share > 0.9999:
        return TEXTS("flag.estimated_whole")
    return TEXTS("flag.estimated", share=write_number(min(max(1.0, share * 100), 99.0)))

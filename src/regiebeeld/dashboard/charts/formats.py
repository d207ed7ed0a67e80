"""Numbers, days and periods as a Dutch reader writes them, with symbols and names from Babel."""

from datetime import date, datetime

from babel import Locale
from babel.dates import format_date

from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.domain import Period, PeriodKind

LOCALE = Locale("nl", "NL")
_SYMBOLS = LOCALE.number_symbols["latn"]
# Babel formats one number in 30 microseconds; a map's table holds thousands of them.
_SWAP = str.maketrans({",": _SYMBOLS["group"], ".": _SYMBOLS["decimal"]})
MONTHS = dict(LOCALE.months["format"]["wide"])
SHORT_MONTHS = {
    number: name.rstrip(".") for number, name in LOCALE.months["format"]["abbreviated"].items()
}


def write_count(count: int) -> str:
    return f"{count:,}".translate(_SWAP)


def write_number(value: float, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}".translate(_SWAP)


def write_rate(rate: float) -> str:
    """Write a rate with two significant figures at least and no more decimals than it carries."""
    if rate >= 100:
        return write_number(rate)
    return write_number(rate, 2 if 0 < rate < 0.1 else 1)


def name_day(text: str) -> str:
    """Name the day of an ISO date or time: `14 juli 2026`; text of another shape stays as it is."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return text
    return format_date(day, "d MMMM y", locale=LOCALE)


def name_month(day: date) -> str:
    return f"{MONTHS[day.month]} {day.year}"


def name_period(period: Period) -> str:
    """Name a period in words: `juni 2026`, `juli 2025 tot en met juni 2026`, `2025`."""
    match period.kind:
        case PeriodKind.YEAR:
            return str(period.year)
        case PeriodKind.MONTH:
            return name_month(period.start)
        case PeriodKind.QUARTER:
            return TEXTS("period.quarter", number=(period.start.month + 2) // 3, year=period.year)
        case PeriodKind.HALF_YEAR:
            return TEXTS(f"period.half_{1 if period.start.month == 1 else 2}", year=period.year)
        case PeriodKind.WEEK:
            return TEXTS(
                "period.week",
                number=period.start.isocalendar().week,
                year=period.start.isocalendar().year,
            )
        case PeriodKind.ROLLING:
            return TEXTS("period.span", first=name_month(period.start), last=name_month(period.end))


def name_periods(kind: PeriodKind) -> str:
    return TEXTS(f"period.kind.{kind.value}")


def name_months(first: int, last: int, year: int) -> str:
    """Name a run of months of one year: `januari tot en met juni 2026`."""
    if first == last:
        return f"{MONTHS[first]} {year}"
    return TEXTS("period.span", first=MONTHS[first], last=f"{MONTHS[last]} {year}")

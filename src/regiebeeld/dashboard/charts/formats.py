"""Numbers, days and periods as the reader writes them, with symbols and names from Babel."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from babel import Locale
from babel.dates import format_date

from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.domain import Period, PeriodKind
from regiebeeld.releases.language import DUTCH, ENGLISH, spoken

LOCALES = {DUTCH: Locale("nl", "NL"), ENGLISH: Locale("en", "GB")}


def _swap(locale: Locale) -> dict[int, str]:
    symbols = locale.number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})


# Babel formats one number in 30 microseconds; a map's table holds thousands of them.
_SWAPS = {name: _swap(locale) for name, locale in LOCALES.items()}


class _Names(Mapping[int, str]):
    """The names of months (1 to 12) or days (Monday is 0), in the language that is spoken."""

    def __init__(self, names: Mapping[str, Mapping[int, str]]) -> None:
        self._names = {
            language: {number: name.rstrip(".") for number, name in found.items()}
            for language, found in names.items()
        }

    def __getitem__(self, number: int) -> str:
        return self._names[spoken()][number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._names[spoken()])

    def __len__(self) -> int:
        return len(self._names[spoken()])


MONTHS, SHORT_MONTHS, DAYS, SHORT_DAYS = (
    _Names(
        {language: getattr(locale, kind)["format"][width] for language, locale in LOCALES.items()}
    )
    for kind in ("months", "days")
    for width in ("wide", "abbreviated")
)


def locale() -> Locale:
    """Give the locale of the language that is spoken."""
    return LOCALES[spoken()]


def write_count(count: int) -> str:
    return f"{count:,}".translate(_SWAPS[spoken()])


def write_number(value: float, decimals: int = 0) -> str:
    return f"{value:,.{decimals}f}".translate(_SWAPS[spoken()])


def write_short(value: float) -> str:
    """Write a number with no more decimals than it has, two at most: a mark on an axis."""
    whole, _, decimals = f"{value:,.2f}".partition(".")
    short = f"{whole}.{decimals.rstrip('0')}".rstrip(".")
    return short.translate(_SWAPS[spoken()])


def write_rate(rate: float) -> str:
    """Write a rate with two significant figures at least and no more decimals than it carries."""
    decimals = 0 if rate >= 100 else 2 if 0 < rate < 0.1 else 1
    return f"{rate:,.{decimals}f}".translate(_SWAPS[spoken()])


def name_day(text: str) -> str:
    """Name the day of an ISO date or time: `14 juli 2026`; text of another shape stays as it is."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return text
    return format_date(day, "d MMMM y", locale=locale())


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


def name_ends(first: Period, last: Period) -> tuple[str, str]:
    """Name the ends of a series; of sliding years the first and the last month."""
    if first.kind is PeriodKind.ROLLING:
        return name_month(first.start), name_month(last.end)
    return name_period(first), name_period(last)


def name_periods(kind: PeriodKind) -> str:
    return TEXTS(f"period.kind.{kind.value}")


def name_months(first: int, last: int, year: int) -> str:
    """Name a run of months of one year: `januari tot en met juni 2026`."""
    if first == last:
        return f"{MONTHS[first]} {year}"
    return TEXTS("period.span", first=MONTHS[first], last=f"{MONTHS[last]} {year}")

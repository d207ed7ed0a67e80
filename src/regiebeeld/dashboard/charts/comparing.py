"""Says whether two released counts differ more than by chance; never a bare percentage."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from regiebeeld.dashboard.charts.formats import write_number
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import is_usable, span_of
from regiebeeld.releases import ReleasedCell
from regiebeeld.releases.findings import Spread
from regiebeeld.statistics import CountComparison, Span, Verdict, compare_spans

# From fewer cases than this a percentage says more than the figures do.
FEWEST_FOR_PERCENT = 20
# Rounding makes a margin wider: from here on (a doubling beside hardly more) it says nothing.
WIDEST_MARGIN = 2.0
_CHANGED = (Verdict.HIGHER, Verdict.LOWER)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cell beside an earlier one; `result` is None when they cannot or may not be compared."""

    now: ReleasedCell | None
    before: ReleasedCell | None
    result: CountComparison | None
    is_judged: bool = True

    @property
    def is_clear(self) -> bool:
        return self.result is not None and self.result.verdict in _CHANGED

    @property
    def name(self) -> str:
        if not self.is_judged:
            return "not_judged"
        return self.result.verdict.value if self.result else "impossible"


def compare_cells(
    now: ReleasedCell | None,
    before: ReleasedCell | None,
    *,
    is_judged: bool = True,
    spread: Spread | None = None,
) -> Comparison:
    """Compare two counts, corrected for the length of their periods.

    spread: how much such counts vary by themselves; None takes chance alone.

    Of a rounded count every value that it can be is compared; the verdict holds for all of them.
    Not judged is what an indicator does not allow: a number of cameras is not drawn by chance.
    """
    return Comparison(now, before, _compare(now, before, spread) if is_judged else None, is_judged)


def _compare(
    now: ReleasedCell | None, before: ReleasedCell | None, spread: Spread | None
) -> CountComparison | None:
    if not is_usable(now) or not is_usable(before):
        return None
    spans = span_of(now), span_of(before)
    days = now.period.days / before.period.days
    return compare_spans(*spans, days, dispersion=find_dispersion(spans, spread))


def compare_rates_of(
    cell: ReleasedCell, other: ReleasedCell, *, holds: bool = False, spread: Spread | None = None
) -> Verdict | None:
    """Give the verdict of `compare_rates`."""
    result = compare_rates(cell, other, holds=holds, spread=spread)
    return result.verdict if result else None


def compare_rates(
    cell: ReleasedCell, other: ReleasedCell, *, holds: bool = False, spread: Spread | None = None
) -> CountComparison | None:
    """Compare the rates of two areas over one period; None where one has no rate.

    holds: the other area holds the first, which is then taken out of it: beside itself it would
    look alike. That is done for exact counts only; of rounded ones the whole is compared.
    """
    if cell.base is None or other.base is None or cell.base_figure != other.base_figure:
        return None
    if not is_usable(cell) or not is_usable(other):
        return None
    mine, rest, base = span_of(cell), span_of(other), other.base
    if holds and mine.is_exact and rest.is_exact:
        left = rest.lower - mine.lower
        if left < 0 or base <= cell.base:
            return None
        rest, base = Span(left, left), base - cell.base
    # The area is what varies by itself; beside it the rest of a region hardly does.
    dispersion = find_dispersion([mine], spread)
    return compare_spans(mine, rest, cell.base / base, dispersion=dispersion)


def find_dispersion(spans: Sequence[Span], spread: Spread | None) -> float:
    """Give variance over mean at the middle of some counts; 1 where it is not known."""
    if spread is None:
        return 1.0
    return spread.at(sum(span.lower + span.upper for span in spans) / 2 / len(spans))


def describe_comparison(comparison: Comparison, *, short: bool = False) -> str:
    """Give the verdict in words: chance or not, or too few to say."""
    return TEXTS(f"compare.{comparison.name}{'_short' if short else ''}")


def describe_change(comparison: Comparison) -> str | None:
    """Give the change in percent with its margin; None for small counts or mere chance.

    Of rounded counts only the margin is told, and only when it says something.
    """
    result, before = comparison.result, comparison.before
    if result is None or not is_usable(before) or not comparison.is_clear:
        return None
    if span_of(before).lower < FEWEST_FOR_PERCENT or not isfinite(result.upper):
        return None
    if result.ratio is None and result.upper > WIDEST_MARGIN * result.lower:
        return None
    key = "compare.change_up" if result.verdict is Verdict.HIGHER else "compare.change_down"
    bounds = sorted(abs(bound - 1) * 100 for bound in (result.lower, result.upper))
    low, high = (write_number(bound, 0 if bound >= 1 else 1) for bound in bounds)
    if result.ratio is None:
        return TEXTS(f"{key}_rounded", low=low, high=high)
    return TEXTS(key, percent=write_number(abs(result.ratio - 1) * 100), low=low, high=high)

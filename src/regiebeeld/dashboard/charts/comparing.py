"""Says whether two released counts differ more than by chance; never a bare percentage."""

from dataclasses import dataclass
from math import isfinite

from regiebeeld.dashboard.charts.formats import write_number
from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.dashboard.charts.words import is_usable
from regiebeeld.domain import Status
from regiebeeld.releases import ReleasedCell
from regiebeeld.statistics import CountComparison, Verdict, compare_counts

# From fewer cases than this a percentage says more than the figures do.
FEWEST_FOR_PERCENT = 20
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
    now: ReleasedCell | None, before: ReleasedCell | None, *, is_judged: bool = True
) -> Comparison:
    """Compare two exact counts, corrected for the length of their periods.

    Not judged is what an indicator does not allow: a number of cameras is not drawn by chance.
    """
    return Comparison(now, before, _compare(now, before) if is_judged else None, is_judged)


def _compare(now: ReleasedCell | None, before: ReleasedCell | None) -> CountComparison | None:
    if now is None or before is None or not (is_usable(now) and is_usable(before)):
        return None
    if Status.ROUNDED in (now.status, before.status) or now.value is None or before.value is None:
        return None
    return compare_counts(now.value, before.value, now.period.days / before.period.days)


def describe_comparison(comparison: Comparison, *, short: bool = False) -> str:
    """Give the verdict in words: chance or not, or too few to say."""
    return TEXTS(f"compare.{comparison.name}{'_short' if short else ''}")


def describe_change(comparison: Comparison) -> str | None:
    """Give the change in percent with its margin; None for small counts or mere chance."""
    result, before = comparison.result, comparison.before
    if result is None or before is None or not comparison.is_clear:
        return None
    if (before.value or 0) < FEWEST_FOR_PERCENT or not isfinite(result.upper):
        return None
    bounds = sorted(abs(bound - 1) * 100 for bound in (result.lower, result.upper))
    key = "compare.change_up" if result.verdict is Verdict.HIGHER else "compare.change_down"
    low, high = (write_number(bound, 0 if bound >= 1 else 1) for bound in bounds)
    return TEXTS(key, percent=write_number(abs(result.ratio - 1) * 100), low=low, high=high)

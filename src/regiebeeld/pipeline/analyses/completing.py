"""How much of each period of an indicator is in by now, from the shares that are told with it.

Knows shares and ages only, never a count; what it does not know it does not guess.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from regiebeeld.domain import Period
from regiebeeld.releases.findings import Completeness
from regiebeeld.statistics.delay import WHOLE, ToldShare, join_shares, read_told_share

STEP = 0.05  # the steps in which shares are told
LEAST_SHARE = 0.5  # with less of a period in, nothing is estimated and nothing is judged
NEARLY_WHOLE = 0.95  # from here on a period may be read as it is


@dataclass(frozen=True, slots=True)
class Completing:
    """The months of one indicator that are not whole, by number; any other month is whole.

    unknown_from: the first month of which it is not known how much is in, and of no later one
    either; None where all is known.
    """

    months: Mapping[int, ToldShare] = field(default_factory=dict)
    unknown_from: int | None = None

    def find(self, period: Period) -> ToldShare | None:
        """Give the part of a period that is in; None where that is not known."""
        numbers = list(_months_in(period))
        if self.unknown_from is not None and numbers[-1] >= self.unknown_from:
            return None
        if not any(number in self.months for number in numbers):
            return WHOLE
        return join_shares([self.months.get(number, WHOLE) for number in numbers])

    def count_late(self, last: int) -> int:
        """Count the last months, up to the month `last`, that may not be read as they are."""
        late = [m for m, told in self.months.items() if told.share < NEARLY_WHOLE and m <= last]
        if self.unknown_from is not None:
            late.append(self.unknown_from)
        return max(last - min(late, default=last + 1) + 1, 0)

    def may_judge(self, period: Period) -> bool:
        """Tell whether enough of a period is in to estimate what it will become."""
        found = self.find(period)
        return found is not None and found.share >= LEAST_SHARE


ALL_IN = Completing()


def number_month(period: Period) -> int:
    """Number the month in which a period ends."""
    return period.end.year * 12 + period.end.month - 1


def _months_in(period: Period) -> Iterable[int]:
    return range(period.start.year * 12 + period.start.month - 1, number_month(period) + 1)


@dataclass(frozen=True, slots=True)
class Lateness:
    """When the months of a source were last told, and how long its contract says rows keep coming.

    ages: months between a month and the file that last told it, by number of the month; None
    where gemeenten told it at different ages. settling: the last months of which rows still come.
    """

    ages: Mapping[int, int | None] = field(default_factory=dict)
    settling: int = 0


def read_completing(
    told: Sequence[Completeness], lateness: Lateness, last: int | None
) -> Completing:
    """Read how complete the months of one indicator are.

    told: the shares of its source by age; last: the number of its last month. Without shares it is
    not known of the last months in which rows keep coming by the contract. With shares, a month
    that is younger than the first age of which one is told, or that gemeenten told at different
    ages, is not known; nor is any month after it.
    """
    if not told:
        known = not lateness.settling or last is None
        return ALL_IN if known else Completing({}, (last or 0) - lateness.settling + 1)
    shares = {each.months_ago: each for each in told}
    late = {month: age for month, age in lateness.ages.items() if age is None or age <= max(shares)}
    unknown = [month for month, age in late.items() if age not in shares]
    months = {
        month: read_told_share(shares[age].share, shares[age].lower, step=STEP)
        for month, age in late.items()
        if age in shares and shares[age].share < 1
    }
    return Completing(months, min(unknown, default=None))

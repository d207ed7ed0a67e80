"""Two counts against each other: how much more or less, and could it be chance."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

# scipy.special loads in a tenth of the time of scipy.stats, which every page would wait for.
from scipy.special import betainc, betaincinv

# Below this many cases together no split can differ clearly enough to say anything:
# 0 against 5 has a two-sided p of 0.0625.
FEWEST_TOGETHER = 10


class Verdict(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    WITHIN_CHANCE = "within_chance"
    TOO_FEW = "too_few"
    UNCLEAR = "unclear"  # clear for some of the counts that rounding leaves open, not for all


@dataclass(frozen=True, slots=True)
class Span:
    """What a rounded count can be, both ends included; an exact count has equal ends."""

    lower: int
    upper: int

    def __post_init__(self) -> None:
        if not 0 <= self.lower <= self.upper:
            raise ValueError(f"span {self.lower} to {self.upper}: expected 0 <= lower <= upper")

    @property
    def is_exact(self) -> bool:
        return self.lower == self.upper


@dataclass(frozen=True, slots=True)
class CountComparison:
    """`ratio` of the two rates with its 95 % interval; inf or 0 where one side is empty.

    `ratio` is None where a count was rounded: there the interval is all that is known.
    """

    ratio: float | None
    lower: float
    upper: float
    p: float
    verdict: Verdict


def compare_counts(
    now: int, before: int, exposure_ratio: float = 1.0, *, dispersion: float = 1.0
) -> CountComparison:
    """Compare two counts by the exact conditional test.

    now, before: counts >= 0; exposure_ratio: exposure now / exposure before (days,
    inhabitants). Given their sum, `now` is binomial with share e / (1 + e) when the
    rates are equal. p is two-sided (twice the smaller tail, at most 1); the interval
    is Clopper-Pearson's, turned into a ratio. dispersion: variance over mean, 1 for chance
    alone; counts that vary more are worth fewer cases, so both are divided by it before they
    are tested (quasi-Poisson). Raises ValueError for negative counts, an exposure_ratio of 0
    or less, or a dispersion below 1.
    Source: J. Przyborowski and H. Wilenski, Homogeneity of results in testing samples
    from Poisson series, Biometrika 31 (1940) 313-323.
    """
    if now < 0 or before < 0 or exposure_ratio <= 0 or not dispersion >= 1:
        words = f"compare_counts({now}, {before}, {exposure_ratio}, dispersion={dispersion})"
        raise ValueError(f"{words}: expected counts >= 0, exposure > 0 and dispersion >= 1")
    together = now + before
    share = exposure_ratio / (1 + exposure_ratio)
    after, first = now / dispersion, before / dispersion
    p = _two_sided(after, first, share)
    low = betaincinv(after, first + 1, 0.025) if now else 0.0
    high = betaincinv(after + 1, first, 0.975) if before else 1.0
    return CountComparison(
        ratio=_ratio(now / together if together else share, exposure_ratio),
        lower=_ratio(low, exposure_ratio),
        upper=_ratio(high, exposure_ratio),
        p=p,
        verdict=_verdict(now, before, exposure_ratio, p=p),
    )


def _two_sided(after: float, first: float, share: float) -> float:
    """Twice the smaller tail of a binomial, also of counts that are no whole numbers.

    P(X >= k) of n is the incomplete beta function of k and n - k + 1.
    """
    above = betainc(after, first + 1, share) if after else 1.0
    below = betainc(first, after + 1, 1 - share) if first else 1.0
    return float(min(1.0, 2 * min(above, below)))


def compare_spans(
    now: Span, before: Span, exposure_ratio: float = 1.0, *, dispersion: float = 1.0
) -> CountComparison:
    """Compare two counts of which rounding leaves a span: what holds for every pair in them.

    exposure_ratio, dispersion: as in compare_counts. Each end of the interval is that of the exact
    conditional interval at the pair that reaches furthest, so that it holds the true ratio at
    least as often as an interval around the true counts. HIGHER or LOWER only when every pair
    gives it; UNCLEAR when some pairs do; TOO_FEW when the smallest pair is. p is the larger of
    the two outermost pairs: where the verdict is HIGHER or LOWER no pair has a larger one.
    """
    if now.is_exact and before.is_exact:
        return compare_counts(now.lower, before.lower, exposure_ratio, dispersion=dispersion)
    # More now or fewer before makes every tail of the test smaller on one side and greater on the
    # other, so the two outermost pairs speak for all that lie between them.
    lowest = compare_counts(now.lower, before.upper, exposure_ratio, dispersion=dispersion)
    highest = compare_counts(now.upper, before.lower, exposure_ratio, dispersion=dispersion)
    fewest = now.lower + before.lower
    return CountComparison(
        ratio=None,
        lower=lowest.lower,
        upper=highest.upper,
        p=max(lowest.p, highest.p),
        verdict=_verdict_of_all(lowest.verdict, highest.verdict, fewest=fewest),
    )


def _verdict_of_all(lowest: Verdict, highest: Verdict, *, fewest: int) -> Verdict:
    if fewest < FEWEST_TOGETHER:
        return Verdict.TOO_FEW
    if lowest is Verdict.HIGHER or highest is Verdict.LOWER:
        return Verdict.HIGHER if lowest is Verdict.HIGHER else Verdict.LOWER
    if lowest is Verdict.LOWER or highest is Verdict.HIGHER:
        return Verdict.UNCLEAR
    return Verdict.WITHIN_CHANCE


def _ratio(share: float, exposure_ratio: float) -> float:
    return inf if share >= 1 else float(share / (1 - share) / exposure_ratio)


def _verdict(now: int, before: int, exposure_ratio: float, *, p: float) -> Verdict:
    if now + before < FEWEST_TOGETHER:
        return Verdict.TOO_FEW
    if p >= 0.05:
        return Verdict.WITHIN_CHANCE
    return Verdict.HIGHER if now > before * exposure_ratio else Verdict.LOWER

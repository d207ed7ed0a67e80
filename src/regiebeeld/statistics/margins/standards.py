"""An area beside a standard: the region, its parent area, or peers of the same make-up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc, gammaincc

from regiebeeld.statistics.intervals import Floats
from regiebeeld.statistics.margins.limits import (
    compute_count_quantile,
    compute_mean_limits,
    widen_to_grid,
)
from regiebeeld.statistics.margins.observed import (
    Observed,
    RateComparison,
    judge_ratios,
    read_dispersion,
)
from regiebeeld.statistics.margins.ratios import compare_rates


@dataclass(frozen=True, slots=True)
class ParentComparison:
    """`excludes_child`: beside the rest of the parent; else beside the parent as a whole.

    correlation: between child and parent counts, 0 where the child was taken out.
    """

    comparison: RateComparison
    excludes_child: bool
    correlation: Floats


def compute_expected_counts(exposure: ArrayLike, reference: Observed) -> Floats:
    """Compute what each area would count at the reference's rates (indirect standardisation).

    exposure: (areas x strata); reference: counts and exposures per stratum (strata,).
    Source: N. Breslow and N. Day, Statistical Methods in Cancer Research II (1987), 2.3.
    """
    count, exposed, _ = reference.arrays()
    held = np.asarray(exposure, dtype=np.float64)
    if not (np.isfinite(held).all() and (held >= 0).all()):
        raise ValueError("an exposure is missing or below 0")
    expected: Floats = held @ (count / exposed)
    return expected


def compute_standardised_ratios(
    observed: Observed, *, dispersion: ArrayLike = 1.0
) -> RateComparison:
    """Compute observed over expected (SMR) with an interval, against a fixed standard.

    observed: counts with the expected count as exposure; dispersion: 1 or more. The expected
    counts are taken as known, so the standard must be much larger than the area; else use
    compare_with_parent. p is the confidence at which 1 just falls outside, twice the smaller
    exact tail.
    Source: Breslow and Day (1987), 2.3; the interval is Garwood's (1936).
    """
    count, expected, noise = observed.arrays()
    wide = read_dispersion(dispersion, count.shape)
    lower, upper = compute_mean_limits(count, noise, wide)
    scale = wide * (expected + noise) / expected
    low, high = widen_to_grid(count, noise)
    under = gammaincc(high / scale + 1, expected / scale)
    over = 1 - gammaincc(np.maximum(count, 1e-9) / scale, expected / scale)
    p = np.minimum(1.0, 2 * np.minimum(under, np.where(low > 0, over, 1.0)))
    ratio = count / expected
    # The standard counts as cases too: 3 seen where 40 were expected is not too few to tell.
    verdict = judge_ratios(ratio, p, count + expected)
    return RateComparison(ratio, lower / expected, upper / expected, p, verdict)


def compare_with_parent(
    child: Observed, parent: Observed, *, exact: bool, dispersion: ArrayLike = 1.0
) -> ParentComparison:
    """Compare areas with the parent they are part of.

    child, parent: counts with exposures, the parent's including the child's. exact: True for
    public or exact cells, then the child is taken out of the parent; on rounded cells that
    difference may not be made, so the child stays in and the overlap is counted in the
    interval. Raises ValueError when a parent is not larger than its child.
    Source: e-test (compare_rates); overlapping: E. Wilson's score interval (1927) for the
    share of the parent's cases.
    """
    count, exposure, noise = child.arrays()
    total, exposed, noise_total = parent.arrays()
    if not (exposed > exposure).all():
        raise ValueError("a parent's exposure is not larger than its child's")
    if exact:
        if not (total >= count).all():
            raise ValueError("a parent's count is smaller than its child's, so cells are not exact")
        # The child's rounding is in the difference too, the other way round.
        rest = Observed(total - count, exposed - exposure, noise + noise_total)
        comparison = compare_rates(child, rest, dispersion=dispersion)
        return ParentComparison(comparison, True, np.zeros(count.shape))
    share = exposure / exposed
    found = _score_share(
        (count, noise), (total, noise_total), share, read_dispersion(dispersion, count.shape)
    )
    return ParentComparison(found, False, np.sqrt(share))


def _score_share(
    child: tuple[Floats, Floats], parent: tuple[Floats, Floats], share: Floats, wide: Floats
) -> RateComparison:
    """Solve (c - R f P)^2 = z^2 var for the ratio R, with var under R; f is the share."""
    (count, noise), (total, noise_total) = child, parent
    z2 = 1.959963985**2
    expected = share * np.maximum(total, 1e-9)
    variance = wide * (expected * (1 - share) + noise + share**2 * noise_total)
    p = erfc(np.abs(count - share * total) / np.sqrt(2 * variance))
    square = expected**2 + z2 * wide * share**2 * (np.maximum(total, 1e-9) - noise_total)
    square = np.maximum(square, 1e-12 * expected**2)
    middle = 2 * count * expected + z2 * wide * expected
    rest = count**2 - z2 * wide * noise
    root = np.sqrt(np.maximum(middle**2 - 4 * square * rest, 0.0))
    ratio = np.where(total > 0, count / expected, 1.0)
    lower = np.maximum((middle - root) / (2 * square), 0.0)
    upper = np.minimum((middle + root) / (2 * square), 1 / share)
    empty = total <= 0
    return RateComparison(
        ratio=ratio,
        lower=np.where(empty, 0.0, lower),
        upper=np.where(empty, 1 / share, upper),
        p=np.where(empty, 1.0, p),
        verdict=judge_ratios(ratio, p, total),
    )


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """Limits of observed / expected around 1, (areas,), at one confidence."""

    lower: Floats
    upper: Floats


def compute_funnel_limits(
    expected: ArrayLike, *, confidence: float = 0.95, dispersion: float = 1.0
) -> FunnelLimits:
    """Compute the exact Poisson control limits of a funnel plot, interpolated between counts.

    expected: counts > 0; dispersion: from estimate_funnel_dispersion, widens by its root.
    Source: D. Spiegelhalter, Funnel plots for comparing institutional performance, Statistics
    in Medicine 24 (2005) 1185-1202, appendix A.1.
    """
    means = np.asarray(expected, dtype=np.float64)
    if not (np.isfinite(means).all() and (means > 0).all()):
        raise ValueError("an expected count is missing or not above 0")
    if not 0 < confidence < 1 or dispersion < 1:
        raise ValueError(f"confidence {confidence}, dispersion {dispersion}: expected 0-1 and >= 1")
    tail = (1 - confidence) / 2
    ends = []
    for share in (tail, 1 - tail):
        count = compute_count_quantile(means, means, share)
        reached = gammaincc(count + 1, means)
        before = np.where(count > 0, gammaincc(np.maximum(count, 1e-9), means), 0.0)
        back = (reached - share) / (reached - before)
        ends.append(np.maximum(count - back, 0.0) / means)
    lower, upper = (1 + (end - 1) * np.sqrt(dispersion) for end in ends)
    return FunnelLimits(np.maximum(lower, 0.0), upper)


def estimate_funnel_dispersion(observed: Observed, *, winsor: float = 0.1) -> float:
    """Estimate how much areas differ beyond chance: the mean square of winsorised z-scores.

    observed: counts with expected counts as exposure, (areas,). z = 2 (sqrt O - sqrt E); the
    outermost `winsor` share on each side is drawn in, so that outliers do not hide
    themselves. 1 where the excess is within two standard errors of chance.
    Source: Spiegelhalter (2005), section 4.
    """
    count, expected, noise = observed.arrays()
    if not 0 <= winsor < 0.5:
        raise ValueError(f"winsor is {winsor}, expected 0 up to 0.5")
    if count.size < 10:
        return 1.0
    scores = 2 * (np.sqrt(count) - np.sqrt(expected)) / np.sqrt(1 + noise / expected)
    ends = np.quantile(scores, [winsor, 1 - winsor])
    value = float(np.mean(np.clip(scores, *ends) ** 2))
    return value if value > 1 + 2 * np.sqrt(2 / count.size) else 1.0

"""Regression of counts with an offset: Poisson or more spread, with the rounding's variance."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtrc, gammaln, ndtr

from regiebeeld.statistics.drivers.results import Dispersion, Floats

_STEPS = 100
_LARGEST = 100.0  # exp of this still squares without overflow
_SMALLEST = -20.0  # a mean this near to 0 is on its way to 0 for good: counts parted by a driver
_ALPHAS = (-12.0, 6.0)  # log alpha: from as good as Poisson to wilder than any real series


@dataclass(frozen=True, slots=True)
class CountFit:
    """coefficients (columns,), means (rows,) and variances (rows,) of the counts."""

    coefficients: Floats
    means: Floats
    variances: Floats


@dataclass(frozen=True, slots=True)
class CountRows:
    """counts, log exposure and noise (rows,), design (rows, columns) with its own constant."""

    counts: Floats
    offset: Floats
    design: Floats
    noise: Floats


def fit_counts(
    rows: CountRows, alpha: float = 0.0, *, start: Floats | None = None
) -> CountFit | None:
    """Fit log(mean) = offset + design @ coefficients; None where no finite answer exists.

    The variance is mean + alpha x mean² + noise: with alpha 0 and no noise this is Poisson
    regression, with alpha above 0 negative binomial with that alpha; noise only weighs, so
    unbiased rounding leaves the coefficients unbiased. start: means (rows,) to begin from.
    Source: P. McCullagh and J. A. Nelder, Generalized Linear Models, 2nd edition (1989),
    chapter 9 (quasi-likelihood).
    """
    if start is None:
        rate = rows.counts.sum() / np.exp(rows.offset).sum()
        start = (rows.counts + rate * np.exp(rows.offset)) / 2 + 1e-9
    eta = np.log(start)
    for _ in range(_STEPS):
        mean = np.exp(eta)
        variance = mean + alpha * mean**2 + rows.noise
        weighted = (rows.design * (mean**2 / variance)[:, None]).T
        work = eta - rows.offset + (rows.counts - mean) / mean
        # Least squares, not solve: without a group that is left out a driver can be constant.
        coefficients = np.linalg.lstsq(weighted @ rows.design, weighted @ work, rcond=None)[0]
        before, eta = eta, rows.offset + rows.design @ coefficients
        eta = np.clip(eta, _SMALLEST, _LARGEST)
        if np.abs(eta - before).max() < 1e-9:
            if eta.min() <= _SMALLEST or eta.max() >= _LARGEST:
                return None
            mean = np.exp(eta)
            return CountFit(coefficients, mean, mean + alpha * mean**2 + rows.noise)
    return None


def compute_model_covariance(rows: CountRows, fit: CountFit) -> Floats:
    """Compute the covariance of the coefficients (columns, columns) if the variances hold."""
    weight = fit.means**2 / fit.variances
    return np.asarray(np.linalg.inv((rows.design * weight[:, None]).T @ rows.design))


def compute_robust_covariance(rows: CountRows, fit: CountFit) -> Floats:
    """Compute the covariance of the coefficients from the residuals themselves (HC3).

    It holds when the variances are wrong, and includes whatever rounding added.
    Source: J. G. MacKinnon and H. White, Some heteroskedasticity-consistent covariance matrix
    estimators with improved finite sample properties, Journal of Econometrics 29 (1985)
    305-325.
    """
    bread = compute_model_covariance(rows, fit)
    weight = fit.means**2 / fit.variances
    leverage = weight * np.einsum("ij,jk,ik->i", rows.design, bread, rows.design)
    surprise = weight * (rows.counts - fit.means) / fit.means
    score = rows.design * (surprise / np.maximum(1 - leverage, 1e-6))[:, None]
    return np.asarray(bread @ (score.T @ score) @ bread)


def compute_dispersion(rows: CountRows, poisson: CountFit) -> Dispersion | None:
    """Test Poisson against more spread, and estimate alpha; None where no answer exists.

    rows, poisson: the counts and their fit with alpha 0. Without noise: likelihood ratio of
    negative binomial (NB2) against Poisson; p is half that of chi-squared with 1 degree of
    freedom, since alpha lies on its border. With noise: regression of ((y - mean)² - mean -
    noise) / sd on mean² / sd, and alpha from the Pearson statistic.
    Source: A. C. Cameron and P. K. Trivedi, Regression-based tests for overdispersion in the
    Poisson model, Journal of Econometrics 46 (1990) 347-364; N. E. Breslow, Extra-Poisson
    variation in log-linear models, Applied Statistics 33 (1984) 38-44.
    """
    by_moments = compute_moment_dispersion(rows, poisson, rows.counts.size - rows.design.shape[1])
    if (rows.noise > 0).any():
        return by_moments
    alpha, likelihood = _best_alpha(rows, poisson.means)
    if likelihood is None:
        return None
    gain = 2 * (likelihood - compute_log_likelihood(rows.counts, poisson.means))
    p = 0.5 * float(chdtrc(1, gain)) if gain > 0 else 0.5
    return Dispersion(by_moments.pearson, alpha if gain > 0 else 0.0, p)


def compute_moment_dispersion(rows: CountRows, poisson: CountFit, free: int) -> Dispersion:
    """Estimate and test more spread from squared residuals alone, which noise does not harm.

    free: rows minus every estimated number. Source: as compute_dispersion.
    """
    squared = (rows.counts - poisson.means) ** 2
    pearson = float((squared / poisson.variances).sum() / free)
    return Dispersion(pearson, _moment_alpha(rows, poisson, free), _regress(rows, poisson))


def compute_log_likelihood(counts: Floats, means: Floats, alpha: float = 0.0) -> float:
    """Compute the log-likelihood of counts (rows,): Poisson, or NB2 where alpha is above 0."""
    if alpha <= 0:
        return float((counts * np.log(means) - means - gammaln(counts + 1)).sum())
    size = 1 / alpha
    chance = counts * (np.log(means) - np.log(means + size)) - size * np.log1p(alpha * means)
    ways = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    return float((ways + chance).sum())


def _best_alpha(rows: CountRows, start: Floats) -> tuple[float, float | None]:
    def loss(log_alpha: float) -> float:
        fit = fit_counts(rows, float(np.exp(log_alpha)), start=start)
        if fit is None:
            return 1e300
        return -compute_log_likelihood(rows.counts, fit.means, float(np.exp(log_alpha)))

    best = minimize_scalar(loss, bounds=_ALPHAS, method="bounded", options={"xatol": 1e-5})
    return float(np.exp(best.x)), None if best.fun >= 1e300 else -float(best.fun)


def _moment_alpha(rows: CountRows, poisson: CountFit, free: int) -> float:
    mean, squared = poisson.means, (rows.counts - poisson.means) ** 2

    def excess(alpha: float) -> float:
        return float((squared / (mean + alpha * mean**2 + rows.noise)).sum() - free)

    most = float(np.exp(_ALPHAS[1]))
    if excess(0.0) <= 0:
        return 0.0
    return most if excess(most) > 0 else float(brentq(excess, 0.0, most))


def _regress(rows: CountRows, poisson: CountFit) -> float:
    spread = poisson.variances * np.sqrt(2)
    left = ((rows.counts - poisson.means) ** 2 - poisson.variances) / spread
    right = poisson.means**2 / spread
    slope = float(right @ left) / float(right @ right)
    error = float(np.sqrt(((right * (left - slope * right)) ** 2).sum())) / float(right @ right)
    return float(ndtr(-slope / error)) if error > 0 else 0.5

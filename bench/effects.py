"""Effect of an intervention: planted truths over 100 seeds, power, and speed beside pyfixest.

On a busy machine run it with OPENBLAS_NUM_THREADS=1: waiting threads cost both sides seconds.
"""

import time
import warnings
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from regiebeeld.statistics.effects import (
    EffectKind,
    EffectPanel,
    Reason,
    compute_effect_verdict,
    make_area_counts,
    make_panel,
)
from regiebeeld.statistics.effects.area_model import fit_area_model
from regiebeeld.statistics.effects.differences import compute_differences
from regiebeeld.statistics.effects.simplex import solve_simplex

SEEDS, BEFORE, AFTER = 100, 5, 2


def draw_panel(
    seed: int, *, effect: float, level: float, spread: float = 1.0, rounded: bool = False
) -> EffectPanel:
    """Make years of one treated cell and 12 controls with a common course that wanders."""
    rng = np.random.default_rng(seed)
    years = BEFORE + AFTER
    course = np.exp(rng.normal(0, 0.1, years))
    under = np.where(np.arange(years) >= BEFORE, effect, 1.0)
    means = np.vstack([level * course * under, np.tile(60 * course, (12, 1))])
    if spread > 1:
        counts = rng.negative_binomial(means / (spread - 1), 1 / spread)
    else:
        counts = rng.poisson(means)
    if rounded:
        counts = _round(rng, counts)
    noise = 4.0 if rounded else 0.0
    groups = (counts[:1], counts[1:])
    return make_panel(*(make_area_counts(group, noise=noise) for group in groups), BEFORE)


def measure_truths() -> None:
    """Print how often planted effects are covered, and what the verdicts are."""
    for name, rounded, spread in [
        ("exact", False, 1.0),
        ("rounded to 5", True, 1.0),
        ("exact, twice Poisson's variance", False, 2.0),
        ("rounded to 5, twice Poisson's variance", True, 2.0),
    ]:
        panels = [
            draw_panel(seed, effect=0.6, level=90, spread=spread, rounded=rounded)
            for seed in range(SEEDS)
        ]
        verdicts = [compute_effect_verdict(panel) for panel in panels]
        covered = sum(verdict.lower <= 0.6 <= verdict.upper for verdict in verdicts)
        useless = Counter(
            compute_effect_verdict(
                draw_panel(seed, effect=1.0, level=90, spread=spread, rounded=rounded)
            ).kind.value
            for seed in range(SEEDS)
        )
        print(
            f"effects, {name}: 40 % covered in {covered} of {SEEDS} (target 90), verdicts "
            f"{dict(Counter(verdict.kind.value for verdict in verdicts))}; useless {dict(useless)}"
        )


def draw_quarters(seed: int, *, effect: float, level: float = 28.0) -> EffectPanel:
    """Make 32 quarters of areas that are told as one, rounded, as of events about persons.

    Beside them six rounded gemeenten, and what four gemeenten that hold the areas leave of them:
    a difference of five rounded figures. The measure starts in the 22nd quarter.
    """
    rng = np.random.default_rng(seed)
    quarters, start = 32, 21
    course = np.exp(rng.normal(0, 0.05, quarters))
    under = np.where(np.arange(quarters) >= start, effect, 1.0)
    treated = rng.poisson(level * course * under)
    apart = rng.poisson(10 * course, (6, quarters))
    around = rng.poisson(30 * course, (4, quarters))
    inside = np.stack([rng.multinomial(n, [0.25] * 4) for n in treated], axis=1)
    told = _round(rng, treated)
    rest = np.maximum(_round(rng, around + inside).sum(axis=0) - told, 0)
    controls = np.vstack([_round(rng, apart), rest])
    noise = np.array([4.0] * 6 + [4.0 * 5])[:, None]
    groups = (make_area_counts(told, noise=4.0), make_area_counts(controls, noise=noise))
    return make_panel(*groups, start, periods_per_year=4)


def measure_sets() -> None:
    """Print coverage and verdicts where the treated areas are told as one rounded figure."""
    verdicts = [compute_effect_verdict(draw_quarters(seed, effect=0.6)) for seed in range(SEEDS)]
    covered = sum(verdict.lower <= 0.6 <= verdict.upper for verdict in verdicts)
    kinds = Counter(verdict.kind.value for verdict in verdicts)
    useless = Counter(
        compute_effect_verdict(draw_quarters(seed, effect=1.0)).kind.value for seed in range(SEEDS)
    )
    few = Counter(
        compute_effect_verdict(draw_quarters(seed, effect=0.6, level=1.25)).kind.value
        for seed in range(SEEDS)
    )
    print(
        f"effects, areas as one figure, rounded to 5: 40 % covered in {covered} of {SEEDS} "
        f"(target 90), verdicts {dict(kinds)}; useless {dict(useless)}; 5 a year {dict(few)}"
    )


def measure_small_baseline() -> None:
    """Print the verdicts from a baseline of 20 cases."""
    kinds: Counter[str] = Counter()
    for seed in range(SEEDS):
        treated = [20, np.random.default_rng(seed).poisson(12)]
        panel = make_panel(make_area_counts(treated), make_area_counts([[60, 60]] * 12), 1)
        kinds[compute_effect_verdict(panel).kind.value] += 1
    print(f"effects, baseline 20: {dict(kinds)} (target: too_few {SEEDS})")


def measure_power() -> None:
    """Print how often a decline of exactly the smallest visible size is seen (target 80 %).

    Each run keeps its own years before and its controls, and draws the years after anew with
    the decline that its own power verdict names.
    """
    for rounded, spread in [(False, 1.0), (True, 1.0), (False, 2.0), (True, 2.0)]:
        sizes, seen, runs = [], 0, 1000
        for seed in range(runs):
            shape = {"level": 90.0, "spread": spread, "rounded": rounded}
            without = draw_panel(seed, effect=1.0, **shape)
            power = compute_differences(without).power
            if power is None or power.smallest is None:
                continue
            sizes.append(power.smallest)
            counts = without.treated.counts.copy()
            course = np.exp(np.random.default_rng(seed).normal(0, 0.1, BEFORE + AFTER))
            mean = 90 * course[BEFORE:] * (1 - power.smallest)
            rng = np.random.default_rng(10_000 + seed)
            later = rng.negative_binomial(mean / (spread - 1), 1 / spread) if spread > 1 else None
            later = rng.poisson(mean) if later is None else later
            counts[0, BEFORE:] = _round(rng, later) if rounded else later
            treated = make_area_counts(counts, noise=without.treated.noise)
            found = compute_differences(make_panel(treated, without.controls, BEFORE))
            seen += found.estimate.kind is EffectKind.DECLINE
        print(
            f"effects, power: variance {spread:.0f}x Poisson, "
            f"{'rounded' if rounded else 'exact'}: smallest visible {np.median(sizes):.1%} "
            f"(median), seen in {seen / len(sizes):.1%} of {len(sizes):,} (target: about 80 %)"
        )


def _round(rng: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    rest = counts % 5
    return counts - rest + 5 * (rng.random(counts.shape) * 5 < rest)


def compare_area_model(areas: int = 500, periods: int = 120) -> None:
    """Print seconds of the Poisson model with area and period effects, ours and pyfixest's."""
    rng = np.random.default_rng(1)
    counts = rng.poisson(np.exp(rng.normal(1, 0.5, (areas, 1))), (areas, periods)) * 1.0
    under = np.zeros((areas, periods))
    under[:50, 60:] = 1
    started = time.perf_counter()
    ours = fit_area_model(counts, np.ones_like(counts), under[:, :, None])
    seconds = time.perf_counter() - started
    if isinstance(ours, Reason):
        raise ValueError(f"the model was not solved: {ours}")
    try:
        import pandas as pd
        import pyfixest
    except ImportError:
        print(f"effects, area model {areas} x {periods}: {seconds:.2f} s; pyfixest is not here")
        return
    table = pd.DataFrame(
        {
            "y": counts.ravel(),
            "under": under.ravel(),
            "area": np.repeat(np.arange(areas), periods),
            "period": np.tile(np.arange(periods), areas),
        }
    )
    times = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):  # the first run compiles
            started = time.perf_counter()
            theirs = pyfixest.fepois("y ~ under | area + period", table, vcov={"CRV1": "area"})
            times.append(time.perf_counter() - started)
    gap = abs(float(theirs.coef().iloc[0]) - float(ours.coefficients[0]))
    error = float(np.sqrt(ours.covariance[0, 0])) / float(theirs.se().iloc[0])
    print(
        f"effects, area model {areas} x {periods}: ours {seconds:.2f} s, pyfixest {times[1]:.2f} s "
        f"(first {times[0]:.2f} s), ratio {times[1] / seconds:.1f}x; "
        f"coefficient differs {gap:.1e}, standard error ratio {error:.4f}"
    )


def compare_simplex(donors: int = 30, periods: int = 20, runs: int = 100) -> None:
    """Print milliseconds of the synthetic control's weights, ours and scipy's SLSQP."""
    rng = np.random.default_rng(1)
    problems = [(rng.normal(size=(periods, donors)), rng.normal(size=periods)) for _ in range(runs)]
    started = time.perf_counter()
    mine = [solve_simplex(*problem) for problem in problems]
    ours = time.perf_counter() - started
    started = time.perf_counter()
    peers = [_solve_with_slsqp(*problem) for problem in problems]
    theirs = time.perf_counter() - started
    excess = max(
        float(((design @ one - target) ** 2).sum() - ((design @ two - target) ** 2).sum())
        for (design, target), one, two in zip(problems, mine, peers, strict=True)
    )
    print(
        f"effects, synthetic weights, {donors} donors: ours {ours / runs * 1000:.2f} ms, SLSQP "
        f"{theirs / runs * 1000:.2f} ms, ratio {theirs / ours:.1f}x; our loss above its by at "
        f"most {excess:.1e}"
    )


def _solve_with_slsqp(design: np.ndarray, target: np.ndarray) -> np.ndarray:
    count = design.shape[1]
    found = minimize(
        lambda weights: float(((design @ weights - target) ** 2).sum()),
        np.full(count, 1 / count),
        jac=lambda weights: 2 * design.T @ (design @ weights - target),
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-12, "maxiter": 500},
    )
    return np.asarray(found.x)


def measure_verdict() -> None:
    """Print milliseconds of one full verdict, all methods."""
    panels = [draw_panel(seed, effect=0.6, level=90) for seed in range(50)]
    compute_effect_verdict(panels[0])
    started = time.perf_counter()
    for panel in panels:
        compute_effect_verdict(panel)
    print(f"effects, one verdict: {(time.perf_counter() - started) / 50 * 1000:.1f} ms")


def main(words: Sequence[str] = ()) -> None:
    """Print all figures; no words are expected."""
    if words:
        raise SystemExit("bench.effects takes no words")
    measure_truths()
    measure_sets()
    measure_small_baseline()
    measure_power()
    compare_area_model()
    compare_simplex()
    measure_verdict()


if __name__ == "__main__":
    main()

"""Drivers of counts against published fits, statsmodels and plain simulation."""

import math
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import gammaln

from regiebeeld.statistics.drivers import (
    DriverTable,
    Family,
    Neighbours,
    Outcome,
    Reason,
    compute_prediction,
    fit_drivers,
)
from regiebeeld.statistics.drivers.counting import (
    CountRows,
    compute_dispersion,
    compute_model_covariance,
    compute_robust_covariance,
    fit_counts,
)
from regiebeeld.statistics.drivers.predicting import compute_deviance

# Lung cancer in four Danish cities, 1968-1971 (Fredericia, Horsens, Kolding, Vejle) in six ages:
# E. B. Andersen, Multiplicative Poisson models with unequal cell rates, Scandinavian Journal of
# Statistics 4 (1977) 153-158.
CASES = [11, 13, 4, 5, 11, 6, 8, 7, 11, 15, 7, 10, 10, 10, 11, 14, 11, 12, 9, 8, 10, 2, 12, 7]
PEOPLE = [3059, 2879, 3142, 2520, 800, 1083, 1050, 878, 710, 923, 895, 839]
PEOPLE += [581, 834, 702, 631, 509, 634, 535, 539, 605, 782, 659, 619]
# P. Dalgaard, Introductory Statistics with R, 2nd edition (2008), section 15.2: glm of cases on
# city and age with offset(log(pop)); residual deviance 23.45 on 15 degrees of freedom.
ESTIMATES = [-5.6321, -0.3301, -0.3715, -0.2723, 1.1010, 1.5186, 1.7677, 1.8569, 1.4197]
ERRORS = [0.2003, 0.1815, 0.1878, 0.1879, 0.2483, 0.2316, 0.2294, 0.2353, 0.2503]

# Red mites on 150 apple leaves: leaves with 0, 1, ... 7 mites. C. I. Bliss and R. A. Fisher,
# Fitting the negative binomial distribution to biological data, Biometrics 9 (1953) 176-200:
# mean 1.14667, maximum likelihood k = 1.02459.
MITES = np.repeat(np.arange(8.0), [70, 38, 17, 10, 9, 3, 2, 1])


def danish_rows() -> CountRows:
    city, age = np.tile(np.arange(4), 6), np.repeat(np.arange(6), 4)
    columns = [np.ones(24), *(city == j for j in (1, 2, 3)), *(age == j for j in range(1, 6))]
    design = np.column_stack(columns).astype(float)
    return CountRows(np.array(CASES, float), np.log(PEOPLE), design, np.zeros(24))


def make_table(
    seed: int, *, areas: int = 200, alpha: float = 0.0, slope: float = 0.2
) -> DriverTable:
    """Dwellings, two drivers, of which the first goes with exp(slope) more cases per sd."""
    random = np.random.default_rng(seed)
    drivers = random.normal(size=(areas, 2)) * [10.0, 3.0] + [100.0, 0.0]
    exposure = random.uniform(300, 3000, areas)
    mean = exposure * 0.01 * np.exp(slope * (drivers[:, 0] - 100) / 10)
    if alpha:
        mean = mean * random.gamma(1 / alpha, alpha, areas)
    counts = random.poisson(mean).astype(float)
    return DriverTable(("woz_waarde", "dichtheid"), counts, exposure, drivers)


def ring(areas: int) -> Neighbours:
    around = np.arange(areas)
    pairs = np.column_stack([(around - 1) % areas, (around + 1) % areas])
    return Neighbours(np.arange(0, 2 * areas + 1, 2), pairs.ravel())


def round_to_five(counts: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Random unbiased rounding to base 5: up with chance remainder / 5."""
    remainder = counts % 5
    return counts - remainder + 5 * (random.random(counts.size) < remainder / 5)


def test_poisson_with_an_offset_gives_the_published_danish_fit() -> None:
    rows = danish_rows()
    fit = fit_counts(rows)
    assert fit is not None
    errors = np.sqrt(np.diag(compute_model_covariance(rows, fit)))
    assert np.round(fit.coefficients, 4).tolist() == ESTIMATES
    assert np.round(errors, 4).tolist() == ERRORS
    assert round(float(compute_deviance(rows.counts, fit.means).sum()), 2) == 23.45


def test_negative_binomial_finds_the_published_k_of_the_apple_leaves() -> None:
    rows = CountRows(MITES, np.zeros(150), np.ones((150, 1)), np.zeros(150))
    poisson = fit_counts(rows)
    assert poisson is not None
    dispersion = compute_dispersion(rows, poisson)
    assert dispersion is not None
    assert math.exp(poisson.coefficients[0]) == pytest.approx(1.14667, abs=1e-5)
    assert 1 / dispersion.alpha == pytest.approx(1.02459, abs=1e-4)
    assert dispersion.p < 1e-6


def test_coefficients_and_their_covariance_are_those_of_statsmodels() -> None:
    table = make_table(1, alpha=0.3)
    design = np.column_stack([np.ones(200), (table.drivers - table.drivers.mean(0)) / 10])
    rows = CountRows(table.counts, np.log(table.exposure), design, np.zeros(200))
    for alpha, family in (
        (0.0, sm.families.Poisson()),
        (0.4, sm.families.NegativeBinomial(alpha=0.4)),
    ):
        ours = fit_counts(rows, alpha)
        assert ours is not None
        model = sm.GLM(table.counts, design, family=family, offset=rows.offset)
        plain = model.fit(tol=1e-12)
        np.testing.assert_allclose(ours.coefficients, plain.params, rtol=1e-7)
        np.testing.assert_allclose(
            compute_model_covariance(rows, ours), plain.cov_params(), rtol=1e-6, atol=1e-12
        )


def test_robust_errors_are_those_of_leaving_every_area_out_in_turn() -> None:
    # HC3 stands in for the jackknife (MacKinnon and White 1985), here by 200 refits; statsmodels
    # 0.15 answers HC0 when a GLM is asked for HC3.
    table = make_table(1)
    design = np.column_stack([np.ones(200), (table.drivers - table.drivers.mean(0)) / 10])
    rows = CountRows(table.counts, np.log(table.exposure), design, np.zeros(200))
    fit = fit_counts(rows)
    assert fit is not None
    each = []
    for area in range(200):
        keep = np.arange(200) != area
        offset, poisson = rows.offset[keep], sm.families.Poisson()
        each.append(sm.GLM(table.counts[keep], design[keep], poisson, offset=offset).fit().params)
    off = np.array(each) - fit.coefficients
    jackknife = np.sqrt(np.diag(off.T @ off))
    ours = np.sqrt(np.diag(compute_robust_covariance(rows, fit)))
    np.testing.assert_allclose(ours, jackknife, rtol=0.002)


def test_alpha_is_where_the_plain_likelihood_is_highest() -> None:
    table = make_table(2, alpha=0.5)
    design = np.column_stack([np.ones(200), (table.drivers - table.drivers.mean(0)) / 10])
    rows = CountRows(table.counts, np.log(table.exposure), design, np.zeros(200))
    poisson = fit_counts(rows)
    assert poisson is not None
    found = compute_dispersion(rows, poisson)

    def loss(numbers: np.ndarray) -> float:
        size, mean = math.exp(-numbers[-1]), np.exp(rows.offset + design @ numbers[:-1])
        y, p = rows.counts, size / (size + mean)
        ways = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
        return -float((ways + size * np.log(p) + y * np.log1p(-p)).sum())

    slow = minimize(loss, [*poisson.coefficients, -1.0], method="BFGS", options={"gtol": 1e-4})
    assert found is not None
    assert found.alpha == pytest.approx(math.exp(slow.x[-1]), rel=1e-3)


@pytest.mark.parametrize("noisy", [False, True])
def test_the_test_of_poisson_raises_few_false_alarms_and_finds_real_spread(noisy: bool) -> None:
    random = np.random.default_rng(5)
    alarms = found = 0
    for seed in range(100):
        even, wide = make_table(seed), make_table(1000 + seed, alpha=0.3)
        models = []
        for table in (even, wide):
            if noisy:
                table = replace(table, counts=round_to_five(table.counts, random), noise=4.0)
            models.append(fit_drivers(table))
        alarms += models[0].family is Family.NEGATIVE_BINOMIAL
        found += models[1].family is Family.NEGATIVE_BINOMIAL
    # 5 % of 100, with the binomial 99.9 % limit above.
    assert alarms <= 13
    assert found >= 98


@pytest.mark.parametrize(("alpha", "noisy"), [(0.0, False), (0.3, False), (0.3, True)])
def test_intervals_hold_the_truth_19_times_in_20(alpha: float, noisy: bool) -> None:
    random = np.random.default_rng(7)
    held, runs = 0, 200
    for seed in range(runs):
        table = make_table(5000 + seed, areas=80, alpha=alpha)
        if noisy:
            table = replace(table, counts=round_to_five(table.counts, random), noise=4.0)
        effect = fit_drivers(table).effects[0]
        truth = math.exp(0.2 * effect.step / 10)
        held += effect.lower <= truth <= effect.upper
    # Binomial 99.9 % limits around 95 % of 200.
    assert 0.895 <= held / runs <= 0.99


def test_ratios_are_per_sd_and_name_their_step() -> None:
    table = make_table(3)
    model = fit_drivers(table)
    assert model.outcome is Outcome.FITTED
    assert [effect.name for effect in model.effects] == ["woz_waarde", "dichtheid"]
    assert model.effects[0].step == pytest.approx(table.drivers[:, 0].std())
    assert model.effects[0].lower < math.exp(0.2) < model.effects[0].upper
    wider = replace(table, drivers=table.drivers * [1000.0, 1.0])
    assert fit_drivers(wider).effects[0].ratio == pytest.approx(model.effects[0].ratio)


def test_vif_is_one_over_what_the_others_leave_unexplained() -> None:
    table = make_table(4)
    near = table.drivers[:, 0] + np.random.default_rng(1).normal(size=200)
    table = replace(table, drivers=np.column_stack([table.drivers[:, 0], near]))
    model = fit_drivers(table)
    r2 = np.corrcoef(table.drivers.T)[0, 1] ** 2
    assert [effect.vif for effect in model.effects] == pytest.approx([1 / (1 - r2)] * 2)


def test_a_lagged_driver_is_the_mean_of_the_neighbours() -> None:
    random = np.random.default_rng(6)
    table = make_table(6, slope=0.0)
    mean = (np.roll(table.drivers[:, 1], 1) + np.roll(table.drivers[:, 1], -1)) / 2
    rate = table.exposure * 0.02 * np.exp(0.1 * mean)
    table = replace(table, counts=random.poisson(rate).astype(float))
    model = fit_drivers(table, neighbours=ring(200), lagged=["dichtheid"])
    lag = model.effects[2]
    assert (lag.name, lag.lagged, model.effects[1].lagged) == ("dichtheid", True, False)
    assert lag.step == pytest.approx(mean.std())
    assert lag.lower < math.exp(0.1 * lag.step) < lag.upper
    with_columns = DriverTable(
        (*table.names, "gemiddelde_buren"),
        table.counts,
        table.exposure,
        np.column_stack([table.drivers, mean]),
    )
    assert fit_drivers(with_columns).effects[2].ratio == pytest.approx(lag.ratio)


def test_drivers_that_predict_elsewhere_help_and_noise_does_not() -> None:
    groups = np.repeat(np.arange(10), 20)
    helps = compute_prediction(make_table(8, slope=0.5), groups)
    assert helps.outcome is Outcome.FITTED
    assert helps.helps
    assert helps.groups == 10
    useless = [compute_prediction(make_table(seed, slope=0.0), groups).helps for seed in range(20)]
    # Pure noise cannot predict better in the long run; a coin would say so half the time.
    assert sum(useless) <= 5


def test_leaving_a_gemeente_out_is_a_fit_without_it() -> None:
    table = make_table(16, slope=0.4)
    groups = np.array(["GM0001"] * 60 + ["GM0002"] * 60 + ["GM0003"] * 80)
    scaled = (table.drivers - table.drivers.mean(0)) / table.drivers.std(0)
    design = sm.add_constant(scaled)
    expected = np.empty(200)
    for group in np.unique(groups):
        out = groups == group
        offset = np.log(table.exposure[~out])
        model = sm.GLM(table.counts[~out], design[~out], sm.families.Poisson(), offset=offset)
        expected[out] = table.exposure[out] * np.exp(design[out] @ model.fit().params)
    found = compute_prediction(table, groups)
    assert fit_drivers(table).family is Family.POISSON
    assert found.absolute_error == pytest.approx(np.abs(table.counts - expected).mean())


def test_perfectly_collinear_drivers_are_refused_by_name() -> None:
    table = make_table(10)
    koop = np.random.default_rng(2).uniform(20, 80, 200)
    drivers = np.column_stack([table.drivers[:, 0], koop, 100 - koop])
    names = ("woz_waarde", "koopwoningen", "huurwoningen")
    model = fit_drivers(DriverTable(names, table.counts, table.exposure, drivers))
    assert (model.outcome, model.reason) == (Outcome.NOT_POSSIBLE, Reason.COLLINEAR)
    assert model.about == ("koopwoningen", "huurwoningen")
    assert model.effects == ()
    told = compute_prediction(
        DriverTable(names, table.counts, table.exposure, drivers), np.arange(200) % 5
    )
    assert (told.outcome, told.about, told.helps) == (Outcome.NOT_POSSIBLE, model.about, False)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"counts": np.zeros(200)}, Reason.FEW_CASES),
        ({"counts": np.full(200, np.nan)}, Reason.FEW_AREAS),
        ({"exposure": np.zeros(200)}, Reason.FEW_AREAS),
        ({"drivers": np.full((200, 2), np.nan)}, Reason.FEW_AREAS),
        ({"drivers": np.full((200, 2), 3.7)}, Reason.CONSTANT),
    ],
)
def test_tables_without_an_answer_say_why(change: dict[str, np.ndarray], reason: Reason) -> None:
    model = fit_drivers(replace(make_table(11), **change))
    assert model.reason is reason
    assert model.outcome in {Outcome.TOO_FEW, Outcome.NOT_POSSIBLE}
    assert model.used + model.left_out == 200


def test_one_area_and_counts_above_two_to_the_31() -> None:
    one = DriverTable(("dichtheid",), np.array([3.0]), np.array([10.0]), np.array([[1.0]]))
    assert fit_drivers(one).reason is Reason.FEW_AREAS
    table = make_table(12)
    model = fit_drivers(replace(table, counts=table.counts * 2.0**33))
    assert model.outcome is Outcome.FITTED
    assert model.effects[0].lower < math.exp(0.2) < model.effects[0].upper


def test_a_driver_that_parts_all_cases_from_none_has_no_fit() -> None:
    table = make_table(13)
    parts = (np.arange(200) < 100).astype(float)
    split = replace(
        table,
        counts=np.where(parts > 0, table.counts, 0.0),
        drivers=np.column_stack([parts, table.drivers[:, 1]]),
    )
    assert fit_drivers(split).reason is Reason.NO_FIT
    told = compute_prediction(split, np.arange(200) // 20)
    assert told.reason is Reason.NO_FIT


def test_areas_with_a_gap_are_left_out_and_counted() -> None:
    table = make_table(14)
    counts, drivers = table.counts.copy(), table.drivers.copy()
    counts[3], drivers[5, 1], drivers[6, 0] = np.nan, np.nan, np.inf
    keep = ~np.isin(np.arange(200), [3, 5, 6])
    model = fit_drivers(replace(table, counts=counts, drivers=drivers), neighbours=ring(200))
    assert (model.used, model.left_out) == (197, 3)
    alone = DriverTable(table.names, counts[keep], table.exposure[keep], drivers[keep])
    assert fit_drivers(alone).effects == model.effects
    assert model.residual_moran is not None
    assert model.residual_moran.areas == 196  # 4 lost both its neighbours


def test_tables_that_cannot_be_are_refused() -> None:
    table = make_table(15)
    with pytest.raises(ValueError, match="protected trait"):
        replace(table, names=("woz_waarde", "percentage_jongeren"))
    with pytest.raises(ValueError, match="twice"):
        replace(table, names=("woz_waarde", "woz_waarde"))
    with pytest.raises(ValueError, match="no driver"):
        replace(table, names=(), drivers=np.empty((200, 0)))
    with pytest.raises(ValueError, match="shape"):
        replace(table, drivers=table.drivers.T)
    with pytest.raises(ValueError, match="negative"):
        replace(table, counts=-table.counts)
    with pytest.raises(ValueError, match="variance"):
        replace(table, noise=-4.0)
    with pytest.raises(ValueError, match="noise"):
        replace(table, noise=np.zeros(3))
    with pytest.raises(ValueError, match="expected one for each area"):
        replace(table, exposure=np.ones(3))
    with pytest.raises(ValueError, match="neighbours of 5 areas"):
        fit_drivers(table, neighbours=ring(5))
    with pytest.raises(ValueError, match="lagged"):
        fit_drivers(table, lagged=["woz_waarde"])
    with pytest.raises(ValueError, match="groups"):
        compute_prediction(table, [1, 2])
    assert compute_prediction(table, np.arange(200) % 2).reason is Reason.FEW_GROUPS

"""What goes with an indicator: factors that its definition names, of places, with their size."""

import numpy as np
import pytest

from lib.released_series import make_grid, make_released, make_series, read_indicator, round_series
from regiebeeld.catalogue import Analysis, Factor, Figure
from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.analyses.drivers import find_drivers
from regiebeeld.pipeline.analyses.factors import read_factors
from regiebeeld.pipeline.analyses.rates import Bases
from regiebeeld.pipeline.analyses.series import ReleasedIndicator
from regiebeeld.releases.findings import Driver, NoDrivers
from regiebeeld.statistics.drivers import (
    DriverTable,
    Effects,
    Neighbours,
    PanelTable,
    fit_drivers,
    fit_panel,
)
from regiebeeld.statistics.drivers.designs import average_neighbours

AROUND = make_grid(side=18, wijk=3)
KEY = {area.code: i for i, area in enumerate(AROUND.areas)}
BUURTEN = tuple(a.code for a in AROUND.areas if a.level is AreaLevel.BUURT)
ROWS = [KEY[code] for code in BUURTEN]
YEARS = ("2024", "2025")
MIX = np.random.default_rng(31)
TRAITS = {
    Figure.EENGEZINSWONINGEN: MIX.uniform(5, 100, len(BUURTEN)),
    Figure.BOUWJAAR_VOOR_2000: MIX.uniform(0, 100, len(BUURTEN)),
    Figure.WOZ_WAARDE: MIX.uniform(150, 600, len(BUURTEN)),
    Figure.ADRESSENDICHTHEID: 2.0 ** MIX.uniform(6, 12, len(BUURTEN)),
    Figure.AFSTAND_SUPERMARKT: MIX.uniform(0.2, 4, len(BUURTEN)),
}
WANTED = tuple(Factor(figure.value) for figure in TRAITS)


def bases(traits: dict[Figure, np.ndarray]) -> Bases:
    values = {figure: np.full((len(KEY), 2), np.nan) for figure in Figure}
    for figure, told in traits.items():
        values[figure][ROWS, 1] = told
    return Bases((2024, 2025), values)


def released(
    value: np.ndarray, factors: tuple[Factor, ...] = WANTED, *, rounded: bool = False
) -> ReleasedIndicator:
    series = make_series(AreaLevel.BUURT, BUURTEN, YEARS, np.repeat(value[:, None], 2, axis=1))
    indicator = read_indicator(analyses=(Analysis.DRIVERS,))
    indicator = indicator.model_copy(update={"factors": factors})
    return make_released(indicator, round_series(series) if rounded else series)


def drawn(seed: int, mean: float = 15.0) -> np.ndarray:
    """Draw counts: 8 % more per 10 procentpunt single-family homes, 20 % more per doubling."""
    single = TRAITS[Figure.EENGEZINSWONINGEN]
    dense = np.log2(TRAITS[Figure.ADRESSENDICHTHEID])
    rate = 1.08 ** ((single - single.mean()) / 10) * 1.2 ** (dense - dense.mean())
    return np.random.default_rng(seed).poisson(mean * rate).astype(float)


@pytest.mark.parametrize("rounded", [False, True])
def test_planted_relations_come_out_with_their_size_and_the_others_do_not(rounded: bool) -> None:
    found = {
        f.content.figure: f.content
        for f in find_drivers(released(drawn(8), rounded=rounded), AROUND, bases(TRAITS))
    }

    assert list(found) == [factor.value for factor in WANTED]
    for figure, per in (("eengezinswoningen", 1.08 ** (1 / 10)), ("adressendichtheid", 1.2)):
        one = found.pop(figure)
        assert one.lower < per**one.step < one.upper
        assert one.lower > 1
    assert all(one.lower < 1 < one.upper for one in found.values())
    assert all(one.better is not None and one.better > 0.1 for one in found.values())
    assert {one.year for one in found.values()} == {2025}


def test_only_factors_that_the_definition_names_are_laid_beside_it() -> None:
    one = released(drawn(8), (Factor.WOZ_WAARDE, Factor.AFSTAND_OPRIT))

    (found,) = find_drivers(one, AROUND, bases(TRAITS))

    assert found.content.figure == "woz_waarde"
    assert found.content.left_out == ("afstand_oprit",)


def test_a_figure_that_says_the_same_is_refused_by_name() -> None:
    traits = {**TRAITS, Figure.KOOPWONINGEN: 100 - TRAITS[Figure.EENGEZINSWONINGEN]}
    one = released(drawn(8), (Factor.EENGEZINSWONINGEN, Factor.WOZ_WAARDE, Factor.KOOPWONINGEN))

    (told,) = find_drivers(one, AROUND, bases(traits))

    assert isinstance(told.content, NoDrivers)
    words = "Deze kenmerken zeggen samen hetzelfde: eengezinswoningen, koopwoningen. "
    assert told.content.why == words + "Kies er een minder."


def test_figures_that_nearly_say_the_same_are_told_to_be_hard_to_tell_apart() -> None:
    blur = np.random.default_rng(3).normal(0, 4, len(BUURTEN))
    traits = {**TRAITS, Figure.KOOPWONINGEN: TRAITS[Figure.EENGEZINSWONINGEN] + blur}
    one = released(drawn(8), (Factor.EENGEZINSWONINGEN, Factor.WOZ_WAARDE, Factor.KOOPWONINGEN))

    found = {f.content.figure: f.content for f in find_drivers(one, AROUND, bases(traits))}

    assert found["eengezinswoningen"].vif > 10
    assert found["koopwoningen"].vif > 10
    assert found["woz_waarde"].vif < 2


def test_the_traits_of_neighbours_and_years_side_by_side_stand_for_these_factors() -> None:
    """A shop in a neighbouring buurt counts 2 times per km; homes fill up over four years."""
    ground = AROUND.grounds[AreaLevel.BUURT]
    near = Neighbours(ground.neighbours.indptr, ground.neighbours.indices)
    factors = read_factors(AreaLevel.BUURT, bases(TRAITS), AROUND, WANTED)
    assert factors is not None
    shops = factors.values[:, factors.names.index("afstand_supermarkt")]
    around = average_neighbours(shops[:, None], near)[:, 0]
    exposure = np.full(len(shops), 1000.0)
    random = np.random.default_rng(12)
    counts = random.poisson(20 * 2.0 ** (around - around.mean())).astype(float)
    table = DriverTable(factors.names, counts, exposure, factors.values)

    model = fit_drivers(table, neighbours=near, lagged=("afstand_supermarkt",))

    (lagged,) = [each for each in model.effects if each.lagged]
    assert lagged.lower < 2.0**lagged.step < lagged.upper
    assert lagged.lower > 1
    assert model.residual_moran is not None
    assert model.residual_moran.p > 0.05
    bare = fit_drivers(table, neighbours=near)
    assert bare.residual_moran is not None
    assert bare.residual_moran.p < 0.05

    homes = np.cumsum(random.uniform(0, 8, (len(shops), 4)), axis=1) + shops[:, None]
    own = random.lognormal(0, 0.5, (len(shops), 1))
    panel = PanelTable(("eengezinswoningen",), random.poisson(12 * own * 1.02**homes).astype(float),
                       exposure[:, None], homes[None])  # fmt: skip
    (within,) = fit_panel(panel, Effects.AREA_AND_PERIOD).effects
    assert within.lower < 1.02**within.step < within.upper
    assert within.lower > 1


def test_too_few_cases_are_told_in_words() -> None:
    value = np.zeros(len(BUURTEN))
    value[:12] = 1

    told = [f.content for f in find_drivers(released(value), AROUND, bases(TRAITS))]

    assert [type(each) for each in told] == [NoDrivers]
    assert "te weinig" in told[0].why


def test_with_few_areas_the_first_factors_are_kept_and_the_others_told() -> None:
    small = make_grid(side=6, wijk=3)
    codes = tuple(a.code for a in small.areas if a.level is AreaLevel.BUURT)
    rows = [i for i, a in enumerate(small.areas) if a.code in set(codes)]
    values = {figure: np.full((len(small.areas), 1), np.nan) for figure in Figure}
    for figure, told in TRAITS.items():
        values[figure][rows, 0] = told[: len(codes)]
    series = make_series(AreaLevel.BUURT, codes, YEARS, np.repeat(drawn(8)[:36, None], 2, axis=1))
    indicator = read_indicator(analyses=(Analysis.DRIVERS,))
    one = make_released(indicator.model_copy(update={"factors": WANTED}), series)

    found = [f.content for f in find_drivers(one, small, Bases((2025,), values))]

    assert [each.figure for each in found] == ["eengezinswoningen", "bouwjaar_voor_2000",
                                              "woz_waarde"]  # fmt: skip
    assert found[0].left_out == ("adressendichtheid", "afstand_supermarkt")


def test_a_figure_that_most_areas_lack_and_one_that_is_equal_everywhere_are_left_out() -> None:
    gone = np.where(np.arange(len(BUURTEN)) % 4 == 0, np.nan, TRAITS[Figure.WOZ_WAARDE])
    traits = {**TRAITS, Figure.WOZ_WAARDE: gone,
              Figure.AFSTAND_SUPERMARKT: np.full(len(BUURTEN), 1.2)}  # fmt: skip

    factors = read_factors(AreaLevel.BUURT, bases(traits), AROUND, WANTED)

    assert factors is not None
    assert factors.left_out == ("woz_waarde", "afstand_supermarkt")


def test_factors_are_in_the_unit_that_their_words_say() -> None:
    told = {
        Figure.WONINGEN: 256.0,
        Figure.ADRESSENDICHTHEID: 1024.0,
        Figure.WOZ_WAARDE: 312.0,
        Figure.AFSTAND_SUPERMARKT: 0.4,
    }
    traits = {figure: np.full(len(BUURTEN), 1.0) for figure in told}
    for figure, first in told.items():
        traits[figure][0] = first
    factors = read_factors(AreaLevel.BUURT, bases(traits), AROUND)

    assert factors is not None
    first = dict(zip(factors.names, factors.values[factors.codes.index(BUURTEN[0])], strict=True))
    # A buurt of the grid is 1 km2.
    assert first == {"woningdichtheid": 8.0, "woz_waarde": 312.0, "adressendichtheid": 10.0,
                     "afstand_supermarkt": 0.4}  # fmt: skip


def test_an_area_without_homes_has_no_density() -> None:
    traits = {Figure.ADRESSENDICHTHEID: TRAITS[Figure.ADRESSENDICHTHEID].copy()}
    traits[Figure.ADRESSENDICHTHEID][0] = 0
    factors = read_factors(AreaLevel.BUURT, bases(traits), AROUND, WANTED)

    assert factors is not None
    assert np.isnan(factors.values[factors.codes.index(BUURTEN[0])]).all()


def test_where_only_gemeenten_are_released_the_reason_is_told() -> None:
    around = make_grid(side=12, wijk=3)
    gemeenten = tuple(a.code for a in around.areas if a.level is AreaLevel.GEMEENTE)
    assert len(gemeenten) == 16
    at = [i for i, a in enumerate(around.areas) if a.level is AreaLevel.GEMEENTE]
    values = {figure: np.full((len(around.areas), 1), np.nan) for figure in Figure}
    values[Figure.WOZ_WAARDE][at, 0] = MIX.uniform(150, 600, len(gemeenten))
    counts = MIX.poisson(200, (len(gemeenten), 2)).astype(float)
    series = round_series(make_series(AreaLevel.GEMEENTE, gemeenten, YEARS, counts))
    indicator = read_indicator("woninginbraken_voltooid")

    (told,) = find_drivers(make_released(indicator, series), around, Bases((2025,), values))

    assert told.level is AreaLevel.GEMEENTE
    assert told.content == NoDrivers("Er zijn te weinig gebieden om iets over te zeggen.")


def test_without_any_figure_the_reason_is_told() -> None:
    told = [f.content for f in find_drivers(released(drawn(8)), AROUND, bases({}))]

    assert [type(each) for each in told] == [NoDrivers]
    assert told[0].why == "Er zijn geen kenmerken van de omgeving bekend op dit niveau."


def test_who_may_not_have_drivers_has_none() -> None:
    one = released(drawn(8))
    closed = one.indicator.model_copy(update={"analyses": (Analysis.TREND,)})

    assert list(find_drivers(make_released(closed, *one.series.values()), AROUND,
                             bases(TRAITS))) == []  # fmt: skip


def test_a_driver_is_told_once_for_the_finest_level() -> None:
    found = list(find_drivers(released(drawn(8)), AROUND, bases(TRAITS)))

    assert [f.place for f in found] == list(range(len(WANTED)))
    assert {f.level for f in found} == {AreaLevel.BUURT}
    assert all(isinstance(f.content, Driver) for f in found)

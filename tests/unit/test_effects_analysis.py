"""Interventions judged on released cells: planted truths, too few cases, and clear refusals."""

from dataclasses import replace

import numpy as np
import pytest

from lib.released_series import (
    Floats,
    make_grid,
    make_released,
    make_series,
    months,
    read_indicator,
    round_series,
)
from regiebeeld.catalogue import Analysis
from regiebeeld.domain import AreaLevel, CatalogueError, Intervention, Reach, read_period
from regiebeeld.pipeline.analyses.effect_panels import LaidPanel, NoPanel, lay_panel
from regiebeeld.pipeline.analyses.effects import EffectContext, find_effects
from regiebeeld.pipeline.analyses.series import ReleasedIndicator, Series
from regiebeeld.releases.findings import Effect, read_content, write_findings
from regiebeeld.statistics.effects import Reason

AROUND = make_grid(side=18)  # 36 wijken of nine buurten
CONTEXT = EffectContext(
    AROUND.areas,
    {code: near for ground in AROUND.grounds.values() for code, near in ground.touching.items()},
)
BUURTEN = tuple(sorted(area.code for area in AROUND.areas if area.level is AreaLevel.BUURT))
WIJKEN = tuple(sorted(area.code for area in AROUND.areas if area.level is AreaLevel.WIJK))
BURGLARY = read_indicator()
LAST = 96  # months, from January 2018


def buurten_of(*wijken: int) -> tuple[str, ...]:
    return tuple(code for n in wijken for code in BUURTEN[9 * n : 9 * n + 9])


def intervene(name: str = "een", **changes: object) -> Intervention:
    """An intervention in four wijken (36 buurten) from March 2023."""
    plain = Intervention(
        id=name,
        title=f"Interventie {name}",
        kind="sloten",
        indicators=("woninginbraken",),
        areas=buurten_of(0, 8, 16, 24),
        start=read_period("2023-03"),
        end=None,
        reach=Reach("sloten", 900, 1000),
        source="plan",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def month_of(text: str) -> int:
    return (int(text[:4]) - 2018) * 12 + int(text[5:7]) - 1


def draw_months(*treated: tuple[Intervention, float], level: float = 0.3, seed: int = 1) -> Floats:
    """Counts of buurten x months with one common course; each intervention times its factor."""
    rng = np.random.default_rng(seed)
    course = np.exp(rng.normal(0, 0.05, LAST))
    means = level * np.exp(rng.normal(0, 0.3, (len(BUURTEN), 1))) * course
    for one, factor in treated:
        rows = [BUURTEN.index(code) for code in one.areas]
        means[rows, month_of(one.start.id) :] *= factor
    return rng.poisson(means).astype(float)


def roll(counts: Floats) -> Series:
    """Sliding years of every month, as buurten are released."""
    sums = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    windows = sums[:, 12:] - sums[:, :-12]
    names = tuple(f"{month}/P12M" for month in months(LAST)[11:])
    return make_series(AreaLevel.BUURT, BUURTEN, names, windows)


def add_years(counts: Floats, level: AreaLevel = AreaLevel.WIJK) -> Series:
    years = counts.reshape(len(BUURTEN), -1, 12).sum(axis=2)
    wijken = years.reshape(len(WIJKEN), 9, -1).sum(axis=1)
    return make_series(level, WIJKEN, tuple(str(2018 + n) for n in range(LAST // 12)), wijken)


def judge(released: ReleasedIndicator | Series, *interventions: Intervention) -> dict[str, Effect]:
    if isinstance(released, Series):
        released = make_released(BURGLARY, released)
    return {
        found.content.intervention: found.content
        for found in find_effects([released], interventions, CONTEXT)
    }


def lay(series: Series, *pool: Intervention) -> LaidPanel:
    laid = lay_panel(make_released(BURGLARY, series), pool, pool, CONTEXT)
    assert isinstance(laid, LaidPanel)
    return laid


def whys(series: Series, one: Intervention) -> Reason | None:
    laid = lay_panel(make_released(BURGLARY, series), [one], [one], CONTEXT)
    assert isinstance(laid, NoPanel)
    return laid.reason


@pytest.mark.parametrize("rounded", [False, True])
def test_a_decline_of_40_percent_is_found(rounded: bool) -> None:
    one = intervene()
    # A rounded buurt needs counts that rounding leaves something of.
    series = roll(draw_months((one, 0.6), level=2.0 if rounded else 0.3))
    found = judge(round_series(series) if rounded else series, one)["een"]
    assert found.verdict == "decline"
    assert found.lower is not None
    assert found.upper is not None
    assert found.lower <= 0.6 <= found.upper
    assert found.agree is True
    assert found.reach == "sloten: 900 van 1.000 woningen (90 %)"
    assert found.why.startswith("Een daling kleiner dan ")
    assert "minder gevallen dan verwacht; met de onzekerheid erbij" in found.why


def test_the_interval_covers_what_was_planted() -> None:
    one, covered = intervene(), 0
    for seed in range(20):
        found = judge(roll(draw_months((one, 0.6), seed=seed)), one)["een"]
        assert found.lower is not None
        assert found.upper is not None
        covered += found.lower <= 0.6 <= found.upper
    assert covered >= 17  # below that by chance: 1.6 % at a true 95 %


@pytest.mark.parametrize("rounded", [False, True])
def test_a_useless_intervention_gives_no_effect_seen(rounded: bool) -> None:
    one, kinds = intervene(), []
    for seed in range(10):
        series = roll(draw_months(seed=seed, level=2.0 if rounded else 0.3))
        found = judge(round_series(series) if rounded else series, one)["een"]
        kinds.append(found.verdict)
        if found.verdict == "no_effect_seen":
            assert found.why.startswith("We zien geen effect. Een daling kleiner dan ")
    assert kinds.count("no_effect_seen") >= 8


@pytest.mark.parametrize("rounded", [False, True])
def test_a_baseline_of_20_is_too_few(rounded: bool) -> None:
    one = intervene(areas=buurten_of(0)[:6], start=read_period("2025-01"))
    series = roll(draw_months((one, 0.6), level=0.28))
    found = judge(round_series(series) if rounded else series, one)["een"]
    assert found.verdict == "too_few"
    assert 10 <= found.baseline <= 30
    assert found.why.startswith("Te weinig gevallen om iets over te zeggen. ")


def test_only_whole_sliding_years_before_and_after_are_used() -> None:
    one = intervene()
    counts = draw_months()
    laid = lay(roll(counts), one)
    assert [p.id for p in laid.periods] == [f"{y}-02/P12M" for y in range(2019, 2026)]
    assert laid.panel.starts.tolist() == [5] * 36
    # By hand: the twelve months before March 2023, of the first treated buurt.
    assert (
        laid.panel.treated.counts[0, 4]
        == counts[0, month_of("2022-03") : month_of("2023-03")].sum()
    )
    assert judge(roll(counts), one)["een"].baseline == sum(
        counts[BUURTEN.index(code), month_of("2022-03") : month_of("2023-03")].sum()
        for code in one.areas
    )


def test_years_go_before_sliding_years_where_none_is_half_treated() -> None:
    counts = draw_months()
    years = make_series(
        AreaLevel.BUURT, BUURTEN, tuple(str(2018 + n) for n in range(8)),
        counts.reshape(len(BUURTEN), -1, 12).sum(axis=2),
    )  # fmt: skip
    both = make_released(BURGLARY, roll(counts), years)
    for start, first in (("2023-01", "2018"), ("2023-03", "2019-02/P12M")):
        one = intervene(start=read_period(start))
        laid = lay_panel(both, [one], [one], CONTEXT)
        assert isinstance(laid, LaidPanel)
        assert laid.periods[0].id == first
    one = intervene()
    assert [p.id for p in lay(years, one).periods] == [
        "2018", "2019", "2020", "2021", "2022", "2024", "2025",
    ]  # fmt: skip


def test_an_ended_intervention_is_judged_while_it_lasted() -> None:
    one = intervene(end=read_period("2024-02"))
    assert lay(roll(draw_months()), one).periods[-1].id == "2024-02/P12M"
    short = intervene(end=read_period("2023-06"))
    assert whys(roll(draw_months()), short) is Reason.TOO_FEW_PERIODS


def test_the_ring_is_what_touches_and_never_a_control() -> None:
    one = intervene(areas=(BUURTEN[4],))  # the middle of the first wijk
    laid = lay(roll(draw_months()), one)
    assert laid.panel.ring is not None
    assert laid.panel.ring.counts.shape[0] == 8
    assert len(laid.controls) == len(BUURTEN) - 9
    stated = replace(one, ring=(BUURTEN[100],))
    assert BUURTEN[100] not in lay(roll(draw_months()), stated).controls
    assert BUURTEN[0] in lay(roll(draw_months()), stated).controls


def test_what_another_intervention_treats_is_no_control_and_is_told() -> None:
    one = intervene()
    other = intervene("ander", kind="brieven", areas=("GM9030",), start=read_period("2020-01"))
    laid = lay_panel(make_released(BURGLARY, roll(draw_months())), [one], [one, other], CONTEXT)
    assert isinstance(laid, LaidPanel)
    assert not any(code.startswith("BU9030") for code in laid.controls)
    beside = replace(other, areas=("GM9008",))
    remarks = judge(roll(draw_months()), one, beside)["een"].remarks
    assert any("liep ook 'Interventie ander' (vanaf 2020-01)" in words for words in remarks)


def test_an_explicit_comparison_is_the_only_one() -> None:
    chosen = buurten_of(30, 31)
    laid = lay(roll(draw_months()), intervene(comparison=chosen))
    assert laid.controls == chosen


def test_treated_without_controls_says_so() -> None:
    found = judge(roll(draw_months()), intervene(areas=BUURTEN))["een"]
    assert found.verdict == "not_possible"
    assert found.why == "Er zijn geen gebieden om mee te vergelijken."
    assert found.ratio is None


def test_one_treated_buurt_is_answered() -> None:
    found = judge(roll(draw_months()), intervene(areas=BUURTEN[:1]))["een"]
    assert found.verdict == "too_few"


@pytest.mark.parametrize(
    ("start", "reason", "words"),
    [
        ("2017-06", Reason.STARTS_BEFORE_DATA, "Van voor de start zijn er geen cijfers"),
        ("2025-06", Reason.STARTS_AFTER_DATA, "Na de start is er nog geen hele periode"),
        ("2027-01", Reason.STARTS_AFTER_DATA, "Na de start is er nog geen hele periode"),
    ],
)
def test_a_start_outside_the_data_is_told(start: str, reason: Reason, words: str) -> None:
    one = intervene(start=read_period(start))
    assert whys(roll(draw_months()), one) is reason
    found = judge(roll(draw_months()), one)["een"]
    assert found.verdict == "not_possible"
    assert found.why.startswith(words)


def test_a_code_that_the_layout_lacks_is_refused_with_all_others() -> None:
    one = intervene(areas=("BU90000099", BUURTEN[0]), ring=("BU90010099",))
    with pytest.raises(CatalogueError) as told:
        judge(roll(draw_months()), one)
    assert len(told.value.faults) == 2
    assert (
        "interventie een: BU90000099 bestaat niet in de indeling van 2025" in told.value.faults[0]
    )
    assert "daar liggen wel: BU90000000, BU90000001, " in told.value.faults[0]


def test_areas_without_figures_are_left_out_and_told() -> None:
    series = roll(draw_months())
    series.value[:3] = np.nan
    found = judge(series, intervene())["een"]
    assert "Van 3 van de gebieden zijn er geen cijfers; die tellen niet mee." in found.remarks
    series.value[[BUURTEN.index(code) for code in intervene().areas]] = np.nan
    assert judge(series, intervene())["een"].why == "Van deze gebieden zijn er geen cijfers."


@pytest.mark.parametrize("fill", [0.0, np.nan, 7.0, 3e9])
def test_series_of_one_value_are_answered(fill: float) -> None:
    series = roll(draw_months())
    series.value[:] = fill
    found = judge(series, intervene())["een"]
    assert found.why
    assert (found.verdict == "not_possible") == (fill != 7.0 and fill != 3e9)


def test_several_of_a_kind_are_pooled() -> None:
    one = intervene()
    other = intervene("twee", areas=buurten_of(4, 12), start=read_period("2022-10"))
    apart = intervene("los", kind="brieven", areas=buurten_of(20))
    found = judge(roll(draw_months((one, 0.6), (other, 0.6))), one, other, apart)
    assert list(found) == ["type:sloten", "een", "twee", "los"]
    pooled = found["type:sloten"]
    assert pooled.verdict == "decline"
    assert pooled.start == "2022-10"
    assert len(pooled.areas) == 54
    assert pooled.reach == "2 interventies: 1.800 van 2.000 woningen (90 %)"
    assert pooled.ratio == pytest.approx(0.6, abs=0.12)


def test_a_pool_leaves_out_what_is_half_treated() -> None:
    one = intervene()
    other = intervene("twee", areas=buurten_of(4, 12), start=read_period("2022-10"))
    laid = lay(roll(draw_months()), one, other)
    assert laid.periods[0].id == "2019-02/P12M"  # the sliding years of the larger one
    rows = [laid.treated.index(code) for code in other.areas]
    counts = laid.panel.treated.counts[rows]
    half = [p.id for p in laid.periods].index("2023-02/P12M")
    assert np.isnan(counts[:, half]).all()
    assert np.isnan(np.delete(counts, half, axis=1)).sum() == 0
    assert set(laid.panel.starts[rows].tolist()) == {half + 1}


def test_what_adds_nothing_to_a_pool_is_named() -> None:
    late = intervene("laat", areas=buurten_of(4), start=read_period("2025-01"))
    remarks = judge(roll(draw_months()), intervene(), late)["type:sloten"].remarks
    assert any(
        words.startswith("'Interventie laat' (vanaf 2025-01) telt nog niet mee")
        for words in remarks
    )
    early = replace(late, start=read_period("2024-01"))
    remarks = judge(roll(draw_months()), intervene(), early)["type:sloten"].remarks
    assert not any("telt nog niet mee" in words for words in remarks)


def test_whole_wijken_are_judged_at_the_level_of_wijken() -> None:
    one = intervene(start=read_period("2023-01"))
    wijken = add_years(draw_months((one, 0.6), level=1.0))
    released = make_released(BURGLARY, wijken)
    found = next(iter(find_effects([released], [one], CONTEXT)))
    assert found.level is AreaLevel.WIJK
    assert found.also == tuple(WIJKEN[n] for n in (0, 8, 16, 24))
    assert found.content.verdict == "decline"
    part = replace(one, areas=one.areas[:-1])
    refused = judge(wijken, part)["een"]
    assert refused.verdict == "not_possible"
    assert refused.why.startswith("De cijfers worden niet zo fijn getoond")


def test_an_indicator_that_allows_no_effects_gets_none() -> None:
    indicator = read_indicator(analyses=(Analysis.TREND,))
    assert judge(make_released(indicator, roll(draw_months())), intervene()) == {}


def test_low_reach_is_told() -> None:
    one = intervene(reach=Reach("brieven", 100, 1000))
    assert any(
        words.startswith("De interventie bereikte 10 % van de woningen.")
        for words in judge(roll(draw_months()), one)["een"].remarks
    )


def test_an_effect_can_be_written_and_read_back() -> None:
    one = intervene()
    found = list(find_effects([make_released(BURGLARY, roll(draw_months()))], [one], CONTEXT))
    areas = [area.code for area in CONTEXT.areas]
    table = write_findings(found, indicators=["woninginbraken"], areas=areas)
    assert read_content(Effect, table["content"][0].as_py()) == found[0].content
    assert table["also"][0].as_py() == list(one.areas)


def shares(after: float, level: float = 60) -> list[Effect]:
    """Of 60 burglaries a wijk and year a third is an attempt, under the intervention `after`."""
    rng = np.random.default_rng(3)
    years = tuple(str(2018 + n) for n in range(8))
    part = np.full((len(WIJKEN), 8), 1 / 3)
    part[[0, 8, 16, 24], 5:] = after
    every = rng.poisson(level, part.shape)
    tried = rng.binomial(every, part)
    released = [
        make_released(read_indicator(name), make_series(AreaLevel.WIJK, WIJKEN, years, values))
        for name, values in (
            ("woninginbraken_pogingen", tried),
            ("woninginbraken_voltooid", every - tried),
        )
    ]
    one = intervene(start=read_period("2023-01"))
    found = list(find_effects(released, [one], CONTEXT))
    assert all(each.indicator == "woninginbraken_pogingen" for each in found)
    return [each.content for each in found]


def test_more_failing_burglaries_are_read_with_the_completed_ones() -> None:
    (found,) = shares(0.55)
    assert found.intervention == "share:een"
    assert found.verdict == "more_fail"  # the total stayed, so fewer were completed
    assert found.why.startswith("Meer inbraken mislukken")
    ((name, difference, lower, upper, _),) = found.methods
    assert name == "share_of_attempts"
    assert difference is not None
    assert lower is not None
    assert upper is not None
    assert lower <= 0.55 - 1 / 3 <= upper
    assert shares(1 / 3)[0].verdict == "no_change_seen"


def test_a_share_of_too_few_says_so() -> None:
    (found,) = shares(0.55, level=0.2)
    assert (found.verdict, found.methods) == ("not_possible", ())
    assert found.why == "Te weinig gevallen om iets over te zeggen."


def test_no_share_without_both_series() -> None:
    released = [make_released(read_indicator("woninginbraken_pogingen"), add_years(draw_months()))]
    assert list(find_effects(released, [intervene()], CONTEXT)) == []

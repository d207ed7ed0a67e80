"""Interventions of which the areas are told as one rounded figure: found, and compared fairly."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lib.release_tables import ABOUT, ALMELO, DRIEHOEK, area_row, release_tables
from lib.released_series import Floats, make_grid, make_series, read_indicator, round_series
from regiebeeld.domain import AreaLevel, Intervention, PeriodKind, Reach, read_period
from regiebeeld.pipeline.analyses.effect_panels import LaidPanel
from regiebeeld.pipeline.analyses.effect_sets import lay_evaluation
from regiebeeld.pipeline.analyses.effects import EffectContext, find_effects
from regiebeeld.pipeline.analyses.series import (
    COMPARED,
    TREATED,
    ReleasedIndicator,
    Series,
)
from regiebeeld.releases import Hidden, Release
from regiebeeld.releases.findings import Effect, Finding, write_findings
from regiebeeld.releases.writing import ReleaseTables

AROUND = make_grid(side=9)  # nine gemeenten of one wijk of nine buurten
CONTEXT = EffectContext(
    AROUND.areas,
    {code: near for ground in AROUND.grounds.values() for code, near in ground.touching.items()},
)
BUURTEN = tuple(sorted(area.code for area in AROUND.areas if area.level is AreaLevel.BUURT))
GEMEENTEN = tuple(sorted({f"GM{code[2:6]}" for code in BUURTEN}))
BURGLARY = read_indicator()
QUARTERS = tuple(f"{2018 + q // 4}-Q{q % 4 + 1}" for q in range(32))
YEARS = tuple(str(2018 + n) for n in range(8))


def buurten_of(*gemeenten: int, number: int = 5) -> tuple[str, ...]:
    return tuple(code for n in gemeenten for code in BUURTEN[9 * n : 9 * n + number])


def intervene(name: str = "een", **changes: object) -> Intervention:
    """An intervention in parts of three gemeenten, from March 2023."""
    plain = Intervention(
        name, f"Interventie {name}", "sloten", ("woninginbraken",), buurten_of(0, 1, 2),
        read_period("2023-03"), None, Reach("sloten", 900, 1000), "plan",
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def draw(*treated: tuple[Intervention, float], level: float = 2.5, seed: int = 1) -> Floats:
    """Counts of buurten x quarters with one common course; each intervention times its factor."""
    rng = np.random.default_rng(seed)
    means = level * np.exp(rng.normal(0, 0.3, (len(BUURTEN), 1)) + rng.normal(0, 0.05, 32))
    for one, factor in treated:
        rows = [BUURTEN.index(code) for code in one.areas]
        first = (one.start.start.year - 2018) * 4 + (one.start.start.month - 1) // 3
        means[rows, first:] *= factor
    return rng.poisson(means).astype(float)


def add_up(counts: Floats, groups: Sequence[Sequence[str]], names: tuple[str, ...]) -> Floats:
    rows = np.array([counts[[BUURTEN.index(c) for c in group]].sum(axis=0) for group in groups])
    return rows.reshape(len(groups), len(names), -1).sum(axis=2)


def release(
    counts: Floats, *interventions: Intervention, kinds: tuple[tuple[str, ...], ...] = (QUARTERS,)
) -> ReleasedIndicator:
    """Release rounded figures of gemeenten, and of the areas of each intervention as one."""
    series: dict[tuple[AreaLevel, PeriodKind], Series] = {}
    together: dict[tuple[str, str], dict[PeriodKind, Series]] = {}
    inside = [[b for b in BUURTEN if b[2:6] == g[2:6]] for g in GEMEENTEN]
    for seed, names in enumerate(kinds):
        whole = make_series(AreaLevel.GEMEENTE, GEMEENTEN, names, add_up(counts, inside, names))
        series[AreaLevel.GEMEENTE, whole.kind] = round_series(whole, seed)
        for one in interventions:
            for role, codes in ((TREATED, one.areas), (COMPARED, one.comparison)):
                if codes:
                    sums = add_up(counts, [codes], names)
                    laid = make_series(AreaLevel.GEMEENTE, (f"{one.id}/{role}",), names, sums)
                    together.setdefault((one.id, role), {})[laid.kind] = round_series(
                        laid, seed + 9
                    )
    return ReleasedIndicator(BURGLARY, "woninginbraken", "politie", series, together=together)


def find(one: ReleasedIndicator, *interventions: Intervention) -> dict[str, Finding[Effect]]:
    found = find_effects([one], interventions, CONTEXT)
    return {each.content.intervention: each for each in found}


def lay(one: ReleasedIndicator, *pool: Intervention, others: tuple[Intervention, ...] = ()) -> (
    LaidPanel
):  # fmt: skip
    laid = lay_evaluation(one, pool, [*pool, *others], CONTEXT)
    assert isinstance(laid, LaidPanel)
    assert laid.together
    return laid


def test_a_decline_of_40_percent_is_found_and_covered() -> None:
    one, covered, kinds = intervene(), 0, []
    for seed in range(20):
        found = find(release(draw((one, 0.6), seed=seed), one), one)["een"].content
        assert found.lower is not None
        assert found.upper is not None
        covered += found.lower <= 0.6 <= found.upper
        kinds.append(found.verdict)
    assert covered >= 17  # below that by chance: 1.6 % at a true 95 %
    assert kinds.count("decline") >= 16
    assert found.why.startswith("Een daling kleiner dan ")
    assert any("samen als één afgerond cijfer" in words for words in found.remarks)


def test_a_useless_one_gives_no_effect_seen() -> None:
    one = intervene()
    kinds = [find(release(draw(seed=seed), one), one)["een"].content.verdict for seed in range(10)]
    assert kinds.count("no_effect_seen") >= 8


def test_a_baseline_of_20_is_too_few() -> None:
    one = intervene(areas=buurten_of(0), start=read_period("2025-01"))
    found = find(release(draw((one, 0.6), level=1.0), one, kinds=(YEARS,)), one)["een"].content
    assert found.verdict == "too_few"
    assert 10 <= found.baseline <= 30


def test_who_sees_it_must_be_allowed_to_see_all_of_its_areas() -> None:
    one = intervene()
    found = find(release(draw(), one), one)["een"]
    assert found.level is AreaLevel.GEMEENTE
    assert found.also == one.areas


def beside() -> tuple[Intervention, Intervention]:
    """One in a single gemeente, and one of another kind in two others."""
    one = intervene(areas=buurten_of(0))
    return one, intervene("twee", areas=buurten_of(1, 2), kind="anders")


def test_who_sees_it_must_be_allowed_to_see_what_the_comparison_is_made_of() -> None:
    one, two = beside()
    # What the gemeenten of the other keep without it is a control: who knows those knows it.
    found = find(release(draw(), one, two), one, two)
    assert found["een"].also == (*one.areas, *two.areas)
    assert set(found["twee"].also) == {*one.areas, *two.areas}
    # One that is not released as one cannot be taken away, and is not told.
    assert find(release(draw(), one), one, two)["een"].also == one.areas
    # A figure that somebody chose to compare with is told by the ratio, too.
    chosen = replace(one, comparison=buurten_of(5, 6))
    found = find(release(draw(), chosen, two), chosen, two)
    assert found["een"].also == (*one.areas, *chosen.comparison)


def test_a_gemeente_does_not_see_an_effect_that_tells_a_set_of_its_neighbours(
    tmp_path: Path,
) -> None:
    one, two = beside()
    codes = [area.code for area in AROUND.areas]
    seen = {}
    for pool in ([one], [one, two]):
        findings = list(find_effects([release(draw(), *pool)], pool, CONTEXT))
        tables = {
            **release_tables(area=[area_row(key, code) for key, code in enumerate(codes)]),
            "finding": write_findings(findings, indicators=["woninginbraken"], areas=codes),
        }
        for own in (None, GEMEENTEN[0]):
            path = tmp_path / f"{len(pool)}-{own}.duckdb"
            written = ReleaseTables(tables, about=ABOUT, threads=1)
            written.write(path, replace(ALMELO, gemeente=own) if own else DRIEHOEK)
            written.close()
            with closing(Release(path, hide=lambda *_: Hidden())) as file:
                effects = file.read_findings(Effect)
            seen[len(pool), own] = {each.content.intervention for each in effects}
    assert seen == {
        (1, None): {"een"}, (1, GEMEENTEN[0]): {"een"},
        (2, None): {"een", "twee"}, (2, GEMEENTEN[0]): set(),
    }  # fmt: skip


def test_a_ratio_is_told_in_three_figures() -> None:
    # All its digits leave one pair of counts of the sets behind the comparison, out of hundreds.
    one, two = beside()
    for seed in range(3):
        told = find(release(draw((one, 0.6), level=8.0, seed=seed), one, two), one, two)["een"]
        effect = told.content
        numbers = [effect.ratio, effect.lower, effect.upper, effect.smallest]
        numbers += [number for row in effect.methods for number in row[1:4]]
        known = [number for number in numbers if number is not None]
        assert len(known) > 4
        assert [number for number in known if number != float(f"{number:.3g}")] == []


def test_the_rest_of_its_gemeenten_is_what_they_count_less_the_set() -> None:
    one = intervene()
    released = release(draw(), one)
    laid = lay(released, one)
    # Six gemeenten that nobody treated, and the rest of the three that hold the areas.
    assert laid.controls == (*GEMEENTEN[3:], "rest:0")
    whole = released.series[AreaLevel.GEMEENTE, PeriodKind.QUARTER]
    mine = released.together["een", TREATED][PeriodKind.QUARTER]
    columns = [whole.periods.index(period) for period in laid.periods]
    rest = whole.value[:3, columns].sum(axis=0) - mine.value[0, columns]
    assert laid.panel.controls.counts[-1].tolist() == rest.tolist()
    assert (laid.panel.controls.noise[-1] == 4 * 4.0).all()  # of four rounded figures
    assert "2023-Q1" not in [period.id for period in laid.periods]  # half under the measure


def test_what_another_intervention_treats_is_no_comparison() -> None:
    one = intervene()
    beside = intervene("twee", areas=buurten_of(2, 3), kind="anders")
    clear = intervene("drie", areas=buurten_of(7), kind="nog iets")
    both = release(draw(), one, beside, clear)
    # The second shares areas with the first, so that taking both away takes those twice.
    overlap = lay(both, one, others=(beside, clear))
    assert overlap.controls == (*GEMEENTEN[4:7], GEMEENTEN[8], "rest:0")
    apart = replace(beside, areas=tuple(BUURTEN[9 * n + 6] for n in (2, 3)))
    # Now it only shares a gemeente: four are taken together, less both.
    laid = lay(release(draw(), one, apart, clear), one, others=(apart, clear))
    assert laid.controls[-2:] == ("rest:0", "rest:1")
    # Where its areas are not released as one, nobody can take them away.
    assert lay(release(draw(), one), one, others=(apart,)).controls == GEMEENTEN[4:]


def test_a_ring_is_no_comparison() -> None:
    one = intervene(ring=(BUURTEN[8], BUURTEN[9 * 3]))
    assert lay(release(draw(), one), one).controls == GEMEENTEN[4:]


def test_what_was_chosen_to_compare_with_is_one_figure_too() -> None:
    one = intervene(comparison=buurten_of(5, 6))
    released = release(draw((one, 0.6), level=8.0), one)
    laid = lay(released, one)
    assert laid.controls == ("een/vergelijking",)
    assert find(released, one)["een"].content.verdict == "decline"
    # Unless another intervention runs there.
    other = intervene("twee", areas=BUURTEN[9 * 5 : 9 * 5 + 1], kind="anders")
    found = lay_evaluation(released, [one], [one, other], CONTEXT)
    assert not isinstance(found, LaidPanel) or not found.together
    # Or it is not released.
    alone = {key: each for key, each in released.together.items() if key[1] == TREATED}
    found = lay_evaluation(replace(released, together=alone), [one], [one], CONTEXT)
    assert not isinstance(found, LaidPanel) or not found.together


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("2023-01", PeriodKind.YEAR),
        ("2023-04", PeriodKind.QUARTER),
        ("2023-03", PeriodKind.QUARTER),
    ],
)
def test_years_where_none_is_half_under_it_else_the_shortest_period(
    start: str, kind: PeriodKind
) -> None:
    one = intervene(start=read_period(start))
    laid = lay(release(draw(), one, kinds=(YEARS, QUARTERS)), one)
    assert {period.kind for period in laid.periods} == {kind}


def test_a_kind_of_intervention_is_pooled_over_its_sets() -> None:
    one = intervene()
    two = intervene("twee", areas=buurten_of(4, 5), start=read_period("2022-10"))
    found = find(release(draw((one, 0.6), (two, 0.6)), one, two), one, two)
    assert list(found) == ["type:sloten", "een", "twee"]
    pooled = found["type:sloten"]
    assert pooled.content.verdict == "decline"
    assert pooled.content.ratio == pytest.approx(0.6, abs=0.15)
    assert set(pooled.also) == {*one.areas, *two.areas}
    # One that is not released as one: then no set of the kind is used.
    found = find(release(draw(), one), one, two)
    assert found["type:sloten"].content.verdict == "not_possible"
    assert found["een"].content.verdict != "not_possible"


def test_breaks_of_the_country_are_told_where_it_is_this_country() -> None:
    one = intervene()
    released = release(draw(), one)
    invented = replace(released, breaks=())
    told, silent = (
        [words for words in find(each, one)["een"].content.remarks if "corona" in words]
        for each in (released, invented)
    )
    assert len(told) == 1
    assert silent == []


def test_overlapping_sets_leave_no_rest() -> None:
    one = intervene()
    two = intervene("twee", areas=(BUURTEN[0], BUURTEN[8]), kind="anders")
    laid = lay(release(draw(), one, two), one, others=(two,))
    assert laid.controls == GEMEENTEN[3:]

"""What is planted in the invented region is found in its release, and hardly anything else is."""

from collections.abc import Iterator

import pytest

from regiebeeld.domain import AreaLevel
from regiebeeld.example.truths import TruthKind, read_truths
from regiebeeld.releases import Hidden, Release, Shelf
from regiebeeld.releases.findings import (
    Cluster,
    Effect,
    Nowcast,
    SeasonFactor,
    Signal,
    SignalFamily,
    Unjudged,
)
from regiebeeld.settings import Settings, read_settings

TRUTHS = {
    truth.kind: truth
    for truth in read_truths(read_settings().regions / "voorbeeld" / "planted_truths.yaml").truths
}
MOST_ALARMS = 0.07  # the part of the families that may have any false alarm in a month


@pytest.fixture(scope="module")
def release(example_region: Settings) -> Iterator[Release]:
    shelf = Shelf(example_region.releases)
    found = shelf.open_current("regio", hide=lambda *_: Hidden())
    yield found
    found.close()


def test_the_outbreak_is_found_within_two_months(release: Release) -> None:
    truth = TRUTHS[TruthKind.OUTBREAK]
    gemeente = f"GM{truth.areas[0][2:6]}"

    found = release.read_findings(Signal, indicator="fietsendiefstal", area=gemeente)

    months = {f.period: f.content for f in found}
    early = [months[m] for m in (truth.start, "2024-06") if m in months]
    assert early
    assert all(s.direction == "rise" for s in early)
    assert {s.since for s in early} == {truth.start}


def test_what_is_not_planted_hardly_ever_gives_an_alarm(release: Release) -> None:
    planted = {("fietsendiefstal", f"2024-{m:02d}") for m in range(5, 9)}
    planted.add(("fietsendiefstal", TRUTHS[TruthKind.RISE].start))
    families = [
        f for f in release.read_findings(SignalFamily)
        if (f.indicator, f.period) not in planted and f.content.tested
    ]  # fmt: skip

    alarms = sum(f.content.found > 0 for f in families)

    assert len(families) > 300
    assert alarms / len(families) <= MOST_ALARMS


def test_a_rise_is_found_at_once_and_the_last_month_waits(release: Release) -> None:
    truth = TRUTHS[TruthKind.RISE]

    found = release.read_findings(Signal, indicator="fietsendiefstal", area=truth.areas[0])

    told = {f.period: f.content for f in found}
    assert (told[truth.start].direction, told[truth.start].since) == ("rise", truth.start)
    # Of the public table nobody knows how much of its last month is in.
    assert truth.end not in told
    late = [f.content for f in release.read_findings(Unjudged, indicator="fietsendiefstal")]
    assert Unjudged(truth.end, truth.end, "not_known") in late


def test_what_was_not_delivered_is_no_fall(release: Release) -> None:
    truth = TRUTHS[TruthKind.LATE_DELIVERY]

    found = release.read_findings(Signal, area=truth.areas[0])

    assert not {f.period for f in found} & {truth.start, truth.end}


def test_the_hot_spot_is_the_first_circle(release: Release) -> None:
    found = release.read_findings(Cluster, indicator="vernieling")

    first = next(f for f in found if f.level is AreaLevel.BUURT)
    assert set(first.content.areas) == set(TRUTHS[TruthKind.HOT_SPOT].areas)


def test_the_season_has_its_size(release: Release) -> None:
    truth = TRUTHS[TruthKind.SEASON]
    region = release.about.region_code

    found = release.read_findings(SeasonFactor, indicator="woninginbraken", area=region)

    factors = {f.content.month: f.content for f in found}
    dark = [factors[m] for m in truth.months]
    light = [f.factor for m, f in factors.items() if m not in truth.months]
    mean = sum(light) / len(light)
    # The season comes and goes by degrees; what is planted is the mean of the dark months.
    lower, upper = (sum(getattr(f, side) for f in dark) / 5 / mean for side in ("lower", "upper"))
    assert truth.factor is not None
    assert lower <= truth.factor <= upper
    assert min(f.lower for f in dark) / mean > 1


def test_of_each_intervention_is_said_what_was_planted(release: Release) -> None:
    check_interventions(release, "woninginbraken")


def test_of_each_intervention_the_same_is_said_about_persons(delivered_region: Settings) -> None:
    """Half a wijk is among its areas: they are one rounded figure, and the rest of it is not."""
    shelf = Shelf(delivered_region.releases)
    with shelf.opened(shelf.read_current_id(), "regio", lambda *_: Hidden()) as found:
        effects = check_interventions(found, "woninginbraken_kaart")
        assert all(any("één afgerond cijfer" in r for r in e.remarks) for e in effects.values())
        police = found.read_findings(Effect, indicator="woninginbraken_voltooid")
    verdicts = {f.content.intervention: f.content.verdict for f in police}
    assert verdicts["interventie_werkt"] == "decline"
    assert verdicts["interventie_zonder_effect"] == "no_effect_seen"


def test_an_effect_about_persons_is_for_who_may_see_all_of_its_areas(
    delivered_region: Settings,
) -> None:
    shelf = Shelf(delivered_region.releases)
    seen = {}
    for audience in ("regio", "openbaar", "gm9902", "gm9901", "gm9908"):
        with shelf.opened(shelf.read_current_id(), audience, lambda *_: Hidden()) as found:
            effects = found.read_findings(Effect)
        seen[audience] = {
            f.content.intervention for f in effects if f.indicator == "woninginbraken_kaart"
        }
    # That of which all areas lie in one gemeente is compared with what others keep beside theirs.
    assert "interventie_te_klein" in seen.pop("regio")
    assert seen == {"openbaar": set(), "gm9902": set(), "gm9901": set(), "gm9908": set()}


def check_interventions(release: Release, indicator: str) -> dict[str, Effect]:
    effects = release.read_findings(Effect, indicator=indicator)
    found = {f.content.intervention: f.content for f in effects}
    works = found["interventie_werkt"]
    assert works.verdict == "decline"
    assert works.lower is not None
    assert works.upper is not None
    assert works.lower <= 0.60 <= works.upper
    useless = found["interventie_zonder_effect"]
    assert useless.verdict == "no_effect_seen"
    assert useless.why.startswith("We zien geen effect. Een daling kleiner dan ")
    small = found["interventie_te_klein"]
    assert small.verdict == "too_few"
    assert "te weinig gevallen om iets over te zeggen" in small.why.lower()
    return found


def test_the_outbreak_is_found_in_rounded_figures_too(delivered_region: Settings) -> None:
    """Months of one gemeente are too low to release about persons, so sliding years must tell."""
    truth = TRUTHS[TruthKind.OUTBREAK]
    gemeente = f"GM{truth.areas[0][2:6]}"
    shelf = Shelf(delivered_region.releases)
    with shelf.opened(shelf.read_current_id(), "regio", lambda *_: Hidden()) as found:
        signals = found.read_findings(Signal, indicator="fietsen", area=gemeente)

    rounded = [f.content.observed_lower < f.content.observed_upper for f in signals]
    assert rounded
    assert all(rounded)
    assert min(f.period or "" for f in signals) <= "2024-07/P12M"
    assert {f.content.direction for f in signals if (f.period or "") < "2025-05"} == {"rise"}


def test_a_rise_is_found_in_months_about_persons_that_are_not_all_in(
    delivered_region: Settings,
) -> None:
    truth = TRUTHS[TruthKind.RISE]
    shelf = Shelf(delivered_region.releases)
    with shelf.opened(shelf.read_current_id(), "regio", lambda *_: Hidden()) as found:
        region = found.about.region_code
        signals = found.read_findings(Signal, indicator="fietsen", area=region)
        casts = found.read_findings(Nowcast, indicator="fietsen", area=region)

    told = {f.period: f.content for f in signals}
    for month in (truth.start, truth.end):
        one = told[month]
        assert (one.direction, one.since) == ("rise", truth.start)
        assert one.share < 0.95
        assert one.estimate_lower is not None
        assert one.observed < one.estimate_lower
    assert told[truth.end].observed < told[truth.end].usual_upper  # the raw count hides it
    assert {f.period for f in casts} == {truth.start, truth.end}

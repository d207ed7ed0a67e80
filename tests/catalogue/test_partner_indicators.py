"""Indicators of partner sources: they count what the contract knows, where the agreement allows."""

from pathlib import Path

import pytest

from regiebeeld.catalogue import Catalogue, DisclosureClass, read_catalogue
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.catalogue.models import Effort, Indicator

REGION = "voorbeeld"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(Path("catalogue"), Path("regions"))


def partner_indicators(catalogue: Catalogue) -> list[tuple[Indicator, str]]:
    """Give each indicator with every partner source that it names."""
    return [
        (indicator, wanted.source)
        for indicator in catalogue.indicators.values()
        for wanted in indicator.sources
        if catalogue.sources[wanted.source].terms.is_delivery
    ]


def countable(catalogue: Catalogue, name: str) -> set[str]:
    """Give the event sets of a contract, and each of them with a part: `set:breakdown=part`."""
    source = catalogue.sources[name]
    (kind,) = [*fields_with(source.fields, Role.EVENT_SET)] or [None]
    sets = {kind.stored_as(v) for v in kind.values} if kind else {str(source.terms.event_set)}
    parts = {
        f"{'attempt' if field.role is Role.ATTEMPT else field.name}={field.stored_as(value)}"
        for field in fields_with(source.fields, Role.BREAKDOWN, Role.ATTEMPT)
        for value in field.values
    }
    return sets | {f"{one}:{part}" for one in sets for part in parts}


def test_every_partner_source_has_an_indicator_but_those_that_nobody_may_see(
    catalogue: Catalogue,
) -> None:
    used = {source for _, source in partner_indicators(catalogue)}
    assert catalogue.audiences is not None
    seen = {label for audience in catalogue.audiences.audiences for label in audience.labels}
    for name, source in catalogue.sources.items():
        if source.terms.is_delivery:
            assert (name in used) == (source.terms.label in seen), name


def test_they_count_what_the_contract_counts(catalogue: Catalogue) -> None:
    for indicator, source in partner_indicators(catalogue):
        wanted = next(one for one in indicator.sources if one.source == source)
        assert set(wanted.event_sets) <= countable(catalogue, source), indicator.id


def test_they_say_effort_and_finest_as_the_contract_does(catalogue: Catalogue) -> None:
    for indicator, source in partner_indicators(catalogue):
        terms = catalogue.sources[source].terms
        assert indicator.effort is terms.effort, indicator.id
        assert set(indicator.finest) <= set(terms.finest), indicator.id


def test_the_agreement_covers_the_page_they_stand_on(catalogue: Catalogue) -> None:
    pages = catalogue.indicators_of(catalogue.regions[REGION])
    for indicator, source in partner_indicators(catalogue):
        agreement = catalogue.agreement_for(REGION, source)
        assert agreement is not None
        assert pages[indicator.id][0].id in agreement.themes, indicator.id


def test_a_measure_is_not_judged_by_chance(catalogue: Catalogue) -> None:
    for indicator, source in partner_indicators(catalogue):
        terms = catalogue.sources[source].terms
        if terms.effort is Effort.NVT and terms.disclosure is DisclosureClass.NOT_ABOUT_PERSONS:
            assert "comparison" not in indicator.analyses, indicator.id

"""The relations planted in the invented region come out of its release, and the others do not."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from regiebeeld.domain import AreaLevel
from regiebeeld.example.truths import TruthKind, read_truths
from regiebeeld.releases import Hidden, Release, Shelf
from regiebeeld.releases.findings import Driver, NoDrivers
from regiebeeld.settings import Settings, read_settings

PLANTED = {
    truth.trait: truth
    for truth in read_truths(read_settings().regions / "voorbeeld" / "planted_truths.yaml").of_kind(
        TruthKind.RELATION
    )
}


@pytest.fixture(scope="module")
def found(example_region: Settings) -> Iterator[dict[str, Driver]]:
    with _opened(example_region) as release:
        findings = release.read_findings(Driver, indicator="woninginbraken")
        assert {f.level for f in findings} == {AreaLevel.BUURT}
        yield {f.content.figure: f.content for f in findings}


def test_each_planted_relation_is_within_its_margin(found: dict[str, Driver]) -> None:
    for trait, truth in PLANTED.items():
        assert trait is not None
        one = found[trait.value]
        wanted = float(truth.factor or 0) ** (one.step / float(truth.step or 0))
        assert one.lower <= wanted <= one.upper, trait


def test_those_and_no_others_are_called_clear(found: dict[str, Driver]) -> None:
    clear = {name for name, one in found.items() if not one.lower <= 1 <= one.upper}

    assert clear == {trait.value for trait, t in PLANTED.items() if trait and t.factor != 1}
    assert len(found) == 8
    assert all(one.vif < 10 for one in found.values())
    assert all(one.left_out == () for one in found.values())


def test_the_planted_relations_help_to_predict_other_gemeenten(found: dict[str, Driver]) -> None:
    assert {one.better is not None and one.better > 0.1 for one in found.values()} == {True}


def test_rounded_figures_of_gemeenten_only_say_that_they_are_too_few(
    delivered_region: Settings,
) -> None:
    with _opened(delivered_region) as release:
        assert release.read_findings(Driver, indicator="woninginbraken_voltooid") == []
        (told,) = release.read_findings(NoDrivers, indicator="woninginbraken_voltooid")
    assert told.content.why == "Er zijn te weinig gebieden om iets over te zeggen."


def _opened(settings: Settings) -> AbstractContextManager[Release]:
    shelf = Shelf(settings.releases)
    return shelf.opened(shelf.read_current_id(), "regio", lambda *_: Hidden())

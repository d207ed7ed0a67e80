"""The run's own refusal of sources about persons, behind the check of the catalogue."""

from dataclasses import replace
from pathlib import Path

import pytest

from regiebeeld.catalogue import Catalogue, DisclosureClass, read_catalogue
from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.run.drafts import refuse_unpublishable

NAME = "politie_misdrijven_jaar"
DELIVERED = "woonoverlast"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(Path("catalogue"), Path("regions"))


def _with_class(catalogue: Catalogue, disclosure: DisclosureClass) -> Catalogue:
    source = catalogue.sources[NAME]
    terms = source.terms.model_copy(update={"disclosure": disclosure})
    return replace(catalogue, sources={**catalogue.sources, NAME: replace(source, terms=terms)})


def test_a_source_about_persons_that_is_no_delivery_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(DisclosureError, match="geen levering"):
        refuse_unpublishable(_with_class(catalogue, DisclosureClass.PERSONS), NAME)


def test_a_delivery_about_persons_passes_where_its_rule_says_so(catalogue: Catalogue) -> None:
    refuse_unpublishable(catalogue, DELIVERED)


@pytest.mark.parametrize("name", [NAME, DELIVERED])
def test_what_a_rule_forbids_is_refused(catalogue: Catalogue, name: str) -> None:
    assert catalogue.audiences is not None
    rules = tuple(
        rule.model_copy(update={"publish": False}) for rule in catalogue.audiences.classes
    )
    closed = replace(catalogue, audiences=catalogue.audiences.model_copy(update={"classes": rules}))
    with pytest.raises(DisclosureError, match="wordt niet uitgegeven"):
        refuse_unpublishable(closed, name)


def test_a_class_without_a_rule_is_refused(catalogue: Catalogue) -> None:
    assert catalogue.audiences is not None
    rules = tuple(r for r in catalogue.audiences.classes if r.id is not DisclosureClass.PUBLIC)
    audiences = catalogue.audiences.model_copy(update={"classes": rules})
    with pytest.raises(DisclosureError, match="geen regel"):
        refuse_unpublishable(replace(catalogue, audiences=audiences), NAME)


@pytest.mark.parametrize("kind", [DisclosureClass.PUBLIC, DisclosureClass.NOT_ABOUT_PERSONS])
def test_other_classes_pass(catalogue: Catalogue, kind: DisclosureClass) -> None:
    refuse_unpublishable(_with_class(catalogue, kind), NAME)

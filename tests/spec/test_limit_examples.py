"""The worked examples of limits, articles and roles hold for the rules and the real catalogue."""

from pathlib import Path

import pytest

from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.catalogue.legal_articles import (
    Law,
    explain_article,
    explain_role,
    needs_permission,
)
from regiebeeld.catalogue.limits import Subject
from regiebeeld.catalogue.models import Analysis, Finest
from regiebeeld.domain import AreaLevel, PeriodKind
from spec.worked_examples import Example, read_examples

ROOT = Path(__file__).parents[2]
SHOWN, ARTICLES, ROLES = (read_examples("limits", table) for table in range(3))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def named(example: Example) -> str:
    return " ".join(example.values()).replace(" ", "_")


@pytest.mark.parametrize("example", SHOWN, ids=named)
def test_what_may_be_shown_of_a_subject(catalogue: Catalogue, example: Example) -> None:
    found = catalogue.limits.find(example["onderwerp"]) if catalogue.limits else None
    assert isinstance(found, Subject)
    finest = Finest(level=AreaLevel(example["niveau"]), period=PeriodKind(example["periode"]))
    may = found.allows(finest) and Analysis(example["analyse"]) in found.analyses
    assert ("ja" if may else "nee") == example["mag"]


def test_every_subject_of_the_table_in_the_field_is_an_example(catalogue: Catalogue) -> None:
    assert catalogue.limits is not None
    known = {one.id for one in catalogue.limits.subjects}
    assert {example["onderwerp"] for example in SHOWN} <= known


@pytest.mark.parametrize("example", ARTICLES, ids=named)
def test_which_article_carries_a_delivery(example: Example) -> None:
    law, article = Law(example["wet"]), example["artikel"]
    words, wanted = explain_article(law, article), example["wordt"]
    if wanted.startswith("schrijf"):
        assert f"{wanted} en zet het lid in wording" in words
    else:
        assert bool(words) == (wanted == "geweigerd"), words
        assert "schrijf" not in words
    if wanted == "aangenomen":
        assert ("ja" if needs_permission(law, article) else "nee") == example["toestemming nodig"]


@pytest.mark.parametrize("example", ROLES, ids=named)
def test_a_role_is_named_and_no_person(example: Example) -> None:
    words = explain_role(example["aanspreekpunt"])
    assert ("geweigerd" if words else "aangenomen") == example["wordt"]

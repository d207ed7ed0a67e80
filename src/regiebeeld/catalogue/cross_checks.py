"""Every rule that spans files, one small function each, in one list."""

from collections.abc import Iterator

# Importing a module of rules puts its rules in the list.
from regiebeeld.catalogue import (
    agreement_checks,
    breakdown_checks,
    delivery_checks,
    english_checks,
    file_checks,
    ground_checks,
    indicator_checks,
    interventions,
    limit_checks,
    policy_field_checks,
    public_places,
    publishing_checks,
    region_checks,
    source_checks,
)
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.rules import RULES, Files

__all__ = [
    "RULES",
    "agreement_checks",
    "breakdown_checks",
    "check_catalogue",
    "delivery_checks",
    "english_checks",
    "file_checks",
    "ground_checks",
    "indicator_checks",
    "interventions",
    "limit_checks",
    "policy_field_checks",
    "public_places",
    "publishing_checks",
    "region_checks",
    "source_checks",
]


def check_catalogue(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """Yield every fault that only shows when files are read together."""
    for check in RULES:
        yield from check(catalogue, files)

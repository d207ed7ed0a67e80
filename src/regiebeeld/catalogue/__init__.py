"""Reads and checks catalogue/ and regions/ into frozen definitions; never sees data."""

from regiebeeld.catalogue.agreements import Agreement
from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.fields import Field, Role
from regiebeeld.catalogue.models import (
    Audience,
    Content,
    Denominator,
    DisclosureClass,
    Factor,
    Figure,
    Indicator,
    Label,
    Region,
    RegionLayout,
    RegionSource,
    SourceKind,
    SourceTerms,
    Theme,
)
from regiebeeld.catalogue.reading import read_catalogue
from regiebeeld.catalogue.words import Analysis

__all__ = [
    "Agreement",
    "Analysis",
    "Audience",
    "Catalogue",
    "Content",
    "Denominator",
    "DisclosureClass",
    "Factor",
    "Field",
    "Figure",
    "Indicator",
    "Label",
    "Region",
    "RegionLayout",
    "RegionSource",
    "Role",
    "Source",
    "SourceKind",
    "SourceTerms",
    "Theme",
    "read_catalogue",
]

"""Reads and checks catalogue/ and regions/ into frozen definitions; never sees data."""

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.models import (
    Audience,
    Content,
    Denominator,
    DisclosureClass,
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

__all__ = [
    "Audience",
    "Catalogue",
    "Content",
    "Denominator",
    "DisclosureClass",
    "Figure",
    "Indicator",
    "Label",
    "Region",
    "RegionLayout",
    "RegionSource",
    "Source",
    "SourceKind",
    "SourceTerms",
    "Theme",
    "read_catalogue",
]

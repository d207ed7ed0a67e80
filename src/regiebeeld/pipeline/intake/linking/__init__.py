"""Links the rows of a partner's delivery to areas; every method has a grade, no row is dropped."""

from regiebeeld.pipeline.intake.linking.addresses import AddressBook, read_addresses
from regiebeeld.pipeline.intake.linking.comparing import KeyRate, compare_keys
from regiebeeld.pipeline.intake.linking.frame import (
    SNAP_METRES,
    FrequentPostcodes,
    LinkFrame,
    compute_frequent_postcodes,
    unknown_within,
)
from regiebeeld.pipeline.intake.linking.methods import Grade, Method, Reason
from regiebeeld.pipeline.intake.linking.own_areas import OwnAreas, compute_own_areas
from regiebeeld.pipeline.intake.linking.points import Reading
from regiebeeld.pipeline.intake.linking.report import LinkReport, MethodRate, Unlinked
from regiebeeld.pipeline.intake.linking.rows import Linked, link_rows

__all__ = [
    "SNAP_METRES",
    "AddressBook",
    "FrequentPostcodes",
    "Grade",
    "KeyRate",
    "LinkFrame",
    "LinkReport",
    "Linked",
    "Method",
    "MethodRate",
    "OwnAreas",
    "Reading",
    "Reason",
    "Unlinked",
    "compare_keys",
    "compute_frequent_postcodes",
    "compute_own_areas",
    "link_rows",
    "read_addresses",
    "unknown_within",
]

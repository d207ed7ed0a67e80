"""Protects counts about persons before anybody sees them; knows no files and no releases."""

from regiebeeld.disclosure.keys import Secret, compute_keys, list_event_keys, name_atoms
from regiebeeld.disclosure.rounding import BASE, Protected, protect_counts, range_of, variance_of

__all__ = [
    "BASE",
    "Protected",
    "Secret",
    "compute_keys",
    "list_event_keys",
    "name_atoms",
    "protect_counts",
    "range_of",
    "variance_of",
]

"""The records people make, kept apart from figures: first of all the deliveries of partners."""

from regiebeeld.ledger.deliveries import Delivery, Outcome
from regiebeeld.ledger.freshness import Freshness, read_freshness, write_freshness
from regiebeeld.ledger.ledger import Ledger, open_ledger

__all__ = [
    "Delivery",
    "Freshness",
    "Ledger",
    "Outcome",
    "open_ledger",
    "read_freshness",
    "write_freshness",
]

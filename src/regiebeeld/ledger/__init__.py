"""The records people make, kept apart from figures: first of all the deliveries of partners."""

from regiebeeld.ledger.deliveries import WHOLE_REGION, Delivery, Outcome
from regiebeeld.ledger.freshness import Freshness, read_freshness, write_freshness
from regiebeeld.ledger.ledger import Ledger, open_ledger

__all__ = [
    "WHOLE_REGION",
    "Delivery",
    "Freshness",
    "Ledger",
    "Outcome",
    "open_ledger",
    "read_freshness",
    "write_freshness",
]

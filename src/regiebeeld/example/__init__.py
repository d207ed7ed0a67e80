"""Makes the invented region "Voorbeeld" as files in the forms the production path reads.

Refuses to fill a store or a release itself: everything goes in through the same door as real data.
"""

from regiebeeld.example.deliveries import (
    REGION,
    ExampleDelivery,
    write_address_file,
    write_deliveries,
)
from regiebeeld.example.sending import Sent, deliver_example, tell_outcomes
from regiebeeld.example.write import ExamplePaths, make_example, write_example

__all__ = [
    "REGION",
    "ExampleDelivery",
    "ExamplePaths",
    "Sent",
    "deliver_example",
    "make_example",
    "tell_outcomes",
    "write_address_file",
    "write_deliveries",
    "write_example",
]

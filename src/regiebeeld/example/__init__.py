"""Makes the invented region "Voorbeeld" as files in the forms the production path reads.

Refuses to touch the pipeline: everything goes in through the same door as real data.
"""

from regiebeeld.example.deliveries import (
    ExampleDelivery,
    write_address_file,
    write_deliveries,
)
from regiebeeld.example.write import ExamplePaths, write_example

__all__ = [
    "ExampleDelivery",
    "ExamplePaths",
    "write_address_file",
    "write_deliveries",
    "write_example",
]

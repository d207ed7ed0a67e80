"""Makes the invented region "Voorbeeld" as files in the forms the production path reads.

Refuses to touch the pipeline: everything goes in through the same door as real data.
"""

from regiebeeld.example.write import ExamplePaths, write_example

__all__ = ["ExamplePaths", "write_example"]

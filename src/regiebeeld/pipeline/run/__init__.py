"""The order of a run, its log and its provenance."""

from regiebeeld.pipeline.run.order import run_region
from regiebeeld.pipeline.run.publishing import Published

__all__ = ["Published", "run_region"]

"""The working store: unprotected observations in one DuckDB file, swapped whole."""

from regiebeeld.pipeline.store.working_store import (
    NO_REASON,
    StoredDelivery,
    StoredObservations,
    WorkingStore,
    build_store,
)

__all__ = ["NO_REASON", "StoredDelivery", "StoredObservations", "WorkingStore", "build_store"]

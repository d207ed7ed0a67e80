"""The worker: what is due, one at a time, with a heartbeat; it never serves and never decides."""

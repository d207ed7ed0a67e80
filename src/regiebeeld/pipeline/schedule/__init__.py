"""The worker: what is due, one at a time, with a heartbeat; it never serves and never decides."""

from regiebeeld.pipeline.schedule.worker import Turn, take_turn, work

__all__ = ["Turn", "take_turn", "work"]

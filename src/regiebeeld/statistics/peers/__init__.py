"""Who resembles whom: areas beside areas with like key figures, never by traits of people."""

from regiebeeld.statistics.peers.protected import FORBIDDEN, find_protected, refuse_protected
from regiebeeld.statistics.peers.resemblances import (
    KeyFigures,
    Peer,
    Peers,
    Reason,
    Scale,
    find_peers,
)

__all__ = [
    "FORBIDDEN",
    "KeyFigures",
    "Peer",
    "Peers",
    "Reason",
    "Scale",
    "find_peers",
    "find_protected",
    "refuse_protected",
]

"""Attacks published figures as an outsider who knows the rules; shares nothing with protection."""

from regiebeeld.attack.gate import Judgement, find_small, judge, mask
from regiebeeld.attack.propagation import Derived, Relation, find_exact, propagate
from regiebeeld.attack.statements import (
    UNLIMITED,
    Statements,
    join_equal_unknowns,
    make_statements,
)

__all__ = [
    "UNLIMITED",
    "Derived",
    "Judgement",
    "Relation",
    "Statements",
    "find_exact",
    "find_small",
    "join_equal_unknowns",
    "judge",
    "make_statements",
    "mask",
    "propagate",
]

"""Attacks published figures as an outsider who knows the rules; shares nothing with protection."""

from regiebeeld.attack.gate import Judgement, find_small, judge
from regiebeeld.attack.outsider import Outcome, attack_figures
from regiebeeld.attack.propagation import Derived, Relation, Relations, find_exact, propagate
from regiebeeld.attack.statements import (
    UNLIMITED,
    Statements,
    join_equal_unknowns,
    make_statements,
    mask,
)

__all__ = [
    "UNLIMITED",
    "Derived",
    "Judgement",
    "Outcome",
    "Relation",
    "Relations",
    "Statements",
    "attack_figures",
    "find_exact",
    "find_small",
    "join_equal_unknowns",
    "judge",
    "make_statements",
    "mask",
    "propagate",
]

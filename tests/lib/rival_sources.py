"""Two sources that count the same events, each with keys of its own: together they tell more."""

from dataclasses import replace

import numpy as np

from lib.gate_cases import Town, make_atoms, make_drafts, months
from regiebeeld.pipeline.gate.elsewhere import Elsewhere, Shared
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.told import Atoms

TOWN = Town.make()


def make_rivals() -> tuple[list[Draft], dict[str, Atoms], Elsewhere]:
    """Two sources that each count one burglary per wijk and month: the same ones."""
    counts = np.zeros((len(TOWN.atoms), 12, 2), np.int64)
    counts[[i for i, code in enumerate(TOWN.atoms) if code.endswith("01")], :, 0] = 1
    drafts, atoms = [], {}
    for name, own in (("a", ("een/total", "rest/total")), ("b", ("twee/total", "rest/total"))):
        atoms[name] = replace(make_atoms(TOWN, counts, months(12)), sets=own)
        plain = make_drafts(TOWN, atoms[name], months(12))[1]
        drafts.append(replace(plain, events=name, sets=frozenset(own[:1])))
    sets = {name: frozenset(each.sets[:1]) for name, each in atoms.items()}
    shared = {
        "a": Shared("a", {"b": {sets["b"]: sets["a"]}}),
        "b": Shared("b", {"a": {sets["a"]: sets["b"]}}),
    }
    return drafts, atoms, Elsewhere(shared=shared)

"""A gemeente that knows its own part exactly cannot take it away from a sum and find another's."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from lib.gate_cases import EVENTS, SECRET, Town, draw_counts, make_atoms, make_drafts, months
from regiebeeld.pipeline.gate.elsewhere import Elsewhere
from regiebeeld.pipeline.gate.judging import Passed, pass_gate
from regiebeeld.pipeline.gate.owners import tell_of_owner, withhold_for_owners
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures
from regiebeeld.pipeline.intake.history import REST, State, StateFacts
from regiebeeld.pipeline.run.delivering import list_owners

TOWN = Town.make()


@pytest.fixture(autouse=True)
def every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)


def figures(atoms: Atoms, *told: tuple[str, int, int]) -> Figures:
    """Figures over all sets and the first period: area, lowest and highest."""
    zero = np.zeros(len(told), np.int64)
    low, high = (np.array([each[k] for each in told], np.int64) for k in (1, 2))
    codes = tuple(code for code, _, _ in told)
    at = np.arange(len(told), dtype=np.int64)
    return Figures(codes, atoms.periods, (frozenset(atoms.sets),), at, zero, zero, low, high)


def test_an_owner_knows_every_count_of_its_own_and_no_other() -> None:
    atoms = make_atoms(TOWN, draw_counts(TOWN, 2), months(2))
    told = tell_of_owner(atoms, "GM9901").figures
    assert set(told.areas) == {name for name in atoms.areas if name[2:6] == "9901"}
    assert (told.lower == told.upper).all()
    assert told.lower.sum() == atoms.counts[[n[2:6] == "9901" for n in atoms.areas]].sum()


def test_what_an_owner_could_derive_is_withheld() -> None:
    """The region as 5 to 6 told before: who knows its own 4 knows the other's within one."""
    counts = np.zeros((len(TOWN.atoms), 1, 2), np.int64)
    counts[0, 0, 0] = 4
    counts[TOWN.atoms.index("BU99020000"), 0, 0] = 2
    atoms = make_atoms(TOWN, counts, months(1))
    today = figures(atoms, ("GM9901", 1, 9), ("GM9902", 0, 4))
    # An earlier figure cannot be taken back, so that it is one of today that must go.
    now = figures(atoms, ("VR99", 6, 7), ("GM9901", 1, 9), ("GM9902", 0, 4))
    nothing = np.zeros(len(now), bool)
    alone = withhold_for_owners(atoms, now, (), owners=(), hidden=nothing, most_masked=1.0)
    assert not alone.hidden.any()
    found = withhold_for_owners(
        atoms, now, (), owners=("GM9901", "GM9902"), hidden=nothing, most_masked=1.0
    )
    assert found.hidden[0]
    assert not found.failed.any()
    stuck = withhold_for_owners(
        atoms,
        today,
        [Earlier(atoms, figures(atoms, ("VR99", 6, 7)))],
        owners=("GM9901",),
        hidden=np.zeros(len(today), bool),
        most_masked=1.0,
    )
    assert stuck.failed.any()


def judged(register: Register, atoms: Atoms, *owners: str) -> Passed:
    return pass_gate(
        make_drafts(TOWN, atoms, ["2023"]),
        {EVENTS: atoms},
        areas=TOWN.areas,
        secret=SECRET,
        register=register,
        elsewhere=Elsewhere(owners={EVENTS: owners}),
    )


def test_the_gate_asks_every_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = Register(tmp_path / "register")
    asked: list[str] = []
    real = tell_of_owner

    def note(atoms: Atoms, gemeente: str) -> Earlier:
        asked.append(gemeente)
        return real(atoms, gemeente)

    monkeypatch.setattr("regiebeeld.pipeline.gate.owners.tell_of_owner", note)
    atoms = make_atoms(TOWN, draw_counts(TOWN, 12, mean=4.0), months(12))
    passed = judged(register, atoms, "GM9901", "GM9902")
    assert set(asked) == {"GM9901", "GM9902"}
    assert passed.accounts[0].exact == 0


def facts(delivery: int) -> StateFacts:
    when = ("2026-01-01", "2026-01-01T08:00:00+00:00")
    return StateFacts("x", delivery, *when, "h", (), "melding", "1", "a")


@pytest.mark.parametrize(
    ("told", "owners"),
    [
        ({"GM9901": 1, "GM9902": 2}, ("GM9901", "GM9902")),
        ({REST: 1, "GM9902": 2}, ("GM9902",)),
        ({REST: 1}, ()),
        ({"GM9901": 1}, ()),
    ],
)
def test_owners_are_who_delivered_a_part(told: dict[str, int], owners: tuple[str, ...]) -> None:
    by = {name: facts(number) for name, number in told.items()}
    assert list_owners(State("x", pa.table({}), {"2026-01": by})) == owners

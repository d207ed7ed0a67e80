"""A run from which the gate, or what the register keeps, is taken out does not pass for whole."""

import shutil
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from lib.door_region import DoorRegion, make_door_region
from lib.judged_release import check_judged
from regiebeeld.disclosure import Secret
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.judging import Passed
from regiebeeld.pipeline.gate.protecting import protect_cells, show_cells
from regiebeeld.pipeline.gate.register import REGISTER
from regiebeeld.pipeline.gate.told import Atoms
from regiebeeld.pipeline.intake.accepting import Accepted, accept_delivery
from regiebeeld.pipeline.run import run_region
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings

pytestmark = pytest.mark.slow
SOURCE = "woninginbraken_aantallen"
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, example_region: Settings) -> DoorRegion:
    """The region with burglaries of every buurt delivered, and no release of them yet."""
    door = make_door_region(tmp_path_factory.mktemp("poort"), example_region)
    release = Shelf(example_region.releases).open_current("openbaar")
    buurten = [area.code for area in release.areas.values() if area.level.value == "buurt"]
    release.close()
    generator = np.random.default_rng(6)
    rows: list[dict[str, object]] = [
        {"gebied": code, "periode": month, "poging": way, "aantal": int(generator.poisson(2.0))}
        for code in buurten
        for month in MONTHS
        for way in ("voltooid", "poging")
    ]
    done = accept_delivery(door.csv(rows), SOURCE, "voorbeeld", door.settings)
    assert isinstance(done, Accepted), done
    return door


def run_and_check(door: DoorRegion) -> None:
    made = run_region("voorbeeld", door.settings)
    check_judged(door.settings, made.id, SOURCE)


def test_a_whole_run_passes(door: DoorRegion) -> None:
    run_and_check(door)


def test_a_run_without_the_gate_is_seen(door: DoorRegion, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every figure rounded as always, and no attacker that tries anything."""
    monkeypatch.setattr("regiebeeld.pipeline.run.order.pass_gate", pass_without_judging)
    with pytest.raises(AssertionError, match="was not judged"):
        run_and_check(door)


def pass_without_judging(
    drafts: Sequence[Draft],
    atoms: Mapping[str, Atoms],
    *,
    secret: Secret | None,
    **_: object,
) -> Passed:
    assert secret is not None
    cells = [
        show_cells(draft.cells) if draft.events is None else protect_cells(draft.cells, secret)
        for draft in drafts
    ]
    del atoms
    return Passed(cells, [np.ones(len(each.value), dtype=bool) for each in cells])


def test_a_register_that_forgets_is_seen(door: DoorRegion, monkeypatch: pytest.MonkeyPatch) -> None:
    """It notes that there was a release, and nothing of what was told in it."""
    kept = "regiebeeld.pipeline.gate.register.Register._write_group"
    monkeypatch.setattr(kept, lambda *_: {})
    shutil.rmtree(door.settings.unprotected / REGISTER)  # what earlier runs told would be in it
    shutil.rmtree(door.settings.releases)
    with pytest.raises(AssertionError, match="the register does not hold"):
        run_and_check(door)

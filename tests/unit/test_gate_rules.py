"""Single rules of the gate, each in a case that goes wrong without it."""

from pathlib import Path

import numpy as np
import pytest

from lib.gate_cases import SECRET
from lib.rival_sources import TOWN, make_rivals
from lib.told_cases import Said, count, say
from regiebeeld.attack import find_small, judge, make_statements, mask, propagate
from regiebeeld.attack.propagation import Relations
from regiebeeld.attack.solving import solve_target
from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.gate.elsewhere import NOWHERE_ELSE, Elsewhere
from regiebeeld.pipeline.gate.judging import MOST_MASKED, Passed, pass_gate
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Earlier
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.gate.verdicts import judge_union

A, B, C, WIJK, JAN = "BU99010101", "BU99010102", "BU99010103", "WK990101", "2024-01"
TWO = count({(A, JAN, "x"): 1, (B, JAN, "x"): 1})


def test_a_total_that_reads_otherwise_than_its_part_is_said_to_hold_more() -> None:
    """Equal sets read alike, so that something lies in the wijk beside A: B is not 0."""
    union = make_union(TWO, say([(A, JAN, "x", 0, 4), (WIJK, JAN, "x", 1, 9)]))
    assert len(union.statements) == 3
    assert union.statements.lower[2] == 1
    assert propagate(union.statements).lower.tolist() == [0, 1, 1]


def test_a_total_that_reads_otherwise_can_give_a_figure_away() -> None:
    # The others tell that the wijk is 2. It reads otherwise than A, so A is not all of it: 0 or 1.
    fact = Earlier(TWO, say([(WIJK, JAN, "x", 2, 2)]))
    union = make_union(TWO, say([(A, JAN, "x", 0, 4), (WIJK, JAN, "x", 1, 9)]), [fact])
    verdict = judge_union(union).verdict
    assert verdict.clean
    assert {union.mine, union.mine + 1} & set(verdict.masked)
    # When they read alike, A can be 0, 1 or 2.
    alike = make_union(TWO, say([(A, JAN, "x", 1, 9), (WIJK, JAN, "x", 1, 9)]), [fact])
    assert alike.mine in judge_union(alike).verdict.certified


def test_a_total_and_its_parts_tighten_each_other() -> None:
    # Two parts of two counts each are at most 4, and their total is 8: each of them is 4.
    parts = [np.array([0, 1], np.int32), np.array([2, 3], np.int32), np.arange(4, dtype=np.int32)]
    told = make_statements(4, parts, np.array([0, 0, 8]), np.array([4, 4, 8]))
    relations = Relations(np.array([2]), np.array([0, 2]), np.array([0, 1]))
    found = propagate(told, relations)
    assert found.lower.tolist() == found.upper.tolist() == [4, 4, 8]
    assert propagate(told).lower.tolist() == [0, 0, 8]


def test_a_figure_that_adds_nothing_up_is_refused() -> None:
    for said in ((C, JAN, "x", 0, 4), (A, "2025-01", "x", 0, 4), (A, JAN, "y", 0, 4)):
        with pytest.raises(DisclosureError, match="niet de som"):
            make_union(TWO, say([said]))


def test_what_is_masked_is_proven_too() -> None:
    """Masking the small figure alone would leave it to be worked out: another goes with it."""
    atoms = count({(A, JAN, "x"): 3, (B, JAN, "x"): 9, (C, JAN, "x"): 14})
    said: list[Said] = [(A, JAN, "x", 0, 4), (B, JAN, "x", 9, 9), (C, JAN, "x", 14, 14),
                        (WIJK, JAN, "x", 26, 26)]  # fmt: skip
    union = make_union(atoms, say(said))
    verdict = judge(union.statements, union.table, ours=union.ours)
    assert verdict.clean
    masked = np.zeros(len(union.statements), dtype=bool)
    masked[verdict.masked] = True
    assert masked.sum() > 1
    left = propagate(mask(union.statements, masked))
    targets = np.union1d(find_small(union.statements), verdict.masked)
    assert (left.upper - left.lower)[targets].min() >= 2


def release_rivals(folder: Path, elsewhere: Elsewhere | None = None) -> Passed:
    drafts, atoms, shared = make_rivals()
    return pass_gate(
        drafts,
        atoms,
        areas=TOWN.areas,
        secret=SECRET,
        register=Register(folder / "register"),
        elsewhere=elsewhere or shared,
    )


def test_no_more_is_withheld_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more would have to be, the level is left out, and told as unsafe."""
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)
    assert MOST_MASKED == 0.02
    passed = release_rivals(tmp_path)
    assert any(each.unsafe for each in passed.too_fine)
    for account in passed.accounts:
        assert account.masked <= 0.02 * account.figures
    for cells, kept in zip(passed.cells, passed.kept, strict=True):
        assert (cells.value[~kept] == -1).all()


def test_a_prover_that_believes_anything_is_stopped_by_arithmetic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published is worked out once more, without any search or proof."""
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)
    monkeypatch.setattr(
        "regiebeeld.attack.proving.verify_witnesses",
        lambda *given: np.ones(len(given[2]), dtype=bool),
    )
    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.protect_cells", tell_exactly)
    with pytest.raises(DisclosureError, match="zijn te herleiden"):
        release_rivals(tmp_path, NOWHERE_ELSE)


def tell_exactly(cells: object, _: object) -> ReleasedCells:
    """A rounding that tells each count within nothing, but says it is a range."""
    value = cells.value  # type: ignore[attr-defined]
    return ReleasedCells(value, value, value, np.ones(len(value), np.uint8))


def test_what_was_withheld_and_is_told_by_others_since_stops_nothing() -> None:
    """A big figure was withheld beside a small one; then a public table tells it exactly."""
    atoms = count({(A, JAN, "x"): 3, (B, JAN, "x"): 17})
    said: list[Said] = [(A, JAN, "x", 1, 9), (B, JAN, "x", 11, 19)]
    nothing = say(said).only(np.zeros(2, dtype=bool))
    before = Earlier(atoms, nothing, say(said))
    for facts in ([(B, JAN, "x", 17, 17)], [(A, JAN, "x", 3, 3), (B, JAN, "x", 17, 17)]):
        union = make_union(atoms, say(said), [before, Earlier(atoms, say(facts))])
        assert union.withheld.sum() == 2
        verdict = judge_union(union).verdict
        assert verdict.clean
        assert set(verdict.masked) == {union.mine, union.mine + 1}
        assert union.mine + 1 not in verdict.certified


def test_a_figure_without_anything_left_to_vary_has_no_witnesses() -> None:
    empty = make_statements(1, [np.empty(0, np.int32), np.array([0], np.int32)],
                            np.array([0, 0]), np.array([4, 4]))  # fmt: skip
    truth = np.array([2])
    assert solve_target(empty, (truth, empty.sums(truth)), 0) is None
    assert solve_target(empty, (truth, empty.sums(truth)), 1) is not None

"""Every rule of the gate is switched off once, alone: then a named test must fail.

Each row names what goes, what stands in its place, and the test that sees it; the same test
passes with the rule in place.
"""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regiebeeld.attack import gate as attacker
from regiebeeld.attack import propagation, proving, statements, verifying
from regiebeeld.attack.ladder import Ladder
from regiebeeld.disclosure import Secret, keys, range_of, rounding
from regiebeeld.domain import DisclosureError
from regiebeeld.pipeline.gate import (
    breakdowns,
    elsewhere,
    judging,
    layouts,
    nodes,
    register,
    rows,
    union,
    usefulness,
    verdicts,
)
from regiebeeld.pipeline.gate.figures import lay_out_left
from regiebeeld.pipeline.gate.told import Earlier, Figures
from regiebeeld.pipeline.indicators import unplaced
from regiebeeld.pipeline.run import estimates, event_keys

NONE = np.empty(0, np.int64)
SPARED = Secret(b"a secret that nobody would look at")
FAILING = (AssertionError, pytest.fail.Exception, DisclosureError)


@dataclass(frozen=True)
class Mutation:
    """One rule that is off: the object and its attribute, what stands there, and who sees it.

    given: the arguments of the test, for one with parameters.
    """

    rule: str
    where: Any
    name: str
    instead: Any
    seen_by: str
    given: tuple[Any, ...] = ()


# --- what stands in the place of a rule -------------------------------------------------------


def range_too_narrow(value: Any) -> tuple[Any, Any]:
    lower, upper = range_of(value)
    return np.minimum(lower + 1, upper), upper


def hash_without(*left: int) -> Callable[..., Any]:
    """Hash as always, but for some of the words."""
    return lambda key, words: _hash_words(
        key, [word for i, word in enumerate(words) if i - len(words) not in left and i not in left]
    )


def nothing_laid(*_: Any) -> Figures:
    return Figures((), (), (), NONE, NONE, NONE, NONE, NONE)


def all_marked(count: int) -> np.ndarray:
    return np.ones(count, dtype=bool)


def no_moments_before(atoms: Any, figures: Any, earlier: Any = (), pieces: Any = None) -> Any:
    del earlier
    return _make_union(atoms, figures, (), pieces)


def all_is_ours(*given: Any, **more: Any) -> Any:
    made = _make_union(*given, **more)
    ours = made.ours.copy()
    ours[: len(made.marks)] = True
    return replace(made, ours=ours)


def nothing_withheld_before(moments: Any, nodes: Any) -> Any:
    del moments
    return _lay_withheld((), nodes)


def masked_is_not_tested(self: Any, masked: Any, targets: Any) -> Any:
    return _find_failing(self, masked, targets[~masked[targets]])


def a_range_is_a_fact(told: Any, table: Any, facts: Any) -> Any:
    return _take_out_known(told, table, facts | (np.arange(len(told)) == 0))


def not_judged(self: Any, passed: Any, atoms: Any, *_: Any) -> None:
    """Show the rounded cells, and let no attacker try."""
    passed.told[self.events] = Earlier(atoms, self.lay_out(passed).figures)


def each_by_itself(self: Any, passed: Any) -> Any:
    return [[one] for lot in _list_lots(self, passed) for one in lot]


def nothing_left(drafts: Any, cells: Any, areas: Any) -> Any:
    found = lay_out_left(drafts, cells, areas)
    return found.only(np.zeros(len(found), dtype=bool))


def whole_alone(self: Any, passed: Any, indicator: str) -> Any:
    whole, _ = _find_told(self, passed, indicator)
    return whole, whole


def marked_by_counts(_: Any, cells: Any, __: Any) -> Any:
    return cells.estimated_share * cells.value > 0


def too_much_of_counts(found: Any, _: Any) -> Any:
    return _is_too_much(found, None)


def a_set_is_everything(code: str, atoms: Any) -> Any:
    return np.arange(len(atoms)) if code.startswith("SET ") else _areas_in(code, atoms)


def keep_all(_: Any, figures: Any) -> Any:
    return figures


def pass_by(*_: Any, **__: Any) -> None:
    return None


_areas_in = nodes._areas_in
_make_union = union.make_union
_lay_withheld = rows.lay_withheld
_find_failing = proving.Prover.find_failing
_take_out_known = statements.take_out_known
_is_too_much = unplaced._is_too_much
_find_told = judging._Group._find_told
_list_lots = judging._Group._list_lots
_hash_words = keys.hash_words

TOTAL_LEAK = ("total minus parts",)
OTHER_SECRET = (Secret(b"another secret that is long enough."),)
MUTATIONS = (
    # Rounding
    Mutation("a range holds every count it can be", rounding, "range_of", range_too_narrow,
             "unit.test_disclosure:test_a_count_lies_in_its_range_and_a_multiple_of_five_stays"),
    Mutation("a count is rounded by lot", rounding, "hash_words",
             lambda _, words: np.zeros(len(words[0]), np.uint64),
             "unit.test_disclosure:test_rounding_is_unbiased_with_the_published_probabilities",
             (3,)),
    Mutation("the lot is drawn by the events", rounding, "hash_words", hash_without(0),
             "unit.test_disclosure:test_rounding_is_unbiased_with_the_published_probabilities",
             (3,)),
    Mutation("every event has a number of its own", keys, "hash_words", hash_without(-1),
             "unit.test_event_keys:test_a_revised_count_keeps_the_keys_of_its_first_events"),
    Mutation("the lot is secret", Secret, "derive",
             lambda _, purpose: (np.uint64(len(purpose)), np.uint64(1)),
             "unit.test_disclosure:test_another_secret_rounds_otherwise"),
    Mutation("a secret is long enough", keys, "SHORTEST_SECRET", 0,
             "unit.test_disclosure:test_a_short_secret_is_refused_and_a_secret_is_never_shown"),
    *(Mutation(f"an atom is named by its {left}", event_keys, "_DIMENSIONS",
               tuple(n for n in ("event_set", "breakdown", "area", "period") if n != left),
               "unit.test_event_keys:test_every_part_of_a_name_makes_other_events")
      for left in ("event_set", "breakdown", "area", "period")),
    Mutation("what is not rounded is not shown", judging, "protect_cells",
             lambda cells, _: judging.show_cells(cells),
             "unit.test_gate:test_every_figure_is_rounded_within_its_range"),
    Mutation("a masked cell says nothing", judging, "mask_cells", lambda cells, _: cells,
             "unit.test_gate:test_where_a_public_total_leaves_no_room_the_split_is_withheld"),
    # The secret and the register
    Mutation("without the secret nothing passes", judging, "check_secret", lambda s, _: s or SPARED,
             "unit.test_gate:test_without_the_secret_of_before_nothing_passes", (None,)),
    Mutation("another secret is refused", register.Register, "check_secret", pass_by,
             "unit.test_gate:test_without_the_secret_of_before_nothing_passes", OTHER_SECRET),
    Mutation("what is told is kept", register.Register, "add", pass_by,
             "unit.test_register:test_a_release_that_tells_nothing_new_adds_no_file"),
    Mutation("what was told before is laid beside it", judging, "make_union", no_moments_before,
             "unit.test_gate:"
             "test_what_was_told_before_and_gives_a_figure_away_stops_the_release"),
    Mutation("what was told before cannot be taken back", judging, "make_union", all_is_ours,
             "unit.test_gate:"
             "test_what_was_told_before_and_gives_a_figure_away_stops_the_release"),
    Mutation("what was withheld stays so", union, "lay_withheld", nothing_withheld_before,
             "unit.test_register:test_what_was_withheld_stays_so_while_its_events_do"),
    Mutation("a verdict is of just these figures", verdicts, "prove", lambda *_: "same",
             "unit.test_register:test_a_verdict_is_used_again_only_for_just_the_same"),
    # What others tell
    Mutation("public tables are known", elsewhere, "tell_of_public", lambda *_: [],
             "unit.test_gate:test_where_a_public_total_leaves_no_room_the_split_is_withheld"),
    Mutation("other sources of the same events are known", elsewhere, "tell_of_others",
             lambda *_: [], "unit.test_channels:"
             "test_two_sources_about_the_same_events_do_not_tell_more_together"),
    Mutation("only figures that can be ours tell about ours", elsewhere, "keep_fitting", keep_all,
             "unit.test_elsewhere:test_a_public_table_that_counts_otherwise_tells_nothing"),
    Mutation("facts leave no room", attacker, "_known_before", lambda *_: (NONE, NONE),
             "unit.test_attack:test_what_others_told_exactly_is_not_ours_to_keep"),
    Mutation("only facts are taken out", verdicts, "take_out_known", a_range_is_a_fact,
             "unit.test_planted_leaks:test_the_same_figures_rounded_by_the_rules_pass",
             TOTAL_LEAK),
    Mutation("what decided what is hidden is told", judging, "lay_out_asides", nothing_laid,
             "unit.test_channels:test_what_decided_what_is_hidden_counts_as_told"),
    # The attack
    Mutation("small figures are tested", attacker, "find_small", lambda _: NONE,
             "unit.test_attack:test_a_planted_leak_is_caught", TOTAL_LEAK),
    Mutation("small figures of the union are tested", verdicts, "find_small", lambda _: NONE,
             "unit.test_planted_leaks:test_a_planted_leak_is_caught", TOTAL_LEAK),
    Mutation("1 to 4 is small", attacker, "SMALL", 0,
             "unit.test_attack:test_only_figures_that_can_be_small_are_tested"),
    Mutation("two witnesses lie 2 apart", verifying, "WIDTH", 1,
             "unit.test_attack:test_a_witness_that_does_not_fit_is_not_believed"),
    Mutation("witnesses get a second look", proving, "verify_witnesses",
             lambda *given: all_marked(len(given[2])),
             "unit.test_attack:test_a_planted_leak_is_caught", TOTAL_LEAK),
    Mutation("what is masked is proven too", proving.Prover, "find_failing", masked_is_not_tested,
             "unit.test_gate_rules:test_what_is_masked_is_proven_too"),
    Mutation("what fails is masked", Ladder, "climb", lambda _s, _f, masked, _n: masked & False,
             "unit.test_attack:test_an_earlier_figure_cannot_be_taken_back"),
    Mutation("totals follow from parts", propagation._System, "tighten_totals",
             lambda _, lower, upper: (lower, upper),
             "unit.test_gate_rules:test_a_total_and_its_parts_tighten_each_other"),
    Mutation("counts follow from sums", propagation._System, "tighten_unknowns",
             lambda _, unknown, *__: unknown,
             "unit.test_attack:test_exact_is_only_said_of_what_follows"),
    Mutation("equal sets read alike", union, "add_differences", lambda plain, *_: plain,
             "unit.test_gate_rules:test_a_total_that_reads_otherwise_can_give_a_figure_away"),
    # The gate
    Mutation("the attacker tries before anybody sees it", judging._Group, "judge", not_judged,
             "unit.test_gate:test_where_a_public_total_leaves_no_room_the_split_is_withheld"),
    Mutation("figures are the sum of their atoms", rows, "_refuse_strangers", pass_by,
             "unit.test_gate_rules:test_a_figure_that_adds_nothing_up_is_refused"),
    Mutation("what is published is worked out once more", judging, "find_exact", lambda *_: NONE,
             "unit.test_gate_rules:"
             "test_a_prover_that_believes_anything_is_stopped_by_arithmetic"),
    Mutation("at most 2 % is withheld", judging, "MOST_MASKED", 1.0,
             "unit.test_gate_rules:test_no_more_is_withheld_than_the_limit"),
    Mutation("a level that says too little is left out", usefulness, "MOST_LOW", 1.0,
             "unit.test_elsewhere:test_a_grain_is_judged_by_what_its_figures_read"),
    Mutation("two layouts need a count per piece", layouts, "_refuse_uncut", pass_by,
             "unit.test_planted_leaks:test_over_two_layouts_without_pieces_nothing_passes"),
    Mutation("pieces are today's counts", layouts, "_refuse_other_counts", pass_by,
             "unit.test_planted_leaks:test_pieces_that_are_not_todays_counts_are_refused"),
    Mutation("a new breakdown is refused", union, "refuse_other_breakdowns", pass_by,
             "unit.test_channels:test_a_new_breakdown_of_an_old_source_is_refused"),
    Mutation("a renamed event set is refused", breakdowns, "_refuse_other_sets", pass_by,
             "unit.test_channels:test_sets_that_are_renamed_joined_or_split_are_refused",
             (("z",),)),
    # Areas that are told as one
    Mutation("what a set leaves of an area is tested", judging, "lay_out_open", nothing_laid,
             "unit.test_area_sets:test_what_a_set_leaves_of_a_wijk_is_not_given_away"),
    Mutation("what a set of before leaves stays open", judging, "leave_open",
             lambda before, *_: list(before), "unit.test_area_sets:"
             "test_a_public_table_that_comes_after_a_set_stops_the_release", (False,)),
    Mutation("a set keeps its members", judging, "refuse_other_members", pass_by,
             "unit.test_area_sets:test_a_set_with_other_members_is_another_set"),
    Mutation("a set holds its members only", nodes, "_areas_in", a_set_is_everything,
             "unit.test_area_sets:test_a_set_holds_what_its_members_hold_and_no_more"),
    Mutation("a public table tells what a set cuts out", elsewhere, "_add_up_blocks",
             lambda *_: [],
             "unit.test_area_sets:test_a_public_table_tells_the_sum_of_what_a_set_cuts_out"),
    # Parts of a whole
    Mutation("a part is attacked beside its whole", judging._Group, "judge", not_judged,
             "unit.test_gate_breakdowns:"
             "test_whole_less_the_other_values_gives_no_value_away"),
    Mutation("a part stands only where its whole does", judging._Group, "keep_beside_wholes",
             pass_by, "unit.test_gate_breakdowns:test_a_part_stands_only_where_its_whole_is_told"),
    Mutation("with one part gone all are", judging._Group, "_find_told", whole_alone,
             "unit.test_gate_breakdowns:"
             "test_with_one_part_not_told_the_others_would_give_it_away"),
    Mutation("a part that is left out stays open", judging, "lay_out_left", nothing_left,
             "unit.test_gate_breakdowns:"
             "test_a_part_that_is_left_out_is_not_the_rest_of_the_region", (12,)),
    Mutation("a value keeps its name", breakdowns, "_refuse_other_values", pass_by,
             "unit.test_channels:"
             "test_without_that_refusal_values_of_before_and_after_give_each_other_away"),
    Mutation("parts stay or go together", judging._Group, "_list_lots", each_by_itself,
             "unit.test_gate_breakdowns:"
             "test_how_many_are_low_is_judged_over_all_parts_together"),
    Mutation("what was withheld stays open beside parts", judging, "open_up",
             lambda withheld: withheld.only(np.zeros(len(withheld), dtype=bool)),
             "unit.test_gate_breakdowns:"
             "test_what_was_withheld_of_wholes_is_attacked_again_beside_parts"),
    # What can be seen without a figure
    Mutation("hiding follows from rounded numbers", unplaced, "_is_too_much", too_much_of_counts,
             "unit.test_unplaced_persons:test_two_tables_that_read_alike_hide_the_same"),
    Mutation("below ten nothing is sure", unplaced, "FEWEST", 0,
             "unit.test_unplaced_persons:test_hiding_follows_from_rounded_numbers", (9, 0, False)),
    Mutation("estimates follow from layouts", estimates.Estimates, "mark", marked_by_counts,
             "unit.test_event_keys:test_a_mark_follows_from_layouts_and_never_from_a_count"),
)  # fmt: skip


def read_check(seen_by: str) -> Callable[..., None]:
    module, _, name = seen_by.partition(":")
    check: Callable[..., None] = getattr(importlib.import_module(module), name)
    return check


def call(mutation: Mutation, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Call the test that is named with what its fixtures would give."""
    check = read_check(mutation.seen_by)
    fixtures = {
        "register": lambda: register.Register(folder / "register"),
        "tmp_path": lambda: folder,
        "monkeypatch": lambda: patch,
    }
    names = list(inspect.signature(check).parameters)
    given = {name: fixtures[name]() for name in names if name in fixtures}
    rest = [name for name in names if name not in fixtures]
    check(**given, **dict(zip(rest, mutation.given, strict=True)))


def named(mutation: Mutation) -> str:
    return mutation.rule.replace(" ", "_")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_the_named_test_fails_without_the_rule(
    mutation: Mutation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usefulness, "MOST_LOW", 1.0)
    assert hasattr(mutation.where, mutation.name), "the rule has another name now"
    monkeypatch.setattr(mutation.where, mutation.name, mutation.instead)
    with pytest.raises(FAILING):
        call(mutation, tmp_path, monkeypatch)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=named)
def test_the_named_test_passes_with_the_rule(
    mutation: Mutation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mutation.where is not usefulness:
        monkeypatch.setattr(usefulness, "MOST_LOW", 1.0)
    call(mutation, tmp_path, monkeypatch)

"""Ways around the rounding, through the whole gate: each is planted, and caught or not there."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chi2

from lib.gate_cases import EVENTS, SECRET, SETS, Town, draw_counts, make_atoms, make_drafts, months
from lib.rival_sources import make_rivals
from lib.told_cases import count, say
from regiebeeld.attack import find_small, propagate
from regiebeeld.catalogue import Figure, Indicator
from regiebeeld.domain import AreaLevel, DisclosureError
from regiebeeld.pipeline.analyses import Bases
from regiebeeld.pipeline.gate.breakdowns import refuse_other_breakdowns
from regiebeeld.pipeline.gate.elsewhere import NOWHERE_ELSE, Elsewhere
from regiebeeld.pipeline.gate.figures import Draft, lay_out_asides
from regiebeeld.pipeline.gate.judging import Passed, pass_gate
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, join_figures
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.indicators import Asides
from regiebeeld.pipeline.run.cell_tables import CellTables, make_cell_tables
from regiebeeld.pipeline.run.drafts import Chosen, Drafts

TOWN = Town.make()
YEAR = ["2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
TOTAL, PARTS = "inbraak/total", ("inbraak/attempt=voltooid", "inbraak/attempt=poging")


@pytest.fixture(autouse=True)
def every_level_is_useful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.usefulness.MOST_LOW", 1.0)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "register")


def release(
    drafts: list[Draft],
    atoms: Mapping[str, Atoms],
    register: Register,
    elsewhere: Elsewhere = NOWHERE_ELSE,
) -> Passed:
    return pass_gate(
        drafts, atoms, areas=TOWN.areas, secret=SECRET, register=register, elsewhere=elsewhere
    )


def small_town(periods: int = 12, **more: float) -> Atoms:
    return make_atoms(TOWN, draw_counts(TOWN, periods, **more), months(periods))  # type: ignore[arg-type]


# --- areas that changed -----------------------------------------------------------------------


def test_figures_in_another_layout_than_before_are_refused(register: Register) -> None:
    """Old minus new: the piece that moved. Without a count per piece nobody can judge it."""
    atoms = small_town()
    first = release(make_drafts(TOWN, atoms, YEAR), {EVENTS: atoms}, register)
    register.add("2026-01-31.1", first.told)
    moved = replace(atoms, vintage=2026)
    with pytest.raises(DisclosureError, match=r"indeling van 0.*Zonder telling per stuk"):
        release(make_drafts(TOWN, moved, YEAR), {EVENTS: moved}, register)
    assert register.releases() == ["2026-01-31.1"]


# --- a new breakdown of an old source ---------------------------------------------------------


def as_total(atoms: Atoms) -> tuple[list[Draft], Atoms]:
    whole = replace(atoms, sets=(TOTAL,), counts=atoms.counts.sum(axis=2, keepdims=True))
    (draft, *_) = make_drafts(TOWN, atoms, YEAR)
    return [replace(draft, sets=frozenset([TOTAL]))], whole


def as_parts(atoms: Atoms) -> tuple[list[Draft], Atoms]:
    named = dict(zip(SETS, PARTS, strict=True))
    drafts = [
        replace(draft, sets=frozenset(named[one] for one in draft.sets))
        for draft in make_drafts(TOWN, atoms, YEAR)
    ]
    return drafts, replace(atoms, sets=PARTS)


def test_a_new_breakdown_of_an_old_source_is_refused(register: Register) -> None:
    atoms = small_town()
    drafts, whole = as_total(atoms)
    register.add("2026-01-31.1", release(drafts, {EVENTS: whole}, register).told)
    drafts, parts = as_parts(atoms)
    with pytest.raises(DisclosureError, match=r"eerder anders uitgesplitst.*attempt en geen"):
        release(drafts, {EVENTS: parts}, register)
    assert register.releases() == ["2026-01-31.1"]


def test_without_that_refusal_old_total_and_new_parts_give_each_other_away() -> None:
    """Four kinds of one event each read "1-9", and the old total of them reads "0-4"."""
    kinds = [f"x/kind={k}" for k in "abcd"]
    atoms = count({("BU99010101", "2024-01", kind): 1 for kind in kinds})
    told = [("BU99010101", "2024-01", kind, 1, 9) for kind in kinds]
    linked = make_union(atoms, say([*told, ("BU99010101", "2024-01", "+".join(kinds), 0, 4)]))
    assert propagate(linked.statements).upper[:4].tolist() == [1, 1, 1, 1]
    before = count({("BU99010101", "2024-01", "x/total"): 4})
    earlier = Earlier(before, say([("BU99010101", "2024-01", "x/total", 0, 4)]))
    with pytest.raises(DisclosureError, match="uitgesplitst"):
        make_union(atoms, say(told), [earlier])


def test_new_values_new_periods_and_other_events_are_no_new_breakdown() -> None:
    a, b = "BU99010101", "BU99010102"
    before = count({(a, "2024-01", "x/kind=a"): 2, (b, "2024-01", "y/total"): 1})
    refuse_other_breakdowns(
        [
            count({(a, "2024-01", "x/kind=a"): 2, (a, "2024-01", "x/kind=b"): 0}),
            count({(a, "2024-01", "x/kind=a"): 0, (a, "2024-01", "x/kind=b"): 2}),
        ]
    )
    refuse_other_breakdowns([before, count({(a, "2024-02", "x/kind=b"): 2})])
    refuse_other_breakdowns(
        [before, count({(a, "2024-01", "x/kind=a"): 1, (b, "2024-01", "x/kind=onbekend"): 1})]
    )
    refuse_other_breakdowns([before, count({(a, "2024-02", "x/total"): 2})])
    refuse_other_breakdowns([before, count({(a, "2024-01", "x/total"): 0})])
    refuse_other_breakdowns([before, count({(a, "2024-01", "y/total"): 5})])
    for changed in ("x/kind=a;age=young", "x/total", "x/age=young"):
        with pytest.raises(DisclosureError, match="x, 2024-01"):
            refuse_other_breakdowns([before, count({(b, "2024-01", changed): 1})])


@pytest.mark.parametrize("values", [("young",), ("old", "young"), ("old", "young", "new")])
def test_values_that_are_renamed_joined_or_split_are_another_breakdown(
    values: tuple[str, ...],
) -> None:
    """Under another value the events of before would be drawn anew, in their whole too."""
    before = count({("BU99010101", "2024-01", f"x/age={age}"): 1 for age in ("12-13", "old")})
    today = count({("BU99010101", "2024-01", f"x/age={age}"): 1 for age in values})
    for moments in ([before, today], [today, before]):
        with pytest.raises(DisclosureError, match=r"x, 2024-01: eerder anders ingedeeld"):
            refuse_other_breakdowns(moments)


@pytest.mark.parametrize("names", [("z",), ("y", "z"), ("z", "zz")])
def test_sets_that_are_renamed_joined_or_split_are_refused(names: tuple[str, ...]) -> None:
    """Under another name the same events are rounded anew: each rename would tell more of them."""
    area, month = "BU99010101", "2024-01"
    before = count({(area, month, f"{name}/total"): 3 for name in ("x", "y")})
    today = count({(area, month, f"{name}/total"): 3 for name in names})
    for moments in ([before, today], [today, before]):
        with pytest.raises(DisclosureError, match=r"2024-01: eerder anders ingedeeld dan nu \("):
            refuse_other_breakdowns(moments)


def test_a_set_that_only_comes_or_only_goes_and_new_periods_are_no_rename() -> None:
    area = "BU99010101"
    one = count({(area, "2024-01", "x/total"): 3})
    both = count({(area, "2024-01", "x/total"): 3, (area, "2024-01", "y/total"): 3})
    for moments in ([one, both], [both, one]):
        refuse_other_breakdowns(moments)
    refuse_other_breakdowns([one, count({(area, "2024-02", "z/total"): 3})])


def test_without_that_refusal_values_of_before_and_after_give_each_other_away() -> None:
    """Four ages of one event each read "1-9"; joined under a new name they read "0-4"."""
    ages = [f"x/age={k}" for k in "abcd"]
    before = count({("BU99010101", "2024-01", age): 1 for age in ages})
    told = [("BU99010101", "2024-01", age, 1, 9) for age in ages]
    linked = make_union(before, say([*told, ("BU99010101", "2024-01", "+".join(ages), 0, 4)]))
    assert propagate(linked.statements).upper[:4].tolist() == [1, 1, 1, 1]
    today = count({("BU99010101", "2024-01", "x/age=joined"): 4})
    after = say([("BU99010101", "2024-01", "x/age=joined", 0, 4)])
    with pytest.raises(DisclosureError, match="ingedeeld"):
        make_union(today, after, [Earlier(before, say(told))])


# --- two sources that count the same events ---------------------------------------------------


def narrowest(passed: Passed, atoms: Mapping[str, Atoms]) -> int:
    """Lay both sources' figures on the same events; give the least room of a small figure."""
    one, other = passed.told["a"], passed.told["b"]
    renamed = replace(other.figures, sets=one.figures.sets)
    union = make_union(atoms["a"], join_figures(one.figures, renamed))
    derived = propagate(union.statements)
    small = find_small(union.statements)
    return int((derived.upper[small] - derived.lower[small]).min())


def test_two_sources_about_the_same_events_do_not_tell_more_together(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regiebeeld.pipeline.gate.judging.MOST_MASKED", 1.0)
    drafts, atoms, elsewhere = make_rivals()
    alone = release(drafts, atoms, register)
    assert narrowest(alone, atoms) < 2  # the leak is there to be caught
    together = release(drafts, atoms, register, elsewhere)
    assert narrowest(together, atoms) >= 2
    assert all(account.masked > 0 for account in together.accounts)


# --- what was not shown but decided what is ---------------------------------------------------


UNPLACED = "BU9901?BU99019999"  # counted in gemeente 9901, and drawn nowhere in it


def with_unplaced() -> tuple[list[Draft], Atoms, int]:
    """Drafts of one year, with what of gemeente 9901 lies in no wijk beside them."""
    names = tuple(UNPLACED if name == "BU99019999" else name for name in TOWN.atoms)
    town = replace(TOWN, atoms=names)
    counts = draw_counts(TOWN, 12)
    at = names.index(UNPLACED)
    atoms = make_atoms(town, counts, months(12))
    (draft, *_) = make_drafts(town, atoms, ["2023"])
    area = np.array([i for i, each in enumerate(TOWN.areas) if each.code == "GM9901"], np.int32)
    number = int(counts[at].sum())
    aside = Asides(area, np.zeros(1, np.int32), np.array([number]), np.array([7], np.uint64))
    return [replace(draft, cells=replace(draft.cells, asides=aside))], atoms, number


def test_what_decided_what_is_hidden_counts_as_told(register: Register) -> None:
    """Of a gemeente without its wijken anybody knows that more than 20 % has no place."""
    drafts, atoms, number = with_unplaced()
    told = release(drafts, {EVENTS: atoms}, register).told[EVENTS].figures
    found = [row for row in range(len(told)) if told.where(row) == "GM9901?, 2023"]
    assert len(found) == 1
    row = found[0]
    assert told.lower[row] <= number <= told.upper[row]
    assert told.upper[row] % 5 == 4  # and rounded itself


def test_an_aside_that_nobody_can_see_is_not_told() -> None:
    drafts, atoms, _ = with_unplaced()
    (draft,) = drafts
    every = np.ones(len(draft.cells.value), dtype=bool)
    coarse = np.array([TOWN.areas[i].level is not AreaLevel.WIJK for i in draft.cells.area])
    value = [np.array([25])]
    assert len(lay_out_asides(drafts, value, [every], TOWN.areas, atoms.areas)) == 1
    # Without wijken there is nothing to hide, and without such a place nothing to lie in it.
    assert not len(lay_out_asides(drafts, value, [coarse], TOWN.areas, atoms.areas))
    assert not len(lay_out_asides(drafts, value, [every], TOWN.areas, TOWN.atoms))


# --- tables, map classes and orders of released cells -----------------------------------------


def an_indicator() -> Indicator:
    return Indicator.model_validate(
        {
            "id": "inbraken", "title": "Inbraken", "definition": "Inbraken.", "caution": "Let op.",
            "unit": "registratie", "effort": "brengdelict", "label": "openbaar",
            "sources": [{"source": "bron", "event_sets": ["inbraak"]}],
            "finest": [{"level": "wijk", "period": "year"}],
            "denominator": {"figures": ["woningen"], "minimum": 100, "per": 1000},
        }
    )  # fmt: skip


def bases() -> Bases:
    size = len(TOWN.areas)
    values = {figure: np.full((size, 1), np.nan) for figure in Figure}
    values[Figure.WONINGEN] = np.arange(90, 90 + 37 * size, 37, dtype=np.float64)[:, None]
    return Bases((2023,), values)


def lay_tables(drafts: list[Draft], passed: Passed) -> CellTables:
    chosen = [Chosen("thema", an_indicator(), "bron", draft) for draft in drafts]
    return make_cell_tables(Drafts(chosen=chosen), passed, areas=TOWN.areas, bases=bases())


def other_counts(drafts: list[Draft], passed: Passed) -> Iterator[list[Draft]]:
    """Give the drafts with other counts of which all released figures are the same."""
    generator = np.random.default_rng(8)
    for drawn in ("lowest", "highest", "any", "rubbish"):
        changed = []
        for draft, cells in zip(drafts, passed.cells, strict=True):
            value = {
                "lowest": cells.lower,
                "highest": cells.upper,
                "any": generator.integers(cells.lower, cells.upper + 1),
                "rubbish": generator.permutation(draft.cells.value) * 1009 + 7,
            }[drawn]
            keys = generator.integers(0, 1 << 63, len(value), dtype=np.uint64)
            changed.append(replace(draft, cells=replace(draft.cells, value=value, key=keys)))
        yield changed


def test_tables_map_classes_and_orders_follow_from_what_is_released(register: Register) -> None:
    """No rate, class of a map, order of rows or verdict can tell two counts of one range apart."""
    atoms = small_town(mean=3.0)
    drafts = make_drafts(TOWN, atoms, YEAR)
    passed = release(drafts, {EVENTS: atoms}, register)
    wanted = lay_tables(drafts, passed)
    assert wanted.breaks
    for changed in other_counts(drafts, passed):
        assert any((a.cells.value != b.cells.value).any() for a, b in zip(drafts, changed,
                                                                       strict=True))  # fmt: skip
        found = lay_tables(changed, passed)
        assert pa.concat_tables(found.parts).equals(pa.concat_tables(wanted.parts))
        assert found.breaks == wanted.breaks
        assert (found.absent, found.too_fine) == (wanted.absent, wanted.too_fine)
        assert list(found.periods) == list(wanted.periods)


def test_a_planted_true_count_in_the_tables_is_seen(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above would see a column that holds what was counted."""
    monkeypatch.setattr(
        CellTables, "_breaks", lambda _s, key, cells, *_: [(key, "", "", "", cells.value.tolist())]
    )
    with pytest.raises(AssertionError):
        test_tables_map_classes_and_orders_follow_from_what_is_released(register)


def test_a_rate_times_its_denominator_is_the_rounded_value(register: Register) -> None:
    atoms = small_town(mean=3.0)
    drafts = make_drafts(TOWN, atoms, YEAR)
    passed = release(drafts, {EVENTS: atoms}, register)
    rows = pa.concat_tables(lay_tables(drafts, passed).parts).to_pylist()
    rated = [row for row in rows if row["rate"] is not None]
    assert len(rated) > 20
    for row in rated:
        scale = row["per"] / row["base"]
        assert row["rate"] == pytest.approx(row["value"] * scale)
        assert row["value"] % 5 == 0
        assert (row["lower"], row["upper"]) == (max(row["value"] - 4, 0), row["value"] + 4)
        # The exact Poisson limits (Garwood 1936) of the ends of the range.
        low = chi2.ppf(0.025, 2 * row["lower"]) / 2 if row["lower"] else 0.0
        high = chi2.ppf(0.975, 2 * row["upper"] + 2) / 2
        assert row["rate_lower"] == pytest.approx(low * scale)
        assert row["rate_upper"] == pytest.approx(high * scale)


def test_a_masked_cell_has_no_number_at_all(register: Register) -> None:
    atoms = small_town(mean=3.0)
    drafts = make_drafts(TOWN, atoms, YEAR)
    passed = release(drafts, {EVENTS: atoms}, register)
    cells = passed.cells[0]
    for column in (cells.value, cells.lower, cells.upper):
        column[::3] = -1
    rows = lay_tables(drafts, passed).parts[0].to_pylist()[::3]
    names = ("value", "lower", "upper", "base", "per", "rate", "rate_lower", "rate_upper")
    assert {row[name] for row in rows for name in names} == {None}

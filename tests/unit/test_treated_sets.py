"""Which areas of an intervention may be told as one, for what, how often, and what is added up."""

from dataclasses import replace

import numpy as np
import pytest

from lib.count_store import Counted, indicator, matrices, missing, month_ids
from lib.count_store import areas as make_areas
from regiebeeld.catalogue import Analysis, Figure
from regiebeeld.catalogue.limits import Limits
from regiebeeld.domain import AreaLevel, Intervention, PeriodKind, Reach, read_period
from regiebeeld.pipeline.analyses import Bases
from regiebeeld.pipeline.analyses.series import COMPARED, TREATED
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.protecting import ReleasedCells
from regiebeeld.pipeline.indicators.together import compute_together_cells
from regiebeeld.pipeline.run.treated_sets import (
    TogetherDraft,
    TreatedSet,
    collect_together,
    list_treated_sets,
)

QUARTER, HALF, YEAR = PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR
WIJKEN = {"WK990100": (600, 400, 700), "WK990101": (900, 100), "WK990200": (300, 500)}
BUURTEN = {
    f"BU{wijk[2:]}{n:02d}": homes for wijk, all_ in WIJKEN.items() for n, homes in enumerate(all_)
}
AREAS = make_areas("GM9901", "GM9902", *WIJKEN, *BUURTEN)
HOMES = BUURTEN | {wijk: sum(homes) for wijk, homes in WIJKEN.items()} | {
    "GM9901": 2700, "GM9902": 800,
}  # fmt: skip
LIMITS = Limits.model_validate(
    {
        "never": [],
        "subjects": [
            {"id": "x", "title": "X", "finest": [{"level": "gemeente", "period": "year"}],
             "analyses": [], "because": "x"}
        ],
        "together": {"least_homes": 300, "because": "geen paar straten"},
    }
)  # fmt: skip
COARSE = (("wijk", "year"), ("gemeente", "quarter"))


def intervene(*areas: str, comparison: tuple[str, ...] = ()) -> Intervention:
    return Intervention(
        "sloten", "Sloten", "sloten", ("woninginbraken",), areas, read_period("2024-01"), None,
        Reach("sloten"), "plan", comparison=comparison,
    )  # fmt: skip


def bases(**changed: float) -> Bases:
    homes = HOMES | changed
    values = [[np.nan, homes.get(area.code, np.nan)] for area in AREAS]
    return Bases((2023, 2024), {Figure.WONINGEN: np.array(values)})


def list_sets(
    one: Intervention, limits: Limits | None = LIMITS, **homes: float
) -> list[TreatedSet]:
    return list_treated_sets([one], AREAS, bases(**homes), region="klein", limits=limits)


def kinds(one: Intervention, *finest: tuple[str, str], **homes: float) -> tuple[PeriodKind, ...]:
    allowed = indicator(*(finest or COARSE)).model_copy(update={"analyses": (Analysis.EFFECTS,)})
    (found,) = list_sets(one, **homes)
    return found.list_kinds(allowed)


FIRST = ("BU99010000", "BU99010001")  # leaves 700 of the wijk, and is as large as GM9902


def test_a_set_has_a_name_that_lasts_and_its_homes() -> None:
    found = list_sets(intervene(*FIRST, comparison=("BU99020001",)))
    assert [(each.areas.id, each.role, each.homes) for each in found] == [
        ("klein/sloten/behandeld/2024", TREATED, 1000),
        ("klein/sloten/vergelijking/2024", COMPARED, 500),
    ]
    assert found[0].areas.members == FIRST


def test_how_often_follows_from_how_large() -> None:
    # As large as the smallest gemeente (800 homes): per quarter, as a gemeente may be.
    assert kinds(intervene(*FIRST)) == (QUARTER, HALF, YEAR)
    # As large as no gemeente, but as the smallest wijk: per year.
    assert kinds(intervene(*FIRST), GM9902=1200) == (YEAR,)
    # Smaller than any wijk, too: not at all.
    assert kinds(intervene(*FIRST), GM9902=1200, WK990200=1100, WK990101=1100) == ()
    assert kinds(intervene(*FIRST), ("gemeente", "half_year")) == (HALF, YEAR)
    assert kinds(intervene(*FIRST), ("gemeente", "year")) == (YEAR,)


def test_a_piece_of_a_shown_area_with_few_homes_is_not_left() -> None:
    # Of WK990101 (1,000 homes) a buurt of 100 would be left; the gemeente keeps enough.
    across = intervene("BU99010100", "BU99010000")
    assert kinds(across) == ()
    assert kinds(across, ("gemeente", "quarter")) == (QUARTER, HALF, YEAR)
    # All of the wijk leaves nothing of it.
    assert kinds(intervene("BU99010100", "BU99010101")) == (QUARTER, HALF, YEAR)
    # And a gemeente must keep, or give, enough as well.
    assert kinds(intervene(*FIRST), ("gemeente", "quarter"), GM9901=1100) == ()
    assert kinds(intervene(*FIRST, "BU99020000"), ("gemeente", "quarter"), BU99020000=250) == ()


A, B = intervene(*FIRST), intervene("BU99010002", "BU99010100")


@pytest.mark.parametrize(
    ("beside", "homes", "cut"),
    [
        # Of the 2,700 homes of GM9901 one leaves 1,700, the other 1,100, and both together 100.
        (B, {}, True),
        (B, {"GM9901": 2900}, False),
        # It counts other things: figures of attempts and of the rest add up to all.
        (replace(B, indicators=("fietsen",)), {}, True),
        # They share a buurt of 250 homes.
        (intervene("BU99010001", "BU99010002"), {"BU99010001": 250}, True),
        (intervene("BU99010001", "BU99010002"), {}, False),
        # The other is the first and a buurt of 100 homes more.
        (intervene(*FIRST, "BU99010101"), {}, True),
        (intervene(*FIRST, "BU99010101"), {"BU99010101": 300}, False),
        # The other is the wijk around it, in which one buurt is left.
        (intervene("WK990100"), {"BU99010002": 200}, True),
        (intervene("WK990100"), {}, False),
        # What is too small to be told takes nothing away.
        (intervene("BU99010101"), {}, False),
        # The same areas twice, and areas that leave nothing of the gemeente.
        (intervene(*FIRST), {}, False),
        (intervene("BU99010002", "BU99010100", "BU99010101"), {}, False),
        # It lies elsewhere.
        (intervene("BU99020000"), {}, False),
    ],
)  # fmt: skip
def test_all_sets_together_leave_and_share_enough_homes(
    beside: Intervention, homes: dict[str, float], cut: bool
) -> None:
    other = replace(beside, id="ander")
    for alone in (A, other):
        assert all(AreaLevel.GEMEENTE not in each.cuts for each in list_sets(alone, **homes))
    for pair in ([A, other], [other, A]):
        found = list_treated_sets(pair, AREAS, bases(**homes), region="klein", limits=LIMITS)
        assert {AreaLevel.GEMEENTE in each.cuts for each in found} == {cut}


def test_what_sets_leave_together_refuses_each_of_them_where_it_shows() -> None:
    both = replace(A, comparison=B.areas)  # what it is compared with is a set as well
    quarters = indicator(("gemeente", "quarter")).model_copy(
        update={"analyses": (Analysis.EFFECTS,)}
    )
    for one, told in ((both, ()), (A, (QUARTER, HALF, YEAR))):
        found = list_sets(one)
        assert {each.list_kinds(quarters) for each in found} == {told}


def test_a_set_with_few_or_unknown_homes_is_not_told() -> None:
    assert list_sets(intervene("BU99010101")) == []
    nobody = dict.fromkeys(FIRST, float("nan"))
    assert list_sets(intervene(*FIRST), **nobody) == []


def test_without_a_limit_no_set_is_told() -> None:
    assert list_sets(intervene(*FIRST), None) == []
    assert list_sets(intervene(*FIRST), LIMITS.model_copy(update={"together": None})) == []


def test_only_what_may_be_judged_by_its_effect_is_told() -> None:
    (found,) = list_sets(intervene(*FIRST))
    assert found.list_kinds(indicator(*COARSE)) == ()
    allowed = indicator(*COARSE).model_copy(
        update={"analyses": (Analysis.EFFECTS,), "id": "fietsen"}
    )
    assert found.list_kinds(allowed) == ()


# --- what is added up -------------------------------------------------------------------------

MONTHS = month_ids("2024-01", 6)


def count_months(*left_out: tuple[str, str]) -> list[Counted]:
    return [
        missing(code, month) if (code, month) in left_out else Counted(code, month, n)
        for n, code in enumerate(sorted(BUURTEN), start=1)
        for month in MONTHS
    ]


@pytest.mark.parametrize("left_out", [(), (("BU99010001", "2024-02"),)], ids=["whole", "gap"])
def test_a_set_is_the_sum_of_its_members_where_all_are_known(
    left_out: tuple[tuple[str, str], ...],
) -> None:
    found, reasons = matrices(count_months(*left_out), AREAS)
    (cells,) = compute_together_cells(
        found, [(FIRST, (QUARTER, HALF, YEAR))], areas=AREAS, reasons=reasons, protect=None
    )
    told = {
        cells.periods[p].id: int(value) for p, value in zip(cells.period, cells.value, strict=True)
    }
    # By hand: the first two buurten have 1 and 2 a month; there is no whole year.
    whole = {"2024-Q1": 9, "2024-Q2": 9, "2024-H1": 18}
    assert told == ({"2024-Q2": 9} if left_out else whole)
    assert cells.asides is not None


def test_an_unknown_member_makes_no_cell() -> None:
    found, reasons = matrices(count_months(), AREAS)
    (cells,) = compute_together_cells(
        found, [((*FIRST, "BU99019900"), (QUARTER,))], areas=AREAS, reasons=reasons, protect=None
    )
    assert not len(cells.value)


def test_the_keys_of_a_set_are_those_of_its_events() -> None:
    found, reasons = matrices(count_months(), AREAS)
    keys = np.random.default_rng(1).integers(1, 1 << 63, found[0].value.shape, dtype=np.uint64)
    found[0].key[:] = keys
    (cells,) = compute_together_cells(
        found, [(FIRST, (QUARTER,))], areas=AREAS, reasons=reasons, protect=None
    )
    rows = [i for i, area in enumerate(AREAS) if area.code in FIRST]
    assert cells.key[0] == keys[rows, :3].sum(dtype=np.uint64)


def test_what_passed_the_gate_becomes_a_series() -> None:
    found, reasons = matrices(count_months(), AREAS)
    (treated,) = list_sets(intervene(*FIRST))
    (cells,) = compute_together_cells(
        found, [(FIRST, (QUARTER, HALF))], areas=AREAS, reasons=reasons, protect=None
    )
    draft = TogetherDraft(treated, Draft("woninginbraken", cells, together=treated.areas))
    is_half = np.array([cells.periods[p].kind is HALF for p in cells.period])
    first = np.array([cells.periods[p].id == "2024-Q1" for p in cells.period])
    withheld = np.where(first, -1, cells.value)
    released = ReleasedCells(withheld, withheld, withheld, cells.status)
    laid = collect_together([draft], [(released, ~is_half)])
    (series,) = laid["woninginbraken"]["sloten", TREATED].values()
    assert (series.kind, series.codes) == (QUARTER, ("klein/sloten/behandeld/2024",))
    assert [period.id for period in series.periods] == ["2024-Q1", "2024-Q2"]
    assert np.isnan(series.value[0, 0])
    assert series.value[0, 1] == 9
    assert collect_together([draft], [(released, ~is_half & False)]) == {}

"""Sums of months against the obvious slow version: a gap hides its own windows and no other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lib.count_store import Counted, areas, indicator, matrices, month_ids
from regiebeeld.domain import PeriodKind, Status
from regiebeeld.pipeline.indicators import compute_indicator_cells

ON = areas("GM0141")
FINEST = (("gemeente", "month"), ("gemeente", "quarter"), ("gemeente", "half_year"))
SIZES = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.YEAR: 12,
    PeriodKind.ROLLING: 12,
}
Found = dict[str, tuple[int | None, bool, bool]]  # value, provisional, estimated

series = st.lists(
    st.none() | st.tuples(st.integers(0, 5000), st.booleans(), st.booleans()),
    min_size=1,
    max_size=40,
)
starts = st.builds("{}-{:02d}".format, st.integers(2015, 2020), st.integers(1, 12))


def computed(rows: list[Counted]) -> Found:
    found, reasons = matrices(rows, ON)
    cells = compute_indicator_cells(indicator(*FINEST), found, areas=ON, reasons=reasons)
    return {
        cells.periods[p].id: (
            int(v) if s == list(Status).index(Status.SHOWN) else None,
            bool(provisional),
            bool(share > 0),
        )
        for a, p, v, s, provisional, share in zip(
            cells.area, cells.period, cells.value, cells.status, cells.provisional,
            cells.estimated_share, strict=True,
        )
        if ON[a].code == "GM0141"
    }  # fmt: skip


def counted(start: str, months: list[tuple[int, bool, bool] | None]) -> list[Counted]:
    return [
        Counted("GM0141", month, each[0], provisional=each[1], share=0.5 if each[2] else 0.0)
        for month, each in zip(month_ids(start, len(months)), months, strict=True)
        if each
    ]


def name(kind: PeriodKind, window: list[str]) -> str | None:
    """The name of a stretch of months, None when it is no period of that kind."""
    year, month = window[-1].split("-")
    if kind is PeriodKind.ROLLING:
        return f"{window[-1]}/P12M"
    if int(month) % SIZES[kind]:
        return None
    part = int(month) // SIZES[kind]
    return {
        PeriodKind.MONTH: window[-1],
        PeriodKind.QUARTER: f"{year}-Q{part}",
        PeriodKind.HALF_YEAR: f"{year}-H{part}",
        PeriodKind.YEAR: year,
    }[kind]


def slowly(start: str, months: list[tuple[int, bool, bool] | None]) -> Found:
    """Every window of every kind, one by one, between the first and the last delivered month."""
    there = [i for i, each in enumerate(months) if each]
    ids = month_ids(start, len(months))
    found: Found = {}
    for kind, size in SIZES.items():
        for last in range(there[0] + size - 1, there[-1] + 1):
            window = range(last - size + 1, last + 1)
            parts = [months[i] for i in window]
            known = [part for part in parts if part]
            whole = len(known) == size
            value = sum(part[0] for part in known) if whole else None
            estimated = whole and any(part[2] for part in known)
            label = name(kind, [ids[i] for i in window])
            if label:
                found[label] = (value, any(part[1] for part in known), estimated)
    return found


@settings(max_examples=60, deadline=None)
@given(starts, series.filter(any))
def test_every_window_is_what_adding_up_by_hand_gives(
    start: str, months: list[tuple[int, bool, bool] | None]
):
    assert computed(counted(start, months)) == slowly(start, months)


@settings(max_examples=30, deadline=None)
@given(starts, st.integers(14, 40), st.data())
def test_a_missing_month_hides_exactly_its_windows(start: str, size: int, data: st.DataObject):
    gap = data.draw(st.integers(1, size - 2))
    whole: list[tuple[int, bool, bool] | None] = [(i, False, False) for i in range(size)]
    before = computed(counted(start, whole))
    after = computed(counted(start, [*whole[:gap], None, *whole[gap + 1 :]]))
    hidden = {key for key in before if after[key] != before[key]}
    month = month_ids(start, size)[gap]
    assert all(after[key][0] is None for key in hidden)
    assert hidden == {key for key in before if _holds(key, month)}


def _holds(period: str, month: str) -> bool:
    at = int(month[:4]) * 12 + int(month[5:]) - 1
    year = int(period[:4]) * 12
    if period.endswith("/P12M"):
        last = year + int(period[5:7]) - 1
        return last - 11 <= at <= last
    if "Q" in period or "H" in period:
        size = 3 if "Q" in period else 6
        first = year + (int(period[-1]) - 1) * size
        return first <= at < first + size
    return period == month if "-" in period else year <= at < year + 12


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10**6) | st.none(), min_size=3, max_size=3))
def test_buurten_gemeente_and_region_add_up_or_are_missing(counts: list[int | None]):
    on = areas("GM0141", "GM0153", "BU01410101", "BU01410102", "BU01530101")
    rows = [
        Counted(area.code, "2024", n, status=Status.SHOWN if n is not None else Status.MISSING,
                reason=None if n is not None else "leeg")
        for area, n in zip(on[3:], counts, strict=True)
    ]  # fmt: skip
    found, _ = matrices(rows, on)

    def total(parts: list[int | None]) -> int:
        return -1 if None in parts else sum(part for part in parts if part is not None)

    expected = [total(counts), total(counts[:2]), total(counts[2:])]
    assert found[0].value[:3, 0].tolist() == expected

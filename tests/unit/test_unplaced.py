"""Finer cells are hidden where too many events of an area have no known place."""

import numpy as np
import pyarrow as pa
import pytest

from regiebeeld.catalogue import Source
from regiebeeld.catalogue.models import SourceTerms
from regiebeeld.domain import Area, AreaLevel, PeriodKind, read_period
from regiebeeld.pipeline.indicators.matrices import MISSING, SHOWN, Matrix, Reasons
from regiebeeld.pipeline.indicators.unplaced import NO_PLACE, hide_unplaced
from regiebeeld.pipeline.run.unknown_places import tell_unknown
from regiebeeld.pipeline.store import NO_REASON

CODES = ("R", "GM0001", "GM0002", "WK000101", "BU00010101", "BU00010102", "BU00020101")
LEVELS = {"R": "regio", "G": "gemeente", "W": "wijk", "B": "buurt"}
AREAS = tuple(Area(code, AreaLevel(LEVELS[code[0]]), code, 2025) for code in CODES)


def matrix(*columns: tuple[int, ...]) -> Matrix:
    """One column a period, in the order of CODES; -1 is missing."""
    value = np.array(columns, np.int64).T
    status = np.where(value < 0, MISSING, SHOWN).astype(np.uint8)
    return Matrix(
        PeriodKind.YEAR,
        tuple(read_period(str(2020 + i)) for i in range(len(columns))),
        value,
        status,
        np.full(value.shape, NO_REASON, np.int16),
        np.zeros(value.shape),
        np.zeros(value.shape, np.bool_),
        np.zeros(value.shape, np.uint64),
    )


def hidden(*columns: tuple[int, ...]) -> list[set[str]]:
    """Per period the areas that are missing afterwards."""
    found = hide_unplaced(matrix(*columns), AREAS, reasons=Reasons())
    return [{CODES[i] for i in np.flatnonzero(found.status[:, j] == MISSING)}
            for j in range(len(columns))]  # fmt: skip


BELOW_ONE = {"WK000101", "BU00010101", "BU00010102"}


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ((30, 20, 10, 20, 12, 8, 10), set()),  # everything has a place
        ((30, 20, 10, 16, 9, 7, 10), set()),  # 4 of 20 have none: just 20 %
        ((31, 21, 10, 16, 9, 7, 10), BELOW_ONE),  # 5 of 21: 24 %
        ((32, 32, 0, 2, 2, 0, 0), BELOW_ONE),  # 30 of 32: a 0 there is no zero
        ((10, 0, 10, 0, 0, 0, 10), set()),
        ((100, 20, 10, 20, 12, 8, 10), set(CODES) - {"R"}),  # 70 of 100 without a gemeente
        ((-1, 21, 10, -1, 9, -1, 10), {"R", "WK000101", "BU00010102"}),  # nothing can be judged
    ],
)
def test_cells_below_an_area_with_too_many_unplaced_are_missing(column, expected) -> None:
    assert hidden(column) == [expected]


def test_each_period_is_judged_by_itself_and_says_why() -> None:
    reasons = Reasons()
    found = hide_unplaced(
        matrix((30, 20, 10, 20, 12, 8, 10), (32, 32, 0, 2, 2, 0, 0)), AREAS, reasons=reasons
    )
    row = CODES.index("BU00010102")
    assert found.value[row].tolist() == [8, -1]
    assert found.reason[row].tolist() == [NO_REASON, reasons.number(NO_PLACE)]
    assert found.value[1].tolist() == [20, 32]  # the gemeente keeps its count


def test_a_source_that_counts_by_gemeente_has_nothing_finer_to_hide() -> None:
    only = matrix((30, 20, 10, -1, -1, -1, -1))
    found = hide_unplaced(only, AREAS, reasons=Reasons())
    assert found.value[:3, 0].tolist() == [30, 20, 10]


def a_source(disclosure: str) -> Source:
    terms = SourceTerms.model_validate(
        {"kind": "delivery", "table": "x", "publisher": "P", "content": "counts",
         "disclosure": disclosure, "atom": {"level": "buurt", "period": "month"}}
    )  # fmt: skip
    return Source("bron", "Bron", "", "", "1.0.0", (), terms)


ROWS = pa.table(
    {
        "area": ["BU00010101", "BU00019999", "BU00010101", "BU00000000"],
        "period": ["2024", "2025", "2025", "2025"],
        "count": [4, 30, 2, 7],
    }
)


def test_the_note_tells_per_gemeente_and_period_how_many_have_no_place() -> None:
    found = tell_unknown(ROWS, a_source("not_about_persons"), frozenset({"BU00010101"}))
    assert [note.text.partition(":")[0] for note in found] == ["2025", "GM0001, 2025"]
    assert "van 7 is ook de gemeente onbekend" in found[0].text
    assert "van 30 van de 32 is de plaats" in found[1].text


def test_about_persons_the_note_is_the_same_whatever_was_counted() -> None:
    drawn = frozenset({"BU00010101"})
    found = tell_unknown(ROWS, a_source("persons"), drawn)
    assert found == tell_unknown(ROWS.slice(0, 1), a_source("persons"), drawn)
    assert len(found) == 1
    assert not any(character.isdigit() for character in found[0].text)

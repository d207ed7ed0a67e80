"""A known error of a source is marked while it is there, and told when it was mended."""

import pyarrow as pa
import pytest

from regiebeeld.catalogue import SourceTerms
from regiebeeld.catalogue.models import Corrections
from regiebeeld.domain import AreaLevel, ContractError, Status
from regiebeeld.pipeline.sources.conform_counts import (
    STATUS_CODES,
    CountFrame,
    Observations,
    conform_counts,
)
from regiebeeld.pipeline.sources.corrections import apply_corrections

TERMS = SourceTerms.model_validate(
    {
        "kind": "file", "table": "t", "publisher": "p", "content": "counts", "unit": "registratie",
        "columns": {"area": "a", "period": "p", "event_set": "e", "count": "c"},
    }
)  # fmt: skip


def _seen(count: str = "12") -> Observations:
    table = pa.table(
        {
            "a": ["GM0153", "GM0153"],
            "p": ["2020JJ00", "2021JJ00"],
            "e": ["1.1.1", "1.1.1"],
            "c": [count, "7"],
        }
    )
    frame = CountFrame(2021, frozenset({"GM0153"}), {AreaLevel.GEMEENTE: frozenset({"GM0153"})})
    return conform_counts(table, TERMS, frame)[0]


def _corrections(area: str = "GM0153", count: int | None = 12) -> Corrections:
    guard = {"period": "2020", "area": area, "event_set": "1.1.1", "count": count}
    one = {"reason": "dubbel geteld", "found": "2026-11-01", "guard": guard, "status": "missing"}
    return Corrections.model_validate({"source": "s", "corrections": [one]})


def test_the_cell_is_missing_with_the_reason_and_the_other_stays() -> None:
    seen, notes = apply_corrections(_seen(), _corrections())
    assert seen.count.tolist() == [-1, 7]
    assert seen.status.tolist() == [STATUS_CODES[Status.MISSING], STATUS_CODES[Status.SHOWN]]
    assert seen.reasons[seen.reason[0]] == "dubbel geteld"
    assert [note.text for note in notes] == ["1.1.1, GM0153, 2020: dubbel geteld"]


def test_the_guard_fails_when_the_source_was_mended() -> None:
    with pytest.raises(ContractError, match="haal de correctie uit"):
        apply_corrections(_seen("11"), _corrections())


def test_an_empty_cell_can_be_guarded() -> None:
    assert apply_corrections(_seen(""), _corrections(count=None))[1]


def test_a_cell_outside_the_selection_is_passed_over() -> None:
    seen, notes = apply_corrections(_seen(), _corrections(area="GM0141"))
    assert (seen.count.tolist(), notes) == ([12, 7], [])


def test_no_corrections_change_nothing() -> None:
    before = _seen()
    assert apply_corrections(before, None) == (before, [])


@pytest.mark.parametrize(
    "wrong", [{"period": "2019"}, {"event_set": "1.1.9"}, {"area": "BU01539998"}]
)
def test_a_cell_that_is_nowhere_in_a_gemeente_of_this_region_guards_nothing(
    wrong: dict[str, str],
) -> None:
    guard = {"period": "2020", "area": "GM0153", "event_set": "1.1.1", "count": 12, **wrong}
    one = {"reason": "dubbel", "found": "2026-11-01", "guard": guard, "status": "missing"}
    corrections = Corrections.model_validate({"source": "s", "corrections": [one]})
    with pytest.raises(ContractError, match="een cel die er niet is"):
        apply_corrections(_seen(), corrections)

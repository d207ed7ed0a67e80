"""The worked examples of codes, periods and markers, as an analyst reads them, hold."""

import pytest

from lib.count_tables import Row, cells, conform
from regiebeeld.domain import ContractError, LinkError, Status, read_cbs_period
from regiebeeld.pipeline.sources.conform_counts import STATUS_CODES
from regiebeeld.pipeline.sources.count_columns import read_any_area
from spec.worked_examples import REFUSED, Example, read_examples


@pytest.mark.parametrize("example", read_examples("area_codes"), ids=lambda e: e["in de bron"])
def test_an_area_code(example: Example):
    if example["gelezen als"] == REFUSED:
        with pytest.raises(LinkError):
            read_any_area(example["in de bron"])
    else:
        assert read_any_area(example["in de bron"]) == example["gelezen als"]


@pytest.mark.parametrize("example", read_examples("period_keys"), ids=lambda e: e["in de bron"])
def test_a_period_key(example: Example):
    if example["gelezen als"] == REFUSED:
        with pytest.raises(ContractError):
            read_cbs_period(example["in de bron"])
    else:
        found = read_cbs_period(example["in de bron"])
        assert (found.id, found.kind.value) == (example["gelezen als"], example["soort"])


def test_kinds_of_periods_are_never_mixed():
    examples = read_examples("period_keys", table=1)
    rows: list[Row] = [("GM0153", "0.0.0", e["sleutel"], e["aantal"]) for e in examples]
    assert cells(conform(rows)[0]) == {
        ("0.0.0", "GM0153", e["cijfer voor"]): int(e["aantal"]) for e in examples
    }


@pytest.mark.parametrize("example", read_examples("markers"), ids=lambda e: e["in de bron"])
def test_a_marker(example: Example):
    text = None if example["in de bron"] == "(niets)" else example["in de bron"]
    rows: list[Row] = [("GM0153", "0.0.0", "2024MM01", text)]
    if example["status"] == REFUSED:
        with pytest.raises(ContractError, match=example["reden"]):
            conform(rows)
        return
    seen, _ = conform(rows)
    has_number = bool(example["aantal"])
    assert cells(seen) == {
        ("0.0.0", "GM0153", "2024-01"): int(example["aantal"]) if has_number else None
    }
    assert seen.status[0] == STATUS_CODES[Status(example["status"])]
    assert bool(seen.provisional[0]) == (example["voorlopig"] == "ja")
    assert (seen.reasons[seen.reason[0]] if seen.reason[0] >= 0 else "") == example["reden"]

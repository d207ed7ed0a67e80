"""The worked examples of zeros hold: not filled, not collected, or truly zero."""

import pytest

from lib.count_tables import GEMEENTEN, Row, conform, months
from regiebeeld.domain import Status
from regiebeeld.pipeline.sources.zero_periods import tell_empty_periods
from spec.worked_examples import Example, read_examples

SETS = {"totaal": "0.0.0", "inbraak": "1.1.1", "moord": "1.4.2"}


def counts_of(example: Example, name: str) -> list[str]:
    """Three years of months: a little up and down around the usual count, then December."""
    usual = example.get(f"{name} gewoonlijk", "0")
    if usual == "-":
        return []
    around = [str(max(int(usual) + i % 3 - 1, 0)) if usual != "0" else "0" for i in range(35)]
    return [*around, example[f"{name} december"]]


@pytest.mark.parametrize("example", read_examples("zero_months"), ids=lambda e: e["geval"])
def test_a_zero_in_december(example: Example):
    rows: list[Row] = [
        (gemeente, code, key, count)
        for name, code in SETS.items()
        for gemeente in GEMEENTEN
        for key, count in zip(months(2022, 2024), counts_of(example, name), strict=False)
    ]
    seen, _ = tell_empty_periods(conform(rows)[0], total=SETS["totaal"], rare=[SETS["moord"]])
    december = [p.id for p in seen.periods].index("2024-12")
    for name in ("inbraak", "moord"):
        mine = (seen.event_set == seen.event_sets.index(SETS[name])) & (seen.period == december)
        found = {list(Status)[status].value for status in seen.status[mine]}
        assert found == {example[f"{name} wordt"]}, name

"""Which public tables and which other sources tell about the same events, by their contracts."""

from pathlib import Path

import numpy as np
import pytest

from lib.count_store import Counted, areas, stored
from lib.told_cases import count
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.pipeline.gate.told import Atoms
from regiebeeld.pipeline.run.same_events import find_public, find_shared

ROOT = Path(__file__).parents[2]
ONE, OTHER = "woninginbraken_aantallen", "woninginbraken_gebeurtenissen"
PARTS = ("woninginbraak/attempt=voltooid", "woninginbraak/attempt=poging")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def atoms(*sets: str) -> Atoms:
    return count({("BU01410101", "2024-01", name): 1 for name in sets})


def test_two_sources_of_the_same_events_tell_about_each_other(catalogue: Catalogue) -> None:
    found = find_shared(catalogue, {ONE: atoms(*PARTS), OTHER: atoms(*PARTS)})
    whole = frozenset(PARTS)
    assert found[ONE].others == {OTHER: {whole: whole}}
    assert found[OTHER].others == {ONE: {whole: whole}}
    assert find_shared(catalogue, {ONE: atoms(*PARTS)}) == {}
    others = {ONE: atoms(*PARTS), "woonoverlast": atoms("geluid/total")}
    assert find_shared(catalogue, others) == {}


def test_a_public_table_tells_with_the_sums_of_its_months(catalogue: Catalogue) -> None:
    terms = catalogue.sources[ONE].terms
    assert terms.same_events_as, "the contract no longer names a public table"
    codes = terms.same_event_sets.get("woninginbraak", ("woninginbraak",))
    rows = [
        Counted("GM0141", f"2024-{m:02d}", m, event_set=code)
        for m in range(1, 13)
        for code in codes
    ]
    on = areas("GM0141")
    with stored(rows, source=terms.same_events_as[0]) as store:
        found = find_public(catalogue, store, {ONE: atoms(*PARTS)}, on)
        assert find_public(catalogue, store, {"woonoverlast": atoms("geluid/total")}, on) == {}
    (table,) = found[ONE]
    figures = table.figures
    told = {
        (figures.areas[a], figures.periods[p].id): (int(low), int(high))
        for a, p, low, high in zip(
            figures.area, figures.period, figures.lower, figures.upper, strict=True
        )
    }
    size = len(codes)
    assert told["GM0141", "2024-03"] == (3 * size, 3 * size)
    assert told["GM0141", "2024-Q1"] == (6 * size, 6 * size)
    assert told["GM0141", "2024-H1"] == (21 * size, 21 * size)
    assert told["GM0141", "2024"] == (78 * size, 78 * size)
    assert {figures.sets[k] for k in np.unique(figures.kind)} == {frozenset(PARTS)}

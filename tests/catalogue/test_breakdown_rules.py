"""Breakdowns in the catalogue: only where contract and subject allow them, and never in part."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.catalogue.models import list_parts
from regiebeeld.domain import AreaLevel, PeriodKind

ROOT = Path(__file__).parents[2]
CONTRACT = "catalogue/sources/jeugdcriminaliteit.odcs.yaml"
YOUTH = "catalogue/indicators/jeugd/jeugdcriminaliteit.yaml"
LIMITS = "catalogue/limits.yaml"
ENGLISH = "catalogue/english.yaml"
TERMS = "customProperties.0.value"
NOT_ALLOWED = (
    "breakdown.column: het contract van bron 'jeugdcriminaliteit' staat geen uitsplitsing naar "
    "'leeftijd' toe: haal dit weg, of spreek met de leverancier af dat het mag en zet de kolom "
    "daar bij breakdown"
)

# What is planted (file, old, new), the text on the line that must be named, and the fault there.
PLANTED = {
    "a column that is none": (CONTRACT, "      breakdown: leeftijd", "      breakdown: leeftyd", "      breakdown: leeftyd",
        f"{TERMS}.breakdown: kolom 'leeftyd' heeft in dit contract geen rol breakdown; bedoelt u 'leeftijd'?"),
    "a column with another role": (CONTRACT, "      breakdown: leeftijd", "      breakdown: soort", "      breakdown: soort",
        f"{TERMS}.breakdown: kolom 'soort' heeft in dit contract geen rol breakdown"),
    "rows without a value": (CONTRACT, "        required: true\n        description: >-\n          Leeftijd", "        required: false\n        description: >-\n          Leeftijd",
        "      breakdown: leeftijd", f"{TERMS}.breakdown: kolom 'leeftijd' moet required zijn: zonder waarde is het geheel niet verdeeld"),
    "a value that reads as two": (CONTRACT, "value: ['12-13', '14-15', '16-17']", "value: ['12-13', '14-15', '16-17', 'a=b']",
        "      breakdown: leeftijd", f"{TERMS}.breakdown: 'a=b' kan geen waarde zijn: zonder : ; = /"),
    "a contract that does not allow it": (CONTRACT, "      breakdown: leeftijd\n", "", None, NOT_ALLOWED),
    "one value left out": (YOUTH, "    '12-13': 12 en 13 jaar\n", "", None,
        "breakdown.values: moet precies de waarden van bron 'jeugdcriminaliteit' noemen; anders: 12-13"),
    "a value that nobody delivers": (YOUTH, "    '12-13': 12 en 13 jaar\n", "    '12-13': 12 en 13 jaar\n    '18-24': 18 tot en met 24 jaar\n", None,
        "breakdown.values: moet precies de waarden van bron 'jeugdcriminaliteit' noemen; anders: 18-24"),
    "a part of a part": (YOUTH, "event_sets: [vermogen,", "event_sets: ['vermogen:leeftijd=12-13',", None,
        "breakdown: kan niet: vermogen:leeftijd=12-13 is zelf al een deel; nooit twee door elkaar"),
    "a whole that is told of the region only": (YOUTH, "level: gemeente, period: year", "level: regio, period: year", None,
        "breakdown: kan niet: een deel is per gemeente en jaar, en finest laat dat niet toe"),
    "a subject that does not allow it": (LIMITS, "    breakdown: true\n    in_trouble: true\n    special: ['10']", "    in_trouble: true\n    special: ['10']", None,
        "breakdown: mag niet bij jeugdcriminaliteit (limits.yaml). Kleine aantallen minderjarige verdachten."),
    "English words of another value": (ENGLISH, "        '12-13': aged 12 and 13", "        '12-14': aged 12 to 14", None,
        "indicators.jeugdcriminaliteit.breakdown.values: noemt andere waarden dan het cijfer: 12-13, 12-14"),
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    return copy_catalogue(tmp_path)


@pytest.mark.parametrize("name", PLANTED)
def test_what_a_breakdown_may_not_be_is_told_where_it_stands(
    copy: CatalogueCopy, name: str
) -> None:
    file, old, new, line, fault = PLANTED[name]
    copy.edit(file, old, new)
    told = copy.faults()
    # A contract and a subject are told where the figure stands that goes too far.
    assert any(fault in each for each in told), told
    if line is not None:
        at = f"{file}:{copy.line_of(file, line)}: "
        assert any(each.startswith(at + fault) for each in told), told


def test_parts_are_of_years_and_gemeenten_and_are_no_statistic(catalogue: Catalogue) -> None:
    found = {i.id: list_parts(i) for i in catalogue.indicators.values() if i.breakdown}
    assert {name: len(parts) for name, parts in found.items()} == {
        "jeugdcriminaliteit": 3,
        "huishoudens_meerdere_problemen": 5,
    }
    for name, parts in found.items():
        for part in parts.values():
            assert part.allows(AreaLevel.GEMEENTE, PeriodKind.YEAR)
            assert not part.allows(AreaLevel.WIJK, PeriodKind.YEAR)
            assert not part.allows(AreaLevel.GEMEENTE, PeriodKind.ROLLING)
            assert not part.analyses
            assert part.denominator is None
            assert part.label is catalogue.indicators[name].label
    sets = found["jeugdcriminaliteit"]["leeftijd=12-13"].sources[0].event_sets
    assert sets[0] == "vermogen:leeftijd=12-13"

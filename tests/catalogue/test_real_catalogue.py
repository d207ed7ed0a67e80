"""The real catalogue reads clean and says what the police codes say, not what a label suggests."""

import csv
import re
from pathlib import Path

import pytest

from catalogue.catalogue_copy import copy_catalogue
from regiebeeld.catalogue import Catalogue, DisclosureClass, Indicator, Label, read_catalogue
from regiebeeld.catalogue.models import Analysis, Effort, Finest, SourceTerms
from regiebeeld.domain import AreaLevel, CatalogueError, DisclosureError, PeriodKind

ROOT = Path(__file__).parents[2]
META = "police/47018NED_meta_2024-08"
POLICE_SOURCES = {"politie_misdrijven_jaar", "politie_misdrijven_maand"}

# Offence code: the police codes inside it, as the police describe their table.
CONTENTS = {
    "1.1.1": "A20 A30 B20 B30",
    "1.1.2": "A21 A34 B21 B34",
    "1.2.1": "A10 B10",
    "1.2.2": "A70 A71 A76 B60 B61 B66",
    "1.2.3": "A72 A73 B62 B63",
    "1.2.4": "A40",
    "1.2.5": "A12 A74 B12 B64",
    "1.4.2": "F540 F541 F542 F543 F544",
    "1.4.3": "F12",
    "1.4.4": "F530 F531 F532 F533",
    "1.4.5": "F550 F551",
    "1.4.6": "B70",
    "1.4.7": "B72 B73 B74",
    "2.1.1": "F47",
    "2.2.1": "C20 C30 C40 F11",
    "2.5.2": "A50 B50",
    "3.1.1": "F40 F41 F42 F43 F44 F45",
    "3.7.4": "F90",
}
# Where the table's own label misleads: a word the title must hold and one it must not.
TRUE_NAMES = {
    "1.1.1": ("woninginbra", None),
    "1.1.2": ("schuren", None),
    "1.2.1": ("auto", "motorvoertuig"),
    "1.2.3": ("fiets", None),
    "1.4.2": ("poging", None),
    "1.4.4": ("stalking", None),
    "2.1.1": ("drugsdelict", "overlast"),
    "3.1.1": ("bezit", None),
    "3.7.4": ("computervredebreuk", None),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def event_sets(indicator: Indicator) -> set[str]:
    return {name for wanted in indicator.sources for name in wanted.event_sets}


def indicator_of(catalogue: Catalogue, code: str) -> Indicator:
    (found,) = (one for one in catalogue.indicators.values() if event_sets(one) == {code})
    return found


def of_the_open_tables(catalogue: Catalogue) -> list[Indicator]:
    return [
        one
        for one in catalogue.indicators.values()
        if {wanted.source for wanted in one.sources} <= POLICE_SOURCES
    ]


def read_meta(test_data: Path, name: str) -> list[dict[str, str]]:
    file = test_data / META / name
    if not file.is_file():
        pytest.skip(f"{META}/{name} ontbreekt")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_catalogue_holds_the_first_themes_and_regions(catalogue: Catalogue) -> None:
    assert {"algemeen", "woninginbraken"} <= catalogue.themes.keys()
    assert {"twente", "den_haag_eo"} <= catalogue.regions.keys()
    assert len(catalogue.regions["twente"].gemeente_codes) == 14
    assert len(catalogue.regions["den_haag_eo"].gemeente_codes) == 8
    assert catalogue.regions["den_haag_eo"].title == "Selectie eenheid Den Haag"


@pytest.mark.parametrize("code", CONTENTS)
def test_an_indicator_names_the_police_codes_inside_it(catalogue: Catalogue, code: str) -> None:
    assert indicator_of(catalogue, code).police_codes == tuple(CONTENTS[code].split())


@pytest.mark.parametrize("code", TRUE_NAMES)
def test_a_title_says_what_is_counted(catalogue: Catalogue, code: str) -> None:
    title = indicator_of(catalogue, code).title.lower()
    wanted, unwanted = TRUE_NAMES[code]
    assert wanted in title
    assert unwanted is None or unwanted not in title


def test_every_event_set_exists_in_the_police_table(catalogue: Catalogue, test_data: Path) -> None:
    known = {row["Key"].strip() for row in read_meta(test_data, "SoortMisdrijf.csv")}
    for indicator in catalogue.indicators.values():
        for wanted in indicator.sources:
            if wanted.source in POLICE_SOURCES:
                assert set(wanted.event_sets) <= known, indicator.id


def test_every_police_code_stands_in_the_police_description(
    catalogue: Catalogue, test_data: Path
) -> None:
    inside = {
        row["Key"].strip(): set(re.findall(r"^\s*([A-Z]\d+) ", row["Description"], re.MULTILINE))
        for row in read_meta(test_data, "SoortMisdrijf.csv")
    }
    for indicator in of_the_open_tables(catalogue):
        described = set().union(*(inside.get(code, set()) for code in event_sets(indicator)))
        assert set(indicator.police_codes) <= described, indicator.id
    for code, listed in CONTENTS.items():
        assert inside[code] == set(listed.split()), code


def test_effort_labels_are_those_of_the_police(catalogue: Catalogue, test_data: Path) -> None:
    rows = read_meta(test_data, "BrengDelicten.csv")
    brought = {row["Key"].strip(): row["Brengdelict"] == "1" for row in rows}
    seen = set()
    for indicator in catalogue.indicators.values():
        for code in event_sets(indicator) & brought.keys():
            expected = Effort.BRENGDELICT if brought[code] else Effort.HAALDELICT
            assert indicator.effort is expected, indicator.id
            seen.add(code)
    assert len(seen) >= 20


def test_nothing_is_shown_finer_than_agreed(catalogue: Catalogue) -> None:
    """Buurt and wijk by rolling year, gemeente by month: public is not harmless.

    What partners deliver is held by limits.yaml.
    """
    for indicator in of_the_open_tables(catalogue):
        for kind in (
            PeriodKind.WEEK,
            PeriodKind.MONTH,
            PeriodKind.QUARTER,
            PeriodKind.HALF_YEAR,
        ):
            assert not indicator.allows(AreaLevel.BUURT, kind), indicator.id
            assert not indicator.allows(AreaLevel.WIJK, kind), indicator.id
        assert not indicator.allows(AreaLevel.GEMEENTE, PeriodKind.WEEK), indicator.id
        assert indicator.allows(AreaLevel.GEMEENTE, PeriodKind.YEAR), indicator.id


def test_cybercrime_is_shown_per_gemeente_and_quarter(catalogue: Catalogue) -> None:
    cyber = catalogue.indicators["cybercrime"]
    assert cyber.allows(AreaLevel.GEMEENTE, PeriodKind.QUARTER)
    assert not cyber.allows(AreaLevel.GEMEENTE, PeriodKind.MONTH)
    assert not cyber.allows(AreaLevel.WIJK, PeriodKind.YEAR)


def test_haaldelicten_are_only_followed_and_compared(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        if indicator.effort is Effort.HAALDELICT:
            assert set(indicator.analyses) <= {Analysis.TREND, Analysis.COMPARISON}


def test_every_indicator_stands_on_a_page(catalogue: Catalogue) -> None:
    shown = {name for theme in catalogue.themes.values() for name in theme.indicators}
    assert shown == catalogue.indicators.keys()


def test_a_year_does_not_allow_a_rolling_year() -> None:
    """Two rolling years differ by two months, so they say more than years do."""
    year = Finest(level=AreaLevel.GEMEENTE, period=PeriodKind.YEAR)
    rolling = Finest(level=AreaLevel.GEMEENTE, period=PeriodKind.ROLLING)
    assert not year.allows(AreaLevel.GEMEENTE, PeriodKind.ROLLING)
    assert rolling.allows(AreaLevel.GEMEENTE, PeriodKind.YEAR)
    assert rolling.allows(AreaLevel.REGIO, PeriodKind.ROLLING)
    assert not rolling.allows(AreaLevel.WIJK, PeriodKind.YEAR)


def test_a_source_that_says_nothing_is_about_persons_and_internal() -> None:
    terms = SourceTerms.model_validate(
        {"kind": "file", "table": "t", "publisher": "p", "content": "counts"}
    )
    assert terms.disclosure is DisclosureClass.PERSONS
    assert terms.label is Label.INTERN


def test_every_class_has_a_rule(catalogue: Catalogue) -> None:
    assert all(catalogue.rule_for(one).publish for one in DisclosureClass)


def test_a_class_without_a_rule_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(DisclosureError, match="staat geen regel"):
        catalogue.rule_for("iets_anders")  # type: ignore[arg-type]


def test_an_unknown_region_is_refused_with_the_nearest_name(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="regio 'twent' bestaat niet; bedoelt u 'twente'"):
        catalogue.read_region("twent")
    assert catalogue.read_region("twente").id == "twente"


def test_indicators_come_in_order_of_page_and_once(catalogue: Catalogue) -> None:
    region = catalogue.regions["twente"]
    found = catalogue.indicators_of(region)
    themes = sorted((catalogue.themes[name] for name in region.themes), key=lambda t: t.position)
    expected = [name for theme in themes for name in theme.indicators]
    assert list(found) == list(dict.fromkeys(expected))
    assert all(name in theme.indicators for name, (theme, _) in found.items())


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="deze map is er niet; start in de map"):
        read_catalogue(tmp_path / "niets", ROOT / "regions")


def test_the_hash_follows_every_file(tmp_path: Path) -> None:
    copy = copy_catalogue(tmp_path)
    folders = (copy.root / "catalogue", copy.root / "regions")
    before = read_catalogue(*folders).hash
    assert read_catalogue(*folders).hash == before
    copy.edit("catalogue/themes/woninginbraken.yaml", "Waar wordt", "Waar is")
    assert read_catalogue(*folders).hash != before

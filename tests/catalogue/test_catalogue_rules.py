"""Every rule that spans files: one fault planted, exactly that fault told, on the right line."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import (
    Factor,
    Figure,
    agreement_checks,
    breakdown_checks,
    delivery_checks,
    english_checks,
    ground_checks,
    interventions,
    limit_checks,
    public_places,
)
from regiebeeld.catalogue.cross_checks import RULES
from regiebeeld.statistics.peers import find_protected

BURGLARY = "catalogue/indicators/woninginbraken/woninginbraken.yaml"
DRUGS = "catalogue/indicators/algemeen/drugshandel.yaml"
BIKES = "catalogue/indicators/algemeen/fietsen.yaml"
SHEDS = "catalogue/indicators/woninginbraken/schuurinbraken.yaml"
THEME = "catalogue/themes/woninginbraken.yaml"
MONTHS = "catalogue/sources/politie_misdrijven_maand.odcs.yaml"
PRICES = "catalogue/sources/cbs_verkoopprijzen.odcs.yaml"
PEOPLE = "catalogue/sources/cbs_bevolking.odcs.yaml"
AREAS = "catalogue/sources/cbs_wijken_en_buurten_wfs.odcs.yaml"
AUDIENCES = "catalogue/audiences.yaml"
FIELDS = "catalogue/policy_fields.yaml"
TWENTE = "regions/twente/region.yaml"
CORRECTION = "catalogue/corrections/politie_misdrijven_maand.yaml"
TERMS = "customProperties.0.value"

CORRECTIONS = """\
source: politie_misdrijven_maand
corrections:
  - reason: De teller stond stil.
    found: 2026-01-15
    guard: {period: 2015-06, area: GM0503, event_set: 1.1.1, count: 0}
    status: missing
"""


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    copy = copy_catalogue(tmp_path)
    copy.write(CORRECTION, CORRECTIONS)
    return copy


# What is planted (file, old, new), the text on the line that must be named, and the fault.
PLANTED = {
    "themes_name_known_indicators": (
        THEME, "  - schuurinbraken", "  - schuurinbraak", "  - schuurinbraak",
        "indicators.1: indicator 'schuurinbraak' bestaat niet; bedoelt u 'schuurinbraken'?",
    ),
    "themes_say_each_indicator_once": (
        THEME, "  - schuurinbraken", "  - schuurinbraken\n  - woninginbraken # weer", "# weer",
        "indicators.2: 'woninginbraken' staat hier voor de tweede keer",
    ),
    "indicators_name_known_sources": (
        BURGLARY, "- source: politie_misdrijven_jaar", "- source: politie_misdrijf_jaar", "politie_misdrijf_jaar",
        "sources.1.source: bron 'politie_misdrijf_jaar' bestaat niet; bedoelt u 'politie_misdrijven_jaar'?",
    ),
    "indicators_name_known_counts": (
        BURGLARY, "- source: politie_misdrijven_maand", "- source: cbs_bevolking", "cbs_bevolking",
        "sources.0.source: bron 'cbs_bevolking' bevat geen tellingen",
    ),
    "indicators_have_an_audience": (
        AUDIENCES, "labels: [openbaar, intern, driehoek]", "labels: [openbaar, intern]", None, None,
    ),
    "indicators_use_no_withheld_events": (
        BURGLARY, 'event_sets: ["1.1.1"]', 'event_sets:\n      - "1.1.1"\n      - "3.2.1"', '"3.2.1"',
        "sources.0.event_sets.1: 3.2.1 wordt door de bron achtergehouden en nooit berekend",
    ),
    "totals_are_not_added_to_parts": (
        BURGLARY, 'event_sets: ["1.1.1"]', 'event_sets: ["0.0.0", "1.1.1"]', '"0.0.0"',
        "sources.0.event_sets: 0.0.0 is het totaal en mag niet bij onderdelen worden opgeteld",
    ),
    "event_sets_are_not_counted_twice": (
        BURGLARY, 'event_sets: ["1.1.1"]', 'event_sets: ["1.1.1", "1.1.1"]', '"1.1.1", ',
        "sources.0.event_sets.1: 1.1.1 staat hier voor de tweede keer en zou dubbel tellen",
    ),
    "indicators_are_no_more_open_than_their_sources": (
        MONTHS, "      label: openbaar", "      label: driehoek", None, None,
    ),
    "haaldelicten_get_no_signals": (
        DRUGS, "analyses: [trend, comparison]", "analyses:\n  - trend\n  - hot_spots", "  - hot_spots",
        "analyses.1: een haaldelict krijgt geen hot_spots: de inzet zou zichzelf bevestigen",
    ),
    "denominators_count_something": (
        BURGLARY, "  figures: [", "  figures: [verkoopprijs, ", "verkoopprijs",
        "denominator.figures.0: verkoopprijs is geen noemer; wel: inwoners, huishoudens, woningen",
    ),
    "drivers_name_their_factors": (
        BURGLARY, "small_areas, drivers, ranking", "small_areas, ranking", "factors:",
        "factors: kan niet zonder de analyse drivers: zet die bij analyses, of haal dit weg",
    ),
    "factors_are_named_once": (
        BURGLARY, "    eengezinswoningen, bouwjaar_voor_2000,", "    eengezinswoningen, bouwjaar_voor_2000,\n    eengezinswoningen,", "    eengezinswoningen, woz_waarde",
        "factors.2: 'eengezinswoningen' staat hier voor de tweede keer",
    ),
    "policy_fields_name_known_themes": (
        FIELDS, "themes: [jeugd]", "themes: [jeugdd]", "themes: [jeugdd]",
        "fields.2.themes.0: thema 'jeugdd' bestaat niet; bedoelt u 'jeugd'?",
    ),
    "policy_fields_name_known_indicators": (
        FIELDS, "indicators: [verkeersongevallen]", "indicators: [verkeersongeval]", "[verkeersongeval]",
        "fields.3.indicators.0: indicator 'verkeersongeval' bestaat niet; bedoelt u 'verkeersongevallen'?",
    ),
    "policy_fields_say_each_thing_once": (
        FIELDS, "themes: [brand]", "themes: [brand, brand]", "themes: [brand, brand]",
        "fields.3.themes.1: 'brand' staat hier voor de tweede keer",
    ),
    "policy_fields_lead_somewhere": (
        FIELDS, "    themes: [brand]\n    indicators: [verkeersongevallen]\n", "", "  - id: fysieke_veiligheid",
        "fields.3: leidt nergens heen: noem onder themes of indicators wat erbij hoort",
    ),
    "figures_of_policy_fields_add_something": (
        FIELDS, "indicators: [verkeersongevallen]", "indicators: [loos_alarm]", "indicators: [loos_alarm]",
        "fields.3.indicators.0: 'loos_alarm' hoort al bij het thema 'brand': haal een van beide weg",
    ),
    "figures_of_policy_fields_have_a_page": (None, None, None, None, None),
    "indicators_stand_in_a_theme_folder": (None, None, None, None, None),
    "indicators_count_what_their_sources_count": (MONTHS, "unit: registratie", "unit: melding", None, None),
    "regions_name_known_themes": (
        TWENTE, "themes: [algemeen, woninginbraken]", "themes: [algemeen, woninginbraak]", "themes: [",
        "themes.1: thema 'woninginbraak' bestaat niet; bedoelt u 'woninginbraken'?",
    ),
    "regions_name_known_sources": (
        TWENTE, "  - source: cbs_bevolking", "  - source: cbs_bevolkng", "cbs_bevolkng",
        "sources.1.source: bron 'cbs_bevolkng' bestaat niet; bedoelt u 'cbs_bevolking'?",
    ),
    "regions_say_each_thing_once": (
        TWENTE, "  - code: GM0147", "  - code: GM0141 # weer", "# weer",
        "gemeenten.1.code: GM0141 staat hier voor de tweede keer",
    ),
    "regions_have_a_layout_for_each_vintage": (
        TWENTE, "vintage: 2021", "vintage: 2020", "vintage: 2020",
        "vintage: voor 2020 staat geen indeling onder layouts",
    ),
    "layouts_come_from_area_sources": (
        TWENTE, "    source: cbs_wijken_en_buurten_wfs", "    source: cbs_bevolking", "    source: cbs_bevolking",
        "layouts.2.source: bron 'cbs_bevolking' bevat geen gebieden",
    ),
    "layouts_ask_for_levels_that_exist": (
        TWENTE, "levels: [gemeente, wijk, buurt]", "levels: [gemeente, regio]", "regio]",
        "layouts.0.levels.1: bron 'cbs_wijken_en_buurten' kent geen niveau regio",
    ),
    "layouts_in_files_name_a_file_a_level": (
        TWENTE, "levels: [gemeente, wijk, buurt]", "levels: [gemeente, wijk, buurt]\n    files: {gemeente: g.geojson}",
        "    files:", "layouts.0.files: mist een bestand voor buurt, wijk",
    ),
    "file_sources_name_their_files": (
        TWENTE, "  - source: cbs_verkoopprijzen", "  - source: voorbeeld_kerncijfers", "voorbeeld_kerncijfers",
        "sources.3: een bron van de soort file noemt haar bestanden onder files",
    ),
    "files_lie_inside_their_folder": (
        TWENTE, "  - source: cbs_bevolking", "  - source: cbs_bevolking\n    files:\n      data: ../bevolking.csv", "../bevolking",
        "sources.1.files.data: '../bevolking.csv' ligt buiten de map voor bestanden; noem het pad daarbinnen",
    ),
    "parts_of_files_are_known": (
        TWENTE, "  - source: cbs_bevolking", "  - source: cbs_bevolking\n    files:\n      daat: bevolking.csv", "daat:",
        "sources.1.files.daat: 'daat' is geen onderdeel van bron 'cbs_bevolking'; bedoelt u 'data'?",
    ),
    "an_alias_means_one_gemeente": (
        TWENTE, "    name: Oldenzaal", "    name: Oldenzaal\n    aliases: [RIJSSEN]", "[Rijssen]",
        "gemeenten.10.aliases.0: 'Rijssen' is ook een naam van Oldenzaal (GM0173)",
    ),
    "regions_name_sources_that_may_be_published": (None, None, None, None, None),
    "key_figures_are_open": (None, None, None, None, None),
    "every_class_has_one_rule": (
        AUDIENCES, "  - id: not_about_persons", "  - id: public", "classes:", None,
    ),
    "audiences_are_named_once": (
        AUDIENCES, "  - id: openbaar", "  - id: regio # weer", "# weer",
        "audiences.3.id: 'regio' staat hier voor de tweede keer",
    ),
    "counts_name_their_columns": (
        MONTHS, "        count: GeregistreerdeMisdrijven_1\n", "", "      columns:",
        f"{TERMS}.columns: tellingen hebben columns nodig: area, period, event_set en count",
    ),
    "counts_name_their_unit": (
        MONTHS, "      unit: registratie\n", "", "    value:",
        f"{TERMS}.unit: tellingen hebben een unit nodig: melding, registratie, zaak, adres of persoon",
    ),
    "key_figures_name_their_columns": (
        PRICES, "      figures:\n        - figure: verkoopprijs\n          column: M001534", "      figures: []",
        "      figures: []", f"{TERMS}.figures: kerncijfers hebben figures en columns nodig",
    ),
    "area_sources_name_their_collections": (None, None, None, None, None),
    "fetched_sources_name_their_base": (
        MONTHS, "      base: cbs_dataderden\n", "", "    value:",
        f"{TERMS}.base: een bron van de soort cbs_odata3 heeft een base nodig",
    ),
    "terms_name_columns_of_the_contract": (
        PEOPLE, "          column: BevolkingOp1Januari_1", "          column: BevolkingOp1Januari_2",
        "          column: BevolkingOp1Januari_2",
        f"{TERMS}.figures.0.column: kolom 'BevolkingOp1Januari_2' staat niet in schema; "
        "bedoelt u 'BevolkingOp1Januari_1'?",
    ),
    "corrections_name_a_source": (
        CORRECTION, "source: politie_misdrijven_maand", "source: politie_misdrijf_maand", "source: ",
        "source: bron 'politie_misdrijf_maand' bestaat niet; bedoelt u 'politie_misdrijven_maand'?",
    ),
    "corrections_guard_a_real_cell": (
        CORRECTION, "period: 2015-06", "period: 2015-13", "    guard:",
        "corrections.0.guard.period: '2015-13' is geen periode; "
        "verwacht wordt bijvoorbeeld 2026, 2026-Q2, 2026-06 of 2026-06/P12M",
    ),
}  # fmt: skip


# Their plants stand in test_agreements.py, test_partner_contracts.py, test_english_words.py,
# test_grounds.py, test_limits.py, test_breakdown_rules.py, test_public_places.py and
# test_interventions.py.
ELSEWHERE = tuple(
    one.__name__
    for one in (
        agreement_checks, breakdown_checks, delivery_checks, english_checks, ground_checks,
        interventions, limit_checks, public_places,
    )
)  # fmt: skip


def test_every_rule_has_a_plant() -> None:
    assert set(PLANTED) == {rule.__name__ for rule in RULES if rule.__module__ not in ELSEWHERE}


def test_the_copy_itself_reads_clean(copy: CatalogueCopy) -> None:
    assert copy.faults() == []


@pytest.mark.parametrize("rule", [rule for rule, plant in PLANTED.items() if plant[4]])
def test_a_rule_tells_what_was_planted(copy: CatalogueCopy, rule: str) -> None:
    name, old, new, line, fault = PLANTED[rule]
    copy.edit(name, old, new)
    assert copy.faults() == [f"{name}:{copy.line_of(name, line)}: {fault}"]


def test_drivers_without_factors_are_told(copy: CatalogueCopy) -> None:
    text = (copy.root / BIKES).read_text()
    copy.write(BIKES, text[: text.index("factors:")])
    words = "ontbreekt: noem bij drivers welke kenmerken van de omgeving ernaast komen"
    assert copy.faults() == [f"{BIKES}:1: factors: {words}"]


@pytest.mark.parametrize(
    "trait", ["gemiddeld_inkomen", "percentage_ongehuwd", "inwoners", "65_jaar"]
)
def test_a_factor_that_is_none_is_told_with_its_place_and_what_is_known(
    copy: CatalogueCopy, trait: str
) -> None:
    copy.edit(BURGLARY, "    eengezinswoningen,", f"    {trait}, # geen\n    eengezinswoningen,")
    (told,) = copy.faults()
    at = f"{BURGLARY}:{copy.line_of(BURGLARY, '# geen')}: factors.0: "
    assert told.startswith(f"{at}{trait!r} kan hier niet; b")


def test_a_factor_with_a_slip_is_told_with_the_right_one(copy: CatalogueCopy) -> None:
    copy.edit(BURGLARY, "    eengezinswoningen,", "    eengezinswoning,")
    line = copy.line_of(BURGLARY, "    eengezinswoning,")
    words = "factors.0: 'eengezinswoning' kan hier niet; bedoelt u 'eengezinswoningen'?"
    assert copy.faults() == [f"{BURGLARY}:{line}: {words}"]


def test_no_figure_and_no_factor_tells_who_lives_there() -> None:
    names = [*(figure.value for figure in Figure), *(factor.value for factor in Factor)]
    assert list(find_protected(names)) == []


def test_a_class_without_a_rule_and_one_with_two(copy: CatalogueCopy) -> None:
    name, old, new, line, _ = PLANTED["every_class_has_one_rule"]
    copy.edit(name, old, new)
    at = f"{name}:{copy.line_of(name, line)}: classes: "
    assert copy.faults() == [
        f"{at}not_about_persons heeft 0 regels, verwacht wordt 1",
        f"{at}public heeft 2 regels, verwacht wordt 1",
    ]


def _indicators_of_months(copy: CatalogueCopy) -> list[str]:
    files = sorted((copy.root / "catalogue/indicators").rglob("*.yaml"))
    users = [file for file in files if "source: politie_misdrijven_maand" in file.read_text()]
    return [file.relative_to(copy.root).as_posix() for file in users]


def test_a_figure_that_nobody_may_see_is_told_for_each(copy: CatalogueCopy) -> None:
    name, old, new, _, _ = PLANTED["indicators_have_an_audience"]
    copy.edit(name, old, new)
    words = "label: geen enkele ontvanger ziet dit: driehoek staat bij geen van hen"
    closed = [
        path.relative_to(copy.root).as_posix()
        for path in sorted((copy.root / "catalogue/indicators").glob("*/*.yaml"))
        if "label: driehoek" in path.read_text(encoding="utf-8")
    ]
    assert closed
    expected = [f"{one}:{copy.line_of(one, 'label: driehoek')}: {words}" for one in closed]
    assert copy.faults() == expected


def test_a_figure_of_a_field_without_a_page_is_told(copy: CatalogueCopy) -> None:
    copy.edit("catalogue/themes/algemeen.yaml", "  - verkeersongevallen\n", "")
    line = copy.line_of(FIELDS, "indicators: [verkeersongevallen]")
    words = "'verkeersongevallen' staat op geen enkele pagina: zet het bij een thema"
    assert copy.faults() == [f"{FIELDS}:{line}: fields.3.indicators.0: {words}"]


def test_a_catalogue_may_do_without_policy_fields(copy: CatalogueCopy) -> None:
    (copy.root / FIELDS).unlink()
    assert copy.faults() == []


def test_an_open_indicator_of_a_closed_source_is_told_for_each_user(copy: CatalogueCopy) -> None:
    name, old, new, _, _ = PLANTED["indicators_are_no_more_open_than_their_sources"]
    copy.edit(name, old, new)
    words = "openbaar kan niet: bron 'politie_misdrijven_maand' is driehoek"
    expected = [
        f"{user}:{copy.line_of(user, 'label: openbaar')}: label: {words}"
        for user in _indicators_of_months(copy)
    ]
    assert copy.faults() == expected


def test_another_unit_is_told_for_each_user(copy: CatalogueCopy) -> None:
    name, old, new, _, _ = PLANTED["indicators_count_what_their_sources_count"]
    copy.edit(name, old, new)
    words = "registratie kan niet: bron 'politie_misdrijven_maand' telt per melding"
    expected = [
        f"{user}:{copy.line_of(user, 'unit: ')}: unit: {words}"
        for user in _indicators_of_months(copy)
    ]
    assert copy.faults() == expected


def test_an_indicator_in_a_folder_that_is_no_theme(copy: CatalogueCopy) -> None:
    moved = "catalogue/indicators/inbraken/schuurinbraken.yaml"
    copy.write(moved, (copy.root / SHEDS).read_text())
    (copy.root / SHEDS).unlink()
    words = "id: de map 'inbraken' is geen thema; bedoelt u 'woninginbraken'?"
    assert copy.faults() == [f"{moved}:{copy.line_of(moved, 'id: ')}: {words}"]


def test_areas_without_collections_fault_the_source_and_the_layouts_that_need_them(
    copy: CatalogueCopy,
) -> None:
    file = copy.root / AREAS
    text = file.read_text()
    start, end = text.index("      collections:"), text.index("      figures:")
    file.write_text(text[:start] + text[end:])
    line = copy.line_of(AREAS, "    value:")
    assert copy.faults() == [
        f"{AREAS}:{line}: {TERMS}.collections: gebieden hebben collections nodig",
        f"{TWENTE}:{copy.line_of(TWENTE, 'levels:', after='wfs')}: layouts.2.levels.0: "
        "bron 'cbs_wijken_en_buurten_wfs' kent geen niveau gemeente",
    ]


def test_a_source_counted_in_a_layout_that_the_region_does_not_have(copy: CatalogueCopy) -> None:
    copy.edit(
        TWENTE, "    vintage: 2024\n  - source: cbs_bev", "    vintage: 2022\n  - source: cbs_bev"
    )
    line = copy.line_of(TWENTE, "    vintage: 2022")
    words = "sources.0.vintage: voor 2022 staat geen indeling onder layouts"
    assert copy.faults() == [f"{TWENTE}:{line}: {words}"]


def test_corrections_in_a_file_of_another_source(copy: CatalogueCopy) -> None:
    copy.edit(CORRECTION, "source: politie_misdrijven_maand", "source: politie_misdrijven_jaar")
    words = "source: moet gelijk zijn aan de bestandsnaam: politie_misdrijven_maand"
    assert copy.faults() == [f"{CORRECTION}:1: {words}"]


def test_corrections_of_a_place_that_is_no_area(copy: CatalogueCopy) -> None:
    copy.edit(CORRECTION, "area: GM0503", "area: Delft")
    (told,) = copy.faults()
    at = f"{CORRECTION}:{copy.line_of(CORRECTION, '    guard:')}: corrections.0.guard.area: "
    assert told.startswith(at + "'Delft' is geen gebiedscode")

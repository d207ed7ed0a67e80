"""Contracts of deliveries: the real ones hold, and every rule for a column sees its fault."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

import csv
from pathlib import Path

import pytest

from catalogue.catalogue_copy import ROOT, CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import (
    Catalogue,
    DisclosureClass,
    Role,
    Source,
    delivery_checks,
    read_catalogue,
)
from regiebeeld.catalogue.cross_checks import RULES
from regiebeeld.catalogue.field_checks import explain_misfit
from regiebeeld.catalogue.models import Analysis, Effort, Finest, Unit
from regiebeeld.domain import AreaLevel, PeriodKind

COUNTS = "catalogue/sources/woonoverlast.odcs.yaml"
EVENTS = "catalogue/sources/woninginbraken_gebeurtenissen.odcs.yaml"
CONFUSED = "catalogue/sources/onbegrepen_gedrag.odcs.yaml"
CHIMNEYS = "catalogue/sources/schoorsteenbranden.odcs.yaml"
BURGLARY = "catalogue/indicators/woninginbraken/woninginbraken.yaml"
TERMS = "customProperties.0.value"
COLUMNS = "schema.0.properties"
ROLE_COUNT = "          - {property: role, value: count}"
CAMERA_SUBJECT = """\
- id: cameras
    title: Camera's
    finest: [{level: buurt, period: year}]
    analyses: [trend, comparison, effects]
    most_open: openbaar
    because: Voor de test.
  """
REAL_FILES = {
    "fietsendiefstal_gebeurtenissen": "events/groningen_bicycle_thefts_2013_2017.csv",
    "mik_woninginbraken": "police/MiK_twente_woninginbraak_events_derived.csv",
    "schoorsteenbranden": "events/twente_chimney_fires_2004_2020_100m.csv",
}
# domain.md, "Finest level and period by default".
FINEST = {
    "woninginbraken_gebeurtenissen": "wijk/year gemeente/quarter",
    "woninginbraken_aantallen": "wijk/year gemeente/quarter",
    "woonoverlast": "wijk/half_year",
    "jeugdoverlast": "wijk/quarter",
    "jeugdcriminaliteit": "gemeente/year",
    "onbegrepen_gedrag": "wijk/year gemeente/quarter",
    "huiselijk_geweld": "gemeente/half_year",
    "huishoudens_meerdere_problemen": "gemeente/year",
    "hennepontmantelingen": "wijk/year",
    "sluitingen_13b": "wijk/year",
    "anonieme_tips": "gemeente/year",
    "cybercrime_aangiften": "gemeente/quarter",
}
NOT_ABOUT_PERSONS = {
    "whatsapp_groepen",
    "preventiecampagnes",
    "dor_aansluitingen",
    "cameragebieden",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def deliveries(catalogue: Catalogue) -> list[Source]:
    return [source for source in catalogue.sources.values() if source.terms.is_delivery]


def test_every_delivery_names_its_unit(catalogue: Catalogue) -> None:
    found = deliveries(catalogue)
    assert len(found) >= 30
    for source in found:
        assert source.terms.unit in tuple(Unit), source.id


def test_only_things_are_not_about_persons(catalogue: Catalogue) -> None:
    found = {
        s.id for s in deliveries(catalogue) if s.terms.disclosure is not DisclosureClass.PERSONS
    }
    assert found == NOT_ABOUT_PERSONS


def test_a_delivery_that_says_nothing_is_about_persons(tmp_path: Path) -> None:
    copy = copy_catalogue(tmp_path)
    copy.edit(
        "catalogue/sources/cameragebieden.odcs.yaml",
        "      disclosure: not_about_persons\n",
        "      subject: cameras\n",
    )
    copy.edit("catalogue/limits.yaml", "- id: handhaving", CAMERA_SUBJECT + "- id: handhaving")
    # Only what is not about persons may be counted in things.
    for name, unit in (("cameragebieden", "gebied"), ("cameras", "camera")):
        file = f"catalogue/indicators/handhaving/{name}.yaml"
        copy.edit(file, f"unit: {unit}", "unit: registratie")
    source = read_catalogue(copy.root / "catalogue", copy.root / "regions").sources[
        "cameragebieden"
    ]
    assert source.terms.disclosure is DisclosureClass.PERSONS


@pytest.mark.parametrize("name", FINEST)
def test_a_delivery_is_shown_no_finer_than_agreed_in_the_field(
    catalogue: Catalogue, name: str
) -> None:
    pairs = [pair.split("/") for pair in FINEST[name].split()]
    expected = tuple(Finest(level=AreaLevel(a), period=PeriodKind(p)) for a, p in pairs)
    assert catalogue.sources[name].terms.finest == expected


def test_people_in_trouble_get_a_trend_at_most(catalogue: Catalogue) -> None:
    for name in (
        "onbegrepen_gedrag",
        "huiselijk_geweld",
        "huishoudens_meerdere_problemen",
        "jeugdhulp",
    ):
        assert catalogue.sources[name].terms.analyses == (Analysis.TREND,)
    assert catalogue.sources["anonieme_tips"].terms.analyses == ()
    for source in deliveries(catalogue):
        if source.terms.effort is Effort.HAALDELICT:
            assert source.terms.analyses == (Analysis.TREND,), source.id


def test_confused_behaviour_is_e33_and_nothing_else(catalogue: Catalogue) -> None:
    (field,) = (
        f for f in catalogue.sources["onbegrepen_gedrag"].fields if f.role is Role.EVENT_SET
    )
    assert field.values == ("E33",)
    assert explain_misfit(field, "E14") == "'E14' staat niet in values"


def test_burglaries_and_attempts_are_told_apart(catalogue: Catalogue) -> None:
    for name in ("woninginbraken_gebeurtenissen", "woninginbraken_aantallen", "mik_woninginbraken"):
        (field,) = (f for f in catalogue.sources[name].fields if f.role is Role.ATTEMPT)
        assert {field.stored_as(value) for value in field.values} == {"voltooid", "poging"}


def test_lines_of_the_police_map_have_no_key_so_repeats_count(catalogue: Catalogue) -> None:
    assert Role.ROW_KEY not in {
        field.role for field in catalogue.sources["mik_woninginbraken"].fields
    }


@pytest.mark.parametrize("name", REAL_FILES)
def test_the_contract_fits_every_row_of_the_real_file(
    catalogue: Catalogue, test_data: Path, name: str
) -> None:
    file = test_data / REAL_FILES[name]
    if not file.is_file():
        pytest.skip(f"{REAL_FILES[name]} ontbreekt")
    source = catalogue.sources[name]
    misfits: set[str] = set()
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        assert tuple(rows.fieldnames or ()) == source.field_names()
        for row in rows:
            misfits |= set(_misfits(source, row))
    assert misfits == set()


def _misfits(source: Source, row: dict[str, str]) -> list[str]:
    told = []
    for field in source.fields:
        text = row[field.name]
        if text == "" or text in source.terms.missing:
            told += [f"{field.name} is leeg"] if field.required else []
        elif words := explain_misfit(field, text):
            told.append(f"{field.name}: {words}")
    return told


def test_the_burglary_form_is_the_export_form_of_the_police(catalogue: Catalogue) -> None:
    form = catalogue.sources["fietsendiefstal_gebeurtenissen"].field_names()
    assert catalogue.sources["woninginbraken_gebeurtenissen"].field_names() == form
    assert len(form) == 33


# What is planted (file, old, new), and the end of the only fault.
PLANTED = {
    "a column without a role": (COUNTS, "        customProperties:\n" + ROLE_COUNT + "\n", "",
        f"{COLUMNS}.4.customProperties: mist een role: waar is deze kolom voor"),
    "an unknown role": (COUNTS, "value: count}", "value: cuont}",
        f"{COLUMNS}.4.customProperties: role 'cuont' bestaat niet; bedoelt u 'count'?"),
    "a role said twice": (COUNTS, ROLE_COUNT, ROLE_COUNT + "\n" + ROLE_COUNT,
        f"{COLUMNS}.4.customProperties: 'role' staat hier 2 keer"),
    "two counts": (COUNTS, "          - {property: role, value: breakdown}\n          - property: values\n            value: [gemeente, corporatie, politie, buurtbemiddeling]",
        "          - {property: role, value: count}",
        None),
    "no count": (COUNTS, "value: count}", "value: drop}",
        f"{COLUMNS}: tellingen hebben een kolom met de role count nodig"),
    "no period": (COUNTS, "value: period}", "value: drop}",
        f"{COLUMNS}: tellingen hebben een kolom met de role period nodig"),
    "no place": (COUNTS, "value: area_code}", "value: drop}",
        f"{COLUMNS}: geen kolom zegt waar het was: geef een code, naam, postcode of coördinaten"),
    "events without a moment": (EVENTS, "value: begin}", "value: drop}",
        f"{COLUMNS}: gebeurtenissen hebben een kolom begin nodig, of begin_year en begin_month"),
    "a year without its month": (CHIMNEYS, "value: begin_month}", "value: drop}",
        f"{COLUMNS}: gebeurtenissen hebben een kolom begin nodig, of begin_year en begin_month"),
    "a count among events": (EVENTS, "logicalTypeOptions:\n          minimum: 0\n          maximum: 99\n        customProperties:\n          - {property: role, value: drop}",
        "logicalTypeOptions:\n          minimum: 0\n          maximum: 99\n        customProperties:\n          - {property: role, value: count}",
        f"{COLUMNS}: gebeurtenissen hebben geen kolom met de role count"),
    "x without y": (EVENTS, "          - {property: role, value: y}\n          - {property: crs, value: \"EPSG:28992\"}", "          - {property: role, value: drop}",
        f"{COLUMNS}: een kolom x heeft ook een kolom y nodig"),
    "x and y in two systems": (CHIMNEYS, 'value: x}\n          - {property: crs, value: "EPSG:28992"}', 'value: x}\n          - {property: crs, value: "EPSG:4326"}',
        f"{COLUMNS}: x en y hebben niet dezelfde crs"),
    "x without a system": (CHIMNEYS, 'value: x}\n          - {property: crs, value: "EPSG:28992"}', "value: x}",
        f"{COLUMNS}.4.customProperties: crs hoort bij x en y, en alleen daar: EPSG:28992 of EPSG:4326"),
    "an unknown system": (CHIMNEYS, 'value: x}\n          - {property: crs, value: "EPSG:28992"}', 'value: x}\n          - {property: crs, value: "EPSG:7415"}',
        f"{COLUMNS}.4.customProperties: crs past niet"),
    "free text": (CHIMNEYS, "          format: maand_naam\n", "          maxLength: 200\n",
        f"{COLUMNS}.1.logicalTypeOptions: vrije tekst mag niet: geef values, een pattern, een format of maxLength: 0"),
    "free text behind a pattern": (COUNTS, "          pattern: WK[0-9]{4}[0-9A-Z]{2}\n        customProperties:\n          - {property: role, value: area_code}",
        "          pattern: .*\n        customProperties:\n          - {property: role, value: drop}", None),
    "a column that sounds like a person": (COUNTS, "      - name: aantal", "      - name: toelichting",
        f"{COLUMNS}.4.name: kolom 'toelichting' klinkt naar een persoon of vrije tekst; die komt er niet in"),
    "a part of an address": (COUNTS, "      - name: soort", "      - name: straat", ""),
    "a street that is no list": (EVENTS, "          maxLength: 0\n        customProperties:\n          - {property: role, value: drop}\n      - name: postcode", "          pattern: '[0-9]{1,4}'\n        customProperties:\n          - {property: role, value: drop}\n      - name: postcode", None),
    "a pattern for names of people": (EVENTS, "          format: gebiedsnaam\n        customProperties:\n          - {property: role, value: drop}\n      - name: gemeente\n", "        customProperties:\n          - {property: role, value: drop}\n      - name: gemeente\n", None),
    "a name of an area that is kept": (COUNTS, "          pattern: WK[0-9]{4}[0-9A-Z]{2}\n        customProperties:\n          - {property: role, value: area_code}", "          format: gebiedsnaam\n        customProperties:\n          - {property: role, value: area_code}", None),
    "a number without an end": (EVENTS, "          minimum: -40\n          maximum: 50\n", "          minimum: -40\n", None),
    "a number as long as a BSN": (EVENTS, "          minimum: -40\n          maximum: 50\n", "          minimum: -40\n          maximum: 99999999\n", None),
    "a pattern that is none": (COUNTS, "          pattern: WK[0-9]{4}[0-9A-Z]{2}", "          pattern: 'WK[0-9'",
        f"{COLUMNS}.0.logicalTypeOptions.pattern: is geen geldig patroon: unterminated character set at position 2"),
    "an unknown option": (COUNTS, "          maximum: 1000000", "          maximun: 1000000",
        f"{COLUMNS}.4.logicalTypeOptions: maximun is geen bekend veld; bedoelt u 'maximum'?"),
    "an unknown type": (COUNTS, "logicalType: integer", "logicalType: whole", None),
    "an unknown format": (CHIMNEYS, "format: maand_naam", "format: maandnaam",
        f"{COLUMNS}.1.logicalTypeOptions.format: 'maandnaam' kan hier niet; bedoelt u 'maand_naam'?"),
    "a bound that is no date": (EVENTS, "minimum: '2000-01-01'", "minimum: vroeger",
        f"{COLUMNS}.15.logicalTypeOptions.minimum: 'vroeger' is geen datum zoals 2026-01-31"),
    "a count below zero": (COUNTS, "          minimum: 0\n", "          minimum: -1\n",
        f"{COLUMNS}.4.logicalTypeOptions: een aantal heeft minimum: 0 nodig, of meer"),
    "a count that is text": (COUNTS, "logicalType: integer", "logicalType: string", None),
    "kinds without a list": (COUNTS, "\n          - property: values\n            value: [gemeente, corporatie, politie, buurtbemiddeling]", "", None),
    "a meaning of nothing": (EVENTS, "{J: poging, N: voltooid}", "{J: poging, N: voltooid, X: poging}",
        f"{COLUMNS}.23.customProperties: 'X' staat in meanings en niet in values"),
    "an attempt without a meaning": (EVENTS, "{J: poging, N: voltooid}", "{J: poging}",
        f"{COLUMNS}.23.customProperties: 'N' mist een betekenis onder meanings"),
    "an attempt of another kind": (EVENTS, "{J: poging, N: voltooid}", "{J: bijna, N: voltooid}", None),
    "an example outside the list": (COUNTS, "examples: [geluid]", "examples: [herrie]",
        f"{COLUMNS}.2.examples: 'herrie' staat niet in values"),
    "an example outside the pattern": (COUNTS, "examples: [WK900000]", "examples: [WK9000]",
        f"{COLUMNS}.0.examples: 'WK9000' past niet bij het patroon WK[0-9]{{4}}[0-9A-Z]{{2}}"),
    "no example": (COUNTS, "        examples: [WK900000]\n", "",
        f"{COLUMNS}.0.examples: ontbreekt: een verplichte kolom heeft een voorbeeld nodig"),
    "no description": (COUNTS, "        description: Waar gemeld is.\n", "",
        f"{COLUMNS}.3.description: ontbreekt: zeg wat er in deze kolom staat"),
    "a column twice": (COUNTS, "      - name: melder_bij", "      - name: soort", None),
    "a header as a name": (EVENTS, "      - name: incident\n", "      - name: Incident\n",
        f"{COLUMNS}.0.name: moet snake_case zijn; zet de kop uit het bestand in physicalName"),
    "no grain": (COUNTS, "      grain: count\n", "", f"{TERMS}.grain: ontbreekt: een levering heeft dit nodig"),
    "no finest level": (COUNTS, "      finest:\n        - {level: wijk, period: half_year}\n", "",
        f"{TERMS}.finest: ontbreekt: hoe fijn mag het getoond worden"),
    "finer than it is counted": (COUNTS, "atom: {level: wijk, period: half_year}", "atom: {level: gemeente, period: half_year}",
        f"{TERMS}.finest.0: is fijner dan wat geteld wordt: gemeente per half_year"),
    "said twice what is counted": (COUNTS, "      effort: brengdelict", "      event_set: overlast\n      effort: brengdelict",
        f"{TERMS}.event_set: wat er geteld wordt staat in één kolom event_set of hier, niet allebei"),
    "no counts": (COUNTS, "content: counts", "content: areas", None),
    "signals for what is searched": (COUNTS, "      effort: brengdelict", "      effort: haaldelict", ""),
    "signals of searches": ("catalogue/sources/boa_inzet.odcs.yaml", "analyses: [trend]", "analyses: [trend, hot_spots]", None),
    "same events as nothing": (EVENTS, "same_events_as: [politie_misdrijven_jaar", "same_events_as: [politie_misdrijf_jaar",
        f"{TERMS}.same_events_as.0: 'politie_misdrijf_jaar' is geen openbare tabel met tellingen; bedoelt u 'politie_misdrijven_jaar'?"),
    "same events as a secret table": (EVENTS, "same_events_as: [politie_misdrijven_jaar", "same_events_as: [woonoverlast", None),
    "same events in a table with a contract": (CONFUSED, "[47021NED, 47024NED]", "[47018NED, 47024NED]",
        f"{TERMS}.same_events_in.0: 47018NED heeft een contract: zet 'politie_misdrijven_jaar' onder same_events_as"),
    "same events in what is no table": (CONFUSED, "[47021NED, 47024NED]", "[politie]", None),
    "an atom of another period": (COUNTS, "atom: {level: wijk, period: half_year}", "atom: {level: wijk, period: quarter}", None),
    "a pattern of another period": (COUNTS, "examples: [2025-H2]\n        logicalTypeOptions:\n          format: periode\n          pattern: '[0-9]{4}-H[12]'",
        "examples: ['2025']\n        logicalTypeOptions:\n          format: periode\n          pattern: '[0-9]{4}'", None),
    "a pattern of two periods": (COUNTS, "pattern: '[0-9]{4}-H[12]'", "pattern: '[0-9]{4}-[HQ][12]'",
        f"{COLUMNS}.1.logicalTypeOptions.pattern: past niet bij atom: er wordt geteld per half_year, en 1999-Q1 mag wel"),
    "a pattern of half the period": (COUNTS, "pattern: '[0-9]{4}-H[12]'", "pattern: '[0-9]{4}-H2'",
        f"{COLUMNS}.1.logicalTypeOptions.pattern: past niet bij atom: er wordt geteld per half_year, en 1999-H1 mag niet"),
    "a period without a pattern": (COUNTS, "\n          pattern: '[0-9]{4}-H[12]'", "",
        f"{COLUMNS}.1.logicalTypeOptions.pattern: ontbreekt: geef de vorm van een periode, zoals 1999-H1"),
    "a second example of another period": (COUNTS, "examples: [2025-H2]", "examples: [2025-H2, '2025']",
        f"{COLUMNS}.1.examples: '2025' is geen half_year, en dat wordt geteld (atom)"),
    "an indicator finer than its delivery": (BURGLARY, "- source: politie_misdrijven_jaar\n    event_sets: [\"1.1.1\"]", "- source: woninginbraken_aantallen\n    event_sets: [woninginbraak]", None),
    "an unknown frequency": (COUNTS, "frequency: half_year", "frequency: daily", None),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_fault_in_a_contract_is_told(tmp_path: Path, case: str) -> None:
    copy = copy_catalogue(tmp_path)
    name, old, new, fault = PLANTED[case]
    copy.edit(name, old, new)
    told = copy.faults()
    if fault == "":
        assert told == []
    elif fault is None:
        _check_words(case, told)
    else:
        assert [line.split(": ", 1)[1] for line in told] == [fault]
        assert told[0].startswith(name)


WORDS = {
    "a street that is no list": "klinkt naar een adres",
    "a pattern for names of people": "is te ruim: laat vrije tekst of een persoon door, zoals 'Jansen'",
    "a name of an area that is kept": "gebiedsnaam kan alleen bij drop, area_name of gemeente_name",
    "a number without an end": "anders past er een nummer van een persoon in",
    "a number as long as a BSN": "anders past er een nummer van een persoon in",
    "signals of searches": "een haaldelict krijgt geen hot_spots: de inzet zou zichzelf bevestigen",
    "same events in what is no table": "'politie' past niet bij het patroon",
    "a pattern of another period": "past niet bij atom: er wordt geteld per half_year, en 1999 mag wel",
    "an atom of another period": "er wordt geteld per quarter",
    "two counts": "2 kolommen hebben de role count; hooguit één kan",
    "free text behind a pattern": "is te ruim: laat vrije tekst of een persoon door",
    "an unknown type": "'whole' kan hier niet",
    "a count that is text": "een kolom count is integer",
    "kinds without a list": "een kolom breakdown heeft een vaste lijst values nodig",
    "an attempt of another kind": "'bijna' kan niet; wel: voltooid, poging",
    "a column twice": "'soort' staat hier voor de tweede keer",
    "no counts": "een levering wordt altijd geteld: counts",
    "same events as a secret table": "'woonoverlast' is geen openbare tabel met tellingen",
    "an indicator finer than its delivery": "is fijner dan bron 'woninginbraken_aantallen' toestaat",
    "an unknown frequency": "'daily' kan hier niet",
}


def _check_words(case: str, told: list[str]) -> None:
    assert any(WORDS[case] in fault for fault in told), told


def test_an_indicator_may_not_ask_more_than_its_delivery_allows(tmp_path: Path) -> None:
    copy = copy_catalogue(tmp_path)
    copy.edit(
        BURGLARY,
        '  - source: politie_misdrijven_jaar\n    event_sets: ["1.1.1"]\n',
        "  - source: woninginbraken_aantallen\n    event_sets: [woninginbraak]\n",
    )
    assert any("staat hot_spots niet toe" in fault for fault in copy.faults())


def test_a_contract_nobody_weighed_is_told(tmp_path: Path) -> None:
    copy: CatalogueCopy = copy_catalogue(tmp_path)
    copy.edit("catalogue/inventory.yaml", "      - woonoverlast\n", "      - boa_inzet\n")
    (told,) = copy.faults()
    assert told.endswith("staat niet in catalogue/inventory.yaml: helpt het, kan het, mag het?")


# The plant, or the test, in which each rule is the one that speaks.
CASE_OF_RULE = {
    "deliveries_say_all_terms": "no grain",
    "deliveries_hold_counts": "no counts",
    "deliveries_show_nothing_finer_than_they_count": "finer than it is counted",
    "deliveries_say_what_is_counted": "said twice what is counted",
    "deliveries_about_effort_get_no_signals": "signals of searches",
    "same_events_stand_in_a_public_table": "same events as nothing",
    "indicators_are_no_finer_than_their_deliveries": "an indicator finer than its delivery",
    "periods_are_of_the_kind_that_is_counted": "a pattern of another period",
}


def test_every_rule_for_deliveries_has_a_plant() -> None:
    rules = {rule.__name__ for rule in RULES if rule.__module__ == delivery_checks.__name__}
    assert rules == set(CASE_OF_RULE)
    assert set(CASE_OF_RULE.values()) <= set(PLANTED)

"""The ground of an agreement: no spelling, date or party gets data in that a rule would refuse."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue
from catalogue.test_agreements import CAMERAS, FILE, of_a_real_region
from regiebeeld.catalogue import ground_checks
from regiebeeld.catalogue.agreement_checks import find_unagreed, tell_unagreed, tell_unused
from regiebeeld.catalogue.cross_checks import RULES
from regiebeeld.catalogue.reading import read_catalogue

AGREED = "regions/twente/agreements"
EVENTS = f"{AGREED}/woninginbraken_gebeurtenissen.yaml"
MAP = f"{AGREED}/mik_woninginbraken.yaml"
CONFUSED = f"{AGREED}/onbegrepen_gedrag.yaml"
GROUPS = f"{AGREED}/whatsapp_groepen.yaml"
EVENTS_CONTRACT = "catalogue/sources/woninginbraken_gebeurtenissen.odcs.yaml"
MAP_CONTRACT = "catalogue/sources/mik_woninginbraken.odcs.yaml"
PERMISSION = "permissions:\n  - what: Schriftelijke toestemming op grond van artikel 22 Wpg\n    number: VB-2023-002\n    date: 2023-12-01\n"
DECISION = "permissions:\n  - what: Besluit op grond van artikel 20 Wpg, met instemming van het bevoegd gezag\n    number: VB-2023-001\n    date: 2023-12-01\n"
WPG_20 = "  law: Wpg\n  article: '20'\n"


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    copy = copy_catalogue(tmp_path)
    for name in (FILE, CAMERAS, EVENTS, MAP, CONFUSED, GROUPS):
        copy.write(name, of_a_real_region(name))
    return copy


# What is planted (file, old, new), and the only fault after its file and line.
PLANTED = {
    "rows under another law": (EVENTS, WPG_20, "  law: Wet open overheid\n  article: '3.1'\n",
        "transfer_basis.law: regels over personen hebben een besluit van Wpg 20 nodig; lever aantallen"),
    "rows under the AVG": (EVENTS, WPG_20, "  law: AVG\n  article: 6.1.e\n",
        "transfer_basis.law: regels over personen hebben een besluit van Wpg 20 nodig; lever aantallen"),
    "rows under the mayor's article": (EVENTS, WPG_20, "  law: Wpg\n  article: '16'\n",
        "transfer_basis.law: regels over personen hebben een besluit van Wpg 20 nodig; lever aantallen"),
    "rows without a decision": (EVENTS, DECISION, "",
        "permissions: Wpg 20 heeft een besluit of toestemming nodig, met nummer en datum"),
    "rows with a permission of another article": (EVENTS, "artikel 20 Wpg, met instemming", "artikel 22 Wpg, met instemming",
        "permissions: Wpg 20 heeft een besluit of toestemming nodig, met nummer en datum; geen van deze noemt artikel 20 Wpg"),
    "rows of an open map under another law": (MAP, "law: Wet open overheid\n  article: '3.1'", "law: AVG\n  article: 6.1.e",
        "transfer_basis.law: AVG past niet bij public_by_owner: de bron vraagt Wet open overheid"),
    "an open map that no longer says so": (MAP_CONTRACT, "      rows_because: public_by_owner\n", "", None),
    "an exception for counts": ("catalogue/sources/woonoverlast.odcs.yaml", "      effort:", "      rows_because: fire_service\n      effort:",
        "rows_because: hoort alleen bij regels (grain: event) over personen"),
    "an exception that is none": (MAP_CONTRACT, "rows_because: public_by_owner", "rows_because: omdat", None),
    "an article in words": (FILE, "article: '22'", "article: artikel 22", "wordt niet zo geschreven; schrijf '22' en zet het lid in wording"),
    "no permission behind an article in words": (FILE, f"  article: '22'|{PERMISSION}", "  article: art. 22|", "schrijf '22'"),
    "an article that is none": (FILE, "article: '22'", "article: '99'", "Wpg '99' is geen grondslag die hier kan; wel: 16, 18, 19, 20, 22"),
    "an article without a law": (CAMERAS, "  law: geen\n", "  law: geen\n  article: '3.1'\n", "transfer_basis.article: '3.1' kan niet: de wet is `geen`"),
    "a UAVG article that is none": (CONFUSED, "uavg: artikel 24 UAVG", "uavg: zomaar", "receiver_basis.uavg: 'zomaar' kan niet; schrijf het als 'artikel 24 UAVG' (22 tot en met 33)"),
    "a UAVG article of the other kind": (CONFUSED, "uavg: artikel 24 UAVG", "uavg: artikel 33 UAVG", "receiver_basis.uavg: artikel 33 UAVG gaat over AVG 10, en special noemt AVG 9.2.j"),
    "health data without their ground": (CONFUSED, "  special: [9.2.j]\n  uavg: artikel 24 UAVG\n", "", "receiver_basis.special: mist AVG 9: Onbegrepen gedrag (E33) vraagt die grond"),
    "everybody receives what is internal": (GROUPS, "receivers: [regio, gemeente, driehoek]", "receivers: [regio, all]", "receivers.1: all kan niet: de bron heeft het label intern"),
    "the public receives what is internal": (FILE, "receivers: [regio, gemeente, driehoek]", "receivers: [regio, openbaar]", "receivers.1: openbaar kan niet: de bron heeft het label intern"),
    "a controller who is no party": (FILE, "controllers:\n  - Gemeenten van de regio Voorbeeld", "controllers:\n  - Gemeente Elders", "controllers.0: 'Gemeente Elders' staat niet onder parties"),
    "a processor after the start": (FILE, "  date: 2023-11-15", "  date: 2024-02-15", "processor.date: 2024-02-15 ligt na de start: eerst de overeenkomst, dan gegevens"),
    "a DPIA of before the AVG": (FILE, "  date: 2023-11-01", "  date: 1900-11-01", "dpia.date: 1900-11-01 kan niet: de DPIA bestaat sinds 2018-05-25 (AVG)"),
    "an agreement for ever": (FILE, "end: 2029-12-31", "end: 2999-12-31", "end: 2999-12-31 is te ver: een afspraak duurt hooguit 10 jaar"),
    "one day too long": (FILE, "end: 2029-12-31", "end: 2034-01-02", "end: 2034-01-02 is te ver: een afspraak duurt hooguit 10 jaar"),
    "a person to ask": (FILE, "contact_role: informatiecoördinator politie", "contact_role: Jan de Vries, 06-12345678, jan@x.example", "is geen rol; noem een functie en geen persoon, e-mail of telefoon"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_fault_in_a_ground_is_told(copy: CatalogueCopy, case: str) -> None:
    name, old, new, fault = PLANTED[case]
    for before, after in zip(old.split("|"), new.split("|"), strict=True):
        copy.edit(name, before, after)
    (told,) = [line for line in copy.faults() if "rows_because" in line or "regions/" in line]
    assert (fault or WORDS[case]) in told
    assert fault is None or told.startswith(name)


WORDS = {
    "an open map that no longer says so": f"{MAP}:9: transfer_basis.law: regels over personen hebben een besluit van Wpg 20 nodig",
    "an exception that is none": "rows_because: 'omdat' kan hier niet",
}


def test_the_register_cannot_be_called_an_open_map(copy: CatalogueCopy) -> None:
    """Two rules stop it: the contract numbers its rows, and the agreement is under the Wpg."""
    old = "      effort:"
    copy.edit(EVENTS_CONTRACT, old, f"      rows_because: public_by_owner\n{old}")
    of_contract, of_agreement = copy.faults()
    assert "public_by_owner kan niet: wie elke regel een nummer geeft" in of_contract
    assert "Wpg past niet bij public_by_owner" in of_agreement


@pytest.mark.parametrize("end", ["2034-01-01", "2024-01-01"])
def test_an_agreement_of_ten_years_or_one_day_loads(copy: CatalogueCopy, end: str) -> None:
    copy.edit(FILE, "end: 2029-12-31", f"end: {end}")
    assert copy.faults() == []


def test_an_invented_region_may_go_on(copy: CatalogueCopy) -> None:
    copy.edit("regions/twente/region.yaml", "title:", "invented: true\ntitle:")
    copy.edit(FILE, "end: 2029-12-31", "end: 2099-12-31")
    assert copy.faults() == []


def test_an_end_before_the_start_is_told_beside_every_other_fault(copy: CatalogueCopy) -> None:
    copy.edit(FILE, "end: 2029-12-31", "end: 2023-12-31")
    copy.edit(FILE, "retention_months: 60", "retention_months: 0")
    copy.edit(FILE, "supplier:", "leverancier: x\nsupplier:")
    told = [line.split(": ", 2)[1] for line in copy.faults()]
    assert sorted(told) == ["end", "leverancier", "retention_months"]


def test_an_end_before_the_start_is_told_beside_the_cross_rules(copy: CatalogueCopy) -> None:
    copy.edit(FILE, "end: 2029-12-31", "end: 2023-12-31")
    copy.edit(FILE, "  avg: [6.1.e]", "  avg: []")
    assert sorted(line.split(": ", 2)[1] for line in copy.faults()) == ["end", "receiver_basis.avg"]


def test_sources_without_an_agreement_are_named_and_are_no_fault(copy: CatalogueCopy) -> None:
    catalogue = read_catalogue(copy.root / "catalogue", copy.root / "regions")
    found = dict(find_unagreed(catalogue))
    assert "woonoverlast" in found["twente"]
    assert "cameragebieden" not in found["twente"]
    assert "cameragebieden" in found["den_haag_eo"]
    assert "politie_misdrijven_jaar" not in found["twente"]
    (line,) = [line for line in tell_unagreed(catalogue) if "twente" in line]
    assert line.startswith("Let op: twente heeft nog geen afspraak over anonieme_tips, ")
    assert line.endswith("; de deur weigert elk bestand ervan.")


def test_an_agreed_source_that_the_region_does_not_list_is_told(copy: CatalogueCopy) -> None:
    def told() -> str:
        catalogue = read_catalogue(copy.root / "catalogue", copy.root / "regions")
        (line,) = tell_unused(catalogue)
        return line

    assert told().startswith("Let op: twente heeft een afspraak over cameragebieden, ")
    assert told().endswith(
        "; zonder regel bij sources in regions/twente/region.yaml komt dat in geen versie."
    )
    listed = "\nsources:\n"
    copy.edit("regions/twente/region.yaml", listed, f"{listed}  - source: cameragebieden\n")
    assert "cameragebieden" not in told()


# The plant, or the test, in which each rule is the one that speaks.
CASE_OF_RULE = {
    "articles_stand_on_the_list": "an article in words",
    "articles_that_ask_for_a_permission_have_it": "rows without a decision",
    "rows_about_persons_have_a_decision": "rows under another law",
    "exceptions_for_rows_fit_their_contract": "an exception for counts",
    "special_data_have_their_ground": "health data without their ground",
    "receivers_are_no_wider_than_the_label": "the public receives what is internal",
    "those_responsible_are_parties": "a controller who is no party",
    "agreements_name_a_role_to_ask": "a person to ask",
    "agreements_end_after_they_start": "an agreement for ever",
    "papers_are_no_older_than_the_law_and_no_newer_than_the_start": "a processor after the start",
}


def test_every_rule_for_grounds_has_a_plant() -> None:
    rules = {rule.__name__ for rule in RULES if rule.__module__ == ground_checks.__name__}
    assert rules == set(CASE_OF_RULE)
    assert set(CASE_OF_RULE.values()) <= set(PLANTED)

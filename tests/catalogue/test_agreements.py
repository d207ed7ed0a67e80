"""Agreements: no ground means no data, and each rule sees its fault; the questions of use answer no."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

import re
from datetime import date
from pathlib import Path

import pytest

from catalogue.catalogue_copy import ROOT, CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import Agreement, Catalogue, agreement_checks, read_catalogue
from regiebeeld.catalogue.agreements import may_receive, may_serve, may_use
from regiebeeld.catalogue.cross_checks import RULES

TWENTE = "regions/twente/region.yaml"
FILE = "regions/twente/agreements/woninginbraken_aantallen.yaml"
CAMERAS = "regions/twente/agreements/cameragebieden.yaml"
INVENTORY = "catalogue/inventory.yaml"
END = "2029-12-31"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    copy = copy_catalogue(tmp_path)
    for name in (FILE, CAMERAS):
        copy.write(name, of_a_real_region(name))
    return copy


def of_a_real_region(name: str) -> str:
    """Give an agreement of the invented region with an end that a real one may have."""
    text = (ROOT / name.replace("twente", "voorbeeld")).read_text(encoding="utf-8")
    return re.sub("^end: .*$", f"end: {END}", text, flags=re.MULTILINE)


# What is planted (file, old, new), and the only fault after its file and line.
PLANTED = {
    "an unknown source": (FILE, "source: woninginbraken_aantallen", "source: inbraken",
        "source: moet gelijk zijn aan de bestandsnaam: woninginbraken_aantallen"),
    "a theme that is none": (FILE, "themes: [woninginbraken]", "themes: [woninginbraak]",
        "themes.0: thema 'woninginbraak' bestaat niet; bedoelt u 'woninginbraken'?"),
    "a receiver unknown": (FILE, "receivers: [regio, gemeente, driehoek]", "receivers: [regio, GM0344]", "ontvanger 'GM0344' bestaat niet"),
    "everybody a receiver": (FILE, "receivers: [regio, gemeente, driehoek]", "receivers: [all]",
        "receivers: all kan niet: de bron gaat over personen; noem de ontvangers"),
    "no receiver": (FILE, "receivers: [regio, gemeente, driehoek]", "receivers: []", "receivers: heeft ten minste één regel nodig"),
    "no ground to give": (FILE, "  law: Wpg\n  article: '22'\n", "  law: geen\n",
        "transfer_basis.law: geen kan niet: de bron gaat over personen"),
    "an unknown law": (FILE, "law: Wpg", "law: Wgs", "transfer_basis.law: 'Wgs' kan hier niet"),
    "no article": (FILE, "  article: '22'\n  wording", "  wording", "transfer_basis.article: ontbreekt: noem het artikel van de wet"),
    "no ground to have": (FILE, "  avg: [6.1.e]", "  avg: []",
        "receiver_basis.avg: ontbreekt: de ontvanger heeft een eigen grondslag nodig"),
    "a ground that is none": (FILE, "  avg: [6.1.e]", "  avg: [6.1.z]", "receiver_basis.avg.0: '6.1.z' past niet bij het patroon"),
    "special data without the UAVG": (FILE, "  avg: [6.1.e]", "  avg: [6.1.e]\n  special: ['10']",
        "receiver_basis.uavg: ontbreekt: bijzondere gegevens hebben de UAVG nodig"),
    "no permission": (FILE, "permissions:\n  - what: Schriftelijke toestemming op grond van artikel 22 Wpg\n    number: VB-2023-002\n    date: 2023-12-01\n", "",
        "permissions: Wpg 22 heeft een besluit of toestemming nodig, met nummer en datum"),
    "a permission after the start": (FILE, "    date: 2023-12-01", "    date: 2024-06-01",
        "permissions.0.date: 2024-06-01 ligt na de start: eerst toestemming, dan gegevens"),
    "no DPIA": (FILE, "  done: true", "  done: false\n  reason: geen tijd",
        "dpia.done: kan niet false zijn: de bron gaat over personen (AVG 35)"),
    "a DPIA after the start": (FILE, "  date: 2023-11-01", "  date: 2025-11-01",
        "dpia.date: 2025-11-01 ligt na de start: eerst de DPIA, dan gegevens"),
    "a DPIA without a reference": (FILE, "  reference: DPIA-VB-002\n", "", "dpia: noem de datum en het kenmerk van de DPIA"),
    "no DPIA and no reason": (CAMERAS, "  reason: Het gaat om aantallen groepen, acties of objecten, niet om mensen.\n", "",
        "dpia.reason: ontbreekt: zeg waarom er geen DPIA nodig is"),
    "joint without an arrangement": (CAMERAS, "controllers:\n", "controllers:\n  - Samenwerkingsverband Veiligheid Voorbeeld\n",
        "arrangement: ontbreekt: samen verantwoordelijk vraagt een regeling (AVG 26)"),
    "a supplier who is no party": (CAMERAS, "supplier: Gemeenten", "supplier: Camerabedrijf, gemeenten", "staat niet onder parties"),
    "an end before the start": (FILE, "end: 2029-12-31", "end: 2023-12-31", "end: 2023-12-31 ligt voor start 2024-01-01"),
    "an end that is no date": (FILE, "end: 2029-12-31", "end: volgend jaar", "end: moet een datum zijn, zoals 2026-07-01"),
    "no end": (FILE, "end: 2029-12-31\n", "", "end: ontbreekt"),
    "nobody to ask": (FILE, "contact_role: informatiecoördinator politie\n", "", "contact_role: ontbreekt"),
    "kept for ever": (FILE, "retention_months: 60", "retention_months: 0", "retention_months: 0 kan niet; moet meer dan 0 zijn"),
    "an unknown field": (FILE, "retention_months: 60", "retention_months: 60\nnote: x", "note: is geen bekend veld"),
    "a rejected source with a contract": (INVENTORY, "    decision: klaar_voor_afspraak", "    decision: afgewezen",
        "considered.2.decision: afgewezen kan niet: er is een contract voor"),
    "what may not is used": (INVENTORY, "    decision: afgewezen", "    decision: later", "later kan niet: wat niet mag, is afgewezen"),
    "considered twice": (INVENTORY, "  - id: cbs_kerncijfers", "  - id: open_politiecijfers",
        "considered.1.id: 'open_politiecijfers' staat hier voor de tweede keer"),
    "a contract that is not there": (INVENTORY, "      - politie_misdrijven_maand", "      - politie_misdrijf_maand",
        "considered.0.sources.1: bron 'politie_misdrijf_maand' bestaat niet; bedoelt u 'politie_misdrijven_maand'?"),
}  # fmt: skip


def test_the_agreements_of_the_copy_are_good(copy: CatalogueCopy) -> None:
    assert copy.faults() == []


@pytest.mark.parametrize("case", PLANTED)
def test_a_fault_in_an_agreement_is_told(copy: CatalogueCopy, case: str) -> None:
    name, old, new, fault = PLANTED[case]
    copy.edit(name, old, new)
    (told,) = copy.faults()
    assert told.startswith(name)
    assert fault in told


def test_a_delivery_without_an_agreement_does_not_load(copy: CatalogueCopy) -> None:
    copy.edit(
        TWENTE,
        "  - source: cbs_bevolking",
        "  - source: woonoverlast\n    release: false\n  - source: cbs_bevolking",
    )
    (told,) = copy.faults()
    assert told == (
        f"{TWENTE}:{copy.line_of(TWENTE, 'woonoverlast')}: sources.1.source: voor bron 'woonoverlast' "
        "is geen afspraak; maak regions/twente/agreements/woonoverlast.yaml"
    )


def test_a_delivery_with_an_agreement_loads(copy: CatalogueCopy) -> None:
    copy.edit(
        TWENTE, "  - source: cbs_bevolking", "  - source: cameragebieden\n  - source: cbs_bevolking"
    )
    assert copy.faults() == []


def test_a_table_that_is_fetched_needs_no_agreement(copy: CatalogueCopy) -> None:
    text = (copy.root / CAMERAS).read_text().replace("cameragebieden", "cbs_bevolking")
    copy.write("regions/twente/agreements/cbs_bevolking.yaml", text)
    (told,) = copy.faults()
    assert "wordt niet geleverd maar opgehaald" in told


def test_an_agreement_about_nothing_is_told(copy: CatalogueCopy) -> None:
    text = (copy.root / CAMERAS).read_text().replace("cameragebieden", "cameragebiedn")
    copy.write("regions/twente/agreements/cameragebiedn.yaml", text)
    (told,) = copy.faults()
    assert "bron 'cameragebiedn' bestaat niet; bedoelt u 'cameragebieden'?" in told


def test_an_agreement_of_no_region_is_told(copy: CatalogueCopy) -> None:
    copy.write("regions/twnte/agreements/cameragebieden.yaml", (copy.root / CAMERAS).read_text())
    assert any(
        "regio 'twnte' bestaat niet; bedoelt u 'twente'?" in fault for fault in copy.faults()
    )


def test_an_agreement_that_nobody_reads_is_told(copy: CatalogueCopy) -> None:
    copy.write("regions/twente/agreements/oud/cameragebieden.yml", "source: cameragebieden\n")
    (told,) = copy.faults()
    assert "wordt niet gelezen; verwacht wordt regions/<regio>/agreements/<bron>.yaml" in told


def agreement(catalogue: Catalogue, source: str) -> Agreement:
    found = catalogue.agreement_for("voorbeeld", source)
    assert found is not None
    return found


# From 1 January 2024 to 31 December 2025, both days included.
@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2023, 12, 31), "De afspraak begint pas op 1-1-2024."),
        (date(2024, 1, 1), None),
        (date(2025, 12, 31), None),
        (
            date(2026, 1, 1),
            "De afspraak is afgelopen op 31-12-2025; vraag de leverancier om een nieuwe.",
        ),
    ],
)
def test_an_agreement_counts_from_its_first_to_its_last_day(
    catalogue: Catalogue, today: date, words: str | None
) -> None:
    answer = may_use(agreement(catalogue, "netbeheerder_fraude"), today)
    assert (None if answer is True else answer.words) == words


def test_without_an_agreement_the_answer_is_no_and_counts_as_false() -> None:
    answer = may_use(None, date(2026, 1, 1))
    assert answer is not True
    assert not answer
    assert answer.words == "Er is geen afspraak over deze bron."


def test_a_theme_outside_the_purpose_is_refused(catalogue: Catalogue) -> None:
    found = agreement(catalogue, "woninginbraken_aantallen")
    assert may_serve(found, "woninginbraken") is True
    answer = may_serve(found, "jeugd")
    assert answer is not True
    assert answer.words == "Het doel van de afspraak past niet bij jeugd; wel bij: woninginbraken."


def test_an_audience_that_is_no_receiver_is_refused(catalogue: Catalogue) -> None:
    assert catalogue.audiences is not None
    audiences = {one.id: one for one in catalogue.audiences.audiences}
    tips = agreement(catalogue, "anonieme_tips")
    assert may_receive(tips, audiences["regio"]) is True
    assert not may_receive(tips, audiences["gemeente"], "GM9901")
    assert may_receive(agreement(catalogue, "cameragebieden"), audiences["openbaar"]) is True
    one = tips.model_copy(update={"receivers": ("GM9901",)})
    assert may_receive(one, audiences["gemeente"], "GM9901") is True
    assert not may_receive(one, audiences["gemeente"], "GM9902")


def test_no_real_region_claims_an_agreement(catalogue: Catalogue) -> None:
    assert set(catalogue.agreements) == {"voorbeeld"}
    assert catalogue.regions["voorbeeld"].invented


def test_the_example_has_an_agreement_for_every_delivery(catalogue: Catalogue) -> None:
    deliveries = {source.id for source in catalogue.sources.values() if source.terms.is_delivery}
    assert set(catalogue.agreements["voorbeeld"]) == deliveries


# The plant, or the test, in which each rule is the one that speaks.
CASE_OF_RULE = {
    "deliveries_have_an_agreement": test_a_delivery_without_an_agreement_does_not_load,
    "agreements_are_about_a_delivery": "an unknown source",
    "agreements_serve_known_themes": "a theme that is none",
    "agreements_name_known_receivers": "a receiver unknown",
    "agreements_stand_in_a_region": test_an_agreement_of_no_region_is_told,
    "figures_about_persons_have_every_ground": "no ground to have",
    "grounds_are_written_whole": "no article",
    "decisions_are_older_than_the_start": "a permission after the start",
    "the_inventory_names_each_source_once": "considered twice",
    "what_is_rejected_is_not_used": "what may not is used",
    "every_source_was_considered": "test_partner_contracts: a contract nobody weighed",
}


def test_every_rule_for_agreements_has_a_plant() -> None:
    rules = {rule.__name__ for rule in RULES if rule.__module__ == agreement_checks.__name__}
    assert rules == set(CASE_OF_RULE)
    cases = {case for case in CASE_OF_RULE.values() if isinstance(case, str)}
    assert {case for case in cases if ":" not in case} <= set(PLANTED)

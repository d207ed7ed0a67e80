"""The register of processing and who may see what, computed from the example's agreements."""

from datetime import date
from pathlib import Path

import pytest

from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.catalogue.inventory import Answer, Decision
from regiebeeld.catalogue.law import (
    AccessRow,
    RegisterRow,
    compute_access,
    compute_register,
    tell_law,
)

ROOT = Path(__file__).parents[2]
DAY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def register(catalogue: Catalogue, region: str = "voorbeeld") -> dict[str, RegisterRow]:
    rows = compute_register(catalogue, catalogue.regions[region], DAY)
    return {row.source: row for row in rows}


def access(catalogue: Catalogue, source: str, today: date = DAY) -> dict[str, AccessRow]:
    rows = compute_access(catalogue, catalogue.regions["voorbeeld"], today)
    return {row.audience: row for row in rows if row.source == source}


def test_the_register_holds_every_source_of_the_region_once(catalogue: Catalogue) -> None:
    region = catalogue.regions["voorbeeld"]
    rows = compute_register(catalogue, region, DAY)
    used = {wanted.source for wanted in region.sources} | set(catalogue.agreements["voorbeeld"])
    assert sorted(row.source for row in rows) == sorted(used)


def test_a_row_says_what_article_30_asks(catalogue: Catalogue) -> None:
    row = register(catalogue)["woninginbraken_gebeurtenissen"]
    words = dict(row.agreed)
    assert row.state == "geldig"
    assert row.subjects == "mensen die bij een registratie betrokken zijn"
    assert words["grondslag van de verstrekking"].startswith("Wpg 20: ")
    assert words["grondslag van de ontvanger"] == "AVG 6.1.e"
    assert words["besluiten"].endswith("VB-2023-001, 1-12-2023")
    assert words["bewaartermijn"] == "aantallen 60 maanden; regels worden niet bewaard"
    assert words["verwerkingsverantwoordelijke"] == "Gemeenten van de regio Voorbeeld"
    assert (row.start, row.end) == (date(2024, 1, 1), date(2099, 12, 31))


def test_a_row_says_what_is_kept_and_what_is_wiped(catalogue: Catalogue) -> None:
    row = register(catalogue)["woninginbraken_gebeurtenissen"]
    assert row.kept == ("buurt per maand", "soort_code", "poging", "aantal")
    assert {"X", "Y", "Pleegpostcode", "Incident Identificatie"} <= set(row.dropped)
    assert "Begin-pleegdatum/tijd" in row.dropped
    counted = register(catalogue)["woonoverlast"]
    assert counted.kept == ("wijk per half jaar", "soort", "melder_bij", "aantal")
    assert counted.dropped == ()


def test_an_ended_agreement_says_so(catalogue: Catalogue) -> None:
    row = register(catalogue)["netbeheerder_fraude"]
    assert row.state.startswith("De afspraak is afgelopen op 31-12-2025")


def test_a_real_region_has_only_what_is_public(catalogue: Catalogue) -> None:
    rows = register(catalogue, "twente").values()
    assert {row.about for row in rows} == {"door de eigenaar openbaar gemaakt"}
    assert {row.state for row in rows} == {"geldig: openbaar gemaakt door de eigenaar"}


def test_camera_areas_are_for_everybody(catalogue: Catalogue) -> None:
    rows = access(catalogue, "cameragebieden")
    assert {name for name, row in rows.items() if row.allowed} == {
        "regio",
        "gemeente",
        "driehoek",
        "openbaar",
    }
    assert rows["openbaar"].finest == ("buurt per jaar",)


def test_an_internal_figure_is_not_for_everybody(catalogue: Catalogue) -> None:
    rows = access(catalogue, "whatsapp_groepen")
    assert rows["regio"].allowed
    assert not rows["openbaar"].allowed
    assert rows["openbaar"].because == (
        "Het label intern is niet voor iedereen.",
        "Iedereen staat niet bij de ontvangers van de afspraak.",
    )


def test_figures_about_persons_are_for_partners_and_never_for_everybody(
    catalogue: Catalogue,
) -> None:
    rows = compute_access(catalogue, catalogue.regions["voorbeeld"], DAY)
    people = {row.source for row in register(catalogue).values() if row.about == "over personen"}
    seen = {row.audience for row in rows if row.source in people and row.allowed}
    assert seen == {"regio", "gemeente", "driehoek"}


def test_every_reason_is_told_not_only_the_first(catalogue: Catalogue) -> None:
    tips = access(catalogue, "anonieme_tips")["gemeente"]
    assert len(tips.because) == 2
    assert tips.because[0].startswith("Het label driehoek")
    assert tips.because[1].endswith("staat niet bij de ontvangers van de afspraak.")


def test_after_the_end_nobody_sees_it(catalogue: Catalogue) -> None:
    rows = access(catalogue, "cameragebieden", date(2100, 1, 1))
    assert [row.allowed for row in rows.values()] == [False, False, False, False]
    assert all("afgelopen op 31-12-2099" in row.because[0] for row in rows.values())


def test_gemeenten_that_differ_each_have_a_row(catalogue: Catalogue) -> None:
    agreed = catalogue.agreements["voorbeeld"]["cameragebieden"]
    one = agreed.model_copy(update={"receivers": ("GM9901",)})
    changed = Catalogue(
        **{name: getattr(catalogue, name) for name in Catalogue.__slots__ if name != "agreements"},
        agreements={"voorbeeld": {"cameragebieden": one}},
    )
    rows = compute_access(changed, changed.regions["voorbeeld"], DAY)
    cameras = [row for row in rows if row.source == "cameragebieden" and row.audience == "gemeente"]
    assert [row.gemeente for row in cameras if row.allowed] == ["GM9901"]
    assert len(cameras) == 14


def test_what_may_not_is_rejected_with_a_reason(catalogue: Catalogue) -> None:
    assert catalogue.inventory is not None
    considered = {one.id: one for one in catalogue.inventory.considered}
    for name in ("berichten_whatsapp", "risicoscores", "e14", "camerabeelden", "medische_dossiers"):
        assert considered[name].may is Answer.NO
        assert considered[name].decision is Decision.REJECTED
        assert considered[name].sources == ()


def test_the_page_holds_register_access_and_inventory(catalogue: Catalogue) -> None:
    page = tell_law(catalogue, catalogue.regions["voorbeeld"], DAY)
    assert page.startswith("Register van verwerkingen van Voorbeeld, 1-7-2026 (artikel 30 AVG)")
    assert "Camera" in page
    assert "Anonieme tips | regio | nee: " in page
    assert "Risicoscores van mensen: afgewezen. Nooit." in page
    for source in catalogue.agreements["voorbeeld"]:
        assert f"({source})" in page

"""The themes of the mission are whole, and no figure is finer or judged more than was agreed.

The table is the one of the field: the finest level and period of a subject, and what may be said.
"""

from pathlib import Path

import pytest

from regiebeeld.catalogue import Catalogue, Indicator, read_catalogue
from regiebeeld.dashboard.access import find_labels

ROOT = Path(__file__).parents[2]
EVERYTHING = {
    "trend", "comparison", "signals", "hot_spots", "small_areas", "drivers", "ranking", "effects"
}  # fmt: skip
# Subject: its figures, the finest of each, and what may be said of it at most.
FINEST = {
    "burglary, open figures": (
        "woninginbraken schuurinbraken",
        "buurt rolling_12_months, gemeente month", EVERYTHING,
    ),
    "burglary, attempts of a partner": (
        "woninginbraken_pogingen woninginbraken_voltooid woninginbraken_kaart",
        "wijk year, gemeente quarter", EVERYTHING - {"hot_spots"},
    ),
    "woonoverlast": (
        "woonoverlast woonoverlast_geluid woonoverlast_intimidatie",
        "wijk half_year", {"trend", "comparison"},
    ),
    "jeugdoverlast": ("jeugdoverlast", "wijk quarter", {"trend", "comparison"}),
    "jeugdcriminaliteit": (
        "jeugdcriminaliteit halt_afdoeningen halt_schoolverzuim", "gemeente year", {"trend"},
    ),
    "onbegrepen gedrag": ("onbegrepen_gedrag", "wijk year, gemeente quarter", {"trend"}),
    "huiselijk geweld": (
        "veilig_thuis_meldingen veilig_thuis_adviezen", "gemeente half_year", {"trend"},
    ),
    "huishoudens met meerdere problemen": (
        "huishoudens_meerdere_problemen", "gemeente year", {"trend"},
    ),
    "hennep and drugs": (
        "hennepkwekerijen drugslabs sluitingen_13b waarschuwingen_13b energiefraude"
        " energiefraude_met_kwekerij drugsafval",
        "wijk year", {"trend"},
    ),
    "anonymous tips": ("anonieme_tips_drugs", "gemeente year", set()),
    "cybercrime": (
        "cybercrime computervredebreuk oplichting_via_internet bankhelpdeskfraude"
        " vriend_in_noodfraude",
        "gemeente quarter", {"trend"},
    ),
    "other property, violence, vandalism": (
        "fietsendiefstal fietsen diefstal_uit_auto diefstal_van_motorvoertuigen zakkenrollerij"
        " diefstal_overige_voertuigen winkeldiefstal inbraak_bedrijven vernieling mishandeling"
        " bedreiging openlijk_geweld straatroof high_impact_crime",
        "buurt rolling_12_months, gemeente month", EVERYTHING,
    ),
    "straf": (
        "om_ingestroomde_zaken om_dagvaardingen_en_strafbeschikkingen om_sepots nazorg_bereikt"
        " nazorg_niet_bereikt zvh_aanmeldingen zvh_in_behandeling",
        "gemeente year", {"trend"},
    ),
}  # fmt: skip
# What the mission asks of each page; an index by policy field may lead to more.
PAGES = {
    "algemeen": "misdrijven_totaal high_impact_crime fietsendiefstal mishandeling vernieling"
    " verkeersongevallen drugshandel",
    "woninginbraken": "woninginbraken woninginbraken_pogingen woninginbraken_voltooid"
    " schuurinbraken whatsapp_groepen whatsapp_bereik preventieadviezen dor_aansluitingen"
    " campagne_bereik",
    "woonoverlast": "woonoverlast",
    "jeugd": "jeugdcriminaliteit jeugdoverlast halt_afdoeningen",
    "onbegrepen_gedrag": "onbegrepen_gedrag",
    "huiselijk_geweld": "veilig_thuis_meldingen veilig_thuis_adviezen",
    "hennep_en_drugs": "hennepkwekerijen drugslabs sluitingen_13b drugsafval anonieme_tips_drugs"
    " energiefraude",
    "cybercrime": "computervredebreuk oplichting_via_internet slachtoffer_online",
    "zorg_en_straf": "huishoudens_meerdere_problemen om_ingestroomde_zaken nazorg_bereikt"
    " zvh_aanmeldingen",
    "handhaving": "gebiedsverboden tijdelijke_huisverboden aanwijzingen_woonoverlast",
    "beleving": "onveilig_weleens onveilig_vaak",
    "brand": "woningbranden schoorsteenbranden",
}
HAALDELICTEN = {"3.1.1", "3.1.3", "2.1.1"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "catalogue", ROOT / "regions")


def finest_of(indicator: Indicator) -> str:
    return ", ".join(f"{one.level.value} {one.period.value}" for one in indicator.finest)


@pytest.mark.parametrize("subject", FINEST)
def test_a_subject_is_as_fine_as_agreed_and_no_more_is_said(
    catalogue: Catalogue, subject: str
) -> None:
    names, finest, most = FINEST[subject]
    for name in names.split():
        indicator = catalogue.indicators[name]
        assert finest_of(indicator) == finest, name
        assert {one.value for one in indicator.analyses} <= most, name


def test_what_is_found_by_searching_is_followed_and_no_more(catalogue: Catalogue) -> None:
    found = set()
    for indicator in catalogue.indicators.values():
        codes = {code for wanted in indicator.sources for code in wanted.event_sets}
        if codes & HAALDELICTEN:
            found |= codes & HAALDELICTEN
            assert {one.value for one in indicator.analyses} <= {"trend", "comparison"}
            assert "buurt" not in finest_of(indicator)
    assert found == HAALDELICTEN


@pytest.mark.parametrize("theme", PAGES)
def test_a_theme_holds_what_the_mission_asks(catalogue: Catalogue, theme: str) -> None:
    assert set(PAGES[theme].split()) <= set(catalogue.themes[theme].indicators)


def test_every_theme_is_in_the_table_of_the_mission(catalogue: Catalogue) -> None:
    assert PAGES.keys() == catalogue.themes.keys()


def test_the_example_region_shows_every_theme_from_a_source_it_has(catalogue: Catalogue) -> None:
    region = catalogue.regions["voorbeeld"]
    assert set(region.themes) == catalogue.themes.keys()
    has = {each.source for each in region.sources if each.release}
    for name, (theme, indicator) in catalogue.indicators_of(region).items():
        assert has & {wanted.source for wanted in indicator.sources}, f"{theme.id}: {name}"


def test_every_theme_and_every_lasting_figure_stands_in_a_policy_field(
    catalogue: Catalogue,
) -> None:
    """Figures of the last weeks stand beside the same figure of months, on the same page."""
    assert catalogue.policy_fields is not None
    fields = catalogue.policy_fields.fields
    assert len(fields) == 5
    whole = {name for field in fields for name in field.themes}
    found = {name for field in fields for name in field.indicators}
    found |= {name for theme in whole for name in catalogue.themes[theme].indicators}
    assert {name for name in catalogue.indicators if not name.endswith("_recent")} <= found
    for theme in catalogue.themes.values():
        assert theme.id in whole or set(theme.indicators) & found, theme.id


def test_what_a_reader_may_open_follows_the_labels_of_the_audience(catalogue: Catalogue) -> None:
    assert catalogue.audiences is not None
    for audience in catalogue.audiences.audiences:
        file = "gm9901" if audience.per_gemeente else audience.id
        assert [one.value for one in find_labels(file)] == [one.value for one in audience.labels]


@pytest.mark.parametrize("name", ["nazorg_bereikt", "zvh_aanmeldingen", "anonieme_tips_drugs"])
def test_what_is_for_the_driehoek_is_for_nobody_else(catalogue: Catalogue, name: str) -> None:
    assert catalogue.audiences is not None
    label = catalogue.indicators[name].label
    seen_by = [one.id for one in catalogue.audiences.audiences if label in one.labels]
    assert seen_by == ["driehoek"]

"""Limits of subjects: whoever adds a file about a subject is stopped, whatever the file says."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import limit_checks
from regiebeeld.catalogue.cross_checks import RULES
from regiebeeld.catalogue.limits import Named

LIMITS = "catalogue/limits.yaml"
CONFUSED = "catalogue/sources/onbegrepen_gedrag.odcs.yaml"
VIOLENCE = "catalogue/sources/huiselijk_geweld.odcs.yaml"
NUISANCE = "catalogue/sources/woonoverlast.odcs.yaml"
YOUTH = "catalogue/sources/jeugdoverlast.odcs.yaml"
TIPS = "catalogue/sources/anonieme_tips.odcs.yaml"
BIKES = "catalogue/indicators/algemeen/fietsendiefstal.yaml"
SHOWN = "catalogue/indicators/onbegrepen_gedrag/onbegrepen_gedrag.yaml"
TERMS = "customProperties.0.value"
WHY = "Meldingen gaan over een paar mensen die het moeilijk hebben; het is geen diagnose."

# What is planted (file, old, new), and what must be told of that file.
PLANTED = {
    "hot spots of people in trouble": (CONFUSED, "analyses: [trend]", "analyses: [trend, hot_spots]",
        f"{TERMS}.analyses.1: hot_spots mag niet bij onbegrepen_gedrag. {WHY}"),
    "a comparison of people in trouble": (CONFUSED, "analyses: [trend]", "analyses: [trend, comparison]",
        f"{TERMS}.analyses.1: comparison mag niet bij onbegrepen_gedrag. {WHY}"),
    "a month of people in trouble": (CONFUSED, "        - {level: wijk, period: year}", "        - {level: wijk, period: quarter}",
        f"{TERMS}.finest.0: is fijner dan onbegrepen_gedrag mag: wijk per year of gemeente per quarter. {WHY}"),
    "people in trouble are no persons": (CONFUSED, "disclosure: persons", "disclosure: not_about_persons",
        f"{TERMS}.disclosure: not_about_persons kan niet: onbegrepen_gedrag gaat altijd over personen"),
    "people in trouble made open": (CONFUSED, "disclosure: persons", "disclosure: public",
        f"{TERMS}.disclosure: public kan niet: onbegrepen_gedrag gaat altijd over personen"),
    "an open label": (CONFUSED, "label: intern", "label: openbaar",
        f"{TERMS}.label: openbaar kan niet: onbegrepen_gedrag is hooguit intern"),
    "a subject that is none": (CONFUSED, "subject: onbegrepen_gedrag", "subject: onbegrepen_gedrg",
        f"{TERMS}.subject: onderwerp 'onbegrepen_gedrg' staat niet in catalogue/limits.yaml; bedoelt u 'onbegrepen_gedrag'?"),
    "no subject": (NUISANCE, "      subject: woonoverlast\n", "",
        f"{TERMS}.subject: ontbreekt: een levering over personen noemt een onderwerp van limits.yaml"),
    "a suicide attempt beside": (CONFUSED, "value: [E33]\n", "value: [E33, E14]\n", "E14 is een poging tot zelfdoding: die wordt nooit geteld."),
    "a suicide attempt in words": (NUISANCE, "dieren, bouwkundig", "poging_zelfdoding, bouwkundig", "E14 is een poging tot zelfdoding"),
    "a suicide attempt in an indicator": (BIKES, "police_codes: [", "police_codes: [e14, ", "E14 is een poging tot zelfdoding"),
    "violence at home by quarter": (VIOLENCE, "        - {level: gemeente, period: half_year}", "        - {level: gemeente, period: quarter}",
        f"{TERMS}.finest.0: is fijner dan huiselijk_geweld mag: gemeente per half_year. Meer meldingen"),
    "violence at home with an arrow": (VIOLENCE, "      direction: false\n", "", f"{TERMS}.direction: moet false zijn bij huiselijk_geweld"),
    "violence without its open table": (VIOLENCE, "      same_events_in: [84849NED]\n", "",
        f"{TERMS}.same_events_as: ontbreekt: over huiselijk_geweld staan dezelfde gebeurtenissen in een open tabel"),
    "tips with a trend": (TIPS, "analyses: []", "analyses: [trend]", f"{TERMS}.analyses.0: trend mag niet bij anonieme_tips"),
    "youth by buurt": (YOUTH, "        - {level: wijk, period: quarter}", "        - {level: buurt, period: quarter}",
        f"{TERMS}.finest.0: is fijner dan jeugdoverlast mag: wijk per quarter"),
    "an indicator by its police code": (BIKES, "police_codes: [", "police_codes: [F520, ", "finest.0: is fijner dan zeden mag: gemeente per year"),
    "an open indicator by its event set": (BIKES, 'event_sets: ["1.2.3"]', 'event_sets: ["3.7.4"]', "finest.0: is fijner dan cybercrime mag: gemeente per quarter"),
    "an open indicator about E33": (SHOWN, "label: intern", "label: openbaar", "label: openbaar kan niet: onbegrepen_gedrag is hooguit intern"),
    "signals in the list itself": (LIMITS, "    analyses: [trend]\n    in_trouble: true", "    analyses: [trend, signals]\n    in_trouble: true",
        "subjects.0.analyses.1: signals kan niet: onbegrepen_gedrag gaat over mensen die het moeilijk hebben"),
    "near repeats of people in trouble": (CONFUSED, "      grain: count\n", "      grain: count\n      near_repeats: true\n",
        f"{TERMS}.near_repeats: kan niet: onbegrepen_gedrag gaat over mensen die het moeilijk hebben. Zet op false"),
    "openness in the list itself": (LIMITS, "    in_trouble: true", "    in_trouble: true\n    most_open: openbaar",
        "subjects.0.most_open: openbaar kan niet: onbegrepen_gedrag gaat over mensen die het moeilijk hebben"),
    "a subject twice": (LIMITS, "- id: huiselijk_geweld", "- id: onbegrepen_gedrag", "subjects.1.id: 'onbegrepen_gedrag' staat hier voor de tweede keer"),
    "an unknown word in the list": (LIMITS, "in_trouble: true", "in_trubble: true", "in_trubble: is geen bekend veld; bedoelt u 'in_trouble'?"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_file_that_goes_over_a_limit_is_told(tmp_path: Path, case: str) -> None:
    copy = copy_catalogue(tmp_path)
    name, old, new, words = PLANTED[case]
    copy.edit(name, old, new)
    told = [fault for fault in copy.faults() if fault.startswith(name)]
    assert told
    assert any(words in fault for fault in told), told


def test_another_word_for_the_subject_does_not_get_a_file_through(tmp_path: Path) -> None:
    """The file of a new source that hides its subject: under another id, with other words."""
    copy = copy_catalogue(tmp_path)
    hidden = new_source(copy, "overlast_straat", "subject: veelvoorkomende_misdrijven")
    copy.edit(hidden, "        - {level: wijk, period: year}\n", "")
    copy.edit(hidden, "{level: gemeente, period: quarter}", "{level: wijk, period: quarter}")
    copy.edit(hidden, "analyses: [trend]", "analyses: [trend, ranking]")
    told = [fault for fault in copy.faults() if fault.startswith(hidden)]
    assert any("is fijner dan onbegrepen_gedrag mag" in fault for fault in told)
    assert any("ranking mag niet bij onbegrepen_gedrag" in fault for fault in told)


def test_a_new_source_within_its_limit_loads(tmp_path: Path) -> None:
    copy = copy_catalogue(tmp_path)
    new_source(copy, "overlast_straat", "subject: onbegrepen_gedrag")
    assert copy.faults() == []


def new_source(copy: CatalogueCopy, name: str, subject: str) -> str:
    """Add a source that counts E33 under another name, weighed in the inventory."""
    text = (copy.root / CONFUSED).read_text(encoding="utf-8")
    text = text.replace("id: onbegrepen_gedrag", f"id: {name}")
    text = text.replace("subject: onbegrepen_gedrag", subject)
    text = text.replace("{E33: onbegrepen_gedrag}", "{E33: overlast}")
    file = f"catalogue/sources/{name}.odcs.yaml"
    copy.write(file, text)
    copy.edit(
        "catalogue/inventory.yaml",
        "      - onbegrepen_gedrag\n",
        f"      - onbegrepen_gedrag\n      - {name}\n",
    )
    return file


def test_a_catalogue_without_limits_does_not_load(tmp_path: Path) -> None:
    copy = copy_catalogue(tmp_path)
    (copy.root / LIMITS).unlink()
    (told,) = copy.faults()
    assert told.startswith(f"{LIMITS}:1: (bestand): ontbreekt of is niet te openen")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("E33", True),
        ("e33", True),
        ("melding_E33", True),
        ("E33:avond", True),
        ("E335", False),
        ("1.4.1", True),
        ("1.4.10", False),
        ("11.4.1", False),
        ("Verward_persoon", True),
        ("fietsen", False),
    ],
)
def test_a_code_is_a_word_of_its_own(name: str, expected: bool) -> None:
    assert Named(codes=("E33", "1.4.1"), words=("verward",)).is_named_by([name]) is expected


# The plant in which each rule is the one that speaks.
CASE_OF_RULE = {
    "subjects_are_named_once": "a subject twice",
    "people_in_trouble_get_a_trend_at_most": "signals in the list itself",
    "people_in_trouble_are_not_followed_closely": "near repeats of people in trouble",
    "figures_about_persons_name_their_subject": "no subject",
    "what_may_never_be_counted_is_not": "a suicide attempt beside",
    "sources_keep_within_their_subjects": "hot spots of people in trouble",
    "indicators_keep_within_their_subjects": "an indicator by its police code",
    "sources_say_what_their_subject_asks": "violence at home with an arrow",
}


def test_every_rule_for_limits_has_a_plant() -> None:
    rules = {rule.__name__ for rule in RULES if rule.__module__ == limit_checks.__name__}
    assert rules == set(CASE_OF_RULE)
    assert set(CASE_OF_RULE.values()) <= set(PLANTED)

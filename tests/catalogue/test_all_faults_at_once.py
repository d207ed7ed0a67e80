"""All faults are told at once, and none of them is only there because of another."""

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue

BURGLARY = "catalogue/indicators/woninginbraken/woninginbraken.yaml"
DRUGS = "catalogue/indicators/algemeen/drugshandel.yaml"
THEME = "catalogue/themes/woninginbraken.yaml"
MONTHS = "catalogue/sources/politie_misdrijven_maand.odcs.yaml"
PEOPLE = "catalogue/sources/cbs_bevolking.odcs.yaml"
AREAS = "catalogue/sources/cbs_wijken_en_buurten_wfs.odcs.yaml"
AUDIENCES = "catalogue/audiences.yaml"
TWENTE = "regions/twente/region.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    return copy_catalogue(tmp_path)


def test_many_faults_are_told_at_once_in_order_of_file_and_line(copy: CatalogueCopy) -> None:
    copy.edit(BURGLARY, "effort: brengdelict", "effort: breng")
    copy.edit(BURGLARY, "unit: registratie", "unit: ding")
    copy.edit(BURGLARY, "title: Woninginbraken", "titel: Woninginbraken")
    copy.edit(THEME, "position: 2", "position: twee")
    copy.edit(TWENTE, "code: GM0189", "code: 189")
    copy.edit(MONTHS, "kind: cbs_odata3", "kind: cbs_odata5")
    told = copy.faults()
    where = [fault.split(": ")[0] for fault in told]
    numbers = [(place.rsplit(":", 1)[0], int(place.rsplit(":", 1)[1])) for place in where]
    assert numbers == sorted(numbers)
    assert [file for file, _ in numbers] == [BURGLARY] * 4 + [MONTHS, THEME, TWENTE]


def test_many_faults_between_files_are_told_at_once(copy: CatalogueCopy) -> None:
    copy.edit(THEME, "  - schuurinbraken", "  - schuur")
    copy.edit(DRUGS, "analyses: [trend, comparison]", "analyses: [signals, ranking]")
    copy.edit(TWENTE, "themes: [algemeen, woninginbraken]", "themes: [alles]")
    assert len(copy.faults()) == 4


def test_faults_in_files_and_between_files_are_told_at_once(copy: CatalogueCopy) -> None:
    copy.edit(TWENTE, "code: GM0189", "code: 189")
    copy.edit(TWENTE, "themes: [algemeen, woninginbraken]", "themes: [algemeen, inbraken]")
    copy.edit(BURGLARY, "- source: politie_misdrijven_maand", "- source: politie_misdrijven_week")
    copy.edit(THEME, "  - schuurinbraken", "  - schuurinbraak")
    copy.edit(THEME, "position: 2", "position: twee")
    copy.edit(DRUGS, "analyses: [trend, comparison]", "analyses: [signals]")
    assert [(fault.split(":")[0], fault.split(": ")[1]) for fault in copy.faults()] == [
        (DRUGS, "analyses.0"),
        (BURGLARY, "sources.0.source"),
        (THEME, "position"),
        (THEME, "indicators.1"),
        (TWENTE, "gemeenten.13.code"),
        (TWENTE, "themes.1"),
    ]


# A file that everything else mentions, and how it is spoilt.
SPOILT = [(name, text) for name in (THEME, BURGLARY, MONTHS, PEOPLE, AREAS, AUDIENCES)
          for text in ("", "id: [", "- lijst\n", "vreemd: 1\n")]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SPOILT)
def test_no_mention_of_a_spoilt_file_is_a_second_fault(
    copy: CatalogueCopy, name: str, text: str
) -> None:
    copy.write(name, text)
    told = copy.faults()
    assert told
    assert {fault.split(":")[0] for fault in told} == {name}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (THEME, "catalogue/themes/oud/woninginbraken.yaml"),
        (MONTHS, "catalogue/sources/politie_misdrijven_maand.yaml"),
        (BURGLARY, "catalogue/indicators/woninginbraken.yaml"),
    ],
)
def test_no_mention_of_a_file_in_a_wrong_place_is_a_second_fault(
    copy: CatalogueCopy, name: str, place: str
) -> None:
    text = (copy.root / name).read_text()
    (copy.root / name).unlink()
    copy.write(place, text)
    (told,) = copy.faults()
    assert told.startswith(f"{place}:1: (bestand): wordt niet gelezen")


@pytest.mark.parametrize(
    ("name", "old"),
    [(THEME, "id: woninginbraken"), (BURGLARY, "id: woninginbraken"), (TWENTE, "id: twente")],
)
def test_a_file_with_another_id_is_checked_by_its_name(
    copy: CatalogueCopy, name: str, old: str
) -> None:
    copy.edit(name, old, "id: anders")
    copy.edit(TWENTE, "  - code: GM0147", "  - code: GM0141")
    told = [fault.split(": ")[1] for fault in copy.faults()]
    assert sorted(told) == ["gemeenten.1.code", "id"]


def test_a_name_of_a_wrong_form_is_told_once(copy: CatalogueCopy) -> None:
    copy.edit(THEME, "  - schuurinbraken", "  - Schuurinbraken")
    (told,) = copy.faults()
    assert "'Schuurinbraken' past niet bij het patroon" in told

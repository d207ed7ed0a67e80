"""Faults inside one file: each is planted once and told as `file:line: path: fault`."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue

BURGLARY = "catalogue/indicators/woninginbraken/woninginbraken.yaml"
THEME = "catalogue/themes/woninginbraken.yaml"
MONTHS = "catalogue/sources/politie_misdrijven_maand.odcs.yaml"
AUDIENCES = "catalogue/audiences.yaml"
TWENTE = "regions/twente/region.yaml"
TERMS = "customProperties.0.value"


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    return copy_catalogue(tmp_path)


# What is planted (file, old, new), the text on the line that must be named, and the fault.
FORM_FAULTS = {
    "missing": (BURGLARY, "unit: registratie\n", "", "id: ", "unit: ontbreekt"),
    "missing in a block": (
        TWENTE, "  - code: GM0147\n    name: Borne\n", "  - code: GM0147\n", "  - code: GM0147",
        "gemeenten.1.name: ontbreekt",
    ),
    "unknown field": (
        BURGLARY, "label: openbaar", "labels: openbaar\nlabel: openbaar", "labels: openbaar",
        "labels: is geen bekend veld; bedoelt u 'label'?",
    ),
    "unknown field in a block": (
        BURGLARY, "  minimum: 100", "  minimun: 100", "  minimun: 100",
        "denominator.minimun: is geen bekend veld; bedoelt u 'minimum'?",
    ),
    "unknown field that looks like none": (
        AUDIENCES, "    because: Elk aantal", "    zzz: 1\n    because: Elk aantal", "    zzz: 1",
        "classes.2.zzz: is geen bekend veld; bekend zijn: because, id, publish",
    ),
    "unknown word": (
        BURGLARY, "effort: brengdelict", "effort: brengdelikt", "effort: brengdelikt",
        "effort: 'brengdelikt' kan hier niet; bedoelt u 'brengdelict'?",
    ),
    "word from nowhere": (
        BURGLARY, "unit: registratie", "unit: 7", "unit: 7",
        "unit: 7 kan hier niet; bekend zijn: adres, bedrijf, bericht, bijeenkomst, bord, brief,"
        " camera, gebied, groep, melding, persoon, registratie en 2 andere",
    ),
    "code without quotes": (
        BURGLARY, 'event_sets: ["1.1.1"]', "event_sets: [1.1]", "event_sets: [1.1]",
        "sources.0.event_sets.0: moet tekst zijn (zet aanhalingstekens om codes en jaren)",
    ),
    "number in quotes": (
        TWENTE, "vintage: 2021", 'vintage: "2021"', 'vintage: "2021"', "vintage: moet een heel getal zijn",
    ),
    "yes as a number": (
        AUDIENCES, "publish: true", "publish: 1", "publish: 1", "classes.0.publish: moet true of false zijn",
    ),
    "true as a number": (
        BURGLARY, "  per: 1000", "  per: true", "  per: true", "denominator.per: moet een heel getal zijn",
    ),
    "empty text": (BURGLARY, "title: Woninginbraken", 'title: " "', "title: ", "title: mag niet leeg zijn"),
    "empty list": (
        TWENTE, "levels: [gemeente, wijk, buurt]", "levels: []", "levels: []",
        "layouts.0.levels: heeft ten minste één regel nodig",
    ),
    "no list": (
        BURGLARY, "police_codes: [A20, A30, B20, B30]", "police_codes: A20", "police_codes: A20",
        "police_codes: moet een lijst zijn",
    ),
    "no block": (
        BURGLARY, "  - {level: buurt, period: rolling_12_months}", "  - buurt", "  - buurt",
        "finest.0: moet een blok met velden zijn",
    ),
    "below a bound": (
        BURGLARY, "minimum: 100", "minimum: 10", "minimum: 10",
        "denominator.minimum: 10 kan niet; moet ten minste 100 zijn",
    ),
    "at a bound": (
        BURGLARY, "per: 1000", "per: 0", "per: 0", "denominator.per: 0 kan niet; moet meer dan 0 zijn",
    ),
    "above a bound": (
        BURGLARY, "years_apart: 3", "years_apart: 9", "years_apart: 9",
        "denominator.years_apart: 9 kan niet; moet hooguit 5 zijn",
    ),
    "pattern": (
        TWENTE, "code: GM0147", "code: GM147", "code: GM147",
        "gemeenten.1.code: 'GM147' past niet bij het patroon ^GM[0-9]{4}$",
    ),
    "key of a block": (
        TWENTE, "  - vintage: 2021", "  - files: {stad: a.geojson}\n    vintage: 2021", "  - files:",
        "layouts.0.files.stad: 'stad' kan hier niet; bekend zijn: buurt, gemeente, regio, wijk",
    ),
    "terms": (
        MONTHS, "      content: counts", "      content: count", "      content: count",
        f"{TERMS}.content: 'count' kan hier niet; bedoelt u 'counts'?",
    ),
    "unknown term": (
        MONTHS, "      publisher: Politie", "      publischer: x\n      publisher: Politie", "      publischer",
        f"{TERMS}.publischer: is geen bekend veld; bedoelt u 'publisher'?",
    ),
    "unknown field of ODCS": (
        MONTHS, "        logicalType: string", "        logicaltype: string", "        logicaltype",
        "schema.0.properties.0.logicaltype: is geen bekend veld; bedoelt u 'logicalType'?",
    ),
    "unknown field of the contract": (
        MONTHS, "status: active", "status: active\nshema: []", "shema: []",
        "shema: is geen bekend veld; bedoelt u 'schema'?",
    ),
    "form of ODCS": (MONTHS, "domain: veiligheid", "domain: [veiligheid]", "domain: [",
                     "domain: moet tekst zijn (zet aanhalingstekens om codes en jaren)"),
    "id is not the name": (
        BURGLARY, "id: woninginbraken", "id: inbraken", "id: inbraken",
        "id: moet gelijk zijn aan de naam: woninginbraken",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FORM_FAULTS)
def test_a_wrong_form_is_told_with_its_line(copy: CatalogueCopy, case: str) -> None:
    name, old, new, line, fault = FORM_FAULTS[case]
    copy.edit(name, old, new)
    assert copy.faults() == [f"{name}:{copy.line_of(name, line)}: {fault}"]


CONTRACT_FAULTS = {
    "version of ODCS": (
        "apiVersion: v3.1.0", "apiVersion: v3.0.0", "apiVersion", "apiVersion: moet v3.1.0 zijn",
    ),
    "kind": ("kind: DataContract", "kind: Contract", "kind: Contract", "kind: moet DataContract zijn"),
    "id": (
        "id: politie_misdrijven_maand", "id: maanden", "id: maanden",
        "id: moet gelijk zijn aan de bestandsnaam: politie_misdrijven_maand",
    ),
    "no name": ("name: Geregistreerde misdrijven per maand\n", "", "apiVersion", "name: ontbreekt"),
    "no version": ("version: 1.0.0\n", "", "apiVersion", "version: ontbreekt"),
    "no status": ("status: active\n", "", "apiVersion", "status: ontbreekt"),
    "no terms": (
        "property: regiebeeld", "property: regiebeelt", "customProperties",
        "customProperties: mist de eigenschap 'regiebeeld' met de voorwaarden van de bron",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONTRACT_FAULTS)
def test_a_wrong_contract_is_told_with_its_line(copy: CatalogueCopy, case: str) -> None:
    old, new, line, fault = CONTRACT_FAULTS[case]
    copy.edit(MONTHS, old, new)
    assert copy.faults() == [f"{MONTHS}:{copy.line_of(MONTHS, line)}: {fault}"]


def test_terms_that_stand_twice_are_a_fault(copy: CatalogueCopy) -> None:
    again = "  - property: regiebeeld\n    value: {kind: file}\n"
    (copy.root / MONTHS).write_text((copy.root / MONTHS).read_text().rstrip() + "\n" + again)
    line = copy.line_of(MONTHS, again)
    place = "customProperties.1.property"
    assert copy.faults() == [
        f"{MONTHS}:{line}: {place}: 'regiebeeld' staat hier voor de tweede keer"
    ]


def test_terms_without_fields_are_a_fault(copy: CatalogueCopy) -> None:
    text = (copy.root / MONTHS).read_text()
    start = text.index("    value:")
    (copy.root / MONTHS).write_text(text[:start] + "    value: regiebeeld\n")
    line = copy.line_of(MONTHS, "    value: regiebeeld")
    assert copy.faults() == [f"{MONTHS}:{line}: {TERMS}: moet een blok met velden zijn"]


YAML_FAULTS = {
    "a key said twice": (
        "title: Woninginbraken", "title: Woninginbraken\ntitle: Inbraken", "title: Inbraken",
        "'title' staat hier voor de tweede keer",
    ),
    "no YAML": (
        "title: Woninginbraken", "title: [Woninginbraken", "definition: >-",
        "geen geldige YAML: expected ',' or ']', but got ':'",
    ),
    "a tag nobody knows": (
        "title: Woninginbraken", "title: !vreemd Woninginbraken", "title: !vreemd",
        "geen geldige YAML: could not determine a constructor for the tag '!vreemd'",
    ),
    "a number that is none": (
        "title: Woninginbraken", "title: !!int inbraak", "title: !!int", "'inbraak' is geen int",
    ),
    "a list as a key": (
        "title: Woninginbraken", "title: x\n? [a, b]\n: y", "? [a, b]", "de naam van een veld moet één woord zijn",
    ),
    "a block inside itself": (
        "police_codes: [A20, A30, B20, B30]", "police_codes: &a [*a]", "id: ",
        "een blok verwijst naar zichzelf (& en *)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", YAML_FAULTS)
def test_text_that_is_no_yaml_is_told_with_its_line(copy: CatalogueCopy, case: str) -> None:
    old, new, line, fault = YAML_FAULTS[case]
    copy.edit(BURGLARY, old, new)
    told = copy.faults()
    assert len(told) == 1
    assert told[0].startswith(f"{BURGLARY}:{copy.line_of(BURGLARY, line)}: (bestand): {fault}")


@pytest.mark.parametrize("text", ["", "# alleen uitleg\n", "- een\n- lijst\n", "tekst\n"])
def test_a_file_without_fields_is_told(copy: CatalogueCopy, text: str) -> None:
    copy.write(THEME, text)
    assert copy.faults() == [f"{THEME}:1: (bestand): is leeg of geen blok met velden"]


def test_a_latin_1_file_is_told(copy: CatalogueCopy) -> None:
    (copy.root / THEME).write_bytes("id: woninginbraken\ntitle: één".encode("latin-1"))
    (told,) = copy.faults()
    assert told.startswith(
        f"{THEME}:1: (bestand): geen leesbare tekst, bewaar het bestand als UTF-8: "
    )


def test_a_missing_file_is_told(copy: CatalogueCopy) -> None:
    (copy.root / AUDIENCES).unlink()
    (told,) = copy.faults()
    assert told.startswith(f"{AUDIENCES}:1: (bestand): ontbreekt of is niet te openen")


@pytest.mark.parametrize(
    "name",
    [
        "catalogue/indicators/los.yaml",
        "catalogue/indicators/algemeen/los.yml",
        "catalogue/themes/diep/los.yaml",
        "catalogue/sources/los.yaml",
        "catalogue/los.yaml",
    ],
)
def test_a_file_that_nobody_reads_is_told(copy: CatalogueCopy, name: str) -> None:
    copy.write(name, "id: los\n")
    (told,) = copy.faults()
    assert told.startswith(
        f"{name}:1: (bestand): wordt niet gelezen; verwacht wordt audiences.yaml, "
    )


def test_one_id_in_two_folders_is_told(copy: CatalogueCopy) -> None:
    second = "catalogue/indicators/woninginbraken/vernieling.yaml"
    text = (copy.root / "catalogue/indicators/algemeen/vernieling.yaml").read_text()
    copy.write(second, text)
    assert copy.faults() == [f"{second}:1: (bestand): 'vernieling' bestaat al in een andere map"]


def test_notes_and_hidden_files_are_left_alone(copy: CatalogueCopy) -> None:
    copy.write("catalogue/README.md", "Uitleg.\n")
    copy.write("catalogue/themes/.algemeen.yaml.swp", "x")
    assert copy.faults() == []

"""Interventions read from files: what a good file gives, and every fault of a bad one."""

# A plant stands on one line where that reads better than a hundred columns.
# ruff: noqa: E501

from hashlib import sha256
from pathlib import Path

import pytest
import yaml

from catalogue.catalogue_copy import ROOT, CatalogueCopy, copy_catalogue
from regiebeeld.catalogue import interventions, read_catalogue
from regiebeeld.catalogue.cross_checks import RULES
from regiebeeld.domain import AreaLevel, Intervention, Reach, read_period
from regiebeeld.pipeline.analyses import Bases
from regiebeeld.pipeline.gate.judging import Passed
from regiebeeld.pipeline.run.cell_tables import CellTables
from regiebeeld.pipeline.run.manifest import make_manifest

FILE = "regions/twente/interventions/sloten_2023.yaml"
TWENTE = "regions/twente/region.yaml"
OTHER = "regions/twente/interventions/brieven.yaml"
GOOD = """\
title: Betere sloten
kind: inbraakwerende_maatregelen
indicators: [woninginbraken]
areas: [BU01530000, BU01530001]
start: 2023-03
end: 2024-12
reach:
  words: woningen met nieuw slot
  homes_reached: 400
  homes: 1200
ring: [BU01530002]
comparison: [BU01640000]
source: Uitvoeringsplan 2023
"""


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    copy = copy_catalogue(tmp_path)
    copy.write(FILE, GOOD)
    return copy


def read(copy: CatalogueCopy) -> tuple[Intervention, ...]:
    found = read_catalogue(copy.root / "catalogue", copy.root / "regions")
    return found.interventions.get("twente", ())


def test_a_good_file_is_read_whole(copy: CatalogueCopy) -> None:
    assert copy.faults() == []
    (found,) = read(copy)
    assert found == Intervention(
        id="sloten_2023",
        title="Betere sloten",
        kind="inbraakwerende_maatregelen",
        indicators=("woninginbraken",),
        areas=("BU01530000", "BU01530001"),
        start=read_period("2023-03"),
        end=read_period("2024-12"),
        reach=Reach("woningen met nieuw slot", 400, 1200),
        source="Uitvoeringsplan 2023",
        ring=("BU01530002",),
        comparison=("BU01640000",),
        digest=sha256(GOOD.encode()).hexdigest(),
    )
    assert found.level is AreaLevel.BUURT
    assert found.reach.share == pytest.approx(1 / 3)


def test_what_need_not_be_said_may_be_left_out(copy: CatalogueCopy) -> None:
    for line in ("end: 2024-12\n", "ring: [BU01530002]\n", "comparison: [BU01640000]\n",
                 "  homes_reached: 400\n", "  homes: 1200\n"):  # fmt: skip
        copy.edit(FILE, line, "")
    (found,) = read(copy)
    assert (found.end, found.ring, found.comparison) == (None, (), ())
    assert found.reach == Reach("woningen met nieuw slot")
    assert found.reach.share is None


def test_a_region_without_interventions_has_none(tmp_path: Path) -> None:
    assert read(copy_catalogue(tmp_path)) == ()


# What is planted (old, new), and the only fault after its file and line.
PLANTED = {
    "an unknown indicator": ("[woninginbraken]", "[woninginbraak]",
        "indicators.0: indicator 'woninginbraak' bestaat niet; bedoelt u 'woninginbraken'?"),
    "an indicator named twice": ("[woninginbraken]", "[woninginbraken, woninginbraken]",
        "indicators.1: 'woninginbraken' staat hier voor de tweede keer"),
    "no indicator": ("[woninginbraken]", "[]", "indicators: heeft ten minste één regel nodig"),
    "an outcome that follows the effort": ("[woninginbraken]", "[drugshandel]",
        "indicators.0: voor 'drugshandel' is geen effect toegestaan: effects staat niet bij analyses"),
    "no areas": ("areas: [BU01530000, BU01530001]", "areas: []", "areas: heeft ten minste één regel nodig"),
    "a code without its prefix": ("[BU01530000, BU01530001]", "['01530000', BU01530001]", "areas.0: '01530000' past niet bij het patroon"),
    "a code as a number": ("[BU01530000, BU01530001]", "[1530000, BU01530001]", "areas.0: moet tekst zijn"),
    "a code of another length": ("[BU01530000, BU01530001]", "[BU0153000, BU01530001]", "areas.0: 'BU0153000' past niet bij het patroon"),
    "areas of two levels": ("[BU01530000, BU01530001]", "[BU01530000, WK015301]",
        "areas.1: WK015301 is een wijk, maar BU01530000 een buurt; noem hier alleen buurten"),
    "a ring of another level": ("ring: [BU01530002]", "ring: [GM0164]",
        "ring.0: GM0164 is een gemeente, maar BU01530000 een buurt; noem hier alleen buurten"),
    "an area outside the region": ("[BU01530000, BU01530001]", "[BU01530000, BU03440001]",
        "areas.1: BU03440001 ligt in GM0344, en dat is geen gemeente van de regio"),
    "an area that is no place": ("[BU01530000, BU01530001]", "[BU01530000, BU01539999]", "areas.1: BU01539999 is geen plek op de kaart"),
    "an area named twice": ("[BU01530000, BU01530001]", "[BU01530000, BU01530000]", "areas.1: BU01530000 staat al onder areas"),
    "a treated area in the ring": ("ring: [BU01530002]", "ring: [BU01530001]", "ring.0: BU01530001 staat al onder areas"),
    "a ring to compare with": ("comparison: [BU01640000]", "comparison: [BU01530002]", "comparison.0: BU01530002 staat al onder ring"),
    "a day instead of a month": ("start: 2023-03", "start: 2023-03-01", "start: '2023-03-01' past niet bij het patroon"),
    "a month that is none": ("start: 2023-03", "start: 2023-13", "start: '2023-13' past niet bij het patroon"),
    "a year that is none": ("start: 2023-03", "start: 0000-03", "start: '0000-03' past niet bij het patroon"),
    "a year as a number": ("start: 2023-03", "start: 2023", "start: moet tekst zijn"),
    "no start": ("start: 2023-03\n", "", "start: ontbreekt"),
    "an end before the start": ("end: 2024-12", "end: 2023-02", "end: 2023-02 ligt voor start 2023-03"),
    "no reach": ("reach:\n  words: woningen met nieuw slot\n  homes_reached: 400\n  homes: 1200\n", "", "reach: ontbreekt"),
    "more reached than there are": ("homes_reached: 400", "homes_reached: 1201",
        "reach.homes_reached: 1201 is meer dan de 1200 woningen die er zijn"),
    "a number below zero": ("homes_reached: 400", "homes_reached: -1", "reach.homes_reached: -1 kan niet; moet ten minste 0 zijn"),
    "homes in words": ("homes: 1200", "homes: veel", "reach.homes: moet een heel getal zijn"),
    "a kind that is no id": ("kind: inbraakwerende_maatregelen", "kind: Nieuwe sloten", "kind: 'Nieuwe sloten' past niet bij het patroon"),
    "no source": ("source: Uitvoeringsplan 2023\n", "", "source: ontbreekt"),
    "an unknown field": ("source: Uitvoeringsplan", "bron: x\nsource: Uitvoeringsplan", "bron: is geen bekend veld"),
    "a field said twice": ("source: Uitvoeringsplan", "title: x\nsource: Uitvoeringsplan", "'title' staat hier voor de tweede keer"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_fault_is_told_with_its_line(copy: CatalogueCopy, case: str) -> None:
    old, new, fault = PLANTED[case]
    copy.edit(FILE, old, new)
    (told,) = copy.faults()
    file, line, rest = told.split(":", 2)
    assert file == FILE
    assert fault in rest
    assert 1 <= int(line) <= GOOD.count("\n") + 1


def test_a_fault_stands_on_the_line_of_the_value(copy: CatalogueCopy) -> None:
    copy.edit(FILE, "end: 2024-12", "end: 2023-02")
    (told,) = copy.faults()
    assert told.startswith(f"{FILE}:{copy.line_of(FILE, 'end: 2023-02')}: end: ")


def test_faults_of_several_rules_are_told_at_once(copy: CatalogueCopy) -> None:
    copy.edit(FILE, "[woninginbraken]", "[drugshandel]")
    copy.edit(FILE, "end: 2024-12", "end: 2023-02")
    copy.edit(FILE, "homes_reached: 400", "homes_reached: 5000")
    assert [fault.split(": ")[1] for fault in copy.faults()] == [
        "indicators.0", "end", "reach.homes_reached",
    ]  # fmt: skip


def test_an_outcome_on_no_page_of_the_region_is_told(copy: CatalogueCopy) -> None:
    copy.edit(TWENTE, "themes: [algemeen, woninginbraken]", "themes: [algemeen]")
    copy.edit(FILE, "[woninginbraken]", "[schuurinbraken]")
    (told,) = copy.faults()
    assert "'schuurinbraken' staat op geen enkele pagina van regio 'twente'" in told


def test_an_intervention_of_no_region_is_told(copy: CatalogueCopy) -> None:
    copy.write("regions/twnte/interventions/sloten_2023.yaml", GOOD)
    assert any("regio 'twnte' bestaat niet; bedoelt u 'twente'?" in told for told in copy.faults())


@pytest.mark.parametrize("name", ["Sloten", "sloten-2023", "2023_sloten", "slóten"])
def test_a_file_name_that_is_no_id_is_told(copy: CatalogueCopy, name: str) -> None:
    copy.write(f"regions/twente/interventions/{name}.yaml", GOOD)
    (told,) = copy.faults()
    assert f"de bestandsnaam {name!r} kan niet; gebruik kleine letters, cijfers en _" in told


@pytest.mark.parametrize("name", ["oud/sloten.yaml", "sloten.yml", "sloten.txt"])
def test_a_file_that_nobody_reads_is_told(copy: CatalogueCopy, name: str) -> None:
    copy.write(f"regions/twente/interventions/{name}", GOOD)
    (told,) = copy.faults()
    assert "wordt niet gelezen; verwacht wordt regions/<regio>/interventions/<id>.yaml" in told


def test_one_kind_is_spelled_one_way(copy: CatalogueCopy) -> None:
    copy.write(OTHER, GOOD.replace("inbraakwerende_maatregelen", "inbraakwerende_maatregel"))
    (told,) = copy.faults()
    assert "'inbraakwerende_maatregelen' lijkt op 'inbraakwerende_maatregel' van brieven" in told
    copy.write(OTHER, GOOD.replace("inbraakwerende_maatregelen", "preventiecampagne"))
    assert copy.faults() == []


@pytest.mark.parametrize("text", ["", "id: [", "- lijst\n", "\x00", "a: &a [*a]\n"])
def test_a_spoilt_file_is_one_fault_and_no_error(copy: CatalogueCopy, text: str) -> None:
    copy.write(FILE, text)
    told = copy.faults()
    assert told
    assert {fault.split(":")[0] for fault in told} == {FILE}


def test_every_rule_here_is_in_the_list_and_was_seen_to_fail() -> None:
    mine = [check.__name__ for check in RULES if check.__module__ == interventions.__name__]
    assert len(mine) == 10


def test_the_hash_of_the_catalogue_follows_an_intervention(copy: CatalogueCopy) -> None:
    def hash_now() -> str:
        return read_catalogue(copy.root / "catalogue", copy.root / "regions").hash

    before = hash_now()
    copy.edit(FILE, "Betere sloten", "Nog betere sloten")
    assert hash_now() != before


def test_the_manifest_names_the_wording_that_was_used() -> None:
    catalogue = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    cells = CellTables((), Bases((), {}))
    region = catalogue.read_region("voorbeeld")
    manifest = make_manifest(catalogue, region, cells, (), Passed([], []))
    folder = ROOT / "regions/voorbeeld/interventions"
    assert manifest["interventions"] == {
        path.stem: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.yaml")
    }
    elsewhere = make_manifest(catalogue, catalogue.read_region("twente"), cells, (), Passed([], []))
    assert elsewhere["interventions"] == {}


def test_the_interventions_of_the_invented_region_are_what_was_planted() -> None:
    catalogue = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    found = {one.id: one for one in catalogue.interventions["voorbeeld"]}
    text = (ROOT / "regions/voorbeeld/planted_truths.yaml").read_text(encoding="utf-8")
    planted = {
        truth["id"]: truth
        for truth in yaml.safe_load(text)["truths"]
        if truth["kind"] == "intervention"
    }
    assert planted.keys() < found.keys()
    for name, truth in planted.items():
        assert list(found[name].areas) == truth["areas"]
        assert found[name].start.id == truth["start"]
    treated = [code for one in found.values() for code in one.areas]
    assert len(treated) == len(set(treated))

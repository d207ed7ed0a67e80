"""What `check` refuses in a region: closed sources, files outside, unknown parts, aliases."""

from pathlib import Path

import pytest

from catalogue.catalogue_copy import CatalogueCopy, copy_catalogue

PEOPLE = "catalogue/sources/cbs_bevolking.odcs.yaml"
AREAS = "catalogue/sources/cbs_wijken_en_buurten_wfs.odcs.yaml"
TWENTE = "regions/twente/region.yaml"


@pytest.fixture
def copy(tmp_path: Path) -> CatalogueCopy:
    return copy_catalogue(tmp_path)


# A source as a table of one region, and an area source as a layout of several.
BOTH_USES = {PEOPLE: ("sources", "cbs_bevolking"), AREAS: ("layouts", "cbs_wijken_en_buurten_wfs")}


def _mentions(copy: CatalogueCopy, block: str, source: str, words: str) -> list[str]:
    """Tell, by plain text, the fault at every mention of a source in a region."""
    told = []
    for file in sorted((copy.root / "regions").glob("*/region.yaml")):
        lines = file.read_text().splitlines()
        start = lines.index(f"{block}:")
        entries = [
            (number, line.split("source: ")[1])
            for number, line in enumerate(lines, start=1)
            if number > start and "source: " in line
        ]
        name = file.relative_to(copy.root).as_posix()
        told += [
            f"{name}:{number}: {block}.{i}.source: {words}"
            for i, (number, found) in enumerate(entries)
            if found == source
        ]
    return told


@pytest.mark.parametrize("contract", BOTH_USES)
def test_a_source_about_persons_is_told_wherever_a_region_names_it(
    copy: CatalogueCopy, contract: str
) -> None:
    block, source = BOTH_USES[contract]
    copy.edit(contract, "      disclosure: public\n", "")
    words = (
        f"bron {source!r} is van de klasse persons en is geen levering; "
        "alleen wat geleverd is kan worden afgeschermd"
    )
    expected = _mentions(copy, block, source, words)
    assert expected
    assert copy.faults() == expected


@pytest.mark.parametrize("contract", BOTH_USES)
def test_key_figures_that_are_not_open_are_told_wherever_a_region_names_them(
    copy: CatalogueCopy, contract: str
) -> None:
    block, source = BOTH_USES[contract]
    copy.edit(contract, "      label: openbaar", "      label: intern")
    words = (
        f"bron {source!r} heeft kerncijfers met het label intern; "
        "alleen openbare kerncijfers kunnen noemer zijn"
    )
    expected = _mentions(copy, block, source, words)
    assert expected
    assert copy.faults() == expected


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "a/../../b.csv", "..\\\\b.csv", "C:\\\\b.csv", "../b.zip#b.csv"]
)
def test_a_file_outside_the_folder_is_told(copy: CatalogueCopy, path: str) -> None:
    files = f'    files: {{data: "{path}"}}'
    copy.edit(TWENTE, "  - source: cbs_bevolking", f"  - source: cbs_bevolking\n{files}")
    (told,) = copy.faults()
    assert told.startswith(f"{TWENTE}:{copy.line_of(TWENTE, files)}: sources.1.files.data: ")
    assert "ligt buiten de map voor bestanden" in told


def test_a_layout_outside_the_folder_is_told(copy: CatalogueCopy) -> None:
    files = "    files: {gemeente: /g.geojson, wijk: w..json, buurt: map/b.geojson}"
    levels = "    levels: [gemeente, wijk, buurt]"
    copy.edit(TWENTE, levels, f"{levels}\n{files}")
    (told,) = copy.faults()
    at = f"{TWENTE}:{copy.line_of(TWENTE, files)}: layouts.0.files.gemeente: "
    assert told.startswith(f"{at}'/g.geojson' ligt buiten")


@pytest.mark.parametrize(
    ("parts", "places"),
    [
        ("data: a.csv, Perioden: p.csv, SoortMisdrijf: s.csv, WijkenEnBuurten: w.csv", []),
        ("Perioden: p.csv", ["sources.0.files"]),
        ("data: a.csv, TableInfos: t.csv", ["sources.0.files.TableInfos"]),
        ("tabel: a.csv", ["sources.0.files", "sources.0.files.tabel"]),
    ],
)
def test_files_are_the_table_and_lists_of_its_dimensions(
    copy: CatalogueCopy, parts: str, places: list[str]
) -> None:
    name = "regions/den_haag_eo/region.yaml"
    old = "  - source: politie_misdrijven_maand"
    copy.edit(name, old, f"{old}\n    files: {{{parts}}}")
    assert sorted(fault.split(": ")[1] for fault in copy.faults()) == places


@pytest.mark.parametrize("alias", ["Borne", "borne ", "[Borne]"])
def test_an_alias_that_is_the_name_of_another_gemeente(copy: CatalogueCopy, alias: str) -> None:
    wanted = alias if alias.startswith("[") else f'["{alias}"]'
    copy.edit(TWENTE, "    name: Almelo", f"    name: Almelo\n    aliases: {wanted}")
    (told,) = copy.faults()
    assert told.startswith(f"{TWENTE}:{copy.line_of(TWENTE, wanted)}: gemeenten.0.aliases.0: ")
    assert told.endswith(" is ook een naam van Borne (GM0147)")


def test_an_alias_that_is_only_told_twice_of_one_gemeente_is_no_fault(copy: CatalogueCopy) -> None:
    copy.edit(TWENTE, "    name: Almelo", "    name: Almelo\n    aliases: [Almelo, Stad, stad]")
    assert copy.faults() == []

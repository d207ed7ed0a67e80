"""Rules for regions and audiences: what they name exists, once; a class has one rule."""

from collections.abc import Iterator

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Content, DisclosureClass, Region, SourceKind
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule


def _owner(region: Region) -> str:
    return f"Region:{region.id}"


@rule
def regions_name_known_themes(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, name in enumerate(region.themes):
            if name not in catalogue.themes:
                words = f"thema {name!r} bestaat niet{suggest(name, catalogue.themes)}"
                yield fault_in(files, _owner(region), ("themes", i), words)


@rule
def regions_name_known_sources(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        named: list[tuple[Place, str]] = [
            *((("sources", i, "source"), s.source) for i, s in enumerate(region.sources)),
            *((("layouts", i, "source"), s.source) for i, s in enumerate(region.layouts)),
        ]
        for place, name in named:
            if name not in catalogue.sources:
                words = f"bron {name!r} bestaat niet{suggest(name, catalogue.sources)}"
                yield fault_in(files, _owner(region), place, words)


@rule
def regions_say_each_thing_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        lists: list[tuple[str, list[str], Place]] = [
            ("gemeenten", [gemeente.code for gemeente in region.gemeenten], ("code",)),
            ("layouts", [str(layout.vintage) for layout in region.layouts], ("vintage",)),
            ("sources", [source.source for source in region.sources], ("source",)),
            ("themes", list(region.themes), ()),
        ]
        for name, values, rest in lists:
            for i, value in repeats(values):
                words = f"{value} staat hier voor de tweede keer"
                yield fault_in(files, _owner(region), (name, i, *rest), words)


@rule
def regions_have_a_layout_for_each_vintage(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        known = {layout.vintage for layout in region.layouts}
        named: list[tuple[Place, int | None]] = [
            (("vintage",), region.vintage),
            *((("sources", i, "vintage"), s.vintage) for i, s in enumerate(region.sources)),
        ]
        for place, vintage in named:
            if vintage is not None and vintage not in known:
                words = f"voor {vintage} staat geen indeling onder layouts"
                yield fault_in(files, _owner(region), place, words)


@rule
def layouts_come_from_area_sources(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, layout in enumerate(region.layouts):
            source = catalogue.sources.get(layout.source)
            if source and source.terms.content is not Content.AREAS:
                words = f"bron {layout.source!r} bevat geen gebieden"
                yield fault_in(files, _owner(region), ("layouts", i, "source"), words)


@rule
def layouts_ask_for_levels_that_exist(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, layout in enumerate(region.layouts):
            source = catalogue.sources.get(layout.source)
            if source is None or source.terms.content is not Content.AREAS:
                continue
            known = {collection.level for collection in source.terms.collections}
            for j, level in enumerate(layout.levels):
                if level not in known:
                    words = f"bron {layout.source!r} kent geen niveau {level}"
                    yield fault_in(files, _owner(region), ("layouts", i, "levels", j), words)


@rule
def layouts_in_files_name_a_file_a_level(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, layout in enumerate(region.layouts):
            source = catalogue.sources.get(layout.source)
            in_files = layout.files or (source and source.terms.kind is SourceKind.FILE)
            absent = sorted(set(layout.levels) - layout.files.keys()) if in_files else []
            if absent:
                words = f"mist een bestand voor {', '.join(absent)}"
                yield fault_in(files, _owner(region), ("layouts", i, "files"), words)


@rule
def file_sources_name_their_files(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, wanted in enumerate(region.sources):
            source = catalogue.sources.get(wanted.source)
            if source and source.terms.kind is SourceKind.FILE and not wanted.files:
                words = "een bron van de soort file noemt haar bestanden onder files"
                yield fault_in(files, _owner(region), ("sources", i), words)


@rule
def every_class_has_one_rule(catalogue: Catalogue, files: Files) -> Iterator[str]:
    found = [rule.id for rule in catalogue.audiences.classes] if catalogue.audiences else []
    for disclosure in DisclosureClass:
        if found.count(disclosure) != 1:
            words = f"{disclosure} heeft {found.count(disclosure)} regels, verwacht wordt 1"
            yield fault_in(files, "Audiences:audiences", ("classes",), words)


@rule
def persons_wait_for_disclosure_control(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """A line in a YAML file must not be enough to publish figures about people."""
    for i, found in enumerate(catalogue.audiences.classes if catalogue.audiences else ()):
        if found.id is DisclosureClass.PERSONS and found.publish:
            words = "kan niet: cijfers over mensen wachten op onthullingsbeveiliging"
            yield fault_in(files, "Audiences:audiences", ("classes", i, "publish"), words)


@rule
def audiences_are_named_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    names = [one.id for one in catalogue.audiences.audiences] if catalogue.audiences else []
    for i, name in repeats(names):
        words = f"{name!r} staat hier voor de tweede keer"
        yield fault_in(files, "Audiences:audiences", ("audiences", i, "id"), words)

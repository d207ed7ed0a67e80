"""Rules for regions: what they name exists, once, and layouts fit what their sources deliver."""

from collections.abc import Iterator

from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Content, Region
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule, unknown_mentions


def _owner(region: Region) -> str:
    return f"Region:{region.id}"


@rule
def regions_name_known_themes(catalogue: Catalogue, files: Files) -> Iterator[str]:
    del catalogue  # the files as they were written say it, also when one of them is broken
    yield from unknown_mentions(files, "Region", ("themes", "*"), "Theme")


@rule
def regions_name_known_sources(catalogue: Catalogue, files: Files) -> Iterator[str]:
    del catalogue
    for block in ("sources", "layouts"):
        yield from unknown_mentions(files, "Region", (block, "*", "source"), "Source")


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
def an_alias_means_one_gemeente(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """A name by which a table is read must not lead to two places."""
    for region in catalogue.regions.values():
        owners = {_plain(gemeente.name): gemeente for gemeente in reversed(region.gemeenten)}
        for i, gemeente in enumerate(region.gemeenten):
            for j, alias in enumerate(gemeente.aliases):
                other = owners.setdefault(_plain(alias), gemeente)
                if other.code != gemeente.code:
                    words = f"{alias!r} is ook een naam van {other.name} ({other.code})"
                    yield fault_in(files, _owner(region), ("gemeenten", i, "aliases", j), words)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

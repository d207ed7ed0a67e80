"""Rules for the files that a region names: the right parts, inside the folder for files."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Region, SourceKind
from regiebeeld.catalogue.rules import Files, fault_in, rule

_DATA = "data"


def _owner(region: Region) -> str:
    return f"Region:{region.id}"


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
def files_lie_inside_their_folder(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for place, path in _named_files(region):
            if _leads_out(path):
                words = f"{path!r} ligt buiten de map voor bestanden; noem het pad daarbinnen"
                yield fault_in(files, _owner(region), place, words)


def _named_files(region: Region) -> Iterator[tuple[Place, str]]:
    for i, source in enumerate(region.sources):
        for part, path in source.files.items():
            yield ("sources", i, "files", part), path
    for i, layout in enumerate(region.layouts):
        for level, path in layout.files.items():
            yield ("layouts", i, "files", level.value), path


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or bool(PureWindowsPath(name).drive)


@rule
def parts_of_files_are_known(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region in catalogue.regions.values():
        for i, wanted in enumerate(region.sources):
            source = catalogue.sources.get(wanted.source)
            for part, words in _part_faults(source, wanted.files) if source else ():
                yield fault_in(files, _owner(region), ("sources", i, "files", *part), words)


def _part_faults(source: Source, files: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    """Yield each part that is neither the table nor the list of one of its dimensions."""
    columns = source.terms.columns
    lists = (columns.area, columns.period, columns.event_set) if columns else ()
    known = [_DATA, *(name for name in lists if name)]
    slips = {part: suggest(part, known) for part in files if part not in known}
    for part, meant in slips.items():
        yield (part,), f"{part!r} is geen onderdeel van bron {source.id!r}{meant}"
    # Who meant `data` and slipped hears that once.
    if files and _DATA not in files and not any(repr(_DATA) in meant for meant in slips.values()):
        yield (), f"mist {_DATA}: het bestand met de tabel zelf"

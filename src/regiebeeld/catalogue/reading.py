"""Reads catalogue/ and regions/ whole, and tells every fault at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import BaseModel, ValidationError

from regiebeeld.catalogue.agreements import Agreement
from regiebeeld.catalogue.contracts import Source, build_source, check_contract, place_of_terms
from regiebeeld.catalogue.cross_checks import check_catalogue
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import sort_faults, tell_fault, tell_faults
from regiebeeld.catalogue.inventory import Inventory
from regiebeeld.catalogue.located_yaml import (
    LocatedYaml,
    LocatedYamlError,
    Place,
    read_located_yaml,
)
from regiebeeld.catalogue.models import (
    Audiences,
    Corrections,
    Indicator,
    Region,
    SourceTerms,
    Theme,
)
from regiebeeld.domain import CatalogueError

Form = TypeVar("Form", bound=BaseModel)
Thing = TypeVar("Thing")
SOURCE_ENDING = ".odcs.yaml"
_HOMES = (
    "audiences.yaml, inventory.yaml, sources/<bron>.odcs.yaml, indicators/<thema>/<id>.yaml, "
    "themes/<id>.yaml of corrections/<bron>.yaml"
)


@dataclass(slots=True)
class _Reader:
    """Collects definitions and faults while files are read."""

    faults: list[str] = field(default_factory=list)
    files: dict[str, LocatedYaml] = field(default_factory=dict)
    opened: set[Path] = field(default_factory=set)

    def read(self, path: Path, form: type[Form], name: str) -> Form | None:
        """Read one file; its id, when the form has one, must be `name`."""
        file = self.open(path)
        found = self._validate(file, form) if file else None
        if file is None or found is None:
            return None
        self.files[f"{form.__name__}:{name}"] = file
        if getattr(found, "id", name) != name:
            self._fault(file, ("id",), f"moet gelijk zijn aan de naam: {name}")
        return found

    def open(self, path: Path) -> LocatedYaml | None:
        self.opened.add(path)
        try:
            file = read_located_yaml(path)
        except LocatedYamlError as fault:
            self.faults.append(tell_fault(path, fault.line, (), str(fault)))
            return None
        except OSError as fault:
            words = f"ontbreekt of is niet te openen ({fault.strerror})"
            self.faults.append(tell_fault(path, 1, (), words))
            return None
        if not isinstance(file.values, dict):
            self._fault(file, (), "is leeg of geen blok met velden")
            return None
        return file

    def _fault(self, file: LocatedYaml, place: Place, words: str) -> None:
        self.faults.append(tell_fault(file.path, file.line_of(place), place, words))

    def _validate(self, file: LocatedYaml, form: type[Form], inside: Place = ()) -> Form | None:
        values = file.values
        for step in inside:
            values = values[step]
        try:
            return form.model_validate(values)
        except ValidationError as error:
            self.faults.extend(tell_faults(file, form, error, inside=inside))
            return None

    def read_source(self, path: Path) -> Source | None:
        """Read one contract: as ODCS, as a contract of this project, and its terms."""
        file = self.open(path)
        if file is None:
            return None
        name = path.name.removesuffix(SOURCE_ENDING)
        faults = list(check_contract(file.values, name))
        for place, words in faults:
            self._fault(file, place, words)
        contract = self._validate(file, OpenDataContractStandard)
        terms = self._read_terms(file)
        self.files[f"Source:{name}"] = file
        return build_source(contract, terms) if contract and terms and not faults else None

    def _read_terms(self, file: LocatedYaml) -> SourceTerms | None:
        place = place_of_terms(file.values)
        if place not in file.lines:
            return None  # check_contract tells that they are missing
        return self._validate(file, SourceTerms, inside=place)

    def gather(
        self, paths: list[Path], read: Callable[[Path], Thing | None], ending: str = ".yaml"
    ) -> dict[str, Thing]:
        """Read files by id; the same id in two folders is a fault, never the last one read."""
        found: dict[str, Thing] = {}
        for path in paths:
            name, thing = path.name.removesuffix(ending), read(path)
            if name in found:
                self.faults.append(
                    tell_fault(path, 1, (), f"{name!r} bestaat al in een andere map")
                )
            elif thing is not None:
                found[name] = thing
        return found

    def gather_forms(self, folder: Path, pattern: str, form: type[Form]) -> dict[str, Form]:
        paths = sorted(folder.glob(pattern))
        return self.gather(paths, lambda path: self.read(path, form, path.stem))


def read_catalogue(catalogue: Path, regions: Path) -> Catalogue:
    """Read and check every definition; raise CatalogueError with all faults, by file and line."""
    for folder in (catalogue, regions):
        if not folder.is_dir():
            raise CatalogueError(
                f"{folder}: deze map is er niet; start in de map van het project of stel haar in"
            )
    reader = _Reader()
    found = _read_all(reader, catalogue, regions)
    reader.faults.extend(_stray_files(catalogue, reader.opened))
    reader.faults.extend(_stray_agreements(regions, reader.opened))
    # A file that could not be read leaves a hole that would make each mention of it a fault too.
    faults = reader.faults or list(check_catalogue(found, reader.files))
    if faults:
        raise CatalogueError(f"De catalogus heeft {len(faults)} fout(en):", sort_faults(faults))
    return found


def _read_all(reader: _Reader, catalogue: Path, regions: Path) -> Catalogue:
    sources = sorted((catalogue / "sources").glob("*" + SOURCE_ENDING))
    return Catalogue(
        audiences=reader.read(catalogue / "audiences.yaml", Audiences, "audiences"),
        sources=reader.gather(sources, reader.read_source, SOURCE_ENDING),
        indicators=reader.gather_forms(catalogue / "indicators", "*/*.yaml", Indicator),
        themes=reader.gather_forms(catalogue / "themes", "*.yaml", Theme),
        corrections=reader.gather_forms(catalogue / "corrections", "*.yaml", Corrections),
        regions=_read_regions(reader, sorted(regions.glob("*/region.yaml"))),
        hash=_compute_hash(catalogue, regions),
        agreements=_read_agreements(reader, sorted(regions.glob("*/agreements/*.yaml"))),
        inventory=_read_inventory(reader, catalogue / "inventory.yaml"),
    )


def _read_regions(reader: _Reader, paths: list[Path]) -> dict[str, Region]:
    found = {path.parent.name: reader.read(path, Region, path.parent.name) for path in paths}
    return {name: region for name, region in found.items() if region}


def _read_agreements(reader: _Reader, paths: list[Path]) -> dict[str, dict[str, Agreement]]:
    found: dict[str, dict[str, Agreement]] = {}
    for path in paths:
        region = path.parents[1].name
        agreement = reader.read(path, Agreement, f"{region}/{path.stem}")
        if agreement is not None:
            found.setdefault(region, {})[path.stem] = agreement
    return found


def _read_inventory(reader: _Reader, path: Path) -> Inventory | None:
    """Read what was considered; a catalogue of one's own may do without."""
    return reader.read(path, Inventory, "inventory") if path.exists() else None


def _stray_agreements(regions: Path, opened: set[Path]) -> Iterator[str]:
    """An agreement that nobody reads would look as if it were in force."""
    for path in sorted(regions.glob("*/agreements/**/*")):
        is_note = path.suffix == ".md" or path.name.startswith(".")
        if path.is_file() and not is_note and path not in opened:
            words = "wordt niet gelezen; verwacht wordt regions/<regio>/agreements/<bron>.yaml"
            yield tell_fault(path, 1, (), words)


def _stray_files(catalogue: Path, opened: set[Path]) -> Iterator[str]:
    """A file in a wrong place or with a wrong ending would silently not exist."""
    for path in sorted(catalogue.rglob("*")):
        is_note = path.suffix == ".md" or path.name.startswith(".")
        if path.is_file() and not is_note and path not in opened:
            yield tell_fault(path, 1, (), f"wordt niet gelezen; verwacht wordt {_HOMES}")


def _compute_hash(*folders: Path) -> str:
    digest = sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

"""Reads catalogue/ and regions/ whole, and tells every fault at once."""

from collections.abc import Callable, Iterable, Iterator
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
from regiebeeld.catalogue.english import English
from regiebeeld.catalogue.faults import sort_faults, tell_fault, tell_faults
from regiebeeld.catalogue.interventions import InterventionFile, build_intervention
from regiebeeld.catalogue.inventory import Inventory
from regiebeeld.catalogue.limits import Limits
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
from regiebeeld.catalogue.policy_fields import PolicyFields
from regiebeeld.catalogue.public_places import FILE as PLACES_FILE
from regiebeeld.catalogue.public_places import PlacesFile, build_places
from regiebeeld.catalogue.rules import Files
from regiebeeld.domain import CatalogueError, Intervention
from regiebeeld.domain.public_places import PublicPlace

Form = TypeVar("Form", bound=BaseModel)
Thing = TypeVar("Thing")
SOURCE_ENDING = ".odcs.yaml"
_HOMES = (
    "audiences.yaml, inventory.yaml, limits.yaml, policy_fields.yaml, english.yaml, "
    "sources/<bron>.odcs.yaml, indicators/<thema>/<id>.yaml, themes/<id>.yaml of "
    "corrections/<bron>.yaml"
)
_REGION_HOMES = {
    "agreements": "regions/<regio>/agreements/<bron>.yaml",
    "interventions": "regions/<regio>/interventions/<id>.yaml",
}


@dataclass(slots=True)
class _Reader:
    """Collects definitions and faults while files are read."""

    faults: list[str] = field(default_factory=list)
    files: Files = field(default_factory=Files)
    opened: set[Path] = field(default_factory=set)

    def read(self, path: Path, form: type[Form], name: str) -> Form | None:
        """Read one file; its id, when the form has one, must be `name`."""
        file = self.open(path, f"{form.__name__}:{name}")
        found = self._validate(file, form) if file else None
        if file is None or found is None:
            return None
        if getattr(found, "id", name) != name:
            self._fault(file, ("id",), f"moet gelijk zijn aan de naam: {name}")
            # The rules look things up by the name of their file.
            return found.model_copy(update={"id": name})
        return found

    def open(self, path: Path, owner: str) -> LocatedYaml | None:
        """Open a file that holds `owner`, such as `Theme:algemeen`; keep it for the rules."""
        self.files.present.add(owner)
        file = self._open(path)
        if file is not None:
            # Of an id in two folders the first counts; the second is a fault by itself.
            self.files.opened.setdefault(owner, file)
            if isinstance(stated := file.values.get("id"), str):
                self.files.present.add(f"{owner.partition(':')[0]}:{stated}")
        return file

    def _open(self, path: Path) -> LocatedYaml | None:
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
        name = path.name.removesuffix(SOURCE_ENDING)
        file = self.open(path, f"Source:{name}")
        if file is None:
            return None
        faults = list(check_contract(file.values, name))
        for place, words in faults:
            self._fault(file, place, words)
        contract = self._validate(file, OpenDataContractStandard)
        terms = self._read_terms(file)
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
        found: dict[str, Thing | None] = {}
        for path in paths:
            name, thing = path.name.removesuffix(ending), read(path)
            if name in found:
                self.faults.append(
                    tell_fault(path, 1, (), f"{name!r} bestaat al in een andere map")
                )
            else:
                found[name] = thing
        return {name: thing for name, thing in found.items() if thing is not None}

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
    _tell_strays(reader, catalogue, regions)
    faults = [*reader.faults, *check_catalogue(found, reader.files)]
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
        limits=reader.read(catalogue / "limits.yaml", Limits, "limits"),
        interventions=_read_interventions(reader, sorted(regions.glob("*/interventions/*.yaml"))),
        policy_fields=_read_policy_fields(reader, catalogue / "policy_fields.yaml"),
        english=_read_english(reader, catalogue / "english.yaml"),
        places=_read_places(reader, sorted(regions.glob(f"*/{PLACES_FILE}"))),
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


def _read_interventions(reader: _Reader, paths: list[Path]) -> dict[str, tuple[Intervention, ...]]:
    found: dict[str, list[Intervention]] = {}
    for path in paths:
        region = path.parents[1].name
        stated = reader.read(path, InterventionFile, f"{region}/{path.stem}")
        if stated is not None:
            digest = sha256(path.read_bytes()).hexdigest()
            found.setdefault(region, []).append(build_intervention(path.stem, stated, digest))
    return {region: tuple(interventions) for region, interventions in found.items()}


def _read_places(reader: _Reader, paths: list[Path]) -> dict[str, tuple[PublicPlace, ...]]:
    stated = {path.parent.name: reader.read(path, PlacesFile, path.parent.name) for path in paths}
    return {region: build_places(found) for region, found in stated.items() if found}


def _read_inventory(reader: _Reader, path: Path) -> Inventory | None:
    """Read what was considered; a catalogue of one's own may do without."""
    return reader.read(path, Inventory, "inventory") if path.exists() else None


def _read_policy_fields(reader: _Reader, path: Path) -> PolicyFields | None:
    """Read the index by policy field; a catalogue of one's own may do without."""
    return reader.read(path, PolicyFields, "policy_fields") if path.exists() else None


def _read_english(reader: _Reader, path: Path) -> English | None:
    """Read the English words; a catalogue of one's own may do without."""
    return reader.read(path, English, "english") if path.exists() else None


def _tell_strays(reader: _Reader, catalogue: Path, regions: Path) -> None:
    """A file in a wrong place, or with a wrong ending, would silently not exist."""
    for path in _not_opened(catalogue.rglob("*"), reader.opened):
        reader.faults.append(
            tell_fault(path, 1, (), f"wordt niet gelezen; verwacht wordt {_HOMES}")
        )
        reader.files.loose.add(path.name.partition(".")[0])
    for path in _not_opened(regions.glob("*/place*"), reader.opened):
        words = f"wordt niet gelezen; verwacht wordt regions/<regio>/{PLACES_FILE}"
        reader.faults.append(tell_fault(path, 1, (), words))
    for kind, home in _REGION_HOMES.items():
        for path in _not_opened(regions.glob(f"*/{kind}/**/*"), reader.opened):
            # It would look as if it were in force.
            words = f"wordt niet gelezen; verwacht wordt {home}"
            reader.faults.append(tell_fault(path, 1, (), words))
            region = path.relative_to(regions).parts[0]
            reader.files.loose.add(f"{region}/{path.name.partition('.')[0]}")


def _not_opened(paths: Iterable[Path], opened: set[Path]) -> Iterator[Path]:
    for path in sorted(paths):
        is_note = path.suffix == ".md" or path.name.startswith(".")
        if path.is_file() and not is_note and path not in opened:
            yield path


def _compute_hash(*folders: Path) -> str:
    digest = sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

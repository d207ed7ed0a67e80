"""A source: its ODCS data contract with the terms this project adds to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard

from regiebeeld.catalogue.faults import unknown_fields
from regiebeeld.catalogue.field_checks import check_fields
from regiebeeld.catalogue.fields import Field as Field
from regiebeeld.catalogue.fields import build_fields
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import SourceKind, SourceTerms

TERMS_PROPERTY = "regiebeeld"
ODCS_VERSION = "v3.1.0"
_NEEDED = ("name", "version", "status", "schema")


@dataclass(frozen=True, slots=True)
class Source:
    """One source: what the data is (`contract`) and how it is fetched and read (`terms`)."""

    id: str
    title: str
    description: str
    licence: str
    version: str
    columns: tuple[str, ...]
    terms: SourceTerms
    limitations: str = ""
    fields: tuple[Field, ...] = ()

    def field_names(self) -> tuple[str, ...]:
        """Give the headers that a delivery has, in order."""
        return tuple(field.name for field in self.fields)


def find_terms(values: dict[str, Any]) -> list[int]:
    """Give where in customProperties the `regiebeeld` terms stand; that should be one place."""
    entries = values.get("customProperties")
    return [
        i
        for i, entry in enumerate(entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and entry.get("property") == TERMS_PROPERTY
    ]


def place_of_terms(values: dict[str, Any]) -> Place:
    """Give the path of the terms inside a contract file."""
    return ("customProperties", *find_terms(values)[:1], "value")


def build_source(contract: OpenDataContractStandard, terms: SourceTerms) -> Source:
    """Put contract and terms together; both are already checked."""
    description = contract.description
    first = contract.schema_[0] if contract.schema_ else None
    columns = (first.properties or []) if first else []
    return Source(
        id=str(contract.id),
        title=str(contract.name),
        description=str(description.purpose if description else ""),
        licence=_licence(contract),
        version=str(contract.version),
        columns=tuple(str(column.physicalName or column.name) for column in columns),
        terms=terms,
        limitations=str((description.limitations if description else None) or ""),
        fields=build_fields(columns) if terms.is_delivery else (),
    )


def _licence(contract: OpenDataContractStandard) -> str:
    links = contract.authoritativeDefinitions or []
    return next((str(link.description or link.url) for link in links if link.type == "license"), "")


def check_contract(values: dict[str, Any], source_id: str) -> Iterator[tuple[Place, str]]:
    """Yield what ODCS itself leaves open and this project does not: place and fault."""
    # ODCS's own form refuses unknown fields at the top, and silently drops them below.
    yield from (fault for fault in unknown_fields(values, OpenDataContractStandard) if fault[0][1:])
    if values.get("apiVersion") != ODCS_VERSION:
        yield ("apiVersion",), f"moet {ODCS_VERSION} zijn"
    if values.get("kind") != "DataContract":
        yield ("kind",), "moet DataContract zijn"
    if values.get("id") != source_id:
        yield ("id",), f"moet gelijk zijn aan de bestandsnaam: {source_id}"
    for name in _NEEDED:
        if not values.get(name):
            yield (name,), "ontbreekt"
    found = find_terms(values)
    if not found:
        words = f"mist de eigenschap {TERMS_PROPERTY!r} met de voorwaarden van de bron"
        yield ("customProperties",), words
    for i in found[1:]:
        words = f"{TERMS_PROPERTY!r} staat hier voor de tweede keer"
        yield ("customProperties", i, "property"), words
    yield from _delivery_faults(values)


def _delivery_faults(values: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """The columns of a delivery are checked cell by cell, so each must say what it may hold."""
    for i in find_terms(values)[:1]:
        terms = values["customProperties"][i].get("value")
        if isinstance(terms, dict) and terms.get("kind") == SourceKind.DELIVERY:
            yield from check_fields(values, terms.get("grain"))

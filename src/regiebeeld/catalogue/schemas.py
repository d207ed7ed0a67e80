"""JSON Schemas of the catalogue files, so that an editor helps while somebody writes one."""

import json
from pathlib import Path

from pydantic import BaseModel

from regiebeeld.catalogue.agreements import Agreement
from regiebeeld.catalogue.english import English
from regiebeeld.catalogue.interventions import InterventionFile
from regiebeeld.catalogue.inventory import Inventory
from regiebeeld.catalogue.limits import Limits
from regiebeeld.catalogue.models import (
    Audiences,
    Corrections,
    Indicator,
    Region,
    SourceTerms,
    Theme,
)
from regiebeeld.catalogue.policy_fields import PolicyFields
from regiebeeld.catalogue.public_places import PlacesFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMS: dict[str, type[BaseModel]] = {
    "agreement": Agreement,
    "audiences": Audiences,
    "corrections": Corrections,
    "indicator": Indicator,
    "intervention": InterventionFile,
    "inventory": Inventory,
    "limits": Limits,
    "policy_fields": PolicyFields,
    "english": English,
    "places": PlacesFile,
    "region": Region,
    "source_terms": SourceTerms,
    "theme": Theme,
}


def compute_schemas() -> dict[str, str]:
    """Give the text of every schema by file name; equal forms give equal bytes."""
    return {f"{name}.json": _schema_text(form) for name, form in FORMS.items()}


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in compute_schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _schema_text(form: type[BaseModel]) -> str:
    schema = {"$schema": DIALECT, **form.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"

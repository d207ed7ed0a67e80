"""Where things are: the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from regiebeeld.domain import CatalogueError

ENVIRONMENT_PREFIX = "REGIEBEELD_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Folders, base addresses and limits of one run; each has a variable REGIEBEELD_<NAME>."""

    catalogue: Path = field(default=Path("catalogue"), metadata={"help": "folder with sources, indicators, themes, audiences"})
    regions: Path = field(default=Path("regions"), metadata={"help": "folder with one folder a region"})
    var: Path = field(default=Path("var"), metadata={"help": "folder for the working store, releases and ledger of one region"})
    test_data: Path = field(default=Path("../shared/data"), metadata={"help": "real tables that tests and benchmarks read where they lie"})
    cbs_dataderden: str = field(default="https://dataderden.cbs.nl", metadata={"help": "base address of CBS OData v3 for tables of others"})
    cbs_opendata: str = field(default="https://opendata.cbs.nl", metadata={"help": "base address of CBS OData v3"})
    cbs_odata4: str = field(default="https://datasets.cbs.nl", metadata={"help": "base address of CBS OData v4"})
    pdok_ogc: str = field(default="https://api.pdok.nl", metadata={"help": "base address of the PDOK OGC API Features"})
    pdok_wfs: str = field(default="https://service.pdok.nl", metadata={"help": "base address of the PDOK WFS"})
    fetch_attempts: int = field(default=6, metadata={"help": "how often one address is tried before a fetch gives up"})
    fetch_timeout_seconds: float = field(default=60.0, metadata={"help": "how long one answer may take"})
    fetch_backoff_seconds: float = field(default=1.0, metadata={"help": "the first pause after a failed try; each next one is twice as long"})
    threads: int = field(default=2, metadata={"help": "processors the build may use"})
    memory_limit: str = field(default="2GB", metadata={"help": "memory DuckDB may use during a build"})
    quiet: bool = field(default=False, metadata={"help": "show no progress"})

    @property
    def unprotected(self) -> Path:
        return self.var / "unprotected"

    @property
    def files(self) -> Path:
        """Public tables that people already have as files."""
        return self.var / "files"

    @property
    def releases(self) -> Path:
        return self.var / "releases"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read every setting from the environment; raise CatalogueError for a value that does not fit."""
    environment = os.environ if environment is None else environment
    faults, values = [], {}
    for name, default in _defaults().items():
        text = environment.get(ENVIRONMENT_PREFIX + name.upper())
        if text is None or text == "":
            continue
        try:
            values[name] = _read_value(text, default)
        except ValueError:
            faults.append(f"{ENVIRONMENT_PREFIX}{name.upper()}={text!r}: verwacht wordt een {type(default).__name__}")
    if faults:
        raise CatalogueError("De omgeving bevat instellingen die niet passen:", tuple(faults))
    return Settings(**values)


def _defaults() -> dict[str, object]:
    return {name: spec.default for name, spec in Settings.__dataclass_fields__.items()}


def _read_value(text: str, default: object) -> object:
    if isinstance(default, bool):
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()] if text.lower() in (
            "1", "true", "yes", "0", "false", "no"
        ) else _refuse(text)
    return type(default)(text)


def _refuse(text: str) -> object:
    raise ValueError(text)

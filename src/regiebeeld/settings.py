"""Where things are: the only reader of the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from regiebeeld.domain import CatalogueError

ENVIRONMENT_PREFIX = "REGIEBEELD_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Folders, base addresses and limits of one run; each has a variable REGIEBEELD_<NAME>."""

    catalogue: Path = field(
        default=Path("catalogue"),
        metadata={"help": "folder with sources, indicators, themes, audiences"},
    )
    regions: Path = field(
        default=Path("regions"), metadata={"help": "folder with one folder a region"}
    )
    var: Path = field(
        default=Path("var"),
        metadata={"help": "folder for the working store, releases and ledger of one region"},
    )
    test_data: Path = field(
        default=Path("../shared/data"),
        metadata={"help": "real tables that tests and benchmarks read where they lie"},
    )
    cbs_dataderden: str = field(
        default="https://dataderden.cbs.nl",
        metadata={"help": "base address of CBS OData v3 for tables of others"},
    )
    cbs_opendata: str = field(
        default="https://opendata.cbs.nl", metadata={"help": "base address of CBS OData v3"}
    )
    cbs_odata4: str = field(
        default="https://datasets.cbs.nl", metadata={"help": "base address of CBS OData v4"}
    )
    pdok_ogc: str = field(
        default="https://api.pdok.nl",
        metadata={"help": "base address of the PDOK OGC API Features"},
    )
    pdok_wfs: str = field(
        default="https://service.pdok.nl", metadata={"help": "base address of the PDOK WFS"}
    )
    fetch_attempts: int = field(
        default=6, metadata={"help": "how often one address is tried before a fetch gives up"}
    )
    fetch_timeout_seconds: float = field(
        default=60.0, metadata={"help": "how long one answer may take"}
    )
    fetch_backoff_seconds: float = field(
        default=1.0,
        metadata={"help": "the first pause after a failed try; each next one is twice as long"},
    )
    threads: int = field(default=2, metadata={"help": "processors the build may use"})
    memory_limit: str = field(
        default="2GB", metadata={"help": "memory DuckDB may use during a build"}
    )
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
    """Read every setting from the environment; raise CatalogueError for values that do not fit."""
    environment = os.environ if environment is None else environment
    faults: list[str] = []
    values: dict[str, Any] = {}
    for spec in fields(Settings):
        name = ENVIRONMENT_PREFIX + spec.name.upper()
        text = environment.get(name, "")
        if not text:
            continue
        kind = type(spec.default)
        try:
            values[spec.name] = _READERS.get(kind, kind)(text)
        except (ValueError, KeyError):
            faults.append(f"{name}={text!r}: verwacht wordt een {_WORDS.get(kind, 'tekst')}")
    if faults:
        raise CatalogueError("De omgeving bevat instellingen die niet passen:", tuple(faults))
    return Settings(**values)


_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_READERS: dict[Any, Callable[[str], Any]] = {bool: lambda text: _YES_NO[text.lower()]}
_WORDS: dict[Any, str] = {int: "heel getal", float: "getal", bool: "true of false", Path: "pad"}

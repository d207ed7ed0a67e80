"""Where things are: the only reader of the environment."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from regiebeeld.domain import CatalogueError

ENVIRONMENT_PREFIX = "REGIEBEELD_"
MEMORY = re.compile(r"(?=.*[1-9])[0-9]+(\.[0-9]+)? ?[MGT]i?B", re.IGNORECASE)

TILES = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?/[^\s;,'\"]*\{z\}[^\s;,'\"]*")

SITE = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?")


def _from_to(help: str, least: float, most: float) -> dict[str, Any]:
    """Describe a number with its range, as it is refused and as it is documented."""
    return {"help": f"{help}; from {least:g} to {most:g}", "least": least, "most": most}


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
    background_map: str = field(
        default="",
        metadata={
            "help": "address of the tiles under a map that a reader may ask for; the reader's "
            "browser then asks that server; empty is no background, and no such question",
            "pattern": TILES,
            "what": "adres van tegels",
            "example": "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/"
            "{z}/{x}/{y}.png",
        },
    )
    site_address: str = field(
        default="",
        metadata={
            "help": "address under which readers know the site, for links that they send on; "
            "empty is the address that they asked, which behind a proxy is that of this machine",
            "pattern": SITE,
            "what": "adres van een site",
            "example": "https://regiebeeld.voorbeeld.nl",
        },
    )
    house_style: str = field(
        default="",
        metadata={
            "help": "file with the design tokens, logo and font of who serves the pages; "
            "empty is the style of Regiebeeld"
        },
    )
    fetch_attempts: int = field(
        default=6,
        metadata=_from_to("how often one address is tried before a fetch gives up", 1, 20),
    )
    fetch_timeout_seconds: float = field(
        default=60.0, metadata=_from_to("how long one answer may take", 1, 3600)
    )
    fetch_backoff_seconds: float = field(
        default=1.0,
        metadata=_from_to(
            "the first pause after a failed try; each next one is twice as long", 0, 60
        ),
    )
    ledger_url: str = field(
        default="",
        metadata={
            "help": "address of the ledger, such as postgresql+psycopg://host/name; "
            "empty is SQLite in var/ledger"
        },
    )
    secret_file: str = field(
        default="",
        metadata={
            "help": "file with the secret of the rounding, readable by its owner only; "
            "empty is var/unprotected/secret/disclosure.key"
        },
    )
    secret: str = field(
        default="",
        repr=False,
        metadata={"help": "the secret itself, as hexadecimal text, instead of a file"},
    )
    work_minutes: float = field(
        default=5.0,
        metadata=_from_to(
            "minutes between two turns of `regiebeeld work` (inbox and what is due)", 0.01, 1440
        ),
    )
    fetch_hours: float = field(
        default=24.0,
        metadata=_from_to(
            "hours between two fetches of the public sources by `regiebeeld work`", 0.01, 8784
        ),
    )
    threads: int = field(default=2, metadata=_from_to("processors the build may use", 1, 256))
    memory_limit: str = field(
        default="2GB",
        metadata={
            "help": "memory DuckDB may use during a build; a number with MB, GB or TB",
            "pattern": MEMORY,
            "what": "hoeveelheid",
            "example": "2GB of 512MB",
        },
    )
    reader_gigabytes: float = field(
        default=6.0,
        metadata=_from_to("memory the process that reads a delivered file may use, in GB", 2, 1024),
    )
    reader_seconds: float = field(
        default=300.0, metadata=_from_to("how long reading one delivered file may take", 1, 7200)
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
    def ledger(self) -> Path:
        """Records of people; the web process reads and writes here, and nowhere unprotected."""
        return self.var / "ledger"

    @property
    def inbox(self) -> Path:
        return self.unprotected / "inbox"

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
        try:
            values[spec.name] = _read_value(spec, text)
        except (ValueError, KeyError):
            faults.append(f"{name}={text!r}: verwacht wordt een {_expected(spec)}")
    if faults:
        raise CatalogueError("De omgeving bevat instellingen die niet passen:", tuple(faults))
    return Settings(**values)


_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_READERS: dict[Any, Callable[[str], Any]] = {bool: lambda text: _YES_NO[text.lower()]}
_WORDS: dict[Any, str] = {int: "heel getal", float: "getal", bool: "true of false", Path: "pad"}


def _read_value(spec: Field[Any], text: str) -> Any:
    """Read one value; raise ValueError or KeyError when it is of another kind or out of range."""
    kind = type(spec.default)
    value = _READERS.get(kind, kind)(text)
    about = spec.metadata
    # Written so that nan, which is neither smaller nor larger, is refused too.
    if "least" in about and not about["least"] <= value <= about["most"]:
        raise ValueError(text)
    if "pattern" in about and not about["pattern"].fullmatch(value):
        raise ValueError(text)
    return value


def _expected(spec: Field[Any]) -> str:
    about = spec.metadata
    if "pattern" in about:
        return f"{about['what']}, zoals {about['example']}"
    words = _WORDS.get(type(spec.default), "tekst")
    return words + (
        f" van {about['least']:g} tot en met {about['most']:g}" if "least" in about else ""
    )

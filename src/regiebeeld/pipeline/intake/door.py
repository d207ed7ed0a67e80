"""The door of a region: catalogue, ledger, places and folders; held by one process at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from regiebeeld.catalogue import Catalogue, Region, Source, read_catalogue
from regiebeeld.catalogue.agreements import Agreement
from regiebeeld.catalogue.faults import suggest
from regiebeeld.domain import CatalogueError
from regiebeeld.ledger import Ledger, open_ledger
from regiebeeld.pipeline.intake.claims import door_lock
from regiebeeld.pipeline.intake.history import DELIVERIES
from regiebeeld.pipeline.intake.linking import LinkFrame
from regiebeeld.pipeline.intake.places import read_link_frame
from regiebeeld.pipeline.intake.reading_apart import Reader, open_reader
from regiebeeld.pipeline.store.folders import keep_private
from regiebeeld.pipeline.store.owner import bind_region
from regiebeeld.settings import Settings

WORK, REPORTS = "intake", "reports"
Clock = Callable[[], datetime]


def read_clock() -> datetime:
    """Give the present moment; what is late or over is judged by it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Door:
    """What accepting needs, read once for many deliveries; `clock` says when they come in."""

    catalogue: Catalogue
    region: Region
    settings: Settings
    ledger: Ledger
    reader: Reader
    clock: Clock = read_clock

    @cached_property
    def frame(self) -> LinkFrame:
        """What rows are linked against; read at the first delivery that comes so far."""
        return read_link_frame(self.catalogue, self.region, self.settings)

    @property
    def has_frame(self) -> bool:
        """Tell whether `frame` was read already."""
        return "frame" in self.__dict__

    @property
    def work(self) -> Path:
        return self.settings.unprotected / WORK

    @property
    def deliveries(self) -> Path:
        return self.settings.unprotected / DELIVERIES

    def report_folder(self, source: str, delivery: int) -> Path:
        return self.settings.unprotected / REPORTS / source / str(delivery)

    def source(self, name: str) -> Source:
        """Give a source that partners deliver; raise CatalogueError for any other name."""
        return find_delivered(self.catalogue, name)

    def agreement(self, source: str) -> Agreement | None:
        return self.catalogue.agreement_for(self.region.id, source)

    def now(self) -> datetime:
        return self.clock()

    def today(self) -> date:
        return self.now().date()


@contextmanager
def open_door(
    region: str, settings: Settings, *, wait: bool = True, clock: Clock = read_clock
) -> Iterator[Door]:
    """Yield the door of a region, held until the block ends; only the invented region sets a clock.

    Raises CatalogueError for an unknown region, LedgerError when the ledger cannot be opened,
    ReleaseError when the folder is another region's, or the door is held and `wait` is false.
    """
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    found = catalogue.read_region(region)
    bind_region(settings, found.id)
    with door_lock(settings.unprotected / WORK, wait=wait), open_reader(settings) as reader:
        ledger = open_ledger(settings)
        keep_private(settings)
        try:
            yield Door(catalogue, found, settings, ledger, reader, clock)
        finally:
            ledger.close()


def find_delivered(catalogue: Catalogue, name: str) -> Source:
    """Give a source that partners deliver; raise CatalogueError for any other name."""
    known = {key: s for key, s in catalogue.sources.items() if s.terms.is_delivery}
    if name not in known:
        raise CatalogueError(
            f"{name!r} is geen bron die een partner levert{suggest(name, known)}; "
            "kijk in catalogue/sources"
        )
    return known[name]


def agreement_hash(agreement: Agreement) -> str:
    """Give the version of an agreement: the hash of everything that it says."""
    return sha256(agreement.model_dump_json().encode()).hexdigest()

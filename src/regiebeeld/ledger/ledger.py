"""Opens the ledger and brings it up to date; writes and reads its rows, one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, delete, event, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from regiebeeld.domain import LedgerError
from regiebeeld.ledger.deliveries import Delivery, Outcome
from regiebeeld.ledger.migrating import cannot_open, is_up_to_date, migrate
from regiebeeld.ledger.tables import DeliveryRow
from regiebeeld.settings import Settings

FILE = "ledger.sqlite"


class Ledger:
    """One open ledger; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    def add_delivery(
        self,
        *,
        region: str,
        source: str,
        file: tuple[str, int],
        moments: tuple[datetime, date],
        declared: tuple[str, str] | None = None,
        gemeente: str | None = None,
    ) -> Delivery:
        """Write that a file came in, before anything is done with it; give the row.

        file: hash and bytes; moments: when it came in, and the date its figures are of;
        gemeente: which one it tells, WHOLE_REGION, or None when the sender did not say.
        """
        first, last = declared or (None, None)
        row = DeliveryRow(
            region=region, source=source, file_hash=file[0], file_bytes=file[1],
            received_at=moments[0], as_of=moments[1], outcome=Outcome.RECEIVED.value, tries=1,
            declared_first=first, declared_last=last, gemeente=gemeente, periods=[], link_rates={},
        )  # fmt: skip
        with self._session() as session:
            session.add(row)
            session.flush()
            return _as_delivery(row)

    def count_try(self, number: int) -> Delivery:
        """Write that a cut-off delivery is tried again; give the row."""
        with self._session() as session:
            row = _find(session, number)
            row.tries += 1
            return _as_delivery(row)

    def finish_delivery(self, finished: Delivery) -> Delivery:
        """Write what became of a delivery; raise LedgerError when it already had an outcome."""
        with self._session() as session:
            row = _find(session, finished.id)
            if row.outcome != Outcome.RECEIVED.value:
                raise LedgerError(f"levering {finished.id} is al afgehandeld: {row.outcome}")
            for name in _OUTCOME_FIELDS:
                setattr(row, name, _plain(getattr(finished, name)))
            row.first_period = finished.periods[0] if finished.periods else None
            row.last_period = finished.periods[-1] if finished.periods else None
            session.flush()
            return _as_delivery(row)

    def read_deliveries(self, region: str, source: str | None = None) -> list[Delivery]:
        """Read the deliveries of a region, of one source or of all, in order of arrival."""
        query = select(DeliveryRow).where(DeliveryRow.region == region).order_by(DeliveryRow.id)
        if source is not None:
            query = query.where(DeliveryRow.source == source)
        with self._session() as session:
            return [_as_delivery(row) for row in session.scalars(query)]

    def read_accepted(self, region: str) -> frozenset[int]:
        """Read which deliveries of a region count: all others have no figures to use."""
        return frozenset(row.id for row in self.read_deliveries(region) if row.outcome.counts)

    def find_unfinished(self, region: str) -> list[Delivery]:
        """Find what was at work when a process died."""
        found = self.read_deliveries(region)
        return [delivery for delivery in found if delivery.outcome is Outcome.RECEIVED]

    def find_same_file(self, like: Delivery) -> Delivery | None:
        """Find the last accepted delivery of these very bytes for the same gemeente, or None.

        Two gemeenten may deliver the same bytes, such as a table of zeros: those are not the same.
        """
        found = self.read_deliveries(like.region, like.source)
        same = [d for d in found if d.outcome.counts and _tells_the_same(d, like)]
        return same[-1] if same else None

    def read_regions(self) -> set[str]:
        """Read which regions delivered here."""
        with self._session() as session:
            return set(session.scalars(select(DeliveryRow.region).distinct()))

    def drop_deliveries(self, region: str) -> None:
        """Remove every delivery of a region; only the invented one, which begins anew, may ask."""
        with self._session() as session:
            session.execute(delete(DeliveryRow).where(DeliveryRow.region == region))

    @contextmanager
    def _session(self) -> Iterator[Session]:
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as fault:
            # The engine's own message repeats the values; only its kind is told.
            raise LedgerError(
                f"het register is niet te lezen of te schrijven ({type(fault).__name__}); "
                "controleer REGIEBEELD_LEDGER_URL en de ruimte op de schijf"
            ) from None


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger of `settings`, made or brought up to date first.

    Without `ledger_url` it is SQLite in WAL mode at `var/ledger/ledger.sqlite`. Raises
    LedgerError when it cannot be opened, or was made by a newer version.
    """
    address = settings.ledger_url or f"sqlite:///{(settings.ledger / FILE).resolve()}"
    try:
        engine = _connect(make_url(address))
        with engine.begin() as connection:
            if not is_up_to_date(connection):
                migrate(connection)
    # A driver that is not there, an address that does not answer.
    except (SQLAlchemyError, ImportError, OSError) as fault:
        raise cannot_open(fault) from None
    return Ledger(engine)


def _connect(url: URL) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    del record
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


_OUTCOME_FIELDS = tuple(
    field.name
    for field in fields(Delivery)
    if field.name
    not in (
        "id",
        "region",
        "source",
        "file_hash",
        "file_bytes",
        "received_at",
        "as_of",
        "declared",
        "gemeente",
        "tries",
    )
)


def _tells_the_same(one: Delivery, other: Delivery) -> bool:
    names = ("file_hash", "gemeente")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, Outcome) else value


def _find(session: Session, number: int) -> DeliveryRow:
    row = session.get(DeliveryRow, number)
    if row is None:
        raise LedgerError(f"levering {number} staat niet in het register")
    return row


def _as_delivery(row: DeliveryRow) -> Delivery:
    plain = {f.name: getattr(row, f.name) for f in fields(Delivery) if f.name != "declared"}
    declared = (row.declared_first, row.declared_last)
    plain["declared"] = declared if all(declared) else None
    plain["outcome"], plain["periods"] = Outcome(row.outcome), tuple(row.periods)
    return Delivery(**plain)

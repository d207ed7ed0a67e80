"""The tables of the ledger as typed classes; the migrations make them, never this module."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Index, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# Fixed names, so that a migration can name what it changes on every engine.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone; SQLite has none, so it holds UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in the ledger needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_NAMES)


class DeliveryRow(Base):
    """One file that came in: what it was, what became of it, and never what stood in it."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_region_source", "region", "source", "as_of"),
        Index("ix_delivery_file_hash", "file_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    region: Mapped[str]
    source: Mapped[str]
    file_hash: Mapped[str]
    file_bytes: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    as_of: Mapped[date]
    outcome: Mapped[str]
    tries: Mapped[int]
    declared_first: Mapped[str | None]
    declared_last: Mapped[str | None]
    gemeente: Mapped[str | None]
    rows: Mapped[int | None] = mapped_column(BigInteger)
    rows_counted: Mapped[int | None] = mapped_column(BigInteger)
    errors: Mapped[int | None]
    warnings: Mapped[int | None]
    first_period: Mapped[str | None]
    last_period: Mapped[str | None]
    periods: Mapped[list[str]] = mapped_column(JSON)
    link_rates: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[str | None]
    counts: Mapped[str | None]
    contract_version: Mapped[str | None]
    agreement_hash: Mapped[str | None]
    refused_because: Mapped[str | None]

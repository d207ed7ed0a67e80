"""What a release says of its sources: where from, when, how many rows kept and refused, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from regiebeeld.catalogue import Agreement
from regiebeeld.pipeline.intake.places import Gathered
from regiebeeld.pipeline.run.layouts import RegionAreas
from regiebeeld.pipeline.sources import Snapshot
from regiebeeld.pipeline.sources.conform_counts import ConformReport, Note

# More remarks than this of one kind are counted, not listed.
MOST_NOTES = 40


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """One source's row on the source page and in the manifest."""

    gathered: Gathered
    report: ConformReport
    first_period: str | None
    last_period: str | None

    @property
    def id(self) -> str:
        vintage = self.gathered.vintage
        return f"{self.gathered.source.id}.{vintage}" if vintage else self.gathered.source.id

    def manifest(self) -> dict[str, Any]:
        """Give what proves later which bytes this release was made from."""
        return {
            "source": self.id,
            "contract_version": self.gathered.source.version,
            "class": self.gathered.source.terms.disclosure.value,
            "rows_in": self.report.rows_in,
            "rows_kept": self.report.rows_kept,
            "refused": dict(self.report.refused),
            "snapshots": [_describe(snapshot) for snapshot in self.gathered.snapshots.values()],
        }


def _describe(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "id": snapshot.id,
        "table": snapshot.table,
        "addresses": list(snapshot.addresses),
        "fetched_at": snapshot.fetched_at,
        "modified": snapshot.modified,
        "parts": {part.name: {"rows": part.rows, "sha256": part.sha256} for part in snapshot.parts},
    }


def account_source(
    gathered: Gathered,
    report: ConformReport,
    *,
    periods: tuple[str, str] | None = None,
    years: Sequence[int] = (),
) -> SourceAccount:
    first, last = periods or ((str(years[0]), str(years[-1])) if years else (None, None))
    return SourceAccount(gathered, report, first, last)


def account_layouts(layouts: Sequence[Gathered], areas: RegionAreas) -> list[SourceAccount]:
    """Give a row a layout: how many features came, which were left out, repaired or lost."""
    return [_account_layout(gathered, areas) for gathered in layouts]


def _account_layout(gathered: Gathered, areas: RegionAreas) -> SourceAccount:
    vintage = gathered.vintage or areas.shown.vintage
    report = areas.reports[vintage]
    delivered, outside = sum(report.delivered.values()), sum(report.outside.values())
    notes = [Note("area", 1, sentence) for sentence in report.sentences()]
    notes += [
        Note("area", 1, s)
        for (year, _), c in areas.crosswalks.items()
        if year == vintage
        for s in c.sentences()
    ]
    notes += [
        Note(n.kind, n.rows, f"kerncijfers, {n.text}") for n in areas.figure_reports[vintage].notes
    ]
    refused = {"gebied buiten de regio": outside} if outside else {}
    full = ConformReport(delivered, delivered - outside, refused, tuple(notes))
    return SourceAccount(gathered, full, str(vintage), str(vintage))


def source_tables(
    accounts: Sequence[SourceAccount], *, invented: bool, agreements: Mapping[str, Agreement]
) -> dict[str, pa.Table]:
    """Give the tables source and source_note; an invented region names nobody as publisher.

    agreements: of the region, by source; a delivery may be shown as long as its agreement holds.
    """
    rows = [{**_source_row(a, invented), **_agreed(a, agreements)} for a in accounts]
    notes = [
        {"source": account.id, "kind": note.kind, "rows": note.rows, "text": note.text}
        for account in accounts
        for note in _shorten(account.report.notes)
    ]
    return {
        "source": pa.Table.from_pylist(rows, schema=_SOURCE_SCHEMA),
        "source_note": pa.Table.from_pylist(notes, schema=_NOTE_SCHEMA),
    }


def _shorten(notes: Sequence[Note]) -> list[Note]:
    kept: list[Note] = []
    for kind in dict.fromkeys(note.kind for note in notes):
        mine = [note for note in notes if note.kind == kind]
        kept += mine[:MOST_NOTES]
        if rest := mine[MOST_NOTES:]:
            kept.append(
                Note(
                    kind, sum(note.rows for note in rest), f"en nog {len(rest)} van deze meldingen"
                )
            )
    return kept


def _source_row(account: SourceAccount, invented: bool) -> dict[str, Any]:
    source, snapshot, report = account.gathered.source, account.gathered.main, account.report
    title = (
        f"{source.title}, indeling {account.gathered.vintage}"
        if account.gathered.vintage
        else source.title
    )
    return {
        "id": account.id,
        "title": f"{title} (verzonnen)" if invented else title,
        "publisher": "Verzonnen voorbeeld" if invented else source.terms.publisher,
        "licence": source.licence,
        "table_id": _name_table(account),
        "address": "" if snapshot.kind == "file" else next(iter(snapshot.addresses), ""),
        "fetched_at": snapshot.fetched_at,
        "modified": ""
        if (snapshot.modified or "").startswith("sha256:")
        else snapshot.modified or "",
        "label": source.terms.label.value,
        "description": source.description,
        "rows_in": report.rows_in,
        "rows_kept": report.rows_kept,
        "rows_refused": report.rows_refused,
        "first_period": account.first_period,
        "last_period": account.last_period,
    }


def _agreed(account: SourceAccount, agreements: Mapping[str, Agreement]) -> dict[str, Any]:
    delivered = account.gathered.source.terms.is_delivery
    agreement = agreements.get(account.gathered.source.id) if delivered else None
    return {
        "delivered": delivered,
        "agreement_start": agreement.start.isoformat() if agreement else None,
        "agreement_end": agreement.end.isoformat() if agreement else None,
    }


def _name_table(account: SourceAccount) -> str:
    if account.gathered.main.kind == "file":
        return "bestand"
    return account.gathered.source.terms.table.format(vintage=account.gathered.vintage)


_TEXTS = (
    "id", "title", "publisher", "licence", "table_id", "address", "fetched_at", "modified",
    "label", "description",
)  # fmt: skip
_SOURCE_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in _TEXTS),
        *((name, pa.int64()) for name in ("rows_in", "rows_kept", "rows_refused")),
        *((name, pa.string()) for name in ("first_period", "last_period")),
        ("delivered", pa.bool_()),
        *((name, pa.string()) for name in ("agreement_start", "agreement_end")),
    ]
)
_NOTE_SCHEMA = pa.schema(
    [("source", pa.string()), ("kind", pa.string()), ("rows", pa.int64()), ("text", pa.string())]
)

"""How fresh each source is and how good its deliveries were, as the worker last wrote it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from regiebeeld.dashboard.charts import Row, Table, name_day, name_period, say_told, write_number
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.domain import ContractError, LedgerError, read_period
from regiebeeld.ledger import Freshness, read_freshness
from regiebeeld.ledger.freshness import Quality, RuleHit
from regiebeeld.releases import Release
from regiebeeld.releases.findings import Completeness
from regiebeeld.releases.language import join_said
from regiebeeld.settings import Settings

# A worker that is well writes every few minutes.
STILL = timedelta(hours=24)
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """One partner source: how it is now, its deliveries as a table, and what was wrong last."""

    id: str
    title: str
    sentence: str
    quality: Table | None
    hits: tuple[RuleHit, ...]
    was_refused: bool

    @property
    def asks(self) -> bool:
        """Tell whether the last delivery asks for anything."""
        return self.was_refused or bool(self.hits)


def show_freshness(
    settings: Settings, now: datetime | None = None, *, release: Release | None = None
) -> dict[str, Any]:
    """Give everything the template shows; a file that is absent or damaged is said in words."""
    usual = {"usual": list_completeness(release) if release else ()}
    try:
        found = read_freshness(settings)
    except LedgerError:
        return _nothing("freshness.damaged") | usual
    if found is None:
        return _nothing("freshness.never") | usual
    moment, rows = found
    if release:
        rows = tuple(replace(row, title=release.say(row.title)) for row in rows)
    age = (now or datetime.now(UTC)) - moment
    delivered = [row for row in rows if row.kind == "delivery"]
    blocks = [make_block(row) for row in delivered if row.quality]
    return {
        "fault": None,
        "written": say_age(moment, age),
        "still": TEXTS("freshness.still") if age > STILL else "",
        "sentence": say_state(rows),
        "delivered": table_of_sources(delivered, TEXTS("freshness.caption_delivered")),
        "fetched": table_of_sources(
            [row for row in rows if row.kind != "delivery"], TEXTS("freshness.caption_fetched")
        ),
        "blocks": sorted(blocks, key=lambda block: not block.asks),
    } | usual


def _nothing(key: str) -> dict[str, Any]:
    return {"fault": TEXTS(key), "written": "", "still": "", "sentence": "", "blocks": []} | {
        "delivered": None,
        "fetched": None,
    }


def list_completeness(release: Release) -> tuple[str, ...]:
    """Say per source which share of a month is usually in after one month, two, and so on."""
    told: dict[str, dict[int, float]] = {}
    for each in release.read_findings(Completeness):
        told.setdefault(each.content.source, {})[each.content.months_ago] = each.content.share
    titles = {name: release.sources[name].title for name in told if name in release.sources}
    return tuple(
        _say_completeness(title, sorted(told[name].items()))
        for name, title in sorted(titles.items(), key=lambda pair: pair[1])
    )


def _say_completeness(title: str, shares: Sequence[tuple[int, float]]) -> str:
    steps = [
        TEXTS(
            "completeness.after_one" if months == 1 else "completeness.after",
            months=months,
            share=write_number(share * 100, 0),
        )
        for months, share in shares
    ]
    if len(steps) == 1:
        return TEXTS("completeness.soon", title=title, step=steps[0])
    return TEXTS("completeness.later", title=title, steps=", ".join(steps[:-1]), last=steps[-1])


def say_age(moment: datetime, age: timedelta) -> str:
    """Say when the worker last wrote, and how long ago that is."""
    minutes = max(int(age.total_seconds() // 60), 0)
    if minutes < 2:
        ago = TEXTS("freshness.ago_now")
    elif minutes < 120:
        ago = TEXTS("freshness.ago_minutes", number=minutes)
    elif minutes < 48 * 60:
        ago = TEXTS("freshness.ago_hours", number=minutes // 60)
    else:
        ago = TEXTS("freshness.ago_days", number=minutes // (24 * 60))
    day, clock = name_day(moment.date().isoformat()), f"{moment:%H:%M}"
    return TEXTS("freshness.written", day=day, clock=clock, ago=ago)


def say_state(rows: Sequence[Freshness]) -> str:
    """Say in one sentence how many sources are late, and how many cannot be fetched."""
    late, failing = sum(row.late for row in rows), sum(bool(row.failing_since) for row in rows)
    key = "freshness.all_well" if not late and not failing else "freshness.some_late"
    return TEXTS(key, late=late, failing=failing, total=len(rows))


def table_of_sources(rows: Sequence[Freshness], caption: str) -> Table | None:
    """Set one row a source: last in, until when it tells, when it is due, and how it stands."""
    if not rows:
        return None
    names = ("source", "last", "until", "due", "state")
    made = tuple(
        Row(
            _name_source(row),
            (
                name_day(row.last_delivery) if row.last_delivery else TEXTS("freshness.not_yet"),
                _name_period(row.last_period),
                name_day(row.next_due) if row.next_due else TEXTS("freshness.no_day"),
                say_row(row),
            ),
            link=f"#bron-{row.source}" if row.quality else None,
        )
        for row in sorted(rows, key=lambda row: (-(row.days_late or 0), row.title))
    )
    return Table(caption, tuple(TEXTS(f"freshness.column_{name}") for name in names), made)


def _name_source(row: Freshness) -> str:
    """Name a source, with the year where the same map comes for several."""
    year = row.source.partition(".")[2]
    return TEXTS("freshness.of_year", title=row.title, year=year) if year else row.title


def say_row(row: Freshness) -> str:
    """Say how one source stands: failing, late, in time, or not due."""
    parts = []
    if row.failing_since:
        since = name_day(row.failing_since[:10])
        parts.append(TEXTS("freshness.failing", since=since))
    if row.days_late:
        key = "freshness.late_one" if row.days_late == 1 else "freshness.late"
        parts.append(TEXTS(key, days=row.days_late))
    elif row.days_late == 0 and not row.failing_since:
        parts.append(TEXTS("freshness.in_time"))
    # What a fetch that failed said names addresses and folders: not for a page.
    if row.words and row.kind == "delivery":
        parts.append(say_told(row.words))
    return join_said(parts) or TEXTS("freshness.not_due")


def make_block(row: Freshness) -> SourceBlock:
    last = row.quality[-1]
    return SourceBlock(
        row.source,
        row.title,
        TEXTS(
            "freshness.last_sentence",
            day=name_day(last.received_at[:10]),
            outcome=_name_outcome(last).lower(),
        ),
        table_of_quality(row),
        last.rules,
        last.outcome == "refused",
    )


def table_of_quality(row: Freshness) -> Table:
    """Set one row a delivery, newest first: outcome, remarks, and how much was linked."""
    names = ("received", "as_of", "outcome", "errors", "warnings", "linked")
    rows = tuple(
        Row(
            name_day(each.received_at[:10]),
            (
                name_day(each.as_of),
                _name_outcome(each),
                str(each.errors),
                str(each.warnings),
                _write_share(each.linked),
            ),
        )
        for each in reversed(row.quality[-_SHOWN:])
    )
    columns = tuple(TEXTS(f"freshness.column_{name}") for name in names)
    return Table(TEXTS("freshness.caption_quality", title=row.title), columns, rows)


def _name_outcome(quality: Quality) -> str:
    key = f"freshness.outcome_{quality.outcome}"
    return TEXTS(key) if key in TEXTS else quality.outcome


def _write_share(share: float | None) -> str:
    if share is None:
        return TEXTS("freshness.not_linked")
    return TEXTS("freshness.share", share=write_number(share * 100, 1))


def _name_period(text: str | None) -> str:
    if text is None:
        return TEXTS("freshness.no_period")
    try:
        return name_period(read_period(text))
    except ContractError:
        return text

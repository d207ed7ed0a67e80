"""The proof of a release in words: the policy, what an attacker can derive, what is not covered.

Says "proven" only when the rows of every source about persons say so; anything absent, unknown or
contradictory is told as not proven.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from regiebeeld.dashboard.charts import (
    Row,
    Table,
    describe_finest,
    name_day,
    read_texts,
    write_count,
    write_number,
)
from regiebeeld.domain import Status
from regiebeeld.releases import Gate, Release, SourceAccount
from regiebeeld.releases.language import DUTCH, join_said, spoken

PROOF_TEXTS = read_texts(Path(__file__).parent / "nl.yaml")
UNKNOWN = "unknown"
OPEN = ("public", "not_about_persons")  # every other class is protected, also one we do not know
TOLD = {Status.SHOWN, Status.ROUNDED, Status.MASKED}  # a number was there to be judged
NARROWEST = 2  # two tables that fit must differ by this much
_METHOD = ("rounded", "ranged", "same", "totals", "withheld", "levels")
_LIMITS = ("limit_outside", "limit_group", "limit_chance", "limit_large")


class Standing(StrEnum):
    """What may be said of a release."""

    PROVEN = "proven"
    NOBODY = "nobody"
    BEFORE = "before"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the proof: paragraphs, points and at most one table; `on_page` is not printed."""

    name: str
    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Table | None = None
    numeric: bool = False
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that the page and the PDF say, in their order."""

    release: str
    standing: Standing
    title: str
    about: str
    invented: str
    sentence: str
    more: tuple[str, ...]
    blocks: tuple[Block, ...]


def describe_proof(release: Release) -> Proof:
    """Put the proof of a release in words, from its own rows only."""
    about, found = release.about, _Found.read(release)
    standing = found.standing
    return Proof(
        release=about.release,
        standing=standing,
        title=_say("title"),
        about=_say(
            "release", region=about.region_title, release=about.release,
            day=name_day(about.made_at), audience=about.audience_title,
        ),
        invented=_say("invented") if about.invented else "",
        sentence=_say_first(standing, found),
        more=tuple(_say_more(standing, found)),
        blocks=() if standing is Standing.BEFORE else tuple(_make_blocks(found)),
    )  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """The rows of a release about its protection, with the title and class of every source.

    `figures` are the numbers of figures by status, of the sources that are protected.
    """

    gate: Gate
    titles: dict[str, str]
    classes: dict[str, str]
    figures: dict[str, dict[Status, int]]
    say: Callable[[str], str]

    @classmethod
    def read(cls, release: Release) -> "_Found":
        gate = release.read_gate()
        told = {one.source: one.class_name for one in gate.sources}
        known = {one.name for one in gate.classes}
        used = {one.source for one in release.indicators.values()}
        classes = {one: told.get(one) or told.get(_bare(one)) for one in (*release.sources, *used)}
        return cls(
            gate,
            {source: row.title for source, row in release.sources.items()},
            {source: one if one in known and one else UNKNOWN for source, one in classes.items()},
            release.count_by_status(source for source in used if classes[source] not in OPEN),
            release.say,
        )

    @property
    def accounts(self) -> tuple[SourceAccount, ...]:
        return self.gate.accounts

    @property
    def faults(self) -> tuple[str, ...]:
        return tuple(_find_faults(self))

    @property
    def standing(self) -> Standing:
        if not self.gate.is_recorded:
            return Standing.BEFORE
        if self.faults:
            return Standing.UNPROVEN
        return Standing.PROVEN if self.accounts else Standing.NOBODY

    def total(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.accounts)

    def name(self, source: str) -> str:
        return self.titles.get(source, source)


def _bare(source: str) -> str:
    """Give a source without its year: a layout stands in the list once a year."""
    return source.partition(".")[0]


def _say(key: str, **values: object) -> str:
    return PROOF_TEXTS(f"proof.{key}", **values)


def _find_faults(found: _Found) -> Iterator[str]:
    """Yield everything that stands in the way of saying that a release is proven."""
    for source, class_name in found.classes.items():
        if class_name == UNKNOWN:
            yield _say("fault_unknown", source=found.name(source))
    judged = {one.source for one in found.accounts}
    for source, figures in sorted(found.figures.items()):
        if source not in judged and TOLD & set(figures):
            yield _say("fault_absent", source=found.name(source))
        if shown := figures.get(Status.SHOWN):
            yield _say("fault_shown", source=found.name(source), number=write_count(shown))
    for one in found.accounts:
        yield from _find_account_faults(one, found.name(one.source))


def _find_account_faults(one: SourceAccount, source: str) -> Iterator[str]:
    tested = write_count(one.tested)
    if one.exact:
        yield _say("fault_exact", source=source, exact=write_count(one.exact), tested=tested)
    if one.certified < one.tested:
        missing = write_count(one.tested - one.certified)
        yield _say("fault_open", source=source, missing=missing, tested=tested)
    if one.width < NARROWEST:
        yield _say("fault_width", source=source, width=one.width)
    numbers = (one.figures, one.tested, one.certified, one.masked, one.known, one.earlier)
    if min(numbers) < 0 or one.masked > one.figures:
        yield _say("fault_numbers", source=source)


def _say_first(standing: Standing, found: _Found) -> str:
    if standing is Standing.PROVEN:
        tested = found.total("tested")
        exact = write_count(found.total("exact"))
        safe = _say("safe", exact=exact, tested=write_count(tested))
        return safe if tested else _say("safe_none")
    return _say({"nobody": "nobody", "before": "before", "unproven": "unsafe"}[standing.value])


def _say_more(standing: Standing, found: _Found) -> Iterator[str]:
    if standing is Standing.NOBODY:
        yield _say("nobody_more")
    elif standing is Standing.BEFORE:
        yield _say("before_more")
    elif standing is Standing.UNPROVEN:
        yield from (*found.faults, _say("unsafe_more"))
    else:
        if found.total("tested"):
            yield _say("safe_small", width=min(one.width for one in found.accounts))
        masked, figures = found.total("masked"), found.total("figures")
        yield _say(
            "safe_masked", masked=write_count(masked), figures=write_count(figures),
            share=_share(masked, figures),
        )  # fmt: skip


def _share(part: int, whole: int) -> str:
    """Write a share in percent; a little is never written as nothing."""
    percent = 100 * part / whole if whole else 0.0
    return write_number(percent, 2 if 0 < percent < 0.05 else 1)


def _make_blocks(found: _Found) -> Iterator[Block]:
    if found.accounts:
        yield Block(
            "bewijs", _say("account"), (_say("account_lead"),), tuple(_say_outside(found)),
            _table_of_accounts(found.accounts, found.titles), numeric=True,
        )  # fmt: skip
    yield Block("regels", _say("method"), points=tuple(_say(key) for key in _METHOD))
    yield Block("soorten", _say("classes"), table=_table_of_classes(found))
    yield Block("niet", _say("limits"), points=tuple(_say(key) for key in _LIMITS))
    if found.classes:
        yield Block("bronnen", _say("sources"), table=_table_of_sources(found), on_page=True)


def _say_outside(found: _Found) -> Iterator[str]:
    joined = [one for one in found.accounts if one.outside]
    for one in joined:
        yield _say("outside", source=found.name(one.source), outside=_name_outside(found, one))
    if not joined:
        yield _say("outside_none")
    if found.total("known"):
        yield _say("known_note")


def _name_outside(found: _Found, one: SourceAccount) -> str:
    """Name the tables that counted as known, in the language that is spoken."""
    return join_said(map(found.say, one.outside.split("; ")), "; ")


def _table_of_accounts(accounts: Sequence[SourceAccount], titles: dict[str, str]) -> Table:
    """Set one row a source about persons, and one for all of them together where there are more."""
    rows = [_row_of(titles.get(one.source, one.source), [one]) for one in accounts]
    if len(accounts) > 1:
        rows.append(_row_of(_say("account_all"), accounts))
    names = (
        "source", "figures", "tested", "certified", "width", "masked", "share", "known", "exact",
        "earlier",
    )  # fmt: skip
    columns = tuple(_say(f"column_{name}") for name in names)
    return Table(_say("account_caption"), columns, tuple(rows))


def _row_of(title: str, accounts: Sequence[SourceAccount]) -> Row:
    def add(name: str) -> int:
        return sum(getattr(one, name) for one in accounts)

    cells = (
        *(write_count(add(name)) for name in ("figures", "tested", "certified")),
        write_count(min(one.width for one in accounts)),
        write_count(add("masked")),
        _share(add("masked"), add("figures")),
        *(write_count(add(name)) for name in ("known", "exact")),
        write_count(max(one.earlier for one in accounts)),
    )
    return Row(title, cells)


def _name_class(found: _Found, name: str) -> str:
    titles = {one.name: one.title for one in found.gate.classes}
    key = f"proof.class.{name}"
    known = PROOF_TEXTS(key) if key in PROOF_TEXTS else ""
    # A release bears its own titles in Dutch; another language has only those of the catalogue.
    told = titles.get(name, "")
    return (told or known or name) if spoken() == DUTCH else (known or told or name)


def _table_of_classes(found: _Found) -> Table:
    counts = [*found.classes.values()]
    rows = [
        Row(
            _name_class(found, one.name),
            (
                one.words if one.publish else f"{_say('not_published')} {one.words}".strip(),
                write_count(counts.count(one.name)),
            ),
        )
        for one in sorted(found.gate.classes, key=lambda one: (one.name in OPEN, one.name))
    ]
    columns = tuple(_say(f"column_{name}") for name in ("class", "words", "count"))
    return Table(_say("classes_caption"), columns, tuple(rows))


def _table_of_sources(found: _Found) -> Table:
    finest = {one.source: one.finest for one in found.gate.sources}
    rows = []
    for source, title in sorted(found.titles.items(), key=lambda pair: (pair[1], pair[0])):
        limit = finest.get(source) or finest.get(_bare(source))
        words = describe_finest(limit) if limit else _say("no_finest")
        rows.append(Row(title, (_name_class(found, found.classes[source]), words)))
    columns = tuple(_say(f"column_{name}") for name in ("source", "class", "finest"))
    return Table(_say("sources_caption"), columns, tuple(rows))

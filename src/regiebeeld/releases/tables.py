"""What a reader gets from an audience file: typed rows, frozen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from regiebeeld.domain import AreaLevel, Period, Status

# The order is the stored number; a new status is added at the end, never in between.
STATUS_NUMBERS = (
    Status.SHOWN,
    Status.ROUNDED,
    Status.MASKED,
    Status.MISSING,
    Status.NOT_COLLECTED,
)


@dataclass(frozen=True, slots=True)
class About:
    """What this file is: release id, region, audience, day, and whether it is invented."""

    release: str
    region: str
    region_title: str
    audience: str
    audience_title: str
    made_at: str
    invented: bool
    vintage: int
    region_code: str
    last_month: str | None
    catalogue_hash: str
    contact: str | None = None  # e-mail or web address


@dataclass(frozen=True, slots=True)
class Theme:
    id: str
    title: str
    question: str
    introduction: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator as it was defined when the release was made."""

    id: str
    theme: str
    title: str
    definition: str
    caution: str
    police_codes: str
    unit: str
    effort: str
    label: str
    finest: str
    analyses: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ReleasedArea:
    """One area with its drawn shape; `path` is None for an area that is never drawn."""

    code: str
    level: AreaLevel
    name: str
    vintage: int
    parent: str | None
    gemeente: str | None
    path: str | None
    label: tuple[float, float] | None
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class ReleasedCell:
    """One figure with everything a page may say about it.

    `rate` is per `per` of `base` (`base_figure` on 1 January of `base_year`), with
    a 95 % exact Poisson interval; `no_rate` says in words why there is none.
    """

    indicator: str
    breakdown: str
    area: str
    period: Period
    value: int | None
    lower: int | None
    upper: int | None
    status: Status
    reason: str | None
    estimated_share: float
    provisional: bool
    base: int | None
    base_figure: str | None
    base_year: int | None
    per: int | None
    rate: float | None
    rate_lower: float | None
    rate_upper: float | None
    no_rate: str | None


@dataclass(frozen=True, slots=True)
class KeyFigure:
    area: str
    figure: str
    year: int
    value: float | None
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class AreaChange:
    old_code: str
    old_name: str
    old_vintage: int
    new_code: str
    new_name: str
    new_vintage: int
    level: AreaLevel
    kind: str
    share: float


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source as it stood when the release was made, with what was refused.

    `delivered` by a partner: it may be shown from `agreement_start` to `agreement_end` (ISO days).
    """

    id: str
    title: str
    publisher: str
    licence: str
    table_id: str
    address: str
    fetched_at: str
    modified: str
    label: str
    description: str
    rows_in: int
    rows_kept: int
    rows_refused: int
    first_period: str | None
    last_period: str | None
    delivered: bool
    agreement_start: str | None
    agreement_end: str | None
    notes: tuple["SourceNote", ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A figure that is not on the page of its theme: of which source, why, and what to do."""

    theme: str
    indicator: str
    source: str
    words: str
    next_step: str


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A remark on a source: `kind` is refused, missing, unknown_area, repaired or difference."""

    kind: str
    rows: int
    text: str


@dataclass(frozen=True, slots=True)
class PeriodRow:
    id: str
    kind: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """What the gate found in all figures of one source about persons, for all audiences together.

    `certified`: two tables fit everything published and differ by `width` or more in the figure;
    `exact`: recovered exactly; `outside`: titles of tables of others that counted as known.
    """

    source: str
    events: str
    figures: int
    tested: int
    certified: int
    masked: int
    known: int
    exact: int
    width: int
    earlier: int
    outside: str


@dataclass(frozen=True, slots=True)
class PolicyClass:
    """A class of sources: may it be published, and the policy in words."""

    name: str
    title: str
    publish: bool
    words: str


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    source: str
    class_name: str
    finest: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The policy of a release and what its gate found; empty in a release of before the gate."""

    accounts: tuple[SourceAccount, ...] = ()
    classes: tuple[PolicyClass, ...] = ()
    sources: tuple[SourcePolicy, ...] = ()

    @property
    def is_recorded(self) -> bool:
        return bool(self.classes)


def read_area_row(row: tuple[Any, ...]) -> ReleasedArea:
    """Read an area from a row: code, level, name, vintage, parent, gemeente, path, numbers."""
    code, level, name, vintage, parent, gemeente, path, *numbers = row
    label, box = tuple(numbers[:2]), tuple(numbers[2:])
    return ReleasedArea(
        code=code,
        level=AreaLevel(level),
        name=name,
        vintage=vintage,
        parent=parent,
        gemeente=gemeente,
        path=path,
        label=None if None in label else (label[0], label[1]),
        box=None if None in box else (box[0], box[1], box[2], box[3]),
    )

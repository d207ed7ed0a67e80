"""Reads what is planted in the invented region; the file is the only place where it is written.

Refuses a truth that is unknown, incomplete or names an area that does not exist.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from regiebeeld.domain import CatalogueError, ContractError, read_period
from regiebeeld.example.plan import plan_buurten, region_plan
from regiebeeld.example.traits import Trait

# The days on which the first files of the invented partners come in, and the last ones.
FIRST_DAY, LATE_DAY = date(2025, 10, 15), date(2026, 2, 15)
_KEYS = {"seed", "layouts", "truths", "attempts", "deliveries"}


class TruthKind(StrEnum):
    """What sort of thing was planted."""

    TREND = "trend"
    SEASON = "season"
    OUTBREAK = "outbreak"
    RISE = "rise"  # going on at the end, in months that are not all in
    HOT_SPOT = "hot_spot"
    INTERVENTION = "intervention"
    AREA_CHANGE = "area_change"
    LATE_DELIVERY = "late_delivery"
    RELATION = "relation"


@dataclass(frozen=True, slots=True)
class AreaChange:
    """Buurten `old` of the oldest layout became buurten `new` of the newest."""

    kind: str  # split, merged, renumbered
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def planned(self) -> str:
        """The one code of the skeleton among the codes of this change."""
        codes = {buurt.code for buurt in plan_buurten()}
        return next(code for code in (*self.old, *self.new) if code in codes)


@dataclass(frozen=True, slots=True)
class Truth:
    """One planted fact; `areas` empty means the whole region, `offence` None means all.

    `start` and `end` are months as `2022-05`, both included. For a season `factor`
    is the rate a day in `months` over that in the other months; for a trend it is
    the factor a year; for a relation it multiplies the rate of a buurt for each `step` that its
    `trait` is higher; otherwise it multiplies the rate of `areas` in the period.
    """

    id: str
    kind: TruthKind
    sentence: str
    start: str
    end: str
    offence: str | None = None
    areas: tuple[str, ...] = ()
    factor: float | None = None
    months: tuple[int, ...] = ()
    changes: tuple[AreaChange, ...] = ()
    trait: Trait | None = None
    step: float | None = None

    def covers(self, buurt: str) -> bool:
        """Tell whether a buurt code lies in one of the areas, of whatever level."""
        return not self.areas or any(buurt[2:].startswith(area[2:]) for area in self.areas)


class DeliveryFault(StrEnum):
    """What is wrong, on purpose, with a file of an invented partner."""

    LATE = "late"
    WRONG_COLUMN = "wrong_column"
    CUT_ROW = "cut_row"
    BSN = "bsn"
    EMAIL = "email"
    SENT_TWICE = "sent_twice"
    AGREEMENT_ENDED = "agreement_ended"
    NO_AGREEMENT = "no_agreement"
    NEXT_YEAR = "next_year"


class Expected(StrEnum):
    """What the door should say of a file, in the words of the ledger."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNINGS = "accepted_with_warnings"
    REFUSED = "refused"
    SEEN_BEFORE = "seen_before"


@dataclass(frozen=True, slots=True)
class PlantedDelivery:
    """One file that is wrong on purpose, and what the door should say of it."""

    id: str
    source: str
    fault: DeliveryFault
    expected: Expected
    sentence: str


@dataclass(frozen=True, slots=True)
class AttemptShare:
    """Which part of the burglaries is an attempt: `usual`, but in `area` it rises to `last`.

    It rises evenly from month `start` to month `end`.
    """

    id: str
    area: str
    usual: float
    last: float
    start: str
    end: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Truths:
    """All that is planted, and the seed and layouts it was written down for."""

    seed: int
    oldest: int
    newest: int
    truths: tuple[Truth, ...]
    attempts: AttemptShare
    deliveries: tuple[PlantedDelivery, ...]

    def of_kind(self, kind: TruthKind) -> tuple[Truth, ...]:
        return tuple(truth for truth in self.truths if truth.kind is kind)

    @property
    def changes(self) -> tuple[AreaChange, ...]:
        return tuple(c for truth in self.of_kind(TruthKind.AREA_CHANGE) for c in truth.changes)


def read_truths(path: Path) -> Truths:
    """Read the planted truths; raise CatalogueError with every fault in the file at once."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        if unknown := set(raw) - _KEYS:
            raise ValueError(f"onbekend: {', '.join(sorted(unknown))}")
        truths = Truths(
            int(raw["seed"]),
            int(raw["layouts"]["oldest"]),
            int(raw["layouts"]["newest"]),
            tuple(_read_truth(item) for item in raw["truths"]),
            AttemptShare(**raw["attempts"]),
            tuple(_read_delivery(item) for item in raw["deliveries"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as fault:
        raise CatalogueError(
            f"{path}: de ingebouwde waarheden zijn niet te lezen ({fault!r}); "
            "zet het bestand terug zoals het in de bron staat"
        ) from fault
    if faults := tuple(f"{path}: {fault}" for fault in check_truths(truths)):
        raise CatalogueError("De ingebouwde waarheden kloppen niet:", faults)
    return truths


def _read_truth(raw: dict[str, Any]) -> Truth:
    changes = tuple(
        AreaChange(item["kind"], tuple(item["old"]), tuple(item["new"]))
        for item in raw.pop("changes", ())
    )
    return Truth(
        kind=TruthKind(raw.pop("kind")),
        changes=changes,
        areas=tuple(raw.pop("areas", ())),
        months=tuple(raw.pop("months", ())),
        trait=Trait(raw.pop("trait")) if "trait" in raw else None,
        **raw,
    )


def _read_delivery(raw: dict[str, Any]) -> PlantedDelivery:
    fault, expected = DeliveryFault(raw.pop("fault")), Expected(raw.pop("expected"))
    return PlantedDelivery(fault=fault, expected=expected, **raw)


def check_truths(truths: Truths) -> Iterator[str]:
    """Yield a sentence for each fault."""
    yield from _check_deliveries(truths)
    known = _known_codes(truths)
    for truth in truths.truths:
        yield from (f"{truth.id}: gebied {a} bestaat niet" for a in truth.areas if a not in known)
        yield from _check_period(truth)
        needs_factor = truth.kind not in (TruthKind.AREA_CHANGE, TruthKind.LATE_DELIVERY)
        if needs_factor != (truth.factor is not None):
            yield f"{truth.id}: een {truth.kind} heeft {'een' if needs_factor else 'geen'} factor"
        yield from _check_relation(truth)
    yield from _check_changes(truths)


def _check_deliveries(truths: Truths) -> Iterator[str]:
    planted, share = [one.fault for one in truths.deliveries], truths.attempts
    for fault in DeliveryFault:
        if planted.count(fault) != 1:
            yield f"deliveries: {fault} staat er {planted.count(fault)} keer, dat moet 1 zijn"
    if share.area not in {gemeente.code for gemeente in region_plan()}:
        yield f"{share.id}: gemeente {share.area} bestaat niet"
    if not 0 < share.usual < share.last < 1:
        yield f"{share.id}: usual {share.usual} en last {share.last} zijn geen stijgend aandeel"
    yield from _check_period(share)


def _check_relation(truth: Truth) -> Iterator[str]:
    whole = truth.trait is not None and (truth.step or 0) > 0 and truth.offence is not None
    if truth.kind is TruthKind.RELATION and not whole:
        known = ", ".join(Trait)
        yield f"{truth.id}: een relation heeft een offence, een step boven 0 en een trait: {known}"


def _check_period(truth: Truth | AttemptShare) -> Iterator[str]:
    for month in (truth.start, truth.end):
        try:
            read_period(month)
        except ContractError as fault:
            yield f"{truth.id}: {fault}"
    if truth.start > truth.end:
        yield f"{truth.id}: begin {truth.start} ligt na eind {truth.end}"


def _check_changes(truths: Truths) -> Iterator[str]:
    planned = {buurt.code for buurt in plan_buurten()}
    for change in truths.changes:
        if len({*change.old, *change.new} & planned) != 1:
            yield f"{change.old} naar {change.new}: precies een code moet in het plan staan"
        shape = (change.kind, min(len(change.old), 2), min(len(change.new), 2))
        if shape not in (("split", 1, 2), ("merged", 2, 1), ("renumbered", 1, 1)):
            yield f"grenswijziging {change.old} naar {change.new} is geen {change.kind}"


def _known_codes(truths: Truths) -> set[str]:
    known = {buurt.code for buurt in plan_buurten()}
    known |= {wijk.code for gemeente in region_plan() for wijk in gemeente.wijken}
    known |= {gemeente.code for gemeente in region_plan()}
    return known | {code for change in truths.changes for code in (*change.old, *change.new)}

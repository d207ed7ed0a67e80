"""How fine an indicator about persons can be shown and still say something: measured, and proposed.

Counts what partners delivered anew and rounds it as a release would; publishes and changes nothing.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from regiebeeld.catalogue import Catalogue, Indicator, Region, read_catalogue
from regiebeeld.catalogue.limits import Subject
from regiebeeld.catalogue.models import DisclosureClass, Finest, IndicatorSource
from regiebeeld.disclosure import Secret
from regiebeeld.domain import Area, AreaLevel, CatalogueError, DisclosureError, PeriodKind
from regiebeeld.pipeline.gate.protecting import protect_cells
from regiebeeld.pipeline.gate.register import REGISTER, Register
from regiebeeld.pipeline.gate.secret_file import read_secret
from regiebeeld.pipeline.gate.usefulness import Grain, is_useful, list_grains
from regiebeeld.pipeline.indicators import compute_indicator_cells, read_matrices
from regiebeeld.pipeline.indicators.matrices import Reasons
from regiebeeld.pipeline.intake.history import DELIVERIES, list_state_files
from regiebeeld.pipeline.intake.places import gather_layouts
from regiebeeld.pipeline.run.delivering import (
    NEVER_CAME,
    Choice,
    choose_sources,
    count_delivery,
    read_kept,
)
from regiebeeld.pipeline.run.dimension_tables import list_areas
from regiebeeld.pipeline.run.drafts import Protected
from regiebeeld.pipeline.run.layouts import RegionAreas, read_region_areas
from regiebeeld.pipeline.run.publishing import only_run
from regiebeeld.pipeline.store import WorkingStore, build_store
from regiebeeld.pipeline.store.owner import bind_region
from regiebeeld.settings import Settings

_STORE = "store"
_FINEST_LEVEL = AreaLevel.GEMEENTE  # of a contract that names no atom
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """Of one level x kind of period: its figures, and the share that reads "0-4" or "1-9"."""

    level: AreaLevel
    period: PeriodKind
    figures: int
    low: float
    within: bool  # the limits of its subjects
    useful: bool

    def is_coarser_than(self, other: "Measure") -> bool:
        """Tell whether the other shows at least as much, and is not this one."""
        return self is not other and Finest(level=other.level, period=other.period).allows(
            self.level, self.period
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was measured of one indicator; `measures` go from coarse to fine."""

    indicator: Indicator
    source: str
    subjects: tuple[Subject, ...]
    measures: tuple[Measure, ...]

    @property
    def proposed(self) -> tuple[Measure, ...]:
        """Give the finest that are useful and within the limits; none is a part of another."""
        return _finest(m for m in self.measures if m.useful and m.within)

    @property
    def beyond(self) -> tuple[Measure, ...]:
        """Give what would be useful and is finer than the limits allow."""
        return _finest(m for m in self.measures if m.useful and not m.within)


def _finest(measures: Iterator[Measure]) -> tuple[Measure, ...]:
    found = tuple(measures)
    return tuple(m for m in found if not any(m.is_coarser_than(other) for other in found))


@dataclass(frozen=True, slots=True)
class Proposed:
    """The proposals of a region, and by id why another indicator about persons has none."""

    proposals: tuple[Proposal, ...]
    without: dict[str, str]


def propose_finest(
    region: str, settings: Settings, *, indicator: str | None = None, tell: Told | None = None
) -> Proposed:
    """Measure every indicator about persons of a region, or one, at all that its atoms allow.

    Raises DisclosureError without the secret of the region, or with another one than before, and
    when nothing was delivered; CatalogueError for an indicator that the region does not have.
    """
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    found = catalogue.read_region(region)
    wanted = _choose_indicators(catalogue, found, indicator)
    secret = _read_fitting_secret(settings, found)
    if not list_state_files(settings.unprotected / DELIVERIES):
        raise DisclosureError(
            f"er zijn nog geen leveringen van regio {region}, dus er is niets te meten. Neem er "
            "een aan met `regiebeeld accept`"
        )
    bind_region(settings, found.id)
    with only_run(settings.releases, settings.unprotected / _STORE):
        layouts = gather_layouts(catalogue, found, settings, offline=True, read_files=True)
        measuring = _Measuring(catalogue, found, secret, read_region_areas(found, layouts))
        return measuring.propose(wanted, settings, tell)


def _choose_indicators(
    catalogue: Catalogue, region: Region, indicator: str | None
) -> dict[str, Indicator]:
    """Give the indicators of the region that a source about persons may fill."""
    every = {name: each for name, (_, each) in catalogue.indicators_of(region).items()}
    found = {n: each for n, each in every.items() if any(_about_persons(catalogue, each))}
    if indicator is None:
        return found
    if indicator in found:
        return {indicator: found[indicator]}
    if indicator in every:
        words = "gaat niet over personen en wordt niet afgerond; voor haar is er niets te meten"
    else:
        words = f"staat in geen thema van regio {region.id}; kijk in docs/reference/indicators.md"
    raise CatalogueError(f"indicator {indicator!r} {words}")


def _about_persons(catalogue: Catalogue, indicator: Indicator) -> Iterator[IndicatorSource]:
    for wanted in indicator.sources:
        if catalogue.sources[wanted.source].terms.disclosure is DisclosureClass.PERSONS:
            yield wanted


def _read_fitting_secret(settings: Settings, region: Region) -> Secret:
    secret = read_secret(settings, region)
    if secret is None:
        raise DisclosureError(
            f"regio {region.id} heeft nog geen geheim, en zonder geheim wordt niets afgerond, ook "
            f"niet om te meten. Maak het met `regiebeeld secret make {region.id}`"
        )
    register = Register(settings.unprotected / REGISTER)
    if register.releases():  # else the first release notes the secret, not this
        register.check_secret(secret)
    return secret


@dataclass(frozen=True, slots=True)
class _Measuring:
    """What is needed to measure the indicators of one region."""

    catalogue: Catalogue
    region: Region
    secret: Secret
    areas: RegionAreas

    def propose(
        self, wanted: dict[str, Indicator], settings: Settings, tell: Told | None
    ) -> Proposed:
        choice = choose_sources(self.catalogue, self.region, datetime.now(UTC).date())
        proposals: list[Proposal] = []
        without: dict[str, str] = {}
        with _draft_store(settings) as store:
            self._count(choice, wanted, settings, store, tell)
            listed = list_areas(self.region, self.areas.shown)
            if tell:
                tell("indicatoren meten")
            for name, indicator in wanted.items():
                found = self._find_source(indicator, choice, store)
                if isinstance(found, str):
                    without[name] = found
                    continue
                proposals.append(self._measure(indicator, found, store, listed))
        return Proposed(tuple(proposals), without)

    def _count(
        self,
        choice: Choice,
        wanted: dict[str, Indicator],
        settings: Settings,
        store: WorkingStore,
        tell: Told | None,
    ) -> None:
        kept = read_kept(self.region, settings)
        needed = {one.source for each in wanted.values() for one in self._sources_of(each)}
        for one in choice.delivered:
            if one.source not in needed:
                continue
            if tell:
                tell(f"{one.source} tellen")
            count_delivery(
                self.catalogue.sources[one.source],
                kept,
                areas=self.areas,
                corrections=self.catalogue.corrections.get(one.source),
                store=store,
                secret=self.secret,
            )

    def _sources_of(self, indicator: Indicator) -> Iterator[IndicatorSource]:
        return _about_persons(self.catalogue, indicator)

    def _find_source(
        self, indicator: Indicator, choice: Choice, store: WorkingStore
    ) -> IndicatorSource | str:
        """Give the source that a run would count it from; or why there is none about persons."""
        fetched = {one.source for one in choice.fetched}
        delivered = {one.source for one in choice.delivered}
        there = fetched | delivered
        persons = list(self._sources_of(indicator))
        for wanted in indicator.sources:
            if wanted.source in fetched and wanted not in persons:
                return f"komt in deze regio uit {wanted.source}, en die is al openbaar"
            if wanted not in persons or wanted.source not in there:
                continue
            if set(wanted.event_sets) <= store.read_event_sets(wanted.source):
                return wanted
        named = [one.source for one in persons]
        reasons = [choice.withheld.get(name, NEVER_CAME) for name in named if name not in delivered]
        return f"{', '.join(named)}: {'; '.join(dict.fromkeys(reasons)) or NEVER_CAME}"

    def _measure(
        self,
        indicator: Indicator,
        wanted: IndicatorSource,
        store: WorkingStore,
        areas: Sequence[Area],
    ) -> Proposal:
        source = self.catalogue.sources[wanted.source]
        reasons = Reasons()
        matrices = read_matrices(store, source.id, wanted.event_sets, areas=areas, reasons=reasons)
        cells = compute_indicator_cells(
            _widen(indicator, source.terms.atom),
            matrices,
            areas=areas,
            reasons=reasons,
            hides=source.terms.is_delivery,
            protect=Protected(self.secret, {}, {}).round_with_key(),
        )
        released = protect_cells(cells, self.secret)
        limits = self.catalogue.limits
        subjects = limits.subjects_of_indicator(indicator, [source]) if limits else ()
        measures = tuple(
            _measure_grain(grain, int((released.value[grain.rows] >= 0).sum()), subjects)
            for grain in list_grains(cells, released, areas)
        )
        return Proposal(indicator, source.id, subjects, measures)


def _widen(indicator: Indicator, atom: Finest | None) -> Indicator:
    """Allow every level and kind of period that the atoms of the source can tell."""
    level = atom.level if atom else _FINEST_LEVEL
    kinds = [k for k in PeriodKind if atom is None or k.is_at_least_as_coarse_as(atom.period)]
    finest = tuple(Finest(level=level, period=kind) for kind in kinds)
    return indicator.model_copy(update={"finest": finest})


def _measure_grain(grain: Grain, figures: int, subjects: Sequence[Subject]) -> Measure:
    asked = Finest(level=grain.level, period=grain.period)
    return Measure(
        level=grain.level,
        period=grain.period,
        figures=figures,
        low=grain.low,
        within=all(subject.allows(asked) for subject in subjects),
        useful=figures > 0 and is_useful(grain),
    )


@contextmanager
def _draft_store(settings: Settings) -> Iterator[WorkingStore]:
    """Yield a store of its own, gone afterwards; the next run removes what a crash leaves."""
    folder = settings.unprotected / _STORE / f".voorstel.{secrets.token_hex(8)}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        with build_store(folder / "store.duckdb", settings) as store:
            yield store
    finally:
        shutil.rmtree(folder, ignore_errors=True)

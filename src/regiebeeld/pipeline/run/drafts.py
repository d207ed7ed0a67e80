"""The cells of every indicator before the gate: from which source, and about whose events.

Refuses a source of a class that may not be published; rounds nothing and shows nobody anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from regiebeeld.catalogue import Catalogue, Indicator, Region
from regiebeeld.catalogue.models import DisclosureClass, list_parts
from regiebeeld.disclosure import Secret, protect_counts
from regiebeeld.domain import Area, ContractError, DisclosureError
from regiebeeld.pipeline.gate.figures import Draft
from regiebeeld.pipeline.gate.union import Atoms
from regiebeeld.pipeline.indicators import Cells, Matrix, compute_indicator_cells, read_matrices
from regiebeeld.pipeline.indicators.matrices import Reasons
from regiebeeld.pipeline.indicators.together import compute_together_cells
from regiebeeld.pipeline.indicators.unplaced import Counts, Protect
from regiebeeld.pipeline.run.estimates import Estimates
from regiebeeld.pipeline.run.event_keys import find_sets
from regiebeeld.pipeline.run.treated_sets import TogetherDraft, TreatedSet
from regiebeeld.pipeline.store import WorkingStore

MayShow = Callable[[str, str], bool]  # source, theme


@dataclass(frozen=True, slots=True)
class Protected:
    """What is needed to protect: the secret, and of each source about persons its true counts.

    sets: the areas of interventions that may be told together.
    """

    secret: Secret | None
    atoms: Mapping[str, Atoms]
    estimates: Mapping[str, Estimates]
    sets: Sequence[TreatedSet] = ()

    def round_with_key(self) -> Protect | None:
        """Give what may be released of counts; None without a secret."""
        secret = self.secret
        if secret is None:
            return None

        def protect(counts: Counts, keys: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> Counts:
            return protect_counts(secret, counts, keys).value

        return protect


@dataclass(frozen=True, slots=True)
class Chosen:
    """An indicator of a theme, the source that fills it, and its cells."""

    theme: str
    indicator: Indicator
    source: str
    draft: Draft


@dataclass(slots=True)
class Drafts:
    """What grows while indicators are computed one by one."""

    reasons: Reasons = field(default_factory=Reasons)
    chosen: list[Chosen] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    counted: frozenset[str] = frozenset()  # the sources of which anything was counted
    together: list[TogetherDraft] = field(default_factory=list)
    parts: list[Draft] = field(default_factory=list)  # of indicators with a breakdown

    @property
    def every(self) -> list[Draft]:
        """All that the gate judges: the indicators, the sets of areas, and the parts."""
        chosen, together = ([each.draft for each in m] for m in (self.chosen, self.together))
        return [*chosen, *together, *self.parts]


def compute_drafts(
    catalogue: Catalogue,
    region: Region,
    store: WorkingStore,
    *,
    areas: Sequence[Area],
    may_show: MayShow,
    protected: Protected,
) -> Drafts:
    """Compute the cells of every indicator the region's sources can fill.

    The first source of an indicator that the region has, with all its event sets, is
    used, of those that `may_show` (source, theme) allows. Raises DisclosureError when a
    source is of a class that may not be published, or needs a secret that is not there.
    """
    drafts = Drafts(counted=frozenset(store.read_sources()))
    desk = _Desk(catalogue, store, areas, drafts.reasons, protected)
    for name, (theme, indicator) in catalogue.indicators_of(region).items():
        found = _choose_source(indicator, theme.id, store, may_show)
        if found is None:
            drafts.absent.append(name)
            continue
        source, event_sets = found
        refuse_unpublishable(catalogue, source)
        draft, matrices = desk.draft(indicator, source, event_sets)
        if draft.events is not None:
            drafts.together += _draft_together(
                indicator, draft, matrices, protected, areas=areas, reasons=drafts.reasons
            )
        drafts.chosen.append(Chosen(theme.id, indicator, source, draft))
        drafts.parts += desk.draft_parts(indicator, source)
    if not drafts.chosen:
        raise ContractError(_tell_nothing(drafts.absent, store))
    return drafts


@dataclass(frozen=True, slots=True)
class _Desk:
    """Computes the cells of one indicator, or of one part of it, from one source."""

    catalogue: Catalogue
    store: WorkingStore
    areas: Sequence[Area]
    reasons: Reasons
    protected: Protected

    def draft(
        self, indicator: Indicator, source: str, event_sets: Sequence[str]
    ) -> tuple[Draft, list[Matrix]]:
        """Compute the cells, and give the counts that they are made from."""
        matrices = read_matrices(
            self.store, source, event_sets, areas=self.areas, reasons=self.reasons
        )
        terms = self.catalogue.sources[source].terms
        persons = terms.disclosure is DisclosureClass.PERSONS
        cells = compute_indicator_cells(
            indicator,
            matrices,
            areas=self.areas,
            reasons=self.reasons,
            hides=terms.is_delivery,
            protect=self.protected.round_with_key() if persons else None,
        )
        draft = Draft(indicator.id, cells)
        if persons:
            draft = _about_persons(draft, source, event_sets, self.protected, self.areas)
        return draft, matrices

    def draft_parts(self, indicator: Indicator, source: str) -> Iterator[Draft]:
        """Compute the cells of every part, where the contract of this source allows it."""
        allowed, breakdown = self.catalogue.sources[source].terms.breakdown, indicator.breakdown
        if breakdown is None or breakdown.column != allowed:
            return
        for name, part in list_parts(indicator).items():
            event_sets = next(each.event_sets for each in part.sources if each.source == source)
            yield replace(self.draft(part, source, event_sets)[0], part=name)


def _about_persons(
    draft: Draft,
    source: str,
    event_sets: Sequence[str],
    protected: Protected,
    areas: Sequence[Area],
) -> Draft:
    """Name the events, and leave of estimates only that they are: how much follows from counts."""
    if source not in protected.atoms:
        raise DisclosureError(
            f"bron {source} gaat over mensen en is niet als levering geteld; zo kan haar cijfer "
            "niet worden afgeschermd. Er is niets gepubliceerd, de vorige versie blijft staan"
        )
    marks = protected.estimates[source].mark(draft.cells, areas)
    cells: Cells = replace(draft.cells, estimated_share=marks.astype(np.float32))
    return replace(
        draft, cells=cells, events=source, sets=find_sets(protected.atoms[source], event_sets)
    )


def _draft_together(
    indicator: Indicator,
    draft: Draft,
    matrices: Sequence[Matrix],
    protected: Protected,
    *,
    areas: Sequence[Area],
    reasons: Reasons,
) -> Iterator[TogetherDraft]:
    """Draft the cells of every set of areas that may be told of an indicator."""
    kinds = [(each, each.list_kinds(indicator)) for each in protected.sets]
    wanted = [(each, mine) for each, mine in kinds if mine]
    cells = compute_together_cells(
        matrices,
        [(each.areas.members, mine) for each, mine in wanted],
        areas=areas,
        reasons=reasons,
        protect=protected.round_with_key(),
    )
    for (each, _), found in zip(wanted, cells, strict=True):
        if len(found.value):
            yield TogetherDraft(each, replace(draft, cells=found, together=each.areas))


def _tell_nothing(absent: list[str], store: WorkingStore) -> str:
    there = "; ".join(
        f"{source}: {', '.join(sorted(store.read_event_sets(source))[:10])}"
        for source in store.read_sources()
    )
    return (
        f"geen van de {len(absent)} indicatoren vindt zijn misdrijven in de tellingen ({there}). "
        "Vergelijk event_sets van de indicatoren met de codes in de bron"
    )


def _choose_source(
    indicator: Indicator, theme: str, store: WorkingStore, may_show: MayShow
) -> tuple[str, tuple[str, ...]] | None:
    for wanted in indicator.sources:
        there = store.read_event_sets(wanted.source)
        if may_show(wanted.source, theme) and set(wanted.event_sets) <= there:
            return wanted.source, wanted.event_sets
    return None


def refuse_unpublishable(catalogue: Catalogue, source: str) -> None:
    """Raise DisclosureError unless the rule of the source's class says that it may be published.

    About persons only a delivery can be: of nothing else the events have keys.
    """
    terms = catalogue.sources[source].terms
    rule = catalogue.rule_for(terms.disclosure)
    if rule.publish and terms.disclosure is DisclosureClass.PERSONS and not terms.is_delivery:
        raise DisclosureError(
            f"bron {source} is van de klasse persons en is geen levering; alleen wat geleverd is "
            "kan worden afgeschermd. Haal de bron uit region.yaml, of geef haar in het contract "
            "de klasse die klopt; er is niets gepubliceerd, de vorige versie blijft staan"
        )
    if not rule.publish:
        raise DisclosureError(
            f"bron {source} is van de klasse {rule.id} en wordt niet uitgegeven. {rule.because} "
            "Haal de bron uit region.yaml, of zet er `release: false` bij: dan telt zij alleen; "
            "er is niets gepubliceerd, de vorige versie blijft staan"
        )

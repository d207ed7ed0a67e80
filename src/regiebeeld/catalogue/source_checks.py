"""Rules for sources and corrections: all that the content needs, and columns that exist."""

from collections.abc import Iterator

from regiebeeld.catalogue.contracts import Source, place_of_terms
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Content, CorrectionGuard, SourceKind
from regiebeeld.catalogue.rules import Files, fault_in, rule, unknown_word
from regiebeeld.domain import ContractError, LinkError, read_period
from regiebeeld.domain.areas import level_of

_NOT_FETCHED = (SourceKind.FILE, SourceKind.DELIVERY)


def _fault(files: Files, source: Source, place: Place, words: str) -> str:
    owner = f"Source:{source.id}"
    return fault_in(files, owner, (*place_of_terms(files[owner].values), *place), words)


@rule
def counts_name_their_columns(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        columns = source.terms.columns
        whole = columns and columns.period and columns.event_set and columns.count
        # The columns of a delivery say their own role.
        counts = source.terms.content is Content.COUNTS and not source.terms.is_delivery
        if counts and not whole:
            words = "tellingen hebben columns nodig: area, period, event_set en count"
            yield _fault(files, source, ("columns",), words)


@rule
def counts_name_their_unit(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        if source.terms.content is Content.COUNTS and source.terms.unit is None:
            words = "tellingen hebben een unit nodig: melding, registratie, zaak, adres of persoon"
            yield _fault(files, source, ("unit",), words)


@rule
def key_figures_name_their_columns(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        terms = source.terms
        if terms.content is Content.KEY_FIGURES and not (terms.figures and terms.columns):
            words = "kerncijfers hebben figures en columns nodig"
            yield _fault(files, source, ("figures",), words)


@rule
def area_sources_name_their_collections(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        if source.terms.content is Content.AREAS and not source.terms.collections:
            yield _fault(files, source, ("collections",), "gebieden hebben collections nodig")


@rule
def fetched_sources_name_their_base(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        if source.terms.kind not in _NOT_FETCHED and source.terms.base is None:
            words = f"een bron van de soort {source.terms.kind} heeft een base nodig"
            yield _fault(files, source, ("base",), words)


@rule
def terms_name_columns_of_the_contract(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        # An area service answers with every property it has; the contract lists the main ones.
        if source.terms.content is Content.AREAS:
            continue
        for place, name in _named_columns(source):
            if name not in source.columns:
                words = f"kolom {name!r} staat niet in schema{suggest(name, source.columns)}"
                yield _fault(files, source, place, words)


def _named_columns(source: Source) -> Iterator[tuple[Place, str]]:
    terms = source.terms
    for name, column in terms.columns or ():
        if column is not None:
            yield ("columns", name), column
    for column in terms.fixed:
        yield ("fixed", column), column
    # In OData v4 a figure is the code of a measure, not a column.
    if terms.kind is not SourceKind.CBS_ODATA4:
        for i, figure in enumerate(terms.figures):
            yield ("figures", i, "column"), figure.column


@rule
def corrections_name_a_source(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for name, corrections in catalogue.corrections.items():
        words = unknown_word(files, "Source", corrections.source)
        if not words and corrections.source != name:
            words = f"moet gelijk zijn aan de bestandsnaam: {name}"
        if words:
            yield fault_in(files, f"Corrections:{name}", ("source",), words)


@rule
def corrections_guard_a_real_cell(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for name, corrections in catalogue.corrections.items():
        for i, correction in enumerate(corrections.corrections):
            for field, words in _guard_faults(correction.guard):
                place: Place = ("corrections", i, "guard", field)
                yield fault_in(files, f"Corrections:{name}", place, words)


def _guard_faults(guard: CorrectionGuard) -> Iterator[tuple[str, str]]:
    try:
        read_period(guard.period)
    except ContractError as fault:
        yield "period", str(fault)
    try:
        level_of(guard.area)
    except LinkError as fault:
        yield "area", str(fault)

"""Rules for deliveries: all terms are said, nothing is finer than the atom, and law comes first."""

import re
from collections.abc import Iterable, Iterator

from regiebeeld.catalogue.contracts import Source, place_of_terms
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.fields import Field, Role, fields_with
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Analysis, Content, DisclosureClass, Effort, Indicator
from regiebeeld.catalogue.rules import Files, fault_in, rule
from regiebeeld.domain import ContractError, PeriodKind, read_period

_NEEDED = ("grain", "unit", "atom", "effort", "frequency")
# The first and the last of each kind, and years of two centuries.
_SPELLED = {
    PeriodKind.YEAR: ("1999", "2026"),
    PeriodKind.HALF_YEAR: ("1999-H1", "2026-H2"),
    PeriodKind.QUARTER: ("1999-Q1", "2026-Q2", "2026-Q3", "2026-Q4"),
    PeriodKind.MONTH: ("1999-01", "2026-09", "2026-10", "2026-12"),
    PeriodKind.WEEK: ("1999-W01", "2026-W09", "2026-W39", "2026-W53"),
    PeriodKind.ROLLING: ("1999-01/P12M", "2026-12/P12M"),
}
_EFFORT_ANALYSES = {Analysis.TREND, Analysis.COMPARISON}


def _deliveries(catalogue: Catalogue) -> Iterator[Source]:
    return (source for source in catalogue.sources.values() if source.terms.is_delivery)


def _fault(files: Files, source: Source, place: Place, words: str) -> str:
    owner = f"Source:{source.id}"
    return fault_in(files, owner, (*place_of_terms(files[owner].values), *place), words)


@rule
def deliveries_say_all_terms(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue):
        for name in _NEEDED:
            # A count without its unit is told for every source.
            if getattr(source.terms, name) is None and name != "unit":
                yield _fault(files, source, (name,), "ontbreekt: een levering heeft dit nodig")
        if not source.terms.finest:
            yield _fault(files, source, ("finest",), "ontbreekt: hoe fijn mag het getoond worden")


@rule
def deliveries_hold_counts(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue):
        if source.terms.content is not Content.COUNTS:
            yield _fault(files, source, ("content",), "een levering wordt altijd geteld: counts")


@rule
def deliveries_show_nothing_finer_than_they_count(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for source in _deliveries(catalogue):
        atom = source.terms.atom
        for i, finest in enumerate(source.terms.finest):
            if atom and not atom.allows(finest.level, finest.period):
                words = f"is fijner dan wat geteld wordt: {atom.level} per {atom.period}"
                yield _fault(files, source, ("finest", i), words)


@rule
def deliveries_say_what_is_counted(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue):
        columns = len(list(fields_with(source.fields, Role.EVENT_SET)))
        if columns + (source.terms.event_set is not None) != 1:
            words = "wat er geteld wordt staat in één kolom event_set of hier, niet allebei"
            yield _fault(files, source, ("event_set",), words)


@rule
def deliveries_about_effort_get_no_signals(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue):
        for i, analysis in enumerate(source.terms.analyses):
            if source.terms.effort is Effort.HAALDELICT and analysis not in _EFFORT_ANALYSES:
                words = f"een haaldelict krijgt geen {analysis}: de inzet zou zichzelf bevestigen"
                yield _fault(files, source, ("analyses", i), words)


@rule
def same_events_stand_in_a_public_table(catalogue: Catalogue, files: Files) -> Iterator[str]:
    known = {one.id: one.terms.table for one in catalogue.sources.values() if _is_public_count(one)}
    for source in catalogue.sources.values():
        for i, name in enumerate(source.terms.same_events_as):
            # A table whose own file has a fault is told there.
            is_broken = name not in catalogue.sources and files.know("Source", name)
            if name not in known and not is_broken:
                words = f"{name!r} is geen openbare tabel met tellingen{suggest(name, known)}"
                yield _fault(files, source, ("same_events_as", i), words)
        for i, table in enumerate(source.terms.same_events_in):
            here = [name for name, number in known.items() if number == table]
            if here:
                words = f"{table} heeft een contract: zet {here[0]!r} onder same_events_as"
                yield _fault(files, source, ("same_events_in", i), words)


def _is_public_count(source: Source) -> bool:
    terms = source.terms
    return terms.disclosure is DisclosureClass.PUBLIC and terms.content is Content.COUNTS


@rule
def indicators_are_no_finer_than_their_deliveries(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for wanted in indicator.sources:
            # An open table without terms of its own is held by the limit of its subject.
            source = catalogue.sources.get(wanted.source)
            if source and (source.terms.is_delivery or source.terms.finest):
                for place, words in _asked_too_much(indicator, source):
                    yield fault_in(files, f"Indicator:{indicator.id}", place, words)


def _asked_too_much(indicator: Indicator, source: Source) -> Iterator[tuple[Place, str]]:
    allowed = source.terms.finest
    for i, finest in enumerate(indicator.finest):
        # A delivery that says no finest is told once, where it stands.
        if allowed and not any(one.allows(finest.level, finest.period) for one in allowed):
            yield ("finest", i), f"is fijner dan bron {source.id!r} toestaat"
    for i, analysis in enumerate(indicator.analyses):
        if analysis not in source.terms.analyses:
            yield ("analyses", i), f"bron {source.id!r} staat {analysis} niet toe"


@rule
def periods_are_of_the_kind_that_is_counted(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """Pattern, examples and atom agree, or a partner follows one and is refused by another."""
    for source in _deliveries(catalogue):
        columns = files[f"Source:{source.id}"].values["schema"][0]["properties"]
        for i, field in enumerate(source.fields):
            if field.role is Role.PERIOD and source.terms.atom:
                examples = columns[i].get("examples") or ()
                for place, words in _period_faults(field, source.terms.atom.period, examples):
                    owner = f"Source:{source.id}"
                    yield fault_in(files, owner, ("schema", 0, "properties", i, *place), words)


def _period_faults(
    field: Field, kind: PeriodKind, examples: Iterable[object]
) -> Iterator[tuple[Place, str]]:
    place: Place = ("logicalTypeOptions", "pattern")
    if field.pattern is None:
        yield place, f"ontbreekt: geef de vorm van een periode, zoals {_SPELLED[kind][0]}"
    elif wrong := _wrongly_read(field.pattern, kind):
        yield place, f"past niet bij atom: er wordt geteld per {kind}, en {wrong}"
    for example in examples:
        if not _is_of_kind(str(example), kind):
            yield ("examples",), f"{str(example)!r} is geen {kind}, en dat wordt geteld (atom)"


def _wrongly_read(pattern: str, kind: PeriodKind) -> str:
    try:
        form = re.compile(pattern)
    except re.error:
        return ""  # told as no pattern
    for other, spelled in _SPELLED.items():
        for text in spelled:
            if (form.fullmatch(text) is not None) != (other is kind):
                return f"{text} {'mag niet' if other is kind else 'mag wel'}"
    return ""


def _is_of_kind(text: str, kind: PeriodKind) -> bool:
    try:
        return read_period(text).kind is kind
    except ContractError:
        return False

"""Rules for deliveries: all terms are said, nothing is finer than the atom, and law comes first."""

from collections.abc import Iterator

from regiebeeld.catalogue.contracts import Source, place_of_terms
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Analysis, Content, DisclosureClass, Effort
from regiebeeld.catalogue.rules import Files, fault_in, rule

_NEEDED = ("grain", "unit", "atom", "effort", "frequency")
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
    for source in catalogue.sources.values():
        name = source.terms.same_events_as
        known = {
            one.id
            for one in catalogue.sources.values()
            if one.terms.disclosure is DisclosureClass.PUBLIC
            and one.terms.content is Content.COUNTS
        }
        # A table whose own file has a fault is told there.
        is_broken = name not in catalogue.sources and files.know("Source", name or "")
        if name is not None and name not in known and not is_broken:
            words = f"{name!r} is geen openbare tabel met tellingen{suggest(name, known)}"
            yield _fault(files, source, ("same_events_as",), words)


@rule
def indicators_are_no_finer_than_their_deliveries(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for wanted in indicator.sources:
            source = catalogue.sources.get(wanted.source)
            if source is None or not source.terms.is_delivery:
                continue
            owner = f"Indicator:{indicator.id}"
            for i, finest in enumerate(indicator.finest):
                allowed = source.terms.finest
                if not any(one.allows(finest.level, finest.period) for one in allowed):
                    words = f"is fijner dan bron {source.id!r} toestaat"
                    yield fault_in(files, owner, ("finest", i), words)
            for i, analysis in enumerate(indicator.analyses):
                if analysis not in source.terms.analyses:
                    words = f"bron {source.id!r} staat {analysis} niet toe"
                    yield fault_in(files, owner, ("analyses", i), words)

"""Rules for catalogue/limits.yaml: no file counts what may never be, or is finer than its subject.

They hold for every file, also one that is added tomorrow.
"""

from collections.abc import Iterator

from regiebeeld.catalogue.contracts import Source, place_of_terms
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.limits import Limits, Subject, names_of_indicator, names_of_source
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import Analysis, DisclosureClass, Finest, Indicator, Label
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule

_OWNER = "Limits:limits"
# domain.md: persons in trouble get no signals, hot spots, drivers, rankings or targets.
_FOR_TROUBLE = (Analysis.TREND, Analysis.COMPARISON)
_OPEN_TO_CLOSED = (Label.OPENBAAR, Label.INTERN, Label.DRIEHOEK)


def _fault(files: Files, source: Source, place: Place, words: str) -> str:
    owner = f"Source:{source.id}"
    return fault_in(files, owner, (*place_of_terms(files[owner].values), *place), words)


def _deliveries(catalogue: Catalogue) -> list[Source]:
    return [source for source in catalogue.sources.values() if source.terms.is_delivery]


@rule
def subjects_are_named_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    subjects = catalogue.limits.subjects if catalogue.limits else ()
    for i, name in repeats([one.id for one in subjects]):
        words = f"{name!r} staat hier voor de tweede keer"
        yield fault_in(files, _OWNER, ("subjects", i, "id"), words)


@rule
def people_in_trouble_get_a_trend_at_most(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for i, one in enumerate(catalogue.limits.subjects if catalogue.limits else ()):
        for j, analysis in enumerate(one.analyses):
            if one.in_trouble and analysis not in _FOR_TROUBLE:
                words = f"{analysis} kan niet: {one.id} gaat over mensen die het moeilijk hebben"
                yield fault_in(files, _OWNER, ("subjects", i, "analyses", j), words)
        if one.in_trouble and one.most_open is Label.OPENBAAR:
            words = f"openbaar kan niet: {one.id} gaat over mensen die het moeilijk hebben"
            yield fault_in(files, _OWNER, ("subjects", i, "most_open"), words)


@rule
def people_in_trouble_are_not_followed_closely(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue) if catalogue.limits else ():
        for one in _limits(catalogue).subjects_of(source):
            if one.in_trouble and source.terms.near_repeats:
                words = f"kan niet: {one.id} gaat over mensen die het moeilijk hebben. Zet op false"
                yield _fault(files, source, ("near_repeats",), words)


@rule
def figures_about_persons_name_their_subject(catalogue: Catalogue, files: Files) -> Iterator[str]:
    known = [one.id for one in catalogue.limits.subjects] if catalogue.limits else []
    for source in catalogue.sources.values() if known else ():
        name, about = source.terms.subject, source.terms.disclosure
        if name is not None and name not in known:
            words = f"onderwerp {name!r} staat niet in catalogue/limits.yaml{suggest(name, known)}"
            yield _fault(files, source, ("subject",), words)
        if name is None and source.terms.is_delivery and about is DisclosureClass.PERSONS:
            words = "ontbreekt: een levering over personen noemt een onderwerp van limits.yaml"
            yield _fault(files, source, ("subject",), words)


@rule
def what_may_never_be_counted_is_not(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for one in catalogue.limits.never if catalogue.limits else ():
        for source in catalogue.sources.values():
            if one.is_named_by(names_of_source(source)):
                yield fault_in(files, f"Source:{source.id}", (), one.because)
        for indicator in catalogue.indicators.values():
            if one.is_named_by(names_of_indicator(indicator)):
                yield fault_in(files, f"Indicator:{indicator.id}", (), one.because)


@rule
def sources_keep_within_their_subjects(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue) if catalogue.limits else ():
        terms = source.terms
        for subject in _limits(catalogue).subjects_of(source):
            for place, words in _too_much(subject, terms.finest, terms.analyses, terms.label):
                yield _fault(files, source, place, words)
            if terms.disclosure is not DisclosureClass.PERSONS:
                words = f"{terms.disclosure} kan niet: {subject.id} gaat altijd over personen"
                yield _fault(files, source, ("disclosure",), words)


@rule
def indicators_keep_within_their_subjects(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for one in catalogue.indicators.values() if catalogue.limits else ():
        for subject in _limits(catalogue).subjects_of_indicator(one, _sources_of(catalogue, one)):
            for place, words in _too_much(subject, one.finest, one.analyses, one.label):
                yield fault_in(files, f"Indicator:{one.id}", place, words)


@rule
def sources_say_what_their_subject_asks(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in _deliveries(catalogue) if catalogue.limits else ():
        terms, subject = source.terms, _limits(catalogue).find(source.terms.subject)
        if subject and subject.same_events and not (terms.same_events_as or terms.same_events_in):
            words = f"ontbreekt: over {subject.id} staan dezelfde gebeurtenissen in een open tabel"
            yield _fault(files, source, ("same_events_as",), words)
        if subject and not subject.direction and terms.direction:
            words = f"moet false zijn bij {subject.id}: {subject.because}"
            yield _fault(files, source, ("direction",), words)


def _limits(catalogue: Catalogue) -> Limits:
    return catalogue.limits or Limits(never=(), subjects=())


def _sources_of(catalogue: Catalogue, indicator: Indicator) -> list[Source]:
    names = [wanted.source for wanted in indicator.sources]
    return [catalogue.sources[name] for name in names if name in catalogue.sources]


def _too_much(
    subject: Subject, finest: tuple[Finest, ...], analyses: tuple[Analysis, ...], label: Label
) -> Iterator[tuple[Place, str]]:
    allowed = " of ".join(f"{one.level} per {one.period}" for one in subject.finest)
    for i, one in enumerate(finest):
        if not subject.allows(one):
            words = f"is fijner dan {subject.id} mag: {allowed}. {subject.because}"
            yield ("finest", i), words
    for i, analysis in enumerate(analyses):
        if analysis not in subject.analyses:
            yield ("analyses", i), f"{analysis} mag niet bij {subject.id}. {subject.because}"
    if _OPEN_TO_CLOSED.index(label) < _OPEN_TO_CLOSED.index(subject.most_open):
        yield ("label",), f"{label} kan niet: {subject.id} is hooguit {subject.most_open}"

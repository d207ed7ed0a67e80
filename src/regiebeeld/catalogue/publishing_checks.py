"""Rules for who may see what: a class has one rule, and what nobody may see is told here."""

from collections.abc import Iterator

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.models import ClassRule, Content, DisclosureClass, Label, Region
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule


def _released_sources(catalogue: Catalogue) -> Iterator[tuple[Region, Place, Source]]:
    """Give each source that a release of a region holds; `release: false` is only counted."""
    for region in catalogue.regions.values():
        mentions = [
            *(
                (("sources", i, "source"), each.source)
                for i, each in enumerate(region.sources)
                if each.release
            ),
            *((("layouts", i, "source"), each.source) for i, each in enumerate(region.layouts)),
        ]
        for place, name in mentions:
            if source := catalogue.sources.get(name):
                yield region, place, source


@rule
def every_class_has_one_rule(catalogue: Catalogue, files: Files) -> Iterator[str]:
    if catalogue.audiences is None:
        return
    found = [rule.id for rule in catalogue.audiences.classes]
    for disclosure in DisclosureClass:
        if found.count(disclosure) != 1:
            words = f"{disclosure} heeft {found.count(disclosure)} regels, verwacht wordt 1"
            yield fault_in(files, "Audiences:audiences", ("classes",), words)


@rule
def audiences_are_named_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    names = [one.id for one in catalogue.audiences.audiences] if catalogue.audiences else []
    for i, name in repeats(names):
        words = f"{name!r} staat hier voor de tweede keer"
        yield fault_in(files, "Audiences:audiences", ("audiences", i, "id"), words)


@rule
def regions_name_sources_that_may_be_published(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for region, place, source in _released_sources(catalogue):
        terms = source.terms
        if terms.disclosure is DisclosureClass.PERSONS and not terms.is_delivery:
            words = f"bron {source.id!r} is van de klasse persons en is geen levering; "
            words += "alleen wat geleverd is kan worden afgeschermd"
            yield fault_in(files, f"Region:{region.id}", place, words)
            continue
        refused = _refusal_of(catalogue, terms.disclosure)
        if refused:
            words = f"bron {source.id!r} is van de klasse {refused.id} en wordt niet uitgegeven. "
            words += refused.because
            if source.terms.is_delivery:
                words += " Zet er `release: false` bij om haar alleen te tellen"
            yield fault_in(files, f"Region:{region.id}", place, words)


def _refusal_of(catalogue: Catalogue, disclosure: DisclosureClass) -> ClassRule | None:
    """Give the rule that forbids a class; a class without a rule is a fault by itself."""
    classes = catalogue.audiences.classes if catalogue.audiences else ()
    return next((one for one in classes if one.id is disclosure and not one.publish), None)


@rule
def key_figures_are_open(catalogue: Catalogue, files: Files) -> Iterator[str]:
    """A denominator stands beside every rate, so a closed one would be open on the page."""
    for region, place, source in _released_sources(catalogue):
        terms = source.terms
        has_figures = terms.content is Content.KEY_FIGURES or terms.figures
        if has_figures and terms.label is not Label.OPENBAAR:
            words = f"bron {source.id!r} heeft kerncijfers met het label {terms.label}; "
            words += "alleen openbare kerncijfers kunnen noemer zijn"
            yield fault_in(files, f"Region:{region.id}", place, words)


@rule
def indicators_have_an_audience(catalogue: Catalogue, files: Files) -> Iterator[str]:
    if catalogue.audiences is None:
        return
    seen = {label for audience in catalogue.audiences.audiences for label in audience.labels}
    for indicator in catalogue.indicators.values():
        if indicator.label not in seen:
            words = f"geen enkele ontvanger ziet dit: {indicator.label} staat bij geen van hen"
            yield fault_in(files, f"Indicator:{indicator.id}", ("label",), words)

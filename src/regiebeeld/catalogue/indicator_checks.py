"""Rules for themes and indicators: what they name exists, and a figure says what it is."""

from collections.abc import Iterator

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.models import (
    DENOMINATORS,
    Analysis,
    Content,
    DisclosureClass,
    Effort,
    Indicator,
    Label,
)
from regiebeeld.catalogue.rules import Files, fault_in, repeats, rule, unknown_mentions
from regiebeeld.catalogue.words import THINGS

# What may be said about a haaldelict: found because someone looks, so patrols would confirm it.
_EFFORT_ANALYSES = {Analysis.TREND, Analysis.COMPARISON}
_OPEN_TO_CLOSED = (Label.OPENBAAR, Label.INTERN, Label.DRIEHOEK)


def _owner(indicator: Indicator) -> str:
    return f"Indicator:{indicator.id}"


@rule
def themes_name_known_indicators(catalogue: Catalogue, files: Files) -> Iterator[str]:
    del catalogue  # the files as they were written say it, also when one of them is broken
    yield from unknown_mentions(files, "Theme", ("indicators", "*"), "Indicator")


@rule
def themes_say_each_indicator_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for theme in catalogue.themes.values():
        for i, name in repeats(list(theme.indicators)):
            words = f"{name!r} staat hier voor de tweede keer"
            yield fault_in(files, f"Theme:{theme.id}", ("indicators", i), words)


@rule
def indicators_name_known_sources(catalogue: Catalogue, files: Files) -> Iterator[str]:
    del catalogue
    yield from unknown_mentions(files, "Indicator", ("sources", "*", "source"), "Source")


@rule
def indicators_name_known_counts(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for i, wanted in enumerate(indicator.sources):
            source = catalogue.sources.get(wanted.source)
            if source and source.terms.content is not Content.COUNTS:
                words = f"bron {wanted.source!r} bevat geen tellingen"
                yield fault_in(files, _owner(indicator), ("sources", i, "source"), words)


@rule
def indicators_use_no_withheld_events(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for i, wanted in enumerate(indicator.sources):
            source = catalogue.sources.get(wanted.source)
            for j, name in enumerate(wanted.event_sets):
                if source and name in source.terms.withheld:
                    words = f"{name} wordt door de bron achtergehouden en nooit berekend"
                    yield fault_in(files, _owner(indicator), ("sources", i, "event_sets", j), words)


@rule
def totals_are_not_added_to_parts(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for i, wanted in enumerate(indicator.sources):
            source = catalogue.sources.get(wanted.source)
            total = source.terms.total if source else None
            if total in wanted.event_sets and len(wanted.event_sets) > 1:
                words = f"{total} is het totaal en mag niet bij onderdelen worden opgeteld"
                yield fault_in(files, _owner(indicator), ("sources", i, "event_sets"), words)


@rule
def event_sets_are_not_counted_twice(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for i, wanted in enumerate(indicator.sources):
            for j, name in repeats(list(wanted.event_sets)):
                words = f"{name} staat hier voor de tweede keer en zou dubbel tellen"
                yield fault_in(files, _owner(indicator), ("sources", i, "event_sets", j), words)


@rule
def indicators_count_what_their_sources_count(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for wanted in indicator.sources:
            source = catalogue.sources.get(wanted.source)
            unit = source.terms.unit if source else None
            if unit and unit is not indicator.unit and not _counts_things(indicator, source):
                words = f"{indicator.unit} kan niet: bron {wanted.source!r} telt per {unit}"
                yield fault_in(files, _owner(indicator), ("unit",), words)


def _counts_things(indicator: Indicator, source: Source | None) -> bool:
    """Tell whether it counts things in a source that is not about persons: it may hold several."""
    things = source is not None and source.terms.disclosure is DisclosureClass.NOT_ABOUT_PERSONS
    return things and indicator.unit in THINGS


@rule
def indicators_are_no_more_open_than_their_sources(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for wanted in indicator.sources:
            source = catalogue.sources.get(wanted.source)
            if source and _is_more_open(indicator.label, source.terms.label):
                words = (
                    f"{indicator.label} kan niet: bron {wanted.source!r} is {source.terms.label}"
                )
                yield fault_in(files, _owner(indicator), ("label",), words)


def _is_more_open(label: Label, other: Label) -> bool:
    return _OPEN_TO_CLOSED.index(label) < _OPEN_TO_CLOSED.index(other)


@rule
def haaldelicten_get_no_signals(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for i, analysis in enumerate(indicator.analyses):
            if indicator.effort is Effort.HAALDELICT and analysis not in _EFFORT_ANALYSES:
                words = f"een haaldelict krijgt geen {analysis}: de inzet zou zichzelf bevestigen"
                yield fault_in(files, _owner(indicator), ("analyses", i), words)


@rule
def denominators_count_something(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        figures = indicator.denominator.figures if indicator.denominator else ()
        for i, figure in enumerate(figures):
            if figure not in DENOMINATORS:
                words = f"{figure} is geen noemer; wel: {', '.join(DENOMINATORS)}"
                yield fault_in(files, _owner(indicator), ("denominator", "figures", i), words)


@rule
def drivers_name_their_factors(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        allowed = Analysis.DRIVERS in indicator.analyses
        if allowed and not indicator.factors:
            words = "ontbreekt: noem bij drivers welke kenmerken van de omgeving ernaast komen"
            yield fault_in(files, _owner(indicator), ("factors",), words)
        if indicator.factors and not allowed:
            words = "kan niet zonder de analyse drivers: zet die bij analyses, of haal dit weg"
            yield fault_in(files, _owner(indicator), ("factors",), words)


@rule
def factors_are_named_once(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        for i, name in repeats([factor.value for factor in indicator.factors]):
            words = f"{name!r} staat hier voor de tweede keer"
            yield fault_in(files, _owner(indicator), ("factors", i), words)


@rule
def indicators_stand_in_a_theme_folder(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator in catalogue.indicators.values():
        folder = files[_owner(indicator)].path.parent.name
        if not files.know("Theme", folder):
            words = f"de map {folder!r} is geen thema{suggest(folder, files.names('Theme'))}"
            yield fault_in(files, _owner(indicator), ("id",), words)

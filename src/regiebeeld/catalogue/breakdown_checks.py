"""Rules for breakdowns: the contract allows the column, the subject allows it, nothing is left out.

A value that is not told would be the whole less the others, so that all are named or none.
"""

from collections.abc import Iterator

from regiebeeld.catalogue.contracts import Source, place_of_terms
from regiebeeld.catalogue.definitions import Catalogue
from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.fields import Field, Role, fields_with
from regiebeeld.catalogue.indicator_forms import FINEST_PART, Breakdown, Indicator
from regiebeeld.catalogue.located_yaml import Place
from regiebeeld.catalogue.rules import Files, fault_in, rule

_APART = ":;=/"  # stand between the parts of a name, so that a value has none of them


def _broken_down(catalogue: Catalogue) -> Iterator[tuple[Indicator, Breakdown, list[Source]]]:
    for one in catalogue.indicators.values():
        if one.breakdown is not None:
            found = (catalogue.sources.get(wanted.source) for wanted in one.sources)
            yield one, one.breakdown, [source for source in found if source is not None]


@rule
def contracts_break_down_by_a_whole_column(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for source in catalogue.sources.values():
        wanted = source.terms.breakdown
        if wanted is None:
            continue
        columns = {field.id: field for field in fields_with(source.fields, Role.BREAKDOWN)}
        field = columns.get(wanted)
        words = _find_fault(field) if field else _say_unknown(wanted, columns)
        if words:
            owner = f"Source:{source.id}"
            place = (*place_of_terms(files[owner].values), "breakdown")
            yield fault_in(files, owner, place, words)


def _say_unknown(wanted: str, columns: dict[str, Field]) -> str:
    return f"kolom {wanted!r} heeft in dit contract geen rol breakdown{suggest(wanted, columns)}"


def _find_fault(field: Field) -> str:
    if not field.required:
        return f"kolom {field.id!r} moet required zijn: zonder waarde is het geheel niet verdeeld"
    apart = [value for value in field.values if set(_APART) & set(field.stored_as(value))]
    return f"{apart[0]!r} kan geen waarde zijn: zonder {' '.join(_APART)}" if apart else ""


@rule
def indicators_break_down_by_what_contracts_allow(
    catalogue: Catalogue, files: Files
) -> Iterator[str]:
    for indicator, breakdown, sources in _broken_down(catalogue):
        for source in sources:
            if source.terms.breakdown == breakdown.column:
                continue
            words = (
                f"het contract van bron {source.id!r} staat geen uitsplitsing naar "
                f"{breakdown.column!r} toe: haal dit weg, of spreek met de leverancier af dat het "
                "mag en zet de kolom daar bij breakdown"
            )
            yield _fault(files, indicator, ("column",), words)


@rule
def indicators_name_every_value_of_a_breakdown(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator, breakdown, sources in _broken_down(catalogue):
        for source in sources:
            stored = {
                field.stored_as(value)
                for field in fields_with(source.fields, Role.BREAKDOWN)
                if field.id == breakdown.column == source.terms.breakdown
                for value in field.values
            }
            if stored and stored != set(breakdown.values):
                other = ", ".join(sorted(stored ^ set(breakdown.values)))
                words = f"moet precies de waarden van bron {source.id!r} noemen; anders: {other}"
                yield _fault(files, indicator, ("values",), words)


@rule
def parts_are_of_a_whole_that_is_told(catalogue: Catalogue, files: Files) -> Iterator[str]:
    for indicator, _, _ in _broken_down(catalogue):
        if not indicator.allows(FINEST_PART.level, FINEST_PART.period):
            words = "kan niet: een deel is per gemeente en jaar, en finest laat dat niet toe"
            yield _fault(files, indicator, (), words)
        for each in indicator.sources:
            crossed = [name for name in each.event_sets if ":" in name]
            if crossed:
                words = f"kan niet: {crossed[0]} is zelf al een deel; nooit twee door elkaar"
                yield _fault(files, indicator, (), words)


@rule
def subjects_allow_what_is_broken_down(catalogue: Catalogue, files: Files) -> Iterator[str]:
    limits = catalogue.limits
    for indicator, _, sources in _broken_down(catalogue) if limits else ():
        for one in limits.subjects_of_indicator(indicator, sources) if limits else ():
            if not one.breakdown:
                words = f"mag niet bij {one.id} (limits.yaml). {one.because}"
                yield _fault(files, indicator, (), words)


def _fault(files: Files, indicator: Indicator, place: Place, words: str) -> str:
    return fault_in(files, f"Indicator:{indicator.id}", ("breakdown", *place), words)

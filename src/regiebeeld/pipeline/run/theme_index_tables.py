"""The index of themes that goes into every file: definitions of the catalogue, no data."""

from collections.abc import Iterator

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Indicator, Source, Theme
from regiebeeld.releases.theme_index import (
    ATTEMPT_PAIR_SCHEMA,
    CATALOGUE_THEME_SCHEMA,
    POLICY_FIELD_SCHEMA,
)

Row = tuple[object, ...]
# The parts of a delivery that tells attempts apart: catalogue/fields.py, Role.ATTEMPT.
_ATTEMPTS, _COMPLETED = ":attempt=poging", ":attempt=voltooid"


def theme_index_tables(catalogue: Catalogue) -> dict[str, pa.Table]:
    """Give the tables of the index: the same for every region."""
    return {
        "policy_field": _table(POLICY_FIELD_SCHEMA, _list_pointers(catalogue)),
        "catalogue_theme": _table(CATALOGUE_THEME_SCHEMA, _list_themes(catalogue)),
        "attempt_pair": _table(ATTEMPT_PAIR_SCHEMA, _list_attempt_pairs(catalogue)),
    }


def _table(schema: pa.Schema, rows: Iterator[Row]) -> pa.Table:
    numbered = [dict(zip(schema.names, (k, *row), strict=True)) for k, row in enumerate(rows)]
    return pa.Table.from_pylist(numbered, schema=schema)


def _list_pointers(catalogue: Catalogue) -> Iterator[Row]:
    index = catalogue.policy_fields
    homes = {name: theme.id for theme in _in_order(catalogue) for name in theme.indicators}
    for field in index.fields if index else ():
        head = (field.id, field.title, field.words, index.source if index else "")
        for theme in field.themes:
            yield (*head, theme, None)
        for name in field.indicators:
            yield (*head, homes[name], name)


def _list_themes(catalogue: Catalogue) -> Iterator[Row]:
    for theme in _in_order(catalogue):
        for source in _list_sources(catalogue, theme):
            terms = source.terms
            about = (source.title, terms.publisher, terms.is_delivery)
            yield (theme.id, theme.title, theme.question, *about)


def _in_order(catalogue: Catalogue) -> list[Theme]:
    return sorted(catalogue.themes.values(), key=lambda theme: theme.position)


def _list_sources(catalogue: Catalogue, theme: Theme) -> list[Source]:
    """List each source that a figure of the theme names, once, in order of page."""
    names = dict.fromkeys(
        wanted.source for name in theme.indicators for wanted in catalogue.indicators[name].sources
    )
    return [catalogue.sources[name] for name in names]


def _list_attempt_pairs(catalogue: Catalogue) -> Iterator[Row]:
    """List each figure of attempts with the one that counts the same events when completed."""
    completed = {events: one.id for one, events in _list_parts(catalogue, _COMPLETED)}
    for one, events in _list_parts(catalogue, _ATTEMPTS):
        if events in completed:
            yield one.id, completed[events]


def _list_parts(
    catalogue: Catalogue, ending: str
) -> Iterator[tuple[Indicator, tuple[tuple[str, tuple[str, ...]], ...]]]:
    """Give the indicators of which every event set has this ending, and their events without it."""
    for one in catalogue.indicators.values():
        if all(name.endswith(ending) for each in one.sources for name in each.event_sets):
            events = (
                (each.source, tuple(name.removesuffix(ending) for name in each.event_sets))
                for each in one.sources
            )
            yield one, tuple(events)

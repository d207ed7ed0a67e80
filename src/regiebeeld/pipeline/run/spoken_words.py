"""The English of words that a release holds in Dutch: titles, descriptions, publishers, policy.

By the Dutch words, so that a file tells nothing in English that it does not tell in Dutch.
"""

from collections.abc import Iterator

import pyarrow as pa

from regiebeeld.catalogue import Catalogue, Region
from regiebeeld.releases.language import ENGLISH
from regiebeeld.releases.translating import TRANSLATION_SCHEMA, WORDS

# What source_tables.py puts around a title, and its own words.
_INVENTED, _LAYOUT = "{title} ({invented})", "{title}, {layout} {year}"
_OWN = {"Verzonnen voorbeeld": "Invented example", "bestand": "file"}


def words_table(catalogue: Catalogue, region: Region) -> pa.Table:
    """Give the English of every word of the catalogue that can stand in a release of a region."""
    found = dict(_list_words(catalogue, region))
    rows = [
        dict(zip(TRANSLATION_SCHEMA.names, (ENGLISH, WORDS, dutch, "text", text), strict=True))
        for dutch, text in found.items()
    ]
    return pa.Table.from_pylist(rows, schema=TRANSLATION_SCHEMA)


def _list_words(catalogue: Catalogue, region: Region) -> Iterator[tuple[str, str]]:
    english = catalogue.english
    if english is None:
        return
    yield from _OWN.items()
    yield from english.phrases.items()
    for one in region.gemeenten:
        yield f"Gemeente {one.name}", f"Municipality of {one.name}"
    for name, words in english.indicators.items():
        if name in catalogue.indicators:
            yield catalogue.indicators[name].title, words.title
    for name, about in english.sources.items():
        if name in catalogue.sources:
            yield catalogue.sources[name].description, about.description
            yield from _list_titles(catalogue.sources[name].title, about.title, region)


def _list_titles(dutch: str, english: str, region: Region) -> Iterator[tuple[str, str]]:
    """Give a title as it stands in a release: with the year of a layout, and as invented."""
    titles = [(dutch, english)]
    for layout in region.layouts:
        year = layout.vintage
        titles.append(
            (
                _LAYOUT.format(title=dutch, layout="indeling", year=year),
                _LAYOUT.format(title=english, layout="layout of", year=year),
            )
        )
    yield from titles
    for title, said in titles:
        yield (
            _INVENTED.format(title=title, invented="verzonnen"),
            _INVENTED.format(title=said, invented="invented"),
        )

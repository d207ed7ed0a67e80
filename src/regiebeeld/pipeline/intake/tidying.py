"""Tidies what a reader found before it is checked: header names in the contract's spelling, no
empty rows. Both are told; it changes no value, and refuses nothing but a table of empty rows only.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.pipeline.intake.delivered import Content, Note, check_size
from regiebeeld.pipeline.intake.limits import STANDARD, Limits
from regiebeeld.pipeline.intake.row_places import RowPlaces

_MOST_TOLD = 10
_SPACES = (" ", "\t", "\u00a0")


def tidy(content: Content, known: Iterable[str], limits: Limits = STANDARD) -> Content:
    """Give the content with the names of the contract and without empty rows, each told.

    Raises RefusedFile when every row is empty.
    """
    return _without_empty_rows(_with_known_names(content, tuple(known)), limits)


def fold(name: str) -> str:
    """Give what two spellings of one header have in common: no case, no spaces around."""
    return " ".join(name.split()).casefold()


def _with_known_names(content: Content, known: Sequence[str]) -> Content:
    there = content.table.column_names
    spelled = {fold(name): name for name in known if name not in there}
    names = [name if name in known else spelled.pop(fold(name), name) for name in there]
    changed = [i for i, name in enumerate(there) if names[i] != name]
    if not changed:
        return content
    places = ", ".join(str(i + 1) for i in changed)
    read_as = ", ".join(repr(names[i]) for i in changed)
    words = f"De kop van kolom {places} is anders geschreven dan in het contract; gelezen als "
    note = Note("header_spelling", f"{words}{read_as}.")
    return replace(content, table=content.table.rename_columns(names), notes=(*content.notes, note))


def _without_empty_rows(content: Content, limits: Limits) -> Content:
    table, places = content.table, content.places
    empty = _find_empty(table)
    if not len(empty):
        return content
    kept = np.ones(table.num_rows, bool)
    kept[empty] = False
    check_size(int(kept.sum()), table.num_columns, limits)
    rows = np.flatnonzero(kept)
    numbers = pa.array(rows + places.first) if places.numbers is None else places.numbers.take(rows)
    return replace(
        content,
        table=table.filter(pa.array(kept)),
        notes=(*content.notes, _tell_empty(places.of((empty + 1).tolist()))),
        places=RowPlaces(places.first, numbers),
    )


def _find_empty(table: pa.Table) -> NDArray[np.int64]:
    """Give the rows, counted from 0, in which no column has anything but spaces.

    Each column is only looked at where all before it are empty: nearly nowhere.
    """
    rows: NDArray[np.int64] | None = None
    for column in table.columns:
        texts = column if rows is None else column.take(pa.array(rows))
        found = _find_blank(texts)
        rows = found if rows is None else rows[found]
        if not len(rows):
            break
    return np.zeros(0, np.int64) if rows is None else rows


def _find_blank(texts: pa.ChunkedArray) -> NDArray[np.int64]:
    """Give the places of texts that are null, empty or spaces; most are seen by their length."""
    maybe = pc.equal(pc.fill_null(pc.binary_length(texts), 0), 0)
    for space in _SPACES:
        maybe = pc.or_(maybe, pc.fill_null(pc.starts_with(texts, space), False))
    places: NDArray[np.int64] = np.flatnonzero(maybe.to_numpy())
    if not len(places):
        return places
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(texts.take(pa.array(places)), ""))
    blank: NDArray[np.int64] = places[pc.equal(trimmed, "").to_numpy()]
    return blank


def _tell_empty(numbers: Collection[int]) -> Note:
    first = ", ".join(str(number) for number in list(numbers)[:_MOST_TOLD])
    if len(numbers) == 1:
        return Note("empty_row", f"Rij {first} is leeg en is overgeslagen.")
    more = f" en nog {len(numbers) - _MOST_TOLD}" if len(numbers) > _MOST_TOLD else ""
    words = f"{len(numbers)} rijen zijn leeg en zijn overgeslagen: rij {first}{more}."
    return Note("empty_row", words)

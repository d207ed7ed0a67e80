"""Reads a delivered file of any allowed kind into one table of text; judges no value."""

from pathlib import Path

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import FieldType, Role, fields_with
from regiebeeld.pipeline.intake.delivered import Delivered
from regiebeeld.pipeline.intake.limits import STANDARD, Limits
from regiebeeld.pipeline.intake.template_words import compute_own_texts
from regiebeeld.pipeline.intake.wanted import Wanted, read_wanted


def read_delivery(path: Path, source: Source, *, limits: Limits = STANDARD) -> Delivered:
    """Read a file as text, finding its kind, encoding, delimiter and decimal sign.

    The contract is only used to recognise the header and the number columns. Raises RefusedFile
    with words and place for anything that is no single, whole, bounded table. The door reads with
    `reading_apart`, which does the same in a process that a hostile file may break.
    """
    return read_wanted(path, wanted_of(source), limits=limits)


def wanted_of(source: Source) -> Wanted:
    """Give what reading has to know of a contract."""
    x = next(fields_with(source.fields, Role.X), None)
    y = next(fields_with(source.fields, Role.Y), None)
    return Wanted(
        names=tuple(source.field_names()),
        numbers=tuple(one.name for one in source.fields if one.type is FieldType.NUMBER),
        axes=(x.name, y.name) if x and y else None,
        own=compute_own_texts(source),
    )

"""How fine a subject may be shown and what for: catalogue/limits.yaml, and what falls under it.

Tells which limits a file must keep; it never widens one.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import Role, fields_with
from regiebeeld.catalogue.models import (
    Analysis,
    Finest,
    Id,
    Indicator,
    Label,
    Strict,
    Text,
    Whole,
    YesNo,
)

# A code is a word of its own (E33, but not E335); a dot may stand inside it (1.4.1).
_CODES = re.compile(r"[A-Za-z0-9.]+")


class Named(Strict):
    """How a subject is recognised, whatever a file says of itself."""

    codes: Annotated[
        tuple[Text, ...], Field(description="police codes and codes of offences in open tables")
    ] = ()
    words: Annotated[
        tuple[Text, ...],
        Field(description="parts of an id, event set or meaning that give it away, in lower case"),
    ] = ()

    def is_named_by(self, names: Iterable[str]) -> bool:
        """Tell whether one of the names holds a code or a word, in any case."""
        mine = {code.upper() for code in self.codes}
        return any(
            mine & {code.strip(".").upper() for code in _CODES.findall(name.replace("_", " "))}
            or any(word in name.casefold() for word in self.words)
            for name in names
        )


class Never(Named):
    """What is never counted, under whatever name."""

    because: Text


class Subject(Named):
    """One subject: the finest cell, the analyses and the label that any file about it may have."""

    id: Id
    title: Text
    deliveries_only: Annotated[
        YesNo, Field(description="true: an open table about it has its own limit")
    ] = False
    finest: Annotated[tuple[Finest, ...], Field(min_length=1)]
    analyses: tuple[Analysis, ...]
    most_open: Annotated[Label, Field(description="the most open label it may have")] = Label.INTERN
    breakdown: Annotated[
        YesNo, Field(description="true: who it is about may be told, by gemeente and year at most")
    ] = False
    in_trouble: Annotated[
        YesNo, Field(description="about persons in trouble: a trend and a comparison at most")
    ] = False
    special: Annotated[
        tuple[Literal["9", "10"], ...],
        Field(description="special grounds of the AVG that its agreements must have"),
    ] = ()
    same_events: Annotated[
        YesNo, Field(description="open tables about the same events exist and must be named")
    ] = False
    direction: Annotated[
        YesNo, Field(description="false: no arrow up or down beside the figure")
    ] = True
    because: Text

    def allows(self, finest: Finest) -> bool:
        """Tell whether a level and period are no finer than this subject may be shown."""
        return any(one.allows(finest.level, finest.period) for one in self.finest)


class Together(Strict):
    """When the areas of an intervention may be told as one, of events about persons."""

    least_homes: Annotated[
        Whole,
        Field(ge=100, description="in those areas, and in each piece of a shown area beside them"),
    ]
    because: Text


class Limits(Strict):
    """catalogue/limits.yaml."""

    never: tuple[Never, ...]
    subjects: Annotated[tuple[Subject, ...], Field(min_length=1)]
    together: Annotated[
        Together | None,
        Field(description="areas of an intervention as one figure; never when it is left out"),
    ] = None

    def find(self, subject: str | None) -> Subject | None:
        """Give the subject of that id, if there is one."""
        return next((one for one in self.subjects if one.id == subject), None)

    def subjects_of(self, source: Source) -> tuple[Subject, ...]:
        """Give every subject whose limit a source must keep: its own, and those it names."""
        names = tuple(names_of_source(source))
        return tuple(
            one
            for one in self.subjects
            if one.id == source.terms.subject
            or (_is_about(one, source.terms.is_delivery) and one.is_named_by(names))
        )

    def subjects_of_indicator(
        self, indicator: Indicator, sources: Iterable[Source]
    ) -> tuple[Subject, ...]:
        """Give every subject whose limit an indicator must keep, its sources' included."""
        used = tuple(sources)
        from_sources = {one.id for source in used for one in self.subjects_of(source)}
        delivered = any(source.terms.is_delivery for source in used)
        names = tuple(names_of_indicator(indicator))
        return tuple(
            one
            for one in self.subjects
            if one.id in from_sources or (_is_about(one, delivered) and one.is_named_by(names))
        )


def _is_about(subject: Subject, delivered: bool) -> bool:
    return delivered or not subject.deliveries_only


def names_of_source(source: Source) -> Iterator[str]:
    """Give all that says what a source counts: its id, event set, and the values of its list."""
    yield source.id
    if source.terms.event_set:
        yield source.terms.event_set
    for field in fields_with(source.fields, Role.EVENT_SET, Role.BREAKDOWN):
        yield from field.values
        yield from (meaning for _, meaning in field.meanings)


def names_of_indicator(indicator: Indicator) -> Iterator[str]:
    """Give all that says what an indicator counts: its id, police codes and event sets."""
    yield indicator.id
    yield from indicator.police_codes
    for wanted in indicator.sources:
        yield from wanted.event_sets

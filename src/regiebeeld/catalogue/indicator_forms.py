"""The form of an indicator, and of the parts that it may be broken down into.

A part is told beside its whole and never instead of it: by gemeente and whole year at most, without
a rate and without any analysis.
"""

from typing import Annotated

from pydantic import Field

from regiebeeld.catalogue.words import (
    Analysis,
    Effort,
    Factor,
    Figure,
    Finest,
    Id,
    Label,
    Strict,
    Text,
    Unit,
    Whole,
)
from regiebeeld.domain import AreaLevel, PeriodKind

# However fine the whole is told; a sliding year is finer than a year.
FINEST_PART = Finest(level=AreaLevel.GEMEENTE, period=PeriodKind.YEAR)


class Denominator(Strict):
    """What a rate is per; the first figure of the list that is known is used, and named."""

    figures: Annotated[tuple[Figure, ...], Field(min_length=1)]
    per: Annotated[Whole, Field(gt=0)] = 1000
    minimum: Annotated[Whole, Field(ge=100, description="no rate below this many")] = 100
    years_apart: Annotated[
        Whole,
        Field(ge=0, le=5, description="how far the denominator's year may lie from the figure's"),
    ] = 1


class IndicatorSource(Strict):
    """Where an indicator can come from: event sets of one source, added up."""

    source: Id
    event_sets: Annotated[tuple[Text, ...], Field(min_length=1)]


class Breakdown(Strict):
    """Who an indicator is about, told in the values of one column of its source."""

    column: Annotated[Text, Field(description="the column that the contract allows")]
    title: Annotated[Text, Field(description="by what, as in a sentence: leeftijd")]
    values: Annotated[
        dict[Text, Text],
        Field(min_length=2, description="every stored value of the column, with its title"),
    ]
    caution: Annotated[Text, Field(description="what it may not be used for")]

    def name(self, value: str) -> str:
        """Give the name of a part, in cells and behind an event set: `leeftijd=12-13`."""
        return f"{self.column}={value}"


class Indicator(Strict):
    """One indicator: catalogue/indicators/<theme>/<id>.yaml."""

    id: Id
    title: Text
    definition: Text
    caution: Text
    police_codes: tuple[Text, ...] = ()
    unit: Unit
    effort: Effort
    label: Label
    sources: Annotated[
        tuple[IndicatorSource, ...],
        Field(min_length=1, description="the first that a region has is used"),
    ]
    denominator: Denominator | None = None
    finest: Annotated[tuple[Finest, ...], Field(min_length=1)]
    analyses: tuple[Analysis, ...] = ()
    dark_months: Annotated[bool, Field(description="told even where no season is found")] = False
    factors: Annotated[
        tuple[Factor, ...],
        Field(
            description="with the analysis drivers: the traits of the surroundings that are laid "
            "beside it"
        ),
    ] = ()

    breakdown: Annotated[
        Breakdown | None, Field(description="who it is about: the values of a column, as parts")
    ] = None

    def allows(self, level: AreaLevel, period: PeriodKind) -> bool:
        """Tell whether a cell at this level and period is no finer than `finest`."""
        return any(finest.allows(level, period) for finest in self.finest)


def list_parts(indicator: Indicator) -> dict[str, Indicator]:
    """Give the indicator that each part is computed as, by the name of the part."""
    breakdown = indicator.breakdown
    if breakdown is None:
        return {}
    return {
        name: indicator.model_copy(
            update={
                "sources": tuple(_split(each, name) for each in indicator.sources),
                "finest": (FINEST_PART,),
                "analyses": (),
                "denominator": None,
                "breakdown": None,
            }
        )
        for name in map(breakdown.name, breakdown.values)
    }


def _split(wanted: IndicatorSource, part: str) -> IndicatorSource:
    event_sets = tuple(f"{name}:{part}" for name in wanted.event_sets)
    return wanted.model_copy(update={"event_sets": event_sets})

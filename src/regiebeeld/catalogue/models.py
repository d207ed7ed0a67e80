"""The strict form of every catalogue file except the ODCS contract itself."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from regiebeeld.catalogue.indicator_forms import (
    Breakdown,
    Denominator,
    Indicator,
    IndicatorSource,
    list_parts,
)
from regiebeeld.catalogue.words import (
    DENOMINATORS,
    PERCENTAGES,
    Analysis,
    DisclosureClass,
    Effort,
    Factor,
    Figure,
    Finest,
    GemeenteCode,
    Id,
    Label,
    Strict,
    TableNumber,
    Text,
    Unit,
    Whole,
    Year,
    YesNo,
)
from regiebeeld.domain import AreaLevel

# The words are read from here too: a form and its words are one language.
__all__ = [
    "DENOMINATORS",
    "PERCENTAGES",
    "Analysis",
    "Breakdown",
    "Denominator",
    "DisclosureClass",
    "Effort",
    "Factor",
    "Figure",
    "Finest",
    "GemeenteCode",
    "Id",
    "Indicator",
    "IndicatorSource",
    "Label",
    "Strict",
    "TableNumber",
    "Text",
    "Unit",
    "Whole",
    "Year",
    "YesNo",
    "list_parts",
]


class Theme(Strict):
    """One dashboard page: catalogue/themes/<id>.yaml."""

    id: Id
    position: Whole
    title: Text
    question: Text
    introduction: Text
    indicators: Annotated[tuple[Id, ...], Field(min_length=1)]


class Audience(Strict):
    """One kind of audience file; `per_gemeente` makes one file a gemeente."""

    id: Id
    title: Text
    labels: Annotated[tuple[Label, ...], Field(min_length=1)]
    own: AreaLevel
    elsewhere: AreaLevel
    per_gemeente: YesNo = False


class ClassRule(Strict):
    """Whether sources of a class may be published, and if not, what must exist first."""

    id: DisclosureClass
    publish: YesNo
    because: Text


class Audiences(Strict):
    """catalogue/audiences.yaml: who may see what."""

    classes: tuple[ClassRule, ...]
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)]


class Gemeente(Strict):
    code: GemeenteCode
    name: Text
    aliases: tuple[Text, ...] = ()


class RegionLayout(Strict):
    """One year's area layout that a region uses, and which levels its source delivers."""

    vintage: Year
    source: Id
    levels: Annotated[tuple[AreaLevel, ...], Field(min_length=1)]
    files: dict[AreaLevel, str] = Field(default_factory=dict)


class RegionSource(Strict):
    """A source that a region uses; `files` names a file a part when people hold it as files."""

    source: Id
    files: dict[str, str] = Field(default_factory=dict)
    vintage: Annotated[
        Year | None,
        Field(description="layout the table is counted in; the shown one when empty"),
    ] = None
    event_sets: tuple[Text, ...] = ()
    release: Annotated[
        YesNo, Field(description="false: counted in the working store, left out of every release")
    ] = True


class OwnAreaFile(Strict):
    """A gemeente's own areas, drawn in a GeoJSON file that lies in the folder for files."""

    gemeente: GemeenteCode
    file: Text
    code: Annotated[Text, Field(description="field of the file with the code of the area")]
    name: Annotated[Text, Field(description="field of the file with its name")]
    vintage: Annotated[
        Year | None, Field(description="layout to lay them over; the shown one when empty")
    ] = None


class Region(Strict):
    """regions/<id>/region.yaml."""

    id: Id
    title: Text
    invented: YesNo = False
    vintage: Year
    gemeenten: Annotated[tuple[Gemeente, ...], Field(min_length=1)]
    layouts: Annotated[tuple[RegionLayout, ...], Field(min_length=1)]
    sources: Annotated[tuple[RegionSource, ...], Field(min_length=1)]
    themes: Annotated[tuple[Id, ...], Field(min_length=1)]
    contact: Annotated[
        str | None,
        Field(
            pattern=r"^(https://[^\s\"<>]+|[^@\s\"<>?&]+@[^@\s\"<>?&]+\.[^@\s\"<>?&]+)$",
            description="e-mail or web address of a role, for who doubts a figure",
        ),
    ] = None
    own_areas: Annotated[
        tuple[OwnAreaFile, ...],
        Field(description="own areas of gemeenten, for rows that name those"),
    ] = ()

    @property
    def gemeente_codes(self) -> tuple[str, ...]:
        return tuple(gemeente.code for gemeente in self.gemeenten)


class SourceKind(StrEnum):
    CBS_ODATA3 = "cbs_odata3"
    CBS_ODATA4 = "cbs_odata4"
    PDOK_OGC = "pdok_ogc"
    PDOK_WFS = "pdok_wfs"
    FILE = "file"
    DELIVERY = "delivery"


class Base(StrEnum):
    """The setting that holds the address a source is fetched from."""

    CBS_DATADERDEN = "cbs_dataderden"
    CBS_OPENDATA = "cbs_opendata"
    CBS_ODATA4 = "cbs_odata4"
    PDOK_OGC = "pdok_ogc"
    PDOK_WFS = "pdok_wfs"


class Content(StrEnum):
    COUNTS = "counts"
    KEY_FIGURES = "key_figures"
    AREAS = "areas"


class CountColumns(Strict):
    """Which columns of the table hold what."""

    area: Text
    period: Text | None = None
    event_set: Text | None = None
    count: Text | None = None


class AreaCollection(Strict):
    """One level of an area source: its collection (or layer) and the columns that matter."""

    level: AreaLevel
    collection: Text
    code: Text
    name: Text
    water: str | None = None
    year_code: str | None = None
    postcode: Annotated[
        str | None, Field(description="column with the most frequent PC4 of the area")
    ] = None


class FigureColumn(Strict):
    figure: Figure
    column: Text


class Grain(StrEnum):
    """What one row of a delivery is."""

    EVENT = "event"
    COUNT = "count"


class Frequency(StrEnum):
    """How often a delivery is due."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class RowsGround(StrEnum):
    """Why a row an event may be delivered where no decision of article 20 Wpg stands behind it."""

    PUBLIC_BY_OWNER = "public_by_owner"
    FIRE_SERVICE = "fire_service"


class SourceTerms(Strict):
    """The part of a contract that ODCS has no word for: customProperties › regiebeeld."""

    kind: SourceKind
    base: Base | None = None
    table: Text
    publisher: Text
    content: Content
    disclosure: DisclosureClass = DisclosureClass.PERSONS
    unit: Unit | None = None
    label: Label = Label.INTERN
    columns: CountColumns | None = None
    total: str | None = None
    withheld: tuple[Text, ...] = ()
    rare: tuple[Text, ...] = ()
    fixed: dict[str, str] = Field(default_factory=dict)
    figures: tuple[FigureColumn, ...] = ()
    figures_year: Year | None = None
    collections: tuple[AreaCollection, ...] = ()
    grain: Annotated[Grain | None, Field(description="one row is one event, or one count")] = None
    atom: Annotated[
        Finest | None, Field(description="the finest cell that is ever counted and stored")
    ] = None
    event_set: Annotated[
        Text | None, Field(description="what is counted, when no column says so")
    ] = None
    least_linked: Annotated[
        float,
        Field(
            ge=0.5,
            le=1,
            description="part of the counts that should have an area of the atom's level; a "
            "delivery with less is told, and one of which half has no gemeente is refused",
        ),
    ] = 0.8
    effort: Effort | None = None
    finest: tuple[Finest, ...] = ()
    breakdown: Annotated[
        Text | None,
        Field(
            description="the one column (role breakdown) of which a release may tell the values: "
            "whole years, and no finer than a gemeente"
        ),
    ] = None
    analyses: tuple[Analysis, ...] = ()
    frequency: Annotated[Frequency | None, Field(description="how often a file is due")] = None
    due_days: Annotated[
        Whole, Field(ge=0, le=400, description="days after a period's end that a file is due")
    ] = 21
    settling_months: Annotated[
        Whole,
        Field(
            ge=0,
            le=24,
            description="months at the end of which rows keep coming; where deliveries do not tell "
            "how much of them is in, no signal is sought there",
        ),
    ] = 0
    missing: Annotated[
        tuple[str, ...], Field(description="texts that mean: not known; an empty cell always does")
    ] = ()
    same_events_as: Annotated[
        tuple[Id, ...], Field(description="public tables about the same events, by source")
    ] = ()
    same_event_sets: dict[str, tuple[Text, ...]] = Field(
        default_factory=dict,
        description="codes in those tables that count the same, by event set",
    )
    same_events_in: Annotated[
        tuple[TableNumber, ...],
        Field(description="numbers of such tables that have no contract here yet"),
    ] = ()
    subject: Annotated[
        Id | None, Field(description="the subject of limits.yaml whose limits it keeps")
    ] = None
    direction: Annotated[
        YesNo, Field(description="false: no arrow up or down, more can mean better reporting")
    ] = True
    rows_because: Annotated[
        RowsGround | None,
        Field(description="why rows about persons may come without a decision (Wpg 20)"),
    ] = None
    near_repeats: Annotated[
        YesNo,
        Field(
            description="true: at the door the coordinates also tell how often events follow one "
            "another closely; only rounded ratios are kept"
        ),
    ] = False

    @property
    def is_delivery(self) -> bool:
        return self.kind is SourceKind.DELIVERY


class CorrectionGuard(Strict):
    """What must still be true of the source for a correction to apply."""

    period: Text
    area: Text
    event_set: Text
    count: Whole | None


class Correction(Strict):
    """A known error in a source: what is wrong, since when we know, and the guard."""

    reason: Text
    found: Text
    guard: CorrectionGuard
    status: Literal["missing", "not_collected"]


class Corrections(Strict):
    """catalogue/corrections/<source>.yaml."""

    source: Id
    corrections: tuple[Correction, ...]

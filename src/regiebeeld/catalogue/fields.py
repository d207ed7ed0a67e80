"""One field of a delivery: what a column must hold, and what may be done with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from open_data_contract_standard.model import SchemaProperty
from pydantic import BaseModel, ConfigDict

from regiebeeld.domain import CatalogueError

Bound = int | float | str


class Role(StrEnum):
    """What a column is for. What is only needed to link is dropped after linking."""

    EVENT_SET = "event_set"
    BREAKDOWN = "breakdown"
    ATTEMPT = "attempt"
    COUNT = "count"
    PERIOD = "period"
    BEGIN = "begin"
    END = "end"
    BEGIN_YEAR = "begin_year"
    BEGIN_MONTH = "begin_month"
    AREA_CODE = "area_code"
    AREA_NAME = "area_name"
    GEMEENTE_NAME = "gemeente_name"
    POSTCODE6 = "postcode6"
    HOUSE_NUMBER = "house_number"
    HOUSE_LETTER = "house_letter"
    POSTCODE4 = "postcode4"
    X = "x"
    Y = "y"
    ROW_KEY = "row_key"
    DROP = "drop"

    @property
    def is_link_key(self) -> bool:
        """Tell whether the column only serves to find the area, and is dropped after that."""
        return self in LINK_ROLES


LINK_ROLES = (
    Role.AREA_CODE,
    Role.AREA_NAME,
    Role.GEMEENTE_NAME,
    Role.POSTCODE6,
    Role.HOUSE_NUMBER,
    Role.HOUSE_LETTER,
    Role.POSTCODE4,
    Role.X,
    Role.Y,
)


class FieldType(StrEnum):
    """The logical types of ODCS that a delivery may use."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


class Crs(StrEnum):
    """The two ways in which coordinates may be written."""

    RD = "EPSG:28992"
    WGS84 = "EPSG:4326"


# Spelled as ODCS asks (the patterns of Java), and three forms of text of our own.
PERIOD_FORMAT = "periode"
MONTH_NAME_FORMAT = "maand_naam"
AREA_NAME_FORMAT = "gebiedsnaam"
FORMATS: dict[FieldType, tuple[str, ...]] = {
    FieldType.DATE: ("yyyy-MM-dd", "dd-MM-yyyy", "yyyyMMdd"),
    FieldType.TIMESTAMP: (
        "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss",
        "dd-MM-yyyy HH:mm:ss",
        "dd-MM-yyyy HH:mm",
    ),
    FieldType.STRING: (PERIOD_FORMAT, MONTH_NAME_FORMAT, AREA_NAME_FORMAT),
}
MONTH_NAMES = (
    ("jan", "januari"),
    ("feb", "februari"),
    ("mrt", "maart"),
    ("apr", "april"),
    ("mei", "mei"),
    ("jun", "juni"),
    ("jul", "juli"),
    ("aug", "augustus"),
    ("sep", "september"),
    ("okt", "oktober"),
    ("nov", "november"),
    ("dec", "december"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a delivery. `name` is the header in the file, `id` the name it is stored by.

    `values` lists every text that is allowed; `meanings` says what a delivered value is stored as
    (`J` means `poging`). `minimum` and `maximum` are numbers, or ISO dates for dates.
    """

    name: str
    role: Role
    type: FieldType
    required: bool = False
    values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    crs: Crs | None = None
    description: str = ""
    example: str = ""
    id: str = ""
    format: str | None = None
    max_length: int | None = None
    meanings: tuple[tuple[str, str], ...] = ()

    def stored_as(self, value: str) -> str:
        """Give what a delivered value is stored as; without a meaning it is kept."""
        return dict(self.meanings).get(value, value)


class FieldTerms(BaseModel):
    """What ODCS has no word for: the customProperties of one column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    values: tuple[str, ...] = ()
    meanings: dict[str, str] = {}
    crs: Crs | None = None


class FieldOptions(BaseModel):
    """The logicalTypeOptions of ODCS that are checked here; any other is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: str | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    maxLength: int | None = None  # noqa: N815 - the spelling of ODCS
    format: str | None = None


def terms_of(column: SchemaProperty | dict[str, Any]) -> dict[str, Any]:
    """Give the customProperties of one column by name."""
    if isinstance(column, SchemaProperty):
        return {str(one.property): one.value for one in column.customProperties or ()}
    entries = column.get("customProperties")
    return {
        str(entry.get("property")): entry.get("value")
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    }


def build_fields(columns: Iterable[SchemaProperty]) -> tuple[Field, ...]:
    """Build every field; raise CatalogueError when a column is not checked beforehand."""
    return tuple(build_field(column) for column in columns)


def build_field(column: SchemaProperty) -> Field:
    """Build one field from a column that `check_fields` found no fault in."""
    try:
        terms = FieldTerms.model_validate(terms_of(column))
        options = FieldOptions.model_validate(column.logicalTypeOptions or {})
        kind = FieldType(column.logicalType or "")
    except ValueError as fault:
        words = f"kolom {column.name!r} van het contract past niet: {fault}"
        raise CatalogueError(words) from fault
    return Field(
        name=str(column.physicalName or column.name),
        role=terms.role,
        type=kind,
        required=bool(column.required),
        values=terms.values,
        pattern=options.pattern,
        minimum=options.minimum,
        maximum=options.maximum,
        crs=terms.crs,
        description=str(column.description or ""),
        example=next((str(example) for example in column.examples or ()), ""),
        id=str(column.name),
        format=options.format or _default_format(kind),
        max_length=options.maxLength,
        meanings=tuple(terms.meanings.items()),
    )


def _default_format(kind: FieldType) -> str | None:
    if kind in (FieldType.DATE, FieldType.TIMESTAMP):
        return FORMATS[kind][0]
    return None


def fields_with(fields: Iterable[Field], *roles: Role) -> Iterator[Field]:
    """Give the fields that have one of the roles, in the order of the contract."""
    return (field for field in fields if field.role in roles)

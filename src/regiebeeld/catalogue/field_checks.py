"""Rules for the columns of a delivery: each has a role, a fixed form, and no room for free text."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any, TypeGuard

from open_data_contract_standard.model import SchemaProperty
from pydantic import ValidationError

from regiebeeld.catalogue.faults import suggest
from regiebeeld.catalogue.fields import (
    AREA_NAME_FORMAT,
    FORMATS,
    LINK_ROLES,
    MONTH_NAME_FORMAT,
    MONTH_NAMES,
    PERIOD_FORMAT,
    Field,
    FieldOptions,
    FieldTerms,
    FieldType,
    Role,
    build_field,
    terms_of,
)
from regiebeeld.catalogue.free_text import find_let_through
from regiebeeld.catalogue.located_yaml import Place

Fault = tuple[Place, str]
COLUMNS: Place = ("schema", 0, "properties")
ATTEMPTS = ("voltooid", "poging")
_NAMES_OF_FREE_TEXT = re.compile(
    r"bsn|burgerservice|voornaam|achternaam|geboorte|telefoon|e[-_ ]?mail|iban|kenteken"
    r"|toelichting|opmerking|omschrijving|verhaal|notitie|vrije.?tekst",
    re.IGNORECASE,
)
# A part of an address that is no link key stands empty, or says a fixed word such as STRAAT.
_NAMES_OF_ADDRESS = re.compile(r"straat|adres|huis_?(nummer|nr|letter)|postcode", re.IGNORECASE)
_NAMED_AREAS = (Role.AREA_NAME, Role.GEMEENTE_NAME)
# Numbers of persons have eight digits and more (a BSN without its leading zero).
_LARGEST_NUMBER = 9_999_999
_PLACED = (Role.X, Role.Y, Role.ROW_KEY)
_ONE_EACH = tuple(role for role in Role if role not in (Role.DROP, Role.BREAKDOWN))
_LISTED = (Role.EVENT_SET, Role.BREAKDOWN, Role.ATTEMPT)
# The link itself knows every code and name there is, so these need no pattern of their own.
_CHECKED_BY_LINKING = (Role.AREA_CODE, Role.AREA_NAME, Role.GEMEENTE_NAME)
_TYPES = {
    Role.COUNT: (FieldType.INTEGER,),
    Role.PERIOD: (FieldType.STRING,),
    Role.BEGIN: (FieldType.DATE, FieldType.TIMESTAMP),
    Role.END: (FieldType.DATE, FieldType.TIMESTAMP),
    Role.BEGIN_YEAR: (FieldType.INTEGER,),
    Role.BEGIN_MONTH: (FieldType.STRING, FieldType.INTEGER),
    Role.X: (FieldType.INTEGER, FieldType.NUMBER),
    Role.Y: (FieldType.INTEGER, FieldType.NUMBER),
}


def check_fields(values: dict[str, Any], grain: object) -> Iterator[Fault]:
    """Yield every fault in the columns of a delivery contract: place and words."""
    columns = _columns(values)
    if not columns:
        yield COLUMNS, "een levering heeft kolommen nodig"
        return
    fields: list[tuple[Place, Field]] = []
    for i, column in enumerate(columns):
        place: Place = (*COLUMNS, i)
        faults = list(_form_faults(column))
        yield from ((place + at, words) for at, words in faults)
        if not faults:
            fields.append((place, build_field(SchemaProperty.model_validate(column))))
    for place, field in fields:
        yield from ((place + at, words) for at, words in _field_faults(field))
    if len(fields) == len(columns):
        yield from _repeated(fields)
        yield from _whole([field for _, field in fields], str(grain))


def _columns(values: dict[str, Any]) -> list[Any]:
    tables = values.get("schema")
    first = tables[0] if isinstance(tables, list) and tables else {}
    columns = first.get("properties") if isinstance(first, dict) else []
    return columns if isinstance(columns, list) else []


def _form_faults(column: Any) -> Iterator[Fault]:
    """Is this a column at all: name, type, role, known options."""
    if not isinstance(column, dict):
        yield (), "moet een blok met velden zijn"
        return
    kind = column.get("logicalType")
    if kind not in tuple(FieldType):
        yield ("logicalType",), f"{kind!r} kan hier niet{suggest(str(kind), FieldType)}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(column.get("name", ""))):
        yield ("name",), "moet snake_case zijn; zet de kop uit het bestand in physicalName"
    entries = column.get("customProperties") or ()
    names = Counter(str(entry.get("property")) for entry in entries if isinstance(entry, dict))
    for name, times in names.items():
        if times > 1:
            yield ("customProperties",), f"{name!r} staat hier {times} keer"
    terms = terms_of(column)
    if "role" not in terms:
        yield ("customProperties",), "mist een role: waar is deze kolom voor"
    elif terms["role"] not in tuple(Role):
        words = f"role {terms['role']!r} bestaat niet{suggest(str(terms['role']), Role)}"
        yield ("customProperties",), words
    else:
        yield from _told("customProperties", FieldTerms, terms)
    yield from _told("logicalTypeOptions", FieldOptions, column.get("logicalTypeOptions") or {})


def _told(where: str, form: type[FieldTerms] | type[FieldOptions], values: Any) -> Iterator[Fault]:
    try:
        form.model_validate(values, strict=form is FieldOptions)
    except ValidationError as error:
        for name in sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}):
            words = "past niet"
            if name not in form.model_fields:
                words = f"is geen bekend veld{suggest(name, form.model_fields)}"
            yield (where,), f"{name} {words}"


def _field_faults(field: Field) -> Iterator[Fault]:
    if not field.description:
        yield ("description",), "ontbreekt: zeg wat er in deze kolom staat"
    allowed = _TYPES.get(field.role, tuple(FieldType))
    if field.type not in allowed:
        yield ("logicalType",), f"een kolom {field.role} is {' of '.join(allowed)}"
    if field.format and field.format not in FORMATS.get(field.type, ()):
        known = FORMATS.get(field.type, ())
        yield (
            ("logicalTypeOptions", "format"),
            f"{field.format!r} kan hier niet{suggest(field.format, known)}",
        )
    if field.type in (FieldType.DATE, FieldType.TIMESTAMP):
        yield from _date_bound_faults(field)
    yield from _role_faults(field)
    yield from _free_text_faults(field)
    yield from _example_faults(field)


def _date_bound_faults(field: Field) -> Iterator[Fault]:
    for name, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        try:
            date.fromisoformat("2000-01-01" if bound is None else str(bound))
        except ValueError:
            yield ("logicalTypeOptions", name), f"{bound!r} is geen datum zoals 2026-01-31"


def _role_faults(field: Field) -> Iterator[Fault]:
    if field.role in _LISTED and not field.values:
        yield ("customProperties",), f"een kolom {field.role} heeft een vaste lijst values nodig"
    if field.role is Role.PERIOD and field.format != PERIOD_FORMAT:
        yield ("logicalTypeOptions",), f"een kolom period heeft format: {PERIOD_FORMAT}"
    if field.role is Role.COUNT and not (_is_number(field.minimum) and float(field.minimum) >= 0):
        yield ("logicalTypeOptions",), "een aantal heeft minimum: 0 nodig, of meer"
    if (field.role in (Role.X, Role.Y)) != (field.crs is not None):
        yield ("customProperties",), "crs hoort bij x en y, en alleen daar: EPSG:28992 of EPSG:4326"
    for delivered, stored in field.meanings:
        if delivered not in field.values:
            yield ("customProperties",), f"{delivered!r} staat in meanings en niet in values"
        if field.role is Role.ATTEMPT and stored not in ATTEMPTS:
            yield ("customProperties",), f"{stored!r} kan niet; wel: {', '.join(ATTEMPTS)}"
    if field.role is Role.ATTEMPT:
        for value in field.values:
            if field.stored_as(value) not in ATTEMPTS:
                yield ("customProperties",), f"{value!r} mist een betekenis onder meanings"


def _free_text_faults(field: Field) -> Iterator[Fault]:
    """A column that can hold a sentence can hold a name."""
    spelled = f"{field.id} {field.name}"
    if _NAMES_OF_FREE_TEXT.search(spelled) and field.role not in LINK_ROLES:
        words = f"kolom {field.name!r} klinkt naar een persoon of vrije tekst; die komt er niet in"
        yield ("name",), words
    closed = field.values or field.max_length == 0
    if _NAMES_OF_ADDRESS.search(spelled) and field.role not in LINK_ROLES and not closed:
        words = (
            f"kolom {field.name!r} klinkt naar een adres; maak er een sleutel voor het koppelen "
            "van, of geef values of maxLength: 0"
        )
        yield ("name",), words
    if field.pattern is not None:
        yield from _pattern_faults(field)
    yield from _area_name_faults(field)
    fixed = field.values or field.pattern or field.format or field.max_length == 0
    if field.type is FieldType.STRING and not fixed and field.role not in _CHECKED_BY_LINKING:
        words = "vrije tekst mag niet: geef values, een pattern, een format of maxLength: 0"
        yield ("logicalTypeOptions",), words
    if field.type in (FieldType.INTEGER, FieldType.NUMBER) and field.role not in _PLACED:
        yield from _large_number_faults(field)


def _area_name_faults(field: Field) -> Iterator[Fault]:
    """Names of areas are the only words without a list; they are dropped after linking."""
    if field.format == AREA_NAME_FORMAT and field.role not in (Role.DROP, *_NAMED_AREAS):
        words = f"{AREA_NAME_FORMAT} kan alleen bij drop, area_name of gemeente_name"
        yield ("logicalTypeOptions", "format"), words


def _large_number_faults(field: Field) -> Iterator[Fault]:
    bounds = (field.minimum, field.maximum)
    if not all(_is_number(bound) and abs(bound) <= _LARGEST_NUMBER for bound in bounds):
        words = (
            "een getal heeft een minimum en een maximum van hooguit zeven cijfers nodig; "
            "anders past er een nummer van een persoon in"
        )
        yield ("logicalTypeOptions",), words


def _pattern_faults(field: Field) -> Iterator[Fault]:
    place: Place = ("logicalTypeOptions", "pattern")
    named = field.format == AREA_NAME_FORMAT or field.role in _NAMED_AREAS
    try:
        through = find_let_through(field.pattern or "", names=named)
    except re.error as fault:
        yield place, f"is geen geldig patroon: {fault}"
        return
    # The door holds a link key to the form of its role too.
    if through and field.role not in LINK_ROLES:
        yield place, f"is te ruim: laat vrije tekst of een persoon door, zoals {through[0][:40]!r}"


def _example_faults(field: Field) -> Iterator[Fault]:
    if not field.example:
        if field.required:
            yield ("examples",), "ontbreekt: een verplichte kolom heeft een voorbeeld nodig"
        return
    if words := explain_misfit(field, field.example):
        yield ("examples",), words


def explain_misfit(field: Field, text: str) -> str:
    """Say in words why a text does not fit a field; empty when it fits."""
    if field.values and text not in field.values:
        return f"{text!r} staat niet in values"
    if field.max_length is not None and len(text) > field.max_length:
        return f"{text!r} is langer dan {field.max_length} tekens"
    if field.pattern is not None and not _matches(field.pattern, text):
        return f"{text!r} past niet bij het patroon {field.pattern}"
    if field.format == MONTH_NAME_FORMAT and not _is_month_name(text):
        return f"{text!r} is geen naam van een maand"
    return _explain_number(field, text)


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True  # told where the pattern stands


def _is_month_name(text: str) -> bool:
    return any(text.lower() in names for names in MONTH_NAMES)


def _explain_number(field: Field, text: str) -> str:
    if field.type not in (FieldType.INTEGER, FieldType.NUMBER):
        return ""
    try:
        number = float(text)
    except ValueError:
        return f"{text!r} is geen getal"
    if field.type is FieldType.INTEGER and not number.is_integer():
        return f"{text!r} is geen heel getal"
    low = _is_number(field.minimum) and number < float(field.minimum)
    high = _is_number(field.maximum) and number > float(field.maximum)
    return f"{text!r} ligt buiten {field.minimum} tot {field.maximum}" if low or high else ""


def _is_number(bound: object) -> TypeGuard[int | float]:
    return isinstance(bound, int | float)


def _repeated(fields: list[tuple[Place, Field]]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, field in fields:
        for name, what in ((field.name, "physicalName"), (field.id, "name")):
            key = f"{what}:{name.strip().casefold()}"
            if key in seen:
                yield (*place, what), f"{name!r} staat hier voor de tweede keer"
            seen.add(key)


def _whole(fields: list[Field], grain: str) -> Iterator[Fault]:
    """Do the columns together make a delivery that can be counted and linked."""
    roles = Counter(field.role for field in fields)
    for role in _ONE_EACH:
        if roles[role] > 1:
            yield COLUMNS, f"{roles[role]} kolommen hebben de role {role}; hooguit één kan"
    if grain == "count":
        yield from _count_faults(roles)
    elif grain == "event":
        yield from _event_faults(roles)
    yield from _link_faults(fields, roles)


def _count_faults(roles: Counter[Role]) -> Iterator[Fault]:
    for role in (Role.COUNT, Role.PERIOD):
        if not roles[role]:
            yield COLUMNS, f"tellingen hebben een kolom met de role {role} nodig"
    events_only = (Role.BEGIN, Role.END, Role.BEGIN_YEAR, Role.BEGIN_MONTH, Role.ROW_KEY)
    for role in (*events_only, Role.X, Role.Y, Role.POSTCODE6, Role.HOUSE_NUMBER):
        if roles[role]:
            yield COLUMNS, f"tellingen hebben geen kolom met de role {role}"


def _event_faults(roles: Counter[Role]) -> Iterator[Fault]:
    by_parts = roles[Role.BEGIN_YEAR] and roles[Role.BEGIN_MONTH]
    if not (roles[Role.BEGIN] or by_parts):
        yield COLUMNS, "gebeurtenissen hebben een kolom begin nodig, of begin_year en begin_month"
    for role in (Role.COUNT, Role.PERIOD):
        if roles[role]:
            yield COLUMNS, f"gebeurtenissen hebben geen kolom met de role {role}"


def _link_faults(fields: list[Field], roles: Counter[Role]) -> Iterator[Fault]:
    finders = (Role.AREA_CODE, Role.AREA_NAME, Role.GEMEENTE_NAME, Role.POSTCODE6)
    if not any(roles[role] for role in (*finders, Role.POSTCODE4, Role.X)):
        yield COLUMNS, "geen kolom zegt waar het was: geef een code, naam, postcode of coördinaten"
    for role, needed in (
        (Role.X, Role.Y),
        (Role.Y, Role.X),
        (Role.HOUSE_NUMBER, Role.POSTCODE6),
        (Role.HOUSE_LETTER, Role.HOUSE_NUMBER),
    ):
        if roles[role] and not roles[needed]:
            yield COLUMNS, f"een kolom {role} heeft ook een kolom {needed} nodig"
    systems = [field.crs for field in fields if field.crs]
    if any(one != other for one, other in pairwise(systems)):
        yield COLUMNS, "x en y hebben niet dezelfde crs"

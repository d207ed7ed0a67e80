"""Compiles a contract's fields to row rules: each an SQL condition that is true for a bad row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from regiebeeld.catalogue.fields import (
    AREA_NAME_FORMAT,
    MONTH_NAME_FORMAT,
    PERIOD_FORMAT,
    Crs,
    Field,
    FieldType,
    Role,
)
from regiebeeld.pipeline.intake.field_sql import (
    EXCEL_DAY,
    MOMENTS,
    NUMBERS,
    PERIOD,
    Columns,
    Parameters,
    matches,
)
from regiebeeld.pipeline.intake.findings import Severity
from regiebeeld.pipeline.intake.point_rules import list_cases, reads_otherwise

EARLIEST = date(1990, 1, 1)  # what no contract says otherwise: older is 1900-style filling
LONGEST_TEXT = 200
_MOST_LISTED = 8
_DUTCH_LETTERS = str.maketrans({"y": "j", "M": "m", "H": "u"})
_NAME = "['’(0-9A-Za-zÀ-ž][0-9A-Za-zÀ-ž'’`´\"()., /&+–-]{0,63}"
FIXED_PATTERNS = {
    Role.POSTCODE6: ("[1-9][0-9]{3} ?[A-Za-z]{2}", "een postcode zoals 7511 AB"),
    Role.POSTCODE4: ("[1-9][0-9]{3}", "vier cijfers van een postcode"),
    Role.HOUSE_NUMBER: ("[1-9][0-9]{0,4}", "een huisnummer zonder letter"),
    Role.HOUSE_LETTER: ("[A-Za-z]", "één letter"),
    Role.AREA_CODE: ("(GM|WK|BU)?[0-9]{1,4}[0-9A-Z]{0,4}", "een gebiedscode"),
    Role.AREA_NAME: (_NAME, "de naam van een gebied"),
    Role.GEMEENTE_NAME: (_NAME, "de naam van een gemeente"),
}
_BOUNDS = {
    (Crs.RD, Role.X): (-7000, 300000),
    (Crs.RD, Role.Y): (289000, 629000),
    (Crs.WGS84, Role.X): (3.0, 7.5),
    (Crs.WGS84, Role.Y): (50.5, 53.8),
}
_FORMULA = "^[=+@\\t\\r＝＋－＠-]"
_PLAIN_NUMBER = "[+-]?[0-9.,]+|-"
_FORMS = {
    FieldType.INTEGER: "een heel getal",
    FieldType.NUMBER: "een getal zonder punten tussen duizendtallen",
    FieldType.BOOLEAN: "ja of nee (J, N)",
}


@dataclass(frozen=True, slots=True)
class RowRule:
    """`condition` is true for a row that breaks the rule; `words` say what was expected."""

    name: str
    condition: str
    words: str
    field: Field | None = None
    severity: Severity = Severity.ERROR


def compile_rules(
    columns: Columns, parameters: Parameters, *, today: date, from_csv: bool
) -> tuple[RowRule, ...]:
    """Give every row rule of the fields that a delivery has, in the order of the contract."""
    rules: list[RowRule] = []
    for one in columns.fields:
        rules += _field_rules(one, columns, parameters, today)
        if from_csv and one.type is FieldType.STRING and not one.values:
            rules.append(_formula_rule(one, columns))
    rules += _pair_rules(columns)
    return tuple(rules)


def _field_rules(
    one: Field, columns: Columns, parameters: Parameters, today: date
) -> Iterator[RowRule]:
    text, value = columns.text(one), columns.value(one)
    # What is dropped unread cannot spoil a figure: a number or day out of range is told and
    # refuses nothing. A text of another form refuses, for a column that lets it by is free text.
    severity = Severity.WARNING if one.role is Role.DROP else Severity.ERROR
    if one.required:
        yield RowRule("required", f"{text} IS NULL", "is leeg en moet gevuld zijn", one, severity)
    if one.type in MOMENTS:
        yield from _moment_rules(one, columns, parameters, (today, severity))
    elif one.type in NUMBERS or one.type is FieldType.BOOLEAN:
        words = f"is geen {_FORMS[one.type].removeprefix('een ')}{_like(one)}"
        yield RowRule("type", f"{text} IS NOT NULL AND {value} IS NULL", words, one)
        if one.type in NUMBERS:
            yield from _range_rules(one, columns, parameters, severity)
    else:
        yield from _text_rules(one, columns, parameters)


def _moment_rules(
    one: Field, columns: Columns, parameters: Parameters, when: tuple[date, Severity]
) -> Iterator[RowRule]:
    today, severity = when
    text, value = columns.text(one), columns.value(one)
    form = (one.format or "yyyy-MM-dd").replace("'", "").translate(_DUTCH_LETTERS)
    words = f"is geen bestaande datum in de vorm {form}{_like(one)}"
    yield RowRule("type", f"{text} IS NOT NULL AND {value} IS NULL", words, one)
    first = date.fromisoformat(str(one.minimum)[:10]) if one.minimum else EARLIEST
    last = min(date.fromisoformat(str(one.maximum)[:10]), today) if one.maximum else today
    bounds = [
        parameters.add(datetime.combine(first, time.min)),
        parameters.add(datetime.combine(last, time.max)),
    ]
    outside = f"{value} NOT BETWEEN {bounds[0]} AND {bounds[1]}"
    yield RowRule("date_window", outside, f"ligt niet tussen {first} en {last}", one, severity)
    told = "is een dagnummer van Excel en is als datum gelezen; lever liever echte datums"
    yield RowRule("excel_date", matches(text, EXCEL_DAY), told, one, Severity.WARNING)


def _range_rules(
    one: Field, columns: Columns, parameters: Parameters, severity: Severity
) -> Iterator[RowRule]:
    value = columns.value(one)
    default = _BOUNDS.get((one.crs, one.role), (None, None)) if one.crs else (None, None)
    low = one.minimum if one.minimum is not None else default[0]
    high = one.maximum if one.maximum is not None else default[1]
    if one.role is Role.COUNT:
        yield RowRule("negative", f"{value} < 0", "is een negatief aantal", one)
        low = None if low is None or float(low) <= 0 else low
    otherwise = reads_otherwise(one, columns)
    if low is not None:
        condition = f"{value} < {parameters.add(float(low))} AND NOT ({otherwise})"
        yield RowRule("range", condition, f"is kleiner dan {low}", one, severity)
    if high is not None:
        condition = f"{value} > {parameters.add(float(high))} AND NOT ({otherwise})"
        yield RowRule("range", condition, f"is groter dan {high}", one, severity)


def _text_rules(one: Field, columns: Columns, parameters: Parameters) -> Iterator[RowRule]:
    text = columns.text(one)
    form = Role.AREA_NAME if one.format == AREA_NAME_FORMAT else one.role
    fixed = FIXED_PATTERNS.get(form)
    if one.values:
        known = parameters.add(list(one.values))
        condition = f"{text} NOT IN (SELECT unnest({known}))"
        yield RowRule("values", condition, _list_words(one), one)
    elif one.format == MONTH_NAME_FORMAT:
        condition = f"{text} IS NOT NULL AND {columns.value(one)} IS NULL"
        yield RowRule("type", condition, "is geen Nederlandse maand (jan, februari, mrt)", one)
    elif one.format == PERIOD_FORMAT or one.role is Role.PERIOD:
        words = f"is geen periode zoals {one.example or '2026, 2026-Q2, 2026-06 of 2026-W23'}"
        yield RowRule("type", f"NOT {matches(text, PERIOD)}", words, one)
    elif fixed:
        condition = f"NOT regexp_full_match({text}, {parameters.add(fixed[0])})"
        words = f"is geen {fixed[1].removeprefix('een ')}"
        words += "" if "zoals" in words else _like(one)
        yield RowRule("pattern", condition, words, one)
    if one.pattern:
        condition = f"NOT regexp_full_match({text}, {parameters.add(one.pattern)})"
        words = f"heeft niet de vorm van het contract{_like(one)}"
        yield RowRule("pattern", condition, words, one)
    longest = LONGEST_TEXT if one.max_length is None else one.max_length
    condition = f"length({text}) > {longest}"
    words = f"is langer dan {longest} tekens" if longest else "moet leeg blijven"
    yield RowRule("length", condition, words, one)


def _like(one: Field) -> str:
    """Give the contract's own example; the value that was delivered is never shown."""
    return f", zoals {one.example}" if one.example else ""


def _list_words(one: Field) -> str:
    where = ": " + ", ".join(one.values) if len(one.values) <= _MOST_LISTED else _like(one)
    capital = "; hoofdletters tellen mee" if any(map(str.isalpha, "".join(one.values))) else ""
    return f"staat niet in de lijst van het contract{where}{capital}"


def _formula_rule(one: Field, columns: Columns) -> RowRule:
    text = columns.text(one)
    condition = f"regexp_matches({text}, '{_FORMULA}') AND NOT {matches(text, _PLAIN_NUMBER)}"
    words = "begint als een formule (= + - @); in Excel zou die worden uitgevoerd"
    return RowRule("formula", condition, words, one)


def _pair_rules(columns: Columns) -> Iterator[RowRule]:
    first: dict[Role, Field] = {}
    for one in columns.fields:
        first.setdefault(one.role, one)
    begin, end = first.get(Role.BEGIN), first.get(Role.END)
    if begin and end and begin.type in MOMENTS and end.type in MOMENTS:
        condition = f"{columns.value(begin)} > {columns.value(end)}"
        yield RowRule("begin_after_end", condition, "ligt voor het begin", end)
    x, y = first.get(Role.X), first.get(Role.Y)
    if x and y:
        for case in list_cases(columns):
            yield RowRule(case.name, case.condition, case.words, y, Severity.WARNING)
        condition = f"({columns.text(x)} IS NULL) <> ({columns.text(y)} IS NULL)"
        yield RowRule(
            "half_point",
            condition,
            "ontbreekt of staat alleen; x en y horen samen",
            y,
            Severity.WARNING,
        )

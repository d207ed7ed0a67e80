"""What a template says beside the columns: the explanation and the fixed lists, as plain texts.

The reader knows these sheets again by it, so a filled template is not taken for a file with more.
"""

from collections.abc import Iterator

from regiebeeld.catalogue import Field, Role, Source
from regiebeeld.catalogue.fields import (
    AREA_NAME_FORMAT,
    MONTH_NAME_FORMAT,
    PERIOD_FORMAT,
    Crs,
    FieldType,
)
from regiebeeld.catalogue.models import Frequency

DATA_SHEET, WORDS_SHEET, LISTS_SHEET = "levering", "uitleg", "lijsten"
WORDS_HEAD = ("kolom", "verplicht", "soort", "wat mag erin", "wat doen wij ermee", "uitleg")
_FREQUENCIES = {
    Frequency.WEEK: "elke week",
    Frequency.MONTH: "elke maand",
    Frequency.QUARTER: "elk kwartaal",
    Frequency.HALF_YEAR: "elk half jaar",
    Frequency.YEAR: "elk jaar",
}
_TYPES = {
    FieldType.STRING: "tekst",
    FieldType.INTEGER: "heel getal",
    FieldType.NUMBER: "getal",
    FieldType.DATE: "datum",
    FieldType.TIMESTAMP: "datum en tijd",
    FieldType.BOOLEAN: "true of false",
}
_USES = {
    Role.EVENT_SET: "zegt wat er geteld wordt",
    Role.BREAKDOWN: "de aantallen worden hiernaar gesplitst",
    Role.ATTEMPT: "scheidt pogingen van voltooid",
    Role.COUNT: "het aantal zelf",
    Role.PERIOD: "de periode van het aantal",
    Role.BEGIN: "bepaalt de periode; het moment zelf wordt niet bewaard",
    Role.END: "bepaalt het tijdvak; het moment zelf wordt niet bewaard",
    Role.BEGIN_YEAR: "bepaalt de periode",
    Role.BEGIN_MONTH: "bepaalt de periode",
    Role.AREA_CODE: "het gebied van het aantal",
    Role.ROW_KEY: "alleen om dubbele regels te vinden; wordt daarna gewist",
    Role.DROP: "wordt gecontroleerd en niet bewaard",
}
_LINKED = "alleen om het gebied te vinden; wordt daarna gewist"


def find_listed(source: Source) -> list[Field]:
    """Give the columns that have a fixed list, in the order of the contract."""
    return [field for field in source.fields if field.values]


def compute_own_texts(source: Source) -> dict[str, frozenset[str]]:
    """Give every text that the template of a source has on its sheets beside the delivery."""
    said = {source.title, *explain_source(source), *WORDS_HEAD}
    for field in source.fields:
        said |= set(explain_field(field))
    lists = {text for field in find_listed(source) for text in (field.name, *field.values)}
    return {WORDS_SHEET: frozenset(said), LISTS_SHEET: frozenset(lists)}


def explain_source(source: Source) -> Iterator[str]:
    """Give in words what the delivery is, when it is due, and what must not be in it."""
    terms = source.terms
    yield source.description
    if source.limitations:
        yield f"Let op: {source.limitations}"
    if terms.frequency:
        yield (
            f"Wanneer: {_FREQUENCIES[terms.frequency]}, binnen {terms.due_days} dagen na de"
            f" periode. Geteld per {terms.unit}."
        )
    yield (
        f"Vul het blad '{DATA_SHEET}' en vervang daar de voorbeeldregel; die is verzonnen. Blijft"
        " zij staan, dan wordt het bestand geweigerd."
    )
    yield (
        "Voeg geen kolommen toe en zet nergens namen, adressen, nummers van personen of vrije"
        " tekst: het hele bestand wordt dan geweigerd en gewist."
    )
    yield f"Controleer het eerst zelf: regiebeeld check-delivery BESTAND --source {source.id}"
    yield f"Contract: {source.id}, versie {source.version}."


def explain_field(field: Field) -> tuple[str, str, str, str, str, str]:
    """Give one row of the explanation: column, required, kind, what is allowed, use, meaning."""
    return (
        field.name,
        "ja" if field.required else "nee",
        _TYPES[field.type],
        "; ".join(_allowed(field)),
        _USES.get(field.role, _LINKED),
        field.description,
    )


def _allowed(field: Field) -> Iterator[str]:
    if field.max_length == 0:
        yield "niets: laat deze kolom leeg"
        return
    if field.values:
        few = len(field.values) <= 8
        yield f"een van: {', '.join(field.values)}" if few else f"zie het blad '{LISTS_SHEET}'"
    if field.format == PERIOD_FORMAT:
        yield "een periode"
    elif field.format == MONTH_NAME_FORMAT:
        yield "de naam van een maand"
    elif field.format == AREA_NAME_FORMAT:
        yield "de naam van een gebied"
    elif field.format:
        yield f"in de vorm {field.format}"
    if field.minimum is not None or field.maximum is not None:
        yield f"van {_bound(field.minimum)} tot en met {_bound(field.maximum)}"
    if field.crs:
        yield "Rijksdriehoek" if field.crs is Crs.RD else "WGS84"
    if field.example:
        yield f"bijvoorbeeld {field.example}"


def _bound(bound: object) -> str:
    return "…" if bound is None else str(bound)

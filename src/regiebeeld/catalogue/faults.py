"""Turns what is wrong in a catalogue file into `file:line: path: fault; bedoelt u …`."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from regiebeeld.catalogue.located_yaml import LocatedYaml, Place

_WORDS = {
    "missing": "ontbreekt",
    "extra_forbidden": "is geen bekend veld",
    "string_type": "moet tekst zijn (zet aanhalingstekens om codes en jaren)",
    "int_type": "moet een heel getal zijn",
    "int_parsing": "moet een heel getal zijn",
    "bool_type": "moet true of false zijn",
    "bool_parsing": "moet true of false zijn",
    "tuple_type": "moet een lijst zijn",
    "list_type": "moet een lijst zijn",
    "dict_type": "moet een blok met velden zijn",
    "model_type": "moet een blok met velden zijn",
    "model_attributes_type": "moet een blok met velden zijn",
    "date_type": "moet een datum zijn, zoals 2026-07-01",
    "date_parsing": "moet een datum zijn, zoals 2026-07-01",
    "date_from_datetime_parsing": "moet een datum zijn, zoals 2026-07-01",
    "date_from_datetime_inexact": "moet een datum zijn, zoals 2026-07-01",
    "string_too_short": "mag niet leeg zijn",
    "too_short": "heeft ten minste één regel nodig",
}
_BOUNDS = {"ge": "ten minste", "gt": "meer dan", "le": "hooguit", "lt": "minder dan"}
_NAMED = 12  # words; more are counted
_LOCATED = re.compile(r"(?P<file>.*?):(?P<line>\d+): ")


def tell_fault(path: Path, line: int, place: Place, fault: str) -> str:
    """Write one fault the way every fault of the catalogue is written."""
    # pydantic marks a fault in the key of a block with an extra step "[key]".
    dotted = ".".join(str(step) for step in place if step != "[key]") or "(bestand)"
    return f"{path.as_posix()}:{line}: {dotted}: {fault}"


def tell_faults(
    file: LocatedYaml, form: type[BaseModel], error: ValidationError, *, inside: Place = ()
) -> Iterator[str]:
    """Tell every fault pydantic found in one file, or in one block of it, each with its line."""
    faults = error.errors()
    broken = {fault["loc"][:-1] for fault in faults}
    for fault in faults:
        # A list that lost a wrong value is also "too short": one slip is told once.
        if fault["type"] == "too_short" and fault["loc"] in broken:
            continue
        place: Place = (*inside, *fault["loc"])
        yield tell_fault(file.path, file.line_of(place), place, _words_for(dict(fault), form))


def sort_faults(faults: Iterable[str]) -> tuple[str, ...]:
    """Put faults in the order in which somebody walks through the files."""
    return tuple(sorted(faults, key=_file_and_line))


def _file_and_line(fault: str) -> tuple[str, int, str]:
    found = _LOCATED.match(fault)
    return (found["file"], int(found["line"]), fault) if found else ("", 0, fault)


def _words_for(fault: dict[str, Any], form: type[BaseModel]) -> str:
    kind, place, value = fault["type"], fault["loc"], fault["input"]
    context = fault.get("ctx", {})
    if kind == "extra_forbidden":
        return _WORDS[kind] + suggest(str(place[-1]), _fields_at(form, place[:-1]))
    if kind in ("enum", "literal_error"):
        expected = str(context["expected"]).replace(" or ", ",").split(",")
        allowed = [word.strip(" '") for word in expected]
        return f"{value!r} kan hier niet{suggest(str(value), allowed)}"
    if kind == "string_pattern_mismatch":
        return f"{value!r} past niet bij het patroon {context['pattern']}"
    for bound, words in _BOUNDS.items():
        if bound in context:
            return f"{value!r} kan niet; moet {words} {context[bound]} zijn"
    if kind == "value_error":
        return str(context["error"])
    return _WORDS.get(kind) or f"past niet: {fault['msg']}"


def suggest(text: str, known: Iterable[str]) -> str:
    """Give `; bedoelt u 'x'?` for the nearest known word, or the list when none is near."""
    words = sorted({str(word) for word in known})
    near = get_close_matches(text, words, n=1, cutoff=0.6)
    if near:
        return f"; bedoelt u {near[0]!r}?"
    rest = f" en {len(words) - _NAMED} andere" if len(words) > _NAMED else ""
    return f"; bekend zijn: {', '.join(words[:_NAMED])}{rest}" if words else ""


def unknown_fields(values: Any, form: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield each field below a form that it does not know; for forms that silently drop them."""
    if isinstance(values, list):
        for i, value in enumerate(values):
            yield from unknown_fields(value, form, (*place, i))
    fields = _fields_of(form)
    for name, value in values.items() if isinstance(values, dict) and fields else ():
        if name in fields:
            yield from unknown_fields(value, fields[name], (*place, name))
        else:
            yield (*place, name), _WORDS["extra_forbidden"] + suggest(name, fields)


def _fields_at(form: Any, place: Place) -> list[str]:
    """Walk a form along a path and list the field names that are allowed there."""
    for step in place:
        if isinstance(step, str):
            form = _fields_of(form).get(step)
    return list(_fields_of(form))


def _fields_of(annotation: Any) -> dict[str, Any]:
    """Give what the fields of a form hold, by the name they have in a file."""
    return {
        spec.alias or name: spec.annotation
        for form in _forms_in(annotation)
        for name, spec in form.model_fields.items()
    }


def _forms_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Find the forms inside `tuple[Form, ...]`, `Form | None` or `Annotated[...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _forms_in(inner)

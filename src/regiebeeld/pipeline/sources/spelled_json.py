"""JSON in which numbers keep the spelling of their source; refuses a name that stands twice."""

import json

from regiebeeld.domain import ContractError


class Number(str):
    """A JSON number as it was written: `1382` stays `1382` and `0.10` stays `0.10`."""

    __slots__ = ()


def read_json(text: str | bytes) -> object:
    """Read JSON with literal numbers; ValueError for bad JSON, ContractError for a double name."""
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")
    try:
        return json.loads(
            text,
            parse_float=Number,
            parse_int=Number,
            parse_constant=Number,
            object_pairs_hook=_read_object,
        )
    except RecursionError as fault:
        raise ContractError("De JSON is te diep genest om een tabel te zijn") from fault


def spell(value: object) -> str | None:
    """Give a cell as text: null stays None, the rest is spelled as in compact JSON."""
    if value is None or isinstance(value, str):
        return value
    return write_json(value)


def write_json(value: object) -> str:
    """Write what `read_json` gave, with every number as it was spelled."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(f"{json.dumps(key)}:{write_json(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(write_json(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ContractError(
            f"De kolom {double!r} staat twee keer in één rij; vraag de bron welke geldt"
        )
    return found

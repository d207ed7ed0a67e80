"""Which rows to ask of CBS: keys as the source spells them, in addresses of a safe length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import quote

from regiebeeld.domain import ContractError
from regiebeeld.pipeline.sources.requests import TableRequest

LONGEST_ADDRESS = 2000  # characters; longer ones are refused by some servers on the way

Expressions = tuple[tuple[str, ...], ...]  # per dimension the alternatives, ready to be joined


@dataclass(frozen=True)
class Chosen:
    """The alternatives per dimension, and the prefixes no key begins with."""

    expressions: Expressions
    unmatched: tuple[str, ...]


def choose_keys(request: TableRequest, key_lists: Mapping[str, Sequence[str]]) -> Chosen:
    """Turn the keys and prefixes of a request into filter expressions.

    `key_lists` holds per dimension the source's own keys, padding included; an
    asked key is sent as it stands there. Raises ContractError for a dimension
    or key the table does not have, or when no prefix of a dimension matches.
    """
    keys, prefixes = dict(request.keys), dict(request.prefixes)
    expressions, unmatched = [], []
    for dimension in sorted(keys | prefixes):
        own = _own_keys(request, dimension, key_lists)
        wide = _shortest(prefixes.get(dimension, ()))
        lost = [prefix for prefix in wide if not any(key.startswith(prefix) for key in own)]
        spelled = [
            _spelling(key, own, f"{request.table}, dimensie {dimension}")
            for key in keys.get(dimension, ())
            if not key.startswith(wide)
        ]
        if wide and not spelled and len(lost) == len(wide):
            raise ContractError(
                f"Tabel {request.table}: geen sleutel van {dimension} begint met "
                f"{', '.join(wide)}; "
                "controleer de gebieden of perioden waar om gevraagd wordt"
            )
        unmatched += lost
        expressions.append(
            _alternatives(dimension, spelled, [prefix for prefix in wide if prefix not in lost])
        )
    return Chosen(tuple(each for each in expressions if each), tuple(unmatched))


def filter_addresses(
    address: str, expressions: Expressions, *, longest: int = LONGEST_ADDRESS
) -> tuple[str, ...]:
    """Give the addresses that together ask every combination once, each under `longest` characters.

    Raises ContractError when even one key for each dimension is too long.
    """
    joint = "&" if "?" in address else "?"
    whole = address + (f"{joint}$filter={_quoted(expressions)}" if expressions else "")
    if len(whole) <= longest:
        return (whole,)
    widest = max(
        range(len(expressions)),
        key=lambda place: (len(expressions[place]) > 1, _length(expressions[place])),
    )
    terms = expressions[widest]
    if len(terms) == 1:
        raise ContractError(
            f"{address}: één sleutel per dimensie maakt het adres al langer dan {longest} tekens"
        )
    half = len(terms) // 2
    return tuple(
        each
        for piece in (terms[:half], terms[half:])
        for each in filter_addresses(
            address, (*expressions[:widest], piece, *expressions[widest + 1 :]), longest=longest
        )
    )


def _own_keys(
    request: TableRequest, dimension: str, key_lists: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    if dimension not in key_lists:
        raise ContractError(
            f"Tabel {request.table} heeft geen dimensie {dimension!r}; wel: "
            f"{', '.join(sorted(key_lists))}"
        )
    return {key.strip(): key for key in key_lists[dimension]}


def _spelling(key: str, own: Mapping[str, str], where: str) -> str:
    if key not in own:
        near = get_close_matches(key, own, n=1)
        raise ContractError(
            f"Tabel {where}: de sleutel {key!r} bestaat niet"
            + (f"; bedoelt u {near[0]!r}?" if near else "; kijk in de sleutellijst van de tabel")
        )
    return own[key]


def _shortest(prefixes: Sequence[str]) -> tuple[str, ...]:
    """Drop a prefix inside another: its rows would come twice when addresses are split."""
    return tuple(
        prefix
        for prefix in prefixes
        if not any(prefix != other and prefix.startswith(other) for other in prefixes)
    )


def _alternatives(dimension: str, keys: Sequence[str], prefixes: Sequence[str]) -> tuple[str, ...]:
    exact = [f"{dimension} eq '{_escaped(key)}'" for key in keys]
    return (*exact, *(f"startswith({dimension},'{_escaped(prefix)}')" for prefix in prefixes))


def _escaped(key: str) -> str:
    return key.replace("'", "''")


def _quoted(expressions: Expressions) -> str:
    joined = [f"({' or '.join(terms)})" if len(terms) > 1 else terms[0] for terms in expressions]
    return quote(" and ".join(joined), safe="(),'")


def _length(terms: Sequence[str]) -> int:
    return sum(map(len, terms))

"""Checks the columns of a delivery against its contract, and says whose file it may be instead."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from regiebeeld.catalogue.contracts import Source
from regiebeeld.catalogue.fields import Field, Role
from regiebeeld.pipeline.intake.delivered import safe_name
from regiebeeld.pipeline.intake.findings import Finding, Severity

# A cell may be empty where the contract says so; without the column there is nothing to count.
_COUNTED_BY = (
    Role.COUNT,
    Role.PERIOD,
    Role.AREA_CODE,
    Role.BEGIN,
    Role.BEGIN_YEAR,
    Role.BEGIN_MONTH,
)
_ENOUGH = 0.6
_MUCH_BETTER = 0.3
_TYPO = 0.75


def check_columns(
    names: Sequence[str], source: Source, others: Sequence[Source] = ()
) -> Iterator[Finding]:
    """Yield a finding for each unknown and each missing column; no name that may be a value."""
    known = source.field_names()
    there = set(names)
    if not there & set(known):
        yield _strange_header(names, others)
        return
    unknown = [(i, name) for i, name in enumerate(names, start=1) if name not in known]
    missing = [one for one in source.fields if one.name not in there]
    # What is missing comes first: an unknown column is often the same column, misspelled.
    for one in missing:
        yield _missing_column(one)
    for i, name in unknown:
        yield _unknown_column(i, name, [one.name for one in missing])
    if any(_is_needed(one) for one in missing):
        yield from _looks_like(names, source, others)


def _is_needed(one: Field) -> bool:
    return one.required or one.role in _COUNTED_BY


def _missing_column(one: Field) -> Finding:
    severity = Severity.ERROR if _is_needed(one) else Severity.WARNING
    more = ""
    if not one.required:
        more = " Een cel mag leeg zijn, de kolom niet." if _is_needed(one) else " Dat mag."
    return Finding("missing_column", severity, f"Kolom {one.name!r} ontbreekt.{more}", one.name)


def find_meant(name: str, missing: Sequence[str]) -> str | None:
    """Give the missing column that a header nearly spells; None when there is none."""
    near = get_close_matches(name.lower(), [one.lower() for one in missing], n=1, cutoff=_TYPO)
    return next((one for one in missing if near and one.lower() == near[0]), None)


def _unknown_column(position: int, name: str, missing: Sequence[str]) -> Finding:
    meant = find_meant(name, missing)
    hint = (
        f" Hij lijkt op {meant!r}: gebruik de naam van het contract."
        if meant
        else " Haal de kolom weg: wat niet is afgesproken, wordt niet ontvangen."
    )
    shown = safe_name(name, position, known=False)
    return Finding(
        "unknown_column", Severity.ERROR, f"Kolom {shown} staat niet in het contract.{hint}"
    )


def _looks_like(
    names: Sequence[str], source: Source, others: Sequence[Source]
) -> Iterator[Finding]:
    """Suggest another source only when its header fits, and this one's misses what it must have.

    Contracts of counts have the same few columns, so a column forgotten makes one like another.
    """
    best = _best_fit(names, [one for one in others if one.id != source.id])
    if best is not None and _fit(names, best) >= _fit(names, source) + _MUCH_BETTER:
        yield _other_source(best)


def _other_source(best: Source) -> Finding:
    words = f"Dit lijkt op bron {best.id!r} ({best.title}). Lever het bestand voor die bron."
    return Finding("other_source", Severity.ERROR, words)


def _strange_header(names: Sequence[str], others: Sequence[Source]) -> Finding:
    best = _best_fit(names, others)
    if best is not None:
        return _other_source(best)
    words = (
        "Geen enkele kolom van het contract staat in de eerste regel. De kop ontbreekt, er staat "
        "een titel boven, of het is een ander bestand. Gebruik het sjabloon."
    )
    return Finding("no_header", Severity.ERROR, words)


def _fit(names: Sequence[str], source: Source) -> float:
    """Give the share of names that two headers have in common."""
    known = set(source.field_names())
    return len(known & set(names)) / max(len(known | set(names)), 1)


def _best_fit(names: Sequence[str], sources: Sequence[Source]) -> Source | None:
    best = max(sources, key=lambda one: _fit(names, one), default=None)
    return best if best is not None and _fit(names, best) >= _ENOUGH else None

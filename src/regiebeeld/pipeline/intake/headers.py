"""Checks the columns of a delivery against its contract, and says whose file it may be instead."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from regiebeeld.catalogue.contracts import Source
from regiebeeld.pipeline.intake.delivered import safe_name
from regiebeeld.pipeline.intake.findings import Finding, Severity

_ENOUGH = 0.6


def check_columns(
    names: Sequence[str], source: Source, others: Sequence[Source] = ()
) -> Iterator[Finding]:
    """Yield a finding for each unknown and each missing column; no name that may be a value."""
    known = source.field_names()
    there = set(names)
    if not there & set(known):
        yield _strange_header(names, others)
        return
    if other := _looks_like(names, source, others):
        yield other
    unknown = [(i, name) for i, name in enumerate(names, start=1) if name not in known]
    missing = [one for one in source.fields if one.name not in there]
    for i, name in unknown:
        yield _unknown_column(i, name, [one.name for one in missing])
    for one in missing:
        severity = Severity.ERROR if one.required else Severity.WARNING
        words = f"Kolom {one.name!r} ontbreekt{'' if one.required else ' (niet verplicht)'}."
        yield Finding("missing_column", severity, words, one.name)


def _unknown_column(position: int, name: str, missing: Sequence[str]) -> Finding:
    near = get_close_matches(name.lower(), [one.lower() for one in missing], n=1, cutoff=0.6)
    meant = next((one for one in missing if near and one.lower() == near[0]), None)
    hint = (
        f" Bedoelt u {meant!r}?"
        if meant
        else " Haal de kolom weg: wat niet is afgesproken, wordt niet ontvangen."
    )
    words = f"Kolom {safe_name(name, position)} staat niet in het contract.{hint}"
    return Finding("unknown_column", Severity.ERROR, words)


def _looks_like(names: Sequence[str], source: Source, others: Sequence[Source]) -> Finding | None:
    best = _best_fit(names, [one for one in others if one.id != source.id])
    if best is None or _fit(names, best) <= _fit(names, source):
        return None
    words = f"Dit lijkt op bron {best.id!r} ({best.title}). Lever het bestand voor die bron."
    return Finding("other_source", Severity.ERROR, words)


def _strange_header(names: Sequence[str], others: Sequence[Source]) -> Finding:
    best = _best_fit(names, others)
    if best is not None:
        words = f"Dit lijkt op bron {best.id!r} ({best.title}). Lever het bestand voor die bron."
        return Finding("other_source", Severity.ERROR, words)
    words = (
        "Geen enkele kolom van het contract staat in de eerste regel. De kop ontbreekt, of het is "
        "een ander bestand. Gebruik het sjabloon."
    )
    return Finding("no_header", Severity.ERROR, words)


def _fit(names: Sequence[str], source: Source) -> float:
    """Give the share of names that two headers have in common."""
    known = set(source.field_names())
    return len(known & set(names)) / max(len(known | set(names)), 1)


def _best_fit(names: Sequence[str], sources: Sequence[Source]) -> Source | None:
    best = max(sources, key=lambda one: _fit(names, one), default=None)
    return best if best is not None and _fit(names, best) >= _ENOUGH else None

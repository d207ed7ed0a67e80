"""Says in a few lines which figures a release does not show and why; it shows none of them."""

from collections.abc import Iterable

from regiebeeld.releases.tables import LeftOut

_MOST_NAMED = 5


def tell_left_out(rows: Iterable[LeftOut]) -> list[str]:
    """Give a line for each reason, with the figures that it holds for; none when all are shown."""
    grouped: dict[str, list[str]] = {}
    for row in rows:
        grouped.setdefault(f"{row.words} {row.next_step}".strip(), []).append(
            f"{row.indicator} ({row.source})"
        )
    if not grouped:
        return []
    figures = sum(len(set(named)) for named in grouped.values())
    many = "1 cijfer" if figures == 1 else f"{figures} cijfers"
    verb = "staat" if figures == 1 else "staan"
    lines = [f"Van de thema's van deze regio {verb} {many} niet in de versie:"]
    return [*lines, *(f"- {_named(named)}: {words}" for words, named in grouped.items())]


def _named(named: list[str]) -> str:
    different = list(dict.fromkeys(named))
    rest = len(different) - _MOST_NAMED
    more = f" en nog {rest}" if rest > 0 else ""
    return ", ".join(different[:_MOST_NAMED]) + more

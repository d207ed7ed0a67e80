"""Tells in Dutch what an attack on a release found; never a number that a person could count."""

from collections.abc import Iterator, Sequence

from regiebeeld.pipeline.run.attacking import Attack, Attacked, Place
from regiebeeld.pipeline.run.outside_figures import Fitting

_HEADERS = (
    "groep",
    "cijfers",
    "getest",
    "al bekend",
    "bewezen",
    "breedte",
    "open",
    "te herleiden",
)
_MOST_TOLD = 50  # places of one kind


def tell_attack(attack: Attack) -> list[str]:
    """Give the lines of the account, and the places that can be derived or stay open."""
    beside = f"{attack.earlier} versie(s) in het register en {len(attack.tables)} andere tabel(len)"
    lines = [f"Aanval op versie {attack.release} van {attack.region}, naast {beside}."]
    lines += [_tell_table(table) for table in attack.tables]
    if not attack.groups:
        return [*lines, "In deze versie staat geen enkel cijfer over personen."]
    lines += ["", *_align([_HEADERS, *(_row(group) for group in attack.groups)])]
    recovered = [place for group in attack.groups for place in group.recovered]
    undecided = [place for group in attack.groups for place in group.undecided]
    lines += _tell_places("Precies te herleiden (gebied, periode, indicator):", recovered)
    lines += _tell_places("Niet bewezen, en niet herleid:", undecided)
    return lines


def tell_verdict(attack: Attack) -> str:
    """Give the outcome in one sentence, with the next step when it is not good."""
    recovered = sum(len(group.recovered) for group in attack.groups)
    undecided = sum(len(group.undecided) for group in attack.groups)
    if recovered:
        return (
            f"{recovered} cijfers van versie {attack.release} zijn precies te herleiden. Haal haar "
            "van de website en waarschuw de FG: docs/how-to/versie_aanvallen.md zegt hoe"
        )
    if undecided:
        return (
            f"van {undecided} cijfers van versie {attack.release} is niet bewezen dat niemand ze "
            "kan herleiden; er is er ook geen herleid. Overleg met de FG: "
            "docs/how-to/versie_aanvallen.md zegt hoe"
        )
    certified = sum(group.certified for group in attack.groups)
    return (
        "Geen cijfer is precies te herleiden. Van elk van de "
        f"{certified} kleine cijfers is bewezen dat er minstens twee aantallen bij passen."
    )


def _tell_table(table: Fitting) -> str:
    told = [f"{table.used} getallen meegenomen"]
    if table.otherwise:
        told.append(f"{table.otherwise} tellen anders dan de bron en zijn weggelaten")
    if table.elsewhere:
        told.append(f"{table.elsewhere} gaan over iets anders, of fijner dan wordt geteld")
    return f"{table.name}: {'; '.join(told)}."


def _row(group: Attacked) -> tuple[str, ...]:
    numbers = (group.figures, group.tested, group.known, group.certified, group.width)
    ends = (len(group.undecided), len(group.recovered))
    return (group.events, *(str(number) for number in (*numbers, *ends)))


def _align(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[k]) for row in rows) for k in range(len(_HEADERS))]
    for first, *numbers in rows:
        cells = (text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *cells)).rstrip()


def _tell_places(head: str, places: Sequence[Place]) -> Iterator[str]:
    if not places:
        return
    yield from ("", head)
    for place in places[:_MOST_TOLD]:
        yield f"  {place.area}, {place.period}, {place.indicator}"
    if len(places) > _MOST_TOLD:
        yield f"  en nog {len(places) - _MOST_TOLD}"

"""What a pattern of a contract must not let through: anything that a person could be known by."""

import re
from functools import cache
from itertools import product

_NAMES = (
    "Jansen",
    "JANSEN",
    "Jan Jansen",
    "Jansen, P.",
    "P. de Vries",
    "mevrouw El Amrani",
    "Kerkstraat",
    "De bewoner belde over de buurman",
)
_NUMBERS = (
    "06-12345678",
    "0612345678",
    "+31 6 12345678",
    "+31612345678",
    "31612345678",
    "111222333",
    "11122233",
    "1112.22.333",
    "NL91ABNA0417164300",
    "NL91 ABNA 0417 1643 00",
    "12-03-1984",
    "1984-03-12",
    "12031984",
    "19840312",
    "12 maart 1984",
    "12/03/84",
    "geb. 1984",
    "7511AB",
    "7511 AB",
    "7511AB12",
    "7511 AB 12",
    "Kerkstraat 12",
    "Kerkstraat 12 a",
)
_SENTENCES = (
    "De bewoner belde omdat zijn buurman weer aan het schreeuwen was.",
    "dader bekend, woont op nummer 12; zie dossier",
    "iemand@example.nl",
    "12-03-1984 te Enschede",
    "gezien bij 7511 AB nummer 12",
    "x" * 200,
)
_PLATES = (
    "BB-12-34", "12-34-BB", "12-BB-34", "BB-12-GG", "BB-GG-12", "12-BB-GG", "12-BBG-3",
    "3-BBG-12", "BB-123-G", "B-123-GG", "BBG-12-D", "B-12-GGD", "1-BB-234", "123-BB-4",
)  # fmt: skip


def _plates() -> tuple[str, ...]:
    bare = [plate.replace("-", "") for plate in _PLATES[2:]]
    both = (*_PLATES, *bare)
    return tuple(plate if not small else plate.lower() for plate, small in product(both, (0, 1)))


@cache
def find_let_through(pattern: str, *, names: bool = False) -> tuple[str, ...]:
    """Give which texts about people a pattern accepts; empty for one that is tight.

    names: words that could be the name of an area are allowed, numbers and sentences are not.
    Raises re.error for what is no pattern.
    """
    form = re.compile(pattern)
    probes = (*_NUMBERS, *_SENTENCES, *_plates(), *(() if names else _NAMES))
    return tuple(text for text in probes if form.fullmatch(text))

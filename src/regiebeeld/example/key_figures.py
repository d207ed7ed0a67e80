"""Key figures of an area as CBS shows them: rounded to 5 below the gemeente, secret when tiny."""

from dataclasses import dataclass

from regiebeeld.domain import AreaLevel
from regiebeeld.example.homes import Homes, compute_traits
from regiebeeld.example.layout import Shape
from regiebeeld.example.people import SECRET_BELOW, YEARS, People
from regiebeeld.example.terrain import Ints
from regiebeeld.example.traits import Trait

_KM = (Trait.AFSTAND_SUPERMARKT, Trait.AFSTAND_TREINSTATION, Trait.AFSTAND_OPRIT)


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Whole numbers; None is secret."""

    inhabitants: int
    households: int | None
    dwellings: int | None


def write_traits(homes: Homes, people: People, shape: Shape, year: int) -> dict[Trait, str | None]:
    """Spell the traits of an area as CBS does: whole numbers, km with one decimal; None is secret.

    A tiny area shows none, as it shows no homes.
    """
    inhabitants = _sum_of(people.inhabitants, shape, year)
    found = {} if inhabitants < SECRET_BELOW else compute_traits(homes, people, shape, year)
    return {
        trait: f"{found[trait]:.{1 if trait in _KM else 0}f}" if trait in found else None
        for trait in Trait
    }


def compute_figures(people: People, shape: Shape, level: AreaLevel, year: int) -> KeyFigures:
    """Add up the pieces of an area for one year; of a tiny area only the inhabitants are shown."""
    tables = (people.inhabitants, people.households, people.dwellings)
    counts = [_sum_of(table, shape, year) for table in tables]
    secret = 0 < counts[0] < SECRET_BELOW
    step = 1 if level is AreaLevel.GEMEENTE else 5
    inhabitants, households, dwellings = (step * round(count / step) for count in counts)
    return KeyFigures(inhabitants, None if secret else households, None if secret else dwellings)


def _sum_of(table: Ints, shape: Shape, year: int) -> int:
    return int(table[list(shape.pieces), YEARS.index(year)].sum())

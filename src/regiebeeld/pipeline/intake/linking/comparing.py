"""Says how far each kind of key alone would have come, and how often it agrees with the best.

Refuses to call a key good because it links: a name can link a row to the wrong buurt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas.shapes import RD_NEW
from regiebeeld.pipeline.intake.linking.draft import Column
from regiebeeld.pipeline.intake.linking.frame import LinkFrame
from regiebeeld.pipeline.intake.linking.methods import Method
from regiebeeld.pipeline.intake.linking.rows import Linked, link_rows

_KINDS = MappingProxyType(
    {
        "gebiedscode": ("area_code",),
        "adres": ("postcode6", "house_number"),
        "coördinaat": ("x", "y"),
        "postcode 6": ("postcode6",),
        "naam": ("area_name",),
        "postcode 4": ("postcode4",),
    }
)
# These say more about the row, not where it lies; they go along with every kind of key.
_WITH_ALL = ("gemeente_name", "row_key")
_NO_BUURT = (Method.NONE, Method.GEMEENTE, Method.POSTCODE4_GEMEENTE, Method.OUTSIDE)
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class KeyRate:
    """One kind of key on its own: rows with a buurt, and how many of them agree with `link_rows`.

    `compared` rows have a buurt both ways.
    """

    kind: str
    rows: int
    linked: int
    compared: int
    agreeing: int

    def __str__(self) -> str:
        told = f"met alleen {self.kind}: {self.linked} van {self.rows} rijen aan een buurt"
        return f"{told}, waarvan {self.agreeing} van {self.compared} zoals de beste methode"


def compare_keys(
    keys: Mapping[str, Column],
    dates: Column | None,
    frame: LinkFrame,
    *,
    crs: str = RD_NEW,
    level: AreaLevel = AreaLevel.BUURT,
) -> tuple[KeyRate, ...]:
    """Link by each kind of key that is offered on its own and compare it with all keys together.

    Nothing is compared where there is only one kind.
    """
    if len(list_kinds(keys)) < _FEWEST:
        return ()
    best = link_rows(keys, dates, frame, crs=crs, level=level)
    return tuple(
        _rate(kind, best, link_rows(_only(keys, roles), dates, frame, crs=crs, level=level))
        for kind, roles in _KINDS.items()
        if set(roles) <= set(keys) and not _is_empty(keys, roles)
    )


def _is_empty(keys: Mapping[str, Column], roles: tuple[str, ...]) -> bool:
    return any(keys[role].null_count == len(keys[role]) for role in roles)


def list_kinds(keys: Mapping[str, Column]) -> tuple[str, ...]:
    """Give the kinds of key that tell a place by themselves; a postcode is a part of an address."""
    found = [kind for kind, roles in _KINDS.items() if set(roles) <= set(keys)]
    parts = {"postcode 6", "postcode 4"} if "adres" in found else set()
    return tuple(kind for kind in found if kind not in parts)


def _only(keys: Mapping[str, Column], roles: tuple[str, ...]) -> dict[str, Column]:
    return {role: keys[role] for role in (*roles, *_WITH_ALL) if role in keys}


def _rate(kind: str, best: Linked, alone: Linked) -> KeyRate:
    linked = ~np.isin(alone.method, _NO_BUURT)
    compared = linked & ~np.isin(best.method, _NO_BUURT)
    same = _texts(best.area) == _texts(alone.area)
    return KeyRate(
        kind=kind,
        rows=len(linked),
        linked=int(linked.sum()),
        compared=int(compared.sum()),
        agreeing=int((compared & same).sum()),
    )


def _texts(area: pa.DictionaryArray) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    codes = np.array(area.dictionary.to_pylist(), dtype=object)
    return np.asarray(codes[area.indices.to_numpy()] if len(codes) else codes, dtype=object)

"""A small region of burglaries at atom level, as drafts for the gate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from regiebeeld.disclosure import Secret, compute_keys, name_atoms
from regiebeeld.domain import Area, AreaLevel, Status, read_period
from regiebeeld.pipeline.gate.area_sets import AreaSet
from regiebeeld.pipeline.gate.elsewhere import Elsewhere, Outside
from regiebeeld.pipeline.gate.judging import Draft, pass_gate
from regiebeeld.pipeline.gate.passed import Passed
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Figures
from regiebeeld.pipeline.gate.union import Atoms
from regiebeeld.pipeline.indicators import Cells

SECRET = Secret(b"a secret for tests, of some length")
EVENTS = "inbraken"
SETS = ("inbraak:voltooid", "inbraak:poging")
LEVELS = (AreaLevel.REGIO, AreaLevel.GEMEENTE, AreaLevel.WIJK)
_SHOWN = list(Status).index(Status.SHOWN)


@dataclass(frozen=True)
class Town:
    """Two gemeenten of three wijken of four buurten, with a buurt "unknown" each."""

    areas: tuple[Area, ...]
    atoms: tuple[str, ...]

    @classmethod
    def make(cls) -> "Town":
        areas = [Area("VR99", AreaLevel.REGIO, "Regio", 2025)]
        atoms: list[str] = []
        for g in ("9901", "9902"):
            areas.append(Area(f"GM{g}", AreaLevel.GEMEENTE, g, 2025, "VR99"))
            for w in range(3):
                areas.append(Area(f"WK{g}{w:02d}", AreaLevel.WIJK, f"{g} {w}", 2025, f"GM{g}"))
                atoms += [f"BU{g}{w:02d}{b:02d}" for b in range(4)]
            atoms.append(f"BU{g}9999")
        return cls(tuple(areas), tuple(atoms))

    def members(self, area: Area) -> list[int]:
        if area.level is AreaLevel.REGIO:
            return list(range(len(self.atoms)))
        return [i for i, atom in enumerate(self.atoms) if atom[2:].startswith(area.code[2:])]


def months(number: int, first: int = 0) -> tuple[str, ...]:
    return tuple(f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in range(first, first + number))


def make_atoms(town: Town, counts: NDArray[np.int64], names: Sequence[str]) -> Atoms:
    return Atoms(town.atoms, tuple(read_period(name) for name in names), SETS, counts)


def draw_counts(town: Town, size: int, *, mean: float = 1.0, seed: int = 1) -> NDArray[np.int64]:
    generator = np.random.default_rng(seed)
    rates = generator.gamma(1.0, mean, len(town.atoms))[:, None, None] * np.array([0.7, 0.3])
    return generator.poisson(np.broadcast_to(rates, (len(town.atoms), size, 2)))


def make_drafts(
    town: Town, atoms: Atoms, periods: Sequence[str], *, secret: Secret = SECRET
) -> list[Draft]:
    """Add the atoms up to the cells of three indicators: all, completed and attempts."""
    shape = atoms.counts.shape
    ids = [p.id for p in atoms.periods]
    names = name_atoms(atoms.areas, ids, atoms.sets)
    at = [index.ravel() for index in np.indices(shape)]
    columns = [name[i] for name, i in zip(names, at, strict=True)]
    keys = compute_keys(secret, columns, atoms.counts.ravel()).reshape(shape)
    drafts = []
    for name, sets in (("alle", SETS), ("voltooid", SETS[:1]), ("poging", SETS[1:])):
        kinds = [SETS.index(one) for one in sets]
        drafts.append(
            Draft(name, _cells(town, atoms, keys, periods, kinds), EVENTS, frozenset(sets))
        )
    return drafts


def _cells(
    town: Town,
    atoms: Atoms,
    keys: NDArray[np.uint64],
    names: Sequence[str],
    kinds: Sequence[int],
) -> Cells:
    periods = tuple(read_period(name) for name in names)
    area, period, value, key = [], [], [], []
    for i, one in enumerate(town.areas):
        for j, span in enumerate(periods):
            inside = [
                m
                for m, month in enumerate(atoms.periods)
                if span.start <= month.start and month.end <= span.end
            ]
            at = np.ix_(town.members(one), inside, list(kinds))
            area.append(i)
            period.append(j)
            value.append(int(atoms.counts[at].sum()))
            key.append(keys[at].sum(dtype=np.uint64))
    size = len(value)
    return Cells(
        periods=periods,
        area=np.array(area, np.int32),
        period=np.array(period, np.int32),
        value=np.array(value, np.int64),
        status=np.full(size, _SHOWN, np.uint8),
        reason=np.full(size, -1, np.int16),
        estimated_share=np.zeros(size, np.float32),
        provisional=np.zeros(size, np.bool_),
        key=np.array(key, np.uint64),
    )


def release(
    drafts: list[Draft], atoms: Atoms, register: Register, public: Figures | None = None
) -> Passed:
    """Pass the figures of a town through the gate, beside a public table of the same events."""
    elsewhere = Elsewhere({EVENTS: [Outside("Open tabel", public)]} if public else {})
    return pass_gate(
        drafts, {EVENTS: atoms}, areas=Town.make().areas, secret=SECRET, register=register,
        elsewhere=elsewhere,
    )  # fmt: skip


def draft_together(
    town: Town,
    atoms: Atoms,
    periods: Sequence[str],
    members: Sequence[str],
    *,
    name: str = "streek/sloten/behandeld/2025",
) -> Draft:
    """Add some areas up to one, for the indicator of completed burglaries."""
    whole = Area(f"BU{members[0][2:6]}", AreaLevel.GEMEENTE, name, 2025)
    inside = [i for i, atom in enumerate(town.atoms) if atom.startswith(tuple(members))]
    small = _Part((whole,), town.atoms, inside)
    (_, plain, _) = make_drafts(small, atoms, periods)
    return replace(plain, together=AreaSet(name, tuple(members)))


@dataclass(frozen=True)
class _Part(Town):
    """One area of a town that holds the atoms of these places."""

    inside: Sequence[int] = ()

    def members(self, area: Area) -> list[int]:
        del area
        return list(self.inside)

"""The gate over the whole history of an invented region: from nothing, and for a month more.

Every source about persons of the catalogue at its `finest`; a group with all its sets is judged as
a release judges it. Run one size: `python -m bench.disclosure_history 12`.
"""

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from bench.machine import ROOT
from regiebeeld.attack import Judgement
from regiebeeld.attack.tables import Axis
from regiebeeld.catalogue import DisclosureClass, read_catalogue
from regiebeeld.disclosure import Secret, compute_keys, name_atoms, protect_counts
from regiebeeld.domain import AreaLevel, Period, PeriodKind, read_period
from regiebeeld.pipeline.gate.marks import add_up_nodes
from regiebeeld.pipeline.gate.nodes import hold_areas, hold_periods, hold_sets
from regiebeeld.pipeline.gate.register import Register
from regiebeeld.pipeline.gate.told import Atoms, Earlier, Figures
from regiebeeld.pipeline.gate.union import make_union
from regiebeeld.pipeline.gate.verdicts import judge_union

SECRET = Secret(b"a fixed secret, for this benchmark")
GEMEENTEN, WIJKEN, BUURTEN, MONTHS, SETS = 14, 100, 500, 84, 20
MEAN = 30.0  # of the finest cell that is published: about a fifth of them is low then
LATE = 0.02  # of the events of the last quarter that come in with the next delivery
Grain = tuple[AreaLevel, PeriodKind]


@dataclass(frozen=True)
class Group:
    """One source: what it is counted by, the finest it is published by, and how many sets."""

    name: str
    atom: Grain
    grains: tuple[Grain, ...]
    sets: int


def list_groups(sets: int) -> Iterator[Group]:
    """List the sources about persons that are counted, each at all levels and periods it may."""
    found = read_catalogue(ROOT / "catalogue", ROOT / "regions")
    for name, source in sorted(found.sources.items()):
        terms = source.terms
        if terms.disclosure is not DisclosureClass.PERSONS or terms.atom is None:
            continue
        atom = (terms.atom.level, terms.atom.period)
        kinds = [k for k in PeriodKind if k is atom[1] or _adds_up(atom[1], k)]
        grains = tuple(
            (level, kind) for level in AreaLevel for kind in kinds
            if any(f.allows(level, kind) for f in terms.finest)
        )  # fmt: skip
        yield Group(name, atom, grains, sets)


def _adds_up(atom: PeriodKind, kind: PeriodKind) -> bool:
    """A sliding year is made of months only; a week is taken for a month here."""
    if kind is PeriodKind.ROLLING:
        return atom in (PeriodKind.MONTH, PeriodKind.WEEK)
    return kind is not PeriodKind.WEEK and kind.is_at_least_as_coarse_as(atom)


def list_areas() -> dict[AreaLevel, tuple[str, ...]]:
    """Name the areas of the region, with wijken and buurten of unequal number."""
    generator = np.random.default_rng(7)
    of_wijk = np.sort(generator.integers(0, GEMEENTEN, WIJKEN))
    wijken = [f"WK99{g + 1:02d}{w:02d}" for w, g in enumerate(of_wijk)]
    at = np.sort(generator.integers(0, WIJKEN, BUURTEN))
    return {
        AreaLevel.REGIO: ("VR99",),
        AreaLevel.GEMEENTE: tuple(sorted({f"GM{w[2:6]}" for w in wijken})),
        AreaLevel.WIJK: tuple(wijken),
        AreaLevel.BUURT: tuple(f"BU{wijken[w][2:]}{b % 100:02d}" for b, w in enumerate(at)),
    }


def list_periods(kind: PeriodKind, months: int) -> tuple[Period, ...]:
    """List the whole periods of one kind in so many months from January 2019."""
    names = [f"{2019 + m // 12}-{m % 12 + 1:02d}" for m in range(months)]
    if kind in (PeriodKind.MONTH, PeriodKind.WEEK):
        return tuple(read_period(name) for name in names)
    if kind is PeriodKind.ROLLING:
        return tuple(read_period(f"{name}/P12M") for name in names[11:])
    size = {PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}[kind]
    letter = {PeriodKind.QUARTER: "-Q", PeriodKind.HALF_YEAR: "-H"}.get(kind)
    return tuple(
        read_period(f"{2019 + m // 12}" + (f"{letter}{m % 12 // size + 1}" if letter else ""))
        for m in range(0, months - size + 1, size)
    )


def draw_atoms(group: Group, months: int, seed: int) -> Atoms:
    """Draw counts such that the finest published cells have the mean above."""
    level, kind = group.atom
    periods = list_periods(kind, months)
    areas = list_areas()[level]
    generator = np.random.default_rng(seed)
    atoms_in = [
        len(list_periods(kind, MONTHS)) / len(list_periods(each, MONTHS))
        * (12 if each is PeriodKind.ROLLING else 1) * len(areas) / len(list_areas()[where])
        for where, each in group.grains
    ]  # fmt: skip
    rate = generator.gamma(1.5, 1.0, (len(areas), 1, 1)) * generator.gamma(2.0, 1.0, group.sets)
    rate = np.broadcast_to(rate, (len(areas), len(list_periods(kind, MONTHS + 12)), group.sets))
    counts = generator.poisson(rate * MEAN / min(atoms_in) / rate.mean())[:, : len(periods)]
    return Atoms(areas, periods, tuple(f"s{i}" for i in range(group.sets)), counts)


def tell(group: Group, atoms: Atoms, months: int) -> Figures:
    """Round every figure that the source may publish, with the key of its events."""
    areas = list_areas()
    codes = tuple(code for level in AreaLevel for code in areas[level])
    level_of = [level for level in AreaLevel for _ in areas[level]]
    periods = tuple(
        p for k in sorted({k for _, k in group.grains}) for p in list_periods(k, months)
    )
    kinds = (*(frozenset([name]) for name in atoms.sets), frozenset(atoms.sets))
    allowed = np.array([[(lv, p.kind) in group.grains for p in periods] for lv in level_of])
    area, period = (np.repeat(at, len(kinds)) for at in np.nonzero(allowed))
    kind = np.tile(np.arange(len(kinds)), int(allowed.sum()))
    counts, keys = _add_up(atoms, codes, periods, kinds)
    found = protect_counts(SECRET, counts[area, period, kind], keys[area, period, kind])
    return Figures(codes, periods, kinds, area, period, kind, found.lower, found.upper)


def _add_up(
    atoms: Atoms,
    codes: tuple[str, ...],
    periods: tuple[Period, ...],
    kinds: tuple[frozenset[str], ...],
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    axes = (
        Axis(len(atoms.areas), hold_areas(codes, atoms.areas)),
        Axis(len(atoms.periods), hold_periods(periods, atoms.periods)),
        Axis(len(atoms.sets), hold_sets(kinds, atoms.sets)),
    )
    names = name_atoms(atoms.areas, [p.id for p in atoms.periods], atoms.sets)
    at = [index.ravel() for index in np.indices(atoms.counts.shape)]
    columns = [name[i] for name, i in zip(names, at, strict=True)]
    keys = compute_keys(SECRET, columns, atoms.counts.ravel()).reshape(atoms.counts.shape)
    return add_up_nodes(atoms.counts, axes), add_up_nodes(keys, axes)


def come_in_late(atoms: Atoms) -> Atoms:
    """Take away, from the last periods, the events that the next delivery will bring."""
    counts = atoms.counts.copy()
    last = max(1, round(3 / MONTHS * len(atoms.periods)))
    counts[:, -last:] -= np.random.default_rng(len(atoms.periods)).binomial(counts[:, -last:], LATE)
    return Atoms(atoms.areas, atoms.periods, atoms.sets, counts)


@dataclass
class Took:
    """Seconds of each part of a release, and what came of it."""

    protect: float = 0.0
    read: float = 0.0
    join: float = 0.0
    judge: float = 0.0
    write: float = 0.0
    figures: int = 0
    statements: int = 0
    reused: int = 0
    masked: int = 0
    failed: int = 0

    @property
    def gate(self) -> float:
        return self.read + self.join + self.judge + self.write


def release(groups: list[Group], months: int, register: Register) -> Took:
    """Protect, judge and register all groups as they stand after so many months."""
    took, told = Took(), {}
    for seed, group in enumerate(groups):
        atoms = come_in_late(draw_atoms(group, months, seed))
        started = time.perf_counter()
        figures = tell(group, atoms, months)
        rounded = time.perf_counter()
        verdict, mine = _judge(group.name, atoms, figures, register, took)
        keep = np.ones(len(figures), dtype=bool)
        keep[verdict.masked[verdict.masked >= mine] - mine] = False
        told[group.name] = Earlier(atoms, figures.only(keep), figures.only(~keep))
        took.protect += rounded - started
        took.figures += len(figures)
        took.masked += int((~keep).sum())
        took.failed += len(verdict.failed)
        seconds = time.perf_counter() - rounded
        if seconds > 5:
            print(f"    {group.name}: {len(figures)} figures, {seconds:.1f} s", flush=True)
    started = time.perf_counter()
    register.add(f"2026-{months - MONTHS + 1:02d}-28.1", told)
    took.write = time.perf_counter() - started
    return took


def _judge(
    name: str, atoms: Atoms, figures: Figures, register: Register, took: Took
) -> tuple[Judgement, int]:
    started = time.perf_counter()
    earlier = register.read(name)
    was_read = time.perf_counter()
    union = make_union(atoms, figures, earlier)
    joined = time.perf_counter()
    judged = judge_union(union, register.verdicts(name))
    took.judge += time.perf_counter() - joined
    took.read += was_read - started
    took.join += joined - was_read
    took.statements += len(union.statements)
    took.reused += judged.reused
    return judged.verdict, union.mine


def main(releases: int = 2, sets: int = SETS) -> None:
    groups = list(list_groups(sets))
    print(f"gate over {MONTHS} months, {BUURTEN} buurten, {len(groups)} sources of {sets} sets")
    with TemporaryDirectory() as folder:
        register = Register(Path(folder) / "register")
        for number in range(releases):
            took = release(groups, MONTHS + number, register)
            size = sum(f.stat().st_size for f in register.folder.rglob("*.parquet")) / 2**20
            target = "protect target 60, gate 600" if not number else "gate target 60"
            print(
                f"  month {number + 1}: protect {took.protect:.1f} s, gate {took.gate:.1f} s "
                f"(read {took.read:.1f}, join {took.join:.1f}, judge {took.judge:.1f}, write "
                f"{took.write:.1f}; {target}); {took.figures} figures, {took.statements} "
                f"statements, {took.reused} groups reused, {took.masked} masked, {took.failed} "
                f"failed; register {size:.1f} MiB",
                flush=True,
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory {peak:.0f} MiB (target 4096)")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))

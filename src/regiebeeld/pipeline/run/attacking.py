"""Attacks a release on the shelf as an outsider would, beside the register and tables of others.

Reads the figures from the audience files. Publishes and changes nothing, and gives no true count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regiebeeld.attack import Statements, judge, mask, propagate
from regiebeeld.attack.bounding import bound_statement
from regiebeeld.attack.gate import SMALL
from regiebeeld.attack.verifying import WIDTH
from regiebeeld.catalogue import Catalogue, read_catalogue
from regiebeeld.catalogue.models import DisclosureClass, list_parts
from regiebeeld.domain import ContractError, DisclosureError, ReleaseError, read_period
from regiebeeld.pipeline.gate.outside import read_outside
from regiebeeld.pipeline.gate.register import REGISTER, Register
from regiebeeld.pipeline.gate.union import Atoms, Earlier, Figures, find_told, make_union
from regiebeeld.pipeline.run.event_keys import find_sets
from regiebeeld.pipeline.run.outside_figures import Fitting, fit_outside
from regiebeeld.releases import Shelf
from regiebeeld.releases.hiding import Delivered, Hidden
from regiebeeld.releases.opening import open_file
from regiebeeld.releases.shelf import check_id, check_release, read_manifest
from regiebeeld.settings import Settings

MOST_BOUNDED = 50  # figures of one group that a solver looks at
_AXES = ("area", "period")
_SQL = (Path(__file__).parent / "read_protected.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Which figure can be derived; never what it is."""

    indicator: str
    area: str
    period: str


@dataclass(frozen=True, slots=True)
class Attacked:
    """What the attack found of one group of events.

    tested: figures of which the range reaches 1 to 4, and exact ones; recovered: derived exactly;
    known: told within 1 by the tables of others alone; certified: two tables at least `width`
    apart fit everything; undecided: neither.
    """

    events: str
    figures: int
    tested: int
    known: int
    certified: int
    undecided: tuple[Place, ...]
    recovered: tuple[Place, ...]
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Attack:
    """The whole attack: per group of events, and what was done with each table of others."""

    release: str
    region: str
    earlier: int  # releases in the register
    groups: tuple[Attacked, ...]
    tables: tuple[Fitting, ...]

    @property
    def safe(self) -> bool:
        """Tell whether nothing was recovered and everything that was tested is decided."""
        return not any(group.recovered or group.undecided for group in self.groups)


def attack_release(
    release: str,
    settings: Settings,
    *,
    outside: Sequence[Path] = (),
    tell: Callable[[str], None] | None = None,
) -> Attack:
    """Attack everything that the files of a release tell about persons.

    outside: CSV files of others. Raises ReleaseError for a release that is not there or not
    whole, ContractError for a wrong file, and DisclosureError when the register is not there, is
    damaged, or is not about this release.
    """
    shelf = Shelf(settings.releases)
    folder = shelf.folder / check_id(release)
    if faults := check_release(folder):
        raise ReleaseError(f"versie {release} is niet aan te vallen: {'; '.join(faults)}")
    catalogue = read_catalogue(settings.catalogue, settings.regions)
    region = str(read_manifest(folder).get("region"))
    files = [folder / f"{name}.duckdb" for name in shelf.list_audiences(release)]
    told = _read_told(files, catalogue)
    tables = [read_outside(path, region_code=told.region_code) for path in outside]
    found = _Found(release, catalogue, Register(settings.unprotected / REGISTER))
    named = sorted(set(told.rows["source"].to_pylist()))
    groups = [found.find_group(told.rows, events) for events in named]
    atoms = {group.events: group.atoms for group in groups}
    fittings = tuple(fit_outside(table, atoms, catalogue) for table in tables)
    for path, fitting in zip(outside, fittings, strict=True):
        _refuse_unfit(path, fitting)
    attacked = []
    for group in groups:
        if tell:
            tell(f"{group.events} aanvallen")
        facts = [fitting.figures.get(group.events) for fitting in fittings]
        attacked.append(group.attack([Earlier(group.atoms, each) for each in facts if each]))
    return Attack(release, region, len(found.register.releases()), tuple(attacked), fittings)


def _refuse_unfit(path: Path, fitting: Fitting) -> None:
    """A table of which no number is about this release is a slip, and no proof."""
    if not fitting.used + fitting.otherwise:
        raise ContractError(
            f"{path}: geen enkele rij gaat over wat in deze versie over personen is geteld. "
            "Controleer de kolommen area, period, event_set of indicator, en source"
        )


@dataclass(frozen=True, slots=True)
class _Told:
    rows: pa.Table
    region_code: str


def _read_told(files: Sequence[Path], catalogue: Catalogue) -> _Told:
    """Read every figure about persons of all files; what two files tell alike stands once."""
    closed = [
        source.id
        for source in catalogue.sources.values()
        if source.terms.disclosure is DisclosureClass.PERSONS
    ]
    parts, code = [], ""
    for path in files:
        opened = open_file(path, _hide_nothing)
        try:
            parts.append(opened.connection.sql(_SQL, params=[closed]).to_arrow_table())
            about = dict(opened.connection.execute("SELECT name, value FROM about").fetchall())
            code = str(about.get("region_code", ""))
        except duckdb.Error as fault:
            raise ReleaseError(f"{path}: geen leesbare versie; maak een nieuwe") from fault
        finally:
            opened.connection.close()
    rows = pa.concat_tables(parts)
    return _Told(rows.group_by(rows.column_names).aggregate([]), code)


def _hide_nothing(region: str, delivered: tuple[Delivered, ...]) -> Hidden:
    """What has ended is not shown any more, but an outsider kept it."""
    del region, delivered
    return Hidden()


@dataclass(frozen=True, slots=True)
class _Found:
    """Where the figures of a release stand in the register, and what they count."""

    release: str
    catalogue: Catalogue
    register: Register

    def find_group(self, rows: pa.Table, events: str) -> "_Group":
        """Find the counts behind the figures of one group: those that the register told with."""
        known = self.register.releases()
        if self.release not in known:
            words = f"versie {self.release} staat er niet in" if known else "het is leeg"
            raise DisclosureError(
                f"{self.register.folder}: {words}. Zonder het register is niet te zeggen wat "
                "eerder is verteld; zet het terug uit een kopie en val opnieuw aan"
            )
        earlier = tuple(self.register.read(events))
        atoms = self.register.read_counts(self.release, events)
        mine = rows.filter(pc.equal(rows["source"], events))
        figures = self._lay_out(mine, events, atoms) if atoms else None
        if atoms is None or figures is None or not _was_told(atoms, figures, earlier):
            raise DisclosureError(
                f"versie {self.release} vertelt over {events} iets anders dan het register. Is een "
                "van beide veranderd, of de catalogus? Zet terug wat erbij hoort en val opnieuw aan"
            )
        columns = (mine[name].to_pylist() for name in ("indicator", *_AXES))
        places = tuple(Place(*place) for place in zip(*columns, strict=True))
        return _Group(events, atoms, figures, places, earlier)

    def _lay_out(self, rows: pa.Table, events: str, atoms: Atoms) -> Figures:
        sets = {
            name: find_sets(atoms, self._event_sets(name, events))
            for name in rows["indicator"].unique().to_pylist()
        }
        kinds = tuple(dict.fromkeys(sets.values()))
        number = {name: kinds.index(each) for name, each in sets.items()}
        area, period = (rows[name].combine_chunks().dictionary_encode() for name in _AXES)
        return Figures(
            tuple(area.dictionary.to_pylist()),
            tuple(read_period(text) for text in period.dictionary.to_pylist()),
            kinds,
            area.indices.to_numpy().astype(np.int64),
            period.indices.to_numpy().astype(np.int64),
            np.array([number[name] for name in rows["indicator"].to_pylist()], dtype=np.int64),
            rows["lower"].to_numpy().astype(np.int64),
            rows["upper"].to_numpy().astype(np.int64),
        )

    def _event_sets(self, indicator: str, events: str) -> tuple[str, ...]:
        name, _, part = indicator.partition(":")
        definition = self.catalogue.indicators.get(name)
        if definition is not None and part:
            definition = list_parts(definition).get(part)
        for wanted in definition.sources if definition else ():
            if wanted.source == events:
                return wanted.event_sets
        raise DisclosureError(
            f"de catalogus zegt niet meer wat indicator {indicator} uit bron {events} telt. Val "
            f"versie {self.release} aan met de catalogus van toen (zie catalogue_commit in haar "
            "manifest)"
        )


def _was_told(atoms: Atoms, figures: Figures, earlier: Sequence[Earlier]) -> bool:
    """Tell whether the register holds every figure, of these events and with this range."""
    try:
        return bool(find_told(atoms, figures, earlier).all())
    except DisclosureError:  # a range that does not even hold the count
        return False


@dataclass(frozen=True, slots=True)
class _Group:
    """The figures of one group of events, and the place of each."""

    events: str
    atoms: Atoms
    figures: Figures
    places: tuple[Place, ...]
    earlier: tuple[Earlier, ...]

    def attack(self, facts: Sequence[Earlier]) -> Attacked:
        """Derive what follows, and look for two tables that fit for what does not."""
        union = make_union(self.atoms, self.figures, [*self.earlier, *facts])
        mine = slice(union.mine, union.mine + len(self.figures))
        derived = propagate(union.statements)
        nobody = np.zeros(len(union.statements), dtype=bool)
        verdict = judge(union.statements, union.table, ours=nobody)
        targets = self._list_targets()
        sure = nobody.copy()
        sure[verdict.certified] = True
        exact = (derived.lower == derived.upper)[mine] & targets
        open_ = targets & (exact | ~sure[mine])
        alone = _Alone.of(self.atoms, self.figures, facts) if facts else None
        known = alone.find_known(open_) if alone else np.zeros(len(self.figures), dtype=bool)
        exact &= ~known
        for i in np.flatnonzero(open_ & ~known & ~exact)[:MOST_BOUNDED]:
            lower, upper = bound_statement(union.statements, union.mine + int(i))
            exact[i] = lower == upper
        return Attacked(
            events=self.events,
            figures=len(self.figures),
            tested=int(targets.sum()),
            known=int(known.sum()),
            certified=int((targets & ~open_).sum()),
            undecided=self._name(open_ & ~known & ~exact),
            recovered=self._name(exact),
        )

    def _list_targets(self) -> NDArray[np.bool_]:
        lower, upper = self.figures.lower, self.figures.upper
        found: NDArray[np.bool_] = ((lower <= SMALL) & (upper >= 1)) | (lower == upper)
        return found

    def _name(self, marks: NDArray[np.bool_]) -> tuple[Place, ...]:
        return tuple(sorted({self.places[i] for i in np.flatnonzero(marks)}))


@dataclass(frozen=True, slots=True)
class _Alone:
    """What tables of others tell by themselves: statements in which ours are silent."""

    statements: Statements
    mine: int

    @classmethod
    def of(cls, atoms: Atoms, figures: Figures, facts: Sequence[Earlier]) -> "_Alone":
        union = make_union(atoms, figures, facts)
        silent = np.zeros(len(union.statements), dtype=bool)
        silent[union.mine : union.mine + len(figures)] = True
        return cls(mask(union.statements, silent), union.mine)

    def find_known(self, open_: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Find the open figures that are told within 1."""
        derived = propagate(self.statements)
        mine = slice(self.mine, self.mine + len(open_))
        known: NDArray[np.bool_] = (derived.upper - derived.lower < WIDTH)[mine] & open_
        for i in np.flatnonzero(open_ & ~known)[:MOST_BOUNDED]:
            lower, upper = bound_statement(self.statements, self.mine + int(i))
            known[i] = upper - lower < WIDTH
        return known

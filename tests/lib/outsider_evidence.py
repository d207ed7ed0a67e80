"""What an outsider keeps of twelve releases, and what he looks for in it."""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from lib.outsider import Key, Released, months_of, read_cells
from lib.outsider_region import (
    CANARY,
    CORRECTED,
    INDICATORS,
    KINDS,
    WAYS,
    Counts,
    OutsiderRegion,
    draw_history,
    make_outsider_region,
    name_day,
)
from lib.page_server import serving
from regiebeeld.attack import find_exact, propagate
from regiebeeld.dashboard.access import PresentAgreements
from regiebeeld.dashboard.web import create_app
from regiebeeld.domain import read_period
from regiebeeld.pipeline.gate.figures import UNPLACED
from regiebeeld.pipeline.gate.union import Atoms, Earlier, Figures, Union, make_union
from regiebeeld.releases import Shelf
from regiebeeld.settings import Settings


@dataclass
class Kept:
    """What the outsider has, by release: the folders, the answers, and the figures in the files."""

    region: OutsiderRegion
    folders: list[Path] = field(default_factory=list)
    answers: list[dict[str, bytes]] = field(default_factory=list)
    cells: list[Released] = field(default_factory=list)
    canaries: frozenset[int] = frozenset()

    @property
    def truths(self) -> list[Counts]:
        return self.region.truths


def gather(root: Path, example: Settings) -> Kept:
    """Make twelve releases, and keep of each all that anybody could have kept."""
    found = Kept(make_outsider_region(root / "region", example))
    with connect(found.region.settings) as client:
        for number, counts in enumerate(draw_history(found.region.list_buurten())):
            published = found.region.release(counts, name_day(number + 1))
            folder = root / "kept" / published.id
            shutil.copytree(published.folder, folder)  # the shelf itself keeps five
            found.folders.append(folder)
            found.cells.append(read_cells(sorted(folder.glob("*.duckdb"))))
            found.answers.append(ask_api(client, found.cells[-1]))
            assert json.loads(found.answers[-1]["areas"])["release"] == published.id
    return found


def ask_api(client: httpx.Client, cells: Released) -> dict[str, bytes]:
    """Ask the served release for its figures, per area as JSON and per period as CSV."""
    answers = {}
    areas = sorted({area for _, area, _ in cells})
    last = max(period for _, _, period in cells if "/" in period)
    asked = [f"indicator={name}&area={area}" for name in INDICATORS for area in areas]
    asked += [f"indicator={n}&level=wijk&period={last}&format=csv" for n in INDICATORS]
    for question in asked:
        answer = client.get(f"/api/v1/cells?{question}")
        assert answer.status_code == 200, (question, answer.text)
        answers[question] = answer.content
    for name in ("areas", "indicators", "sources"):
        answers[name] = client.get(f"/api/v1/{name}").content
    return answers


@contextmanager
def connect(settings: Settings) -> Iterator[httpx.Client]:
    """Give a reader of the served release, with the agreements of the region."""
    shelf, present = Shelf(settings.releases), PresentAgreements(settings)
    app = create_app(shelf, audience="regio", present=present)
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def find_strange(answers: dict[str, bytes], told: Released) -> list[str]:
    """Name every figure of the answers that is in no file, or otherwise."""
    strange = []
    for question, body in answers.items():
        if not question.startswith("indicator="):
            continue
        for row in read_rows(body, "format=csv" in question):
            key = (row["indicator"], row["area"], row["period"])
            numbers = tuple(_number(row[name]) for name in _NUMBERS)
            known = {tuple(getattr(c, n) for n in _NUMBERS) for c in told.get(key, ())}
            if numbers not in known:
                strange.append(f"{question}: {key}")
    return strange


_NUMBERS = ("value", "lower", "upper", "base", "per", "rate", "rate_lower", "rate_upper")


def _number(value: object) -> object:
    return (float(value) if value else None) if isinstance(value, str) else value


def read_rows(body: bytes, is_csv: bool) -> list[dict[str, str]]:
    if is_csv:
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    rows: list[dict[str, str]] = json.loads(body)["cells"]
    return rows


def list_canaries(kept: Kept) -> frozenset[int]:
    """List true numbers that stand nowhere else: of one atom, and of all figures that hold it.

    An end of some printed range can be such a number by chance; those are left out.
    """
    if not kept.canaries:
        cells = (c for told in kept.cells for cells in told.values() for c in cells)
        ends = {end for cell in cells for end in (cell.lower, cell.upper, cell.base)}
        kept.canaries = frozenset(_add_up(kept.truths) - ends)
    return kept.canaries


def _add_up(truths: list[Counts]) -> set[int]:
    home = next(atom[0] for atom, count in truths[0].items() if count == CANARY)
    found = {CANARY, CORRECTED}
    for truth in truths:
        for width in (4, 6, 8):
            inside = [
                (a, c) for a, c in truth.items() if a[0][2 : 2 + width] == home[2 : 2 + width]
            ]
            for end in range(12, 24):
                window = months_of(f"{2024 + (end - 1) // 12}-{(end - 1) % 12 + 1:02d}/P12M")
                for kinds, ways in INDICATORS.values():
                    mine = (
                        c for a, c in inside if a[2] in kinds and a[3] in ways and a[1] in window
                    )
                    found.add(sum(mine))
    return {n for n in found if n > 10_000 and n % 5}


def find_canaries(body: bytes, kept: Kept) -> list[int]:
    """Find true numbers in what a reader gets, also with a point between thousands."""
    told = {int(n.replace(b".", b"")) for n in re.findall(
        rb"(?<![0-9A-Za-z.,])(?:\d{5,6}|\d{2,3}\.\d{3})(?![0-9A-Za-z])", body)}  # fmt: skip
    return sorted(told & list_canaries(kept))


def lay_moments(releases: list[Released], truths: list[Counts]) -> list[Earlier]:
    """Lay what the files of each release tell beside the counts of that moment."""
    return [_lay_moment(*each) for each in zip(releases, truths, strict=True)]


def _lay_moment(told: Released, truth: Counts) -> Earlier:
    places, months = (sorted({atom[k] for atom in truth}) for k in range(2))
    sets = [(kind, way) for kind in KINDS for way in WAYS]
    counts = [[[truth[a, m, *s] for s in sets] for m in months] for a in places]
    names = [f"BU{p[2:6]}{UNPLACED}{p}" if p.endswith("9999") else p for p in places]
    atoms = Atoms(
        tuple(names),
        tuple(map(read_period, months)),
        tuple(f"{kind}/{way}" for kind, way in sets),
        np.array(counts, dtype=np.int64),
    )
    rows = [
        (key, bounds)
        for key, cells in sorted(told.items())
        if key[0] in INDICATORS
        for bounds in sorted({cell.bounds() or () for cell in cells} - {()})
    ]
    kinds = {n: frozenset(f"{k}/{w}" for k in ks for w in ws) for n, (ks, ws) in INDICATORS.items()}
    areas, periods = (sorted({row[0][k] for row in rows}) for k in (1, 2))
    columns = [
        (areas.index(key[1]), periods.index(key[2]), list(kinds).index(key[0]), *bounds)
        for key, bounds in rows
    ]
    return Earlier(
        atoms,
        Figures(
            tuple(areas),
            tuple(map(read_period, periods)),
            tuple(kinds.values()),
            *np.array(columns, dtype=np.int64).T,
        ),
    )


def join(releases: list[Released], truths: list[Counts]) -> Union:
    """Join what the files of all releases tell."""
    *before, last = lay_moments(releases, truths)
    return make_union(last.atoms, last.figures, before)


def find_recovered(union: Union) -> int:
    """Count the figures, small or not, of which plain arithmetic gives the true number."""
    figures = np.arange(len(union.marks))
    return len(find_exact(propagate(union.statements), figures))


def count(key: Key, truth: Counts) -> int:
    """Count by hand what a figure counts."""
    indicator, area, period = key
    kinds, ways = INDICATORS[indicator]
    months = set(months_of(period))
    return sum(
        number
        for (place, month, kind, way), number in truth.items()
        if place[2:].startswith(area[2:]) and month in months and kind in kinds and way in ways
    )

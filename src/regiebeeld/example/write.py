"""Writes the invented region as a folder of files; the one entry of this package."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from regiebeeld.domain import AreaLevel
from regiebeeld.example import tables
from regiebeeld.example.area_files import PLURALS, write_areas
from regiebeeld.example.counts import Counts, draw_counts
from regiebeeld.example.homes import Homes, settle_homes
from regiebeeld.example.layout import Ground, Shape, draw_layout, make_ground
from regiebeeld.example.people import People, settle_people
from regiebeeld.example.rates import Expected, compute_expected
from regiebeeld.example.readme import draw_readme
from regiebeeld.example.truths import Truths, read_truths
from regiebeeld.settings import read_settings

SEED = 20261
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Example:
    """The invented region in memory: what was planted, expected and drawn."""

    truths: Truths
    ground: Ground
    people: People
    homes: Homes
    expected: Expected
    counts: Counts


@dataclass(frozen=True, slots=True)
class ExamplePaths:
    """Where each file of the example stands; `areas` is keyed by vintage and level."""

    folder: Path
    oldest: int
    newest: int
    areas: dict[tuple[int, AreaLevel], Path]
    offences: Path
    metadata: dict[str, Path]
    population: Path
    readme: Path


def write_example(
    folder: Path,
    *,
    seed: int = SEED,
    truths: Path | None = None,
    example: Example | None = None,
    progress: Progress | None = None,
) -> ExamplePaths:
    """Write the example region to `folder`; the same seed and truths give the same bytes.

    `truths` is the file of planted truths, by default that of region voorbeeld; `example` spares
    making the region again. Raises CatalogueError when that file does not fit.
    """
    tell = progress or _say_nothing
    example = example or make_example(seed=seed, truths=truths, progress=tell)
    folder.mkdir(parents=True, exist_ok=True)
    paths = _paths(folder, example.truths)
    tell("Voorbeeld: gebieden schrijven")
    newest = _write_layouts(paths, example)
    tell("Voorbeeld: misdrijven en inwoners schrijven")
    _write_tables(paths, example, newest)
    paths.readme.write_text(draw_readme(example.truths, seed), encoding="utf-8", newline="\n")
    return paths


def make_example(
    *, seed: int = SEED, truths: Path | None = None, progress: Progress | None = None
) -> Example:
    """Make the example region in memory."""
    tell = progress or _say_nothing
    planted = read_truths(truths or read_settings().regions / "voorbeeld" / "planted_truths.yaml")
    tell("Voorbeeld: kaart tekenen")
    ground = make_ground(planted, seed)
    people = settle_people(ground, seed)
    tell("Voorbeeld: misdrijven trekken")
    homes = settle_homes(ground, people, seed)
    expected = compute_expected(ground, people, planted, seed)
    counts = draw_counts(expected, planted, seed)
    return Example(planted, ground, people, homes, expected, counts)


def _say_nothing(_text: str) -> None:
    """The progress of a quiet run."""


def _paths(folder: Path, truths: Truths) -> ExamplePaths:
    lists = ("Perioden", "SoortMisdrijf", "WijkenEnBuurten", "TableInfos")
    return ExamplePaths(
        folder=folder,
        oldest=truths.oldest,
        newest=truths.newest,
        areas={
            (year, level): folder / f"gebieden_{year}_{plural}.geojson"
            for year in (truths.oldest, truths.newest)
            for level, plural in PLURALS.items()
        },
        offences=folder / "misdrijven_maand.csv",
        metadata={name: folder / f"misdrijven_maand_{name}.csv" for name in lists},
        population=folder / "bevolking.csv",
        readme=folder / "LEESMIJ.txt",
    )


def _write_layouts(paths: ExamplePaths, example: Example) -> dict[AreaLevel, list[Shape]]:
    """Write both layouts and give the newest."""
    layouts = {
        year: draw_layout(example.ground, oldest=year == paths.oldest)
        for year in (paths.oldest, paths.newest)
    }
    for (year, level), path in paths.areas.items():
        write_areas(path, layouts[year][level], level, example.people, year)
    return layouts[paths.newest]


def _write_tables(
    paths: ExamplePaths, example: Example, newest: dict[AreaLevel, list[Shape]]
) -> None:
    every = [shape for shapes in newest.values() for shape in shapes]
    names = {shape.code: shape.name for shape in every if shape.pieces}
    tables.write_counts(paths.offences, example.counts)
    tables.write_population(paths.population, newest, example.people, example.homes)
    tables.write_periods(paths.metadata["Perioden"])
    tables.write_offences(paths.metadata["SoortMisdrijf"])
    tables.write_area_keys(paths.metadata["WijkenEnBuurten"], example.counts.areas, names)
    tables.write_table_info(paths.metadata["TableInfos"])

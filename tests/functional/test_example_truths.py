"""What was planted in the invented region is really in it, and its files are in CBS form."""

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyarrow import csv as arrow_csv

from regiebeeld.domain import AreaLevel, read_area_code, read_cbs_period, read_period
from regiebeeld.domain.areas import is_drawable, level_of, may_be_unknown, parent_code
from regiebeeld.example import ExamplePaths, write_example
from regiebeeld.example.counts import draw_counts
from regiebeeld.example.offences import EVERY, OFFENCES
from regiebeeld.example.rates import MONTHS, compute_expected, months_of
from regiebeeld.example.tables import TRAIT_COLUMNS
from regiebeeld.example.traits import Trait
from regiebeeld.example.truths import Truth, TruthKind
from regiebeeld.example.write import SEED, Example, make_example

TRUTHS = Path(__file__).parents[2] / "regions" / "voorbeeld" / "planted_truths.yaml"
YEAR = np.array([int(month[:4]) for month in MONTHS])
MONTH = np.array([int(month[5:]) for month in MONTHS])
TWENTE = ("0141", "0147", "1774", "0153", "0158", "0163", "0164", "1735", "0168", "0173", "1742")
TWENTE += ("0183", "1700", "0189")
DAYS = np.array([read_period(month).days for month in MONTHS])


@pytest.fixture(scope="module")
def example() -> Example:
    return make_example(truths=TRUTHS)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> ExamplePaths:
    return write_example(tmp_path_factory.mktemp("voorbeeld"), truths=TRUTHS)


@pytest.fixture(scope="module")
def rows(paths: ExamplePaths) -> dict[str, np.ndarray]:
    """The month table as text columns, and its counts as numbers."""
    options = arrow_csv.ParseOptions(delimiter=";")
    table = arrow_csv.read_csv(paths.offences, parse_options=options)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _truth(example: Example, name: str) -> Truth:
    return next(truth for truth in example.truths.truths if truth.id == name)


def _without(example: Example, *kinds: TruthKind) -> np.ndarray:
    kept = tuple(t for t in example.truths.truths if t.kind not in kinds)
    bare = replace(example.truths, truths=kept)
    return compute_expected(example.ground, example.people, bare, SEED).means


def _offence(code: str | None) -> int:
    return next(i for i, offence in enumerate(EVERY) if offence.code == code)


def _counts(example: Example, offence: str | None) -> tuple[list[str], np.ndarray]:
    """Codes of known buurten and their counts (buurten, months) of one offence."""
    table = example.counts
    own = [i for i, c in enumerate(table.areas) if c.startswith("BU") and is_drawable(c)]
    return [table.areas[i] for i in own], table.values[own, table.offences.index(str(offence))]


def _z(observed: float, expected: float, spread: float) -> float:
    return abs(np.log(observed / expected)) / spread


# --- the planted truths in what is expected -------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "uitbraak_fietsdiefstal",
        "hotspot_vernieling",
        "interventie_werkt",
        "interventie_zonder_effect",
    ],
)
def test_a_factor_holds_where_and_when_it_is_planted_and_nowhere_else(
    example: Example, name: str
) -> None:
    truth = _truth(example, name)
    kept = tuple(t for t in example.truths.truths if t is not truth)
    bare = compute_expected(
        example.ground, example.people, replace(example.truths, truths=kept), SEED
    )
    ratio = np.ones_like(bare.means)
    np.divide(example.expected.means, bare.means, out=ratio, where=bare.means > 0)
    planted = np.ones_like(ratio)
    rows = [i for i, code in enumerate(bare.buurten) if truth.covers(code)]
    planted[np.ix_(rows, [_offence(truth.offence)], months_of(truth))] = truth.factor
    assert rows
    np.testing.assert_allclose(ratio, planted, rtol=1e-9)


def test_a_relation_moves_its_offence_between_buurten_and_no_other(example: Example) -> None:
    """What is planted per step, counted by hand, with the homes of the last year as weights."""
    expected, homes = example.expected, example.homes
    wanted = np.zeros(len(expected.buurten))
    for truth in example.truths.of_kind(TruthKind.RELATION):
        assert truth.trait is not None
        for i, code in enumerate(expected.buurten):
            own = [n for n, piece in enumerate(example.ground.pieces) if piece.new == code]
            weights = example.people.dwellings[own, -1] + 1e-9
            level = (homes.of(truth.trait)[own] * weights).sum() / weights.sum()
            wanted[i] += np.log(float(truth.factor or 0)) * level / float(truth.step or 0)
    burglary = _offence("1.1.1")
    homely = expected.even[:, burglary].min(axis=1) > 0
    told = np.log(expected.means[homely, burglary] / expected.even[homely, burglary])
    moved = (wanted[homely] - wanted[homely][0])[:, None]
    np.testing.assert_allclose(told - told[0], np.repeat(moved, 96, axis=1), atol=1e-8)
    assert homely.mean() > 0.95
    others = [i for i in range(len(EVERY)) if i != burglary]
    assert (expected.means[:, others] == expected.even[:, others]).all()
    bare = _without(example, TruthKind.RELATION, TruthKind.INTERVENTION)[:, burglary]
    kept = _without(example, TruthKind.INTERVENTION)[:, burglary]
    np.testing.assert_allclose(kept.sum(axis=0), bare.sum(axis=0), rtol=1e-9)


def test_a_relation_changes_the_counts_of_no_other_offence(example: Example) -> None:
    even = replace(example.expected, means=example.expected.even)
    table, bare = example.counts, draw_counts(even, example.truths, SEED)
    same = [i for i, code in enumerate(table.offences) if code not in ("0.0.0", "1.1.1")]
    assert (table.values[:, same] == bare.values[:, same]).all()
    burglary = table.offences.index("1.1.1")
    assert (table.values[:, burglary] != bare.values[:, burglary]).any()


def test_burglary_is_higher_in_the_dark_months(example: Example) -> None:
    truth = _truth(example, "seizoen_woninginbraak")
    means = _without(example, TruthKind.INTERVENTION, TruthKind.TREND)[:, _offence("1.1.1")]
    level = means.sum(axis=0) / DAYS
    dark = np.isin(MONTH, truth.months)
    yearly = [
        level[(y == YEAR) & dark].mean() / level[(y == YEAR) & ~dark].mean() for y in set(YEAR)
    ]
    # people and the offence's own slow course move a little within a year
    assert np.mean(yearly) == pytest.approx(truth.factor, rel=0.01)


def test_the_total_falls_slowly(example: Example) -> None:
    planted = (TruthKind.OUTBREAK, TruthKind.HOT_SPOT, TruthKind.INTERVENTION)
    means = _without(example, *planted).sum(axis=(0, 1))
    people = example.people.inhabitants.sum(axis=0)
    yearly = np.array([means[y == YEAR].sum() / DAYS[y == YEAR].sum() for y in sorted(set(YEAR))])
    change = (yearly / people)[1:] / (yearly / people)[:-1]
    np.testing.assert_allclose(change, _truth(example, "trend_totaal").factor, rtol=0.002)


# --- and in what was drawn ------------------------------------------------------------------


def test_the_season_shows_in_the_counts(example: Example) -> None:
    truth = _truth(example, "seizoen_woninginbraak")
    counts = _counts(example, truth.offence)[1].sum(axis=0)
    dark = np.isin(MONTH, truth.months)
    days = DAYS[dark].sum(), DAYS[~dark].sum()
    ratio = (counts[dark].sum() / days[0]) / (counts[~dark].sum() / days[1])
    spread = np.sqrt(1 / counts[dark].sum() + 1 / counts[~dark].sum()) * 1.3
    assert _z(ratio, float(truth.factor or 0), spread) < 3
    assert _z(ratio, 1.0, spread) > 8


def test_the_outbreak_shows_in_the_counts(example: Example) -> None:
    truth = _truth(example, "uitbraak_fietsdiefstal")
    codes, counts = _counts(example, truth.offence)
    own = counts[[i for i, code in enumerate(codes) if truth.covers(code)]].sum(axis=0)
    months = months_of(truth)
    same = np.isin(MONTH, MONTH[months]) & ~np.isin(np.arange(len(MONTHS)), months)
    usual = own[same].sum() / (same.sum() / len(months))
    spread = np.sqrt(1 / own[months].sum() + 1 / own[same].sum() + 1 / (6 * len(months) * 6))
    assert _z(own[months].sum() / usual, float(truth.factor or 0), spread) < 3
    assert _z(own[months].sum() / usual, 1.0, spread) > 4


def test_the_hot_spot_is_the_hottest_cluster_of_its_gemeente(example: Example) -> None:
    truth = _truth(example, "hotspot_vernieling")
    codes, counts = _counts(example, truth.offence)
    bare = _without(example, TruthKind.HOT_SPOT)[:, _offence(truth.offence)].sum(axis=1)
    ratio = counts.sum(axis=1) / bare
    inside = np.array([truth.covers(code) for code in codes])
    assert ratio[inside].min() > 3
    assert np.median(ratio[~inside]) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("name", ["interventie_werkt", "interventie_zonder_effect"])
def test_an_intervention_shows_against_the_rest(example: Example, name: str) -> None:
    """Difference in differences on the counts: treated buurten against all untreated ones."""
    truth = _truth(example, name)
    codes, counts = _counts(example, truth.offence)
    treated = np.array([truth.covers(code) for code in codes])
    never = ~np.array(
        [any(t.covers(c) for t in example.truths.of_kind(TruthKind.INTERVENTION)) for c in codes]
    ) & ~np.array([code.startswith("BU9912") for code in codes])
    after = np.isin(np.arange(len(MONTHS)), months_of(truth))
    cells = np.array(
        [[counts[who][:, when].sum() for when in (~after, after)] for who in (treated, never)]
    )
    ratio = (cells[0, 1] / cells[0, 0]) / (cells[1, 1] / cells[1, 0])
    spread = np.sqrt((1 / cells).sum()) * 1.2
    assert _z(ratio, float(truth.factor or 0), spread) < 3
    assert (_z(ratio, 1.0, spread) > 3) == (truth.factor != 1.0)


def test_the_late_delivery_is_zero_everywhere_and_only_there(example: Example) -> None:
    truth = _truth(example, "late_levering_ginderveen")
    table, months = example.counts, months_of(truth)
    own = np.array([truth.covers(code) for code in table.areas])
    assert months == [len(MONTHS) - 2, len(MONTHS) - 1]
    assert table.values[own][:, :, months].sum() == 0
    gemeenten = np.array([code.startswith("GM") for code in table.areas])
    assert (table.values[gemeenten & ~own, 0] > 0).all()
    assert (table.values[gemeenten & own, 0][:, : months[0]] > 0).all()
    rows = [i for i, c in enumerate(example.expected.buurten) if truth.covers(c)]
    assert example.expected.means[rows][:, :, months].sum() > 100


def test_counts_spread_more_than_chance(example: Example) -> None:
    """Pearson's statistic against the true means is about 1 for Poisson counts."""
    codes, counts = _counts(example, "2.2.1")
    means = example.expected.means[:, _offence("2.2.1")]
    assert codes == list(example.expected.buurten)
    known = np.array([not code.startswith("BU9912") for code in codes])
    busy = known[:, None] & (means > 1)
    assert ((counts - means)[busy] ** 2 / means[busy]).mean() > 1.15


def test_levels_are_those_of_twente(example: Example, test_data: Path) -> None:
    """Rates of 2018-2023 stand within a factor three of those of the fourteen real gemeenten."""
    file = test_data / "police/47018NED_gemeente_2012_2025_data.json"
    real = json.loads(file.read_text("utf-8"))
    years = [str(year) for year in range(2018, 2024)]
    twente = [f"GM{number}" for number in TWENTE]
    people = sum(real["population"][code][year] for code in twente for year in years)
    own = example.people.inhabitants[:, :6].sum()
    compared = 0
    for offence in OFFENCES:
        if offence.code not in real["counts"]:
            continue
        theirs = sum(real["counts"][offence.code][c][y] for c in twente for y in years) / people
        mine = example.expected.means[:, _offence(offence.code), :72].sum() / own
        assert 1 / 3 < mine / theirs < 3, offence.code
        compared += 1
    assert compared >= 10


# --- the files ------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(paths: ExamplePaths, tmp_path: Path) -> None:
    told: list[str] = []
    write_example(tmp_path / "again", truths=TRUTHS, progress=told.append)
    hashes = [
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}
        for folder in (paths.folder, tmp_path / "again")
    ]
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 13
    assert told


def test_the_count_table_has_the_untyped_form(paths: ExamplePaths) -> None:
    raw = paths.offences.read_bytes()
    head = "ID;SoortMisdrijf;WijkenEnBuurten;Perioden;GeregistreerdeMisdrijven_1\n"
    assert raw.startswith(b"\xef\xbb\xbf" + head.encode())
    assert raw.splitlines()[1].startswith(b"0;0.0.0 ;GM9901    ;2018MM01;")


def test_the_count_table_is_whole(rows: dict[str, np.ndarray], example: Example) -> None:
    areas, offences, periods = (
        rows[name] for name in ("WijkenEnBuurten", "SoortMisdrijf", "Perioden")
    )
    codes = sorted(set(areas))
    levels = [level_of(code.strip()) for code in codes]
    drawable = [
        level for code, level in zip(codes, levels, strict=True) if not may_be_unknown(code.strip())
    ]
    assert drawable.count(AreaLevel.GEMEENTE) == 14
    assert 90 <= drawable.count(AreaLevel.WIJK) <= 110
    assert 470 <= drawable.count(AreaLevel.BUURT) <= 530
    assert sum(may_be_unknown(code.strip()) for code in codes) == 28
    assert {len(code) for code in codes} == {10}
    assert {len(code) for code in set(offences)} == {6}
    assert [read_cbs_period(key).id for key in sorted(set(periods))] == list(MONTHS)
    assert len(areas) == len(codes) * 22 * 96
    assert all(read_area_code(c, lvl) == c.strip() for c, lvl in zip(codes, levels, strict=True))
    assert (rows["GeregistreerdeMisdrijven_1"] == 0).any()
    assert codes == sorted(code.ljust(10) for code in example.counts.areas)


def test_parts_add_up(rows: dict[str, np.ndarray]) -> None:
    """Buurten with the unknown one make the wijk, wijken the gemeente; offences fit the total."""
    codes = [code.strip() for code in rows["WijkenEnBuurten"][: 96 * 642 : 96]]
    counts = rows["GeregistreerdeMisdrijven_1"].reshape(22, len(codes), 96)
    place = {code: i for i, code in enumerate(codes)}
    for level, finer in ((AreaLevel.GEMEENTE, "WK"), (AreaLevel.WIJK, "BU")):
        sums = np.zeros_like(counts)
        for code in codes:
            if code.startswith(finer):
                sums[:, place[parent_code(code, level)]] += counts[:, place[code]]
        own = [i for code, i in place.items() if level_of(code) is level]
        assert own
        np.testing.assert_array_equal(sums[:, own], counts[:, own])
    rest = counts[0] - counts[1:].sum(axis=0)
    assert (rest >= 0).all()
    assert rest.sum() > 0


def test_key_lists_cover_the_table(paths: ExamplePaths, rows: dict[str, np.ndarray]) -> None:
    def keys(name: str) -> dict[str, dict[str, str]]:
        with paths.metadata[name].open(encoding="utf-8", newline="") as file:
            return {row["Key"]: row for row in csv.DictReader(file)}

    for name in ("Perioden", "SoortMisdrijf", "WijkenEnBuurten"):
        assert set(keys(name)) == set(rows[name])
    status = [row["Status"] for row in keys("Perioden").values()]
    assert status == ["Definitief"] * 84 + ["Voorlopig"] * 12
    assert keys("WijkenEnBuurten")["GM9907    "]["Title"] == "Elzumerveen"
    assert keys("WijkenEnBuurten")["BU99079999"]["Title"] == "Buurt onbekend"
    assert "1.4.1 " not in keys("SoortMisdrijf")


def test_it_says_everywhere_that_it_is_invented(paths: ExamplePaths) -> None:
    for path in (*paths.metadata.values(), *paths.areas.values(), paths.readme):
        if path.name.endswith("Perioden.csv"):
            continue  # months have no text of their own
        assert "verzonnen" in path.read_text("utf-8").casefold(), path.name


def test_population_is_shown_as_cbs_does(paths: ExamplePaths) -> None:
    with paths.population.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert {row["Perioden"] for row in rows} == {f"{year}JJ00" for year in range(2018, 2026)}
    buurten = [row for row in rows if row["WijkenEnBuurten"].startswith("BU")]
    people = np.array([int(row["AantalInwoners_1"]) for row in buurten])
    assert (people % 5 == 0).all()
    assert {0, 5} <= set(people.tolist())
    secret = np.array([row["Woningvoorraad_3"] == "       ." for row in buurten])
    assert secret.any()
    assert people[secret].max() <= 50
    last = [row for row in rows if row["Perioden"] == "2025JJ00"]
    total = sum(int(r["AantalInwoners_1"]) for r in last if r["WijkenEnBuurten"].startswith("GM"))
    finest = sum(int(r["AantalInwoners_1"]) for r in last if r["WijkenEnBuurten"].startswith("BU"))
    assert total == pytest.approx(finest, abs=2.5 * 500)


def test_traits_are_shown_as_cbs_does_and_never_of_a_tiny_buurt(paths: ExamplePaths) -> None:
    with paths.population.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for trait, column in TRAIT_COLUMNS.items():
        known = [row[column] for row in rows if row[column] != "       ."]
        values = np.array(known, float)
        assert all(("." in text) == trait.value.startswith("afstand") for text in known), trait
        assert values.min() >= 0, trait
        assert values.std() > 0, trait
        if trait.value not in ("woz_waarde", "adressendichtheid"):
            assert values.max() <= 100, trait
    tiny = [r for r in rows if r["WijkenEnBuurten"].startswith("BU")
            and r["Woningvoorraad_3"] == "       ."]  # fmt: skip
    assert tiny
    assert {row[column] for row in tiny for column in TRAIT_COLUMNS.values()} == {"       ."}


def test_a_wijk_has_the_traits_of_its_homes(example: Example, paths: ExamplePaths) -> None:
    with paths.population.open(encoding="utf-8-sig", newline="") as file:
        rows = {(r["WijkenEnBuurten"].strip(), r["Perioden"]): r
                for r in csv.DictReader(file, delimiter=";")}  # fmt: skip
    column = TRAIT_COLUMNS[Trait.EENGEZINSWONINGEN]
    pieces = [i for i, p in enumerate(example.ground.pieces) if p.new.startswith("BU990101")]
    homes = example.people.dwellings[pieces, -1]
    single = sum(homes * example.homes.eengezinswoningen[pieces]) / sum(homes)
    assert rows["WK990101", "2025JJ00"][column] == str(round(single))


@pytest.mark.parametrize("year", [2018, 2025])
def test_area_files_have_the_form_of_pdok(paths: ExamplePaths, year: int) -> None:
    buurten = json.loads(paths.areas[year, AreaLevel.BUURT].read_text("utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in buurten])
    assert shapely.coverage_is_valid(shapes)
    assert set(shapely.get_type_id(shapes)) == {6}  # multipolygon
    assert 3.0 < shapely.total_bounds(shapes)[0] < shapely.total_bounds(shapes)[2] < 4.6
    properties = [feature["properties"] for feature in buurten]
    water = [item for item in properties if item["water"] == "JA"]
    assert [is_drawable(item["buurtcode"]) for item in water] == [False]
    for item in properties:
        assert item["jrstatcode"] == f"{year}{item['buurtcode']}"
        assert parent_code(item["buurtcode"], AreaLevel.WIJK) == item["wijkcode"]
        assert parent_code(item["buurtcode"], AreaLevel.GEMEENTE) == item["gemeentecode"]
    assert any(item["aantal_huishoudens"] == -99997 for item in properties if item not in water)


def test_both_layouts_hold_the_same_people_and_ground(paths: ExamplePaths) -> None:
    def ground(year: int, level: AreaLevel) -> float:
        features = json.loads(paths.areas[year, level].read_text("utf-8"))["features"]
        shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
        return float(shapely.area(shapes).sum())

    expected = ground(2018, AreaLevel.GEMEENTE)
    for year in (2018, 2025):
        for level in (AreaLevel.GEMEENTE, AreaLevel.WIJK, AreaLevel.BUURT):
            assert ground(year, level) == pytest.approx(expected, rel=1e-9)

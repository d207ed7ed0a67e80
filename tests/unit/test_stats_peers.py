"""Peers by key figures: against a slow plain loop, with reasons, never by traits of people."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from regiebeeld.statistics.peers import (
    FORBIDDEN,
    KeyFigures,
    Reason,
    Scale,
    find_peers,
    find_protected,
    refuse_protected,
)

NAMES = ("adressendichtheid", "woz_waarde", "meergezinswoning")


def make_figures(seed: int = 1, *, areas: int = 40, missing: float = 0.0) -> KeyFigures:
    random = np.random.default_rng(seed)
    values = random.lognormal(size=(areas, 3)) * [1000.0, 250.0, 20.0]
    values[random.random(values.shape) < missing] = np.nan
    codes = tuple(f"GM{number:04}" for number in random.permutation(areas))
    return KeyFigures(codes, NAMES, values)


def slow_distance(a: np.ndarray, b: np.ndarray, table: np.ndarray, weights: list[float]) -> float:
    total = weight = 0.0
    for j in range(table.shape[1]):
        if math.isnan(a[j]) or math.isnan(b[j]):
            continue
        known = sorted(x for x in table[:, j] if not math.isnan(x))
        middle = float(np.median(known))
        spread = 1.4826 * float(np.median([abs(x - middle) for x in known]))
        total += weights[j] * abs(a[j] - b[j]) / spread
        weight += weights[j]
    return total / weight if weight >= sum(weights) / 2 else math.inf


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_peers_are_those_of_a_plain_loop(missing: float) -> None:
    figures = replace(make_figures(2, missing=missing), weights=(1.0, 2.0, 0.5))
    for place, found in enumerate(find_peers(figures, count=5)):
        distances = sorted(
            (slow_distance(figures.values[place], other, figures.values, [1.0, 2.0, 0.5]), code)
            for j, (other, code) in enumerate(zip(figures.values, figures.codes, strict=True))
            if j != place
        )
        expected = [(d, code) for d, code in distances[:5] if math.isfinite(d)]
        assert [peer.code for peer in found.peers] == [code for _, code in expected]
        assert [peer.distance for peer in found.peers] == pytest.approx([d for d, _ in expected])


def test_a_hand_computed_distance_with_its_reasons() -> None:
    # Medians 3 and 30, median absolute deviations 1 and 10: spreads 1.4826 and 14.826.
    values = np.array([[1, 10], [2, 40], [3, 30], [4, 20], [5, 50.0]])
    figures = KeyFigures(("A", "B", "C", "D", "E"), ("dichtheid", "woz_waarde"), values)
    nearest = find_peers(figures, count=1)[2].peers[0]
    assert nearest.code == "B"  # as far as D: ties go by code
    assert nearest.distance == pytest.approx((1 + 1) / 1.4826 / 2)
    assert nearest.compared == 1.0
    names, gaps = zip(*nearest.differences, strict=True)
    assert names == ("dichtheid", "woz_waarde")
    assert gaps == pytest.approx((-1 / 1.4826, 1 / 1.4826))


def test_ranks_do_not_feel_an_extreme_figure() -> None:
    values = np.array([[1.0], [2.0], [2.0], [4.0], [1e9]])
    figures = KeyFigures(tuple("ABCDE"), ("dichtheid",), values, scale=Scale.RANK)
    found = find_peers(figures, count=4)
    # Mid-ranks 0, 1.5, 1.5, 3, 4 of 4.
    assert [(p.code, p.distance) for p in found[4].peers] == [
        ("D", 0.25),
        ("B", 0.625),
        ("C", 0.625),
        ("A", 1.0),
    ]


def test_the_order_of_the_rows_changes_nothing() -> None:
    figures = make_figures(3, missing=0.2)
    values = np.round(figures.values, -2)  # many ties
    figures = replace(figures, values=values)
    turned = replace(figures, codes=figures.codes[::-1], values=values[::-1])
    there = {found.code: found for found in find_peers(figures)}
    back = {found.code: found for found in find_peers(turned)}
    assert there == back


def test_peers_of_some_and_from_elsewhere_only() -> None:
    figures = make_figures(4)
    gemeente = np.arange(40) // 10
    found = find_peers(figures, count=3, wanted=[figures.codes[7]], apart=gemeente)
    assert [one.code for one in found] == [figures.codes[7]]
    own = set(figures.codes[:10])
    assert len(found[0].peers) == 3
    assert not own & {peer.code for peer in found[0].peers}


def test_chunks_leave_no_seam() -> None:
    figures = make_figures(5, areas=300)
    whole = find_peers(figures, count=3)
    assert len(whole) == 300
    for place in (0, 255, 256, 299):
        assert find_peers(figures, count=3, wanted=[figures.codes[place]])[0] == whole[place]


def test_figures_equal_everywhere_tell_nothing_and_are_named() -> None:
    figures = make_figures(6)
    values = figures.values.copy()
    values[:, 1] = 7.0
    found = find_peers(replace(figures, values=values))
    assert found[0].unused == ("woz_waarde",)
    assert {name for name, _ in found[0].peers[0].differences} == {NAMES[0], NAMES[2]}


def test_a_figure_that_is_mostly_one_value_still_counts() -> None:
    values = np.array([[0.0], [0.0], [0.0], [0.0], [10.0]])
    found = find_peers(KeyFigures(tuple("ABCDE"), ("dichtheid",), values), count=4)
    # Mean absolute deviation 2, times 1.2533.
    assert found[4].peers[0].distance == pytest.approx(10 / (1.2533 * 2))


def test_areas_with_too_little_known_say_so() -> None:
    figures = make_figures(7)
    values = figures.values.copy()
    values[0, :2] = np.nan
    values[1, 2] = np.nan
    found = find_peers(replace(figures, values=values), count=40)
    assert found[0].peers == ()
    assert found[0].reason is Reason.TOO_FEW_FIGURES
    assert found[1].reason is Reason.TOO_FEW_AREAS
    assert found[1].peers[0].compared == pytest.approx(2 / 3)
    nothing = find_peers(replace(figures, values=np.full((40, 3), np.nan)))
    assert {one.reason for one in nothing} == {Reason.TOO_FEW_FIGURES}
    alone = find_peers(KeyFigures(("A",), ("dichtheid",), np.array([[1.0]])))
    assert alone[0].peers == ()


@pytest.mark.parametrize(
    ("name", "ground"),
    [
        ("percentage_personen_0_tot_15_jaar", "age"),
        ("k_15Tot25Jaar_9", "age"),
        ("k_65JaarOfOuder_12", "age"),
        ("aandeel_jongeren", "age"),
        ("HuishoudensMetKinderen_32", "age"),
        ("percentage_personen_65_jaar_en_ouder", "age"),
        ("percentage_gescheid", "marital_status"),
        ("percentage_westerse_migratieachtergrond", "origin"),
        ("percentage_uit_marokko", "origin"),
        ("BuitenEuropa_19", "origin"),
        ("Nederland_17", "origin"),
        ("Mannen_6", "sex"),
        ("P_00_14_JR", "age"),
        ("P_65_EO_JR", "age"),
        ("P_HH_M_K", "age"),
        ("P_N_W_AL", "origin"),
        ("P_OVER_NW", "origin"),
        ("percGebInNlMetHerkomstlandNederland", "origin"),
        ("percGebBuitenNlMetHerkomstlndBuitenEuropa", "origin"),
        ("AANT_MAN", "sex"),
        ("WW_UIT_TOT", "in_need"),
        ("A_SOZ_OW", "in_need"),
        ("kerkelijkheid", "religion"),
        ("WmoClienten_90", "health"),
        ("PersonenPerSoortUitkeringAO_85", "in_need"),
        ("Gehuwd_14", "marital_status"),
    ],
)
def test_names_that_tell_who_people_are_get_refused(name: str, ground: str) -> None:
    assert dict(find_protected([name]))[name] == ground
    with pytest.raises(ValueError, match=name):
        refuse_protected(["woz_waarde", name])
    with pytest.raises(ValueError, match="protected"):
        KeyFigures(("A",), (name,), np.array([[1.0]]))


def test_names_of_what_stands_there_are_allowed() -> None:
    places = [
        "GemiddeldeWOZWaardeVanWoningen_36",
        "PercentageMeergezinswoning_38",
        "BouwjaarVoor2000_46",
        "bouwjaar_voor_2000_jaar",
        "woningen_ouder_dan_1970",
        "Omgevingsadressendichtheid_118",
        "AfstandTotGroteSupermarkt_108",
        "AfstandTotKinderdagverblijf_109",
        "afstand_tot_oprit_hoofdverkeersweg",
        "PersonenautoSPerHuishouden_104",
        "GIHandelEnHoreca_95",
        "verhuisde_huishoudens",
        "BEV_DICHTH",
        "OAD",
        "AUTO_HH",
        "OPP_LAND",
        "percentageEenpersoonshuishoudens",
        "inwoners",
        "elders",
    ]
    assert list(find_protected(places)) == []
    assert all(stem == stem.casefold() for stem in FORBIDDEN)


def test_every_figure_of_cbs_about_who_people_are_is_refused(test_data: Path) -> None:
    path = test_data / "key_figures" / "85984NED_meta_DataProperties.csv"
    with path.open(encoding="utf-8") as lines:
        topics = [row for row in csv.DictReader(lines) if row["odata.type"].endswith(".Topic")]
    keys = {int(row["Position"]): row["Key"] for row in topics}
    refused = {name for name, _ in find_protected(keys.values())}
    # Sex, age, marital status and origin; households by children; benefits; care.
    traits = {keys[place] for place in [*range(6, 25), 31, 32, *range(84, 92)]}
    # Businesses in public service, education and care: refused by its last word alone.
    assert refused == traits | {keys[99]}


def test_figures_that_cannot_be_are_refused() -> None:
    figures = make_figures(8)
    with pytest.raises(ValueError, match="shape"):
        replace(figures, values=figures.values.T)
    with pytest.raises(ValueError, match="twice"):
        replace(figures, codes=("GM0000",) * 40)
    with pytest.raises(ValueError, match="twice"):
        replace(figures, names=("woz_waarde",) * 3)
    with pytest.raises(ValueError, match="infinite"):
        replace(figures, values=figures.values * np.inf)
    with pytest.raises(ValueError, match="weights"):
        replace(figures, weights=(1.0, 0.0, 1.0))
    with pytest.raises(ValueError, match="count"):
        find_peers(figures, count=0)
    with pytest.raises(ValueError, match="unknown areas: GM9999"):
        find_peers(figures, wanted=["GM9999"])
    with pytest.raises(ValueError, match="apart"):
        find_peers(figures, apart=[1, 2])

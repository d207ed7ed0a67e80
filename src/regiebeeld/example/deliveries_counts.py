"""Invented counts in the columns of each count contract, of the order of Dutch figures.

A contract without a plan of its own gets the plain one, so every new source is sent too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa

from regiebeeld.catalogue import Role, Source
from regiebeeld.catalogue.fields import fields_with
from regiebeeld.catalogue.models import Finest
from regiebeeld.domain import AreaLevel, PeriodKind
from regiebeeld.domain.areas import parent_code
from regiebeeld.example.people import YEARS
from regiebeeld.example.plan import Kind, Size, region_plan
from regiebeeld.example.terrain import Floats, Ints
from regiebeeld.example.write import Example

LAST_YEAR = YEARS[-1]
_PARTS = {PeriodKind.YEAR: 1, PeriodKind.HALF_YEAR: 2, PeriodKind.QUARTER: 4, PeriodKind.MONTH: 12}
_SPELLED = {PeriodKind.HALF_YEAR: "H{}", PeriodKind.QUARTER: "Q{}", PeriodKind.MONTH: "{:02d}"}
_SPREAD = 6.0  # gamma shape of the differences between areas
_COARSEST = Finest(level=AreaLevel.GEMEENTE, period=PeriodKind.YEAR)
Chosen = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class CountPlan:
    """`rates` a year per 1,000 inhabitants, in the order of the contract's list of event sets.

    `shares` go over the values of the breakdown, `course` is the factor a year. A `stock` is
    what stands at the end of a period (groups, cameras), so it is not divided over the year.
    Of areas that are not `chosen` nothing is told, or with `zero_elsewhere` that there is none.
    """

    first: int = 2020
    rates: tuple[float, ...] = (0.4,)
    shares: tuple[float, ...] = ()
    course: float = 1.0
    stock: bool = False
    spread: float = _SPREAD
    chosen: Chosen = lambda _: True
    zero_elsewhere: bool = False


@cache
def _town_centres() -> frozenset[str]:
    towns = [each for each in region_plan() if each.size is not Size.LAND]
    return frozenset(b.code for town in towns for b in town.buurten if b.kind is Kind.CENTRUM)


@cache
def _cities() -> frozenset[str]:
    return frozenset(each.code for each in region_plan() if each.size is Size.STAD)


def _is_town_centre(area: str) -> bool:
    return area in _town_centres()


def _is_city(area: str) -> bool:
    return area in _cities()


PLANS = {
    "anonieme_tips": CountPlan(2018, (0.55, 0.2, 0.12, 0.04, 0.1), course=1.02),
    "boa_inzet": CountPlan(2023, (3.0, 9.0, 1.2, 0.8, 0.9, 2.0), (0.5, 0.42, 0.08)),
    "brandmeldingen": CountPlan(2021, (0.5, 0.45, 0.25, 0.3, 0.15, 1.4), course=0.99),
    "cameragebieden": CountPlan(
        2018, (0.5, 3.0), stock=True, course=1.06, chosen=_is_town_centre, zero_elsewhere=True
    ),
    "dor_aansluitingen": CountPlan(2023, (0.03, 0.02), stock=True, course=1.15, spread=40.0),
    "drugsafval": CountPlan(2018, (0.03,), course=0.97),
    "ervaren_veiligheid": CountPlan(
        2019, (320.0, 15.0, 62.0, 27.0, 68.0, 128.0, 850.0),
        stock=True, spread=900.0, chosen=_is_city,
    ),
    "ggd_meldpunt_zorg_en_overlast": CountPlan(2019, (0.5, 0.35, 0.4, 0.9, 0.5), course=1.03),
    "halt_afdoeningen": CountPlan(2018, (0.28, 0.15, 0.12, 0.1, 0.12, 0.1), course=0.99),
    "hennepontmantelingen": CountPlan(2018, (0.16, 0.01, 0.02), course=0.93),
    "huiselijk_geweld": CountPlan(2019, (4.2, 6.8), course=1.01, spread=30.0),
    "huishoudens_meerdere_problemen": CountPlan(
        2019, (14.0, 4.5), (0.42, 0.1, 0.16, 0.24, 0.08), stock=True, spread=30.0
    ),
    "jeugdcriminaliteit": CountPlan(
        2018, (0.6, 0.45, 0.4, 0.15, 0.3), (0.16, 0.34, 0.5), course=0.97
    ),
    "jeugdhulp": CountPlan(2018, (21.0, 2.6, 2.2, 0.4), stock=True, spread=40.0),
    "jeugdoverlast": CountPlan(2020, (5.0,), course=0.98),
    "nazorg_ex_gedetineerden": CountPlan(2019, (0.8, 0.5, 0.3)),
    "netbeheerder_fraude": CountPlan(2019, (0.12, 0.01), (0.6, 0.25, 0.15), course=0.95),
    "om_afdoeningen": CountPlan(2018, (9.0, 4.0, 1.8, 1.3, 1.1, 0.5), spread=30.0),
    "onbegrepen_gedrag": CountPlan(2020, (8.0,), course=1.04),
    "openbare_orde_besluiten": CountPlan(2018, (0.06, 0.01, 0.03, 0.005, 0.12, 0.002, 0.004)),
    "preventieadviezen": CountPlan(2022, (1.6, 0.5)),
    "preventiecampagnes": CountPlan(2022, (0.25, 0.1, 0.08, 0.3, 60.0)),
    "sluitingen_13b": CountPlan(2018, (0.06, 0.1, 0.02), (0.8, 0.2)),
    "whatsapp_groepen": CountPlan(2023, (0.9, 45.0), stock=True, course=1.08),
    "woonoverlast": CountPlan(2020, (2.2, 0.8, 0.5, 0.4, 0.5, 0.2, 0.7), (0.35, 0.4, 0.15, 0.1)),
    "zorg_en_veiligheidshuis": CountPlan(2019, (0.5, 0.4, 0.35)),
}  # fmt: skip


def build_counts(source: Source, example: Example, rng: np.random.Generator) -> pa.Table:
    """Build the whole history of a count source: every period, area, event set and breakdown."""
    plan, atom = PLANS.get(source.id, CountPlan()), source.terms.atom or _COARSEST
    sets, splits = _values_of(source, Role.EVENT_SET), _values_of(source, Role.BREAKDOWN)
    key, parts, tables = int(rng.integers(2**31)), _PARTS[atom.period], []
    for oldest in (True, False):
        years = [y for y in YEARS if y >= plan.first and (y < LAST_YEAR) is oldest]
        areas, people = _people_of(example, atom.level, years, oldest=oldest)
        there = np.array([plan.chosen(code) for code in areas])
        kept = np.flatnonzero(there | plan.zero_elsewhere)
        areas, people = [areas[i] for i in kept], (people * there[:, None])[kept]
        levels = _levels_of(plan, areas, len(sets), key)
        course = plan.course ** (np.array(years) - plan.first)
        a_year = levels[:, :, None] * (people * course / 1000)[:, None, :]
        means = a_year[:, :, None, :] * _shares_of(plan, len(splits))[:, None]
        values = _amounts_of(plan, np.repeat(means, parts, axis=3), parts, rng)
        periods = [_spell(year, part, atom.period) for year in years for part in range(parts)]
        tables.append(as_counts(source, (areas, sets, splits, periods), values))
    return pa.concat_tables(tables)


def _values_of(source: Source, role: Role) -> tuple[str, ...]:
    return next((field.values for field in fields_with(source.fields, role)), ("",))


def _spell(year: int, part: int, kind: PeriodKind) -> str:
    return f"{year}-{_SPELLED[kind].format(part + 1)}" if kind in _SPELLED else str(year)


def _people_of(
    example: Example, level: AreaLevel, years: list[int], *, oldest: bool
) -> tuple[list[str], Floats]:
    """Give codes of one layout and inhabitants (areas, years)."""
    pieces = example.ground.pieces
    own = [parent_code(piece.old if oldest else piece.new, level) for piece in pieces]
    codes, owner = np.unique(own, return_inverse=True)
    people = np.zeros((len(codes), len(years)))
    np.add.at(people, owner, example.people.inhabitants[:, [YEARS.index(y) for y in years]])
    return codes.tolist(), people


def _levels_of(plan: CountPlan, areas: list[str], sets: int, key: int) -> Floats:
    """Give what each area has a year per 1,000 inhabitants (areas, event sets).

    An area keeps its own level from one layout to the next, so it is drawn by its code.
    """
    rates = np.resize(np.array(plan.rates), sets)
    own = [
        np.random.default_rng([key, int(code[2:])]).gamma(plan.spread, 1 / plan.spread, sets)
        for code in areas
    ]
    return np.asarray(np.array(own).reshape(len(areas), sets) * rates)


def _amounts_of(plan: CountPlan, a_year: Floats, parts: int, rng: np.random.Generator) -> Ints:
    """Draw what happens in each part of a year; what stands somewhere does not come and go."""
    if plan.stock:
        return np.rint(a_year).astype(np.int64)
    return np.asarray(rng.poisson(a_year / parts))


def _shares_of(plan: CountPlan, splits: int) -> Floats:
    return np.array(plan.shares) if len(plan.shares) == splits else np.full(splits, 1 / splits)


def as_counts(
    source: Source,
    axes: tuple[list[str], Sequence[str], Sequence[str], list[str]],
    values: Ints,
) -> pa.Table:
    """Lay out `values` (areas, event sets, breakdown, periods) as rows, period by period."""
    areas, sets, splits, periods = axes
    rows = list(product(periods, areas, sets, splits))
    amounts = values.transpose(3, 0, 1, 2).ravel()
    columns = dict(zip(("period", "area", "set", "split"), zip(*rows, strict=True), strict=True))
    roles = {
        Role.PERIOD: "period", Role.AREA_CODE: "area", Role.EVENT_SET: "set",
        Role.BREAKDOWN: "split", Role.ATTEMPT: "split",
    }  # fmt: skip
    made = {f.name: pa.array(columns[roles[f.role]]) for f in source.fields if f.role in roles}
    count = next(fields_with(source.fields, Role.COUNT)).name
    # What a count contract drops is the margin of an estimate; 95 % of a Poisson count.
    margin = pa.array(np.rint(1.96 * np.sqrt(amounts)).astype(np.int64))
    made |= {field.name: margin for field in fields_with(source.fields, Role.DROP)}
    return pa.table({**made, count: pa.array(amounts)}).select(source.field_names())

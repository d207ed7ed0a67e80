"""Linking by what an area is called: the gemeente, the buurt or wijk, an area of its own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.linking.code_passes import COARSE, FINE, NEITHER, kind_of
from regiebeeld.pipeline.intake.linking.draft import Job
from regiebeeld.pipeline.intake.linking.methods import Method, Reason
from regiebeeld.pipeline.intake.linking.names import AMBIGUOUS, list_names
from regiebeeld.pipeline.intake.linking.own_areas import OwnAreas
from regiebeeld.pipeline.intake.linking.passes import settle_shares
from regiebeeld.pipeline.intake.linking.texts import Encoded, encode_texts

_NOT_FOUND = -1
_NAME_LEVELS = MappingProxyType(
    {AreaLevel.BUURT: (AreaLevel.BUURT, AreaLevel.WIJK), AreaLevel.WIJK: (AreaLevel.WIJK,)}
)
# How CBS, police and gemeenten put a number before the name of a wijk or buurt.
_NUMBERED = re.compile(r"^\s*(?:wijk|buurt)\s+[0-9]{1,4}\s+", re.IGNORECASE)
_OF_A_WIJK = re.compile(r"^\s*wijk\s+[0-9]{1,4}\s+", re.IGNORECASE)


def read_gemeente_names(job: Job, level: AreaLevel) -> None:
    """Note the gemeente that rows name, for what follows; it links only when nothing finer does.

    Where the contract counts per gemeente, its area names are names of gemeenten too.
    """
    roles = ("gemeente_name", "area_name") if level is AreaLevel.GEMEENTE else ("gemeente_name",)
    for role in (role for role in roles if job.offers(role)):
        encoded = encode_texts(job.keys[role])
        codes = job.frame.gemeente_names().find_all(encoded.texts.to_pylist())
        numbers = [int(code[2:6]) if code else _NOT_FOUND for code in codes]
        found = encoded.spread(np.array(numbers, np.int64))
        job.draft.gemeenten = np.where(job.draft.gemeenten < 0, found, job.draft.gemeenten)
        _note_elsewhere(job, encoded, codes)


def _note_elsewhere(job: Job, encoded: Encoded, codes: Sequence[str | None]) -> None:
    """Mark rows that name a gemeente outside the region; another key may still say otherwise."""
    foreign = job.frame.elsewhere_names().find_all(encoded.texts.to_pylist())
    marked = [
        int(code is None and other is not None) for code, other in zip(codes, foreign, strict=True)
    ]
    rows = encoded.spread(np.array(marked, np.int64)) > 0
    job.draft.elsewhere |= rows & (job.draft.gemeenten < 0)


def link_names(job: Job, level: AreaLevel) -> None:
    """Link names of `level` or of a wijk, within the gemeente of the row where that is known.

    A name of a wijk (`Wijk 03 Noord`, or one that no buurt has) counts for the wijk, when
    nothing finer links.
    """
    if not job.may_link("area_name") or level not in _NAME_LEVELS:
        return
    encoded = encode_texts(job.keys["area_name"])
    for year, rows in job.by_vintage(job.draft.pending_here(), job.frame.layouts):
        open_rows = rows[encoded.places[rows] >= 0]
        for tried in _NAME_LEVELS[level]:
            names = _name_lists(job.frame.layouts[year], tried)
            open_rows = _link_names_of(job, open_rows, encoded, names=names, level=tried)
        job.draft.fail(open_rows, Reason.UNKNOWN_NAME)


@dataclass(frozen=True, slots=True)
class _Names:
    """Name and code of the areas of one level and year, by gemeente number; -1 holds all."""

    vintage: int
    pairs: Mapping[int, Sequence[tuple[str, str]]]


def _name_lists(layout: Layout, level: AreaLevel) -> _Names:
    lists: dict[int, list[tuple[str, str]]] = {_NOT_FOUND: []}
    for area in layout.at(level):
        pair = (_NUMBERED.sub("", area.name), area.code)
        lists[_NOT_FOUND].append(pair)
        lists.setdefault(int(area.code[2:6]), []).append(pair)
    return _Names(layout.vintage, lists)


def _link_names_of(
    job: Job, rows: NDArray[np.int64], encoded: Encoded, *, names: _Names, level: AreaLevel
) -> NDArray[np.int64]:
    """Settle the rows whose name is known at this level and give the others."""
    rest = [np.empty(0, np.int64)]
    for gemeente in np.unique(job.draft.gemeenten[rows]).tolist():
        own = rows[job.draft.gemeenten[rows] == gemeente]
        codes = _find_names(names.pairs.get(gemeente, ()), encoded.texts.to_pylist(), level)
        rest.append(_settle_names(job, own, encoded, codes=codes, vintage=names.vintage))
    return np.concatenate(rest)


def _find_names(
    pairs: Sequence[tuple[str, str]], texts: Sequence[str], level: AreaLevel
) -> list[str | None]:
    found = list_names(pairs).find_all([_NUMBERED.sub("", text) for text in texts])
    if level is AreaLevel.BUURT:
        # "Wijk 03 Noord" names a wijk, even where a buurt is called Noord.
        return [
            None if _OF_A_WIJK.match(text) else code
            for text, code in zip(texts, found, strict=True)
        ]
    return found


def _settle_names(
    job: Job,
    rows: NDArray[np.int64],
    encoded: Encoded,
    *,
    codes: Sequence[str | None],
    vintage: int,
) -> NDArray[np.int64]:
    """Settle names of buurten, note those of wijken, and give the rows whose name is not known."""
    kinds = np.array([kind_of(code or "") for code in codes] or [0], np.int8)
    double = np.array([code == AMBIGUOUS for code in codes] or [False])
    places = encoded.places[rows]
    kind, plain = kinds[places], [code or "" for code in codes]
    buurten, wijken = rows[kind == FINE], rows[kind == COARSE]
    job.draft.settle(
        buurten, encoded.places[buurten], plain, method=Method.AREA_NAME, vintage=vintage
    )
    job.draft.note_coarse(
        wijken, encoded.places[wijken], plain, method=Method.AREA_NAME, vintage=vintage
    )
    job.draft.fail(rows[double[places]], Reason.AMBIGUOUS_NAME)
    return np.asarray(rows[(kind == NEITHER) & ~double[places]])


def link_own_areas(job: Job) -> None:
    """Link codes and names of a gemeente's own areas, by what they share with the buurten."""
    for own in job.frame.own_areas:
        for role in ("area_code", "area_name"):
            if job.may_link(role):
                _link_own(job, encode_texts(job.keys[role]), own, by_code=role == "area_code")


def _link_own(job: Job, encoded: Encoded, own: OwnAreas, *, by_code: bool) -> None:
    texts = encoded.texts.to_pylist()
    codes = texts if by_code else own.names.find_all(texts)
    known = [own.codes.get(code or "", _NOT_FOUND) for code in codes]
    places = encoded.spread(np.array(known, np.int64))
    number = int(own.gemeente[2:6])
    pending = job.draft.pending_here()
    here = (job.draft.gemeenten[pending] < 0) | (job.draft.gemeenten[pending] == number)
    rows = pending[here & (places[pending] >= 0)]
    found = own.shares.find(places[rows])
    job.draft.gemeenten[rows[found < 0]] = number  # an own area that lies in no buurt
    rows, found = rows[found >= 0], found[found >= 0]
    settle_shares(
        job,
        rows,
        found,
        own.shares,
        draw=lambda drawn: job.identities.draw(
            drawn, places[drawn], vintage=own.vintage, kind=f"own {own.gemeente}"
        ),
        methods=(Method.OWN_AREA, Method.OWN_AREA_SHARE),
        vintage=own.vintage,
    )

"""Links every row of a delivery to an area, by the best key it has; drops no row."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.domain.areas import UNKNOWN
from regiebeeld.pipeline.areas.shapes import RD_NEW
from regiebeeld.pipeline.intake.linking.code_passes import link_codes
from regiebeeld.pipeline.intake.linking.draft import Column, Draft, Job, begin_job
from regiebeeld.pipeline.intake.linking.frame import LinkFrame, unknown_within
from regiebeeld.pipeline.intake.linking.methods import ELSEWHERE, Grade, Method, Reason
from regiebeeld.pipeline.intake.linking.name_passes import (
    link_names,
    link_own_areas,
    read_gemeente_names,
)
from regiebeeld.pipeline.intake.linking.passes import (
    link_addresses,
    link_points,
    link_postcodes4,
    link_postcodes6,
)
from regiebeeld.pipeline.intake.linking.report import LinkReport, compute_report
from regiebeeld.pipeline.intake.linking.texts import encode_texts
from regiebeeld.pipeline.intake.row_places import RowPlaces


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """One area a row: its code (dictionary of strings), its layout's year, and how it was found.

    A code is a buurt, `BU<gemeente>9999` where only the gemeente is known, `GM0000` where not
    even that is, `GM0999` outside the region, or the wijk or gemeente that the supplier named.
    `dates` are the days by which the rows were linked; None when that is not kept.
    """

    area: pa.DictionaryArray
    vintage: NDArray[np.int16]
    method: NDArray[np.uint8]
    report: LinkReport
    dates: pa.ChunkedArray | None = None

    def in_file(self, places: RowPlaces) -> "Linked":
        """Number the rows of the report as the sender sees them in the file."""
        told = self.report.unlinked
        unlinked = [replace(one, row_numbers=places.of(one.row_numbers)) for one in told]
        return replace(self, report=replace(self.report, unlinked=tuple(unlinked)))

    def grades(self) -> NDArray[np.object_]:
        """Give the grade of each row."""
        letters: list[Grade] = [method.grade for method in Method]
        return np.array(letters, dtype=object)[self.method]


def link_rows(
    keys: Mapping[str, Column],
    dates: Column | None,
    frame: LinkFrame,
    *,
    crs: str = RD_NEW,
    level: AreaLevel = AreaLevel.BUURT,
) -> Linked:
    """Link rows by the columns of their keys (role to column), best method first.

    `dates` (date or timestamp, null allowed) choose the year of the layout; `crs` is that of
    x and y; `level` is what the contract counts by: its area names are read as names of that
    level, or of a wijk. Every row gets an area: see `Linked`. Raises LinkError for unknown
    roles, uneven columns, dates as text; DisclosureError when a draw is needed and the key is
    too short.
    """
    job = begin_job(keys, dates, frame)
    read_gemeente_names(job, level)
    link_codes(job)
    link_addresses(job)
    link_points(job, crs)
    link_postcodes6(job)
    link_names(job, level)
    link_own_areas(job)
    link_postcodes4(job)
    _link_rest(job)
    area = _encode_areas(job.draft)
    report = compute_report(job, area, level)
    return Linked(area, job.draft.vintages, job.draft.methods, report)


def _link_rest(job: Job) -> None:
    """Count what is left: a delivered coarse code, else "onbekend" of the gemeente, else GM0000."""
    draft = job.draft
    coarse = draft.pending()[draft.coarse[draft.pending()] >= 0]
    draft.areas[coarse] = draft.coarse[coarse]
    draft.methods[coarse] = draft.coarse_methods[coarse]
    draft.vintages[coarse] = draft.coarse_vintages[coarse]
    _settle_elsewhere(job)
    _fail_gemeenten(job)
    for year, rows in job.by_vintage(draft.pending(), job.frame.layouts):
        numbers, places = np.unique(draft.gemeenten[rows], return_inverse=True)
        codes = [
            unknown_within(f"GM{number:04}") if number >= 0 else UNKNOWN[AreaLevel.GEMEENTE]
            for number in numbers.tolist()
        ]
        methods = np.where(draft.gemeenten[rows] >= 0, Method.GEMEENTE, Method.NONE)
        draft.settle(rows, places, codes, method=methods.astype(np.uint8), vintage=year)
    # Their postcode or name failed for one reason or another: this is the one that counts.
    draft.reasons[draft.methods == Method.OUTSIDE] = Reason.ELSEWHERE
    only = np.isin(draft.methods, (Method.GEMEENTE, Method.POSTCODE4_GEMEENTE))
    draft.fail(np.flatnonzero(only), Reason.ONLY_GEMEENTE)


def _settle_elsewhere(job: Job) -> None:
    """Give what no key places in the region, and a key places outside it, the code ELSEWHERE."""
    draft = job.draft
    outside = draft.pending()
    outside = outside[draft.elsewhere[outside] & (draft.gemeenten[outside] < 0)]
    for year, rows in job.by_vintage(outside, job.frame.layouts):
        places = np.zeros(len(rows), np.int64)
        draft.settle(rows, places, [ELSEWHERE], method=Method.OUTSIDE, vintage=year)


def _fail_gemeenten(job: Job) -> None:
    if not job.offers("gemeente_name"):
        return
    pending = job.draft.pending()
    filled = encode_texts(job.keys["gemeente_name"]).places[pending] >= 0
    job.draft.fail(pending[filled & (job.draft.gemeenten[pending] < 0)], Reason.UNKNOWN_GEMEENTE)


def _encode_areas(draft: Draft) -> pa.DictionaryArray:
    """Give the codes of the rows, each distinct code once and in order."""
    used, places = np.unique(draft.areas, return_inverse=True)
    codes = [draft.codes[place] for place in used.tolist()]
    ordered = sorted(set(codes))
    rank = {code: place for place, code in enumerate(ordered)}
    ranks = np.array([rank[code] for code in codes], np.int32)
    indices = ranks[places] if len(places) else np.empty(0, np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(indices), pa.array(ordered, pa.string()))

"""One function a way of linking: each settles what it can and notes why the rest failed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.areas import Layout
from regiebeeld.pipeline.intake.linking.addresses import PostcodeShares
from regiebeeld.pipeline.intake.linking.draft import Job
from regiebeeld.pipeline.intake.linking.frame import unknown_within
from regiebeeld.pipeline.intake.linking.methods import Method, Reason
from regiebeeld.pipeline.intake.linking.points import Points, Reading, find_areas, read_points
from regiebeeld.pipeline.intake.linking.shares import Shares, find_sorted
from regiebeeld.pipeline.intake.linking.texts import (
    UNREADABLE,
    read_house_numbers,
    read_postcodes4,
    read_postcodes6,
)

_POSTCODE_LETTERS = 676


def link_addresses(job: Job) -> None:
    """Link PC6 with a house number by the address file; letters and additions do not matter."""
    if not job.may_link("postcode6", "house_number"):
        return
    postcodes = job.read_numbers("postcode6", read_postcodes6)
    numbers = job.read_numbers("house_number", read_house_numbers)
    for year, rows in job.by_vintage(job.draft.pending(), job.frame.books):
        book = job.frame.books[year]
        places = book.find(postcodes[rows], numbers[rows])
        hit = places >= 0
        job.draft.settle(
            rows[hit], places[hit], book.codes, method=Method.ADDRESS, vintage=book.vintage
        )


def link_points(job: Job, crs: str) -> None:
    """Link coordinates to the buurt around them, in the layout of their date."""
    if not job.offers("x", "y"):
        return
    points = read_points(job.keys["x"], job.keys["y"], crs=crs)
    told, counts = np.unique(points.readings, return_counts=True)
    job.readings.update(zip(told.tolist(), counts.tolist(), strict=True))
    pending = job.draft.pending()
    readings = points.readings[pending]
    _fail_unread(job, pending, readings)
    usable = pending[~np.isnan(points.x[pending])]
    layouts = job.frame.layouts
    fine = {year: layout for year, layout in layouts.items() if layout.drawn(AreaLevel.BUURT)[0]}
    for year, rows in job.by_vintage(usable, fine or layouts):
        _link_points_of(job, rows, points, year)


def _fail_unread(job: Job, rows: NDArray[np.int64], readings: NDArray[np.uint8]) -> None:
    job.draft.fail(rows[readings == Reading.UNREADABLE], Reason.UNREADABLE_COORDINATE)
    job.draft.fail(rows[readings == Reading.NOT_IN_THE_COUNTRY], Reason.NOT_IN_THE_COUNTRY)


def _link_points_of(job: Job, rows: NDArray[np.int64], points: Points, year: int) -> None:
    """Link points to their buurt, else to their gemeente; what lies in neither is elsewhere."""
    layout = job.frame.layouts[year]
    for level in (AreaLevel.BUURT, AreaLevel.GEMEENTE):
        if len(rows):
            rows = _settle_points(job, rows, points, layout=layout, level=level)
    foreign = _lies_in_no_layout(job, rows, points)
    job.draft.elsewhere[rows[foreign]] = True
    job.draft.fail(rows[foreign], Reason.ELSEWHERE)
    job.draft.fail(rows[~foreign], Reason.OUTSIDE_THE_MAP)


def _lies_in_no_layout(job: Job, rows: NDArray[np.int64], points: Points) -> NDArray[np.bool_]:
    """Tell points outside the region in every year: a gemeente may have joined it since.

    A layout that lacks the shape of a gemeente can say this of no point.
    """
    foreign = np.full(len(rows), True)
    for layout in job.frame.layouts.values():
        foreign &= job.frame.covers_region(layout)
        for level in (AreaLevel.BUURT, AreaLevel.GEMEENTE):
            left = np.flatnonzero(foreign)
            found, _ = find_areas(
                points.x[rows[left]], points.y[rows[left]], layout.drawn(level)[1], snap_metres=0
            )
            foreign[left[found >= 0]] = False
    return foreign


def _settle_points(
    job: Job, rows: NDArray[np.int64], points: Points, *, layout: Layout, level: AreaLevel
) -> NDArray[np.int64]:
    """Settle points inside, or just beside, an area of this level and give the others."""
    areas, shapes = layout.drawn(level)
    codes, inside, near = [a.code for a in areas], Method.COORDINATE, Method.COORDINATE_SNAPPED
    if level is AreaLevel.GEMEENTE:
        codes = [unknown_within(area.code) for area in areas]
        inside = near = Method.GEMEENTE
    found, snapped = find_areas(
        points.x[rows], points.y[rows], shapes, snap_metres=job.frame.snap_metres
    )
    hit = found >= 0
    methods = np.where(snapped[hit], near, inside).astype(np.uint8)
    job.draft.settle(rows[hit], found[hit], codes, method=methods, vintage=layout.vintage)
    return np.asarray(rows[~hit])


def link_postcodes6(job: Job) -> None:
    """Link PC6 alone: to its only buurt, or drawn by the share of its addresses."""
    if not job.may_link("postcode6"):
        return
    postcodes = job.read_numbers("postcode6", read_postcodes6)
    for year, rows in job.by_vintage(job.draft.pending(), job.frame.books):
        _settle_postcodes(
            job,
            rows,
            postcodes,
            job.frame.books[year].postcodes6,
            methods=(Method.POSTCODE6, Method.POSTCODE6_SHARE),
        )
    for year, rows in job.by_vintage(job.draft.pending(), job.frame.books):
        book = job.frame.books[year]
        # Where the whole PC4 lies outside, so does a PC6 that no address has yet.
        foreign = _is_among(postcodes[rows], book.elsewhere)
        foreign |= _is_among(postcodes[rows] // _POSTCODE_LETTERS, book.elsewhere4)
        _mark_elsewhere(job, rows[foreign])
    _fail_postcodes(job, postcodes)


def _is_among(values: NDArray[np.int64], listed: NDArray[np.int64]) -> NDArray[np.bool_]:
    return find_sorted(listed, values) >= 0


def _mark_elsewhere(job: Job, rows: NDArray[np.int64]) -> None:
    job.draft.elsewhere[rows] = True
    job.draft.fail(rows, Reason.ELSEWHERE)


def link_postcodes4(job: Job) -> None:
    """Link PC4 (or the digits of a PC6) by the share of its addresses, or by the stand-in."""
    for role in ("postcode4", "postcode6"):
        if not job.may_link(role):
            continue
        postcodes = job.read_numbers(role, read_postcodes4)
        for year, rows in job.by_vintage(job.draft.pending_here(), job.frame.books):
            _settle_postcodes(
                job,
                rows,
                postcodes,
                job.frame.books[year].postcodes4,
                methods=(Method.POSTCODE4, Method.POSTCODE4_SHARE),
            )
        for year, rows in job.by_vintage(job.draft.pending_here(), job.frame.books):
            _mark_elsewhere(job, rows[_is_among(postcodes[rows], job.frame.books[year].elsewhere4)])
        for year, rows in job.by_vintage(job.draft.pending_here(), job.frame.frequent):
            stand_in = job.frame.frequent[year]
            methods = (stand_in.method, stand_in.method)
            _settle_postcodes(job, rows, postcodes, stand_in.shares, methods=methods)
        _fail_postcodes(job, postcodes)


def _fail_postcodes(job: Job, postcodes: NDArray[np.int64]) -> None:
    pending = job.draft.pending()
    job.draft.fail(pending[postcodes[pending] == UNREADABLE], Reason.UNREADABLE_POSTCODE)
    why = Reason.UNKNOWN_POSTCODE if job.frame.books else Reason.NO_ADDRESS_FILE
    job.draft.fail(pending[postcodes[pending] > 0], why)


def _settle_postcodes(
    job: Job,
    rows: NDArray[np.int64],
    postcodes: NDArray[np.int64],
    table: PostcodeShares,
    *,
    methods: tuple[Method, Method],
) -> None:
    # A row that names its gemeente is divided over the buurten of that gemeente only.
    inside, around = table.find(postcodes[rows], job.draft.gemeenten[rows])
    kind = methods[1].name
    for shares, found in ((table.within, inside), (table.everywhere, around)):
        hit = found >= 0
        settle_shares(
            job,
            rows[hit],
            found[hit],
            shares,
            draw=lambda own: job.identities.draw(
                own, postcodes[own], vintage=table.vintage, kind=kind
            ),
            methods=methods,
            vintage=table.vintage,
        )


def settle_shares(
    job: Job,
    rows: NDArray[np.int64],
    found: NDArray[np.int64],
    shares: Shares,
    *,
    draw: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    methods: tuple[Method, Method],
    vintage: int,
) -> None:
    """Settle rows by the shares at `found`: whole where there is one buurt, else as drawn."""
    divided = shares.sizes[found] > 1
    numbers = np.zeros(len(rows))
    if divided.any():
        numbers[divided] = draw(rows[divided])
    places = shares.choose(found, numbers)
    whole, drawn = methods
    job.draft.settle(
        rows,
        places,
        shares.codes,
        method=np.where(divided, drawn, whole).astype(np.uint8),
        vintage=vintage,
    )

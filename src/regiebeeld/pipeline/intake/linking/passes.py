"""One function a way of linking: each settles what it can and notes why the rest failed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from regiebeeld.domain import AreaLevel
from regiebeeld.pipeline.intake.linking.addresses import PostcodeShares
from regiebeeld.pipeline.intake.linking.draft import Job
from regiebeeld.pipeline.intake.linking.frame import unknown_within
from regiebeeld.pipeline.intake.linking.methods import Method, Reason
from regiebeeld.pipeline.intake.linking.points import Points, Reading, find_areas, read_points
from regiebeeld.pipeline.intake.linking.shares import Shares
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
    layout = job.frame.layouts[year]
    areas, shapes = layout.drawn(AreaLevel.BUURT)
    codes = [area.code for area in areas]
    inside, near = Method.COORDINATE, Method.COORDINATE_SNAPPED
    if not areas:
        areas, shapes = layout.drawn(AreaLevel.GEMEENTE)
        codes = [unknown_within(area.code) for area in areas]
        inside = near = Method.GEMEENTE
    found, snapped = find_areas(
        points.x[rows], points.y[rows], shapes, snap_metres=job.frame.snap_metres
    )
    hit = found >= 0
    methods = np.where(snapped[hit], near, inside).astype(np.uint8)
    job.draft.settle(rows[hit], found[hit], codes, method=methods, vintage=year)
    job.draft.fail(rows[~hit], Reason.OUTSIDE_THE_MAP)


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
    _fail_postcodes(job, postcodes)


def link_postcodes4(job: Job) -> None:
    """Link PC4 (or the digits of a PC6) by the share of its addresses, or by the stand-in."""
    for role in ("postcode4", "postcode6"):
        if not job.may_link(role):
            continue
        postcodes = job.read_numbers(role, read_postcodes4)
        for year, rows in job.by_vintage(job.draft.pending(), job.frame.books):
            _settle_postcodes(
                job,
                rows,
                postcodes,
                job.frame.books[year].postcodes4,
                methods=(Method.POSTCODE4, Method.POSTCODE4_SHARE),
            )
        for year, rows in job.by_vintage(job.draft.pending(), job.frame.frequent):
            stand_in = job.frame.frequent[year]
            methods = (stand_in.method, stand_in.method)
            _settle_postcodes(job, rows, postcodes, stand_in.shares, methods=methods)
        _fail_postcodes(job, postcodes)


def _fail_postcodes(job: Job, postcodes: NDArray[np.int64]) -> None:
    pending = job.draft.pending()
    job.draft.fail(pending[postcodes[pending] == UNREADABLE], Reason.UNREADABLE_POSTCODE)
    job.draft.fail(pending[postcodes[pending] > 0], Reason.UNKNOWN_POSTCODE)


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

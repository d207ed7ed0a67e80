"""Which address shows what; every route names its permission."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from regiebeeld.dashboard.access import Label, may_read
from regiebeeld.dashboard.web import api
from regiebeeld.dashboard.web.answers import Desk, Draft, Question, answer, read_state, send
from regiebeeld.dashboard.web.area import read_area_state, show_area
from regiebeeld.dashboard.web.assets import Assets
from regiebeeld.dashboard.web.caching import choose_encoding, encode, finish
from regiebeeld.dashboard.web.choices import PARAMETERS, Parameters
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.overview import read_overview, show_overview
from regiebeeld.dashboard.web.sources import show_sources
from regiebeeld.dashboard.web.theme import read_theme, show_theme
from regiebeeld.domain import ReleaseError
from regiebeeld.releases import Release

OPEN = [Depends(may_read(Label.OPENBAAR))]
_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": api.FaultOut},
    404: {"model": api.FaultOut},
    503: {"model": api.FaultOut},
}
Read = Callable[[Release, Parameters], Hashable]
Show = Callable[[Release, Any], Mapping[str, Any]]


def make_page_routes(desk: Desk) -> APIRouter:
    """Give the routes of the pages; all are plain GET addresses that hold their whole state."""
    router = APIRouter(dependencies=OPEN, include_in_schema=False)

    def page(
        request: Request, name: str, read: Read, show: Show, part: str = ""
    ) -> Awaitable[Response]:
        release = desk.open_release()
        known = {name: request.query_params.get(name) for name in PARAMETERS}
        given = (part, *known.values())
        state = read_state(desk, release, name, given, lambda: read(release, known))

        def make() -> Draft:
            values = show(release, state)
            return Draft(
                desk.pages.draw(
                    f"{name}.html",
                    about=release.about,
                    themes_all=release.themes,
                    here=name,
                    **values,
                )
            )

        return answer(request, desk, Question(release, name, state), make)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def overview(request: Request) -> Response:
        return await page(request, "overview", read_overview, show_overview)

    @router.api_route("/thema/{theme}", methods=["GET", "HEAD"])
    async def theme(request: Request, theme: str) -> Response:
        read = partial(read_theme, theme=theme)
        return await page(request, "theme", read, show_theme, theme)

    @router.api_route("/gebied/{code}", methods=["GET", "HEAD"])
    async def area(request: Request, code: str) -> Response:
        read = partial(read_area_state, code=code)
        return await page(request, "area", read, show_area, code)

    @router.api_route("/bronnen", methods=["GET", "HEAD"])
    async def sources(request: Request) -> Response:
        return await page(
            request, "sources", lambda *_: None, lambda release, _: show_sources(release)
        )

    return router


def make_api_routes(desk: Desk) -> APIRouter:
    """Give the routes of the API; the same released tables as the pages."""
    router = APIRouter(prefix="/api/v1", dependencies=OPEN, responses=_FAULTS, tags=["releases"])

    def table(
        request: Request, name: str, state: Hashable, make: Callable[[Release], Draft]
    ) -> Awaitable[Response]:
        release = desk.open_release()
        return answer(request, desk, Question(release, f"api.{name}", state), lambda: make(release))

    @router.get("/areas", response_model=api.AreasOut)
    async def areas(request: Request, format: str = "json") -> Response:
        """Every area of the release, the region first."""
        form = api.read_form({"format": format})
        return await table(
            request, "areas", form, lambda r: api.write_table(r, "areas", api.list_areas(r), form)
        )

    @router.get("/indicators", response_model=api.IndicatorsOut)
    async def indicators(request: Request, format: str = "json") -> Response:
        """Every indicator with its definition, caution and finest level."""
        form = api.read_form({"format": format})
        return await table(
            request,
            "indicators",
            form,
            lambda r: api.write_table(r, "indicators", api.list_indicators(r), form),
        )

    @router.get("/sources", response_model=api.SourcesOut)
    async def sources(request: Request, format: str = "json") -> Response:
        """Every source as it stood when the release was made."""
        form = api.read_form({"format": format})
        return await table(
            request,
            "sources",
            form,
            lambda r: api.write_table(r, "sources", api.list_sources(r), form),
        )

    @router.get("/cells", response_model=api.CellsOut)
    async def cells(
        request: Request,
        indicator: str | None = None,
        level: str = "gemeente",
        period: str | None = None,
        area: str | None = None,
        format: str = "json",
    ) -> Response:
        """Cells of one indicator: one period of a level, or every period of one area."""
        given = {
            "indicator": indicator,
            "level": level,
            "period": period,
            "area": area,
            "format": format,
        }
        question = api.read_cell_question(desk.open_release(), given)
        return await table(
            request,
            "cells",
            question,
            lambda r: api.write_table(r, "cells", api.list_cells(r, question), question.form),
        )

    @router.get("/geojson/{level}")
    async def geojson(request: Request, level: str) -> Response:
        """The drawn areas of one level in WGS84."""
        wanted = api.read_level(level)
        if desk.open_release().read_geojson(wanted) is None:
            raise WebError(404, "no_drawing", {"level": wanted.value})
        marks = (("x-regiebeeld-invented", "true"),) if desk.open_release().about.invented else ()
        return await table(
            request,
            "geojson",
            wanted,
            lambda r: Draft(r.read_geojson(wanted) or "", "application/geo+json", marks),
        )

    @router.get("/openapi.json", include_in_schema=False)
    async def description(request: Request) -> Response:
        """The description of these routes for programs."""
        return JSONResponse(request.app.openapi(), headers={"cache-control": "public, no-cache"})

    return router


def make_plain_routes(desk: Desk, assets: Assets) -> APIRouter:
    """Give health and the static files."""
    router = APIRouter(dependencies=OPEN, include_in_schema=False)
    files = {name: finish(body, media_type) for name, (body, media_type) in assets.files.items()}
    encoded = {
        (name, kind): encode(plain, kind)
        for name, plain in files.items()
        for kind in ("br", "gzip", "identity")
    }

    @router.api_route("/status", methods=["GET", "HEAD"])
    async def status() -> Response:
        try:
            about = desk.open_release().about
        except ReleaseError as fault:
            body = {
                "ok": False,
                "audience": desk.audience,
                "fault": desk.pages.texts("fault.no_release", reason=str(fault)),
            }
            return JSONResponse(body, 503, {"cache-control": "no-store"})
        body = {
            "ok": True,
            "release": about.release,
            "region": about.region,
            "audience": about.audience,
            "invented": about.invented,
            "made_at": about.made_at,
        }
        return JSONResponse(body, headers={"cache-control": "no-store"})

    @router.api_route("/static/{name}", methods=["GET", "HEAD"])
    async def static(request: Request, name: str) -> Response:
        if name not in files:
            raise WebError(404, "page")
        wanted = encoded[name, choose_encoding(request.headers.get("accept-encoding", ""))]
        return send(request, wanted, public=True, immutable=True)

    return router

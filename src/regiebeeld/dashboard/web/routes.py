"""Which address shows what; every route names its permission."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from regiebeeld.dashboard.access import Label, may_read
from regiebeeld.dashboard.web import api, api_signals, compare_api, map_classes
from regiebeeld.dashboard.web.accessibility import show_accessibility
from regiebeeld.dashboard.web.algorithm_register import show_register
from regiebeeld.dashboard.web.answers import HTML, Desk, Draft, Question, answer, read_state, send
from regiebeeld.dashboard.web.area import read_area_state, show_area
from regiebeeld.dashboard.web.caching import choose_encoding, encode_file, finish
from regiebeeld.dashboard.web.choices import Parameters, read_parameters
from regiebeeld.dashboard.web.compare import is_sent, list_asked
from regiebeeld.dashboard.web.compare_link import read_site
from regiebeeld.dashboard.web.compare_page import read_shown, show_compare
from regiebeeld.dashboard.web.contact import write_contact
from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.freshness import show_freshness
from regiebeeld.dashboard.web.glossary import show_glossary
from regiebeeld.dashboard.web.language_switch import change_language
from regiebeeld.dashboard.web.law import show_law
from regiebeeld.dashboard.web.news import read_news_state, show_news
from regiebeeld.dashboard.web.overview import read_overview, show_overview
from regiebeeld.dashboard.web.privacy import make_privacy_pdf, show_privacy
from regiebeeld.dashboard.web.search import read_search_state, show_search
from regiebeeld.dashboard.web.signals import read_signals_state, show_signals
from regiebeeld.dashboard.web.sources import show_sources
from regiebeeld.dashboard.web.speaking import lead_path
from regiebeeld.dashboard.web.theme import read_theme, show_theme
from regiebeeld.dashboard.web.themes import show_themes
from regiebeeld.domain import ReleaseError
from regiebeeld.releases import Release

OPEN = [Depends(may_read(Label.OPENBAAR))]
INTERN = [Depends(may_read(Label.INTERN))]
Read = Callable[[Release, Parameters], Hashable]
Show = Callable[[Release, Any], Mapping[str, Any]]
_FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": api.FaultOut} for status in (400, 403, 404, 503)
}

# Every page is a plain GET address that holds its whole state.
pages = APIRouter(dependencies=OPEN, include_in_schema=False)
# Of what stands beside the figures (deliveries, agreements), for those who take part.
partners = APIRouter(dependencies=INTERN, include_in_schema=False)
tables = APIRouter(prefix="/api/v1", dependencies=OPEN, responses=_FAULTS, tags=["releases"])
plain = APIRouter(dependencies=OPEN, include_in_schema=False)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _page(
    request: Request, name: str, read: Read, show: Show, *, part: str = ""
) -> Awaitable[Response]:
    """Answer with a page; `part` is what its path says beside the parameters."""
    desk = _desk(request)
    release = desk.open_release()
    known = read_parameters(request.query_params)
    given = (part, *known.values())
    state = read_state(desk, release, name, given, lambda: read(release, known))

    def make() -> Draft:
        values = {**_around(release, name), **show(release, state)}
        return Draft(desk.pages.draw(values.pop("template", f"{name}.html"), **values))

    return answer(request, desk, Question(release, name, state), make)


def _around(release: Release, here: str) -> dict[str, Any]:
    """Give what every page shows around its own."""
    return {
        "about": release.about,
        "themes_all": release.themes,
        "here": here,
        "doubt": partial(write_contact, release.about),
    }


@pages.get("/")
async def overview(request: Request) -> Response:
    return await _page(request, "overview", read_overview, show_overview)


@pages.get("/themas")
async def themes(request: Request) -> Response:
    """Every theme, by policy field too, and what is missing."""
    return await _page(request, "themes", _no_state, lambda release, _: show_themes(release))


@pages.get("/thema/{theme}")
async def theme(request: Request, theme: str) -> Response:
    return await _page(request, "theme", partial(read_theme, theme=theme), show_theme, part=theme)


@pages.get("/gebied/{code}")
async def area(request: Request, code: str) -> Response:
    return await _page(request, "area", partial(read_area_state, code=code), show_area, part=code)


@pages.get("/vergelijk")
async def compare(request: Request) -> Response:
    """Areas and periods side by side; the one page that takes a parameter several times."""
    asked = list_asked(request.query_params.multi_items())
    desk = _desk(request)
    site = read_site(request, desk.present.settings.site_address)
    read = partial(read_shown, asked=asked, site=site)
    if is_sent(asked):
        state = read(desk.open_release(), {}).state
        if not state.replaced:  # the form sends more than an address to be sent on need hold
            return RedirectResponse(lead_path(state.address), 303, {"cache-control": "no-store"})
    return await _page(request, "compare", read, show_compare, part=f"{site}?{urlencode(asked)}")


@pages.get("/signalen")
async def signals(request: Request) -> Response:
    return await _page(request, "signals", read_signals_state, show_signals)


@pages.get("/signalen/algoritmeregister")
async def algorithm_register(request: Request) -> Response:
    """The entry for the Algoritmeregister, as far as this release fills it."""
    name = "algorithm_register"
    return await _page(request, name, _no_state, lambda release, _: show_register(release))


@pages.get("/bronnen")
async def sources(request: Request) -> Response:
    return await _page(request, "sources", _no_state, lambda release, _: show_sources(release))


@pages.get("/zoek")
async def search(request: Request) -> Response:
    return await _page(request, "search", read_search_state, show_search)


@pages.get("/begrippen")
async def glossary(request: Request) -> Response:
    return await _page(request, "glossary", _no_state, lambda *_: show_glossary())


@pages.get("/nieuw")
async def news(request: Request) -> Response:
    """What changed since the release before this one, as far as this audience may see both."""
    desk = _desk(request)
    return await _page(request, "news", partial(read_news_state, desk), partial(show_news, desk))


@pages.get("/toegankelijkheid")
async def accessibility(request: Request) -> Response:
    name = "accessibility"
    return await _page(request, name, _no_state, lambda release, _: show_accessibility(release))


@pages.get("/taal/{language}")
async def language(request: Request, language: str) -> Response:
    """The page that the reader came from, in another language."""
    return change_language(request, language)


@pages.get("/privacy")
async def privacy(request: Request) -> Response:
    return await _page(request, "privacy", _no_state, lambda release, _: show_privacy(release))


@pages.get("/privacy.pdf")
async def privacy_pdf(request: Request) -> Response:
    """The same words as the page, on one printed page."""
    desk = _desk(request)
    release = desk.open_release()
    question = Question(release, "privacy.pdf", None)
    return await answer(request, desk, question, lambda: make_privacy_pdf(release))


def _no_state(release: Release, parameters: Parameters) -> None:
    """A page that is the same whatever stands in the address."""


@partners.get("/actualiteit")
async def freshness(request: Request) -> Response:
    """Show what the worker wrote; never from the cache, which holds nothing of the ledger."""
    desk = _desk(request)
    release = desk.open_release()
    show = partial(show_freshness, desk.present.settings, release=release)
    shown = await run_in_threadpool(show)
    text = desk.pages.draw("freshness.html", **_around(release, "freshness"), **shown)
    return send(request, finish(text.encode(), HTML), public=False)


@partners.get("/afspraken")
async def law(request: Request) -> Response:
    """Show the agreements as they are now, whatever is served."""
    desk = _desk(request)
    release, today = desk.open_release(), desk.present.clock()
    known = desk.present.read_catalogue()

    def make() -> Draft:
        shown = show_law(known, release.about.region, today)
        return Draft(desk.pages.draw("law.html", **_around(release, "law"), **shown))

    state = (known.hash if known else None, today)
    return await answer(request, desk, Question(release, "law", state), make)


def _table(
    request: Request, name: str, state: Hashable, make: Callable[[Release], Draft]
) -> Awaitable[Response]:
    desk = _desk(request)
    release = desk.open_release()
    question = Question(release, f"api.{name}", state)
    return answer(request, desk, question, lambda: make(release))


def _listing(
    request: Request, name: str, form: str, rows: Callable[[Release], list[Any]]
) -> Awaitable[Response]:
    checked = api.read_form({"format": form})
    return _table(request, name, checked, lambda r: api.write_table(r, name, rows(r), checked))


@tables.get("/areas", response_model=api.AreasOut)
async def list_areas(request: Request, format: str = "json") -> Response:
    """Every area of the release, the region first."""
    return await _listing(request, "areas", format, api.list_areas)


@tables.get("/indicators", response_model=api.IndicatorsOut)
async def list_indicators(request: Request, format: str = "json") -> Response:
    """Every indicator with its definition, caution and finest level."""
    return await _listing(request, "indicators", format, api.list_indicators)


@tables.get("/sources", response_model=api.SourcesOut)
async def list_sources(request: Request, format: str = "json") -> Response:
    """Every source as it stood when the release was made."""
    return await _listing(request, "sources", format, api.list_sources)


@tables.get("/cells", response_model=api.CellsOut)
async def list_cells(
    request: Request,
    indicator: str | None = None,
    level: str = "gemeente",
    period: str | None = None,
    area: str | None = None,
    format: str = "json",
) -> Response:
    """Cells of one indicator: one period of a level, or every period of one area."""
    given = {"indicator": indicator, "level": level, "period": period, "area": area}
    release = _desk(request).open_release()
    question = api.read_cell_question(release, {**given, "format": format})

    def make(release: Release) -> Draft:
        return api.write_table(release, "cells", api.list_cells(release, question), question.form)

    return await _table(request, "cells", question, make)


@tables.get("/signals", response_model=api_signals.SignalsOut)
async def list_signals(
    request: Request, period: str | None = None, format: str = "json"
) -> Response:
    """Signals of one month (periods that end in it), or of all that were looked at."""
    return await _findings(request, "signals", period, format)


@tables.get("/signal_families", response_model=api_signals.FamiliesOut)
async def list_signal_families(
    request: Request, period: str | None = None, format: str = "json"
) -> Response:
    """How many series were looked at for signals, and how many of those are chance."""
    return await _findings(request, "signal_families", period, format)


@tables.get("/nowcasts", response_model=api_signals.NowcastsOut)
async def list_nowcasts(
    request: Request, period: str | None = None, format: str = "json"
) -> Response:
    """What the last months and quarters become once all is in, by estimate."""
    return await _findings(request, "nowcasts", period, format)


async def _findings(request: Request, name: str, period: str | None, form: str) -> Response:
    release = _desk(request).open_release()
    given = {"period": period, "format": form}
    question = api_signals.read_signal_question(release, name, given)
    return await _table(request, name, question, lambda r: api_signals.write_signals(r, question))


@tables.get("/compare", response_model=compare_api.ComparisonsOut)
async def list_comparisons(
    request: Request,
    area: Annotated[tuple[str, ...], Query()] = (),
    indicator: str | None = None,
    period: str | None = None,
    earlier: str | None = None,
    format: str = "json",
) -> Response:
    """Up to four areas side by side, over one period and beside another; never a total of them."""
    release = _desk(request).open_release()
    asked = compare_api.list_asked_of_api(area, (indicator, period, earlier))
    question = compare_api.read_compare_question(release, asked, {"format": format})
    return await _table(
        request, "compare", question, lambda r: compare_api.write_compare(r, question)
    )


@tables.get("/classes", response_model=map_classes.ClassesOut)
async def list_classes(
    request: Request,
    indicator: str | None = None,
    level: str | None = None,
    period: str | None = None,
    measure: str | None = None,
    area: str | None = None,
) -> Response:
    """The class of every area of a map, at every period of the kind of one; classes are equal."""
    release = _desk(request).open_release()
    given = {"indicator": indicator, "level": level, "period": period}
    given |= {"measure": measure, "area": area}
    view = map_classes.read_class_question(release, given)
    return await _table(request, "classes", view, lambda r: map_classes.write_classes(r, view))


@tables.get("/geojson/{level}")
async def read_geojson(request: Request, level: str) -> Response:
    """The drawn areas of one level in WGS84."""
    wanted = api.read_level(level)
    return await _table(request, "geojson", wanted, lambda r: api.write_geojson(r, wanted))


@tables.get("/openapi.json", include_in_schema=False)
async def describe_routes(request: Request) -> Response:
    """The description of these routes for programs."""
    return JSONResponse(request.app.openapi(), headers={"cache-control": "public, no-cache"})


@plain.get("/status")
async def status(request: Request) -> Response:
    desk = _desk(request)
    fresh = {"cache-control": "no-store"}
    try:
        about = desk.open_release().about
    except ReleaseError:
        fault = desk.pages.texts("fault.no_release")
        body = {"ok": False, "audience": desk.audience, "fault": fault}
        return JSONResponse(body, 503, fresh)
    names = ("release", "region", "audience", "invented", "made_at")
    return JSONResponse(
        {"ok": True, **{name: getattr(about, name) for name in names}}, headers=fresh
    )


@plain.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    file = _desk(request).files.get(name)
    if file is None:
        raise WebError(404, "page")
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    return send(request, encode_file(file, encoding), public=True, immutable=True)

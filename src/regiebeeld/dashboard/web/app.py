"""Puts the dashboard together and serves it; refuses to listen beyond this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from regiebeeld.dashboard.access import check_loopback
from regiebeeld.dashboard.charts import warm_up
from regiebeeld.dashboard.web.answers import Desk
from regiebeeld.dashboard.web.assets import STATIC, read_assets
from regiebeeld.dashboard.web.faults import WebError, answer_fault
from regiebeeld.dashboard.web.pages import Pages
from regiebeeld.dashboard.web.routes import make_api_routes, make_page_routes, make_plain_routes
from regiebeeld.dashboard.web.security import Guard
from regiebeeld.domain import ReleaseError
from regiebeeld.releases import About, Shelf
from regiebeeld.settings import Settings

_KEYS = {404: "page", 405: "method"}


def create_app(
    shelf: Shelf,
    *,
    audience: str,
    settings: Settings,  # noqa: ARG001 - sign-in and intake will read from it
    static: Path = STATIC,
) -> FastAPI:
    """Build the web application for one audience; raise RegiebeeldError without a built style."""
    assets = read_assets(static)
    desk = Desk(shelf=shelf, audience=audience, pages=Pages(assets))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warm_up()
        yield

    app = FastAPI(
        title="Regiebeeld",
        description="Veiligheidscijfers uit vrijgegeven tabellen, met status en herkomst.",
        version="1",
        openapi_url=None,  # served by a route of our own, which names its permission
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    for router in (make_page_routes(desk), make_api_routes(desk), make_plain_routes(desk, assets)):
        app.include_router(router)
    app.state.desk = desk
    _answer_faults_in_words(app, desk)
    app.add_middleware(
        Guard, answer=lambda request, status, key: _answer(request, desk, WebError(status, key))
    )
    return app


def _answer(request: Request, desk: Desk, fault: WebError) -> Response:
    return answer_fault(request, desk.pages, fault, about=_read_about(desk))


def _read_about(desk: Desk) -> About | None:
    """Give what the release is, so that a fault page too says that it is invented; or None."""
    try:
        return desk.open_release().about
    except Exception:
        return None


def _answer_faults_in_words(app: FastAPI, desk: Desk) -> None:
    @app.exception_handler(WebError)
    async def on_fault(request: Request, fault: WebError) -> Response:
        return _answer(request, desk, fault)

    @app.exception_handler(HTTPException)
    async def on_status(request: Request, fault: HTTPException) -> Response:
        return _answer(
            request, desk, WebError(fault.status_code, _KEYS.get(fault.status_code, "question"))
        )

    @app.exception_handler(RequestValidationError)
    async def on_question(request: Request, _: RequestValidationError) -> Response:
        return _answer(request, desk, WebError(400, "question"))

    @app.exception_handler(ReleaseError)
    async def on_release(request: Request, fault: ReleaseError) -> Response:
        return _answer(request, desk, WebError(503, "no_release", {"reason": str(fault)}))


def serve(settings: Settings, *, audience: str, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve the releases of `settings` until stopped; raise AccessError beyond loopback."""
    check_loopback(host)
    app = create_app(Shelf(settings.releases), audience=audience, settings=settings)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)

"""Puts the dashboard together and serves it; refuses to listen beyond this machine."""

import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from regiebeeld.dashboard.access import (
    PresentAgreements,
    check_loopback,
    find_labels,
    name_host,
)
from regiebeeld.dashboard.charts import warm_up
from regiebeeld.dashboard.web.answers import Desk
from regiebeeld.dashboard.web.assets import STATIC, read_assets
from regiebeeld.dashboard.web.caching import finish
from regiebeeld.dashboard.web.faults import WebError, answer_fault
from regiebeeld.dashboard.web.house_style import HouseStyle, read_house_style
from regiebeeld.dashboard.web.pages import TEXTS, Pages
from regiebeeld.dashboard.web.preparing import prepare
from regiebeeld.dashboard.web.routes import pages, partners, plain, tables
from regiebeeld.dashboard.web.security import HOSTS, Guard, make_policy
from regiebeeld.dashboard.web.speaking import Speaker
from regiebeeld.domain import AccessError, ReleaseError
from regiebeeld.releases import About, Shelf
from regiebeeld.settings import Settings

logger = logging.getLogger(__name__)

_LAST_PORT = 65535
_KEYS = {404: "page", 405: "method"}


def create_app(
    shelf: Shelf,
    *,
    audience: str,
    present: PresentAgreements | None = None,
    host: str = "127.0.0.1",
    static: Path = STATIC,
) -> FastAPI:
    """Build the web application for one audience, answering to loopback names and to `host`.

    present: the agreements as they are now; without them those of the folder that is worked in.
    Raises RegiebeeldError without a built style.
    """
    assets = read_assets(static)
    present = present or PresentAgreements(Settings(var=shelf.folder.parent))
    own = present.settings.house_style
    style = read_house_style(Path(own)) if own else HouseStyle()
    served = {**assets.files, **style.files}
    files = {name: finish(body, kind) for name, (body, kind) in served.items()}
    background = present.settings.background_map
    pages_ = Pages(assets, find_labels(audience), background=background, style=style)
    desk = Desk(shelf, audience, pages_, files, present)

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
    for router in (pages, partners, tables, plain):
        app.include_router(router)
    app.state.desk = desk
    _answer_faults_in_words(app, desk)
    _guard(app, desk, tuple(dict.fromkeys((*HOSTS, name_host(host)))))
    return app


def _guard(app: FastAPI, desk: Desk, hosts: tuple[str, ...]) -> None:
    def answer(request: Request, status: int, key: str) -> Response:
        known = TEXTS("site.and", first=", ".join(hosts[:-1]), last=hosts[-1])
        return _answer(request, desk, WebError(status, key, {"hosts": known}))

    policy = make_policy(desk.present.settings.background_map)
    app.add_middleware(Guard, answer=answer, hosts=hosts, policy=policy)
    # The last is the outermost: what the guard says is in the language of the address too.
    app.add_middleware(Speaker)


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

    @app.exception_handler(AccessError)
    async def on_access(request: Request, fault: AccessError) -> Response:
        logger.info("refused: %s", fault)
        return _answer(request, desk, WebError(403, "not_for_you"))

    @app.exception_handler(ReleaseError)
    async def on_release(request: Request, fault: ReleaseError) -> Response:
        logger.error("no release to serve: %s", fault)  # names folders, so not for the reader
        return _answer(request, desk, WebError(503, "no_release"))


def serve(
    settings: Settings,
    *,
    audience: str,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve the releases of `settings` until stopped; call `ready` when the port is ours.

    Raises AccessError beyond loopback, and for a port that is taken or that cannot exist.
    """
    check_loopback(host)
    present = PresentAgreements(settings)
    app = create_app(Shelf(settings.releases), audience=audience, present=present, host=host)
    with _bind(host, port) as listening:
        prepare(app.state.desk)
        if ready:
            ready()
        config = uvicorn.Config(app, log_level="warning", server_header=False)
        uvicorn.Server(config).run(sockets=[listening])


def _bind(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise AccessError(
            f"poort {port} bestaat niet; kies met --port een getal van 1 tot en met {_LAST_PORT}"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small packets at once only where TCP is named; else each answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as fault:
        listening.close()
        raise AccessError(
            f"poort {port} op {host} is niet te gebruiken ({fault.strerror}); "
            "stop wat er draait of kies een andere met --port"
        ) from fault
    return listening

"""Headers on every answer, and the check that a request really came for this machine."""

import logging
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
# Another site can point a name of its own at 127.0.0.1; such a name is not ours.
HOSTS = ("127.0.0.1", "localhost", "[::1]")

Answer = Callable[[Request, int, str], Response]


def make_policy(background: str = "") -> str:
    """Give the content policy: nothing from elsewhere, no script in a page, no eval.

    background: the address of the tiles of a background map, whose origin is then allowed.
    """
    tiles = ""
    if background:
        scheme, host, *_ = urlsplit(background)
        tiles = f" {scheme}://{host}"
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self';"
        " font-src 'self';"
        f" connect-src 'self'{tiles}; img-src 'self' data:{tiles}; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )


class Guard:
    """Wraps the app: refuses foreign host names, adds the headers, turns a crash into a page.

    HEAD is answered as GET without the body, on every address; `hosts` are names of this machine.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        answer: Answer,
        hosts: Collection[str] = HOSTS,
        policy: str,
    ) -> None:
        self.app = app
        self.headers = {"content-security-policy": policy, **HEADERS}
        self.answer = answer
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, is_head = False, scope["method"] == "HEAD"

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(self.headers)
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        if is_head:
            scope = {**scope, "method": "GET"}
        try:
            await self._pass_on(scope, receive, send_guarded)
        except Exception:
            logger.exception("fault while answering %s", scope["path"])
            if not started:
                await self.answer(Request(scope), 500, "crash")(scope, receive, send_guarded)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if name.lower() not in self.hosts:
            await self.answer(Request(scope), 400, "host")(scope, receive, send)
            return
        await self.app(scope, receive, send)

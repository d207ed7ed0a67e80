"""What can go wrong for a reader: a status, and a key of the sentence that says so."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from regiebeeld.dashboard.web.pages import Pages
from regiebeeld.releases import About

API = "/api/"


class WebError(Exception):
    """A question that has no page; `key` and `values` make the sentence, `links` the next step."""

    def __init__(
        self,
        status: int,
        key: str,
        values: dict[str, str] | None = None,
        *,
        links: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.status = status
        self.key = key
        self.values = values or {}
        self.links = links
        super().__init__(key)


def answer_fault(
    request: Request, pages: Pages, fault: WebError, *, about: About | None
) -> Response:
    """Answer in words, as a page or, under /api/, as JSON; never with a trace."""
    text = pages.texts(f"fault.{fault.key}", **fault.values)
    headers = {"cache-control": "no-store"}
    if request.url.path.startswith(API):
        body = {
            "status": fault.status,
            "fault": text,
            "next": [{"title": t, "address": a} for t, a in fault.links],
        }
        return JSONResponse(body, fault.status, headers)
    html = pages.draw(
        "fault.html",
        status=fault.status,
        text=text,
        links=fault.links,
        about=about,
        themes_all={},
        here="fault",
    )
    return HTMLResponse(html, fault.status, headers)

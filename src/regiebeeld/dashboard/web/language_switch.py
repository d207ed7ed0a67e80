"""The switch of language: back to the page the reader came from, never to another site."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from regiebeeld.dashboard.web.faults import WebError
from regiebeeld.dashboard.web.speaking import split_language
from regiebeeld.releases.language import DUTCH, LANGUAGES


def change_language(request: Request, language: str) -> Response:
    """Send the reader back to the page they came from, in another language; else to the start."""
    if language not in LANGUAGES:
        raise WebError(404, "page")
    came = urlsplit(request.headers.get("referer", ""))
    path = split_language(came.path)[1] if came.netloc == request.headers.get("host") else "/"
    path = "/" + path.lstrip("/\\")  # two slashes would lead to another site
    head = "" if language == DUTCH else f"/{language}"
    query = f"?{came.query}" if came.query and path != "/" else ""
    target = f"{head}{path}{query}"
    return RedirectResponse(target, 303, {"cache-control": "no-store", "vary": "Referer"})

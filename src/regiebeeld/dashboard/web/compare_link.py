"""The whole address of a comparison, to be sent on: never with a host name that is not ours."""

import re

from starlette.requests import Request

from regiebeeld.dashboard.web.speaking import lead_path

# A name or an address, and a port: nothing that could end an attribute or begin a path.
_HOST = re.compile(r"(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


def read_site(request: Request, own: str = "") -> str:
    """Give the address of the site that a reader asked, such as `http://127.0.0.1:8000`.

    own: the address under which the site is known, which goes before what a request says. The
    guard of the app lets only host names of our own through. Empty where the host is no host:
    an address then begins with its path, and leads nowhere else.
    """
    if own:
        return own.rstrip("/")
    host = request.headers.get("host", "").lower()
    scheme = "https" if request.url.scheme == "https" else "http"
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""


def write_whole(site: str, address: str) -> str:
    """Write an address of this site in full, in the language that is spoken."""
    return f"{site}{lead_path(address)}"

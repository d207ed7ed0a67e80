"""Where a reader turns with a doubt: the address of the region, with what it is about filled in."""

from urllib.parse import quote

from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.releases import About


def write_contact(about: About, *, subject: str = "", address: str = "") -> str | None:
    """Give a link for a doubt about a figure; None where the region names no contact.

    subject: what it is about, in words; address: the page, as a path on this site.
    """
    if not about.contact:
        return None
    if about.contact.startswith("https://"):
        return about.contact
    body = TEXTS("contact.body", subject=subject, release=about.release, address=address)
    title = TEXTS("contact.subject", subject=subject) if subject else TEXTS("site.name")
    return f"mailto:{about.contact}?subject={quote(title)}&body={quote(body)}"


def name_contact(about: About) -> str | None:
    return about.contact.removeprefix("https://") if about.contact else None

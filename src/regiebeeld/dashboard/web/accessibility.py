"""The accessibility statement: what was tested, what is known to be wrong, and where to tell it."""

from typing import Any

from regiebeeld.dashboard.web.contact import name_contact, write_contact
from regiebeeld.dashboard.web.pages import TEXTS
from regiebeeld.releases import Release

TESTED = ("axe", "lighthouse", "keyboard", "script", "narrow", "words")
KNOWN = ("expert", "reader", "drawings", "pdf", "background")


def show_accessibility(release: Release) -> dict[str, Any]:
    """Give everything the template shows."""
    return {
        "tested": [TEXTS(f"accessibility.tested.{name}") for name in TESTED],
        "known": [TEXTS(f"accessibility.known.{name}") for name in KNOWN],
        "contact": write_contact(release.about, subject=TEXTS("accessibility.title")),
        "contact_name": name_contact(release.about),
    }

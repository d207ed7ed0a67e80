"""Opens a release as the web server does: without what the agreements of today do not allow."""

from functools import partial

from regiebeeld.dashboard.access.agreements import PresentAgreements
from regiebeeld.releases import Release, Shelf
from regiebeeld.settings import Settings


def open_served(settings: Settings, audience: str = "regio") -> Release:
    """Open the served release for an audience under the present agreements."""
    hide = partial(PresentAgreements(settings).hide, audience)
    return Shelf(settings.releases).open_current(audience, hide)

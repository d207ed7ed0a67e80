"""The sources behind a release: when fetched, how much was kept, why the rest was refused."""

from typing import Any

from regiebeeld.dashboard.web.left_out import list_hidden_sources
from regiebeeld.dashboard.web.overview import list_gemeenten
from regiebeeld.releases import Release, SourceRow


def show_sources(release: Release) -> dict[str, Any]:
    """Give everything the template shows."""
    uses = {
        source: [i for i in release.indicators.values() if i.source == source]
        for source in release.sources
    }
    return {
        "area": release.areas[release.about.region_code],
        "regions": list_gemeenten(release),
        "sources": list(release.sources.values()),
        "uses": uses,
        "silent": {name for name, source in release.sources.items() if is_silent(source)},
        "not_shown": list_hidden_sources(release),
        "stand": "",
        "stand_is_soft": False,
    }


def is_silent(source: SourceRow) -> bool:
    """Tell whether a release keeps silent how many rows a partner delivered: they are persons."""
    return source.delivered and not source.rows_in

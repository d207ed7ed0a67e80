"""Releases: one protected DuckDB file an audience, written whole and opened read-only."""

from regiebeeld.releases.hiding import Delivered, Hidden, Hide, find_ended, join_hidden
from regiebeeld.releases.reading import Release
from regiebeeld.releases.shelf import Shelf, ShelvedRelease
from regiebeeld.releases.tables import (
    About,
    AreaChange,
    Indicator,
    KeyFigure,
    LeftOut,
    ReleasedArea,
    ReleasedCell,
    SourceNote,
    SourceRow,
    Theme,
)

__all__ = [
    "About",
    "AreaChange",
    "Delivered",
    "Hidden",
    "Hide",
    "Indicator",
    "KeyFigure",
    "LeftOut",
    "Release",
    "ReleasedArea",
    "ReleasedCell",
    "Shelf",
    "ShelvedRelease",
    "SourceNote",
    "SourceRow",
    "Theme",
    "find_ended",
    "join_hidden",
]

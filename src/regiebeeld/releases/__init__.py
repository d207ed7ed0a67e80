"""Releases: one protected DuckDB file an audience, written whole and opened read-only."""

from regiebeeld.releases.hiding import Delivered, Hidden, Hide, find_ended, join_hidden
from regiebeeld.releases.reading import Release
from regiebeeld.releases.shelf import Shelf, ShelvedRelease
from regiebeeld.releases.tables import (
    About,
    AreaChange,
    Gate,
    Indicator,
    KeyFigure,
    LeftOut,
    PolicyClass,
    ReleasedArea,
    ReleasedCell,
    SourceAccount,
    SourceNote,
    SourcePolicy,
    SourceRow,
    Theme,
)

__all__ = [
    "About",
    "AreaChange",
    "Delivered",
    "Gate",
    "Hidden",
    "Hide",
    "Indicator",
    "KeyFigure",
    "LeftOut",
    "PolicyClass",
    "Release",
    "ReleasedArea",
    "ReleasedCell",
    "Shelf",
    "ShelvedRelease",
    "SourceAccount",
    "SourceNote",
    "SourcePolicy",
    "SourceRow",
    "Theme",
    "find_ended",
    "join_hidden",
]

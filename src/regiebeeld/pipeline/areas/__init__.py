"""Areas of one year and the changes between years: shapes, maps, crosswalks, restated counts."""

from regiebeeld.pipeline.areas.changes import compute_crosswalk
from regiebeeld.pipeline.areas.crosswalk import SHARE_UNITS, Crosswalk, CrosswalkRow, Kind, Sliver
from regiebeeld.pipeline.areas.drawing import Drawing, draw_paths
from regiebeeld.pipeline.areas.features import AreaColumns
from regiebeeld.pipeline.areas.geojson import write_geojson
from regiebeeld.pipeline.areas.lasting import keep_lasting_codes
from regiebeeld.pipeline.areas.layouts import Layout, LayoutReport, read_layout
from regiebeeld.pipeline.areas.overlaps import Weights, weights_of
from regiebeeld.pipeline.areas.repair import GeometryFault, RepairReport, repair_geometries
from regiebeeld.pipeline.areas.restate import restate_counts
from regiebeeld.pipeline.areas.simplify import SimplifyReport, simplify_layout

__all__ = [
    "SHARE_UNITS",
    "AreaColumns",
    "Crosswalk",
    "CrosswalkRow",
    "Drawing",
    "GeometryFault",
    "Kind",
    "Layout",
    "LayoutReport",
    "RepairReport",
    "SimplifyReport",
    "Sliver",
    "Weights",
    "compute_crosswalk",
    "draw_paths",
    "keep_lasting_codes",
    "read_layout",
    "repair_geometries",
    "restate_counts",
    "simplify_layout",
    "weights_of",
    "write_geojson",
]

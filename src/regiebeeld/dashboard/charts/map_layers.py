"""What lies over the classes of a map: signals, circles, interventions and public places.

Each thing that is drawn has its words beside the map; nothing is told by its shape alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import hypot

from regiebeeld.dashboard.charts.texts import TEXTS
from regiebeeld.releases import ReleasedArea

_LEAST_RING = 0.02  # of the map
_SYMBOL = 0.016
_POINT = 0.021  # larger: it holds a letter
_TRIANGLES = {"rise": "M0,-1L1,0.8H-1Z", "fall": "M0,1L1,-0.8H-1Z"}
# A letter and a shape of its own, so that neither colour nor size has to tell them apart.
_POINTS = {"police_station": '<circle r="1"/>', "fire_station": '<path d="M-1-1H1V1H-1Z"/>'}
_FOUND = {
    "signalen": ("rise", "fall"),
    "kringen": ("ring",),
    "interventies": ("reach",),
    "plekken": tuple(_POINTS),
}
LAYERS = tuple(_FOUND)


@dataclass(frozen=True, slots=True)
class Place:
    """One thing on a layer: of a kind, in some areas, and what it is in words.

    kind: rise and fall (signals), ring (a circle of areas), reach (where an intervention is), or
    what stands at `point`, which is on the sheet; `degrees` is the same point in WGS84.
    """

    kind: str
    areas: tuple[ReleasedArea, ...]
    words: str
    link: str | None = None
    point: tuple[float, float] | None = None
    degrees: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer with its places; is_on: whether the reader asked for it; note: where it is from."""

    id: str
    places: tuple[Place, ...]
    is_on: bool = False
    note: str = ""

    @property
    def title(self) -> str:
        return TEXTS(f"map.layer.{self.id}")

    @property
    def symbols(self) -> tuple[tuple[str, str, int], ...]:
        """Each kind of symbol that is there, what it means, and how many there are."""
        kinds = [place.kind for place in self.places]
        return tuple(
            (kind, TEXTS(f"map.symbol.{kind}"), kinds.count(kind))
            for kind in _FOUND[self.id]
            if kind in kinds
        )

    @staticmethod
    def letter(kind: str) -> str:
        """Give the letter in the symbol of a kind; empty for one that has none."""
        return TEXTS(f"map.letter.{kind}") if kind in _POINTS else ""


def draw_layers(layers: Sequence[Layer], view_box: str) -> str:
    """Draw every layer as a group of its own, which the page shows when it is chosen."""
    _, _, width, height = (float(number) for number in view_box.split())
    size = max(width, height)
    return "".join(_draw_layer(layer, size) for layer in layers if layer.places)


def _draw_layer(layer: Layer, size: float) -> str:
    shown = " shown" if layer.is_on else ""
    words = TEXTS("map.layer_name", title=layer.title, count=len(layer.places))
    drawn = "".join(_draw_place(place, size) for place in layer.places)
    return (
        f'<g class="layer layer-{layer.id}{shown}" role="img" aria-label="{escape(words)}">'
        f"{drawn}</g>"
    )


def _draw_place(place: Place, size: float) -> str:
    if place.kind == "ring":
        return _draw_ring(place.areas, size * _LEAST_RING)
    if place.kind == "reach":
        return "".join(
            f'<path class="reach" d="{area.path}"/>' for area in place.areas if area.path
        )
    if place.point is not None:
        return _draw_point(place.kind, place.point, size * _POINT)
    return "".join(_draw_symbol(place.kind, area, size * _SYMBOL) for area in place.areas)


def _draw_point(kind: str, point: tuple[float, float], size: float) -> str:
    """Draw a shape with its letter; the words of the place stand in the list under the map."""
    letter = escape(Layer.letter(kind))
    return (
        f'<g class="point" transform="translate({point[0]:.1f} {point[1]:.1f}) scale({size:.1f})">'
        f'{_POINTS[kind]}<text y=".45" font-size="1.3" text-anchor="middle">{letter}</text></g>'
    )


def _draw_symbol(kind: str, area: ReleasedArea, size: float) -> str:
    if area.label is None:
        return ""
    x, y = area.label
    return (
        f'<path class="symbol" d="{_TRIANGLES[kind]}"'
        f' transform="translate({x:.1f} {y:.1f}) scale({size:.1f})"/>'
    )


def _draw_ring(areas: Sequence[ReleasedArea], least: float) -> str:
    """Draw a circle around some areas, wide enough to be seen."""
    boxes = [area.box for area in areas if area.box]
    if not boxes:
        return ""
    left, top = (min(box[side] for box in boxes) for side in (0, 1))
    right, bottom = (max(box[side] for box in boxes) for side in (2, 3))
    radius = max(hypot(right - left, bottom - top) / 2, least)
    middle = f'cx="{(left + right) / 2:.1f}" cy="{(top + bottom) / 2:.1f}"'
    return f'<circle class="circle" {middle} r="{radius:.1f}"/>'

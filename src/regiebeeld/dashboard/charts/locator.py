"""A small map in the head of a page: an area among the outlines of what lies around it."""

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from regiebeeld.releases import ReleasedArea


def draw_locator(
    area: ReleasedArea, around: Sequence[ReleasedArea], *, view_box: str, words: str
) -> Markup | None:
    """Draw where an area lies; None for one that is never drawn. words: read instead of it."""
    if not area.path:
        return None
    width, height = (float(number) for number in view_box.split()[2:])
    outlines = "".join(f'<path class="outline" d="{each.path}"/>' for each in around if each.path)
    return Markup(  # noqa: S704 - paths come from the release, words are escaped
        f'<svg class="locator" viewBox="{view_box}" width="{width:g}" height="{height:g}"'
        f' role="img" aria-label="{escape(words)}">{outlines}<path class="here" d="{area.path}"/>'
        "</svg>"
    )

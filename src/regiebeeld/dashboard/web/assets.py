"""The built style sheet and scripts, in memory, each under a name that holds its hash."""

import json
from dataclasses import dataclass
from pathlib import Path

from regiebeeld.domain import RegiebeeldError

STATIC = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_PAGE_SCRIPT = "map.js"
_RECENT_SCRIPT = "recent.js"
_COPY_SCRIPT = "copy.js"


@dataclass(frozen=True, slots=True)
class Assets:
    """Every static file by its hashed name."""

    style_sheet: str
    map_script: str
    recent_script: str
    copy_script: str
    files: dict[str, tuple[bytes, str]]


def read_assets(folder: Path = STATIC) -> Assets:
    """Read what the frontend build left; raise RegiebeeldError that says how to build it."""
    try:
        names: dict[str, str] = json.loads((folder / "assets.json").read_text(encoding="utf-8"))
        files = {name: (_read(folder / name), _TYPES[Path(name).suffix]) for name in names.values()}
        return Assets(
            style_sheet=f"/static/{names['site.css']}",
            map_script=f"/static/{names[_PAGE_SCRIPT]}",
            recent_script=f"/static/{names[_RECENT_SCRIPT]}",
            copy_script=f"/static/{names[_COPY_SCRIPT]}",
            files=files,
        )
    except (OSError, ValueError, KeyError) as fault:
        raise RegiebeeldError(
            f"{folder}: de opmaak van de pagina's is niet gebouwd; voer eerst uit:"
            " npm ci --prefix frontend && npm run build --prefix frontend"
        ) from fault


def _read(path: Path) -> bytes:
    return path.read_bytes()

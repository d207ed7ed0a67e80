"""The looks of whoever serves the pages: design tokens, a logo and a font from files of their own.

Refuses colours that cannot be read, names that are no token, and files that are not what they say.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from regiebeeld.domain import RegiebeeldError

Files = dict[str, tuple[bytes, str]]
_TOKEN = re.compile(r"--(?:rb|ma|basis|nl|utrecht)-[a-z0-9-]+")
# Nothing that ends a declaration, asks another server, or is longer than a value ever is.
_VALUE = re.compile(r"(?!.*(?:url|expression|@|/\*))[\w#%.,()\"' +-]{1,120}", re.IGNORECASE)
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_NAME = re.compile(r"[\w .&'’()-]{1,60}")
_KEYS = {"name", "logo", "font", "tokens"}
_LOGOS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
_FONTS = {".woff2": "font/woff2"}
_STARTS = {".png": b"\x89PNG", ".webp": b"RIFF", ".woff2": b"wOF2"}
_SCRIPTED = re.compile(rb"<script|\son\w+\s*=|javascript:|<foreignobject", re.IGNORECASE)
_MOST_BYTES = 300_000
# What lies under white letters, or is written on white paper.
_ON_WHITE = (
    "--rb-blue-green",
    "--rb-link",
    "--utrecht-button-primary-action-background-color",
    "--utrecht-button-primary-action-hover-background-color",
)
_LEAST_CONTRAST = 4.5


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """Nothing of one's own by default; `files` are served by their hashed names."""

    name: str = ""
    style_sheet: str = ""
    logo: str = ""
    files: Files = field(default_factory=dict)


def read_house_style(path: Path) -> HouseStyle:
    """Read a style file; raise RegiebeeldError with the place and what is expected there."""
    found = _read_yaml(path)
    if unknown := sorted(set(found) - _KEYS):
        raise _refuse(path, unknown[0], f"bestaat niet; verwacht wordt {', '.join(sorted(_KEYS))}")
    name = str(found.get("name", ""))
    if not _NAME.fullmatch(name):
        raise _refuse(path, "name", "een naam van 1 tot en met 60 tekens, zonder < of >")
    files: Files = {}
    logo = _keep(path, "logo", found.get("logo"), _LOGOS, files)
    font = _keep(path, "font", found.get("font"), _FONTS, files)
    css = _write_css(_check_tokens(path, found.get("tokens") or {}), font)
    sheet = _put(files, "huisstijl.css", css.encode(), "text/css; charset=utf-8")
    return HouseStyle(name, sheet, logo, files)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as fault:
        raise RegiebeeldError(
            f"{path}: de huisstijl is niet te lezen ({type(fault).__name__}); zie "
            "docs/how-to/huisstijl.md, of haal REGIEBEELD_HOUSE_STYLE weg"
        ) from fault
    if not isinstance(found, dict):
        raise _refuse(path, "", "verwacht worden regels zoals `name: Gemeente Voorbeeld`")
    return found


def _refuse(path: Path, place: str, words: str) -> RegiebeeldError:
    return RegiebeeldError(f"{path}{f', {place}' if place else ''}: {words}")


def _check_tokens(path: Path, tokens: Any) -> dict[str, str]:
    if not isinstance(tokens, dict):
        raise _refuse(path, "tokens", "verwacht worden regels zoals `--rb-link: '#0f5266'`")
    for name, value in tokens.items():
        place = f"tokens, {name}"
        if not _TOKEN.fullmatch(str(name)):
            raise _refuse(path, place, "is geen token van het NL Design System of van Regiebeeld")
        if not _VALUE.fullmatch(str(value)):
            raise _refuse(path, place, f"{value!r} is geen waarde die hier kan")
    for name in _ON_WHITE:
        _check_contrast(path, name, str(tokens.get(name, "#000000")))
    return {str(name): str(value) for name, value in tokens.items()}


def _check_contrast(path: Path, name: str, colour: str) -> None:
    if not _HEX.fullmatch(colour):
        raise _refuse(path, f"tokens, {name}", "schrijf de kleur als #rrggbb; zo is zij te meten")
    contrast = compute_contrast(colour, "#ffffff")
    if contrast < _LEAST_CONTRAST:
        raise _refuse(
            path,
            f"tokens, {name}",
            f"{colour} heeft met wit een contrast van {contrast:.1f}, en dat moet minstens "
            f"{_LEAST_CONTRAST} zijn (WCAG 1.4.3); kies een donkerder kleur",
        )


def compute_contrast(one: str, other: str) -> float:
    """Compute the contrast of two colours (`#rgb` or `#rrggbb`), from 1 to 21.

    Source: WCAG 2.2, definitions of contrast ratio and relative luminance.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _keep(path: Path, place: str, wanted: Any, kinds: dict[str, str], files: Files) -> str:
    """Take a file beside the style file along; give its address, nothing where none is asked."""
    if wanted is None:
        return ""
    file = (path.parent / str(wanted)).resolve()
    if file.suffix not in kinds or not file.is_relative_to(path.parent.resolve()):
        words = f"{wanted!r}: verwacht wordt een bestand naast dit bestand dat eindigt op "
        raise _refuse(path, place, words + " of ".join(kinds))
    try:
        body = file.read_bytes()
    except OSError as fault:
        raise _refuse(path, place, f"{wanted!r} is niet te lezen; staat het er?") from fault
    if len(body) > _MOST_BYTES:
        raise _refuse(path, place, f"{wanted!r} is groter dan {_MOST_BYTES // 1000} kB")
    if not body.startswith(_STARTS.get(file.suffix, b"")) or _SCRIPTED.search(body):
        words = f"{wanted!r} is niet wat de naam zegt, of er staat een script in"
        raise _refuse(path, place, words)
    return _put(files, f"eigen-{place}{file.suffix}", body, kinds[file.suffix])


def _put(files: Files, name: str, body: bytes, kind: str) -> str:
    stem, _, ending = name.rpartition(".")
    hashed = f"{stem}.{sha256(body).hexdigest()[:16]}.{ending}"
    files[hashed] = (body, kind)
    return f"/static/{hashed}"


def _write_css(tokens: dict[str, str], font: str) -> str:
    face = ""
    if font:
        # The page is drawn at once with the letter there is; nothing moves when the font comes.
        face = f'@font-face{{font-family:"huisstijl";font-display:optional;src:url("{font}")}}'
        tokens = {"--basis-text-font-family-default": '"huisstijl",Arial,sans-serif', **tokens}
    return face + ".ma-theme{" + "".join(f"{k}:{v};" for k, v in tokens.items()) + "}\n"

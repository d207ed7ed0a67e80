"""Finds areas by their names, however people write them.

Refuses to choose: a name that fits two areas is told and not linked.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

# Everyday names of gemeenten; a region adds its own in region.yaml.
_EVERYDAY = MappingProxyType({"denhaag": "sgravenhage", "denbosch": "shertogenbosch"})
# CBS marks which of two namesakes is meant: Hengelo (O.), Bergen (NH.), Utrecht (gemeente).
_MARK = re.compile(r"\s*\([^()]*\)\s*$")
_KIND_MARK = re.compile(r"\s*\((?:gemeente|gem\.?|gm)\)\s*$", re.IGNORECASE)
_KIND_WORD = re.compile(r"^\s*(?:gemeente|gem\.)\s+", re.IGNORECASE)
_SAINT = re.compile(r"\b(?:st\.?|sint)[\s-]+", re.IGNORECASE)
_ELLIPSIS = re.compile(r"\s*(?:\.\.+|…)\s*$")
_SHORTEST_CLIP = 4  # letters before an ellipsis
_SHORTEST_WIDTH = 8  # a column narrower than this clips too much to tell names apart
AMBIGUOUS = ""


def normalise_name(text: str) -> str:
    """Give the letters and digits only, small, without accents: `'s-Gravenhage` is `sgravenhage`.

    `&` is read as `en`, `St.` as `Sint`; `gemeente` before or `(gemeente)` after a name drops.
    """
    text = _KIND_WORD.sub("", _KIND_MARK.sub("", text))
    text = _SAINT.sub("sint ", text.replace("&", " en "))
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if letter.isalnum())
    return _EVERYDAY.get(bare, bare)


@dataclass(frozen=True, slots=True)
class NameList:
    """Names of the areas of one level, normalised; AMBIGUOUS where areas share a name."""

    codes: Mapping[str, str]

    def find(self, text: str, *, clipped: bool = False) -> str | None:
        """Give the code of a name, AMBIGUOUS when it fits several, None when it fits none.

        `clipped` says that the text filled its column, so that its end may be cut off; an
        ellipsis says it too. Then the name is the only one that starts this way.
        """
        exact = self.codes.get(normalise_name(text))
        if exact is not None:
            return exact
        start = normalise_name(_ELLIPSIS.sub("", text))
        cut = bool(_ELLIPSIS.search(text)) and len(start) >= _SHORTEST_CLIP
        if not (cut or (clipped and len(text) >= _SHORTEST_WIDTH)):
            return None
        found = {code for name, code in self.codes.items() if name.startswith(start)}
        return (found.pop() if len(found) == 1 else AMBIGUOUS) if found else None

    def find_all(self, texts: Sequence[str]) -> list[str | None]:
        """Find the distinct names of one column; those of the greatest length may be clipped."""
        widest = max((len(text) for text in texts), default=0)
        # One name that is longest says nothing; several of exactly one length were cut there.
        cut_here = sum(len(text) == widest for text in texts) > 1
        return [self.find(text, clipped=cut_here and len(text) == widest) for text in texts]


def list_names(pairs: Iterable[tuple[str, str]]) -> NameList:
    """Make a list of (name, code); a mark such as `(O.)` may be left out where that is clear."""
    whole: dict[str, str] = {}
    bare: dict[str, str] = {}
    for name, code in pairs:
        _add(whole, normalise_name(name), code)
        _add(bare, normalise_name(_MARK.sub("", name)), code)
    # A full name goes before the unmarked form of another: Hengelo before Hengelo (Gld.).
    return NameList(MappingProxyType({**bare, **whole}))


def _add(names: dict[str, str], name: str, code: str) -> None:
    if name and names.setdefault(name, code) != code:
        names[name] = AMBIGUOUS

"""What one fetch asks of a source, frozen so that a resume can prove that it asks the same."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from regiebeeld.domain import ContractError

KINDS = ("cbs_odata3", "cbs_odata4", "pdok_ogc", "pdok_wfs", "file")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")

Terms = tuple[tuple[str, tuple[str, ...]], ...]
Asked = Mapping[str, Iterable[str]] | Iterable[tuple[str, Iterable[str]]]


@dataclass(frozen=True)
class TableRequest:
    """One table of one source, narrowed to the keys and prefixes that are wanted.

    `keys` and `prefixes` are per dimension, unpadded; both may be given as a
    mapping and are kept sorted, so that the order of asking does not matter.
    `base` and `table` by kind:

    - cbs_odata3, cbs_odata4: the host's address and the table id;
    - pdok_ogc: the address before `/collections`, and collections with commas;
    - pdok_wfs: the service's address, and type names with commas;
    - file: empty, and a path, with `#member` for one file or layer inside it.

    `columns` are columns that must be there. Raises ContractError for an
    unknown kind or a source that is no plain name.
    """

    source: str
    kind: str
    base: str
    table: str
    keys: Terms = ()
    prefixes: Terms = ()
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ContractError(
                f"Bron {self.source}: soort {self.kind!r} bestaat niet; kies uit {', '.join(KINDS)}"
            )
        check_name(self.source, "bron")
        object.__setattr__(self, "keys", _read_terms(self.keys))
        object.__setattr__(self, "prefixes", _read_terms(self.prefixes))
        object.__setattr__(self, "columns", tuple(self.columns))

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal characters that are equal only for the same question."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def names(self) -> tuple[str, ...]:
        """The collections or type names, for the kinds where `table` may hold several."""
        return tuple(name.strip() for name in self.table.split(",") if name.strip())


def check_name(name: str, what: str) -> str:
    """Give `name` back when it is safe as a file name; raise ContractError otherwise.

    Names of dimensions come from the source, and become names of files.
    """
    if not _NAME.fullmatch(name):
        raise ContractError(
            f"{name!r} kan geen naam van een {what} zijn; gebruik letters, cijfers, punt, "
            "streepje en onderstreping"
        )
    return name


def refuse_terms(request: TableRequest) -> None:
    """Raise ContractError when a request is narrowed for a kind that cannot be narrowed."""
    if request.keys or request.prefixes:
        raise ContractError(
            f"Bron {request.source}: soort {request.kind} kent geen sleutels; "
            "haal de hele tabel op en kies de gebieden daarna"
        )


def _read_terms(asked: Asked) -> Terms:
    pairs = asked.items() if isinstance(asked, Mapping) else asked
    return tuple(
        sorted((name, tuple(sorted({term.strip() for term in terms}))) for name, terms in pairs)
    )

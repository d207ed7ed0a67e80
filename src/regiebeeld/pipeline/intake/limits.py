"""How much a partner's file may ask of this machine, and the refusal of one that asks more."""

from dataclasses import dataclass

from regiebeeld.domain import ContractError

MEGABYTE = 2**20
SHOWN_ROWS = 20  # how many row numbers a finding names


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before it is parsed. A table takes about twice the bytes of its file."""

    bytes: int = 640 * MEGABYTE
    json_bytes: int = 96 * MEGABYTE  # every JSON value becomes an object of its own
    json_memory: int = 2048 * MEGABYTE
    unpacked_bytes: int = 768 * MEGABYTE
    ratio: int = 250
    ratio_free_bytes: int = 16 * MEGABYTE  # small files may be packed as tightly as they like
    members: int = 500
    rows: int = 5_000_000
    columns: int = 250
    cells: int = 120_000_000
    sheet_cells: int = 25_000_000
    sheets: int = 25
    header_bytes: int = 256 * 1024
    name_length: int = 180


STANDARD = Limits()


class RefusedFile(ContractError):  # noqa: N818 - a refusal is an outcome, not a defect
    """A delivery that could not be read as one table; `rule` names why, `rows` where."""

    def __init__(
        self, rule: str, words: str, *, column: str | None = None, rows: tuple[int, ...] = ()
    ) -> None:
        self.rule, self.words, self.column, self.rows = rule, words, column, rows
        super().__init__(words)


def bomb(words: str) -> RefusedFile:
    """Refuse a file of which a few bytes would grow to fill the memory."""
    return RefusedFile(
        "zip_bomb", words + " Dat lijkt op een zipbom; dit bestand wordt niet gelezen."
    )


def too_wide(columns: int, limits: Limits) -> RefusedFile:
    """Refuse a sheet with a cell far to the right."""
    return RefusedFile(
        "header_width",
        f"Een blad loopt tot kolom {columns}; hoogstens {limits.columns} worden gelezen. "
        "Haal wat ver naar rechts staat weg.",
    )

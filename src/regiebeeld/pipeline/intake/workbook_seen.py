"""What a workbook holds beside values: formulas, hidden rows, comments, and where its rows begin.

Nothing of it is computed or read; the sender is told where it stands.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from regiebeeld.pipeline.intake.delivered import Note
from regiebeeld.pipeline.intake.ods_repeats import count_cells, count_rows

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_VALUE = re.compile(rb"<(?:v|is)[\s/>]")
_ROW = re.compile(rb"<row\b[^>]*?\br\s*=\s*[\"']([0-9]{1,9})")
_FORMULA = re.compile(rb"<f[\s/>]")
_FORMULA_CELL = re.compile(
    rb"<c\b[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3}[0-9]{1,9})[\"'][^>]*+>\s*<f[\s/>]"
)
_HIDDEN_ROW = re.compile(rb"<row\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)[^>]*+>")
_HIDDEN_COLUMN = re.compile(rb"<col\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)")
_ODS_TABLE = re.compile(rb"<table:table[\s/>]")
_ODS_HIDDEN = re.compile(rb"<table:table-(row|column)\b[^>]*table:visibility=\"(?:collapse|filter)")
_FEW = 5


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """The first row with a value, cells with a formula (the first few), and what is hidden."""

    first_row: int = 1
    formulas: int = 0
    cells: tuple[str, ...] = ()
    hidden_rows: int = 0
    hidden_columns: int = 0


@dataclass
class WorkbookSeen:
    """What was seen, a sheet at a time by the name of its part, and in the order of the sheets."""

    parts: dict[str, SheetSeen] = field(default_factory=dict)
    tables: list[SheetSeen] = field(default_factory=list)  # of an ODS
    comments: bool = False
    workbook: bytes = b""
    relations: bytes = b""

    def sheet(self, number: int) -> SheetSeen:
        """Give what was seen in the sheet of a number, counted from 0."""
        if self.tables:
            return self.tables[number] if number < len(self.tables) else SheetSeen()
        names = find_sheet_parts(self.workbook, self.relations)
        return self.parts.get(names[number], SheetSeen()) if number < len(names) else SheetSeen()

    def is_hidden(self, number: int) -> bool:
        """Tell whether the sheet of a number is not shown by the sender's program."""
        sheets = _SHEET.findall(self.workbook)
        state = _attributes(sheets[number]).get("state", "") if number < len(sheets) else ""
        return state.lower().endswith("hidden")

    def tell(self, number: int) -> tuple[Note, ...]:
        """Tell what the sender may not know is there, in the sheet of a number."""
        notes = list(_tell_sheet(self.sheet(number)))
        if self.comments:
            words = "De werkmap bevat opmerkingen bij cellen; die zijn niet gelezen."
            notes.append(Note("comments", words + " Haal ze weg: er kan iets over personen staan."))
        return tuple(notes)


def look_at_sheet(content: bytes) -> SheetSeen:
    """Look through a sheet of an XLSX; one with values only costs no more than a search."""
    formulas = len(_FORMULA.findall(content)) if b"<f" in content else 0
    found = _FORMULA_CELL.finditer(content) if formulas else iter(())
    hidden = b"hidden" in content
    return SheetSeen(
        first_row=_first_row(content),
        formulas=formulas,
        cells=tuple(cell[1].decode() for cell in islice(found, _FEW)),
        hidden_rows=len(_HIDDEN_ROW.findall(content)) if hidden else 0,
        hidden_columns=len(_HIDDEN_COLUMN.findall(content)) if hidden else 0,
    )


def look_at_tables(content: bytes) -> list[SheetSeen]:
    """Look through the tables of an ODS, in their order."""
    return [_look_at_table(table) for table in _ODS_TABLE.split(content)[1:]]


def find_sheet_parts(workbook: bytes, relations: bytes) -> list[str]:
    """Give the part of each sheet, in small letters, in the order of the workbook."""
    targets = {}
    for found in _RELATION.findall(relations):
        told = _attributes(found)
        target = told.get("Target", "").lstrip("/")
        targets[told.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    sheets = [_attributes(found) for found in _SHEET.findall(workbook)]
    ids = [next((v for k, v in one.items() if k.endswith(":id")), "") for one in sheets]
    return [targets.get(one, "").lower() for one in ids]


def _attributes(text: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text.decode("utf-8", "replace"))
    return {name: unescape(double or single) for name, double, single in found}


def _first_row(content: bytes) -> int:
    """Give the number of the row in which the first value stands; empty rows come before it."""
    value = _VALUE.search(content)
    row = content.rfind(b"<row", 0, value.start()) if value else -1
    number = _ROW.match(content, row) if row >= 0 else None
    return int(number[1]) if number else 1


def _look_at_table(table: bytes) -> SheetSeen:
    formulas = table.count(b"table:formula=")
    hidden = _ODS_HIDDEN.findall(table) if b"visibility" in table else []
    ends = [at for at in (table.find(b"value-type"), table.find(b"<text:p")) if at >= 0]
    return SheetSeen(
        first_row=max(count_rows(table[: min(ends)]), 1) if ends else 1,
        formulas=formulas,
        cells=(_place(table, table.find(b"table:formula=")),) if formulas else (),
        hidden_rows=hidden.count(b"row"),
        hidden_columns=hidden.count(b"column"),
    )


def _place(table: bytes, at: int) -> str:
    """Give the name of the cell that holds a place in a table, such as B12."""
    before = table[:at]
    number, letters = count_cells(before[before.rfind(b"<table:table-row") :]), ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{count_rows(before)}"


def _tell_sheet(seen: SheetSeen) -> list[Note]:
    notes = []
    if seen.formulas:
        more = ", …" if seen.formulas > len(seen.cells) else ""
        where = f" ({', '.join(seen.cells)}{more})" if seen.cells else ""
        cells = "1 cel bevat" if seen.formulas == 1 else f"{seen.formulas} cellen bevatten"
        words = f"{cells} een formule{where}; gelezen is de waarde die er "
        notes.append(Note("formula", words + "het laatst in stond. Plak waarden, geen formules."))
    for count, what in ((seen.hidden_rows, "rijen"), (seen.hidden_columns, "kolommen")):
        if count:
            words = f"Het blad heeft verborgen {what} ({count}); die zijn gewoon meegelezen."
            notes.append(Note("hidden", words + " Haal weg wat niet geleverd moet worden."))
    return notes

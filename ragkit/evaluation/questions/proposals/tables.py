"""Questions from tables: what stands in this column for this row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ragkit.answering.patterns import AMOUNT, DURATION
from ragkit.answering.table_units import row_with_units
from ragkit.documents.document import Block, BlockKind
from ragkit.evaluation.questions.proposals.proposal import (
    DraftKind,
    Proposal,
    Source,
    figures_in,
    one_line,
    spoken_title,
)

_NOTHING = re.compile(
    r"^(?:[-–—x✓✔√•*]+|n/?a|none|any|all|same|varies|see\s.*|\(?blank\)?|yes|no|optional)?$", re.IGNORECASE
)
_NUMBERS_ONLY = re.compile(
    r"^(?:[\d.,\s/%–<>≤≥-]|\b(?:to|and|or|under|over|below|above|up|more|less|older|greater|than)\b)*\d"
    r"(?:[\d.,\s/%–<>≤≥-]|\b(?:to|and|or|under|over|below|above|up|more|less|older|greater|than)\b)*$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s*\(([^()]{1,24})\)\s*$")
_NO_LABEL = re.compile(r"^(?:step|no\.?|number|#|item|date|signature|name|initials?|page)$", re.IGNORECASE)
_NO_COLUMN = re.compile(r"^(?:notes?|comments?|remarks?|signature|date|initials?|name|source|#|no\.?)$", re.IGNORECASE)
_TIME_COLUMN = re.compile(
    r"^(?:arrives? |done |start(?:ed)? |antibiotics )?(?:within|by when|time limit|deadline|due)$", re.IGNORECASE
)
_OFTEN_COLUMN = re.compile(r"^(?:how often|frequency|interval|every)$", re.IGNORECASE)
_NO_NOUN = re.compile(
    r"^(?:when|who|how|if|where|what|which|call|avoid|use|give|do|treat|check|start|hold|stop|not|no|for|in|as|by|at|to|"
    r"then|repeat|may|must|should|wear|report|notify|act|is|are)\b|\b(?:within|when|if|every)\b|"
    r"\b(?:by|for|below|above|with|after|before|until|from|to|in|on|at|of)$",
    re.IGNORECASE,
)
_FORM = re.compile(r"\b(?:signature|print(?:ed)?|initials?|legibly|date attended|phone)\b", re.IGNORECASE)
_ASKED = re.compile(r"\?|\byes\s+no\b|_{3,}", re.IGNORECASE)
_BULLET = re.compile(r"^[•▪◦·●○■□*–-]\s*")
_GROUP = re.compile(
    r"^(?:low|high|mild|moderate|severe|normal|adults?|p(?:a)?ediatrics?|child(?:ren)?|infants?|newborns?|day|night|"
    r"male|female)$",
    re.IGNORECASE,
)
_BARE_COUNT = re.compile(r"^\d{1,3}$")
_DANGLING = re.compile(r"^(?:and|or|of|to|with|for|the)\b")
_MOST_OF_A_TABLE = 6
_FEWEST_ROWS, _LONGEST_LABEL, _LONGEST_COLUMN, _LONGEST_VALUE = 2, 14, 7, 30


def table_proposals(source: Source) -> Iterator[Proposal]:
    """The questions of a document's tables, one for each cell that a row and a column name clearly."""
    blocks = source.document.blocks
    rows: dict[int, list[Block]] = {}
    for block in blocks:
        if block.kind is BlockKind.TABLE_ROW and block.context:
            headers = [n for n in block.context if blocks[n].kind is BlockKind.TABLE_HEADER]
            if len(headers) == 1:
                rows.setdefault(headers[0], []).append(block)
    for header, body in rows.items():
        yield from _of_table(source, _cells(source, blocks[header]), body)


def _of_table(source: Source, names: Sequence[str], body: Sequence[Block]) -> Iterator[Proposal]:
    if (
        len(names) < 2
        or not all(names[1:])
        or len(body) < _FEWEST_ROWS
        or (_NO_LABEL.match(names[0]) and len(names) < 3)
    ):
        return
    if any(_FORM.search(name) for name in names):
        return  # a form to be filled in
    if len(set(names)) < len(names) or any(len(name.split()) > _LONGEST_COLUMN for name in names):
        return
    table = [(block, _cells(source, block)) for block in body]
    if all(_GROUP.match(name) for name in names):
        return  # two groups side by side: the first cell names nothing
    seen = Counter(cells[0].lower() for _, cells in table if cells)
    drafted = 0
    for block, cells in table:
        if len(cells) != len(names) or not _good_label(cells[0], names[0]) or seen[cells[0].lower()] > 1:
            continue
        good = [
            (name, value)
            for name, value in zip(names[1:], cells[1:], strict=True)
            if _good_value(value, name) and not _NO_COLUMN.match(name) and value != cells[0]
        ]
        if good and drafted < _MOST_OF_A_TABLE:  # one question a row, the columns in turn
            yield _of_cell(source, block, names, cells, *good[drafted % len(good)])
            drafted += 1


def _of_cell(
    source: Source, block: Block, names: Sequence[str], cells: Sequence[str], name: str, value: str
) -> Proposal:  # fmt: skip
    header, row = "\t".join(names), "\t".join(cells)
    with_unit = row_with_units(row, header).split("\t")[names.index(name)]
    return Proposal(
        kind=DraftKind.TABLE,
        question=f"{_question(source, names[0], cells[0], name)}?",
        category=_category(with_unit, name),
        start=block.start,
        end=block.end,
        page=block.page,
        section=block.section,
        must_have=_must_have(value),
        pattern=f"a table's row “{cells[0]}” and column “{name}”"
        + (f", under “{spoken_title(block.section[-1])}”" if block.section else ""),
        weight=0.75 - 0.15 * bool(_NO_NOUN.search(name)) - 0.1 * (len(value.split()) > 12),
    )


def _question(source: Source, first: str, label: str, name: str) -> str:
    what = _labelled(source, first, label)
    column = _UNIT.sub("", name)
    if _TIME_COLUMN.match(column):
        return f"What is the time limit for “{label}”"
    if _OFTEN_COLUMN.match(column):
        return f"How often: {what}"
    if re.match(r"who\b", column, re.IGNORECASE):
        return f"{column} for {what}"
    if _NO_NOUN.search(column) or _GROUP.match(column) or column.isupper() or _is_name(source, column):
        return f"What does the table say under “{column}” for {what}"
    plural = column.endswith("s") and not column.endswith(("ss", "us", "is"))
    return f"What {'are' if plural else 'is'} the {source.lowered(column)} for {what}"


def _labelled(source: Source, first: str, label: str) -> str:
    """The row's name; a bare number or range gets the name and unit of its column: "weight 70 to 79 kg"."""
    unit = _UNIT.search(first)
    if unit is None and not _NUMBERS_ONLY.match(label):
        return source.lowered(label)
    name = source.lowered(_UNIT.sub("", first))
    return f"{name} {source.lowered(label)} {unit.group(1)}" if unit else f"{name} {label}"


def _is_name(source: Source, column: str) -> bool:
    """Whether a column is headed by a name ("Main Campus"), so that it is no property of the row."""
    return len(column.split()) < 4 and source.lowered(column) == column and column[:1].isupper()


def _good_label(label: str, first: str) -> bool:
    if (
        _ASKED.search(label)
        or _NOTHING.match(label)
        or _DANGLING.match(label)
        or len(label.split()) > _LONGEST_LABEL
        or label.endswith(":")
    ):
        return False
    return not (_NUMBERS_ONLY.match(label) and (not first or _NO_LABEL.match(first)))


def _good_value(value: str, name: str) -> bool:
    if _BARE_COUNT.match(value) and not _UNIT.search(name):
        return False  # "1": any answer would hold it
    return not _NOTHING.match(value) and len(value.split()) <= _LONGEST_VALUE and not value.endswith(":")


def _must_have(value: str) -> tuple[str, ...]:
    if len(value.split()) <= 6:
        return (value.rstrip("."),)
    return figures_in(value)[:3]


def _category(value: str, name: str) -> str:
    if re.search(r"\bdose|\bmaximum|\brate|\bbolus|\bvolume", name, re.IGNORECASE) and AMOUNT.search(value):
        return "dose"
    return "time_limit" if DURATION.search(value) else "table"


def _cells(source: Source, block: Block) -> list[str]:
    cells = [one_line(cell) for cell in source.document.text[block.start : block.end].split("\t")]
    return [_BULLET.sub("", cell) for cell in cells]

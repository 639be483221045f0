"""What belongs to a unit although it stands outside it: its list, its exceptions, its notes, its contraindications."""

from __future__ import annotations

import re

from ragkit.answering.matching import Question
from ragkit.answering.sentences import sentence_spans
from ragkit.answering.units import Layout, Span, Unit, UnitKind
from ragkit.documents.document import BlockKind
from ragkit.retrieval.query import AnswerKind

NOTES = 2
"""At most so many notes are shown with a line, those first that speak of the question."""
_NOTE_DISTANCE = 150
_TABLE_ROWS, _TABLE_WORDS = 10, 100
_CHOOSES_ONE = frozenset({AnswerKind.DOSE, AnswerKind.QUANTITY})
_ASKS_FOR_TABLE = 0.5
"""How much of the question a table's caption, header and section have to hold, for the question to be about it."""
_OPENS_WITH_MARK = re.compile(r"[❶-❿①-⑳➀-➓⓵-⓾⓿⓫-⓴]|\*{1,3}(?=\s?\w)|[†‡]")
EXCEPTION_WORDS = 45
"""Longer exception sentences are left to the reader of the section."""
_OPENS_EXCEPTION = re.compile(
    r"^\W*(?:\(?\w{1,3}[.)]\s+)?(?:notes?:\s*)?(?:however|except(?:ion)?s?\b|unless|"
    r"this (?:does|shall|policy does) not|"
    r"does not apply|but\b|do not\b|not (?:to be|applicable)|only if|provided)",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"^(?:\W*\w+\W+){0,6}?(?:this|these|such|it|they)\b(?:\W+\w+){0,6}?\W+(?:do(?:es)?|shall|may|must|is|are|can|should|will)\s?not\b",
    re.IGNORECASE,
)
_NOTE_MARK = re.compile(r"(?<=[\w.,;:)])(\*{1,3}|†|‡|§(?=\s|$)|[¹²³⁴⁵⁶⁷⁸⁹]+)|([❶-❿①-⑳➀-➓⓵-⓾⓿⓫-⓴])")
_CONTRAINDICATION = re.compile(
    r"contraindicat|do not (?:use|give|administer)|should not (?:be )?(?:use|give|receive)", re.I
)


def complete(layout: Layout, unit: Unit, question: Question) -> tuple[Span, ...]:
    """The spans that have to be shown beside the unit's own and its context, in document order."""
    spans: list[Span] = []
    if unit.ends_in_colon:
        spans.extend(_announced(layout, unit))
    spans.extend(_exception_after(layout, unit))
    spans.extend(_whole_table(layout, unit, question))
    spans.extend(_notes(layout, unit, question))
    spans.extend(_line_of_note(layout, unit))
    if AnswerKind.DOSE in question.query.kinds[:1]:
        spans.extend(_contraindications(layout, unit, question))
    own = set(unit.all_spans)
    return tuple(sorted(span for span in dict.fromkeys(spans) if span not in own))


def _announced(layout: Layout, unit: Unit) -> list[Span]:
    """The whole list that a line ending in a colon announces; where the reader saw none, the block that follows."""
    members = layout.descendants(unit.last_block)
    if members:
        return [(layout.blocks[member].start, layout.blocks[member].end) for member in members]
    block = layout.blocks[unit.last_block]
    if unit.end < block.end:
        following = sentence_spans(layout.text[unit.end : block.end])
        return [(unit.end + start, unit.end + end) for start, end in following[:1]]
    follower = unit.last_block + 1
    if follower >= len(layout.blocks):
        return []
    kind = layout.blocks[follower].kind
    if kind is BlockKind.LIST_ITEM:
        return _run_of(layout, follower)
    if kind in (BlockKind.PARAGRAPH, BlockKind.TABLE_ROW):
        return [(layout.blocks[follower].start, layout.blocks[follower].end)]
    return []


def _run_of(layout: Layout, first: int) -> list[Span]:
    """The list items that follow each other from ``first`` on, at its level or deeper."""
    spans: list[Span] = []
    level = layout.blocks[first].level
    for block in layout.blocks[first:]:
        if block.kind is not BlockKind.LIST_ITEM or block.level < level:
            break
        spans.append((block.start, block.end))
    return spans


def _whole_table(layout: Layout, unit: Unit, question: Question) -> list[Span]:
    """The rows beside a table row, where the question asks for what the table is about and chooses no row.

    It chooses one if a row says something of the question that the row's caption, header and section do not. Doses
    and amounts are for one patient each: several are never shown where one may be meant.
    """
    if unit.kind is not UnitKind.TABLE_ROW or not unit.context or question.query.kinds[0] in _CHOOSES_ONE:
        return []
    rows = [(layout.blocks[row].start, layout.blocks[row].end) for row in layout.rows_beside(unit.block)]
    if not 1 < len(rows) <= _TABLE_ROWS or sum(layout.word_count(*row) for row in rows) > _TABLE_WORDS:
        return []
    around = "\n".join([*(layout.text[start:end] for start, end in unit.context), *unit.section])
    above = question.credits(around)
    if question.coverage(above) < _ASKS_FOR_TABLE:
        return []
    title = layout.document.governance.title
    known = list(map(max, above, question.credits(title)))
    for start, end in rows:
        own = question.credits(layout.text[start:end])
        if any(credit > before for credit, before in zip(own, known, strict=True)):
            return []
    return rows


def _exception_after(layout: Layout, unit: Unit) -> list[Span]:
    """The sentence or sibling item directly after the unit, where it takes something back."""
    block = layout.blocks[unit.last_block]
    if unit.end < block.end and block.kind is not BlockKind.TABLE_ROW:
        following = sentence_spans(layout.text[unit.end : block.end])
        spans = [(unit.end + start, unit.end + end) for start, end in following[:1]]
    else:
        follower = unit.last_block + 1
        if follower >= len(layout.blocks):
            return []
        after = layout.blocks[follower]
        if after.kind not in (BlockKind.LIST_ITEM, BlockKind.PARAGRAPH) or after.section != block.section:
            return []
        first = sentence_spans(layout.text[after.start : after.end])[:1]
        spans = [(after.start + start, after.start + end) for start, end in first]
    return [
        span
        for span in spans
        if _withdraws(layout.text[span[0] : span[1]])
        and layout.word_count(*span) <= EXCEPTION_WORDS
        and not layout.text[span[0] : span[1]].rstrip().endswith(":")
    ]


def _withdraws(text: str) -> bool:
    """Whether a sentence takes back part of the one before it ("However, ...", "This does not include ...")."""
    return bool(_OPENS_EXCEPTION.search(text) or _TAKES_BACK.match(text))


def note_marks(text: str) -> list[str]:
    """The marks in a text that point to notes: asterisks, daggers, raised or circled digits; not one it opens with."""
    return [found.group() for found in _NOTE_MARK.finditer(text) if text[: found.start()].strip()]


def _notes(layout: Layout, unit: Unit, question: Question) -> list[Span]:
    """Footnotes and notes whose mark stands in the unit's own words."""
    marks = {mark for start, end in unit.spans for mark in note_marks(layout.text[start:end])}
    if not marks:
        return []
    spans: list[Span] = []
    page = layout.blocks[unit.block].page
    for block in layout.blocks[unit.block :]:
        if page is not None and block.page is not None and block.page > page + 1:
            break
        if block.kind not in (BlockKind.FOOTNOTE, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            continue
        text = layout.text[block.start : block.start + 4]
        if any(text.startswith(mark) and not text.startswith(mark + "*") for mark in marks):
            spans.append((block.start, block.end))
    short = [span for span in spans if layout.word_count(*span) <= EXCEPTION_WORDS]
    short.sort(key=lambda span: -question.coverage(question.credits(layout.text[span[0] : span[1]])))
    return short[:NOTES]


def _line_of_note(layout: Layout, unit: Unit) -> list[Span]:
    """The lines that notes belong to, where what is shown are notes that open with their marks."""
    found: list[Span] = []
    if unit.kind is UnitKind.LIST or len(unit.spans) > NOTES + 1:
        return found
    for start, _ in unit.spans:
        mark = _OPENS_WITH_MARK.match(layout.text, start)
        if mark is not None:
            found.extend(_line_marked(layout, unit.block, mark.group()))
    return found


def _line_marked(layout: Layout, before: int, mark: str) -> list[Span]:
    """The nearest line before block ``before`` that points to the note with this mark; none if it is long."""
    for block in reversed(layout.blocks[max(0, before - _NOTE_DISTANCE) : before]):
        for start, end in sentence_spans(layout.text[block.start : block.end]):
            span = (block.start + start, block.start + end)
            marks = note_marks(layout.text[span[0] : span[1]])
            if mark in marks and layout.word_count(*span) <= EXCEPTION_WORDS:
                return [span]
    return []


def _contraindications(layout: Layout, unit: Unit, question: Question) -> list[Span]:
    """A later line of the same document that says when what was asked about must not be given."""
    own = "".join(layout.text[start:end] for start, end in unit.all_spans).lower()
    names = [
        phrase.strip()
        for term in question.terms
        if term.weight >= 0.15 * question.total
        for phrase in term.phrases
        if len(phrase) > 6 and phrase.strip() in own
    ]
    for block in layout.blocks[unit.last_block + 1 :]:
        text = layout.text[block.start : block.end]
        if not _CONTRAINDICATION.search(text):
            continue
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            span = (block.start + start, block.start + end)
            if (
                _CONTRAINDICATION.search(sentence)
                and any(name in sentence.lower() for name in names)
                and layout.word_count(*span) <= EXCEPTION_WORDS
            ):
                return [span]
    return []

"""What an answer claims: its statements divided into sentences, list items and table rows, each of which can be wrong.

A list item or a table row claims something only together with its lead-in ("Do not give to:") or its table's header.
These are put on lines of their own before it, so that a changed lead-in is a changed claim, and verbatim lines stay
verbatim. A heading is no claim: it is dropped, or is the lead-in of the list under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ragkit.answering.answer import Answer
from ragkit.answering.sentences import sentence_spans

_MARK = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_LAST_MARKS = re.compile(rf"(?:\s*{_MARK.pattern})+(?=[\s.;:!?]*$)")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+(.*)")
_BOLD_LINE = re.compile(r"(?:\*\*|__)(.+?)(?:\*\*|__):?$")
_RULE = re.compile(r"[-=_*|:\s]{3,}$")
_GLYPH = re.compile(r"^(?:[-*+•◦▪■□o–—·]|\uf0b7)\s+(?=\S)")
_NUMBERED = re.compile(r"^\(?(?P<number>(?:\d{1,2}|[A-Za-z]|[ivxIVX]{1,4})[.)]|\d{1,2}(?:\.\d{1,2})+\.?)\s+(?=\S)")
_CAPTION = re.compile(r"^(?:table|figure|fig\.|appendix)\s+[\dA-Z][\w.-]*[.:]?(?:\s|$)", re.IGNORECASE)
_CELLS = re.compile(r"\t|\s\|\s")
_QUANTITY = re.compile(r"\d\s?[a-zA-Zµ%/]")
_TITLE_WORDS = 8


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that an answer claims.

    Attributes:
        text: its words, with the lead-in or the table's header on lines of their own before them.
        statement: index of the answer's statement that it is part of.
        citations: the citation numbers of that statement, as given; one of them may have no citation.
    """

    text: str
    statement: int
    citations: tuple[int, ...]


def claims_of(answer: Answer) -> tuple[Claim, ...]:
    """The claims of an answer in order; none for an answer without statements."""
    return tuple(
        Claim(text, index, statement.citations)
        for index, statement in enumerate(answer.statements)
        for text in split_claims(statement.text)
    )


def citation_marks(text: str) -> tuple[int, ...]:
    """The numbers of the citation marks of a text, in order, each once.

    >>> citation_marks("Wait 30 minutes [2]. Then weigh [1, 3][2].")
    (2, 1, 3)
    """
    numbers = (int(number) for match in _MARK.finditer(text) for number in match.group(1).split(","))
    return tuple(dict.fromkeys(numbers))


def split_claims(text: str) -> tuple[str, ...]:
    r"""The claims of one statement, or of a quote.

    >>> split_claims("## Fever\nWait 30 minutes. Then weigh the child [1].")
    ('Wait 30 minutes.', 'Then weigh the child.')
    >>> split_claims("Do not give to:\n- infants\n- anyone with asthma")
    ('Do not give to:\ninfants', 'Do not give to:\nanyone with asthma')
    >>> split_claims("Weight\tDose\n10 kg\t100 mg\n20 kg\t200 mg")
    ('Weight\tDose\n10 kg\t100 mg', 'Weight\tDose\n20 kg\t200 mg')
    """
    lines = [_without_marks(line) for line in text.splitlines()]
    lines = [line for line in lines if line and not _RULE.fullmatch(line)]
    claims = tuple(_claims(lines))
    return claims or (("\n".join(lines),) if lines else ())


def _without_marks(line: str) -> str:
    return _LAST_MARKS.sub("", line.strip()).strip()


def _claims(lines: list[str]) -> Iterator[str]:
    """The claims of lines that are not blank. What only introduces something is kept until that has been said."""
    context: list[str] = []
    marked = False  # whether what stands under the context are items or rows: then a plain line ends it
    for position, line in enumerate(lines):
        following = lines[position + 1] if position + 1 < len(lines) else ""
        heading = _heading(line, following)
        if heading is not None:
            context, marked = [heading] if _GLYPH.match(following) or _is_row(following) else [], True
        elif _is_row(line):
            marked = True
            if _is_row(following) and not any(_is_row(kept) for kept in context):
                context = [*context, line]  # the header of a table
            else:
                yield "\n".join([*context, line])
        elif line.endswith(":") and following:
            under_another = _is_item(line) or (position > 0 and lines[position - 1].endswith(":"))
            context, marked = [*context, line][-2:] if under_another else [line], False
        elif _is_item(line):
            marked = True
            yield from ("\n".join([*context, sentence]) for sentence in _sentences(_GLYPH.sub("", line)))
        else:
            context = [] if marked else context
            yield from ("\n".join([*context, sentence]) for sentence in _sentences(line))


def _sentences(line: str) -> Iterator[str]:
    return (line[start:end] for start, end in sentence_spans(line))


def _heading(line: str, following: str) -> str | None:
    """The words of a heading or a caption; None for any other line."""
    marked = _MARKDOWN_HEADING.fullmatch(line) or _BOLD_LINE.fullmatch(line)
    if marked:
        return marked.group(1).strip()
    if _is_row(line) or _GLYPH.match(line) or line[-1] in ".:;,!?":
        return None
    if _CAPTION.match(line):
        return line
    title = _NUMBERED.sub("", line)
    words = title.split()
    if not following or not words or len(words) > _TITLE_WORDS or _QUANTITY.search(title):
        return None
    if _GLYPH.match(following) or _is_row(following):
        return line  # short, and a list or a table begins under it
    if _NUMBERED.match(line):
        return line if words[0][0].isupper() and not _is_sibling(line, following) else None
    return line if line.isupper() or _is_title(words) else None


def _is_title(words: list[str]) -> bool:
    """Whether every longer word is capitalised, in two words or more."""
    longer = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(words) > 1 and bool(longer) and all(word[0].isupper() for word in longer)


def _is_sibling(line: str, following: str) -> bool:
    """Whether the second line goes on with the list of the first, or is no sentence that a heading could stand over."""
    first, second = _NUMBERED.match(line), _NUMBERED.match(following)
    if first and second:
        (above, last), (above_next, next_last) = _numbering(first["number"]), _numbering(second["number"])
        return above == above_next and next_last.isdigit() == last.isdigit() and _follows(last, next_last)
    return not following.endswith((".", ";", ":", "!", "?"))


def _numbering(number: str) -> tuple[str, str]:
    """What stands above a number, and its last part: of "3.1" these are "3" and "1", of "b)" nothing and "b"."""
    above, _, last = number.rstrip(".)").rpartition(".")
    return above, last.casefold()


def _follows(last: str, next_last: str) -> bool:
    return int(next_last) > int(last) if last.isdigit() else next_last > last or set(next_last) <= set("ivx")


def _is_row(line: str) -> bool:
    return bool(_CELLS.search(line))


def _is_item(line: str) -> bool:
    return bool(_GLYPH.match(line) or _NUMBERED.match(line))

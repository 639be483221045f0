"""Whether a line is about the condition, device, route or purpose that the question names, or about another one.

The dose of tenecteplase for a stroke is no answer for a heart attack, however well its row matches weight and medicine.
What a line is about stands in its lead-ins, its table's caption and header, the headings above it and the title of its
document; where none of them names one, the line is for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ragkit.answering.patterns import AMOUNT
from ragkit.answering.subjects import Group, groups
from ragkit.answering.units import Unit, UnitKind
from ragkit.documents.document import Document
from ragkit.retrieval.query import AnswerKind, Query

_LIST_ASKED = re.compile(r"\b(?:contra-?indications?|exclusions?|exclusion criteria)\b", re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:\(?\w{1,3}[.)]\s+)?(?:(?:for|in|if)\s+)?([^:.,;\t\n]{2,60}?)\s*(?:[:\t]|\s[–—-]\s)")
_ENUMERATOR = re.compile(r"^\W*(?:[IVXLC]+|[A-Z]|\d+(?:\.\d+)*)[.):]\s+")
_LISTS = frozenset({UnitKind.LIST, UnitKind.SECTION_LIST})

Asked = tuple[tuple[Group, frozenset[str]], ...]
"""The groups that count for a question, each with the families that it names."""


@lru_cache(maxsize=256)
def asked_subjects(query: Query) -> Asked:
    """What the question names, group by group; empty where it names nothing that lines could miss."""
    found = []
    for group in groups().values():
        if query.kinds[0] not in group.kinds:
            continue
        if group.required and not any(term.medicine for term in query.terms):
            continue
        families = group.asked_in(query.text + "\n" + query.expanded_text)
        if families:
            found.append((group, families))
    return tuple(found)


def _own_words_count(query: Query) -> bool:
    """Whether what a line itself names says what it is for; a list of contraindications names other conditions."""
    kind = query.kinds[0]
    if kind is AnswerKind.CONTRAINDICATION:
        return not _LIST_ASKED.search(query.text)
    return kind is not AnswerKind.CRITERIA_LIST


def other_subject(query: Query, document: Document, unit: Unit, own_text: str, context_text: str) -> str | None:
    """The name of the group in which the unit is about something else than the question; None where it is not.

    Args:
        query: the question.
        document: the document that the unit stands in.
        unit: the unit.
        own_text: its own words.
        context_text: the words of its lead-ins, its table's caption and header.
    """
    subjects = asked_subjects(query)
    if not subjects:
        return None
    own_counts = _own_words_count(query)
    dosed = query.kinds[0] in (AnswerKind.DOSE, AnswerKind.QUANTITY)
    for group, asked in subjects:
        if _misses(group, asked, document, unit, own_text if own_counts else "", context_text, dosed=dosed):
            return group.name
    return None


def _misses(
    group: Group,
    asked: frozenset[str],
    document: Document,
    unit: Unit,
    own_text: str,
    context_text: str,
    *,
    dosed: bool,
) -> bool:
    around = next(filter(None, _around(group, document, unit, context_text)), frozenset())
    if unit.kind in _LISTS and dosed and not group.decisive_line:
        own_text = own_text.partition("\n")[0]  # what one item names does not say what the others are for
    own = group.families_in(own_text)
    if group.required:
        return not (group.compatible(asked, own) or _named_around(group, asked, document, unit, context_text))
    if own and group.compatible(asked, own):
        return _label_misses(group, asked, unit, own_text)
    if own and group.decisive_line:
        return True
    if around:
        return not group.compatible(asked, around) or _label_misses(group, asked, unit, own_text)
    return bool(AMOUNT.search(own_text) and group.treated_in(own_text)) or _label_misses(group, asked, unit, own_text)


def _around(group: Group, document: Document, unit: Unit, context_text: str) -> Iterator[frozenset[str]]:
    """The families that the surroundings name, the nearest first."""
    for text in (context_text, *reversed(unit.section), document.governance.title):
        yield group.families_in(_ENUMERATOR.sub("", text))


def _named_around(group: Group, asked: frozenset[str], document: Document, unit: Unit, context_text: str) -> bool:
    return any(group.compatible(asked, level) for level in _around(group, document, unit, context_text))


def _label_misses(group: Group, asked: frozenset[str], unit: Unit, own_text: str) -> bool:
    """Whether the label that a line opens with ("Stroke: ...", a row's first cell) names something else only."""
    if unit.kind in _LISTS:
        return False
    if unit.kind is UnitKind.TABLE_ROW and "\t" in own_text:
        label = own_text.partition("\t")[0]
    else:
        found = _LABEL.match(own_text)
        label = found.group(1) if found else ""
    named = group.families_in(label)
    return bool(named) and not group.compatible(asked, named)

"""Questions from headings that are questions, or name what staff ask for ("Documentation", "Training")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragkit.documents.document import Block, BlockKind
from ragkit.evaluation.questions.proposals.proposal import DraftKind, Proposal, Source, figures_in, spoken_title

_ASKED: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), question, category)
    for pattern, question, category in (
        (
            r"^(?:documentation|documentation requirements|what to document|records?)$",
            "What has to be documented",
            "documentation",
        ),
        (r"^(?:contraindications?)$", "What are the contraindications", "contraindication"),
        (r"^(?:indications?)$", "What are the indications", "criteria_list"),
        (r"^(?:exceptions?|exclusions?)$", "What are the exceptions", "criteria_list"),
        (
            r"^(?:inclusion|exclusion|activation|eligibility|transfer|calling|admission|discharge) criteria$",
            "What are the {heading}",
            "criteria_list",
        ),
        (r"^(?:equipment|supplies|equipment and supplies)$", "What equipment is needed", "criteria_list"),
        (
            r"^(?:training|education|competency|training requirements|(?:education|training) and competency)$",
            "What training is required",
            "who_may",
        ),
        (
            r"^(?:reporting|reporting requirements|notification|notifications)$",
            "What has to be reported, and to whom",
            "documentation",
        ),
        (r"^(?:storage)$", "How are they stored", "procedure_step"),
        (r"^(?:quality control)$", "What quality control is required", "procedure_step"),
        (r"^(?:transport|transportation)$", "What has to be observed in transport", "procedure_step"),
        (r"^(?:precautions?|warnings?)$", "Which precautions apply", "contraindication"),
    )
)
_WHO = re.compile(r"^who\s(?P<verb>[a-z]+)\b.*[a-z]$", re.IGNORECASE)
_FULL = re.compile(r"^(?:who|when|what|how|which|where|may|must|can|is|are|do|does)\b.*\?$", re.IGNORECASE)
_LONGEST, _MOST_BLOCKS = 120, 8
_BODY = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})


def heading_proposals(source: Source) -> Iterator[Proposal]:
    """The questions of a document's headings, with all that stands right under them as the answer."""
    blocks = source.document.blocks
    for position, block in enumerate(blocks):
        if block.kind is not BlockKind.HEADING:
            continue
        heading = spoken_title(source.words(block))
        question, category = _question(heading)
        body = _body(blocks[position + 1 :])
        words = len(source.document.text[body[0].start : body[-1].end].split()) if body else 0
        if question and 4 <= words <= _LONGEST:
            yield _proposal(source, block, body, heading, question, category)


def _question(heading: str) -> tuple[str, str]:
    for pattern, question, category in _ASKED:
        if pattern.match(heading):
            return question.format(heading=heading.lower()), category
    if _FULL.match(heading):
        return heading.rstrip("?"), "procedure_step"
    if _WHO.match(heading) and not re.search(r"\b(?:we|should|it|them|this|these)\b", heading, re.IGNORECASE):
        return heading, "who_may"
    return "", ""


def _body(following: tuple[Block, ...]) -> list[Block]:
    body: list[Block] = []
    for block in following:
        if block.kind not in _BODY:
            break
        body.append(block)
    return body if len(body) <= _MOST_BLOCKS else []


def _proposal(source: Source, heading: Block, body: list[Block], words: str, question: str, category: str) -> Proposal:
    start, end = body[0].start, body[-1].end
    return Proposal(
        kind=DraftKind.HEADING,
        question=f"{question[0].upper()}{question[1:]}?",
        category=category,
        start=start,
        end=end,
        page=body[0].page,
        section=body[0].section,
        must_have=figures_in(source.document.text[start:end])[:2],
        pattern=f"the heading “{words}”",
        weight=0.5,
    )

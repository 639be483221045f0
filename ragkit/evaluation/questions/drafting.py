"""Drafts a question set from an institution's own documents, for a person to accept, edit or delete. No model needed.

What a document's form says for certain is asked: a cell of a table by its row and column, a definition by its term, a
list by its lead-in, a time limit, a dose, a permission by the sentence that states it. Every draft carries the place
that answers. A drafted set is a beginning: it is written in the documents' words, not in those of staff, and finds only
what is easy to find. ``docs/evaluation.md`` says how to go on from there.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from ragkit.documents.document import Document
from ragkit.errors import EvaluationError
from ragkit.evaluation.matching import contains, plain_words
from ragkit.evaluation.questions.proposals.doses import dose_proposals
from ragkit.evaluation.questions.proposals.headings import heading_proposals
from ragkit.evaluation.questions.proposals.lists import list_proposals
from ragkit.evaluation.questions.proposals.near_misses import NearMiss, near_misses
from ragkit.evaluation.questions.proposals.proposal import DraftKind, Proposal, Source, names_in, one_line
from ragkit.evaluation.questions.proposals.sentences import sentence_proposals
from ragkit.evaluation.questions.proposals.tables import table_proposals
from ragkit.evaluation.questions.question import GoldSpan, Question, QuestionSet
from ragkit.retrieval.understanding.populations import find_populations

if TYPE_CHECKING:
    from ragkit.access.user import User
    from ragkit.knowledge_base import KnowledgeBase

DRAFT_TAG = "draft"
"""On every drafted question until a person has accepted it."""

DECIDE_TAG = "decide"
"""On a near miss: a person has to decide whether the documents really do not answer."""

NEAR_MISS_SHARE = 0.2
_PATTERNS = (
    table_proposals, sentence_proposals, dose_proposals, list_proposals, heading_proposals,
)  # fmt: skip
_SEARCHED = 10
_SHARED_TITLE = 0.5
_LONGEST_GOLD = 1_500
_STOP = frozenset(
    ("a", "an", "and", "are", "as", "at", "by", "do", "does", "for", "from", "how", "if", "in", "is", "of", "on", "or",
     "the", "to", "what", "when", "which", "who", "whom", "with")
)  # fmt: skip


def draft_questions(
    kb: KnowledgeBase,
    *,
    limit: int = 60,
    site: str | None = None,
    user: User | None = None,
    kinds: Iterable[DraftKind | str] | None = None,
) -> QuestionSet:
    """Proposes questions to the documents that a person may read, spread over the documents.

    Args:
        kb: the knowledge base.
        limit: how many at most; a fifth of them near misses, if ``kinds`` has them.
        site: the site that is asked for; None for every document.
        user: who asks; the drafts get this person's roles. None for somebody who has not signed in.
        kinds: the patterns to draft from; None for all.

    Returns:
        The drafts, by document; each with the tag "draft", and in ``notes`` the pattern it was read from.

    Raises:
        EvaluationError: no document that this person may read suggests a question, or ``kinds`` names no pattern.
    """
    wanted = _kinds(kinds)
    sources = _sources(kb, site, user)
    per_document = _unambiguous([(source, _proposals(source)) for source in sources])
    missing = round(limit * NEAR_MISS_SHARE) if DraftKind.NEAR_MISS in wanted else 0
    drafted = [(source, [p for p in proposals if p.kind in wanted]) for source, proposals in per_document]
    writer = _Writer(site, None if user is None else tuple(sorted(user.roles)))
    misses = list(_spread_misses(kb, per_document, site, user, missing))
    questions = [writer.question(*pair) for pair in _spread(drafted, limit - len(misses))]
    questions += [writer.near_miss(source, miss) for source, miss in misses]
    if not questions:
        raise EvaluationError(
            f"None of the {len(sources)} documents that this person may read suggests a question. Draft as somebody "
            "with other roles, for another site or with access 'open' (which opens documents that name no roles), or "
            "write the questions yourself."
        )
    return QuestionSet(name="draft", questions=tuple(_grouped(questions)))


def _sources(kb: KnowledgeBase, site: str | None, user: User | None) -> list[Source]:
    """The documents in force that the person may read."""
    rows = [row for row in kb.documents(site=site, user=user) if row.in_force]
    documents = [kb.document(row.document_id, row.version, user=user) for row in rows]
    names = frozenset(names_in("\n".join(document.text for document in documents)))
    return [Source(row, document, names) for row, document in zip(rows, documents, strict=True)]


def _grouped(questions: Sequence[Question]) -> Iterator[Question]:
    """Questions with one section as their gold get one group: they are not independent."""
    places = [(q.gold[0].document, q.gold[0].section) if q.gold else ("", None) for q in questions]
    shared = Counter(place for place in places if place[1])
    first: dict[tuple[str, str | None], str] = {}
    for question, place in zip(questions, places, strict=True):
        first.setdefault(place, question.id)
        yield question.model_copy(update={"group": first[place]}) if shared[place] > 1 else question


def _kinds(kinds: Iterable[DraftKind | str] | None) -> frozenset[DraftKind]:
    if kinds is None:
        return frozenset(DraftKind)
    try:
        return frozenset(DraftKind(kind) for kind in kinds)
    except ValueError as error:
        raise EvaluationError(f"{error}; the kinds are {', '.join(DraftKind)}.") from error


def _proposals(source: Source) -> list[Proposal]:
    """What one document suggests, best first, one question for each place."""
    found = [p for p in chain.from_iterable(pattern(source) for pattern in _PATTERNS) if _sound(p, source.document)]
    best: dict[tuple[int, int, str], Proposal] = {}
    for proposal in sorted(found, key=lambda p: -p.weight):
        place = proposal.question if proposal.kind is DraftKind.TABLE else ""
        best.setdefault((proposal.start, proposal.end, place), proposal)
    return list(best.values())


def _sound(proposal: Proposal, document: Document) -> bool:
    """The gold holds what a right answer must have, and the question is a readable sentence."""
    quote = document.text[proposal.start : proposal.end]
    return (
        proposal.weight > 0
        and len(quote) <= _LONGEST_GOLD
        and all(contains(quote, wanted) for wanted in proposal.must_have)
        and re.search(r"_{2,}|\.{3,}|…|[□☐☑]|\b[A-Z]{2,}(?:\s[A-Z]{2,}){3,}", proposal.question) is None
        and proposal.question.count("(") == proposal.question.count(")")
        and sum(character.isalpha() for character in proposal.question) > 0.6 * len(proposal.question.replace(" ", ""))
    )


def _unambiguous(found: Sequence[tuple[Source, list[Proposal]]]) -> list[tuple[Source, list[Proposal]]]:
    """Questions made to stand alone, without those that two places of one document would answer differently."""
    told = [(source, [_in_context(source, p, proposals) for p in proposals]) for source, proposals in found]
    counts = Counter(plain_words(p.question) for _, proposals in told for p in proposals)
    return [(source, [p for p in proposals if counts[plain_words(p.question)] == 1]) for source, proposals in told]


def _in_context(source: Source, proposal: Proposal, others: Sequence[Proposal]) -> Proposal:
    """Names the section where the document asks the same elsewhere, and the document where the words do not."""
    question = proposal.question.rstrip("?")
    same = [other for other in others if other.question.lower() == proposal.question.lower()]
    section = source.spoken(proposal.section[-1]) if proposal.section else ""
    for_some = proposal.kind in {DraftKind.DOSE, DraftKind.TABLE} and find_populations(section)
    parts = [section] if section and (len(same) > 1 or for_some) else []
    words = {word for word in plain_words(question) if word not in _STOP}
    title = [word for word in plain_words(source.title) if word not in _STOP]
    if sum(word in words for word in title) < _SHARED_TITLE * len(title):
        parts.append(source.title)
    where = ", ".join(dict.fromkeys(parts))
    changed = f"{question} ({where})?" if where else f"{question}?"
    return replace(proposal, question=f"{changed[0].upper()}{changed[1:]}", core=proposal.question)


def _spread(found: Sequence[tuple[Source, list[Proposal]]], limit: int) -> Iterator[tuple[Source, Proposal]]:
    """Takes from each document in turn, and within a document from each kind in turn, until the limit."""
    queues = [(source, _alternating(proposals)) for source, proposals in found if proposals]
    chosen: dict[int, list[Proposal]] = defaultdict(list)
    taken = 0
    for turn in range(max((len(queue) for _, queue in queues), default=0)):
        for number, (_, queue) in enumerate(queues):
            if turn < len(queue) and taken < limit:
                chosen[number].append(queue[turn])
                taken += 1
    for number, (source, _) in enumerate(queues):
        yield from ((source, proposal) for proposal in sorted(chosen[number], key=lambda p: p.start))


def _alternating(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Best first, the kinds in turn, and of a table one question before a second."""
    by_kind: dict[DraftKind, list[Proposal]] = defaultdict(list)
    for proposal in sorted(proposals, key=lambda p: (-p.weight, p.start)):
        by_kind[proposal.kind].append(proposal)
    order = sorted(by_kind.values(), key=lambda group: -group[0].weight)
    most = max((len(group) for group in order), default=0)
    return [group[turn] for turn in range(most) for group in order if turn < len(group)]


def _spread_misses(
    kb: KnowledgeBase,
    found: Sequence[tuple[Source, list[Proposal]]],
    site: str | None,
    user: User | None,
    limit: int,
) -> Iterator[tuple[Source, NearMiss]]:
    """Near misses, at most one of a document, until the limit."""
    texts = [source.document.text for source, _ in found]

    def named(words: str) -> bool:
        stem = words.lower().removesuffix("s")
        return any(stem in text.lower() for text in texts)

    def passages(question: str) -> list[str]:
        hits = kb.search(question, limit=_SEARCHED, site=site, user=user)
        return [" ".join([hit.title, *hit.section, hit.text]) for hit in hits]

    taken: set[str] = set()
    for source, proposals in found:
        if len(taken) >= limit:
            return
        misses = (miss for p in proposals for miss in near_misses(p.core, source, named, passages))
        if (miss := next((miss for miss in misses if miss.question.lower() not in taken), None)) is not None:
            taken.add(miss.question.lower())
            yield source, miss


class _Writer:
    """Turns proposals into questions of a set, with ids that are unique in it."""

    def __init__(self, site: str | None, roles: tuple[str, ...] | None) -> None:
        self._site = site
        self._roles = roles
        self._ids: Counter[str] = Counter()

    def question(self, source: Source, proposal: Proposal) -> Question:
        """An answerable draft with its gold."""
        quote = one_line(source.document.text[proposal.start : proposal.end])
        gold = GoldSpan(
            document=source.row.source,
            quote=quote,
            page=proposal.page,
            section=one_line(proposal.section[-1]) if proposal.section else None,
        )
        return Question(
            id=self._id(source, proposal.kind),
            question=proposal.question,
            site=source.row.site or self._site,
            roles=self._roles,
            category=proposal.category,
            answerable=True,
            gold=(gold,),
            must_have=proposal.must_have,
            tags=(DRAFT_TAG, proposal.kind.value),
            notes=f"Drafted from {proposal.pattern}.",
        )

    def near_miss(self, source: Source, miss: NearMiss) -> Question:
        """An unanswerable draft, for a person to decide."""
        return Question(
            id=self._id(source, DraftKind.NEAR_MISS),
            question=miss.question,
            site=source.row.site or self._site,
            roles=self._roles,
            category="unanswerable_near_miss",
            answerable=False,
            tags=(DRAFT_TAG, DECIDE_TAG, DraftKind.NEAR_MISS.value),
            notes=f"Decide whether the documents answer this. Made of “{miss.original}”: {miss.changed}; "
            f"{miss.checked}.",
        )

    def _id(self, source: Source, kind: DraftKind) -> str:
        name = source.row.reference_number or source.row.document_id
        stem = f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}-{kind.value.replace('_', '-')}"
        self._ids[stem] += 1
        return f"{stem}-{self._ids[stem]}"

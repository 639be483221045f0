"""Proves a question set against a knowledge base: every gold quote stands where the set says that it stands.

A question whose gold is wrong measures nothing, and nobody notices: it fails for ever and is got used to. So the set is
checked before it is asked: the document exists, the person who asks may read it, it applies at their site and is in
force on the day, the quote stands in it word for word, on the page and under the heading named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property

from ragkit.access.catalogue import DocumentRow
from ragkit.access.user import User
from ragkit.documents.document import Document
from ragkit.evaluation.matching import alternatives_of, contains, contains_nugget, names_document
from ragkit.evaluation.questions.asking import asker, day_of
from ragkit.evaluation.questions.duplicates import duplicates
from ragkit.evaluation.questions.problem import Problem, Severity
from ragkit.evaluation.questions.question import GoldSpan, Nugget, Question, QuestionSet
from ragkit.evaluation.questions.quotes import occurrences, parting, stands_in
from ragkit.evaluation.questions.raw import Location, RawQuestion
from ragkit.evaluation.questions.reading import Place
from ragkit.knowledge_base import KnowledgeBase


def check_question_set(
    questions: QuestionSet,
    kb: KnowledgeBase,
    *,
    today: date | None = None,
    places: Mapping[str, Place] | None = None,
) -> tuple[Problem, ...]:
    """What is wrong with a question set, as seen from the documents that it asks about.

    Args:
        questions: the set.
        kb: the knowledge base with its documents, opened with the access mode of the evaluation.
        today: the day of the evaluation; None for the set's own, or the current day.
        places: where each question stands (``Reading.places``), for file and line.

    Returns:
        Errors and warnings, in the order of the questions.
    """
    library = _Library(kb, _everybody(questions))
    day = today or questions.today or date.today()
    problems: list[Problem] = []
    for question in questions.questions:
        place = (places or {}).get(question.id, Place("", RawQuestion({}, {})))
        for finding in _QuestionCheck(question, library, day_of(question, day)).findings():
            problems.append(place.problem(question.id, finding.location, finding.message, finding.severity))
    problems += duplicates(questions.questions, places or {})
    return tuple(problems)


@dataclass(frozen=True)
class _Finding:
    location: Location
    message: str
    severity: Severity = Severity.ERROR


class _Library:
    """The documents, seen by one reader or by one who may read all that the set's questions ask about."""

    def __init__(self, kb: KnowledgeBase, everybody: User) -> None:
        self._kb = kb
        self.everybody = everybody
        self._listed: dict[tuple[User | None, str | None, date | None], list[DocumentRow]] = {}
        self._texts: dict[tuple[str, str], Document] = {}

    def rows(self, user: User | None, site: str | None = None, day: date | None = None) -> list[DocumentRow]:
        """The catalogue of one reader."""
        key = (user, site, day)
        if key not in self._listed:
            self._listed[key] = self._kb.documents(user=user, site=site, as_of=day)
        return self._listed[key]

    def named(self, name: str, user: User | None, site: str | None, day: date) -> list[DocumentRow]:
        """The versions that a name means, as far as a reader sees them."""
        return [row for row in self.rows(user, site, day) if _is_named(row, name)]

    def document(self, row: DocumentRow) -> Document:
        """A version's text."""
        key = (row.document_id, row.version)
        if key not in self._texts:
            self._texts[key] = self._kb.document(*key, user=self.everybody)
        return self._texts[key]

    def anywhere(self, words: str) -> bool:
        """Whether the words stand in any version of any document, struck-out and hidden ones included."""
        return any(
            contains(text, words)
            for row in self.rows(self.everybody)
            for text in (self.document(row).text, *(part.text for part in self.document(row).excluded))
        )

    @cached_property
    def sites(self) -> dict[str, str]:
        """The sites that documents name, by their plain form."""
        return {_plain(row.site): row.site for row in self.rows(self.everybody) if row.site}


@dataclass
class _QuestionCheck:
    """One question against the library."""

    question: Question
    library: _Library
    day: date
    _shown: list[Document] = field(default_factory=list)

    def findings(self) -> Iterator[_Finding]:
        """Everything that is wrong."""
        yield from self._site()
        for position, span in enumerate(self.question.gold):
            yield from self._span(span, ("gold", position))
        yield from self._nuggets()
        yield from self._forbidden()
        yield from self._forbidden_documents()

    def _site(self) -> Iterator[_Finding]:
        site = self.question.site
        if site is not None and _plain(site) not in self.library.sites:
            meant = get_close_matches(_plain(site), self.library.sites, n=1)
            suggestion = f"; did you mean {self.library.sites[meant[0]]!r}?" if meant else ""
            yield _Finding(("site",), f"no document names the site {site!r}{suggestion}", Severity.WARNING)

    def _span(self, span: GoldSpan, way: Location) -> Iterator[_Finding]:
        """The document is there, open to the person who asks, of their site and in force; the quote stands in it."""
        everything = self.library.named(span.document, self.library.everybody, None, self.day)
        if not everything:
            yield _Finding((*way, "document"), self._no_document(span.document))
            return
        reason = self._unavailable(span, everything)
        available = [] if reason else self._available(span)
        if reason:
            yield _Finding((*way, "version") if "version" in reason[:8] else (*way, "document"), reason)
        within = [row for row in available or everything if span.version in (None, row.version)]
        yield from self._quote(span, within, everything, way)

    def _available(self, span: GoldSpan) -> list[DocumentRow]:
        rows = self.library.named(span.document, asker(self.question), self.question.site, self.day)
        return [row for row in rows if row.in_force and span.version in (None, row.version)]

    def _unavailable(self, span: GoldSpan, everything: Sequence[DocumentRow]) -> str:
        """Why the person who asks is not shown this document on that day; "" if they are."""
        user, site = asker(self.question), self.question.site
        if span.version is not None and span.version not in {row.version for row in everything}:
            known = ", ".join(sorted(row.version for row in everything))
            return f"version {span.version!r} does not exist; there is {known}"
        if not self.library.named(span.document, user, None, self.day):
            who = "somebody who has not signed in" if user is None else f"a person with the roles {sorted(user.roles)}"
            return f"{who} may not read {span.document!r}, so the question is not answerable for them"
        if not self.library.named(span.document, user, site, self.day):
            sites = sorted({row.site or "every site" for row in everything})
            return f"{span.document!r} applies at {', '.join(sites)}, not at {site!r}"
        if not self._available(span):
            states = "; ".join(
                f"version {row.version}: {row.status.value}, effective {row.effective_date}" for row in everything
            )
            return f"{span.document!r} is not in force on {self.day} ({states})"
        return ""

    def _quote(
        self, span: GoldSpan, within: Sequence[DocumentRow], everything: Sequence[DocumentRow], way: Location
    ) -> Iterator[_Finding]:
        """The quote stands in one of the versions, on the page and under the heading that are named."""
        documents = [self.library.document(row) for row in within]
        self._shown += documents
        found = [(document, at) for document in documents for at in occurrences(span.quote, document.text)]
        if not found:
            yield _Finding((*way, "quote"), self._missing(span, within, everything))
            return
        pages = {document.page_at(at) for document, at in found}
        if span.page is not None and span.page not in pages:
            yield _Finding((*way, "page"), _wrong_page(span.page, pages))
        if span.section is not None:
            sections = {heading for document, at in found for heading in _headings(document, at)}
            if not any(contains(heading, span.section) for heading in sections):
                above = " > ".join(_headings(*found[0])) or "no heading"
                yield _Finding((*way, "section"), f"{span.section!r} is not above the quote; there stands {above}")

    def _missing(self, span: GoldSpan, within: Sequence[DocumentRow], everything: Sequence[DocumentRow]) -> str:
        others = [row for row in everything if row not in within]
        for row in others:
            if stands_in(span.quote, self.library.document(row).text):
                return f"stands only in version {row.version} ({row.source}), not in what is in force on {self.day}"
        for row in within:
            if parted := parting(span.quote, self.library.document(row).text):
                agreed, quote, text = parted
                return f"does not stand in {row.source}: after '… {agreed}' it goes on '{quote}', the document '{text}'"
        for row in self.library.rows(self.library.everybody, None, self.day):
            if stands_in(span.quote, self.library.document(row).text):
                return f"does not stand in {span.document!r}, but in {row.source} (version {row.version})"
        return f"does not stand in {span.document!r}, nor does its beginning"

    def _nuggets(self) -> Iterator[_Finding]:
        """Every must_have and nice_to_have stands in what the question's gold shows."""
        if not self.question.answerable and self.question.nice_to_have:
            yield _Finding(("nice_to_have",), "an unanswerable question has no nice_to_have")
            return
        quotes = "\n".join(span.quote for span in self.question.gold)
        for name, nuggets in (("must_have", self.question.must_have), ("nice_to_have", self.question.nice_to_have)):
            for position, nugget in enumerate(nuggets):
                if self.question.gold and not contains_nugget(quotes, nugget):
                    yield self._nugget(nugget, (name, position))

    def _nugget(self, nugget: Nugget, way: Location) -> _Finding:
        shown = " / ".join(alternatives_of(nugget))
        if way[0] == "nice_to_have" or any(contains_nugget(document.text, nugget) for document in self._shown):
            message = f"{shown!r} stands in no gold quote: quote the place, or an answer by the gold alone fails"
            return _Finding(way, message, Severity.WARNING)
        return _Finding(way, f"{shown!r} stands neither in a gold quote nor in a gold document")

    def _forbidden(self) -> Iterator[_Finding]:
        asked = "\n".join((self.question.question, *(variant.question for variant in self.question.variants)))
        for position, words in enumerate(self.question.forbidden):
            if any(contains(span.quote, words) for span in self.question.gold):
                yield _Finding(("forbidden", position), f"{words!r} stands in a gold quote")
            elif not contains(asked, words) and not self.library.anywhere(words):
                message = f"{words!r} stands in no document and no question, so that it forbids nothing"
                yield _Finding(("forbidden", position), message, Severity.WARNING)

    def _forbidden_documents(self) -> Iterator[_Finding]:
        for position, name in enumerate(self.question.forbidden_documents):
            way: Location = ("forbidden_documents", position)
            rows = self.library.named(name, self.library.everybody, None, self.day)
            if not rows:
                yield _Finding(way, self._no_document(name))
            wanted = [span for span in self.question.gold if any(_is_named(row, span.document) for row in rows)]
            if any(span.version is None for span in wanted):
                yield _Finding(way, f"{name!r} is also a gold document")

    def _no_document(self, name: str) -> str:
        rows = self.library.rows(self.library.everybody, None, self.day)
        meant = get_close_matches(name, {known for row in rows for known in (row.source, row.document_id)}, n=1)
        suggestion = f"; did you mean {meant[0]!r}?" if meant else ""
        closed = "" if rows else "; documents that name no roles are open with access 'open' only"
        return f"there is no document {name!r} that anybody of this set may read{suggestion}{closed}"


def _everybody(questions: QuestionSet) -> User:
    """Somebody with every role that the set names: what nobody of the set may read is not part of it."""
    return User("evaluation", roles={role for question in questions.questions for role in question.roles or ()})


def _is_named(row: DocumentRow, name: str) -> bool:
    return names_document(name, row.source, row.document_id, row.reference_number)


def _wrong_page(page: int, pages: set[int | None]) -> str:
    numbered = sorted(number for number in pages if number is not None)
    if not numbered:
        return f"the document has no pages; leave out page {page}"
    return f"the quote starts on page {', '.join(map(str, numbered))}, not {page}"


def _headings(document: Document, offset: int) -> tuple[str, ...]:
    """The headings above an offset, outermost first, the one that stands there included."""
    for block in document.blocks:
        if block.start <= offset < block.end:
            own = (document.text[block.start : block.end],) if block.kind == "heading" else ()
            return (*block.section, *own)
    return ()


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

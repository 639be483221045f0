"""Facts about citations, worked out apart from the filter that answered.

An answer says of itself that it cites what is in force and permitted; the code that says so is the code that would be
wrong. So each citation is looked up again here, with rules of its own that are short enough to be read at once. They
follow ``docs/governance.md``; where a rule there needs more than dates, status, roles, site and version labels (a
``supersedes`` in words, say), the version gets the benefit of the doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from ragkit.access.user import User
from ragkit.answering.answer import Citation
from ragkit.documents.document import Document
from ragkit.documents.governance import Governance
from ragkit.errors import DocumentNotFoundError
from ragkit.evaluation.record import CitationFacts
from ragkit.knowledge_base import KnowledgeBase
from ragkit.settings import AccessMode

_NOT_APPROVED = ("draft", "in_review")


class FactFinder:
    """Looks citations up in a knowledge base.

    Args:
        kb: the knowledge base that answered.
        access: how it was opened.
        roles: every role of the question set: the newer versions of a cited document are looked for in what these
            roles open.
        clock: the current day.
    """

    def __init__(self, kb: KnowledgeBase, access: AccessMode, roles: frozenset[str], clock: date) -> None:
        self._kb = kb
        self._access = access
        self._clock = clock
        self._everybody = User("evaluation", roles=roles)
        rows = kb.documents(user=self._everybody, as_of=clock)
        self._versions: dict[str, list[str]] = {}
        for row in rows:
            self._versions.setdefault(row.document_id, []).append(row.version)

    def facts(self, citation: Citation, user: User | None, site: str | None, day: date) -> CitationFacts:
        """What is true of one citation, for the person who asked, their site and the day they asked about."""
        document = self._document(citation.document_id, citation.version, user)
        if document is None:
            return CitationFacts(
                number=citation.number, resolves=False, page_right=False, in_force=False, permitted=False, at_site=False
            )
        siblings = [
            sibling.governance
            for version in self._versions.get(citation.document_id, ())
            if version != citation.version
            and (sibling := self._document(citation.document_id, version, self._everybody)) is not None
        ]
        return CitationFacts(
            number=citation.number,
            resolves=document.text[citation.start : citation.end] == citation.quote != "",
            page_right=citation.page == page_of(document, citation.start),
            in_force=in_force(document.governance, siblings, site, day, self._clock),
            permitted=permitted(document.governance, user, self._access),
            at_site=applies(document.governance.site, site),
        )

    def _document(self, document_id: str, version: str, user: User | None) -> Document | None:
        try:
            return self._kb.document(document_id, version, user=user)
        except DocumentNotFoundError:
            return None


def page_of(document: Document, offset: int) -> int | None:
    """The 1-based page of an offset; None where the document has no pages."""
    return max(1, sum(start <= offset for start in document.page_starts)) if document.page_starts else None


def permitted(governance: Governance, user: User | None, access: AccessMode) -> bool:
    """Whether the document's roles open it to this person."""
    roles = {_plain(role) for role in governance.roles}
    if not roles:
        return access == "open"
    if "public" in roles or ("staff" in roles and (user is not None or access == "open")):
        return True
    return user is not None and not roles.isdisjoint({_plain(role) for role in user.roles})


def applies(document_site: str | None, site: str | None) -> bool:
    """Whether a document of one site applies at another; a document without a site applies everywhere."""
    return site is None or not _plain(document_site or "") or _plain(document_site or "") == _plain(site)


def in_force(governance: Governance, siblings: Sequence[Governance], site: str | None, day: date, clock: date) -> bool:
    """Whether a version was in force on ``day``.

    Args:
        governance: of the version.
        siblings: of the other versions of the same document.
        site: the site asked about; None for none in particular.
        day: the day asked about.
        clock: the current day.
    """
    start = _start(governance)
    if governance.status in _NOT_APPROVED or (start is not None and start > day):
        return False
    if governance.retired_date is not None and governance.retired_date <= day:
        return False
    if governance.status == "retired" and governance.retired_date is None:
        return False
    where = governance.site if site is None else site
    others = [other for other in siblings if applies(other.site, where) and other.status not in _NOT_APPROVED]
    successors = [other for other in others if _replaces(other, governance)]
    if any((_start(other) or day) <= day and not _never_started(other) for other in successors):
        return False
    if governance.status == "superseded":
        ends = governance.retired_date is not None or any(_start(other) for other in successors)
        return day < clock and ends
    return True


def _start(governance: Governance) -> date | None:
    return governance.effective_date or governance.revised_date


def _never_started(governance: Governance) -> bool:
    start = _start(governance)
    return start is not None and governance.retired_date is not None and governance.retired_date <= start


def _replaces(other: Governance, governance: Governance) -> bool:
    """Whether ``other`` takes the place of ``governance``, as far as dates, status and version labels tell."""
    for mine, theirs in (
        (_start(governance), _start(other)),
        (governance.revised_date, other.revised_date),
    ):
        if mine is not None and theirs is not None and mine != theirs:
            return theirs > mine
    if (governance.status == "superseded") != (other.status == "superseded"):
        return governance.status == "superseded"
    if governance.supersedes or other.supersedes:
        return False
    mine_label, their_label = _label(governance), _label(other)
    return mine_label is not None and their_label is not None and their_label > mine_label


def _label(governance: Governance) -> tuple[int, ...] | None:
    match = re.fullmatch(r"(?:v|ver|version)?\.?\s*(\d+(?:\.\d+)*)", (governance.version or "").strip().casefold())
    return tuple(map(int, match[1].split("."))) if match else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

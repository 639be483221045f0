"""Do the passages that were found stand where they say?

Answers are made of the lines around a passage's offsets. Where those are wrong, some answers get worse and most do not,
since lines are compared with the question again: a defect that no mean shows before it does harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ragkit.access.user import User
from ragkit.documents.document import Document
from ragkit.errors import DocumentNotFoundError
from ragkit.evaluation.record import Record
from ragkit.knowledge_base import KnowledgeBase
from ragkit.retrieval.passage import Passage


def misplaced_passages(records: Iterable[Record], knowledge_base: KnowledgeBase, today: date) -> tuple[str, ...]:
    """The records with a passage whose words do not stand at its offsets, or on its page, in its document version.

    Args:
        records: of the run.
        knowledge_base: the one that was asked.
        today: any day; versions are named, so that it decides nothing.

    Returns:
        Record keys, in order.
    """
    asked = list(records)
    roles = {role for record in asked for role in record.question.roles or ()}
    library = _Library(knowledge_base, User("evaluation", roles=roles | {"staff"}), today)
    return tuple(record.key for record in asked if not all(library.holds(passage) for passage in record.passages))


class _Library:
    """Documents by id and version, each read once; they are read by somebody with every role of the set."""

    def __init__(self, knowledge_base: KnowledgeBase, reader: User, today: date) -> None:
        self._knowledge_base, self._reader, self._today = knowledge_base, reader, today
        self._documents: dict[tuple[str, str], Document | None] = {}
        self._held: dict[tuple[str, str, int, int, int | None, str], bool] = {}

    def holds(self, passage: Passage) -> bool:
        """Whether the passage's own words stand at its offsets and begin on its page."""
        key = (passage.document_id, passage.version, passage.start, passage.end, passage.page, passage.text)
        if key not in self._held:
            document = self._document(passage.document_id, passage.version)
            words = "" if document is None else document.text[passage.start : passage.end]
            page = None if document is None else document.page_at(passage.start)
            whole = len(words) == passage.end - passage.start > 0  # an end beyond the text cuts the words short
            self._held[key] = whole and words in passage.text and page == passage.page
        return self._held[key]

    def _document(self, document_id: str, version: str) -> Document | None:
        key = (document_id, version)
        if key not in self._documents:
            try:
                self._documents[key] = self._knowledge_base.document(*key, user=self._reader, as_of=self._today)
            except DocumentNotFoundError:
                self._documents[key] = None
        return self._documents[key]

"""ragkit: answers from institutional policies, with citations that can be checked word by word.

The public face: names only, loaded when they are first used, so that importing ragkit is quick and touches nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragkit.access.user import User as User
    from ragkit.answering.answer import Answer as Answer
    from ragkit.answering.answer import AnswerStatus as AnswerStatus
    from ragkit.answering.answer import Citation as Citation
    from ragkit.answering.answer import Statement as Statement
    from ragkit.documents.document import Document as Document
    from ragkit.errors import RagkitError as RagkitError
    from ragkit.ingestion.report import IngestReport as IngestReport
    from ragkit.knowledge_base import KnowledgeBase as KnowledgeBase
    from ragkit.retrieval.passage import Passage as Passage
    from ragkit.settings import Settings as Settings

_HOMES = {
    "Answer": "ragkit.answering.answer",
    "AnswerStatus": "ragkit.answering.answer",
    "Citation": "ragkit.answering.answer",
    "Document": "ragkit.documents.document",
    "Passage": "ragkit.retrieval.passage",
    "IngestReport": "ragkit.ingestion.report",
    "KnowledgeBase": "ragkit.knowledge_base",
    "RagkitError": "ragkit.errors",
    "Settings": "ragkit.settings",
    "Statement": "ragkit.answering.answer",
    "User": "ragkit.access.user",
}

__all__ = sorted(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Loads a public name from the module where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ragkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

"""A staff question becomes a Query: no language model, no network."""

from ragkit.retrieval.understanding.spelling import CorpusVocabulary
from ragkit.retrieval.understanding.question import understand

__all__ = ["CorpusVocabulary", "understand"]

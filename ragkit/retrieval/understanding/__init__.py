"""A staff question becomes a Query: no language model, no network."""

from ragkit.retrieval.understanding.question import understand
from ragkit.retrieval.understanding.spelling import CorpusVocabulary

__all__ = ["CorpusVocabulary", "understand"]

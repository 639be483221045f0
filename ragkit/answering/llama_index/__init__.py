"""The answerer in LlamaIndex: a query engine and a chat engine, for one reader, one site and one day."""

from ragkit.answering.llama_index.asking import Asking
from ragkit.answering.llama_index.chat_engine import RagkitChatEngine
from ragkit.answering.llama_index.query_engine import RagkitQueryEngine

__all__ = ["Asking", "RagkitChatEngine", "RagkitQueryEngine"]

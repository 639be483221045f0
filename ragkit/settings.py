"""One small typed settings object."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

AccessMode = Literal["enforced", "open"]


class Settings(BaseModel):
    """Everything a knowledge base can be told. The defaults work offline.

    Attributes:
        embedding_model: "default" (all-MiniLM-L6-v2 from its package), a sentence-transformers name or path,
            or "openai:MODEL" for an OpenAI-compatible embeddings endpoint.
        embedding_base_url: base URL of the OpenAI-compatible endpoint.
        embedding_api_key_variable: the environment variable that holds its key; the key itself is never stored.
        chunk_tokens: upper bound of a passage's length in tokens of the embedder.
        reranker_model: name or path of a sentence-transformers CrossEncoder; None for none.
        cross_encoder: ragkit's own small model that judges lines: "off" (none), "shipped" (the one that comes with
            ragkit), or the folder of another one, made by ``training/``.
        judging_seconds: how long judging the lines of one question may take; where it would take longer, fewer lines
            are judged and the answer's trace says so.
        passages_per_source: how many passages of one document a search may return at most.
        max_file_megabytes: larger files are reported, not read.
        max_question_characters: longer questions are refused with a clear error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    embedding_model: str = "default"
    embedding_base_url: str | None = None
    embedding_api_key_variable: str = "OPENAI_API_KEY"
    chunk_tokens: int = Field(default=224, ge=64, le=2048)
    reranker_model: str | None = None
    cross_encoder: str = Field(default="off", min_length=1)
    judging_seconds: float = Field(default=2.0, gt=0)
    passages_per_source: int = Field(default=4, ge=1)
    max_file_megabytes: int = Field(default=200, ge=1)
    max_question_characters: int = Field(default=8000, ge=100)

"""The default model's tokenizer: what counts tokens for chunking, and makes the model's input."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ragkit.embedding.weights import default_model_folder
from ragkit.errors import EmbeddingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 256
"""The longest input of all-MiniLM-L6-v2, special tokens included (its ``sentence_bert_config.json``)."""


class DefaultTokenizer:
    """WordPiece, lower case, from the model's ``tokenizer.json``. May be used from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """Looks the file up; it is read at the first use."""
        self._path = (folder or default_model_folder()) / "tokenizer.json"
        self._loaded: Tokenizer | None = None

    def count(self, text: str) -> int:
        """Length of ``text`` in tokens, special tokens excluded."""
        return len(self._tokenizer.encode_batch_fast([text], add_special_tokens=False)[0])

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids with the special tokens around them, cut off at ``MAX_TOKENS`` as the model's authors do."""
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        return [
            ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]] for ids in (e.ids for e in encodings)
        ]

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, whole and without special tokens."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    def special(self, token: str) -> int:
        """The id of a special token, such as "[SEP]".

        Raises:
            EmbeddingError: the tokenizer knows none of that name.
        """
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise EmbeddingError(f"The tokenizer {self._path} has no {token}. Install the model again.")
        return int(found)

    @property
    def _tokenizer(self) -> Tokenizer:
        if self._loaded is None:
            self._loaded = _read(self._path, self._path.stat().st_mtime_ns if self._path.exists() else None)
        return self._loaded


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int | None) -> Tokenizer:
    """The tokenizer of a file, read once in a process: embedder and cross-encoder use the same."""
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises bare Exception
        raise EmbeddingError(f"The tokenizer {path} cannot be read: {error}. Install the model again.") from error
    # The file asks for exactly 128 tokens, padded: neither is wanted for counting or for packed batches.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer

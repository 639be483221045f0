"""Any sentence-transformers model, by path or by the name under which it lies in the local model cache."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from ragkit.egress.model_folders import how_to_get, model_folder
from ragkit.embedding.base import Vectors, unit_vectors
from ragkit.embedding.tokenizing import DefaultTokenizer
from ragkit.errors import EmbeddingError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_EDGE = 1 << 20  # bytes; of larger files only the two ends are hashed


class SentenceTransformersEmbedder:
    """A sentence-transformers model on torch. Never downloads: the model has to be on this machine.

    The model's own prompts for questions and passages are used where it has them.
    """

    def __init__(self, name_or_path: str) -> None:
        """Finds the model's folder; torch is imported at the first use.

        Raises:
            EmbeddingError: there is no such folder, and no model of that name in the local model cache.
        """
        self._name = name_or_path
        self._folder = _find_folder(name_or_path)
        self._loading = Lock()
        self._loaded: SentenceTransformer | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The model's name and a digest of its files."""
        return f"sentence-transformers:{Path(self._name).name}@{_folder_digest(self._folder)}"

    @cached_property
    def dimension(self) -> int:
        """Length of every vector."""
        return int(self.embed_query("length").shape[0])

    def count_tokens(self, text: str) -> int:
        """Length of ``text`` in the model's tokens, special tokens excluded."""
        tokenizer = self._tokenizer
        if isinstance(tokenizer, DefaultTokenizer):
            return tokenizer.count(text)
        return len(tokenizer.encode(text, add_special_tokens=False))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order of ``texts``.

        Raises:
            EmbeddingError: the model cannot be loaded, failed, or answered something unusable.
        """
        if not texts:
            return unit_vectors([self.embed_query("length")], 1, self._name)[:0]
        return self._encode("encode_document", list(texts))

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape (dimension,).

        Raises:
            EmbeddingError: the model cannot be loaded, failed, or answered something unusable.
        """
        vector: Vectors = self._encode("encode_query", [text])[0]
        return vector

    def _encode(self, method: str, texts: list[str]) -> Vectors:
        try:
            raw = getattr(self._model, method)(texts, convert_to_numpy=True, show_progress_bar=False)
        except EmbeddingError:
            raise
        except Exception as error:
            raise EmbeddingError(f"The embedding model {self._name} failed: {type(error).__name__}: {error}") from error
        return unit_vectors(raw, len(texts), self._name)

    @cached_property
    def _tokenizer(self) -> Any:
        if (self._folder / "tokenizer.json").is_file():
            from transformers import AutoTokenizer

            # A count is never too long for the model: the warning about it would be noise.
            return AutoTokenizer.from_pretrained(str(self._folder), local_files_only=True, model_max_length=10**9)
        return DefaultTokenizer()

    @property
    def _model(self) -> SentenceTransformer:
        with self._loading:
            if self._loaded is None:
                from sentence_transformers import SentenceTransformer

                try:
                    self._loaded = SentenceTransformer(str(self._folder), local_files_only=True)
                except Exception as error:
                    raise EmbeddingError(
                        f"The folder {self._folder} cannot be loaded as a sentence-transformers model: "
                        f"{type(error).__name__}: {error}"
                    ) from error
            return self._loaded


def _find_folder(name_or_path: str) -> Path:
    folder = model_folder(name_or_path, publishers=("sentence-transformers",))
    if folder is None:
        advice = how_to_get(name_or_path, "embedding_model = '/models/my-model'")
        raise EmbeddingError(f"The embedding model {advice}, or use embedding_model = 'default'.")
    return folder


def _folder_digest(folder: Path) -> str:
    """Tells two states of a model's folder apart: small files whole, of large ones the size and both ends."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".txt", ".safetensors", ".bin"}):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(folder).as_posix()}:{size}:".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(_EDGE))
            if size > _EDGE:
                stream.seek(max(_EDGE, size - _EDGE))
                digest.update(stream.read())
    return digest.hexdigest()[:16]

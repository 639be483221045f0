"""Embeddings from an OpenAI-compatible endpoint: a cloud service, or a server in the hospital."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import numpy as np

from ragkit.deployment.keys import read_key
from ragkit.deployment.zones import PUBLIC_SERVICE
from ragkit.egress.policy import LOCAL_ONLY, EgressPolicy
from ragkit.embedding.base import Vectors, unit_vectors
from ragkit.embedding.opaque import OpaqueModel
from ragkit.errors import EmbeddingError

if TYPE_CHECKING:
    from openai import OpenAI

_TEXTS_PER_REQUEST = 64
_CHARACTERS_PER_REQUEST = 100_000
_RETRIES = 4
_TIMEOUT_SECONDS = 60.0
_MAX_REPLY_BYTES = 64_000_000  # 64 vectors of 4,096 numbers take some 6 MB as JSON
_NO_KEY = "none"  # the client insists on a key; a server in the hospital often has none


class OpenAICompatibleEmbedder(OpaqueModel):
    """An embeddings endpoint reached through the ``openai`` client: batches, retries with growing pauses.

    Texts leave this machine for ``base_url``, where the egress policy permits it. Tokens are counted with the default
    model's tokenizer.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key_variable: str = "OPENAI_API_KEY",
        max_retries: int = _RETRIES,
        policy: EgressPolicy = LOCAL_ONLY,
    ) -> None:
        """Notes the settings; connects to nothing.

        Args:
            model: the model's name at the endpoint.
            base_url: the endpoint; None for OpenAI's own.
            api_key_variable: the environment variable that holds the key. It may be unset for a ``base_url`` of
                one's own.
            max_retries: how often a failed request is repeated.
            policy: where connections may go.

        Raises:
            EmbeddingError: no model is named, or the public service is wanted and there is no key.
            SettingsError: what the variable holds cannot be a key.
        """
        if not model:
            raise EmbeddingError("No embedding model is named: write embedding_model='openai:MODEL'.")
        self._key = read_key(api_key_variable, None, required=False)
        if self._key is None and base_url is None:
            raise EmbeddingError(
                f"The environment variable {api_key_variable} holds no key for the embeddings endpoint. Set it, or "
                "name another variable in embedding_api_key_variable, or a server of your own in embedding_base_url."
            )
        self._name = model
        self._base_url = base_url or PUBLIC_SERVICE
        self._policy = policy
        self._max_retries = max_retries
        super().__init__()

    @property
    def fingerprint(self) -> str:
        """The endpoint (without credentials) and the model's name there."""
        return f"openai:{_without_credentials(self._base_url)}:{self._name}"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order of ``texts``.

        Raises:
            EmbeddingError: the endpoint cannot be reached, refuses, or answers something unusable.
            EgressError: the deployment does not permit a connection there.
        """
        batches = [self._request(batch) for batch in _requests(texts)]
        if not batches:
            return np.empty((0, self.dimension), dtype=np.float32)
        if len({batch.shape[1] for batch in batches}) > 1:
            raise EmbeddingError(f"The embeddings endpoint answered vectors of different lengths for {self._name}.")
        return np.concatenate(batches)

    def embed_query(self, text: str) -> Vectors:
        """Unit vector of a question, shape (dimension,).

        Raises:
            EmbeddingError: the endpoint cannot be reached, refuses, or answers something unusable.
            EgressError: the deployment does not permit a connection there.
        """
        vector: Vectors = self._request([text])[0]
        return vector

    def _request(self, texts: list[str]) -> Vectors:
        from openai import OpenAIError

        try:
            answer = self._client.embeddings.create(model=self._name, input=texts, encoding_format="float")
            rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        except (OpenAIError, AttributeError, TypeError, ValueError) as error:
            failure = self._failure(error)
        else:
            return unit_vectors(rows, len(texts), f"{self._name} at {_without_credentials(self._base_url)}")
        raise failure  # here, so that it does not hold the client's error: the server's words may repeat the key

    def _failure(self, error: Exception) -> EmbeddingError:
        """What the client's error means for a person."""
        from openai import APIConnectionError, APIStatusError

        where = _without_credentials(self._base_url)
        if isinstance(error, APIConnectionError):
            return EmbeddingError(
                f"The embeddings endpoint {where} cannot be reached. Check embedding_base_url and the network, or use "
                "embedding_model='default', which needs none."
            )
        if isinstance(error, APIStatusError):
            return EmbeddingError(
                f"The embeddings endpoint {where} refused the request with status {error.status_code}. Check the "
                f"model's name ('{self._name}') and the key; the server's own log says more."
            )
        return EmbeddingError(f"The embeddings endpoint {where} answered something unusable ({type(error).__name__}).")

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        from ragkit.egress.client import build_http_client

        http = build_http_client(self._policy, timeout=_TIMEOUT_SECONDS, max_reply_bytes=_MAX_REPLY_BYTES)
        return OpenAI(
            api_key=self._key.get_secret_value() if self._key else _NO_KEY,
            base_url=self._base_url,
            max_retries=self._max_retries,
            timeout=_TIMEOUT_SECONDS,
            http_client=http,
        )


def _requests(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == _TEXTS_PER_REQUEST or size + len(text) > _CHARACTERS_PER_REQUEST):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return urlunsplit((parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path.rstrip("/"), "", ""))

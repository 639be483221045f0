"""Vectors for many chunks at once: known ones from the store, the rest from the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ragkit.embedding.base import Embedder, Vectors
from ragkit.store.store import Store


def vectors_for(texts: Sequence[str], embedder: Embedder, store: Store) -> Vectors:
    """Unit vectors of ``texts``, shape (len(texts), dimension); each different text is embedded at most once, ever."""
    known = store.cached_vectors(embedder.fingerprint, texts)
    missing = list(dict.fromkeys(text for position, text in enumerate(texts) if position not in known))
    fresh = dict(zip(missing, embedder.embed_passages(missing), strict=True)) if missing else {}
    rows = [known[position] if position in known else fresh[text] for position, text in enumerate(texts)]
    return np.asarray(rows, dtype=np.float32).reshape(len(texts), embedder.dimension)

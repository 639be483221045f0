"""The cross-encoder as it is trained: the encoder of the default embedder, and a head for each judgement.

The encoder is written out here (Devlin et al. 2019, section 3), with the names that Hugging Face gives the weights, so
that ``ragkit.embedding.bert_graph`` can write the same encoder as a graph. The word embeddings are frozen: only the
weights behind them are trained, kept in checkpoints and shipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from examples import SUPPORT_LABELS, Task
from torch import Tensor, nn
from torch.nn import functional

from ragkit.embedding.weights import DEFAULT_WEIGHTS_SHA256, default_model_folder, read_checked_tensors

HEAD_OUTPUTS = {Task.RELEVANCE: 1, Task.ANSWERABILITY: 1, Task.SUPPORT: len(SUPPORT_LABELS)}
WORD_EMBEDDINGS = "embeddings.word_embeddings.weight"
LAYERS = 6
MASKED = -1e4
"""Added to the attention score of a padding token: exp(-1e4) is 0 in float32."""
_UNUSED = ("embeddings.position_ids", "pooler.")


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of the encoder; the defaults are those of all-MiniLM-L6-v2."""

    layers: int = LAYERS
    attention_heads: int = 12
    hidden: int = 384
    inner: int = 1536
    positions: int = 512
    epsilon: float = 1e-12


class CrossEncoderModel(nn.Module):
    """Two texts in, the logits of one head out.

    The pooled vector is the vector of [CLS] followed by the mean of the vectors of the second text's tokens (its [SEP]
    included); a head is one linear layer on it.
    """

    def __init__(self, shape: ModelShape, words: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.embeddings = _Embeddings(shape, words, dropout)
        self.encoder = _Encoder(shape, dropout)
        self.heads = nn.ModuleDict(
            {task.value: nn.Linear(2 * shape.hidden, outputs) for task, outputs in HEAD_OUTPUTS.items()}
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, task: Task, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The logits of a task's head.

        Args:
            task: which head.
            input_ids: int64 (batch, length), 0 for padding.
            token_type_ids: 0 for [CLS], the first text and its [SEP]; 1 for the second text and its [SEP].
            attention_mask: 1 for tokens, 0 for padding.

        Returns:
            float32 (batch,) for relevance and answerability, (batch, 3) for support.
        """
        tokens = self.encoder(self.embeddings(input_ids, token_type_ids), attention_mask)
        pooled = self.dropout(pool(tokens, token_type_ids, attention_mask))
        logits: Tensor = self.heads[task.value](pooled).float()
        return logits.squeeze(-1)

    def trained_state(self) -> dict[str, Tensor]:
        """The weights without the word embeddings, by name."""
        return {name: value for name, value in self.state_dict().items() if name != WORD_EMBEDDINGS}

    def load_trained_state(self, state: dict[str, Tensor]) -> None:
        """Takes over what ``trained_state`` gave."""
        self.load_state_dict({**state, WORD_EMBEDDINGS: self.embeddings.word_embeddings.weight.data})


def pool(tokens: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """[CLS] and the mean over the second text, side by side: (batch, 2 x hidden)."""
    second = (token_type_ids * attention_mask).unsqueeze(-1).to(tokens.dtype)
    mean = (tokens * second).sum(1) / second.sum(1).clamp(min=1)
    return torch.cat([tokens[:, 0], mean], dim=-1)


def pretrained_model(layers: int = LAYERS) -> CrossEncoderModel:
    """The encoder of the default embedder (its first ``layers`` layers) with new heads.

    Raises:
        EmbeddingError: the embedder's package is missing or damaged.
    """
    tensors = read_checked_tensors(default_model_folder() / "model.safetensors", DEFAULT_WEIGHTS_SHA256)
    shape = ModelShape(layers=layers)
    model = CrossEncoderModel(shape, words=tensors[WORD_EMBEDDINGS].shape[0])
    wanted = set(model.state_dict())
    state = {
        name: torch.from_numpy(np.array(value, dtype=np.float32))
        for name, value in tensors.items()
        if not name.startswith(_UNUSED) and name in wanted
    }
    missing, _ = model.load_state_dict(state, strict=False)
    unexpected = [name for name in missing if not name.startswith("heads.")]
    if unexpected:
        raise ValueError(f"The embedder's weights lack {unexpected}: the shape {shape} is not its shape.")
    return model


class _Embeddings(nn.Module):
    def __init__(self, shape: ModelShape, words: int, dropout: float) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(words, shape.hidden)
        self.word_embeddings.weight.requires_grad_(False)
        self.position_embeddings = nn.Embedding(shape.positions, shape.hidden)
        self.token_type_embeddings = nn.Embedding(2, shape.hidden)
        self.LayerNorm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
        positions = self.position_embeddings.weight[: input_ids.shape[1]]
        summed = self.word_embeddings(input_ids) + positions + self.token_type_embeddings(token_type_ids)
        embedded: Tensor = self.dropout(self.LayerNorm(summed))
        return embedded


class _Encoder(nn.Module):
    def __init__(self, shape: ModelShape, dropout: float) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_Layer(shape, dropout) for _ in range(shape.layers))

    def forward(self, value: Tensor, attention_mask: Tensor) -> Tensor:
        hidden = torch.where(attention_mask.bool(), 0.0, MASKED)[:, None, None, :]
        for layer in self.layer:
            value = layer(value, hidden)
        return value


class _Layer(nn.Module):
    """One layer; there is no dropout on the attention's shares."""

    def __init__(self, shape: ModelShape, dropout: float) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {
                "self": _SelfAttention(shape),
                "output": _Residual(shape.hidden, shape.hidden, shape.epsilon, dropout),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(shape.hidden, shape.inner)})
        self.output = _Residual(shape.inner, shape.hidden, shape.epsilon, dropout)

    def forward(self, value: Tensor, hidden: Tensor) -> Tensor:
        attended = self.attention["output"](self.attention["self"](value, hidden), value)
        inner = functional.gelu(self.intermediate["dense"](attended))
        result: Tensor = self.output(inner, attended)
        return result


class _SelfAttention(nn.Module):
    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.heads = shape.attention_heads
        self.scale = (shape.hidden // shape.attention_heads) ** -0.5
        self.query = nn.Linear(shape.hidden, shape.hidden)
        self.key = nn.Linear(shape.hidden, shape.hidden)
        self.value = nn.Linear(shape.hidden, shape.hidden)

    def forward(self, value: Tensor, hidden: Tensor) -> Tensor:
        query, key, content = (
            each(value).unflatten(-1, (self.heads, -1)).transpose(1, 2) for each in (self.query, self.key, self.value)
        )
        # Written out, since the fused kernel's backward pass takes four times as long on a CPU at these lengths.
        scores = query @ (key * self.scale).transpose(-1, -2)
        shares = torch.softmax((scores + hidden).float(), dim=-1).to(scores.dtype)
        return (shares @ content).transpose(1, 2).flatten(2)


class _Residual(nn.Module):
    def __init__(self, width: int, hidden: int, epsilon: float, dropout: float) -> None:
        super().__init__()
        self.dense = nn.Linear(width, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, value: Tensor, before: Tensor) -> Tensor:
        result: Tensor = self.LayerNorm(self.dropout(self.dense(value)) + before)
        return result

"""The logits of many examples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from batches import TokenisedExamples, collate, in_order
from examples import SUPPORT_LABELS
from model import CrossEncoderModel

TOKENS_PER_BATCH = 8192


def judge(model: CrossEncoderModel, data: TokenisedExamples, *, half: bool = True) -> npt.NDArray[np.float32]:
    """The logits of each example, in order, as (examples, 3): relevance and answerability fill the first column only.

    Args:
        model: its mode (training or not) is kept.
        data: of any tasks.
        half: with bfloat16 in the matrix products, as in training.
    """
    logits = np.full((len(data), len(SUPPORT_LABELS)), np.nan, dtype=np.float32)
    training = model.training
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        for indices in in_order(data, TOKENS_PER_BATCH):
            batch = collate(data, indices)
            given = model(batch.task, batch.input_ids, batch.token_type_ids, batch.attention_mask)
            values = given.float().numpy().reshape(len(indices), -1)
            logits[indices, : values.shape[1]] = values
    model.train(training)
    return logits

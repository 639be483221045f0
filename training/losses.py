"""What is minimised: one loss for each task."""

from __future__ import annotations

import torch
from batches import Batch
from examples import Task
from torch import Tensor
from torch.nn import functional


def batch_loss(logits: Tensor, batch: Batch, *, listwise: float = 0.0) -> Tensor:
    """The weighted mean loss of a batch.

    Args:
        logits: of the batch's task, as the model gives them.
        batch: with its labels and weights.
        listwise: for relevance, the share of ``listwise_loss``; the rest is the binary cross-entropy.
    """
    if batch.task is Task.SUPPORT:
        each = functional.cross_entropy(logits, batch.labels.long(), reduction="none")
    else:
        each = functional.binary_cross_entropy_with_logits(logits, batch.labels, reduction="none")
    loss = (each * batch.weights).sum() / batch.weights.sum().clamp(min=1e-6)
    if listwise and batch.task is Task.RELEVANCE:
        return (1 - listwise) * loss + listwise * listwise_loss(logits, batch.labels, batch.questions)
    return loss


def listwise_loss(logits: Tensor, labels: Tensor, questions: Tensor) -> Tensor:
    """Cross-entropy between the labels, as shares of each question, and the softmax over its lines.

    Questions with a single line, or with none that answers, say nothing about order and are left out (ListNet: Cao et
    al. 2007, section 4, with top-one probabilities). Zero where no question is left.
    """
    losses = []
    for question in questions.unique():
        own = questions == question
        total = labels[own].sum()
        if int(own.sum()) > 1 and float(total) > 0:
            losses.append(-(labels[own] / total * functional.log_softmax(logits[own], dim=0)).sum())
    return torch.stack(losses).mean() if losses else logits.sum() * 0

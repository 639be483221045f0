"""The steps of training: batches in their order, the course of the learning rate, checkpoints, measuring."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from batches import TokenisedExamples, collate, epoch_batches
from judging import judge
from losses import batch_loss
from measures import as_data, as_table, measure
from model import CrossEncoderModel
from run_folder import Progress, resume, save_checkpoint
from torch import nn

LARGEST_GRADIENT = 1.0
WEIGHT_DECAY = 0.01
_PROGRESS_SECONDS = 20.0
_MEMORY = 0.98
"""Of the moving mean of a loss, this share stays at each batch."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train.

    Attributes:
        epochs: how often the examples are gone through.
        rate: the highest learning rate of the last layer.
        head_rate: the highest learning rate of the heads.
        layer_decay: a layer's rate as a share of the rate of the one above.
        warmup: share of the run in which the rate rises from zero.
        tokens_per_batch: places of a batch, padding included.
        dropout: share of the values left out.
        listwise: share of the loss that compares a question's lines.
        seconds: after so much time the run is over; None for all epochs.
        seed: for the order of the examples and for what is dropped out.
        half: bfloat16 in the matrix products.
        validation_examples: so many are measured on after an epoch, at most.
        checkpoint_seconds: time between checkpoints.
        stop_after: interrupt the run after so many batches; None for never.
    """

    epochs: int
    rate: float
    head_rate: float
    layer_decay: float
    warmup: float
    tokens_per_batch: int
    dropout: float
    listwise: float
    seconds: float | None
    seed: int
    half: bool
    validation_examples: int
    checkpoint_seconds: float
    stop_after: int | None

    def as_plan(self) -> dict[str, Any]:
        """The settings that must stay the same; the time limit may be changed when a run is gone on with."""
        passing = {"seconds", "validation_examples", "checkpoint_seconds", "stop_after"}
        return {name: value for name, value in asdict(self).items() if name not in passing}


class Trainer:
    """One run.

    Attributes:
        settings: how it trains.
        progress: how far it is.
    """

    def __init__(
        self,
        model: CrossEncoderModel,
        training: TokenisedExamples,
        shares: npt.NDArray[np.float64],
        validation: TokenisedExamples,
        settings: Settings,
        folder: Path,
        plan: dict[str, Any],
    ) -> None:
        """Prepares the run, and takes over the checkpoint in its folder if there is one.

        Args:
            model: is trained in place.
            training: what it is trained on.
            shares: how often each of them is seen in an epoch.
            validation: what it is measured on after each epoch; may be empty.
            settings: how to train.
            folder: where the checkpoint is kept.
            plan: what must be the same for the checkpoint to be taken over.
        """
        self._model, self._training, self._shares = model, training, shares
        self._validation, self.settings, self._folder, self._plan = validation, settings, folder, plan
        for module in model.modules():
            if isinstance(module, nn.Dropout):
                module.p = settings.dropout
        self._optimiser = torch.optim.AdamW(parameter_groups(model, settings), weight_decay=WEIGHT_DECAY)
        self.progress = resume(folder, model, self._optimiser, plan) or Progress()
        self._stopped = False
        self._steps_at_start = self.progress.step
        self._examples_at_start = self.progress.examples
        self._seconds_at_start = self.progress.seconds

    def stop(self) -> None:
        """Asks for an end after the batch under way."""
        self._stopped = True

    def run(self) -> bool:
        """Trains. Returns whether the run is over; otherwise it was interrupted, and the checkpoint is kept."""
        if self.progress.step:
            print(f"Going on after batch {self.progress.step}.", flush=True)
        self._started = self._last_line = self._last_checkpoint = time.monotonic()
        self._model.train()
        while self.progress.epoch < self.settings.epochs and not self._time_is_up():
            if not self._epoch():
                self._checkpoint()
                return False
            self.progress.epoch += 1
            self.progress.batch = 0
            self._checkpoint()
        return True

    def _epoch(self) -> bool:
        settings, progress = self.settings, self.progress
        batches = epoch_batches(
            self._training,
            self._shares,
            seed=settings.seed,
            epoch=progress.epoch,
            tokens_per_batch=settings.tokens_per_batch,
            by_question=settings.listwise > 0,
        )
        total = progress.step - progress.batch + len(batches) * (settings.epochs - progress.epoch)
        for indices in batches[progress.batch :]:
            if self._stopped or progress.step - self._steps_at_start == settings.stop_after:
                return False
            if self._time_is_up():
                break
            self._step(indices, total)
        self._measure()
        return True

    def _step(self, indices: list[int], total: int) -> None:
        settings, progress = self.settings, self.progress
        # Seeded by the batch, so that an interrupted run drops out what it would have dropped out without.
        torch.manual_seed((settings.seed << 32) + progress.step)
        batch = collate(self._training, indices)
        for group in self._optimiser.param_groups:
            group["lr"] = group["highest"] * course(self._share_done(total), settings.warmup)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.half):
            logits = self._model(batch.task, batch.input_ids, batch.token_type_ids, batch.attention_mask)
        loss = batch_loss(logits, batch, listwise=settings.listwise)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self._model.parameters(), LARGEST_GRADIENT)
        self._optimiser.step()
        progress.step += 1
        progress.batch += 1
        progress.examples += len(indices)
        progress.seconds = self._seconds_at_start + time.monotonic() - self._started
        value, name = float(loss.detach()), batch.task.value
        before = progress.losses.get(name, value)
        progress.losses[name] = _MEMORY * before + (1 - _MEMORY) * value
        self._report(total)

    def _share_done(self, total: int) -> float:
        by_steps = self.progress.step / max(1, total)
        return max(by_steps, self.progress.seconds / self.settings.seconds) if self.settings.seconds else by_steps

    def _time_is_up(self) -> bool:
        return self.settings.seconds is not None and self.progress.seconds >= self.settings.seconds

    def _report(self, total: int) -> None:
        now = time.monotonic()
        if now - self._last_line >= _PROGRESS_SECONDS:
            self._last_line = now
            progress = self.progress
            speed = (progress.examples - self._examples_at_start) / (now - self._started)
            each = (now - self._started) / (progress.step - self._steps_at_start)
            left = (total - progress.step) * each
            if self.settings.seconds is not None:
                left = min(left, self.settings.seconds - progress.seconds)
            losses = ", ".join(f"{name} {value:.3f}" for name, value in sorted(progress.losses.items()))
            print(
                f"batch {progress.step} of {total}, {speed:.1f} examples/s, loss {losses}, {left / 60:.1f} min left",
                flush=True,
            )
        if now - self._last_checkpoint >= self.settings.checkpoint_seconds:
            self._checkpoint()

    def _checkpoint(self) -> None:
        save_checkpoint(self._folder, self._model, self._optimiser, self.progress, self._plan)
        self._last_checkpoint = time.monotonic()

    def _measure(self) -> None:
        if not len(self._validation):
            return
        self._checkpoint()
        chosen = np.random.default_rng(self.settings.seed).permutation(len(self._validation))
        part = self._validation.chosen(np.sort(chosen[: self.settings.validation_examples]).tolist())
        lines = measure(part.examples, judge(self._model, part, half=self.settings.half))
        print(f"After epoch {self.progress.epoch + 1}:\n{as_table(lines)}", flush=True)
        self.progress.history.append({"step": self.progress.step, "measured": as_data(lines)})
        # Measuring is not training: its time does not count towards the limit.
        self._started = time.monotonic() - (self.progress.seconds - self._seconds_at_start)


def course(done: float, warmup: float) -> float:
    """The learning rate as a share of its highest: up in a straight line, then down to zero.

    Args:
        done: share of the run, 0..1.
        warmup: share in which it rises.
    """
    return done / warmup if done < warmup else max(0.0, (1 - done) / (1 - warmup))


def parameter_groups(model: CrossEncoderModel, settings: Settings) -> list[dict[str, Any]]:
    """The trained weights by highest learning rate; biases and norms do not decay."""
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            rate = _highest_rate(name, model.shape.layers, settings)
            groups.setdefault((rate, parameter.ndim > 1), []).append(parameter)
    return [
        {"params": parameters, "highest": rate, "lr": 0.0, **({} if decays else {"weight_decay": 0.0})}
        for (rate, decays), parameters in groups.items()
    ]


def _highest_rate(name: str, layers: int, settings: Settings) -> float:
    if name.startswith("heads."):
        return settings.head_rate
    layer = re.match(r"encoder\.layer\.(\d+)\.", name)
    below = layers - 1 - int(layer[1]) if layer else layers
    return settings.rate * settings.layer_decay**below

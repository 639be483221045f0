"""What a training run keeps in its folder: checkpoints it goes on from, and in the end the weights and their record."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from model import CrossEncoderModel, ModelShape, pretrained_model
from safetensors.torch import load_file, save_file
from torch import Tensor

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "weights.safetensors"
RECORD = "training.json"


@dataclass
class Progress:
    """How far a run has come; with the weights and the optimiser's state it is all that going on needs.

    Attributes:
        step: batches done, counted over all epochs.
        epoch: the epoch under way, counted from 0.
        batch: batches done of this epoch.
        examples: examples seen.
        seconds: time spent on training.
        losses: for each task the moving mean of its loss.
        history: what was measured after each epoch.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    examples: int = 0
    seconds: float = 0.0
    losses: dict[str, float] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


def save_checkpoint(
    folder: Path, model: CrossEncoderModel, optimiser: torch.optim.Optimizer, progress: Progress, plan: dict[str, Any]
) -> None:
    """Replaces the checkpoint; one that is cut off while being written leaves the old one in place.

    Args:
        folder: of the run.
        model: its trained weights are kept.
        optimiser: with its moments.
        progress: how far it is.
        plan: the settings of the run and the hashes of its data; going on asks for the same ones.
    """
    partial = folder / f"{CHECKPOINT}.unfinished"
    content = {
        "model": model.trained_state(),
        "layers": model.shape.layers,
        "optimiser": optimiser.state_dict(),
        "progress": asdict(progress),
        "plan": plan,
    }
    with partial.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / CHECKPOINT)


def resume(
    folder: Path, model: CrossEncoderModel, optimiser: torch.optim.Optimizer, plan: dict[str, Any]
) -> Progress | None:
    """Takes the checkpoint over, if there is one.

    Raises:
        ValueError: it belongs to a run with other settings or other data.
    """
    path = folder / CHECKPOINT
    if not path.is_file():
        return None
    content = torch.load(path, weights_only=True)
    if content["plan"] != plan:
        different = sorted(key for key in plan if content["plan"].get(key) != plan[key])
        raise ValueError(
            f"{path} belongs to a run with other {', '.join(different)}. Go on with the settings of that run, or give "
            "another --out."
        )
    model.load_trained_state(content["model"])
    optimiser.load_state_dict(content["optimiser"])
    return Progress(**content["progress"])


def save_result(folder: Path, model: CrossEncoderModel, record: dict[str, Any]) -> None:
    """Writes the trained weights (float32, without the word embeddings) and the record, which says the run is over."""
    partial = folder / f"{WEIGHTS}.unfinished"
    save_file({name: value.contiguous() for name, value in model.trained_state().items()}, partial)
    partial.replace(folder / WEIGHTS)
    text = json.dumps({**record, "layers": model.shape.layers}, indent=1, sort_keys=True)
    partial = folder / f"{RECORD}.unfinished"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(folder / RECORD)


def read_record(folder: Path) -> dict[str, Any]:
    """The record of a run that is over; empty for another."""
    path = folder / RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def load_model(place: Path) -> CrossEncoderModel:
    """The model of a run: its result, or the checkpoint of one that is under way.

    Args:
        place: the run's folder, or a checkpoint.

    Raises:
        FileNotFoundError: neither is there.
    """
    state: dict[str, Tensor]
    if place.is_dir() and (place / WEIGHTS).is_file():
        state, layers = load_file(place / WEIGHTS), read_record(place).get("layers", ModelShape().layers)
    else:
        path = place / CHECKPOINT if place.is_dir() else place
        if not path.is_file():
            raise FileNotFoundError(f"{place} holds neither {WEIGHTS} nor {CHECKPOINT}: train it first.")
        content = torch.load(path, weights_only=True)
        state, layers = content["model"], content["layers"]
    model = pretrained_model(layers)
    model.load_trained_state(state)
    return model


def git_revision() -> str:
    """The revision of the checkout, with "+" where files are changed; "unknown" outside of one."""
    here = Path(__file__).parent
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=True)
        changed = subprocess.run(["git", "status", "--porcelain", "."], cwd=here, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")

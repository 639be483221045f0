"""Trains the cross-encoder; called again with the same arguments it goes on where it was.

Usage:
    python training/train.py --data DIR... --out RUN [--init RUN] [--epochs 1] [--lr 5e-5] [--minutes LIMIT]
        [--exclude-source PATTERN...] [--include-group NAME...] [--exclude-group NAME...] [--share PATTERN=FACTOR...]
        [--hold-out 0.03] [--validation FILE_OR_DIR...] [--listwise 0.5] [--seed 5] [--threads 2]

``RUN`` gets a checkpoint every two minutes and when the process is asked to end (SIGTERM, Ctrl-C), and at last
``weights.safetensors`` and ``training.json``. With ``--minutes`` the rate of learning falls to zero within that time,
counted over all calls, wherever in the epochs that is; without it the same arguments give the same weights.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

import torch
from batches import TokenisedExamples, file_sha256, load_tokenised
from choosing import (
    Choice,
    chosen_examples,
    counts,
    held_out_by_document,
    shares,
    training_files,
    validation_files,
)
from model import CrossEncoderModel, pretrained_model
from run_folder import git_revision, load_model, read_record, save_result
from training_loop import Settings, Trainer

STOPPED = 3
"""Exit code of a run that was asked to end before it was through."""


def main(arguments: list[str] | None = None) -> int:
    """Reads the arguments and trains. Returns 0 when the run is over, 3 when it was interrupted."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    if read_record(options.out):
        print(f"{options.out} is trained already.")
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    files = training_files(options.data)
    measured_on = validation_files(options.validation)
    choice = _choice(options)
    training, validation = _examples(files, measured_on, choice, options)
    print(f"{len(training)} examples to train on, {len(validation)} to measure on.", flush=True)
    if not len(training):
        raise ValueError("Nothing is left to train on: the choice, or the documents that are held out, take it all.")
    for name, count in counts(training.examples).items():
        print(f"  {count:7} {name}")
    torch.manual_seed(options.seed)
    model = load_model(options.init) if options.init else pretrained_model(options.layers)
    settings = _settings(options)
    plan = _plan(options, files, measured_on, settings)
    trainer = Trainer(model, training, shares(training, choice), validation, settings, options.out, plan)
    _stop_on_signals(trainer)
    if not trainer.run():
        return STOPPED
    save_result(options.out, model, _record(model, training, plan, trainer))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="folders or files of examples")
    add("--out", type=Path, required=True, help="the run's folder")
    add("--init", type=Path, help="a run (or checkpoint) to begin with; default: the default embedder's weights")
    add("--epochs", type=int, default=1)
    add("--lr", type=float, default=5e-5, help="of the encoder's last layer, at the top of its course")
    add("--head-lr", type=float, default=5e-4, help="of the heads")
    add("--layer-decay", type=float, default=1.0, help="each layer below learns at so much of the one above's rate")
    add("--warmup", type=float, default=0.06, help="share of the run in which the rate rises")
    add("--tokens-per-batch", type=int, default=4096)
    add("--dropout", type=float, default=0.0, help="costs a tenth of the time; for small data")
    add("--listwise", type=float, default=0.0, help="share of the loss that compares a question's lines, 0..1")
    add("--exclude-source", nargs="+", default=[], metavar="PATTERN")
    add("--include-group", nargs="+", default=[], help="of the policy sources only these groups")
    add("--exclude-group", nargs="+", default=[], help="of the policy sources not these groups")
    add("--share", nargs="+", default=[], metavar="PATTERN=FACTOR", help="how often sources are seen in an epoch")
    add("--validation", type=Path, nargs="+", default=[], help="files or folders to measure on after each epoch")
    add("--hold-out", type=float, default=0.0, help="share of the training documents to measure on instead")
    add("--validation-examples", type=int, default=4000, help="at most so many are measured on after an epoch")
    add("--minutes", type=float, help="be through after so long")
    add("--seed", type=int, default=5)
    add("--threads", type=int, default=2)
    add("--layers", type=int, default=6, help="fewer layers than six, to try things out")
    add("--full-precision", action="store_true", help="float32 instead of bfloat16 in the matrix products")
    add("--checkpoint-seconds", type=float, default=120)
    add("--stop-after", type=int, help="interrupt the run after so many batches, to try going on")
    return parser


def _choice(options: argparse.Namespace) -> Choice:
    pairs = [text.rpartition("=") for text in options.share]
    return Choice(
        exclude_sources=tuple(options.exclude_source),
        include_groups=tuple(options.include_group),
        exclude_groups=tuple(options.exclude_group),
        shares=tuple((pattern, float(factor)) for pattern, _, factor in pairs),
    )


def _examples(
    files: list[Path], measured_on: list[Path], choice: Choice, options: argparse.Namespace
) -> tuple[TokenisedExamples, TokenisedExamples]:
    cache = options.out.parent / "tokens"
    data = load_tokenised(files, cache)
    if measured_on:
        validation = load_tokenised(measured_on, cache)
    else:
        validation = held_out_by_document(chosen_examples(data, choice), options.hold_out)
    return chosen_examples(data, choice, validation.examples), validation


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        epochs=options.epochs,
        rate=options.lr,
        head_rate=options.head_lr,
        layer_decay=options.layer_decay,
        warmup=options.warmup,
        tokens_per_batch=options.tokens_per_batch,
        dropout=options.dropout,
        listwise=options.listwise,
        seconds=options.minutes * 60 if options.minutes else None,
        seed=options.seed,
        half=not options.full_precision,
        validation_examples=options.validation_examples,
        checkpoint_seconds=options.checkpoint_seconds,
        stop_after=options.stop_after,
    )


def _plan(
    options: argparse.Namespace, files: list[Path], measured_on: list[Path], settings: Settings
) -> dict[str, Any]:
    """What must be the same for a run to be gone on with, as plain data for the checkpoint and the record."""
    choice = _choice(options)
    return {
        "data": {str(path): file_sha256(path) for path in files},
        "validation": {str(path): file_sha256(path) for path in measured_on},
        "init": str(options.init) if options.init else "",
        "hold_out": options.hold_out,
        "exclude_sources": list(choice.exclude_sources),
        "include_groups": list(choice.include_groups),
        "exclude_groups": list(choice.exclude_groups),
        "shares": dict(choice.shares),
        **settings.as_plan(),
    }


def _record(
    model: CrossEncoderModel, training: TokenisedExamples, plan: dict[str, Any], trainer: Trainer
) -> dict[str, Any]:
    progress = trainer.progress
    return {
        "plan": plan,
        "limit_seconds": trainer.settings.seconds,
        "git": git_revision(),
        "torch": torch.__version__,
        "counts": counts(training.examples),
        "trained_weights": sum(value.numel() for value in model.trained_state().values()),
        "steps": progress.step,
        "examples": progress.examples,
        "seconds": round(progress.seconds),
        "losses": progress.losses,
        "history": progress.history,
    }


def _stop_on_signals(trainer: Trainer) -> None:
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda *_: trainer.stop())


if __name__ == "__main__":
    sys.exit(main())

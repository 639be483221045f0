"""Everything, in one command: data, the general stage, the policy stage, calibration, figures, the model to ship.

Usage:
    python training/pipeline.py DATA --work WORK [--out FOLDER] [--fold NAME,NAME ...] [--general-minutes M]
        [--policy-minutes M] [--threads 2]

``DATA`` holds the data sets, ``WORK`` gets everything that is made: ``data/``, a folder for each training run
(``general``, ``fold-1`` ..., ``policy``), ``scores/``, ``calibration.json``, ``measured-*.json`` and, without
``--out``, ``models/``. What is finished is not done again; what was interrupted goes on. ``--fold`` names the policy
groups that one fold leaves out; by default neighbours in the alphabet, two at a time. Each fold's model judges the
groups it has not seen: on those scores the heads are calibrated, and on them what stands on top may be fitted.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from run_folder import RECORD

HERE = Path(__file__).parent
GENERAL_AGAIN = 0.1
"""In the policy stage, so often each example of the general stage is seen again in an epoch, lest it be unlearnt."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Where everything lies, and how long training may take.

    Attributes:
        sets: the folder of the data sets.
        work: gets what is made.
        out: gets the model to ship.
        folds: the policy groups that each fold leaves out.
        general_minutes: limit of the general stage; None for all its epochs.
        policy_minutes: limit of each training of the policy stage.
        general_epochs: of the general stage.
        policy_epochs: of the policy stage.
        threads: cores used.
    """

    sets: Path
    work: Path
    out: Path
    folds: tuple[tuple[str, ...], ...]
    general_minutes: float | None
    policy_minutes: float | None
    general_epochs: int
    policy_epochs: int
    threads: int

    def run(self) -> None:
        """Does what is not done yet, in order.

        Raises:
            subprocess.CalledProcessError: a step failed or was interrupted; the same call goes on from there.
        """
        if not self._data.is_dir():
            self._step("build_data.py", str(self.sets), "--out", str(self._data))
        self._general()
        for number, groups in enumerate(self._folds(), start=1):
            name = f"fold-{number}"
            own = [str(self._data / "policy" / group) for group in groups]
            self._policy(name, "--exclude-group", *groups, "--validation", *own)
            self._judge(name, name, *own)
        self._policy("policy")
        for kind in self._unseen():
            self._judge("policy", kind, str(self._data / kind))
        scores = [str(path) for path in sorted(self._scores.glob("fold-*.jsonl.gz"))]
        calibration = str(self.work / "calibration.json")
        self._step("calibrate.py", "--scores", *scores, "--out", calibration)
        unseen = [str(self._scores / f"{kind}.jsonl.gz") for kind in self._unseen()]
        for name, files in (("folds", scores), ("unseen", unseen)):
            if files:
                self._step("evaluate.py", "--scores", *files, "--out", str(self.work / f"measured-{name}.json"))
        self._export(scores, unseen, calibration)

    @property
    def _data(self) -> Path:
        return self.work / "data"

    @property
    def _scores(self) -> Path:
        return self.work / "scores"

    @property
    def _cores(self) -> tuple[str, str]:
        return "--threads", str(self.threads)

    def _run(self, name: str) -> str:
        return str(self.work / name)

    def _folds(self) -> tuple[tuple[str, ...], ...]:
        if self.folds:
            return self.folds
        groups = sorted(path.name for path in (self._data / "policy").iterdir())
        return tuple(tuple(groups[start : start + 2]) for start in range(0, len(groups), 2))

    def _general(self) -> None:
        limit = ("--minutes", str(self.general_minutes)) if self.general_minutes else ()
        self._train(
            "general", "--data", str(self._data / "general"), "--hold-out", "0.02", "--lr", "5e-5",
            "--epochs", str(self.general_epochs), *limit,
        )  # fmt: skip

    def _policy(self, name: str, *which: str) -> None:
        limit = ("--minutes", str(self.policy_minutes)) if self.policy_minutes else ()
        self._train(
            name, "--data", str(self._data / "policy"), str(self._data / "general"), "--init", self._run("general"),
            "--share", "support/policy*=2", "policy*=1", f"*={GENERAL_AGAIN}", "--lr", "3e-5", "--head-lr", "1e-4",
            "--dropout", "0.1", "--listwise", "0.3", "--epochs", str(self.policy_epochs), *limit, *which,
        )  # fmt: skip

    def _judge(self, run: str, name: str, *data: str) -> None:
        scores = self._scores / f"{name}.jsonl.gz"
        if not scores.is_file():
            self._step("scores.py", "--model", self._run(run), "--data", *data, "--out", str(scores), *self._cores)

    def _unseen(self) -> list[str]:
        return [kind for kind in ("validation", "measure") if (self._data / kind).is_dir()]

    def _train(self, name: str, *arguments: str) -> None:
        if not (self.work / name / RECORD).is_file():
            self._step("train.py", "--out", self._run(name), *self._cores, *arguments)

    def _export(self, scores: list[str], unseen: list[str], calibration: str) -> None:
        compared = [str(self._data / kind) for kind in (*self._unseen(), "policy")]
        self._step(
            "export.py", "--model", self._run("policy"), "--out", str(self.out), "--calibration", calibration,
            "--compare-on", *compared, "--scores", *scores, "--unseen", *unseen, *self._cores,
        )  # fmt: skip

    def _step(self, script: str, *arguments: str) -> None:
        print(f"== {script} {' '.join(arguments)}", flush=True)
        command = [sys.executable, str(HERE / script), *arguments]
        with subprocess.Popen(command) as process:
            # Asked to end, the step keeps a checkpoint first.
            signal.signal(signal.SIGTERM, lambda *_: process.terminate())
            if process.wait():
                raise subprocess.CalledProcessError(process.returncode, command)


def main(arguments: list[str] | None = None) -> int:
    """Reads the arguments and runs. Returns the exit code of the step that did not end well, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--fold", nargs="+", default=[], metavar="NAME,NAME")
    parser.add_argument("--general-minutes", type=float)
    parser.add_argument("--policy-minutes", type=float)
    parser.add_argument("--general-epochs", type=int, default=2)
    parser.add_argument("--policy-epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    pipeline = Pipeline(
        sets=options.data,
        work=options.work,
        out=options.out or options.work / "models",
        folds=tuple(tuple(fold.split(",")) for fold in options.fold),
        general_minutes=options.general_minutes,
        policy_minutes=options.policy_minutes,
        general_epochs=options.general_epochs,
        policy_epochs=options.policy_epochs,
        threads=options.threads,
    )
    try:
        pipeline.run()
    except subprocess.CalledProcessError as error:
        print(f"Stopped at {Path(error.cmd[1]).name}. The same command goes on from there.", file=sys.stderr)
        return error.returncode if error.returncode > 0 else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Proves the gate: plants defects one at a time, and repeats the run without one.

Usage:
    python benchmarks/gate_mutations.py CONFIG.toml [--work DIR] [--only WORDS] [--reruns N] [--simulated N]
        [--variants] [--every N]

CONFIG is the configuration of an evaluation ("eval/gate.toml"). Its baseline is used, restricted to the questions that
are asked; variants of questions are left out unless --variants is given, and --every 4 asks every fourth question
(and those of the known-bad answers). Prints three tables in Markdown:

- every defect of ``gate_defects.py``, whether the gate failed, and which checks caught it;
- N reruns without a defect (some with documents read anew and vectors rounded otherwise, each with another order of the
  questions, another number of workers and another seed of the bootstrap): how many raised an alarm;
- a simulated A/A study: the run is compared with itself after symmetrical random changes; the share of alarms of the
  comparisons has to be at most alpha.

Exit code 1 if a defect was missed, a rerun raised an alarm, or the simulated share lies above alpha beyond chance.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from gate_defects import DEFECTS, NONE, Defect

from ragkit.embedding.minilm import MiniLmEmbedder
from ragkit.evaluation import pipeline
from ragkit.evaluation.configuration import EvaluationConfiguration, GateConfiguration, load_configuration
from ragkit.evaluation.gate.baseline import Baseline, baseline_of, read_baseline
from ragkit.evaluation.gate.comparison import compare, pairs_of
from ragkit.evaluation.gate.must_fail import load_must_fail
from ragkit.evaluation.gate.verdict import GateVerdict, Outcome
from ragkit.evaluation.metrics.base import Family
from ragkit.evaluation.metrics.catalogue import all_metrics
from ragkit.evaluation.pipeline import PAIRS, Decision, run_gate
from ragkit.evaluation.questions.question import QuestionSet
from ragkit.evaluation.results import Results
from ragkit.evaluation.running.knowledge_base import opened
from ragkit.knowledge_base import KnowledgeBase

FRESH_EVERY = 5
"""Of the reruns, every so many reads the documents anew, with the rounding of another processor."""
ROUNDING = 1e-6
"""Standard deviation of what another processor's rounding adds to each component of a vector of length 1."""


@dataclass(frozen=True)
class Proof:
    """What one run under the gate gave."""

    name: str
    verdict: GateVerdict
    seconds: float

    @property
    def caught(self) -> bool:
        """Whether the gate failed."""
        return not self.verdict.passed

    @property
    def checks(self) -> str:
        """The checks that failed, with the number of questions that each names."""
        return "; ".join(
            f"{check.name} ({len(check.keys)})" if check.keys else check.name for check in self.verdict.failures
        )


class Bench:
    """The clean run, and runs with something planted."""

    def __init__(
        self, configuration: EvaluationConfiguration, work: Path, *, variants: bool = False, every: int = 1
    ) -> None:
        self._work, self._every = work, every
        run = configuration.run.model_copy(update={"cache": work / "clean"})
        questions = configuration.questions.model_copy(update={"variants": variants})
        committed = configuration.gate.baseline
        gate = configuration.gate if variants else _without_variants(configuration.gate)
        gate = gate.model_copy(update={"baseline": None})
        self._configuration = configuration.model_copy(update={"run": run, "questions": questions, "gate": gate})
        self._remembered: dict[tuple[Any, ...], Any] = {}
        self._questions = pipeline.load_questions(self._configuration)
        with self._part(), self._clean() as kb, self._remembering():
            self.clean = run_gate(self._configuration, kb=kb, use_cache=False).results
        accepted = self._accepted(committed)
        write_path = work / "baseline.json"
        write_path.write_text(accepted.model_dump_json(), encoding="utf-8")
        gate = gate.model_copy(update={"baseline": write_path})
        self._configuration = self._configuration.model_copy(update={"gate": gate})

    @property
    def settings(self) -> GateConfiguration:
        """Floors, margins and the rest, as they were used."""
        return self._configuration.gate

    def _accepted(self, committed: Path | None) -> Baseline:
        """The committed baseline for the questions that are asked here; without one, the clean run's own."""
        if committed is None or not committed.is_file():
            print("There is no committed baseline: the clean run is its own.", flush=True)
            return baseline_of(self.clean)
        baseline = read_baseline(committed)
        asked = {record.key for record in self.clean.records}
        kept = {key: said for key, said in baseline.questions.items() if key in asked}
        return baseline.model_copy(update={"questions": kept})

    def plant(self, defect: Defect) -> Proof:
        """The gate's verdict with a defect in place."""
        started = time.perf_counter()
        configuration = self._apart(defect.name)
        with self._part():
            decision = self._decision(configuration, defect)
        return Proof(defect.name, decision.verdict, time.perf_counter() - started)

    def _decision(self, configuration: EvaluationConfiguration, defect: Defect) -> Decision:
        if defect.part == "reading":
            return self._read_anew(configuration, defect)
        if defect.part == "cache":
            return self._behind_a_cache(configuration, defect)
        with self._clean() as kb, self._memory_for(defect), defect.planted():
            return run_gate(configuration, kb=kb, use_cache=False)

    def rerun(self, number: int) -> Proof:
        """The gate's verdict once more, with nothing changed that should matter."""
        started = time.perf_counter()
        configuration = self._apart(f"rerun {number}")
        run = configuration.run.model_copy(update={"workers": 1 + number % 4})
        gate = configuration.gate.model_copy(update={"seed": 1000 + number})
        configuration = configuration.model_copy(update={"run": run, "gate": gate})
        with self._part(shuffled=number):
            if number % FRESH_EVERY == 1:
                with other_rounding(number):
                    decision = self._read_anew(configuration, NONE)
            else:
                with self._clean() as kb:
                    decision = run_gate(configuration, kb=kb, use_cache=False)
        return Proof(f"rerun {number}", decision.verdict, time.perf_counter() - started)

    def _apart(self, name: str) -> EvaluationConfiguration:
        """The configuration with a cache folder of its own; scores of pairs that are judged already come along."""
        folder = self._work / name.replace(" ", "-")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        pairs = self._work / "clean" / PAIRS
        if pairs.exists() and name != "judge calls everything supported":
            shutil.copy(pairs, folder / PAIRS)
        run = self._configuration.run.model_copy(update={"cache": folder})
        return self._configuration.model_copy(update={"run": run})

    def _read_anew(self, configuration: EvaluationConfiguration, defect: Defect) -> Decision:
        with defect.planted():
            return run_gate(configuration, use_cache=False)

    def _behind_a_cache(self, configuration: EvaluationConfiguration, defect: Defect) -> Decision:
        """First the clean answers are cached; then the code changes and the cache does not notice."""
        with self._clean() as kb, self._remembering():
            run_gate(configuration, kb=kb)
            with defect.planted():
                return run_gate(configuration, kb=kb)

    @contextmanager
    def _part(self, shuffled: int | None = None) -> Iterator[None]:
        """Every n-th question is asked, and those of the known-bad answers; in another order where a seed is given."""

        def loaded(configuration: EvaluationConfiguration) -> QuestionSet:
            questions = self._questions
            needed = {case.question for case in load_must_fail(configuration.gate.must_fail)}
            every = [q for at, q in enumerate(questions.questions) if at % self._every == 0 or q.id in needed]
            if shuffled is not None:
                random.Random(shuffled).shuffle(every)
            return questions.model_copy(update={"questions": tuple(every)})

        with patch.object(pipeline, "load_questions", loaded):
            yield

    @contextmanager
    def _clean(self) -> Iterator[KnowledgeBase]:
        with opened(self._configuration.knowledge_base, self._work / "clean") as kb:
            yield kb

    @contextmanager
    def _memory_for(self, defect: Defect) -> Iterator[None]:
        """Right answers are asked for once: what changes them afterwards need not ask again."""
        if defect.part in ("answer", "judging"):
            with self._remembering():
                yield
        else:
            yield

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        with (
            patch.object(KnowledgeBase, "ask", self._remembered_call("ask", KnowledgeBase.ask)),
            patch.object(KnowledgeBase, "search", self._remembered_call("search", KnowledgeBase.search)),
        ):
            yield

    def _remembered_call(self, name: str, right: Callable[..., Any]) -> Callable[..., Any]:
        def call(kb: KnowledgeBase, question: str, **options: Any) -> Any:
            key = (name, question, *sorted(options.items(), key=lambda item: item[0]))
            if key not in self._remembered:
                self._remembered[key] = right(kb, question, **options)
            return self._remembered[key]

        return call


@contextmanager
def other_rounding(seed: int) -> Iterator[None]:
    """Every vector of the default embedder differs in its last digits, as on a processor that adds in another order."""
    random_ = np.random.default_rng(seed)

    def rounded(embed: Callable[..., Any]) -> Callable[..., Any]:
        def call(embedder: MiniLmEmbedder, text: Any) -> Any:
            vectors = embed(embedder, text)
            moved = vectors + random_.normal(0, ROUNDING, vectors.shape)
            return (moved / np.linalg.norm(moved, axis=-1, keepdims=True)).astype(vectors.dtype)

        return call

    with (
        patch.object(MiniLmEmbedder, "embed_passages", rounded(MiniLmEmbedder.embed_passages)),
        patch.object(MiniLmEmbedder, "embed_query", rounded(MiniLmEmbedder.embed_query)),
    ):
        yield


def _without_variants(gate: GateConfiguration) -> GateConfiguration:
    """The settings without the metrics that only variants have."""
    floors, margins = (
        {name: value for name, value in part.items() if not name.startswith(f"{Family.ROBUSTNESS}.")}
        for part in (gate.floors, gate.margins)
    )
    critical = tuple(name for name in gate.critical if not name.startswith(f"{Family.ROBUSTNESS}."))
    return gate.model_copy(update={"floors": floors, "margins": margins, "critical": critical})


def simulated_alarms(
    results: Results, settings: GateConfiguration, rounds: int, *, changed: float = 0.05, seed: int = 7
) -> int:
    """How many of ``rounds`` comparisons of a run with itself raise an alarm, after symmetrical random changes.

    In each round a share of the clusters changes in every compared metric at once, to the values that a random other
    cluster's question has; which of the two is called "before" is left to a coin, so that nothing is lost on average.
    """
    random_ = np.random.default_rng(seed)
    known = {metric.name: metric for metric in all_metrics()}
    clusters = {record.key: record.question.cluster for record in results.records}
    names = sorted(set(clusters.values()))
    alarms = 0
    for _ in range(rounds):
        moved = {name for name, odds in zip(names, random_.uniform(size=len(names)), strict=True) if odds < changed}
        heads = dict(zip(names, random_.uniform(size=len(names)) < 0.5, strict=True))
        pairs = []
        for metric in settings.margins:
            values = results.metrics.get(metric, {})
            pool = list(values.values())
            before, after = {}, {}
            for key, value in values.items():
                other = pool[random_.integers(len(pool))] if clusters[key] in moved else value
                before[key], after[key] = (value, other) if heads[clusters[key]] else (other, value)
            pairs.append(pairs_of(known[metric], before, after, clusters))
        found = compare([pair for pair in pairs if pair.keys], settings.model_copy(update={"resamples": 1_000}))
        alarms += any(check.outcome is Outcome.FAIL for check in found)
    return alarms


def _defects_table(proofs: Sequence[Proof]) -> str:
    lines = ["| Defect | Gate | Caught by (questions named) |", "| --- | --- | --- |"]
    lines += [f"| {p.name} | {'failed' if p.caught else '**passed**'} | {p.checks} |" for p in proofs]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--work", type=Path, default=Path(".gate-mutations"))
    parser.add_argument("--only", default="", help="only defects whose name holds these words")
    parser.add_argument("--reruns", type=int, default=20)
    parser.add_argument("--simulated", type=int, default=500)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    bench = Bench(load_configuration(options.config), options.work, variants=options.variants, every=options.every)
    print(f"{len(bench.clean.records)} questions, {bench.clean.seconds:.0f} s", flush=True)
    proofs = []
    for defect in DEFECTS:
        if options.only in defect.name:
            proofs.append(bench.plant(defect))
            print(f"{proofs[-1].seconds:5.0f} s  {defect.name}: {proofs[-1].checks or 'PASSED'}", flush=True)
    reruns = []
    for number in range(1, options.reruns + 1):
        reruns.append(bench.rerun(number))
        print(f"{reruns[-1].seconds:5.0f} s  rerun {number}: {reruns[-1].checks or 'passed'}", flush=True)
    alarms = simulated_alarms(bench.clean, bench.settings, options.simulated)
    missed, alarmed = [p for p in proofs if not p.caught], [p for p in reruns if p.caught]
    print(f"\n{_defects_table(proofs)}\n\n{len(proofs) - len(missed)} of {len(proofs)} defects caught.")
    print(f"{len(alarmed)} of {len(reruns)} reruns without a defect raised an alarm.")
    share = alarms / options.simulated if options.simulated else 0.0
    alpha = bench.settings.alpha
    print(
        f"Simulated A/A: {alarms} of {options.simulated} comparisons raised an alarm ({share:.1%}; alpha {alpha:.0%})."
    )
    beyond = share > alpha + 2 * (alpha * (1 - alpha) / max(1, options.simulated)) ** 0.5
    return 1 if missed or alarmed or beyond else 0


if __name__ == "__main__":
    sys.exit(main())

"""The cross-encoder's speed: int8 beside float32, on the same lines, turn by turn, each in a process of its own.

    python benchmarks/cross_encoder_speed.py DOCUMENTS [--model FOLDER] [--lines 24] [--threads 2] [--rounds 20]

The lines are read from the documents and put into their context as in use. Without --model the trunk is that of the
default embedder, with random heads (the time does not depend on the weights), and a third model is that of
onnxruntime's own ``quantize_dynamic``. With --model its file is measured alone. Prints the fastest and the median
milliseconds for all lines, processor time, the time from nothing to the first judgement (imports left out), the memory
that loading and judging add, and megabytes on disk; then how many times as fast as float32, how far from it, and how
much a line's probability changes with the lines beside it.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

QUESTION = "How often is the site assessed, and who is told when something is wrong?"
EXAMPLE_QUESTIONS = ("Who may give it, and how much?", "When is the doctor called?")
"""The scales of int8 are chosen with these, not with the question that is measured."""
SHORTEST, LONGEST = 60, 100
"""Tokens of a line in its context that is taken."""


def read_lines(folder: Path, count: int) -> list[str]:
    """The first lines of the documents, in their context, that are neither short nor long."""
    from ragkit.cross_encoder.encoding import PairTokenizer

    tokenizer, lines = PairTokenizer(), []
    for line in _lines(folder):
        if SHORTEST <= tokenizer.count([line])[0] <= LONGEST:
            lines.append(line)
        if len(lines) == count:
            break
    return lines


def _lines(folder: Path) -> Iterator[str]:
    from ragkit.cross_encoder.inputs import line_in_context
    from ragkit.documents.parsed import UnreadableDocumentError
    from ragkit.documents.reader import read_document
    from ragkit.documents.sources import iter_sources

    for source in iter_sources([folder]):
        try:
            document = read_document(source)
        except UnreadableDocumentError:
            continue
        for block in document.blocks:
            line = document.text[block.start : block.end]
            yield line_in_context(line, title=document.governance.title or "", section=block.section)


def write_models(folder: Path, lines: list[str]) -> list[Path]:
    """Models with the default embedder's trunk and random heads: in float32, int8, and int8 with changing scales."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from ragkit.cross_encoder.description import write_model
    from ragkit.cross_encoder.encoding import PairTokenizer
    from ragkit.cross_encoder.graph import HEADS, TRUNK_SHAPE, write_graph
    from ragkit.cross_encoder.quantizing import write_int8_graph
    from ragkit.embedding.weights import default_tensors

    chance, tensors = np.random.default_rng(0), dict(default_tensors())
    for head, logits in HEADS.items():
        tensors[f"heads.{head}.weight"] = chance.normal(0, 0.1, (logits, 2 * TRUNK_SHAPE.hidden)).astype(np.float32)
        tensors[f"heads.{head}.bias"] = np.zeros(logits, dtype=np.float32)
    exact, dynamic = folder / "exact.onnx", folder / "dynamic.onnx"
    exact.write_bytes(write_graph(tensors))
    quantize_dynamic(exact, dynamic, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
    examples = PairTokenizer().encode([(question, line) for line in lines for question in EXAMPLE_QUESTIONS])
    models = {
        "float32": exact.read_bytes(),
        "int8": write_int8_graph(tensors, examples),
        "dynamic": dynamic.read_bytes(),
    }
    for name, model in models.items():
        write_model(folder / name, model, version="random")
    return [folder / name for name in models]


def measure(folder: Path, lines_file: Path, threads: int) -> None:
    """Runs in a process of its own: one line of JSON when loaded, then one for every line it is sent."""
    import ragkit.cross_encoder.session  # noqa: F401
    from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder

    lines = json.loads(lines_file.read_text(encoding="utf-8"))
    before, started = _peak(), time.perf_counter()
    cross_encoder = OnnxCrossEncoder(folder, threads=threads)
    first = cross_encoder.relevance(QUESTION, lines[:1]).probabilities[0]
    ready = time.perf_counter() - started
    alone = [first, *(cross_encoder.relevance(QUESTION, [line]).probabilities[0] for line in lines[1:])]
    print(json.dumps({"ready": ready, "alone": alone}), flush=True)
    for _ in sys.stdin:
        started, worked = time.perf_counter(), time.process_time()
        judged = cross_encoder.relevance(QUESTION, lines).probabilities
        taken = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - worked}
        print(json.dumps({**taken, "memory": _peak() - before, "judged": judged}), flush=True)


def _peak() -> float:
    """Megabytes; of this program alone, where the system tells it (ru_maxrss is inherited from who started it)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


class Measured:
    """A model in its own process."""

    def __init__(self, folder: Path, lines_file: Path, threads: int) -> None:
        self.name = folder.name
        self.megabytes = (folder / "model.onnx").stat().st_size / 1e6
        command = [sys.executable, __file__, "--measure", str(folder), str(lines_file), str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.loaded = self._read()
        self.rounds: list[dict[str, float]] = []
        self.judged: list[float] = []

    def round(self) -> None:
        """Judges all lines once."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found = self._read()
        self.judged = found.pop("judged")
        self.rounds.append(found)

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def best(self, unit: str) -> float:
        """Of all rounds."""
        return min(each[unit] for each in self.rounds)

    def report(self) -> str:
        """One line."""
        median = statistics.median(each["seconds"] for each in self.rounds)
        return (
            f"{self.name:10} {self.best('seconds') * 1000:6.0f} ms  median {median * 1000:.0f} ms  "
            f"processor {self.best('cpu') * 1000:.0f} ms  first judgement after {self.loaded['ready']:.2f} s  "
            f"memory +{max(each['memory'] for each in self.rounds):.0f} MB  {self.megabytes:.1f} MB on disk"
        )

    def _read(self) -> dict:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def compare(folders: list[Path], lines: list[str], threads: int, rounds: int, scratch: Path) -> None:
    """Lets the models judge in turn, and prints what was measured."""
    lines_file = scratch / "lines.json"
    lines_file.write_text(json.dumps(lines), encoding="utf-8")
    models = [Measured(folder, lines_file, threads) for folder in folders]
    for _ in range(rounds):
        for model in models:
            model.round()
    for model in models:
        model.close()
        print(model.report())
    exact = models[0]
    for model in models:
        ratios = [exact.best(unit) / model.best(unit) for unit in ("seconds", "cpu")]
        apart = np.abs(np.subtract(exact.judged, model.judged))
        beside = np.abs(np.subtract(model.loaded["alone"], model.judged)).max()
        print(
            f"{model.name:10} {ratios[0]:.1f} times as fast as {exact.name} by the clock, {ratios[1]:.1f} by processor "
            f"time; probabilities {np.sqrt(np.square(apart).mean()):.3f} apart (root mean square; the lines spread "
            f"{np.std(exact.judged):.3f}); alone and beside others at most {beside:.4f} apart"
        )


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of documents")
    parser.add_argument("--model", type=Path, help="a folder with model.onnx and model.json")
    parser.add_argument("--lines", type=int, default=24)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    lines = read_lines(arguments.folder, arguments.lines)
    print(f"{len(lines)} lines of {arguments.folder}, {arguments.threads} threads")
    with tempfile.TemporaryDirectory() as scratch:
        folders = [arguments.model] if arguments.model else write_models(Path(scratch), lines)
        compare(folders, lines, arguments.threads, arguments.rounds, Path(scratch))


if __name__ == "__main__":
    main()

"""Makes the model that is shipped out of a trained run: an ONNX graph with eight-bit weights, and what is known of it.

Usage:
    python training/export.py --model RUN --out FOLDER [--calibration FILE] [--compare-on FILE_OR_DIR...]
        [--scores FILE...] [--unseen FILE...] [--loss-allowed 0.005] [--examples 2000]

Writes into ``FOLDER`` what ``ragkit.cross_encoder`` reads, ``model.onnx`` and ``model.json``, and ``record.json``: data
counts and hashes, seeds, the revision, and what was measured. The float32 weights stay in the run's folder
(``weights.safetensors``), as the reference. On the examples to compare on every AUROC of a whole task with eight-bit
weights may be at most ``--loss-allowed`` below that with float32 weights; where it is not, the matrices are kept in
16 bits instead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from batches import TokenisedExamples, in_order, load_tokenised
from choosing import POLICY, policy_group, policy_groups, validation_files
from examples import SUPPORT_LABELS, Example, Task
from measures import ALL, Measured, as_data, as_table, measure
from model import CrossEncoderModel
from onnx import TensorProto, helper, numpy_helper
from run_folder import load_model, read_record
from scores import read_scores

from ragkit.cross_encoder.description import Calibration, Calibrations, write_model
from ragkit.cross_encoder.encoding import EncodedPair, padded
from ragkit.cross_encoder.graph import MASK, TOKEN_TYPES, WORD_VECTORS, write_graph
from ragkit.cross_encoder.quantizing import write_int8_graph
from ragkit.embedding.bert_graph import BertShape

RECORD = "record.json"
_PUBLIC_PARTS = {"corruption": 2}
"""Of a source's parts between colons, so many are written down, otherwise one: the rest names documents."""
_TOKENS_PER_BATCH = 4096
SCALE_EXAMPLES = 600
"""On so many examples the scales of eight-bit values are chosen."""


def main(arguments: list[str] | None = None) -> None:
    """Reads the arguments and exports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--calibration", type=Path, help="from calibrate.py")
    parser.add_argument("--compare-on", type=Path, nargs="+", default=[], help="what float32 and int8 both judge")
    parser.add_argument("--scores", type=Path, nargs="*", default=[], help="of the folds, for the record")
    parser.add_argument("--unseen", type=Path, nargs="*", default=[], help="scores of sets not trained on, likewise")
    parser.add_argument("--loss-allowed", type=float, default=0.005)
    parser.add_argument("--examples", type=int, default=2000, help="so many of each task, at most")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    model = load_model(options.model)
    exact = exact_graph(model)
    data = _sample(options.compare_on, options.examples)
    chosen, precision, compared = smallest_that_holds(exact, model, data, options.loss_allowed, options.threads)
    calibration = json.loads(options.calibration.read_text(encoding="utf-8")) if options.calibration else {}
    version = hashlib.sha256(chosen).hexdigest()[:12]
    write_model(options.out, chosen, version=version, calibrations=calibrations(calibration))
    record = {
        "version": version,
        "sha256": hashlib.sha256(chosen).hexdigest(),
        "bytes": len(chosen),
        "precision": precision,
        "calibration": calibration,
        "measured": {**_measured(options.scores, options.unseen), **compared},
        "runs": _runs(options.model),
    }
    text = json.dumps(record, indent=1, sort_keys=True) + "\n"
    (options.out / RECORD).write_text(text, encoding="utf-8")
    print(f"{options.out}: {len(chosen) / 1e6:.1f} MB, {precision} weights")


def exact_graph(model: CrossEncoderModel) -> bytes:
    """The model as a graph with float32 weights."""
    return write_graph(_tensors(model), _sizes(model))


def eight_bit(model: CrossEncoderModel, pairs: Sequence[EncodedPair]) -> bytes:
    """The model as a graph with eight-bit matrices.

    Args:
        model: the trained model.
        pairs: on these the scales are chosen; some hundreds of all tasks.
    """
    return write_int8_graph(_tensors(model), pairs, _sizes(model))


def _tensors(model: CrossEncoderModel) -> dict[str, npt.NDArray[np.generic]]:
    return {name: value.detach().numpy() for name, value in model.trained_state().items()}


def _sizes(model: CrossEncoderModel) -> BertShape:
    shape = model.shape
    return BertShape(layers=shape.layers, heads=shape.attention_heads, hidden=shape.hidden, epsilon=shape.epsilon)


def sixteen_bit(graph: bytes) -> bytes:
    """The graph with its large constants kept in 16 bits and widened when it is loaded: float32 arithmetic."""
    model = onnx.load_from_string(graph)
    widened = []
    for constant in model.graph.initializer:
        array = numpy_helper.to_array(constant)
        if array.dtype == np.float32 and array.ndim > 1:
            name = constant.name
            constant.CopyFrom(numpy_helper.from_array(array.astype(np.float16), f"{name}.half"))
            widened.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*widened, *nodes])
    serialised: bytes = model.SerializeToString()
    return serialised


def run_graph(graph: bytes, model: CrossEncoderModel, data: TokenisedExamples, threads: int) -> npt.NDArray[np.float32]:
    """The logits of each example by onnxruntime, (examples, 3), laid out as ``judging.judge`` does.

    Args:
        graph: the ONNX model.
        model: its word embeddings are used.
        data: of any tasks.
        threads: cores used.
    """
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
    words = model.embeddings.word_embeddings.weight.detach().numpy()
    logits = np.full((len(data), len(SUPPORT_LABELS)), np.nan, dtype=np.float32)
    for indices in in_order(data, _TOKENS_PER_BATCH):
        pairs = padded([data.pairs[i] for i in indices])
        feeds = {
            WORD_VECTORS: words[pairs.input_ids],
            TOKEN_TYPES: pairs.token_type_ids,
            MASK: pairs.attention_mask,
        }
        head = data.examples[indices[0]].task.value
        values = np.asarray(session.run([head], feeds)[0]).reshape(len(indices), -1)
        logits[indices, : values.shape[1]] = values
    return logits


def smallest_that_holds(
    exact: bytes, model: CrossEncoderModel, data: TokenisedExamples, allowed: float, threads: int
) -> tuple[bytes, str, dict[str, list[dict[str, Any]]]]:
    """The graph with eight-bit weights where they judge as well, otherwise the one with 16 bits.

    Args:
        exact: the graph with float32 weights.
        model: for its word embeddings.
        data: what is judged. On a part of it the scales of the eight bits are chosen; the rest is compared.
        allowed: so much less AUROC is allowed.
        threads: cores used.

    Returns:
        The graph, its precision, and what was measured with float32 and with the chosen weights.
    """
    if len(data) < 2:
        return sixteen_bit(exact), "float16", {}
    order = np.random.default_rng(1).permutation(len(data))
    seen = min(SCALE_EXAMPLES, len(data) // 2)
    small = eight_bit(model, [data.pairs[index] for index in order[:seen]])
    data = data.chosen(sorted(order[seen:].tolist()))
    examples = numbered(data.examples)
    reference = measure(examples, run_graph(exact, model, data, threads))
    found = measure(examples, run_graph(small, model, data, threads))
    lost = largest_loss(reference, found)
    print(f"float32:\n{as_table(reference)}\nint8, at most {lost:.4f} of AUROC lost:\n{as_table(found)}")
    if lost <= allowed:
        precision = "int8"
    else:
        small, precision = sixteen_bit(exact), "float16"
        found = measure(examples, run_graph(small, model, data, threads))
    return (
        small,
        precision,
        {
            "Precision (examples partly trained on), float32": as_data(reference),
            f"Precision (examples partly trained on), {precision}": as_data(found),
        },
    )


def largest_loss(reference: Sequence[Measured], found: Sequence[Measured]) -> float:
    """The most AUROC that a whole task lost in a contrast; 0 where none lost any."""
    after = {line.task: line.auroc for line in found if line.source == ALL}
    return max(
        (
            value - after[line.task][contrast]
            for line in reference
            if line.source == ALL
            for contrast, value in line.auroc.items()
        ),
        default=0.0,
    )


def calibrations(found: dict[str, dict[str, Any]]) -> Calibrations:
    """What ``calibrate.py`` found, as the runtime reads it; a head it lacks is left as it is."""
    return Calibrations(
        **{
            task.value: Calibration(temperature=found[task]["temperature"], bias=tuple(found[task]["bias"]))
            for task in Task
            if task in found
        }
    )


def numbered(examples: Sequence[Example]) -> list[Example]:
    """The examples with public names of their sources; the groups of policies have numbers, in alphabetical order."""
    names = {group: f"{POLICY}:{number}" for number, group in enumerate(policy_groups(examples), start=1)}
    return [replace(each, source=names.get(policy_group(each.source)) or public_name(each.source)) for each in examples]


def public_name(source: str) -> str:
    """The name of a source without the names of documents or folders in it."""
    parts = source.split(":")
    return ":".join(parts[: _PUBLIC_PARTS.get(parts[0], 1)])


def _sample(places: Sequence[Path], most: int) -> TokenisedExamples:
    data = load_tokenised(validation_files(places))
    order = np.random.default_rng(0).permutation(len(data)).tolist()
    chosen = [place for task in Task for place in [i for i in order if data.examples[i].task is task][:most]]
    return data.chosen(sorted(chosen))


def _measured(folds: Sequence[Path], unseen: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    found = {}
    if folds:
        examples, logits = read_scores(folds)
        title = "Policies, each judged by a model that has not seen its items"
        found[title] = as_data(measure(numbered(examples), logits))
    if unseen:
        examples, logits = read_scores(unseen)
        found["Sets and documents that were not trained on"] = as_data(measure(numbered(examples), logits))
    return found


def _runs(folder: Path) -> dict[str, dict[str, Any]]:
    """The records of the run and of those it began with, the first stage first; a source's documents together."""
    record = read_record(folder)
    if not record:
        return {}
    begun_with = record["plan"].get("init", "")
    earlier = _runs(Path(begun_with)) if begun_with else {}
    counts: Counter[str] = Counter()
    for name, count in record["counts"].items():
        task, _, source = name.partition(" ")
        counts[f"{task} {public_name(source)}"] += count
    kept = ("git", "torch", "steps", "examples", "seconds", "limit_seconds", "losses")
    names = ("data", "validation", "init", "include_groups", "exclude_groups")
    settings = {key: value for key, value in record["plan"].items() if key not in names}
    return {
        **earlier,
        folder.name: {
            **{key: record[key] for key in kept if key in record},
            "settings": settings,
            "counts": dict(sorted(counts.items())),
            "data_sha256": sorted(record["plan"].get("data", {}).values()),
        },
    }


if __name__ == "__main__":
    main()

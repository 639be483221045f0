"""The small model's training, from examples to the file that is shipped, on one layer and invented examples."""

import json
import random
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

import evaluate
import export
import scores
import train
from batches import load_tokenised, tokenised
from calibrate import calibrated
from examples import SUPPORT_LABELS, Example, Task, write_examples
from judging import judge
from run_folder import WEIGHTS, load_model, read_record
from safetensors.torch import load_file

from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder

MEDICINES = ("amoxicillin", "heparin", "ketamine", "morphine", "ondansetron", "salbutamol", "vancomycin", "warfarin")
FAST = [
    "--layers",
    "1",
    "--tokens-per-batch",
    "700",
    "--head-lr",
    "5e-3",
    "--lr",
    "1e-3",
    "--dropout",
    "0.1",
    "--threads",
    "1",
]


def invented(seed: int, count: int) -> list[Example]:
    """Questions and claims on doses: a line answers if it names the same medicine, a claim holds if the doses agree."""
    rng = random.Random(seed)
    examples = []
    for number in range(count):
        asked, other = rng.sample(MEDICINES, 2)
        dose, document = rng.choice((2, 5, 10)), f"guide-{seed}-{number % 20}"
        answers = number % 2 == 0
        line = f"{asked if answers else other}: give {dose} mg every {rng.choice((4, 6, 8))} hours"
        question = f"What is the dose of {asked}?"
        task = (Task.RELEVANCE, Task.ANSWERABILITY, Task.SUPPORT)[number % 3]
        if task is not Task.SUPPORT:
            source = f"policy:{'north' if number % 4 < 2 else 'south'}" if number % 5 else "made"
            examples.append(Example(task, question, line, float(answers), source, document))
            continue
        label = rng.randrange(3)
        claim = f"The dose of {asked} is {dose if label == 0 else dose + 1} mg."
        evidence = f"{asked if label < 2 else other}: give {dose} mg"
        examples.append(Example(task, claim, evidence, float(label), "made", document, weight=1.5))
    return examples


@pytest.fixture(autouse=True)
def same_number_of_threads():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_examples(folder / "general" / "all.jsonl.gz", invented(1, 200))
    write_examples(folder / "validation" / "all.jsonl.gz", invented(2, 60))
    return folder


@pytest.fixture(scope="module")
def run(data: Path) -> Path:
    """A run of four epochs, never interrupted."""
    folder = data / "work" / "run"
    assert train.main([*_arguments(data), "--out", str(folder)]) == 0
    return folder


def _arguments(data: Path) -> list[str]:
    return ["--data", str(data / "general"), "--validation", str(data / "validation"), "--epochs", "4", *FAST]


def test_an_interrupted_run_that_goes_on_ends_with_the_same_weights(data: Path, run: Path, tmp_path: Path) -> None:
    steps = read_record(run)["steps"]
    again = [*_arguments(data), "--out", str(tmp_path)]
    assert train.main([*again, "--stop-after", "3"]) == train.STOPPED
    assert train.main([*again, "--stop-after", str(steps // 2)]) == train.STOPPED
    assert not (tmp_path / WEIGHTS).exists()
    assert train.main(again) == 0
    expected, found = load_file(run / WEIGHTS), load_file(tmp_path / WEIGHTS)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert torch.equal(value, found[name]), name
    assert read_record(tmp_path)["steps"] == steps


def test_a_run_goes_on_only_with_the_settings_it_was_begun_with(data: Path, tmp_path: Path) -> None:
    again = [*_arguments(data), "--out", str(tmp_path)]
    assert train.main([*again, "--stop-after", "1"]) == train.STOPPED
    with pytest.raises(ValueError, match="other seed"):
        train.main([*again, "--seed", "9"])


def test_training_makes_the_loss_fall_and_says_what_it_was_trained_on(run: Path) -> None:
    record = read_record(run)
    assert record["losses"]["relevance"] < 0.69
    assert sum(record["counts"].values()) == 200
    assert [each["step"] / record["steps"] for each in record["history"]] == [0.25, 0.5, 0.75, 1.0]
    assert list(record["plan"]["data"].values()) != [""]


def test_with_a_time_limit_the_run_ends_in_time_however_many_epochs_are_left(data: Path, tmp_path: Path) -> None:
    arguments = ["--data", str(data / "general"), "--out", str(tmp_path), "--epochs", "100000", *FAST]
    assert train.main([*arguments, "--minutes", "0.01"]) == 0
    assert read_record(tmp_path)["seconds"] < 30


def test_a_fold_is_trained_without_the_groups_it_leaves_out_and_without_held_out_documents(
    data: Path, tmp_path: Path
) -> None:
    arguments = ["--data", str(data / "general"), "--out", str(tmp_path), *FAST]
    held_out = ["--hold-out", "0.3", "--exclude-group", "south", "--exclude-source", "support/*"]
    assert train.main([*arguments, *held_out]) == 0
    counts = read_record(tmp_path)["counts"]
    assert {name.partition(" ")[2] for name in counts} == {"policy:north", "made"}
    assert not any(name.startswith("support") for name in counts)


def test_scores_are_those_of_the_model_in_the_order_of_the_examples(data: Path, run: Path, tmp_path: Path) -> None:
    source, out = data / "validation" / "all.jsonl.gz", tmp_path / "scores.jsonl.gz"
    scores.main(["--model", str(run), "--data", str(source), "--out", str(out)])
    examples, logits = scores.read_scores([out])
    assert examples == invented(2, 60)
    np.testing.assert_allclose(logits, judge(load_model(run), load_tokenised([source])), atol=1e-5)
    scores.main(["--model", str(run), "--data", str(source), "--out", str(out), "--group", "north"])
    assert {example.source for example in scores.read_scores([out])[0]} == {"policy:north"}


@pytest.fixture(scope="module")
def shipped(run: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run exported with calibration, compared on the validation examples."""
    folder = tmp_path_factory.mktemp("shipped")
    examples = tokenised(invented(3, 300))
    logits = judge(load_model(run), examples)
    (folder / "calibration.json").write_text(json.dumps(calibrated(examples.examples, logits)))
    scores.write_scores(folder / "fold.jsonl.gz", examples.examples, logits)
    export.main(
        ["--model", str(run), "--out", str(folder / "models"), "--calibration", str(folder / "calibration.json"),
         "--compare-on", str(data / "validation"), "--scores", str(folder / "fold.jsonl.gz"), "--loss-allowed", "0.2"]
    )  # fmt: skip
    return folder / "models"


def test_the_exported_graph_says_what_the_trained_model_says(run: Path) -> None:
    model, examples = load_model(run), tokenised(invented(4, 60))
    trained = judge(model, examples, half=False)
    exact = export.exact_graph(model)
    small = export.eight_bit(model, tokenised(invented(8, 60)).pairs)
    for graph, tolerance in ((exact, 1e-3), (export.sixteen_bit(exact), 0.02), (small, 0.6)):
        np.testing.assert_allclose(export.run_graph(graph, model, examples, 2), trained, atol=tolerance)
    assert len(small) < 0.4 * len(exact)
    assert len(export.sixteen_bit(exact)) < 0.6 * len(exact)


def test_the_shipped_model_gives_calibrated_probabilities_to_ragkit(run: Path, shipped: Path) -> None:
    calibration = json.loads((shipped / "record.json").read_text())["calibration"]
    examples = [example for example in invented(5, 60) if example.task is Task.RELEVANCE]
    logits = judge(load_model(run), tokenised(examples), half=False)[:, 0]
    expected = 1 / (1 + np.exp(-logits / calibration["relevance"]["temperature"] - calibration["relevance"]["bias"][0]))
    judged = OnnxCrossEncoder(shipped)
    found = [judged.relevance(example.first, [example.second]).probabilities[0] for example in examples]
    np.testing.assert_allclose(found, expected, atol=0.1)
    claim = next(example for example in invented(5, 60) if example.task is Task.SUPPORT)
    [support] = judged.support([(claim.first, [claim.second])])
    assert evidence_text([claim.second]) == claim.second
    assert sum(getattr(support, label) for label in SUPPORT_LABELS) == pytest.approx(1)


def test_where_eight_bits_lose_too_much_sixteen_are_shipped(run: Path) -> None:
    model, examples = load_model(run), tokenised(invented(4, 60))
    exact = export.exact_graph(model)
    chosen, precision, compared = export.smallest_that_holds(exact, model, examples, -1.0, 2)
    assert (chosen, precision) == (export.sixteen_bit(exact), "float16")
    assert len(compared) == 2


def test_the_record_beside_the_model_names_groups_by_number_and_fills_the_card(shipped: Path, tmp_path: Path) -> None:
    text = (shipped / "record.json").read_text()
    assert "north" not in text
    record = json.loads(text)
    assert record["runs"]["run"]["counts"]["relevance policy"] > 0
    card = tmp_path / "CARD.md"
    card.write_text(f"# Card\n{evaluate.BEGIN}old{evaluate.END}rest\n")
    for _ in range(2):
        evaluate.main(["--card", str(shipped), "--card-file", str(card)])
    filled = card.read_text()
    assert filled.startswith("# Card\n") and filled.endswith("rest\n") and "old" not in filled
    assert filled.count(record["sha256"]) == 1
    assert "| relevance | policy:1 |" in filled


def test_sources_are_written_down_without_the_documents_they_were_made_of() -> None:
    names = ("fever", "cloze:north-guides", "corruption:number:north-guides", "policy-claims:north")
    assert [export.public_name(name) for name in names] == ["fever", "cloze", "corruption:number", "policy-claims"]

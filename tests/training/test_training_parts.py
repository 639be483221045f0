"""Batches, losses, calibration and measures of the small model's training."""

import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from batches import collate, epoch_batches, load_tokenised, tokenised
from calibrate import Calibration, calibrated, calibration_error, fit, reliability
from choosing import Choice, chosen_examples, held_out_by_document, policy_group, shares, training_files
from examples import Example, Task, write_examples
from losses import batch_loss, listwise_loss
from measures import measure
from training_loop import course


def line(number: int, *, task: Task = Task.RELEVANCE, words: int = 3, label: float = 1.0) -> Example:
    return Example(task, f"Question {number // 4}?", "word " * words, label, "made", f"document {number}")


EXAMPLES = [line(n, task=tuple(Task)[n % 3], words=1 + (n * 7) % 60, label=n % 2) for n in range(120)]


def test_an_epoch_sees_every_example_once_in_batches_of_one_task_and_bounded_size() -> None:
    data = tokenised(EXAMPLES)
    batches = epoch_batches(data, np.ones(120), seed=1, epoch=0, tokens_per_batch=512)
    assert sorted(i for batch in batches for i in batch) == list(range(120))
    for batch in batches:
        assert len({EXAMPLES[i].task for i in batch}) == 1
        assert len(batch) * max(data.lengths[i] for i in batch) <= 512


def test_the_order_of_an_epoch_depends_on_seed_and_epoch_alone() -> None:
    data = tokenised(EXAMPLES)

    def order(seed: int, epoch: int) -> list[list[int]]:
        return epoch_batches(data, np.ones(120), seed=seed, epoch=epoch, tokens_per_batch=512)

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_a_share_below_one_is_seen_in_some_epochs_and_above_one_several_times() -> None:
    data = tokenised(EXAMPLES)
    wanted = np.where(np.arange(120) < 60, 0.25, 2.0)
    seen = Counter[int]()
    for epoch in range(40):
        for batch in epoch_batches(data, wanted, seed=1, epoch=epoch, tokens_per_batch=512):
            seen.update(batch)
    assert all(seen[i] == 80 for i in range(60, 120))
    assert 0.2 < sum(seen[i] for i in range(60)) / (60 * 40) < 0.3


def test_lines_of_one_question_stay_together_where_they_are_compared() -> None:
    data = tokenised([line(n, words=1 + n % 30) for n in range(80)])
    for batch in epoch_batches(data, np.ones(80), seed=1, epoch=0, tokens_per_batch=2048, by_question=True):
        assert all(count == 4 for count in Counter(data.examples[i].first for i in batch).values())


def test_a_batch_marks_the_second_text_and_leaves_padding_out() -> None:
    batch = collate(tokenised([line(0, words=1), line(1, words=4)]), [0, 1])
    assert batch.attention_mask.sum(1).tolist() == [7, 10]  # [CLS] question 0 ? [SEP] word ... [SEP]
    assert batch.token_type_ids.sum(1).tolist() == [2, 5]
    assert batch.input_ids[0, 7:].tolist() == [0, 0, 0]
    assert batch.questions.tolist() == [0, 0]


def test_tokens_are_kept_until_the_file_changes(tmp_path: Path) -> None:
    path, cache = tmp_path / "a.jsonl.gz", tmp_path / "cache"
    write_examples(path, EXAMPLES[:10])
    first = load_tokenised([path], cache)
    assert load_tokenised([path], cache).pairs == first.pairs == load_tokenised([path]).pairs
    assert len(list(cache.iterdir())) == 1
    write_examples(path, EXAMPLES[10:30])
    assert load_tokenised([path], cache).pairs == tokenised(EXAMPLES[10:30]).pairs


def test_what_is_for_measuring_is_never_among_the_training_files(tmp_path: Path) -> None:
    for name in ("general/a", "validation/a", "measure/a", "parts/x/a", "policy/north/a"):
        write_examples(tmp_path / f"{name}.jsonl.gz", EXAMPLES[:1])
    found = [str(path.relative_to(tmp_path)) for path in training_files([tmp_path])]
    assert found == ["general/a.jsonl.gz", "policy/north/a.jsonl.gz"]
    with pytest.raises(FileNotFoundError, match="Build the data first"):
        training_files([tmp_path / "nowhere"])


def test_a_choice_names_sources_with_or_without_their_task() -> None:
    one, other = line(0), Example(Task.SUPPORT, "a", "b", 0.0, "policy:north", "d")
    assert not Choice(exclude_sources=("support/*",)).takes(other)
    assert Choice(exclude_sources=("support/*",)).takes(one)
    assert Choice(include_groups=("south",)).takes(one)
    assert not Choice(include_groups=("south",)).takes(other)
    assert shares(tokenised([one, other]), Choice(shares=(("policy*", 2.0), ("*", 0.1)))).tolist() == [0.1, 2.0]
    assert [policy_group(name) for name in ("policy:a", "policy-claims:b", "corruption:c", "policy")] == [
        "a",
        "b",
        "",
        "",
    ]


def test_no_document_that_is_measured_on_is_trained_on() -> None:
    data = tokenised([line(n // 2) for n in range(200)])
    held_out = held_out_by_document(data, 0.25)
    rest = chosen_examples(data, Choice(), held_out.examples)
    assert 20 < len(held_out) < 80
    assert len(rest) + len(held_out) == 200
    assert not {each.document for each in rest.examples} & {each.document for each in held_out.examples}


def test_the_learning_rate_rises_and_then_falls_to_zero() -> None:
    assert [course(done, 0.2) for done in (0, 0.1, 0.2, 0.6, 1.0, 1.1)] == pytest.approx([0, 0.5, 1, 0.5, 0, 0])


def test_the_listwise_loss_wants_the_answering_line_above_the_others_of_its_question() -> None:
    labels, questions = torch.tensor([1.0, 0.0, 0.0, 0.0]), torch.tensor([0, 0, 1, 1])
    right = listwise_loss(torch.tensor([2.0, 0.0, 5.0, -5.0]), labels, questions)
    assert float(right) == pytest.approx(math.log(1 + math.exp(-2)))
    assert float(listwise_loss(torch.tensor([0.0, 2.0, 0.0, 0.0]), labels, questions)) > float(right)
    assert float(listwise_loss(torch.zeros(2), torch.zeros(2), torch.zeros(2))) == 0


def test_the_loss_of_a_batch_weighs_its_examples() -> None:
    heavy = Example(Task.SUPPORT, "a", "b", 1.0, "made", "d", weight=3.0)
    light = Example(Task.SUPPORT, "a", "b", 0.0, "made", "d", weight=1.0)
    batch = collate(tokenised([heavy, light]), [0, 1])
    logits = torch.tensor([[0.0, 2.0, 0.0], [0.0, 2.0, 0.0]])
    total = math.log(2 + math.exp(2))
    assert float(batch_loss(logits, batch)) == pytest.approx((3 * (total - 2) + total) / 4)


def test_calibration_finds_the_temperature_that_logits_were_sharpened_by() -> None:
    random = np.random.default_rng(0)
    honest = random.normal(0, 1.5, 4000)
    labels = (random.random(4000) < 1 / (1 + np.exp(-honest))).astype(float)
    sharp = (3 * honest + 2)[:, None]
    found = fit(sharp, labels, np.ones(4000))
    assert found.temperature == pytest.approx(3, rel=0.12)
    before = calibration_error(reliability(Calibration(1.0, (0.0,)).probabilities(sharp), labels))
    after = calibration_error(reliability(found.probabilities(sharp), labels))
    assert after < 0.03 < before


def test_the_calibration_of_a_head_is_measured_on_documents_that_it_was_not_fitted_on() -> None:
    random = np.random.default_rng(1)
    honest = random.normal(0, 1.5, 2000)
    labels = (random.random(2000) < 1 / (1 + np.exp(-honest))).astype(float)
    examples = [line(n, label=label) for n, label in enumerate(labels)]
    logits = np.full((2000, 3), np.nan, dtype=np.float32)
    logits[:, 0] = 3 * honest
    found = calibrated(examples, logits)
    assert list(found) == ["relevance"]
    assert found["relevance"]["temperature"] == pytest.approx(3, rel=0.15)
    assert found["relevance"]["calibration_error_after"] < 0.05 < found["relevance"]["calibration_error_before"]
    assert sum(count for count, _, _ in found["relevance"]["reliability"]) == 2000


def test_calibration_of_three_classes_gives_them_their_shares() -> None:
    labels = np.array([0] * 600 + [1] * 300 + [2] * 100)
    found = fit(np.zeros((1000, 3)), labels, np.ones(1000))
    assert found.probabilities(np.zeros((1, 3)))[0] == pytest.approx([0.6, 0.3, 0.1], abs=0.01)


def test_measures_stand_beside_what_word_overlap_would_do() -> None:
    claims = [
        ("The dose is five milligrams", "dose five milligrams", 0),
        ("The dose is ten milligrams", "dose ten milligrams", 1),
        ("Keep refrigerated", "dose ten milligrams", 2),
    ]
    examples = [Example(Task.SUPPORT, first, second, label, "made", "d") for first, second, label in claims]
    [whole, made] = measure(examples, np.array([[3, 0, 0], [0, 3, 0], [2, 0, 0]], dtype=np.float32))
    assert (whole.source, made.source) == ("all", "made")
    assert whole.auroc == {"supported-contradicted": 1.0, "supported-unsupported": 1.0}
    assert whole.words == {"supported-contradicted": 0.5, "supported-unsupported": 1.0}
    assert (whole.balanced, whole.balanced_supported) == pytest.approx((2 / 3, 3 / 4))

"""The entailment scorer, with a tiny model of random weights that is made here: no download."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ragkit.errors import GroundingError
from ragkit.grounding.base import Pair, Scorer
from ragkit.grounding.entailment import EntailmentScorer, windows
from ragkit.grounding.verdict import Verdict

LABELS = {0: "contradiction", 1: "entailment", 2: "neutral"}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "pump", "is", "checked", "daily", "weekly", "."]


def tiny_model(folder: Path, labels: dict[int, str]) -> Path:
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, id2label=labels, label2id={name: number for number, name in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("nli"), LABELS)


class Fixed(EntailmentScorer):
    """With given logits for each window in place of a model: contradiction, entailment, neutral."""

    def __init__(self, *rows: tuple[float, float, float], labels: dict[int, str] = LABELS) -> None:
        super().__init__("fixed")
        self.rows, self.labels, self.seen = rows, labels, []

    @property
    def _model(self):
        return self

    @property
    def config(self):
        return type("Config", (), {"id2label": self.labels})

    def predict(self, texts, **settings):
        self.seen += texts
        return np.array(self.rows[: len(texts)])


def test_a_model_from_a_folder_judges_pairs(folder: Path) -> None:
    judge = EntailmentScorer(str(folder))
    assert isinstance(judge, Scorer)
    scores = judge.score([Pair("the pump is checked daily.", ("the pump is checked weekly.",))] * 2)
    assert scores[0] == scores[1]
    assert 0 < scores[0].support < 1
    assert scores[0].support + scores[0].contradiction <= 1


def test_the_classes_are_found_by_name_whatever_their_order(folder: Path, tmp_path: Path) -> None:
    pair = Pair("the pump is checked daily.", ("the pump is checked weekly.",))
    turned = tiny_model(tmp_path, {0: "ENTAILMENT", 1: "NEUTRAL", 2: "CONTRADICTION"})
    one, other = (EntailmentScorer(str(path)).score([pair])[0] for path in (folder, turned))
    assert one.contradiction == pytest.approx(other.support)  # the same weights: its first class is the other's first


def test_a_model_that_is_no_entailment_model_is_refused(tmp_path: Path) -> None:
    judge = EntailmentScorer(str(tiny_model(tmp_path, {0: "toxic", 1: "fine", 2: "odd"})))
    with pytest.raises(GroundingError, match=r"no entailment model.*toxic"):
        judge.score([Pair("the pump.", ("the pump.",))])


def test_a_model_that_is_not_there_is_an_error_at_the_first_score_not_before(tmp_path: Path) -> None:
    judge = EntailmentScorer(str(tmp_path / "nothing"))
    with pytest.raises(GroundingError, match="is not on this machine"):
        judge.score([Pair("the pump.", ("the pump.",))])


def test_a_model_without_a_name_is_refused() -> None:
    with pytest.raises(GroundingError, match="entailment:NAME"):
        EntailmentScorer("")


def test_nothing_to_judge_is_unsupported_and_needs_no_model(tmp_path: Path) -> None:
    judge = EntailmentScorer(str(tmp_path / "nothing"))
    scores = judge.score([Pair("", ("x",)), Pair("x", ()), Pair("x", (" ",))])
    assert [(score.verdict, score.support) for score in scores] == [(Verdict.UNSUPPORTED, 0.0)] * 3


def test_the_window_that_supports_most_counts() -> None:
    evidence = ("The first sentence is long. " + "word " * 230 + ".\nThe pump is checked daily.",)
    judge = Fixed((0.0, 0.0, 4.0), (0.0, 6.0, 0.0))
    score = judge.score([Pair("the pump is checked daily.", evidence)])[0]
    assert len(judge.seen) == 2
    assert score.verdict is Verdict.SUPPORTED
    assert score.support > 0.9


def test_a_contradiction_is_told_with_its_reason() -> None:
    score = Fixed((5.0, 0.0, 0.0)).score([Pair("the pump is checked daily.", ("the pump is checked weekly.",))])[0]
    assert score.verdict is Verdict.CONTRADICTED
    assert score.reasons == ("the model reads the opposite in the evidence",)


def test_a_model_without_a_neutral_class_will_do() -> None:
    judge = Fixed((0.0, 3.0), labels={0: "contradiction", 1: "entailment"})  # type: ignore[arg-type]
    assert judge.score([Pair("the pump.", ("the pump.",))])[0].verdict is Verdict.SUPPORTED


def test_windows_hold_every_sentence_whole_and_overlap_by_one() -> None:
    lines = [f"Sentence {number} says something of the pump and of its alarm." for number in range(60)]
    cut = windows(("\n".join(lines),))
    assert len(cut) > 1
    assert all(len(window) <= 1200 for window in cut)
    assert all(any(line in window for window in cut) for line in lines)
    assert all(any(line in one and line in other for line in lines) for one, other in pairwise(cut))


def test_a_sentence_longer_than_a_window_is_a_window_of_its_own() -> None:
    assert windows(("a " * 2000,)) == (("a " * 2000).strip(),)

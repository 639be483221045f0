"""The cross-encoder as it is asked: calibrated, in order, in time, and refusing what it cannot trust."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path
from shutil import copytree
from time import perf_counter

import numpy as np
import pytest

from ragkit.cross_encoder.base import CrossEncoder
from ragkit.cross_encoder.description import DESCRIPTION_FILE, MODEL_FILE, Calibration, write_model
from ragkit.cross_encoder.encoding import PairTokenizer
from ragkit.cross_encoder.inputs import evidence_text
from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder
from ragkit.cross_encoder.pace import Pace
from ragkit.errors import CrossEncoderError
from tests.cross_encoder.conftest import CALIBRATIONS, SHAPE, random_tensors
from tests.cross_encoder.forward_pass import logits

QUESTION = "How often is the cannula site assessed?"
LINES = [
    "Cannulas | Assess the site every 8 hours.",
    "Cannulas | Who may insert > Two trained nurses.",
    "Épinéphrine 0,3 mg i.m. – 5 µg/kg",
    "Flush with 10 mL of saline before and after each use. " * 3,
    "体重 10 kg",
    "Call for help. " * 100,
]


def plain_logits(head: str, first: str, second: str) -> np.ndarray:
    [pair] = PairTokenizer().encode([(first, second)])
    return np.asarray(logits(random_tensors(), SHAPE, pair, head))


def test_it_is_a_cross_encoder(cross_encoder: OnnxCrossEncoder) -> None:
    protocol: CrossEncoder = cross_encoder
    assert protocol.fingerprint.startswith("ragkit-cross-encoder-random@")


def test_relevance_is_the_calibrated_logistic_function_of_the_heads_logit(cross_encoder: OnnxCrossEncoder) -> None:
    found = cross_encoder.relevance(QUESTION, LINES[:3]).probabilities
    expected = [1 / (1 + np.exp(-(plain_logits("relevance", QUESTION, line)[0] / 1.5 + 0.2))) for line in LINES[:3]]
    assert found == pytest.approx(expected, abs=1e-4)


def test_answerability_reads_the_lines_as_one_text(cross_encoder: OnnxCrossEncoder) -> None:
    logit = plain_logits("answerability", QUESTION, evidence_text(LINES[:3]))[0]
    expected = 1 / (1 + np.exp(-(logit / 0.8 - 0.3)))
    assert cross_encoder.answerability(QUESTION, LINES[:3]) == pytest.approx(expected, abs=1e-4)


def test_support_gives_three_calibrated_probabilities(cross_encoder: OnnxCrossEncoder) -> None:
    claim = "The site is assessed every 8 hours."
    [found] = cross_encoder.support([(claim, LINES[:2])])
    shares = np.exp(plain_logits("support", claim, evidence_text(LINES[:2])) / 2.0 + [0.1, -0.2, 0.0])
    assert astuple(found) == pytest.approx(shares / shares.sum(), abs=1e-4)


def test_the_order_of_the_lines_changes_no_judgement(cross_encoder: OnnxCrossEncoder) -> None:
    forwards = cross_encoder.relevance(QUESTION, LINES).probabilities
    backwards = cross_encoder.relevance(QUESTION, LINES[::-1]).probabilities
    alone = [cross_encoder.relevance(QUESTION, [line]).probabilities[0] for line in LINES]
    assert forwards == pytest.approx(backwards[::-1], abs=1e-5)
    assert forwards == pytest.approx(alone, abs=1e-5)
    assert len({round(float(each or 0), 4) for each in forwards}) == len(LINES)


def test_of_long_evidence_the_part_with_the_claims_words_is_read(cross_encoder: OnnxCrossEncoder) -> None:
    claim = "The cannula is flushed with saline."
    filler = "Visitors are welcome in the afternoon and leave by eight. " * 60
    first, second = (f"{filler} The cannula is flushed with {what}. {filler}" for what in ("saline", "heparin"))
    [with_saline], [with_heparin] = (cross_encoder.support([(claim, [text])]) for text in (first, second))
    assert with_saline != with_heparin


def test_nothing_is_judged_where_there_is_nothing(cross_encoder: OnnxCrossEncoder) -> None:
    assert cross_encoder.relevance(QUESTION, []).probabilities == ()
    assert cross_encoder.relevance(QUESTION, ["", " \n"]).probabilities == (0.0, 0.0)
    assert cross_encoder.answerability(QUESTION, []) == cross_encoder.answerability(QUESTION, [" "]) == 0.0
    assert cross_encoder.support([]) == []
    assert [astuple(each) for each in cross_encoder.support([("It is so.", []), ("It is so.", [" "])])] == [
        (0.0, 0.0, 1.0)
    ] * 2


def test_blank_lines_among_others_leave_these_in_their_places(cross_encoder: OnnxCrossEncoder) -> None:
    with_blanks = cross_encoder.relevance(QUESTION, ["", LINES[0], " ", LINES[1]])
    assert with_blanks.probabilities[::2] == (0.0, 0.0)
    assert with_blanks.probabilities[1::2] == pytest.approx(
        cross_encoder.relevance(QUESTION, LINES[:2]).probabilities, abs=1e-5
    )


def test_without_time_nothing_is_judged(cross_encoder: OnnxCrossEncoder) -> None:
    found = cross_encoder.relevance(QUESTION, LINES, seconds=0.0)
    assert found.probabilities == (None,) * len(LINES)
    assert found.judged == 0


def test_with_ample_time_everything_is_judged(cross_encoder: OnnxCrossEncoder) -> None:
    assert cross_encoder.relevance(QUESTION, LINES * 4, seconds=600.0).judged == len(LINES) * 4


def test_short_time_leaves_the_last_lines_unjudged(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As on a machine that is slow to read long lines.
    monkeypatch.setattr(Pace, "expected", lambda self, tokens: 0.1 if tokens < 500 else 1000.0)
    lines = [*["Assess the site."] * 8, *["Call for help. " * 100] * 30]
    found = OnnxCrossEncoder(model_folder, threads=1).relevance(QUESTION, lines, seconds=60.0)
    assert found.judged == 8
    assert None not in found.probabilities[:8]


def test_a_deadline_is_kept_where_it_cannot_be_met(model_folder: Path) -> None:
    cross_encoder = OnnxCrossEncoder(model_folder, threads=1)
    cross_encoder.relevance(QUESTION, LINES)  # loaded, and its pace known
    started = perf_counter()
    found = cross_encoder.relevance(QUESTION, ["Call for help and stay with the person. " * 40] * 20_000, seconds=4.0)
    assert perf_counter() - started < 60
    assert found.judged < 20_000


def test_several_threads_may_judge_at_once(model_folder: Path) -> None:
    cross_encoder = OnnxCrossEncoder(model_folder, threads=1)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: cross_encoder.relevance(QUESTION, LINES).probabilities, range(8)))
    assert all(each == pytest.approx(found[0], abs=1e-6) for each in found)


def test_other_calibrations_are_another_fingerprint(model_folder: Path, tmp_path: Path) -> None:
    model = (model_folder / MODEL_FILE).read_bytes()
    same, other = tmp_path / "same", tmp_path / "other"
    write_model(same, model, version="random", calibrations=CALIBRATIONS)
    changed = CALIBRATIONS.model_copy(update={"relevance": Calibration(temperature=1.6, bias=(0.2,))})
    write_model(other, model, version="random", calibrations=changed)
    fingerprints = [OnnxCrossEncoder(folder).fingerprint for folder in (model_folder, same, other)]
    assert fingerprints[0] == fingerprints[1] != fingerprints[2]


@pytest.fixture
def copied(model_folder: Path, tmp_path: Path) -> Path:
    return Path(copytree(model_folder, tmp_path / "model"))


def test_a_damaged_model_is_refused_at_the_first_judgement(copied: Path) -> None:
    model = bytearray((copied / MODEL_FILE).read_bytes())
    model[len(model) // 2] ^= 1
    (copied / MODEL_FILE).write_bytes(model)
    cross_encoder = OnnxCrossEncoder(copied)
    for _ in range(2):
        with pytest.raises(CrossEncoderError, match=r"damaged or was replaced.*Install ragkit again"):
            cross_encoder.relevance(QUESTION, LINES)


def test_a_missing_model_is_refused(copied: Path) -> None:
    (copied / MODEL_FILE).unlink()
    with pytest.raises(CrossEncoderError, match=r'cross_encoder="off"'):
        OnnxCrossEncoder(copied).answerability(QUESTION, LINES)


def test_a_file_that_is_no_model_is_refused_even_with_the_right_hash(tmp_path: Path) -> None:
    write_model(tmp_path, b"no model at all", version="1")
    with pytest.raises(CrossEncoderError, match="cannot be run"):
        OnnxCrossEncoder(tmp_path).support([("It is so.", LINES)])


def test_a_model_with_other_outputs_is_refused(tmp_path: Path) -> None:
    from ragkit.embedding.graph_builder import GraphBuilder

    graph = GraphBuilder({})
    graph.op("Identity", ["input"], "output")
    shape = ("FLOAT", ("batch",))
    write_model(tmp_path, graph.serialised("other", {"input": shape}, {"output": shape}), version="1")
    with pytest.raises(CrossEncoderError, match="no cross-encoder"):
        OnnxCrossEncoder(tmp_path).support([("It is so.", LINES)])


@pytest.mark.parametrize("written", ["{", "{}", '{"version": "1", "sha256": "0"}'])
def test_a_broken_description_is_refused_at_once(copied: Path, written: str) -> None:
    (copied / DESCRIPTION_FILE).write_text(written)
    with pytest.raises(CrossEncoderError, match="not valid"):
        OnnxCrossEncoder(copied)


def test_a_model_of_other_word_vectors_is_refused(copied: Path) -> None:
    path = copied / DESCRIPTION_FILE
    description = path.read_text()
    start = description.index('"word_vectors_sha256": "') + len('"word_vectors_sha256": "')
    path.write_text(f"{description[:start]}{'0' * 64}{description[start + 64 :]}")
    with pytest.raises(CrossEncoderError, match="another embedding model"):
        OnnxCrossEncoder(copied)


def test_neither_torch_nor_transformers_is_imported(model_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ragkit.cross_encoder.onnx_cross_encoder import OnnxCrossEncoder;"
        f"OnnxCrossEncoder(Path({str(model_folder)!r})).support([('It is so.', ['It is so.'])]);"
        "print([name for name in ('torch', 'transformers', 'onnx', 'scipy', 'openai') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"

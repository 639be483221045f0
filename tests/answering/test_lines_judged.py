"""The small models' judgements, as signals of the line ranking and of the decision whether to answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from policies import PolicyWriter, WordCounts, passage_of, query_for

from ragkit.answering.candidates import gather_candidates, gather_evidence
from ragkit.answering.judging import LARGEST_LOGIT, RELEVANCE, Judge, logit
from ragkit.answering.matching import prepare_question
from ragkit.answering.scoring import Candidate
from ragkit.answering.selection import select
from ragkit.cross_encoder.base import Relevance, SupportProbabilities

ONLY_RELEVANCE = {RELEVANCE: 1.0}


class Reader:
    """A model that finds lines relevant which hold a phrase; of many lines it judges the first ``at_most`` only."""

    fingerprint = "reader-1"

    def __init__(self, phrase: str, at_most: int = 100):
        self.phrase, self.at_most = phrase, at_most
        self.read: list[str] = []

    def relevance(self, question: str, lines: Sequence[str], *, seconds: float | None = None) -> Relevance:
        self.read = list(lines)
        found = [0.9 if self.phrase in line else 0.2 for line in lines]
        return Relevance(tuple(each if place < self.at_most else None for place, each in enumerate(found)))

    def answerability(self, question: str, evidence: Sequence[str]) -> float:
        return 0.9 if any(self.phrase in line for line in evidence) else 0.1

    def support(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[SupportProbabilities]:
        raise AssertionError("not asked here")


def lines_of_a_policy() -> tuple[list[Candidate], str]:
    writer = PolicyWriter().page(1).heading("Flushing")
    writer.line("Flush the port with 10 mL of saline every 8 hours.")
    writer.line("The port is flushed by a nurse of the unit.")
    writer.line("Close the clamp after the flush of the port.")
    document = writer.document("port-care")
    question = prepare_question(query_for("how often flush the port", "flush", "port"), WordCounts(document))
    evidence = gather_evidence(question, [passage_of(document)], lambda *_: document)
    return gather_candidates(question, evidence), "how often flush the port"


def test_the_line_that_is_judged_relevant_comes_first() -> None:
    candidates, question = lines_of_a_policy()
    again, _ = Judge(Reader("Close the clamp")).lines(question, candidates, ONLY_RELEVANCE)
    assert "Close the clamp" in again[0].text
    assert "Close the clamp" not in again[-1].text
    assert sorted(each.text for each in again) == sorted(each.text for each in candidates)


def test_the_models_read_a_line_with_its_section() -> None:
    candidates, question = lines_of_a_policy()
    reader = Reader("clamp")
    Judge(reader).lines(question, candidates, ONLY_RELEVANCE)
    assert any("Flushing" in line and line.endswith("every 8 hours.") for line in reader.read)
    assert not any(line.endswith("| Flushing") for line in reader.read), "a heading is no answer"


def test_lines_for_which_time_ran_out_count_like_the_least_relevant_and_are_counted() -> None:
    candidates, question = lines_of_a_policy()
    again, judged = Judge(Reader("", at_most=1)).lines(question, candidates, ONLY_RELEVANCE)
    assert judged.judged == 1 < judged.asked
    assert {each.features[RELEVANCE] for each in again} == {logit(0.9)}
    assert judged.model == "reader-1"


def test_the_lines_that_would_be_shown_are_judged_together() -> None:
    candidates, question = lines_of_a_policy()
    found = {}
    for phrase in ("8 hours", "no such line"):
        judge = Judge(Reader(phrase))
        again, _ = judge.lines(question, candidates, ONLY_RELEVANCE)
        selection = select(prepare_question(query_for(question, "flush"), WordCounts()), again)
        assert selection is not None
        found[phrase] = judge.evidence(question, again, selection)
    assert all(found["8 hours"][name] > found["no such line"][name] for name in found["8 hours"])


def test_certainty_has_an_end() -> None:
    assert logit(0.5) == 0
    assert logit(1.0) == LARGEST_LOGIT == -logit(0.0)
    assert math.isclose(logit(0.9), math.log(9))
